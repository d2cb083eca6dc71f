//! The statements of a set that cover the action of a call.

use crate::analysis::asked::named;
use crate::analysis::space::{Actions, Budget, Facts};
use crate::check::{Gate, Request};
use crate::error::{Error, ErrorCode, Result};
use crate::model::{Model, PolicyId, PolicyKind, Statement};
use passgate_grammar::limits::SPACE_STEPS;
use std::collections::BTreeMap;

/// What covers an action.
pub(super) struct Covering<'m> {
    /// Its service.
    pub(super) service: Box<str>,
    /// What the catalog says of it.
    pub(super) facts: Facts,
    /// By policy, identity policies only: they alone decide.
    by_policy: BTreeMap<PolicyId, Vec<&'m Statement>>,
}

impl<'m> Covering<'m> {
    pub(super) fn new(gate: &Gate, model: &'m Model, request: &Request) -> Result<Covering<'m>> {
        let (_, term) = named(gate, &request.action)?;
        let policies = (0u32..).zip(&model.policies).filter(|(_, p)| p.kind == PolicyKind::Identity);
        let all: Vec<(PolicyId, [&'m Statement; 1])> =
            policies.flat_map(|(id, p)| p.statements.iter().map(move |s| (PolicyId(id), [s]))).collect();
        let sets: Vec<&[&'m Statement]> = all.iter().map(|(_, one)| one.as_slice()).collect();
        let mut budget = Budget::new(SPACE_STEPS);
        let mut actions = Actions::new(&model.catalogs, &model.settings);
        let (classes, _) = actions.classes(&sets, Some(std::slice::from_ref(&term)), &mut budget);
        let gone = || Error::new(ErrorCode::Internal, "an action that is asked for has no class");
        let class = classes.into_iter().next().ok_or_else(gone)?;
        let mut by_policy: BTreeMap<PolicyId, Vec<&'m Statement>> = BTreeMap::new();
        for ((policy, _), set) in all.iter().zip(&class.sets) {
            if let Some(statement) = set.first() {
                by_policy.entry(*policy).or_default().push(*statement);
            }
        }
        Ok(Covering { service: class.service, facts: class.facts, by_policy })
    }

    /// Those of a policy.
    pub(super) fn of(&self, policy: PolicyId) -> &[&'m Statement] {
        self.by_policy.get(&policy).map_or(&[], Vec::as_slice)
    }

    /// Those of some policies.
    pub(super) fn among(&self, policies: &[PolicyId]) -> Vec<&'m Statement> {
        policies.iter().flat_map(|id| self.of(*id)).copied().collect()
    }

    /// Policies of which some statement covers the action.
    pub(super) fn policies(&self) -> impl Iterator<Item = PolicyId> {
        self.by_policy.keys().copied()
    }
}
