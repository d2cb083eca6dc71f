//! Small sets: what changes when.

use super::forecast;
use crate::Gate;
use crate::model::Instant;

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

#[track_caller]
fn check(set: &str, principal: Option<&str>, expected: &[(&str, &str, &str, &str)]) {
    let gate = Gate::compile(format!("use intlpartnersmgt set opaque = \"cvm\" {set}")).unwrap();
    let found = forecast(&gate, at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"), principal).unwrap();
    assert!(found.is_exact(), "{found:?}");
    let all =
        found.moments.iter().flat_map(|moment| moment.changes.iter().map(move |change| (moment.at, change)));
    let short = |names: &[String]| {
        names.iter().map(|n| n.replace("intlpartnersmgt:", "")).collect::<Vec<_>>().join(" ")
    };
    let told: Vec<_> = all
        .map(|(at, one)| (at.to_string(), one.principals.join(" "), short(&one.gains), short(&one.loses)))
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(a, b, c, d)| (a.to_string(), b.to_string(), c.to_string(), d.to_string()))
        .collect();
    assert_eq!(told, expected, "{set}");
}

#[test]
fn windows_open_and_close() {
    let set = "policy p { allow PayOrders since 2026-03-01T00:00:00Z until 2026-06-01T00:00:00Z } user 1 { attach p } user 2 { attach p }";
    let both = [
        ("2026-03-01T00:00:00Z", "user:1 user:2", "PayOrders", ""),
        ("2026-06-01T00:00:00Z", "user:1 user:2", "", "PayOrders"),
    ];
    check(set, None, &both);
    check(set, Some("user:2"), &both.map(|(at, _, gains, loses)| (at, "user:2", gains, loses)));
    check(set, Some("root"), &[]);
    check(set, Some("user:9"), &[]);
}

#[test]
fn what_another_statement_grants_does_not_change() {
    let set = "policy p { allow PayOrders until 2026-06-01T00:00:00Z allow Pay* } user 1 { attach p }";
    check(set, None, &[]);
    let part = "policy p { allow PayOrders until 2026-06-01T00:00:00Z allow PayOrders from 10.0.0.0/8 } user 1 { attach p }";
    check(part, None, &[("2026-06-01T00:00:00Z", "user:1", "", "PayOrders")]);
    let handed = "policy p { allow PayOrders from 10.0.0.0/8 until 2026-06-01T00:00:00Z \
        allow PayOrders from 11.0.0.0/8 since 2026-06-01T00:00:00Z } user 1 { attach p }";
    check(handed, None, &[("2026-06-01T00:00:00Z", "user:1", "PayOrders", "PayOrders")]);
}

#[test]
fn ends_that_count_change_just_after_them_and_single_instants_twice() {
    let set =
        "policy p { allow PayOrders when any qcs:current_time <= 2026-06-01T00:00:00Z } user 1 { attach p }";
    check(set, None, &[("2026-06-01T00:00:00.000000001Z", "user:1", "", "PayOrders")]);
    let once =
        "policy p { allow PayOrders when qcs:current_time is 2026-06-01T00:00:00Z } user 1 { attach p }";
    let twice = [
        ("2026-06-01T00:00:00Z", "user:1", "PayOrders", ""),
        ("2026-06-01T00:00:00.000000001Z", "user:1", "", "PayOrders"),
    ];
    check(once, None, &twice);
}

#[test]
fn denies_and_boundaries() {
    let deny = "policy p { allow PayOrders deny PayOrders until 2026-06-01T00:00:00Z } user 1 { attach p }";
    check(deny, None, &[("2026-06-01T00:00:00Z", "user:1", "PayOrders", "")]);
    let bound = "policy p { allow PayOrders, ForceQN } policy q { allow PayOrders until 2026-06-01T00:00:00Z } user 1 { attach p within q }";
    check(bound, None, &[("2026-06-01T00:00:00Z", "user:1", "", "PayOrders")]);
}

#[test]
fn a_time_read_as_text_is_said() {
    let set = "policy p { allow PayOrders when qcs:current_time like \"2026-0*\" } user 1 { attach p }";
    let gate = Gate::compile(format!("use intlpartnersmgt {set}")).unwrap();
    let found = forecast(&gate, at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"), None).unwrap();
    assert_eq!(found.doubts, ["`like` reads the text of `qcs:current_time`"]);
    let back = forecast(&gate, at("2027-01-01T00:00:00Z"), at("2026-01-01T00:00:00Z"), None).unwrap_err();
    assert_eq!((back.code().as_str(), back.key()), ("bad-time", Some("until")));
}
