//! Explanations: the decision is the check's, each clause says what the reference evaluator says of it, every nearest call
//! is allowed, and no call with fewer changes is: exhausted on small worlds, tried on generated ones.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails where it stands")]

use crate::exhaustive::{DISJOINT, Layout, NESTED, requests, statements, worlds};
use crate::number;
use passgate::Gate;
use passgate::analysis::explain::{Change, ClauseKind, Depth, Explanation, Proposal, explain, to_json};
use passgate::check::{Context, ContextValue, Request};
use passgate::model::{Claims, Model, PolicyKind};
use passgate::reference;
use passgate_harness::random::Random;
use passgate_harness::world::{World, generate, model};
use std::collections::HashMap;

/// Where nothing is optimised, one small world of so many is tried.
const STRIDE_UNOPTIMISED: usize = 1_997;
/// Optimised, one of so many; of tiny worlds all are new in each run (`small`).
const STRIDE: usize = 7;
/// Generated calls of a run that are explained.
const CALLS: usize = if cfg!(debug_assertions) { 300 } else { 12_000 };
/// Calls with fewer changes that are tried beside each.
const BESIDE: usize = 60;

#[test]
fn nested_prefixes() {
    exhaust(&NESTED);
}

#[test]
fn disjoint_prefixes() {
    exhaust(&DISJOINT);
}

#[expect(clippy::print_stdout, reason = "a run says what it has tried")]
#[expect(clippy::unwrap_used, reason = "part of a test")]
fn exhaust(layout: &Layout) {
    let (statements, requests) = (statements(layout), requests(layout));
    let stride = if cfg!(debug_assertions) { STRIDE_UNOPTIMISED } else { STRIDE };
    let (mut calls, mut refused, mut hopeless) = (0, 0, 0);
    for world in worlds(&statements).step_by(stride) {
        let model = model(&world);
        let gate = Gate::from_model(model.clone()).unwrap();
        let decided: Vec<bool> =
            requests.iter().map(|request| reference::decide(&model, request).unwrap().allowed).collect();
        for (request, allowed) in requests.iter().zip(&decided) {
            let found = explain(&gate, request, Depth::Normal).unwrap();
            calls += 1;
            assert_eq!(found.allowed(), *allowed, "{request:#?}\n{world:#?}");
            let Some(nearest) = &found.nearest else { continue };
            refused += 1;
            assert!(nearest.is_exact(), "{nearest:#?}\n{request:#?}\n{world:#?}");
            nearest.proposals.iter().for_each(|proposal| passes(proposal, &model, &world));
            let fewest = requests.iter().zip(&decided).filter(|(_, yes)| **yes);
            let fewest = fewest.filter_map(|(other, _)| distance(request, other)).min();
            let shown = nearest.proposals.iter().map(|proposal| proposal.changes.len()).min();
            assert_eq!(shown, fewest, "{nearest:#?}\n{request:#?}\n{world:#?}");
            hopeless += usize::from(shown.is_none());
        }
    }
    println!(
        "explain {layout:?}: {calls} calls, {refused} refused, {hopeless} hopeless",
        layout = layout.prefixes
    );
}

/// How many things of one call must be changed to make it another; none where what cannot be changed differs.
pub(super) fn distance(one: &Request, other: &Request) -> Option<usize> {
    let fixed =
        one.action == other.action && one.resources == other.resources && one.account == other.account;
    let keys = one.context.iter().chain(&other.context).map(|(key, _)| key);
    let mut keys: Vec<&String> = keys.collect();
    keys.sort();
    keys.dedup();
    let differing = keys.iter().filter(|key| value(&one.context, key) != value(&other.context, key)).count();
    let address = super::answers::ip(one) != super::answers::ip(other);
    fixed.then(|| differing + usize::from(address) + usize::from(one.at != other.at))
}

/// An empty list is an absent key.
fn value<'c>(context: &'c Context, key: &str) -> Option<&'c ContextValue> {
    let found = context.iter().find(|(name, _)| name == key).map(|(_, value)| value);
    found.filter(|value| !matches!(value, ContextValue::List(list) if list.is_empty()))
}

/// The proposed call is allowed by the reference evaluator, where it brings what is to be joined and may.
#[expect(clippy::unwrap_used, reason = "part of a test")]
pub(super) fn passes(proposal: &Proposal, model: &Model, world: &World) {
    let (mut model, mut request) = (model.clone(), proposal.request.clone());
    for change in &proposal.changes {
        let Change::Join(name) = change else { continue };
        model.settings.claims = Claims::Policies;
        match name.split_once(':').unwrap() {
            ("group", name) => request.groups.push(name.to_owned()),
            ("role", name) => request.roles.push(name.to_owned()),
            (_, name) => request.policies.push(name.to_owned()),
        }
    }
    let decision = reference::decide(&model, &request).unwrap();
    assert!(decision.allowed, "{proposal:#?}\n{world:#?}");
    assert_eq!(decision.statements, proposal.decision.statements, "{proposal:#?}\n{world:#?}");
}

#[derive(Debug, Default)]
struct Count {
    calls: usize,
    errors: usize,
    refused: usize,
    exact: usize,
    proposals: usize,
    joined: usize,
    clauses: usize,
    beside: usize,
}

#[test]
fn generated_calls() {
    let seed = number("PASSGATE_SEED").unwrap_or_else(crate::new_seed);
    println!("explain: seed {seed}");
    let (mut random, mut count) = (Random::new(seed), Count::default());
    while count.calls < CALLS {
        let world = generate(random.bits());
        let model = model(&world);
        let Ok(gate) = Gate::from_model(model.clone()) else { continue };
        for ask in &world.asks {
            let request = ask.request();
            let depth = random.pick(&[Depth::Normal, Depth::All]).copied().unwrap();
            let found = explain(&gate, &request, depth).unwrap();
            hold(&found, &model, &world, &mut count);
            beside(&found, &model, &world, &mut random, &mut count);
            assert!(to_json(&found).starts_with("{\"principal\""));
        }
    }
    println!("explain: {count:?}");
    // Few answers say nothing of a share.
    assert!(count.refused < 2_000 || count.exact * 10 >= count.refused * 9, "{count:?}");
}

/// The decision is the reference's, and so is each clause.
fn hold(found: &Explanation, model: &Model, world: &World, count: &mut Count) {
    count.calls += 1;
    let request = &found.request;
    match (reference::decide(model, request), &found.outcome) {
        (Ok(expected), Ok(decision)) => assert_eq!(&expected, decision, "{request:#?}\n{world:#?}"),
        (Err(expected), Err(error)) => {
            count.errors += 1;
            assert_eq!(expected.code(), error.code(), "{request:#?}\n{world:#?}");
        }
        (expected, found) => panic!("{expected:?} {found:?} {request:#?}\n{world:#?}"),
    }
    let identity = model.policies.iter().filter(|policy| policy.kind == PolicyKind::Identity);
    let all = identity.flat_map(|policy| policy.statements.iter().map(move |s| ((&*policy.name, &*s.id), s)));
    let by_id: HashMap<(&str, &str), _> = all.collect();
    for one in &found.statements {
        let statement = by_id.get(&(&*one.place.policy, &*one.place.id)).expect("a statement of the set");
        let expected = reference::clauses(model, request, statement).expect("a request that is read");
        let of = |kinds: &[ClauseKind]| -> Vec<Option<bool>> {
            one.clauses.iter().filter(|c| kinds.contains(&c.kind)).map(|c| c.holds).collect()
        };
        count.clauses += one.clauses.len();
        assert_eq!(of(&[ClauseKind::Action]), [Some(expected.action)], "{one:#?}\n{request:#?}\n{world:#?}");
        assert_eq!(of(&[ClauseKind::Resource]), expected.resources, "{one:#?}\n{request:#?}\n{world:#?}");
        let conditions = of(&[ClauseKind::Address, ClauseKind::Condition]);
        assert_eq!(conditions, expected.conditions, "{one:#?}\n{request:#?}\n{world:#?}");
    }
}

/// Whatever is proposed is allowed, and calls with fewer changes that are tried are not.
fn beside(found: &Explanation, model: &Model, world: &World, random: &mut Random, count: &mut Count) {
    let Some(nearest) = &found.nearest else { return };
    count.refused += 1;
    count.exact += usize::from(nearest.is_exact());
    count.proposals += nearest.proposals.len();
    for proposal in &nearest.proposals {
        count.joined += usize::from(proposal.changes.iter().any(|c| matches!(c, Change::Join(_))));
        passes(proposal, model, world);
    }
    if !nearest.is_exact() || found.request.principal == "root" {
        return;
    }
    let fewest = nearest.proposals.iter().map(|proposal| proposal.changes.len()).min().unwrap_or(usize::MAX);
    for _ in 0..BESIDE {
        let other = changed(&found.request, world, random);
        let Some(far) = distance(&found.request, &other).filter(|far| *far < fewest) else { continue };
        count.beside += 1;
        let allowed = reference::decide(model, &other).is_ok_and(|decision| decision.allowed);
        assert!(!allowed, "{far} changes suffice\n{other:#?}\n{found:#?}\n{world:#?}");
    }
}

/// A call with some of its address, time and keys taken from other calls of the world.
fn changed(request: &Request, world: &World, random: &mut Random) -> Request {
    let mut changed = request.clone();
    for _ in 0..random.between(1, 3) {
        let Some(other) = random.pick(&world.asks).map(|ask| ask.request()) else { continue };
        match random.below(4) {
            0 => changed.ip = other.ip,
            1 => changed.at = other.at,
            _ => {
                let Some((key, value)) = random.pick(&other.context).cloned() else { continue };
                changed.context.retain(|(name, _)| *name != key);
                if random.chance(90) {
                    changed.context.push((key, value));
                }
            }
        }
    }
    changed
}
