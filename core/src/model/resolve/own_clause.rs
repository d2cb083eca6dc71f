//! Conditions that have a clause of their own: the address is asked by `from`, the time by `since` and `until`.
//!
//! Only bare conditions do; with `any`, `every` or `absent or` they stand. Each is told with the clause to write.

use super::Resolver;
use crate::model::read::{CURRENT_TIME, IP};
use passgate_grammar::text::name_text;
use passgate_grammar::tree::{CheckKind, Clause, ClauseKind, Cond, CondTest, Order};
use passgate_grammar::{Diagnostic, Edit, Fix, Safety, Span, code};

impl Resolver<'_> {
    /// Whether the condition at a place of `when`, or the one of `unless`, should be a clause; told if so.
    pub(super) fn wants_clause(&mut self, clause: &Clause, place: usize) -> bool {
        let (conds, unless) = match &clause.kind {
            ClauseKind::When(conds) => (conds.as_slice(), false),
            ClauseKind::Unless(cond) => (std::slice::from_ref(cond), true),
            _ => return false,
        };
        let Some(cond) = conds.get(place) else { return false };
        let Some(instead) = self.clause_of(cond, unless) else { return false };
        let key = name_text(self.sources, &cond.key);
        let told =
            Diagnostic::error(code::FOREIGN_WORD, cond.span, format!("`{key}` has a clause of its own"));
        let mut told = told.help(format!("write `{}{instead}`", if unless { "unless " } else { "" }));
        let edits = match (unless, conds.len()) {
            (true, _) => vec![Edit { span: cond.span, text: instead.clone() }],
            (false, 1) => vec![Edit { span: clause.span, text: instead.clone() }],
            (false, _) => taken_out(clause.span, conds, place, &instead),
        };
        told.fixes.push(Fix { title: format!("`{instead}`"), edits, safety: Safety::Safe });
        self.out.push(told);
        true
    }

    /// The clause that says the same as a bare condition.
    fn clause_of(&self, cond: &Cond, unless: bool) -> Option<String> {
        let CondTest::Check(check) = &cond.test else { return None };
        if cond.quantifier.is_some() {
            return None;
        }
        let key = name_text(self.sources, &cond.key);
        let from = |span: Span| self.sources.slice(Span { start: span.start, ..check.span });
        match &check.kind {
            CheckKind::In { negated, expr } if key == IP || key == "ip" => match (negated, unless) {
                (false, _) => Some(format!("from {}", from(expr.span))),
                (true, false) => Some(format!("not from {}", from(expr.span))),
                (true, true) => None,
            },
            CheckKind::Order { order, value } if key == CURRENT_TIME && !unless => match order {
                Order::GreaterEqual => Some(format!("since {}", from(value.span))),
                Order::Less => Some(format!("until {}", from(value.span))),
                Order::LessEqual | Order::Greater => None,
            },
            _ => None,
        }
    }
}

/// Takes a condition out of its `when`, and puts its clause before it.
fn taken_out(clause: Span, conds: &[Cond], place: usize, instead: &str) -> Vec<Edit> {
    let own = conds.get(place).map_or(clause, |c| c.span);
    let gone = match (conds.get(place + 1), place.checked_sub(1).and_then(|p| conds.get(p))) {
        (Some(next), _) => Span { end: next.span.start, ..own },
        (None, Some(previous)) => Span { start: previous.span.end, ..own },
        (None, None) => own,
    };
    let before = Span { end: clause.start, ..clause };
    vec![Edit { span: before, text: format!("{instead} ") }, Edit { span: gone, text: String::new() }]
}
