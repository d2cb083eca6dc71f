//! All calls with one assignment of account numbers: dimensions cut, statements as boxes over them.

use super::accounts::Assignment;
use super::axis::{Axis, Dimension, Values};
use super::budget::{Budget, Spent};
use super::doubt::Doubt;
use super::draft::{Draft, DraftBox};
use super::prepared::Prepared;
use super::region::{Literal, Pick, Region, Side};
use super::truth::Truth;
use crate::model::Effect;
use std::rc::Rc;

/// A box: all literals hold.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) literals: Vec<Literal>,
    /// It never matches surely.
    pub(super) open: bool,
}

impl Cell {
    /// Whether it matches at a point.
    pub(super) fn truth(&self, point: &[Pick]) -> Truth {
        let most = if self.open { Truth::Open } else { Truth::Yes };
        let each = self.literals.iter().filter_map(|l| Some(l.truth(point.get(l.at)?)));
        each.fold(most, Ord::min)
    }
}

/// A statement: one of its boxes matches.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) set: usize,
    pub(super) effect: Effect,
    pub(super) cells: Vec<Cell>,
}

/// Calls with one assignment.
#[derive(Debug)]
pub(super) struct World {
    pub(super) assignment: Assignment,
    /// Sorted by axis.
    pub(super) dimensions: Vec<Rc<Dimension>>,
    pub(super) rules: Vec<Rule>,
    /// For each clause the boxes of which one must hold.
    pub(super) clauses: Vec<Vec<Cell>>,
    /// For each resource pattern that is looked at apart, its boxes.
    pub(super) views: Vec<Vec<Cell>>,
}

/// What the statements of one set say at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) allow: Truth,
    pub(super) deny: Truth,
}

impl World {
    /// `doubtful`: account numbers are not all tried. Dimensions that no number changes are those of the world `before`.
    pub(super) fn new(
        (service, prepared): (&str, &Prepared<'_>),
        assignment: Assignment,
        doubtful: bool,
        before: Option<&World>,
        budget: &mut Budget,
    ) -> Result<World, Spent> {
        let mut draft = Draft::new(prepared, &assignment);
        if draft.has_resources() {
            for axis in [Axis::Region, Axis::Account, Axis::Rest] {
                draft.probes.entry(axis).or_default();
            }
        }
        let mut dimensions = Vec::new();
        for (axis, probes) in std::mem::take(&mut draft.probes) {
            let known = before.and_then(|world| world.dimensions.get(place(&world.dimensions, &axis)?));
            dimensions.push(match known.filter(|d| d.is_cut_by(&probes)) {
                Some(known) => Rc::clone(known),
                None => Rc::new(Dimension::new(axis, probes, service, budget)?),
            });
        }
        let cell = |one: &DraftBox| cell(one, &dimensions, doubtful);
        let cells = |boxes: &Vec<DraftBox>| boxes.iter().map(cell).collect::<Vec<Cell>>();
        let rules = draft.rules.iter().map(|rule| Rule {
            set: rule.set,
            effect: rule.effect,
            cells: cells(&rule.boxes),
        });
        let rules = rules.collect();
        let clauses = draft.clauses.iter().map(cells).collect();
        let views = draft.views.iter().map(cells).collect();
        Ok(World { assignment, dimensions, rules, clauses, views })
    }

    /// All calls, whatever the clauses say.
    pub(super) fn whole(&self) -> Region {
        Region::whole(
            self.dimensions
                .iter()
                .map(|d| Side::whole(d.classes.len(), d.axis.is_optional(), d.axis.is_many())),
        )
    }

    /// The boxes of the statements of a set that have an effect; of both where none is given.
    pub(super) fn cells(&self, set: usize, effect: Option<Effect>) -> impl Iterator<Item = &Cell> {
        let wanted = move |rule: &&Rule| rule.set == set && effect.is_none_or(|e| e == rule.effect);
        self.rules.iter().filter(wanted).flat_map(|rule| &rule.cells)
    }

    /// What a set says at a point.
    pub(super) fn tally(&self, set: usize, point: &[Pick]) -> Tally {
        let most =
            |effect| self.cells(set, Some(effect)).map(|cell| cell.truth(point)).max().unwrap_or(Truth::No);
        Tally { allow: most(Effect::Allow), deny: most(Effect::Deny) }
    }

    /// Whether the clauses admit a point.
    pub(super) fn admits(&self, point: &[Pick]) -> bool {
        self.clauses.iter().all(|boxes| boxes.iter().any(|cell| cell.truth(point) == Truth::Yes))
    }

    /// The first reason why the dimensions may be cut too coarsely.
    pub(super) fn doubt(&self) -> Option<&Doubt> {
        self.doubts().next()
    }

    /// All of them.
    pub(super) fn doubts(&self) -> impl Iterator<Item = &Doubt> {
        self.dimensions.iter().filter_map(|d| d.doubt.as_ref())
    }

    /// The class of a dimension of segments that is a bare `*`.
    pub(super) fn bare(&self, at: usize) -> Option<usize> {
        let classes = &self.dimensions.get(at)?.classes;
        classes.iter().position(|values| matches!(values, Values::Segment(None)))
    }

    pub(super) fn values(&self, at: usize, class: usize) -> Option<&Values> {
        self.dimensions.get(at)?.classes.get(class)
    }
}

fn cell(one: &DraftBox, dimensions: &[Rc<Dimension>], doubtful: bool) -> Cell {
    let literals = one.literals.iter().filter_map(|draft| {
        let at = place(dimensions, &draft.axis)?;
        let dimension = dimensions.get(at)?;
        Some(Literal {
            at,
            absent: draft.absent,
            every: draft.every,
            sets: dimension.sets.get(draft.probe)?.clone(),
            doubtful: dimension.doubt.is_some() || (doubtful && draft.varies),
        })
    });
    Cell { literals: literals.collect(), open: one.open }
}

fn place(dimensions: &[Rc<Dimension>], axis: &Axis) -> Option<usize> {
    dimensions.binary_search_by(|d| d.axis.cmp(axis)).ok()
}
