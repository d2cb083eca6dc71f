//! Small sets: who can do both, from where, when, and through what.

use super::{conflicts, read_pair, to_json};
use crate::Gate;

const HEAD: &str = "use intlpartnersmgt set opaque = \"cvm\" ";

#[track_caller]
fn check(set: &str, pair: &str, expected: &[(&str, &str, bool)]) {
    let gate = Gate::compile(format!("{HEAD}{set}")).unwrap();
    let found = conflicts(&gate, &[read_pair(pair).unwrap()]).unwrap();
    assert!(found.is_exact(), "{found:?}");
    let texts =
        |one: &super::Conflict| one.from.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let told: Vec<(String, String, bool)> =
        found.conflicts.iter().map(|one| (one.principals.join(" "), texts(one), one.without)).collect();
    let expected: Vec<_> =
        expected.iter().map(|(who, from, no)| (who.to_string(), from.to_string(), *no)).collect();
    assert_eq!(told, expected, "{set}");
}

#[test]
fn both_from_one_address_at_one_time() {
    let set = "policy a { allow PayOrders from 10.0.0.0/8 } policy b { allow AllocateCreditPool from 10.1.0.0/16, 11.0.0.0/8 } \
        group g { attach a } user 1 { in g attach b } user 2 { attach a } user 3 { attach b }";
    check(set, "PayOrders,AllocateCreditPool", &[("user:1", "10.1.0.0/16", false)]);
    let apart = "policy a { allow PayOrders from 10.0.0.0/8 allow AllocateCreditPool from 11.0.0.0/8 } user 1 { attach a }";
    check(apart, "PayOrders,AllocateCreditPool", &[]);
    let shifts = "policy a { allow PayOrders until 2026-01-01T00:00:00Z allow AllocateCreditPool since 2026-01-01T00:00:00Z } \
        user 1 { attach a }";
    check(shifts, "PayOrders,AllocateCreditPool", &[]);
    let denied =
        "policy a { allow PayOrders, AllocateCreditPool deny PayOrders from 10.0.0.0/8 } user 1 { attach a }";
    check(
        denied,
        "PayOrders,AllocateCreditPool",
        &[(
            "user:1",
            "0.0.0.0/5 8.0.0.0/7 11.0.0.0/8 12.0.0.0/6 16.0.0.0/4 32.0.0.0/3 64.0.0.0/2 128.0.0.0/1 ::/0",
            true,
        )],
    );
    let bounded = "policy a { allow PayOrders, AllocateCreditPool } policy b { allow PayOrders } user 1 { attach a within b }";
    check(bounded, "PayOrders,AllocateCreditPool", &[]);
}

#[test]
fn patterns_pair_no_action_with_itself() {
    let set = "policy a { allow PayOrders } user 1 { attach a }";
    check(set, "Pay*,PayOrders", &[]);
    check(set, "*,*", &[]);
    let run = "policy a { allow cvm:Run, PayOrders } user 1 { attach a }";
    check(run, "cvm:R*,PayOrders", &[("user:1", "0.0.0.0/0 ::/0", true)]);
    let gate = Gate::compile(format!("{HEAD}{set}")).unwrap();
    for pair in ["Nothing*,PayOrders", "PayOrder,PayOrders"] {
        let found = conflicts(&gate, &[read_pair(pair).unwrap()]).unwrap_err();
        assert_eq!(found.code().as_str(), "unknown-action", "{pair}");
    }
    for pair in ["PayOrders", "PayOrders,", "a,b,c"] {
        assert_eq!(read_pair(pair).unwrap_err().code().as_str(), "bad-request");
    }
    assert_eq!(conflicts(&gate, &[]).unwrap_err().key(), Some("pair"));
}

#[test]
fn the_way_of_each_allow() {
    let set = "policy a { allow PayOrders } policy b { allow AllocateCreditPool deny ForceQN } policy c { allow AllocateCreditPool } \
        group staff { attach a } group desk { in staff } user 1 { in desk attach b }";
    let gate = Gate::compile(format!("{HEAD}{set}")).unwrap();
    let found = conflicts(&gate, &[["PayOrders".into(), "AllocateCreditPool".into()]]).unwrap();
    let [one] = found.conflicts.as_slice() else { panic!("{found:?}") };
    let ways = one
        .through
        .each_ref()
        .map(|side| side.iter().map(|t| (t.id.to_string(), t.through.clone())).collect::<Vec<_>>());
    let groups = vec!["group:desk".to_owned(), "group:staff".to_owned()];
    assert_eq!(ways, [vec![("a#1".to_owned(), groups)], vec![("b#1".to_owned(), vec![])]]);
    assert!(
        to_json(&found).contains(
            "\"first_through\":[{\"policy\":\"a\",\"id\":\"a#1\",\"file\":\"policies\",\"line\":1,"
        ) || to_json(&found).contains("\"first_through\":[{\"policy\":\"a\"")
    );
}

#[test]
fn numbers_tell_callers_apart() {
    let set = "policy a { allow cvm:Run when cvm:k is \"${uin}1\" allow PayOrders when qcs:uin is \"7\" } user 7 { attach a } user 8 { attach a }";
    let gate = Gate::compile(format!("{HEAD}{set}")).unwrap();
    let found = conflicts(&gate, &[["cvm:Run".into(), "PayOrders".into()]]).unwrap();
    // A call may give another account number than the caller's name.
    let all: Vec<&String> = found.conflicts.iter().flat_map(|one| &one.principals).collect();
    assert_eq!(all, ["user:7", "user:8"]);
}
