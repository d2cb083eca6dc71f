//! Who asks: names to signatures. A signature is a sorted set of policies, with the set that bounds it; principals
//! with equal signatures share everything.

use super::frozen::Frozen;
use super::memory::{Heap, Memory, Part};
use super::words::{Lists, ListsBuilder, word};
use crate::model::{GroupId, Model, PolicyId, PolicyKind};
use passgate_grammar::limits;
use std::collections::{HashMap, HashSet};

/// Number of a set of policies.
pub(super) type SetId = u32;

pub(super) type Map<V> = HashMap<Box<str>, V, foldhash::fast::RandomState>;

/// A set of policies and the set that bounds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) policies: SetId,
    pub(crate) boundary: Option<SetId>,
}

impl Heap for Signature {
    fn heap(&self) -> usize {
        0
    }
}

impl Signature {
    /// Stands where there is no caller.
    pub(super) const NOTHING: Signature = Signature { policies: 0, boundary: None };
}

/// A set of policies by number.
#[derive(Debug, Clone, Copy)]
pub(super) enum PolicySet<'a> {
    /// Policies, ascending.
    Ready(&'a [u32]),
    /// Too many sets are too wide to write them all out: found anew for each check.
    Lazy { policies: &'a [u32], groups: &'a [u32] },
}

/// Sets of policies by number. An entry is 0 and the policies, or for a lazy set 1 more than it has direct policies,
/// then these, then its groups.
#[derive(Debug)]
pub(super) struct Sets(pub(super) Lists);

impl Sets {
    pub(super) fn get(&self, id: SetId) -> Option<PolicySet<'_>> {
        match self.0.get(id as usize)? {
            [0, ready @ ..] => Some(PolicySet::Ready(ready)),
            [direct, rest @ ..] => {
                let (policies, groups) = rest.split_at_checked(*direct as usize - 1)?;
                Some(PolicySet::Lazy { policies, groups })
            }
            [] => None,
        }
    }
}

/// Users, roles and groups with what they are attached to.
#[derive(Debug)]
pub(crate) struct Principals {
    pub(super) users: Frozen<Signature>,
    pub(super) roles: Map<(u32, Signature)>,
    pub(super) groups: Map<u32>,
    pub(super) graph: Graph,
    pub(super) sets: Sets,
    /// The policies of whoever asks; none where the set has no such policies and does not know everyone.
    pub(super) anyone: Option<SetId>,
    /// The boundary that an option lays on every caller.
    pub(super) bound: Option<SetId>,
    pub(super) everyone: Box<[u32]>,
}

/// Groups and roles by number: what is attached to each, and what it is in. An entry is how many are attached, these,
/// then the groups that it is in.
#[derive(Debug)]
pub(super) struct Graph(pub(super) Lists);

impl Graph {
    pub(super) fn get(&self, number: u32) -> Option<(&[u32], &[u32])> {
        let (attached, rest) = self.0.get(number as usize)?.split_first()?;
        rest.split_at_checked(*attached as usize)
    }

    fn of(nodes: impl IntoIterator<Item = (Box<[u32]>, Box<[u32]>)>) -> Graph {
        let mut lists = ListsBuilder::new();
        for (attached, parents) in nodes {
            let head = [word(attached.len())];
            lists.push(head.into_iter().chain(attached).chain(parents));
        }
        Graph(lists.finish())
    }
}

impl Principals {
    pub(super) fn new(model: &Model) -> Principals {
        let nodes = model.groups.iter().map(|g| (deciding(model, &g.attached), numbers(&g.parents)));
        let graph = Graph::of(nodes);
        let mut builder = Builder::new(model, graph);
        let bound = model.boundary.as_ref().map(|ids| builder.bound(ids));
        let anyone = builder.signature(&[], &[], None).policies;
        let signatures: Vec<Signature> = model
            .users
            .iter()
            .map(|user| builder.signature(&user.attached, &user.parents, user.boundary))
            .collect();
        let names = model.users.iter().map(|user| user.name.as_ref());
        let users = Frozen::new(names.zip(signatures.iter().copied()), Signature::NOTHING);
        let (mut roles, mut groups): (Map<(u32, Signature)>, Map<u32>) = Default::default();
        for (number, group) in (0u32..).zip(&model.groups) {
            let name: Box<str> = group.name.as_ref().into();
            if group.role {
                let signature = builder.signature(&[], &[GroupId(number)], group.boundary);
                roles.entry(name).or_insert((number, signature));
            } else {
                groups.entry(name).or_insert(number);
            }
        }
        let known = (!model.everyone.is_empty()).then_some(anyone);
        let Builder { graph, sets, everyone, .. } = builder;
        let sets = Sets(sets.finish());
        Principals { users, roles, groups, graph, sets, anyone: known, bound, everyone }
    }

    pub(super) fn measure(&self, memory: &mut Memory) {
        let names = self.users.heap() + self.roles.heap() + self.groups.heap();
        memory.add(Part::Callers, names + self.everyone.heap());
        self.graph.0.measure(Part::Callers, memory);
        self.sets.0.measure(Part::Signatures, memory);
    }

    /// How many users are declared.
    pub(crate) fn users(&self) -> usize {
        self.users.len()
    }

    /// A declared user's signature.
    #[inline]
    pub(crate) fn user(&self, name: &str) -> Option<Signature> {
        self.users.get(name)
    }

    /// Every declared user and role as a principal of a request, ascending by that text.
    pub(crate) fn declared(&self) -> Vec<(String, Signature)> {
        let users =
            self.users.sorted().into_iter().map(|(name, signature)| (format!("user:{name}"), signature));
        let roles = self.roles.iter().map(|(name, (_, signature))| (format!("role:{name}"), *signature));
        let mut all: Vec<(String, Signature)> = users.chain(roles).collect();
        all.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        all
    }

    /// A declared role as the caller.
    pub(crate) fn role(&self, name: &str) -> Option<Signature> {
        self.roles.get(name).map(|(_, signature)| *signature)
    }

    /// Number of a role that a request brings.
    pub(crate) fn role_number(&self, name: &str) -> Option<u32> {
        self.roles.get(name).map(|(number, _)| *number)
    }

    /// Number of a group that a request brings.
    pub(crate) fn group_number(&self, name: &str) -> Option<u32> {
        self.groups.get(name).copied()
    }

    /// Names of groups or of roles, for nearest spellings.
    pub(crate) fn group_names(&self, roles: bool) -> Vec<&str> {
        let mut names: Vec<&str> = if roles {
            self.roles.keys().map(AsRef::as_ref).collect()
        } else {
            self.groups.keys().map(AsRef::as_ref).collect()
        };
        names.sort_unstable();
        names
    }

    /// Who is not declared: known only where every caller has policies.
    pub(crate) fn anyone(&self) -> Option<Signature> {
        self.anyone.map(|policies| Signature { policies, boundary: self.bound })
    }

    /// What bounds a caller that a request adds policies to: its own boundary, or that of every caller.
    pub(crate) fn boundary_of(&self, own: Option<Signature>) -> Option<SetId> {
        own.map_or(self.bound, |signature| signature.boundary)
    }

    /// The policies of a caller together with groups and policies that a request brings: ascending, each once.
    pub(crate) fn with_claims(&self, own: Option<Signature>, groups: &[u32], policies: &[u32]) -> Vec<u32> {
        self.together(own.map(|signature| signature.policies), groups, policies)
    }

    pub(super) fn set(&self, id: SetId) -> Option<PolicySet<'_>> {
        self.sets.get(id)
    }

    pub(super) fn sets(&self) -> usize {
        self.sets.0.len()
    }

    /// The policies of a set together with what a request brings: ascending, each once.
    pub(super) fn together(&self, own: Option<SetId>, groups: &[u32], policies: &[u32]) -> Vec<u32> {
        let mut all = policies.to_vec();
        match own.and_then(|id| self.set(id)) {
            Some(PolicySet::Ready(ready)) => all.extend_from_slice(ready),
            Some(PolicySet::Lazy { policies, groups }) => {
                all.extend_from_slice(policies);
                reach(&self.graph, groups, &mut all);
            }
            None => {}
        }
        reach(&self.graph, groups, &mut all);
        all.extend_from_slice(&self.everyone);
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Numbers of the policies that decide: trust and resource policies do not.
fn deciding(model: &Model, ids: &[PolicyId]) -> Box<[u32]> {
    let decides = |id: &&PolicyId| {
        model.policies.get(id.0 as usize).is_some_and(|policy| policy.kind == PolicyKind::Identity)
    };
    let mut numbers: Vec<u32> = ids.iter().filter(decides).map(|id| id.0).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into()
}

fn numbers(ids: &[GroupId]) -> Box<[u32]> {
    let mut numbers: Vec<u32> = ids.iter().map(|id| id.0).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into()
}

/// Adds the policies of groups and of all they are in; says how many entries were read.
fn reach(graph: &Graph, groups: &[u32], policies: &mut Vec<u32>) -> usize {
    let mut seen: HashSet<u32> = groups.iter().copied().collect();
    let mut open: Vec<u32> = seen.iter().copied().collect();
    let mut read = 0;
    while let Some((attached, parents)) = open.pop().and_then(|number| graph.get(number)) {
        policies.extend_from_slice(attached);
        open.extend(parents.iter().copied().filter(|parent| seen.insert(*parent)));
        read += 1 + attached.len() + parents.len();
    }
    read
}

/// Direct policies and direct groups: what principals of one set have in common as written.
type Direct = (Box<[u32]>, Box<[u32]>);

/// Numbers sets of policies, equal ones once.
struct Builder<'m> {
    model: &'m Model,
    graph: Graph,
    everyone: Box<[u32]>,
    sets: ListsBuilder,
    by_direct: HashMap<Direct, SetId, foldhash::fast::RandomState>,
    by_policies: HashMap<Box<[u32]>, SetId, foldhash::fast::RandomState>,
    /// Entries that may still be written out.
    left: usize,
}

impl<'m> Builder<'m> {
    fn new(model: &'m Model, graph: Graph) -> Self {
        Builder {
            model,
            graph,
            everyone: deciding(model, &model.everyone),
            sets: ListsBuilder::new(),
            by_direct: HashMap::default(),
            by_policies: HashMap::default(),
            left: limits::SIGNATURE_ENTRIES,
        }
    }

    fn signature(&mut self, attached: &[PolicyId], parents: &[GroupId], own: Option<PolicyId>) -> Signature {
        let direct = (deciding(self.model, attached), numbers(parents));
        let policies = match self.by_direct.get(&direct) {
            Some(known) => *known,
            None => {
                let id = self.set(&direct);
                self.by_direct.insert(direct, id);
                id
            }
        };
        let of_all = self.model.boundary.as_deref();
        let boundary = match (own, of_all) {
            (None, None) => None,
            (own, of_all) => {
                let ids: Vec<PolicyId> = of_all.unwrap_or(&[]).iter().copied().chain(own).collect();
                Some(self.bound(&ids))
            }
        };
        Signature { policies, boundary }
    }

    fn set(&mut self, direct: &Direct) -> SetId {
        let (policies, groups) = direct;
        if self.left == 0 {
            let head = [word(policies.len() + 1)];
            return self.sets.push(head.iter().chain(policies).chain(groups).copied());
        }
        let mut all = policies.to_vec();
        let read = reach(&self.graph, groups, &mut all);
        self.left = self.left.saturating_sub(read + policies.len());
        all.extend_from_slice(&self.everyone);
        all.sort_unstable();
        all.dedup();
        self.ready(all.into())
    }

    /// The set of a boundary: all its documents together.
    fn bound(&mut self, ids: &[PolicyId]) -> SetId {
        let policies = deciding(self.model, ids);
        self.ready(policies)
    }

    fn ready(&mut self, policies: Box<[u32]>) -> SetId {
        if let Some(known) = self.by_policies.get(&policies) {
            return *known;
        }
        let id = self.sets.push([0].iter().chain(&policies).copied());
        self.by_policies.insert(policies, id);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Gate;

    fn lazy(sets: &Sets) -> Vec<bool> {
        let numbers = 0..word(sets.0.len());
        numbers.map(|id| matches!(sets.get(id).unwrap(), PolicySet::Lazy { .. })).collect()
    }

    /// `before` entries are spent, then the sets of two users are asked for, who are in one group of one policy each.
    fn check(before: usize, expected: [bool; 2]) {
        let text = "policy a { allow * } policy b { allow * } \
                    group g { attach a } group h { attach b } user 1 { in g } user 2 { in h }";
        let gate = Gate::compile(text).unwrap();
        let model = gate.model();
        let node = |policy| ([policy].into(), [].into());
        let mut builder = Builder::new(model, Graph::of([node(0), node(1)]));
        assert_eq!(builder.left, limits::SIGNATURE_ENTRIES);
        builder.left -= before;
        for user in &model.users {
            builder.signature(&user.attached, &user.parents, user.boundary);
        }
        assert_eq!(lazy(&Sets(builder.sets.finish())), expected, "after {before} entries");
    }

    #[test]
    fn signatures_are_written_out_until_the_entries_are_spent() {
        // A group and its policy are two entries.
        let most = limits::SIGNATURE_ENTRIES;
        check(most - 3, [false, false]);
        check(most - 2, [false, true]);
        check(most, [true, true]);
    }
}
