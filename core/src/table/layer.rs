//! A layer: for every action of one service, what a set of statements says on every stretch of the address line.
//!
//! The IPv4 line, the IPv6 line and *no address* are cut into segments; a segment names a row, and a row holds two
//! bits for each action. Equal rows are stored once. Everything lies in one block of 32-bit words: segments
//! ([`super::segments`]), then rows.
//!
//! A row of a policy has one or two planes. The first says for each action whether a statement matches for certain
//! (none, allow, deny); the second, where there is one, whether a statement with further conditions may match (bit 0
//! an allow, bit 1 a deny). A row of a merged layer has one plane whose fourth value is `depends`.

use super::memory::{Memory, Part};
use super::rows::Rows;
use super::segments::{Block, Segments, V4};
use super::words::{Words, word as to_u32};
use crate::address::Family;
use std::borrow::Cow;

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

    /// What statements say: bit 0 an allow matches, bit 1 a deny; those that match for certain, and those that may.
    #[inline]
    pub(super) fn statements(certain: u32, may: u32) -> Self {
        Gathered(certain as u8 | (may as u8) << 2)
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

/// Actions in a word of a row.
pub(super) const CELLS: usize = 16;

/// Further head words.
const ROWS_AT: usize = 0;
const ROW_WORDS: usize = 1;
const PLANES: usize = 2;
const NO_ADDRESS_ROW: usize = 3;
const FURTHER: usize = 4;

/// What statements say on every stretch of the address line; cheap to clone. The payload of a segment is a row. What
/// most checks read of the head is at hand.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    block: Block,
    /// Where the rows begin in the run of words that the block is a part of: in the block, or behind it where they are
    /// shared with other layers.
    rows_at: u32,
    row_words: u32,
    no_address: u32,
    v4: V4,
    planes: u8,
}

impl Layer {
    /// A policy's layer of a file in a service of `width` actions, where it holds together: every segment has a row,
    /// and rows say nothing of actions that are not there.
    pub(super) fn of(words: Words, width: usize) -> Option<Layer> {
        let block = Block::of(words, FURTHER)?;
        let (row_words, planes) = (block.further(ROW_WORDS), block.further(PLANES));
        let rows_at = block.further(ROWS_AT);
        let fits = block.payload_words() == 1 && row_words == width.div_ceil(CELLS) && row_words > 0;
        if !fits || !(1..=2).contains(&planes) {
            return None;
        }
        let rows = block.words().get(rows_at..)?;
        let count = rows.len() / (row_words * planes);
        let whole = rows.len() == count * row_words * planes && block.further(NO_ADDRESS_ROW) < count;
        let named = |family| block.starts(family).all(|(_, at)| (block.word(at) as usize) < count);
        let unused = if width.is_multiple_of(CELLS) { 0 } else { u32::MAX << (2 * (width % CELLS)) };
        let plane = |(number, plane): (usize, &[u32])| {
            let first = number % planes == 0;
            // A policy's first plane has no fourth value.
            plane.iter().all(|word| !first || word & word >> 1 & 0x5555_5555 == 0)
                && plane.last().is_some_and(|last| last & unused == 0)
        };
        let rows_hold = rows.chunks(row_words).enumerate().all(plane);
        (whole && named(Family::V4) && named(Family::V6) && rows_hold).then(|| Layer::at_hand(block))
    }

    fn at_hand(block: Block) -> Layer {
        let (from, _) = block.part().bounds();
        Layer {
            rows_at: to_u32(from + block.further(ROWS_AT)),
            row_words: to_u32(block.further(ROW_WORDS)),
            no_address: to_u32(block.further(NO_ADDRESS_ROW)),
            v4: block.v4(),
            planes: u8::try_from(block.further(PLANES)).unwrap_or(u8::MAX),
            block,
        }
    }

    /// Its words with rows of its own.
    pub(super) fn own_words(&self) -> Cow<'_, [u32]> {
        if !self.is_shared() {
            return Cow::Borrowed(self.block.words());
        }
        let mut parts = LayerParts::new(self.row_words(), usize::from(self.planes));
        for family in [Family::V4, Family::V6] {
            self.starts(family).for_each(|(start, row)| parts.from(family, start, self.row(row)));
        }
        parts.without_address(self.row(self.no_address));
        Cow::Owned(parts.finish().block.words().to_vec())
    }

    /// Whether its rows are shared with other layers.
    fn is_shared(&self) -> bool {
        self.rows_at as usize >= self.block.part().bounds().1
    }

    /// Words of a row, all planes.
    pub(super) fn whole_row(&self) -> usize {
        self.row_words as usize * usize::from(self.planes)
    }

    /// How many words it has, rows of its own included.
    pub(super) fn len(&self) -> usize {
        self.block.words().len()
    }

    /// How many of them are rows.
    pub(super) fn own_rows(&self) -> usize {
        self.block.words().len().saturating_sub(self.block.further(ROWS_AT))
    }

    /// A row, all planes.
    pub(super) fn row(&self, row: u32) -> &[u32] {
        let start = self.rows_at as usize + row as usize * self.whole_row();
        self.block.part().whole_run().get(start..start + self.whole_row()).unwrap_or(&[])
    }

    /// Its segments with rows by other numbers, which `number` says.
    pub(super) fn renumbered(&self, number: impl FnMut(u32) -> u32) -> Vec<u32> {
        self.block.with_payloads(number)
    }

    /// The same with segments that [`Layer::renumbered`] wrote, the rows at a place behind them in the same run.
    pub(super) fn on_shared_rows(&self, segments: Words, rows_at: usize, no_address: u32) -> Layer {
        Layer { block: Block::written(segments), rows_at: to_u32(rows_at), no_address, ..self.clone() }
    }

    /// What it says of an action at an address.
    #[inline]
    pub(super) fn at(&self, action: u32, address: Address) -> Gathered {
        let words = self.block.words();
        let row = match address {
            None => self.no_address,
            Some((Family::V4, bits)) => self.v4.payload(words, bits as u32),
            Some((family, bits)) => self.block.word(self.block.payload(family, bits)),
        };
        let (width, planes) = (self.row_words as usize, usize::from(self.planes));
        let row = (row as usize).wrapping_mul(width.wrapping_mul(planes));
        let word = (self.rows_at as usize).wrapping_add(row).wrapping_add(action as usize / CELLS);
        let shift = action as usize % CELLS * 2;
        let run = self.block.part().whole_run();
        let bits = |at: usize| run.get(at).map_or(0, |word| word >> shift & 3);
        let (first, second) = (bits(word), if planes == 2 { bits(word.wrapping_add(width)) } else { 0 });
        Gathered::of(first, second)
    }

    /// What a row says of an action.
    pub(super) fn of_row(&self, row: u32, action: usize) -> Gathered {
        let (first, second) = self.planes(row);
        let (at, shift) = (action / CELLS, action % CELLS * 2);
        let bits = |plane: &[u32]| plane.get(at).map_or(0, |word| word >> shift & 3);
        Gathered::of(bits(first), bits(second))
    }

    /// Words of one plane of a row.
    pub(super) fn row_words(&self) -> usize {
        self.block.further(ROW_WORDS)
    }

    /// Number of segments of both families.
    pub(super) fn segments(&self) -> usize {
        self.block.segments()
    }

    /// Counts its segments and its rows.
    pub(super) fn measure(&self, parts: (Part, Part), memory: &mut Memory) {
        self.block.measure(self.block.further(ROWS_AT), parts, memory);
        if self.is_shared() {
            memory.words(parts.1, &self.block.part().rest_of_run(self.rows_at as usize));
        }
    }

    /// Bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        self.block.bytes()
    }

    /// Start and row of every segment of a family, in order.
    pub(super) fn starts(&self, family: Family) -> impl Iterator<Item = (u128, u32)> + '_ {
        self.block.starts(family).map(|(start, payload)| (start, self.block.word(payload)))
    }

    /// The row where there is no address.
    pub(super) fn no_address_row(&self) -> u32 {
        self.no_address
    }

    /// First and second plane of a row; the second is empty where there is none.
    pub(super) fn planes(&self, row: u32) -> (&[u32], &[u32]) {
        let row = self.row(row);
        row.split_at_checked(self.row_words()).unwrap_or((row, &[]))
    }
}

/// A layer while it is made: segments in ascending order, rows by number.
#[derive(Debug)]
pub(super) struct LayerParts {
    segments: Segments,
    rows: Rows,
    row_words: usize,
    planes: usize,
    no_address: u32,
}

impl LayerParts {
    pub(super) fn new(row_words: usize, planes: usize) -> Self {
        let (segments, rows) = (Segments::new(1), Rows::new(row_words * planes));
        LayerParts { segments, rows, row_words, planes, no_address: 0 }
    }

    /// Says what holds from `start` on, until the next start; starts ascend, the first is 0.
    pub(super) fn from(&mut self, family: Family, start: u128, row: &[u32]) {
        let row = self.rows.number(row);
        self.segments.from(family, start, &[row]);
    }

    /// Says what holds where there is no address.
    pub(super) fn without_address(&mut self, row: &[u32]) {
        self.no_address = self.rows.number(row);
    }

    /// Lays everything out in one block.
    pub(super) fn finish(self) -> Layer {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let further = [0, number(self.row_words), number(self.planes), self.no_address];
        Layer::at_hand(self.segments.finish(&further, self.rows.words()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
