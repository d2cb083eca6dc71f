//! One action, one caller of both sides: which calls it gains and which it loses.

use super::ground::{Ground, Joint, Lists};
use super::known::{Key, Outcomes};
use super::meaning::Meanings;
use crate::analysis::space::{
    Actions, Budget, Caller, Change, Doubt, Held, Reader, Side, Space, Subject, Witness,
};
use crate::analysis::standing::{Answer, Standing};
use crate::analysis::work::Work;
use crate::catalog::Granularity;
use crate::model::{ActionTerm, Effect, ResourceKind, ResourcePattern, Statement};
use passgate_grammar::limits::EXTENT_PATTERNS;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Calls that change.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// *Always*: every call that is decided does.
    pub(super) answer: Answer,
    /// One of them; none where there only could be some.
    pub(super) witness: Option<Witness>,
}

/// What becomes of an action.
#[derive(Debug, Clone, Default)]
pub(super) struct Outcome {
    pub(super) gained: Option<Found>,
    pub(super) lost: Option<Found>,
}

/// An action of which something can change, with what its statements say.
pub(super) struct Asked<'g> {
    pub(super) joint: Joint<'g>,
    /// Numbers of bodies, by the sets of the action.
    bodies: [Vec<u32>; 4],
}

/// Judges actions; callers whose statements say the same are judged once.
pub(super) struct Judge<'g, 'm> {
    ground: &'g Ground<'m>,
    actions: [Actions<'m>; 2],
    readers: [Reader<'g>; 2],
    pub(super) meanings: Meanings,
    pub(super) work: Work,
    known: Outcomes,
}

impl<'g, 'm> Judge<'g, 'm> {
    pub(super) fn new(ground: &'g Ground<'m>) -> Self {
        let [old, new] = ground.models;
        let actions = ground.models.map(|model| Actions::new(&model.catalogs, &model.settings));
        let readers =
            [Reader::beside(&old.settings, &new.settings), Reader::beside(&new.settings, &old.settings)];
        let (meanings, work, known) = (Meanings::default(), Work::new(), Outcomes::default());
        Judge { ground, actions, readers, meanings, work, known }
    }

    /// Actions as both sides tell them apart.
    pub(super) fn joint(
        &mut self,
        lists: Lists<'_, 'g>,
        among: &[ActionTerm],
    ) -> (Vec<Joint<'g>>, Option<Doubt>) {
        let mut budget = self.work.question();
        let found = self.ground.joint(&mut self.actions, lists, among, &mut budget);
        self.work.spend(budget.used());
        found
    }

    /// An action to ask about; none where nothing can change of it, since both sides say the same.
    pub(super) fn asked(&self, joint: Joint<'g>, bounded: [bool; 2]) -> Option<Asked<'g>> {
        let allows = |at: usize| joint.sets.get(at).into_iter().flatten().any(|s| s.effect == Effect::Allow);
        if !allows(0) && !allows(2) {
            return None;
        }
        let bodies = joint.sets.each_ref().map(|set| self.meanings.bodies(set));
        let [old, old_bound, new, new_bound] = &bodies;
        let kept = self.is_single(&joint)
            && bounded[0] == bounded[1]
            && old == new
            && old_bound == new_bound
            && joint.facts[0] == joint.facts[1];
        (!kept).then_some(Asked { joint, bodies })
    }

    /// Whether one reading serves both sides.
    fn is_single(&self, joint: &Joint<'g>) -> bool {
        match joint.facts {
            [Some(old), Some(new)] => old == new && self.ground.alike,
            _ => true,
        }
    }

    pub(super) fn outcome(&mut self, asked: &Asked<'g>, bounded: [bool; 2], caller: &Caller) -> Arc<Outcome> {
        let joint = &asked.joint;
        let key = Key {
            service: joint.service.clone(),
            facts: joint.facts,
            bodies: asked.bodies.clone(),
            bounded,
            uin: caller.uin.clone(),
        };
        if let Some(known) = self.known.get(&key) {
            return known;
        }
        let outcome = if self.is_single(joint) {
            self.single(asked, bounded, caller)
        } else {
            self.apart(joint, bounded, caller)
        };
        self.known.keep(key, outcome)
    }

    /// Both sides read alike: what they share is held against nothing.
    fn single(&mut self, asked: &Asked<'g>, bounded: [bool; 2], caller: &Caller) -> Outcome {
        let (joint, [before, before_bound, after, after_bound]) = (&asked.joint, &asked.bodies);
        let side = usize::from(joint.facts[0].is_none());
        let Some(facts) = joint.facts.get(side).copied().flatten() else { return Outcome::default() };
        let [old, old_bound, new, new_bound] = &joint.sets;
        let [old, shared, new] = self.parted([old, new], [before, after]);
        let [old_bound, shared_bound, new_bound] =
            self.parted([old_bound, new_bound], [before_bound, after_bound]);
        let sets = [old, shared, new, old_bound, shared_bound, new_bound];
        let views = if facts.granularity == Granularity::Resource { patterns(&sets) } else { Vec::new() };
        let texts: Vec<Arc<str>> = views.iter().map(|pattern| pattern.text.clone()).collect();
        let subject = Subject { service: &joint.service, facts, sets: &sets, caller, clauses: &[] };
        let Some(reader) = self.readers.get_mut(side) else { return Outcome::default() };
        let mut budget = self.work.question();
        let space = Space::with_views(&subject, &views, reader, &mut budget);
        let held = |own: usize, bounded: bool| Held {
            attached: [own, 1],
            boundary: bounded.then_some([own + 3, 4]),
        };
        let change = Change { from: held(0, bounded[0]), to: held(2, bounded[1]) };
        let outcome = both(&space, change, &texts, &mut budget);
        self.work.spend(budget.used());
        outcome
    }

    /// Each side reads in its own way.
    fn apart(&mut self, joint: &Joint<'g>, bounded: [bool; 2], caller: &Caller) -> Outcome {
        let [Some(one), Some(other)] = joint.facts else { return Outcome::default() };
        let [old, old_bound, new, new_bound] = joint.sets.clone();
        let sets = [[old, old_bound], [new, new_bound]];
        let facts = [one, other];
        let views = [0, 1].map(|side: usize| match (facts.get(side), sets.get(side)) {
            (Some(facts), Some(sets)) if facts.granularity == Granularity::Resource => patterns(sets),
            _ => Vec::new(),
        });
        let texts: Vec<Arc<str>> = views.iter().flatten().map(|pattern| pattern.text.clone()).collect();
        let subject = |facts, sets| Subject { service: &joint.service, facts, sets, caller, clauses: &[] };
        let ([first, second], [old, new]) = (&mut self.readers, &sets);
        let (old, new) = (subject(one, old), subject(other, new));
        let mut budget = self.work.question();
        let mut sides = [
            Side { subject: &old, views: &views[0], reader: first },
            Side { subject: &new, views: &views[1], reader: second },
        ];
        let space = Space::of_sides(&mut sides, &mut budget);
        let held = |own: usize, bounded: bool| Held::apart(own, bounded.then_some(own + 1));
        let change = Change { from: held(0, bounded[0]), to: held(2, bounded[1]) };
        let outcome = both(&space, change, &texts, &mut budget);
        self.work.spend(budget.used());
        outcome
    }

    /// What only the old side has, what both have, what only the new side has; each meaning once.
    fn parted(
        &self,
        [old, new]: [&Vec<&'g Statement>; 2],
        [before, after]: [&Vec<u32>; 2],
    ) -> [Vec<&'g Statement>; 3] {
        let mut parts: [Vec<&Statement>; 3] = Default::default();
        let mut seen = BTreeSet::new();
        for statement in old.iter().chain(new) {
            let body = self.meanings.body(statement);
            if !seen.insert(body) {
                continue;
            }
            let has = |all: &[u32]| all.binary_search(&body).is_ok();
            let part = match (has(before), has(after)) {
                (true, true) => 1,
                (true, false) => 0,
                _ => 2,
            };
            if let Some(part) = parts.get_mut(part) {
                part.push(statement);
            }
        }
        parts
    }
}

/// The resource patterns that are looked at apart, each text once.
fn patterns<'s>(sets: &[Vec<&'s Statement>]) -> Vec<&'s ResourcePattern> {
    let all = sets.iter().flatten().flat_map(|statement| statement.resources.iter());
    let named = all.filter(|pattern| matches!(pattern.kind, ResourceKind::Six { .. }));
    let by_text: std::collections::BTreeMap<&str, &ResourcePattern> =
        named.map(|pattern| (&*pattern.text, pattern)).collect();
    by_text.into_values().take(EXTENT_PATTERNS).collect()
}

fn both(space: &Space, change: Change, texts: &[Arc<str>], budget: &mut Budget) -> Outcome {
    let gained = found(space, change, texts, budget);
    Outcome { gained, lost: found(space, change.back(), texts, budget) }
}

fn found(space: &Space, change: Change, texts: &[Arc<str>], budget: &mut Budget) -> Option<Found> {
    let first = space.gained(change, budget);
    if first == crate::analysis::space::Answer::Nothing {
        return None;
    }
    let gained = space.gained_extent(change, budget);
    let kept = space.kept_extent(change, budget);
    let answer = Answer::of(&gained, &kept, texts);
    (answer.standing != Standing::Never).then(|| Found { answer, witness: first.found().cloned() })
}
