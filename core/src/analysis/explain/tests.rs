//! Small sets: sentences, clauses, what is nearest, depths, limits, compiled files.

use super::{Depth, Explanation, Part, change, explain, sentence, to_json};
use crate::Gate;
use crate::check::{ContextValue, Request};
use passgate_grammar::limits::{EXPLAIN_PROPOSALS, EXPLAIN_SPACES};

const HEAD: &str = "use intlpartnersmgt set opaque = \"cvm\" set owner.uin = \"1\" ";

fn asked(set: &str, request: &Request, depth: Depth) -> Explanation {
    explain(&Gate::compile(format!("{HEAD}{set}")).unwrap(), request, depth).unwrap()
}

fn pay() -> Request {
    Request::new("user:1", "PayOrders")
}

/// The proposals of the nearest calls in words.
#[track_caller]
fn check(set: &str, request: &Request, expected: &[&str]) {
    let found = asked(set, request, Depth::Normal);
    let nearest = found.nearest.unwrap();
    assert!(nearest.is_exact(), "{nearest:?}");
    let told =
        nearest.proposals.iter().map(|one| one.changes.iter().map(change).collect::<Vec<_>>().join(" and "));
    assert_eq!(told.collect::<Vec<_>>(), expected, "{set}");
}

#[test]
fn the_nearest_address_shares_the_longest_prefix() {
    let set = "policy p { allow PayOrders from 10.0.0.0/8, 203.0.113.128/25, 203.0.120.0/24, 2001:db8::/32 } user 1 { attach p }";
    check(set, &pay().ip("203.0.113.5"), &["from 203.0.113.128 (any address of 203.0.113.128/25)"]);
    check(set, &pay().ip("203.0.114.0"), &["from 203.0.113.255 (any address of 203.0.113.128/25)"]);
    check(set, &pay().ip("203.0.125.0"), &["from 203.0.120.255 (any address of 203.0.120.0/24)"]);
    check(set, &pay().ip("2001:db7::1"), &["from 2001:db8:: (any address of 2001:db8::/32)"]);
    check(set, &pay(), &["from 10.0.0.0 (any address of 10.0.0.0/8)"]);
    let denied = "policy p { allow PayOrders deny PayOrders unless from 203.0.113.9 } user 1 { attach p }";
    check(denied, &pay(), &["from 203.0.113.9"]);
    let without = "policy p { allow PayOrders when qcs:ip is absent } user 1 { attach p }";
    check(without, &pay().ip("203.0.113.9"), &["without an address"]);
}

#[test]
fn the_nearest_moment() {
    let set = "policy p { allow PayOrders since 2026-01-01T00:00:00Z until 2027-01-01T00:00:00Z } user 1 { attach p }";
    let until = "at 2026-01-01T00:00:00Z (until 2027-01-01T00:00:00Z)";
    check(set, &pay().at("2025-06-01T00:00:00Z"), &[until]);
    check(set, &pay(), &[until]);
    let since = "at 2026-12-31T23:59:59.999999999Z (since 2026-01-01T00:00:00Z)";
    check(set, &pay().at("2030-06-01T00:00:00Z"), &[since]);
    let past = "policy p { allow PayOrders until 2026-01-01T00:00:00Z } user 1 { attach p }";
    check(past, &pay(), &["at 2025-12-31T23:59:59Z (until 2026-01-01T00:00:00Z)"]);
}

#[test]
fn keys_memberships_and_several_changes() {
    let set = "policy p { allow PayOrders when mfa is true } user 1 { attach p }";
    check(set, &pay(), &["with mfa true"]);
    let both = "policy p { allow PayOrders from 10.0.0.0/8 when mfa is true } user 1 { attach p }";
    check(
        both,
        &pay().ip("11.0.0.0"),
        &["from 10.255.255.255 (any address of 10.0.0.0/8) and with mfa true"],
    );
    let tags =
        "policy p { allow cvm:Run when qcs:resource_tag is \"a&b\" and cvm:n > 4 } user 1 { attach p }";
    let run = Request::new("user:1", "cvm:Run").with("cvm:n", ContextValue::Number("3".into()));
    check(tags, &run, &["with cvm:n 10 and with qcs:resource_tag \"a&b\""]);
    let group = "policy p { allow PayOrders } group g { attach p } user 1 {}";
    check(group, &pay(), &["as a member of group:g"]);
    let grouped = "policy p { allow PayOrders deny ForceQN } policy q { allow PayOrders } group g { attach p, q } user 1 {}";
    check(grouped, &pay(), &["with policy p attached", "with policy q attached", "as a member of group:g"]);
    let bounded = "policy p { allow PayOrders } policy q { allow ForceQN } user 1 { attach p within q }";
    check(bounded, &pay(), &[]);
    let variable = "policy p { allow cvm:Run when cvm:a is \"x/${uin}\" } user 1 { attach p }";
    check(variable, &Request::new("user:1", "cvm:Run"), &["with cvm:a \"x/1\""]);
    let several = "policy p { allow cvm:Run on \"qcs::cvm:::a\" when cvm:k is \"1\" allow cvm:Run on \"qcs::cvm:::b\" } \
        user 1 { attach p }";
    let two = Request::new("user:1", "cvm:Run").resource("qcs::cvm:::a").resource("qcs::cvm:::b");
    check(several, &two, &["with cvm:k \"1\""]);
}

#[test]
fn an_address_read_as_a_text_is_not_certain() {
    let set = "policy p { allow cvm:A allow cvm:A on \"qcs::cvm:::instance/*\" deny cvm:A when qcs:ip like \"1*\" } user 1 { attach p }";
    let one = Request::new("user:1", "cvm:A").resource("*");
    for request in [one.clone().resource("qcs::cvm:::instance/a"), one] {
        assert!(asked(set, &request.clone().ip("203.0.113.7"), Depth::Normal).allowed());
        let nearest = asked(set, &request.ip("198.51.100.7"), Depth::Normal).nearest.unwrap();
        assert!(!nearest.proposals.is_empty() || !nearest.is_exact(), "{nearest:?}");
    }
}

#[test]
fn root_has_no_nearer_call_and_errors_have_none() {
    let root = Request::new("root", "cvm:Run").resource("qcs::cvm::uin/2:x");
    check("policy p { allow * }", &root, &[]);
    let wrong = asked("policy p { allow * }", &Request::new("user:1", "PayOrder"), Depth::All);
    let said = "whether user:1 may perform PayOrder is not decided: no catalog has an action `PayOrder`; did you mean `PayOrders`?";
    assert_eq!((sentence(&wrong).as_str(), wrong.nearest.is_none(), wrong.statements.len()), (said, true, 0));
    // A value that no operator reads is an error whose clauses are told.
    let set = "policy p { allow PayOrders when mfa is true } user 1 { attach p }";
    let odd = asked(set, &pay().with("mfa", ContextValue::Text("yes".into())), Depth::Normal);
    let clause = odd.statements.first().and_then(|one| one.clauses.last()).unwrap();
    assert!(odd.outcome.is_err() && clause.holds.is_none());
    assert_eq!(clause.because.as_deref(), Some("its operator cannot read the value"));
}

#[test]
fn depths() {
    let set = "policy p { allow PayOrders allow ForceQN deny PayOrders from 10.0.0.0/8 } policy q { allow PayOrders } \
        policy r { allow PayOrders } group g { attach p } user 1 { in g within r } user 2 { attach q }";
    let ids = |depth| {
        let found = asked(set, &pay().ip("10.0.0.1"), depth);
        let each = found.statements.iter().map(|one| (one.part, one.place.id.to_string(), one.decided));
        each.collect::<Vec<_>>()
    };
    let (attached, boundary) = (Part::Attached, Part::Boundary);
    let one = |part, id: &str, decided| (part, id.to_owned(), decided);
    assert_eq!(ids(Depth::Brief), [one(attached, "p#3", true)]);
    let normal = [one(attached, "p#1", false), one(attached, "p#3", true), one(boundary, "r#1", false)];
    assert_eq!(ids(Depth::Normal), normal);
    let all = [
        one(attached, "p#1", false),
        one(attached, "p#2", false),
        one(attached, "p#3", true),
        one(boundary, "r#1", false),
        one(Part::Elsewhere, "q#1", false),
    ];
    assert_eq!(ids(Depth::All), all);
    let found = asked(set, &pay(), Depth::Normal);
    assert_eq!(found.statements.first().unwrap().through, ["group:g"]);
}

#[test]
fn what_is_withheld_and_what_is_missing() {
    let set = "policy p { allow QueryUser from 10.0.0.0/8 allow PayOrders when qcs:resource_tag is \"a&b\" } user 1 { attach p }";
    let given = |action: &str| {
        let request = Request::new("user:1", action).ip("10.0.0.1");
        let found = asked(set, &request, Depth::Normal);
        let clause = found.statements.first().unwrap().clauses.last().unwrap().clone();
        (clause.given.as_str(), clause.because.unwrap())
    };
    assert_eq!(given("QueryUser"), ("withheld", "the action is never handed `qcs:ip`".to_owned()));
    assert_eq!(given("PayOrders").0, "withheld");
}

#[test]
fn compiled_files_are_explained_alike_with_and_without_their_texts() {
    let set =
        "policy p { allow PayOrders from 10.0.0.0/8 when mfa is true } group g { attach p } user 1 { in g }";
    let gate = Gate::compile(format!("{HEAD}{set}")).unwrap();
    let expected = to_json(&explain(&gate, &pay().ip("11.0.0.1"), Depth::All).unwrap());
    for embed_source in [false, true] {
        let loaded = Gate::from_bytes(&gate.to_bytes_with(embed_source).unwrap()).unwrap();
        let found = to_json(&explain(&loaded, &pay().ip("11.0.0.1"), Depth::All).unwrap());
        assert_eq!(found, expected, "{embed_source}");
    }
}

#[test]
fn only_so_many_are_proposed() {
    let set = |count: usize| {
        let all = (0..count).map(|n| {
            format!("policy p{n} {{ allow PayOrders when cvm:k is \"{n}\" }} group g{n} {{ attach p{n} }} ")
        });
        let one =
            (0..count).map(|n| format!("policy q{n} {{ allow PayOrders allow ForceQN from 10.0.0.{n} }} "));
        format!("{}{} user 1 {{}}", all.collect::<String>(), one.collect::<String>())
    };
    let shown = |count| asked(&set(count), &pay(), Depth::Brief).nearest.unwrap().proposals.len();
    assert_eq!(shown(EXPLAIN_PROPOSALS), EXPLAIN_PROPOSALS);
    assert_eq!(shown(EXPLAIN_PROPOSALS + 1), EXPLAIN_PROPOSALS);
}

#[test]
fn only_so_many_choices_are_looked_at() {
    // Each policy would need its key, and the key of the caller's own deny changed: a choice each of one key, two steps
    // each of both.
    let set = |count: usize| {
        let all = (0..count).map(|n| format!("policy p{n} {{ allow cvm:Run when cvm:k{n} is \"1\" }} "));
        let own = "policy own { deny cvm:Run when cvm:z is \"1\" } user 1 { attach own }";
        format!("{}{own}", all.collect::<String>())
    };
    let run = Request::new("user:1", "cvm:Run").with("cvm:z", ContextValue::Text("1".into()));
    let exact = |count| asked(&set(count), &run, Depth::Brief).nearest.unwrap().is_exact();
    let most = EXPLAIN_SPACES - 2 * EXPLAIN_PROPOSALS;
    assert!(exact(most) && !exact(most + 1));
}
