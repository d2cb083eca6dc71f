//! What changes between two policy sets: calls that one side allows and the other does not, and those of the one side
//! that do not change so. Errors of the caller are not allowed, on either side.
//!
//! Statements that both sides have are given once, so that what they say alike is not held against itself.

use super::question::{Case, Outcome, bounded, each, outcome, parts};
use super::region::Pick;
use super::search::Avoid;
use super::truth::Strength::{self, Perhaps, Surely};
use super::truth::Truth;
use super::world::{Tally, World};
use crate::model::Effect::{self, Allow, Deny};
use std::rc::Rc;

/// The sets of a caller in one policy set: its own statements, then those it shares with the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Of the attached policies.
    pub attached: [usize; 2],
    /// Of the boundary; none where nothing bounds the caller.
    pub boundary: Option<[usize; 2]>,
}

impl Held {
    /// The sets of a caller of which none is shared with the other side.
    pub fn apart(attached: usize, boundary: Option<usize>) -> Held {
        /// The number of no set: it holds nothing.
        const NOTHING: usize = usize::MAX;
        Held { attached: [attached, NOTHING], boundary: boundary.map(|set| [set, NOTHING]) }
    }
}

/// From one side to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Where the calls are not allowed.
    pub from: Held,
    /// Where they are.
    pub to: Held,
}

impl Change {
    /// The same the other way round.
    #[must_use]
    pub fn back(self) -> Change {
        Change { from: self.to, to: self.from }
    }

    /// Allowed on the one side and not on the other.
    pub(super) fn gained(self, world: &World) -> Vec<Case<'_>> {
        let (from, to) = (Said::new(world, self.from), Said::new(world, self.to));
        let denies = to.denies();
        let mut cases = Vec::new();
        // Allowed by no statement on the other side: a shared one would allow it there too.
        let mut avoid = denies.clone();
        avoid.extend(from.attached.all(Allow, Surely));
        cases.extend(product(&[&some(to.attached.own(Allow, Surely)), &to.bound(Surely)], avoid));
        // Denied on the other side: a shared deny would deny it here too.
        let mut lost = from.attached.own(Deny, Perhaps);
        if let Some(fence) = &from.boundary {
            lost.extend(fence.own(Deny, Perhaps));
            let mut avoid = denies.clone();
            avoid.extend(fence.all(Allow, Surely));
            let within = match &to.boundary {
                Some(fence) => fence.own(Allow, Surely).into_iter().map(Some).collect(),
                None => vec![None],
            };
            cases.extend(product(&[&some(to.attached.all(Allow, Surely)), &within], avoid));
        }
        let allows = to.attached.all(Allow, Surely);
        let lost = some(lost);
        cases.extend(product(&[&some(allows), &to.bound(Surely), &lost], denies));
        cases
    }

    /// Decided on the one side, and not gained there: refused there, or allowed on both.
    pub(super) fn kept(self, world: &World) -> Vec<Case<'_>> {
        let (from, to) = (Said::new(world, self.from), Said::new(world, self.to));
        let mut cases = to.refused();
        let mut avoid = to.denies();
        avoid.extend(from.denies());
        let (both, bounds) = (from.attached.both(&to.attached), within(&from, &to));
        let avoid: Rc<[Avoid<'_>]> = avoid.into();
        for held in &both {
            for bound in &bounds {
                let must = held.iter().chain(bound).copied().collect();
                cases.push(Case { must, avoid: Rc::clone(&avoid) });
            }
        }
        cases
    }

    /// Whether a call at a point is gained, or is kept.
    pub(super) fn holds(self, world: &World, point: &[Pick], gained: bool) -> bool {
        let allowed = |held: Held| {
            let boundary = held.boundary.map(|sets| outcome(tally(world, sets, point)));
            let attached = outcome(tally(world, held.attached, point));
            attached == Some(Outcome::Allowed) && boundary.is_none_or(|b| b == Some(Outcome::Allowed))
        };
        if gained {
            return allowed(self.to) && !allowed(self.from);
        }
        let refused = match outcome(tally(world, self.to.attached, point)) {
            Some(Outcome::Allowed) => self.to.boundary.is_some_and(|sets| bounded(tally(world, sets, point))),
            decided => decided.is_some(),
        };
        refused || (allowed(self.to) && allowed(self.from))
    }
}

fn tally(world: &World, [own, shared]: [usize; 2], point: &[Pick]) -> Tally {
    let (own, shared) = (world.tally(own, point), world.tally(shared, point));
    let most = |a: Truth, b: Truth| a.max(b);
    Tally { allow: most(own.allow, shared.allow), deny: most(own.deny, shared.deny) }
}

/// What must be, one of each list, and what must not be.
fn product<'w>(must: &[&[Option<Avoid<'w>>]], avoid: Vec<Avoid<'w>>) -> Vec<Case<'w>> {
    let avoid: Rc<[Avoid<'w>]> = avoid.into();
    let mut all: Vec<Vec<Avoid<'w>>> = vec![Vec::new()];
    for choices in must {
        let with = |before: &Vec<Avoid<'w>>| {
            let next = choices.iter().map(|choice| before.iter().copied().chain(*choice).collect());
            next.collect::<Vec<Vec<Avoid<'w>>>>()
        };
        all = all.iter().flat_map(with).collect();
    }
    all.into_iter().map(|must| Case { must, avoid: Rc::clone(&avoid) }).collect()
}

fn some<'w>(all: Vec<Avoid<'w>>) -> Vec<Option<Avoid<'w>>> {
    all.into_iter().map(Some).collect()
}

/// One list of statements: its own, and those shared.
struct List<'w> {
    world: &'w World,
    sets: [usize; 2],
}

impl<'w> List<'w> {
    fn of(&self, set: usize, effect: Effect, strength: Strength) -> Vec<Avoid<'w>> {
        parts(self.world, set, Some(effect), strength)
    }

    fn own(&self, effect: Effect, strength: Strength) -> Vec<Avoid<'w>> {
        self.of(self.sets[0], effect, strength)
    }

    fn shared(&self, effect: Effect, strength: Strength) -> Vec<Avoid<'w>> {
        self.of(self.sets[1], effect, strength)
    }

    fn all(&self, effect: Effect, strength: Strength) -> Vec<Avoid<'w>> {
        let mut all = self.own(effect, strength);
        all.extend(self.shared(effect, strength));
        all
    }

    /// What makes both lists allow: a shared statement, or one of each.
    fn both(&self, other: &List<'w>) -> Vec<Vec<Avoid<'w>>> {
        let shared = self.shared(Allow, Surely).into_iter().chain(other.shared(Allow, Surely));
        let mut all: Vec<Vec<Avoid<'w>>> = shared.map(|one| vec![one]).collect();
        for one in self.own(Allow, Surely) {
            all.extend(other.own(Allow, Surely).into_iter().map(|two| vec![one, two]));
        }
        all
    }
}

/// What makes both boundaries allow.
fn within<'w>(one: &Said<'w>, other: &Said<'w>) -> Vec<Vec<Avoid<'w>>> {
    match (&one.boundary, &other.boundary) {
        (None, None) => vec![Vec::new()],
        (Some(fence), None) | (None, Some(fence)) => {
            fence.all(Allow, Surely).into_iter().map(|part| vec![part]).collect()
        }
        (Some(fence), Some(next)) => fence.both(next),
    }
}

/// What one side says.
struct Said<'w> {
    world: &'w World,
    attached: List<'w>,
    boundary: Option<List<'w>>,
}

impl<'w> Said<'w> {
    fn new(world: &'w World, held: Held) -> Said<'w> {
        let list = |sets| List { world, sets };
        Said { world, attached: list(held.attached), boundary: held.boundary.map(list) }
    }

    /// Denies, of which none may match even perhaps where a call is to be allowed.
    fn denies(&self) -> Vec<Avoid<'w>> {
        let mut all = self.attached.all(Deny, Perhaps);
        all.extend(self.boundary.iter().flat_map(|fence| fence.all(Deny, Perhaps)));
        all
    }

    /// What of the boundary allows; nothing needs to where there is none.
    fn bound(&self, strength: Strength) -> Vec<Option<Avoid<'w>>> {
        match &self.boundary {
            Some(fence) => some(fence.all(Allow, strength)),
            None => vec![None],
        }
    }

    /// Decided and not allowed.
    fn refused(&self) -> Vec<Case<'w>> {
        let every = |sets: [usize; 2]| sets.into_iter().flat_map(|set| parts(self.world, set, None, Perhaps));
        let silent = Case { must: Vec::new(), avoid: every(self.attached.sets).collect() };
        let mut cases = vec![silent];
        cases.extend(each(self.attached.all(Deny, Surely), Vec::new()));
        if let Some(fence) = &self.boundary {
            let allows = some(self.attached.all(Allow, Surely));
            let denies = self.attached.all(Deny, Perhaps);
            let mut unbounded = denies.clone();
            unbounded.extend(fence.all(Allow, Perhaps));
            cases.extend(product(&[&allows], unbounded));
            cases.extend(product(&[&allows, &some(fence.all(Deny, Surely))], denies));
        }
        cases
    }
}
