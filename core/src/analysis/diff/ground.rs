//! What two policy sets stand on: the actions that each knows and what its catalog says of them, its owner, its regions.
//! On the same ground equal statements say the same; on different ground an action is looked at by both sides' lights.

use crate::analysis::space::{ActionClass, Actions, Budget, Doubt, Facts};
use crate::catalog::{Catalogs, Service};
use crate::model::{ActionKind, ActionTerm, Effect, IpUnsupported, Model, Notes, Settings, Statement};
use passgate_grammar::Span;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Two policy sets, the old one first.
#[derive(Debug)]
pub(super) struct Ground<'m> {
    pub(super) models: [&'m Model; 2],
    /// Both know the same actions and say the same of them, and everything below.
    pub(super) same: bool,
    /// Both read accounts and regions alike.
    pub(super) alike: bool,
    /// Names actions that one catalog lists and that are opaque to the other side, so that they are told apart there.
    listed: Vec<Statement>,
}

/// An action, or some that both sides tell apart from no other.
#[derive(Debug)]
pub(super) struct Joint<'s> {
    pub(super) service: Box<str>,
    /// All of them where a catalog lists them, else one to show.
    pub(super) names: Vec<Box<str>>,
    /// What each side says of it; none where it does not know it.
    pub(super) facts: [Option<Facts>; 2],
    /// What covers it: attached and boundary of the old side, then of the new one.
    pub(super) sets: [Vec<&'s Statement>; 4],
}

/// Of attached policies and boundary, the old side first.
pub(super) type Lists<'l, 's> = [&'l [&'s Statement]; 4];

impl<'m> Ground<'m> {
    pub(super) fn new(old: &'m Model, new: &'m Model) -> Ground<'m> {
        let (one, other) = (&old.settings, &new.settings);
        let alike = one.owner == other.owner && one.region_aliases == other.region_aliases;
        let handed = |settings: &Settings| settings.ip_unsupported == IpUnsupported::Evaluate;
        let same = alike
            && one.opaque == other.opaque
            && handed(one) == handed(other)
            && decide_alike(&old.catalogs, &new.catalogs);
        let listed = if same { Vec::new() } else { listed(old, new).into_iter().collect() };
        Ground { models: [old, new], same, alike, listed }
    }

    /// The actions that `among` covers as both sides tell them apart; on different ground all actions. And why there may
    /// be more.
    pub(super) fn joint<'s>(
        &'s self,
        actions: &mut [Actions<'m>; 2],
        lists: Lists<'_, 's>,
        among: &[ActionTerm],
        budget: &mut Budget,
    ) -> (Vec<Joint<'s>>, Option<Doubt>) {
        let [old, new] = actions;
        if self.same {
            let (classes, doubt) = old.classes(&lists, Some(among), budget);
            return (classes.into_iter().map(Joint::of_same).collect(), doubt);
        }
        let listed: Vec<&Statement> = self.listed.iter().collect();
        let sets: Vec<&[&Statement]> = lists.into_iter().chain([listed.as_slice()]).collect();
        let (one, first) = old.classes(&sets, None, budget);
        let (other, second) = new.classes(&sets, None, budget);
        let sides = [Known::new(self.models[0], old, one), Known::new(self.models[1], new, other)];
        (joined(&sides, &sets), first.or(second))
    }
}

/// Whether catalogs decide alike, number for number.
fn decide_alike(one: &Catalogs, other: &Catalogs) -> bool {
    one.services().count() == other.services().count()
        && one
            .services()
            .zip(other.services())
            .all(|((_, a), (_, b))| Arc::ptr_eq(a, b) || says_the_same(a, b))
}

fn says_the_same(one: &Service, other: &Service) -> bool {
    one.service == other.service
        && one.knows_every_name() == other.knows_every_name()
        && one.tag_authorization == other.tag_authorization
        && one.permids == other.permids
        && one.actions.len() == other.actions.len()
        && one.actions.iter().zip(&other.actions).all(|(a, b)| {
            let facts = |a: &crate::catalog::Action| (a.granularity, a.ip_restriction, a.tag_authorization);
            a.name == b.name && facts(a) == facts(b)
        })
}

/// A statement that names every action that one catalog lists of a service which the other does not describe.
fn listed(old: &Model, new: &Model) -> Option<Statement> {
    let mut terms = Vec::new();
    for (one, other) in [(old, new), (new, old)] {
        for (_, service) in one.catalogs.services() {
            let opaque = other.settings.opaque.covers(&service.service);
            if !opaque || other.catalogs.find(&service.service).is_some() {
                continue;
            }
            terms.extend(service.actions.iter().map(|action| {
                let (service, pattern) = (service.service.as_ref().into(), action.name.as_ref().into());
                let kind = ActionKind::Pattern { service, pattern, legacy: false };
                ActionTerm { kind, span: Span::default() }
            }));
        }
    }
    (!terms.is_empty()).then(|| Statement {
        effect: Effect::Allow,
        id: "".into(),
        notes: Notes::default(),
        actions: terms.into(),
        resources: [].into(),
        conditions: Vec::new(),
        principals: [].into(),
        effect_span: Span::default(),
        span: Span::default(),
    })
}

impl<'s> Joint<'s> {
    fn of_same(class: ActionClass<'s>) -> Joint<'s> {
        let mut sets = class.sets.into_iter();
        let sets = std::array::from_fn(|_| sets.next().unwrap_or_default());
        Joint { service: class.service, names: class.names, facts: [Some(class.facts); 2], sets }
    }
}

/// What one side knows of actions.
struct Known<'k, 'm, 's> {
    model: &'k Model,
    actions: &'k Actions<'m>,
    classes: Vec<ActionClass<'s>>,
    by_name: HashMap<(Box<str>, Box<str>), usize>,
}

impl<'k, 'm, 's> Known<'k, 'm, 's> {
    fn new(model: &'k Model, actions: &'k Actions<'m>, classes: Vec<ActionClass<'s>>) -> Self {
        let each = classes.iter().enumerate();
        let named = |(at, class): (usize, &ActionClass<'s>)| {
            let service = class.service.clone();
            class.names.iter().map(|name| ((service.clone(), name.clone()), at)).collect::<Vec<_>>()
        };
        let by_name = each.flat_map(named).collect();
        Known { model, actions, classes, by_name }
    }

    /// What it says of an action, and what covers it; none where it does not know the action.
    fn find(
        &self,
        name: &(Box<str>, Box<str>),
        sets: &[&[&'s Statement]],
    ) -> Option<(Facts, Vec<Vec<&'s Statement>>)> {
        let said = |class: &ActionClass<'s>| (class.facts, class.sets.clone());
        if let Some(at) = self.by_name.get(name) {
            return self.classes.get(*at).map(said);
        }
        let (service, action) = name;
        match self.model.catalogs.find(service) {
            Some((_, found)) if found.knows_every_name() => {
                self.classes.iter().find(|class| class.service == *service).map(said)
            }
            Some(_) => None,
            None => self.actions.opaque(service, action, sets).as_ref().map(said),
        }
    }
}

/// What tells actions apart: their service, what each side says of them, and what covers them, by place.
type Key = (Box<str>, [Option<Facts>; 2], Vec<*const Statement>);

/// Actions by what both sides say of them.
fn joined<'s>(sides: &[Known<'_, '_, 's>; 2], sets: &[&[&'s Statement]]) -> Vec<Joint<'s>> {
    let [old, new] = sides;
    let names: BTreeSet<&(Box<str>, Box<str>)> = old.by_name.keys().chain(new.by_name.keys()).collect();
    let mut places: HashMap<Key, usize> = HashMap::new();
    let mut all: Vec<Joint<'s>> = Vec::new();
    for name in names {
        let found = [old.find(name, sets), new.find(name, sets)];
        let facts =
            [0, 1].map(|side: usize| found.get(side).and_then(|f| f.as_ref()).map(|(facts, _)| *facts));
        // The first two lists are the old side's, the next two the new one's.
        let of = |list: usize| {
            let (_, sets) = found.get(list / 2)?.as_ref()?;
            sets.get(list).cloned()
        };
        let covering: [Vec<&Statement>; 4] = std::array::from_fn(|list| of(list).unwrap_or_default());
        let mut key: Vec<*const Statement> = Vec::new();
        for list in &covering {
            key.extend(list.iter().map(|statement| std::ptr::from_ref::<Statement>(statement)));
            key.push(std::ptr::null());
        }
        let next = all.len();
        let place = *places.entry((name.0.clone(), facts, key)).or_insert(next);
        match all.get_mut(place) {
            Some(joint) => joint.names.push(name.1.clone()),
            None => all.push(Joint {
                service: name.0.clone(),
                names: vec![name.1.clone()],
                facts,
                sets: covering,
            }),
        }
    }
    all
}
