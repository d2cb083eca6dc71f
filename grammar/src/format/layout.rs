//! Rows to lines: all in one line where they fit, else a row a line, and long rows over several lines.

use std::ops::Range;

use super::WIDTH;
use super::page::Page;
use super::row::{Rows, Unit};

/// Blanks of a level.
pub(super) const LEVEL: usize = 4;

/// How far rows stand from the left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Indent {
    /// The first row.
    pub(super) first: usize,
    /// The other rows.
    pub(super) rows: usize,
    /// Where a row goes on.
    pub(super) rest: usize,
}

impl Indent {
    /// Of a piece that has one row.
    pub(super) fn of_row(first: usize) -> Self {
        Indent { first, rows: first, rest: first + LEVEL }
    }

    /// Of a piece with clauses.
    pub(super) fn of_clauses(first: usize) -> Self {
        Indent { first, rows: first + LEVEL, rest: first + 2 * LEVEL }
    }
}

/// Columns of a text: its code points.
pub(super) fn columns(text: &str) -> usize {
    text.bytes().filter(|b| (*b & 0xC0) != 0x80).count()
}

/// A row to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Its units.
    pub(super) units: Range<usize>,
    /// Goes on where the row before it ends.
    pub(super) joined: bool,
}

/// Columns of the rows in one line, with blanks between their units; `None` where a comment divides them, or where
/// they are wider than any line.
pub(super) fn columns_in_line(rows: &Rows<'_>, layout: &[Row]) -> Option<usize> {
    let mut width = 0;
    let mut divided = false;
    for unit in units(rows, layout) {
        if divided || !unit.own.is_empty() {
            return None;
        }
        divided = unit.tail.is_some();
        width += columns(rows.unit_text(unit)) + 1;
        if width > WIDTH + 1 {
            return None;
        }
    }
    Some(width.saturating_sub(1))
}

fn units<'r>(rows: &'r Rows<'_>, layout: &'r [Row]) -> impl Iterator<Item = &'r Unit> {
    layout.iter().filter_map(|row| rows.units.get(row.units.clone())).flatten()
}

/// Writes rows in their order.
pub(super) fn write<'t>(page: &mut Page<'t>, rows: &Rows<'t>, layout: &[Row], indent: Indent) {
    let mut begin = indent.first;
    if columns_in_line(rows, layout).is_some_and(|width| begin + width <= WIDTH) {
        Line { page, rows, open: false, begin, rest: indent.rest }.units(units(rows, layout));
        return;
    }
    for row in layout.chunk_by(|_, next| next.joined) {
        Line { page, rows, open: false, begin, rest: indent.rest }.units(units(rows, row));
        begin = indent.rows;
    }
}

/// A row that is being written.
struct Line<'p, 't> {
    page: &'p mut Page<'t>,
    rows: &'p Rows<'t>,
    /// Whether the line has text.
    open: bool,
    /// Blanks before its first line.
    begin: usize,
    /// Blanks before its other lines.
    rest: usize,
}

impl<'t> Line<'_, 't> {
    fn units<'r>(mut self, units: impl Iterator<Item = &'r Unit>) {
        for unit in units {
            self.unit(unit);
        }
        if self.open {
            self.page.end_line();
        }
    }

    fn unit(&mut self, unit: &Unit) {
        let text = self.rows.unit_text(unit);
        let width = columns(text);
        if self.open && (!unit.own.is_empty() || self.page.column + 1 + width > WIDTH) {
            self.page.end_line();
            self.open = false;
            self.begin = self.rest;
        }
        for comment in unit.own.clone() {
            self.page.blanks(self.begin);
            own_line(self.page, self.rows.comment_text(comment));
        }
        self.page.blanks(if self.open { 1 } else { self.begin });
        self.page.push(text, width);
        self.open = true;
        self.begin = self.rest;
        if let Some(tail) = unit.tail {
            self.page.end_with(self.rows.comment_text(tail));
            self.open = false;
        }
    }
}

/// Writes a comment that has its line alone, after its blanks.
pub(super) fn own_line(page: &mut Page<'_>, comment: &str) {
    page.push(comment, columns(comment));
    page.end_line();
}
