//! One action held against callers; callers whose statements are the same are looked at once.

use crate::analysis::ask::Asker;
use crate::analysis::callers::Principal;
use crate::analysis::reads::reads_number;
use crate::analysis::space::{ActionClass, Actions, Caller, OneAction};
use crate::analysis::standing::{Answer, Standing};
use crate::error::{Error, ErrorCode, Result};
use crate::model::{ActionTerm, Effect, Model, PolicyId, PolicyKind, Statement};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

/// A statement that covers the action, by the numbers of its policy and its own.
pub(in crate::analysis) type Number = (PolicyId, u32);

/// Policies that have statements which cover the action, attached and of the boundary, and the caller's number where one of
/// them reads it.
type Key = (Vec<PolicyId>, Option<Vec<PolicyId>>, Option<Box<str>>);

/// What of a policy covers the action.
#[derive(Default)]
struct Covering<'m> {
    statements: Vec<(Number, &'m Statement)>,
    /// Some statement reads the caller's number.
    numbered: bool,
}

/// One action held against callers.
pub(in crate::analysis) struct Search<'m> {
    model: &'m Model,
    terms: [ActionTerm; 1],
    actions: Actions<'m>,
    /// The action, with no statements; worked out once.
    class: Option<(ActionClass<'m>, OneAction<'m>)>,
    asker: Asker<'m>,
    /// By policy; none where it has not been asked about.
    covering: Vec<Option<Rc<Covering<'m>>>>,
    known: HashMap<Key, Rc<Answer>>,
    /// Answers that depend on nothing, each once.
    plain: Vec<Rc<Answer>>,
    /// Allows by which some caller passes.
    needed: HashSet<Number>,
}

impl<'m> Search<'m> {
    pub(in crate::analysis) fn new(model: &'m Model, term: ActionTerm, asker: Asker<'m>) -> Self {
        let actions = Actions::new(&model.catalogs, &model.settings);
        let (known, plain, needed) = Default::default();
        let covering = vec![None; model.policies.len()];
        Search { model, terms: [term], actions, class: None, asker, covering, known, plain, needed }
    }

    /// The account root.
    pub(in crate::analysis) fn root(&mut self) -> Result<Answer> {
        let (class, one) = self.class()?;
        let answer = self.asker.root(&class);
        self.class = Some((class, one));
        Ok(answer)
    }

    /// A caller without a name of its own.
    pub(in crate::analysis) fn unnamed(
        &mut self,
        attached: &[PolicyId],
        boundary: Option<&[PolicyId]>,
    ) -> Result<Rc<Answer>> {
        self.one(attached, boundary, None)
    }

    /// Callers of equal policies and boundary, by answer: only their numbers tell them apart.
    pub(in crate::analysis) fn callers<'p>(
        &mut self,
        attached: &[PolicyId],
        boundary: Option<&[PolicyId]>,
        members: &'p [Principal],
    ) -> Result<Vec<(&'p [Principal], Rc<Answer>)>> {
        let mut numbered = false;
        for id in attached.iter().chain(boundary.into_iter().flatten()) {
            numbered |= self.covering(*id)?.numbered;
        }
        if !numbered {
            let answer = self.one(attached, boundary, None)?;
            return Ok(vec![(members, answer)]);
        }
        let model = self.model;
        let name = |one: &'p [Principal]| one.first().map(|member| member.name(model));
        members.chunks(1).map(|one| Ok((one, self.one(attached, boundary, name(one))?))).collect()
    }

    fn one(
        &mut self,
        attached: &[PolicyId],
        boundary: Option<&[PolicyId]>,
        name: Option<&str>,
    ) -> Result<Rc<Answer>> {
        let caller = name.map(Caller::named).unwrap_or_default();
        let bounds = boundary.map(|ids| self.telling(ids)).transpose()?;
        let key: Key = (self.telling(attached)?, bounds, caller.uin.clone());
        if let Some(known) = self.known.get(&key) {
            return Ok(Rc::clone(known));
        }
        let held = self.gather(&key.0)?;
        let bounds = key.1.as_deref().map(|ids| self.gather(ids)).transpose()?;
        let answer = self.ask(&held, bounds.as_deref(), &caller)?;
        let answer = self.shared(answer);
        if answer.standing != Standing::Never {
            self.note_needed(&held, bounds.as_deref(), &caller)?;
        }
        self.known.insert(key, Rc::clone(&answer));
        Ok(answer)
    }

    /// An answer; one for all that depend on nothing.
    fn shared(&mut self, answer: Answer) -> Rc<Answer> {
        if !answer.on.is_empty() {
            return Rc::new(answer);
        }
        if let Some(known) = self.plain.iter().find(|known| ***known == answer) {
            return Rc::clone(known);
        }
        let answer = Rc::new(answer);
        self.plain.push(Rc::clone(&answer));
        answer
    }

    /// Those of some policies that have statements which cover the action.
    fn telling(&mut self, policies: &[PolicyId]) -> Result<Vec<PolicyId>> {
        let mut telling = Vec::with_capacity(policies.len());
        for id in policies {
            if !self.covering(*id)?.statements.is_empty() {
                telling.push(*id);
            }
        }
        Ok(telling)
    }

    fn ask(
        &mut self,
        held: &[(Number, &'m Statement)],
        bounds: Option<&[(Number, &'m Statement)]>,
        caller: &Caller,
    ) -> Result<Answer> {
        self.with(held, bounds, |asker, class| asker.policies(class, caller))
    }

    /// Asks about the class with some statements.
    fn with<T>(
        &mut self,
        held: &[(Number, &'m Statement)],
        bounds: Option<&[(Number, &'m Statement)]>,
        ask: impl FnOnce(&mut Asker<'m>, &ActionClass<'m>) -> T,
    ) -> Result<T> {
        let plain = |all: &[(Number, &'m Statement)]| all.iter().map(|(_, s)| *s).collect();
        let (mut class, one) = self.class()?;
        class.sets = [Some(plain(held)), bounds.map(plain)].into_iter().flatten().collect();
        let answer = ask(&mut self.asker, &class);
        class.sets.clear();
        self.class = Some((class, one));
        Ok(answer)
    }

    /// Every allow that lets the caller pass without the others: nobody may only where none of them is left.
    fn note_needed(
        &mut self,
        held: &[(Number, &'m Statement)],
        bounds: Option<&[(Number, &'m Statement)]>,
        caller: &Caller,
    ) -> Result<()> {
        for (number, statement) in held {
            if statement.effect == Effect::Deny || self.needed.contains(number) {
                continue;
            }
            let alone = |(other, s): &&(Number, &'m Statement)| s.effect == Effect::Deny || other == number;
            let left: Vec<_> = held.iter().filter(alone).copied().collect();
            if self.with(&left, bounds, |asker, class| asker.may(class, caller))? {
                self.needed.insert(*number);
            }
        }
        Ok(())
    }

    /// Policies and ids of the allows that are needed.
    pub(in crate::analysis) fn needed(&self) -> BTreeSet<(&'m str, &'m str)> {
        let named = |(id, at): &Number| {
            let policy = self.model.policies.get(id.0 as usize)?;
            Some((policy.name.as_ref(), policy.statements.get(*at as usize)?.id.as_ref()))
        };
        self.needed.iter().filter_map(named).collect()
    }

    /// The one class of actions, without statements. It is taken out; who puts statements in puts it back.
    fn class(&mut self) -> Result<(ActionClass<'m>, OneAction<'m>)> {
        if let Some(known) = self.class.take() {
            return Ok(known);
        }
        let mut budget = self.asker.work.question();
        let (classes, _) = self.actions.classes(&[], Some(&self.terms), &mut budget);
        self.asker.work.spend(budget.used());
        let gone = || Error::new(ErrorCode::Internal, "an action that is asked for has no class");
        let class = classes.into_iter().next().ok_or_else(gone)?;
        let one = self.actions.one(&class);
        Ok((class, one))
    }

    /// The statements of a policy that cover the action.
    fn covering(&mut self, id: PolicyId) -> Result<Rc<Covering<'m>>> {
        if let Some(Some(known)) = self.covering.get(id.0 as usize) {
            return Ok(Rc::clone(known));
        }
        let mut covering = Covering::default();
        let (class, one) = self.class()?;
        let policy = self.model.policies.get(id.0 as usize).filter(|p| p.kind == PolicyKind::Identity);
        for (at, statement) in (0..).zip(policy.into_iter().flat_map(|policy| &policy.statements)) {
            if self.actions.covers(&one, statement) {
                covering.numbered |= reads_number(statement);
                covering.statements.push(((id, at), statement));
            }
        }
        self.class = Some((class, one));
        let covering = Rc::new(covering);
        if let Some(place) = self.covering.get_mut(id.0 as usize) {
            *place = Some(Rc::clone(&covering));
        }
        Ok(covering)
    }

    /// Statements of some policies that cover the action.
    pub(in crate::analysis) fn gather(
        &mut self,
        policies: &[PolicyId],
    ) -> Result<Vec<(Number, &'m Statement)>> {
        let mut all = Vec::new();
        for id in policies {
            all.extend_from_slice(&self.covering(*id)?.statements);
        }
        Ok(all)
    }
}
