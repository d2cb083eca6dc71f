//! Pairs to asserts and tests: subjects, callers and cases.

use super::basic::{Builder, eat};
use super::gate::{Pair, Pairs, Rule};
use super::item::member_kind;
use super::statement::last_span;
use crate::source::Span;
use crate::tree::{Assert, Before, Case, Clause, Expr, Item, ItemKind, Subject, Who};

/// What is asked after `may`.
struct Asked {
    negated: bool,
    actions: Expr,
    clauses: Vec<Clause>,
}

impl Builder<'_> {
    /// The inside of the rule `assert`.
    pub(super) fn assert(&mut self, mut pairs: Pairs<'_>, before: Before) -> Option<Item> {
        let start = self.span(&pairs.next()?);
        let subject = self.subject(&mut pairs)?;
        let Asked { negated, actions, clauses } = self.asked(pairs)?;
        let span = start.to(last_span(actions.span, &clauses));
        let assert = Assert { subject, negated, actions, clauses };
        Some(Item { span, before, kind: ItemKind::Assert(assert) })
    }

    fn subject(&mut self, pairs: &mut Pairs<'_>) -> Option<Subject> {
        if eat(pairs, Rule::NO).is_some() {
            pairs.next()?; // `one`
            return Some(Subject::NoOne);
        }
        if eat(pairs, Rule::EVERYONE).is_some() {
            return Some(Subject::Everyone);
        }
        let only = eat(pairs, Rule::ONLY).is_some();
        let mut these = Vec::new();
        while let Some(pair) = eat(pairs, Rule::who) {
            these.push(self.who(pair)?.0);
        }
        Some(if only { Subject::Only(these) } else { Subject::These(these) })
    }

    /// From `may` to the end.
    fn asked(&mut self, mut pairs: Pairs<'_>) -> Option<Asked> {
        pairs.next()?; // `may`
        let negated = eat(&mut pairs, Rule::NOT).is_some();
        let actions = self.expr(pairs.next()?)?;
        let clauses = self.clauses(pairs)?;
        Some(Asked { negated, actions, clauses })
    }

    /// The rule `who`, with all it covers.
    fn who(&mut self, pair: Pair<'_>) -> Option<(Who, Span)> {
        let mut inner = pair.into_inner();
        let word = inner.next()?;
        let span = self.span(&word);
        match word.as_rule() {
            Rule::ROOT => Some((Who::Root(span), span)),
            Rule::POLICY => {
                let grant = self.grant(inner.next()?)?;
                let end = grant.span;
                Some((Who::Policy(grant), span.to(end)))
            }
            rule => {
                let name = self.name(inner.next()?)?;
                Some((Who::Member { kind: member_kind(rule)?, name }, span.to(name.span)))
            }
        }
    }

    /// The rule `test_head`: all it covers, and the string.
    pub(crate) fn test_head(&mut self, pair: Pair<'_>) -> Option<(Span, Span)> {
        let mut inner = pair.into_inner();
        let start = self.span(&inner.next()?);
        let name = self.string(&inner.next()?);
        Some((start.to(name), name))
    }

    /// The rule `given`.
    pub(crate) fn given(&mut self, pair: Pair<'_>) -> Option<Vec<Clause>> {
        let mut inner = pair.into_inner();
        inner.next()?; // `given`
        self.clauses(inner)
    }

    /// The rule `case`.
    pub(crate) fn case(&mut self, pair: Pair<'_>, before: Before) -> Option<Case> {
        let mut inner = pair.into_inner();
        let (who, start) = self.who(inner.next()?)?;
        let mut joins = Vec::new();
        while let Some(pair) = eat(&mut inner, Rule::join) {
            joins.push(self.join(pair)?);
        }
        let Asked { negated, actions, clauses } = self.asked(inner)?;
        let span = start.to(last_span(actions.span, &clauses));
        Some(Case { span, before, who, joins, negated, actions, clauses })
    }
}
