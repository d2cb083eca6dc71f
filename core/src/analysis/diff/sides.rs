//! The callers of both sides, put together by name; those whose policies say the same on each side are one group.

use super::meaning::Meanings;
use crate::analysis::callers::{Callers, Principal};
use crate::analysis::work::Work;
use crate::check::{Gate, Holder, Request};
use crate::error::Result;
use crate::model::{Model, PolicyId};
use std::collections::HashMap;

/// On which sides a caller is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Known {
    /// On both.
    Both,
    /// On the old side only.
    Old,
    /// On the new side only.
    New,
}

impl Known {
    /// `both`, `old` or `new`.
    pub fn as_str(self) -> &'static str {
        match self {
            Known::Both => "both",
            Known::Old => "old",
            Known::New => "new",
        }
    }
}

/// What a caller has on one side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Has {
    pub(super) attached: Vec<PolicyId>,
    pub(super) boundary: Option<Vec<PolicyId>>,
}

/// A caller, as a request names it.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// `user:…`, `role:…`, `group:…`, `policy:…`, `brings role:…`, `anyone`.
    pub(super) shown: String,
    /// A request of it, but for its action.
    pub(super) request: Request,
    /// The name whose digits are its number.
    pub(super) name: String,
    pub(super) known: Known,
}

/// Callers that have the same on each side.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) has: [Has; 2],
    pub(super) members: Vec<Member>,
}

/// All callers, or the one that is asked for.
pub(super) struct Sides {
    pub(super) groups: Vec<Group>,
    /// How many callers there are.
    pub(super) callers: usize,
    /// Not all could be found in time.
    pub(super) cut: bool,
}

/// The numbers of what a caller has on one side; sorted.
type Sense = (Vec<u32>, Option<Vec<u32>>);

/// What the policies of both sets say, by number.
pub(super) struct Senses {
    policies: [Vec<Option<u32>>; 2],
}

impl Senses {
    pub(super) fn new(models: [&Model; 2], meanings: &mut Meanings) -> Senses {
        Senses { policies: models.map(|model| meanings.policies(model)) }
    }

    /// The number of what a policy of a side says; none for one that says nothing.
    pub(super) fn of(&self, side: usize, id: PolicyId) -> Option<u32> {
        self.policies.get(side)?.get(id.0 as usize).copied().flatten()
    }

    fn all(&self, side: usize, ids: &[PolicyId]) -> Vec<u32> {
        let mut all: Vec<u32> = ids.iter().filter_map(|id| self.of(side, *id)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn sense(&self, side: usize, has: &Has) -> Sense {
        (self.all(side, &has.attached), has.boundary.as_ref().map(|ids| self.all(side, ids)))
    }
}

/// A caller's kind and name, which mean the same caller on both sides.
type Key<'m> = (u8, &'m str);

impl Sides {
    /// Every caller of either side.
    pub(super) fn all(models: [&Model; 2], senses: &Senses, work: &mut Work) -> Sides {
        let callers = models.map(|model| Callers::new(model, work));
        let mut joining = Joining::new(models, senses, &callers);
        let cut = callers.iter().any(|side| side.cut);
        let old: HashMap<Key<'_>, usize> =
            named(models[0], &callers[0]).map(|(key, class, _)| (key, class)).collect();
        let new: HashMap<Key<'_>, usize> =
            named(models[1], &callers[1]).map(|(key, class, _)| (key, class)).collect();
        for (key, class, member) in named(models[1], &callers[1]) {
            joining.add(key, [old.get(&key).copied(), Some(class)], (1, member));
        }
        for (key, class, member) in named(models[0], &callers[0]) {
            if !new.contains_key(&key) {
                joining.add(key, [Some(class), None], (0, member));
            }
        }
        joining.anyone();
        let Joining { groups, count, .. } = joining;
        Sides { groups, callers: count, cut }
    }

    /// One caller.
    ///
    /// # Errors
    /// Those of the new side where neither side admits it.
    pub(super) fn one(gates: [&Gate; 2], principal: &str) -> Result<Sides> {
        let [old, new] = gates.map(|gate| gate.holder(principal));
        let is_known = |found: &Result<Holder>| matches!(found, Ok(Holder::Policies { .. } | Holder::Root));
        let known = match (is_known(&old), is_known(&new)) {
            (true, false) => Known::Old,
            (false, true) => Known::New,
            _ => Known::Both,
        };
        let has = match (old, new) {
            (Err(_), Err(error)) => return Err(error),
            (old, new) => [old, new].map(has),
        };
        let request = Request::new(principal, "");
        let name = super::super::what::name(principal).to_owned();
        let member = Member { shown: principal.to_owned(), request, name, known };
        let group = Group { has, members: vec![member] };
        Ok(Sides { groups: vec![group], callers: 1, cut: false })
    }
}

/// What a side gives to a caller; nothing where it does not know or admit it.
fn has(found: Result<Holder>) -> Has {
    match found {
        Ok(Holder::Policies { attached, boundary }) => Has { attached, boundary },
        Ok(Holder::Root | Holder::Unknown) | Err(_) => Has::default(),
    }
}

/// All callers of a side with their classes, in the order of the set.
fn named<'m>(model: &'m Model, callers: &Callers) -> impl Iterator<Item = (Key<'m>, usize, Principal)> {
    let each = callers.all().into_iter();
    let mut all: Vec<(Principal, usize)> =
        each.flat_map(|(class, members)| members.into_iter().map(move |member| (member, class))).collect();
    all.sort_unstable();
    all.into_iter().map(move |(member, class)| (key(model, member), class, member))
}

fn key(model: &Model, member: Principal) -> Key<'_> {
    let group = |id: crate::model::GroupId| model.groups.get(id.0 as usize).map_or("", |g| g.name.as_ref());
    match member {
        Principal::User(_) => (0, member.name(model)),
        Principal::Role(_) => (1, member.name(model)),
        Principal::Group(id) => (2, group(id)),
        Principal::Brings(id) => (3, group(id)),
        Principal::Policy(id) => (4, model.policies.get(id.0 as usize).map_or("", |p| p.name.as_ref())),
    }
}

/// Puts callers of both sides together.
struct Joining<'j> {
    models: [&'j Model; 2],
    senses: &'j Senses,
    callers: &'j [Callers; 2],
    /// What classes of each side mean, as numbers; then those of whom the side does not know.
    classes: [Vec<usize>; 2],
    strangers: [usize; 2],
    known: HashMap<Sense, usize>,
    by_sense: HashMap<[usize; 2], usize>,
    groups: Vec<Group>,
    count: usize,
}

/// What a request of nobody that a set knows has: what whoever asks has, as the set's boundary bounds it.
fn stranger(model: &Model) -> Has {
    if model.everyone.is_empty() {
        return Has::default();
    }
    Has { attached: model.everyone.clone(), boundary: model.boundary.clone() }
}

impl<'j> Joining<'j> {
    fn new(models: [&'j Model; 2], senses: &'j Senses, callers: &'j [Callers; 2]) -> Self {
        let (classes, strangers, known) = Default::default();
        let (by_sense, groups) = Default::default();
        let mut joining =
            Joining { models, senses, callers, classes, strangers, known, by_sense, groups, count: 0 };
        // What nobody has; what a group that a side does not know has.
        joining.number((Vec::new(), None));
        for side in [0, 1] {
            let classes = joining.callers.get(side).map_or(&[][..], |all| &all.classes);
            let senses: Vec<Sense> = classes
                .iter()
                .map(|class| {
                    let bounds = class.boundary.as_ref().map(|ids| senses.all(side, ids));
                    (senses.all(side, &class.policies), bounds)
                })
                .collect();
            let numbers = senses.into_iter().map(|sense| joining.number(sense)).collect();
            let stranger = joining.models.get(side).map(|model| stranger(model)).unwrap_or_default();
            let number = joining.number(senses_of(joining.senses, side, &stranger));
            if let (Some(all), Some(one)) = (joining.classes.get_mut(side), joining.strangers.get_mut(side)) {
                (*all, *one) = (numbers, number);
            }
        }
        joining
    }

    fn number(&mut self, sense: Sense) -> usize {
        let next = self.known.len();
        *self.known.entry(sense).or_insert(next)
    }

    /// Adds a caller with its class on each side; it is named by one of them.
    fn add(&mut self, key: Key<'_>, classes: [Option<usize>; 2], (side, member): (usize, Principal)) {
        let known = match classes {
            [Some(_), None] => Known::Old,
            [None, Some(_)] => Known::New,
            _ => Known::Both,
        };
        let senses = [0, 1].map(|side: usize| self.sense(side, classes.get(side).copied().flatten(), key.0));
        self.count += 1;
        let (Some(model), Some(callers)) = (self.models.get(side), self.callers.get(side)) else { return };
        let (request, shown) = (callers.request(model, member), callers.spelled(model, member));
        let member = Member { shown, request, name: member.name(model).to_owned(), known };
        let has = [0, 1].map(|side: usize| self.has(side, classes.get(side).copied().flatten(), key.0));
        self.put(senses, has, member);
    }

    fn put(&mut self, senses: [usize; 2], has: [Has; 2], member: Member) {
        let next = self.groups.len();
        match self.by_sense.get(&senses).and_then(|place| self.groups.get_mut(*place)) {
            Some(group) => group.members.push(member),
            None => {
                self.by_sense.insert(senses, next);
                self.groups.push(Group { has, members: vec![member] });
            }
        }
    }

    /// Users and roles that a side does not know have what whoever asks has there; it does not admit groups and policies
    /// that it does not know.
    fn sense(&self, side: usize, class: Option<usize>, kind: u8) -> usize {
        match class {
            Some(class) => self.classes.get(side).and_then(|all| all.get(class)).copied().unwrap_or(0),
            None if kind < 2 => self.strangers.get(side).copied().unwrap_or(0),
            None => 0,
        }
    }

    fn has(&self, side: usize, class: Option<usize>, kind: u8) -> Has {
        let class = class.and_then(|class| self.callers.get(side)?.classes.get(class));
        match class {
            Some(class) => Has { attached: class.policies.clone(), boundary: class.boundary.clone() },
            None if kind < 2 => self.models.get(side).map(|model| stranger(model)).unwrap_or_default(),
            None => Has::default(),
        }
    }

    /// Whom neither side knows.
    fn anyone(&mut self) {
        if self.models.iter().all(|model| model.everyone.is_empty()) {
            return;
        }
        let taken = |name: &str| self.models.iter().any(|m| m.users.iter().any(|u| u.name.as_ref() == name));
        let names = std::iter::once("anyone".to_owned()).chain((2..).map(|n| format!("anyone{n}")));
        let name = names.into_iter().find(|name| !taken(name)).unwrap_or_default();
        let request = Request::new(format!("user:{name}"), "");
        let member = Member { shown: "anyone".to_owned(), request, name: String::new(), known: Known::Both };
        let has = self.models.map(stranger);
        self.count += 1;
        self.put(self.strangers, has, member);
    }
}

fn senses_of(senses: &Senses, side: usize, has: &Has) -> Sense {
    senses.sense(side, has)
}

impl Group {
    /// Whether both sides say the same to it.
    pub(super) fn is_kept(&self, senses: &Senses) -> bool {
        senses.sense(0, &self.has[0]) == senses.sense(1, &self.has[1])
    }

    pub(super) fn bounded(&self) -> [bool; 2] {
        self.has.each_ref().map(|has| has.boundary.is_some())
    }
}
