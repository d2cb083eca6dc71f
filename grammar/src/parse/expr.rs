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
            Rule::group => TermKind::Group(Box::new(self.expr(pair.into_inner().next()?)?)),
            Rule::address => TermKind::Address,
            Rule::instant => TermKind::Instant,
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
