//! Pairs to sets: expressions and their terms.

use super::basic::Builder;
use super::gate::{Pair, Rule};
use crate::source::Span;
use crate::tree::{Expr, Term, TermKind};

impl Builder<'_> {
    /// The rule `expr`. Recursion is bounded: parentheses are counted before.
    pub(super) fn expr(&mut self, pair: Pair<'_>) -> Option<Expr> {
        let mut inner = pair.into_inner();
        let first = self.term(inner.next()?)?;
        let mut expr = Expr { span: first.span, terms: vec![first], only: None, except: None };
        let mut list = &mut expr.terms;
        for pair in inner {
            match pair.as_rule() {
                Rule::ONLY => list = expr.only.insert(Vec::new()),
                Rule::EXCEPT => list = expr.except.insert(Vec::new()),
                _ => {
                    let term = self.term(pair)?;
                    expr.span.end = term.span.end;
                    list.push(term);
                }
            }
        }
        Some(expr)
    }

    /// One of `term`.
    pub(super) fn term(&mut self, pair: Pair<'_>) -> Option<Term> {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::group => TermKind::Group(Box::new(self.expr(pair.into_inner().nth(1)?)?)),
            Rule::address if is_instant(pair.as_str()) => TermKind::Instant,
            Rule::address => TermKind::Address,
            Rule::word => {
                self.word(&pair);
                TermKind::Word
            }
            Rule::string => {
                self.string(&pair);
                TermKind::Text
            }
            Rule::action => {
                self.quoted_pattern(span, pair.as_str());
                TermKind::Action
            }
            _ => return None,
        };
        Some(Term { span, kind })
    }

    /// `service:"…"`: its string is a string like any other.
    fn quoted_pattern(&mut self, span: Span, written: &str) {
        if let Some(quote) = written.find('"') {
            let string = Span::new(span.source, span.start as usize + quote, span.end as usize);
            self.check_string(string, written.get(quote..).unwrap_or(""));
        }
    }
}

/// Whether a token that begins with a digit begins like `2026-01-`.
fn is_instant(written: &str) -> bool {
    let mut parts = written.splitn(3, '-');
    let digits =
        |part: Option<&str>| part.is_some_and(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
    written.as_bytes().get(4) == Some(&b'-')
        && digits(parts.next())
        && digits(parts.next())
        && parts.next().is_some()
}
