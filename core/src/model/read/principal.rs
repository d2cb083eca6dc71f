//! Principals of trust and resource policies (semantics §6): the text after `qcs`, `service` or `federated`.

use super::place::{Place, shown};
use passgate_grammar::{Diagnostic, code, limits};

/// What is wrong with the text of a principal, `kind` being `qcs`, `service` or `federated`.
///
/// ```
/// use passgate::grammar::Span;
/// use passgate::model::read::{Place, check_principal};
/// let place = Place::new(Span::default());
/// assert!(check_principal("qcs", "qcs::cam::uin/1:root", place).is_none());
/// assert_eq!(check_principal("qcs", "root", place).unwrap().code.as_str(), "bad-principal");
/// ```
pub fn check_principal(kind: &str, text: &str, place: Place<'_>) -> Option<Diagnostic> {
    if let Some(at) = text.find("${") {
        let here = place.within(text, at, text.len());
        let fault =
            here.error(code::BAD_VARIABLE, format!("`{}`: a principal holds no variable", shown(text)));
        return Some(fault.help("write the name out: variables stand in resources and in text values"));
    }
    if text.len() > limits::STRING_BYTES {
        let message =
            format!("a principal has at most {} bytes, this one {}", limits::STRING_BYTES, text.len());
        return Some(place.error(code::LIMIT, message));
    }
    if kind == "service" {
        return text
            .is_empty()
            .then(|| place.error(code::BAD_PRINCIPAL, "a service has a name, this is empty"));
    }
    if is_account_name(text) {
        return None;
    }
    let fault = place.error(code::BAD_PRINCIPAL, format!("`{}` is no principal", shown(text)));
    Some(if text == "qcs::cam::anyone:anyone" {
        fault.help("write `qcs::cam::anonymous:anonymous`, or `*`")
    } else {
        fault.help(
            "write `qcs::cam::uin/N:uin/N`, `qcs::cam::uin/N:root`, `qcs::cam::anonymous:anonymous` or `*`",
        )
    })
}

/// `*`, `qcs::cam::anonymous:anonymous`, or `qcs::cam::(uin|uid)/digits:rest`.
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
