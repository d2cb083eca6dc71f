//! What stands one below the other: items in a file, statements, joins and cases in a block, with the notes, comments
//! and blank lines between them.

use super::clause::{self, Place, Placed};
use super::expr::last_bytes;
use super::layout::{self, Indent, LEVEL, Row};
use super::page::Page;
use super::row::{Joint, Rows};
use crate::source::Span;
use crate::tree::{Before, Clause, Comment, File, Note, Statement};

/// Lays a file out.
#[derive(Debug)]
pub(super) struct Formatter<'t> {
    pub(super) text: &'t str,
    pub(super) file: &'t File,
    pub(super) rows: Rows<'t>,
    pub(super) page: Page<'t>,
    /// Where the last thing written ends in the source.
    seen: usize,
    /// What stands before the next thing.
    above: Above,
}

/// What was written last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Above {
    /// Nothing: the file or block begins.
    Nothing,
    /// A doc comment or note: nothing comes between it and what it belongs to.
    Attached,
    /// A block of several lines, below which a line stays blank.
    Block,
    /// Anything else.
    Other,
}

/// Something of a file or block, with what stands before it.
pub(super) struct Entry<'e> {
    pub(super) before: &'e Before,
    pub(super) start: usize,
    /// Whether it is a block of several lines.
    pub(super) block: bool,
}

/// A comment or note before an entry.
#[derive(Clone, Copy)]
enum Lead<'e> {
    Comment(Comment),
    Note(&'e Note),
}

impl Lead<'_> {
    fn span(&self) -> Span {
        match self {
            Lead::Comment(comment) => comment.span,
            Lead::Note(note) => note.span,
        }
    }

    /// Whether it belongs to what follows.
    fn is_attached(&self) -> bool {
        match self {
            Lead::Comment(comment) => comment.doc,
            Lead::Note(_) => true,
        }
    }
}

impl<'t> Formatter<'t> {
    pub(super) fn new(text: &'t str, file: &'t File) -> Self {
        Formatter {
            text,
            file,
            rows: Rows::new(text, &file.comments),
            page: Page::with_capacity(text.len() + text.len() / 8),
            seen: 0,
            above: Above::Nothing,
        }
    }

    /// The canonical text.
    pub(super) fn write(mut self) -> String {
        self.items();
        self.end_block(self.text.len(), 0);
        self.page.finish()
    }

    /// Writes what stands before an entry, blank lines included; the rows are ready for its own tokens.
    pub(super) fn before(&mut self, entry: &Entry<'_>, indent: usize) {
        let leads = self.leads(entry);
        let mut blank = self.above == Above::Block;
        // A blank line that a block wants goes above the comments that stand close to it.
        let close = if entry.block { self.close_leads(&leads, entry.start) } else { usize::MAX };
        for (number, lead) in leads.iter().enumerate() {
            let start = lead.span().start as usize;
            self.separate(start, blank || number == close);
            self.lead(
                *lead,
                indent,
                leads.get(number + 1).map_or(entry.start, |next| next.span().start as usize),
            );
            blank = false;
        }
        self.separate(entry.start, blank || leads.len() == close);
        self.rows.begin(entry.start);
    }

    fn leads<'e>(&self, entry: &Entry<'e>) -> Vec<Lead<'e>> {
        let mut notes = entry.before.notes.iter().peekable();
        let mut leads = Vec::new();
        for comment in self.rows.comments_between(self.seen, entry.start) {
            while let Some(note) = notes.next_if(|note| note.span.start < comment.span.start) {
                leads.push(Lead::Note(note));
            }
            let inside = |lead: &Lead<'_>| {
                let span = lead.span();
                matches!(lead, Lead::Note(_)) && comment.span.start < span.end
            };
            let behind_note = !comment.own_line && matches!(leads.last(), Some(Lead::Note(_)));
            if !behind_note && !leads.last().is_some_and(inside) {
                leads.push(Lead::Comment(*comment));
            }
        }
        leads.extend(notes.map(Lead::Note));
        leads
    }

    /// From which of these on no blank line stands before the entry.
    fn close_leads(&self, leads: &[Lead<'_>], start: usize) -> usize {
        let mut next = start;
        for (number, lead) in leads.iter().enumerate().rev() {
            if !lead.is_attached() && self.blank_between(lead.span().end as usize, next) {
                return number + 1;
            }
            next = lead.span().start as usize;
        }
        0
    }

    fn lead(&mut self, lead: Lead<'_>, indent: usize, next: usize) {
        self.above = if lead.is_attached() { Above::Attached } else { Above::Other };
        match lead {
            Lead::Comment(_) => {
                if let Some(number) = self.rows.take_comment(next) {
                    self.page.blanks(indent);
                    layout::own_line(&mut self.page, self.rows.comment_text(number));
                }
                self.seen = lead.span().end as usize;
            }
            Lead::Note(note) => {
                self.rows.begin(note.span.start as usize);
                self.note(note);
                self.rest(note.span.end as usize, next, Indent::of_row(indent));
            }
        }
    }

    fn note(&mut self, note: &Note) {
        let word = Span { start: note.word.start.saturating_sub(1), ..note.word };
        self.rows.source(word, Joint::Break);
        self.rows.word("(", Joint::Tight);
        self.rows.values(&note.args, Joint::Tight);
        self.rows.source(last_bytes(note.span, 1), Joint::Tight);
    }

    /// A blank line, where one stands in the source or must stand.
    fn separate(&mut self, next: usize, wanted: bool) {
        let blank = match self.above {
            Above::Nothing | Above::Attached => false,
            Above::Block | Above::Other => wanted || self.blank_between(self.seen, next),
        };
        if blank {
            self.page.end_line();
        }
    }

    /// Whether a blank line stands between two things that nothing else stands between.
    pub(super) fn blank_between(&self, from: usize, to: usize) -> bool {
        let between = self.text.as_bytes().get(from..to).unwrap_or(&[]);
        let mut ends = 0;
        let mut before = 0;
        for b in between {
            // LF, CRLF or CR.
            ends += usize::from(*b == b'\n' && before != b'\r' || *b == b'\r');
            before = *b;
            if ends == 2 {
                return true;
            }
        }
        false
    }

    /// Writes all rows of an entry that ends at byte `end`, before one that begins at `next`.
    pub(super) fn rest(&mut self, end: usize, next: usize, indent: Indent) {
        let row = |row: usize| Row { units: self.rows.units_of(row), joined: false };
        let all: Vec<Row> = (0..self.rows.count()).map(row).collect();
        self.seen = end;
        self.write_rows(&all, next, indent);
    }

    fn write_rows(&mut self, layout: &[Row], next: usize, indent: Indent) {
        if let Some(last) = layout.last().and_then(|row| row.units.end.checked_sub(1)) {
            self.tail(last, next);
        }
        layout::write(&mut self.page, &self.rows, layout, indent);
    }

    /// Gives a unit the comment that ends the line of the last token, if one does before `next`.
    fn tail(&mut self, unit: usize, next: usize) {
        if self.rows.units.get(unit).is_none_or(|unit| unit.tail.is_some()) {
            return;
        }
        if let Some(tail) = self.rows.take_tail(next)
            && let Some(unit) = self.rows.units.get_mut(unit)
        {
            unit.tail = Some(tail);
            self.seen = self.rows.comment(tail).map_or(self.seen, |comment| comment.span.end as usize);
        }
    }

    /// After an entry: what the next one is separated from.
    pub(super) fn after(&mut self, block: bool) {
        self.above = if block { Above::Block } else { Above::Other };
    }

    // ── Blocks ──────────────────────────────────────────────────────────────────────────────────────────────────

    /// Writes the rows of a head with its `{`.
    pub(super) fn open_block(&mut self, brace: usize, indent: usize) {
        self.rows.source(byte(self.file, brace), Joint::Blank);
        let next = self.rows.next_token();
        self.rest(brace + 1, next, Indent::of_row(indent));
        self.above = Above::Nothing;
    }

    /// The comments before the end of a block or file.
    pub(super) fn end_block(&mut self, end: usize, indent: usize) {
        let none = Before::default();
        let entry = Entry { before: &none, start: end, block: false };
        let leads = self.leads(&entry);
        for (number, lead) in leads.iter().enumerate() {
            let blank = number == 0 && self.above == Above::Block;
            if self.above == Above::Attached {
                self.above = Above::Other;
            }
            self.separate(lead.span().start as usize, blank);
            self.lead(*lead, indent, end);
        }
    }

    /// Writes `}`.
    pub(super) fn close_block(&mut self, end: usize, next: usize, indent: usize) {
        self.end_block(end - 1, indent + LEVEL);
        self.rows.begin(end - 1);
        self.rows.source(byte(self.file, end - 1), Joint::Break);
        self.rest(end, next, Indent::of_row(indent));
    }

    // ── Pieces with clauses ─────────────────────────────────────────────────────────────────────────────────────

    /// The statements of a policy.
    pub(super) fn statements(&mut self, statements: &[Statement], close: usize) {
        for (number, statement) in statements.iter().enumerate() {
            let next = statements.get(number + 1).map_or(close, |next| start_of(&next.before, next.span));
            let start = statement.span.start as usize;
            self.before(&Entry { before: &statement.before, start, block: false }, LEVEL);
            self.rows.source(statement.effect, Joint::Break);
            self.rows.expr(&statement.actions, Joint::Blank);
            let end = statement.span.end as usize;
            self.clauses(&statement.clauses, Place::Statement, end, next, LEVEL);
            self.after(false);
        }
    }

    /// Clauses after the first row of a statement, assert, case or `given`, and all its rows written.
    pub(super) fn clauses(
        &mut self,
        clauses: &[Clause],
        place: Place,
        end: usize,
        next: usize,
        indent: usize,
    ) {
        let indent = Indent::of_clauses(indent);
        if clauses.is_empty() {
            return self.rest(end, next, indent);
        }
        let inside = !self.rows.comments_between(self.rows.cursor(), end).is_empty();
        let behind = self.rows.comments_between(end, next).first().is_some_and(|comment| !comment.own_line);
        // A comment behind a clause that has its line is that clause's, and goes with it.
        let left_out = clause::left_out(&self.rows, clauses, place);
        let last = clauses.iter().enumerate().rev().find(|(number, _)| Some(*number) != left_out);
        let own = behind && last.is_some_and(|(_, last)| inside || self.begins_line(last.span));
        let order = clause::order(&self.rows, clauses, place, left_out, own);
        let heads = self.rows.count();
        self.rows.clauses(clauses, place, &order);
        let last = self.rows.units.len().saturating_sub(1);
        self.seen = end;
        if own {
            self.tail(last, next);
        }
        let layout = self.layout(heads, &order);
        self.write_rows(&layout, next, indent);
    }

    /// The rows before the clauses, then those of the clauses in their order.
    fn layout(&self, heads: usize, order: &[Placed]) -> Vec<Row> {
        let row = |row: usize, joined: bool| Row { units: self.rows.units_of(row), joined };
        let mut layout: Vec<Row> = (0..heads).map(|head| row(head, false)).collect();
        let mut source: Vec<usize> = order.iter().map(|placed| placed.clause).collect();
        source.sort_unstable();
        let row_of = |clause: usize| heads + source.partition_point(|other| *other < clause);
        layout.extend(order.iter().map(|placed| row(row_of(placed.clause), placed.joined)));
        layout
    }

    /// Whether nothing but blanks stands before it on its line.
    fn begins_line(&self, span: Span) -> bool {
        let before = self.text.as_bytes().get(..span.start as usize).unwrap_or(&[]);
        let last = before.iter().rev().find(|b| !matches!(b, b' ' | b'\t'));
        last.is_none_or(|b| matches!(b, b'\n' | b'\r'))
    }
}

/// Where something begins with the notes before it.
pub(super) fn start_of(before: &Before, span: Span) -> usize {
    before.notes.first().map_or(span.start, |note| note.span.start.min(span.start)) as usize
}

/// The span of one byte.
pub(super) fn byte(file: &File, at: usize) -> Span {
    Span::new(file.source, at, at + 1)
}
