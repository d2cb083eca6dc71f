//! What the catalog says of an action term (semantics §3): the only reader here that asks it.

use super::place::{Place, shown};
use crate::catalog::{Catalogs, Service};
use crate::glob;
use crate::model::{ActionKind, Settings};
use crate::nearest::nearest;
use passgate_grammar::{Diagnostic, Safety, Span, code, limits};

/// Compares an action term with the catalogs.
///
/// Pushes `action-case` (refused) where an exact action differs from a catalogued one in case only;
/// `unknown-action` for a name that its service does not have, and for a service that is neither catalogued nor
/// opaque; `empty-pattern` for a pattern, or a `permid`, that stands for nothing. The last two are lints.
///
/// ```
/// use passgate::catalog::Catalogs;
/// use passgate::grammar::Span;
/// use passgate::model::Settings;
/// use passgate::model::read::{Names, Place, check_action, read_action};
/// let (place, mut out) = (Place::new(Span::default()), Vec::new());
/// let kind = read_action("cvm:Run", place, Names::Cam, &mut out).unwrap();
/// check_action(&kind, place, &Catalogs::empty(), &Settings::default(), &mut out);
/// assert_eq!(out[0].code.as_str(), "unknown-action");
/// ```
pub fn check_action(
    kind: &ActionKind,
    place: Place<'_>,
    catalogs: &Catalogs,
    settings: &Settings,
    out: &mut Vec<Diagnostic>,
) {
    match kind {
        ActionKind::All { .. } | ActionKind::Names(_) => {}
        ActionKind::Permid(number) => check_permid(number, place, catalogs, out),
        ActionKind::Pattern { service, pattern, legacy } => match catalogs.find(service) {
            Some((_, known)) => {
                let length = service.len() + 1 + pattern.len() + if *legacy { 5 } else { 0 };
                check_name(known, &Term { pattern, length }, place, out);
            }
            None if settings.opaque.covers(service) => {}
            None => out.push(unknown_service(service, place, catalogs, out.len())),
        },
    }
}

/// What the author wrote of an action.
struct Term<'a> {
    pattern: &'a str,
    /// Bytes of the whole text, with service and `name/`.
    length: usize,
}

fn check_permid(number: &str, place: Place<'_>, catalogs: &Catalogs, out: &mut Vec<Diagnostic>) {
    if catalogs.services().any(|(_, s)| s.permids.contains_key(number)) {
        return;
    }
    let message = format!("no catalog defines `permid/{number}`: it matches nothing");
    let help = "a set that the provider keeps: list its actions under `permids` of the service's catalog";
    out.push(place.warning(code::EMPTY_PATTERN, message).help(help));
}

fn check_name(service: &Service, term: &Term<'_>, place: Place<'_>, out: &mut Vec<Diagnostic>) {
    if service.knows_every_name() {
        return;
    }
    let pattern = term.pattern;
    if pattern.contains('*') {
        let whole = pattern.bytes().all(|b| b == b'*');
        if !whole && !service.actions.iter().any(|a| glob::matches(pattern, &a.name)) {
            out.push(empty_pattern(service, pattern, place, out.len()));
        }
    } else if service.position(pattern).is_none() {
        out.push(unknown_name(service, term, place, out.len()));
    }
}

fn empty_pattern(service: &Service, pattern: &str, place: Place<'_>, told_before: usize) -> Diagnostic {
    let message = format!("`{}` matches no action of `{}`", shown(pattern), service.service);
    let told = place.warning(code::EMPTY_PATTERN, message);
    if told_before >= limits::SHOWN_DIAGNOSTICS {
        return told;
    }
    let lower = pattern.to_ascii_lowercase();
    match service.actions.iter().find(|a| glob::matches(&lower, &a.name.to_ascii_lowercase())) {
        Some(found) => told.help(format!("names are case-sensitive: the catalog has `{}`", found.name)),
        None => told.because(format!("catalog of `{}`: {}", service.service, service.version)),
    }
}

fn unknown_name(service: &Service, term: &Term<'_>, place: Place<'_>, told: usize) -> Diagnostic {
    let name = term.pattern;
    if let Some(right) = service.actions.iter().find(|a| a.name.eq_ignore_ascii_case(name)) {
        let message = format!("action names are case-sensitive: the catalog has `{}`", right.name);
        let fault = place.error(code::ACTION_CASE, message).nearest([right.name.to_string()]);
        return mended(fault, term, &right.name, place, Safety::Safe);
    }
    let catalog = format!("the catalog of `{}` ({})", service.service, service.version);
    let fault = place.error(code::UNKNOWN_ACTION, format!("{catalog} has no action `{}`", shown(name)));
    if told >= limits::SHOWN_DIAGNOSTICS {
        return fault;
    }
    let near = nearest(name, service.actions.iter().map(|a| a.name.as_ref()));
    match near.first().cloned() {
        Some(best) => mended(fault.nearest(near), term, &best, place, Safety::Unsafe),
        None => fault,
    }
}

/// Adds the fix that replaces the name at the end of an action text, where the text stands bare or in plain quotes.
fn mended(fault: Diagnostic, term: &Term<'_>, right: &str, place: Place<'_>, safety: Safety) -> Diagnostic {
    let fault = fault.help(format!("write `{right}`"));
    let (start, end) = (place.span.start as usize, place.span.end as usize);
    let quotes = match end.saturating_sub(start).checked_sub(term.length) {
        Some(0) => 0,
        Some(2) => 1,
        _ => return fault,
    };
    let end = end - quotes;
    let span = Span::new(place.span.source, end.saturating_sub(term.pattern.len()), end);
    fault.fix(format!("`{right}`"), span, right, safety)
}

fn unknown_service(service: &str, place: Place<'_>, catalogs: &Catalogs, told: usize) -> Diagnostic {
    let message = format!("no catalog describes the service `{}`", shown(service));
    let fault = place.error(code::UNKNOWN_ACTION, message);
    let fault =
        fault.help(format!("add its catalog, or match it by text: `opaque = [\"{}\"]`", shown(service)));
    if told >= limits::SHOWN_DIAGNOSTICS {
        return fault;
    }
    fault.nearest(nearest(service, catalogs.services().map(|(_, s)| s.service.as_ref())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Opaque;
    use crate::model::read::{Names, read_action};
    use passgate_grammar::SourceId;

    /// Code, nearest, and the text with its fix applied.
    fn check(text: &str, expected: Option<(&str, Option<&str>, Option<&str>)>) {
        let quoted = format!("\"{text}\"");
        let place = Place::new(Span::new(SourceId(0), 0, quoted.len()));
        let mut out = Vec::new();
        let kind = read_action(text, place, Names::Cam, &mut out).unwrap();
        let settings = Settings { opaque: Opaque::Services(vec!["cvm".into()]), ..Settings::default() };
        check_action(&kind, place, &Catalogs::builtin(), &settings, &mut out);
        let told = out.first().map(|d| {
            let fixed = d.fixes.first().map(|f| {
                let edit = &f.edits[0];
                let mut text = quoted.clone();
                text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
                text
            });
            (d.code.as_str(), d.nearest.first().cloned(), fixed)
        });
        let expected =
            expected.map(|(code, near, fixed)| (code, near.map(String::from), fixed.map(String::from)));
        assert_eq!(told, expected, "{text}");
    }

    #[test]
    fn catalogued_names_and_patterns_are_compared() {
        for text in
            ["*", "*:*", "intlpartnersmgt:*", "intlpartnersmgt:QueryUser", "name/intlpartnersmgt:Pay*"]
        {
            check(text, None);
        }
        let right = Some("QueryUser");
        check(
            "intlpartnersmgt:queryUser",
            Some(("action-case", right, Some("\"intlpartnersmgt:QueryUser\""))),
        );
        check(
            "name/intlpartnersmgt:QUERYUSER",
            Some(("action-case", right, Some("\"name/intlpartnersmgt:QueryUser\""))),
        );
        let pool = Some("AllocateCreditPool");
        check(
            "intlpartnersmgt:AllocateCreditPol",
            Some(("unknown-action", pool, Some("\"intlpartnersmgt:AllocateCreditPool\""))),
        );
        check("intlpartnersmgt:Nothing*", Some(("empty-pattern", None, None)));
        check("permid/7", Some(("empty-pattern", None, None)));
    }

    #[test]
    fn services_without_catalog_are_opaque_or_unknown() {
        check("cvm:Anything", None);
        check("cos:Anything", Some(("unknown-action", None, None)));
        check("intlpartnersmg:QueryUser", Some(("unknown-action", Some("intlpartnersmgt"), None)));
    }
}
