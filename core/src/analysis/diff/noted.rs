//! Changes as they are found: callers for whom the same changes stand together, and what many changes name is kept once.
//! What changes is not worked out here ([`super::judge`]).

use super::judge::{Found, Outcome};
use super::sides::Member;
use super::{Change, ChangedAction, Known, Right};
use crate::analysis::standing::Answer;
use crate::model::Model;
use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;
use std::sync::Arc;

/// All changes so far.
pub(super) struct Noted<'m> {
    models: [&'m Model; 2],
    pub(super) changes: Vec<Change>,
    /// Changes by a number of what changes; those of one number are compared.
    places: HashMap<u64, Vec<usize>>,
    numbers: RandomState,
    /// Actions by service and name.
    actions: HashMap<Box<str>, HashMap<Box<str>, Arc<ChangedAction>>>,
}

/// What becomes of one action of a service.
pub(super) struct OfAction {
    action: Arc<ChangedAction>,
    outcome: Arc<Outcome>,
}

impl<'m> Noted<'m> {
    pub(super) fn new(models: [&'m Model; 2]) -> Noted<'m> {
        let (changes, places, actions) = Default::default();
        Noted { models, changes, places, numbers: RandomState::new(), actions }
    }

    /// What becomes of some actions of a service.
    pub(super) fn of(&mut self, service: &str, names: &[Box<str>], outcome: &Arc<Outcome>) -> Vec<OfAction> {
        if outcome.gained.is_none() && outcome.lost.is_none() {
            return Vec::new();
        }
        let each = names.iter().map(|name| self.action(service, name));
        each.map(|action| OfAction { action, outcome: Arc::clone(outcome) }).collect()
    }

    fn action(&mut self, service: &str, name: &str) -> Arc<ChangedAction> {
        let known = self.actions.get(service).and_then(|names| names.get(name));
        if let Some(action) = known {
            return Arc::clone(action);
        }
        let category = |model: &&'m Model| {
            let id = model.catalogs.resolve(service, name)?;
            model.catalogs.action(id).map(|action| action.category.clone())
        };
        let category = self.models.iter().rev().find_map(category);
        let action = Arc::new(ChangedAction { action: format!("{service}:{name}"), category });
        self.actions.entry(service.into()).or_default().insert(name.into(), Arc::clone(&action));
        action
    }

    /// Notes what changes for some callers of whom the same sets know.
    pub(super) fn add(&mut self, members: &[Member], all: &[OfAction]) {
        let Some(first) = members.first() else { return };
        let gains = rights(all, |outcome| outcome.gained.as_ref(), first);
        let losses = rights(all, |outcome| outcome.lost.as_ref(), first);
        if gains.is_empty() && losses.is_empty() {
            return;
        }
        let number = self.numbers.hash_one(said(first.known, &gains, &losses));
        let places = self.places.entry(number).or_default();
        let is = |change: &Change| {
            said(change.known, &change.gains, &change.losses) == said(first.known, &gains, &losses)
        };
        let found = places.iter().copied().find(|place| self.changes.get(*place).is_some_and(is));
        let named = members.iter().map(|member| member.shown.clone());
        match found.and_then(|place| self.changes.get_mut(place)) {
            Some(change) => change.principals.extend(named),
            None => {
                places.push(self.changes.len());
                let principals = named.collect();
                self.changes.push(Change { principals, known: first.known, gains, losses });
            }
        }
    }
}

/// What changes, whoever the callers are and whatever call shows it.
type Said<'r> =
    (Known, Vec<(&'r [Arc<ChangedAction>], &'r Answer)>, Vec<(&'r [Arc<ChangedAction>], &'r Answer)>);

fn said<'r>(known: Known, gains: &'r [Right], losses: &'r [Right]) -> Said<'r> {
    let each =
        |rights: &'r [Right]| rights.iter().map(|right| (right.actions.as_slice(), &right.answer)).collect();
    (known, each(gains), each(losses))
}

/// What is gained or lost, actions whose calls change alike together; by answer, then by action.
fn rights(all: &[OfAction], found: fn(&Outcome) -> Option<&Found>, member: &Member) -> Vec<Right> {
    let mut by_answer: BTreeMap<&Answer, Vec<(&Arc<ChangedAction>, &Found)>> = BTreeMap::new();
    for of in all {
        if let Some(found) = found(&of.outcome) {
            by_answer.entry(&found.answer).or_default().push((&of.action, found));
        }
    }
    by_answer.into_iter().map(|(answer, all)| right(answer, all, member)).collect()
}

fn right(answer: &Answer, mut all: Vec<(&Arc<ChangedAction>, &Found)>, member: &Member) -> Right {
    all.sort_by_key(|(one, _)| *one);
    let example = all.iter().find_map(|(action, found)| {
        let witness = found.witness.as_ref()?;
        let mut request = witness.request(member.principal.clone(), action.action.clone());
        request.roles.extend(member.role.clone());
        Some(request)
    });
    let actions = all.iter().map(|(action, _)| Arc::clone(action)).collect();
    // A copy takes no more room than it needs.
    Right { actions, answer: answer.clone(), example }
}
