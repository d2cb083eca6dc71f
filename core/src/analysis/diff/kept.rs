//! What both sides write alike: of callers who have nothing else, nothing needs to be worked out.
//!
//! Only texts are compared here; what is written otherwise may still say the same ([`super::meaning`]). On different ground
//! equal texts can say different things, so that nothing is kept there.

use super::sides::Has;
use crate::analysis::alike::said;
use crate::model::{
    ActionKind, ActionTerm, Condition, Model, Policy, PolicyId, ResourcePattern, Statement, Test,
};
use std::collections::HashMap;

/// Policies that both sides write alike.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// For each policy of the old side, the one of its name on the new side; none where they differ.
    new: Vec<Option<PolicyId>>,
}

impl Kept {
    /// Compares the policies of two sets that stand on the same ground.
    pub(super) fn new([old, new]: [&Model; 2]) -> Kept {
        let numbered =
            new.policies.iter().zip(0..).map(|(policy, id)| (policy.name.as_ref(), (PolicyId(id), policy)));
        let by_name: HashMap<&str, (PolicyId, &Policy)> = numbered.collect();
        let same = |policy: &Policy| {
            let (id, other) = by_name.get(policy.name.as_ref())?;
            is_same(policy, other).then_some(*id)
        };
        Kept { new: old.policies.iter().map(same).collect() }
    }

    /// Whether a caller has the same on both sides, as far as texts tell.
    pub(super) fn is_kept(&self, [old, new]: [&Has; 2]) -> bool {
        let bounds = match (&old.boundary, &new.boundary) {
            (None, None) => true,
            (Some(old), Some(new)) => self.are_kept(old, new),
            _ => false,
        };
        bounds && self.are_kept(&old.attached, &new.attached)
    }

    /// Lists of policies, each once.
    fn are_kept(&self, old: &[PolicyId], new: &[PolicyId]) -> bool {
        if old.len() != new.len() {
            return false;
        }
        let found = |id: &PolicyId| self.new.get(id.0 as usize).copied().flatten();
        let Some(mut same) = old.iter().map(found).collect::<Option<Vec<PolicyId>>>() else { return false };
        same.sort_unstable();
        let mut new = new.to_vec();
        new.sort_unstable();
        same == new
    }
}

fn is_same(one: &Policy, other: &Policy) -> bool {
    one.kind == other.kind && each_is(&one.statements, &other.statements, statements_are_same)
}

fn each_is<T>(one: &[T], other: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
}

fn statements_are_same(one: &Statement, other: &Statement) -> bool {
    let texts = |one: &ResourcePattern, other: &ResourcePattern| one.text == other.text;
    one.effect == other.effect
        && each_is(&one.actions, &other.actions, terms_are_same)
        && each_is(&one.resources, &other.resources, texts)
        && each_is(&one.conditions, &other.conditions, conditions_are_same)
}

/// Of the same catalogs, so that numbers of actions mean the same.
fn terms_are_same(one: &ActionTerm, other: &ActionTerm) -> bool {
    match (&one.kind, &other.kind) {
        (ActionKind::All { .. }, ActionKind::All { .. }) => true,
        (
            ActionKind::Pattern { service, pattern, .. },
            ActionKind::Pattern { service: of, pattern: with, .. },
        ) => service == of && pattern == with,
        (ActionKind::Permid(one), ActionKind::Permid(other)) => one == other,
        (ActionKind::Names(one), ActionKind::Names(other)) => one == other,
        _ => false,
    }
}

fn conditions_are_same(one: &Condition, other: &Condition) -> bool {
    if let (Test::Ip { negated, prefixes, .. }, Test::Ip { negated: not, prefixes: all, .. }) =
        (&one.test, &other.test)
    {
        let words = |of: &Condition| (of.qualifier, of.if_exist);
        return words(one) == words(other) && one.key == other.key && negated == not && prefixes == all;
    }
    said(one) == said(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Gate;

    fn kept(old: &str, new: &str) -> bool {
        let gates = [old, new].map(|text| {
            let text = format!("use intlpartnersmgt set opaque = \"cvm\" policy p {{ {text} }}");
            Gate::compile(text.as_str()).unwrap_or_else(|e| panic!("{text}\n{e:?}"))
        });
        let [old, new] = &gates;
        let has = Has { attached: vec![PolicyId(0)], boundary: None };
        Kept::new([old.model(), new.model()]).is_kept([&has, &has])
    }

    #[test]
    fn everything_that_decides_is_compared() {
        let same = [
            "allow PayOrders from 10.0.0.0/8 deny write",
            "allow cvm:A*, cvm:B on \"qcs::cvm:::x\" when cos:k is \"a\" and cos:n < 5",
            "deny * not from 10.0.0.0/8 since 2026-01-01T00:00:00Z",
        ];
        assert!(same.iter().all(|text| kept(text, text)));
        assert!(kept("@id(\"one\")\nallow PayOrders", "allow   PayOrders"));
        let base = "allow PayOrders from 10.0.0.0/8";
        for other in [
            "deny PayOrders from 10.0.0.0/8",
            "allow QueryUser from 10.0.0.0/8",
            "allow PayOrders from 10.0.0.0/9",
            "allow PayOrders not from 10.0.0.0/8",
            "allow PayOrders unless from 10.0.0.0/8",
            "allow PayOrders",
            "allow PayOrders from 10.0.0.0/8 until 2026-01-01T00:00:00Z",
            "allow PayOrders from 10.0.0.0/8 allow list",
        ] {
            assert!(!kept(base, other), "{other}");
            assert!(!kept(other, base), "{other}");
        }
        assert!(!kept("allow cvm:A on \"qcs::cvm:::x\"", "allow cvm:A on \"qcs::cvm:::y\""));
        assert!(!kept("allow cvm:A when cos:k is \"a\"", "allow cvm:A when cos:k is \"b\""));
        assert!(!kept("allow cvm:A when cos:k is \"a\"", "allow cvm:A when cos:j is \"a\""));
        assert!(!kept("allow write", "allow read") && !kept("allow cvm:A", "allow cvm:A, cvm:B"));
    }
}
