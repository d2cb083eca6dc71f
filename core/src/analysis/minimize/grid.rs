//! The statements of one policy as boxes over a grid: classes of actions × stretches of addresses × resources ×
//! conditions. What a cell of it is says which calls are allowed, denied, or left open by whom.

use super::addresses::Reach;
use super::atoms::Atoms;
use super::marks::Marks;
use super::rests::{self, Rest};
use crate::address::{Family, Interval, PrefixSet};
use crate::glob;
use crate::model::open::resource_is_ever_open;
use crate::model::{Effect, IpUnsupported, ResourceKind, ResourcePattern, Settings, Statement};
use passgate_grammar::limits::{MINIMIZE_CELLS, MINIMIZE_CONDITIONS};
use std::collections::{BTreeMap, BTreeSet};

/// A policy cut into cells.
#[derive(Debug)]
pub(in crate::analysis) struct Grid {
    /// The atoms of each class of actions.
    pub(in crate::analysis) classes: Vec<Marks>,
    /// The addresses of each stretch; the last stretch is no address at all.
    pub(in crate::analysis) stretches: Vec<PrefixSet>,
    /// Each resource pattern that stands somewhere; `*` alone where nothing else does.
    pub(in crate::analysis) resources: Vec<ResourcePattern>,
    /// For each, the patterns that it covers.
    pub(in crate::analysis) within: Vec<Marks>,
    /// Conditions that a statement may have.
    pub(in crate::analysis) options: Vec<Rest>,
    /// For each, which of the conditions that statements have lie within.
    pub(in crate::analysis) narrower: Vec<Marks>,
    /// How many of the options statements have.
    pub(in crate::analysis) rests: usize,
    /// The statements, in order.
    pub(in crate::analysis) boxes: Vec<Cube>,
    /// Cells that mean nothing.
    pub(in crate::analysis) idle: Marks,
}

/// A statement as a box.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::analysis) struct Cube {
    pub(in crate::analysis) classes: Marks,
    pub(in crate::analysis) stretches: Marks,
    pub(in crate::analysis) resources: Marks,
    /// Place among the options.
    pub(in crate::analysis) option: usize,
}

impl Grid {
    /// None where the policy has more cells than are looked at.
    pub(in crate::analysis) fn of(
        statements: &[&Statement],
        atoms: &Atoms<'_>,
        settings: &Settings,
    ) -> Option<Grid> {
        let apart: Vec<(Rest, Reach)> = statements.iter().map(|statement| rests::apart(statement)).collect();
        let reaches: Vec<&Reach> = apart.iter().map(|(_, reach)| reach).collect();
        let stretches = stretches(&reaches)?;
        let (resources, within) = resources(statements);
        let mut own: Vec<Rest> = Vec::new();
        for (rest, _) in &apart {
            if !own.iter().any(|known| rests::same(known, rest)) {
                own.push(rest.clone());
            }
        }
        let classes = classes(statements, atoms);
        let mut grid = Grid {
            options: rests::options(&own, MINIMIZE_CONDITIONS),
            rests: own.len(),
            classes,
            stretches,
            resources,
            within,
            narrower: Vec::new(),
            boxes: Vec::new(),
            idle: Marks::none(0),
        };
        if grid.cells() > MINIMIZE_CELLS {
            return None;
        }
        let lies = |wide: &Rest| {
            Marks::of(
                own.len(),
                own.iter().enumerate().filter(|(_, r)| rests::implies(r, wide)).map(|(at, _)| at),
            )
        };
        grid.narrower = grid.options.iter().map(lies).collect();
        grid.boxes = statements
            .iter()
            .zip(&apart)
            .map(|(s, (rest, reach))| grid.cube(s, rest, reach, atoms))
            .collect();
        grid.idle = grid.idle_cells(atoms, settings);
        Some(grid)
    }

    pub(in crate::analysis) fn cells(&self) -> usize {
        let sizes = [self.stretches.len() + 1, self.resources.len(), self.rests];
        sizes.iter().fold(self.classes.len(), |product, size| product.saturating_mul(*size))
    }

    fn cube(&self, statement: &Statement, rest: &Rest, reach: &Reach, atoms: &Atoms<'_>) -> Cube {
        let covered = |class: &Marks| {
            class
                .iter()
                .next()
                .and_then(|at| atoms.all.get(at))
                .is_some_and(|(atom, _)| atoms.covered(&statement.actions, atom))
        };
        let held = self.classes.iter().enumerate().filter(|(_, class)| covered(class)).map(|(at, _)| at);
        let mut stretches = Marks::of(
            self.stretches.len() + 1,
            self.stretches
                .iter()
                .enumerate()
                .filter(|(_, part)| reach.addresses.covers(part))
                .map(|(at, _)| at),
        );
        if reach.none {
            stretches.insert(self.stretches.len());
        }
        let mut resources = Marks::none(self.resources.len());
        for pattern in statement.resources.iter() {
            let at = self.resources.iter().position(|known| known.text == pattern.text);
            if let Some(within) = at.and_then(|at| self.within.get(at)) {
                resources = resources.or(within);
            }
        }
        let option = self.options.iter().position(|known| rests::same(known, rest)).unwrap_or(0);
        Cube { classes: Marks::of(self.classes.len(), held), stretches, resources, option }
    }

    /// The cells of a box.
    pub(in crate::analysis) fn marks(&self, cube: &Cube) -> Marks {
        let mut marks = Marks::none(self.cells());
        let Some(narrower) = self.narrower.get(cube.option) else { return marks };
        for class in cube.classes.iter() {
            for stretch in cube.stretches.iter() {
                for resource in cube.resources.iter() {
                    narrower.iter().for_each(|rest| marks.insert(self.cell(class, stretch, resource, rest)));
                }
            }
        }
        marks
    }

    fn cell(&self, class: usize, stretch: usize, resource: usize, rest: usize) -> usize {
        ((class * (self.stretches.len() + 1) + stretch) * self.resources.len() + resource) * self.rests + rest
    }

    /// Cells whose calls no statement can match, or which are the same calls as others are.
    fn idle_cells(&self, atoms: &Atoms<'_>, settings: &Settings) -> Marks {
        let mut idle = Marks::none(self.cells());
        let needs: Vec<rests::Needs> = self.options.iter().take(self.rests).map(rests::needs).collect();
        let none = self.stretches.len();
        for (class, members) in self.classes.iter().enumerate() {
            let Some((_, facts)) = members.iter().next().and_then(|at| atoms.all.get(at)) else { continue };
            let withheld = !facts.address && settings.ip_unsupported == IpUnsupported::Withhold;
            for stretch in 0..=none {
                for (resource, pattern) in self.resources.iter().enumerate() {
                    let named = !facts.resources && !matches!(pattern.kind, ResourceKind::Any);
                    for (rest, needs) in needs.iter().enumerate() {
                        let lacks = (needs.address && withheld) || (needs.tags && !facts.tags);
                        if named || lacks || (withheld && stretch != none) {
                            idle.insert(self.cell(class, stretch, resource, rest));
                        }
                    }
                }
            }
        }
        idle
    }

    /// The calls of some stretches.
    pub(in crate::analysis) fn reach(&self, stretches: &Marks) -> Reach {
        let parts = stretches.iter().filter_map(|at| self.stretches.get(at));
        let addresses = parts.fold(PrefixSet::new(), |sum, part| sum.union(part));
        Reach { none: stretches.has(self.stretches.len()), addresses }
    }

    /// The atoms of some classes.
    pub(in crate::analysis) fn atoms(&self, classes: &Marks, width: usize) -> Marks {
        classes
            .iter()
            .filter_map(|at| self.classes.get(at))
            .fold(Marks::none(width), |sum, class| sum.or(class))
    }

    /// The patterns that say what some resources are: those that no other one of them covers.
    pub(in crate::analysis) fn widest(&self, resources: &Marks) -> Vec<usize> {
        let covered = |at: usize| {
            resources.iter().any(|other| {
                let covers =
                    |wide: usize, narrow: usize| self.within.get(wide).is_some_and(|w| w.has(narrow));
                other != at && covers(other, at) && (!covers(at, other) || other < at)
            })
        };
        resources.iter().filter(|at| !covered(*at)).collect()
    }

    /// Whether a set of resources is what some patterns cover.
    pub(in crate::analysis) fn is_closed(&self, resources: &Marks) -> bool {
        resources.iter().all(|at| self.within.get(at).is_some_and(|within| within.within(resources)))
    }

    /// The cells of the denies that are never open.
    pub(in crate::analysis) fn closed(&self, statements: &[&Statement]) -> Marks {
        let denies = statements.iter().zip(&self.boxes).filter(|(statement, cube)| {
            let rest = self.options.get(cube.option);
            let closed = rest.is_some_and(|rest| rests::is_never_open(rest, statement.resources.iter()));
            statement.effect == Effect::Deny && closed
        });
        denies.fold(Marks::none(self.cells()), |sum, (_, cube)| sum.or(&self.marks(cube)))
    }

    /// The cells of all statements of an effect.
    pub(in crate::analysis) fn covered(&self, statements: &[&Statement], effect: Effect) -> Marks {
        let own = statements.iter().zip(&self.boxes).filter(|(statement, _)| statement.effect == effect);
        own.fold(Marks::none(self.cells()), |sum, (_, cube)| sum.or(&self.marks(cube)))
    }
}

/// Atoms that the same statements cover and that are handed the same.
fn classes(statements: &[&Statement], atoms: &Atoms<'_>) -> Vec<Marks> {
    let mut by_cover = BTreeMap::new();
    for (at, (atom, facts)) in atoms.all.iter().enumerate() {
        let covering = statements.iter().enumerate().filter(|(_, s)| atoms.covered(&s.actions, atom));
        let cover = Marks::of(statements.len(), covering.map(|(place, _)| place));
        by_cover.entry((cover, *facts)).or_insert_with(|| Marks::none(atoms.all.len())).insert(at);
    }
    by_cover.into_values().collect()
}

/// Addresses that the same statements reach; none where there are too many.
fn stretches(reaches: &[&Reach]) -> Option<Vec<PrefixSet>> {
    let mut by_cover: BTreeMap<Marks, Vec<(Family, Interval)>> = BTreeMap::new();
    for family in [Family::V4, Family::V6] {
        let mut starts = BTreeSet::from([0u128]);
        for interval in reaches.iter().flat_map(|reach| reach.addresses.intervals(family)) {
            starts.insert(interval.first);
            starts.extend(interval.after(family));
        }
        if starts.len() > MINIMIZE_CELLS {
            return None;
        }
        let end = PrefixSet::everywhere().intervals(family).last().map_or(0, |all| all.last);
        let ends = starts.iter().skip(1).map(|start| start.saturating_sub(1)).chain([end]);
        for (first, last) in starts.iter().zip(ends) {
            let inside =
                reaches.iter().enumerate().filter(|(_, reach)| reach.addresses.contains_bits(family, *first));
            let cover = Marks::of(reaches.len(), inside.map(|(at, _)| at));
            by_cover.entry(cover).or_default().push((family, Interval { first: *first, last }));
        }
    }
    Some(by_cover.into_values().map(PrefixSet::from_intervals).collect())
}

fn resources(statements: &[&Statement]) -> (Vec<ResourcePattern>, Vec<Marks>) {
    let all = statements.iter().flat_map(|statement| statement.resources.iter());
    let by_text: BTreeMap<&str, &ResourcePattern> = all.map(|pattern| (&*pattern.text, pattern)).collect();
    let patterns: Vec<ResourcePattern> = by_text.into_values().cloned().collect();
    let within = |wide: &ResourcePattern| {
        let inside = patterns.iter().enumerate().filter(|(_, narrow)| covers(wide, narrow));
        Marks::of(patterns.len(), inside.map(|(at, _)| at))
    };
    let within = patterns.iter().map(within).collect();
    (patterns, within)
}

/// Whether every resource of the second is one of the first, for certain. A `*` of the second is met by a `*` of the
/// first alone, so what lies between the stars fits whatever they stand for.
fn covers(wide: &ResourcePattern, narrow: &ResourcePattern) -> bool {
    if wide.text == narrow.text {
        return true;
    }
    match (&wide.kind, &narrow.kind) {
        (ResourceKind::Any, _) => true,
        (
            ResourceKind::Six { service, region, account, rest },
            ResourceKind::Six { service: s, region: r, account: a, rest: n },
        ) => {
            let plain = ![wide, narrow].into_iter().any(resource_is_ever_open);
            plain && (service, region, account) == (s, r, a) && glob::matches(&rest.written(), &n.written())
        }
        (ResourceKind::Six { .. }, ResourceKind::Any) => false,
    }
}
