//! Action text to what it covers (semantics §3); the catalog is not asked here.

use super::place::{Place, refuse, shown};
use crate::model::ActionKind;
use passgate_grammar::text::is_service;
use passgate_grammar::{Diagnostic, Safety, code, limits};

/// Which names a pattern may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// CAM JSON: `[A-Za-z0-9_*]+`.
    Cam,
    /// A `.gate` file without quotes: `-` and `.` too.
    Gate,
    /// The quoted form of a `.gate` file: any printable character without blank or `"`.
    Quoted,
}

/// Reads `*`, `*:*`, `permid/N` or `[name/]service:pattern`.
///
/// A bare name is for the caller: here every action has its service. Pushes `bad-action` for a malformed one and
/// `limit` for one that is too long.
///
/// ```
/// use passgate::grammar::{SourceId, Span};
/// use passgate::model::read::{Names, Place, read_action};
/// let place = Place::new(Span::new(SourceId(0), 0, 5));
/// let mut out = Vec::new();
/// assert!(read_action("cvm:*", place, Names::Cam, &mut out).is_some());
/// assert!(read_action("*:Run", place, Names::Cam, &mut out).is_none());
/// assert_eq!(out[0].code.as_str(), "bad-action");
/// ```
pub fn read_action(
    text: &str,
    place: Place<'_>,
    names: Names,
    out: &mut Vec<Diagnostic>,
) -> Option<ActionKind> {
    match text {
        "*" => Some(ActionKind::All { long: false }),
        "*:*" => Some(ActionKind::All { long: true }),
        _ => match text.strip_prefix("permid/") {
            Some(number) => read_permid(text, number, place, out),
            None => read_pattern(text, place, names, out),
        },
    }
}

fn malformed(place: Place<'_>, message: impl Into<String>) -> Diagnostic {
    place.error(code::BAD_ACTION, message)
}

fn read_permid(text: &str, number: &str, place: Place<'_>, out: &mut Vec<Diagnostic>) -> Option<ActionKind> {
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        let message = format!("`{}` names no set of the provider", shown(text));
        let fault = malformed(place, message).help("write `permid/` and digits, such as `permid/1234`");
        return refuse(out, fault);
    }
    check_length(number, "a `permid` number", limits::NAME_BYTES, place, out)?;
    Some(ActionKind::Permid(number.into()))
}

fn read_pattern(text: &str, place: Place<'_>, names: Names, out: &mut Vec<Diagnostic>) -> Option<ActionKind> {
    check_signs(text, place, names, out)?;
    let (legacy, rest) = text.strip_prefix("name/").map_or((false, text), |rest| (true, rest));
    let Some((service, pattern)) = rest.split_once(':') else {
        return refuse(out, without_service(text, rest, place));
    };
    let at = text.len() - rest.len();
    if !is_service(service) {
        let here = place.within(text, at, at + service.len());
        return refuse(out, bad_service(service, pattern, if service.is_empty() { place } else { here }));
    }
    check_length(service, "a service", limits::NAME_BYTES, place, out)?;
    check_names(text, pattern, place, names, out)?;
    check_length(pattern, "an action pattern", limits::PATTERN_BYTES, place, out)?;
    if pattern.bytes().filter(|b| *b == b'*').count() > limits::PATTERN_STARS {
        let message = format!("an action pattern has at most {} `*`", limits::PATTERN_STARS);
        return refuse(out, place.error(code::LIMIT, message));
    }
    Some(ActionKind::Pattern { service: service.into(), pattern: pattern.into(), legacy })
}

/// What is told first, wherever it stands: signs that people take from other languages.
fn check_signs(text: &str, place: Place<'_>, names: Names, out: &mut Vec<Diagnostic>) -> Option<()> {
    if text.is_empty() {
        return refuse(out, malformed(place, "an action is empty").help("write `service:Action`, or `*`"));
    }
    let odd = |c: char| c.is_whitespace() || (names != Names::Quoted && matches!(c, '?' | '$'));
    let Some((at, sign)) = text.char_indices().find(|(_, c)| odd(*c)) else { return Some(()) };
    let here = place.within(text, at, at + sign.len_utf8());
    refuse(
        out,
        match sign {
            '?' => malformed(here, "`?` is not a wildcard, here or in CAM; only `*` is")
                .help("write the names, or a pattern with `*`"),
            '$' => malformed(here, format!("`{}`: an action holds no variable", shown(text)))
                .help("variables stand in the last segment of a resource and in text values"),
            _ => with_blank(text, here, place.within(text, 0, text.len())),
        },
    )
}

fn with_blank(text: &str, here: Place<'_>, whole: Place<'_>) -> Diagnostic {
    let joined: String = text.split_whitespace().collect();
    let told = malformed(here, format!("`{}`: an action holds no blank", shown(text)));
    let told = told.help(format!("write `{}`", shown(&joined)));
    let exact = (whole.span.end - whole.span.start) as usize == text.len();
    if exact { told.fix("remove the blank", whole.span, joined, Safety::Safe) } else { told }
}

fn without_service(text: &str, rest: &str, place: Place<'_>) -> Diagnostic {
    let told = malformed(place, format!("`{}` does not say its service", shown(text)));
    if rest.contains('/') || !rest.is_ascii() {
        return told.help("an action is written `service:Action`");
    }
    told.help(format!("an action is written `service:Action`, such as `SERVICE:{}`", shown(rest)))
}

fn bad_service(service: &str, pattern: &str, place: Place<'_>) -> Diagnostic {
    let (plain, lower) = (shown(service), service.to_ascii_lowercase());
    if service.is_empty() {
        malformed(place, "nothing stands before `:`, where the service belongs")
            .help("an action is written `service:Action`")
    } else if service.contains('*') {
        malformed(place, format!("`{plain}`: a service is written out, it has no wildcard"))
            .help("write one action for each service, or `*` for every action of every service")
    } else if is_service(&lower) {
        malformed(place, format!("`{plain}`: a service is written in lower case"))
            .help(format!("write `{}:{}`", shown(&lower), shown(pattern)))
            .nearest([lower])
    } else {
        malformed(place, format!("`{plain}` is no service name"))
            .help("a service begins with a lower-case letter and holds a-z, 0-9, `_` and `-`")
    }
}

fn check_names(
    text: &str,
    pattern: &str,
    place: Place<'_>,
    names: Names,
    out: &mut Vec<Diagnostic>,
) -> Option<()> {
    if pattern.is_empty() {
        let fault = malformed(place, format!("`{}` names no action after `:`", shown(text)));
        return refuse(out, fault.help(format!("write `{}*` for every action of the service", shown(text))));
    }
    let fits = |c: char| match names {
        Names::Cam => c.is_ascii_alphanumeric() || matches!(c, '_' | '*'),
        Names::Gate => c.is_ascii_alphanumeric() || matches!(c, '_' | '*' | '-' | '.'),
        Names::Quoted => !c.is_control() && c != '"',
    };
    let Some((at, sign)) = pattern.char_indices().find(|(_, c)| !fits(*c)) else { return Some(()) };
    let from = text.len() - pattern.len() + at;
    let here = place.within(text, from, from + sign.len_utf8());
    let sign = shown(sign.encode_utf8(&mut [0; 4]));
    let fault = malformed(here, format!("`{}`: an action name does not hold `{sign}`", shown(text)));
    refuse(
        out,
        match names {
            Names::Cam => fault.help("a name holds letters, digits and `_`; `*` is any text"),
            Names::Gate => fault.help("other names of a catalog are quoted: `service:\"name\"`"),
            Names::Quoted => fault,
        },
    )
}

fn check_length(
    text: &str,
    what: &str,
    most: usize,
    place: Place<'_>,
    out: &mut Vec<Diagnostic>,
) -> Option<()> {
    if text.len() <= most {
        return Some(());
    }
    let message = format!("{what} has at most {most} bytes, this one {}", text.len());
    refuse(out, place.error(code::LIMIT, message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use passgate_grammar::{SourceId, Span};

    /// `Ok`: what it covers, as text; `Err`: the code and the bytes (of a quoted text) under the caret.
    fn check(text: &str, expected: Result<&str, (&str, u32, u32)>) {
        let place = Place::new(Span::new(SourceId(0), 0, text.len() + 2));
        let mut out = Vec::new();
        let read = read_action(text, place, Names::Cam, &mut out).map(|kind| match kind {
            ActionKind::All { long } => if long { "all long" } else { "all" }.to_owned(),
            ActionKind::Pattern { service, pattern, legacy } => {
                format!("{}{service}|{pattern}", if legacy { "legacy " } else { "" })
            }
            ActionKind::Permid(n) => format!("permid {n}"),
            ActionKind::Names(_) => unreachable!("no catalog is asked"),
        });
        let fault = out.first().map(|d| (d.code.as_str(), d.span.start, d.span.end));
        assert_eq!(read.as_deref().ok_or_else(|| fault.expect("a refusal is told")), expected, "{text:?}");
    }

    #[test]
    fn the_four_forms_are_read() {
        check("*", Ok("all"));
        check("*:*", Ok("all long"));
        check("permid/280655", Ok("permid 280655"));
        check("cvm:RunInstances", Ok("cvm|RunInstances"));
        check("name/cvm:Describe*", Ok("legacy cvm|Describe*"));
        check("a-b_1:*", Ok("a-b_1|*"));
        check("cos:Get*Obj**", Ok("cos|Get*Obj**"));
    }

    #[test]
    fn malformed_ones_are_refused_where_they_are_wrong() {
        let bad = |from, to| Err(("bad-action", from, to));
        check("", bad(0, 2));
        check("*:Name", bad(1, 2));
        check("c*:Name", bad(1, 3));
        check("cvm:Run?", bad(8, 9));
        check("name/cdb: DescribeAuditRules", bad(10, 11));
        check("cvm:${x}", bad(5, 6));
        check("Cvm:Run", bad(1, 4));
        check("1cvm:Run", bad(1, 5));
        check("cvm:", bad(0, 6));
        check(":Run", bad(0, 6));
        check("Run", bad(0, 5));
        check("cvm:a:b", bad(6, 7));
        check("cvm:a/b", bad(6, 7));
        check("cvm:a-b", bad(6, 7));
        check("cvm:ré", bad(6, 8));
        check("permid/", bad(0, 9));
        check("permid/x", bad(0, 10));
        check("name/*", bad(0, 8));
        check("**", bad(0, 4));
    }

    #[test]
    fn patterns_have_limits() {
        check(&format!("c:{}", "a".repeat(256)), Ok(&format!("c|{}", "a".repeat(256))));
        check(&format!("c:{}", "a".repeat(257)), Err(("limit", 0, 261)));
        check(&format!("c:{}", "*".repeat(16)), Ok(&format!("c|{}", "*".repeat(16))));
        check(&format!("c:{}", "*".repeat(17)), Err(("limit", 0, 21)));
    }

    #[test]
    fn a_gate_file_holds_more_names() {
        let read =
            |text, names| read_action(text, Place::new(Span::default()), names, &mut Vec::new()).is_some();
        assert!(read("forge:a-b.c", Names::Gate) && !read("forge:issues/list", Names::Gate));
        assert!(read("forge:issues/list*", Names::Quoted) && !read("forge:a b", Names::Quoted));
    }
}
