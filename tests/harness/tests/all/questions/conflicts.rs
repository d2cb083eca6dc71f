//! Conflicts of duties: equal to brute force over every cell of small worlds; of generated worlds no two calls that are
//! tried are missed.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use super::answers::ip;
use crate::exhaustive::{DISJOINT, Layout, NESTED, requests, statements, worlds};
use crate::space::tried;
use crate::{new_seed, number};
use passgate::Gate;
use passgate::address::PrefixSet;
use passgate::analysis::conflicts::{Conflict, conflicts};
use passgate::check::Request;
use passgate::model::Instant;
use passgate::reference;
use passgate_harness::random::Random;
use passgate_harness::world::{generate, model};

/// Where nothing is optimised, one small world of so many is tried.
const STRIDE_UNOPTIMISED: usize = 997;
/// Optimised, each.
const STRIDE: usize = 1;
/// Pairs of generated calls of a run, one caller at one address and time.
const PAIRS: usize = if cfg!(debug_assertions) { 20_000 } else { 2_000_000 };
/// Pairs of actions of a world.
const EACH: usize = 4;

#[test]
fn nested_prefixes() {
    exhaust(&NESTED);
}

#[test]
fn disjoint_prefixes() {
    exhaust(&DISJOINT);
}

/// Whether a conflict speaks of calls with the address and time of a request.
pub(super) fn speaks(of: &Conflict, request: &Request) -> (bool, bool) {
    let address = match ip(request) {
        None => of.without,
        Some(ip) => PrefixSet::from_prefixes(of.from.iter().copied()).contains(ip),
    };
    let time = match request.at.as_deref().and_then(Instant::parse) {
        None => of.timeless,
        Some(at) => {
            let within = |(since, until): &(Option<Instant>, Option<Instant>)| {
                since.is_none_or(|since| since <= at) && until.is_none_or(|until| at < until)
            };
            of.when.iter().any(within)
        }
    };
    (address, time)
}

#[expect(clippy::print_stdout, reason = "a run says what it has tried")]
fn exhaust(layout: &Layout) {
    let (statements, requests) = (statements(layout), requests(layout));
    let stride = if cfg!(debug_assertions) { STRIDE_UNOPTIMISED } else { STRIDE };
    let (mut asked, mut found_some) = (0, 0);
    let pairs = [["small:Near", "small:Thing"], ["small:Far", "small:Near"], ["small:*a*", "small:Thing"]];
    for world in worlds(&statements).step_by(stride) {
        let model = model(&world);
        let allowed: Vec<&Request> =
            requests.iter().filter(|request| reference::decide(&model, request).unwrap().allowed).collect();
        let gate = Gate::from_model(model).unwrap();
        for pair in pairs {
            let found = conflicts(&gate, &[pair.map(str::to_owned)]).unwrap();
            assert!(found.is_exact(), "{found:#?}\n{world:#?}");
            asked += 1;
            let covers = |pattern: &str, action: &str| match pattern {
                "small:*a*" => ["small:Near", "small:Far"].contains(&action),
                name => name == action,
            };
            // Addresses and times with which both are possible.
            let [first, second] = pair;
            let both = |one: &&&Request| {
                covers(first, &one.action)
                    && allowed.iter().any(|other| {
                        covers(second, &other.action)
                            && other.action != one.action
                            && ip(one) == ip(other)
                            && one.at == other.at
                    })
            };
            let possible: Vec<&&Request> = allowed.iter().filter(both).collect();
            let one = found.conflicts.first();
            assert_eq!(one.is_some(), !possible.is_empty(), "{pair:?} {found:#?}\n{world:#?}");
            let Some(one) = one else { continue };
            found_some += 1;
            assert_eq!((found.conflicts.len(), one.principals.as_slice()), (1, &["user:u".to_owned()][..]));
            for request in &requests {
                let (address, time) = speaks(one, request);
                let same_address = possible.iter().any(|other| ip(other) == ip(request));
                let same_time = possible.iter().any(|other| other.at == request.at);
                assert_eq!((address, time), (same_address, same_time), "{request:#?} {one:#?}\n{world:#?}");
            }
            let mut doable: Vec<&str> = possible.iter().map(|request| request.action.as_str()).collect();
            doable.sort_unstable();
            doable.dedup();
            assert_eq!(one.actions[0], doable, "{one:#?}\n{world:#?}");
            assert!(one.through.iter().all(|allows| !allows.is_empty()), "{one:#?}\n{world:#?}");
        }
    }
    println!("conflicts {:?}: {asked} answers, {found_some} conflicts", layout.prefixes);
}

#[test]
fn no_pair_of_calls_is_missed() {
    let seed = number("PASSGATE_SEED").unwrap_or_else(new_seed);
    println!("conflicts: seed {seed} (PASSGATE_SEED)");
    let (mut random, mut count, mut both, mut exact, mut all) = (Random::new(seed), 0, 0, 0, 0);
    while count < PAIRS {
        let world = generate(random.bits());
        let model = model(&world);
        let Ok(gate) = Gate::from_model(model.clone()) else { continue };
        for _ in 0..EACH {
            let (Some(one), Some(other)) = (random.pick(&world.asks), random.pick(&world.asks)) else {
                continue;
            };
            let pair = [one.action.clone(), other.action.clone()];
            let Ok(found) = conflicts(&gate, std::slice::from_ref(&pair)) else { continue };
            if same(&gate, &pair) {
                continue;
            }
            all += 1;
            exact += usize::from(found.is_exact());
            for user in &model.users {
                let principal = format!("user:{}", user.name);
                let own = found.conflicts.iter().find(|conflict| conflict.principals.contains(&principal));
                let decided =
                    |request: &Request| reference::decide(&model, request).ok().filter(|d| d.allowed);
                for first in tried(&world, &principal, &pair[0]) {
                    let first_allowed = decided(&first).is_some();
                    for second in tried(&world, &principal, &pair[1]).take(12) {
                        let second = Request { ip: first.ip.clone(), at: first.at.clone(), ..second };
                        count += 1;
                        if !first_allowed || decided(&second).is_none() {
                            continue;
                        }
                        both += 1;
                        let spoken = own.map(|own| speaks(own, &first));
                        let missed = spoken != Some((true, true)) && found.is_exact();
                        assert!(!missed, "{spoken:?} {first:#?}\n{second:#?}\n{found:#?}\n{world:#?}");
                    }
                }
            }
        }
    }
    println!("conflicts: {all} answers, {exact} exact, {count} pairs of calls, {both} of both");
    // Few answers say nothing of a share.
    let enough = all < 200 || (both > 0 && exact * 10 >= all * 7);
    assert!(enough, "{both} of both, {exact} of {all} exact");
}

/// Whether both names mean one action.
fn same(gate: &Gate, pair: &[String; 2]) -> bool {
    let bare = |name: &str| name.rsplit(['/']).next().unwrap_or(name).to_owned();
    let full = |name: &str| {
        let found = passgate::analysis::who::who(gate, name, &passgate::analysis::calls::Calls::default());
        found.map_or_else(|_| bare(name), |who| who.action)
    };
    pair[0] == pair[1] || full(&pair[0]) == full(&pair[1])
}
