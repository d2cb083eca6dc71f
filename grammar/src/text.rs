//! Small pure functions between the text of a token and what it stands for, in both directions: strings and their
//! escapes, names, keys, actions. Readers of the tree use one half, writers of `.gate` text the other.

use std::borrow::Cow;

use crate::scan::{character, lookalike};
use crate::source::Sources;
use crate::tree::Name;
use crate::word;

/// What a STRING stands for: without its quotes, escapes resolved. A wrong escape, which the parser has told, stays
/// as it is written; so does text without quotes.
///
/// ```
/// use passgate_grammar::text::unquote;
/// assert_eq!(unquote(r#""plain""#), "plain");
/// assert_eq!(unquote(r#""a\"b\\c\n\t\u{1F600}""#), "a\"b\\c\n\t\u{1F600}");
/// ```
pub fn unquote(written: &str) -> Cow<'_, str> {
    let inner = written.strip_prefix('"').and_then(|s| s.strip_suffix('"')).unwrap_or(written);
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut value = String::with_capacity(inner.len());
    for part in parts(inner) {
        match part {
            Part::Plain(text) | Part::Wrong { text, .. } => value.push_str(text),
            Part::Char(c) => value.push(c),
        }
    }
    Cow::Owned(value)
}

/// A wrong escape of a STRING: where it stands, counted from the opening quote, and its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrongEscape<'t> {
    pub(crate) offset: usize,
    pub(crate) text: &'t str,
}

/// The wrong escapes of a STRING.
pub(crate) fn wrong_escapes(written: &str) -> impl Iterator<Item = WrongEscape<'_>> {
    let inner = written.strip_prefix('"').and_then(|s| s.strip_suffix('"')).unwrap_or("");
    parts(inner).filter_map(|part| match part {
        Part::Wrong { offset, text } => Some(WrongEscape { offset: offset + 1, text }),
        _ => None,
    })
}

enum Part<'t> {
    Plain(&'t str),
    Char(char),
    Wrong { offset: usize, text: &'t str },
}

fn parts(inner: &str) -> impl Iterator<Item = Part<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = inner.get(at..).filter(|rest| !rest.is_empty())?;
        let plain = rest.find('\\').unwrap_or(rest.len());
        if plain > 0 {
            at += plain;
            return rest.get(..plain).map(Part::Plain);
        }
        let (length, value) = escape(rest);
        let offset = at;
        at += length;
        let text = rest.get(..length).unwrap_or(rest);
        Some(value.map_or(Part::Wrong { offset, text }, Part::Char))
    })
}

/// The escape that a text begins with: its bytes, and its character where it has one.
fn escape(rest: &str) -> (usize, Option<char>) {
    let mut chars = rest.chars();
    chars.next();
    let Some(kind) = chars.next() else { return (rest.len(), None) };
    let simple = match kind {
        '"' => '"',
        '\\' => '\\',
        'n' => '\n',
        't' => '\t',
        'u' => return unicode_escape(rest),
        _ => return (1 + kind.len_utf8(), None),
    };
    (2, Some(simple))
}

/// `\u{…}` of one to six hexadecimal digits that name a character.
fn unicode_escape(rest: &str) -> (usize, Option<char>) {
    let digits = rest.get(3..).filter(|_| rest.starts_with("\\u{")).unwrap_or("");
    let count = digits.bytes().take_while(u8::is_ascii_hexdigit).take(7).count();
    match (digits.get(..count), digits.as_bytes().get(count)) {
        (Some(hex), Some(b'}')) if (1..=6).contains(&count) => {
            (3 + count + 1, u32::from_str_radix(hex, 16).ok().and_then(char::from_u32))
        }
        _ => (2, None),
    }
}

/// Writes a STRING, with escapes where a file may not hold the character itself.
///
/// ```
/// use passgate_grammar::text::quote;
/// assert_eq!(quote("dept&rd"), r#""dept&rd""#);
/// assert_eq!(quote("a\"b\\c\n\u{202e}"), r#""a\"b\\c\n\u{202E}""#);
/// ```
pub fn quote(value: &str) -> String {
    let mut written = String::with_capacity(value.len() + 2);
    written.push('"');
    for c in value.chars() {
        match c {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\t' => written.push_str("\\t"),
            c if c == '\r' || character::is_refused(c) => {
                written.push_str(&format!("\\u{{{:X}}}", u32::from(c)));
            }
            c => written.push(c),
        }
    }
    written.push('"');
    written
}

/// What a NAME stands for.
pub fn name_text<'s>(sources: &'s Sources, name: &Name) -> Cow<'s, str> {
    let written = sources.slice(name.span);
    if name.quoted { unquote(written) } else { Cow::Borrowed(written) }
}

/// Whether a text is a WORD: a letter or `_`, then letters, digits, `_`, `-`, and not reserved.
pub fn is_word(text: &str) -> bool {
    is_plain_word(text) && !word::is_reserved(text)
}

fn is_plain_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && text.bytes().all(is_word_byte)
}

fn is_word_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')
}

/// Whether a NAME of this value may be written without quotes: a WORD or digits.
pub fn is_bare_name(value: &str) -> bool {
    is_word(value) || !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit())
}

/// Writes a NAME, bare where it can be.
///
/// ```
/// use passgate_grammar::text::write_name;
/// assert_eq!(write_name("finance"), "finance");
/// assert_eq!(write_name("100001"), "100001");
/// assert_eq!(write_name("group"), "\"group\"");
/// ```
pub fn write_name(value: &str) -> Cow<'_, str> {
    if is_bare_name(value) { Cow::Borrowed(value) } else { Cow::Owned(quote(value)) }
}

/// Whether a KEY may be written without quotes: a WORD, or a WORD, `:` and letters, digits, `_ - . : /`.
pub fn is_bare_key(value: &str) -> bool {
    let tail_byte = |b: u8| is_word_byte(b) || matches!(b, b'.' | b':' | b'/');
    match value.split_once(':') {
        None => is_word(value),
        Some((head, tail)) => {
            is_word(head) && !tail.is_empty() && tail.bytes().all(tail_byte) && !tail.contains("//")
        }
    }
}

/// Writes a condition's key, bare where it can be.
///
/// ```
/// use passgate_grammar::text::write_key;
/// assert_eq!(write_key("cos:x-cos-acl"), "cos:x-cos-acl");
/// assert_eq!(write_key("on"), "\"on\"");
/// ```
pub fn write_key(value: &str) -> Cow<'_, str> {
    if is_bare_key(value) { Cow::Borrowed(value) } else { Cow::Owned(quote(value)) }
}

/// Whether a text can be the service of an action: `[a-z][a-z0-9_-]*`.
pub fn is_service(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| is_word_byte(b) && !b.is_ascii_uppercase())
}

/// Whether a pattern may follow `service:` without quotes: letters, digits, `_ - .` and `*`.
pub fn is_plain_pattern(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| is_word_byte(b) || matches!(b, b'.' | b'*'))
}

/// An action as it is written, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionText<'t> {
    /// `*` or `*:*`: every action of every service.
    All,
    /// `permid/N`; the digits.
    Permid(&'t str),
    /// `service:pattern`, or a bare pattern.
    Named {
        /// Written with the old `name/` before it.
        legacy: bool,
        /// The service; `None` for a bare pattern.
        service: Option<&'t str>,
        /// The name or pattern, unquoted.
        pattern: Cow<'t, str>,
        /// Written in quotes: other characters than a pattern's are names of the catalog.
        quoted: bool,
    },
}

/// Takes the text of an ACTION or of a WORD among actions apart.
///
/// ```
/// use passgate_grammar::text::{split_action, ActionText};
/// assert_eq!(split_action("*:*"), ActionText::All);
/// assert_eq!(split_action("permid/17"), ActionText::Permid("17"));
/// let ActionText::Named { legacy, service, pattern, quoted } = split_action("name/cvm:Describe*") else { panic!() };
/// assert_eq!((legacy, service, &*pattern, quoted), (true, Some("cvm"), "Describe*", false));
/// let ActionText::Named { service, pattern, quoted, .. } = split_action(r#"forge:"issues/list*""#) else { panic!() };
/// assert_eq!((service, &*pattern, quoted), (Some("forge"), "issues/list*", true));
/// ```
pub fn split_action(written: &str) -> ActionText<'_> {
    if matches!(written, "*" | "*:*") {
        return ActionText::All;
    }
    if let Some(digits) = written.strip_prefix("permid/") {
        return ActionText::Permid(digits);
    }
    let (legacy, rest) = match written.strip_prefix("name/") {
        Some(rest) => (true, rest),
        None => (false, written),
    };
    let (service, pattern) = match rest.split_once(':') {
        Some((service, pattern)) => (Some(service), pattern),
        None => (None, rest),
    };
    let quoted = pattern.starts_with('"');
    let pattern = if quoted { unquote(pattern) } else { Cow::Borrowed(pattern) };
    ActionText::Named { legacy, service, pattern, quoted }
}

/// Writes an action with its service; the pattern in quotes where it must be.
///
/// ```
/// use passgate_grammar::text::write_action;
/// assert_eq!(write_action("cvm", "Describe*"), "cvm:Describe*");
/// assert_eq!(write_action("forge", "issues/list*"), "forge:\"issues/list*\"");
/// ```
pub fn write_action(service: &str, pattern: &str) -> String {
    if is_plain_pattern(pattern) {
        format!("{service}:{pattern}")
    } else {
        format!("{service}:{}", quote(pattern))
    }
}

/// A name as a reader would take it: letters of other alphabets that look like ASCII ones read as those, characters that
/// cannot be seen left out. Two names that are taken for the same look alike.
///
/// ```
/// use passgate_grammar::text::taken_for;
/// assert_eq!(taken_for("\u{430}c\u{435}"), "ace");
/// assert_eq!(taken_for("张三"), "张三");
/// ```
pub fn taken_for(name: &str) -> String {
    lookalike::skeleton(name)
}

/// A user's text as a message shows it between backticks: on one line, at most 60 characters, no refused character.
///
/// ```
/// use passgate_grammar::text::excerpt;
/// assert_eq!(excerpt("cvm:Query*"), "cvm:Query*");
/// assert_eq!(excerpt(&"x".repeat(1000)).chars().count(), 60);
/// ```
pub fn excerpt(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut shown = String::new();
    for (i, c) in text.chars().enumerate() {
        if i + 1 == SHOWN && text.chars().nth(SHOWN).is_some() {
            shown.push('…');
            break;
        }
        match c {
            '\n' | '\r' | '\t' => shown.push(' '),
            c if character::is_refused(c) => shown.push('\u{fffd}'),
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, written: &str) {
        assert_eq!(quote(value), written);
        assert_eq!(unquote(written), value);
        assert_eq!(wrong_escapes(written).count(), 0);
    }

    fn check_wrong(written: &str, expected: &[(usize, &str)]) {
        let found: Vec<_> = wrong_escapes(written).map(|w| (w.offset, w.text)).collect();
        assert_eq!(found, expected, "{written}");
    }

    #[test]
    fn strings_there_and_back() {
        check("", r#""""#);
        check("é 中 😀", r#""é 中 😀""#);
        check("\\\"", r#""\\\"""#);
        check("\r\0\u{feff}\u{85}", r#""\u{D}\u{0}\u{FEFF}\u{85}""#);
    }

    #[test]
    fn wrong_escapes_are_found_and_kept() {
        check_wrong(r#""a\x b\'""#, &[(2, r"\x"), (6, r"\'")]);
        check_wrong(
            r#""\u{} \u{D800} \u{110000} \u{1234567} \u12 \u{12""#,
            &[(1, r"\u"), (6, r"\u{D800}"), (15, r"\u{110000}"), (26, r"\u"), (38, r"\u"), (43, r"\u")],
        );
        check_wrong(r#""\é""#, &[(1, r"\é")]);
        assert_eq!(unquote(r#""a\xb""#), r"a\xb");
    }

    #[test]
    fn what_may_be_written_bare() {
        for name in ["a", "_", "a-b_9", "0", "100001"] {
            assert!(is_bare_name(name), "{name}");
        }
        for name in ["", "in", "a.b", "-a", "9a", "a b", "é", "a@b"] {
            assert!(!is_bare_name(name), "{name}");
        }
        for key in ["mfa", "qcs:ip", "cos:x-cos-acl", "cos:a/b:c.d"] {
            assert!(is_bare_key(key), "{key}");
        }
        for key in ["", "in", "in:x", "a:", "a:b//c", "a b", ":a", "a.b"] {
            assert!(!is_bare_key(key), "{key}");
        }
        for service in ["cvm", "in", "a-b_9"] {
            assert!(is_service(service), "{service}");
        }
        for service in ["", "Cvm", "9a", "cVm", "a.b"] {
            assert!(!is_service(service), "{service}");
        }
    }

    #[test]
    fn excerpts_are_one_short_line() {
        assert_eq!(excerpt("a\nb\u{202e}"), "a b\u{fffd}");
        assert_eq!(excerpt(&"é".repeat(60)), "é".repeat(60));
        assert!(excerpt(&"é".repeat(61)).ends_with("é…"));
    }
}
