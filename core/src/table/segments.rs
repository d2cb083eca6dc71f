//! The address line cut into segments, each with a payload, in one block of 32-bit words; and how one is found.
//!
//! Layout: head; further head words of whoever uses it; index of the IPv4 segments; IPv4 segments (start, payload);
//! index of the IPv6 segments; IPv6 segments (start in four words, high word first; payload); what the user adds.
//! An index has for each value of some high bits the segment that holds the first such address, so that few segments
//! are left to search.

use super::intervals::{four, number_of};
use super::memory::{Memory, Part};
use super::words::{Words, word as to_u32};
use crate::address::Family;
use std::hint::select_unpredictable;

/// Words of a segment's payload.
const PAYLOAD: usize = 0;
const V4_SHIFT: usize = 1;
const V4_INDEX: usize = 2;
const V4_AT: usize = 3;
const V4_COUNT: usize = 4;
/// High bits of an IPv6 address that all starts but the first share.
const V6_SKIP: usize = 5;
const V6_SHIFT: usize = 6;
const V6_INDEX: usize = 7;
const V6_AT: usize = 8;
const V6_COUNT: usize = 9;
pub(super) const HEAD: usize = 10;

/// Words of an IPv4 and of an IPv6 start.
const V4_START: usize = 1;
const V6_START: usize = 4;
/// Most bits that an index is made of.
const INDEX_BITS: u32 = 16;

/// A finished block; cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block(Words);

impl Block {
    /// A block of a file with so many further head words, where its parts lie as [`Segments::finish`] lays them out:
    /// starts ascend from 0, and the index is the one that follows from them.
    pub(super) fn of(words: Words, further: usize) -> Option<Block> {
        let block = Block(words);
        if block.0.len() < HEAD + further {
            return None;
        }
        let (v4, v6) = (block.counts(Family::V4)?, block.counts(Family::V6)?);
        let mut next = HEAD + further;
        for (at, words) in
            [(V4_INDEX, v4.index), (V4_AT, v4.segments), (V6_INDEX, v6.index), (V6_AT, v6.segments)]
        {
            if block.head(at) != next {
                return None;
            }
            next = next.checked_add(words).filter(|next| *next <= block.0.len())?;
        }
        (block.further(0) == next && block.starts_ascend() && block.index_follows()).then_some(block)
    }

    /// How many words the index and the segments of a family take.
    fn counts(&self, family: Family) -> Option<Taken> {
        let (shift, count, width, start) = match family {
            Family::V4 => (V4_SHIFT, V4_COUNT, 32, V4_START),
            Family::V6 => (V6_SHIFT, V6_COUNT, 64, V6_START),
        };
        let bits = u32::checked_sub(width, self.word(shift)).filter(|bits| *bits <= INDEX_BITS)?;
        let stride = self.head(PAYLOAD).checked_add(start)?;
        let segments = self.head(count).checked_mul(stride).filter(|words| *words > 0)?;
        Some(Taken { index: (1 << bits) + 1, segments })
    }

    fn starts_ascend(&self) -> bool {
        [Family::V4, Family::V6].into_iter().all(|family| {
            let mut before = None;
            self.starts(family).all(|(start, _)| {
                let ascends = before.map_or(start == 0, |before| before < start);
                before = Some(start);
                ascends
            })
        })
    }

    fn index_follows(&self) -> bool {
        let starts = |family| self.starts(family).map(|(start, _)| start);
        let skip = shared_bits(starts(Family::V6).skip(1));
        let v4 = index(starts(Family::V4).map(|start| start << 96), 0);
        let v6 = index(starts(Family::V6).map(|start| start << skip), 1);
        let same = |index: &Index, at: usize, shift: usize, width: u32| {
            let from = self.head(at);
            self.slice(from, from + index.entries.len()) == index.entries
                && self.word(shift) == width - index.bits
        };
        self.word(V6_SKIP) == skip && same(&v4, V4_INDEX, V4_SHIFT, 32) && same(&v6, V6_INDEX, V6_SHIFT, 64)
    }

    /// The head and the segments of another block with other payloads of one word, which `payload` says by the old ones,
    /// without what its user added.
    pub(super) fn with_payloads(&self, mut payload: impl FnMut(u32) -> u32) -> Vec<u32> {
        let mut words = self.slice(0, self.further(0)).to_vec();
        for (_, at) in self.starts(Family::V4).chain(self.starts(Family::V6)) {
            if let Some(word) = words.get_mut(at) {
                *word = payload(*word);
            }
        }
        words
    }

    /// A block that [`Block::with_payloads`] wrote.
    pub(super) fn written(words: Words) -> Block {
        Block(words)
    }

    /// The words that it is a part of.
    pub(super) fn part(&self) -> &Words {
        &self.0
    }

    /// Words of a payload.
    pub(super) fn payload_words(&self) -> usize {
        self.head(PAYLOAD)
    }

    #[inline]
    pub(super) fn word(&self, at: usize) -> u32 {
        // INVARIANT: every place that is read was written by `Segments::finish`; the fallback is never taken.
        self.0.get(at).unwrap_or(0)
    }

    /// A place that a head word holds.
    #[inline]
    fn head(&self, at: usize) -> usize {
        self.word(at) as usize
    }

    /// A further head word.
    #[inline]
    pub(super) fn further(&self, at: usize) -> usize {
        self.head(HEAD + at)
    }

    #[inline]
    pub(super) fn slice(&self, from: usize, to: usize) -> &[u32] {
        self.0.slice(from, to)
    }

    /// Where a further head word lies.
    #[inline]
    pub(super) fn further_at(&self, at: usize) -> usize {
        HEAD + at
    }

    /// Where the payload of an address lies.
    #[inline]
    pub(super) fn payload(&self, family: Family, bits: u128) -> usize {
        match family {
            Family::V4 => self.payload_v4(bits as u32),
            Family::V6 => self.payload_v6(bits),
        }
    }

    /// Where the IPv4 segments are looked for, for whoever keeps it at hand.
    pub(super) fn v4(&self) -> V4 {
        V4 { index: self.word(V4_INDEX), shift: self.word(V4_SHIFT) as u8 }
    }

    #[inline]
    fn payload_v4(&self, bits: u32) -> usize {
        let stride = V4_START + self.head(PAYLOAD);
        let at = self.head(V4_AT);
        let slot = self.head(V4_INDEX) + (u64::from(bits) >> self.word(V4_SHIFT)) as usize;
        let (mut low, mut high) = (self.head(slot), self.head(slot + 1));
        while low < high {
            let middle = (low + high).div_ceil(2);
            if self.word(at + middle * stride) <= bits {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        at + low * stride + V4_START
    }

    #[inline(never)]
    fn payload_v6(&self, bits: u128) -> usize {
        let words = self.words();
        let Some(head) = words.first_chunk::<HEAD>() else { return 0 };
        let [payload, .., skip, shift, index, at, count] = *head;
        let (stride, at) = (V6_START.wrapping_add(payload as usize), at as usize);
        let start = |number: usize| start_v6(words, at.wrapping_add(number.wrapping_mul(stride)));
        let (mut low, mut high) = near_v6(words, bits, (skip, shift, index, count), start);
        while low < high {
            let middle = (low + high).div_ceil(2);
            if start(middle) <= bits {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        at.wrapping_add(low.wrapping_mul(stride)).wrapping_add(V6_START)
    }

    /// Number of segments of both families.
    pub(super) fn segments(&self) -> usize {
        self.head(V4_COUNT) + self.head(V6_COUNT)
    }

    /// All its words.
    pub(super) fn words(&self) -> &[u32] {
        self.0.all()
    }

    /// Counts it: up to the word of `first` one part, the rest another.
    pub(super) fn measure(&self, first: usize, parts: (Part, Part), memory: &mut Memory) {
        memory.split(&self.0, first, parts);
    }

    /// Bytes of the whole block.
    pub(super) fn bytes(&self) -> usize {
        self.0.len() * 4
    }

    /// Start of every segment of a family, and where its payload lies, in order.
    pub(super) fn starts(&self, family: Family) -> impl Iterator<Item = (u128, usize)> + '_ {
        let (at, count, start) = match family {
            Family::V4 => (self.head(V4_AT), self.head(V4_COUNT), V4_START),
            Family::V6 => (self.head(V6_AT), self.head(V6_COUNT), V6_START),
        };
        let stride = start + self.head(PAYLOAD);
        let segments = self.slice(at, at + count * stride).chunks_exact(stride);
        segments.enumerate().map(move |(i, segment)| {
            let first = segment.get(..start).map_or(0, number_of);
            (first, at + i * stride + start)
        })
    }
}

/// The first and last segment that may hold an IPv6 address. All starts but the first lie under one prefix; what lies
/// before it is in the first segment, what lies after it in the last.
#[inline]
fn near_v6(
    words: &[u32],
    bits: u128,
    (skip, shift, index, count): (u32, u32, u32, u32),
    start: impl Fn(usize) -> u128,
) -> (usize, usize) {
    let last = (count as usize).wrapping_sub(1);
    if last == 0 {
        return (0, 0);
    }
    let second = start(1);
    if bits < second {
        return (0, 0);
    }
    if skip > 0 && (bits ^ second).checked_shr(128u32.wrapping_sub(skip)) != Some(0) {
        return (last, last);
    }
    let high = (bits.checked_shl(skip).unwrap_or(0) >> 64) as u64;
    let slot = (index as usize).wrapping_add(high.checked_shr(shift).unwrap_or(0) as usize);
    match words.get(slot..).and_then(<[u32]>::first_chunk) {
        Some([low, high]) => (*low as usize, *high as usize),
        None => (0, 0),
    }
}

#[inline]
fn start_v6(words: &[u32], at: usize) -> u128 {
    words.get(at..).and_then(<[u32]>::first_chunk).map_or(0, |start| number_v6(*start))
}

#[inline(always)]
fn number_v6([a, b, c, d]: [u32; V6_START]) -> u128 {
    let pair = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
    u128::from(pair(a, b)) << 64 | u128::from(pair(c, d))
}

/// Where the IPv4 segments of a block are looked for: its index, which they follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct V4 {
    index: u32,
    /// INVARIANT: at most 32.
    shift: u8,
}

/// Segments after the first that are looked at all at once: an entry of the index stands for two on average.
const NEAR: usize = 4;
/// Words of a segment of IPv4, and of one of IPv6, whose payload is one word.
const PAIR: usize = V4_START + 1;
const FIVE: usize = V6_START + 1;

impl V4 {
    /// The payload of an address in the words of a block whose payloads are one word each.
    #[inline(always)]
    pub(super) fn payload(self, words: &[u32], bits: u32) -> u32 {
        self.near(words, bits).payload(bits)
    }

    /// The segments among which an address is.
    #[inline(always)]
    pub(super) fn near(self, words: &[u32], bits: u32) -> Near<'_> {
        let (index, shift) = (self.index as usize, u32::from(self.shift));
        let slot = index.wrapping_add(u64::from(bits).wrapping_shr(shift) as usize);
        let (Some(high), Some(low)) = (words.get(slot.wrapping_add(1)), words.get(slot)) else {
            return Near::default();
        };
        let segments = index.wrapping_add(1usize.wrapping_shl(32u32.wrapping_sub(shift))).wrapping_add(1);
        let first = segments.wrapping_add((*low as usize).wrapping_mul(PAIR));
        Near { segments: words.get(first..).unwrap_or(&[]), left: high.wrapping_sub(*low) }
    }
}

/// Segments whose payloads are one word each, among which an address is: the first and what lies behind it, and how
/// many follow it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Near<'w> {
    segments: &'w [u32],
    left: u32,
}

impl Near<'_> {
    /// The payload of an address of IPv4, for one check alone.
    #[inline(always)]
    pub(super) fn payload(self, bits: u32) -> u32 {
        search::<PAIR, { HALVED * PAIR }>(self.segments, self.left, |[start, _]| *start <= bits)
    }

    /// The same for one row of many, whose neighbours are searched meanwhile: few segments are compared at once, and a
    /// wrong guess where there are more costs less than the halvings that avoid it.
    #[inline(always)]
    pub(super) fn payload_in_batch(self, bits: u32) -> u32 {
        let near: Option<&[u32; (NEAR + 1) * PAIR]> = self.segments.first_chunk();
        match near {
            Some(near) if self.left as usize <= NEAR => among(near, self.left, bits),
            _ => guess(self.segments, self.left, bits),
        }
    }

    /// The payload of an address of IPv6, where the segments are such ones.
    #[inline(always)]
    pub(super) fn payload_v6(self, bits: u128) -> u32 {
        let near: Option<&[u32; (NEAR + 1) * FIVE]> = self.segments.first_chunk();
        match near {
            Some(near) if self.left as usize <= NEAR => among_v6(near, self.left, bits),
            _ => search::<FIVE, { HALVED * FIVE }>(self.segments, self.left, |[a, b, c, d, _]| {
                number_v6([*a, *b, *c, *d]) <= bits
            }),
        }
    }
}

/// The payload of the last of `left` segments after the first that starts at or before an address.
#[inline(always)]
fn among(near: &[u32; (NEAR + 1) * PAIR], left: u32, bits: u32) -> u32 {
    let (pairs, _) = near.as_chunks::<PAIR>();
    let [[_, first], others @ ..] = pairs else { return 0 };
    let mut found = *first;
    for (number, [start, payload]) in (1..).zip(others) {
        found = if (number <= left) & (*start <= bits) { *payload } else { found };
    }
    found
}

/// The same by halving, each time with a guess.
#[inline(always)]
fn guess(segments: &[u32], left: u32, bits: u32) -> u32 {
    let (mut low, mut count) = (0usize, left as usize + 1);
    let segment = |number: usize| segments.get(number.wrapping_mul(PAIR)..);
    while count > 1 {
        let half = count / 2;
        let middle = low.wrapping_add(half);
        if segment(middle).is_some_and(|segment| start_at(segment) <= bits) {
            low = middle;
        }
        count -= half;
    }
    segment(low).and_then(|segment| segment.get(V4_START)).copied().unwrap_or(0)
}

/// The same of IPv6.
#[inline(always)]
fn among_v6(near: &[u32; (NEAR + 1) * FIVE], left: u32, bits: u128) -> u32 {
    let (segments, _) = near.as_chunks::<FIVE>();
    let [[.., first], others @ ..] = segments else { return 0 };
    let mut found = *first;
    for (number, segment) in (1..).zip(others) {
        let [a, b, c, d, payload] = *segment;
        found = if (number <= left) & (number_v6([a, b, c, d]) <= bits) { payload } else { found };
    }
    found
}

/// Halvings that are always made, and the segments among which they find one: enough for nearly every entry of an index,
/// and one too many changes nothing.
const HALVINGS: u32 = 4;
const HALVED: usize = 1 << HALVINGS;

/// The same by halvings, of segments of `STRIDE` words; `WORDS` are those of [`HALVED`] segments. Neither how often nor to
/// which side can be foreseen, so that most of it goes without a branch.
#[inline(always)]
fn search<const STRIDE: usize, const WORDS: usize>(
    segments: &[u32],
    left: u32,
    begins: impl Fn(&[u32; STRIDE]) -> bool,
) -> u32 {
    const { assert!(WORDS == HALVED * STRIDE) };
    match segments.first_chunk::<WORDS>() {
        Some(near) if (left as usize) < HALVED => halve(near.as_chunks().0, left, begins),
        _ => halve_many(segments.as_chunks().0, left, begins),
    }
}

/// The payload of the last of `left` segments after the first that begins at or before an address, among [`HALVED`].
#[inline(always)]
fn halve<const STRIDE: usize>(
    segments: &[[u32; STRIDE]],
    left: u32,
    begins: impl Fn(&[u32; STRIDE]) -> bool,
) -> u32 {
    let mut found = (0, left as usize);
    for _ in 0..HALVINGS {
        // None lies beyond; said so, a place needs no look whether it is there.
        found = half(segments, found, |middle| middle % HALVED, &begins);
    }
    payload_of(segments, found.0)
}

/// The same of any number of segments.
#[inline(never)]
fn halve_many<const STRIDE: usize>(
    segments: &[[u32; STRIDE]],
    left: u32,
    begins: impl Fn(&[u32; STRIDE]) -> bool,
) -> u32 {
    let mut found = (0, left as usize);
    while found.1 > 0 {
        found = half(segments, found, |middle| middle, &begins);
    }
    payload_of(segments, found.0)
}

/// One halving: the segment found so far, and how many after it are left. `place` is where the middle one lies.
#[inline(always)]
fn half<const STRIDE: usize>(
    segments: &[[u32; STRIDE]],
    (low, count): (usize, usize),
    place: impl Fn(usize) -> usize,
    begins: impl Fn(&[u32; STRIDE]) -> bool,
) -> (usize, usize) {
    let half = count.wrapping_add(1) / 2;
    let middle = place(low.wrapping_add(half));
    let low = select_unpredictable(segments.get(middle).is_some_and(begins), middle, low);
    (low, count.wrapping_sub(half))
}

#[inline(always)]
fn payload_of<const STRIDE: usize>(segments: &[[u32; STRIDE]], number: usize) -> u32 {
    segments.get(number).and_then(|segment| segment.last()).copied().unwrap_or(0)
}

#[inline]
fn start_at(segment: &[u32]) -> u32 {
    segment.first().copied().unwrap_or(u32::MAX)
}

/// Where the IPv6 segments of a block are looked for whose payloads are one word each: what its head says of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct V6<'w> {
    words: &'w [u32],
    skip: u32,
    shift: u32,
    index: u32,
    at: u32,
    count: u32,
}

impl<'w> V6<'w> {
    /// Those of a block with these words.
    #[inline(always)]
    pub(super) fn of(words: &'w [u32]) -> Self {
        let [.., skip, shift, index, at, count] = words.first_chunk::<HEAD>().copied().unwrap_or_default();
        V6 { words, skip, shift, index, at, count }
    }

    /// The segments among which an address is. All starts but the first lie under one prefix; what lies before it is in
    /// the first segment, what lies after it in the last.
    #[inline(always)]
    pub(super) fn near(self, bits: u128) -> Near<'w> {
        let (at, last) = (self.at as usize, self.count.wrapping_sub(1));
        let second = start_v6(self.words, at.wrapping_add(FIVE));
        // INVARIANT: at most 63 bits are shared, and at least one is left behind the index.
        let (skip, rest) = (self.skip, 63u32.wrapping_sub(self.skip));
        let (top, low) = ((bits >> 64) as u64, bits as u64);
        let behind = top.wrapping_shl(skip) | (low >> 1).wrapping_shr(rest);
        let slot = (behind >> 1).wrapping_shr(self.shift.wrapping_sub(1)) as usize;
        let slot = (self.index as usize).wrapping_add(slot);
        let (low, high) = match (self.words.get(slot.wrapping_add(1)), self.words.get(slot)) {
            (Some(high), Some(low)) => (*low, *high),
            _ => (0, 0),
        };
        let other = top ^ (second >> 64) as u64;
        let beyond = (other >> 1).wrapping_shr(rest) != 0;
        let (low, high) = if beyond { (last, last) } else { (low, high) };
        let (low, high) = if (last == 0) | (bits < second) { (0, 0) } else { (low, high) };
        let first = at.wrapping_add((low as usize).wrapping_mul(FIVE));
        Near { segments: self.words.get(first..).unwrap_or(&[]), left: high.wrapping_sub(low) }
    }
}

/// Words that the index and the segments of a family take.
struct Taken {
    index: usize,
    segments: usize,
}

/// Segments while they are made, in ascending order.
#[derive(Debug)]
pub(super) struct Segments {
    payload: usize,
    v4: Vec<u32>,
    v6: Vec<u32>,
}

impl Segments {
    /// Segments with `payload` words each.
    pub(super) fn new(payload: usize) -> Self {
        Segments { payload, v4: Vec::new(), v6: Vec::new() }
    }

    /// Says what holds from `start` on, until the next start. Starts of a family ascend, the first is 0; a payload
    /// equal to the one before makes no segment.
    pub(super) fn from(&mut self, family: Family, start: u128, payload: &[u32]) {
        let words = match family {
            Family::V4 => &mut self.v4,
            Family::V6 => &mut self.v6,
        };
        let before = words.len().checked_sub(self.payload).and_then(|at| words.get(at..));
        if before == Some(payload) {
            return;
        }
        match family {
            Family::V4 => words.push(start as u32),
            Family::V6 => words.extend(four(start)),
        }
        words.extend_from_slice(payload);
    }

    /// Lays everything out in one block. `further` are head words of the user, `added` is what it adds at the end;
    /// the first of `further` becomes the place where that begins.
    pub(super) fn finish(self, further: &[u32], added: &[u32]) -> Block {
        let v4 = index(self.starts(Family::V4).map(|start| start << 96), 0);
        let skip = shared_bits(self.starts(Family::V6).skip(1));
        // An address before the second start is not looked up in the index: its entry may hold anything.
        let v6 = index(self.starts(Family::V6).map(move |start| start << skip), 1);
        let v4_index = HEAD + further.len();
        let v4_at = v4_index + v4.entries.len();
        let v6_index = v4_at + self.v4.len();
        let v6_at = v6_index + v6.entries.len();
        let added_at = v6_at + self.v6.len();
        let (v4_count, v6_count) = (self.starts(Family::V4).count(), self.starts(Family::V6).count());
        let (v4_shift, v6_shift) = (32 - v4.bits as usize, 64 - v6.bits as usize);
        let head = [self.payload, v4_shift, v4_index, v4_at, v4_count];
        let head = head.into_iter().chain([skip as usize, v6_shift, v6_index, v6_at, v6_count]);
        let mut words: Vec<u32> = Vec::with_capacity(added_at + added.len());
        words.extend(head.map(to_u32));
        words.push(to_u32(added_at));
        words.extend(further.iter().skip(1));
        for part in [&v4.entries, &self.v4, &v6.entries, &self.v6] {
            words.extend_from_slice(part);
        }
        words.extend_from_slice(added);
        Block(words.into())
    }

    fn starts(&self, family: Family) -> impl Iterator<Item = u128> + '_ {
        let (words, start) = match family {
            Family::V4 => (&self.v4, V4_START),
            Family::V6 => (&self.v6, V6_START),
        };
        let number = move |entry: &[u32]| number_of(entry.get(..start).unwrap_or(&[]));
        words.chunks_exact(start + self.payload).map(number)
    }
}

/// High bits that all numbers share, at most 63: those of the first and the last, since they ascend.
fn shared_bits(mut numbers: impl Iterator<Item = u128>) -> u32 {
    let Some(first) = numbers.next() else { return 0 };
    let last = numbers.last().unwrap_or(first);
    (first ^ last).leading_zeros().min(63)
}

struct Index {
    bits: u32,
    entries: Vec<u32>,
}

/// One entry for about two segments, and one more at the end; `starts` ascend from number `first` on and fill 128
/// bits.
fn index(starts: impl Iterator<Item = u128>, first: usize) -> Index {
    let starts: Vec<u128> = starts.collect();
    let bits = (starts.len() / 2).max(1).ilog2().min(INDEX_BITS);
    let mut entries = Vec::with_capacity((1 << bits) + 1);
    let mut at = first.min(starts.len().saturating_sub(1));
    for slot in 0..1u128 << bits {
        let lowest = if bits == 0 { 0 } else { slot << (128 - bits) };
        while starts.get(at + 1).is_some_and(|next| *next <= lowest) {
            at += 1;
        }
        entries.push(to_u32(at));
    }
    entries.push(to_u32(starts.len().saturating_sub(1)));
    Index { bits, entries }
}

#[cfg(test)]
mod tests;
