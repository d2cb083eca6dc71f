//! The smallest change of one thing, of all that would do.
//!
//! Of addresses the nearest is the one that shares the longest prefix with the call's, then the one whose number is
//! nearest; of moments the nearest; of the values of a key the first that the statements tell apart. To give none is
//! the last resort.

use super::Change;
use super::reduced::{Dim, Step};
use crate::address::{Family, Prefix, PrefixSet, address, canonical_bits, parse_address};
use crate::analysis::space::{Extent, Witness};
use crate::check::{ContextValue, Ip, Request};
use crate::model::Instant;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The calls that would do, on one resource, and one of them.
pub(super) struct Reached {
    pub(super) extent: Extent,
    pub(super) call: Option<Witness>,
}

/// The change of one thing that would do on every resource; none where there is none.
pub(super) fn step(reached: &[Reached], dim: &Dim, request: &Request) -> Option<Step> {
    // What is only perhaps allowed is no answer; a call that is allowed for certain is.
    let doubtful = reached.iter().any(|one| !one.extent.doubts.is_empty());
    match (doubtful, reached) {
        (true, [one]) => of_call(one.call.as_ref()?, dim),
        (true, _) => None,
        (false, _) => match dim {
            Dim::Address => of_address(reached, request),
            Dim::Time => of_time(reached, request),
            Dim::Key(key) => of_key(reached, key, request),
        },
    }
}

fn of_call(call: &Witness, dim: &Dim) -> Option<Step> {
    Some(Step::Change(match dim {
        Dim::Address => Change::Address { to: call.address, within: call.prefix },
        Dim::Time => Change::Time { to: call.at, since: call.at, until: call.at.map(Instant::next) },
        Dim::Key(key) => {
            let value = call.context.iter().find(|(name, _)| **name == **key).map(|(_, value)| value.clone());
            Change::Context { key: key.clone(), to: value }
        }
    }))
}

fn of_address(reached: &[Reached], request: &Request) -> Option<Step> {
    let mut read = reached.iter().filter_map(|one| one.extent.addresses.as_ref());
    let Some(first) = read.next() else { return Some(Step::Keep) };
    let (mut places, mut none) = (first.places.clone(), first.none);
    for more in read {
        places = places.intersect(&more.places);
        none &= more.none;
    }
    let given = given_address(request);
    if given.is_some_and(|(family, bits)| places.contains_bits(family, bits)) || (given.is_none() && none) {
        return Some(Step::Keep);
    }
    let nearest = nearest_address(&places, given);
    let change = match nearest {
        Some((family, bits, within)) => {
            Change::Address { to: Some(address(family, bits)), within: Some(within) }
        }
        None if none => Change::Address { to: None, within: None },
        None => return None,
    };
    Some(Step::Change(change))
}

fn given_address(request: &Request) -> Option<(Family, u128)> {
    match request.ip.as_ref()? {
        Ip::Address(address) => Some(canonical_bits(*address)),
        Ip::Text(text) => parse_address(text).ok().map(canonical_bits),
    }
}

/// The nearest address, and the widest prefix of the places around it; without an address to start from, the first.
fn nearest_address(places: &PrefixSet, given: Option<(Family, u128)>) -> Option<(Family, u128, Prefix)> {
    let prefixes = places.prefixes();
    let family = given.map(|(family, _)| family);
    let near = prefixes.iter().filter(|prefix| Some(prefix.family) == family).map(|prefix| {
        let from = given.map_or(0, |(_, bits)| bits);
        let end = if from < prefix.first() { prefix.first() } else { prefix.last() };
        let differing = 128 - (from ^ end).leading_zeros();
        (differing, from.abs_diff(end), (prefix.family, end, *prefix))
    });
    let nearest = near.min_by_key(|(differing, distance, _)| (*differing, *distance));
    let first = || prefixes.first().map(|prefix| (prefix.family, prefix.first(), *prefix));
    nearest.map(|(_, _, found)| found).or_else(first)
}

/// A stretch of time in which calls are allowed.
type Stretch = (Option<Instant>, Option<Instant>);

fn of_time(reached: &[Reached], request: &Request) -> Option<Step> {
    let read: Vec<_> = reached.iter().filter_map(|one| one.extent.times.as_ref()).collect();
    if read.is_empty() {
        return Some(Step::Keep);
    }
    let cuts: BTreeSet<Instant> = read.iter().flat_map(|times| times.since.keys().copied()).collect();
    let good = |at: &Instant| {
        read.iter().all(|times| {
            let class = times.since.range(..=*at).next_back().or_else(|| times.since.iter().next());
            class.is_some_and(|(_, good)| *good)
        })
    };
    let mut stretches: Vec<Stretch> = Vec::new();
    let nexts = cuts.iter().skip(1).map(|next| Some(*next)).chain([None]);
    for (number, (since, until)) in cuts.iter().zip(nexts).enumerate() {
        let since_ever = number == 0;
        match stretches.last_mut() {
            _ if !good(since) => {}
            Some(last) if last.1 == Some(*since) => last.1 = until,
            _ => stretches.push(((!since_ever).then_some(*since), until)),
        }
    }
    let given = request.at.as_deref().and_then(Instant::parse);
    let none = read.iter().all(|times| times.none);
    if given.is_none() && none {
        return Some(Step::Keep);
    }
    let nearest = stretches.iter().map(|stretch| (*stretch, moment(*stretch, given)));
    let distance = |at: Instant| given.map_or(0, |given| nanos(at).abs_diff(nanos(given)));
    let nearest = nearest.min_by_key(|(_, at)| distance(*at));
    match nearest {
        Some((_, at)) if Some(at) == given => Some(Step::Keep),
        Some(((since, until), at)) => Some(Step::Change(Change::Time { to: Some(at), since, until })),
        None => none.then_some(Step::Change(Change::Time { to: None, since: None, until: None })),
    }
}

/// The moment of a stretch that is nearest to another; without one, its first, or one shortly before its end.
fn moment((since, until): Stretch, given: Option<Instant>) -> Instant {
    let ordinary = Instant { seconds: 1_767_225_600, nanos: 0 };
    let last = until.map(before);
    match given {
        Some(given) if since.is_some_and(|since| given < since) => since.unwrap_or(given),
        Some(given) if last.is_some_and(|last| given > last) => last.unwrap_or(given),
        Some(given) => given,
        None => since.unwrap_or_else(|| last.map_or(ordinary, |last| Instant { nanos: 0, ..last })),
    }
}

/// The last instant before another.
fn before(at: Instant) -> Instant {
    match at.nanos {
        0 => Instant { seconds: at.seconds.saturating_sub(1), nanos: 999_999_999 },
        nanos => Instant { nanos: nanos - 1, ..at },
    }
}

fn nanos(at: Instant) -> i128 {
    i128::from(at.seconds) * 1_000_000_000 + i128::from(at.nanos)
}

fn of_key(reached: &[Reached], key: &Arc<str>, request: &Request) -> Option<Step> {
    let read: Vec<_> = reached.iter().filter_map(|one| one.extent.keys.get(key)).collect();
    if read.is_empty() {
        return Some(Step::Keep);
    }
    let given = request.context.iter().find(|(name, _)| **name == **key).map(|(_, value)| value);
    let given = given.filter(|value| !matches!(value, ContextValue::List(list) if list.is_empty()));
    let absent = read.iter().all(|one| one.absent);
    if given.is_none() && absent {
        return Some(Step::Keep);
    }
    let of = |to| Some(Step::Change(Change::Context { key: key.clone(), to }));
    let mut single = read.first()?.values.iter().filter(|(_, good)| *good).map(|(value, _)| value);
    let fits = |value: &&ContextValue| {
        read.iter().skip(1).all(|one| one.values.iter().any(|(other, good)| *good && other == *value))
    };
    match (single.find(fits), reached) {
        (Some(value), _) => of(Some(value.clone())),
        (None, _) if absent => of(None),
        // Only several values together will do.
        (None, [one]) => of_call(one.call.as_ref()?, &Dim::Key(key.clone())),
        (None, _) => None,
    }
}
