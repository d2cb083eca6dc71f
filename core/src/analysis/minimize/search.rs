//! The fewest statements that say what a policy says: boxes that cover all that must be covered and nothing else.
//!
//! A small policy's boxes are all looked at, and the cheapest cover of them is found by branch and bound; of a larger
//! one, its own statements and what they grow to. What a deny of the same policy covers any allow may cover too: the deny
//! wins, whatever other policies say. In a boundary only where that deny is never open: where it is, an allow beside it
//! makes an error of the caller of what is a refusal.

use super::addresses::{self, Written};
use super::atoms::Atoms;
use super::cover::{Choice, cover};
use super::grid::{Cube, Grid};
use super::marks::Marks;
use super::size::{self, CHARACTER, ELEMENT, STATEMENT};
use super::terms::{List, Terms};
use crate::address::PrefixSet;
use crate::analysis::space::Use;
use crate::model::{Condition, Effect, ResourcePattern, Statement};
use passgate_grammar::limits::{MINIMIZE_BOXES, MINIMIZE_STEPS};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// What a policy becomes.
#[derive(Debug)]
pub(in crate::analysis) struct Found {
    pub(in crate::analysis) parts: Vec<Part>,
    /// Whether no policy of this language with the same cells is smaller, for certain.
    pub(in crate::analysis) least: bool,
}

/// A statement of it.
#[derive(Debug)]
pub(in crate::analysis) enum Part {
    /// The statement at this place, as it is.
    Kept(usize),
    /// A new one.
    Made(Made),
}

/// A new statement.
#[derive(Debug, Clone)]
pub(in crate::analysis) struct Made {
    pub(in crate::analysis) effect: Effect,
    pub(in crate::analysis) actions: List,
    pub(in crate::analysis) resources: Vec<ResourcePattern>,
    pub(in crate::analysis) addresses: Written,
    /// Conditions but those on addresses.
    pub(in crate::analysis) conditions: Vec<Condition>,
    /// What it costs.
    pub(in crate::analysis) cost: u64,
}

/// What statements are looked for with.
pub(in crate::analysis) struct Search<'g, 'm> {
    pub(in crate::analysis) grid: &'g Grid,
    pub(in crate::analysis) atoms: &'g Atoms<'m>,
    pub(in crate::analysis) terms: &'g Terms,
    pub(in crate::analysis) networks: &'g [(Arc<str>, PrefixSet)],
    pub(in crate::analysis) gate: bool,
    /// What each statement costs as it is written.
    pub(in crate::analysis) written: &'g [u64],
    lists: HashMap<(Marks, Marks), Option<List>>,
    steps: u64,
    /// Whether some list may be longer than need be.
    rough: bool,
}

impl<'g, 'm> Search<'g, 'm> {
    pub(in crate::analysis) fn new(
        grid: &'g Grid,
        (atoms, terms): (&'g Atoms<'m>, &'g Terms),
        networks: &'g [(Arc<str>, PrefixSet)],
        gate: bool,
        written: &'g [u64],
    ) -> Self {
        Search {
            grid,
            atoms,
            terms,
            networks,
            gate,
            written,
            lists: HashMap::new(),
            steps: MINIMIZE_STEPS,
            rough: false,
        }
    }

    /// None where nothing was found, which then stays as it is.
    pub(in crate::analysis) fn run(&mut self, statements: &[&Statement], used: Use) -> Option<Found> {
        let denied = self.grid.covered(statements, Effect::Deny);
        let allowed = self.grid.covered(statements, Effect::Allow);
        let denies = self.effect(statements, Effect::Deny, &denied, &self.grid.idle.clone())?;
        let closed = match used {
            Use::Attached => denied,
            Use::Boundary => self.grid.closed(statements),
        };
        let free = self.grid.idle.or(&closed);
        let allows = self.effect(statements, Effect::Allow, &allowed, &free)?;
        let mut parts = denies.parts;
        parts.extend(allows.parts);
        Some(Found { parts, least: denies.least && allows.least })
    }

    fn effect(
        &mut self,
        statements: &[&Statement],
        effect: Effect,
        covered: &Marks,
        free: &Marks,
    ) -> Option<Found> {
        let (must, may) = (covered.without(free), covered.or(free));
        let mut choices: Vec<(Option<usize>, Cube, Choice)> = Vec::new();
        for (place, (cube, written)) in self.grid.boxes.iter().zip(self.written).enumerate() {
            if statements.get(place).is_some_and(|statement| statement.effect == effect) {
                let choice = Choice { holds: self.grid.marks(cube), cost: *written };
                choices.push((Some(place), cube.clone(), choice));
            }
        }
        let (cubes, all) = self.candidates(&choices, &must, &may);
        for cube in cubes {
            if let Some(cost) = self.cost(&cube, &must) {
                let choice = Choice { holds: self.grid.marks(&cube), cost };
                choices.push((None, cube, choice));
            }
        }
        let plain: Vec<Choice> = choices.iter().map(|(_, _, choice)| choice.clone()).collect();
        let found = cover(&must, &plain, &mut self.steps)?;
        let mut chosen: Vec<(Option<usize>, Cube, Choice)> =
            found.chosen.iter().filter_map(|at| choices.get(*at)).cloned().collect();
        let mut refitted: Vec<Option<Made>> = vec![None; chosen.len()];
        for at in 0..if all { 0 } else { chosen.len() } {
            let others = chosen.iter().enumerate().filter(|(other, _)| *other != at);
            let left = others.fold(must.clone(), |left, (_, (_, _, other))| left.without(&other.holds));
            let Some((_, cube, choice)) = chosen.get(at) else { continue };
            if let Some((made, cube, choice)) = self.fitted(cube, effect, &left, &may, choice.cost) {
                refitted.iter_mut().skip(at).take(1).for_each(|slot| *slot = Some(made.clone()));
                chosen
                    .iter_mut()
                    .skip(at)
                    .take(1)
                    .for_each(|slot| *slot = (None, cube.clone(), choice.clone()));
            }
        }
        let mut parts = Vec::new();
        for ((kept, cube, _), fitted) in chosen.into_iter().zip(refitted) {
            parts.push(match (fitted, kept) {
                (Some(made), _) => Part::Made(made),
                (None, Some(place)) => Part::Kept(place),
                (None, None) => Part::Made(self.made(&cube, effect, &must)?),
            });
        }
        Some(Found { parts, least: found.least && all && self.steps > 0 && !self.rough })
    }

    /// A box with fewer elements, if what it alone must cover lets it have them.
    fn fitted(
        &mut self,
        cube: &Cube,
        effect: Effect,
        left: &Marks,
        may: &Marks,
        most: u64,
    ) -> Option<(Made, Cube, Choice)> {
        let width = self.grid.stretches.len() + 1;
        let one = |stretch: usize| Cube { stretches: Marks::of(width, [stretch]), ..cube.clone() };
        let meets = |stretch: &usize| self.grid.marks(&one(*stretch)).meets(left);
        let wanted = Marks::of(width, cube.stretches.iter().filter(meets));
        let allowed =
            Marks::of(width, (0..width).filter(|stretch| self.grid.marks(&one(*stretch)).within(may)));
        let mut best: Option<(Made, Cube, Choice)> = None;
        for stretches in [cube.stretches.clone(), wanted, allowed] {
            let found = self.fitted_classes(&Cube { stretches, ..cube.clone() }, effect, left, may);
            let least = best.as_ref().map_or(most, |(_, _, choice)| choice.cost);
            // Characters alone are no reason to write a statement anew.
            if let Some(found) = found.filter(|(_, _, choice)| choice.cost / ELEMENT < least / ELEMENT) {
                best = Some(found);
            }
        }
        best
    }

    fn fitted_classes(
        &mut self,
        cube: &Cube,
        effect: Effect,
        left: &Marks,
        may: &Marks,
    ) -> Option<(Made, Cube, Choice)> {
        let width = self.grid.classes.len();
        let with = |classes: Marks| Cube { classes, ..cube.clone() };
        let one = |class: usize| self.grid.marks(&with(Marks::of(width, [class])));
        let wanted = Marks::of(width, cube.classes.iter().filter(|class| one(*class).meets(left)));
        let allowed = Marks::of(width, (0..width).filter(|class| one(*class).within(may)));
        let list = self.list(&wanted, &allowed)?;
        let held = self.terms.covered(&list, self.atoms.all.len());
        let classes = self.grid.classes.iter().enumerate().filter(|(_, class)| class.within(&held));
        let fitted = with(Marks::of(width, classes.map(|(at, _)| at)));
        let (made, cost) = self.with_list(&fitted, effect, list)?;
        let holds = self.grid.marks(&fitted);
        let good = left.within(&holds) && holds.within(may);
        good.then_some((made, fitted, Choice { holds, cost }))
    }

    /// The boxes that may be chosen, and whether they are all there are.
    fn candidates(
        &mut self,
        own: &[(Option<usize>, Cube, Choice)],
        must: &Marks,
        may: &Marks,
    ) -> (Vec<Cube>, bool) {
        if must.is_empty() {
            return (Vec::new(), true);
        }
        if let Some(all) = self.every_cube(must, may) {
            return (all, true);
        }
        let mut grown: BTreeSet<Cube> = BTreeSet::new();
        let cubes: Vec<Cube> = own.iter().map(|(_, cube, _)| cube.clone()).collect();
        for cube in cubes.iter().take(MINIMIZE_BOXES) {
            grown.insert(cube.clone());
            for order in ORDERS {
                grown.extend(self.grow(cube, order, may));
            }
            if grown.len() > MINIMIZE_BOXES || self.steps == 0 {
                break;
            }
        }
        (grown.into_iter().collect(), false)
    }

    /// Every box that covers something that must and nothing that may not be covered; none where there are many.
    fn every_cube(&mut self, must: &Marks, may: &Marks) -> Option<Vec<Cube>> {
        let grid = self.grid;
        let sizes = [grid.classes.len(), grid.stretches.len() + 1, grid.resources.len()];
        let ways = sizes.iter().fold(grid.options.len(), |all, size| {
            all.saturating_mul(
                1usize.checked_shl(u32::try_from(*size).unwrap_or(u32::MAX)).unwrap_or(usize::MAX),
            )
        });
        if ways > MINIMIZE_BOXES {
            return None;
        }
        let subsets = |width: usize| {
            (1..1usize << width)
                .map(move |set| Marks::of(width, (0..width).filter(move |n| set >> n & 1 == 1)))
        };
        let resources: Vec<Marks> =
            subsets(sizes.get(2).copied()?).filter(|set| grid.is_closed(set)).collect();
        let (classes, stretches) = (sizes.first().copied()?, sizes.get(1).copied()?);
        let mut out = Vec::new();
        for option in 0..grid.options.len() {
            for resources in &resources {
                for stretches in subsets(stretches) {
                    for classes in subsets(classes) {
                        let cube = Cube {
                            classes,
                            stretches: stretches.clone(),
                            resources: resources.clone(),
                            option,
                        };
                        let marks = grid.marks(&cube);
                        if marks.within(may) && marks.meets(must) {
                            out.push(cube);
                        }
                    }
                }
            }
        }
        Some(out)
    }

    /// Grows a box in one way after the other, as far as it covers nothing that may not be covered.
    fn grow(&mut self, cube: &Cube, order: [Way; 3], may: &Marks) -> Vec<Cube> {
        let mut out = Vec::new();
        let fits = |cube: &Cube| self.grid.marks(cube).within(may);
        for option in 0..self.grid.options.len() {
            let own = self.grid.narrower.get(cube.option);
            let wider = self.grid.narrower.get(option).zip(own).is_some_and(|(wide, own)| own.within(wide));
            let mut grown = Cube { option, ..cube.clone() };
            if !wider || !fits(&grown) {
                continue;
            }
            for way in order {
                self.steps = self.steps.saturating_sub(1);
                grown = match way {
                    Way::Classes => raised(self.grid.classes.len(), &grown, |c| &mut c.classes, &fits),
                    Way::Stretches => {
                        raised(self.grid.stretches.len() + 1, &grown, |c| &mut c.stretches, &fits)
                    }
                    Way::Resources => self.raised_resources(grown, &fits),
                };
                out.push(grown.clone());
            }
        }
        out
    }

    fn raised_resources(&self, mut cube: Cube, fits: &dyn Fn(&Cube) -> bool) -> Cube {
        for within in &self.grid.within {
            let more = Cube { resources: cube.resources.or(within), ..cube.clone() };
            if fits(&more) {
                cube = more;
            }
        }
        cube
    }

    fn cost(&mut self, cube: &Cube, must: &Marks) -> Option<u64> {
        self.made(cube, Effect::Allow, must).map(|made| made.cost)
    }

    /// A box as a statement. Classes of which it covers nothing that must be covered may be in its list or not.
    fn made(&mut self, cube: &Cube, effect: Effect, must: &Marks) -> Option<Made> {
        let width = self.grid.classes.len();
        let one = |class: usize| Cube { classes: Marks::of(width, [class]), ..cube.clone() };
        let needed = cube.classes.iter().filter(|class| self.grid.marks(&one(*class)).meets(must));
        let list = self.list(&Marks::of(width, needed), &cube.classes)?;
        self.with_list(cube, effect, list).map(|(made, _)| made)
    }

    fn list(&mut self, must: &Marks, may: &Marks) -> Option<List> {
        let key = (must.clone(), may.clone());
        if let Some(known) = self.lists.get(&key) {
            return known.clone();
        }
        let width = self.atoms.all.len();
        let found =
            self.terms.list(&self.grid.atoms(must, width), &self.grid.atoms(may, width), &mut self.steps);
        self.rough |= found.as_ref().is_some_and(|list| !list.least);
        self.lists.insert(key, found.clone());
        found
    }

    fn with_list(&self, cube: &Cube, effect: Effect, actions: List) -> Option<(Made, u64)> {
        let addresses = addresses::write(&self.grid.reach(&cube.stretches), self.networks, self.gate)?;
        let widest = self.grid.widest(&cube.resources);
        let resources: Vec<_> =
            widest.iter().filter_map(|at| self.grid.resources.get(*at)).cloned().collect();
        let rest = self.grid.options.get(cube.option)?;
        let conditions: Vec<_> = rest.values().cloned().collect();
        let elements = addresses.elements + size::resources(&resources) + size::conditions(&conditions);
        let letters: usize = addresses.clauses.iter().map(String::len).sum();
        let more = ELEMENT.saturating_mul(elements as u64) + CHARACTER.saturating_mul(letters as u64);
        let cost = STATEMENT.saturating_add(actions.cost).saturating_add(more);
        Some((Made { effect, actions, resources, addresses, conditions, cost }, cost))
    }
}

/// A dimension in which a box grows.
#[derive(Debug, Clone, Copy)]
enum Way {
    Classes,
    Stretches,
    Resources,
}

const ORDERS: [[Way; 3]; 4] = [
    [Way::Classes, Way::Stretches, Way::Resources],
    [Way::Stretches, Way::Classes, Way::Resources],
    [Way::Resources, Way::Classes, Way::Stretches],
    [Way::Stretches, Way::Resources, Way::Classes],
];

fn raised(width: usize, cube: &Cube, of: fn(&mut Cube) -> &mut Marks, fits: &dyn Fn(&Cube) -> bool) -> Cube {
    let mut grown = cube.clone();
    for number in 0..width {
        let mut more = grown.clone();
        of(&mut more).insert(number);
        if fits(&more) {
            grown = more;
        }
    }
    grown
}
