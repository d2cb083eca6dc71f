//! The fewest statements that allow what was seen of one subject and nothing beyond the limits.
//!
//! Seen actions fall into few kinds: with or without an address, on named resources or on all. A statement is a choice of
//! kinds, of calls (from the addresses, without one, any) and of resources; all choices are looked at. Where there are few
//! kinds and addresses, actions that were used otherwise and each address are looked at apart: then two statements may
//! share what one of them would have to say alone, and nothing smaller is left out.

use super::Limits;
use crate::address::{Prefix, PrefixSet};
use crate::analysis::minimize::addresses::{Reach, between, covering};
use crate::analysis::minimize::atoms::{Atom, Atoms};
use crate::analysis::minimize::cover::{Choice, cover};
use crate::analysis::minimize::marks::Marks;
use crate::analysis::minimize::size::{ELEMENT, STATEMENT};
use crate::analysis::minimize::terms::{List, Terms};
use passgate_grammar::limits::{MINIMIZE_STEPS, SUGGEST_FINE, SUGGEST_KINDS, SUGGEST_STEPS};
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
    /// Steps that its searches may take.
    pub(super) steps: u64,
}

/// Steps of the searches for each of so many subjects.
pub(super) fn budget(subjects: usize) -> u64 {
    (SUGGEST_STEPS / (subjects as u64).max(1)).min(MINIMIZE_STEPS)
}

/// Kinds with their atoms and what was seen of them.
struct Group {
    kind: Kind,
    atoms: Marks,
    any: PrefixSet,
    named: PrefixSet,
    resources: BTreeSet<String>,
}

impl Group {
    /// What was seen of it in a part of the addresses, on named resources or on any.
    fn within(&self, named: bool, part: &PrefixSet) -> PrefixSet {
        if named { self.named.intersect(part) } else { self.any.intersect(part) }
    }
}

/// Groups and parts of the addresses that are looked at apart.
struct Plan {
    groups: Vec<Group>,
    parts: Vec<PrefixSet>,
    /// Nothing smaller is left out by looking at these only.
    fine: bool,
}

impl Plan {
    /// Cells of a group: named or any resource × parts of the addresses, and no address.
    fn cells(&self) -> usize {
        2 * (self.parts.len() + 1)
    }

    fn width(&self) -> usize {
        self.groups.len() * self.cells()
    }

    /// Cells of a group with what they stand for; no part is no address.
    fn of_group(&self, at: usize) -> impl Iterator<Item = (usize, bool, Option<&PrefixSet>)> {
        let parts = &self.parts;
        let each = [true, false]
            .into_iter()
            .flat_map(move |named| parts.iter().map(Some).chain([None]).map(move |part| (named, part)));
        each.enumerate().map(move |(cell, (named, part))| (at * self.cells() + cell, named, part))
    }

    fn must(&self) -> Marks {
        let each = self.groups.iter().enumerate().flat_map(move |(at, group)| {
            let [_, none_named, _, none_any] = group.kind.cells;
            let seen = move |named: bool, part: Option<&PrefixSet>| match part {
                Some(part) => group.kind.address && !group.within(named, part).is_empty(),
                None => (named && none_named) || (!named && none_any),
            };
            self.of_group(at).filter(move |(_, named, part)| seen(*named, *part)).map(|(cell, _, _)| cell)
        });
        Marks::of(self.width(), each)
    }
}

impl Chooser<'_, '_> {
    /// The statements; none where an action cannot be allowed alone and its service not whole.
    pub(super) fn run(&self) -> Option<(Vec<Chosen>, bool)> {
        let plan = self.plan();
        let mut steps = self.steps;
        let must = plan.must();
        // The cheapest statement for what it holds.
        let mut cheapest: BTreeMap<Marks, Chosen> = BTreeMap::new();
        let mut lists = true;
        let all = plan.groups.len() <= SUGGEST_KINDS;
        for members in subsets(plan.groups.len(), all) {
            for calls in CALLS {
                for named in [true, false] {
                    for (one, holds) in self.statements(&plan, &members, (calls, named), &mut steps) {
                        lists &= one.actions.least;
                        let holds = holds.and(&must);
                        if cheapest.get(&holds).is_none_or(|known| one.cost < known.cost) {
                            cheapest.insert(holds, one);
                        }
                    }
                }
            }
        }
        let choices: Vec<Choice> =
            cheapest.iter().map(|(holds, one)| Choice { holds: holds.clone(), cost: one.cost }).collect();
        let found = cover(&must, &choices, &mut steps)?;
        let chosen: Vec<&Chosen> = cheapest.values().collect();
        let statements: Vec<Chosen> =
            found.chosen.iter().filter_map(|at| chosen.get(*at)).map(|one| (*one).clone()).collect();
        // Nothing is smaller than the best single statement, however groups are cut.
        let whole = plan.fine || statements.len() == 1;
        Some((statements, found.least && all && lists && steps > 0 && whole))
    }

    /// What is looked at: every use apart where there are few, else kinds of them.
    fn plan(&self) -> Plan {
        let groups = self.groups(true);
        if let Some(parts) = parts(&groups, SUGGEST_FINE) {
            return Plan { groups, parts, fine: true };
        }
        let groups = self.groups(false);
        // Calls from addresses and calls without one are then statements of their own, each as small as it gets.
        let fine = groups.iter().all(|group| {
            let [some_named, none_named, some_any, none_any] = group.kind.cells;
            !(some_named || none_named || some_any && none_any)
        });
        Plan { groups, parts: vec![PrefixSet::everywhere()], fine }
    }

    /// Actions of one kind together; where they are looked at apart, only those of the same uses.
    fn groups(&self, apart: bool) -> Vec<Group> {
        let mut groups: BTreeMap<_, Group> = BTreeMap::new();
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
            let (any, within) = match (facts.address, named) {
                (false, _) => (PrefixSet::new(), PrefixSet::new()),
                (true, true) => (act.any.clone(), act.named.clone()),
                (true, false) => (act.any.union(&act.named), PrefixSet::new()),
            };
            let resources: BTreeSet<String> = act.resources.iter().filter(|_| named).cloned().collect();
            let uses = apart.then(|| (any.prefixes(), within.prefixes(), resources.clone()));
            let group = groups.entry((kind, uses)).or_insert_with(|| Group {
                kind,
                atoms: Marks::none(self.atoms.all.len()),
                any: PrefixSet::new(),
                named: PrefixSet::new(),
                resources: BTreeSet::new(),
            });
            group.atoms.insert(*at);
            group.any = group.any.union(&any);
            group.named = group.named.union(&within);
            group.resources.extend(resources);
        }
        groups.into_values().collect()
    }

    /// Statements for some groups, one for each choice of parts of the addresses, with the cells they cover.
    fn statements(
        &self,
        plan: &Plan,
        members: &Marks,
        (calls, named): (Calls, bool),
        steps: &mut u64,
    ) -> Vec<(Chosen, Marks)> {
        let groups = &plan.groups;
        let fits = |group: &Group| self.fits(group, calls, named);
        let own: Vec<&Group> = members.iter().filter_map(|at| groups.get(at)).collect();
        if !own.iter().all(|group| fits(group)) {
            return Vec::new();
        }
        let everywhere = self.limits.shortest == [0, 0];
        let (mut must, mut may) = (Marks::none(self.atoms.all.len()), Marks::none(self.atoms.all.len()));
        own.iter().for_each(|group| must = must.or(&group.atoms));
        groups.iter().filter(|group| fits(group)).for_each(|group| may = may.or(&group.atoms));
        may = may.or(&self.free(calls, named, everywhere)).or(&self.whole(&must));
        let Some(actions) = self.terms.list(&must, &may, steps) else { return Vec::new() };
        let covered = self.terms.covered(&actions, self.atoms.all.len());
        let resources: BTreeSet<String> = if named {
            own.iter().flat_map(|group| group.resources.iter().cloned()).collect()
        } else {
            BTreeSet::new()
        };
        // All resources of it must be named that its cells are about.
        let holds = |group: &Group| {
            group.atoms.within(&covered) && fits(group) && (!named || group.resources.is_subset(&resources))
        };
        let held: Vec<usize> =
            groups.iter().enumerate().filter(|(_, group)| holds(group)).map(|(at, _)| at).collect();
        let one = |addresses: &PrefixSet| {
            let (clauses, reach, elements) = self.addresses(calls, addresses, &self.may(plan, addresses))?;
            let cost = STATEMENT + actions.cost + ELEMENT.saturating_mul((elements + resources.len()) as u64);
            let cells = held.iter().flat_map(|at| {
                let group = groups.get(*at);
                let holds = |named_cell: bool, part: Option<&PrefixSet>| {
                    group.is_some_and(|group| covers(group, (named_cell, part), (calls, named), &reach))
                };
                let own = plan.of_group(*at).filter(move |(_, named, part)| holds(*named, *part));
                own.map(|(cell, _, _)| cell).collect::<Vec<_>>()
            });
            let holds = Marks::of(plan.width(), cells);
            let resources = resources.iter().cloned().collect();
            Some((Chosen { actions: actions.clone(), resources, clauses, reach, cost }, holds))
        };
        let choices = match calls {
            Calls::Every | Calls::None => vec![Marks::none(plan.parts.len())],
            Calls::Addresses | Calls::Both => subsets(plan.parts.len(), true),
        };
        let addresses = |parts: &Marks| {
            let parts: Vec<&PrefixSet> = parts.iter().filter_map(|at| plan.parts.get(at)).collect();
            own.iter().fold(PrefixSet::new(), |sum, group| {
                parts.iter().fold(sum, |sum, part| {
                    let sum = sum.union(&group.named.intersect(part));
                    if named { sum } else { sum.union(&group.any.intersect(part)) }
                })
            })
        };
        choices.iter().filter_map(|parts| one(&addresses(parts))).collect()
    }

    /// Addresses that a statement may be allowed from beside those it must.
    fn may(&self, plan: &Plan, must: &PrefixSet) -> PrefixSet {
        let seen = plan.groups.iter().fold(must.clone(), |sum, group| {
            if plan.parts.len() > 1 { sum.union(&group.any).union(&group.named) } else { sum }
        });
        self.widened(&seen)
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
        // Of a category that may be granted whole every action may be used from every address.
        let from = some_named || some_any || group.atoms.within(self.categories);
        match calls {
            Calls::Addresses => from,
            Calls::None => without,
            Calls::Both => without && from,
            Calls::Every => self.limits.shortest == [0, 0] && without,
        }
    }

    /// Actions of the categories that may be granted whole, without an address only those that never are handed one; and
    /// where addresses are named those that never are handed one, of which that allows no call.
    fn free(&self, calls: Calls, named: bool, everywhere: bool) -> Marks {
        let fits = |at: &usize| {
            let facts = self.atoms.all.get(*at).map(|(_, facts)| (facts.address, facts.resources));
            let (handed, resources) = facts.unwrap_or_default();
            let granted = calls == Calls::Addresses || !handed || everywhere;
            let category = self.categories.has(*at) && granted && !(named && resources);
            category || (calls == Calls::Addresses && !handed)
        };
        Marks::of(self.atoms.all.len(), (0..self.atoms.all.len()).filter(fits))
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

    fn addresses(
        &self,
        calls: Calls,
        must: &PrefixSet,
        may: &PrefixSet,
    ) -> Option<(Vec<String>, Reach, usize)> {
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
                let prefixes = covering(must, may);
                let addresses = PrefixSet::from_prefixes(prefixes.iter().copied());
                let clause = format!("when qcs:ip is absent or in {}", listed(&prefixes));
                Some((vec![clause], Reach { none: true, addresses }, prefixes.len()))
            }
            Calls::Addresses if must.is_empty() => None,
            Calls::Addresses => {
                let least = between(must, may);
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

/// Addresses that are used otherwise, and each prefix of them, apart; none where there are more, with the groups, than
/// `most`.
fn parts(groups: &[Group], most: usize) -> Option<Vec<PrefixSet>> {
    let most = most.checked_sub(groups.len())?;
    let sets = || groups.iter().flat_map(|group| [&group.any, &group.named]);
    let all = sets().fold(PrefixSet::new(), |sum, set| sum.union(set));
    // Cutting makes no fewer.
    if all.prefixes().len() > most {
        return None;
    }
    let cut = sets().fold(vec![all], |parts, set| {
        let halves = parts.iter().flat_map(|part| [part.intersect(set), part.except(set)]);
        halves.filter(|part| !part.is_empty()).collect()
    });
    let each = cut.iter().flat_map(PrefixSet::prefixes);
    let parts: Vec<PrefixSet> = each.map(|prefix| PrefixSet::from_prefixes([prefix])).collect();
    (parts.len() <= most).then_some(parts)
}

/// Whether a statement allows the calls of a cell.
fn covers(
    group: &Group,
    (named_cell, part): (bool, Option<&PrefixSet>),
    (calls, named): (Calls, bool),
    reach: &Reach,
) -> bool {
    let place = if group.kind.resources { !named || named_cell } else { !named };
    place
        && match part {
            None => calls != Calls::Addresses,
            Some(_) if calls == Calls::None => false,
            Some(part) => group.kind.address && reach.addresses.covers(&group.within(named_cell, part)),
        }
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
