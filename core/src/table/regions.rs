//! Regions: the sets of statements that meet in the cells of a table, each found once, for coverage.
//!
//! A statement *meets* a cell (a set of policies, an action, a stretch of addresses) where its actions, the grain of its
//! resources and its address test hold there, so that at most the rest of a request decides whether it matches. Cells
//! with equal sets of meeting statements are one region, whoever's they are; the statements of a boundary are a set of
//! their own, which plays no part where no allow of the attached policies meets.
//!
//! Sets are told apart by sums of 128 bits, one number for each statement, so that a set that changes by one statement
//! costs one addition and a region no memory for its statements.

use super::actions::Target;
use super::address::AddressTest;
use super::brief::Candidate;
use super::decide::{Bounded, Question};
use super::layer::Address;
use super::policy::{CompiledPolicy, Rule};
use super::truth::Truth;
use super::{Policies, Table};
use crate::address::Family;
use crate::catalog::{ActionId, ServiceId};
use passgate_grammar::limits;
use std::collections::{HashMap, HashSet};

/// The statements that meet in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct RegionKey {
    allows: u128,
    denies: u128,
    /// Those of the boundary, where there is one and it plays a part.
    boundary: Option<u128>,
}

/// A region with one of its cells.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Region {
    /// Place of the caller among those asked about.
    pub(crate) caller: usize,
    pub(crate) action: ActionId,
    /// An address of the cell; none where the action is handed none, or only calls without one are of the region.
    pub(crate) address: Address,
}

/// The statements that meet in one cell, by number of their place, ascending.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meeting {
    pub(crate) attached: Vec<u32>,
    /// Those of the boundary, where there is one and it plays a part.
    pub(crate) boundary: Option<Vec<u32>>,
}

/// How far regions are looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Most {
    pub(crate) steps: u64,
    pub(crate) regions: usize,
}

impl Default for Most {
    fn default() -> Self {
        Most { steps: limits::COVERAGE_STEPS, regions: limits::COVERAGE_REGIONS }
    }
}

/// The regions of some callers.
#[derive(Debug, Default)]
pub(crate) struct Regions {
    /// By caller, service, action and address of their first cells.
    pub(crate) found: Vec<Region>,
    by_key: HashMap<RegionKey, usize, foldhash::fast::RandomState>,
    /// What was found before is all there is.
    pub(crate) complete: bool,
    pub(crate) steps: u64,
}

impl Regions {
    /// Place of a region among those found.
    pub(crate) fn place(&self, key: &RegionKey) -> Option<usize> {
        self.by_key.get(key).copied()
    }
}

impl Table {
    /// The regions of callers: cells of catalogued actions. What a service that knows every name says is one cell.
    pub(crate) fn regions(&self, callers: &[Bounded<'_>], most: Most) -> Regions {
        let out = Regions { complete: true, ..Regions::default() };
        let mut walk = Walk { table: self, most, out, seen: HashSet::new(), caller: 0 };
        for (caller, bounded) in callers.iter().enumerate() {
            walk.caller = caller;
            walk.callers(*bounded);
        }
        walk.out
    }

    /// The region that a request falls into; none where no catalog describes its action.
    pub(crate) fn region(&self, caller: Bounded<'_>, question: &Question<'_>) -> Option<RegionKey> {
        let Target::Known(id) = question.target else { return None };
        let mut standing = Standing::default();
        for (policies, bound) in [(Some(caller.policies), false), (caller.boundary, true)] {
            let Some(policies) = policies else { continue };
            self.each_meeting(policies, id, question.facts.address, |policy, number, rule| {
                standing.change(Weight::of(policy, number, rule, bound), true);
            });
        }
        Some(standing.key(caller.boundary.is_some()))
    }

    /// The statements that meet in a caller's cell.
    pub(crate) fn meeting(&self, caller: Bounded<'_>, id: ActionId, address: Address) -> Meeting {
        let places = |policies| {
            let (mut places, mut allows) = (Vec::new(), false);
            self.each_meeting(policies, id, address, |_, _, rule| {
                places.push(rule.place);
                allows |= !rule.deny;
            });
            places.sort_unstable();
            (places, allows)
        };
        let (attached, allows) = places(caller.policies);
        let boundary = caller.boundary.filter(|_| allows).map(|policies| places(policies).0);
        Meeting { attached, boundary }
    }

    /// Calls with policy and number of each statement that meets a cell.
    fn each_meeting(
        &self,
        policies: Policies<'_>,
        id: ActionId,
        address: Address,
        mut each: impl FnMut(u32, u32, &Rule),
    ) {
        let address = address.filter(|_| self.actions.is_addressed(id));
        for number in self.numbers(policies).iter() {
            let Some(policy) = self.policies.get(*number as usize) else { continue };
            let Some(sheet) = policy.sheet(id.service.0) else { continue };
            sheet.each_reaching(id.action, |statement| {
                if let Some(rule) = policy.rule(statement)
                    && rule.address().is_none_or(|test| test.holds(address))
                {
                    each(*number, statement, rule);
                }
            });
        }
    }

    /// The places of the caller's statements that match a request, boundary included, whatever decides it; ascending.
    pub(crate) fn matching(&self, caller: Bounded<'_>, question: &Question<'_>) -> Vec<u32> {
        let mut places = Vec::new();
        let resources = question.resources.iter().map(Some);
        let none = question.resources.is_empty().then_some(None);
        for resource in resources.chain(none) {
            let mut each = |candidate: Candidate<'_>| {
                if candidate.matches(&question.facts, resource) == Truth::Yes {
                    places.push(candidate.place);
                }
            };
            self.each_candidate(caller.policies, question, &mut each);
            if let Some(boundary) = caller.boundary {
                self.each_candidate(boundary, question, &mut each);
            }
        }
        places.sort_unstable();
        places.dedup();
        places
    }
}

/// A statement in the sums.
#[derive(Debug, Clone, Copy)]
struct Weight {
    number: u128,
    deny: bool,
    /// It is of the boundary.
    bound: bool,
}

impl Weight {
    /// splitmix64, twice.
    fn of(policy: u32, statement: u32, rule: &Rule, bound: bool) -> Self {
        let name = u64::from(policy) << 32 | u64::from(statement);
        let mix = |seed: u64| {
            let mut z = name.wrapping_add(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            u128::from(z ^ z >> 31)
        };
        let number = mix(0x1b87_3593_cc9e_2d51) << 64 | mix(0x85eb_ca6b_c2b2_ae35);
        Weight { number, deny: rule.deny, bound }
    }
}

/// The statements that meet at a point, as sums.
#[derive(Debug, Clone, Copy, Default)]
struct Standing {
    allows: u128,
    denies: u128,
    boundary: u128,
}

impl Standing {
    fn change(&mut self, weight: Weight, comes: bool) {
        let sum = match (weight.bound, weight.deny) {
            (true, _) => &mut self.boundary,
            (false, true) => &mut self.denies,
            (false, false) => &mut self.allows,
        };
        *sum = if comes { sum.wrapping_add(weight.number) } else { sum.wrapping_sub(weight.number) };
    }

    fn key(self, bounded: bool) -> RegionKey {
        let boundary = (bounded && self.allows != 0).then_some(self.boundary);
        RegionKey { allows: self.allows, denies: self.denies, boundary }
    }
}

/// A policy of a caller that says something of a service: its number, and whether it is of the boundary.
type Saying<'t> = (u32, bool, &'t CompiledPolicy);

/// A statement that reaches an action: its policy among those that say something, its number in it.
type Reaching = (u32, u32);

/// What was walked: service, policies that say something of it, those of the boundary marked, and whether there is one.
type Walked = (u32, Vec<(u32, bool)>, bool);

struct Walk<'t> {
    table: &'t Table,
    most: Most,
    out: Regions,
    seen: HashSet<Walked>,
    caller: usize,
}

/// One class of a service's actions: those that the same statements reach.
struct Class<'w, 't> {
    saying: &'w [Saying<'t>],
    reaching: &'w [Reaching],
    bounded: bool,
    action: ActionId,
}

impl Walk<'_> {
    /// Takes steps; `false` where none are left.
    fn spend(&mut self, steps: usize) -> bool {
        let after = self.out.steps.saturating_add(steps as u64);
        if after > self.most.steps {
            self.out.complete = false;
            return false;
        }
        self.out.steps = after;
        true
    }

    fn callers(&mut self, caller: Bounded<'_>) {
        let table = self.table;
        let attached = table.numbers(caller.policies);
        let bounding = caller.boundary.map(|policies| table.numbers(policies));
        for (service, facts) in table.actions.services().filter(|(_, facts)| facts.width > 0) {
            let bounding = bounding.as_deref().unwrap_or(&[]);
            let all = attached.iter().map(|n| (*n, false)).chain(bounding.iter().map(|n| (*n, true)));
            let saying = all.filter_map(|(number, bound)| {
                let policy = table.policies.get(number as usize)?;
                policy.sheet(service).is_some().then_some((number, bound, policy))
            });
            let saying: Vec<Saying<'_>> = saying.collect();
            let numbers = saying.iter().map(|(number, bound, _)| (*number, *bound)).collect();
            if !self.spend(attached.len() + bounding.len() + 1) {
                return;
            }
            if self.seen.insert((service, numbers, caller.boundary.is_some())) {
                self.service(service, facts.width, &saying, caller.boundary.is_some());
            }
        }
    }

    fn service(&mut self, service: u32, width: usize, saying: &[Saying<'_>], bounded: bool) {
        let mut classes: HashSet<(bool, Vec<Reaching>)> = HashSet::new();
        for action in 0..u32::try_from(width).unwrap_or(u32::MAX) {
            let mut reaching = Vec::new();
            for ((_, _, policy), at) in saying.iter().zip(0u32..) {
                let Some(sheet) = policy.sheet(service) else { continue };
                sheet.each_reaching(action, |statement| reaching.push((at, statement)));
            }
            if !self.spend(reaching.len() + 1) {
                return;
            }
            let action = ActionId { service: ServiceId(service), action };
            let addressed = self.table.actions.is_addressed(action);
            let class = (addressed, reaching);
            if !classes.contains(&class) {
                self.class(&Class { saying, reaching: &class.1, bounded, action }, addressed);
                classes.insert(class);
            }
        }
    }

    fn class(&mut self, class: &Class<'_, '_>, addressed: bool) {
        let (mut always, mut tests) = (Standing::default(), Vec::new());
        for (at, number) in class.reaching {
            let Some((policy, bound, compiled)) = class.saying.get(*at as usize) else { continue };
            let Some(rule) = compiled.rule(*number) else { continue };
            let weight = Weight::of(*policy, *number, rule, *bound);
            match rule.address().filter(|_| addressed) {
                None => always.change(weight, true),
                Some(test) => tests.push((weight, test)),
            }
        }
        let mut absent = always;
        if addressed {
            for family in [Family::V4, Family::V6] {
                let bounds = bounds(family, &tests);
                if !self.spend(bounds.len() + 1) {
                    return;
                }
                self.line(class, family, always, &bounds);
            }
            let without = tests.iter().filter(|(_, test)| test.absent);
            without.for_each(|(weight, _)| absent.change(*weight, true));
        }
        self.add(class, absent, None);
    }

    /// Walks along the addresses of a family.
    fn line(&mut self, class: &Class<'_, '_>, family: Family, mut standing: Standing, bounds: &[Bound]) {
        let mut start = 0;
        for Bound { at, comes, weight } in bounds {
            if *at != start {
                self.stretch(class, standing, family, (start, at - 1));
                start = *at;
            }
            standing.change(*weight, *comes);
        }
        let last = crate::address::Prefix::new(family, 0, 0).last();
        self.stretch(class, standing, family, (start, last));
    }

    fn stretch(&mut self, class: &Class<'_, '_>, standing: Standing, family: Family, ends: (u128, u128)) {
        if let Some(address) = address_in(family, ends) {
            self.add(class, standing, Some((family, address)));
        }
    }

    fn add(&mut self, class: &Class<'_, '_>, standing: Standing, address: Address) {
        let key = standing.key(class.bounded);
        let region = Region { caller: self.caller, action: class.action, address };
        match self.out.by_key.get(&key) {
            // An address of the documentation reads best, if it is the same caller's and action's.
            Some(place) => {
                if let Some(known) = self.out.found.get_mut(*place)
                    && (known.caller, known.action) == (region.caller, region.action)
                    && is_shown(address)
                    && !is_shown(known.address)
                {
                    *known = region;
                }
            }
            None if self.out.found.len() >= self.most.regions => self.out.complete = false,
            None => {
                self.out.by_key.insert(key, self.out.found.len());
                self.out.found.push(region);
            }
        }
    }
}

/// Where a statement begins or ceases to meet.
struct Bound {
    at: u128,
    comes: bool,
    weight: Weight,
}

/// The bounds of address tests on the line of a family, in order.
fn bounds(family: Family, tests: &[(Weight, &AddressTest)]) -> Vec<Bound> {
    let mut bounds = Vec::new();
    for (weight, test) in tests {
        for interval in test.set.intervals(family) {
            bounds.push(Bound { at: interval.first, comes: true, weight: *weight });
            bounds.extend(interval.after(family).map(|at| Bound { at, comes: false, weight: *weight }));
        }
    }
    bounds.sort_unstable_by_key(|bound| bound.at);
    bounds
}

/// Addresses that documentation uses (RFC 5737, RFC 3849).
const SHOWN_V4: [u128; 3] = [0xc000_0201, 0xc633_6401, 0xcb00_7101];
const SHOWN_V6: [u128; 1] = [0x2001_0db8_0000_0000_0000_0000_0000_0001];

fn shown(family: Family) -> &'static [u128] {
    match family {
        Family::V4 => &SHOWN_V4,
        Family::V6 => &SHOWN_V6,
    }
}

fn is_shown(address: Address) -> bool {
    address.is_some_and(|(family, bits)| shown(family).contains(&bits))
}

/// An address between two ends that reads well; none where a call can come from none of them: an IPv4-mapped IPv6
/// address is the IPv4 address.
fn address_in(family: Family, (first, last): (u128, u128)) -> Option<u128> {
    const MAPPED: (u128, u128) = (0xffff << 32, 0xffff << 32 | 0xffff_ffff);
    let may = |address: &u128| {
        let mapped = family == Family::V6 && (MAPPED.0..=MAPPED.1).contains(address);
        (first..=last).contains(address) && !mapped
    };
    let near = [first.saturating_add(1), first, MAPPED.1 + 1];
    shown(family).iter().copied().chain(near).find(may)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Gate;
    use crate::check::Request;

    #[test]
    fn an_address_reads_well_and_can_be_called_from() {
        let v4 = |first: u32, last: u32| address_in(Family::V4, (first.into(), last.into()));
        assert_eq!(v4(0, u32::MAX), Some(0xc000_0201));
        assert_eq!(v4(0x0a00_0000, 0x0aff_ffff), Some(0x0a00_0001));
        assert_eq!(v4(7, 7), Some(7));
        assert_eq!(v4(u32::MAX, u32::MAX), Some(u32::MAX.into()));
        let v6 = |first, last| address_in(Family::V6, (first, last));
        let mapped = 0xffff << 32;
        assert_eq!(v6(0, u128::MAX), Some(SHOWN_V6[0]));
        assert_eq!(v6(mapped, mapped + 0xffff_ffff), None);
        assert_eq!(v6(mapped, mapped + 0x1_0000_0000), Some(mapped + 0x1_0000_0000));
        assert_eq!(v6(mapped - 1, mapped + 9), Some(mapped - 1));
        assert_eq!(v6(u128::MAX, u128::MAX), Some(u128::MAX));
    }

    /// Twice the statements, callers or prefixes take at most 2.2 times the steps.
    #[track_caller]
    fn linear(what: &str, write: impl Fn(usize) -> String) {
        let [small, large] = [200, 400].map(|size| {
            let gate = Gate::compile(write(size)).unwrap();
            let callers: Vec<Request> =
                gate.model().users.iter().map(|user| Request::new(user.name.as_ref(), "")).collect();
            let found = gate.regions(&callers);
            assert!(found.complete && found.found.len() > 1, "{what}");
            found.steps
        });
        assert!(large * 10 <= small * 22, "{what}: {small} steps, {large} for twice as much");
    }

    #[test]
    fn steps_grow_with_the_text() {
        let pieces = |n: usize, piece: fn(usize) -> String| (0..n).map(piece).collect::<String>();
        linear("statements", |n| {
            let statement = |i| format!("allow PayOrders, Query* from 10.{}.{}.0/24 ", i / 250, i % 250);
            format!("use intlpartnersmgt policy p {{ {} }} user 1 {{ attach p }}", pieces(n, statement))
        });
        linear("prefixes", |n| {
            let list = pieces(n, |i| format!(", 10.{}.{}.0/25", i / 250, i % 250));
            format!("policy p {{ allow * from ::1{list} }} user 1 {{ attach p }}")
        });
        linear("callers", |n| {
            let users = pieces(n, |i| format!("user u{i} {{ attach p }} "));
            format!("use intlpartnersmgt policy p {{ allow read from 10.0.0.0/8 }} {users}")
        });
        linear("policies", |n| {
            let policy = |i| format!("policy p{i} {{ allow Query* from 10.{}.{}.0/24 }} ", i / 250, i % 250);
            let users = pieces(n, |i| format!("user u{i} {{ attach p{i} }} "));
            format!("use intlpartnersmgt {}{users}", pieces(n, policy))
        });
    }

    /// Looks for the regions of a user with a boundary and of one without.
    fn regions(most: Most) -> Regions {
        let text = "use intlpartnersmgt
            policy p { allow PayOrders from 203.0.113.0/24  deny ForceQN }
            policy b { allow PayOrders }
            user 1 { attach p within b }  user 2 { attach p }  user 3 { attach p within b }";
        let gate = Gate::compile(text).unwrap();
        let callers: Vec<Request> = ["1", "2", "3"].map(|name| Request::new(name, "")).into();
        gate.regions_within(&callers, most)
    }

    #[test]
    fn regions_are_counted_up_to_the_limits() {
        let all = regions(Most::default());
        // Nothing; PayOrders in the office, bounded and not; ForceQN, whose boundary plays no part.
        assert_eq!((all.found.len(), all.complete), (4, true));
        let check = |most: Most, found: usize, complete: bool| {
            let some = regions(most);
            assert_eq!((some.found.len(), some.complete), (found, complete), "{most:?}");
        };
        check(Most { regions: 4, ..Most::default() }, 4, true);
        check(Most { regions: 3, ..Most::default() }, 3, false);
        check(Most { steps: all.steps, ..Most::default() }, 4, true);
        let cut = regions(Most { steps: all.steps - 1, ..Most::default() });
        assert!(!cut.complete && cut.steps < all.steps);
        check(Most { steps: 0, ..Most::default() }, 0, false);
        assert_eq!(Most::default().steps, limits::COVERAGE_STEPS);
        assert_eq!(Most::default().regions, limits::COVERAGE_REGIONS);
    }
}
