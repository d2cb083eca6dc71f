//! One class of actions, one caller: what becomes of its calls.

use super::calls::{Calls, Fixed};
use super::space::{self, ActionClass, Caller, Clause, Named, Reader, Space, Subject};
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
        let (clauses, reader) = (calls.clauses(fixed), Reader::new(&model.settings));
        Asker { model, calls, clauses, reader, work: Work::new() }
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
        let subject = Subject {
            service: &class.service,
            facts: class.facts,
            sets: &class.sets,
            caller,
            clauses: &self.clauses,
        };
        let mut budget = self.work.question();
        let space = Space::with_views(&subject, &views, &mut self.reader, &mut budget);
        let boundary = (class.sets.len() > 1).then_some(1);
        if let Some(allowed) = space.settled(0, boundary) {
            self.work.spend(budget.used());
            return Answer::plain(if allowed { Standing::Always } else { Standing::Never });
        }
        let allowed = space.allowed_extent(0, boundary, &mut budget);
        let refused = space.refused_extent(0, boundary, &mut budget);
        self.work.spend(budget.used());
        let mut answer = Answer::of(&allowed, &refused, &texts);
        answer.on.retain(|dependence| !self.is_fixed(dependence));
        answer
    }

    /// Whether some call of a caller with policies is allowed, or could be.
    pub(super) fn may(&mut self, class: &ActionClass<'m>, caller: &Caller) -> bool {
        let allows = class.sets.first().is_some_and(|set| set.iter().any(|s| s.effect == Effect::Allow));
        if !allows {
            return false;
        }
        let subject = Subject {
            service: &class.service,
            facts: class.facts,
            sets: &class.sets,
            caller,
            clauses: &self.clauses,
        };
        let mut budget = self.work.question();
        let space = Space::new(&subject, &mut self.reader, &mut budget);
        let answer = space.allowed(0, (class.sets.len() > 1).then_some(1), &mut budget);
        self.work.spend(budget.used());
        answer != space::Answer::Nothing
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
