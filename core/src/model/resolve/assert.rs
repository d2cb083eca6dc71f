//! Asserts: whom they speak of, the actions, and clauses that say which calls.
//!
//! Clauses mean what they mean in a statement, so a statement's are read. What CAM cannot hold in one statement (the
//! same question twice) may stand here: nothing of an assert is exported.

use super::Resolver;
use super::proof::People;
use super::statements::Clauses;
use crate::address::PrefixSet;
use crate::model::read::IP;
use crate::model::{Assert, Condition, PolicyKind, ResourcePattern, Subject, Test, Who};
use passgate_grammar::tree::{self, ClauseKind};
use passgate_grammar::{Diagnostic, Safety, Span, code};
use std::sync::Arc;

impl Resolver<'_> {
    /// One assert; none where a fault leaves nothing to prove.
    pub(super) fn assert(
        &mut self,
        span: Span,
        assert: &tree::Assert,
        file: usize,
        people: &mut People<'_>,
    ) -> Option<Assert> {
        if assert.negated {
            self.takes_no_not(span, assert);
        }
        let subject = self.subject(span, &assert.subject, people);
        let mark = self.mark();
        let actions = self.action_terms(&assert.actions, file);
        if !self.refused_since(mark) && !self.reaches_any(&actions) {
            self.empty_proof(assert.actions.span, "these actions are none: the assert says nothing");
        }
        let (resources, conditions) = self.assert_clauses(&assert.clauses, people);
        let actions_span = assert.actions.span;
        Some(Assert {
            subject: subject?,
            negated: assert.negated,
            actions,
            resources,
            conditions,
            actions_span,
            span,
        })
    }

    fn subject(&mut self, span: Span, subject: &tree::Subject, people: &mut People<'_>) -> Option<Subject> {
        match subject {
            tree::Subject::NoOne => Some(Subject::NoOne),
            tree::Subject::Everyone => {
                if !people.is_any() {
                    self.empty_proof(span, "this set declares no caller: the assert says nothing");
                }
                Some(Subject::Everyone)
            }
            tree::Subject::These(who) => Some(Subject::These(self.callers(who, people)?)),
            tree::Subject::Only(who) => Some(Subject::Only(self.callers(who, people)?)),
        }
    }

    fn callers(&mut self, written: &[tree::Who], people: &mut People<'_>) -> Option<Vec<Who>> {
        let found: Vec<Option<Who>> = written
            .iter()
            .map(|who| self.who_kind(who, people).map(|(kind, span)| Who { kind, span }))
            .collect();
        let callers: Vec<Who> = found.iter().flatten().copied().collect();
        if callers.len() < written.len() {
            return None;
        }
        if let (Some(first), Some(last)) = (callers.first(), callers.last())
            && !callers.iter().any(|who| people.is_caller(who.kind))
        {
            let message = format!("no caller is {}", self.slice(first.span.to(last.span)));
            self.empty_proof(first.span.to(last.span), format!("{message}: the assert says nothing"));
        }
        Some(callers)
    }

    /// `no one`, `everyone` and `only` have an opposite of their own.
    fn takes_no_not(&mut self, span: Span, assert: &tree::Assert) {
        let (word, instead, safety) = match &assert.subject {
            tree::Subject::These(_) => return,
            tree::Subject::NoOne => ("no one", Some("everyone may"), Safety::Safe),
            tree::Subject::Everyone => ("everyone", Some("no one may"), Safety::Unsafe),
            tree::Subject::Only(_) => ("only", None, Safety::Safe),
        };
        let head = Span { end: assert.actions.span.start, ..span };
        let head = Span { end: head.start + self.slice(head).trim_end().len() as u32, ..head };
        let code = if instead.is_some() { code::FOREIGN_WORD } else { code::BAD_CLAUSE };
        let message = match instead {
            Some(_) => format!("`{word} may not` is said without `not`"),
            None => "`only` takes no `not`: it says that all others may not".to_owned(),
        };
        let told = Diagnostic::error(code, head, message);
        self.out.push(match instead {
            Some(instead) => told.help(format!("write `assert {instead}`")).fix(
                format!("`{instead}`"),
                head,
                format!("assert {instead}"),
                safety,
            ),
            None => told.help("leave `not` out, or name those who may not"),
        });
    }

    fn assert_clauses(&mut self, written: &[tree::Clause], people: &mut People<'_>) -> AssertClauses {
        let (mut clauses, mark) = (Clauses::of("assert"), self.mark());
        for clause in written {
            if matches!(clause.kind, ClauseKind::To(_)) {
                let told = Diagnostic::error(
                    code::BAD_CLAUSE,
                    clause.span,
                    "`to` stands in a trust or resource policy",
                );
                self.out.push(told.help("an assert says whom it means before `may`"));
                continue;
            }
            self.clause(clause, PolicyKind::Identity, &mut clauses);
        }
        if !self.refused_since(mark) {
            self.comes_from_somewhere(&clauses.conditions, people);
        }
        self.settle();
        (clauses.resources, clauses.conditions)
    }

    /// Tells where no address, and no call without one, fits all that is said of it.
    fn comes_from_somewhere(&mut self, conditions: &[Condition], people: &mut People<'_>) {
        let about = |c: &&Condition| c.key.as_ref() == IP && c.qualifier.is_none();
        let conditions: Vec<&Condition> = conditions.iter().filter(about).collect();
        let Some(last) = conditions.last().map(|c| c.span) else { return };
        if conditions.iter().all(|c| c.if_exist) {
            return;
        }
        let key: Vec<PlaceKey> = conditions.iter().filter_map(|c| place_key(c)).collect();
        let known = people.places.get(&key).copied();
        let count = key.iter().map(|(_, length, _)| *length).sum();
        let empty = match known {
            Some(empty) => empty,
            None if !self.spend(count, last) => return,
            None => left_of(&conditions).is_empty(),
        };
        people.places.insert(key, empty);
        if empty {
            self.empty_proof(last, "no call comes from here: the assert says nothing");
        }
    }
}

/// What clauses say of resources, and everything else.
type AssertClauses = (Option<Arc<[ResourcePattern]>>, Vec<Condition>);

/// Which list of prefixes is meant: lists are shared, so the place tells them apart; then its length, and `not`.
pub(super) type PlaceKey = (usize, usize, bool);

fn place_key(condition: &Condition) -> Option<PlaceKey> {
    match &condition.test {
        Test::Ip { negated, prefixes, .. } => Some((prefixes.as_ptr() as usize, prefixes.len(), *negated)),
        _ => None,
    }
}

/// The addresses that all conditions admit.
fn left_of(conditions: &[&Condition]) -> PrefixSet {
    let mut left = PrefixSet::everywhere();
    for condition in conditions {
        if let Test::Ip { negated, prefixes, .. } = &condition.test {
            let named = PrefixSet::from_prefixes(prefixes.iter().copied());
            left = if *negated { left.except(&named) } else { left.intersect(&named) };
        }
    }
    left
}
