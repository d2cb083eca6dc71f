//! Texts, their names, and places in them: spans in bytes, positions in lines and columns.
//!
//! Lines and columns count from 1; a column counts code points (`docs/semantics.md`, JSON shapes). Line ends are
//! LF, CRLF or CR.

use std::sync::{Arc, OnceLock};

/// Which text a span points into: an index into [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct SourceId(pub u32);

/// A range of bytes in one text, `start..end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// The text.
    pub source: SourceId,
    /// First byte, counted from 0.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span of the bytes `start..end` of `source`. Texts are limited far below 4 GiB, so bytes fit 32 bits.
    pub fn new(source: SourceId, start: usize, end: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span { source, start: clamp(start), end: clamp(end) }
    }

    /// The smallest span that covers both; both lie in the same text.
    pub fn to(self, other: Span) -> Span {
        Span { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A place as people count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in code points, from 1.
    pub column: u32,
}

/// One text with its name.
#[derive(Debug, Clone)]
pub struct Source {
    name: Arc<str>,
    text: Arc<str>,
    lines: OnceLock<Vec<u32>>,
    /// How many code points begin before each block of bytes, so that columns of a long line are counted once.
    blocks: OnceLock<Vec<u32>>,
}

/// Bytes of a block.
const BLOCK: usize = 4_096;

impl Source {
    /// A text under the name that messages show (a path as the caller wrote it, or `<text>`).
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Source { name: name.into(), text: text.into(), lines: OnceLock::new(), blocks: OnceLock::new() }
    }

    /// The name shown in messages.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Byte offsets at which lines start.
    pub fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| line_starts(&self.text))
    }

    fn code_points_before(&self, offset: usize) -> usize {
        let bytes = self.text.as_bytes();
        let blocks = self.blocks.get_or_init(|| {
            let counts = bytes.chunks(BLOCK).scan(0, |before, block| {
                let so_far = *before;
                *before += code_points(block);
                Some(to_u32(so_far))
            });
            counts.collect()
        });
        let block = offset / BLOCK;
        let before = blocks.get(block).map_or_else(|| code_points(bytes), |count| *count as usize);
        before + code_points(bytes.get(block * BLOCK..offset).unwrap_or(&[]))
    }

    /// Line and column of a byte offset; an offset past the end is the end.
    pub fn position(&self, offset: u32) -> Position {
        let starts = self.line_starts();
        let line = starts.partition_point(|&s| s <= offset).max(1);
        let start = starts.get(line - 1).copied().unwrap_or(0) as usize;
        let end = (offset as usize).min(self.text.len());
        let column = if end - start.min(end) <= BLOCK {
            code_points(self.text.as_bytes().get(start..end).unwrap_or(&[])) + 1
        } else {
            self.code_points_before(end) - self.code_points_before(start) + 1
        };
        Position { line: to_u32(line), column: to_u32(column) }
    }
}

fn code_points(bytes: &[u8]) -> usize {
    bytes.iter().filter(|b| (**b & 0xC0) != 0x80).count()
}

fn to_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn line_starts(text: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    let mut starts = vec![0];
    for (i, b) in bytes.iter().enumerate() {
        let ends = *b == b'\n' || (*b == b'\r' && bytes.get(i + 1) != Some(&b'\n'));
        if ends {
            starts.push(to_u32(i + 1));
        }
    }
    starts
}

/// All texts of one policy set, in the order they were read.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    all: Vec<Source>,
}

impl Sources {
    /// No texts yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text and says how spans name it.
    pub fn add(&mut self, name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> SourceId {
        let id = SourceId(to_u32(self.all.len()));
        self.all.push(Source::new(name, text));
        id
    }

    /// The text of an id handed out by [`Sources::add`].
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.all.get(id.0 as usize)
    }

    /// All texts with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.all.iter().enumerate().map(|(i, s)| (SourceId(to_u32(i)), s))
    }

    /// The bytes a span covers as text; empty where the span lies outside its text.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.source).and_then(|s| s.text.get(span.start as usize..span.end as usize)).unwrap_or("")
    }

    /// Line and column where a span starts.
    pub fn start(&self, span: Span) -> Position {
        self.get(span.source).map_or(Position { line: 1, column: 1 }, |s| s.position(span.start))
    }

    /// Line and column just past a span.
    pub fn end(&self, span: Span) -> Position {
        self.get(span.source).map_or(Position { line: 1, column: 1 }, |s| s.position(span.end))
    }

    /// Name of the text a span points into.
    pub fn name(&self, span: Span) -> &str {
        self.get(span.source).map_or("", |s| s.name.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, offset: u32, line: u32, column: u32) {
        assert_eq!(
            Source::new("t", text).position(offset),
            Position { line, column },
            "{text:?} at {offset}"
        );
    }

    #[test]
    fn positions_count_lines_of_every_ending_and_code_points() {
        check("", 0, 1, 1);
        check("ab\ncd", 3, 2, 1);
        check("ab\r\ncd", 5, 2, 2);
        check("ab\rcd", 3, 2, 1);
        check("é—x", 5, 1, 3);
        check("ab", 99, 1, 3);
    }

    #[test]
    fn columns_of_long_lines_are_counted_in_blocks() {
        let line = "é—x".repeat(3_000);
        let text = format!("first\n{line}\nlast");
        for (n, (at, _)) in line.char_indices().enumerate().step_by(7) {
            check(&text, u32::try_from(at + 6).unwrap(), 2, u32::try_from(n + 1).unwrap());
        }
        check(&text, u32::try_from(6 + line.len()).unwrap(), 2, 9_001);
        let blocks = "x".repeat(2 * BLOCK);
        check(&blocks, u32::try_from(2 * BLOCK).unwrap(), 1, u32::try_from(2 * BLOCK + 1).unwrap());
    }
}
