//! One class of actions, one caller: what becomes of its calls.

use super::calls::{Calls, Fixed};
use super::space::{self, ActionClass, Caller, Clause, Lists, Named, Ranges, Reader, Shares, Space, Subject};
use super::standing::{Answer, Dependence, Standing};
use super::work::Work;
use crate::catalog::Granularity;
use crate::model::{Effect, Model, ResourceKind, ResourcePattern};
use passgate_grammar::limits::EXTENT_PATTERNS;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How the account root's resources are written.
const OWNERS: &str = "qcs:::::*";

/// Asks what becomes of calls.
pub(super) struct Asker<'m> {
    model: &'m Model,
    calls: &'m Calls,
    clauses: Vec<Clause<'m>>,
    reader: Reader<'m>,
    pub(super) work: Work,
}

impl<'m> Asker<'m> {
    /// `fixed` is what the calls give.
    pub(super) fn new(model: &'m Model, calls: &'m Calls, fixed: &'m Fixed) -> Self {
        Self::within(model, calls, fixed, Work::new())
    }

    /// [`Asker::new`], with so much work that is left.
    pub(super) fn within(model: &'m Model, calls: &'m Calls, fixed: &'m Fixed, work: Work) -> Self {
        let (clauses, reader) = (calls.clauses(fixed), Reader::new(&model.settings));
        Asker { model, calls, clauses, reader, work }
    }

    /// What becomes of the calls of a caller with policies: the first set of the class is attached, the second, where
    /// there is one, its boundary.
    pub(super) fn policies(&mut self, class: &ActionClass<'m>, caller: &Caller) -> Answer {
        let allows = class.sets.first().is_some_and(|set| set.iter().any(|s| s.effect == Effect::Allow));
        if !allows {
            return Answer::plain(Standing::Never);
        }
        let views = patterns(class);
        let texts: Vec<Arc<str>> = views.iter().map(|pattern| pattern.text.clone()).collect();
        let subject = subject(class, caller, &self.clauses);
        let mut budget = self.work.question();
        let space = Space::with_views(&subject, &views, &mut self.reader, &mut budget);
        let boundary = (class.sets.len() > 1).then_some(1);
        if let Some(allowed) = space.settled(0, boundary) {
            self.work.spend(budget.used());
            return Answer::plain(if allowed { Standing::Always } else { Standing::Never });
        }
        let answer = match space.shares(0, boundary, &mut budget) {
            Some(shares) => Answer::by_address(shares),
            None => {
                let allowed = space.allowed_extent(0, boundary, &mut budget);
                let refused = space.refused_extent(0, boundary, &mut budget);
                Answer::of(&allowed, &refused, &texts)
            }
        };
        self.work.spend(budget.used());
        self.open(answer)
    }

    /// What the statements of a class say by themselves, whoever asks; none where they read more than the address.
    pub(super) fn ranges(&mut self, class: &ActionClass<'m>) -> Option<Ranges> {
        let views = patterns(class);
        let mut budget = self.work.question();
        let subject = subject(class, &NOBODY, &[]);
        let ranges = Ranges::of(&subject, &views, &mut self.reader, &mut budget);
        self.work.spend(budget.used());
        ranges
    }

    /// Puts together what lists of statements say of a class; none where the calls are fixed by more than an address.
    pub(super) fn lists(&mut self, class: &ActionClass<'m>) -> Option<Lists> {
        let mut budget = self.work.question();
        let subject = subject(class, &NOBODY, &self.clauses);
        let lists = Lists::of(&subject, &mut self.reader, &mut budget);
        self.work.spend(budget.used());
        lists
    }

    /// What becomes of the calls of a caller with some lists, and a boundary.
    pub(super) fn together(
        &mut self,
        lists: &Lists,
        attached: &[&Ranges],
        boundary: Option<&[&Ranges]>,
    ) -> Answer {
        let mut budget = self.work.question();
        let answer = Answer::by_address(lists.shares(attached, boundary, &mut budget));
        self.work.spend(budget.used());
        self.open(answer)
    }

    /// An answer without the dimensions that the calls fix.
    fn open(&self, mut answer: Answer) -> Answer {
        answer.on.retain(|dependence| !self.is_fixed(dependence));
        answer
    }

    /// Whether some call of a caller with policies is allowed, or could be.
    pub(super) fn may(&mut self, class: &ActionClass<'m>, caller: &Caller) -> bool {
        let allows = class.sets.first().is_some_and(|set| set.iter().any(|s| s.effect == Effect::Allow));
        if !allows {
            return false;
        }
        let subject = subject(class, caller, &self.clauses);
        let mut budget = self.work.question();
        let space = Space::new(&subject, &mut self.reader, &mut budget);
        let boundary = (class.sets.len() > 1).then_some(1);
        let may = match space.shares(0, boundary, &mut budget) {
            Some(shares) => shares != Shares::Nothing,
            None => space.allowed(0, boundary, &mut budget) != space::Answer::Nothing,
        };
        self.work.spend(budget.used());
        may
    }

    /// What becomes of the calls of the account root (semantics §2.5).
    pub(super) fn root(&self, class: &ActionClass<'_>) -> Answer {
        if class.facts.granularity != Granularity::Resource {
            return Answer::plain(Standing::Always);
        }
        match self.calls.resource.as_deref().and_then(Named::read) {
            Some(named) => {
                let own = named.is_of(&self.model.settings.owner);
                Answer::plain(if own { Standing::Always } else { Standing::Never })
            }
            None => {
                let patterns = vec![(Arc::from(OWNERS), Standing::Always)];
                let on = vec![Dependence::Resource { patterns, others: Standing::Depends }];
                Answer { on, ..Answer::plain(Standing::Depends) }
            }
        }
    }

    /// Whether a dimension has one value in all calls.
    fn is_fixed(&self, dependence: &Dependence) -> bool {
        match dependence {
            Dependence::Address { .. } => self.calls.ip.is_some(),
            Dependence::Time { .. } => self.calls.at.is_some(),
            Dependence::Resource { .. } => self.calls.resource.is_some(),
            Dependence::Key { .. } | Dependence::Account { .. } => false,
        }
    }
}

/// Somebody without a number.
const NOBODY: Caller = Caller { uin: None };

fn subject<'a, 's>(
    class: &'a ActionClass<'s>,
    caller: &'a Caller,
    clauses: &'a [Clause<'s>],
) -> Subject<'a, 's> {
    Subject { service: &class.service, facts: class.facts, sets: &class.sets, caller, clauses }
}

/// The resource patterns of a class that are looked at apart, each text once.
fn patterns<'s>(class: &ActionClass<'s>) -> Vec<&'s ResourcePattern> {
    if class.facts.granularity != Granularity::Resource {
        return Vec::new();
    }
    let all = class.sets.iter().flatten().flat_map(|statement| statement.resources.iter());
    let named = all.filter(|pattern| matches!(pattern.kind, ResourceKind::Six { .. }));
    let by_text: BTreeMap<&str, &ResourcePattern> = named.map(|pattern| (&*pattern.text, pattern)).collect();
    by_text.into_values().take(EXTENT_PATTERNS).collect()
}
