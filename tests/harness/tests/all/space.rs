//! Generated worlds: what the analysis says of all requests holds for those that are tried, and every call that it
//! shows is answered by the reference evaluator as claimed.

#![expect(clippy::indexing_slicing, reason = "a test fails where it stands")]

use crate::setting;
use passgate::analysis::space::{Actions, Answer, Budget, Caller, Reader, Space, Subject};
use passgate::check::Request;
use passgate::model::{GroupId, Model, PolicyId, PolicyKind, Statement};
use passgate::reference;
use passgate_harness::random::Random;
use passgate_harness::world::{World, generate, model};
use std::collections::BTreeSet;

/// Questions of a run.
const QUESTIONS: usize = 100_000;
/// Questions where nothing is optimised.
const QUESTIONS_UNOPTIMISED: usize = 3_000;
/// The first seed.
const SEED: u64 = 0x7370_6163_6520_2026;
/// Requests of a world that are tried for each class of actions.
const TRIED: usize = 40;

#[derive(Debug, Default)]
struct Count {
    found: usize,
    nothing: usize,
    undecided: usize,
}

#[test]
fn answers_hold_for_every_request_tried() {
    let default = if cfg!(debug_assertions) { QUESTIONS_UNOPTIMISED } else { QUESTIONS };
    let questions = setting("PASSGATE_QUESTIONS").and_then(|text| text.parse().ok()).unwrap_or(default);
    let seed = setting("PASSGATE_SEED").and_then(|text| text.parse().ok()).unwrap_or(SEED);
    let (mut seeds, mut count) = (Random::new(seed), Count::default());
    while count.found + count.nothing + count.undecided < questions {
        let world = generate(seeds.bits());
        let model = model(&world);
        for user in 0..model.users.len() {
            ask_user(&world, &model, user, &mut count);
        }
    }
    println!("space: seed {seed}, {count:?}");
    assert!(count.undecided * 10 < questions, "{count:?}");
}

/// All policies of a user, and its boundary.
fn policies(model: &Model, user: usize) -> (BTreeSet<PolicyId>, Option<BTreeSet<PolicyId>>) {
    let user = &model.users[user];
    let mut attached: BTreeSet<PolicyId> = user.attached.iter().chain(&model.everyone).copied().collect();
    let mut open: Vec<GroupId> = user.parents.clone();
    let mut seen = BTreeSet::new();
    while let Some(group) = open.pop() {
        if seen.insert(group) {
            let group = &model.groups[group.0 as usize];
            attached.extend(&group.attached);
            open.extend(&group.parents);
        }
    }
    let bounded = user.boundary.is_some() || model.boundary.is_some();
    let boundary = user.boundary.iter().chain(model.boundary.iter().flatten()).copied().collect();
    (attached, bounded.then_some(boundary))
}

fn statements<'m>(model: &'m Model, policies: &BTreeSet<PolicyId>) -> Vec<&'m Statement> {
    let policies = policies.iter().map(|id| &model.policies[id.0 as usize]);
    policies.filter(|p| p.kind == PolicyKind::Identity).flat_map(|p| &p.statements).collect()
}

fn ask_user(world: &World, model: &Model, user: usize, count: &mut Count) {
    let (attached, boundary) = policies(model, user);
    let own = statements(model, &attached);
    let limit = boundary.as_ref().map(|ids| statements(model, ids));
    let name = &model.users[user].name;
    let caller = Caller::named(name);
    let mut sets: Vec<&[&Statement]> = vec![&own];
    sets.extend(limit.as_deref());
    let mut actions = Actions::new(&model.catalogs, &model.settings);
    let (classes, doubt) = actions.classes(&sets, None, &mut Budget::new(1_000_000));
    assert_eq!(doubt, None);
    let mut reader = Reader::new(&model.settings);
    for class in &classes {
        let subject = Subject {
            service: &class.service,
            facts: class.facts,
            sets: &class.sets,
            caller: &caller,
            clauses: &[],
        };
        let mut budget = Budget::new(20_000_000);
        let space = Space::new(&subject, &mut reader, &mut budget);
        let bound = limit.as_ref().map(|_| 1);
        for wanted in [true, false] {
            let answer = match wanted {
                true => space.allowed(0, bound, &mut budget),
                false => space.refused(0, bound, &mut budget),
            };
            let principal = format!("user:{name}");
            match &answer {
                Answer::Found(witness) => {
                    count.found += 1;
                    for name in &class.names {
                        let request = witness.request(&principal, format!("{}:{name}", class.service));
                        let decided = reference::decide(model, &request).map(|d| d.allowed);
                        assert_eq!(decided.ok(), Some(wanted), "{request:#?}\n{world:#?}");
                    }
                }
                Answer::Nothing => {
                    count.nothing += 1;
                    for request in tried(world, &principal, &class.action()) {
                        let decided = reference::decide(model, &request).map(|d| d.allowed);
                        assert_ne!(decided.ok(), Some(wanted), "{request:#?}\n{world:#?}");
                    }
                }
                Answer::Undecided(_) => count.undecided += 1,
            }
        }
    }
}

/// The world's own requests, asked by this principal for this action.
pub(super) fn tried(world: &World, principal: &str, action: &str) -> impl Iterator<Item = Request> {
    world.asks.iter().take(TRIED).map(|ask| {
        let mut request = ask.request();
        request.principal = principal.to_owned();
        request.action = action.to_owned();
        request.groups.clear();
        request.roles.clear();
        request.policies.clear();
        request
    })
}
