//! Questions over the calls of one action: what is found, as small as it goes, and what is not.

use super::{Answer, Budget, Caller, Clause, Facts, Reader, Space, Subject, Use};
use crate::Gate;
use crate::catalog::Granularity;
use crate::model::{Model, Statement};

/// Sets `p` and `q` of statements on `cvm:*`, an opaque service: resource level, address and tags handed over.
fn model(p: &str, q: &str, clauses: &str) -> Model {
    let text = format!(
        "set owner.uin = \"5\"\nset opaque = \"cvm\"\n\
         policy p {{ {p} }}\npolicy q {{ {q} }}\npolicy r {{ allow cvm:* {clauses} }}"
    );
    let refused = |e| panic!("{text}\n{e:?}");
    Gate::compile(text.as_str()).unwrap_or_else(refused).model().clone()
}

const RESOURCE: Facts = Facts { granularity: Granularity::Resource, address: true, tags: true };

/// Asks over the sets and the calls that the clauses of a statement (`from`, `when`, `on`) admit.
fn asked([p, q, clauses]: [&str; 3], facts: Facts, ask: impl Fn(&Space, &mut Budget) -> Answer) -> String {
    let model = model(p, q, clauses);
    let statements = |at: usize| model.policies[at].statements.iter().collect::<Vec<&Statement>>();
    let admitted = &model.policies[2].statements[0];
    let mut when: Vec<Clause<'_>> = admitted.conditions.iter().map(Clause::When).collect();
    when.push(Clause::On(&admitted.resources));
    let subject = Subject {
        service: "cvm",
        facts,
        sets: &[statements(0), statements(1)],
        caller: &Caller::default(),
        clauses: &when,
    };
    let mut budget = Budget::new(1_000_000);
    let space = Space::new(&subject, &mut Reader::new(&model.settings), &mut budget);
    shown(&ask(&space, &mut budget))
}

fn shown(answer: &Answer) -> String {
    let witness = match answer {
        Answer::Found(witness) => witness,
        Answer::Nothing => return "nothing".to_owned(),
        Answer::Undecided(doubt) => return format!("undecided: {doubt}"),
    };
    let request = witness.request("user:u", "cvm:X");
    let mut parts = vec!["found".to_owned()];
    parts.extend(witness.resource.clone());
    parts.extend(witness.prefix.map(|p| p.to_string()));
    parts.extend(request.at);
    parts.extend(request.context.iter().map(|(key, value)| format!("{key}={value:?}")));
    parts.extend(request.account.uin.map(|n| format!("uin={n}")));
    parts.join(" ")
}

fn allowed(p: &str, expected: &str) {
    let found = asked([p, "", ""], RESOURCE, |space, budget| space.allowed(0, None, budget));
    assert_eq!(found, expected, "{p}");
}

fn refused(p: &str, clauses: &str, expected: &str) {
    let found = asked([p, "", clauses], RESOURCE, |space, budget| space.refused(0, None, budget));
    assert_eq!(found, expected, "{p} | {clauses}");
}

fn uncovered(p: &str, q: &str, expected: &str) {
    let found = asked([p, q, ""], RESOURCE, |space, budget| space.uncovered(0, 1, budget));
    assert_eq!(found, expected, "{p} | {q}");
}

#[test]
fn the_widest_prefix_is_shown() {
    allowed("allow cvm:*", "found");
    allowed("allow cvm:* from 10.0.0.0/8", "found 10.0.0.0/8");
    allowed("allow cvm:* from 10.0.0.0/8  deny cvm:* from 10.0.0.0/9", "found 10.128.0.0/9");
    allowed("allow cvm:* from 10.0.0.0/30  deny cvm:* from 10.0.0.0/31, 10.0.0.3", "found 10.0.0.2");
    allowed("allow cvm:* from 10.0.0.0/31  deny cvm:* from 10.0.0.0, 10.0.0.1", "nothing");
    refused("allow cvm:* from 0.0.0.0/0, ::/0", "from 0.0.0.0/0, ::/0", "nothing");
    refused("allow cvm:* from 0.0.0.0/0", "from 0.0.0.0/0, ::/0", "found 8000::/1");
    // An IPv4-mapped address is the IPv4 address: nobody comes from that part of IPv6.
    refused("allow cvm:* from 0.0.0.0/0", "from ::fffe:0:0/95", "found ::fffe:0:0/96");
}

#[test]
fn instants_and_the_time_between() {
    allowed("allow cvm:* since 2026-01-01T00:00:00Z", "found 2026-01-01T00:00:00Z");
    let day = "allow cvm:* since 2026-01-01T00:00:00Z until 2026-01-02T00:00:00Z";
    allowed(day, "found 2026-01-01T00:00:00Z");
    allowed("allow cvm:* since 2026-01-02T00:00:00Z until 2026-01-02T00:00:00Z", "nothing");
    refused(day, "since 2026-01-01T00:00:00Z until 2026-01-02T00:00:00Z", "nothing");
    refused(day, "since 2026-01-01T00:00:00Z", "found 2026-01-02T00:00:00Z");
}

#[test]
fn resources_and_the_names_they_cover() {
    allowed(r#"allow cvm:* on "qcs::cvm:gz::i/*""#, "found qcs::cvm:gz::i/");
    let two = r#"allow cvm:* on "qcs::cvm:::i/*"  deny cvm:* on "qcs::cvm:::i/a*", "qcs::cvm::*:i/""#;
    allowed(two, "found qcs::cvm:::i/x");
    allowed(r#"allow cvm:* on "qcs::cvm:::i/*"  deny cvm:* on "qcs::cvm:::*""#, "nothing");
    allowed(r#"allow cvm:* on "qcs::cvm::uin/5:x"  deny cvm:* on "qcs::cvm:::x""#, "nothing");
    refused(r#"allow cvm:* on "qcs::cvm:::*""#, r#"on "qcs::cvm:::i/*""#, "nothing");
    refused(r#"allow cvm:* on "qcs::cvm:gz::*""#, r#"on "qcs::cvm:::i/*""#, "found qcs::cvm:::i/");
    refused(r#"allow cvm:* on "qcs::*:*:*:*""#, "", "found");
}

#[test]
fn keys_absent_and_many_valued() {
    allowed(r#"allow cvm:* when k is "a""#, r#"found k=Text("a")"#);
    allowed(r#"allow cvm:* when k is not "a""#, r#"found k=Text("x")"#);
    allowed(r#"allow cvm:*  deny cvm:* when k is "a""#, "found");
    // One of several values is enough for each.
    let both = "allow cvm:* when k < 3 and k > 5";
    allowed(both, r#"found k=List([Number("0"), Number("10")])"#);
    allowed("allow cvm:* when every k < 3 and every k > 5", "nothing");
    allowed("allow cvm:* when k < 6 and k > 5", r#"found k=Number("5.1")"#);
    refused(
        r#"allow cvm:* when k is absent or like "a*"  allow cvm:* when k like "*a""#,
        "",
        r#"found k=Text("")"#,
    );
    refused("allow cvm:* when k is present  allow cvm:* when k is absent", "", "nothing");
}

#[test]
fn what_cannot_be_read_is_an_error_and_no_refusal() {
    refused("allow cvm:* when k is absent or < 3  allow cvm:* when k >= 3", "", "nothing");
    allowed("allow cvm:* when k < 3  deny cvm:* when k is present", "nothing");
}

#[test]
fn what_an_action_is_not_handed_is_absent() {
    let ask = |p: &str, facts| asked([p, "", "from 10.0.0.0/8"], facts, |s, b| s.allowed(0, None, b));
    let facts = |address| Facts { granularity: Granularity::Operation, address, tags: false };
    assert_eq!(ask("allow cvm:* from 10.0.0.0/8", facts(false)), "nothing");
    assert_eq!(ask("allow cvm:* from 10.0.0.0/9", facts(true)), "found 10.0.0.0/9");
    assert_eq!(ask("allow cvm:* unless from 10.0.0.0/8", facts(false)), "found 10.0.0.0/8");
    assert_eq!(ask(r#"allow cvm:* on "qcs::cvm:::x""#, facts(true)), "nothing");
}

#[test]
fn unions_cover_what_no_one_covers() {
    let whole = "allow cvm:* from 10.0.0.0/8";
    uncovered(whole, "allow cvm:* from 10.0.0.0/9  allow cvm:* from 10.128.0.0/9", "nothing");
    uncovered(whole, "allow cvm:* from 10.0.0.0/9  allow cvm:* from 10.128.0.0/10", "found 10.192.0.0/10");
    uncovered(whole, "allow cvm:* from 10.0.0.0/8 when mfa is true", "found 10.0.0.0/8");
    let split = "allow cvm:* when k is absent  allow cvm:* when k is present";
    uncovered("allow cvm:*", split, "nothing");
    uncovered("allow cvm:* when k is \"a\"", "allow cvm:* when k like \"*\"", "nothing");
    // Where a value cannot be read, one is open and the other is not.
    uncovered("allow cvm:* when k < 5", "allow cvm:* when k < 9", "nothing");
    uncovered("allow cvm:* when k < 5", "allow cvm:* when k is true", r#"found k=Number("0")"#);
}

#[test]
fn boundaries_are_decided_on_their_own() {
    let ask = |p: &str, q: &str, wanted: bool| {
        asked([p, q, ""], RESOURCE, |space, budget| match wanted {
            true => space.allowed(0, Some(1), budget),
            false => space.refused(0, Some(1), budget),
        })
    };
    assert_eq!(ask("allow cvm:*", "", true), "nothing");
    assert_eq!(ask("allow cvm:*", "allow cvm:* from 10.0.0.0/8", true), "found 10.0.0.0/8");
    assert_eq!(ask("allow cvm:*", "allow cvm:*  deny cvm:* from 10.0.0.0/8", false), "found 10.0.0.0/8");
    assert_eq!(ask("allow cvm:*", "allow cvm:*", false), "nothing");
}

#[test]
fn account_numbers_are_tried() {
    let home = r#"allow cvm:* on "qcs::cvm:::home/${uin}/*""#;
    allowed(home, "found qcs::cvm:::home/5/ uin=5");
    allowed(&format!(r#"{home}  deny cvm:* on "qcs::cvm:::home/*""#), "nothing");
    let other = format!(r#"{home}  deny cvm:* when qcs:uin like "*"  deny cvm:* when qcs:uin is absent"#);
    allowed(&other, "nothing");
    allowed(r#"allow cvm:* when qcs:uin >= 7 and qcs:uin < 8"#, "found uin=7");
    allowed(r#"allow cvm:* when qcs:uin is "${owner_uin}""#, "found uin=5");
}

#[test]
fn what_cannot_be_decided_says_why() {
    let ip = r#"allow cvm:* when qcs:ip like "10.*""#;
    allowed(ip, "undecided: `like` reads the text of `qcs:ip`");
    allowed(&format!("{ip} and every k < 3 and every k > 5"), "nothing");
    let mixed = r#"allow cvm:* when every k < 3 and every k like "7*""#;
    allowed(mixed, "undecided: `k` is compared by patterns and by value");
}

#[test]
fn sets_that_answer_alike() {
    let ask = |p: &str, q: &str| {
        asked([p, q, ""], RESOURCE, |space, budget| space.different(0, 1, Use::Attached, budget))
    };
    let halves = "allow cvm:* from 0.0.0.0/1  allow cvm:* from 128.0.0.0/1";
    assert_eq!(ask("allow cvm:* from 0.0.0.0/0", halves), "nothing");
    assert_eq!(ask("allow cvm:*", "allow cvm:*  deny cvm:* from 10.0.0.0/8"), "found 10.0.0.0/8");
    // Both refuse, for other reasons.
    assert_eq!(ask("", "deny cvm:* from 10.0.0.0/8"), "found 10.0.0.0/8");
    assert_eq!(ask("deny cvm:*", "allow cvm:*  deny cvm:*"), "nothing");
}

#[test]
fn sets_that_bound_alike() {
    let ask = |p: &str, q: &str| {
        let [one, other] = [[p, q], [q, p]].map(|[p, q]| {
            asked([p, q, ""], RESOURCE, |space, budget| space.different(0, 1, Use::Boundary, budget))
        });
        assert_eq!(one, other, "{p} | {q}");
        one
    };
    // Deny and silence are one answer.
    assert_eq!(ask("", "deny cvm:*"), "nothing");
    assert_eq!(ask("", "deny cvm:* when k < 3"), "nothing");
    assert_eq!(ask("allow cvm:*", "allow cvm:*  deny cvm:* from 10.0.0.0/8"), "found 10.0.0.0/8");
    assert_eq!(ask("allow cvm:* when k < 3", "allow cvm:* when k <= 3"), r#"found k=Number("3")"#);
    assert_eq!(ask("allow cvm:* deny cvm:* when k < 3", "deny cvm:* when k < 3"), "found");
    // What cannot be read is an error where there is something to deny, and none where there is not.
    let (allow, deny) = ("allow cvm:* when k < 3", "deny cvm:* when k < 3");
    let both = format!("{allow} {deny}");
    assert_eq!(ask(deny, &both), "found k=Text(\"x\")");
    assert_eq!(ask(&both, &format!("{both} {allow}")), "nothing");
    assert_eq!(ask(&both, &format!("allow cvm:* when k < 3 when k is present {deny}")), "nothing");
    // Only what cannot be read tells these apart: an allow in pieces, a deny that never matches, a deny in pieces.
    let unread = "found k=Text(\"x\")";
    let pieces = |effect: &str| {
        ["k is absent", "any k < 3", "any k >= 3"].map(|part| format!("{effect} cvm:* when {part}")).join(" ")
    };
    assert_eq!(ask("allow cvm:*", &pieces("allow")), unread);
    assert_eq!(ask("allow cvm:*", "allow cvm:* deny cvm:* when every k < 3 and every k > 5"), unread);
    assert_eq!(ask("allow cvm:* deny cvm:*", &format!("allow cvm:* {}", pieces("deny"))), unread);
}

#[test]
fn a_budget_ends_the_work() {
    let model = model("allow cvm:*  deny cvm:* from 10.0.0.0/8", "", "");
    let statements: Vec<&Statement> = model.policies[0].statements.iter().collect();
    let subject = Subject {
        service: "cvm",
        facts: RESOURCE,
        sets: &[statements],
        caller: &Caller::default(),
        clauses: &[],
    };
    let mut budget = Budget::new(1_000);
    let mut reader = Reader::new(&model.settings);
    let space = Space::new(&subject, &mut reader, &mut budget);
    assert!(space.allowed(0, None, &mut budget).found().is_some());
    for steps in 0..budget.used() {
        let mut small = Budget::new(steps);
        let answer = Space::new(&subject, &mut reader, &mut small).allowed(0, None, &mut small);
        assert_ne!(answer, Answer::Nothing, "{steps}");
    }
}
