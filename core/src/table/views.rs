//! How the policies of a set are read together: made at the first check that wants it, kept inside the immutable
//! table, bounded.
//!
//! A set of few statements has a brief. A bigger one has a merged layer. Where merging would cost more than it saves,
//! the policies' own layers are read side by side: a big policy that many share, too many segments together, a set
//! that was asked for only once or twice.
//!
//! A declared set has a slot of its own that is filled once and never emptied. When the slots have used up their
//! bytes, and for sets that requests make up from claims, views live in a cache keyed by the service and the whole set
//! of policies; it forgets what has not been used.

use super::actions::ServiceFacts;
use super::brief::{self, Brief, Numbered};
use super::layer::{Address, CELLS, Cell, Gathered, Layer};
use super::memory::{Heap, Memory, Part, hashed};
use super::merge::merge;
use super::packed::{self, Packed};
use super::policy::CompiledPolicy;
use super::principals::SetId;
use super::sheet::Sheet;
use crate::address::Family;
use dashmap::DashMap;
use foldhash::fast::RandomState;
use passgate_grammar::limits;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

/// Checks of a made-up set that read side by side before a view is made for it.
const BEFORE_VIEW: u8 = 4;
/// Checks of a declared set that read side by side before its policies are put together: many callers ask only once.
const BEFORE_TOGETHER: u8 = 2;
/// Counters of these checks; beyond so many sets, sets share one.
const SET_COUNTERS: usize = 1 << 16;
/// Sets for each view in a full cache that must have asked in vain before views are forgotten.
const IN_VAIN: usize = 16;
/// With fewer bytes left than this, no view is made for a declared set any more.
const SMALL: usize = 64 * 1024;
/// Up to so many policies are read side by side where a declared set has no room for its view.
const FEW: usize = 8;
/// Counters of such checks; sets may share one.
const COUNTERS: usize = 4_096;

/// What to read for one set of policies in one service.
#[derive(Debug)]
pub(super) enum View {
    Nothing,
    Brief(Brief),
    One(Layer),
    /// The layer of the only policy.
    Own(Layer),
    Many(Box<[Layer]>),
    /// The policies' own briefs, where one of the set would take more room than it saves, and a word cannot name them.
    Few {
        own: Arc<[Own]>,
        numbers: [u32; FEW],
        count: u8,
    },
}

/// A cache line.
#[derive(Debug)]
#[repr(align(64))]
struct Slot(OnceLock<View>);

const _: () = assert!(size_of::<Slot>() == 64, "a view takes one cache line");

/// A policy's own brief of a service, in a cache line.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct Own(Option<Brief>);

impl View {
    /// Bytes it takes beside what the policies take anyway.
    fn bytes(&self) -> usize {
        match self {
            View::Nothing => 0,
            View::Brief(brief) => brief.bytes(),
            View::One(layer) => layer.bytes(),
            // The first is the merged one; the others are the policies' own.
            View::Many(layers) => layers.first().map_or(0, Layer::bytes),
            View::Own(_) | View::Few { .. } => 0,
        }
    }

    /// Counts what it has of its own.
    fn measure(&self, part: Part, memory: &mut Memory) {
        match self {
            View::Nothing | View::Few { .. } => {}
            View::Brief(brief) => brief.measure((part, part), memory),
            View::One(layer) | View::Own(layer) => layer.measure((part, part), memory),
            View::Many(layers) => {
                memory.add(part, size_of_val::<[_]>(layers));
                layers.iter().for_each(|layer| layer.measure((part, part), memory));
            }
        }
    }

    #[inline]
    pub(super) fn cell(&self, action: u32, address: Address) -> Cell {
        match self {
            View::Brief(brief) => brief.cell(action, address),
            other => other.bigger_cell(action, address),
        }
    }

    /// The cell of another view than a brief: out of line, so that a brief is read without saving what only these need.
    #[inline(never)]
    fn bigger_cell(&self, action: u32, address: Address) -> Cell {
        match self {
            View::Nothing => Cell::None,
            View::Brief(brief) => brief.cell(action, address),
            View::One(layer) | View::Own(layer) => layer.at(action, address).cell(),
            View::Many(layers) => together(layers.iter(), action, address),
            View::Few { own, numbers, count } => {
                let numbers = numbers.iter().take(usize::from(*count));
                let briefs = numbers.filter_map(|number| own.get(*number as usize)?.0.as_ref());
                apart::<FEW>(briefs, action, address)
            }
        }
    }
}

/// Reads at most `MOST` briefs side by side: first where the statements of all lie, then what they say.
fn apart<'a, const MOST: usize>(
    briefs: impl Iterator<Item = &'a Brief>,
    action: u32,
    address: Address,
) -> Cell {
    let bits = match address {
        Some((Family::V4, bits)) => bits as u32,
        _ => 0,
    };
    let mut places = [None; MOST];
    for (place, brief) in places.iter_mut().zip(briefs) {
        *place = Some((brief, brief.near(action, bits)));
    }
    let each = places.iter().map_while(|place| *place);
    let each = each.map(|(brief, near)| brief.gathered(action, address, near));
    each.fold(Gathered::default(), Gathered::and).cell()
}

fn together<'a>(layers: impl Iterator<Item = &'a Layer>, action: u32, address: Address) -> Cell {
    layers.map(|layer| layer.at(action, address)).fold(Gathered::default(), Gathered::and).cell()
}

/// The policies of a set that say something of a service.
#[derive(Debug)]
pub(super) struct Saying<'a> {
    pub(super) service: u32,
    pub(super) facts: &'a ServiceFacts,
    pub(super) policies: &'a Numbered<'a>,
}

impl<'a> Saying<'a> {
    fn sheets(&self) -> impl Iterator<Item = &'a Sheet> + '_ {
        self.policies.iter().filter_map(|(_, policy)| policy.sheet(self.service))
    }

    fn layers(&self) -> impl Iterator<Item = &'a Layer> + '_ {
        self.policies.iter().filter_map(|(_, policy)| policy.layer(self.service, self.facts))
    }

    /// A view that takes nothing but references to what the policies have; `own` has their briefs.
    fn references(&self, own: &Arc<[Own]>) -> View {
        self.few(own).unwrap_or_else(|| self.side_by_side())
    }

    /// The policies' own layers.
    fn side_by_side(&self) -> View {
        let mut layers = self.layers();
        match (layers.next(), layers.next()) {
            (Some(only), None) => View::Own(only.clone()),
            _ => View::Many(self.layers().cloned().collect()),
        }
    }

    /// The policies' own briefs, where all have one and they are few.
    fn few(&self, own: &Arc<[Own]>) -> Option<View> {
        let (mut numbers, count) = ([0; FEW], u8::try_from(self.policies.len()).ok()?);
        for (at, (number, _)) in self.policies.iter().enumerate() {
            own.get(*number as usize)?.0.as_ref()?;
            *numbers.get_mut(at)? = *number;
        }
        Some(View::Few { own: own.clone(), numbers, count })
    }

    /// Reads the policies side by side, each in its fastest form.
    fn beside(&self, action: u32, address: Address) -> Cell {
        let each = self.policies.iter().filter_map(|(_, policy)| match policy.sheet(self.service)?.brief() {
            Some(brief) => Some(brief.at(action, address)),
            None => Some(policy.layer(self.service, self.facts)?.at(action, address)),
        });
        each.fold(Gathered::default(), Gathered::and).cell()
    }

    /// Reads the policies' layers side by side.
    pub(super) fn by_layers(&self, action: u32, address: Address) -> Cell {
        together(self.layers(), action, address)
    }

    /// The brief of the only policy.
    fn own_brief(&self) -> Option<&'a Brief> {
        match self.policies {
            [(_, only)] => only.sheet(self.service)?.brief(),
            _ => None,
        }
    }

    fn plan(&self) -> Plan {
        let small =
            || self.sheets().map(Sheet::segments).filter(|segments| *segments <= limits::SHARED_SEGMENTS);
        let (few, big) = (small().count(), self.sheets().count() - small().count());
        let segments: usize = small().sum();
        let statements: usize = self.sheets().map(Sheet::statements).sum();
        let small_enough = big == 0 && segments <= limits::MERGED_SEGMENTS;
        if few + big == 0 {
            Plan::Nothing
        } else if statements <= brief::STATEMENTS && (few + big == 1 || small_enough) {
            Plan::Brief
        } else if few < 2 || segments > limits::MERGED_SEGMENTS {
            Plan::Apart
        } else {
            Plan::Merge
        }
    }

    /// Bytes that a view takes at most, beside what the policies take anyway.
    fn bytes_at_most(&self, plan: Plan) -> usize {
        match plan {
            Plan::Nothing | Plan::Apart => 0,
            Plan::Brief if self.own_brief().is_some() => 0,
            Plan::Brief => {
                let statements: usize = self.sheets().map(Sheet::statements).sum();
                let words = statements.div_ceil(32);
                let bounds: usize = self.policies.iter().map(|(_, policy)| policy.bounds() + 2).sum();
                4 * (bounds * (words + 6) + self.facts.width * words + 3 * statements)
            }
            Plan::Merge => {
                let row = self.facts.width.div_ceil(CELLS);
                let small = self.sheets().map(Sheet::segments).filter(|n| *n <= limits::SHARED_SEGMENTS);
                small.map(|segments| segments + 1).sum::<usize>() * (row + 7) * 4
            }
        }
    }

    fn view(&self, plan: Plan) -> View {
        match plan {
            Plan::Nothing => View::Nothing,
            Plan::Brief => View::Brief(match self.own_brief() {
                Some(brief) => brief.clone(),
                None => Brief::of_policies(self.policies, self.service, self.facts.width),
            }),
            Plan::Apart => self.side_by_side(),
            Plan::Merge => {
                let is_small = |layer: &&Layer| layer.segments() <= limits::SHARED_SEGMENTS;
                let (small, big): (Vec<&Layer>, Vec<&Layer>) = self.layers().partition(is_small);
                if big.is_empty() {
                    return View::One(merge(&small));
                }
                View::Many(std::iter::once(merge(&small)).chain(big.iter().copied().cloned()).collect())
            }
        }
    }
}

/// How policies will be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    Nothing,
    Brief,
    /// Their layers as they are.
    Apart,
    /// The small layers merged, the big ones beside them.
    Merge,
}

/// Counts one more check; whether there were so many before.
fn is_often(counter: &AtomicU8, before: u8) -> bool {
    let counted = counter.load(Relaxed);
    if counted < before {
        counter.store(counted + 1, Relaxed);
    }
    counted >= before
}

/// What is made of declared sets in one service, for whoever reads many of them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Made<'v> {
    slots: &'v [Slot],
    packed: Option<&'v Packed>,
    own: &'v [Own],
}

impl<'v> Made<'v> {
    /// Hands on the briefs that say together what a set says, at most [`packed::MOST`]. False where it says it another
    /// way, or in briefs of more than one word, or nothing is made of it yet.
    #[inline(always)]
    pub(super) fn narrow(&self, set: SetId, mut each: impl FnMut(&'v Brief)) -> bool {
        match self.slots.get(set as usize).and_then(|slot| slot.0.get()) {
            Some(View::Brief(brief)) if brief.is_narrow() => {
                each(brief);
                true
            }
            Some(View::Nothing) => true,
            Some(_) => false,
            None => {
                let apart = self.narrow_apart(set);
                apart.iter().flatten().flatten().for_each(|brief| each(brief));
                apart.is_some()
            }
        }
    }

    /// The same of a set whose policies are read apart.
    #[inline(never)]
    fn narrow_apart(&self, set: SetId) -> Option<[Option<&'v Brief>; packed::MOST]> {
        let mut briefs = [None; packed::MOST];
        for (brief, number) in briefs.iter_mut().zip(self.packed?.get(set)?.numbers()) {
            *brief = Some(self.own.get(number as usize)?.0.as_ref().filter(|own| own.is_narrow())?);
        }
        Some(briefs)
    }
}

#[derive(Debug)]
struct Cached {
    view: View,
    bytes: usize,
    used: AtomicBool,
}

type Slots = Box<[Slot]>;

/// All views of a table.
#[derive(Debug)]
pub(super) struct Views {
    /// By service, then by set; the slots of a service are laid out when it is first asked for.
    declared: Box<[OnceLock<Slots>]>,
    /// The same for sets of few policies that are read apart because the sets are too many: one word each.
    packed: Box<[OnceLock<Packed>]>,
    /// By service: the own briefs of all policies, laid out when sets first refer to them.
    own: Box<[OnceLock<Arc<[Own]>>]>,
    sets: usize,
    /// As many sets want a view: all.
    crowd: usize,
    kept_bytes: AtomicUsize,
    /// By service and policies.
    cache: DashMap<Box<[u32]>, Cached, RandomState>,
    cached_bytes: AtomicUsize,
    evicting: AtomicBool,
    /// Sets that found the cache full since it was last cleared.
    in_vain: AtomicUsize,
    asked: Box<[AtomicU8]>,
    /// The same for declared sets.
    set_asked: Box<[AtomicU8]>,
}

impl Views {
    pub(super) fn new(services: usize, sets: usize) -> Self {
        Views {
            declared: (0..services).map(|_| OnceLock::new()).collect(),
            packed: (0..services).map(|_| OnceLock::new()).collect(),
            own: (0..services).map(|_| OnceLock::new()).collect(),
            sets,
            crowd: sets,
            kept_bytes: AtomicUsize::new(0),
            cache: DashMap::with_hasher(RandomState::default()),
            cached_bytes: AtomicUsize::new(0),
            evicting: AtomicBool::new(false),
            in_vain: AtomicUsize::new(0),
            asked: (0..COUNTERS).map(|_| AtomicU8::new(0)).collect(),
            set_asked: (0..sets.clamp(1, SET_COUNTERS)).map(|_| AtomicU8::new(0)).collect(),
        }
    }

    pub(super) fn measure(&self, memory: &mut Memory) {
        let heads = [size_of_val::<[_]>(&self.declared), size_of_val::<[_]>(&self.packed)];
        let counters = self.asked.len() + self.set_asked.len() + size_of_val::<[_]>(&self.own);
        let packed = self.packed.iter().filter_map(OnceLock::get).map(Packed::bytes);
        memory.add(Part::Slots, heads.into_iter().chain(packed).sum::<usize>() + counters);
        for own in self.own.iter().filter_map(OnceLock::get) {
            memory.once(Part::Slots, own, |_| 0);
        }
        for slots in self.declared.iter().filter_map(OnceLock::get) {
            memory.add(Part::Slots, size_of_val::<[_]>(slots));
            let made = slots.iter().filter_map(|slot| slot.0.get());
            made.for_each(|view| view.measure(Part::Merged, memory));
        }
        memory.add(Part::Cache, hashed(self.cache.capacity(), size_of::<(Box<[u32]>, Cached)>()));
        for entry in &self.cache {
            memory.add(Part::Cache, entry.key().heap());
            entry.view.measure(Part::Cache, memory);
        }
    }

    /// The view of a declared set, where it was made.
    #[inline]
    pub(super) fn made(&self, service: u32, set: SetId) -> Option<&View> {
        self.declared.get(service as usize)?.get()?.get(set as usize)?.0.get()
    }

    /// The cell of a declared set, where its view was made.
    #[inline]
    pub(super) fn cell(&self, service: u32, set: SetId, action: u32, address: Address) -> Option<Cell> {
        match self.made(service, set) {
            Some(view) => Some(view.cell(action, address)),
            None => self.packed_cell(service, set, action, address),
        }
    }

    /// What is made of declared sets in a service.
    pub(super) fn made_in(&self, service: u32) -> Made<'_> {
        let at = service as usize;
        Made {
            slots: self.declared.get(at).and_then(OnceLock::get).map_or(&[], |slots| slots),
            packed: self.packed.get(at).and_then(OnceLock::get),
            own: self.own.get(at).and_then(OnceLock::get).map_or(&[], |own| own),
        }
    }

    /// The cell of a declared set of few policies that are read apart.
    #[inline(never)]
    fn packed_cell(&self, service: u32, set: SetId, action: u32, address: Address) -> Option<Cell> {
        let word = self.packed.get(service as usize)?.get()?.get(set)?;
        let own = self.own.get(service as usize)?.get()?;
        let briefs = word.numbers().filter_map(|number| own.get(number as usize)?.0.as_ref());
        Some(apart::<{ packed::MOST }>(briefs, action, address))
    }

    fn own(&self, service: u32, policies: &[CompiledPolicy]) -> Option<&Arc<[Own]>> {
        let brief = |policy: &CompiledPolicy| policy.sheet(service)?.brief().cloned();
        let all = || policies.iter().map(|policy| Own(brief(policy))).collect();
        Some(self.own.get(service as usize)?.get_or_init(all))
    }

    /// Makes the view of a declared set. Policies are put together once the set was asked for often enough. Where
    /// there is no room for that, or would not be if every set wanted as much, it refers to what the policies have, if
    /// they are few, in a word if that holds them; else there is none. `all` are the policies by number.
    #[cold]
    pub(super) fn make(&self, set: SetId, saying: &Saying<'_>, all: &[CompiledPolicy]) -> Option<&View> {
        let plan = saying.plan();
        let puts_together = plan == Plan::Merge || plan == Plan::Brief && saying.policies.len() > 1;
        let bytes = saying.bytes_at_most(plan);
        let crowded = puts_together && bytes.saturating_mul(self.crowd) > limits::KEPT_TABLE_BYTES;
        if crowded
            && saying.policies.len() <= FEW
            && let Some(few) = saying.few(self.own(saying.service, all)?)
        {
            if let Some(word) = packed::Word::of(saying.policies.iter().map(|(number, _)| *number)) {
                let packed = self.packed.get(saying.service as usize)?;
                packed.get_or_init(|| Packed::new(self.sets)).put(set, word);
                return None;
            }
            return Some(self.slot(set, saying.service)?.get_or_init(|| few));
        }
        let counter = self.set_asked.get(set as usize % self.set_asked.len().max(1))?;
        if puts_together && !is_often(counter, BEFORE_TOGETHER) {
            return None;
        }
        let slot = self.slot(set, saying.service)?;
        let refer = || {
            let own = self.own(saying.service, all)?;
            (saying.policies.len() <= FEW).then(|| slot.get_or_init(|| saying.references(own)))
        };
        if self.kept_bytes.load(Relaxed) + SMALL > limits::KEPT_TABLE_BYTES {
            return refer();
        }
        if self.kept_bytes.fetch_add(bytes, Relaxed) + bytes > limits::KEPT_TABLE_BYTES {
            self.kept_bytes.fetch_sub(bytes, Relaxed);
            return refer();
        }
        let mut used = 0;
        let view = slot.get_or_init(|| {
            let view = saying.view(plan);
            used = view.bytes();
            view
        });
        self.kept_bytes.fetch_sub(bytes.saturating_sub(used), Relaxed);
        Some(view)
    }

    fn slot(&self, set: SetId, service: u32) -> Option<&OnceLock<View>> {
        let slots = self.declared.get(service as usize)?;
        let slots = slots.get_or_init(|| (0..self.sets).map(|_| Slot(OnceLock::new())).collect());
        Some(&slots.get(set as usize)?.0)
    }

    /// The cell of a declared set without a view: because it was not asked for often enough, or because there is no
    /// room for a view of so many policies.
    pub(super) fn apart(&self, policies: &[u32], saying: &Saying<'_>, at: (u32, Address)) -> Cell {
        if saying.policies.len() <= FEW {
            saying.beside(at.0, at.1)
        } else {
            self.brought(policies, saying, at)
        }
    }

    /// The cell of a set that a request made up, or of a declared one of many policies for whose view there is no room.
    pub(super) fn brought(
        &self,
        policies: &[u32],
        saying: &Saying<'_>,
        (action, address): (u32, Address),
    ) -> Cell {
        if saying.policies.len() < 2 {
            return saying.beside(action, address);
        }
        let cached = self.cached(policies, saying, (action, address));
        cached.unwrap_or_else(|| saying.beside(action, address))
    }

    /// The cell of a view in the cache, made now if it is asked for often enough.
    fn cached(
        &self,
        policies: &[u32],
        saying: &Saying<'_>,
        (action, address): (u32, Address),
    ) -> Option<Cell> {
        let key: Box<[u32]> = std::iter::once(saying.service).chain(policies.iter().copied()).collect();
        if let Some(found) = self.cache.get(&key) {
            found.used.store(true, Relaxed);
            return Some(found.view.cell(action, address));
        }
        if !self.is_asked_often(&key) {
            return None;
        }
        let plan = saying.plan();
        let bytes = saying.bytes_at_most(plan);
        if matches!(plan, Plan::Nothing | Plan::Apart) || !self.is_room(bytes) {
            return None;
        }
        let view = saying.view(plan);
        let cell = view.cell(action, address);
        self.keep(key, view);
        Some(cell)
    }

    fn is_asked_often(&self, key: &[u32]) -> bool {
        let slot = self.cache.hasher().hash_one(key) as usize % COUNTERS;
        self.asked.get(slot).is_some_and(|counter| is_often(counter, BEFORE_VIEW))
    }

    /// Whether so many bytes have room in the cache. A full cache is cleared only after many have asked in vain, so
    /// that making views never costs more than it saves, however many sets are asked for.
    fn is_room(&self, bytes: usize) -> bool {
        if bytes > limits::CACHED_TABLE_BYTES {
            return false;
        }
        let full = self.cache.len() >= limits::CACHED_TABLES
            || self.cached_bytes.load(Relaxed) + bytes > limits::CACHED_TABLE_BYTES;
        if !full {
            return true;
        }
        let patience = IN_VAIN * self.cache.len().max(1);
        self.in_vain.fetch_add(1, Relaxed) >= patience && self.evict()
    }

    fn keep(&self, key: Box<[u32]>, view: View) {
        let bytes = view.bytes();
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
        self.in_vain.store(0, Relaxed);
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
mod tests;
