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
use super::merge::merge;
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
    Many(Box<[Layer]>),
    /// The policies' own briefs, where one of the set would take more room than it saves.
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
            View::Few { .. } => 0,
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
            View::One(layer) => layer.at(action, address).cell(),
            View::Many(layers) => together(layers.iter(), action, address),
            View::Few { own, numbers, count } => {
                let numbers = numbers.iter().take(usize::from(*count));
                apart(numbers.filter_map(|number| own.get(*number as usize)?.0.as_ref()), action, address)
            }
        }
    }
}

/// Reads few briefs side by side: first where the statements of all lie, then what they say.
fn apart<'a>(briefs: impl Iterator<Item = &'a Brief>, action: u32, address: Address) -> Cell {
    let bits = match address {
        Some((Family::V4, bits)) => bits as u32,
        _ => 0,
    };
    let mut places = [None; FEW];
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
        self.few(own).unwrap_or_else(|| View::Many(self.layers().cloned().collect()))
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
            Plan::Apart => View::Many(self.layers().cloned().collect()),
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

    /// The view of a declared set, where it was made.
    #[inline]
    pub(super) fn made(&self, service: u32, set: SetId) -> Option<&View> {
        self.declared.get(service as usize)?.get()?.get(set as usize)?.0.get()
    }

    /// The cell of a declared set, where its view was made.
    #[inline]
    pub(super) fn cell(&self, service: u32, set: SetId, action: u32, address: Address) -> Option<Cell> {
        Some(self.made(service, set)?.cell(action, address))
    }

    fn own(&self, service: u32, policies: &[CompiledPolicy]) -> Option<&Arc<[Own]>> {
        let brief = |policy: &CompiledPolicy| policy.sheet(service)?.brief().cloned();
        let all = || policies.iter().map(|policy| Own(brief(policy))).collect();
        Some(self.own.get(service as usize)?.get_or_init(all))
    }

    /// Makes the view of a declared set. Policies are put together once the set was asked for often enough. Where
    /// there is no room for that, or would not be if every set wanted as much, it refers to what the policies have, if
    /// they are few; else there is none. `all` are the policies by number.
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
mod tests {
    use super::super::Table;
    use super::*;
    use crate::Gate;
    use crate::address::{canonical_bits, parse_address};

    /// A policy of so many statements, each with a layer of so many segments.
    fn policy(statements: u32, segments: u32, row: u32) -> CompiledPolicy {
        CompiledPolicy::for_tests(statements, segments, row)
    }

    fn saying<'a>(policies: &'a [(u32, &'a CompiledPolicy)]) -> Saying<'a> {
        static FACTS: std::sync::LazyLock<ServiceFacts> = std::sync::LazyLock::new(ServiceFacts::for_tests);
        Saying { service: 0, facts: &FACTS, policies }
    }

    #[test]
    fn the_cache_stays_within_its_limits_and_answers_alike() {
        let (a, b) = (policy(100, 4, 1), policy(100, 6, 2));
        let policies = [(0, &a), (1, &b)];
        let views = Views::new(1, 0);
        for round in 0..u32::try_from(limits::CACHED_TABLES + 500).unwrap() {
            for _ in 0..=BEFORE_VIEW {
                let at = (0, Some((Family::V4, 0x200)));
                assert_eq!(views.brought(&[round, 7], &saying(&policies), at), Cell::Deny);
            }
            assert!(views.cache.len() <= limits::CACHED_TABLES);
            assert!(views.cached_bytes.load(Relaxed) <= limits::CACHED_TABLE_BYTES);
        }
        assert_eq!(views.cache.len(), limits::CACHED_TABLES);
        views.in_vain.store(IN_VAIN * limits::CACHED_TABLES, Relaxed);
        for _ in 0..=BEFORE_VIEW {
            let at = (0, Some((Family::V4, 0x200)));
            assert_eq!(views.brought(&[u32::MAX, 7], &saying(&policies), at), Cell::Deny);
        }
        assert_eq!(views.cache.len(), 1, "nothing had been used twice, so all was forgotten");
        let bytes: usize = views.cache.iter().map(|entry| entry.bytes).sum();
        assert_eq!(views.cached_bytes.load(Relaxed), bytes);
    }

    #[test]
    fn a_view_has_room_in_the_cache_up_to_its_bytes() {
        let views = Views::new(1, 0);
        assert!(views.is_room(limits::CACHED_TABLE_BYTES));
        assert!(!views.is_room(limits::CACHED_TABLE_BYTES + 1));
        views.cached_bytes.store(limits::CACHED_TABLE_BYTES - 10, Relaxed);
        assert!(views.is_room(10));
        assert!(!views.is_room(11));
    }

    #[test]
    fn what_is_kept_for_declared_sets_is_counted() {
        let (a, b) = (policy(100, 4, 1), policy(100, 6, 2));
        let views = Views::new(1, 4);
        views.set_asked[1..].iter().for_each(|counter| counter.store(BEFORE_TOGETHER, Relaxed));
        let at = (0, Some((Family::V4, 0x200)));
        let all = [a, b];
        let policies: Vec<(u32, &CompiledPolicy)> = (0..).zip(&all).collect();
        let make = |set: u32, of: &Numbered<'_>| views.make(set, &saying(of), &all);
        for _ in 0..BEFORE_TOGETHER {
            assert!(make(0, &policies).is_none(), "nobody asked often");
        }
        let bytes = make(0, &policies).unwrap().bytes();
        assert_eq!(views.kept_bytes.load(Relaxed), bytes);
        assert!(make(0, &policies).is_some());
        assert_eq!(views.kept_bytes.load(Relaxed), bytes);
        views.kept_bytes.store(limits::KEPT_TABLE_BYTES - SMALL, Relaxed);
        assert!(make(1, &policies).is_some());
        views.kept_bytes.store(limits::KEPT_TABLE_BYTES - SMALL + 1, Relaxed);
        let referring = make(2, &policies).unwrap();
        assert!(matches!(referring, View::Many(layers) if layers.len() == 2));
        assert_eq!(referring.cell(at.0, at.1), Cell::Deny);
        let many: Vec<(u32, &CompiledPolicy)> = (0..9).zip(std::iter::repeat(&all[0])).collect();
        assert!(make(3, &many).is_none());
        assert_eq!(views.brought(&[0, 1], &saying(&many), at), Cell::Allow);
    }

    #[test]
    fn where_not_every_set_has_room_policies_are_read_apart() {
        let text = "use intlpartnersmgt\n\
                    policy a { allow * from 10.0.0.0/8, 2001:db8::/32 deny Query* not from 10.1.0.0/16 }\n\
                    policy b { allow PayOrders when vpc:region is \"x\" deny Get* from 10.2.0.0/16 }\n";
        let gate = Gate::compile(text).unwrap();
        let table = Table::new(gate.model());
        let service = table.policies[0].sheets[0].0;
        let here = table.saying(service, &[0, 1]);
        let facts = table.actions.service(service).unwrap();
        let saying = Saying { service, facts, policies: &here };
        let most = limits::KEPT_TABLE_BYTES / saying.bytes_at_most(Plan::Brief);
        let make = |views: &Views| views.make(0, &saying, &table.policies).is_some();
        let views =
            |sets: usize| Views { sets: sets.min(4), crowd: sets, ..Views::new(service as usize + 1, 4) };
        let (roomy, crowded) = (views(most), views(most + 1));
        assert_eq!((make(&roomy), make(&crowded)), (false, true), "what is read apart is not put off");
        while !make(&roomy) {}
        assert!(matches!(roomy.made(service, 0), Some(View::Brief(_))));
        assert!(matches!(crowded.made(service, 0), Some(View::Few { numbers: [0, 1, ..], count: 2, .. })));
        assert_eq!(crowded.kept_bytes.load(Relaxed), 0);
        let addresses =
            ["9.255.255.255", "10.0.0.1", "10.1.2.3", "10.2.0.0", "11.0.0.0", "2001:db8::1", "::"];
        let addresses = addresses.iter().map(|text| Some(canonical_bits(parse_address(text).unwrap())));
        for address in addresses.chain([None]) {
            for action in 0..facts.width as u32 {
                let cells = [&roomy, &crowded].map(|views| views.cell(service, 0, action, address).unwrap());
                assert_eq!(cells[0], cells[1], "{action} {address:?}");
            }
        }
    }

    #[test]
    fn size_decides_how_policies_are_read() {
        let limit = u32::try_from(limits::SHARED_SEGMENTS).unwrap();
        let few = u32::try_from(brief::STATEMENTS).unwrap();
        let (small, other) = (policy(few - 1, 10, 1), policy(1, 20, 1));
        let (at, above) = (policy(few, limit - 1, 1), policy(1, limit, 1));
        let one_more = policy(2, 20, 1);
        assert!(matches!(saying(&[(0, &small), (1, &other)]).plan(), Plan::Brief));
        assert!(matches!(saying(&[(0, &small), (1, &one_more)]).plan(), Plan::Merge));
        assert!(matches!(saying(&[(0, &above)]).plan(), Plan::Brief));
        assert!(matches!(saying(&[(0, &other), (1, &above)]).plan(), Plan::Apart));
        let merged = [(0, &small), (1, &one_more), (2, &at), (3, &above)];
        assert!(matches!(saying(&merged).plan(), Plan::Merge));
        let view = saying(&merged).view(Plan::Merge);
        assert!(matches!(view, View::Many(layers) if layers.len() == 2), "three merged, one beside");
        assert!(matches!(saying(&[]).plan(), Plan::Nothing));
        let many: Vec<(u32, &CompiledPolicy)> =
            (0..16).map(|n| (n, &at)).take(limits::MERGED_SEGMENTS / limits::SHARED_SEGMENTS).collect();
        assert!(matches!(saying(&many).plan(), Plan::Merge));
        let more: Vec<(u32, &CompiledPolicy)> = many.iter().copied().chain([(17, &one_more)]).collect();
        assert!(matches!(saying(&more).plan(), Plan::Apart));
    }
}
