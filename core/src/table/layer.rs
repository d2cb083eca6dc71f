//! A layer: for every action of one service, what a set of statements says on every stretch of the address line.
//!
//! The IPv4 line, the IPv6 line and *no address* are cut into segments; a segment names a row, and a row holds two
//! bits for each action. Equal rows are stored once. Everything lies in one block of 32-bit words, in this order:
//! head, index of the IPv4 segments, IPv4 segments (start, row), IPv6 segments (start in four words, high word first;
//! row), rows.
//!
//! A row of a policy has one or two planes. The first says for each action whether a statement matches for certain
//! (none, allow, deny); the second, where there is one, whether a statement with further conditions may match (bit 0
//! an allow, bit 1 a deny). A row of a merged layer has one plane whose fourth value is `depends`.

use super::rows::Rows;
use crate::address::Family;
use std::sync::Arc;

/// The address a check looks up: none, or family and number.
pub(crate) type Address = Option<(Family, u128)>;

/// What is known of one action at one address, before conditions are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cell {
    /// No statement can match.
    None,
    /// Allowed whatever else the request carries.
    Allow,
    /// A deny matches whatever else the request carries.
    Deny,
    /// Statements with further conditions could change the answer.
    Depends,
}

impl Cell {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Cell::None => "none",
            Cell::Allow => "allow",
            Cell::Deny => "deny",
            Cell::Depends => "depends",
        }
    }
}

/// What several layers say of one action at one address, gathered bit by bit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Gathered(u8);

impl Gathered {
    const ALLOW: u8 = 1;
    const DENY: u8 = 2;
    const MAY_ALLOW: u8 = 4;
    const MAY_DENY: u8 = 8;

    /// Adds two bits of a first plane and two of a second.
    #[inline]
    fn of(first: u32, second: u32) -> Self {
        let certain = if first == 3 { Self::MAY_ALLOW | Self::MAY_DENY } else { first as u8 };
        Gathered(certain | (second as u8) << 2)
    }

    /// What both say together.
    #[inline]
    pub(super) fn and(self, other: Gathered) -> Gathered {
        Gathered(self.0 | other.0)
    }

    /// A deny wins; a deny that may match leaves it open; then an allow; then an allow that may match.
    #[inline]
    pub(super) fn cell(self) -> Cell {
        if self.0 & Self::DENY != 0 {
            Cell::Deny
        } else if self.0 & Self::MAY_DENY != 0 {
            Cell::Depends
        } else if self.0 & Self::ALLOW != 0 {
            Cell::Allow
        } else if self.0 & Self::MAY_ALLOW != 0 {
            Cell::Depends
        } else {
            Cell::None
        }
    }
}

const ROW_WORDS: usize = 0;
const PLANES: usize = 1;
const V4_SHIFT: usize = 2;
const V4_AT: usize = 3;
const V4_COUNT: usize = 4;
const V6_AT: usize = 5;
const V6_COUNT: usize = 6;
const NO_ADDRESS_ROW: usize = 7;
const ROWS_AT: usize = 8;
const HEAD: usize = 9;

const V4_WORDS: usize = 2;
const V6_WORDS: usize = 5;
/// Actions in a word of a row.
pub(super) const CELLS: usize = 16;

/// What statements say on every stretch of the address line; cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layer(Arc<[u32]>);

impl Layer {
    #[inline]
    fn word(&self, at: usize) -> u32 {
        // INVARIANT: every place that is read was written by `LayerParts::finish`; the fallback is never taken.
        self.0.get(at).copied().unwrap_or(0)
    }

    #[inline]
    fn head(&self, at: usize) -> usize {
        self.word(at) as usize
    }

    /// What it says of an action at an address.
    #[inline]
    pub(super) fn at(&self, action: u32, address: Address) -> Gathered {
        let row = match address {
            None => self.head(NO_ADDRESS_ROW),
            Some((Family::V4, bits)) => self.row_v4(bits as u32),
            Some((Family::V6, bits)) => self.row_v6(bits),
        };
        let (width, planes) = (self.head(ROW_WORDS), self.head(PLANES));
        let word = self.head(ROWS_AT) + row * width * planes + action as usize / CELLS;
        let shift = action as usize % CELLS * 2;
        let first = self.word(word) >> shift & 3;
        let second = if planes == 2 { self.word(word + width) >> shift & 3 } else { 0 };
        Gathered::of(first, second)
    }

    /// The last segment that starts at or before the address; the index says between which two it lies.
    #[inline]
    fn row_v4(&self, bits: u32) -> usize {
        let at = self.head(V4_AT);
        let slot = HEAD + (u64::from(bits) >> self.word(V4_SHIFT)) as usize;
        let (mut low, mut high) = (self.word(slot) as usize, self.word(slot + 1) as usize);
        while low < high {
            let middle = (low + high).div_ceil(2);
            if self.word(at + middle * V4_WORDS) <= bits {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        self.head(at + low * V4_WORDS + 1)
    }

    #[inline]
    fn row_v6(&self, bits: u128) -> usize {
        let at = self.head(V6_AT);
        let (mut low, mut high) = (0, self.head(V6_COUNT) - 1);
        while low < high {
            let middle = (low + high).div_ceil(2);
            if self.start_v6(at + middle * V6_WORDS) <= bits {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        self.head(at + low * V6_WORDS + 4)
    }

    #[inline]
    fn start_v6(&self, at: usize) -> u128 {
        match self.0.get(at..at + 4) {
            Some([a, b, c, d]) => {
                let (high, low) = (u64::from(*a) << 32 | u64::from(*b), u64::from(*c) << 32 | u64::from(*d));
                u128::from(high) << 64 | u128::from(low)
            }
            _ => 0,
        }
    }

    /// Words of one plane of a row.
    pub(super) fn row_words(&self) -> usize {
        self.head(ROW_WORDS)
    }

    /// Number of segments of both families.
    pub(super) fn segments(&self) -> usize {
        self.head(V4_COUNT) + self.head(V6_COUNT)
    }

    /// Start and row of every segment of a family, in order.
    pub(super) fn starts(&self, family: Family) -> impl Iterator<Item = (u128, usize)> + '_ {
        let (at, count, words) = match family {
            Family::V4 => (self.head(V4_AT), self.head(V4_COUNT), V4_WORDS),
            Family::V6 => (self.head(V6_AT), self.head(V6_COUNT), V6_WORDS),
        };
        (0..count).map(move |i| {
            let entry = at + i * words;
            match family {
                Family::V4 => (u128::from(self.word(entry)), self.head(entry + 1)),
                Family::V6 => (self.start_v6(entry), self.head(entry + 4)),
            }
        })
    }

    /// The row where there is no address.
    pub(super) fn no_address_row(&self) -> usize {
        self.head(NO_ADDRESS_ROW)
    }

    /// First and second plane of a row; the second is empty where there is none.
    pub(super) fn planes(&self, row: usize) -> (&[u32], &[u32]) {
        let (width, planes) = (self.head(ROW_WORDS), self.head(PLANES));
        let start = self.head(ROWS_AT) + row * width * planes;
        let first = self.0.get(start..start + width).unwrap_or(&[]);
        let second = if planes == 2 { self.0.get(start + width..start + 2 * width) } else { None };
        (first, second.unwrap_or(&[]))
    }
}

/// A layer while it is made: segments in ascending order, rows by number.
#[derive(Debug)]
pub(super) struct LayerParts {
    rows: Rows,
    row_words: usize,
    planes: usize,
    v4: Vec<(u32, u32)>,
    v6: Vec<(u128, u32)>,
    no_address: u32,
}

impl LayerParts {
    pub(super) fn new(row_words: usize, planes: usize) -> Self {
        let rows = Rows::new(row_words * planes);
        LayerParts { rows, row_words, planes, v4: Vec::new(), v6: Vec::new(), no_address: 0 }
    }

    /// Says what holds from `start` on, until the next start; starts ascend, the first is 0.
    pub(super) fn from(&mut self, family: Family, start: u128, row: &[u32]) {
        let row = self.rows.number(row);
        match family {
            Family::V4 if self.v4.last().is_none_or(|last| last.1 != row) => {
                self.v4.push((u32::try_from(start).unwrap_or(u32::MAX), row));
            }
            Family::V6 if self.v6.last().is_none_or(|last| last.1 != row) => self.v6.push((start, row)),
            _ => {}
        }
    }

    /// Says what holds where there is no address.
    pub(super) fn without_address(&mut self, row: &[u32]) {
        self.no_address = self.rows.number(row);
    }

    /// Lays everything out in one block.
    pub(super) fn finish(self) -> Layer {
        let index = index_v4(&self.v4);
        let (v4_at, v6_at) =
            (HEAD + index.entries.len(), HEAD + index.entries.len() + self.v4.len() * V4_WORDS);
        let rows_at = v6_at + self.v6.len() * V6_WORDS;
        let head = [self.row_words, self.planes, index.shift, v4_at, self.v4.len(), v6_at, self.v6.len()];
        let mut words = Vec::with_capacity(rows_at + self.rows.words().len());
        words.extend(head.iter().map(|n| u32::try_from(*n).unwrap_or(u32::MAX)));
        words.extend([self.no_address, u32::try_from(rows_at).unwrap_or(u32::MAX)]);
        words.extend(index.entries);
        words.extend(self.v4.iter().flat_map(|(start, row)| [*start, *row]));
        for (start, row) in &self.v6 {
            words.extend([96, 64, 32, 0].map(|shift| (start >> shift) as u32));
            words.push(*row);
        }
        words.extend(self.rows.words());
        Layer(words.into())
    }
}

/// For each value of an address's highest bits: the segment that holds the first such address.
struct Index {
    shift: usize,
    entries: Vec<u32>,
}

/// One entry for about two segments, and one more at the end.
fn index_v4(segments: &[(u32, u32)]) -> Index {
    let bits = (segments.len() / 2).max(1).ilog2().min(16);
    let shift = 32 - bits;
    let mut entries = Vec::with_capacity((1 << bits) + 1);
    let mut at = 0;
    for slot in 0..1u64 << bits {
        let first = slot << shift;
        while segments.get(at + 1).is_some_and(|next| u64::from(next.0) <= first) {
            at += 1;
        }
        entries.push(u32::try_from(at).unwrap_or(u32::MAX));
    }
    entries.push(u32::try_from(segments.len().saturating_sub(1)).unwrap_or(u32::MAX));
    Index { shift: shift as usize, entries }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_finds_the_last_start_at_or_before_it() {
        for count in [1u32, 2, 3, 17, 100, 5_000] {
            let starts: Vec<u32> =
                (0..count).map(|i| if i == 0 { 0 } else { i * 700_001 + (i % 3) }).collect();
            let mut parts = LayerParts::new(1, 1);
            for (i, start) in starts.iter().enumerate() {
                parts.from(Family::V4, u128::from(*start), &[i as u32 & 3]);
                parts.from(Family::V6, u128::from(*start) << 90, &[i as u32 & 3]);
            }
            parts.without_address(&[2]);
            let layer = parts.finish();
            assert_eq!(layer.at(0, None).cell(), Cell::Deny);
            let probes = starts.iter().flat_map(|s| [s.saturating_sub(1), *s, s + 1]).chain([u32::MAX]);
            for probe in probes {
                let expected = (starts.partition_point(|s| *s <= probe) as u32 - 1) & 3;
                let expected = Gathered::of(expected, 0);
                assert_eq!(layer.at(0, Some((Family::V4, u128::from(probe)))), expected, "{count} {probe}");
                assert_eq!(layer.at(0, Some((Family::V6, u128::from(probe) << 90))), expected);
            }
        }
    }

    #[test]
    fn a_deny_wins_and_what_may_match_leaves_it_open() {
        let cell = |first, second| Gathered::of(first, second).cell();
        assert_eq!(cell(0, 0), Cell::None);
        assert_eq!(cell(1, 0), Cell::Allow);
        assert_eq!(cell(1, 1), Cell::Allow);
        assert_eq!(cell(0, 1), Cell::Depends);
        assert_eq!(cell(1, 2), Cell::Depends);
        assert_eq!(cell(2, 3), Cell::Deny);
        assert_eq!(cell(3, 0), Cell::Depends);
        assert_eq!(Gathered::of(1, 0).and(Gathered::of(0, 1)).cell(), Cell::Allow);
        assert_eq!(Gathered::of(3, 0).and(Gathered::of(2, 0)).cell(), Cell::Deny);
    }
}
