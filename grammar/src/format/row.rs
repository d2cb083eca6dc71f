//! What is written for one item, statement or join: tokens glued to units that no line break divides, units in rows,
//! and at each unit the comments that stand before and behind it.
//!
//! Tokens are placed in the order of the source, so that each comment is met between the tokens it stands between.

use std::ops::Range;

use crate::scan::token::{Kind, Lexer};
use crate::source::Span;
use crate::tree::Comment;

/// How a token is joined to the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// By a blank or a line end.
    Break,
    /// By a blank.
    Blank,
    /// By nothing.
    Tight,
}

/// Text that stays on one line, with its comments.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    /// Its bytes in the buffer.
    text: Range<usize>,
    /// Comments on lines of their own before it.
    pub(super) own: Range<usize>,
    /// The comment behind it, which ends its line.
    pub(super) tail: Option<usize>,
}

/// Collects the rows of one piece of the text.
#[derive(Debug)]
pub(super) struct Rows<'t> {
    text: &'t str,
    comments: &'t [Comment],
    /// The first comment that is not yet placed.
    next: usize,
    /// Where the last token placed ends in the source.
    cursor: usize,
    buffer: String,
    pub(super) units: Vec<Unit>,
    /// The first unit of each row.
    starts: Vec<usize>,
    /// Whether the next token begins a row.
    begins_row: bool,
    /// Words whose place in the source is only known to be before the next token.
    waiting: Vec<(&'static str, Joint)>,
}

impl<'t> Rows<'t> {
    pub(super) fn new(text: &'t str, comments: &'t [Comment]) -> Self {
        Rows {
            text,
            comments,
            next: 0,
            cursor: 0,
            buffer: String::new(),
            units: Vec::new(),
            starts: Vec::new(),
            begins_row: true,
            waiting: Vec::new(),
        }
    }

    /// Forgets all rows; the next token follows byte `at` of the source.
    pub(super) fn begin(&mut self, at: usize) {
        self.buffer.clear();
        self.units.clear();
        self.starts.clear();
        self.waiting.clear();
        self.begins_row = true;
        self.cursor = at;
    }

    /// The next token begins a row.
    pub(super) fn row(&mut self) {
        self.begins_row = true;
    }

    /// How many rows there are.
    pub(super) fn count(&self) -> usize {
        self.starts.len()
    }

    /// The units of a row.
    pub(super) fn units_of(&self, row: usize) -> Range<usize> {
        let at = |row: usize| self.starts.get(row).copied().unwrap_or(self.units.len());
        at(row)..at(row + 1)
    }

    /// The text of a unit.
    pub(super) fn unit_text(&self, unit: &Unit) -> &str {
        self.buffer.get(unit.text.clone()).unwrap_or("")
    }

    /// Where the last token placed ends in the source.
    pub(super) fn cursor(&self) -> usize {
        self.cursor
    }

    /// Passes over tokens that are not written. A comment behind them or before them, on their line, then stands behind
    /// the token before; what is written next begins at byte `next`.
    pub(super) fn pass_over(&mut self, span: Span, next: usize) {
        if self.units.last().is_some_and(|unit| unit.tail.is_none())
            && let Some(tail) = self.take_tail(next)
            && let Some(unit) = self.units.last_mut()
        {
            unit.tail = Some(tail);
        }
        self.cursor = span.end as usize;
    }

    /// A word of the language that stands somewhere before the next token.
    pub(super) fn word(&mut self, word: &'static str, joint: Joint) {
        self.waiting.push((word, joint));
    }

    /// A token as it is written.
    pub(super) fn source(&mut self, span: Span, joint: Joint) {
        let written = self.slice(span);
        self.token(span, written, joint);
    }

    /// A token of the source, and how it is to be written.
    pub(super) fn token(&mut self, span: Span, written: &str, joint: Joint) {
        let start = span.start as usize;
        if self.comments.get(self.next).is_some_and(|comment| (comment.span.start as usize) < start) {
            self.place_among_comments(start, written, joint);
        } else {
            for at in 0..self.waiting.len() {
                if let Some((word, joint)) = self.waiting.get(at).copied() {
                    self.place(word, joint, 0..0);
                }
            }
            self.place(written, joint, 0..0);
        }
        self.waiting.clear();
        self.cursor = span.end as usize;
    }

    /// A comma after the last token.
    pub(super) fn comma(&mut self) {
        self.push_last(",");
    }

    /// Blanks after the last token.
    pub(super) fn pad(&mut self, count: usize) {
        for _ in 0..count {
            self.push_last(" ");
        }
    }

    fn push_last(&mut self, text: &str) {
        if let Some(unit) = self.units.last_mut() {
            self.buffer.push_str(text);
            unit.text.end = self.buffer.len();
        }
    }

    /// The text of a span.
    pub(super) fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// The next place of a sign after the last token.
    pub(super) fn find(&self, sign: u8) -> usize {
        self.find_token(|kind| kind == Kind::Sign(sign))
    }

    /// The place of the next token that is no comment.
    pub(super) fn next_token(&self) -> usize {
        self.find_token(|kind| kind != Kind::Comment)
    }

    fn find_token(&self, wanted: impl Fn(Kind) -> bool) -> usize {
        let mut lexer = Lexer::new(self.text, self.cursor);
        loop {
            let token = lexer.next_token();
            if token.kind == Kind::End || wanted(token.kind) {
                return token.start;
            }
        }
    }

    /// Places the waiting words and a token with comments between them: each comment before the word that it stands
    /// before, commas not counted, which stand at the end of what they follow.
    fn place_among_comments(&mut self, start: usize, written: &str, joint: Joint) {
        let mut lexer = Lexer::new(self.text, self.cursor);
        let mut met = 0;
        let mut first = self.next;
        for at in 0..=self.waiting.len() {
            let last = at == self.waiting.len();
            while met == at || last {
                let token = lexer.next_token();
                if token.kind == Kind::End || token.start >= start {
                    met = usize::MAX;
                    break;
                }
                match token.kind {
                    Kind::Comment => self.meet_comments(token.start),
                    Kind::Sign(b',') => {}
                    _ => met = met.saturating_add(1),
                }
            }
            let own = first..self.next;
            first = self.next;
            let (word, joint) = self.waiting.get(at).copied().unwrap_or((written, joint));
            let word = if last { written } else { word };
            self.place(word, joint, own);
        }
    }

    /// Takes all comments up to the one at byte `at`.
    fn meet_comments(&mut self, at: usize) {
        while self.comments.get(self.next).is_some_and(|comment| comment.span.start as usize <= at) {
            self.next += 1;
        }
    }

    /// Adds text to the last unit, or as a new one.
    fn place(&mut self, text: &str, joint: Joint, mut comments: Range<usize>) {
        let divided = !comments.is_empty();
        if let (Some(unit), Some(comment)) = (self.units.last_mut(), self.comments.get(comments.start))
            && divided
            && !comment.own_line
            && unit.tail.is_none()
        {
            unit.tail = Some(comments.start);
            comments.start += 1;
        }
        let follows = !divided && !self.begins_row && joint != Joint::Break;
        if let Some(unit) = self.units.last_mut().filter(|_| follows) {
            if joint == Joint::Blank {
                self.buffer.push(' ');
            }
            self.buffer.push_str(text);
            unit.text.end = self.buffer.len();
            return;
        }
        if self.begins_row {
            self.starts.push(self.units.len());
            self.begins_row = false;
        }
        let start = self.buffer.len();
        self.buffer.push_str(text);
        self.units.push(Unit { text: start..self.buffer.len(), own: comments, tail: None });
    }

    // ── Comments ────────────────────────────────────────────────────────────────────────────────────────────────

    /// The next comment not yet placed, if it stands before byte `before`.
    pub(super) fn peek_comment(&self, before: usize) -> Option<&'t Comment> {
        self.comments.get(self.next).filter(|comment| (comment.span.start as usize) < before)
    }

    /// Takes the next comment, if it stands before byte `before`.
    pub(super) fn take_comment(&mut self, before: usize) -> Option<usize> {
        self.peek_comment(before)?;
        self.next += 1;
        Some(self.next - 1)
    }

    /// Takes the comment that ends the line of the last token, if it stands before byte `before`.
    pub(super) fn take_tail(&mut self, before: usize) -> Option<usize> {
        if self.peek_comment(before)?.own_line { None } else { self.take_comment(before) }
    }

    /// The comments not yet placed that begin in these bytes.
    pub(super) fn comments_between(&self, from: usize, to: usize) -> &'t [Comment] {
        let rest = self.comments.get(self.next..).unwrap_or(&[]);
        if rest.first().is_none_or(|comment| comment.span.start as usize >= to) {
            return &[];
        }
        let place = |at: usize| rest.partition_point(|comment| (comment.span.start as usize) < at);
        rest.get(place(from)..place(to)).unwrap_or(&[])
    }

    /// Whether a comment follows on the line where these bytes end, nothing else before it.
    pub(super) fn comment_behind(&self, end: usize) -> bool {
        let next = self.comments_between(end, usize::MAX).first();
        let between = next.and_then(|comment| self.text.get(end..comment.span.start as usize));
        between.is_some_and(|text| text.bytes().all(|byte| byte == b' ' || byte == b'\t'))
    }

    /// A comment by its number.
    pub(super) fn comment(&self, number: usize) -> Option<&'t Comment> {
        self.comments.get(number)
    }

    /// The text of a comment, without blanks at its end.
    pub(super) fn comment_text(&self, number: usize) -> &'t str {
        let written = self.comments.get(number).map_or("", |comment| self.slice(comment.span));
        written.trim_end_matches([' ', '\t'])
    }
}
