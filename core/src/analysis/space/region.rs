//! Literals over the dimensions, and regions: what is left of each dimension when some literals hold and others do not.
//!
//! A key is absent or a list of values. A literal holds of a list when some value lies in a set, or when every value
//! does; so a region keeps, for lists, the values that may occur and sets of which one value must occur. Such regions
//! are closed under literals and their negations, and a region is empty exactly when, for some dimension, absence is
//! ruled out and some required set has no value left.

use super::bits::Bits;
use super::grouping::Sets;
use super::truth::{Strength, Truth};
use std::rc::Rc;

/// A condition or a part of a resource pattern, over one dimension.
#[derive(Debug, Clone)]
pub(super) struct Literal {
    /// Place of the dimension.
    pub(super) at: usize,
    /// Whether it holds where the key is absent.
    pub(super) absent: bool,
    /// Whether every value must lie in the set, rather than some one.
    pub(super) every: bool,
    pub(super) sets: Sets,
    /// The classes may not tell all cases apart.
    pub(super) doubtful: bool,
}

impl Literal {
    fn set(&self, strength: Strength) -> &Rc<Bits> {
        match strength {
            Strength::Surely => &self.sets.yes,
            Strength::Perhaps => &self.sets.may,
        }
    }

    /// The answer for a value of its dimension.
    pub(super) fn truth(&self, value: &Pick) -> Truth {
        let holds = |set: &Bits| match value {
            Pick::Absent => self.absent,
            Pick::Classes(classes) if self.every => classes.iter().all(|c| set.has(*c)),
            Pick::Classes(classes) => classes.iter().any(|c| set.has(*c)),
        };
        match (holds(&self.sets.yes), holds(&self.sets.may)) {
            (true, _) => Truth::Yes,
            (false, true) => Truth::Open,
            (false, false) => Truth::No,
        }
    }
}

/// One value of a dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pick {
    Absent,
    /// One class, or of a key several.
    Classes(Vec<usize>),
}

/// What is left of one dimension.
#[derive(Debug, Clone)]
pub(super) struct Side {
    absent: bool,
    /// Values that may occur; empty where it must be absent.
    universe: Bits,
    /// One value of each must occur.
    hits: Vec<Bits>,
    many: bool,
}

impl Side {
    pub(super) fn whole(width: usize, optional: bool, many: bool) -> Side {
        Side { absent: optional, universe: Bits::all(width), hits: Vec::new(), many }
    }

    fn is_empty(&self) -> bool {
        !self.absent && self.universe.is_empty()
    }

    /// Whether something is left where the literal holds (or does not).
    fn fits(&self, literal: &Literal, strength: Strength, holds: bool) -> bool {
        if self.absent && literal.absent == holds {
            return true;
        }
        let set = literal.set(strength);
        let every = literal.every == holds || !self.many;
        // Of the values in the set, or of those outside.
        let (in_set, out) = (|b: &Bits| b.meets(set), |b: &Bits| !b.within(set));
        match (every, holds) {
            (false, true) => self.universe.meets(set),
            (false, false) => !self.universe.within(set),
            (true, true) => {
                in_set(&self.universe) && self.hits.iter().all(|h| h.meets_in(&self.universe, set))
            }
            (true, false) => {
                out(&self.universe) && self.hits.iter().all(|h| !h.and(&self.universe).within(set))
            }
        }
    }

    fn cost(&self) -> u64 {
        1 + self.universe.cost() * (1 + self.hits.len() as u64)
    }

    /// What is left where the literal holds (or does not).
    fn cut(&self, literal: &Literal, strength: Strength, holds: bool) -> Side {
        let set = literal.set(strength);
        let set = if holds { (**set).clone() } else { set.not() };
        let absent = self.absent && literal.absent == holds;
        let mut side =
            Side { absent, universe: self.universe.clone(), hits: self.hits.clone(), many: self.many };
        if literal.every == holds || !self.many {
            side.universe = side.universe.and(&set);
        } else {
            side.hits.push(set);
        }
        let possible = side.hits.iter().all(|hit| hit.meets(&side.universe));
        if !possible {
            side.universe = Bits::none(0);
            side.hits.clear();
        }
        side
    }

    /// What is left where there is one value, of this class, or (none) none; none where that is ruled out.
    fn at(&self, class: Option<usize>) -> Option<Side> {
        let width = self.universe.width();
        let mut side = Side { absent: false, universe: Bits::none(width), hits: Vec::new(), many: self.many };
        match class {
            None => side.absent = self.absent,
            Some(class) if self.universe.has(class) && self.hits.iter().all(|hit| hit.has(class)) => {
                side.universe.insert(class);
            }
            Some(_) => {}
        }
        (!side.is_empty()).then_some(side)
    }

    /// What is left where there is at most one value.
    fn single(&self) -> Side {
        let mut side = Side { many: false, hits: Vec::new(), ..self.clone() };
        for hit in &self.hits {
            side.universe = side.universe.and(hit);
        }
        side
    }

    /// A smallest value.
    fn pick(&self) -> Option<Pick> {
        if self.absent {
            return Some(Pick::Absent);
        }
        let mut classes: Vec<usize> = Vec::new();
        for hit in &self.hits {
            if !classes.iter().any(|c| hit.has(*c)) {
                classes.push(hit.and(&self.universe).first()?);
            }
        }
        if classes.is_empty() {
            classes.push(self.universe.first()?);
        }
        classes.sort_unstable();
        Some(Pick::Classes(classes))
    }
}

/// Dimensions that are copied in one step.
const DIMENSIONS_A_STEP: u64 = 16;

/// What is left of all dimensions: their product.
#[derive(Debug, Clone)]
pub(super) struct Region(Vec<Rc<Side>>);

impl Region {
    pub(super) fn whole(sides: impl Iterator<Item = Side>) -> Region {
        Region(sides.map(Rc::new).collect())
    }

    /// Whether something is left where the literal holds (or does not).
    pub(super) fn fits(&self, literal: &Literal, strength: Strength, holds: bool) -> bool {
        self.0.get(literal.at).is_some_and(|side| side.fits(literal, strength, holds))
    }

    /// How much it costs to ask.
    pub(super) fn cost(&self, literal: &Literal) -> u64 {
        self.0.get(literal.at).map_or(1, |side| side.cost())
    }

    /// What is left where the literal holds (or does not); none where nothing is.
    pub(super) fn cut(&self, literal: &Literal, strength: Strength, holds: bool) -> Option<Region> {
        let side = self.side(literal, strength, holds)?;
        let mut next = self.clone();
        next.put(literal.at, side);
        Some(next)
    }

    /// What is left where a dimension is one class of values, or (none) absent; none where nothing is.
    pub(super) fn at(&self, at: usize, class: Option<usize>) -> Option<Region> {
        let side = self.0.get(at)?.at(class)?;
        let mut next = self.clone();
        if let Some(place) = next.0.get_mut(at) {
            *place = Rc::new(side);
        }
        Some(next)
    }

    /// What is left where a dimension has at most one value; none where nothing is.
    pub(super) fn single(&self, at: usize) -> Option<Region> {
        let side = self.0.get(at)?.single();
        if side.is_empty() {
            return None;
        }
        let mut next = self.clone();
        next.put(at, side);
        Some(next)
    }

    /// What is left where all literals hold.
    pub(super) fn cut_all<'l>(
        mut self,
        literals: impl IntoIterator<Item = &'l Literal>,
        strength: Strength,
    ) -> Option<Region> {
        for literal in literals {
            let side = self.side(literal, strength, true)?;
            self.put(literal.at, side);
        }
        Some(self)
    }

    /// What is left of the literal's dimension; none where nothing is.
    fn side(&self, literal: &Literal, strength: Strength, holds: bool) -> Option<Side> {
        let side = self.0.get(literal.at)?.cut(literal, strength, holds);
        (!side.is_empty()).then_some(side)
    }

    fn put(&mut self, at: usize, side: Side) {
        if let Some(place) = self.0.get_mut(at) {
            *place = Rc::new(side);
        }
    }

    /// What it costs to take another one from it: its dimensions are copied, many at a step.
    pub(super) fn copy_cost(&self) -> u64 {
        1 + self.0.len() as u64 / DIMENSIONS_A_STEP
    }

    /// A point of it.
    pub(super) fn pick(&self) -> Option<Vec<Pick>> {
        self.0.iter().map(|side| side.pick()).collect()
    }
}
