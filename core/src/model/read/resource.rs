//! Resource text to what it covers (semantics §4).

use super::place::{Place, refuse, shown};
use super::value::read_variables;
use crate::model::{AccountPattern, ResourceKind, Template, TemplatePart};
use passgate_grammar::text::is_service;
use passgate_grammar::{Diagnostic, Safety, code, limits};

/// Reads `*` or six segments `qcs:project:service:region:account:rest`.
///
/// Pushes `bad-resource`, `resource-segments`, `foreign-resource`, `bad-variable` or `limit` for what is refused,
/// `odd-pattern` (a warning) where plain text looks like a wildcard or a variable.
///
/// ```
/// use passgate::grammar::{SourceId, Span};
/// use passgate::model::read::{Place, read_resource};
/// let place = Place::new(Span::new(SourceId(0), 0, 22));
/// let mut out = Vec::new();
/// assert!(read_resource("qcs::cvm:::instance/*", place, &mut out).is_some());
/// assert!(read_resource("qcs::cvm:ap:instance/*", place, &mut out).is_none());
/// assert_eq!(out[0].code.as_str(), "resource-segments");
/// ```
pub fn read_resource(text: &str, place: Place<'_>, out: &mut Vec<Diagnostic>) -> Option<ResourceKind> {
    if text == "*" {
        return Some(ResourceKind::Any);
    }
    if text.len() > limits::STRING_BYTES {
        let message =
            format!("a resource has at most {} bytes, this one {}", limits::STRING_BYTES, text.len());
        return refuse(out, place.error(code::LIMIT, message));
    }
    let parts = split(text);
    check_start(text, &parts, place, out)?;
    let [_, project, service, region, account, rest] = parts.as_slice() else {
        return refuse(out, too_few(text, &parts, place));
    };
    let here = |part: &Segment<'_>| place.within(text, part.at, part.at + part.text.len());
    // All segments are read before the first fault ends the resource, so that one run tells them all.
    let project = read_project(project.text, here(project), out);
    let service = read_service(service.text, here(service), out);
    let region = read_region(region.text, here(region), out);
    let account = read_account(account.text, here(account), out);
    let rest = read_rest(rest.text, here(rest), out);
    project?;
    Some(ResourceKind::Six { service: service?, region: region?, account: account?, rest: rest? })
}

/// Service, region, account and last segment of a resource as a request names it: no wildcard but in the last, service and
/// last not empty; none of what is malformed, a bare `*` too.
pub(crate) fn request_segments(text: &str) -> Option<[&str; 4]> {
    let mut segments = text.splitn(6, ':');
    let mut next = || segments.next();
    let (word, project, service) = (next()?, next()?, next()?);
    let (region, account, rest) = (next()?, next()?, next()?);
    let wild = [project, service, region, account].iter().any(|segment| segment.contains('*'));
    let formed = word == "qcs" && !wild && !service.is_empty() && !rest.is_empty();
    formed.then_some([service, region, account, rest])
}

struct Segment<'a> {
    at: usize,
    text: &'a str,
}

/// The last segment keeps its colons.
fn split(text: &str) -> Vec<Segment<'_>> {
    let mut at = 0;
    let segment = |part: &'_ str| {
        let start = at;
        at += part.len() + 1;
        start
    };
    let starts: Vec<usize> = text.splitn(6, ':').map(segment).collect();
    text.splitn(6, ':').zip(starts).map(|(text, at)| Segment { at, text }).collect()
}

fn malformed(place: Place<'_>, message: impl Into<String>) -> Diagnostic {
    place.error(code::BAD_RESOURCE, message)
}

fn check_start(text: &str, parts: &[Segment<'_>], place: Place<'_>, out: &mut Vec<Diagnostic>) -> Option<()> {
    let scheme = parts.first().map_or("", |p| p.text);
    if scheme == "qcs" {
        return Some(());
    }
    let here = place.within(text, 0, scheme.len());
    let trimmed = text.trim();
    let fault = if text.is_empty() {
        malformed(place, "a resource is empty").help("write `*`, or `qcs::SERVICE:REGION:ACCOUNT:REST`")
    } else if trimmed.is_empty() {
        malformed(place, "a resource is blank").help("write `*`, or `qcs::SERVICE:REGION:ACCOUNT:REST`")
    } else if trimmed == "*" || (trimmed.len() < text.len() && trimmed.starts_with("qcs:")) {
        malformed(place, format!("`{}`: a blank stands before or after the resource", shown(text)))
            .help(format!("write `{}`", shown(trimmed)))
    } else if scheme == "arn" {
        let rest = parts.get(5).map_or("REST".to_owned(), |p| shown(p.text));
        place
            .error(
                code::FOREIGN_RESOURCE,
                "`arn:` begins an AWS name; resources here have six segments and begin with `qcs:`",
            )
            .help(format!("write `\"qcs::SERVICE:REGION:uid/N:{rest}\"`"))
    } else if scheme.eq_ignore_ascii_case("qcs") {
        malformed(here, format!("`{scheme}`: a resource begins with `qcs`, in lower case"))
            .help("write `qcs:`")
    } else if parts.len() == 1 {
        malformed(place, format!("`{}` is no resource", shown(text)))
            .help("write `*`, or six segments: `qcs::SERVICE:REGION:ACCOUNT:REST`")
    } else {
        malformed(here, format!("`{}`: a resource begins with `qcs:`", shown(text)))
            .help("write six segments: `qcs::SERVICE:REGION:ACCOUNT:REST`")
    };
    refuse(out, fault)
}

fn too_few(text: &str, parts: &[Segment<'_>], place: Place<'_>) -> Diagnostic {
    const COUNT: [&str; 6] = ["no", "one", "two", "three", "four", "five"];
    let count = COUNT.get(parts.len()).copied().unwrap_or("fewer");
    let message = format!("a resource has six segments, this one {count}");
    let form = "the segments are `qcs:project:service:region:account:rest`; the project is empty";
    let told = |why: String| place.error(code::RESOURCE_SEGMENTS, format!("{message}: {why}"));
    let [_, _, service, region, rest] = parts else {
        return place.error(code::RESOURCE_SEGMENTS, message).help(form);
    };
    if is_account(region.text) {
        return told(format!("after the service `{}` the region is missing", shown(service.text))).help(form);
    }
    if is_account(rest.text) {
        return told(format!("after the account `{}` the resource itself is missing", shown(rest.text)))
            .help(form);
    }
    let mended = format!("{}:{}", text.get(..rest.at).unwrap_or(""), rest.text);
    let after = if region.text.is_empty() {
        "after the empty region".to_owned()
    } else {
        format!("after the region `{}`", shown(region.text))
    };
    let whole = place.within(text, 0, text.len());
    told(format!("{after} the account is missing"))
        .help(format!("for the owner's account write `\"{}\"`", shown(&mended)))
        .fix("the owner's account", whole.span, mended, Safety::Unsafe)
}

/// Whether a segment can only be meant as an account.
fn is_account(text: &str) -> bool {
    text.strip_prefix("uin/").or_else(|| text.strip_prefix("uid/")).is_some_and(is_digits)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn read_project(text: &str, place: Place<'_>, out: &mut Vec<Diagnostic>) -> Option<()> {
    if text.is_empty() {
        return Some(());
    }
    let fault =
        malformed(place, format!("`{}`: the project of a resource is empty in a policy", shown(text)));
    refuse(out, fault.help("write `qcs::`"))
}

fn read_service(text: &str, place: Place<'_>, out: &mut Vec<Diagnostic>) -> Option<Option<Box<str>>> {
    if text.is_empty() || text == "*" {
        return Some(None);
    }
    if is_service(text) {
        return Some(Some(text.into()));
    }
    if let Some(fault) = variable_or_wildcard(text, "service", place) {
        return refuse(out, fault);
    }
    let fault = malformed(place, format!("`{}` is no service name", shown(text)));
    let lower = text.to_ascii_lowercase();
    let help = "a service begins with a lower-case letter and holds a-z, 0-9, `_` and `-`";
    refuse(out, if is_service(&lower) { fault.nearest([lower]).help(help) } else { fault.help(help) })
}

fn read_region(text: &str, place: Place<'_>, out: &mut Vec<Diagnostic>) -> Option<Option<Box<str>>> {
    if text.is_empty() || text == "*" {
        return Some(None);
    }
    if text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Some(Some(text.into()));
    }
    if let Some(fault) = variable_or_wildcard(text, "region", place) {
        return refuse(out, fault);
    }
    let fault = malformed(place, format!("`{}` is no region", shown(text)));
    refuse(out, fault.help("a region holds letters, digits and `-`; leave it empty for every region"))
}

fn read_account(text: &str, place: Place<'_>, out: &mut Vec<Diagnostic>) -> Option<AccountPattern> {
    match text {
        "" => return Some(AccountPattern::Owner),
        "*" => return Some(AccountPattern::Any),
        _ if is_account(text) => return Some(AccountPattern::Exact(text.into())),
        _ => {}
    }
    if is_digits(text) {
        let fault =
            malformed(place, format!("`{}`: bare digits do not say which kind of account", shown(text)));
        return refuse(out, fault.help(format!("write `uin/{0}` or `uid/{0}`", shown(text))));
    }
    if let Some(fault) = variable_or_wildcard(text, "account", place) {
        return refuse(out, fault);
    }
    let fault = malformed(place, format!("`{}` is no account", shown(text)));
    refuse(out, fault.help("write `uin/N`, `uid/N`, `*` for any, or nothing for the owner's"))
}

fn variable_or_wildcard(text: &str, what: &str, place: Place<'_>) -> Option<Diagnostic> {
    if let Some(at) = text.find("${") {
        let here = place.within(text, at, text.len());
        let fault = here.error(
            code::BAD_VARIABLE,
            format!("`{}`: the {what} of a resource holds no variable", shown(text)),
        );
        return Some(fault.help("variables stand in the last segment of a resource and in text values"));
    }
    if text.contains('*') {
        let fault = malformed(place, format!("`{}`: the {what} of a resource is no pattern", shown(text)));
        return Some(fault.help(format!("`*` stands for a whole {what}, never for a part of one")));
    }
    None
}

fn read_rest(text: &str, place: Place<'_>, out: &mut Vec<Diagnostic>) -> Option<Template> {
    if text.is_empty() {
        let fault = malformed(place, "the last segment of a resource is empty");
        return refuse(out, fault.help("write `*` for every resource of the service"));
    }
    if text.trim() != text {
        let fault =
            malformed(place, format!("`{}`: a blank stands at an end of the last segment", shown(text)));
        return refuse(out, fault.help(format!("write `{}`", shown(text.trim()))));
    }
    if let Some((at, c)) = text.char_indices().find(|(_, c)| matches!(c, '\0'..='\u{1F}' | '\u{7F}')) {
        let here = place.within(text, at, at + 1);
        let fault =
            malformed(here, format!("a control character U+{:04X} stands in a resource", u32::from(c)));
        return refuse(out, fault.help("remove it"));
    }
    let template = read_variables(text, place, out)?;
    if let Some(odd) = odd_part(&template) {
        out.push(odd_pattern(odd, text, place));
    }
    Some(template)
}

/// The first plain text that looks like a wildcard or a variable: `?`, `<x>`, `{x}`, `$name`.
fn odd_part(template: &Template) -> Option<&str> {
    template.parts.iter().find_map(|part| match part {
        TemplatePart::Literal(text) => odd_text(text),
        TemplatePart::Variable(_) => None,
    })
}

fn odd_text(text: &str) -> Option<&str> {
    let last = |close| text.rfind(close).unwrap_or(0);
    let (angle, brace) = (last('>'), last('}'));
    text.char_indices().find_map(|(at, sign)| {
        let rest = text.get(at..)?;
        match sign {
            '?' => rest.get(..1),
            '<' if at < angle => enclosed(rest, '>'),
            '{' if at < brace => enclosed(rest, '}'),
            '$' => named(rest),
            _ => None,
        }
    })
}

/// `<x>`, `{x}`: not empty. Called only where the closing sign follows, so that it is found once.
fn enclosed(rest: &str, close: char) -> Option<&str> {
    let end = rest.find(close)?;
    rest.get(..=end).filter(|t| t.len() > 2)
}

/// `$name`
fn named(rest: &str) -> Option<&str> {
    let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let end = rest.char_indices().skip(1).find(|(_, c)| !name(*c)).map_or(rest.len(), |(i, _)| i);
    rest.get(..end).filter(|t| t.len() > 1)
}

fn odd_pattern(odd: &str, text: &str, place: Place<'_>) -> Diagnostic {
    let at = text.find(odd).unwrap_or(0);
    let here = place.within(text, at, at + odd.len());
    let why = if odd == "?" { "a wildcard" } else { "a variable" };
    here.warning(code::ODD_PATTERN, format!("`{}` is plain text here, not {why}", shown(odd)))
        .help("`*` is the only wildcard; the variables are `${uin}`, `${owner_uin}` and `${app_id}`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use passgate_grammar::{SourceId, Span};

    /// Codes with the text under each caret, in the order told.
    fn check(text: &str, expected: &[(&str, &str)]) {
        let place = Place::new(Span::new(SourceId(0), 0, text.len()));
        let mut out = Vec::new();
        let read = read_resource(text, place, &mut out);
        let told: Vec<(&str, &str)> = out
            .iter()
            .map(|d| (d.code.as_str(), text.get(d.span.start as usize..d.span.end as usize).unwrap()))
            .collect();
        assert_eq!(told, expected, "{text:?}");
        assert_eq!(read.is_some(), !out.iter().any(Diagnostic::is_error), "{text:?}");
        assert!(out.iter().all(|d| d.help.is_some() || d.code == code::LIMIT), "{out:?}");
    }

    #[test]
    fn six_segments_are_read() {
        for text in [
            "*",
            "qcs::cvm:ap-guangzhou:uin/1:instance/*",
            "qcs:::::x",
            "qcs::*:*:*:*",
            "qcs::cvm::uid/12:a:b:c",
            "qcs::cam::*:*",
            "qcs::cos:gz::a b/查",
            "qcs::cos:::home/${uin}/${owner_uin}${app_id}",
        ] {
            check(text, &[]);
        }
        let mut out = Vec::new();
        let read = read_resource("qcs::cvm::uid/12:a:b*", Place::new(Span::default()), &mut out);
        let Some(ResourceKind::Six { service, region, account, rest }) = read else { panic!("six segments") };
        assert_eq!((service.as_deref(), region), (Some("cvm"), None));
        assert_eq!(account, AccountPattern::Exact("uid/12".into()));
        assert_eq!(rest.literal(), Some("a:b*"));
    }

    #[test]
    fn every_faulty_segment_is_told_where_it_stands() {
        let bad = "bad-resource";
        check("qcs:id/0:cvm:::x", &[(bad, "id/0")]);
        check("qcs::Cvm:::x", &[(bad, "Cvm")]);
        check("qcs::c*:::x", &[(bad, "c*")]);
        check("qcs::cvm:ap-*::x", &[(bad, "ap-*")]);
        check("qcs::cvm:$region::x", &[(bad, "$region")]);
        check("qcs::cvm::100:x", &[(bad, "100")]);
        check("qcs::cvm::uin/:x", &[(bad, "uin/")]);
        check("qcs::cvm::uin/1*:x", &[(bad, "uin/1*")]);
        check("qcs::cvm::uin/一:x", &[(bad, "uin/一")]);
        check("qcs::cvm:::", &[(bad, "")]);
        check("qcs::cvm::: x", &[(bad, " x")]);
        check("qcs::cvm:::x\u{A0}", &[(bad, "x\u{A0}")]);
        check("qcs::cvm:::x\u{7F}y", &[(bad, "\u{7F}")]);
        check("qcs::cvm:::x\0y", &[(bad, "\0")]);
        check(
            "qcs::cvm:${r}:uin/${uin}:${x}",
            &[("bad-variable", "${r}"), ("bad-variable", "${uin}"), ("bad-variable", "${x}")],
        );
        check("qcs:a:B:c_:d:", &[(bad, "a"), (bad, "B"), (bad, "c_"), (bad, "d"), (bad, "")]);
        check("qcs::cvm:::a${uin", &[("bad-variable", "${uin")]);
    }

    #[test]
    fn what_is_no_resource_at_all_is_told_as_such() {
        for text in ["", " ", "* ", "**", "x", "qcs", "QCS::cvm:::x", " qcs::cvm:::x", "acs:ecs:a:b:c:d"] {
            let mut out = Vec::new();
            assert!(read_resource(text, Place::new(Span::default()), &mut out).is_none(), "{text:?}");
            let code = if text == "qcs" { "resource-segments" } else { "bad-resource" };
            assert_eq!(out[0].code.as_str(), code, "{text:?}");
        }
        check("arn:aws:s3:::bucket/*", &[("foreign-resource", "arn:aws:s3:::bucket/*")]);
    }

    #[test]
    fn missing_segments_are_named() {
        let message = |text: &str| {
            let mut out = Vec::new();
            read_resource(text, Place::new(Span::new(SourceId(0), 0, text.len())), &mut out);
            let fix = out[0].fixes.first().map(|f| f.edits[0].text.clone());
            (out[0].message.clone(), fix)
        };
        let (told, fix) = message("qcs::cvm:ap-guangzhou:instance/*");
        assert_eq!(
            told,
            "a resource has six segments, this one five: after the region `ap-guangzhou` the account is missing"
        );
        assert_eq!(fix.as_deref(), Some("qcs::cvm:ap-guangzhou::instance/*"));
        assert!(message("qcs::cat:uin/1:x").0.ends_with("after the service `cat` the region is missing"));
        assert!(
            message("qcs::cat::uin/1")
                .0
                .ends_with("after the account `uin/1` the resource itself is missing")
        );
        assert_eq!(message("qcs::cat").0, "a resource has six segments, this one three");
    }

    #[test]
    fn plain_text_that_looks_like_more_is_a_doubt() {
        for (rest, odd) in [
            ("a?b", "?"),
            ("<x>", "<x>"),
            ("a/{id}/b", "{id}"),
            ("$name/x", "$name"),
            ("${uin}/$b", "$b"),
            ("<>{}$<y>", "<y>"),
        ] {
            check(&format!("qcs::cvm:::{rest}"), &[("odd-pattern", odd)]);
        }
        for rest in ["a<b", "a>b<c", "{", "a}b", "$", "$$", "$/", "<>{}", "100%"] {
            check(&format!("qcs::cvm:::{rest}"), &[]);
        }
    }

    #[test]
    fn long_hostile_texts_take_linear_time() {
        for unit in ["<", "{", "$", "<>", "{}", "$$", "${"] {
            let text = format!("qcs::cvm:::{}>", unit.repeat(2_000));
            let mut out = Vec::new();
            for _ in 0..200 {
                read_resource(&text, Place::new(Span::default()), &mut out);
            }
        }
    }
}
