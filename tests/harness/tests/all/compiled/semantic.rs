//! The semantic hash: equal where two sets decide every request alike for one of the reasons that are promised,
//! different where an answer differs.

#![expect(clippy::panic, reason = "a test fails where it stands")]

use passgate::Gate;
use passgate_harness::answer::Answer;
use passgate_harness::random::Random;
use passgate_harness::world::{World, generate, model};

const USE: &str = "use intlpartnersmgt\n";

fn hash(text: &str) -> String {
    Gate::compile(format!("{USE}{text}")).unwrap_or_else(|error| panic!("{text}: {error}")).semantic_hash()
}

fn same(a: &str, b: &str) {
    assert_eq!(hash(a), hash(b), "{a} / {b}");
}

fn differ(a: &str, b: &str) {
    assert_ne!(hash(a), hash(b), "{a} / {b}");
}

const U: &str = "user u { attach p }";

#[test]
fn order_repetition_names_and_form_change_nothing() {
    let set = format!("policy p {{ allow PayOrders from 10.0.0.0/8 deny ForceQN }} {U}");
    same(&set, &format!("{U} policy p {{ deny ForceQN allow PayOrders from 10.0.0.0/8 }}"));
    same(&set, &format!("policy p {{ allow PayOrders from 10.0.0.0/8 deny ForceQN deny ForceQN }} {U}"));
    same(
        &set,
        &format!(
            "policy p {{ allow PayOrders from 10.0.0.0/9, 10.128.0.0/9, 10.1.0.0/16 deny ForceQN }} {U}"
        ),
    );
    same(&set, &format!("network n = 10.0.0.0/8 policy p {{ allow PayOrders from n deny ForceQN }} {U}"));
    same(
        &set,
        "policy a { allow PayOrders from 10.0.0.0/8 } policy b { deny ForceQN } user u { attach b, a }",
    );
    same(&set, "policy a { allow PayOrders from 10.0.0.0/8 deny ForceQN } user u { attach a }");
    same(
        &set,
        &format!(
            "policy p {{\n  // why\n  deny intlpartnersmgt:ForceQN\n allow PayOrders from 10.0.0.0/8 }}\n{U}"
        ),
    );
    let list = |actions: &str| format!("policy p {{ allow {actions} }} {U}");
    same(&list("PayOrders, ForceQN"), &list("ForceQN, PayOrders, ForceQN"));
    same(&list("PayOrders"), &list("PayOrders, PayO*"));
    let text = |values: &str| format!("policy p {{ allow * when k is {values} }} {U}");
    same(&text("\"a\", \"b\""), &text("\"b\", \"a\", \"b\""));
    same(&text("1, 2.0"), &text("2, 1e0"));
}

#[test]
fn what_is_attached_counts_not_how() {
    let direct = "policy p { allow PayOrders } user u { attach p }";
    differ(direct, "policy p { allow PayOrders } group g { attach p } user u { in g }");
    // A request may bring the group: its name is part of what can be asked.
    let grouped = |name: &str| {
        format!("policy p {{ allow PayOrders }} group {name} {{ attach p }} user u {{ in {name} }}")
    };
    differ(&grouped("g"), &grouped("h"));
    let closed = |rest: &str| format!("set claims = \"none\" policy p {{ allow PayOrders }} {rest}");
    same(&closed("user u { attach p }"), &closed("group g { attach p } user u { in g }"));
    same(&closed("group h { attach p } user u { in h }"), &closed("group g { attach p } user u { in g }"));
}

#[test]
fn every_difference_of_an_answer_is_one_of_the_hash() {
    let one = |text: &str| format!("policy p {{ {text} }} {U}");
    let all = [
        "allow PayOrders",
        "deny PayOrders",
        "allow ForceQN",
        "allow *",
        "allow intlpartnersmgt:*",
        "allow PayOrders from 10.0.0.0/8",
        "allow PayOrders from 10.0.0.0/9",
        "allow PayOrders unless from 10.0.0.0/8",
        "allow PayOrders since 2026-01-01T00:00:00Z",
        "allow PayOrders until 2026-01-01T00:00:00Z",
        "allow PayOrders when k is 1",
        "allow PayOrders when k is \"1\"",
        "allow PayOrders when k is not \"1\"",
        "allow PayOrders when k like \"1\"",
        "allow PayOrders when j is \"1\"",
        "allow PayOrders when mfa is true",
    ];
    for (n, a) in all.iter().enumerate() {
        for b in all.iter().skip(n + 1) {
            // The built-in catalog has one service, and no service is opaque: both stars cover the same.
            if (*a, *b) != ("allow *", "allow intlpartnersmgt:*") {
                differ(&one(a), &one(b));
            }
        }
    }
    differ(&one("allow PayOrders"), "policy p { allow PayOrders } user v { attach p }");
    differ(&one("allow PayOrders"), "policy p { allow PayOrders } role u { attach p }");
    differ(&one("allow PayOrders"), "policy p { allow PayOrders } policy q { } user u { attach p within q }");
    differ("set owner.uin = \"1\"", "set owner.uin = \"2\"");
    differ("set claims = \"none\"", "set claims = \"policies\"");
    differ("set opaque = \"cvm\"", "set opaque = \"cos\"");
    differ("set ip-unsupported = \"evaluate\"", "");
}

/// Leaves something out of a world; where that changes an answer, it changes the hash.
#[test]
fn a_world_that_answers_otherwise_has_another_hash() {
    let (mut random, mut changed, mut kept) = (Random::new(11), 0, 0);
    for seed in 0..150 {
        let world = generate(seed);
        let mut other = world.clone();
        leave_out(&mut random, &mut other);
        let (Ok(a), Ok(b)) = (Gate::from_model(model(&world)), Gate::from_model(model(&other))) else {
            continue;
        };
        let answers = |gate: &Gate| -> Vec<_> {
            let asked = world.asks.iter().map(|ask| gate.check(&ask.request()));
            asked.map(|found| found.map(|d| d.reason).map_err(|e| e.code())).collect()
        };
        if answers(&a) != answers(&b) {
            changed += 1;
            assert_ne!(a.semantic_hash(), b.semantic_hash(), "seed {seed}");
        }
        let mut turned = world.clone();
        turn(&mut random, &mut turned);
        let turned_gate = Gate::from_model(model(&turned)).unwrap();
        assert_eq!(a.semantic_hash(), turned_gate.semantic_hash(), "seed {seed}, in another order");
        kept += 1;
        let first = world.asks.first().map(|ask| Answer::of(a.check(&ask.request())));
        assert_eq!(first, world.asks.first().map(|ask| Answer::of(a.check(&ask.request()))));
    }
    println!("semantic: {changed} worlds answer otherwise, {kept} in another order hash alike");
    assert!(changed > 20 && kept > 50, "{changed} {kept}");
}

fn leave_out(random: &mut Random, world: &mut World) {
    let at = random.below(world.policies.len());
    let Some(policy) = world.policies.get_mut(at) else { return };
    if !policy.statements.is_empty() {
        policy.statements.remove(random.below(policy.statements.len()));
    }
}

/// Statements, users and groups in another order, some statements twice.
fn turn(random: &mut Random, world: &mut World) {
    for policy in &mut world.policies {
        policy.statements.reverse();
        if let Some(again) = random.pick(&policy.statements).cloned().filter(|_| policy.template.is_none()) {
            policy.statements.push(again);
        }
    }
    world.users.reverse();
}
