//! Principals (§2.3–2.6, §2.11): who asks, which policies are theirs, and which boundary.

use crate::check::Request;
use crate::error::{Error, ErrorCode, Result};
use crate::model::{Claims, GroupId, Model, Notes, PolicyId, PolicyKind, Statement};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Caller {
    /// "Account root: an explicit kind of principal, never a default".
    Root,
    /// "Unknown principal: not defined by the policy set, and the request names no group, role or policy for it".
    Unknown,
    /// Anyone else.
    Known {
        /// "those attached to it and those of every group or role it is in, directly or through groups".
        policies: BTreeSet<PolicyId>,
        /// All boundary documents together; none where the principal is not bounded.
        boundary: Option<BTreeSet<PolicyId>>,
    },
}

/// What makes up a caller before groups are followed.
#[derive(Debug, Default)]
struct Found {
    /// Declared, or brought something.
    known: bool,
    policies: BTreeSet<PolicyId>,
    groups: BTreeSet<GroupId>,
    boundary: Option<PolicyId>,
}

/// Finds the principal, then what the request brings for it.
pub(super) fn find(model: &Model, request: &Request) -> Result<Caller> {
    let mut found = named(model, &request.principal)?;
    bring(model, request, &mut found)?;
    if request.principal == "root" {
        return Ok(Caller::Root);
    }
    found.policies.extend(&model.everyone);
    if !found.known && model.everyone.is_empty() {
        return Ok(Caller::Unknown);
    }
    let mut policies = found.policies;
    for group in with_parents(model, found.groups) {
        policies.extend(model.groups.get(group.0 as usize).into_iter().flat_map(|g| &g.attached));
    }
    Ok(Caller::Known { policies, boundary: boundary(model, found.boundary) })
}

/// In text `user:…`, `role:…`, `group:…`, `policy:…`, `root`: "only these are prefixes, any other text is a user's
/// whole name". A group or policy as the caller is a caller "with that and nothing else, as far as `claims` admits".
fn named(model: &Model, principal: &str) -> Result<Found> {
    let mut found = Found::default();
    if let Some(name) = principal.strip_prefix("group:") {
        found.groups.insert(claimed_group(model, name, false, "principal")?);
        found.known = true;
    } else if let Some(name) = principal.strip_prefix("policy:") {
        found.policies.insert(claimed_policy(model, name, "principal")?);
        found.known = true;
    } else if let Some(name) = principal.strip_prefix("role:") {
        if let Some(role) = group(model, name, true) {
            found.groups.insert(role);
            found.boundary = model.groups.get(role.0 as usize).and_then(|g| g.boundary);
            found.known = true;
        }
    } else if principal != "root" {
        let name = principal.strip_prefix("user:").unwrap_or(principal);
        if let Some(user) = model.users.iter().find(|user| user.name.as_ref() == name) {
            found.policies.extend(&user.attached);
            found.groups.extend(&user.parents);
            found.boundary = user.boundary;
            found.known = true;
        }
    }
    Ok(found)
}

/// "A group, role or policy named by a request that the set does not define (`unknown-group`, for roles too;
/// `unknown-policy`; each list takes its own kind only), or that its `claims` setting does not admit (`bad-request`),
/// is a caller's error".
fn bring(model: &Model, request: &Request, found: &mut Found) -> Result<()> {
    for name in &request.groups {
        found.groups.insert(claimed_group(model, name, false, "groups")?);
    }
    for name in &request.roles {
        found.groups.insert(claimed_group(model, name, true, "roles")?);
    }
    for name in &request.policies {
        found.policies.insert(claimed_policy(model, name, "policies")?);
    }
    let nothing = request.groups.is_empty() && request.roles.is_empty() && request.policies.is_empty();
    found.known = found.known || !nothing;
    Ok(())
}

fn claimed_group(model: &Model, name: &str, role: bool, member: &str) -> Result<GroupId> {
    if model.settings.claims == Claims::None {
        return Err(not_admitted(name, member));
    }
    let word = if role { "role" } else { "group" };
    group(model, name, role).ok_or_else(|| {
        Error::new(ErrorCode::UnknownGroup, format!("the set defines no {word} `{name}`")).with_key(name)
    })
}

/// A policy "that the set does not define": trust and resource policies take part in no decision (§2.11), and a
/// boundary document given by an option is no part of the set.
fn claimed_policy(model: &Model, name: &str, member: &str) -> Result<PolicyId> {
    if model.settings.claims != Claims::Policies {
        return Err(not_admitted(name, member));
    }
    let mut named = (0u32..).zip(&model.policies).filter(|(_, policy)| policy.name.as_ref() == name);
    let found = named.find(|(_, policy)| policy.kind == PolicyKind::Identity);
    let found =
        found.map(|(i, _)| PolicyId(i)).filter(|id| !model.boundary.iter().flatten().any(|b| b == id));
    found.ok_or_else(|| {
        Error::new(ErrorCode::UnknownPolicy, format!("the set defines no policy `{name}`")).with_key(name)
    })
}

fn not_admitted(name: &str, member: &str) -> Error {
    let message = format!("a request may not bring `{name}`: the setting `claims` does not admit it");
    Error::new(ErrorCode::BadRequest, message).with_key(member)
}

fn group(model: &Model, name: &str, role: bool) -> Option<GroupId> {
    let mut named = (0u32..).zip(&model.groups).filter(|(_, g)| g.role == role && g.name.as_ref() == name);
    named.next().map(|(i, _)| GroupId(i))
}

/// Groups and all they are in, until nothing new is found.
fn with_parents(model: &Model, groups: BTreeSet<GroupId>) -> BTreeSet<GroupId> {
    let mut all = groups;
    loop {
        let parents = all.iter().filter_map(|id| model.groups.get(id.0 as usize)).flat_map(|g| &g.parents);
        let more: BTreeSet<GroupId> = all.iter().chain(parents).copied().collect();
        if more == all {
            return all;
        }
        all = more;
    }
}

/// "Several boundary documents are one boundary (their statements together); a boundary without statements allows
/// nothing; a principal without a boundary is not bounded; the boundary of a group or role does not bind its members".
fn boundary(model: &Model, own: Option<PolicyId>) -> Option<BTreeSet<PolicyId>> {
    match (own, &model.boundary) {
        (None, None) => None,
        (own, of_all) => Some(of_all.iter().flatten().copied().chain(own).collect()),
    }
}

/// A statement with the name of its policy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule<'m> {
    /// The policy it stands in.
    pub(super) policy: &'m Arc<str>,
    /// The statement.
    pub(super) statement: &'m Statement,
    /// What stands before the policy.
    pub(super) notes: &'m Notes,
}

/// All statements of these policies. "Documents loaded as trust or resource policies … take part in no decision."
pub(super) fn rules<'m>(model: &'m Model, policies: &BTreeSet<PolicyId>) -> Vec<Rule<'m>> {
    let policies = policies.iter().filter_map(|id| model.policies.get(id.0 as usize));
    let deciding = policies.filter(|policy| policy.kind == PolicyKind::Identity);
    deciding
        .flat_map(|p| p.statements.iter().map(|s| Rule { policy: &p.name, statement: s, notes: &p.notes }))
        .collect()
}
