//! Addresses of a statement as the fewest written prefixes: `from A not from B`, `unless from C`, names of networks.
//!
//! A set of addresses is a tree of halves. With prefixes that are taken and prefixes that are taken away again, the
//! fewest of a half follow from the fewest of its own halves, so the least is found in one walk.

use crate::address::{Family, Interval, Prefix, PrefixSet};
use crate::model::read::IP;
use crate::model::{Condition, Qualifier, Test};
use passgate_grammar::Span;
use std::sync::Arc;

/// Calls by their address: with one of these, and also without any where `none`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::analysis) struct Reach {
    pub(in crate::analysis) none: bool,
    pub(in crate::analysis) addresses: PrefixSet,
}

impl Reach {
    /// Every call.
    pub(in crate::analysis) fn all() -> Reach {
        Reach { none: true, addresses: PrefixSet::everywhere() }
    }

    /// Calls in both.
    pub(in crate::analysis) fn and(&self, other: &Reach) -> Reach {
        Reach { none: self.none && other.none, addresses: self.addresses.intersect(&other.addresses) }
    }

    /// Calls in either.
    pub(in crate::analysis) fn or(&self, other: &Reach) -> Reach {
        Reach { none: self.none || other.none, addresses: self.addresses.union(&other.addresses) }
    }

    /// The calls for which a condition on the address holds; none where it is a condition of another kind.
    pub(in crate::analysis) fn of(condition: &Condition) -> Option<Reach> {
        if condition.key.as_ref() != IP || condition.qualifier.is_some() {
            return None;
        }
        match &condition.test {
            Test::Ip { negated, prefixes, .. } => {
                let within = PrefixSet::from_prefixes(prefixes.iter().copied());
                let addresses = if *negated { within.complement() } else { within };
                Some(Reach { none: condition.if_exist, addresses })
            }
            Test::Null { values } => {
                let present =
                    if values.contains(&false) { PrefixSet::everywhere() } else { PrefixSet::new() };
                Some(Reach { none: values.contains(&true), addresses: present })
            }
            _ => None,
        }
    }
}

/// How a reach is written.
#[derive(Debug, Clone)]
pub(in crate::analysis) struct Written {
    /// Clauses of `.gate` text.
    pub(in crate::analysis) clauses: Vec<String>,
    /// The same as conditions.
    pub(in crate::analysis) conditions: Vec<Condition>,
    /// Written elements.
    pub(in crate::analysis) elements: usize,
}

/// Writes a reach with the fewest elements; none where no call is in it. `names` are networks that may be named; a
/// document has none of them.
pub(in crate::analysis) fn write(
    reach: &Reach,
    names: &[(Arc<str>, PrefixSet)],
    gate: bool,
) -> Option<Written> {
    let within = &reach.addresses;
    let everywhere = *within == PrefixSet::everywhere();
    let written = match (reach.none, within.is_empty(), everywhere) {
        (false, true, _) => return None,
        (true, _, true) => Written { clauses: Vec::new(), conditions: Vec::new(), elements: 0 },
        (true, true, _) => null("absent", true),
        (false, _, true) if gate => {
            let all = PrefixSet::everywhere().prefixes();
            Written {
                clauses: vec!["from anywhere".into()],
                conditions: vec![test(false, false, all)],
                elements: 1,
            }
        }
        (false, _, true) => null("present", false),
        (true, _, _) => or_absent(within, names),
        (false, _, _) => plain(within, names),
    };
    Some(written)
}

fn null(word: &str, absent: bool) -> Written {
    let condition = Condition {
        qualifier: None::<Qualifier>,
        if_exist: false,
        test: Test::Null { values: vec![absent] },
        key: IP.into(),
        span: Span::default(),
    };
    Written { clauses: vec![format!("when {IP} is {word}")], conditions: vec![condition], elements: 1 }
}

fn test(negated: bool, if_exist: bool, prefixes: Vec<Prefix>) -> Condition {
    let test = Test::Ip { negated, prefixes: prefixes.into(), written: Arc::default() };
    Condition { qualifier: None, if_exist, test, key: IP.into(), span: Span::default() }
}

fn named<'n>(set: &PrefixSet, names: &'n [(Arc<str>, PrefixSet)]) -> Option<&'n str> {
    names.iter().find(|(_, network)| network == set).map(|(name, _)| name.as_ref())
}

fn listed(prefixes: &[Prefix]) -> String {
    prefixes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn spelled(set: &PrefixSet, prefixes: &[Prefix], names: &[(Arc<str>, PrefixSet)]) -> (String, usize) {
    match named(set, names) {
        Some(name) => (name.to_owned(), 1),
        None => (listed(prefixes), prefixes.len()),
    }
}

/// In these addresses, or without one.
fn or_absent(within: &PrefixSet, names: &[(Arc<str>, PrefixSet)]) -> Written {
    let (inside, outside) = (within.prefixes(), within.complement().prefixes());
    let (inner, few) = spelled(within, &inside, names);
    let (outer, others) = spelled(&within.complement(), &outside, names);
    if others <= few {
        let clause = format!("unless from {outer}");
        return Written {
            clauses: vec![clause],
            conditions: vec![test(true, true, outside)],
            elements: others,
        };
    }
    let clause = format!("when {IP} is absent or in {inner}");
    Written { clauses: vec![clause], conditions: vec![test(false, true, inside)], elements: few }
}

/// In these addresses.
fn plain(within: &PrefixSet, names: &[(Arc<str>, PrefixSet)]) -> Written {
    let outside = within.complement();
    if let Some(name) = named(within, names) {
        let conditions = vec![test(false, false, within.prefixes())];
        return Written { clauses: vec![format!("from {name}")], conditions, elements: 1 };
    }
    if let Some(name) = named(&outside, names) {
        let conditions = vec![test(true, false, outside.prefixes())];
        return Written { clauses: vec![format!("not from {name}")], conditions, elements: 1 };
    }
    let least = fewest(within);
    let (mut clauses, mut conditions) = (Vec::new(), Vec::new());
    if !least.taken.is_empty() {
        clauses.push(format!("from {}", listed(&least.taken)));
        conditions.push(test(false, false, least.taken.clone()));
    }
    if !least.away.is_empty() {
        clauses.push(format!("not from {}", listed(&least.away)));
        conditions.push(test(true, false, least.away.clone()));
    }
    Written { clauses, conditions, elements: least.taken.len() + least.away.len() }
}

/// Prefixes that are taken, and prefixes taken away from them; none taken means from every address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::analysis) struct Fewest {
    pub(in crate::analysis) taken: Vec<Prefix>,
    pub(in crate::analysis) away: Vec<Prefix>,
}

/// The fewest prefixes, taken and taken away, that leave exactly this set.
pub(in crate::analysis) fn fewest(set: &PrefixSet) -> Fewest {
    between(set, set)
}

/// The fewest prefixes, taken and taken away, that leave all of `must` and nothing outside of `may`.
pub(in crate::analysis) fn between(must: &PrefixSet, may: &PrefixSet) -> Fewest {
    let never = may.complement();
    let root = |family| walk(Prefix::new(family, 0, 0), must.intervals(family), never.intervals(family));
    let roots: Vec<Half> = [Family::V4, Family::V6].map(root).into();
    let sum = |of: &dyn Fn(&Half) -> usize| roots.iter().map(of).sum::<usize>();
    let mut out = Fewest::default();
    if sum(&|half| half.full) < sum(&|half| half.bare) {
        roots.iter().for_each(|half| half.collect_full(&mut out));
    } else {
        roots.iter().for_each(|half| half.collect_bare(&mut out));
    }
    out
}

/// The fewest prefixes that hold all of `must` and nothing outside of `may`, none taken away.
pub(in crate::analysis) fn covering(must: &PrefixSet, may: &PrefixSet) -> Vec<Prefix> {
    let never = may.complement();
    let mut out = Vec::new();
    for family in [Family::V4, Family::V6] {
        walk(Prefix::new(family, 0, 0), must.intervals(family), never.intervals(family))
            .collect_plain(&mut out);
    }
    out
}

/// A prefix with what it takes to say which of its addresses are in the set.
struct Half {
    prefix: Prefix,
    /// Where nothing around it is taken.
    bare: usize,
    /// Where all of it is taken already.
    full: usize,
    kind: Kind,
}

enum Kind {
    /// Nothing of it must be in the set, nor out of it.
    Free,
    /// Something of it must be out of the set, nothing in it.
    Empty,
    /// Something of it must be in the set, nothing out of it.
    Whole,
    /// Two halves, and whether they are better taken apart than all of it where nothing around it is taken.
    Split(Box<[Half; 2]>, bool),
}

impl Half {
    fn collect_bare(&self, out: &mut Fewest) {
        match &self.kind {
            Kind::Free | Kind::Empty => {}
            Kind::Whole => out.taken.push(self.prefix),
            Kind::Split(halves, true) => {
                halves.iter().for_each(|half| half.collect_bare(out));
            }
            Kind::Split(halves, false) => {
                out.taken.push(self.prefix);
                halves.iter().for_each(|half| half.collect_full(out));
            }
        }
    }

    fn collect_full(&self, out: &mut Fewest) {
        match &self.kind {
            Kind::Empty => out.away.push(self.prefix),
            Kind::Free | Kind::Whole => {}
            Kind::Split(halves, _) => halves.iter().for_each(|half| half.collect_full(out)),
        }
    }

    fn collect_plain(&self, out: &mut Vec<Prefix>) {
        match &self.kind {
            Kind::Free | Kind::Empty => {}
            Kind::Whole => out.push(self.prefix),
            Kind::Split(halves, _) => halves.iter().for_each(|half| half.collect_plain(out)),
        }
    }
}

/// At most as deep as an address is wide.
fn walk(prefix: Prefix, must: &[Interval], never: &[Interval]) -> Half {
    let (first, last) = (prefix.first(), prefix.last());
    let (must, never) = (within(must, first, last), within(never, first, last));
    match (must.is_empty(), never.is_empty()) {
        (true, true) => return Half { prefix, bare: 0, full: 0, kind: Kind::Free },
        (true, false) => return Half { prefix, bare: 0, full: 1, kind: Kind::Empty },
        (false, true) => {
            return Half { prefix: around(prefix, must), bare: 1, full: 0, kind: Kind::Whole };
        }
        (false, false) => {}
    }
    let length = prefix.length.saturating_add(1);
    let width = Prefix::width(prefix.family);
    let upper = 1u128.checked_shl(u32::from(width.saturating_sub(length))).unwrap_or(0);
    let halves = [
        walk(Prefix::new(prefix.family, first, length), must, never),
        walk(Prefix::new(prefix.family, first | upper, length), must, never),
    ];
    let sum = |of: &dyn Fn(&Half) -> usize| halves.iter().map(of).sum::<usize>();
    // A half of which nothing must be in the set may be taken away whole, or only where it must.
    let full = sum(&|half| half.full);
    let apart = sum(&|half| half.bare);
    let bare = apart.min(1 + full);
    Half { prefix, bare, full, kind: Kind::Split(Box::new(halves), apart <= 1 + full) }
}

/// The longest prefix that holds all of some intervals that lie in a prefix.
fn around(prefix: Prefix, intervals: &[Interval]) -> Prefix {
    let (Some(first), Some(last)) = (intervals.first(), intervals.last()) else { return prefix };
    let (first, last) = (first.first.max(prefix.first()), last.last.min(prefix.last()));
    let same = (first ^ last).leading_zeros().saturating_sub(128 - u32::from(Prefix::width(prefix.family)));
    Prefix::new(prefix.family, first, u8::try_from(same).unwrap_or(prefix.length).max(prefix.length))
}

/// The intervals that meet a stretch.
fn within(intervals: &[Interval], first: u128, last: u128) -> &[Interval] {
    let from = intervals.partition_point(|interval| interval.last < first);
    let inside = intervals.get(from..).unwrap_or_default();
    let until = inside.partition_point(|interval| interval.first <= last);
    inside.get(..until).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::parse_prefix;

    fn set(texts: &str) -> PrefixSet {
        PrefixSet::from_prefixes(texts.split_whitespace().map(|t| parse_prefix(t).unwrap().prefix))
    }

    fn check(texts: &str, taken: &str, away: &str) {
        let found = fewest(&set(texts));
        assert_eq!((listed(&found.taken).as_str(), listed(&found.away).as_str()), (taken, away), "{texts}");
    }

    #[test]
    fn prefixes_are_taken_and_taken_away() {
        check("10.0.0.0/9 10.128.0.0/9", "10.0.0.0/8", "");
        check("10.0.0.0/9 10.128.0.0/10 10.192.0.0/11", "10.0.0.0/8", "10.224.0.0/11");
        check("10.0.0.0/9 10.128.0.0/10", "10.0.0.0/9, 10.128.0.0/10", "");
        let but = PrefixSet::everywhere().except(&set("10.0.0.0/8"));
        assert_eq!(fewest(&but), Fewest { taken: vec![], away: set("10.0.0.0/8").prefixes() });
        let four = set("0.0.0.0/0").except(&set("10.0.0.0/8"));
        assert_eq!(fewest(&four).taken.len() + fewest(&four).away.len(), 2);
    }

    /// Every way of taking and taking away among all prefixes of four addresses.
    #[test]
    fn there_is_no_smaller_way() {
        let base = u128::from(u32::from_be_bytes([10, 0, 0, 0]));
        let prefixes: Vec<Prefix> = (30..=32u8)
            .flat_map(|length| (0..1u128 << (length - 30)).map(move |n| (length, n)))
            .map(|(length, n)| Prefix::new(Family::V4, base + (n << (32 - length)), length))
            .collect();
        let of = |chosen: u32| {
            let members = prefixes.iter().enumerate().filter(|(n, _)| chosen >> n & 1 == 1).map(|(_, p)| *p);
            PrefixSet::from_prefixes(members)
        };
        for wanted in 1..16u32 {
            let set = of(wanted << 3);
            let mut least = u32::MAX;
            for taken in 0..1u32 << 7 {
                for away in 0..1u32 << 7 {
                    if taken.count_ones() + away.count_ones() < least && of(taken).except(&of(away)) == set {
                        least = taken.count_ones() + away.count_ones();
                    }
                }
            }
            let found = fewest(&set);
            let left = PrefixSet::from_prefixes(found.taken.iter().copied())
                .except(&PrefixSet::from_prefixes(found.away.iter().copied()));
            assert_eq!(left, set);
            assert_eq!((found.taken.len() + found.away.len()) as u32, least, "{wanted:04b}");
        }
    }
}
