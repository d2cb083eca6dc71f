//! Questions over every request at once, decided exactly.
//!
//! A request for one action falls apart into independent dimensions: the address (none, or a place on the line of
//! addresses), the time, each key of the context (absent, or a list of values), the segments of the resource, and the
//! account numbers that it gives. What statements mention cuts each dimension into finitely many *classes* of values
//! that no statement tells apart (`axis`), each with a value to show. A condition is a *literal* over one dimension, a
//! statement a union of boxes of literals (`draft`, `world`), and a question asks for a point inside of some boxes and
//! outside of others (`question`, `search`).
//!
//! Whatever is found is a [`Witness`]: a real call, which a check answers as claimed. That nothing is found counts
//! only where the classes are complete; where they are not ([`Doubt`]) and the answer depends on it, the answer is
//! [`Answer::Undecided`]. The work is counted ([`Budget`]), so every question ends.
//!
//! A request with several resources is denied, allowed or undecided as one of its resources alone would be, so that
//! single resources are enough (semantics §2.8). The account root and unknown principals read no policies and are not
//! here (§2.5, §2.6).

mod accounts;
mod actions;
mod addresses;
mod axis;
mod bits;
mod budget;
mod change;
mod decimals;
mod doubt;
mod draft;
mod extent;
mod grouping;
mod instants;
mod keyed;
mod line;
mod parts;
mod prepared;
mod question;
mod region;
mod search;
mod segments;
mod smallest;
mod subject;
#[cfg(test)]
mod tests;
mod texts;
mod truth;
mod value;
mod witness;
mod world;

pub use actions::{ActionClass, Actions, OneAction};
pub use budget::Budget;
pub use change::{Change, Held};
pub use doubt::Doubt;
pub use extent::{Addresses, Extent, Key, Times};
pub use line::{Lists, Ranges, Scope, Shares};
pub use parts::Parts;
pub use prepared::Reader;
pub use question::Use;
pub use smallest::Size;
pub use subject::{Caller, Clause, Facts, Named, Subject};
pub use witness::Witness;

use crate::model::{Owner, ResourcePattern};
use accounts::Uses;
use budget::Spent;
use line::Line;
use prepared::Prepared;
use question::{Case, Question};
use region::{Literal, Region};
use search::{Avoid, outside};
use std::collections::BTreeSet;
use world::World;

/// An answer to *is there a call that …*
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// This one.
    Found(Box<Witness>),
    /// There is none.
    Nothing,
    /// None was found, but there could be one.
    Undecided(Doubt),
}

impl Answer {
    /// The call that was found.
    pub fn found(&self) -> Option<&Witness> {
        match self {
            Answer::Found(witness) => Some(witness),
            Answer::Nothing | Answer::Undecided(_) => None,
        }
    }
}

/// What one policy set says of an action, with the resource patterns that an [`Extent`] looks at apart.
#[derive(Debug)]
pub struct Side<'a, 's> {
    /// Its statements.
    pub subject: &'a Subject<'a, 's>,
    /// Patterns.
    pub views: &'a [&'s ResourcePattern],
    /// Reads them.
    pub reader: &'a mut Reader<'s>,
}

/// All calls for one class of actions, as some sets of statements tell them apart.
///
/// Sets are named by their place in [`Subject::sets`]. Clauses of the subject hold for every question.
#[derive(Debug)]
pub struct Space {
    worlds: Vec<World>,
    /// Nothing but the address is read: then there are no worlds.
    line: Option<Line>,
    /// Account numbers are not all tried.
    accounts: Option<Doubt>,
    /// Some condition reads an account number itself.
    reads_accounts: bool,
    /// It could not be built.
    spent: bool,
}

impl Space {
    /// Cuts the calls of one class of actions.
    pub fn new<'s>(subject: &Subject<'_, 's>, reader: &mut Reader<'s>, budget: &mut Budget) -> Space {
        Self::with_views(subject, &[], reader, budget)
    }

    /// [`Space::new`], with resource patterns that an [`Extent`] looks at apart.
    pub fn with_views<'s>(
        subject: &Subject<'_, 's>,
        views: &[&'s ResourcePattern],
        reader: &mut Reader<'s>,
        budget: &mut Budget,
    ) -> Space {
        Self::of_sides(&mut [Side { subject, views, reader }], budget)
    }

    /// The calls for one action that two policy sets describe, each in its own way: sets of the second are numbered
    /// after those of the first, and so are its views. Service and caller are those of the first. Readers are made by
    /// [`Reader::beside`].
    pub fn of_sides<'s>(sides: &mut [Side<'_, 's>], budget: &mut Budget) -> Space {
        let empty =
            Space { worlds: Vec::new(), line: None, accounts: None, reads_accounts: false, spent: true };
        Self::build(sides, budget).unwrap_or(empty)
    }

    fn build(sides: &mut [Side<'_, '_>], budget: &mut Budget) -> Result<Space, Spent> {
        let line = Line::of(sides, budget)?;
        if line.is_some() {
            return Ok(Space {
                worlds: Vec::new(),
                line,
                accounts: None,
                reads_accounts: false,
                spent: false,
            });
        }
        Self::cut(sides, budget)
    }

    /// The general way: whatever is read, every dimension is cut into classes.
    fn cut(sides: &mut [Side<'_, '_>], budget: &mut Budget) -> Result<Space, Spent> {
        let (mut uses, mut prepared) = (Uses::default(), Prepared::default());
        let mut before = 0;
        for (number, side) in sides.iter_mut().enumerate() {
            note_uses(side.subject, &mut uses);
            side.views.iter().for_each(|view| uses.resources(std::slice::from_ref(*view)));
            side.reader.prepare((number, before), side.subject, side.views, &mut prepared);
            before += side.subject.sets.len();
        }
        let owners: Vec<&Owner> = sides.iter().map(|side| &side.reader.settings.owner).collect();
        let Some(Subject { service, caller, .. }) = sides.first().map(|side| side.subject) else {
            return Err(Spent);
        };
        let (assignments, accounts) = uses.assignments(caller, &owners, budget)?;
        let mut worlds: Vec<World> = Vec::new();
        for assignment in assignments {
            let of = (*service, &prepared);
            worlds.push(World::new(of, assignment, accounts.is_some(), worlds.last(), budget)?);
        }
        Ok(Space { worlds, line: None, accounts, reads_accounts: uses.reads_accounts(), spent: false })
    }

    /// Why its dimensions may be cut too coarsely; what an undecided answer depends on is among it.
    pub fn doubts(&self) -> BTreeSet<Doubt> {
        self.worlds.iter().flat_map(World::doubts).chain(&self.accounts).cloned().collect()
    }

    /// Is there a call that the clauses admit?
    pub fn any(&self, budget: &mut Budget) -> Answer {
        self.ask(Question::Any, budget)
    }

    /// Is there a call that is allowed? The boundary is one set, all its documents together.
    pub fn allowed(&self, attached: usize, boundary: Option<usize>, budget: &mut Budget) -> Answer {
        self.ask(Question::Allowed { attached, boundary }, budget)
    }

    /// Whether every call is allowed, or none is, where that is plain to see and certain.
    pub fn settled(&self, attached: usize, boundary: Option<usize>) -> Option<bool> {
        self.line.as_ref().and_then(|line| line.settled(attached, boundary))
    }

    /// What becomes of all calls; none where it is not the address alone that decides.
    pub fn shares(&self, attached: usize, boundary: Option<usize>, budget: &mut Budget) -> Option<Shares> {
        self.line.as_ref().map(|line| line.shares(attached, boundary, budget))
    }

    /// Is there a call that is decided and not allowed? Calls that are an error of the caller do not count.
    pub fn refused(&self, attached: usize, boundary: Option<usize>, budget: &mut Budget) -> Answer {
        self.ask(Question::Refused { attached, boundary }, budget)
    }

    /// Is there a call that some statement of the set matches, whatever its effect?
    pub fn matched(&self, of: usize, budget: &mut Budget) -> Answer {
        self.ask(Question::Matched { of }, budget)
    }

    /// Is there a call that no statement of the set matches, whatever their effect?
    pub fn unmatched(&self, of: usize, budget: &mut Budget) -> Answer {
        self.ask(Question::Unmatched { of }, budget)
    }

    /// Is there a call that some statement of one set matches and none of the other, whatever their effects? A match
    /// that is open counts as less than one that is sure, and more than none.
    pub fn uncovered(&self, of: usize, by: usize, budget: &mut Budget) -> Answer {
        self.ask(Question::Uncovered { of, by }, budget)
    }

    /// Is there a call that two sets, each as the attached policies or as the boundary, answer differently: allowed,
    /// denied, of attached policies explicitly or implicitly, or an error of the caller?
    pub fn different(&self, one: usize, other: usize, used: Use, budget: &mut Budget) -> Answer {
        self.ask(Question::Different { one, other, used }, budget)
    }

    /// Is there a call that one side allows and the other does not?
    pub fn gained(&self, change: Change, budget: &mut Budget) -> Answer {
        self.ask(Question::Gained(change), budget)
    }

    fn ask(&self, question: Question, budget: &mut Budget) -> Answer {
        if self.spent {
            return Answer::Undecided(Doubt::Budget);
        }
        let answer = match &self.line {
            Some(line) => line.answer(question, budget),
            None => self.answer(question, budget),
        };
        answer.unwrap_or(Answer::Undecided(Doubt::Budget))
    }

    fn answer(&self, question: Question, budget: &mut Budget) -> Result<Answer, Spent> {
        for world in &self.worlds {
            for case in question.cases(world) {
                for start in starts(world, false) {
                    if let Some(region) = left(&start, &case, false, budget)?
                        && let Some(point) = region.pick()
                    {
                        let witness = Witness::near(world, question, point, budget);
                        return Ok(Answer::Found(Box::new(witness)));
                    }
                }
            }
        }
        self.nothing(question, budget)
    }

    /// Nothing was found: whether that is certain. What a doubtful literal says is left open both ways.
    fn nothing(&self, question: Question, budget: &mut Budget) -> Result<Answer, Spent> {
        if let Some(doubt) = self.accounts.as_ref().filter(|_| self.reads_accounts) {
            return Ok(Answer::Undecided(doubt.clone()));
        }
        for world in &self.worlds {
            let Some(doubt) = world.doubt().or(self.accounts.as_ref()) else { continue };
            for case in question.cases(world) {
                for start in starts(world, true) {
                    if left(&start, &case, true, budget)?.is_some() {
                        return Ok(Answer::Undecided(doubt.clone()));
                    }
                }
            }
        }
        Ok(Answer::Nothing)
    }
}

fn note_uses<'s>(subject: &Subject<'_, 's>, uses: &mut Uses<'s>) {
    for statement in subject.sets.iter().flatten() {
        statement.conditions.iter().for_each(|condition| uses.condition(condition));
        uses.resources(&statement.resources);
    }
    for clause in subject.clauses {
        match clause {
            Clause::When(condition) => uses.condition(condition),
            Clause::On(patterns) => uses.resources(patterns),
            Clause::Of(_, rest) => uses.resource(rest),
        }
    }
}

/// The calls that the clauses admit. With `relaxed`, doubtful literals rule nothing out.
fn starts(world: &World, relaxed: bool) -> Vec<Region> {
    let mut regions = vec![world.whole()];
    for boxes in &world.clauses {
        let within = |region: &Region| -> Vec<Region> {
            let boxes = boxes.iter().filter(|cell| !cell.open || relaxed);
            let cut = boxes.filter_map(|cell| {
                region.clone().cut_all(certain(&cell.literals, relaxed), truth::Strength::Surely)
            });
            cut.collect()
        };
        regions = regions.iter().flat_map(within).collect();
    }
    regions
}

fn certain(literals: &[Literal], relaxed: bool) -> impl Iterator<Item = &Literal> {
    literals.iter().filter(move |literal| !relaxed || !literal.doubtful)
}

/// What is left of a region in a case. With `relaxed`, a box with a doubtful literal may match or not, as one likes.
fn left(
    start: &Region,
    case: &Case<'_>,
    relaxed: bool,
    budget: &mut Budget,
) -> Result<Option<Region>, Spent> {
    let mut region = Some(start.clone());
    for part in &case.must {
        budget.spend(part.literals.len() as u64 + 1)?;
        region = region.and_then(|r| r.cut_all(certain(part.literals, relaxed), part.strength));
    }
    let Some(region) = region else { return Ok(None) };
    if !relaxed {
        return outside(region, &case.avoid, budget);
    }
    let sure = |part: &&Avoid<'_>| part.literals.iter().all(|literal| !literal.doubtful);
    let avoid: Vec<Avoid<'_>> = case.avoid.iter().filter(sure).copied().collect();
    outside(region, &avoid, budget)
}
