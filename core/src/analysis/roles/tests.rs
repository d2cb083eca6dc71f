//! Small sets: who is alike, and how much is shared.

use super::{LEAST, roles};
use crate::Gate;
use passgate_grammar::limits::ROLES_COMPARED;

fn gate(set: &str) -> Gate {
    Gate::compile(format!("use intlpartnersmgt {set}")).unwrap()
}

#[test]
fn equal_rights_by_the_same_policies_and_by_others() {
    let set = "policy p { allow PayOrders from 10.0.0.0/8 } policy q { allow PayOrders from 10.0.0.0/9, 10.128.0.0/9 } \
        user 1 { attach p } user 2 { attach q } user 3 { attach p } user 4 {} role ops { attach p }";
    let found = roles(&gate(set), LEAST).unwrap();
    let [equal] = found.equal.as_slice() else { panic!("{found:?}") };
    assert_eq!(equal.principals, ["user:1", "user:3", "user:2", "role:ops"]);
    assert_eq!((equal.actions, equal.rights, equal.same_policies, found.without), (1, 1, false, 1));
    let same = "policy p { allow PayOrders } user 1 { attach p } user 2 { attach p }";
    assert!(roles(&gate(same), LEAST).unwrap().equal[0].same_policies);
}

#[test]
fn shares_are_counted_in_actions_and_stretches() {
    // 10.0.0.0/9 and 10.128.0.0/9 are two stretches: one has both for two actions, the other one and a half.
    let set = "policy p { allow PayOrders, AllocateCreditPool from 10.0.0.0/8 } \
        policy q { allow PayOrders from 10.0.0.0/8 allow AllocateCreditPool from 10.0.0.0/9 } \
        user 1 { attach p } user 2 { attach q }";
    let found = roles(&gate(set), 75).unwrap();
    let [near] = found.near.as_slice() else { panic!("{found:?}") };
    assert_eq!((near.shared, near.all, near.share()), (3, 4, 75));
    assert_eq!(near.members[0].beyond, ["intlpartnersmgt:AllocateCreditPool"]);
    assert!(near.members[1].beyond.is_empty());
    assert_eq!(roles(&gate(set), 76).unwrap().near, []);
    assert_eq!(roles(&gate(set), 101).unwrap_err().key(), Some("least"));
}

#[test]
fn what_depends_is_another_right_than_what_is_always_allowed() {
    let set = "policy p { allow PayOrders } policy q { allow PayOrders when mfa is true } user 1 { attach p } user 2 { attach q }";
    let found = roles(&gate(set), 1).unwrap();
    assert_eq!((found.equal.len(), found.near.len(), found.single), (0, 0, 2));
}

#[test]
fn up_to_a_limit_all_are_compared() {
    let all_compared = |count: usize| {
        let each = (0..count).map(|n| {
            format!(
                "policy p{n} {{ allow PayOrders from 10.{}.{}.0/24 }} user u{n} {{ attach p{n} }} ",
                n / 256,
                n % 256
            )
        });
        roles(&gate(&each.collect::<String>()), LEAST).unwrap().all_compared
    };
    assert!(all_compared(ROLES_COMPARED));
    assert!(!all_compared(ROLES_COMPARED + 1));
}
