//! The part of a text that is drawn with a diagnostic: the line where a span begins, cut where it is long, without any
//! character that a terminal would obey or that would hide what stands there.

use passgate::grammar::{Source, Span};
use std::ops::Range;

/// Characters of a line that are drawn.
const WIDTH: usize = 120;
/// Characters drawn before a span on a line that is cut.
const LEAD: usize = 40;

/// A line to draw, and the bytes of it under a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// The number of the line.
    pub(crate) line: usize,
    /// The column where the span begins, counted in the whole line.
    pub(crate) column: usize,
    /// What is drawn of the line.
    pub(crate) text: String,
    /// What of it the span covers; empty where it covers nothing.
    pub(crate) marked: Range<usize>,
    /// The bytes of the source that are drawn.
    shown: Range<usize>,
}

/// The line where a span begins.
pub(crate) fn of(source: &Source, span: Span) -> Excerpt {
    let at = source.position(span.start);
    let (line, column) = (at.line as usize, at.column as usize);
    let text = source.text();
    let starts = source.line_starts();
    let from = starts.get(line - 1).map_or(0, |start| *start as usize);
    let until = starts.get(line).map_or(text.len(), |next| *next as usize);
    let whole = text.get(from..until).unwrap_or("").trim_end_matches(['\n', '\r']);
    let (start, end) = (span.start as usize - from, (span.end as usize).min(from + whole.len()) - from);
    let shown = window(whole, start, end);
    let mut excerpt = Excerpt {
        line,
        column,
        text: String::new(),
        marked: 0..0,
        shown: from + shown.start..from + shown.end,
    };
    if shown.start > 0 {
        excerpt.text.push('…');
    }
    for (place, c) in whole.get(shown.clone()).unwrap_or("").char_indices() {
        let place = shown.start + place;
        if place == start {
            excerpt.marked.start = excerpt.text.len();
        }
        excerpt.text.push(plain(c));
        if place < end {
            excerpt.marked.end = excerpt.text.len();
        }
    }
    if start >= shown.end {
        excerpt.marked.start = excerpt.text.len();
    }
    excerpt.marked.end = excerpt.marked.end.max(excerpt.marked.start);
    if shown.end < whole.len() {
        excerpt.text.push('…');
    }
    excerpt
}

impl Excerpt {
    /// The bytes of the drawn text under another span, if it lies on what is drawn.
    pub(crate) fn under(&self, source: &Source, span: Span) -> Option<Range<usize>> {
        let (start, end) = (span.start as usize, span.end as usize);
        if start < self.shown.start || end > self.shown.end {
            return None;
        }
        let lead = if self.text.starts_with('…') { '…'.len_utf8() } else { 0 };
        let drawn = |until: usize| -> usize {
            let before = source.text().get(self.shown.start..until).unwrap_or("");
            before.chars().map(|c| plain(c).len_utf8()).sum()
        };
        Some(lead + drawn(start)..lead + drawn(end))
    }
}

/// Which bytes of a line are drawn: all of a short one, else some around the begin of a span.
fn window(line: &str, start: usize, end: usize) -> Range<usize> {
    let last = char_place(line, 0, WIDTH);
    if last == line.len() || end <= last {
        return 0..last;
    }
    let before = line.get(..start).unwrap_or(line);
    let from = before.char_indices().rev().take(LEAD).last().map_or(0, |(at, _)| at);
    from..char_place(line, from, WIDTH)
}

/// The byte of the character so many after a byte, or the end.
fn char_place(line: &str, from: usize, count: usize) -> usize {
    let rest = line.get(from..).unwrap_or("");
    rest.char_indices().nth(count).map_or(line.len(), |(at, _)| from + at)
}

/// A character that does nothing to a terminal and is seen: others are drawn as U+FFFD, tabs as a blank.
pub(crate) fn plain(c: char) -> char {
    match c {
        '\t' => ' ',
        c if c.is_control() => '\u{FFFD}',
        '\u{200B}'..='\u{200F}'
        | '\u{061C}'
        | '\u{00AD}'
        | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}'
        | '\u{E0000}'..='\u{E007F}' => '\u{FFFD}',
        c => c,
    }
}

/// A text of which every character is plain; line ends become blanks.
pub(crate) fn plain_text(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\r') { ' ' } else { plain(c) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use passgate::grammar::Sources;

    /// The drawn line with the marked part in « ».
    fn check(text: &str, marked: &str, expected: &str) {
        let mut sources = Sources::new();
        let id = sources.add("t", text);
        let at = text.find(marked).unwrap();
        let source = sources.get(id).unwrap();
        let span = Span::new(id, at, at + marked.len());
        let found = of(source, span);
        assert_eq!(found.under(source, span).unwrap_or(found.marked.clone()), found.marked, "{text:?}");
        let (a, b) = found.text.split_at(found.marked.start);
        let (b, c) = b.split_at(found.marked.end - found.marked.start);
        assert_eq!(format!("{a}«{b}»{c}"), expected);
    }

    #[test]
    fn short_lines_are_whole() {
        check("allow read\n\tdeny é, x\n", "x", " deny é, «x»");
        check("a\r\nb c\r\n", "b", "«b» c");
        check("", "", "«»");
        check("one\ntwo", "one\ntwo", "«one»");
    }

    #[test]
    fn long_lines_are_cut_around_the_span() {
        let text = format!("{}MARK{}", "x".repeat(500), "y".repeat(500));
        check(&text, "MARK", &format!("…{}«MARK»{}…", "x".repeat(40), "y".repeat(76)));
        let text = format!("MARK{}", "y".repeat(500));
        check(&text, "MARK", &format!("«MARK»{}…", "y".repeat(116)));
        let text = format!("{}é", "x".repeat(500));
        check(&text, "é", &format!("…{}«é»", "x".repeat(40)));
    }

    #[test]
    fn nothing_reaches_the_terminal_raw() {
        check("a\u{1b}[31mb", "b", "a\u{FFFD}[31m«b»");
        check("a\u{202e}\u{200b}\u{9b}\u{feff}b", "b", "a\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}«b»");
        assert_eq!(plain_text("a\n\u{7}b"), "a \u{FFFD}b");
    }
}
