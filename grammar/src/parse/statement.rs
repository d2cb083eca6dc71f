//! Pairs to statements: effects, clauses, conditions and their checks.

use super::basic::{Builder, eat};
use super::gate::{Pair, Pairs, Rule};
use crate::source::Span;
use crate::tree::{
    Before, Check, CheckKind, Clause, ClauseKind, Cond, CondTest, Order, Quantifier, Statement, Value, Whom,
};

impl Builder<'_> {
    /// The rule `statement`.
    pub(crate) fn statement(&mut self, pair: Pair<'_>, before: Before) -> Option<Statement> {
        let mut inner = pair.into_inner();
        let word = inner.next()?;
        let effect = self.span(&word);
        let actions = self.expr(inner.next()?)?;
        let clauses = self.clauses(inner)?;
        let span = effect.to(last_span(actions.span, &clauses));
        Some(Statement { span, before, deny: word.as_rule() == Rule::DENY, effect, actions, clauses })
    }

    /// `clause*`, to the end of the pairs.
    pub(super) fn clauses(&mut self, pairs: Pairs<'_>) -> Option<Vec<Clause>> {
        let mut clauses = Vec::new();
        for pair in pairs {
            clauses.push(self.clause(pair)?);
        }
        Some(clauses)
    }

    fn clause(&mut self, pair: Pair<'_>) -> Option<Clause> {
        let mut inner = pair.into_inner();
        let word = inner.next()?;
        let start = self.span(&word);
        let (kind, end) = match word.as_rule() {
            Rule::TO => self.to(inner)?,
            Rule::ON => {
                let expr = self.expr(inner.next()?)?;
                let end = expr.span;
                (ClauseKind::On(expr), end)
            }
            Rule::NOT => {
                inner.next()?;
                self.from(inner, true)?
            }
            Rule::FROM => self.from(inner, false)?,
            Rule::WHEN => self.conds(inner, ClauseKind::When)?,
            Rule::WITH => self.conds(inner, ClauseKind::With)?,
            Rule::UNLESS => self.unless(inner)?,
            Rule::BECAUSE => {
                let reason = self.word(&inner.next()?);
                (ClauseKind::Because(reason), reason)
            }
            rule => {
                let value = self.moment(&inner.next()?)?;
                let kind = match rule {
                    Rule::SINCE => ClauseKind::Since(value),
                    Rule::UNTIL => ClauseKind::Until(value),
                    Rule::AT => ClauseKind::At(value),
                    _ => return None,
                };
                (kind, value.span)
            }
        };
        Some(Clause { span: start.to(end), kind })
    }

    fn moment(&mut self, pair: &Pair<'_>) -> Option<Value> {
        self.value(pair)
    }

    fn from(&mut self, mut pairs: Pairs<'_>, negated: bool) -> Option<(ClauseKind, Span)> {
        let expr = self.expr(pairs.next()?)?;
        let end = expr.span;
        Some((ClauseKind::From { negated, expr }, end))
    }

    fn unless(&mut self, mut pairs: Pairs<'_>) -> Option<(ClauseKind, Span)> {
        let pair = pairs.next()?;
        if pair.as_rule() == Rule::FROM {
            let expr = self.expr(pairs.next()?)?;
            let end = expr.span;
            return Some((ClauseKind::UnlessFrom(expr), end));
        }
        let cond = self.cond(pair)?;
        let end = cond.span;
        Some((ClauseKind::Unless(cond), end))
    }

    fn conds(
        &mut self,
        pairs: Pairs<'_>,
        kind: impl FnOnce(Vec<Cond>) -> ClauseKind,
    ) -> Option<(ClauseKind, Span)> {
        let mut conds = Vec::new();
        for pair in pairs.filter(|pair| pair.as_rule() == Rule::cond) {
            conds.push(self.cond(pair)?);
        }
        let end = conds.last()?.span;
        Some((kind(conds), end))
    }

    fn to(&mut self, pairs: Pairs<'_>) -> Option<(ClauseKind, Span)> {
        let mut whom = Vec::new();
        let mut end = None;
        for pair in pairs {
            let mut inner = pair.into_inner();
            let kind = self.span(&inner.next()?);
            let text = inner.next().map(|string| self.string(&string));
            end = text.or(Some(kind));
            whom.push(text.map_or(Whom::Anyone(kind), |text| Whom::Named { kind, text }));
        }
        Some((ClauseKind::To(whom), end?))
    }

    fn cond(&mut self, pair: Pair<'_>) -> Option<Cond> {
        let mut inner = pair.into_inner();
        let mut pair = inner.next()?;
        let mut span = self.span(&pair);
        let quantifier = match pair.as_rule() {
            Rule::ANY_VALUE => Some(Quantifier::Any),
            Rule::EVERY => Some(Quantifier::Every),
            _ => None,
        };
        if quantifier.is_some() {
            pair = inner.next()?;
        }
        let key = self.bare_or_quoted(&pair);
        let (test, end) = self.cond_test(inner)?;
        span = span.to(end);
        Some(Cond { span, quantifier, key, test })
    }

    fn cond_test(&mut self, mut pairs: Pairs<'_>) -> Option<(CondTest, Span)> {
        if let Some(check) = eat(&mut pairs, Rule::check) {
            let check = self.check(check)?;
            let end = check.span;
            return Some((CondTest::Check(check), end));
        }
        pairs.next()?; // `is`
        let word = pairs.next()?;
        let end = self.span(&word);
        if word.as_rule() == Rule::PRESENT {
            return Some((CondTest::Present, end));
        }
        if eat(&mut pairs, Rule::OR).is_none() {
            return Some((CondTest::Absent, end));
        }
        let check = self.check(pairs.next()?)?;
        let end = check.span;
        Some((CondTest::AbsentOr(check), end))
    }

    fn check(&mut self, pair: Pair<'_>) -> Option<Check> {
        let mut inner = pair.into_inner();
        let mut word = inner.next()?;
        let start = self.span(&word);
        let mut negated = word.as_rule() == Rule::NOT;
        if negated {
            word = inner.next()?;
        }
        let (kind, end) = match word.as_rule() {
            Rule::IS => {
                negated = eat(&mut inner, Rule::NOT).is_some();
                self.check_is(inner, negated)?
            }
            Rule::LIKE => {
                let values = self.values(&mut inner)?;
                let end = values.last()?.span;
                (CheckKind::Like { negated, values }, end)
            }
            Rule::IN => {
                let expr = self.expr(inner.next()?)?;
                let end = expr.span;
                (CheckKind::In { negated, expr }, end)
            }
            _ => {
                let value = self.value(&inner.next()?)?;
                (CheckKind::Order { order: order(word.as_str())?, value }, value.span)
            }
        };
        Some(Check { span: start.to(end), kind })
    }

    fn check_is(&mut self, mut pairs: Pairs<'_>, negated: bool) -> Option<(CheckKind, Span)> {
        let bytes = eat(&mut pairs, Rule::BYTES).is_some();
        let values = self.values(&mut pairs)?;
        let mut end = values.last()?.span;
        let ignoring_case = eat(&mut pairs, Rule::IGNORING).is_some();
        if ignoring_case {
            end = self.span(&pairs.next()?);
        }
        Some((CheckKind::Is { negated, bytes, values, ignoring_case }, end))
    }
}

/// Where the clauses end, or what stands before them.
pub(super) fn last_span(before: Span, clauses: &[Clause]) -> Span {
    clauses.last().map_or(before, |clause| clause.span)
}

fn order(sign: &str) -> Option<Order> {
    match sign {
        "<" => Some(Order::Less),
        "<=" => Some(Order::LessEqual),
        ">" => Some(Order::Greater),
        ">=" => Some(Order::GreaterEqual),
        _ => None,
    }
}
