//! What a request may bring, and the policies that it may name.

use crate::model::{Claims, Model, PolicyId};

/// The policies of a set by name, and which of them a request or a principal `policy:NAME` may name.
#[derive(Debug)]
pub(crate) struct Claimable {
    pub(crate) claims: Claims,
    /// By number, so by name; whether each may be named.
    pub(super) policies: Box<[(Box<str>, bool)]>,
}

impl Claimable {
    pub(super) fn new(model: &Model) -> Self {
        let named = (0u32..).zip(&model.policies).map(|(number, policy)| {
            let claimable = model.claimable(&policy.name) == Some(PolicyId(number));
            (policy.name.as_ref().into(), claimable)
        });
        Claimable { claims: model.settings.claims, policies: named.collect() }
    }

    /// How many policies there are.
    pub(crate) fn len(&self) -> usize {
        self.policies.len()
    }

    /// Number of the policy that a request may name.
    pub(crate) fn policy(&self, name: &str) -> Option<u32> {
        let at = self.policies.binary_search_by(|(known, _)| known.as_ref().cmp(name)).ok()?;
        let (_, claimable) = self.policies.get(at)?;
        if *claimable { u32::try_from(at).ok() } else { None }
    }

    /// Names of the policies that a request may name.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.policies.iter().filter(|(_, claimable)| *claimable).map(|(name, _)| name.as_ref())
    }
}
