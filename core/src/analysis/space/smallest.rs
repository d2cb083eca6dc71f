//! The smallest call that a question finds: the one that says least.
//!
//! A call says its address, its time, its resource, each key of its context and each account number. Calls that say
//! fewer of them are smaller; of those that say as many, one without a list of values is. What a call may say is tried
//! out, least first, so that nothing smaller than what is found has been passed over. From a list no value can be left
//! out.

use super::axis::Axis;
use super::budget::{Budget, Spent};
use super::question::{Case, Question};
use super::region::Region;
use super::witness::Witness;
use super::world::World;
use super::{Answer, Space, left, starts};
use crate::check::{Account, ContextValue};

/// How much a call says beside who asks and for what: how many things, and whether one of them is a list of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Size {
    /// Address, time, resource, keys, account numbers.
    pub things: usize,
    /// Some key has several values.
    pub lists: bool,
}

impl Size {
    /// Nothing is smaller.
    pub const NOTHING: Size = Size { things: 0, lists: false };
    /// Nothing is larger.
    pub const ANYTHING: Size = Size { things: usize::MAX, lists: true };

    /// How much a call says.
    pub fn of(witness: &Witness) -> Size {
        let said = [witness.address.is_some(), witness.at.is_some(), witness.resource.is_some()];
        let said = said.into_iter().filter(|said| *said).count();
        let lists = witness.context.iter().any(|(_, value)| matches!(value, ContextValue::List(_)));
        Size { things: said + witness.context.len() + numbers(&witness.account), lists }
    }
}

fn numbers(account: &Account) -> usize {
    [&account.uin, &account.owner_uin, &account.app_id].into_iter().flatten().count()
}

impl Space {
    /// The smallest allowed call, none that is larger than `most`; [`Space::allowed`] says whether there is any.
    pub fn smallest_allowed(
        &self,
        attached: usize,
        boundary: Option<usize>,
        most: Size,
        budget: &mut Budget,
    ) -> Answer {
        self.smallest(Question::Allowed { attached, boundary }, most, budget)
    }

    /// The smallest call that is decided and not allowed, none that is larger than `most`.
    pub fn smallest_refused(
        &self,
        attached: usize,
        boundary: Option<usize>,
        most: Size,
        budget: &mut Budget,
    ) -> Answer {
        self.smallest(Question::Refused { attached, boundary }, most, budget)
    }

    /// The smallest call that the clauses admit.
    pub fn smallest_any(&self, budget: &mut Budget) -> Answer {
        self.smallest(Question::Any, Size::ANYTHING, budget)
    }

    /// The smallest call that no statement of the set matches.
    pub fn smallest_unmatched(&self, of: usize, budget: &mut Budget) -> Answer {
        self.smallest(Question::Unmatched { of }, Size::ANYTHING, budget)
    }

    /// What is found first shows that there is any, and how far to look. Where the budget ends before the search, it is
    /// what is left.
    fn smallest(&self, question: Question, most: Size, budget: &mut Budget) -> Answer {
        let first = match self.ask(question, budget) {
            Answer::Found(witness) => witness,
            other => return other,
        };
        if self.line.is_some() {
            // An address is all that it could leave out, and does where it can.
            return Answer::Found(first);
        }
        let size = Size::of(&first);
        let smaller = self.least(question, size.min(most), budget).unwrap_or(None);
        Answer::Found(smaller.map_or(first, Box::new))
    }

    /// A call of the least size, none where none is as small as `most`.
    fn least(&self, question: Question, most: Size, budget: &mut Budget) -> Result<Option<Witness>, Spent> {
        let tried: Vec<Tried<'_>> = self.worlds.iter().map(|world| Tried::new(world, question)).collect();
        for things in 0..=most.things {
            for lists in [false, true] {
                if (Size { things, lists }) > most {
                    return Ok(None);
                }
                for one in &tried {
                    let said = things.checked_sub(numbers(&one.world.assignment.account));
                    if let Some(said) = said
                        && let Some(witness) = one.saying(said, lists, budget)?
                    {
                        return Ok(Some(witness));
                    }
                }
            }
        }
        Ok(None)
    }
}

/// One world while sizes are tried.
struct Tried<'w> {
    world: &'w World,
    question: Question,
    cases: Vec<Case<'w>>,
    starts: Vec<Region>,
    /// Dimensions that a call can leave out; the resource, where it can be one, by its service.
    optional: Vec<usize>,
}

impl<'w> Tried<'w> {
    fn new(world: &'w World, question: Question) -> Self {
        let sides = world.dimensions.iter().enumerate();
        let optional = sides.filter(|(_, d)| d.axis.is_optional() || d.axis == Axis::Service);
        Tried {
            world,
            question,
            cases: question.cases(world),
            starts: starts(world, false),
            optional: optional.map(|(at, _)| at).collect(),
        }
    }

    /// A call that says so many things.
    fn saying(&self, count: usize, lists: bool, budget: &mut Budget) -> Result<Option<Witness>, Spent> {
        if count > self.optional.len() {
            return Ok(None);
        }
        let mut chosen: Vec<usize> = (0..count).collect();
        loop {
            if let Some(witness) = self.with(&chosen, lists, budget)? {
                return Ok(Some(witness));
            }
            if !next(&mut chosen, self.optional.len()) {
                return Ok(None);
            }
        }
    }

    /// A call that says these things and no others.
    fn with(&self, chosen: &[usize], lists: bool, budget: &mut Budget) -> Result<Option<Witness>, Spent> {
        for start in &self.starts {
            budget.spend(start.copy_cost() + self.optional.len() as u64)?;
            let Some(start) = self.restricted(start, chosen, lists) else { continue };
            for case in &self.cases {
                if let Some(region) = left(&start, case, false, budget)?
                    && let Some(point) = region.pick()
                {
                    return Ok(Some(Witness::near(self.world, self.question, point, budget)));
                }
            }
        }
        Ok(None)
    }

    /// What is left of a region where only the chosen things are said.
    fn restricted(&self, start: &Region, chosen: &[usize], lists: bool) -> Option<Region> {
        let mut region = start.clone();
        for (place, at) in self.optional.iter().enumerate() {
            let said = chosen.contains(&place);
            region = match (said, &self.world.dimensions.get(*at)?.axis) {
                (true, Axis::Key(_)) if !lists => region.single(*at)?,
                (true, _) => region,
                (false, Axis::Service) => region.at(*at, self.world.bare(*at))?,
                (false, _) => region.at(*at, None)?,
            };
        }
        Some(region)
    }
}

/// The next choice of as many out of `of`, in order; `false` after the last.
fn next(chosen: &mut [usize], of: usize) -> bool {
    let count = chosen.len();
    for place in (0..count).rev() {
        let Some(value) = chosen.get(place).copied().filter(|value| value + count - place < of) else {
            continue;
        };
        for (step, later) in chosen.iter_mut().skip(place).enumerate() {
            *later = value + 1 + step;
        }
        return true;
    }
    false
}
