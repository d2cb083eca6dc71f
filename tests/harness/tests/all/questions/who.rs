//! Who may perform an action: the same as asking what each may do; and without the statements that are named nobody
//! may, with any one of them somebody may.

use crate::exhaustive::{Layout, NESTED, requests, statements, worlds};
use passgate::Gate;
use passgate::analysis::calls::Calls;
use passgate::analysis::standing::{Answer, Standing};
use passgate::analysis::what::what;
use passgate::analysis::who::{Who, who};
use passgate::check::Request;
use passgate::model::{Effect, Model};
use passgate::reference;
use passgate_harness::random::Random;
use passgate_harness::world::{generate, model};
use std::collections::BTreeSet;

/// Where nothing is optimised, one small world of so many is tried.
const STRIDE_UNOPTIMISED: usize = 997;
/// Optimised, each.
const STRIDE: usize = 1;
/// Generated worlds of a run.
const WORLDS: usize = if cfg!(debug_assertions) { 5 } else { 150 };

#[test]
fn what_is_needed_is_needed_and_enough() {
    let layout: &Layout = &NESTED;
    let (statements, requests) = (statements(layout), requests(layout));
    let stride = if cfg!(debug_assertions) { STRIDE_UNOPTIMISED } else { STRIDE };
    let mut asked = 0;
    for world in worlds(&statements).step_by(stride) {
        let whole = model(&world);
        let gate = Gate::from_model(whole.clone()).unwrap();
        for action in ["small:Near", "small:Far", "small:Thing"] {
            let found = who(&gate, action, &Calls::default()).unwrap();
            assert!(found.exact, "{world:#?}");
            let needed: BTreeSet<&str> = found.statements.iter().map(|place| place.id.as_ref()).collect();
            let own: Vec<&Request> = requests.iter().filter(|request| request.action == action).collect();
            assert!(!somebody(&without(&whole, &needed), &own), "{found:#?}\n{world:#?}");
            for one in &needed {
                let others = needed.iter().filter(|id| *id != one).copied().collect();
                assert!(somebody(&without(&whole, &others), &own), "{one} {found:#?}\n{world:#?}");
            }
            asked += 1;
        }
    }
    println!("who: {asked} questions");
}

/// The model without some allows of what is attached.
fn without(model: &Model, ids: &BTreeSet<&str>) -> Model {
    let mut model = model.clone();
    for policy in model.policies.iter_mut().filter(|policy| &*policy.name == "own") {
        policy.statements.retain(|s| s.effect == Effect::Deny || !ids.contains(&*s.id));
    }
    model
}

#[expect(clippy::unwrap_used, reason = "part of a test")]
fn somebody(model: &Model, requests: &[&Request]) -> bool {
    requests.iter().any(|request| reference::decide(model, request).unwrap().allowed)
}

#[test]
fn everyone_is_answered_as_by_what() {
    let seed = crate::number("PASSGATE_SEED").unwrap_or_else(crate::new_seed);
    println!("who: seed {seed} (PASSGATE_SEED)");
    let (mut seeds, mut compared) = (Random::new(seed), 0);
    for _ in 0..WORLDS {
        let world = generate(seeds.bits());
        let Ok(gate) = Gate::from_model(model(&world)) else { continue };
        let users: Vec<String> =
            gate.model().users.iter().map(|user| format!("user:{}", user.name)).collect();
        let by_user: Vec<_> =
            users.iter().map(|u| what(&gate, u, &Calls::default()).unwrap().actions).collect();
        let Some(first) = by_user.first() else { continue };
        let listed = first.iter().filter(|action| action.category.is_some());
        for name in listed.map(|action| &action.action) {
            let found = who(&gate, name, &Calls::default()).unwrap();
            for (user, actions) in users.iter().zip(&by_user) {
                let expected = actions.iter().find(|action| action.action == *name).unwrap();
                let answer = answer(&found, user);
                let same = match answer {
                    None => expected.answer.standing == Standing::Never,
                    Some(answer) => *answer == *expected.answer,
                };
                assert!(same, "{user} {name}\n{answer:#?}\n{expected:#?}\n{world:#?}");
                compared += 1;
            }
        }
    }
    println!("who: {compared} answers compared");
}

fn answer<'w>(found: &'w Who, user: &str) -> Option<&'w Answer> {
    let of = found.callers.iter().find(|callers| callers.principals.iter().any(|p| p == user));
    of.map(|callers| &callers.answer)
}
