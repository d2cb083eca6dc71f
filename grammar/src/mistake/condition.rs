//! Conditions: signs, joints and lists as other languages write them.

use super::mend;
use super::scene::{Scene, Word};
use crate::code;
use crate::diagnostic::{Diagnostic, Safety};
use crate::parse::gate::Rule;
use crate::scan::token::Kind;
use crate::text::excerpt;

/// `mfa = true`, `mfa == true`, `mfa != true`, `k =~ "a*"`
pub(super) fn equals_sign(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    if !scene.wants(Rule::check) || !matches!(scene.found.text, "=" | "!" | "~") {
        return None;
    }
    let sign = sign_run(scene);
    let (word, message) = match sign.text {
        "=" | "==" | "===" => {
            ("is", "a condition is written with `is`; `=` only defines names, `==` is unknown")
        }
        "!=" | "!==" => ("is not", "a condition is written with `is not`; `!=` is unknown"),
        "=~" | "~" | "~=" => ("like", "a pattern is compared with `like`"),
        _ => return None,
    };
    let code = if word == "like" { code::FOREIGN_SIGN } else { code::EQUALS_SIGN };
    let diagnostic = scene.error(code, &sign, message);
    let key = excerpt(scene.previous.text);
    let value = scene.words_from(sign.end).next().map_or_else(|| "…".to_owned(), |value| excerpt(value.text));
    let edit = (scene.span(scene.previous.end, sign.end), format!(" {word}"));
    let gap = if scene.slice(sign.end, sign.end + 1).trim().is_empty() { "" } else { " " };
    let edit = (edit.0, format!("{}{gap}", edit.1));
    Some(mend(diagnostic, format!("write `{key} {word} {value}`"), Safety::Safe, vec![edit]))
}

/// The signs found, as far as they stand without blanks.
fn sign_run<'t>(scene: &Scene<'t, '_>) -> Word<'t> {
    let mut run = scene.found;
    for next in scene.ahead().take(3) {
        if next.start != run.end || !matches!(next.kind, Kind::Sign(_)) {
            break;
        }
        run.end = next.end;
    }
    run.text = scene.slice(run.start, run.end);
    run
}

/// `mfa is true, cos:prefix is "a"`
pub(super) fn comma_in_when(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let found = &scene.found;
    if !matches!(scene.clause.text, "when" | "with" | "unless") {
        return None;
    }
    let compares = matches!(found.text, "is" | "like" | "in" | "<" | ">" | "=" | "not");
    let (comma, key) = if compares && scene.before_previous.text == "," && scene.may_go_on() {
        (&scene.before_previous, &scene.previous)
    } else if scene.previous.text == "," && (matches!(found.text, "any" | "every") || is_key(scene)) {
        (&scene.previous, found)
    } else {
        return None;
    };
    let message = "a comma adds a value to the list; conditions are joined by `and`";
    let diagnostic = scene.error(code::COMMA_IN_WHEN, comma, message);
    if scene.clause.text == "unless" {
        return Some(diagnostic.help("`unless` takes one condition: write two statements, or two `unless`"));
    }
    let first = scene.slice(scene.clause.end, comma.start).trim();
    let rest = scene.slice(key.start, scene.piece.end);
    let title = format!("write `{}`", excerpt(&format!("{first} and {rest}")));
    Some(mend(diagnostic, title, Safety::Safe, vec![(scene.span_of(comma), " and".to_owned())]))
}

/// A key where a value is wanted: with a colon, and compared.
fn is_key(scene: &Scene<'_, '_>) -> bool {
    let compared = scene
        .ahead()
        .next()
        .is_some_and(|next| matches!(next.text, "is" | "like" | "in" | "<" | ">" | "=" | "not" | "!"));
    scene.wants_value() && (scene.found.is_free_run() || scene.found.is_text()) && compared
}

/// `mfa is true or cos:prefix is "a"`
pub(super) fn or_in_when(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let word = matches!(scene.found.text, "or" | "|");
    if !word || !scene.in_condition() && !matches!(scene.clause.text, "when" | "unless") {
        return None;
    }
    let message = "all conditions of a statement must hold; `or` stands only after `is absent`";
    Some(
        scene
            .error(code::OR_IN_WHEN, &scene.found, message)
            .help("alternatives of one key: `k is \"a\", \"b\"`; of two keys: two statements"),
    )
}

/// `unless mfa is true and cos:prefix is "a"`
pub(super) fn and_in_unless(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    if scene.found.text != "and" || scene.clause.text != "unless" {
        return None;
    }
    let message = "`unless` takes one condition: CAM cannot say \"not both\" in one statement";
    let help = match scene.head.text {
        "deny" => {
            "two statements: it is denied unless each holds; or `unless … unless …`: denied when neither holds"
        }
        _ => {
            "two statements: it is allowed unless both hold; or `unless … unless …`: allowed when neither holds"
        }
    };
    Some(scene.error(code::AND_IN_UNLESS, &scene.found, message).help(help))
}

/// `cos:prefix in ["a", "b"]`
pub(super) fn list_after_in(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let (word, open) = (&scene.previous, &scene.found);
    if word.text != "in" || open.text != "[" || !scene.in_condition() {
        return None;
    }
    let message = "`in` is followed by addresses; values follow `is`, without brackets";
    let diagnostic = scene.error(code::LIST_AFTER_IN, open, message);
    let Some(close) = scene.ahead().find(|word| word.text == "]") else {
        return Some(diagnostic.help("write `KEY is \"a\", \"b\"`"));
    };
    let key = excerpt(scene.before_previous.text);
    let values = excerpt(scene.slice(open.end, close.start).trim());
    let first = scene.ahead().next().map_or(open.end, |first| first.start);
    let edits =
        vec![(scene.span(word.start, first), "is ".to_owned()), (scene.span_of(&close), String::new())];
    Some(mend(diagnostic, format!("write `{key} is {values}`"), Safety::Safe, edits))
}

/// `when from office`, `when not mfa is true`
pub(super) fn clause_in_when(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    if !scene.wants(Rule::cond) {
        return None;
    }
    let found = &scene.found;
    match found.text {
        "from" | "since" | "until" | "on" if matches!(scene.previous.text, "when" | "and") => {
            let message = format!("`{}` is a clause of its own, and no condition", found.text);
            let diagnostic = scene.error(code::SYNTAX, found, message);
            let edit = (scene.span(scene.previous.start, found.start), String::new());
            Some(mend(diagnostic, format!("remove `{}`", scene.previous.text), Safety::Safe, vec![edit]))
        }
        "not" => {
            let message = "`not` stands within a condition, after its key";
            let help =
                "write `KEY is not …`, `KEY not in …`, `KEY not like …`; or `unless` and the condition";
            Some(scene.error(code::SYNTAX, found, message).help(help))
        }
        _ => None,
    }
}
