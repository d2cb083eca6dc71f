//! What changes between two sets: equal to brute force over every cell of small worlds, in both directions; of generated
//! pairs no request that is tried changes otherwise, and every example does change.

use super::answers::said;
use super::what::equal;
use crate::exhaustive::{DISJOINT, Layout, NESTED, requests, statements, worlds};
use crate::space::tried;
use crate::{new_seed, number};
use passgate::Gate;
use passgate::analysis::diff::{Diff, Right, diff};
use passgate::analysis::standing::{Answer, Standing};
use passgate::check::Request;
use passgate::model::Model;
use passgate::reference;
use passgate_harness::random::Random;
use passgate_harness::world::{Condition, Statement, Term, World, generate, model};
use std::collections::BTreeSet;

/// Small worlds of two statements that are held against two others: one of so many.
const STRIDE: usize = if cfg!(debug_assertions) { 1_499 } else { 53 };
/// Pairs of worlds of one statement each: one of so many; optimised, each.
const PAIR_STRIDE: usize = if cfg!(debug_assertions) { 211 } else { 1 };
/// Pairs of worlds of a narrower language, of two statements with and without a boundary: one of so many; optimised, each.
const NARROW_STRIDE: usize = if cfg!(debug_assertions) { 997 } else { 1 };
/// Generated pairs of a run.
const PAIRS: usize = if cfg!(debug_assertions) { 8 } else { 200 };
/// Changes of which a share is asked for.
const ENOUGH: usize = 400;
/// Requests of an action that are tried for each caller.
const TRIED: usize = 6;

#[test]
fn nested_prefixes() {
    exhaust(&NESTED);
}

#[test]
fn disjoint_prefixes() {
    exhaust(&DISJOINT);
}

/// A world with what it decides of each request.
struct Decided {
    world: World,
    gate: Gate,
    allowed: Vec<bool>,
}

#[expect(clippy::unwrap_used, reason = "part of a test")]
fn decided(world: World, requests: &[Request]) -> Decided {
    let model = model(&world);
    let allowed =
        requests.iter().map(|request| reference::decide(&model, request).unwrap().allowed).collect();
    Decided { world, gate: Gate::from_model(model).unwrap(), allowed }
}

#[expect(clippy::print_stdout, reason = "a run says what it has tried")]
fn exhaust(layout: &Layout) {
    let (statements, requests) = (statements(layout), requests(layout));
    // Every two statements, the one before and the other after.
    let ones: Vec<Decided> = statements.iter().map(|s| decided(single(s), &requests)).collect();
    let mut pairs = every_two(&ones, &requests, PAIR_STRIDE);
    let single = pairs;
    // Every two sets of two statements, with and without a boundary, of one action and one dimension beside the address:
    // each action is judged apart, so that what others are allowed plays no part.
    for (action, other) in [("Near", "qcs:current_time"), ("Thing", "resource")] {
        let narrow: Vec<Statement> =
            statements.iter().filter(|s| is_narrow(s, action, other)).cloned().collect();
        let own: Vec<Request> = requests.iter().filter(|r| r.action.ends_with(action)).cloned().collect();
        let all: Vec<Decided> = worlds(&narrow).map(|world| decided(world, &own)).collect();
        pairs += every_two(&all, &own, NARROW_STRIDE);
    }
    let narrow = pairs - single;
    // Sets of two statements of the whole language, each with one that lies far from it and with a neighbour.
    let all: Vec<World> = worlds(&statements).collect();
    for number in (0..all.len()).step_by(STRIDE) {
        for other in [number + 1, number.wrapping_mul(7_919) + 13] {
            if let (Some(old), Some(new)) = (all.get(number), all.get(other % all.len())) {
                let (old, new) = (decided(old.clone(), &requests), decided(new.clone(), &requests));
                both_ways(&old, &new, &requests);
                pairs += 1;
            }
        }
    }
    println!(
        "diff {:?}: {pairs} pairs, both ways: {single} of single statements, {narrow} of narrow sets",
        layout.prefixes
    );
}

/// Holds every world against every other one, one pair of so many; how many pairs there were.
fn every_two(all: &[Decided], requests: &[Request], stride: usize) -> usize {
    let pairs =
        all.iter().enumerate().flat_map(|(at, one)| all.iter().skip(at).map(move |other| (one, other)));
    pairs.step_by(stride).map(|(one, other)| both_ways(one, other, requests)).count()
}

/// Whether a statement is about one action, and says nothing but the address and one thing more.
fn is_narrow(statement: &Statement, action: &str, other: &str) -> bool {
    let one = matches!(statement.actions.as_slice(), [Term::Pattern { pattern, .. }] if pattern == action);
    let resource = statement.resources == ["*"] || other == "resource";
    one && resource && statement.conditions.iter().all(|c| c.key == "qcs:ip" || c.key == other)
}

/// A world of one statement.
fn single(statement: &Statement) -> World {
    let mut worlds = worlds(std::slice::from_ref(statement));
    let mut world = worlds.next().unwrap_or_default();
    world.policies.iter_mut().for_each(|policy| policy.statements.truncate(1));
    world
}

#[expect(clippy::unwrap_used, reason = "part of a test")]
fn both_ways(old: &Decided, new: &Decided, requests: &[Request]) {
    for (old, new) in [(old, new), (new, old)] {
        let found = diff(&old.gate, &new.gate, Some("user:u")).unwrap();
        assert!(found.is_exact());
        let both = (&old.world, &new.world);
        let changes = |now: &[bool], before: &[bool]| -> Vec<bool> {
            now.iter().zip(before).map(|(now, before)| *now && !before).collect()
        };
        let (gained, lost) = (changes(&new.allowed, &old.allowed), changes(&old.allowed, &new.allowed));
        assert_eq!(found.is_empty(), !gained.iter().chain(&lost).any(|yes| *yes), "{both:#?}");
        for (changed, gains) in [(gained, true), (lost, false)] {
            for action in ["small:Near", "small:Far", "small:Thing"] {
                let own: Vec<(&Request, bool)> = requests
                    .iter()
                    .zip(&changed)
                    .filter(|(request, _)| request.action == action)
                    .map(|(request, yes)| (request, *yes))
                    .collect();
                let never = Answer { standing: Standing::Never, on: Vec::new(), doubts: Vec::new() };
                let answer = right(&found, "user:u", action, gains).map_or(&never, |right| &right.answer);
                equal(answer, &own, &both);
            }
        }
        examples(&found, &model(&old.world), &model(&new.world), &both);
    }
}

/// What is said of a caller's calls of an action.
pub(super) fn right<'d>(found: &'d Diff, principal: &str, action: &str, gains: bool) -> Option<&'d Right> {
    let change =
        found.changes.iter().find(|change| change.principals.iter().any(|name| name == principal))?;
    let rights = if gains { &change.gains } else { &change.losses };
    rights.iter().find(|right| right.actions.iter().any(|named| named.action == action))
}

/// Every example is allowed on the one side and not on the other.
pub(super) fn examples(found: &Diff, old: &Model, new: &Model, worlds: &dyn std::fmt::Debug) -> usize {
    let mut count = 0;
    for change in &found.changes {
        let gains = change.gains.iter().map(|right| (right, true));
        for (right, gained) in gains.chain(change.losses.iter().map(|right| (right, false))) {
            let Some(request) = &right.example else {
                assert!(!right.answer.is_exact(), "{right:#?}\n{worlds:#?}");
                continue;
            };
            let allows =
                |model: &Model| reference::decide(model, request).is_ok_and(|decision| decision.allowed);
            assert_eq!((allows(old), allows(new)), (!gained, gained), "{right:#?}\n{worlds:#?}");
            count += 1;
        }
    }
    count
}

#[test]
fn no_request_changes_otherwise() {
    let seed = number("PASSGATE_SEED").unwrap_or_else(new_seed);
    println!("diff: seed {seed} (PASSGATE_SEED)");
    let mut seeds = Random::new(seed);
    let (mut requests, mut changed, mut examined, mut all, mut exact) = (0, 0, 0, 0, 0);
    for _ in 0..PAIRS {
        let old = generate(seeds.bits());
        let mut random = Random::new(seeds.bits());
        let new = altered(&old, &mut random);
        let (before, after) = (model(&old), model(&new));
        let (Ok(one), Ok(other)) = (Gate::from_model(before.clone()), Gate::from_model(after.clone())) else {
            continue;
        };
        let found = diff(&one, &other, None).unwrap();
        let worlds = (&old, &new);
        examined += examples(&found, &before, &after, &worlds);
        let rights = found.changes.iter().flat_map(|change| change.gains.iter().chain(&change.losses));
        rights.for_each(|right| {
            all += 1;
            exact += usize::from(right.answer.is_exact());
        });
        let (tried, flipped) = hold(&found, [&old, &new], [&before, &after]);
        requests += tried;
        changed += flipped;
    }
    println!(
        "diff: {requests} requests, {changed} changed, {examined} examples, {all} rights, {exact} exact"
    );
    // Worlds are made to be hard: what changes in them hangs on patterns and numbers more often than what stays.
    if all >= ENOUGH {
        assert!(exact * 2 >= all, "{exact} of {all} are exact");
        assert!(changed > all, "{changed} requests changed");
    }
}

/// How many requests were tried, and how many of them change.
fn hold(found: &Diff, worlds: [&World; 2], models: [&Model; 2]) -> (usize, usize) {
    let (mut tried_, mut flipped) = (0, 0);
    let names = worlds.iter().flat_map(|world| world.users.iter().map(|user| format!("user:{}", user.name)));
    let principals: BTreeSet<String> = names.chain(["root".to_owned()]).collect();
    let asked = worlds.iter().flat_map(|world| world.asks.iter().map(|ask| ask.action.clone()));
    let told = found.changes.iter().flat_map(|change| change.gains.iter().chain(&change.losses));
    let told = told.flat_map(|right| right.actions.iter().map(|named| named.action.clone()));
    let actions: BTreeSet<String> = asked.take(6).chain(told.take(12)).collect();
    for principal in &principals {
        for action in &actions {
            for request in tried(worlds[1], principal, action).take(TRIED) {
                tried_ += 1;
                flipped += usize::from(held(found, worlds, models, &request));
            }
        }
    }
    (tried_, flipped)
}

/// What is said of a call is so; whether it changes.
pub(super) fn held(found: &Diff, worlds: [&World; 2], models: [&Model; 2], request: &Request) -> bool {
    let [old, new] = models.map(|model| reference::decide(model, request).map(|d| d.allowed).ok());
    let gained = new == Some(true) && old != Some(true);
    let lost = old == Some(true) && new != Some(true);
    for (gains, changes, decided) in [(true, gained, new.is_some()), (false, lost, old.is_some())] {
        let right = right(found, &request.principal, &request.action, gains);
        let fault = match right {
            // A name of an opaque service stands for its kind.
            None => changes && is_listed(worlds, &request.action),
            Some(right) => said(&right.answer, request).iter().any(|said| match said {
                Standing::Always => decided && !changes,
                Standing::Never => changes,
                Standing::Depends => false,
            }),
        };
        assert!(!fault, "{gains} {right:#?}\n{request:#?}\n{old:?} {new:?}\n{worlds:#?}");
    }
    gained || lost
}

/// Whether a catalog of either world lists an action.
fn is_listed(worlds: [&World; 2], action: &str) -> bool {
    let Some((service, name)) = action.split_once(':') else { return false };
    let services = worlds.into_iter().flat_map(|world| &world.services);
    let mut own = services.filter(|of| of.service == service);
    own.any(|of| of.actions.iter().any(|row| row.name == name))
}

/// A world after one to three changes.
pub(super) fn altered(world: &World, random: &mut Random) -> World {
    let mut next = world.clone();
    for _ in 0..random.between(1, 3) {
        alter(&mut next, random);
    }
    next
}

fn alter(world: &mut World, random: &mut Random) {
    let spare = world.policies.iter().flat_map(|policy| &policy.statements).cloned().collect::<Vec<_>>();
    let names: Vec<String> =
        world.policies.iter().filter(|p| p.kind.is_empty()).map(|p| p.name.clone()).collect();
    let what = random.below(13);
    let at = random.below(world.policies.len());
    if let Some(policy) = world.policies.get_mut(at).filter(|policy| policy.template.is_none()) {
        let at = random.below(policy.statements.len());
        let conditions = |statement: &mut Statement| std::mem::take(&mut statement.conditions);
        match (what, policy.statements.get_mut(at)) {
            (0, Some(_)) => drop(policy.statements.remove(at)),
            (1, _) => policy.statements.extend(random.pick(&spare).cloned()),
            (2, Some(statement)) => statement.deny = !statement.deny,
            (3, Some(statement)) => drop(conditions(statement)),
            (4, Some(statement)) => {
                let borrowed: Vec<Condition> =
                    random.pick(&spare).map(|other| other.conditions.clone()).unwrap_or_default();
                statement.conditions = borrowed;
            }
            (5, Some(statement)) => {
                if let Some(other) = random.pick(&spare) {
                    statement.resources.clone_from(&other.resources);
                }
            }
            (6, Some(statement)) => {
                if let Some(other) = random.pick(&spare) {
                    statement.actions.clone_from(&other.actions);
                }
            }
            _ => {}
        }
    }
    let user = random.below(world.users.len());
    if let Some(user) = world.users.get_mut(user) {
        match what {
            7 => user.attached.extend(random.pick(&names).cloned()),
            8 => drop(user.attached.pop()),
            9 if world.boundary.is_none() => user.boundary = random.pick(&names).cloned(),
            _ => {}
        }
    }
    match what {
        10 => world.settings.uin = Some(random.word(&["1001", "7", "3003"])),
        11 => world.settings.evaluate = !world.settings.evaluate,
        12 => alter_catalog(world, random),
        _ => {}
    }
}

/// What a catalog says of an action changes, or the action goes.
fn alter_catalog(world: &mut World, random: &mut Random) {
    let at = random.below(world.services.len());
    let Some(service) = world.services.get_mut(at) else { return };
    let at = random.below(service.actions.len());
    if service.actions.len() > 1 && random.chance(25) && service.permids.is_empty() {
        service.actions.remove(at);
    } else if let Some(row) = service.actions.get_mut(at) {
        match random.below(3) {
            0 => row.ip = !row.ip,
            1 => row.tags = !row.tags,
            _ => row.granularity = random.word(&["operation", "resource"]),
        }
    }
}
