//! Merged tables: made at the first check that wants them, kept inside the immutable table, bounded.
//!
//! A declared signature has a slot of its own that is filled once and never emptied. When the slots have used up
//! their bytes, and for signatures that requests make up from claims, merged tables live in a cache keyed by the
//! whole set of policies; it forgets what has not been used. Where merging would cost more than it saves, the
//! policies' own layers are read side by side: a big policy that many share, too many segments together, or a set
//! that was asked for only once or twice.

use super::layer::{Address, Cell, Gathered, Layer};
use super::merge::merge;
use super::principals::SetId;
use dashmap::DashMap;
use foldhash::fast::RandomState;
use passgate_grammar::limits;
use std::hash::BuildHasher;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering::Relaxed};

/// Checks of a made-up signature that read side by side before its layers are merged.
const BEFORE_MERGE: u8 = 4;
/// Counters of such checks; signatures may share one.
const COUNTERS: usize = 4_096;

/// The layers to read for one set of policies in one service.
#[derive(Debug)]
pub(super) enum View {
    Nothing,
    One(Layer),
    Many(Box<[Layer]>),
}

impl View {
    #[inline]
    pub(super) fn cell(&self, action: u32, address: Address) -> Cell {
        match self {
            View::Nothing => Cell::None,
            View::One(layer) => layer.at(action, address).cell(),
            View::Many(layers) => side_by_side(layers.iter(), action, address),
        }
    }
}

fn side_by_side<'a>(layers: impl Iterator<Item = &'a Layer>, action: u32, address: Address) -> Cell {
    layers.map(|layer| layer.at(action, address)).fold(Gathered::default(), Gathered::and).cell()
}

/// How layers will be read.
enum Plan<'a> {
    /// As they are.
    Apart,
    /// These merged, the others beside them.
    Merge { small: Vec<&'a Layer>, big: Vec<&'a Layer> },
}

fn plan<'a>(layers: &[&'a Layer]) -> Plan<'a> {
    let (small, big): (Vec<&Layer>, Vec<&Layer>) =
        layers.iter().partition(|layer| layer.segments() <= limits::SHARED_SEGMENTS);
    let segments: usize = small.iter().map(|layer| layer.segments()).sum();
    if small.len() < 2 || segments > limits::MERGED_SEGMENTS {
        return Plan::Apart;
    }
    Plan::Merge { small, big }
}

/// Bytes that the merged layer takes at most.
fn bytes_at_most(layers: &[&Layer]) -> usize {
    let row = layers.first().map_or(0, |layer| layer.row_words());
    layers.iter().map(|layer| layer.segments() + 1).sum::<usize>() * (row + 7) * 4
}

fn apart(layers: &[&Layer]) -> View {
    match layers {
        [] => View::Nothing,
        [only] => View::One((*only).clone()),
        many => View::Many(many.iter().map(|layer| (*layer).clone()).collect()),
    }
}

fn merged(small: &[&Layer], big: &[&Layer]) -> View {
    let together = merge(small);
    if big.is_empty() {
        return View::One(together);
    }
    View::Many(std::iter::once(together).chain(big.iter().map(|layer| (*layer).clone())).collect())
}

#[derive(Debug)]
struct Cached {
    view: View,
    bytes: usize,
    used: AtomicBool,
}

type Slots = Box<[OnceLock<View>]>;

/// All views of a table.
#[derive(Debug)]
pub(super) struct Views {
    /// By service, then by set; the slots of a service are laid out when it is first asked for.
    declared: Box<[OnceLock<Slots>]>,
    sets: usize,
    kept_bytes: AtomicUsize,
    /// By service and policies.
    cache: DashMap<Box<[u32]>, Cached, RandomState>,
    cached_bytes: AtomicUsize,
    evicting: AtomicBool,
    asked: Box<[AtomicU8]>,
}

impl Views {
    pub(super) fn new(services: usize, sets: usize) -> Self {
        Views {
            declared: (0..services).map(|_| OnceLock::new()).collect(),
            sets,
            kept_bytes: AtomicUsize::new(0),
            cache: DashMap::with_hasher(RandomState::default()),
            cached_bytes: AtomicUsize::new(0),
            evicting: AtomicBool::new(false),
            asked: (0..COUNTERS).map(|_| AtomicU8::new(0)).collect(),
        }
    }

    /// The view of a declared set, where it was made.
    #[inline]
    pub(super) fn made(&self, service: u32, set: SetId) -> Option<&View> {
        self.declared.get(service as usize)?.get()?.get(set as usize)?.get()
    }

    /// The cell of a declared set whose view is not made: makes it, if there is room. `layers` are those of its
    /// `policies` in the service.
    #[cold]
    pub(super) fn make(
        &self,
        (service, set): (u32, SetId),
        (policies, layers): (&[u32], &[&Layer]),
        (action, address): (u32, Address),
    ) -> Cell {
        let slots = self.declared.get(service as usize);
        let slots = slots.map(|s| s.get_or_init(|| (0..self.sets).map(|_| OnceLock::new()).collect()));
        let Some(slot) = slots.and_then(|slots| slots.get(set as usize)) else {
            return side_by_side(layers.iter().copied(), action, address);
        };
        match plan(layers) {
            Plan::Apart => slot.get_or_init(|| apart(layers)).cell(action, address),
            Plan::Merge { small, big } => {
                let bytes = bytes_at_most(&small);
                if self.kept_bytes.fetch_add(bytes, Relaxed) + bytes > limits::KEPT_TABLE_BYTES {
                    self.kept_bytes.fetch_sub(bytes, Relaxed);
                    return self.brought((service, policies), layers, (action, address));
                }
                slot.get_or_init(|| merged(&small, &big)).cell(action, address)
            }
        }
    }

    /// The cell of a set that has no slot, or no room in it.
    pub(super) fn brought(
        &self,
        (service, policies): (u32, &[u32]),
        layers: &[&Layer],
        (action, address): (u32, Address),
    ) -> Cell {
        let beside = || side_by_side(layers.iter().copied(), action, address);
        if layers.len() < 2 {
            return beside();
        }
        let key: Box<[u32]> = std::iter::once(service).chain(policies.iter().copied()).collect();
        if let Some(found) = self.cache.get(&key) {
            found.used.store(true, Relaxed);
            return found.view.cell(action, address);
        }
        let Plan::Merge { small, big } = plan(layers) else { return beside() };
        if !self.is_asked_often(&key) {
            return beside();
        }
        let view = merged(&small, &big);
        let cell = view.cell(action, address);
        self.keep(key, view, bytes_at_most(&small));
        cell
    }

    fn is_asked_often(&self, key: &[u32]) -> bool {
        let slot = self.cache.hasher().hash_one(key) as usize % COUNTERS;
        let Some(counter) = self.asked.get(slot) else { return false };
        let before = counter.load(Relaxed);
        if before < BEFORE_MERGE {
            counter.store(before + 1, Relaxed);
        }
        before >= BEFORE_MERGE
    }

    fn keep(&self, key: Box<[u32]>, view: View, bytes: usize) {
        if bytes > limits::CACHED_TABLE_BYTES {
            return;
        }
        let full = self.cache.len() >= limits::CACHED_TABLES
            || self.cached_bytes.load(Relaxed) + bytes > limits::CACHED_TABLE_BYTES;
        if full && !self.evict() {
            return;
        }
        self.cached_bytes.fetch_add(bytes, Relaxed);
        let cached = Cached { view, bytes, used: AtomicBool::new(false) };
        if let Some(replaced) = self.cache.insert(key, cached) {
            self.cached_bytes.fetch_sub(replaced.bytes, Relaxed);
        }
    }

    /// Forgets what was not used since the last time, or everything where that would leave more than half. Says
    /// whether it was this thread's turn to do so.
    fn evict(&self) -> bool {
        if self.evicting.swap(true, Relaxed) {
            return false;
        }
        self.forget(|cached| cached.used.swap(false, Relaxed));
        let crowded = self.cache.len() > limits::CACHED_TABLES / 2
            || self.cached_bytes.load(Relaxed) > limits::CACHED_TABLE_BYTES / 2;
        if crowded {
            self.forget(|_| false);
        }
        self.asked.iter().for_each(|counter| counter.store(0, Relaxed));
        self.evicting.store(false, Relaxed);
        true
    }

    fn forget(&self, keeps: impl Fn(&Cached) -> bool) {
        self.cache.retain(|_, cached| {
            let kept = keeps(cached);
            if !kept {
                self.cached_bytes.fetch_sub(cached.bytes, Relaxed);
            }
            kept
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::layer::LayerParts;
    use super::*;
    use crate::address::Family;

    fn layer(starts: u32, row: u32) -> Layer {
        let mut parts = LayerParts::new(1, 1);
        for i in 0..starts {
            parts.from(Family::V4, u128::from(i) << 8, &[if i % 2 == 0 { row } else { 0 }]);
        }
        parts.from(Family::V6, 0, &[0]);
        parts.without_address(&[row]);
        parts.finish()
    }

    #[test]
    fn the_cache_stays_within_its_limits_and_answers_alike() {
        let (a, b) = (layer(40, 1), layer(60, 2));
        let views = Views::new(1, 0);
        for round in 0..u32::try_from(3 * limits::CACHED_TABLES).unwrap() {
            for _ in 0..=BEFORE_MERGE {
                let cell = views.brought((0, &[round, 7]), &[&a, &b], (0, Some((Family::V4, 0x200))));
                assert_eq!(cell, Cell::Deny);
            }
            assert!(views.cache.len() <= limits::CACHED_TABLES);
            assert!(views.cached_bytes.load(Relaxed) <= limits::CACHED_TABLE_BYTES);
        }
        assert!(!views.cache.is_empty());
        let bytes: usize = views.cache.iter().map(|entry| entry.bytes).sum();
        assert_eq!(views.cached_bytes.load(Relaxed), bytes);
    }

    #[test]
    fn big_policies_are_read_beside_the_merged_ones() {
        let limit = u32::try_from(limits::SHARED_SEGMENTS).unwrap();
        let (small, other, at, above) = (layer(10, 1), layer(20, 1), layer(limit - 1, 1), layer(limit, 1));
        assert!(
            matches!(plan(&[&small, &other, &at]), Plan::Merge { small, big } if small.len() == 3 && big.is_empty())
        );
        assert!(matches!(plan(&[&small, &other, &above]), Plan::Merge { big, .. } if big.len() == 1));
        assert!(matches!(plan(&[&small, &above]), Plan::Apart));
        assert!(matches!(plan(&[&small]), Plan::Apart));
        let many: Vec<&Layer> = (0..limits::MERGED_SEGMENTS / limits::SHARED_SEGMENTS).map(|_| &at).collect();
        assert!(matches!(plan(&many), Plan::Merge { .. }));
        let more: Vec<&Layer> = many.iter().copied().chain([&small]).collect();
        assert!(matches!(plan(&more), Plan::Apart));
    }
}
