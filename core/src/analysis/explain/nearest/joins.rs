//! Groups, roles and policies that a caller could join, those that add the fewest policies first.

use super::super::covering::Covering;
use crate::analysis::holdings::spelled;
use crate::check::{Gate, Holder, Join, Request};
use crate::error::Result;
use crate::model::{Effect, GroupId, Model, PolicyId, Statement};
use std::collections::HashSet;

/// Something to join.
#[derive(Debug, Clone)]
pub(super) struct Joined {
    pub(super) join: Join,
    /// `group:NAME`, `role:NAME` or `policy:NAME`.
    pub(super) name: String,
}

/// What would add an allow that covers the action; of those that add the same statements, the one that adds the fewest
/// policies.
pub(super) fn joins(
    gate: &Gate,
    model: &Model,
    request: &Request,
    own: &[PolicyId],
    covering: &Covering<'_>,
) -> Result<Vec<Joined>> {
    let mut all: Vec<(usize, Joined, Vec<PolicyId>)> = Vec::new();
    for id in (0u32..).zip(&model.groups).map(|(id, _)| GroupId(id)) {
        let Holder::Policies { attached, .. } = gate.holder_joined(request, Join::Group(id))? else {
            continue;
        };
        let added: Vec<PolicyId> =
            attached.into_iter().filter(|policy| own.binary_search(policy).is_err()).collect();
        all.push((added.len(), Joined { join: Join::Group(id), name: spelled(model, id) }, added));
    }
    let bounds = bounds(model);
    let others = covering.policies().filter(|id| own.binary_search(id).is_err() && !bounds.contains(id));
    for id in others {
        let Some(policy) = model.policies.get(id.0 as usize) else { continue };
        if model.claimable(&policy.name) == Some(id) {
            let name = format!("policy:{}", policy.name);
            all.push((1, Joined { join: Join::Policy(id), name }, vec![id]));
        }
    }
    all.sort_by_key(|(count, _, _)| *count);
    let mut known: HashSet<Vec<*const Statement>> = HashSet::new();
    let fresh = all.into_iter().filter(|(_, _, added)| {
        let statements = covering.among(added);
        let allows = statements.iter().any(|statement| statement.effect == Effect::Allow);
        allows && known.insert(statements.into_iter().map(std::ptr::from_ref).collect())
    });
    Ok(fresh.map(|(_, joined, _)| joined).collect())
}

/// Policies that bound somebody: they say what may be granted at most, and are not meant to be attached.
fn bounds(model: &Model) -> HashSet<PolicyId> {
    let users = model.users.iter().filter_map(|user| user.boundary);
    users.chain(model.groups.iter().filter_map(|group| group.boundary)).collect()
}
