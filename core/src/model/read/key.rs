//! Condition keys: their form, the known ones, and which operators take them (semantics §5).

use super::operator::{Operator, OperatorForm};
use super::place::{Place, refuse, shown};
use crate::nearest::nearest;
use passgate_grammar::{Diagnostic, code, limits};

/// The caller's address.
pub const IP: &str = "qcs:ip";
/// The time of the request.
pub const CURRENT_TIME: &str = "qcs:current_time";

/// Keys that every service knows.
pub const KNOWN: [&str; 9] = [
    IP,
    CURRENT_TIME,
    "qcs:resource_tag",
    "qcs:request_tag",
    "qcs:tag",
    "qcs:uin",
    "qcs:owner_uin",
    "qcs:create_uin",
    "mfa",
];

/// Reads a key: printable ASCII without blank or `"`.
///
/// Pushes `bad-key` for another, `limit` for one that is too long, `unknown-key` (a warning) for one that nobody
/// knows, with the known keys near it.
///
/// ```
/// use passgate::grammar::Span;
/// use passgate::model::read::{Place, read_key};
/// let mut out = Vec::new();
/// assert!(read_key("qcs:IP", Place::new(Span::default()), &mut out).is_some());
/// assert_eq!(out[0].nearest[0], "qcs:ip");
/// assert!(read_key("a b", Place::new(Span::default()), &mut out).is_none());
/// ```
pub fn read_key<'a>(text: &'a str, place: Place<'_>, out: &mut Vec<Diagnostic>) -> Option<&'a str> {
    if text.is_empty() {
        return refuse(out, place.error(code::BAD_KEY, "a condition key is empty"));
    }
    if text.len() > limits::NAME_BYTES {
        let message =
            format!("a condition key has at most {} bytes, this one {}", limits::NAME_BYTES, text.len());
        return refuse(out, place.error(code::LIMIT, message));
    }
    if let Some((at, c)) = text.char_indices().find(|(_, c)| !c.is_ascii_graphic() || *c == '"') {
        let here = place.within(text, at, at + c.len_utf8());
        let fault = here.error(code::BAD_KEY, format!("`{}` is no condition key", shown(text)));
        return refuse(out, fault.help("a key is printable ASCII without blank or `\"`"));
    }
    check_known(text, place, out);
    Some(text)
}

/// `svc:key` is taken as known to its service; a key of `qcs:` or without colon is one of the table or unknown.
fn check_known(text: &str, place: Place<'_>, out: &mut Vec<Diagnostic>) {
    if KNOWN.contains(&text) {
        return;
    }
    let of_service = text.split_once(':').is_some_and(|(service, key)| service != "qcs" && !key.is_empty());
    if of_service && !KNOWN.iter().any(|known| known.eq_ignore_ascii_case(text)) {
        return;
    }
    let told = place.warning(code::UNKNOWN_KEY, format!("`{}` is no key that passgate knows", shown(text)));
    let near = if out.len() < limits::SHOWN_DIAGNOSTICS { nearest(text, KNOWN) } else { Vec::new() };
    let help = match near.first() {
        Some(best) => format!("did you mean `{best}`?"),
        None => format!("known keys are {}, and keys of a service: `service:key`", listed(&KNOWN)),
    };
    out.push(told.help(help).nearest(near));
}

fn listed(keys: &[&str]) -> String {
    keys.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", ")
}

/// Refuses (`bad-key`) an operator that does not go with its key: `qcs:ip` takes `ip_*`, `qcs:current_time` takes `date_*`, both
/// take `string_*`, `binary_equal` and `null_equal`.
pub fn check_operator_key(
    form: OperatorForm,
    key: &str,
    place: Place<'_>,
    out: &mut Vec<Diagnostic>,
) -> Option<()> {
    let fits = match form.operator {
        Operator::Text { .. } | Operator::Like { .. } | Operator::Binary | Operator::Null => true,
        Operator::Ip { .. } => key != CURRENT_TIME,
        Operator::Date(_) => key != IP,
        Operator::Number(_) | Operator::Bool => key != IP && key != CURRENT_TIME,
    };
    if fits {
        return Some(());
    }
    let own = if key == IP { "ip" } else { "date" };
    let fault = place.error(code::BAD_KEY, format!("`{form}` cannot read `{key}`"));
    refuse(out, fault.help(format!("`{key}` takes `{own}_*`, `string_*`, `binary_equal` and `null_equal`")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Comparison;
    use passgate_grammar::Span;

    fn check(text: &str, expected: Option<&str>, near: Option<&str>) {
        let mut out = Vec::new();
        let read = read_key(text, Place::new(Span::default()), &mut out);
        assert_eq!(out.first().map(|d| d.code.as_str()), expected, "{text:?}");
        assert_eq!(out.first().and_then(|d| d.nearest.first()).map(String::as_str), near, "{text:?}");
        assert_eq!(read.is_some(), matches!(expected, None | Some("unknown-key")), "{text:?}");
    }

    #[test]
    fn keys_are_printable_and_near_misses_are_told() {
        for text in KNOWN {
            check(text, None, None);
        }
        check("cos:x-cos-acl", None, None);
        check("Some:Key/with.signs", None, None);
        check("qcs:IP", Some("unknown-key"), Some("qcs:ip"));
        check("QCS:ip", Some("unknown-key"), Some("qcs:ip"));
        check("qcs:resourcetag", Some("unknown-key"), Some("qcs:resource_tag"));
        check("MFA", Some("unknown-key"), Some("mfa"));
        check("department", Some("unknown-key"), None);
        for text in ["", "a b", "k ", "k\"", "clé", "k\n", "\u{7F}"] {
            check(text, Some("bad-key"), None);
        }
        check(&"k".repeat(257), Some("limit"), None);
    }

    #[test]
    fn the_address_and_the_time_take_their_own_operators_and_texts() {
        let fits = |operator, key| {
            let form = OperatorForm { qualifier: None, operator, if_exist: false };
            check_operator_key(form, key, Place::new(Span::default()), &mut Vec::new()).is_some()
        };
        let (ip, date) = (Operator::Ip { negated: true }, Operator::Date(Comparison::Less));
        assert!(fits(ip, IP) && !fits(ip, CURRENT_TIME) && fits(ip, "cos:a"));
        assert!(!fits(date, IP) && fits(date, CURRENT_TIME) && fits(date, "cos:a"));
        let texts = [
            Operator::Text { negated: false, ignore_case: true },
            Operator::Like { negated: true },
            Operator::Binary,
            Operator::Null,
        ];
        for operator in texts {
            assert!(fits(operator, IP) && fits(operator, CURRENT_TIME), "{operator:?}");
        }
        for operator in [Operator::Bool, Operator::Number(Comparison::Equal)] {
            assert!(
                !fits(operator, IP) && !fits(operator, CURRENT_TIME) && fits(operator, "mfa"),
                "{operator:?}"
            );
        }
    }
}
