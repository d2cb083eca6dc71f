//! Words of other languages, and what they are here.

use super::mend;
use super::scene::{Scene, Word};
use crate::code;
use crate::diagnostic::{Diagnostic, Safety};
use crate::parse::gate::Rule;
use crate::source::Span;
use crate::text::excerpt;

fn foreign(scene: &Scene<'_, '_>, word: &Word<'_>) -> Diagnostic {
    scene.error(code::FOREIGN_WORD, word, format!("`{}` is not a word of this language", excerpt(word.text)))
}

/// `permit read if mfa is true`
pub(super) fn statement_word(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let found = &scene.found;
    let effect = match found.text {
        "permit" | "grant" => "allow",
        "forbid" | "reject" => "deny",
        _ => return None,
    };
    if !scene.wants(Rule::statement) {
        return None;
    }
    let mut edits = vec![(scene.span_of(found), effect.to_owned())];
    let conditions = scene.ahead().filter(|word| when(word.text).is_some());
    edits.extend(conditions.map(|word| (scene.span_of(&word), "when".to_owned())));
    let title = format!("write `{}`", excerpt(&applied(scene, found.start, &edits)));
    Some(mend(foreign(scene, found), title, Safety::Safe, edits))
}

/// `if`, `before`, `but`: after actions or a clause
pub(super) fn clause_word(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let found = &scene.found;
    if scene.previous.text == "to" && scene.wants(Rule::whom) && starts_with_digit(found.text) {
        let edit = (scene.span_of(&scene.previous), "until".to_owned());
        let message = "`to` says for whom a trust policy is; a time ends with `until`";
        let diagnostic = scene.error(code::FOREIGN_WORD, &scene.previous, message);
        return Some(mend(
            diagnostic,
            format!("write `until {}`", excerpt(found.text)),
            Safety::Safe,
            vec![edit],
        ));
    }
    if !scene.wants(Rule::clause) {
        return None;
    }
    let next = scene.ahead().next();
    let word = match found.text {
        "before" => "until",
        "after" => "since",
        "between" => return Some(between(scene)),
        "but" | "without" | "minus" if scene.wants(Rule::EXCEPT) => "except",
        "ip" | "qcs:ip" => {
            let joint = next.filter(|next| next.text == "in")?;
            let edit = (scene.span(found.start, joint.end), "from".to_owned());
            return Some(mend(
                foreign(scene, found),
                format!("write `from {}`", excerpt(scene.slice(joint.end, scene.piece.end).trim())),
                Safety::Safe,
                vec![edit],
            ));
        }
        text => when(text)?,
    };
    let rest = excerpt(scene.slice(found.end, scene.piece.end));
    let edit = (scene.span_of(found), word.to_owned());
    let follows = next.is_some_and(|next| next.text != "not");
    // `but` and `without` may be meant as `unless`; `minus` takes away.
    let exact = word != "except" || found.text == "minus";
    let safety = if follows && exact { Safety::Safe } else { Safety::Unsafe };
    let told = foreign(scene, found);
    let told = match word {
        "since" => {
            told.because("`since` includes its instant; to exclude it write `when qcs:current_time > …`")
        }
        "until" => {
            told.because("`until` excludes its instant; to include it write `when qcs:current_time <= …`")
        }
        _ => told,
    };
    Some(mend(told, format!("write `{word}{rest}`"), safety, vec![edit]))
}

fn when(word: &str) -> Option<&'static str> {
    matches!(word, "if" | "where" | "condition").then_some("when")
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

/// `between A and B`
fn between(scene: &Scene<'_, '_>) -> Diagnostic {
    let diagnostic = foreign(scene, &scene.found);
    let mut ahead = scene.ahead();
    let (Some(first), Some(and), Some(last)) = (ahead.next(), ahead.next(), ahead.next()) else {
        return diagnostic.help("write `since T until T`");
    };
    if and.text != "and" || !starts_with_digit(first.text) || !starts_with_digit(last.text) {
        return diagnostic.help("write `since T until T`");
    }
    let title = format!(
        "write `since {} until {}` (the last instant excluded)",
        excerpt(first.text),
        excerpt(last.text)
    );
    let edits =
        vec![(scene.span_of(&scene.found), "since".to_owned()), (scene.span_of(&and), "until".to_owned())];
    mend(diagnostic, title, Safety::Safe, edits)
}

/// `k matches "a*"`, `k has "v"`
pub(super) fn condition_word(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let (found, key) = (&scene.found, &scene.previous);
    if !scene.wants(Rule::check) {
        return None;
    }
    let value = scene.ahead().next().map_or_else(|| "…".to_owned(), |next| excerpt(next.text));
    match found.text {
        "matches" => {
            let edit = (scene.span_of(found), "like".to_owned());
            Some(mend(foreign(scene, found), format!("write `like {value}`"), Safety::Safe, vec![edit]))
        }
        "has" | "contains" | "includes" => {
            let quantified = matches!(scene.before_previous.text, "any" | "every");
            let mut edits = vec![(scene.span_of(found), "is".to_owned())];
            if !quantified {
                edits.insert(0, (scene.span(key.start, key.start), "any ".to_owned()));
            }
            let title = format!("write `any {} is {value}`", excerpt(key.text));
            Some(mend(foreign(scene, found), title, Safety::Unsafe, edits))
        }
        "equals" | "equal" | "are" => {
            let edit = (scene.span_of(found), "is".to_owned());
            Some(mend(foreign(scene, found), format!("write `is {value}`"), Safety::Safe, vec![edit]))
        }
        _ => None,
    }
}

/// `nobody`, `everybody`, `can`, `cannot`: in asserts and tests
pub(super) fn caller_word(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let found = &scene.found;
    let next = scene.ahead().next();
    let mut span = scene.span_of(found);
    let word = match found.text {
        "nobody" | "noone" | "none" if scene.wants(Rule::NO) => "no one",
        "everybody" if scene.wants(Rule::EVERYONE) => "everyone",
        "all" if scene.wants(Rule::EVERYONE) => {
            if let Some(users) = next.filter(|next| matches!(next.text, "users" | "callers")) {
                span = scene.span(found.start, users.end);
            }
            "everyone"
        }
        "cannot" if scene.wants(Rule::MAY) => "may not",
        "can" if scene.wants(Rule::MAY) => match apostrophe_t(scene) {
            Some(end) => {
                span = scene.span(found.start, end);
                "may not"
            }
            None => "may",
        },
        "must" | "should" if scene.wants(Rule::MAY) => "may",
        _ => return None,
    };
    let written = excerpt(scene.slice(span.start as usize, span.end as usize));
    let message = format!("`{written}` is not a word of this language");
    let diagnostic = Diagnostic::error(code::FOREIGN_WORD, span, message);
    Some(mend(diagnostic, format!("write `{word}`"), Safety::Safe, vec![(span, word.to_owned())]))
}

/// The end of `'t` after `can`.
fn apostrophe_t(scene: &Scene<'_, '_>) -> Option<usize> {
    let mut ahead = scene.ahead();
    let (quote, t) = (ahead.next()?, ahead.next()?);
    let glued = quote.start == scene.found.end && t.start == quote.end;
    (glued && matches!(quote.text, "'" | "’") && t.text == "t").then_some(t.end)
}

/// `import "x"`, `#include`, `policy p extends q`
pub(super) fn import_word(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let found = &scene.found;
    let next = scene.ahead().next();
    let word = match found.text {
        "import" | "include" | "extends" | "inherits" => *found,
        "#" => next.filter(|next| matches!(next.text, "include" | "import"))?,
        _ => return None,
    };
    let begins = scene.at_head() || scene.wants(Rule::EOI) || scene.wants(Rule::OPEN);
    begins.then(|| {
        foreign(scene, &word)
            .help("leave it out: names are visible in the whole set, and groups combine policies")
    })
}

/// The piece from a byte on, with edits made.
fn applied(scene: &Scene<'_, '_>, from: usize, edits: &[(Span, String)]) -> String {
    let mut at = from;
    let mut text = String::new();
    for (span, new) in edits {
        text.push_str(scene.slice(at, span.start as usize));
        text.push_str(new);
        at = span.end as usize;
    }
    text.push_str(scene.slice(at, scene.piece.end));
    text
}
