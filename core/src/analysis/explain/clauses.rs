//! The statements that play a part, clause by clause.

use super::covering::Covering;
use super::{ClauseAnswer, ClauseKind, Depth, Given, Part, StatementAnswer, known};
use crate::analysis::holdings::ways;
use crate::analysis::phrase;
use crate::catalog::Granularity;
use crate::check::{Gate, Handed, Held, Holder, Place, Put, Request};
use crate::error::Result;
use crate::model::read::IP;
use crate::model::{Condition, Model, PolicyId, PolicyKind, Statement};
use std::collections::{BTreeSet, HashMap};
use std::ptr;
use std::sync::Arc;

/// A call, and what is known of it.
pub(super) struct Asked<'a> {
    pub(super) gate: &'a Gate,
    pub(super) model: &'a Model,
    pub(super) request: &'a Request,
    pub(super) covering: &'a Covering<'a>,
    pub(super) holder: &'a Holder,
    /// Places of the statements that decided.
    pub(super) decided: &'a [Arc<Place>],
}

/// A statement that is looked at.
struct Looked<'a> {
    policy: PolicyId,
    statement: &'a Statement,
    part: Part,
    covers: bool,
}

impl<'a> Asked<'a> {
    /// The statements that a depth shows.
    pub(super) fn statements(&self, depth: Depth) -> Result<Vec<StatementAnswer>> {
        let looked = self.looked(depth);
        let names = looked.iter().filter_map(|one| {
            let policy = self.model.policies.get(one.policy.0 as usize)?;
            Some((policy.name.as_ref(), one.statement.id.as_ref()))
        });
        let places = self.gate.places_of(&names.collect::<BTreeSet<_>>());
        let by_name: HashMap<(&str, &str), (usize, &Arc<Place>)> = places
            .iter()
            .enumerate()
            .map(|(at, place)| ((&*place.policy, &*place.id), (at, place)))
            .collect();
        let ways = ways(self.model, self.request);
        let mut answers = self.gate.put(self.request, self.covering.facts.address, |put| {
            let each = looked.iter().filter_map(|one| {
                let policy = self.model.policies.get(one.policy.0 as usize)?;
                let (at, place) = by_name.get(&(policy.name.as_ref(), one.statement.id.as_ref()))?;
                let through = ways.get(&one.policy).filter(|_| one.part == Part::Attached);
                let through = through.cloned().unwrap_or_default();
                Some((one.part, *at, self.answer(one, place, through, put)))
            });
            each.collect::<Vec<_>>()
        })?;
        answers.sort_by_key(|(part, at, _)| (*part, *at));
        let answers = answers.into_iter().map(|(_, _, answer)| answer);
        Ok(answers.filter(|answer| depth != Depth::Brief || answer.decided).collect())
    }

    fn looked(&self, depth: Depth) -> Vec<Looked<'a>> {
        let mut all = Vec::new();
        let (attached, boundary): (&[PolicyId], &[PolicyId]) = match self.holder {
            Holder::Policies { attached, boundary } => (attached, boundary.as_deref().unwrap_or(&[])),
            Holder::Root | Holder::Unknown => (&[], &[]),
        };
        for (policies, part) in [(attached, Part::Attached), (boundary, Part::Boundary)] {
            policies.iter().for_each(|policy| self.look(*policy, part, depth, &mut all));
        }
        if depth == Depth::All {
            let held: BTreeSet<PolicyId> = attached.iter().chain(boundary).copied().collect();
            let others = self.covering.policies().filter(|policy| !held.contains(policy));
            others.for_each(|policy| self.look(policy, Part::Elsewhere, depth, &mut all));
        }
        all
    }

    fn look(&self, id: PolicyId, part: Part, depth: Depth, all: &mut Vec<Looked<'a>>) {
        let policy = self.model.policies.get(id.0 as usize).filter(|p| p.kind == PolicyKind::Identity);
        let covering = self.covering.of(id);
        let mut next = 0;
        for statement in policy.into_iter().flat_map(|policy| &policy.statements) {
            let covers = covering.get(next).is_some_and(|other| ptr::eq(*other, statement));
            next += usize::from(covers);
            if covers || (depth == Depth::All && part != Part::Elsewhere) {
                all.push(Looked { policy: id, statement, part, covers });
            }
        }
    }

    fn answer(
        &self,
        one: &Looked<'_>,
        place: &Arc<Place>,
        through: Vec<String>,
        put: &Put<'_>,
    ) -> StatementAnswer {
        let statement = one.statement;
        let mut clauses = vec![principal(one.part), self.action(one.covers)];
        clauses.extend(self.resources(statement, put));
        clauses.extend(statement.conditions.iter().map(|condition| clause(condition, put)));
        StatementAnswer {
            place: place.clone(),
            effect: statement.effect,
            part: one.part,
            through,
            matches: whole(&clauses),
            decided: one.part != Part::Elsewhere
                && self.decided.iter().any(|p| p.policy == place.policy && p.id == place.id),
            clauses,
        }
    }

    fn action(&self, covers: bool) -> ClauseAnswer {
        let service = self.covering.facts.granularity == Granularity::Service;
        let whole = "an action of service level is covered with its whole service only";
        ClauseAnswer {
            kind: ClauseKind::Action,
            of: None,
            text: self.request.action.clone(),
            holds: Some(covers),
            given: Given::Given,
            because: (!covers && service).then(|| whole.to_owned()),
        }
    }

    /// An answer for each resource of the call that plays a part, or one where none does.
    fn resources(&self, statement: &Statement, put: &Put<'_>) -> Vec<ClauseAnswer> {
        let by_resource = self.covering.facts.granularity == Granularity::Resource;
        let named = self.request.resources.as_deref().filter(|_| by_resource).unwrap_or(&[]);
        let answer = |(at, held): (usize, Held)| {
            let scope = "an action without resources is out of the scope of a statement that names some";
            let none = "the call names no resource";
            let because = match held {
                Held::No if !by_resource => Some(scope.to_owned()),
                Held::No if named.is_empty() => Some(none.to_owned()),
                held => open(held),
            };
            ClauseAnswer {
                kind: ClauseKind::Resource,
                of: named.get(at).cloned(),
                text: format!("on {}", phrase::resources(statement)),
                holds: known(held),
                given: if by_resource && named.is_empty() { Given::Absent } else { Given::Given },
                because,
            }
        };
        put.resources(statement).into_iter().enumerate().map(answer).collect()
    }
}

fn principal(part: Part) -> ClauseAnswer {
    let (text, holds) = match part {
        Part::Attached => ("a policy of the caller", true),
        Part::Boundary => ("the caller's boundary", true),
        Part::Elsewhere => ("a policy that the caller does not have", false),
    };
    ClauseAnswer {
        kind: ClauseKind::Principal,
        of: None,
        text: text.to_owned(),
        holds: Some(holds),
        given: Given::Given,
        because: None,
    }
}

fn clause(condition: &Condition, put: &Put<'_>) -> ClauseAnswer {
    let (held, handed) = put.condition(condition);
    let address = condition.key.as_ref() == IP;
    let because = match handed {
        Handed::Withheld => Some(format!("the action is never handed `{}`", condition.key)),
        Handed::Absent => Some(format!("the call gives no `{}`", condition.key)),
        Handed::Given => open(held),
    };
    ClauseAnswer {
        kind: if address { ClauseKind::Address } else { ClauseKind::Condition },
        of: Some(condition.key.to_string()),
        text: phrase::condition(condition),
        holds: known(held),
        given: handed.into(),
        because,
    }
}

fn open(held: Held) -> Option<String> {
    match held {
        Held::Yes | Held::No => None,
        Held::Unreadable => Some("its operator cannot read the value".to_owned()),
        Held::Unresolved(variable) => Some(format!("`${{{}}}` has no value", variable.as_str())),
    }
}

/// Whether all clauses hold together. Of several resources one will do for a deny, and an allow speaks of each alone: a
/// statement matches where it matches on one of them.
fn whole(clauses: &[ClauseAnswer]) -> Option<bool> {
    let resources = clauses.iter().filter(|clause| clause.kind == ClauseKind::Resource);
    let covered = any(resources.map(|clause| clause.holds));
    let others = clauses.iter().filter(|clause| clause.kind != ClauseKind::Resource);
    all(others.map(|clause| clause.holds).chain([covered]))
}

fn any(each: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    all(each.map(|one| one.map(|yes| !yes))).map(|none| !none)
}

fn all(each: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut whole = Some(true);
    for one in each {
        match one {
            Some(false) => return Some(false),
            None => whole = None,
            Some(true) => {}
        }
    }
    whole
}
