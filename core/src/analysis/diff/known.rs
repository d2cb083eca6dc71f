//! Outcomes that were worked out, to be handed out again where the statements of two callers say the same of an action.
//! They are but kept: one that is not here any more is worked out anew, and is the same.

use super::judge::{Found, Outcome};
use crate::address::{Family, PrefixSet};
use crate::analysis::space::Facts;
use crate::analysis::standing::{Answer, Dependence};
use passgate_grammar::limits::DIFF_KEPT;
use std::collections::HashMap;
use std::sync::Arc;

/// What an outcome hangs on.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) service: Box<str>,
    pub(super) facts: [Option<Facts>; 2],
    /// What the statements say that cover the action.
    pub(super) bodies: [Vec<u32>; 4],
    pub(super) bounded: [bool; 2],
    pub(super) uin: Option<Box<str>>,
}

/// Some outcomes.
#[derive(Debug, Default)]
pub(super) struct Outcomes {
    all: HashMap<Key, Arc<Outcome>>,
    /// How large they are together.
    size: usize,
}

impl Outcomes {
    pub(super) fn get(&self, key: &Key) -> Option<Arc<Outcome>> {
        self.all.get(key).map(Arc::clone)
    }

    /// Keeps an outcome; where all would be more than `limits::DIFF_KEPT`, those before it are let go.
    pub(super) fn keep(&mut self, key: Key, outcome: Outcome) -> Arc<Outcome> {
        let size = size(&key, &outcome);
        if self.size.saturating_add(size) > DIFF_KEPT {
            self.all.clear();
            self.size = 0;
        }
        let outcome = Arc::new(outcome);
        if size <= DIFF_KEPT {
            self.size += size;
            self.all.insert(key, Arc::clone(&outcome));
        }
        outcome
    }
}

/// Statements, values, stretches of addresses and the like; an outcome itself counts as some.
fn size(key: &Key, outcome: &Outcome) -> usize {
    let statements: usize = key.bodies.iter().map(Vec::len).sum();
    let found = |found: &Option<Found>| found.as_ref().map_or(0, |found| of_answer(&found.answer));
    OUTCOME + statements + found(&outcome.gained) + found(&outcome.lost)
}

/// An outcome that says nothing.
const OUTCOME: usize = 8;

fn of_answer(answer: &Answer) -> usize {
    let stretches = |set: &PrefixSet| [Family::V4, Family::V6].map(|family| set.intervals(family).len());
    let on = answer.on.iter().map(|dependence| match dependence {
        Dependence::Address { always, depends, .. } => {
            [always, depends].into_iter().flat_map(stretches).sum()
        }
        Dependence::Time { windows, .. } => windows.len(),
        Dependence::Key { values, .. } => values.len(),
        Dependence::Account { numbers } => numbers.len(),
        Dependence::Resource { patterns, .. } => patterns.len(),
    });
    OUTCOME + on.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(statements: usize) -> Key {
        let bodies = [vec![0; statements], Vec::new(), Vec::new(), Vec::new()];
        Key { service: "s".into(), facts: [None; 2], bodies, bounded: [false; 2], uin: None }
    }

    #[test]
    fn so_much_is_kept_and_no_more() {
        let fits = DIFF_KEPT - 2 * OUTCOME - 1;
        let mut kept = Outcomes::default();
        let _ = (kept.keep(key(1), Outcome::default()), kept.keep(key(fits), Outcome::default()));
        assert_eq!(kept.size, DIFF_KEPT);
        assert!(kept.get(&key(1)).is_some() && kept.get(&key(fits)).is_some());
        let _ = kept.keep(key(0), Outcome::default());
        assert!(kept.get(&key(1)).is_none() && kept.get(&key(fits)).is_none());
        assert!(kept.get(&key(0)).is_some());
        let mut kept = Outcomes::default();
        let _ = (kept.keep(key(1), Outcome::default()), kept.keep(key(fits + 1), Outcome::default()));
        assert!(kept.get(&key(1)).is_none() && kept.get(&key(fits + 1)).is_some());
        let _ = kept.keep(key(DIFF_KEPT), Outcome::default());
        assert_eq!((kept.all.len(), kept.size), (0, 0));
    }
}
