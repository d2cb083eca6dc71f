//! Signs of other languages, and what says the same here.

use super::mend;
use super::scene::{Place, Scene, Word};
use crate::code;
use crate::diagnostic::{Diagnostic, Safety};
use crate::parse::gate::Rule;
use crate::scan::token::Kind;
use crate::text::excerpt;

fn foreign(scene: &Scene<'_, '_>, word: &Word<'_>, message: impl Into<String>) -> Diagnostic {
    scene.error(code::FOREIGN_SIGN, word, message)
}

/// `allow read & list`
pub(super) fn ampersand(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let found = &scene.found;
    if !matches!(found.text, "&" | "|") {
        return None;
    }
    let double = scene.ahead().next().filter(|next| next.text == found.text && next.start == found.end);
    let end = double.map_or(found.end, |second| second.end);
    let sign = scene.slice(found.start, end);
    if scene.in_condition() {
        let message = format!("`{sign}` is not an operator here; conditions are joined by `and`");
        let edit = (scene.span(found.start, end), "and".to_owned());
        let diagnostic = Diagnostic::error(code::FOREIGN_SIGN, scene.span(found.start, end), message);
        return Some(mend(diagnostic, "write `and`", Safety::Safe, vec![edit]));
    }
    let message = format!("`{sign}` is not an operator here: it could mean both or either");
    let left = excerpt(scene.previous.text);
    let right = scene.words_from(end).next().map_or_else(|| "…".to_owned(), |next| excerpt(next.text));
    let nothing = if are_apart(&left, &right) { " (for these two: nothing)" } else { "" };
    let help = format!("`{left}, {right}` is either; `{left} only {right}` is what is in both{nothing}");
    Some(Diagnostic::error(code::AMPERSAND, scene.span(found.start, end), message).help(help))
}

/// Two categories that every provider has: an action is of one of them, so no action is in both.
fn are_apart(left: &str, right: &str) -> bool {
    let category = |word: &str| matches!(word, "read" | "write" | "list" | "other");
    left != right && category(left) && category(right)
}

/// `# …`, `/* … */`, `-- …`
pub(super) fn comment_sign(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let found = &scene.found;
    let sign = match found.text {
        "#" => "#",
        text if text.starts_with("/*") => "/*",
        text if text.starts_with("--") => "--",
        _ => return None,
    };
    let message = format!("`{sign}` begins no comment: a comment is `//` up to the end of its line");
    let span = scene.span(found.start, found.start + sign.len());
    let diagnostic = Diagnostic::error(code::FOREIGN_SIGN, span, message);
    if sign == "/*" {
        return Some(diagnostic.help("begin each line of it with `//`"));
    }
    let blank = if sign == "#" && scene.slice(found.end, found.end + 1) == "#" { "" } else { "//" };
    Some(mend(diagnostic, "write `//`", Safety::Safe, vec![(span, blank.to_owned())]))
}

/// `network n: …`, `policy p: …`, `user u -> …`
pub(super) fn colon_or_arrow(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let found = &scene.found;
    let defines = matches!(scene.head.text, "network" | "actions" | "resources" | "set");
    let heads =
        matches!(scene.head.text, "policy" | "trust" | "resource" | "user" | "group" | "role" | "test");
    let colon = found.text.ends_with(':') && scene.previous.start == scene.head.start;
    let arrow = matches!(found.text, "-" | "=") && scene.slice(found.end, found.end + 1) == ">";
    if !(defines || heads) || !(colon || arrow || found.text == ":") {
        return None;
    }
    let (start, end) =
        if colon { (found.end - 1, found.end) } else { (found.start, found.end + usize::from(arrow)) };
    let sign = scene.slice(start, end);
    let span = scene.span(start, end);
    if heads {
        let message = format!("`{sign}` does not belong here: what follows a name stands in braces");
        let diagnostic = Diagnostic::error(code::FOREIGN_SIGN, span, message);
        return Some(diagnostic.help("write `NAME { … }`"));
    }
    let diagnostic =
        Diagnostic::error(code::FOREIGN_SIGN, span, format!("a name is defined with `=`, not `{sign}`"));
    let equals = if colon { " =" } else { "=" };
    Some(mend(diagnostic, "write `=`", Safety::Safe, vec![(span, equals.to_owned())]))
}

/// `user 1 in g`
pub(super) fn block_missing(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let found = &scene.found;
    let joins = matches!(found.text, "in" | "attach" | "within") && scene.wants(Rule::OPEN);
    let states = matches!(found.text, "allow" | "deny") && scene.wants(Rule::OPEN);
    if !joins && !states {
        return None;
    }
    let (start, end) = (found.start, scene.piece.end);
    let head = excerpt(scene.slice(scene.head.start, scene.previous.end));
    let rest = excerpt(scene.slice(start, end));
    let diagnostic = scene.error(code::FOREIGN_WORD, found, "what follows the name stands in braces");
    let edits = vec![(scene.span(start, start), "{ ".to_owned()), (scene.span(end, end), " }".to_owned())];
    Some(mend(diagnostic, format!("write `{head} {{ {rest} }}`"), Safety::Safe, edits))
}

/// `;`, `[`, `!`, `-`, and signs of a Chinese keyboard
pub(super) fn other_sign(scene: &Scene<'_, '_>) -> Option<Diagnostic> {
    let found = &scene.found;
    let first = found.text.chars().next()?;
    let span = scene.span(found.start, found.start + first.len_utf8());
    let replaced = |message: String, new: &str| {
        let diagnostic = Diagnostic::error(code::FOREIGN_SIGN, span, message);
        let title = if new.is_empty() { "remove it".to_owned() } else { format!("write `{new}`") };
        Some(mend(diagnostic, title, Safety::Safe, vec![(span, new.to_owned())]))
    };
    let ascii = match first {
        ';' => return replaced("a statement ends by itself: `;` is not written".to_owned(), ""),
        '，' | '、' => ",",
        '（' => "(",
        '）' => ")",
        '｛' => "{",
        '｝' => "}",
        '＝' => "=",
        '＊' => "*",
        '：' => ":",
        '；' => "",
        '\u{a0}' | '\u{3000}' | '\u{2003}' => " ",
        '[' => return Some(bracket(scene)),
        '!' => return Some(exclamation(scene)),
        '-' if found.text == "-" && scene.wants(Rule::EXCEPT) => {
            return replaced("a set is taken away with `except`".to_owned(), "except");
        }
        _ => return None,
    };
    match ascii {
        " " => replaced(format!("U+{:04X} is no blank of this language", u32::from(first)), " "),
        ascii if found.kind == Kind::Sign(0) => {
            replaced(format!("`{first}` is no sign of this language"), ascii)
        }
        _ => None,
    }
}

fn bracket(scene: &Scene<'_, '_>) -> Diagnostic {
    let found = &scene.found;
    let diagnostic = foreign(scene, found, "a list stands without brackets");
    let Some(close) = scene.ahead().find(|word| word.text == "]") else {
        return diagnostic.help("write the members with commas; a set in a set stands in `( )`");
    };
    let grouped = scene.wants_term() && !scene.wants_value();
    let (open_new, close_new) = if grouped { ("(", ")") } else { ("", "") };
    let edits =
        vec![(scene.span_of(found), open_new.to_owned()), (scene.span_of(&close), close_new.to_owned())];
    let title = if grouped { "write `( )`, or nothing" } else { "leave the brackets out" };
    mend(diagnostic, title, Safety::Safe, edits)
}

fn exclamation(scene: &Scene<'_, '_>) -> Diagnostic {
    let help = match scene.place {
        _ if scene.in_condition() => "write `is not`, `not in` or `not like` after the key, or `unless`",
        Place::Addresses => "write `not from`, or `except` after a set",
        _ => "take actions away with `except`",
    };
    foreign(scene, &scene.found, "`!` negates nothing here").help(help)
}
