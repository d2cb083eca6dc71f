//! One action held against callers; callers whose statements are the same are looked at once.

use crate::analysis::ask::Asker;
use crate::analysis::callers::Principal;
use crate::analysis::reads::reads_number;
use crate::analysis::space::{ActionClass, Actions, Caller, Lists, OneAction, Ranges};
use crate::analysis::standing::{Answer, Standing};
use crate::analysis::work::Work;
use crate::error::{Error, ErrorCode, Result};
use crate::model::{ActionTerm, Effect, Model, PolicyId, PolicyKind, Statement};
use foldhash::fast::RandomState;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::BuildHasher;

/// A statement that covers the action, by the numbers of its policy and its own.
pub(in crate::analysis) type Number = (PolicyId, u32);

/// Policies that have statements which cover the action, attached and of the boundary, and the caller's number where one of
/// them reads it.
type Key = (Vec<PolicyId>, Option<Vec<PolicyId>>, Option<Box<str>>);

/// Policies and ids of statements.
pub(super) fn spelled<'m>(model: &'m Model, numbers: &BTreeSet<Number>) -> BTreeSet<(&'m str, &'m str)> {
    let named = |(id, at): &Number| {
        let policy = model.policies.get(id.0 as usize)?;
        Some((policy.name.as_ref(), policy.statements.get(*at as usize)?.id.as_ref()))
    };
    numbers.iter().filter_map(named).collect()
}

/// What of a policy covers the action.
struct Covering<'m> {
    statements: Vec<(Number, &'m Statement)>,
    /// Some statement reads the caller's number.
    numbered: bool,
    /// What the statements say, where they read nothing but the address.
    ranges: Option<Ranges>,
    /// Every allow is known to be needed.
    needed: bool,
}

/// One action held against callers.
pub(in crate::analysis) struct Search<'m> {
    model: &'m Model,
    actions: Actions<'m>,
    /// The action, with no statements; who puts statements in takes them out.
    class: ActionClass<'m>,
    one: OneAction<'m>,
    asker: Asker<'m>,
    /// Puts together what policies say; none where the calls are fixed by more than an address.
    lists: Option<Lists>,
    /// By policy; none where it has not been asked about.
    covering: Vec<Option<Covering<'m>>>,
    /// By number.
    answers: Vec<Answer>,
    known: HashMap<Key, usize, RandomState>,
    /// Of answers of one hash the last one, so that equal answers are mostly one.
    by_hash: HashMap<u64, usize, RandomState>,
    /// Allows by which some caller passes.
    needed: HashSet<Number, RandomState>,
}

/// All that a search has found.
pub(in crate::analysis) struct Searched {
    /// By number.
    pub(in crate::analysis) answers: Vec<Answer>,
    /// Allows by which some caller passes.
    pub(in crate::analysis) needed: HashSet<Number, RandomState>,
    /// What is left of the work.
    pub(in crate::analysis) work: Work,
}

impl<'m> Search<'m> {
    pub(in crate::analysis) fn new(model: &'m Model, term: ActionTerm, mut asker: Asker<'m>) -> Result<Self> {
        let mut actions = Actions::new(&model.catalogs, &model.settings);
        let terms = [term];
        let mut budget = asker.work.question();
        let (classes, _) = actions.classes(&[], Some(&terms), &mut budget);
        asker.work.spend(budget.used());
        let gone = || Error::new(ErrorCode::Internal, "an action that is asked for has no class");
        let class = classes.into_iter().next().ok_or_else(gone)?;
        let (one, lists) = (actions.one(&class), asker.lists(&class));
        let (answers, by_hash, known, needed) = Default::default();
        let covering = std::iter::repeat_with(|| None).take(model.policies.len()).collect();
        Ok(Search { model, actions, class, one, asker, lists, covering, answers, by_hash, known, needed })
    }

    /// All that was found.
    pub(in crate::analysis) fn finish(self) -> Searched {
        Searched { answers: self.answers, needed: self.needed, work: self.asker.work }
    }

    /// An answer by the number that was given for it.
    pub(in crate::analysis) fn answer(&self, number: usize) -> &Answer {
        const NONE: &Answer = &Answer { standing: Standing::Never, on: Vec::new(), doubts: Vec::new() };
        self.answers.get(number).unwrap_or(NONE)
    }

    /// The number of the answer for the account root.
    pub(in crate::analysis) fn root(&mut self) -> usize {
        let answer = self.asker.root(&self.class);
        self.numbered(answer)
    }

    /// The number of the answer for a caller without a name of its own.
    pub(in crate::analysis) fn unnamed(
        &mut self,
        attached: &[PolicyId],
        boundary: Option<&[PolicyId]>,
    ) -> usize {
        self.cover(attached, boundary);
        self.one(attached, boundary, None)
    }

    /// Callers of equal policies and boundary, with the numbers of their answers: only their own numbers tell them apart.
    pub(in crate::analysis) fn callers<'p>(
        &mut self,
        attached: &[PolicyId],
        boundary: Option<&[PolicyId]>,
        members: &'p [Principal],
    ) -> Vec<(&'p [Principal], usize)> {
        if !self.cover(attached, boundary) {
            return vec![(members, self.one(attached, boundary, None))];
        }
        let model = self.model;
        let name = |one: &'p [Principal]| one.first().map(|member| member.name(model));
        members.chunks(1).map(|one| (one, self.one(attached, boundary, name(one)))).collect()
    }

    /// What all have been asked about.
    fn one(&mut self, attached: &[PolicyId], boundary: Option<&[PolicyId]>, name: Option<&str>) -> usize {
        let caller = name.map(Caller::named).unwrap_or_default();
        let key: Key = (self.telling(attached), boundary.map(|ids| self.telling(ids)), caller.uin.clone());
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let answer = match self.together(&key) {
            Some(answer) => answer,
            None => self.ask(&key, &caller),
        };
        if answer.standing != Standing::Never {
            self.note_needed(&key, &caller);
        }
        let number = self.numbered(answer);
        self.known.insert(key, number);
        number
    }

    /// The number of an answer.
    fn numbered(&mut self, answer: Answer) -> usize {
        let number = self.answers.len();
        let hash = self.by_hash.hasher().hash_one(&answer);
        if let Some(known) = self.by_hash.insert(hash, number)
            && self.answers.get(known) == Some(&answer)
        {
            self.by_hash.insert(hash, known);
            return known;
        }
        self.answers.push(answer);
        number
    }

    /// Those of some policies that have statements which cover the action.
    fn telling(&self, policies: &[PolicyId]) -> Vec<PolicyId> {
        let tells = |id: &PolicyId| self.covered(*id).is_some_and(|covering| !covering.statements.is_empty());
        policies.iter().copied().filter(tells).collect()
    }

    /// The answer where nothing but the address is read.
    fn together(&mut self, (attached, boundary, _): &Key) -> Option<Answer> {
        let lists = self.lists.as_ref()?;
        let covering = &self.covering;
        let ranges = |id: &PolicyId| covering.get(id.0 as usize)?.as_ref()?.ranges.as_ref();
        let ranges = |ids: &[PolicyId]| ids.iter().map(ranges).collect::<Option<Vec<&Ranges>>>();
        let bounds = match boundary {
            Some(ids) => Some(ranges(ids)?),
            None => None,
        };
        Some(self.asker.together(lists, &ranges(attached)?, bounds.as_deref()))
    }

    fn ask(&mut self, (attached, boundary, _): &Key, caller: &Caller) -> Answer {
        let (held, bounds) = (self.gather(attached), boundary.as_deref().map(|ids| self.gather(ids)));
        self.with(&held, bounds.as_deref(), |asker, class| asker.policies(class, caller))
    }

    /// Asks about the class with some statements.
    fn with<T>(
        &mut self,
        held: &[(Number, &'m Statement)],
        bounds: Option<&[(Number, &'m Statement)]>,
        ask: impl FnOnce(&mut Asker<'m>, &ActionClass<'m>) -> T,
    ) -> T {
        let plain = |all: &[(Number, &'m Statement)]| all.iter().map(|(_, s)| *s).collect();
        self.class.sets = [Some(plain(held)), bounds.map(plain)].into_iter().flatten().collect();
        let answer = ask(&mut self.asker, &self.class);
        self.class.sets.clear();
        answer
    }

    /// Every allow that lets the caller pass without the others: nobody may only where none of them is left.
    fn note_needed(&mut self, (attached, boundary, _): &Key, caller: &Caller) {
        let open = |id: &PolicyId| self.covered(*id).is_some_and(|covering| !covering.needed);
        if !attached.iter().any(open) {
            return;
        }
        let (held, bounds) = (self.gather(attached), boundary.as_deref().map(|ids| self.gather(ids)));
        for (number, statement) in &held {
            if statement.effect == Effect::Deny || self.needed.contains(number) {
                continue;
            }
            let alone = |(other, s): &&(Number, &'m Statement)| s.effect == Effect::Deny || other == number;
            let left: Vec<_> = held.iter().filter(alone).copied().collect();
            if self.with(&left, bounds.as_deref(), |asker, class| asker.may(class, caller)) {
                self.needed.insert(*number);
            }
        }
        for id in attached {
            if let Some(Some(covering)) = self.covering.get_mut(id.0 as usize) {
                let known = |(number, s): &(Number, &Statement)| {
                    s.effect == Effect::Deny || self.needed.contains(number)
                };
                covering.needed = covering.statements.iter().all(known);
            }
        }
    }

    fn covered(&self, id: PolicyId) -> Option<&Covering<'m>> {
        self.covering.get(id.0 as usize)?.as_ref()
    }

    /// Finds the statements of some policies that cover the action; whether one of them reads the caller's number.
    fn cover(&mut self, attached: &[PolicyId], boundary: Option<&[PolicyId]>) -> bool {
        let mut numbered = false;
        for id in attached.iter().chain(boundary.into_iter().flatten()) {
            numbered |= match self.covered(*id) {
                Some(known) => known.numbered,
                None => self.cover_one(*id),
            };
        }
        numbered
    }

    fn cover_one(&mut self, id: PolicyId) -> bool {
        let policy = self.model.policies.get(id.0 as usize).filter(|p| p.kind == PolicyKind::Identity);
        let all = (0..).zip(policy.into_iter().flat_map(|policy| &policy.statements));
        let covers = all.filter(|(_, statement)| self.actions.covers(&self.one, statement));
        let statements: Vec<_> = covers.map(|(at, statement)| ((id, at), statement)).collect();
        let numbered = statements.iter().any(|(_, statement)| reads_number(statement));
        let ranges = self.with(&statements, None, |asker, class| asker.ranges(class));
        if let Some(place) = self.covering.get_mut(id.0 as usize) {
            *place = Some(Covering { statements, numbered, ranges, needed: false });
        }
        numbered
    }

    /// Statements of some policies that cover the action; those that have been asked about.
    fn gather(&self, policies: &[PolicyId]) -> Vec<(Number, &'m Statement)> {
        let covering = policies.iter().filter_map(|id| self.covered(*id));
        covering.flat_map(|covering| &covering.statements).copied().collect()
    }

    /// Statements of some policies that cover the action.
    pub(in crate::analysis) fn statements(&mut self, policies: &[PolicyId]) -> Vec<(Number, &'m Statement)> {
        self.cover(policies, None);
        self.gather(policies)
    }
}
