//! What single clauses of a statement say of one request: for explanations, which tell of each clause by itself. A
//! decision never asks here.

use super::Table;
use super::condition::Condition;
use super::facts::{Facts, Key};
use super::resource::{Resource, Resources};
use super::truth::{Cause, Truth};
use crate::model::{self, ResourcePattern, Variable};

/// Whether a clause holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// Its operator cannot read the value.
    Unreadable,
    /// A variable in it has no value.
    Unresolved(Variable),
}

/// How the key of a condition stands in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handed {
    /// It has a value, which is handed over.
    Given,
    /// The request gives none.
    Absent,
    /// The action is not handed it, whatever the request gives.
    Withheld,
}

impl From<Truth<'_>> for Held {
    fn from(truth: Truth<'_>) -> Held {
        match truth {
            Truth::Yes => Held::Yes,
            Truth::No => Held::No,
            Truth::Open(Cause { variable: None, .. }) => Held::Unreadable,
            Truth::Open(Cause { variable: Some(variable), .. }) => Held::Unresolved(variable),
        }
    }
}

impl Table {
    /// Whether a condition holds, and how its key stands; `addressed`: the action is handed the address.
    pub(crate) fn condition_of(
        &self,
        condition: &model::Condition,
        facts: &Facts<'_>,
        addressed: bool,
    ) -> (Held, Handed) {
        let Some(compiled) = Condition::known(condition, &self.keys) else {
            return (Held::No, Handed::Absent);
        };
        let handed = match compiled.key {
            Key::Address if !addressed => Handed::Withheld,
            Key::Tag(_) if !facts.tags => Handed::Withheld,
            key if facts.is_present(key) => Handed::Given,
            _ => Handed::Absent,
        };
        (compiled.holds(facts).into(), handed)
    }

    /// Whether some pattern covers a resource.
    pub(crate) fn resources_of(
        &self,
        patterns: &[ResourcePattern],
        resource: &Resource<'_>,
        facts: &Facts<'_>,
    ) -> Held {
        match Resources::new(patterns, &self.names) {
            Some(resources) => resources.cover(resource, &facts.variables).into(),
            None => Held::Yes,
        }
    }
}
