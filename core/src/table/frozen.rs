//! Texts as keys of a table that is made once and then only read: callers by name, actions by full name.
//!
//! A slot holds a short text itself, so that one cache line says whether it is the right one and what it stands for. Of
//! a long text a slot holds the whole hash and where the text lies. Slots are found by a hash seeded anew in every
//! process and then one after the other. Not here: names that are read seldom, which stay in maps.

use super::memory::Heap;
use foldhash::fast::RandomState;
use std::hash::BuildHasher;

/// Bytes of a text that a slot holds itself.
const SHORT: usize = 16;
/// Length of a slot that holds nothing.
const EMPTY: u32 = u32::MAX;

/// Values by text.
#[derive(Debug, Clone)]
pub(super) struct Frozen<V> {
    /// INVARIANT: at least one slot is empty, so that every search ends.
    slots: Box<[Slot<V>]>,
    /// Texts that no slot holds, one after the other.
    long: Box<str>,
    seeds: [u64; 2],
    count: usize,
}

/// Half a cache line where a value takes three words.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
struct Slot<V> {
    /// A short text and zeros, or hash and place of a long one.
    key: [u8; SHORT],
    length: u32,
    value: V,
}

impl<V: Copy> Frozen<V> {
    /// A table of these texts; of equal ones the first counts. `unused` fills slots that hold nothing.
    pub(super) fn new<'a>(entries: impl ExactSizeIterator<Item = (&'a str, V)>, unused: V) -> Self {
        let state = RandomState::default();
        let seeds = [state.hash_one(0u64), state.hash_one(1u64)];
        // Three of five slots are taken: at four of five a search reads half as many lines again.
        let room = entries.len() + entries.len() * 2 / 3 + 1;
        let empty = Slot { key: [0; SHORT], length: EMPTY, value: unused };
        let mut frozen = Frozen { slots: vec![empty; room].into(), long: "".into(), seeds, count: 0 };
        let mut long = String::new();
        for (text, value) in entries {
            frozen.insert(text, value, &mut long);
        }
        frozen.long = long.into();
        frozen
    }

    fn insert(&mut self, text: &str, value: V, long: &mut String) {
        let Some((length, hash, mut key)) = self.key(text) else { return };
        let mut at = self.start(hash);
        while let Some(slot) = self.slots.get(at).filter(|slot| slot.length != EMPTY) {
            if slot.length == length && slot.is(&key, text, long) {
                return;
            }
            at = self.after(at);
        }
        if text.len() > SHORT {
            key = two(hash, long.len() as u64);
            long.push_str(text);
        }
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = Slot { key, length, value };
            self.count += 1;
        }
    }

    /// What a text stands for.
    #[inline]
    pub(super) fn get(&self, text: &str) -> Option<V> {
        let (length, hash, key) = self.key(text)?;
        let mut at = self.start(hash);
        loop {
            let slot = self.slots.get(at)?;
            if slot.length == length && slot.is(&key, text, &self.long) {
                return Some(slot.value);
            }
            if slot.length == EMPTY {
                return None;
            }
            at = self.after(at);
        }
    }

    /// How many texts there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Every text with its value, by text.
    pub(super) fn sorted(&self) -> Vec<(&str, V)> {
        let taken = self.slots.iter().filter(|slot| slot.length != EMPTY);
        let mut all: Vec<(&str, V)> =
            taken.filter_map(|slot| Some((slot.text(&self.long)?, slot.value))).collect();
        all.sort_unstable_by_key(|(text, _)| *text);
        all
    }

    /// Length, hash and key of a text; none of one that no slot could hold.
    #[inline]
    fn key(&self, text: &str) -> Option<(u32, u64, [u8; SHORT])> {
        let bytes = text.as_bytes();
        let length = u32::try_from(bytes.len()).ok().filter(|length| *length != EMPTY)?;
        let [first, second] = self.seeds;
        if bytes.len() <= SHORT {
            let (a, b) = short(bytes);
            return Some((length, fold(a ^ first, b ^ second ^ u64::from(length)), two(a, b)));
        }
        let (blocks, _) = bytes.as_chunks();
        let last = bytes.last_chunk()?;
        let mut hash = u64::from(length);
        for block in blocks.iter().take(bytes.len().wrapping_sub(1) / SHORT).chain([last]) {
            let (a, b) = halves(block);
            hash = fold(a ^ first ^ hash, b ^ second);
        }
        Some((length, hash, two(hash, 0)))
    }

    /// The slot where a search begins.
    #[inline]
    fn start(&self, hash: u64) -> usize {
        (u128::from(hash).wrapping_mul(self.slots.len() as u128) >> 64) as usize
    }

    #[inline]
    fn after(&self, at: usize) -> usize {
        let next = at.wrapping_add(1);
        if next == self.slots.len() { 0 } else { next }
    }
}

impl<V> Heap for Frozen<V> {
    fn heap(&self) -> usize {
        size_of_val::<[_]>(&self.slots) + self.long.len()
    }
}

impl<V> Slot<V> {
    /// Whether it holds a text of its length.
    #[inline]
    fn is(&self, key: &[u8; SHORT], text: &str, long: &str) -> bool {
        if text.len() <= SHORT {
            return self.key == *key;
        }
        let ((hash, at), (wanted, _)) = (halves(&self.key), halves(key));
        hash == wanted
            && long_bytes(long, at, text.len()).is_some_and(|found| are_same(found, text.as_bytes()))
    }

    fn text<'a>(&'a self, long: &'a str) -> Option<&'a str> {
        let length = self.length as usize;
        if length > SHORT {
            return std::str::from_utf8(long_bytes(long, halves(&self.key).1, length)?).ok();
        }
        std::str::from_utf8(self.key.get(..length)?).ok()
    }
}

#[inline]
fn long_bytes(long: &str, at: u64, length: usize) -> Option<&[u8]> {
    let at = usize::try_from(at).ok()?;
    long.as_bytes().get(at..at.wrapping_add(length))
}

/// Whether two long texts of one length are the same: their blocks, and the last block, which may lie over another.
#[inline]
fn are_same(a: &[u8], b: &[u8]) -> bool {
    let (blocks, others) = (a.as_chunks::<SHORT>().0, b.as_chunks::<SHORT>().0);
    let both = blocks.iter().zip(others);
    let whole = both.fold(true, |same, (a, b)| same & (u128::from_ne_bytes(*a) == u128::from_ne_bytes(*b)));
    whole && a.last_chunk::<SHORT>() == b.last_chunk::<SHORT>()
}

/// At most 16 bytes as two numbers, the first byte lowest, zeros after the last.
#[inline]
fn short(bytes: &[u8]) -> (u64, u64) {
    let length = bytes.len();
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let beyond = 8 * (SHORT as u32).wrapping_sub(length as u32);
        let rest = u64::from_le_bytes(*last).checked_shr(beyond).unwrap_or(0);
        return (u64::from_le_bytes(*first), rest);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        let shift = 8 * (length as u32).wrapping_sub(4);
        return (u64::from(first) | u64::from(last) << shift, 0);
    }
    (bytes.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte)), 0)
}

#[inline]
fn halves(bytes: &[u8; SHORT]) -> (u64, u64) {
    let all = u128::from_le_bytes(*bytes);
    (all as u64, (all >> 64) as u64)
}

#[inline]
fn two(a: u64, b: u64) -> [u8; SHORT] {
    (u128::from(a) | u128::from(b) << 64).to_le_bytes()
}

/// Both halves of a product, one over the other.
#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a).wrapping_mul(u128::from(b));
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of every length up to three blocks, each at the value of its place, and none of their neighbours.
    #[test]
    fn every_text_is_found_and_no_other() {
        let texts: Vec<String> = (0..50).map(|n| ('a'..='z').cycle().take(n).collect()).collect();
        let entries = (0u32..).zip(&texts).map(|(n, text)| (text.as_str(), n)).collect::<Vec<_>>();
        let frozen = Frozen::new(entries.iter().copied(), 0);
        assert_eq!(frozen.len(), 50);
        for (text, value) in &entries {
            assert_eq!(frozen.get(text), Some(*value), "{text}");
            assert_eq!(frozen.get(&format!("{text}\0")), None, "{text}");
            for at in 0..text.len() {
                let mut other = (*text).to_owned();
                other.replace_range(at..=at, "!");
                assert_eq!(frozen.get(&other), None, "{other}");
            }
        }
        let mut sorted = entries.clone();
        sorted.sort_unstable();
        assert_eq!(frozen.sorted(), sorted);
    }

    #[test]
    fn many_texts_of_one_length() {
        for length in [3, 6, 12, 30] {
            let texts: Vec<String> = (0..1000).map(|n| format!("{n:0length$}")).collect();
            let frozen = Frozen::new((0u32..1000).zip(&texts).map(|(n, text)| (text.as_str(), n)), 0);
            assert!((0u32..1000).zip(&texts).all(|(n, text)| frozen.get(text) == Some(n)));
            assert_eq!(frozen.get(&format!("{:0length$}", 1000)), None);
        }
    }

    #[test]
    fn of_equal_texts_the_first_counts() {
        let long = "a text that no slot holds";
        let frozen = Frozen::new([("a", 1), (long, 2), ("a", 3), (long, 4)].into_iter(), 0);
        assert_eq!((frozen.get("a"), frozen.get(long), frozen.len()), (Some(1), Some(2), 2));
        assert_eq!(Frozen::new([("a", 1)].into_iter().take(0), 0).get("a"), None);
        assert_eq!(Frozen::new([("é😀", 1)].into_iter(), 0).sorted(), [("é😀", 1)]);
    }
}
