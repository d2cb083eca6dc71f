//! Questions about all calls, each as cases to search and as a test of one point (semantics §2.2, §2.4, §2.9).

use super::change::Change;
use super::region::Pick;
use super::search::Avoid;
use super::truth::{Strength, Truth};
use super::world::{Cell, Tally, World};
use crate::model::Effect;
use std::rc::Rc;

/// Is there a call that …
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    /// … the clauses admit?
    Any,
    /// … is allowed?
    Allowed { attached: usize, boundary: Option<usize> },
    /// … is decided and not allowed?
    Refused { attached: usize, boundary: Option<usize> },
    /// … some statement of the set matches surely?
    Matched { of: usize },
    /// … no statement of the set matches, not even perhaps?
    Unmatched { of: usize },
    /// … some statement of one set matches better than all of the other?
    Uncovered { of: usize, by: usize },
    /// … two sets, each used so, answer differently, errors and reasons included?
    Different { one: usize, other: usize, used: Use },
    /// … one side allows and the other does not?
    Gained(Change),
    /// … the one side decides, and not so?
    Kept(Change),
}

/// What a set of statements is used as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// The attached policies of a caller.
    Attached,
    /// The boundary of a caller, of which deny and silence are one answer (semantics §2.4): without an allow, an open deny is no
    /// error of the caller.
    Boundary,
}

/// One way in which the answer can be yes: all of these boxes match, none of those does.
pub(super) struct Case<'w> {
    pub(super) must: Vec<Avoid<'w>>,
    pub(super) avoid: Rc<[Avoid<'w>]>,
}

fn part(cell: &Cell, strength: Strength) -> Avoid<'_> {
    Avoid { literals: &cell.literals, strength }
}

/// Boxes of a set that can match so.
pub(super) fn parts(world: &World, set: usize, effect: Option<Effect>, strength: Strength) -> Vec<Avoid<'_>> {
    let cells = world.cells(set, effect).filter(|cell| strength == Strength::Perhaps || !cell.open);
    cells.map(|cell| part(cell, strength)).collect()
}

/// A case for each of the boxes.
pub(super) fn each<'w>(must: Vec<Avoid<'w>>, avoid: Vec<Avoid<'w>>) -> Vec<Case<'w>> {
    let avoid: Rc<[Avoid<'w>]> = avoid.into();
    must.into_iter().map(|one| Case { must: vec![one], avoid: Rc::clone(&avoid) }).collect()
}

/// A case for each pair of boxes.
fn pairs<'w>(some: &[Avoid<'w>], others: &[Avoid<'w>], avoid: &Rc<[Avoid<'w>]>) -> Vec<Case<'w>> {
    let with = |one: &Avoid<'w>| others.iter().map(|other| vec![*one, *other]).collect::<Vec<_>>();
    some.iter().flat_map(with).map(|must| Case { must, avoid: Rc::clone(avoid) }).collect()
}

use Effect::{Allow, Deny};
use Strength::{Perhaps, Surely};

impl Question {
    pub(super) fn cases<'w>(&self, world: &'w World) -> Vec<Case<'w>> {
        let of = |set, effect, strength| parts(world, set, effect, strength);
        match *self {
            Question::Any => vec![Case { must: Vec::new(), avoid: [].into() }],
            Question::Allowed { attached, boundary } => allowed(world, attached, boundary),
            Question::Refused { attached, boundary } => refused(world, attached, boundary),
            Question::Gained(change) => change.gained(world),
            Question::Kept(change) => change.kept(world),
            Question::Matched { of: set } => each(of(set, None, Surely), Vec::new()),
            Question::Unmatched { of: set } => {
                vec![Case { must: Vec::new(), avoid: of(set, None, Perhaps).into() }]
            }
            Question::Uncovered { of: set, by } => {
                let mut cases = each(of(set, None, Surely), of(by, None, Surely));
                cases.extend(each(of(set, None, Perhaps), of(by, None, Perhaps)));
                cases
            }
            Question::Different { one, other, used } => {
                let cases = match used {
                    Use::Attached => different,
                    Use::Boundary => bounds_differently,
                };
                let mut all = cases(world, one, other);
                all.extend(cases(world, other, one));
                all
            }
        }
    }

    /// Whether the answer at a point is yes.
    pub(super) fn holds(&self, world: &World, point: &[Pick]) -> bool {
        let tally = |set: usize| world.tally(set, point);
        let best = |set: usize| tally(set).allow.max(tally(set).deny);
        world.admits(point)
            && match *self {
                Question::Any => true,
                Question::Allowed { attached, boundary } => {
                    outcome(tally(attached)) == Some(Outcome::Allowed)
                        && boundary.is_none_or(|set| outcome(tally(set)) == Some(Outcome::Allowed))
                }
                Question::Refused { attached, boundary } => match outcome(tally(attached)) {
                    Some(Outcome::Allowed) => boundary.is_some_and(|set| bounded(tally(set))),
                    decided => decided.is_some(),
                },
                Question::Matched { of } => best(of) == Truth::Yes,
                Question::Unmatched { of } => best(of) == Truth::No,
                Question::Uncovered { of, by } => best(of) > best(by),
                Question::Different { one, other, used: Use::Attached } => {
                    outcome(tally(one)) != outcome(tally(other))
                }
                Question::Different { one, other, used: Use::Boundary } => {
                    let said = |set| (outcome(tally(set)) == Some(Outcome::Allowed), bounded(tally(set)));
                    said(one) != said(other)
                }
                Question::Gained(change) => change.holds(world, point, true),
                Question::Kept(change) => change.holds(world, point, false),
            }
    }
}

/// What a set of statements decides; an error of the caller is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Denied,
    Silent,
    Allowed,
}

pub(super) fn outcome(tally: Tally) -> Option<Outcome> {
    match (tally.deny, tally.allow) {
        (Truth::Yes, _) => Some(Outcome::Denied),
        (Truth::Open, _) | (Truth::No, Truth::Open) => None,
        (Truth::No, Truth::Yes) => Some(Outcome::Allowed),
        (Truth::No, Truth::No) => Some(Outcome::Silent),
    }
}

/// Whether a boundary surely does not allow: its deny and its silence are one answer.
pub(super) fn bounded(tally: Tally) -> bool {
    tally.deny == Truth::Yes || tally.allow == Truth::No
}

fn allowed(world: &World, attached: usize, boundary: Option<usize>) -> Vec<Case<'_>> {
    let mut avoid = parts(world, attached, Some(Deny), Perhaps);
    let allows = parts(world, attached, Some(Allow), Surely);
    let Some(boundary) = boundary else { return each(allows, avoid) };
    avoid.extend(parts(world, boundary, Some(Deny), Perhaps));
    let avoid: Rc<[Avoid<'_>]> = avoid.into();
    let within = parts(world, boundary, Some(Allow), Surely);
    pairs(&allows, &within, &avoid)
}

fn refused(world: &World, attached: usize, boundary: Option<usize>) -> Vec<Case<'_>> {
    let explicit = each(parts(world, attached, Some(Deny), Surely), Vec::new());
    let silent = Case { must: Vec::new(), avoid: parts(world, attached, None, Perhaps).into() };
    let mut cases = vec![silent];
    cases.extend(explicit);
    let Some(boundary) = boundary else { return cases };
    let allows = parts(world, attached, Some(Allow), Surely);
    let denies = parts(world, attached, Some(Deny), Perhaps);
    let mut unbounded = denies.clone();
    unbounded.extend(parts(world, boundary, Some(Allow), Perhaps));
    cases.extend(each(allows.clone(), unbounded));
    let denies: Rc<[Avoid<'_>]> = denies.into();
    let fences = parts(world, boundary, Some(Deny), Surely);
    cases.extend(pairs(&allows, &fences, &denies));
    cases
}

/// Calls that one set answers and the other answers otherwise; asked both ways round, these are all.
fn different(world: &World, one: usize, other: usize) -> Vec<Case<'_>> {
    let of = |set, effect, strength| parts(world, set, Some(effect), strength);
    let mut cases = each(of(one, Deny, Surely), of(other, Deny, Surely));
    // Open denies count where no deny is sure; allows where no deny is even open.
    let mut avoid = of(one, Deny, Surely);
    avoid.extend(of(other, Deny, Perhaps));
    cases.extend(each(of(one, Deny, Perhaps), avoid));
    let mut undenied = of(one, Deny, Perhaps);
    undenied.extend(of(other, Deny, Perhaps));
    let mut avoid = undenied.clone();
    avoid.extend(of(other, Allow, Surely));
    cases.extend(each(of(one, Allow, Surely), avoid));
    undenied.extend(of(one, Allow, Surely));
    undenied.extend(of(other, Allow, Perhaps));
    cases.extend(each(of(one, Allow, Perhaps), undenied));
    cases
}

/// Calls that one set as a boundary allows, or surely does not, and the other not so; asked both ways round, these are all.
fn bounds_differently(world: &World, one: usize, other: usize) -> Vec<Case<'_>> {
    let of = |set, effect, strength| parts(world, set, Some(effect), strength);
    let (allows, fences) = (of(one, Allow, Surely), of(one, Deny, Surely));
    let undenied: Rc<[Avoid<'_>]> = of(one, Deny, Perhaps).into();
    let mut avoid = undenied.to_vec();
    avoid.extend(of(other, Allow, Surely));
    let mut cases = each(allows.clone(), avoid);
    cases.extend(pairs(&allows, &of(other, Deny, Perhaps), &undenied));
    let unfenced: Rc<[Avoid<'_>]> = of(other, Deny, Surely).into();
    let within = of(other, Allow, Perhaps);
    cases.extend(pairs(&fences, &within, &unfenced));
    let mut avoid = unfenced.to_vec();
    avoid.extend(of(one, Allow, Perhaps));
    cases.extend(each(within, avoid));
    cases
}
