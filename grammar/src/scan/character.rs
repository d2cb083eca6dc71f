//! Characters that may not stand in a `.gate` file: control and bidirectional ones, which hide or reorder what a
//! reviewer sees (language reference, *Lexical rules*).

use crate::code;
use crate::diagnostic::Diagnostic;
use crate::source::{SourceId, Span};

/// Whether a character is refused wherever it stands, comments and strings included.
pub(crate) fn is_refused(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        '\u{feff}' => true,
        _ => c.is_control() || is_bidirectional(c),
    }
}

fn is_bidirectional(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Bytes of a leading byte order mark.
pub(crate) fn byte_order_mark(text: &str) -> usize {
    if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
}

/// Tells each run of refused characters from byte `from` on.
pub(crate) fn refused(source: SourceId, text: &str, from: usize, mut tell: impl FnMut(Diagnostic)) {
    let mut at = from;
    while let Some(found) = next_refused(text, at) {
        let rest = text.get(found..).unwrap_or("");
        let length: usize = rest.chars().take_while(|c| is_refused(*c)).map(char::len_utf8).sum();
        let first = rest.chars().next().unwrap_or_default();
        tell(diagnose(Span::new(source, found, found + length), first));
        at = found + length.max(1);
    }
}

/// The first refused character at or after `from`, found by its first byte.
fn next_refused(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes().get(from..)?;
    let suspicious = |b: &u8| matches!(b, 0..=8 | 11 | 12 | 14..=31 | 127 | 0xC2 | 0xD8 | 0xE2 | 0xEF);
    let at = |n: usize| text.get(from + n..).and_then(|rest| rest.chars().next());
    let found = |(n, b): (usize, &u8)| (suspicious(b) && at(n).is_some_and(is_refused)).then_some(from + n);
    bytes.iter().enumerate().find_map(found)
}

fn diagnose(span: Span, c: char) -> Diagnostic {
    let number = format!("U+{:04X}", u32::from(c));
    let (message, help) = if c == '\u{feff}' {
        (format!("a byte order mark ({number}) may only begin the file"), "remove it".to_owned())
    } else {
        let kind = if is_bidirectional(c) { "bidirectional" } else { "control" };
        let escape = format!("\\u{{{:X}}}", u32::from(c));
        (
            format!("the {kind} character {number} may not stand in a policy file"),
            format!("remove it; where a string needs it, write `{escape}`"),
        )
    };
    Diagnostic::error(code::BAD_CHARACTER, span, message).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(u32, u32)]) {
        let mut found = Vec::new();
        refused(SourceId(0), text, byte_order_mark(text), |d| found.push((d.span.start, d.span.end)));
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn refused_characters_are_found_in_runs() {
        check("", &[]);
        check("plain\ttext\r\nwith é, 中文 and “quotes”", &[]);
        check("\u{feff}one mark is skipped", &[]);
        check("\u{feff}\u{feff}", &[(3, 6)]);
        check("a\0b", &[(1, 2)]);
        check("a\0\0\0b\x1b", &[(1, 4), (5, 6)]);
        check("\x0b\x0c\x7f", &[(0, 3)]);
        check("a\u{85}b", &[(1, 3)]);
        check("// \u{202e}evil", &[(3, 6)]);
        check("\"\u{2066}\u{61c}\u{200f}\"", &[(1, 9)]);
        check("\u{2019}\u{206a}\u{ffff}", &[]);
    }
}
