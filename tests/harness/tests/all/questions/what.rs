//! What a principal may do: equal to brute force over every cell of small worlds; of generated worlds no request that is
//! tried is decided otherwise.

use super::answers::{along, contradicts, ip, said, standing};
use crate::exhaustive::{DISJOINT, Layout, NESTED, requests, statements, worlds};
use crate::number;
use crate::space::tried;
use passgate::Gate;
use passgate::analysis::calls::Calls;
use passgate::analysis::standing::{Answer, Dependence, Standing};
use passgate::analysis::what::{What, what};
use passgate::check::Request;
use passgate::reference;
use passgate_harness::random::Random;
use passgate_harness::world::{World, generate, model};

/// Where nothing is optimised, one small world of so many is tried.
const STRIDE_UNOPTIMISED: usize = 997;
/// Optimised, each.
const STRIDE: usize = 1;
/// Requests of a world whose address, resource and time are fixed.
const FIXED: usize = 3;
/// Generated worlds of a run.
const WORLDS: usize = if cfg!(debug_assertions) { 10 } else { 400 };

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
    let mut answers = 0;
    for world in worlds(&statements).step_by(stride) {
        let model = model(&world);
        let decided: Vec<(&Request, bool)> = requests
            .iter()
            .map(|request| (request, reference::decide(&model, request).unwrap().allowed))
            .collect();
        let gate = Gate::from_model(model).unwrap();
        let found = what(&gate, "user:u", &Calls::default()).unwrap();
        assert!(found.is_exact(), "{world:#?}");
        for action in found.actions.iter().filter(|action| action.action.starts_with("small:")) {
            let own: Vec<_> = decided.iter().filter(|(r, _)| r.action == action.action).copied().collect();
            equal(&action.answer, &own, &world);
            answers += 1;
        }
    }
    println!("what {:?}: {answers} answers", layout.prefixes);
}

/// The answer is what all requests say together, and along each dimension value by value; a dimension that is not named
/// makes no difference by itself.
pub(super) fn equal(answer: &Answer, decided: &[(&Request, bool)], world: &dyn std::fmt::Debug) {
    let whole = standing(decided.iter().map(|(_, yes)| *yes));
    assert_eq!(answer.standing, whole, "{world:#?}");
    if whole != Standing::Depends {
        assert_eq!(answer.on, [], "{world:#?}");
        return;
    }
    type Is = fn(&Dependence) -> bool;
    type Same = fn(&Request, &Request) -> bool;
    let dimensions: [(Is, Same); 3] = [
        (|d| matches!(d, Dependence::Address { .. }), |a, b| ip(a) == ip(b)),
        (|d| matches!(d, Dependence::Time { .. }), |a, b| a.at == b.at),
        (|d| matches!(d, Dependence::Resource { .. }), |a, b| a.resources == b.resources),
    ];
    for (is, same) in dimensions {
        let named = answer.on.iter().find(|dependence| is(dependence));
        for (request, _) in decided {
            let alike = decided.iter().filter(|(other, _)| same(request, other)).map(|(_, yes)| *yes);
            let expected = standing(alike);
            let found = named.map_or(Some(whole), |dependence| along(dependence, request));
            // `others` holds together what no pattern covers.
            if let Some(found) = found.filter(|found| expected != *found) {
                let others = request.resources.as_deref().is_none_or(|r| r == ["qcs::small:::b"]);
                let shared = named.is_some_and(|d| matches!(d, Dependence::Resource { .. })) && others;
                assert!(shared, "{expected:?} {found:?} {request:#?} {answer:#?}\n{world:#?}");
            }
        }
    }
}

#[test]
fn no_request_is_decided_otherwise() {
    let seed = number("PASSGATE_SEED").unwrap_or_else(crate::new_seed);
    println!("what: seed {seed} (PASSGATE_SEED)");
    let (mut seeds, mut count, mut exact, mut all) = (Random::new(seed), 0, 0, 0);
    for _ in 0..WORLDS {
        let world = generate(seeds.bits());
        let model = model(&world);
        for user in &model.users {
            let principal = format!("user:{}", user.name);
            let Ok(gate) = Gate::from_model(model.clone()) else { continue };
            let found = what(&gate, &principal, &Calls::default()).unwrap();
            all += found.actions.len();
            exact += found.actions.iter().filter(|action| action.answer.is_exact()).count();
            count += hold(&found, &model, &world);
            count += fixed(&gate, &principal, &model, &world);
        }
    }
    println!("what: {all} answers, {exact} exact, {count} requests");
    // Few answers say nothing of a share.
    assert!(all < 2_000 || exact * 10 >= all * 8, "{exact} of {all} are exact");
}

fn hold(found: &What, model: &passgate::model::Model, world: &World) -> usize {
    let mut count = 0;
    for action in &found.actions {
        for request in tried(world, &found.principal, &action.action) {
            let Ok(decision) = reference::decide(model, &request) else { continue };
            count += 1;
            for said in said(&action.answer, &request) {
                assert!(
                    !contradicts(said, decision.allowed),
                    "{said:?} of {:#?}\n{request:#?}\n{decision:#?}\n{world:#?}",
                    action.answer
                );
            }
        }
    }
    count
}

/// With address, resource and time of a request fixed, its decision is among those that the answer admits.
#[expect(clippy::unwrap_used, reason = "part of a test")]
fn fixed(gate: &Gate, principal: &str, model: &passgate::model::Model, world: &World) -> usize {
    let mut count = 0;
    for ask in world.asks.iter().take(FIXED) {
        let given = ask.request();
        let (Some(ip), [resource]) = (ip(&given), given.resources.as_deref().unwrap_or_default()) else {
            continue;
        };
        let calls = Calls::read(Some(&ip.to_string()), Some(resource), given.at.as_deref());
        let Ok(calls) = calls else { continue };
        let found = what(gate, principal, &calls).unwrap();
        let Some(action) = found.actions.iter().find(|action| action.action == given.action) else {
            continue;
        };
        for request in tried(world, principal, &given.action) {
            let mut request = request.address(ip);
            request.resources = Some(vec![resource.clone()]);
            if given.at.is_some() {
                request.at.clone_from(&given.at);
            }
            let Ok(decision) = reference::decide(model, &request) else { continue };
            count += 1;
            let bad = contradicts(action.answer.standing, decision.allowed);
            assert!(!bad, "{:#?}\n{request:#?}\n{world:#?}", action.answer);
        }
    }
    count
}

/// A world in which account numbers change which instants are mentioned.
#[test]
fn what_was_found_once_stays_mended() {
    let world = generate(2_801_422_082_277_742_569);
    let model = model(&world);
    let gate = Gate::from_model(model.clone()).unwrap();
    for user in &model.users {
        let found = what(&gate, &format!("user:{}", user.name), &Calls::default()).unwrap();
        assert!(hold(&found, &model, &world) > 0);
    }
}
