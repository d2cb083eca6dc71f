//! Where a text stands: its bytes and, in a CAM document, its path. Nothing is allocated before something is told.

use passgate_grammar::{Code, Diagnostic, Span};
use std::fmt;

/// A path in a JSON document, linked from the leaf up.
///
/// ```
/// use passgate::model::read::Path;
/// let statement = Path::Member(&Path::Root, "statement");
/// let first = Path::Item(&statement, 0);
/// assert_eq!(Path::Member(&first, "qcs:ip").to_string(), "statement[0][\"qcs:ip\"]");
/// ```
#[derive(Debug, Clone, Copy)]
pub enum Path<'a> {
    /// The document.
    Root,
    /// A member of an object.
    Member(&'a Path<'a>, &'a str),
    /// An element of an array, counted from 0.
    Item(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    /// `statement[0].action[2]`; a key that is no plain word is written `["key"]`. Paths are as deep as the
    /// document format, so the recursion is bounded.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => Ok(()),
            Path::Item(parent, index) => write!(f, "{parent}[{index}]"),
            Path::Member(parent, key) if is_word(key) => {
                let dot = if matches!(parent, Path::Root) { "" } else { "." };
                write!(f, "{parent}{dot}{key}")
            }
            Path::Member(parent, key) => write!(f, "{parent}[\"{}\"]", shown(key)),
        }
    }
}

fn is_word(key: &str) -> bool {
    !key.is_empty() && key.len() <= SHOWN_CHARS && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Where a text stands.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Its bytes, with quotes where it has some.
    pub span: Span,
    /// Its path in a JSON document.
    pub path: Option<&'a Path<'a>>,
}

impl<'a> Place<'a> {
    /// A place in a text that is no JSON document.
    pub fn new(span: Span) -> Self {
        Place { span, path: None }
    }

    /// A place in a JSON document.
    pub fn at(span: Span, path: &'a Path<'a>) -> Self {
        Place { span, path: Some(path) }
    }

    /// A fault here.
    pub fn error(self, code: Code, message: impl Into<String>) -> Diagnostic {
        self.told(Diagnostic::error(code, self.span, message))
    }

    /// A doubt here.
    pub fn warning(self, code: Code, message: impl Into<String>) -> Diagnostic {
        self.told(Diagnostic::warning(code, self.span, message))
    }

    /// A notice here.
    pub fn note(self, code: Code, message: impl Into<String>) -> Diagnostic {
        self.told(Diagnostic::note(code, self.span, message))
    }

    fn told(self, diagnostic: Diagnostic) -> Diagnostic {
        match self.path {
            Some(path) => diagnostic.at_path(path.to_string()),
            None => diagnostic,
        }
    }

    /// The bytes `from..to` of the text that stands here, where that can be told: bare, or in quotes without
    /// escapes. Else all of the place.
    #[must_use]
    pub fn within(self, text: &str, from: usize, to: usize) -> Self {
        let length = (self.span.end - self.span.start.min(self.span.end)) as usize;
        let lead = match length.checked_sub(text.len()) {
            Some(0) => 0,
            Some(2) => 1,
            _ => return self,
        };
        let start = self.span.start as usize + lead;
        Place { span: Span::new(self.span.source, start + from, start + to), path: self.path }
    }
}

/// Pushes what is wrong; there is no value then.
pub(super) fn refuse<T>(out: &mut Vec<Diagnostic>, fault: Diagnostic) -> Option<T> {
    out.push(fault);
    None
}

const SHOWN_CHARS: usize = 80;

/// A user's text as messages show it: one line, control characters escaped, a long text cut.
///
/// ```
/// assert_eq!(passgate::model::read::shown("a\nb"), "a\\nb");
/// ```
pub fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((cut, _)) => one_line(text.get(..cut).unwrap_or_default()) + "…",
        None => one_line(text),
    }
}

/// As [`shown`], however long: the name of a file, whose end matters most.
pub(crate) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_direction(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

/// Characters that turn the direction of text and so could disguise a message.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use passgate_grammar::SourceId;

    #[test]
    fn parts_of_a_text_are_found_bare_and_in_plain_quotes() {
        let place = |start, end| Place::new(Span::new(SourceId(0), start, end));
        let part = |p: Place<'_>| {
            let inner = p.within("abcd", 1, 2).span;
            (inner.start, inner.end)
        };
        assert_eq!(part(place(10, 14)), (11, 12));
        assert_eq!(part(place(10, 16)), (12, 13));
        assert_eq!(part(place(10, 19)), (10, 19), "escapes: the whole");
    }

    #[test]
    fn long_and_hostile_texts_are_shown_on_one_short_line() {
        assert_eq!(shown(&"x".repeat(81)).chars().count(), 81);
        assert_eq!(shown("\u{202E}\0"), "\\u{202e}\\u{0}");
    }
}
