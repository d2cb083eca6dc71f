//! Which kinds of actions a statement can match, and what a call of each hands over (semantics §4 and §5): what the
//! lints about missing keys ask.

use super::coverage::{Coverages, Facts};
use super::shared::Shared;
use super::{Subject, TAGS};
use crate::model::read::IP;
use crate::model::{ActionTerm, Condition, IpUnsupported, Settings, Test};
use std::rc::Rc;

/// A kind of action that a list covers, with the first name of it where a catalog has one.
#[derive(Debug, Clone)]
pub(super) struct Kind {
    facts: Facts,
    name: Option<Box<str>>,
}

/// The kinds of a list of actions.
pub(super) type Kinds = Shared<ActionTerm, (), Vec<Kind>>;

/// A kind of action that a statement can match.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reached<'k> {
    /// A name of a catalogued one.
    pub(super) name: Option<&'k str>,
    pub(super) facts: Facts,
    /// The address is used although the action does not support it.
    evaluate: bool,
}

/// All kinds that a list covers, each once.
pub(super) fn kinds<'a>(
    list: &'a [ActionTerm],
    known: &mut Kinds,
    coverages: &mut Coverages<'a>,
) -> Rc<Vec<Kind>> {
    known.of(list, (), || {
        let mut all: Vec<Kind> = Vec::new();
        for term in list {
            for (facts, name) in coverages.of(&term.kind).kinds() {
                if !all.iter().any(|kind| kind.facts == facts) {
                    all.push(Kind { facts, name: name.map(Into::into) });
                }
            }
        }
        all
    })
}

/// Those of some kinds that a statement's resources let it match.
pub(super) fn reached<'k>(kinds: &'k [Kind], subject: &Subject<'_>) -> Vec<Reached<'k>> {
    let evaluate = evaluates(&subject.model.settings);
    let matched = kinds.iter().filter(|kind| kind.facts.matched(subject.needs.resources));
    matched.map(|kind| Reached { name: kind.name.as_deref(), facts: kind.facts, evaluate }).collect()
}

fn evaluates(settings: &Settings) -> bool {
    settings.ip_unsupported == IpUnsupported::Evaluate
}

impl Reached<'_> {
    /// Whether calls of this kind can hand over a key.
    pub(super) fn hands_over(&self, key: &str) -> bool {
        if key == IP {
            return self.facts.address || self.evaluate;
        }
        self.facts.tags || !TAGS.contains(&key)
    }

    /// Whether some call of this kind can satisfy a condition, seen alone.
    pub(super) fn can_satisfy(&self, condition: &Condition) -> bool {
        holds_absent(condition) || (self.hands_over(&condition.key) && has_values(condition))
    }
}

/// Whether a condition holds of a call without its key (semantics §5).
pub(super) fn holds_absent(condition: &Condition) -> bool {
    match &condition.test {
        Test::Null { values } => values.contains(&true),
        _ => condition.if_exist,
    }
}

/// Whether some value of the key satisfies the condition: an empty network holds none, and nothing is outside of
/// every address.
fn has_values(condition: &Condition) -> bool {
    match &condition.test {
        Test::Ip { negated: false, prefixes, .. } => !prefixes.is_empty(),
        Test::Ip { negated: true, prefixes, .. } => prefixes.iter().filter(|p| p.length == 0).count() < 2,
        Test::Null { values } => values.contains(&false),
        _ => true,
    }
}
