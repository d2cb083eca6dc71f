//! Sets of addresses: sorted disjoint intervals, each family on its own.
//!
//! Union, intersection and difference are one walk over both sides; building from prefixes sorts once.

use super::{Family, Prefix, address, canonical_bits, parse_address};
use std::cmp::Ordering;
use std::net::IpAddr;
use std::slice;

/// Addresses `first..=last` of one family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Interval {
    /// First address as a number.
    pub first: u128,
    /// Last address as a number.
    pub last: u128,
}

/// A set of addresses. Intervals of a family are sorted, disjoint and do not touch, so equal sets are equal values. Sets are
/// ordered as the lists of their fewest prefixes are.
///
/// ```
/// use passgate::address::{PrefixSet, parse_prefix};
/// let set = |texts: &[&str]| PrefixSet::from_prefixes(texts.iter().map(|t| parse_prefix(t).unwrap().prefix));
/// let outside = set(&["10.0.0.0/8"]).except(&set(&["10.0.0.0/9", "10.192.0.0/10"]));
/// assert_eq!(outside, set(&["10.128.0.0/10"]));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct PrefixSet {
    v4: Vec<Interval>,
    v6: Vec<Interval>,
}

impl PrefixSet {
    /// No address.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every address of both families.
    pub fn everywhere() -> Self {
        let all = |family| vec![Interval { first: 0, last: highest(family) }];
        PrefixSet { v4: all(Family::V4), v6: all(Family::V6) }
    }

    /// The addresses in any of the prefixes.
    pub fn from_prefixes(prefixes: impl IntoIterator<Item = Prefix>) -> Self {
        let interval = |p: Prefix| (p.family, Interval { first: p.first(), last: p.last() });
        Self::from_intervals(prefixes.into_iter().map(interval))
    }

    /// The addresses in any of the intervals.
    pub fn from_intervals(intervals: impl IntoIterator<Item = (Family, Interval)>) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for (family, interval) in intervals {
            match family {
                Family::V4 => v4.push(interval),
                Family::V6 => v6.push(interval),
            }
        }
        PrefixSet { v4: merged(v4), v6: merged(v6) }
    }

    /// The intervals of a family, in order.
    pub fn intervals(&self, family: Family) -> &[Interval] {
        match family {
            Family::V4 => &self.v4,
            Family::V6 => &self.v6,
        }
    }

    /// Whether no address is in it.
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    /// Whether an address is in it; an IPv4-mapped IPv6 address counts as the IPv4 address.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (family, bits) = canonical_bits(address);
        self.contains_bits(family, bits)
    }

    /// Whether the address of a family with this number is in it.
    pub fn contains_bits(&self, family: Family, bits: u128) -> bool {
        let intervals = self.intervals(family);
        let after = intervals.partition_point(|i| i.first <= bits);
        after.checked_sub(1).and_then(|i| intervals.get(i)).is_some_and(|i| bits <= i.last)
    }

    /// Whether every address of `other` is in it.
    pub fn covers(&self, other: &PrefixSet) -> bool {
        other.except(self).is_empty()
    }

    /// What is in either.
    #[must_use]
    pub fn union(&self, other: &PrefixSet) -> PrefixSet {
        PrefixSet { v4: joined(&self.v4, &other.v4), v6: joined(&self.v6, &other.v6) }
    }

    /// What is in any of several.
    pub fn union_of<'s>(sets: impl IntoIterator<Item = &'s PrefixSet>) -> PrefixSet {
        let mut sets = sets.into_iter();
        let Some(first) = sets.next() else { return PrefixSet::new() };
        let (mut v4, mut v6, mut several) = (first.v4.clone(), first.v6.clone(), false);
        for set in sets {
            several = true;
            v4.extend_from_slice(&set.v4);
            v6.extend_from_slice(&set.v6);
        }
        if several { PrefixSet { v4: merged(v4), v6: merged(v6) } } else { PrefixSet { v4, v6 } }
    }

    /// What is in both.
    #[must_use]
    pub fn intersect(&self, other: &PrefixSet) -> PrefixSet {
        PrefixSet { v4: common(&self.v4, &other.v4), v6: common(&self.v6, &other.v6) }
    }

    /// What is in this and not in `other`.
    #[must_use]
    pub fn except(&self, other: &PrefixSet) -> PrefixSet {
        PrefixSet { v4: without(&self.v4, &other.v4), v6: without(&self.v6, &other.v6) }
    }

    /// Every address that is not in it.
    #[must_use]
    pub fn complement(&self) -> PrefixSet {
        PrefixSet { v4: gaps(&self.v4, Family::V4), v6: gaps(&self.v6, Family::V6) }
    }

    /// The fewest prefixes that cover exactly this set, in order, IPv4 first.
    pub fn prefixes(&self) -> Vec<Prefix> {
        self.iter().collect()
    }

    /// [`PrefixSet::prefixes`], made one after the other: a set of few intervals can have many.
    ///
    /// ```
    /// use passgate::address::{PrefixSet, parse_prefix};
    /// let set = PrefixSet::from_prefixes([parse_prefix("10.0.0.0/8").unwrap().prefix]).complement();
    /// assert_eq!(set.iter().next().unwrap().to_string(), "0.0.0.0/5");
    /// ```
    pub fn iter(&self) -> Prefixes<'_> {
        Prefixes { v4: self.v4.iter(), v6: self.v6.iter(), open: None }
    }

    /// How many prefixes [`PrefixSet::prefixes`] would give, without making them: cutting out many addresses can
    /// leave many more prefixes than were cut.
    pub fn count_prefixes(&self) -> usize {
        self.iter().count()
    }
}

impl<'s> IntoIterator for &'s PrefixSet {
    type Item = Prefix;
    type IntoIter = Prefixes<'s>;

    fn into_iter(self) -> Prefixes<'s> {
        self.iter()
    }
}

impl Ord for PrefixSet {
    fn cmp(&self, other: &Self) -> Ordering {
        // Intervals that both begin with are equal prefix by prefix.
        let same = |a: &[Interval], b: &[Interval]| a.iter().zip(b).take_while(|(a, b)| a == b).count();
        let v4 = same(&self.v4, &other.v4);
        let v6 = if v4 == self.v4.len().max(other.v4.len()) { same(&self.v6, &other.v6) } else { 0 };
        self.after(v4, v6).cmp(other.after(v4, v6))
    }
}

impl PartialOrd for PrefixSet {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PrefixSet {
    /// The prefixes of all intervals but the first few of each family.
    fn after(&self, v4: usize, v6: usize) -> Prefixes<'_> {
        let rest = |all: &'_ [Interval], passed: usize| all.len().min(passed);
        let (v4, v6) = (rest(&self.v4, v4), rest(&self.v6, v6));
        let (v4, v6) = (self.v4.get(v4..).unwrap_or_default(), self.v6.get(v6..).unwrap_or_default());
        Prefixes { v4: v4.iter(), v6: v6.iter(), open: None }
    }
}

/// The fewest prefixes of a set, in order, IPv4 first.
#[derive(Debug, Clone)]
pub struct Prefixes<'s> {
    v4: slice::Iter<'s, Interval>,
    v6: slice::Iter<'s, Interval>,
    /// What is left of the interval that has been begun.
    open: Option<(Family, Interval)>,
}

impl Iterator for Prefixes<'_> {
    type Item = Prefix;

    fn next(&mut self) -> Option<Prefix> {
        let (family, interval) = match self.open.take() {
            Some(open) => open,
            None => match self.v4.next() {
                Some(interval) => (Family::V4, *interval),
                None => (Family::V6, *self.v6.next()?),
            },
        };
        let (prefix, rest) = largest(family, interval);
        self.open = rest.map(|rest| (family, rest));
        Some(prefix)
    }
}

/// A range `FIRST-LAST` of one family as prefixes, joined by commas; none where it is no range.
pub(super) fn range_text(text: &str) -> Option<String> {
    let (first, last) = text.split_once('-')?;
    let (family, first) = canonical_bits(parse_address(first).ok()?);
    let (other, last) = canonical_bits(parse_address(last).ok()?);
    if family != other || first > last {
        return None;
    }
    let range = PrefixSet::from_intervals([(family, Interval { first, last })]);
    Some(range.iter().map(|prefix| prefix.to_string()).collect::<Vec<_>>().join(", "))
}

fn highest(family: Family) -> u128 {
    match family {
        Family::V4 => u128::from(u32::MAX),
        Family::V6 => u128::MAX,
    }
}

fn merged(mut intervals: Vec<Interval>) -> Vec<Interval> {
    // Most often some sorted runs one after the other, which this sort merges.
    intervals.sort_by_key(|interval| interval.first);
    intervals.dedup_by(|next, kept| {
        let joins = kept.last.checked_add(1).is_none_or(|after| next.first <= after);
        if joins {
            kept.last = kept.last.max(next.last);
        }
        joins
    });
    intervals
}

fn joined(a: &[Interval], b: &[Interval]) -> Vec<Interval> {
    let mut out: Vec<Interval> = Vec::with_capacity(a.len() + b.len());
    let (mut left, mut right) = (a.iter().peekable(), b.iter().peekable());
    loop {
        let next = match (left.peek(), right.peek()) {
            (Some(x), Some(y)) if y.first < x.first => right.next(),
            (Some(_), _) => left.next(),
            (None, _) => right.next(),
        };
        let Some(next) = next else { return out };
        match out.last_mut() {
            Some(kept) if kept.last.checked_add(1).is_none_or(|after| next.first <= after) => {
                kept.last = kept.last.max(next.last);
            }
            _ => out.push(*next),
        }
    }
}

fn common(a: &[Interval], b: &[Interval]) -> Vec<Interval> {
    let mut out = Vec::new();
    let (mut left, mut right) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(x), Some(y)) = (left.peek(), right.peek()) {
        let (first, last) = (x.first.max(y.first), x.last.min(y.last));
        if first <= last {
            out.push(Interval { first, last });
        }
        if x.last < y.last {
            left.next();
        } else {
            right.next();
        }
    }
    out
}

fn without(a: &[Interval], b: &[Interval]) -> Vec<Interval> {
    let mut out = Vec::with_capacity(a.len() + b.len());
    let mut cuts = b.iter().peekable();
    for interval in a {
        let mut rest = Some(interval.first);
        while let Some(first) = rest {
            let Some(cut) = cuts.peek().filter(|cut| cut.first <= interval.last) else { break };
            if cut.last < first {
                cuts.next();
                continue;
            }
            if let Some(last) = cut.first.checked_sub(1).filter(|last| first <= *last) {
                out.push(Interval { first, last });
            }
            rest = cut.last.checked_add(1).filter(|next| *next <= interval.last);
            if rest.is_some() {
                cuts.next();
            }
        }
        out.extend(rest.map(|first| Interval { first, last: interval.last }));
    }
    out
}

fn gaps(intervals: &[Interval], family: Family) -> Vec<Interval> {
    let mut out = Vec::new();
    let mut next = Some(0);
    for interval in intervals {
        if let (Some(first), Some(last)) = (next, interval.first.checked_sub(1))
            && first <= last
        {
            out.push(Interval { first, last });
        }
        next = interval.last.checked_add(1);
    }
    let last = highest(family);
    if let Some(first) = next.filter(|first| *first <= last) {
        out.push(Interval { first, last });
    }
    out
}

/// The largest aligned prefix that fits at the start of an interval, and what is left behind it.
fn largest(family: Family, interval: Interval) -> (Prefix, Option<Interval>) {
    let width = u32::from(Prefix::width(family));
    let Interval { first, last } = interval;
    let left = last - first;
    let aligned = first.trailing_zeros().min(width);
    let fitting = if left == u128::MAX { 128 } else { (left + 1).ilog2() };
    let host = aligned.min(fitting);
    let prefix = Prefix { family, bits: first, length: u8::try_from(width - host).unwrap_or(0) };
    let next = 1u128.checked_shl(host).and_then(|size| first.checked_add(size));
    (prefix, next.filter(|next| *next <= last).map(|first| Interval { first, last }))
}

impl Interval {
    /// The address after it; none where it ends its line.
    pub fn after(self, family: Family) -> Option<u128> {
        if self.last == highest(family) { None } else { self.last.checked_add(1) }
    }

    /// First and last address.
    pub fn ends(self, family: Family) -> (IpAddr, IpAddr) {
        (address(family, self.first), address(family, self.last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::parse_prefix;

    fn set(texts: &str) -> PrefixSet {
        PrefixSet::from_prefixes(texts.split_whitespace().map(|t| parse_prefix(t).unwrap().prefix))
    }

    fn text(set: &PrefixSet) -> String {
        set.prefixes().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    /// All prefixes of the last three bits of an address: 15 of them.
    fn small_prefixes() -> Vec<Prefix> {
        let base = u128::from(u32::from_be_bytes([255, 255, 255, 248]));
        let at = |length: u8| {
            (0..1u128 << (length - 29))
                .map(move |i| Prefix::new(Family::V4, base + (i << (32 - length)), length))
        };
        (29..=32).flat_map(at).collect()
    }

    fn members(set: &PrefixSet) -> u8 {
        let base = u32::from_be_bytes([255, 255, 255, 248]);
        (0..8).filter(|i| set.contains(address(Family::V4, u128::from(base + i)))).fold(0, |m, i| m | 1 << i)
    }

    #[test]
    fn every_pair_of_small_sets_agrees_with_sets_of_bits() {
        let ones = &small_prefixes()[7..];
        let set = |m: u32| PrefixSet::from_prefixes((0..8).filter(|i| m >> i & 1 == 1).map(|i| ones[i]));
        let distinct: Vec<PrefixSet> = (0..256).map(set).collect();
        for a in &distinct {
            assert_eq!(PrefixSet::from_prefixes(a.prefixes()), *a);
            assert_eq!(a.prefixes().len(), a.count_prefixes());
            for b in distinct.iter().step_by(3) {
                let (x, y) = (members(a), members(b));
                assert_eq!(members(&a.union(b)), x | y);
                assert_eq!(members(&a.intersect(b)), x & y);
                assert_eq!(members(&a.except(b)), x & !y);
                assert_eq!(a.covers(b), y & !x == 0);
                assert_eq!(a == b, x == y);
                assert_eq!(a.cmp(b), a.prefixes().cmp(&b.prefixes()));
            }
        }
    }

    #[test]
    fn the_cover_is_the_smallest() {
        let prefixes = small_prefixes();
        let covered: Vec<u8> = prefixes.iter().map(|p| members_of(*p)).collect();
        let mut least = [u32::MAX; 256];
        for chosen in 0..1u32 << 15 {
            let all = (0..15).filter(|i| chosen >> i & 1 == 1).fold(0u8, |all, i| all | covered[i]);
            let slot = &mut least[usize::from(all)];
            *slot = (*slot).min(chosen.count_ones());
        }
        for (m, fewest) in least.iter().enumerate() {
            let set = PrefixSet::from_prefixes((0..8).filter(|i| m >> i & 1 == 1).map(|i| prefixes[7 + i]));
            assert_eq!(set.prefixes().len() as u32, *fewest, "{m:08b}");
        }
    }

    fn members_of(prefix: Prefix) -> u8 {
        let base = u128::from(u32::from_be_bytes([255, 255, 255, 248]));
        (0..8).filter(|i| (prefix.first()..=prefix.last()).contains(&(base + i))).fold(0, |m, i| m | 1 << i)
    }

    #[test]
    fn sets_are_ordered_as_lists_of_their_prefixes() {
        let texts = [
            "",
            "10.0.0.0/8",
            "10.0.0.0/8 ::/0",
            "10.0.0.0/8 10.255.0.0/15",
            "10.0.0.0/8 12.0.0.0/8",
            "10.0.0.0/9",
            "10.0.0.0/9 10.128.0.0/10 2001:db8::/32",
            "2001:db8::/32",
            "2001:db8::/33 2001:db8:8000::/34",
            "0.0.0.0/0 ::/0",
            "0.0.0.0/0 ::/1 ffff::/16",
        ];
        let mut sets: Vec<PrefixSet> = texts.iter().map(|text| set(text)).collect();
        sets.extend(sets.clone().iter().map(PrefixSet::complement));
        for a in &sets {
            for b in &sets {
                assert_eq!(a.cmp(b), a.prefixes().cmp(&b.prefixes()), "{} / {}", text(a), text(b));
            }
        }
    }

    #[test]
    fn ends_of_the_line_and_families() {
        assert_eq!(text(&PrefixSet::everywhere()), "0.0.0.0/0 ::/0");
        assert!(PrefixSet::everywhere().complement().is_empty());
        assert_eq!(PrefixSet::new().complement(), PrefixSet::everywhere());
        let all_but_ends = PrefixSet::everywhere().except(&set("0.0.0.0 255.255.255.255 :: ffff::/16"));
        assert!(!all_but_ends.contains("0.0.0.0".parse().unwrap()));
        assert!(all_but_ends.contains("::1".parse().unwrap()));
        assert_eq!(all_but_ends.complement(), set("0.0.0.0 255.255.255.255 :: ffff::/16"));
        assert_eq!(text(&set("10.0.0.0/9 10.128.0.0/9 10.0.0.1 ::/1 8000::/1")), "10.0.0.0/8 ::/0");
        assert!(!set("::/0").contains("10.0.0.1".parse().unwrap()));
        assert!(set("10.0.0.1").contains("::ffff:10.0.0.1".parse().unwrap()));
    }
}
