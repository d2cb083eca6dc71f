//! One assert held against all callers that it speaks of.
//!
//! Callers are alike to an assert where the policies that say something of its actions are the same. A caller none of
//! whose policies could allow by itself is allowed nothing, so that most callers need no look.

use super::cover::{Cover, Covers};
use super::glance::{Glance, Plain};
use super::{AssertReport, CounterExample, Verdict, told};
use crate::address::address;
use crate::analysis::callers::{Callers, Principal};
use crate::analysis::places::Places;
use crate::analysis::progress;
use crate::analysis::reads::{clause_reads_number, reads_number};
use crate::analysis::space::{
    self, ActionClass, Actions, Answer, Clause, Doubt, Parts, Reader, Size, Subject, Witness,
};
use crate::analysis::work::Work;
use crate::check::{Decision, Gate, Request};
use crate::error::{Error, ErrorCode, Result};
use crate::model::Subject as Whom;
use crate::model::{Assert, Effect, Model, PolicyId, Statement, Who, WhoKind};
use std::cell::OnceCell;
use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;
use std::sync::Arc;

/// Which calls would show that an assert does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sought {
    /// Those that are allowed.
    Allowed,
    /// Those that are decided and not allowed.
    Refused,
}

/// Judges the asserts of one set.
pub(super) struct Judge<'m> {
    gate: &'m Gate,
    pub(super) model: &'m Model,
    callers: Rc<Callers>,
    /// All of them in order, each with its class; none where nobody has asked.
    in_order: Option<Rc<[(Principal, usize)]>>,
    covers: Covers<'m>,
    pub(super) actions: Actions<'m>,
    places: Places<'m>,
    reader: Reader<'m>,
    pub(super) work: Work,
}

/// An assert while it is judged.
pub(super) struct Asked<'m> {
    pub(super) assert: &'m Assert,
    pub(super) clauses: Vec<Clause<'m>>,
    pub(super) sought: Sought,
    /// No call that the assert speaks of says less.
    least: Size,
    cover: Arc<Cover>,
    /// What is plain of policies; none where the assert speaks of actions that no catalog lists.
    glance: Option<Glance>,
    /// By policy; none where nobody has asked.
    policies: Vec<Option<Rc<Matter<'m>>>>,
    /// The best counter-example so far.
    pub(super) found: Option<Found>,
    pub(super) doubts: BTreeSet<Doubt>,
}

/// What of a policy matters to an assert.
#[derive(Default)]
struct Matter<'m> {
    statements: Vec<&'m Statement>,
    /// Whether some statement reads the caller's number.
    numbered: bool,
    /// What is plain of it.
    plain: Plain,
    /// Whether it could allow by itself; worked out where it is asked for.
    allows: OnceCell<bool>,
}

/// A call that was found.
pub(super) struct Found {
    /// None is the account root.
    pub(super) principal: Option<Principal>,
    pub(super) action: String,
    /// How many actions are alike.
    pub(super) alike: usize,
    pub(super) witness: Witness,
    size: Size,
    rank: Rank,
}

impl Found {
    /// The least of these is shown: who says least, then the first caller, then the first action.
    fn order(&self) -> (Size, Option<Principal>, &Rank) {
        (self.size, self.principal, &self.rank)
    }
}

/// Where an action stands in the catalogs; those of opaque services last, by name.
pub(super) type Rank = (u32, u32, Box<str>);

/// One class of actions, looked at.
pub(super) struct Looked {
    pub(super) action: String,
    pub(super) rank: Rank,
    /// How many actions are alike.
    pub(super) alike: usize,
    pub(super) answer: Answer,
    /// Where it is undecided, all on what it may depend.
    pub(super) doubts: BTreeSet<Doubt>,
}

/// What matters of the callers of a class.
struct Mattering {
    policies: Vec<PolicyId>,
    boundary: Option<Vec<PolicyId>>,
    /// The caller's number does.
    numbered: bool,
    /// One of them has been looked at.
    looked: bool,
}

/// What matters of a class of callers; none where it can show nothing.
type Class = Option<Box<Mattering>>;

/// Policies that matter, those of the boundary, and the caller's number where it matters.
type Key = (Vec<PolicyId>, Option<Vec<PolicyId>>, Option<String>);

impl<'m> Judge<'m> {
    pub(super) fn new(gate: &'m Gate) -> Self {
        Self::within(gate, Work::new())
    }

    /// [`Judge::new`] with other limits.
    pub(super) fn within(gate: &'m Gate, mut work: Work) -> Self {
        let model = gate.model();
        let callers = Rc::new(Callers::new(model, &mut work));
        let actions = Actions::new(&model.catalogs, &model.settings);
        let (covers, places) = (Covers::new(model), Places::new(model));
        let reader = Reader::new(&model.settings);
        Judge { gate, model, callers, in_order: None, covers, actions, places, reader, work }
    }

    /// Proves one assert, or finds what it overlooks.
    pub(super) fn judge(&mut self, assert: &'m Assert) -> Result<AssertReport> {
        // Where no work is left, no caller is looked at.
        let left = self.work.spend(self.steps_of(&assert.subject));
        let (chosen, root, sought) =
            if left { self.whom(assert) } else { ([].into(), false, Sought::Allowed) };
        let when = assert.conditions.iter().map(Clause::When);
        let clauses = when.chain(assert.resources.as_deref().map(Clause::On)).collect();
        let cover = self.covers.of(&assert.actions);
        let (policies, found) = (vec![None; self.model.policies.len()], None);
        let doubts = (self.callers.cut || !left).then_some(Doubt::Budget).into_iter().collect();
        let least = Size::NOTHING;
        let glance = None;
        let mut asked = Asked { assert, clauses, sought, least, cover, glance, policies, found, doubts };
        if left {
            asked.least = self.least(&asked);
            asked.glance = self.glance(&asked);
        }
        if root {
            self.root(&mut asked);
        }
        self.callers_of(&mut asked, &chosen);
        let verdict = self.verdict(&asked)?;
        let diagnostic = told::of(self.model, assert, &verdict, asked.found.as_ref(), &self.places);
        Ok(AssertReport { verdict, diagnostic, span: assert.span })
    }

    /// How little a call can say that the clauses admit; nothing, where that cannot be told for all callers at once.
    fn least(&mut self, asked: &Asked<'m>) -> Size {
        if asked.clauses.is_empty() || asked.clauses.iter().any(clause_reads_number) {
            return Size::NOTHING;
        }
        let mut least = Size::ANYTHING;
        let doubt = self.each_class(asked, &[], |judge, class| {
            let (space, mut budget) = judge.space(asked, class, &space::Caller::default());
            let answer = space.smallest_any(&mut budget);
            let certain = !budget.is_spent() && space.doubts().is_empty();
            judge.work.spend(budget.used());
            least = least.min(match answer {
                Answer::Found(witness) if certain => Size::of(&witness),
                Answer::Nothing if certain => Size::ANYTHING,
                _ => Size::NOTHING,
            });
        });
        if doubt.is_some() { Size::NOTHING } else { least }
    }

    /// Steps in which the callers that an assert speaks of are found.
    fn steps_of(&self, subject: &Whom) -> u64 {
        match subject {
            // Users are found by name.
            Whom::These(who)
                if who.iter().all(|who| matches!(who.kind, WhoKind::User(_) | WhoKind::Root)) =>
            {
                who.len() as u64
            }
            Whom::NoOne | Whom::Everyone => self.callers.steps(),
            Whom::Only(who) | Whom::These(who) => self.callers.steps() + who.len() as u64,
        }
    }

    /// The callers that an assert speaks of, whether root is one, and what would show that it fails.
    fn whom(&mut self, assert: &Assert) -> (Rc<[(Principal, usize)]>, bool, Sought) {
        let sought = if assert.negated { Sought::Allowed } else { Sought::Refused };
        match &assert.subject {
            Whom::NoOne => (self.everyone(), false, Sought::Allowed),
            Whom::Everyone => (self.everyone(), false, Sought::Refused),
            Whom::Only(who) => (self.chosen(who, true), false, Sought::Allowed),
            Whom::These(who) => {
                let root = who.iter().any(|who| who.kind == WhoKind::Root);
                (self.chosen(who, false), root, sought)
            }
        }
    }

    /// All callers in order.
    fn everyone(&mut self) -> Rc<[(Principal, usize)]> {
        let callers = &self.callers;
        Rc::clone(self.in_order.get_or_insert_with(|| callers.in_order().into()))
    }

    /// Those that are one of these (or, with `outside`, none of these), in order.
    fn chosen(&self, who: &[Who], outside: bool) -> Rc<[(Principal, usize)]> {
        let chosen = self.callers.chosen(who, outside).into_iter();
        let each = chosen.flat_map(|(class, members)| members.into_iter().map(move |member| (member, class)));
        let mut all: Vec<(Principal, usize)> = each.collect();
        all.sort_unstable();
        all.into()
    }

    /// What can be plain of policies to an assert.
    fn glance(&mut self, asked: &Asked<'m>) -> Option<Glance> {
        let mut classes = Vec::new();
        let doubt = self.each_class(asked, &[], |_, class| classes.push(class.clone()));
        if doubt.is_some() {
            return None;
        }
        Glance::of(self.model, &classes, (&asked.clauses, asked.sought), &mut self.reader)
    }

    /// One caller after the other in the order of the set, so that of several the first is shown.
    fn callers_of(&mut self, asked: &mut Asked<'m>, members: &[(Principal, usize)]) {
        let mut classes: Vec<Option<Class>> = Vec::new();
        classes.resize_with(self.callers.classes.len(), || None);
        let mut seen: HashSet<Key> = HashSet::new();
        let numbered = asked.clauses.iter().any(clause_reads_number);
        let steps = progress::steps("callers", members.len());
        for (member, class) in members {
            if asked.is_settled() {
                return;
            }
            steps.step();
            let Some(known) = classes.get_mut(*class) else { continue };
            let known = known.get_or_insert_with(|| self.class_of(asked, *class, numbered).map(Box::new));
            let Some(of) = known.as_mut().filter(|of| of.numbered || !of.looked) else { continue };
            of.looked = true;
            let number = of.numbered.then(|| member.name(self.model).to_owned());
            let number = number.filter(|name| name.bytes().all(|b| b.is_ascii_digit()));
            if !asked.is_settled() && seen.insert((of.policies.clone(), of.boundary.clone(), number)) {
                self.caller(asked, *member, &of.policies, of.boundary.as_deref());
            }
        }
    }

    /// What matters of a class; none where it can show nothing.
    fn class_of(&mut self, asked: &mut Asked<'m>, class: usize, numbered: bool) -> Option<Mattering> {
        let size = self.callers.classes.get(class).map_or(0, |class| class.policies.len() as u64);
        if !self.work.spend(size + 1) {
            asked.doubts.insert(Doubt::Budget);
        }
        if self.is_plain(asked, class) {
            return None;
        }
        let (policies, boundary) = self.mattering(asked, class)?;
        let all: Vec<PolicyId> = policies.iter().chain(boundary.iter().flatten()).copied().collect();
        let numbered = numbered || all.into_iter().any(|id| self.matter(asked, id).numbered);
        Some(Mattering { policies, boundary, numbered, looked: false })
    }

    /// Whether it is plain that a class can show nothing.
    fn is_plain(&mut self, asked: &mut Asked<'m>, class: usize) -> bool {
        let callers = Rc::clone(&self.callers);
        let Some(class) = callers.classes.get(class).filter(|_| asked.glance.is_some()) else { return false };
        let mut matters = |ids: &[PolicyId]| -> Vec<Rc<Matter<'m>>> {
            ids.iter().map(|id| self.matter(asked, *id)).collect()
        };
        let (attached, bounds) = (matters(&class.policies), class.boundary.as_deref().map(&mut matters));
        fn plain<'p>(all: &'p [Rc<Matter<'_>>]) -> Vec<&'p Plain> {
            all.iter().map(|matter| &matter.plain).collect()
        }
        let bounds = bounds.as_deref().map(plain);
        let glance = asked.glance.as_ref();
        glance.is_some_and(|glance| glance.is_settled(&plain(&attached), bounds.as_deref()))
    }

    /// The policies of a class that matter, and those of its boundary; none where the class can show nothing.
    fn mattering(
        &mut self,
        asked: &mut Asked<'m>,
        class: usize,
    ) -> Option<(Vec<PolicyId>, Option<Vec<PolicyId>>)> {
        let callers = Rc::clone(&self.callers);
        let class = callers.classes.get(class)?;
        let (mut policies, mut allows) = (Vec::new(), false);
        for id in class.policies.iter().copied() {
            let matter = self.matter(asked, id);
            if !matter.statements.is_empty() {
                policies.push(id);
                allows = allows || self.allows(asked, &matter);
            }
        }
        if asked.sought == Sought::Allowed && !allows {
            return None;
        }
        let boundary = class.boundary.as_ref().map(|bounds| {
            let telling = bounds.iter().filter(|id| !self.matter(asked, **id).statements.is_empty());
            telling.copied().collect()
        });
        Some((policies, boundary))
    }

    /// What of a policy matters; worked out once for each assert.
    fn matter(&mut self, asked: &mut Asked<'m>, id: PolicyId) -> Rc<Matter<'m>> {
        if let Some(Some(known)) = asked.policies.get(id.0 as usize) {
            return Rc::clone(known);
        }
        let model = self.model;
        let all = model.policies.get(id.0 as usize).map_or(&[][..], |policy| &policy.statements);
        let plain = asked.glance.as_ref().map_or_else(Plain::default, Glance::nothing);
        let mut matter = Matter { plain, ..Matter::default() };
        for statement in all {
            let cover = self.covers.of(&statement.actions);
            if cover.meets(&asked.cover) {
                matter.numbered |= reads_number(statement);
                matter.statements.push(statement);
                if let Some(glance) = &asked.glance {
                    glance.add_statement(&mut matter.plain, statement, &cover, &mut self.reader);
                }
            }
        }
        self.work.spend(all.len() as u64 + 1);
        let matter = Rc::new(matter);
        if let Some(place) = asked.policies.get_mut(id.0 as usize) {
            *place = Some(Rc::clone(&matter));
        }
        matter
    }

    /// Whether a policy could allow by itself.
    fn allows(&mut self, asked: &Asked<'m>, matter: &Matter<'m>) -> bool {
        let could = || {
            matter.statements.iter().any(|s| s.effect == Effect::Allow)
                && (asked.sought == Sought::Refused
                    || matter.numbered
                    || self.could_allow(asked, &matter.statements))
        };
        *matter.allows.get_or_init(could)
    }

    /// Whether some call is allowed by these statements alone, as far as can be told.
    fn could_allow(&mut self, asked: &Asked<'m>, statements: &[&'m Statement]) -> bool {
        let mut found = false;
        let doubt = self.each_class(asked, &[statements], |judge, class| {
            let could = |judge: &mut Self| {
                let (space, mut budget) = judge.space(asked, class, &space::Caller::default());
                let answer = space.allowed(0, None, &mut budget);
                judge.work.spend(budget.used());
                !matches!(answer, Answer::Nothing)
            };
            found = found || (allows(class) && could(judge));
        });
        doubt.is_some() || found
    }

    /// Hands every class of the assert's actions to `each`; why there may be more.
    pub(super) fn each_class(
        &mut self,
        asked: &Asked<'m>,
        sets: &[&[&'m Statement]],
        mut each: impl FnMut(&mut Self, &ActionClass<'m>),
    ) -> Option<Doubt> {
        let mut budget = self.work.question();
        let (classes, doubt) = self.actions.classes(sets, Some(&asked.assert.actions), &mut budget);
        self.work.spend(budget.used() + sets.iter().map(|set| set.len() as u64).sum::<u64>());
        classes.iter().for_each(|class| each(self, class));
        doubt
    }

    fn caller(
        &mut self,
        asked: &mut Asked<'m>,
        member: Principal,
        policies: &[PolicyId],
        boundary: Option<&[PolicyId]>,
    ) {
        let mut gather = |ids: &[PolicyId]| -> Vec<&'m Statement> {
            ids.iter().flat_map(|id| self.matter(asked, *id).statements.clone()).collect()
        };
        let (attached, bounds) = (gather(policies), boundary.map(&mut gather));
        let sets: Vec<&[&'m Statement]> =
            [Some(attached.as_slice()), bounds.as_deref()].into_iter().flatten().collect();
        let caller = space::Caller::named(member.name(self.model));
        let bounded = bounds.is_some().then_some(1);
        let most = asked.found.as_ref().map_or(Size::ANYTHING, |found| found.size);
        let mut looked = Vec::new();
        let doubt = self.each_class(asked, &sets, |judge, class| {
            let (answer, doubts) = judge.ask(asked, class, &caller, bounded, most);
            looked.push(judge.looked(class, answer, doubts));
        });
        asked.doubts.extend(doubt);
        looked.into_iter().for_each(|one| asked.take(Some(member), one));
    }

    /// One class of actions, one caller; and where that is undecided, on what it may depend.
    fn ask(
        &mut self,
        asked: &Asked<'m>,
        class: &ActionClass<'m>,
        caller: &space::Caller,
        boundary: Option<usize>,
        most: Size,
    ) -> (Answer, BTreeSet<Doubt>) {
        if asked.sought == Sought::Allowed && !allows(class) {
            return (Answer::Nothing, BTreeSet::new());
        }
        let (space, mut budget) = self.space(asked, class, caller);
        let answer = match asked.sought {
            Sought::Allowed => space.smallest_allowed(0, boundary, most, &mut budget),
            Sought::Refused => space.smallest_refused(0, boundary, most, &mut budget),
        };
        self.work.spend(budget.used());
        let doubts = doubts(&space, &answer);
        (answer, doubts)
    }

    /// The calls of one class of actions, and what may be spent on them.
    fn space(
        &mut self,
        asked: &Asked<'m>,
        class: &ActionClass<'m>,
        caller: &space::Caller,
    ) -> (Parts, space::Budget) {
        let mut budget = self.work.question();
        let space = space_of(class, &asked.clauses, caller, &mut self.reader, &mut budget);
        (space, budget)
    }

    pub(super) fn looked(&self, class: &ActionClass<'m>, answer: Answer, doubts: BTreeSet<Doubt>) -> Looked {
        let name = class.names.first().cloned().unwrap_or_default();
        let id = self.model.catalogs.resolve(&class.service, &name);
        let (service, row) = id.map_or((u32::MAX, 0), |id| (id.service.0, id.action));
        let rank = (service, row, class.action().into());
        Looked { action: class.action(), rank, alike: class.names.len(), answer, doubts }
    }

    fn verdict(&self, asked: &Asked<'m>) -> Result<Verdict> {
        match &asked.found {
            Some(found) => Ok(Verdict::Fails(Box::new(self.shown(found, asked.sought)?))),
            None if asked.doubts.is_empty() => Ok(Verdict::Holds),
            None => Ok(Verdict::Undecided(asked.doubts.iter().cloned().collect())),
        }
    }

    /// What was found, as the gate decides it at both ends of the prefix.
    fn shown(&self, found: &Found, sought: Sought) -> Result<CounterExample> {
        let mut request = found.witness.request("root", found.action.as_str());
        if let Some(principal) = found.principal {
            self.callers.ask_as(self.model, principal, &mut request);
        }
        if let Some(prefix) = found.witness.prefix {
            let last = request.clone().address(address(prefix.family, prefix.last()));
            self.decided(&last, sought)?;
        }
        let decision = self.decided(&request, sought)?;
        Ok(CounterExample { request, prefix: found.witness.prefix, decision })
    }

    fn decided(&self, request: &Request, sought: Sought) -> Result<Decision> {
        let decision = self.gate.check(request);
        match decision {
            Ok(decision) if decision.allowed == (sought == Sought::Allowed) => Ok(decision),
            Ok(decision) => Err(differs(request, decision.reason.as_str())),
            Err(error) => Err(differs(request, error.code().as_str())),
        }
    }
}

/// The calls of one class of actions.
pub(super) fn space_of<'s>(
    class: &ActionClass<'s>,
    clauses: &[Clause<'s>],
    caller: &space::Caller,
    reader: &mut Reader<'s>,
    budget: &mut space::Budget,
) -> Parts {
    let ActionClass { service, facts, sets, .. } = class;
    Parts::new(&Subject { service, facts: *facts, sets, caller, clauses }, reader, budget)
}

#[cold]
fn differs(request: &Request, answer: &str) -> Error {
    let call = format!("`{}` calling `{}`", request.principal, request.action);
    let message =
        format!("a counter-example is answered otherwise: {call} gives `{answer}`; please report this");
    Error::new(ErrorCode::Internal, message)
}

impl Asked<'_> {
    /// Takes an answer: of several calls the smallest is kept.
    pub(super) fn take(&mut self, principal: Option<Principal>, looked: Looked) {
        let Looked { action, rank, alike, answer, doubts } = looked;
        match answer {
            Answer::Nothing => {}
            Answer::Undecided(doubt) => self.doubts.extend(doubts.into_iter().chain([doubt])),
            Answer::Found(witness) => {
                let size = Size::of(&witness);
                let found = Found { principal, action, alike, witness: *witness, size, rank };
                if self.found.as_ref().is_none_or(|best| found.order() < best.order()) {
                    self.found = Some(found);
                }
            }
        }
    }

    /// Whether nothing smaller can be found, or nothing more can be looked at.
    fn is_settled(&self) -> bool {
        self.found.as_ref().is_some_and(|found| found.size <= self.least)
            || self.doubts.contains(&Doubt::Budget)
    }
}

/// Whether some attached statement allows.
fn allows(class: &ActionClass<'_>) -> bool {
    class.sets.first().is_some_and(|set| set.iter().any(|s| s.effect == Effect::Allow))
}

/// All on what an answer may depend that is undecided.
pub(super) fn doubts(space: &Parts, answer: &Answer) -> BTreeSet<Doubt> {
    match answer {
        Answer::Undecided(_) => space.doubts(),
        Answer::Found(_) | Answer::Nothing => BTreeSet::new(),
    }
}
