//! Lists: commas that are missing or too many, and words where commas belong.

use super::mend;
use super::scene::{Place, Scene};
use crate::code;
use crate::diagnostic::{Diagnostic, Safety};
use crate::parse::gate::Rule;
use crate::text::excerpt;
use crate::word;

/// `allow credit billing`
pub(super) fn missing_comma(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let found = &scene.found;
    let member = found.is_text() || found.is_free_run() || found.text == "(";
    if !member || !scene.may_go_on() {
        return None;
    }
    let (left, right) = (excerpt(scene.previous.text), excerpt(found.text));
    let message = format!("`{right}` follows `{left}` without a comma");
    let diagnostic = scene.error(code::MISSING_COMMA, found, message);
    let at = scene.span(scene.previous.end, scene.previous.end);
    Some(mend(diagnostic, format!("write `{left}, {right}`"), Safety::Safe, vec![(at, ",".to_owned())]))
}

/// `allow read,`
pub(super) fn trailing_comma(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let ends = scene.at_end() || word::is_reserved(scene.found.text) || scene.found.text == ")";
    if scene.previous.text != "," || !ends || scene.found.text == "not" {
        return None;
    }
    let noun = scene.member_noun();
    let article = if noun.starts_with('a') { "another" } else { "one more" };
    let article = if article == "one more" { "another" } else { article };
    let message = format!("a comma promises {article} {noun}, but the list ends here");
    let diagnostic = scene.error(code::TRAILING_COMMA, &scene.previous, message);
    let edit = (scene.span_of(&scene.previous), String::new());
    Some(mend(diagnostic, "remove the comma", Safety::Safe, vec![edit]))
}

/// `allow read and list`
pub(super) fn and_in_list(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let word = scene.found.text;
    if !matches!(word, "and" | "or") || !scene.may_go_on() || scene.in_condition() {
        return None;
    }
    let nouns = match (scene.head.text, scene.place) {
        ("use", _) => "services",
        ("in", _) => "groups and roles",
        ("attach", _) => "policies",
        (_, Place::Actions) => "actions",
        (_, Place::Addresses) => "addresses",
        (_, Place::Resources) => "resources",
        _ => "members of a list",
    };
    let message = match word {
        "and" => format!("`and` joins conditions; {nouns} are listed with commas"),
        _ => format!("`or` is said by a comma: {nouns} are listed with commas"),
    };
    let diagnostic = scene.error(code::AND_IN_LIST, &scene.found, message);
    let next = scene.ahead().next();
    let title = match next {
        Some(next) => format!("write `{}, {}`", excerpt(scene.previous.text), excerpt(next.text)),
        None => "write a comma".to_owned(),
    };
    let edit = (scene.span(scene.previous.end, scene.found.end), ",".to_owned());
    let safety = if scene.wants(Rule::RIGHT) { Safety::Unsafe } else { Safety::Safe };
    Some(mend(diagnostic, title, safety, vec![edit]))
}
