//! Pairs to the small parts of the tree: spans, strings, names, values, notes.
//!
//! The functions of [`Builder`] follow the rules of the grammar one to one. A pair that the grammar does not give
//! makes `None`, which the reader tells as a fault; it does not occur.

use super::fault::Faults;
use super::gate::{Pair, Pairs, Rule};
use crate::code;
use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::mistake::lookalike;
use crate::source::{SourceId, Span};
use crate::text;
use crate::tree::{Before, Name, Note, Value, ValueKind};

/// Makes parts of the tree from the pairs of one piece.
pub(crate) struct Builder<'f> {
    source: SourceId,
    /// Where the piece begins in its text.
    base: usize,
    pub(super) faults: &'f mut Faults,
}

impl<'f> Builder<'f> {
    pub(crate) fn new(source: SourceId, base: usize, faults: &'f mut Faults) -> Self {
        Builder { source, base, faults }
    }

    pub(super) fn span(&self, pair: &Pair<'_>) -> Span {
        let span = pair.as_span();
        Span::new(self.source, self.base + span.start(), self.base + span.end())
    }

    /// A STRING, whose escapes and length are looked at.
    pub(super) fn string(&mut self, pair: &Pair<'_>) -> Span {
        let span = self.span(pair);
        self.check_string(span, pair.as_str());
        span
    }

    /// A STRING that may be a part of a token, as in `service:"…"`.
    pub(super) fn check_string(&mut self, span: Span, written: &str) {
        if written.len() > limits::STRING_BYTES && text::unquote(written).len() > limits::STRING_BYTES {
            let message = format!("a string has at most {} bytes", limits::STRING_BYTES);
            self.faults.tell(Diagnostic::error(code::LIMIT, span, message));
        } else if written.contains('\\') {
            for wrong in text::wrong_escapes(written) {
                let start = span.start as usize + wrong.offset;
                let span = Span::new(self.source, start, start + wrong.text.len());
                self.faults.tell(wrong_escape(span, wrong.text));
            }
        }
    }

    /// A WORD or KEY, whose length is looked at.
    pub(super) fn word(&mut self, pair: &Pair<'_>) -> Span {
        let span = self.span(pair);
        if pair.as_str().len() > limits::NAME_BYTES {
            self.tell_long_name(span);
        }
        span
    }

    pub(super) fn tell_long_name(&mut self, span: Span) {
        let message = format!("a name or key has at most {} bytes", limits::NAME_BYTES);
        self.faults.tell(Diagnostic::error(code::LIMIT, span, message));
    }

    /// A WORD, digits or a STRING that names something, or a key.
    pub(super) fn bare_or_quoted(&mut self, pair: &Pair<'_>) -> Name {
        let quoted = pair.as_rule() == Rule::string;
        let span = if quoted { self.string(pair) } else { self.span(pair) };
        let written = pair.as_str();
        if written.len() > limits::NAME_BYTES {
            let too_long = !quoted || text::unquote(written).len() > limits::NAME_BYTES;
            if too_long && written.len() <= limits::STRING_BYTES {
                self.tell_long_name(span);
            }
        }
        Name { span, quoted }
    }

    /// The rule `name`.
    pub(super) fn name(&mut self, pair: Pair<'_>) -> Option<Name> {
        let inner = pair.into_inner().next()?;
        let name = self.bare_or_quoted(&inner);
        if name.quoted
            && let Some(told) = lookalike::in_quoted_name(name.span, inner.as_str())
        {
            self.faults.tell(told);
        }
        Some(name)
    }

    /// One of `value`, or a token that may stand for one.
    pub(super) fn value(&mut self, pair: &Pair<'_>) -> Option<Value> {
        let kind = match pair.as_rule() {
            Rule::string => ValueKind::Text,
            Rule::number => ValueKind::Number,
            Rule::instant => ValueKind::Instant,
            Rule::TRUE => ValueKind::True,
            Rule::FALSE => ValueKind::False,
            Rule::word => ValueKind::Word,
            _ => return None,
        };
        let span = match kind {
            ValueKind::Text => self.string(pair),
            ValueKind::Word => self.word(pair),
            _ => self.span(pair),
        };
        Some(Value { span, kind })
    }

    /// `values`, as far as they go.
    pub(super) fn values(&mut self, pairs: &mut Pairs<'_>) -> Option<Vec<Value>> {
        let mut values = Vec::new();
        while let Some(pair) = pairs.peek() {
            let Some(value) = self.value(&pair) else { break };
            values.push(value);
            pairs.next();
        }
        Some(values)
    }

    /// The notes that a piece begins with, and its doc comments.
    pub(super) fn before(&mut self, pairs: &mut Pairs<'_>, docs: Vec<Span>) -> Option<Before> {
        let mut notes = Vec::new();
        while let Some(pair) = eat(pairs, Rule::note) {
            notes.push(self.note(pair)?);
        }
        Some(Before { docs, notes })
    }

    fn note(&mut self, pair: Pair<'_>) -> Option<Note> {
        let span = self.span(&pair);
        let mut inner = pair.into_inner();
        let at_word = self.word(&inner.next()?);
        let word = Span { start: at_word.start + 1, ..at_word };
        inner.next()?; // `(`
        let args = self.values(&mut inner)?;
        Some(Note { span, word, args })
    }
}

fn wrong_escape(span: Span, written: &str) -> Diagnostic {
    let message = format!("`{}` is no escape", text::excerpt(written));
    Diagnostic::error(code::SYNTAX, span, message)
        .help("in a string stand `\\\"`, `\\\\`, `\\n`, `\\t` and `\\u{1F600}`; a backslash itself is `\\\\`")
}

/// Takes the next pair if it is of this rule.
pub(super) fn eat<'t>(pairs: &mut Pairs<'t>, rule: Rule) -> Option<Pair<'t>> {
    if pairs.peek()?.as_rule() == rule { pairs.next() } else { None }
}
