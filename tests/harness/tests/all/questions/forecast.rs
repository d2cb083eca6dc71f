//! What changes by itself: equal to brute force on small worlds; of generated worlds no change of a decision between two
//! instants is missed.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use crate::exhaustive::{NESTED, requests, statements, worlds};
use crate::number;
use crate::space::tried;
use passgate::Gate;
use passgate::analysis::forecast::forecast;
use passgate::check::Request;
use passgate::model::Instant;
use passgate::reference;
use passgate_harness::random::Random;
use passgate_harness::world::{generate, model};
use std::collections::BTreeSet;

/// Where nothing is optimised, one small world of so many is tried.
const STRIDE_UNOPTIMISED: usize = 997;
/// Optimised, each.
const STRIDE: usize = 1;
/// The first seed; `PASSGATE_SEED` sets another.
const SEED: u64 = 8_076_101_947_593_775_126;
/// Pairs of instants of a run, between which a generated call is decided twice.
const PAIRS: usize = 20_000;

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

#[test]
fn small_worlds() {
    let (statements, requests) = (statements(&NESTED), requests(&NESTED));
    let stride = if cfg!(debug_assertions) { STRIDE_UNOPTIMISED } else { STRIDE };
    let (from, turn, to) =
        (at("2025-01-01T00:00:00Z"), at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
    let (mut asked, mut changed) = (0, 0);
    for world in worlds(&statements).step_by(stride) {
        let model = model(&world);
        let (mut gains, mut loses) = (BTreeSet::new(), BTreeSet::new());
        for request in requests.iter().filter(|request| request.at.is_none()) {
            let allowed = |time: &str| reference::decide(&model, &request.clone().at(time)).unwrap().allowed;
            match (allowed("2025-12-31T23:59:59.999999999Z"), allowed("2026-01-01T00:00:00Z")) {
                (false, true) => gains.insert(request.action.clone()),
                (true, false) => loses.insert(request.action.clone()),
                _ => false,
            };
        }
        let gate = Gate::from_model(model).unwrap();
        let found = forecast(&gate, from, to, Some("user:u")).unwrap();
        asked += 1;
        assert!(found.is_exact(), "{world:#?}");
        let told: Vec<(Instant, BTreeSet<String>, BTreeSet<String>)> = found
            .moments
            .iter()
            .flat_map(|moment| moment.changes.iter().map(move |change| (moment.at, change)))
            .map(|(at, one)| (at, one.gains.iter().cloned().collect(), one.loses.iter().cloned().collect()))
            .collect();
        let expected = if gains.is_empty() && loses.is_empty() { vec![] } else { vec![(turn, gains, loses)] };
        changed += expected.len();
        assert_eq!(told, expected, "{world:#?}");
        assert_eq!(forecast(&gate, turn, to, None).unwrap().moments, [], "an end does not count twice");
        assert_eq!(forecast(&gate, from, turn, Some("user:u")).unwrap().moments, found.moments);
    }
    println!("forecast: {asked} answers, {changed} changes");
}

#[test]
fn no_change_is_missed() {
    let seed = number("PASSGATE_SEED").unwrap_or(SEED);
    println!("forecast: seed {seed} (PASSGATE_SEED)");
    let (mut random, mut count, mut changes, mut exact, mut all) = (Random::new(seed), 0, 0, 0, 0);
    let (from, to) = (at("0001-01-01T00:00:00Z"), at("9999-12-31T23:59:59.999999999Z"));
    while count < PAIRS {
        let world = generate(random.bits());
        let model = model(&world);
        let Ok(gate) = Gate::from_model(model.clone()) else { continue };
        let found = forecast(&gate, from, to, None).unwrap();
        all += 1;
        exact += usize::from(found.is_exact());
        let asked = world.asks.iter().filter_map(|ask| Instant::parse(ask.at.as_deref()?));
        let listed = found.moments.iter().flat_map(|moment| [moment.at, before(moment.at)]);
        let instants: BTreeSet<Instant> = asked.chain(listed).collect();
        let instants: Vec<Instant> = instants.into_iter().collect();
        for user in &model.users {
            let principal = format!("user:{}", user.name);
            for action in world.asks.iter().take(8).map(|ask| ask.action.clone()).collect::<BTreeSet<_>>() {
                for request in tried(&world, &principal, &action).take(10) {
                    let allowed = |at: Instant| {
                        let request = Request { at: Some(at.to_string()), ..request.clone() };
                        reference::decide(&model, &request).is_ok_and(|decision| decision.allowed)
                    };
                    let decided: Vec<(Instant, bool)> =
                        instants.iter().map(|at| (*at, allowed(*at))).collect();
                    for pair in decided.windows(2) {
                        let [(first, one), (second, other)] = pair else { continue };
                        count += 1;
                        if one == other || !found.is_exact() {
                            continue;
                        }
                        changes += 1;
                        let told = found.moments.iter().filter(|m| m.at > *first && m.at <= *second);
                        let mut own = told.flat_map(|moment| &moment.changes);
                        let full = named(&action);
                        let spoken = own.any(|change| {
                            let side = if *other { &change.gains } else { &change.loses };
                            change.principals.contains(&principal)
                                && side.iter().any(|name| fits(name, &full, &world))
                        });
                        assert!(spoken, "{first} {second} {request:#?}\n{found:#?}\n{world:#?}");
                    }
                }
            }
        }
    }
    println!("forecast: {all} answers, {exact} exact, {count} pairs of instants, {changes} changes");
    // Few answers say nothing of a share.
    let enough = all < 200 || (changes > 0 && exact * 10 >= all * 5);
    assert!(enough, "{changes} changes, {exact} of {all} exact");
}

/// Without `name/` before the service; a name of its own may hold `/`.
fn named(action: &str) -> String {
    match action.split_once(':') {
        Some((service, name)) => format!("{}:{name}", service.rsplit('/').next().unwrap_or(service)),
        None => action.to_owned(),
    }
}

/// Whether a told action is the one of a call: by name, or of a service of which one name stands for others.
fn fits(told: &str, action: &str, world: &passgate_harness::world::World) -> bool {
    let (service, name) = told.split_once(':').unwrap_or(("", told));
    let of = |action: &str| action.split_once(':').map(|(service, _)| service.to_owned());
    let listed = world.services.iter().any(|known| known.service == service && !known.actions.is_empty());
    match of(action) {
        None => name == action,
        Some(_) if listed => told == action,
        // A service that no policy of callers names is told by one that stands for all of these.
        Some(other) => {
            let names =
                |of: &str| world.policies.iter().any(|p| p.kind.is_empty() && format!("{p:?}").contains(of));
            other == service || !names(service) && !names(&other)
        }
    }
}

fn before(at: Instant) -> Instant {
    match at.nanos {
        0 => Instant { seconds: at.seconds - 1, nanos: 999_999_999 },
        nanos => Instant { nanos: nanos - 1, ..at },
    }
}
