//! A point of a region outside of some boxes, by depth-first search: a box that the region meets is left by one of its
//! literals not holding. Which box is left first is the one that offers the fewest ways out; a box without a way out
//! ends the branch.

use super::budget::{Budget, Spent};
use super::region::{Literal, Region};
use super::truth::Strength;
use std::rc::Rc;

/// What must not be: all literals of a box hold, surely or perhaps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Avoid<'b> {
    pub(super) literals: &'b [Literal],
    pub(super) strength: Strength,
}

/// A part of the region outside of all boxes; none where they cover it.
pub(super) fn outside(
    region: Region,
    avoid: &[Avoid<'_>],
    budget: &mut Budget,
) -> Result<Option<Region>, Spent> {
    let all: Rc<[usize]> = (0..avoid.len()).collect();
    let mut open = vec![(region, all)];
    while let Some((region, boxes)) = open.pop() {
        let mut met = Vec::new();
        let mut best: Option<(usize, Vec<usize>)> = None;
        for number in boxes.iter() {
            let Some(one) = avoid.get(*number) else { continue };
            if !meets(&region, one, budget)? {
                continue;
            }
            met.push(*number);
            let ways = ways_out(&region, one, budget)?;
            let better = best.as_ref().is_none_or(|(_, fewest)| ways.len() < fewest.len());
            let closed = ways.is_empty();
            if better {
                best = Some((*number, ways));
            }
            if closed {
                break;
            }
        }
        let Some((number, ways)) = best else { return Ok(Some(region)) };
        let met: Rc<[usize]> = met.into_iter().filter(|other| *other != number).collect();
        if let Some(one) = avoid.get(number) {
            budget.spend(2 * ways.len() as u64 * region.copy_cost())?;
            branch(&region, one, &ways, &met, &mut open);
        }
    }
    Ok(None)
}

fn meets(region: &Region, one: &Avoid<'_>, budget: &mut Budget) -> Result<bool, Spent> {
    for literal in one.literals {
        budget.spend(region.cost(literal))?;
        if !region.fits(literal, one.strength, true) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Places of the literals that need not hold in the region.
fn ways_out(region: &Region, one: &Avoid<'_>, budget: &mut Budget) -> Result<Vec<usize>, Spent> {
    let mut ways = Vec::new();
    for (place, literal) in one.literals.iter().enumerate() {
        budget.spend(region.cost(literal))?;
        if region.fits(literal, one.strength, false) {
            ways.push(place);
        }
    }
    Ok(ways)
}

/// One branch for each way out, the literals before it holding, so that no point is looked at twice.
fn branch(
    region: &Region,
    one: &Avoid<'_>,
    ways: &[usize],
    met: &Rc<[usize]>,
    open: &mut Vec<(Region, Rc<[usize]>)>,
) {
    let mut rest = Some(region.clone());
    let mut branches = Vec::new();
    for literal in ways.iter().filter_map(|place| one.literals.get(*place)) {
        let Some(here) = rest else { break };
        branches.extend(here.cut(literal, one.strength, false).map(|left| (left, Rc::clone(met))));
        rest = here.cut(literal, one.strength, true);
    }
    // The first way out is looked at first.
    open.extend(branches.into_iter().rev());
}
