//! Whom a trust or resource policy speaks to: the texts after `to` and in `principal` (semantics §6).

use super::place::{Place, refuse, shown};
use crate::model::Whom;
use passgate_grammar::{Diagnostic, code, limits};

/// Reads the text of a `qcs`, `service` or `federated` principal.
///
/// `qcs` and `federated` hold `*`, `qcs::cam::anonymous:anonymous` or `qcs::cam::(uin|uid)/digits:rest`; `service` any
/// text but the empty one. Pushes `bad-principal`, `bad-variable` or `limit` for another.
///
/// ```
/// use passgate::grammar::Span;
/// use passgate::model::read::{Place, read_principal};
/// let (place, mut out) = (Place::new(Span::default()), Vec::new());
/// assert!(read_principal("qcs", "qcs::cam::uin/1:root", place, &mut out).is_some());
/// assert!(read_principal("qcs", "root", place, &mut out).is_none());
/// ```
pub fn read_principal(kind: &str, text: &str, place: Place<'_>, out: &mut Vec<Diagnostic>) -> Option<Whom> {
    if let Some(at) = text.find("${") {
        let here = place.within(text, at, text.len());
        let fault =
            here.error(code::BAD_VARIABLE, format!("`{}`: a principal holds no variable", shown(text)));
        return refuse(
            out,
            fault.help("write the name out: variables stand in resources and in text values"),
        );
    }
    if text.len() > limits::STRING_BYTES {
        let message =
            format!("a principal has at most {} bytes, this one {}", limits::STRING_BYTES, text.len());
        return refuse(out, place.error(code::LIMIT, message));
    }
    let sound = if kind == "service" { !text.is_empty() } else { is_account_name(text) };
    if sound {
        return Some(Whom::Named { kind: kind.into(), text: text.into() });
    }
    let fault = place.error(code::BAD_PRINCIPAL, format!("`{}` is no principal", shown(text)));
    refuse(
        out,
        if kind == "service" {
            fault.help("write the name of the service")
        } else if text == "qcs::cam::anyone:anyone" {
            fault.help("write `qcs::cam::anonymous:anonymous`, or `*`")
        } else {
            fault.help("write `qcs::cam::uin/N:uin/N`, `qcs::cam::uin/N:root`, `qcs::cam::anonymous:anonymous` or `*`")
        },
    )
}

fn is_account_name(text: &str) -> bool {
    if text == "*" || text == "qcs::cam::anonymous:anonymous" {
        return true;
    }
    let Some((account, rest)) = text.strip_prefix("qcs::cam::").and_then(|t| t.split_once(':')) else {
        return false;
    };
    let digits = account.strip_prefix("uin/").or_else(|| account.strip_prefix("uid/"));
    let numbered = digits.is_some_and(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()));
    numbered && !rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use passgate_grammar::Span;

    fn check(kind: &str, text: &str, expected: Option<&str>) {
        let mut out = Vec::new();
        let read = read_principal(kind, text, Place::new(Span::default()), &mut out);
        assert_eq!(out.first().map(|d| d.code.as_str()), expected, "{kind} {text:?}");
        assert_eq!(read.is_some(), expected.is_none(), "{kind} {text:?}");
    }

    #[test]
    fn accounts_anonymous_and_the_star() {
        for text in ["*", "qcs::cam::anonymous:anonymous", "qcs::cam::uin/1:root", "qcs::cam::uid/12:uin/3/q"]
        {
            check("qcs", text, None);
            check("federated", text, None);
        }
        for text in ["", "root", "qcs::cam::anyone:anyone", "qcs::cam::uin/:root", "qcs::cam::uin/1a:root"] {
            check("qcs", text, Some("bad-principal"));
        }
        for text in
            ["qcs::cam::uin/1:", "qcs::cam::uin/1", "qcs::cvm::uin/1:root", "QCS::cam::uin/1:root", "**"]
        {
            check("federated", text, Some("bad-principal"));
        }
        check("qcs", "qcs::cam::uin/${uin}:root", Some("bad-variable"));
    }

    #[test]
    fn a_service_is_any_text_but_the_empty_one() {
        check("service", "cvm.example.com", None);
        check("service", "", Some("bad-principal"));
        check("service", "${name}", Some("bad-variable"));
        check("service", &"x".repeat(4_096), None);
        check("service", &"x".repeat(4_097), Some("limit"));
    }
}
