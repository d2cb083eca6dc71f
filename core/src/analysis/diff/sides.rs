//! The callers of both sides, put together by name; those whose policies say the same on each side are one group.

use super::kept::Kept;
use super::meaning::Meanings;
use crate::analysis::callers::{Callers, Class, Principal};
use crate::analysis::work::Work;
use crate::check::{Gate, Holder};
use crate::error::Result;
use crate::model::{Model, PolicyId};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

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

impl Has {
    fn policies(&self) -> impl Iterator<Item = PolicyId> + '_ {
        self.attached.iter().chain(self.boundary.iter().flatten()).copied()
    }
}

/// A caller, as a request names it.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// `user:…`, `role:…`, `group:…`, `policy:…`, `brings role:…`, `anyone`.
    pub(super) shown: String,
    /// As a request of it names it.
    pub(super) principal: String,
    /// The role that a request of it brings.
    pub(super) role: Option<String>,
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
    /// What the policies that the groups have say.
    pub(super) senses: Senses,
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
    /// Of the policies that are asked about, on each side.
    fn new(models: [&Model; 2], asked: &[HashSet<PolicyId>; 2], meanings: &mut Meanings) -> Senses {
        let [old, new] = models;
        let [before, after] = asked;
        Senses { policies: [meanings.policies(old, before), meanings.policies(new, after)] }
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
    /// Every caller of either side. Groups of callers who have what both sides write alike (`kept`) are left out.
    pub(super) fn all(
        models: [&Model; 2],
        kept: Option<&Kept>,
        meanings: &mut Meanings,
        work: &mut Work,
    ) -> Sides {
        let callers = models.map(|model| Callers::new(model, work));
        let cut = callers.iter().any(|side| side.cut);
        let (named, count) = Named::all(models, &callers, kept);
        let strangers = models.map(stranger);
        let asked = named.policies(&callers, &strangers);
        let senses = Senses::new(models, &asked, meanings);
        let mut joining = Joining::new(models, &senses, &callers, strangers, &named);
        named.all.into_iter().for_each(|one| joining.add(one));
        joining.anyone();
        let (groups, anyone) = (joining.groups, joining.count);
        Sides { groups, senses, callers: count + anyone, cut }
    }

    /// One caller.
    ///
    /// # Errors
    /// Those of the new side where neither side admits it.
    pub(super) fn one(
        gates: [&Gate; 2],
        models: [&Model; 2],
        principal: &str,
        meanings: &mut Meanings,
    ) -> Result<Sides> {
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
        let name = super::super::what::name(principal).to_owned();
        let (shown, principal) = (principal.to_owned(), principal.to_owned());
        let member = Member { shown, principal, role: None, name, known };
        let asked = has.each_ref().map(|has| has.policies().collect());
        let senses = Senses::new(models, &asked, meanings);
        let group = Group { has, members: vec![member] };
        Ok(Sides { groups: vec![group], senses, callers: 1, cut: false })
    }
}

/// What a side gives to a caller; nothing where it does not know or admit it.
fn has(found: Result<Holder>) -> Has {
    match found {
        Ok(Holder::Policies { attached, boundary }) => Has { attached, boundary },
        Ok(Holder::Root | Holder::Unknown) | Err(_) => Has::default(),
    }
}

/// A caller with its class on each side, named by one of them.
struct One<'m> {
    key: Key<'m>,
    classes: [Option<usize>; 2],
    side: usize,
    member: Principal,
}

/// Callers of both sides, in the order of the new set; then those whom only the old one knows.
struct Named<'m> {
    all: Vec<One<'m>>,
}

impl<'m> Named<'m> {
    /// All but those who have what both sides write alike; and how many there are with them.
    fn all(models: [&'m Model; 2], callers: &[Callers; 2], kept: Option<&Kept>) -> (Named<'m>, usize) {
        let [old, new] = [0, 1].map(|side: usize| match (models.get(side), callers.get(side)) {
            (Some(model), Some(callers)) => named(model, callers),
            _ => Vec::new(),
        });
        let before: HashMap<Key<'_>, usize> = old.iter().map(|(key, class, _)| (*key, *class)).collect();
        let mut known: HashMap<[usize; 2], bool> = HashMap::new();
        let mut is_kept = |classes: [usize; 2]| {
            let has = |side: usize| Some(has_of(callers.get(side)?.classes.get(*classes.get(side)?)?));
            let same = |kept: &Kept| matches!([has(0), has(1)], [Some(old), Some(new)] if kept.is_kept([&old, &new]));
            kept.is_some_and(|kept| *known.entry(classes).or_insert_with(|| same(kept)))
        };
        let (mut all, mut count, mut both) = (Vec::new(), new.len(), HashSet::new());
        for (key, class, member) in new {
            let was = before.get(&key).copied();
            if was.is_some() {
                both.insert(key);
            }
            if !was.is_some_and(|was| is_kept([was, class])) {
                all.push(One { key, classes: [was, Some(class)], side: 1, member });
            }
        }
        for (key, class, member) in old {
            if !both.contains(&key) {
                count += 1;
                all.push(One { key, classes: [Some(class), None], side: 0, member });
            }
        }
        (Named { all }, count)
    }

    /// The classes of a side.
    fn classes(&self, side: usize) -> impl Iterator<Item = usize> + '_ {
        self.all.iter().filter_map(move |one| one.classes.get(side).copied().flatten())
    }

    /// The policies that these callers have on each side, and those of whom it does not know.
    fn policies(&self, callers: &[Callers; 2], strangers: &[Has; 2]) -> [HashSet<PolicyId>; 2] {
        [0, 1].map(|side: usize| {
            let classes: HashSet<usize> = self.classes(side).collect();
            let of = |class: usize| callers.get(side)?.classes.get(class);
            let classes = classes.into_iter().filter_map(of);
            let bounds = |class: &Class| class.boundary.clone().unwrap_or_default();
            let mut all: HashSet<PolicyId> =
                classes.flat_map(|class| class.policies.iter().copied().chain(bounds(class))).collect();
            all.extend(strangers.get(side).into_iter().flat_map(Has::policies));
            all
        })
    }
}

fn has_of(class: &Class) -> Has {
    Has { attached: class.policies.clone(), boundary: class.boundary.clone() }
}

/// All callers of a side with their classes, in the order of the set.
fn named<'m>(model: &'m Model, callers: &Callers) -> Vec<(Key<'m>, usize, Principal)> {
    let classes = callers.classes.iter().enumerate();
    let mut all: Vec<(Principal, usize)> =
        classes.flat_map(|(place, class)| class.members.iter().map(move |member| (*member, place))).collect();
    all.sort_unstable();
    all.into_iter().map(|(member, class)| (key(model, member), class, member)).collect()
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
    classes: [HashMap<usize, usize>; 2],
    strangers: [usize; 2],
    nobody: [Has; 2],
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
    fn new(
        models: [&'j Model; 2],
        senses: &'j Senses,
        callers: &'j [Callers; 2],
        nobody: [Has; 2],
        named: &Named<'_>,
    ) -> Self {
        let (classes, strangers, known) = Default::default();
        let (by_sense, groups) = Default::default();
        let mut joining = Joining {
            models,
            senses,
            callers,
            classes,
            strangers,
            nobody,
            known,
            by_sense,
            groups,
            count: 0,
        };
        // What nobody has; what a group that a side does not know has.
        joining.number((Vec::new(), None));
        for side in [0, 1] {
            let numbers = joining.numbers(side, named.classes(side));
            let stranger = joining.nobody.get(side).cloned().unwrap_or_default();
            let number = joining.number(senses.sense(side, &stranger));
            if let (Some(all), Some(one)) = (joining.classes.get_mut(side), joining.strangers.get_mut(side)) {
                (*all, *one) = (numbers, number);
            }
        }
        joining
    }

    /// The numbers of what some classes of a side mean.
    fn numbers(&mut self, side: usize, classes: impl Iterator<Item = usize>) -> HashMap<usize, usize> {
        let mut numbers = HashMap::new();
        for class in classes {
            if let Entry::Vacant(slot) = numbers.entry(class)
                && let Some(of) = self.callers.get(side).and_then(|callers| callers.classes.get(class))
            {
                let sense = self.senses.sense(side, &has_of(of));
                slot.insert(self.number(sense));
            }
        }
        numbers
    }

    fn number(&mut self, sense: Sense) -> usize {
        let next = self.known.len();
        *self.known.entry(sense).or_insert(next)
    }

    fn add(&mut self, One { key, classes, side, member }: One<'_>) {
        let known = match classes {
            [Some(_), None] => Known::Old,
            [None, Some(_)] => Known::New,
            _ => Known::Both,
        };
        let (Some(model), Some(callers)) = (self.models.get(side), self.callers.get(side)) else { return };
        let senses = [0, 1].map(|side: usize| self.sense(side, classes.get(side).copied().flatten(), key.0));
        let (request, shown) = (callers.request(model, member), callers.spelled(model, member));
        let (principal, role) = (request.principal, request.roles.into_iter().next());
        let member = Member { shown, principal, role, name: member.name(model).to_owned(), known };
        let has = |side: usize| self.has(side, classes.get(side).copied().flatten(), key.0);
        let has = if self.by_sense.contains_key(&senses) { Default::default() } else { [has(0), has(1)] };
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
            Some(class) => self.classes.get(side).and_then(|all| all.get(&class)).copied().unwrap_or(0),
            None if kind < 2 => self.strangers.get(side).copied().unwrap_or(0),
            None => 0,
        }
    }

    fn has(&self, side: usize, class: Option<usize>, kind: u8) -> Has {
        let class = class.and_then(|class| self.callers.get(side)?.classes.get(class));
        match class {
            Some(class) => has_of(class),
            None if kind < 2 => self.nobody.get(side).cloned().unwrap_or_default(),
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
        let (shown, principal) = ("anyone".to_owned(), format!("user:{name}"));
        let member = Member { shown, principal, role: None, name: String::new(), known: Known::Both };
        self.count += 1;
        self.put(self.strangers, self.nobody.clone(), member);
    }
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
