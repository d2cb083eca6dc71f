//! Spaces of which nothing but the caller's address is read: what statements say are sets of addresses, and a question is
//! a few unions and differences of them. The same answers as the general way gives, which cuts the line of addresses into
//! pieces and looks at each of them; here no piece is made.
//!
//! Everything that is answered is decided for certain: no resource, no other key and no account number is read, so that
//! no call is an error of the caller.

mod lists;
mod scope;
#[cfg(test)]
mod tests;

pub use lists::{Lists, Ranges};
pub use scope::Scope;

use super::addresses::MAPPED;
use super::budget::{Budget, Spent};
use super::change::Held;
use super::doubt::Doubt;
use super::extent::{Addresses, Extent};
use super::prepared::Reader;
use super::question::{Question, Use};
use super::subject::{Clause, Facts};
use super::witness::{Witness, widest};
use super::{Answer, Side};
use crate::address::{Family, Interval, PrefixSet, address};
use crate::catalog::Granularity;
use crate::check::Account;
use crate::model::open::resource_is_ever_open;
use crate::model::{Condition, Effect, ResourceKind, ResourcePattern, Statement, Test};
use std::cell::RefCell;
use std::rc::Rc;

/// Whether a condition reads the address of the caller, in whatever way.
pub(super) fn is_of_address(condition: &Condition) -> bool {
    condition.key.as_ref() == "qcs:ip"
}

/// Some calls: those without an address or not, and those from some addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reach {
    pub(super) none: bool,
    /// Of those that a request can have: no IPv4-mapped IPv6 address.
    pub(super) places: PrefixSet,
}

impl Reach {
    /// Every call.
    pub(super) fn whole() -> Reach {
        let mapped = PrefixSet::from_intervals([(Family::V6, MAPPED)]);
        Reach { none: true, places: PrefixSet::everywhere().except(&mapped) }
    }

    /// The calls for which a condition holds; none where it reads something else.
    pub(super) fn of(condition: &Condition, whole: &Reach) -> Option<Reach> {
        if !is_of_address(condition) {
            return None;
        }
        match &condition.test {
            Test::Ip { negated, prefixes, .. } => {
                let set = PrefixSet::from_prefixes(prefixes.iter().copied());
                let places = if *negated { whole.places.except(&set) } else { possible(set, whole) };
                Some(Reach { none: condition.if_exist, places })
            }
            Test::Null { values } => {
                let places = if values.contains(&false) { whole.places.clone() } else { PrefixSet::new() };
                Some(Reach { none: values.contains(&true), places })
            }
            _ => None,
        }
    }

    fn is_empty(&self) -> bool {
        !self.none && self.places.is_empty()
    }

    fn and(&self, other: &Reach) -> Reach {
        Reach { none: self.none && other.none, places: self.places.intersect(&other.places) }
    }

    fn but(&self, other: &Reach) -> Reach {
        Reach { none: self.none && !other.none, places: self.places.except(&other.places) }
    }

    fn or(&self, other: &Reach) -> Reach {
        Reach { none: self.none || other.none, places: self.places.union(&other.places) }
    }
}

/// What becomes of all calls where their address alone decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shares {
    /// None is allowed.
    Nothing,
    /// Every one is.
    Everything,
    /// Those from some places are.
    Some {
        /// These places.
        allowed: PrefixSet,
        /// Whether a call without an address is; none where there is no such call.
        without: Option<bool>,
    },
    /// It could not be worked out.
    Unknown,
}

impl Shares {
    /// Of those that are allowed, of all that are decided.
    fn of(allowed: Reach, decided: &Reach) -> Shares {
        if allowed.is_empty() {
            return Shares::Nothing;
        }
        if allowed == *decided {
            return Shares::Everything;
        }
        let without = decided.none.then_some(allowed.none);
        Shares::Some { allowed: allowed.places, without }
    }
}

/// What of a set a request can have.
fn possible(set: PrefixSet, whole: &Reach) -> PrefixSet {
    let meets = |one: &Interval| one.first <= MAPPED.last && MAPPED.first <= one.last;
    if set.intervals(Family::V6).iter().any(meets) { set.intersect(&whole.places) } else { set }
}

/// What statements of one effect say together.
#[derive(Debug, Default)]
struct Said {
    /// One of them matches every call.
    every: bool,
    parts: Vec<Rc<Reach>>,
}

/// A space of which only the address is read.
#[derive(Debug)]
pub(super) struct Line {
    every: Rc<Reach>,
    /// What the clauses admit; none: every call.
    within: Option<Reach>,
    /// For each set what it allows, then what it denies.
    sets: Vec<[Said; 2]>,
    /// Some statement or clause reads the address.
    reads: bool,
    /// Several questions are asked of one set.
    known: RefCell<Vec<(Held, Rc<Reach>)>>,
}

impl Line {
    /// The space of some policy sets; none where more than the address is read.
    pub(super) fn of<'s>(sides: &mut [Side<'_, 's>], budget: &mut Budget) -> Result<Option<Line>, Spent> {
        let Some(first) = sides.first() else { return Ok(None) };
        let mut line = Line {
            every: Rc::clone(&first.reader.whole),
            within: None,
            sets: Vec::new(),
            reads: false,
            known: RefCell::default(),
        };
        for side in sides {
            let sets = side.subject.sets.iter();
            budget.spend(sets.map(|set| set.len() as u64 + 1).sum())?;
            if !side.views.is_empty() || !line.read(side) {
                return Ok(None);
            }
        }
        Ok(Some(line))
    }

    /// Adds what a side says; `false` where it reads more than the address.
    fn read<'s>(&mut self, side: &mut Side<'_, 's>) -> bool {
        for clause in side.subject.clauses {
            let condition = match clause {
                Clause::When(condition) => condition,
                Clause::On(patterns) if !patterns.is_empty() && patterns.iter().all(is_any) => continue,
                Clause::On(_) | Clause::Of(..) => return false,
            };
            let Some(reach) = side.reader.reach(condition) else { return false };
            self.reads = true;
            self.within = Some(match &self.within {
                Some(within) => within.and(&reach),
                None => (*reach).clone(),
            });
        }
        for set in side.subject.sets {
            let mut said: [Said; 2] = Default::default();
            for statement in set {
                let [allow, deny] = &mut said;
                let of = if statement.effect == Effect::Allow { allow } else { deny };
                if !self.statement(statement, side.subject.facts, side.reader, of) {
                    return false;
                }
            }
            self.sets.push(said);
        }
        true
    }

    fn statement<'s>(
        &mut self,
        statement: &'s Statement,
        facts: Facts,
        reader: &mut Reader<'s>,
        said: &mut Said,
    ) -> bool {
        let Some(handed) = is_handed(&statement.resources, facts) else { return false };
        let mut all: Option<Rc<Reach>> = None;
        let mut never = !handed;
        for condition in &statement.conditions {
            let Some(reach) = reader.reach(condition) else { return false };
            if !handed {
                continue;
            }
            if !facts.address {
                never |= !reach.none;
                continue;
            }
            self.reads = true;
            all = Some(match all {
                Some(before) => Rc::new(before.and(&reach)),
                None => reach,
            });
        }
        match all {
            _ if never => {}
            Some(reach) => said.parts.push(reach),
            None => said.every = true,
        }
        true
    }

    /// Whether every call is allowed, or none; none where it takes a look.
    pub(super) fn settled(&self, attached: usize, boundary: Option<usize>) -> Option<bool> {
        let sets = || [Some(attached), boundary].into_iter().flatten();
        let said = |effect: usize| sets().filter_map(move |set| self.sets.get(set)?.get(effect));
        if said(DENIES).any(|said| said.every)
            || said(ALLOWS).any(|said| !said.every && said.parts.is_empty())
        {
            return Some(false);
        }
        let open = self.within.is_none() && said(DENIES).all(|said| said.parts.is_empty());
        (open && said(ALLOWS).all(|said| said.every)).then_some(true)
    }

    /// What becomes of all calls.
    pub(super) fn shares(&self, attached: usize, boundary: Option<usize>, budget: &mut Budget) -> Shares {
        match self.left(Held::apart(attached, boundary), budget) {
            Ok(left) => Shares::of(self.admitted(left), self.decided()),
            Err(Spent) => Shares::Unknown,
        }
    }

    /// The calls that the clauses admit.
    fn decided(&self) -> &Reach {
        self.within.as_ref().unwrap_or(&*self.every)
    }

    pub(super) fn answer(&self, question: Question, budget: &mut Budget) -> Result<Answer, Spent> {
        let calls = self.calls(question, budget)?;
        if calls.is_empty() {
            return Ok(Answer::Nothing);
        }
        let prefix = if calls.none { None } else { widest(&calls.places) };
        let address = prefix.map(|prefix| address(prefix.family, prefix.bits));
        Ok(Answer::Found(Box::new(Witness { address, prefix, ..Witness::default() })))
    }

    pub(super) fn extent(&self, question: Question, budget: &mut Budget) -> Extent {
        let Ok(calls) = self.calls(question, budget) else {
            return Extent { blind: true, doubts: [Doubt::Budget].into(), ..Extent::default() };
        };
        let any = !calls.is_empty();
        let addresses = self.reads.then(|| match Rc::try_unwrap(calls) {
            Ok(Reach { none, places }) => Addresses { none, places },
            Err(shared) => Addresses { none: shared.none, places: shared.places.clone() },
        });
        let accounts = vec![(Account::default(), any)];
        Extent { found: any, any, addresses, accounts, elsewhere: any, ..Extent::default() }
    }

    /// The calls for which the answer is yes.
    fn calls(&self, question: Question, budget: &mut Budget) -> Result<Rc<Reach>, Spent> {
        let calls = match question {
            Question::Any => self.decided().clone(),
            Question::Allowed { attached, boundary } => {
                return self.allowed(Held::apart(attached, boundary), budget);
            }
            Question::Refused { attached, boundary } => {
                self.others(&*self.allowed(Held::apart(attached, boundary), budget)?)
            }
            Question::Matched { of } => self.admitted(self.matched(of, budget)?),
            Question::Unmatched { of } => self.others(&self.matched(of, budget)?),
            Question::Uncovered { of, by } => {
                let of = self.matched(of, budget)?;
                self.admitted(of.but(&self.matched(by, budget)?))
            }
            Question::Different { one, other, used } => self.different(one, other, used, budget)?,
            Question::Gained(change) => {
                self.allowed(change.to, budget)?.but(&*self.allowed(change.from, budget)?)
            }
            Question::Kept(change) => {
                let gained = self.calls(Question::Gained(change), budget)?;
                self.others(&gained)
            }
        };
        budget.spend(calls.cost())?;
        Ok(Rc::new(calls))
    }

    /// Those of some calls that the clauses admit.
    fn admitted(&self, calls: Reach) -> Reach {
        match &self.within {
            Some(within) => within.and(&calls),
            None => calls,
        }
    }

    /// All other calls that the clauses admit.
    fn others(&self, calls: &Reach) -> Reach {
        self.decided().but(calls)
    }

    /// What a caller is allowed.
    fn allowed(&self, held: Held, budget: &mut Budget) -> Result<Rc<Reach>, Spent> {
        if let Some((_, known)) = self.known.borrow().iter().find(|(of, _)| *of == held) {
            return Ok(Rc::clone(known));
        }
        let calls = Rc::new(self.admitted(self.left(held, budget)?));
        self.known.borrow_mut().push((held, Rc::clone(&calls)));
        Ok(calls)
    }

    /// What is allowed and not denied.
    fn left(&self, held: Held, budget: &mut Budget) -> Result<Reach, Spent> {
        let denies: Vec<usize> =
            held.attached.into_iter().chain(held.boundary.into_iter().flatten()).collect();
        if self.said(&denies, DENIES).any(|said| said.every) {
            return Ok(Reach::default());
        }
        let mut calls = self.together(&held.attached, ALLOWS, budget)?;
        if let Some(boundary) = held.boundary {
            calls = calls.and(&self.together(&boundary, ALLOWS, budget)?);
        }
        if self.said(&denies, DENIES).all(|said| said.parts.is_empty()) {
            return Ok(calls);
        }
        Ok(calls.but(&self.together(&denies, DENIES, budget)?))
    }

    /// What some statement of a set matches.
    fn matched(&self, of: usize, budget: &mut Budget) -> Result<Reach, Spent> {
        Ok(self.together(&[of], ALLOWS, budget)?.or(&self.together(&[of], DENIES, budget)?))
    }

    /// What two sets answer otherwise: of attached policies what only one denies, and of what neither denies what only one
    /// allows; of boundaries what only one allows and does not deny.
    fn different(&self, one: usize, other: usize, used: Use, budget: &mut Budget) -> Result<Reach, Spent> {
        let mut of = |set: usize, effect: usize| self.together(&[set], effect, budget);
        let (denied, allowed) = (of(one, DENIES)?, of(one, ALLOWS)?);
        let (denied_too, allowed_too) = (of(other, DENIES)?, of(other, ALLOWS)?);
        let either = |a: &Reach, b: &Reach| a.but(b).or(&b.but(a));
        if used == Use::Boundary {
            return Ok(self.admitted(either(&allowed.but(&denied), &allowed_too.but(&denied_too))));
        }
        let allows = either(&allowed, &allowed_too).but(&denied).but(&denied_too);
        Ok(self.admitted(either(&denied, &denied_too).or(&allows)))
    }

    fn said<'a>(&'a self, sets: &'a [usize], effect: usize) -> impl Iterator<Item = &'a Said> {
        sets.iter().filter_map(move |set| self.sets.get(*set)?.get(effect))
    }

    /// What statements of one effect match, those of some sets together.
    fn together(&self, sets: &[usize], effect: usize, budget: &mut Budget) -> Result<Reach, Spent> {
        if self.said(sets, effect).any(|said| said.every) {
            return Ok((*self.every).clone());
        }
        let parts: Vec<&Reach> =
            self.said(sets, effect).flat_map(|said| &said.parts).map(AsRef::as_ref).collect();
        budget.spend(1 + parts.iter().map(|part| part.cost()).sum::<u64>())?;
        let none = parts.iter().any(|part| part.none);
        Ok(Reach { none, places: PrefixSet::union_of(parts.into_iter().map(|part| &part.places)) })
    }
}

/// Places of what a set allows and of what it denies.
const ALLOWS: usize = 0;
const DENIES: usize = 1;

fn is_any(pattern: &ResourcePattern) -> bool {
    matches!(pattern.kind, ResourceKind::Any)
}

/// Whether resources match, whatever a call names: yes, or never, since the action is handed none; none where it depends on
/// the call.
fn is_handed(resources: &[ResourcePattern], facts: Facts) -> Option<bool> {
    if resources.iter().any(resource_is_ever_open) {
        return None;
    }
    let any = resources.iter().any(is_any);
    if !any && facts.granularity == Granularity::Resource { None } else { Some(any) }
}
