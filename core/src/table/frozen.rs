//! Texts as keys of a table that is made once and then only read: callers by name, actions by full name.
//!
//! A slot holds a short text itself, so that one cache line says whether it is the right one and what it stands for. Of
//! a long text a slot holds its hash and where the text lies. Slots are found by a hash seeded anew in every process and
//! then one after the other.
//!
//! Of a long text the hash reads the length and three words: the first, one in the middle, the last. Whoever writes a
//! set can make any number of texts that share them; so no more than [`ALIKE`] may, else the table is made with a hash
//! of every byte. What is only asked for never enters the table: whatever it is, it costs one search. Not here: names
//! that are read seldom, which stay in maps.

use super::memory::Heap;
use foldhash::fast::RandomState;
use std::hash::BuildHasher;

/// Bytes of a text that a slot holds itself.
const SHORT: usize = 16;
/// Length of a slot that holds nothing.
const EMPTY: u32 = u32::MAX;
/// Long texts of one length that may have one hash, unless it reads every byte: a search compares no more of them.
const ALIKE: usize = 4;
/// Texts up to which a table has more room than it must, and is made several times.
const FEW: usize = 4_096;
/// Slots behind those where searches begin: as many in every process, so that what a table takes does not depend on seeds.
/// Only a table that wants more of them each time that it is made gets more.
const BEHIND: usize = 16;
/// How often a table is made at most, each time with other seeds; the one that is searched fastest is kept.
const TIMES: usize = 4;

/// Values by text.
#[derive(Debug, Clone)]
pub(super) struct Frozen<V> {
    /// A search ends at the first that holds nothing, or behind the last.
    slots: Box<[Slot<V>]>,
    /// Texts that no slot holds, one after the other.
    long: Box<[u8]>,
    hasher: Hasher,
    count: usize,
}

/// Half a cache line where a value takes three words.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
struct Slot<V> {
    /// A short text as two words, or hash and place of a long one.
    key: [u64; 2],
    length: u32,
    value: V,
}

/// Where searches begin.
#[derive(Debug, Clone, Copy)]
struct Hasher {
    seeds: [u64; 2],
    /// Slots where a search may begin; those behind them take what finds no room before.
    starts: usize,
    /// Whether every byte of a long text is read.
    whole: bool,
}

/// A table that is being made.
struct Filling<V> {
    slots: Vec<Slot<V>>,
    long: Vec<u8>,
    hasher: Hasher,
    count: usize,
    /// Slots that are passed where every text is searched for once.
    passed: usize,
    /// The most long texts of one length that have one hash.
    alike: usize,
}

impl<V: Copy> Frozen<V> {
    /// A table of these texts; of equal ones the first counts. `unused` fills slots that hold nothing.
    pub(super) fn new<'a>(entries: impl ExactSizeIterator<Item = (&'a str, V)> + Clone, unused: V) -> Self {
        let texts = entries.len();
        let make = |whole| Filling::of(entries.clone(), Hasher::new(texts, whole), unused);
        let mut best = make(false);
        // Texts that share what is read of them share it whatever the seeds are.
        let whole = !best.holds_all();
        if whole {
            best = make(true);
        }
        for _ in 1..TIMES {
            if texts > FEW && best.passed <= texts && best.fits() {
                break;
            }
            let other = make(whole);
            if other.holds_all() && (!other.fits(), other.passed) < (!best.fits(), best.passed) {
                best = other;
            }
        }
        let Filling { slots, long, hasher, count, .. } = best;
        Frozen { slots: slots.into(), long: long.into(), hasher, count }
    }

    /// What a text stands for.
    #[inline(always)]
    pub(super) fn get(&self, text: &str) -> Option<V> {
        let bytes = text.as_bytes();
        if bytes.len() > SHORT {
            let hash = self.hasher.long(bytes);
            return self.search(hash, |slot| slot.is_long(hash, bytes, &self.long));
        }
        let key = short(bytes);
        self.search(self.hasher.short(key, bytes.len()), |slot| slot.is_short(key, bytes.len()))
    }

    #[inline(always)]
    fn search(&self, hash: u64, is: impl Fn(&Slot<V>) -> bool) -> Option<V> {
        let mut at = self.hasher.start(hash);
        loop {
            let slot = self.slots.get(at)?;
            if is(slot) {
                return Some(slot.value);
            }
            if slot.length == EMPTY {
                return None;
            }
            at = at.wrapping_add(1);
        }
    }

    /// How many texts there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Every text with its value, by text.
    pub(super) fn sorted(&self) -> Vec<(String, V)> {
        let texts = self.slots.iter().filter_map(|slot| Some((slot.text(&self.long)?, slot.value)));
        let mut all: Vec<(String, V)> = texts.collect();
        all.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        all
    }
}

impl<V> Heap for Frozen<V> {
    fn heap(&self) -> usize {
        size_of_val::<[_]>(&self.slots) + self.long.len()
    }
}

impl<V: Copy> Filling<V> {
    /// A table of texts. Where too many of them are alike, it ends with them.
    fn of<'a>(entries: impl Iterator<Item = (&'a str, V)>, hasher: Hasher, unused: V) -> Self {
        let slots = vec![Slot { key: [0; 2], length: EMPTY, value: unused }; hasher.starts + BEHIND];
        let mut filling = Filling { slots, long: Vec::new(), hasher, count: 0, passed: 0, alike: 0 };
        for (text, value) in entries {
            filling.insert(text, value);
            if !filling.holds_all() {
                break;
            }
        }
        filling
    }

    /// Whether it did not end before the last text.
    fn holds_all(&self) -> bool {
        self.hasher.whole || self.alike <= ALIKE
    }

    /// Whether the slots that every table has were enough.
    fn fits(&self) -> bool {
        self.slots.len() == self.hasher.starts + BEHIND
    }

    /// Adds a text, unless it is there.
    fn insert(&mut self, text: &str, value: V) {
        let bytes = text.as_bytes();
        let Some(length) = u32::try_from(bytes.len()).ok().filter(|length| *length != EMPTY) else { return };
        let is_long = bytes.len() > SHORT;
        let (hash, key) = if is_long {
            let hash = self.hasher.long(bytes);
            (hash, [hash, self.long.len() as u64])
        } else {
            let key = short(bytes);
            (self.hasher.short(key, bytes.len()), key)
        };
        let start = self.hasher.start(hash);
        let (mut at, mut alike) = (start, 1);
        while let Some(slot) = self.slots.get(at).filter(|slot| slot.length != EMPTY) {
            let is_alike = slot.length == length && slot.key[0] == key[0];
            if is_alike && slot.is(key, bytes, &self.long) {
                return;
            }
            alike += usize::from(is_long && is_alike);
            at += 1;
        }
        let slot = Slot { key, length, value };
        match self.slots.get_mut(at) {
            Some(free) => *free = slot,
            None => self.slots.push(slot),
        }
        if is_long {
            self.long.extend_from_slice(bytes);
        }
        self.count += 1;
        self.passed += at - start;
        self.alike = self.alike.max(alike);
    }
}

impl<V> Slot<V> {
    /// Whether it holds a text with this key.
    fn is(&self, key: [u64; 2], text: &[u8], long: &[u8]) -> bool {
        if text.len() > SHORT { self.is_long(key[0], text, long) } else { self.is_short(key, text.len()) }
    }

    #[inline(always)]
    fn is_short(&self, key: [u64; 2], length: usize) -> bool {
        self.length as usize == length && self.key == key
    }

    #[inline(always)]
    fn is_long(&self, hash: u64, text: &[u8], long: &[u8]) -> bool {
        let [found, at] = self.key;
        found == hash
            && self.length as usize == text.len()
            && long_text(long, at, text.len()).is_some_and(|found| are_same(found, text))
    }

    /// The text that it holds, if any.
    fn text(&self, long: &[u8]) -> Option<String> {
        if self.length == EMPTY {
            return None;
        }
        let length = self.length as usize;
        let bytes = if length > SHORT {
            long_text(long, self.key[1], length)?.to_vec()
        } else {
            written_out(self.key, length)
        };
        String::from_utf8(bytes).ok()
    }
}

impl Hasher {
    fn new(texts: usize, whole: bool) -> Self {
        // Of many texts three of five slots are taken: at four of five a search reads half as many lines again. Of few
        // texts two of five, which all stay near.
        let more = if texts > FEW { texts * 2 / 3 } else { texts * 3 / 2 };
        let state = RandomState::default();
        Hasher { seeds: [state.hash_one(0u64), state.hash_one(1u64)], starts: texts + more + 1, whole }
    }

    #[inline(always)]
    fn short(&self, [a, b]: [u64; 2], length: usize) -> u64 {
        fold(a ^ self.seeds[0], b ^ self.seeds[1] ^ length as u64)
    }

    #[inline(always)]
    fn long(&self, text: &[u8]) -> u64 {
        let middle = text.len() / 2;
        let middle = text.get(middle.wrapping_sub(4)..middle.wrapping_add(4)).and_then(<[u8]>::first_chunk);
        match (text.first_chunk(), middle, text.last_chunk()) {
            (Some(first), Some(middle), Some(last)) if !self.whole => {
                let first = u64::from_le_bytes(*first).rotate_left(32);
                let two = [first ^ u64::from_le_bytes(*middle), u64::from_le_bytes(*last)];
                self.short(two, text.len())
            }
            _ => self.every_byte(text),
        }
    }

    #[inline(never)]
    fn every_byte(&self, text: &[u8]) -> u64 {
        let (blocks, _) = text.as_chunks::<SHORT>();
        let before = blocks.iter().take(text.len().wrapping_sub(1) / SHORT);
        before.chain(text.last_chunk()).fold(text.len() as u64, |hash, block| {
            let all = u128::from_le_bytes(*block);
            fold(all as u64 ^ self.seeds[0] ^ hash, (all >> 64) as u64 ^ self.seeds[1])
        })
    }

    /// The slot where a search begins.
    #[inline(always)]
    fn start(&self, hash: u64) -> usize {
        (u128::from(hash).wrapping_mul(self.starts as u128) >> 64) as usize
    }
}

/// A text of those that no slot holds.
#[inline(always)]
fn long_text(long: &[u8], at: u64, length: usize) -> Option<&[u8]> {
    // Both fit: said so, the end is not looked at for overflow.
    let (at, length) = (at as usize & (usize::MAX >> 1), length as u32 as usize);
    long.get(at..at.wrapping_add(length))
}

/// Whether two long texts of one length are the same: both ends of 16 bytes, then what these leave between them.
#[inline(always)]
fn are_same(a: &[u8], b: &[u8]) -> bool {
    let (Some(ends), Some(others)) = (ends(a), ends(b)) else { return false };
    if ends != others {
        return false;
    }
    let mut blocks = a.as_chunks().0.iter().zip(b.as_chunks().0).skip(1);
    a.len() <= 2 * SHORT || blocks.all(|(a, b)| block(a) == block(b))
}

/// The first 16 bytes and the last.
#[inline(always)]
fn ends(text: &[u8]) -> Option<(u128, u128)> {
    let (_, last) = text.split_at_checked(text.len().wrapping_sub(SHORT))?;
    Some((block(text.first_chunk()?), block(last.first_chunk()?)))
}

#[inline(always)]
fn block(bytes: &[u8; SHORT]) -> u128 {
    u128::from_ne_bytes(*bytes)
}

/// At most 16 bytes as two words that tell them together with their number: the first eight and the last, which may
/// lie over each other; of fewer than eight the first four and the last in one word, or all.
#[inline(always)]
fn short(bytes: &[u8]) -> [u64; 2] {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return [u64::from_le_bytes(*first), u64::from_le_bytes(*last)];
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return [u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32, 0];
    }
    [bytes.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte)), 0]
}

/// The bytes that are so many in two words.
fn written_out([a, b]: [u64; 2], length: usize) -> Vec<u8> {
    let (first, last) = match length {
        0..4 => (a.to_le_bytes().to_vec(), Vec::new()),
        4..8 => ((a as u32).to_le_bytes().to_vec(), ((a >> 32) as u32).to_le_bytes().to_vec()),
        _ => (a.to_le_bytes().to_vec(), b.to_le_bytes().to_vec()),
    };
    let over = (first.len() + last.len()).saturating_sub(length);
    first.into_iter().chain(last.into_iter().skip(over)).take(length).collect()
}

/// Both halves of a product, one over the other.
#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a).wrapping_mul(u128::from(b));
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(texts: &[String]) -> impl ExactSizeIterator<Item = (&str, usize)> + Clone {
        texts.iter().enumerate().map(|(n, text)| (text.as_str(), n))
    }

    /// A table of texts, each of which is found.
    fn all_found(texts: &[String]) -> Frozen<usize> {
        let frozen = Frozen::new(numbered(texts), 0);
        assert_eq!(frozen.len(), texts.len());
        assert!(numbered(texts).all(|(text, n)| frozen.get(text) == Some(n)));
        frozen
    }

    /// Texts of every length up to five blocks, each at the value of its place, and none of their neighbours: those
    /// too that differ only in a byte that the hash does not read.
    #[test]
    fn every_text_is_found_and_no_other() {
        let texts: Vec<String> = (0..=80).map(|n| ('a'..='z').cycle().take(n).collect()).collect();
        let frozen = all_found(&texts);
        assert!(!frozen.hasher.whole);
        for text in &texts {
            assert_eq!(frozen.get(&format!("{text}\0")), None, "{text}");
            assert_eq!(frozen.get(&format!("\0{text}")), None, "{text}");
            for at in 0..text.len() {
                let mut other = text.clone();
                other.replace_range(at..=at, "!");
                assert_eq!(frozen.get(&other), None, "{other}");
            }
        }
        let mut sorted: Vec<(String, usize)> =
            numbered(&texts).map(|(text, n)| (text.to_owned(), n)).collect();
        sorted.sort_unstable();
        assert_eq!(frozen.sorted(), sorted);
    }

    /// Two texts of one length that differ in one byte, wherever it is, are two.
    #[test]
    fn neighbours_are_two_texts() {
        for length in 1..=80 {
            for at in 0..length {
                let one: String = ('a'..='z').cycle().take(length).collect();
                let mut other = one.clone();
                other.replace_range(at..=at, "!");
                let mut texts = vec![one, other];
                assert_eq!(all_found(&texts).len(), 2);
                texts.sort_unstable();
                let sorted: Vec<String> =
                    all_found(&texts).sorted().into_iter().map(|(text, _)| text).collect();
                assert_eq!(sorted, texts);
            }
        }
    }

    #[test]
    fn many_texts_of_one_length() {
        for length in [4, 6, 8, 12, 16, 17, 30, 50] {
            let texts: Vec<String> = (0..1000).map(|n| format!("{n:0length$}")).collect();
            let frozen = all_found(&texts);
            assert!(!frozen.hasher.whole, "{length}");
            assert_eq!(frozen.get(&format!("{:0length$}", 1000)), None);
        }
    }

    /// Slots that the longest search of a text of the table passes.
    fn longest(frozen: &Frozen<usize>, texts: &[String]) -> usize {
        let passed = |text: &String| {
            let bytes = text.as_bytes();
            let is_long = bytes.len() > SHORT;
            let hash = if is_long {
                frozen.hasher.long(bytes)
            } else {
                frozen.hasher.short(short(bytes), bytes.len())
            };
            let key = if is_long { [hash, 0] } else { short(bytes) };
            let from = frozen.slots.iter().skip(frozen.hasher.start(hash));
            from.take_while(|slot| !slot.is(key, bytes, &frozen.long)).count()
        };
        texts.iter().map(passed).max().unwrap_or(0)
    }

    /// Names that share every byte that the hash would read: of many of them it reads all, and no search grows long.
    #[test]
    fn texts_that_are_alike_are_hashed_whole() {
        for (length, at) in [(36, 8), (36, 22), (40, 8), (40, 24), (60, 10), (60, 40), (80, 20), (80, 60)] {
            let rest = length - at - 6;
            let alike = |n: usize| format!("{:x<at$}{n:06}{:y<rest$}", "", "");
            let mut texts: Vec<String> = (0..ALIKE).map(alike).collect();
            assert!(!all_found(&texts).hasher.whole, "{length} {at}");
            assert_eq!(all_found(&texts).get(&alike(ALIKE)), None);
            // Others between them change nothing.
            texts.extend((0..1_000).map(|n| format!("{n:0length$}")));
            assert!(!all_found(&texts).hasher.whole, "{length} {at}");
            texts.extend((ALIKE..5_000).map(alike));
            let frozen = all_found(&texts);
            assert!(frozen.hasher.whole, "{length} {at}");
            assert!(longest(&frozen, &texts) < 1_000, "{length} {at}: {}", longest(&frozen, &texts));
            assert_eq!(frozen.get(&alike(5_000)), None);
        }
    }

    #[test]
    fn what_a_table_takes_does_not_depend_on_seeds() {
        for count in [1, 9, 238, 5_000] {
            let texts: Vec<String> = (0..count).map(|n| format!("user{n}")).collect();
            let make = || Frozen::new(texts.iter().enumerate().map(|(n, text)| (text.as_str(), n)), 0).heap();
            let taken = make();
            assert!((0..40).all(|_| make() == taken), "{count} texts");
        }
    }

    #[test]
    fn of_equal_texts_the_first_counts() {
        let long = "a text that no slot holds";
        let frozen = Frozen::new([("a", 1), (long, 2), ("a", 3), (long, 4)].into_iter(), 0);
        assert_eq!((frozen.get("a"), frozen.get(long), frozen.len()), (Some(1), Some(2), 2));
        assert_eq!(Frozen::new([("a", 1)].into_iter().take(0), 0).get("a"), None);
        assert_eq!(Frozen::new([("é😀", 1)].into_iter(), 0).sorted(), [("é😀".to_owned(), 1)]);
    }
}
