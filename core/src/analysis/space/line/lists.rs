//! What lists of statements say of addresses, put together from what each list says alone: many callers have lists in
//! common, and a list is read once.

use super::super::budget::{Budget, Spent};
use super::super::prepared::Reader;
use super::super::subject::Subject;
use super::{ALLOWS, DENIES, Line, Reach, Shares, Side};
use crate::address::{Family, PrefixSet};
use crate::model::ResourcePattern;
use std::borrow::Cow;

/// What a list of statements says where it reads nothing but the address.
#[derive(Debug, Clone, Default)]
pub struct Ranges {
    allows: Part,
    denies: Part,
}

/// What the statements of one effect match.
#[derive(Debug, Clone, Default)]
struct Part {
    /// Every call.
    every: bool,
    /// These calls, where it is not every one.
    calls: Reach,
}

impl Part {
    fn of(line: &Line, effect: usize, budget: &mut Budget) -> Result<Part, Spent> {
        if line.said(&[0], effect).any(|said| said.every) {
            return Ok(Part { every: true, calls: Reach::default() });
        }
        Ok(Part { every: false, calls: line.together(&[0], effect, budget)? })
    }

    fn is_empty(&self) -> bool {
        !self.every && self.calls.is_empty()
    }
}

impl Ranges {
    /// What the first set of a subject says, whatever its clauses; none where it reads more than the address, or could not be
    /// read. `views` are resource patterns that are looked at apart.
    pub fn of<'s>(
        subject: &Subject<'_, 's>,
        views: &[&'s ResourcePattern],
        reader: &mut Reader<'s>,
        budget: &mut Budget,
    ) -> Option<Ranges> {
        let subject = &Subject { clauses: &[], ..*subject };
        let line = Line::of(&mut [Side { subject, views, reader }], budget).ok()??;
        let allows = Part::of(&line, ALLOWS, budget).ok()?;
        Some(Ranges { allows, denies: Part::of(&line, DENIES, budget).ok()? })
    }

    fn cost(&self) -> u64 {
        self.allows.calls.cost() + self.denies.calls.cost()
    }
}

/// Puts together what lists say, for the calls that some clauses admit.
#[derive(Debug)]
pub struct Lists {
    decided: Reach,
    /// The clauses admit every call.
    open: bool,
}

impl Lists {
    /// For the clauses of a subject; none where they read more than the address.
    pub fn of<'s>(subject: &Subject<'_, 's>, reader: &mut Reader<'s>, budget: &mut Budget) -> Option<Lists> {
        let subject = &Subject { sets: &[], ..*subject };
        let line = Line::of(&mut [Side { subject, views: &[], reader }], budget).ok()??;
        Some(Lists { decided: line.decided().clone(), open: line.within.is_none() })
    }

    /// What becomes of all calls of a caller with these lists, and those of a boundary.
    pub fn shares(&self, attached: &[&Ranges], boundary: Option<&[&Ranges]>, budget: &mut Budget) -> Shares {
        let all = || attached.iter().chain(boundary.into_iter().flatten());
        let silent = |lists: &[&Ranges]| lists.iter().all(|list| list.allows.is_empty());
        if all().any(|list| list.denies.every) || silent(attached) || boundary.is_some_and(silent) {
            return Shares::Nothing;
        }
        if budget.spend(1 + all().map(|list| list.cost()).sum::<u64>()).is_err() {
            return Shares::Unknown;
        }
        let denies: Vec<&Reach> =
            all().map(|list| &list.denies.calls).filter(|calls| !calls.is_empty()).collect();
        let every = |lists: &[&Ranges]| lists.iter().any(|list| list.allows.every);
        if denies.is_empty() && self.open && every(attached) && boundary.is_none_or(every) {
            return Shares::Everything;
        }
        let mut allowed = self.allowed(attached);
        if let Some(boundary) = boundary {
            allowed = Cow::Owned(allowed.and(&self.allowed(boundary)));
        }
        if !self.open {
            allowed = Cow::Owned(allowed.and(&self.decided));
        }
        if !denies.is_empty() {
            allowed = Cow::Owned(allowed.but(&together(&denies)));
        }
        Shares::of(allowed.into_owned(), &self.decided)
    }

    /// What some lists allow, whatever is denied.
    fn allowed<'r>(&'r self, lists: &[&'r Ranges]) -> Cow<'r, Reach> {
        if lists.iter().any(|list| list.allows.every) {
            return Cow::Borrowed(&self.decided);
        }
        let parts: Vec<&Reach> =
            lists.iter().map(|list| &list.allows.calls).filter(|calls| !calls.is_empty()).collect();
        together(&parts)
    }
}

/// What lies in any of some calls.
fn together<'r>(parts: &[&'r Reach]) -> Cow<'r, Reach> {
    match parts {
        [] => Cow::Owned(Reach::default()),
        [one] => Cow::Borrowed(one),
        [one, other] => Cow::Owned(one.or(other)),
        several => Cow::Owned(Reach {
            none: several.iter().any(|part| part.none),
            places: PrefixSet::union_of(several.iter().map(|part| &part.places)),
        }),
    }
}

impl Reach {
    pub(super) fn cost(&self) -> u64 {
        let of = |family| self.places.intervals(family).len() as u64;
        1 + of(Family::V4) + of(Family::V6)
    }
}
