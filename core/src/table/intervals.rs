//! A set of addresses as words: how many intervals of IPv4 and of IPv6 there are, first and last of each IPv4 interval,
//! then first and last of each IPv6 interval in four words, high word first. Sorted, disjoint, not touching.

use super::memory::{Memory, Part};
use super::words::{Words, word};
use crate::address::{Family, Interval, PrefixSet};

/// Words before the intervals.
pub(super) const HEAD: usize = 2;

/// Where a statement's address test holds; cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AddressSet(Words);

impl AddressSet {
    /// A set of a file, where its intervals fit it, ascend, and do not touch.
    pub(super) fn of(words: Words) -> Option<Self> {
        let set = AddressSet(words);
        let (v4, v6) = (set.0.get(0).filter(|_| set.0.len() >= HEAD)? as usize, set.count(Family::V6));
        let length = v6.checked_mul(8)?.checked_add(v4.checked_mul(2)?)?.checked_add(HEAD)?;
        if length != set.0.len() {
            return None;
        }
        let ascends = |family| {
            let mut after = Some(0);
            set.intervals(family).enumerate().all(|(number, interval)| {
                let apart = after.is_some_and(|after: u128| number == 0 || interval.first > after);
                after = interval.last.checked_add(1);
                apart && interval.first <= interval.last
            })
        };
        (ascends(Family::V4) && ascends(Family::V6)).then_some(set)
    }

    pub(super) fn new(set: &PrefixSet) -> Self {
        let (v4, v6) = (set.intervals(Family::V4), set.intervals(Family::V6));
        let mut words = vec![word(v4.len()), word(v6.len())];
        words.extend(v4.iter().flat_map(|i| [i.first as u32, i.last as u32]));
        words.extend(v6.iter().flat_map(|i| [i.first, i.last]).flat_map(four));
        AddressSet(words.into())
    }

    /// How many intervals of both families there are.
    pub(super) fn len(&self) -> usize {
        self.count(Family::V4) + self.count(Family::V6)
    }

    /// How many intervals of a family there are.
    pub(super) fn count(&self, family: Family) -> usize {
        let at = match family {
            Family::V4 => 0,
            Family::V6 => 1,
        };
        self.0.get(at).unwrap_or(0) as usize
    }

    /// An interval of a family by number.
    fn interval(&self, family: Family, number: usize) -> Option<Interval> {
        match family {
            Family::V4 => {
                let at = HEAD + 2 * number;
                let [first, last] = *self.0.slice(at, at + 2) else { return None };
                Some(Interval { first: first.into(), last: last.into() })
            }
            Family::V6 => {
                let at = HEAD + 2 * self.count(Family::V4) + 8 * number;
                let (first, last) = self.0.slice(at, at + 8).split_at_checked(4)?;
                Some(Interval { first: number_of(first), last: number_of(last) })
            }
        }
    }

    /// The intervals of a family, in order.
    pub(super) fn intervals(&self, family: Family) -> impl Iterator<Item = Interval> + '_ {
        (0..self.count(family)).filter_map(move |number| self.interval(family, number))
    }

    /// Whether the address of a family with this number is in it.
    pub(super) fn contains(&self, family: Family, bits: u128) -> bool {
        let (mut low, mut high) = (0, self.count(family));
        while low < high {
            let middle = low + (high - low) / 2;
            match self.interval(family, middle) {
                Some(interval) if interval.last < bits => low = middle + 1,
                Some(interval) if interval.first > bits => high = middle,
                found => return found.is_some(),
            }
        }
        false
    }

    /// Its words.
    pub(super) fn words(&self) -> &[u32] {
        self.0.all()
    }

    pub(super) fn measure(&self, memory: &mut Memory) {
        memory.words(Part::Addresses, &self.0);
    }
}

/// A number of 128 bits as four words, high word first.
pub(super) fn four(number: u128) -> [u32; 4] {
    [96, 64, 32, 0].map(|shift| (number >> shift) as u32)
}

/// The number of some words, high word first.
pub(super) fn number_of(words: &[u32]) -> u128 {
    words.iter().fold(0, |number, word| number << 32 | u128::from(*word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::{canonical_bits, parse_address, parse_prefix};

    fn check(prefixes: &str, inside: &str, outside: &str) {
        let prefixes = prefixes.split_whitespace().map(|t| parse_prefix(t).unwrap().prefix);
        let set = PrefixSet::from_prefixes(prefixes);
        let found = AddressSet::new(&set);
        for family in [Family::V4, Family::V6] {
            assert!(found.intervals(family).eq(set.intervals(family).iter().copied()));
        }
        for (texts, expected) in [(inside, true), (outside, false)] {
            for text in texts.split_whitespace() {
                let (family, bits) = canonical_bits(parse_address(text).unwrap());
                assert_eq!(found.contains(family, bits), expected, "{text}");
            }
        }
    }

    #[test]
    fn ends_and_gaps_of_both_families() {
        check("", "", "0.0.0.0 ::");
        check("0.0.0.0/0", "0.0.0.0 255.255.255.255", ":: 1::");
        check(
            "10.0.0.0/8 12.0.0.0/8 ::/1",
            "10.0.0.0 12.255.255.255 7fff::",
            "9.255.255.255 11.0.0.0 8000::",
        );
        check("2001:db8::/32 ffff::/16", "2001:db8:: ffff::1", "2001:db9:: 2001:db7:ffff:: 1.2.3.4");
        check("1.1.1.1 1.1.1.3 1.1.1.5 1.1.1.7", "1.1.1.1 1.1.1.7", "1.1.1.0 1.1.1.2 1.1.1.6 1.1.1.8");
    }
}
