//! The fewest statements that allow what was seen of one subject and nothing beyond the limits.
//!
//! Seen actions fall into few kinds: with or without an address, on named resources or on all. A statement is a choice of
//! kinds, of calls (from the addresses, without one, any) and of resources; all choices are looked at.

use super::Limits;
use crate::address::{Prefix, PrefixSet};
use crate::analysis::minimize::addresses::{Reach, between, covering};
use crate::analysis::minimize::atoms::{Atom, Atoms};
use crate::analysis::minimize::cover::{Choice, cover};
use crate::analysis::minimize::marks::Marks;
use crate::analysis::minimize::size::{ELEMENT, STATEMENT};
use crate::analysis::minimize::terms::{List, Terms};
use passgate_grammar::limits::{MINIMIZE_STEPS, SUGGEST_KINDS};
use std::collections::{BTreeMap, BTreeSet};

/// What one subject did with one action.
#[derive(Debug, Clone, Default)]
pub(super) struct Act {
    /// Calls without an address: on any resource, on these.
    pub(super) none_any: bool,
    pub(super) none_named: bool,
    /// Addresses of calls on any resource, and on named ones.
    pub(super) any: PrefixSet,
    pub(super) named: PrefixSet,
    pub(super) resources: BTreeSet<String>,
}

/// A statement that is suggested.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub(super) actions: List,
    pub(super) resources: Vec<String>,
    pub(super) clauses: Vec<String>,
    pub(super) reach: Reach,
    /// What it costs.
    pub(super) cost: u64,
}

/// The calls of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Calls {
    Addresses,
    None,
    Both,
    Every,
}

const CALLS: [Calls; 4] = [Calls::Every, Calls::Addresses, Calls::Both, Calls::None];

/// A kind of seen actions: which of the four cells its calls lie in (from an address or without one, × named resources or
/// any), and what it is handed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Kind {
    cells: [bool; 4],
    address: bool,
    resources: bool,
}

/// What is looked at for one subject.
pub(super) struct Chooser<'c, 'm> {
    pub(super) atoms: &'c Atoms<'m>,
    pub(super) terms: &'c Terms,
    pub(super) limits: &'c Limits,
    /// Atoms of the categories that may be granted whole.
    pub(super) categories: &'c Marks,
    pub(super) acts: &'c BTreeMap<usize, Act>,
}

/// Kinds with their atoms and what was seen of them.
struct Group {
    kind: Kind,
    atoms: Marks,
    any: PrefixSet,
    named: PrefixSet,
    resources: BTreeSet<String>,
}

impl Chooser<'_, '_> {
    /// The statements; none where an action cannot be allowed alone and its service not whole.
    pub(super) fn run(&self) -> Option<(Vec<Chosen>, bool)> {
        let groups = self.groups();
        let mut steps = MINIMIZE_STEPS;
        let must = self.must(&groups);
        let (mut chosen, mut choices) = (Vec::new(), Vec::new());
        let all = groups.len() <= SUGGEST_KINDS;
        for members in subsets(groups.len(), all) {
            for calls in CALLS {
                for named in [true, false] {
                    if let Some((one, holds)) = self.statement(&groups, &members, (calls, named), &mut steps)
                    {
                        choices.push(Choice { holds: holds.and(&must), cost: one.cost });
                        chosen.push(one);
                    }
                }
            }
        }
        let found = cover(&must, &choices, &mut steps)?;
        let statements = found.chosen.iter().filter_map(|at| chosen.get(*at)).cloned().collect();
        let lists = chosen.iter().all(|one| one.actions.least);
        Some((statements, found.least && all && lists && steps > 0))
    }

    fn groups(&self) -> Vec<Group> {
        let mut groups: BTreeMap<Kind, Group> = BTreeMap::new();
        for (at, act) in self.acts {
            let Some((_, facts)) = self.atoms.all.get(*at) else { continue };
            let named = facts.resources;
            let (none_named, none_any) =
                (act.none_named && named, act.none_any || (act.none_named && !named));
            let (some_named, some_any) =
                (!act.named.is_empty() && named, !act.any.is_empty() || (!act.named.is_empty() && !named));
            let cells = if facts.address {
                [some_named, none_named, some_any, none_any]
            } else {
                [false, none_named || some_named, false, none_any || some_any]
            };
            let kind = Kind { cells, address: facts.address, resources: named };
            let group = groups.entry(kind).or_insert_with(|| Group {
                kind,
                atoms: Marks::none(self.atoms.all.len()),
                any: PrefixSet::new(),
                named: PrefixSet::new(),
                resources: BTreeSet::new(),
            });
            group.atoms.insert(*at);
            if facts.address {
                let (any, within) = if named {
                    (act.any.clone(), act.named.clone())
                } else {
                    (act.any.union(&act.named), PrefixSet::new())
                };
                group.any = group.any.union(&any);
                group.named = group.named.union(&within);
            }
            group.resources.extend(act.resources.iter().filter(|_| named).cloned());
        }
        groups.into_values().collect()
    }

    /// Four cells a group.
    fn must(&self, groups: &[Group]) -> Marks {
        let cells = groups.iter().enumerate().flat_map(|(at, group)| {
            group.kind.cells.iter().enumerate().filter(|(_, seen)| **seen).map(move |(cell, _)| at * 4 + cell)
        });
        Marks::of(groups.len() * 4, cells)
    }

    /// A statement for some groups, and the cells it covers.
    fn statement(
        &self,
        groups: &[Group],
        members: &Marks,
        (calls, named): (Calls, bool),
        steps: &mut u64,
    ) -> Option<(Chosen, Marks)> {
        let fits = |group: &Group| self.fits(group, calls, named);
        if !members.iter().filter_map(|at| groups.get(at)).all(fits) {
            return None;
        }
        let own = || members.iter().filter_map(|at| groups.get(at));
        let everywhere = self.limits.shortest == [0, 0];
        let (mut must, mut may) = (Marks::none(self.atoms.all.len()), Marks::none(self.atoms.all.len()));
        own().for_each(|group| must = must.or(&group.atoms));
        groups.iter().filter(|group| fits(group)).for_each(|group| may = may.or(&group.atoms));
        may = may.or(&self.free(calls, named, everywhere)).or(&self.whole(&must));
        let actions = self.terms.list(&must, &may, steps)?;
        let addresses = own().fold(PrefixSet::new(), |sum, group| {
            let own = if named { group.named.clone() } else { group.any.union(&group.named) };
            sum.union(&own)
        });
        let (clauses, reach, elements) = self.addresses(calls, &addresses)?;
        let resources: BTreeSet<String> = if named {
            own().flat_map(|group| group.resources.iter().cloned()).collect()
        } else {
            BTreeSet::new()
        };
        let cost = STATEMENT + actions.cost + ELEMENT.saturating_mul((elements + resources.len()) as u64);
        let cells = members.iter().flat_map(|at| {
            let group = groups.get(at);
            (0..4)
                .filter(move |cell| group.is_some_and(|group| covers(&group.kind, *cell, calls, named)))
                .map(move |cell| at * 4 + cell)
        });
        let holds = Marks::of(groups.len() * 4, cells);
        Some((Chosen { actions, resources: resources.into_iter().collect(), clauses, reach, cost }, holds))
    }

    /// Whether a group may stand in a statement: what it would be allowed was seen, or is within the limits.
    fn fits(&self, group: &Group, calls: Calls, named: bool) -> bool {
        let [some_named, none_named, some_any, none_any] = group.kind.cells;
        if named && (!group.kind.resources || !(some_named || none_named)) {
            return false;
        }
        if !named && group.kind.resources && !(some_any || none_any) {
            return false;
        }
        if !group.kind.address {
            return matches!(calls, Calls::Every | Calls::Both | Calls::None);
        }
        let without = none_any || (named && none_named);
        match calls {
            Calls::Addresses => some_named || some_any,
            Calls::None => without,
            Calls::Both => without && (some_named || some_any),
            Calls::Every => self.limits.shortest == [0, 0] && without,
        }
    }

    /// Actions of the categories that may be granted whole; without an address only those that never are handed one.
    fn free(&self, calls: Calls, named: bool, everywhere: bool) -> Marks {
        let fits = |at: &usize| {
            let handed = self.atoms.all.get(*at).is_some_and(|(_, facts)| facts.address);
            let resources = self.atoms.all.get(*at).is_some_and(|(_, facts)| facts.resources);
            (calls == Calls::Addresses || !handed || everywhere) && !(named && resources)
        };
        Marks::of(self.atoms.all.len(), self.categories.iter().filter(fits))
    }

    /// Where a service is of service level, its actions are allowed with the whole of it.
    fn whole(&self, must: &Marks) -> Marks {
        let services: BTreeSet<_> = must
            .iter()
            .filter_map(|at| match self.atoms.all.get(at) {
                Some((Atom::Whole(id), _)) => Some(*id),
                _ => None,
            })
            .collect();
        let of = |atom: &Atom| match atom {
            Atom::Known(action) => services.contains(&action.service),
            Atom::Whole(id) => services.contains(id),
            Atom::Opaque(..) | Atom::Others => false,
        };
        let all = self.atoms.all.iter().enumerate().filter(|(_, (atom, _))| of(atom));
        Marks::of(self.atoms.all.len(), all.map(|(at, _)| at))
    }

    fn addresses(&self, calls: Calls, must: &PrefixSet) -> Option<(Vec<String>, Reach, usize)> {
        let may = self.widened(must);
        let listed =
            |prefixes: &[Prefix]| prefixes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        match calls {
            Calls::Every => Some((Vec::new(), Reach::all(), 0)),
            Calls::None => {
                let reach = Reach { none: true, addresses: PrefixSet::new() };
                Some((vec!["when qcs:ip is absent".into()], reach, 1))
            }
            Calls::Both if must.is_empty() => None,
            Calls::Both => {
                let prefixes = covering(must, &may);
                let addresses = PrefixSet::from_prefixes(prefixes.iter().copied());
                let clause = format!("when qcs:ip is absent or in {}", listed(&prefixes));
                Some((vec![clause], Reach { none: true, addresses }, prefixes.len()))
            }
            Calls::Addresses if must.is_empty() => None,
            Calls::Addresses => {
                let least = between(must, &may);
                let (mut clauses, mut addresses) = (Vec::new(), PrefixSet::everywhere());
                if !least.taken.is_empty() {
                    clauses.push(format!("from {}", listed(&least.taken)));
                    addresses = PrefixSet::from_prefixes(least.taken.iter().copied());
                }
                if !least.away.is_empty() {
                    clauses.push(format!("not from {}", listed(&least.away)));
                    addresses = addresses.except(&PrefixSet::from_prefixes(least.away.iter().copied()));
                }
                if clauses.is_empty() {
                    clauses.push("from anywhere".into());
                }
                let elements = (least.taken.len() + least.away.len()).max(1);
                Some((clauses, Reach { none: false, addresses }, elements))
            }
        }
    }

    /// Addresses with what the limits let stand around them.
    fn widened(&self, seen: &PrefixSet) -> PrefixSet {
        let [v4, v6] = self.limits.shortest;
        let wide = |prefix: Prefix| {
            let shortest = if prefix.family == crate::address::Family::V4 { v4 } else { v6 };
            Prefix::new(prefix.family, prefix.bits, prefix.length.min(shortest))
        };
        PrefixSet::from_prefixes(seen.prefixes().into_iter().map(wide))
    }
}

/// Whether a statement allows the calls of a cell.
fn covers(kind: &Kind, cell: usize, calls: Calls, named: bool) -> bool {
    let (without, any) = (cell % 2 == 1, cell >= 2);
    let place = if !kind.resources { !named } else { !named || !any };
    let call = match calls {
        Calls::Every | Calls::Both => true,
        Calls::Addresses => !without && kind.address,
        Calls::None => without,
    };
    place && call
}

/// Every choice of groups; of many, each one alone, each with all that fit, and all.
pub(super) fn subsets(groups: usize, all: bool) -> Vec<Marks> {
    if all {
        return (1..1usize << groups)
            .map(|set| Marks::of(groups, (0..groups).filter(|n| set >> n & 1 == 1)))
            .collect();
    }
    let one = (0..groups).map(|group| Marks::of(groups, [group]));
    one.chain((0..groups).flat_map(|a| (0..a).map(move |b| Marks::of(groups, [a, b])))).collect()
}
