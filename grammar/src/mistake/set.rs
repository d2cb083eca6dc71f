//! Sets: `not`, `only` and `except` where they cannot stand.

use super::mend;
use super::scene::{Place, Scene};
use crate::code;
use crate::diagnostic::{Diagnostic, Safety};
use crate::parse::gate::Rule;
use crate::scan::piece::Shape;
use crate::text::excerpt;

/// `allow read only from office`, `deny write except from office`
pub(super) fn only_from(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let word = &scene.previous;
    if scene.found.text != "from" || !matches!(word.text, "only" | "except") || scene.place != Place::Actions
    {
        return None;
    }
    let rest = excerpt(scene.slice(scene.found.start, scene.piece.end));
    if word.text == "except" {
        let message = "`except` takes away actions; a place is spared by `unless`";
        let before = excerpt(scene.slice(scene.head.start, scene.before_previous.end));
        let decided = if scene.head.text == "deny" { "denied" } else { "allowed" };
        let title = format!("write `{before} unless {rest}` (calls without an address are {decided} too)");
        let edit = (scene.span_of(word), "unless".to_owned());
        return Some(mend(
            scene.error(code::EXCEPT_FROM, &scene.found, message),
            title,
            Safety::Unsafe,
            vec![edit],
        ));
    }
    let actions = excerpt(scene.slice(scene.head.end, scene.before_previous.end).trim());
    let message = "`only` wants a set and keeps what is in both; `from` alone already narrows this statement";
    let diagnostic = scene.error(code::ONLY_FROM, &scene.found, message);
    let title = format!("remove `only`; to forbid the rest: `deny {actions} unless {rest}`");
    let edit = (scene.span(word.start, scene.found.start), String::new());
    Some(mend(diagnostic, title, Safety::Unsafe, vec![edit]))
}

/// `allow A except B except C`, and `only` after `only` or `except`
pub(super) fn except_twice(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let found = &scene.found;
    let narrowed = scene.narrowed.as_ref()?;
    if !matches!(found.text, "except" | "only") || scene.wants_term() {
        return None;
    }
    if found.text == "only" {
        let message = "`only` stands once in a set, before `except`";
        return Some(
            scene.error(code::SYNTAX, found, message).help("give the inner set a name or parentheses"),
        );
    }
    let first = excerpt(scene.slice(narrowed.end, scene.previous.end).trim());
    let second = scene.ahead().next().map_or_else(|| "…".to_owned(), |word| excerpt(word.text));
    let message = "a second `except` could take away more or give back";
    let help =
        format!("take away more: `except {first}, {second}`; give back: `except ({first} except {second})`");
    Some(scene.error(code::EXCEPT_TWICE, found, message).help(help))
}

/// `allow not write`
pub(super) fn negated_action(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    if scene.found.text != "not" || scene.place != Place::Actions || !scene.wants_term() {
        return None;
    }
    let message = "actions cannot be negated: `not` stands before `from`, or within a condition";
    let diagnostic = scene.error(code::NEGATED_ACTION, &scene.found, message);
    let next = scene.ahead().next().map_or_else(|| "ACTION".to_owned(), |word| excerpt(word.text));
    let alone = scene.piece.shape == Shape::Statement && scene.previous.start == scene.head.start;
    if !alone {
        return Some(diagnostic.help(format!("take it away from a set: `… except {next}`")));
    }
    let all = scene.service.map_or_else(|| "*".to_owned(), |service| format!("{service}:*"));
    let title = format!("write `{all} except {next}`");
    let edit = (scene.span_of(&scene.found), format!("{all} except"));
    Some(mend(diagnostic, title, Safety::Unsafe, vec![edit]))
}

/// `allow any from office`, `allow read from any`
pub(super) fn any_or_all(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    if scene.found.text != "any" || !scene.wants_term() || scene.wants(Rule::cond) {
        return None;
    }
    let (all, of) = match scene.place {
        Place::Actions => ("*", "action"),
        Place::Addresses => ("anywhere", "address"),
        Place::Resources => ("\"*\"", "resource"),
        Place::Other => return None,
    };
    let message = format!("`any` stands before the key of a condition; every {of} is `{all}`");
    let edit = (scene.span_of(&scene.found), all.to_owned());
    let diagnostic = scene.error(code::FOREIGN_WORD, &scene.found, message);
    Some(mend(diagnostic, format!("write `{all}`"), Safety::Safe, vec![edit]))
}
