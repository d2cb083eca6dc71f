//! The members of an object against the keywords that may stand there: duplicates, wrong case, negated and unknown ones,
//! missing ones.

use super::Reader;
use crate::json::{Kind, Member, Value};
use crate::model::read::{Path, Place, shown, snake};
use crate::nearest::nearest;
use passgate_grammar::{Diagnostic, Safety, code, limits};
use std::collections::HashMap;

/// A member that an object may or must have.
pub(super) struct Keyword {
    name: &'static str,
    needed: bool,
}

impl Keyword {
    pub(super) const fn needed(name: &'static str) -> Self {
        Keyword { name, needed: true }
    }

    pub(super) const fn optional(name: &'static str) -> Self {
        Keyword { name, needed: false }
    }
}

/// The members of an object by keyword; everything else about its keys is told.
///
/// A keyword in the wrong case is told and read on under its right name, so that one run finds what is inside too.
/// The value is an object; of any other there is nothing.
pub(super) fn fields<'v, 'a, const N: usize>(
    reader: &mut Reader<'_>,
    object: &'v Value<'a>,
    keywords: &[Keyword; N],
    path: &Path<'_>,
) -> [Option<&'v Member<'a>>; N] {
    let mut found = [None; N];
    let Kind::Object(members) = &object.kind else { return found };
    for member in unique(reader, members, path) {
        let here = Path::Member(path, &member.key);
        let place = Place::at(reader.span(member.key_start, member.key_end), &here);
        let right = reader.findings.with(|out| keyword(&member.key, keywords, place, out));
        if let Some(slot) = right.and_then(|i| found.get_mut(i)) {
            slot.get_or_insert(member);
        }
    }
    for (keyword, slot) in keywords.iter().zip(&found) {
        if keyword.needed && slot.is_none() {
            let here = Path::Member(path, keyword.name);
            let message = format!("`{}` is missing", keyword.name);
            let fault = reader.opening(object, &here).error(code::MISSING_MEMBER, message);
            reader.findings.push(fault.help(format!("add `\"{}\": …`", keyword.name)));
        }
    }
    found
}

/// The members without those whose key stands twice, which are told. Keys are compared after unescaping, by hash, so
/// that a million of them take linear time.
pub(super) fn unique<'v, 'a>(
    reader: &mut Reader<'_>,
    members: &'v [Member<'a>],
    path: &Path<'_>,
) -> Vec<&'v Member<'a>> {
    let mut first: HashMap<&str, &Member<'_>> = HashMap::with_capacity(members.len());
    let mut all = Vec::with_capacity(members.len());
    for member in members {
        if let Some(earlier) = first.insert(&member.key, member) {
            let here = Path::Member(path, &member.key);
            let place = Place::at(reader.span(member.key_start, member.key_end), &here);
            let fault = place.error(code::DUPLICATE_KEY, format!("`{}` stands twice", shown(&member.key)));
            let span = reader.span(earlier.key_start, earlier.key_end);
            reader.findings.push(fault.label(span, "here before").help("keep one of them"));
        } else {
            all.push(member);
        }
    }
    all
}

/// Which keyword a key is or was meant to be; what is wrong with it is told.
fn keyword(key: &str, keywords: &[Keyword], place: Place<'_>, out: &mut Vec<Diagnostic>) -> Option<usize> {
    let called = |name: &str| keywords.iter().position(|k| k.name == name);
    if let Some(i) = called(key) {
        return Some(i);
    }
    let plain = snake(key);
    if let Some(i) = called(&plain) {
        out.push(wrong_case(key, &plain, place));
        return Some(i);
    }
    let joined = plain.replace('_', "");
    let fault = if ["notaction", "notresource", "notprincipal"].contains(&joined.as_str()) {
        negated(key, place)
    } else {
        unknown(key, &plain, keywords, place, out.len())
    };
    out.push(fault);
    None
}

fn unknown(key: &str, plain: &str, keywords: &[Keyword], place: Place<'_>, told: usize) -> Diagnostic {
    let fault = place.error(code::UNKNOWN_MEMBER, format!("`{}` is no member of this object", shown(key)));
    let names: Vec<&str> = keywords.iter().map(|k| k.name).collect();
    let near =
        if told < limits::SHOWN_DIAGNOSTICS { nearest(plain, names.iter().copied()) } else { Vec::new() };
    let help = match near.first() {
        Some(best) => format!("did you mean `{best}`?"),
        None => format!("members are {}", listed(&names)),
    };
    fault.help(help).nearest(near)
}

fn wrong_case(key: &str, right: &str, place: Place<'_>) -> Diagnostic {
    place
        .error(code::KEYWORD_CASE, format!("`{}`: keywords are lower case", shown(key)))
        .help(format!("write `{right}`"))
        .nearest([right.to_owned()])
        .fix(format!("`{right}`"), place.span, format!("\"{right}\""), Safety::Safe)
}

fn negated(key: &str, place: Place<'_>) -> Diagnostic {
    let fault =
        place.error(code::NEGATED_ELEMENT, format!("`{}`: negated elements do not exist in CAM", shown(key)));
    fault.help("list what is meant; to spare some of it, deny those in another statement")
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
}
