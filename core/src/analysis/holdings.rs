//! By what way policies reach a caller: attached to it, through the groups and roles it is in or brings, or attached to
//! whoever asks (semantics §2.3). Whether they do is for the check; this says how.

use super::callers::Principal;
use crate::check::Request;
use crate::model::{GroupId, Model, PolicyId};
use std::collections::{BTreeMap, VecDeque};

/// The shortest way to each policy: the groups and roles on it, from the caller; none where it is attached to the caller
/// itself, brought by the call, or attached to whoever asks.
pub(super) type Ways = BTreeMap<PolicyId, Vec<String>>;

/// The ways of a request's principal, with what the request brings.
pub(super) fn ways(model: &Model, request: &Request) -> Ways {
    let principal = request.principal.as_str();
    let (kind, name) = principal.split_once(':').unwrap_or(("user", principal));
    let (kind, name) =
        if matches!(kind, "user" | "role" | "group" | "policy") { (kind, name) } else { ("user", principal) };
    let (mut attached, mut groups): (Vec<PolicyId>, Vec<GroupId>) = (model.everyone.clone(), Vec::new());
    if kind == "user"
        && let Some(user) = model.users.iter().find(|user| user.name.as_ref() == name)
    {
        attached.extend(&user.attached);
        groups.extend(&user.parents);
    }
    let mut way = Walk { model, ways: Ways::new(), from: BTreeMap::new(), open: VecDeque::new() };
    match kind {
        "role" => way.start(group(model, name, true)),
        "group" => way.start(group(model, name, false)),
        "policy" => attached.extend(model.claimable(name)),
        _ => {}
    }
    attached.extend(request.policies.iter().filter_map(|name| model.claimable(name)));
    attached.into_iter().for_each(|policy| way.note(policy, None));
    groups.into_iter().for_each(|id| way.start(Some(id)));
    request.groups.iter().for_each(|name| way.start(group(model, name, false)));
    request.roles.iter().for_each(|name| way.start(group(model, name, true)));
    way.follow();
    way.ways
}

/// The ways of a caller that brings nothing.
pub(super) fn ways_of(model: &Model, member: Principal) -> Ways {
    let mut walk = Walk { model, ways: Ways::new(), from: BTreeMap::new(), open: VecDeque::new() };
    model.everyone.iter().for_each(|policy| walk.note(*policy, None));
    match member {
        Principal::User(id) => {
            let user = model.users.get(id.0 as usize);
            user.into_iter().flat_map(|user| &user.attached).for_each(|policy| walk.note(*policy, None));
            user.into_iter().flat_map(|user| &user.parents).for_each(|group| walk.start(Some(*group)));
        }
        Principal::Role(id) | Principal::Group(id) | Principal::Brings(id) => walk.start(Some(id)),
        Principal::Policy(id) => walk.note(id, None),
    }
    walk.follow();
    walk.ways
}

/// `group:NAME` or `role:NAME`.
pub(super) fn spelled(model: &Model, id: GroupId) -> String {
    let group = model.groups.get(id.0 as usize);
    let kind = if group.is_some_and(|group| group.role) { "role" } else { "group" };
    format!("{kind}:{}", group.map_or("", |group| group.name.as_ref()))
}

fn group(model: &Model, name: &str, role: bool) -> Option<GroupId> {
    let place = model.groups.iter().position(|group| group.role == role && group.name.as_ref() == name)?;
    u32::try_from(place).ok().map(GroupId)
}

/// Breadth first, so that the first way to a group is a shortest one.
struct Walk<'m> {
    model: &'m Model,
    ways: Ways,
    /// The group by which a group was reached first.
    from: BTreeMap<GroupId, Option<GroupId>>,
    open: VecDeque<GroupId>,
}

impl Walk<'_> {
    fn start(&mut self, group: Option<GroupId>) {
        if let Some(id) = group {
            self.reach(id, None);
        }
    }

    fn reach(&mut self, id: GroupId, by: Option<GroupId>) {
        if let std::collections::btree_map::Entry::Vacant(slot) = self.from.entry(id) {
            slot.insert(by);
            self.open.push_back(id);
        }
    }

    fn follow(&mut self) {
        while let Some(id) = self.open.pop_front() {
            let Some(group) = self.model.groups.get(id.0 as usize) else { continue };
            group.attached.iter().for_each(|policy| self.note(*policy, Some(id)));
            group.parents.iter().for_each(|parent| self.reach(*parent, Some(id)));
        }
    }

    fn note(&mut self, policy: PolicyId, holder: Option<GroupId>) {
        if self.ways.contains_key(&policy) {
            return;
        }
        let mut way = Vec::new();
        let mut at = holder;
        while let Some(id) = at {
            way.push(spelled(self.model, id));
            at = self.from.get(&id).copied().flatten();
        }
        way.reverse();
        self.ways.insert(policy, way);
    }
}
