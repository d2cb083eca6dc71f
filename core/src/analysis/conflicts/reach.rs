//! From which addresses and at which times a caller can do some actions, and two of them both.

use super::{Through, nothing};
use crate::address::PrefixSet;
use crate::analysis::asked::named;
use crate::analysis::callers::{Class, Principal};
use crate::analysis::closed::closed;
use crate::analysis::holdings::Ways;
use crate::analysis::reads::reads_number;
use crate::analysis::space::{ActionClass, Actions, Caller, Clause, Extent, Reader, Space, Subject};
use crate::analysis::work::Work;
use crate::catalog::ActionId;
use crate::check::{Gate, Place};
use crate::error::Result;
use crate::glob::Glob;
use crate::model::read::CURRENT_TIME;
use crate::model::{
    ActionKind, ActionTerm, Comparison, Condition, Effect, Instant, Model, PolicyId, PolicyKind, Statement,
    Test,
};
use passgate_grammar::Span;
use std::collections::{BTreeSet, HashMap};
use std::ptr;
use std::rc::Rc;
use std::sync::Arc;

/// Statements that cover some of an action list, by policy.
type ByPolicy<'m> = HashMap<PolicyId, Vec<&'m Statement>>;

/// One side of a pair.
pub(super) struct Side<'m> {
    terms: Vec<ActionTerm>,
    /// Places of the statements.
    places: HashMap<(&'m str, &'m str), Arc<Place>>,
    covering: ByPolicy<'m>,
}

/// An allow, with its policy.
pub(super) type Allow<'m> = (PolicyId, &'m Statement);

/// How both sides of a pair are possible.
#[derive(Default)]
pub(super) struct Both<'m> {
    pub(super) actions: [Vec<String>; 2],
    pub(super) from: PrefixSet,
    pub(super) without: bool,
    pub(super) when: Vec<(Option<Instant>, Option<Instant>)>,
    pub(super) timeless: bool,
    pub(super) through: [Vec<Allow<'m>>; 2],
}

/// Statements of both sides, those of the boundary last, how many these are, and the caller's number where one of them
/// reads it.
type Key = (Vec<*const Statement>, Vec<*const Statement>, [Option<usize>; 2], Option<Box<str>>);

/// Looks at callers, those of equal statements once.
pub(super) struct Reaches<'m> {
    gate: &'m Gate,
    pub(super) model: &'m Model,
    actions: Actions<'m>,
    known: HashMap<Key, Option<Rc<Both<'m>>>>,
    work: Work,
    doubts: BTreeSet<String>,
}

/// What a caller holds of one side.
struct Held<'m> {
    attached: Vec<Allow<'m>>,
    boundary: Option<Vec<&'m Statement>>,
}

impl<'m> Held<'m> {
    fn allows(&self) -> bool {
        self.attached.iter().any(|(_, statement)| statement.effect == Effect::Allow)
    }

    fn statements(&self) -> impl Iterator<Item = &'m Statement> {
        self.attached.iter().map(|(_, statement)| *statement).chain(self.boundary.iter().flatten().copied())
    }
}

/// One class of actions of a side, with where and when some call of it is allowed.
struct Room<'m> {
    class: ActionClass<'m>,
    extent: Extent,
}

impl<'m> Reaches<'m> {
    pub(super) fn new(gate: &'m Gate, model: &'m Model) -> Self {
        let actions = Actions::new(&model.catalogs, &model.settings);
        Reaches { gate, model, actions, known: HashMap::new(), work: Work::new(), doubts: BTreeSet::new() }
    }

    pub(super) fn doubts(&self) -> Vec<String> {
        self.doubts.iter().cloned().collect()
    }

    /// Reads both sides of a pair.
    pub(super) fn sides(&mut self, pair: &[String; 2]) -> Result<[Side<'m>; 2]> {
        let [first, second] = pair;
        // What was found of another pair is not of these sides.
        self.known.clear();
        Ok([self.side(first)?, self.side(second)?])
    }

    fn side(&mut self, pattern: &str) -> Result<Side<'m>> {
        let terms =
            if pattern.contains('*') { self.pattern(pattern)? } else { vec![named(self.gate, pattern)?.1] };
        let identity = (0u32..).zip(&self.model.policies).filter(|(_, p)| p.kind == PolicyKind::Identity);
        let all: Vec<(PolicyId, [&'m Statement; 1])> =
            identity.flat_map(|(id, p)| p.statements.iter().map(move |s| (PolicyId(id), [s]))).collect();
        let sets: Vec<&[&'m Statement]> = all.iter().map(|(_, one)| one.as_slice()).collect();
        let mut budget = self.work.question();
        let (classes, doubt) = self.actions.classes(&sets, Some(&terms), &mut budget);
        self.work.spend(budget.used());
        self.doubts.extend(doubt.iter().map(ToString::to_string));
        let (mut covering, mut named) = (ByPolicy::new(), BTreeSet::new());
        for (place, (policy, [statement])) in all.iter().enumerate() {
            if classes.iter().any(|class| class.sets.get(place).is_some_and(|set| !set.is_empty())) {
                covering.entry(*policy).or_default().push(*statement);
                named.extend(name(self.model, (*policy, *statement)));
            }
        }
        let places = self.gate.places_of(&named);
        let by_name: HashMap<(&str, &str), &Arc<Place>> =
            places.iter().map(|place| ((&*place.policy, &*place.id), place)).collect();
        let places = named.iter().filter_map(|name| Some((*name, Arc::clone(by_name.get(name)?)))).collect();
        Ok(Side { terms, places, covering })
    }

    /// What a pattern means: catalogued actions of whatever service, or those of an opaque service by text.
    fn pattern(&self, text: &str) -> Result<Vec<ActionTerm>> {
        let (service, name) =
            text.split_once(':').map_or((None, text), |(service, name)| (Some(service), name));
        let term = |kind| ActionTerm { kind, span: Span::default() };
        if let Some(service) = service
            && self.model.catalogs.find(service).is_none()
            && self.model.settings.opaque.covers(service)
        {
            let kind = ActionKind::Pattern { service: service.into(), pattern: name.into(), legacy: false };
            return Ok(vec![term(kind)]);
        }
        let glob = Glob::new(name);
        let (mut names, mut terms) = (Vec::new(), Vec::new());
        for (id, known) in self.model.catalogs.services() {
            if service.is_some_and(|service| service != known.service.as_ref()) {
                continue;
            }
            if known.knows_every_name() {
                let kind = ActionKind::Pattern {
                    service: known.service.as_ref().into(),
                    pattern: name.into(),
                    legacy: false,
                };
                terms.push(term(kind));
            }
            let fits = (0u32..).zip(&known.actions).filter(|(_, action)| glob.matches(&action.name));
            names.extend(fits.map(|(action, _)| ActionId { service: id, action }));
        }
        if names.is_empty() && terms.is_empty() {
            return Err(nothing(text));
        }
        names.sort_unstable();
        terms.push(term(ActionKind::Names(names.into())));
        Ok(terms)
    }

    /// How callers of equal policies and boundary can do both: only their numbers tell them apart.
    pub(super) fn both(
        &mut self,
        sides: &[Side<'m>; 2],
        class: &Class,
        members: Vec<Principal>,
    ) -> Result<Vec<(Vec<Principal>, Rc<Both<'m>>)>> {
        let held = sides.each_ref().map(|side| side.held(class));
        if !held.iter().all(Held::allows) {
            return Ok(Vec::new());
        }
        let numbered = held.iter().flat_map(Held::statements).any(reads_number);
        let mut found = Vec::new();
        if numbered {
            for member in members {
                let caller = Caller::named(member.name(self.model));
                found.extend(self.one(sides, &held, &caller).map(|both| (vec![member], both)));
            }
        } else {
            found.extend(self.one(sides, &held, &Caller::default()).map(|both| (members, both)));
        }
        Ok(found)
    }

    fn one(&mut self, sides: &[Side<'m>; 2], held: &[Held<'m>; 2], caller: &Caller) -> Option<Rc<Both<'m>>> {
        let [a, b] = held.each_ref().map(|side| side.statements().map(ptr::from_ref).collect::<Vec<_>>());
        let bounds = held.each_ref().map(|side| side.boundary.as_ref().map(Vec::len));
        let key: Key = (a, b, bounds, caller.uin.clone());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let both = self.look(sides, held, caller).map(Rc::new);
        self.known.insert(key, both.clone());
        both
    }

    fn look(&mut self, sides: &[Side<'m>; 2], held: &[Held<'m>; 2], caller: &Caller) -> Option<Both<'m>> {
        let [a, b] = sides;
        let [own_a, own_b] = held;
        let rooms = [self.rooms(a, own_a, caller), self.rooms(b, own_b, caller)];
        let mut both = Both::default();
        let mut pairs: BTreeSet<(usize, usize)> = BTreeSet::new();
        for slice in slices(&rooms) {
            let places = rooms.each_ref().map(|side| {
                side.iter().map(|room| self.places(room, slice.moment, caller)).collect::<Vec<_>>()
            });
            let [first, second] = &places;
            let mut possible = false;
            for (at, (here, without)) in first.iter().enumerate() {
                for (other, (there, none)) in second.iter().enumerate() {
                    let (common, neither) = (here.intersect(there), *without && *none);
                    if (common.is_empty() && !neither) || !differ(&rooms, at, other) {
                        continue;
                    }
                    possible = true;
                    pairs.insert((at, other));
                    both.from = both.from.union(&common);
                    both.without |= neither;
                }
            }
            if possible {
                both.note(&slice);
            }
        }
        if pairs.is_empty() {
            return None;
        }
        both.from = closed(std::mem::take(&mut both.from));
        both.actions = actions(&rooms, &pairs);
        let [first, second] = &rooms;
        let chosen = |rooms: &[Room<'m>], which: BTreeSet<usize>| -> Vec<ActionClass<'m>> {
            rooms
                .iter()
                .enumerate()
                .filter(|(at, _)| which.contains(at))
                .map(|(_, room)| room.class.clone())
                .collect()
        };
        let a = chosen(first, pairs.iter().map(|(at, _)| *at).collect());
        let b = chosen(second, pairs.iter().map(|(_, at)| *at).collect());
        both.through = [self.allows(&a, own_a, caller), self.allows(&b, own_b, caller)];
        Some(both)
    }

    /// Classes of actions of which some call is allowed.
    fn rooms(&mut self, side: &Side<'m>, held: &Held<'m>, caller: &Caller) -> Vec<Room<'m>> {
        let attached: Vec<&Statement> = held.attached.iter().map(|(_, statement)| *statement).collect();
        let sets: Vec<&[&'m Statement]> =
            [Some(attached.as_slice()), held.boundary.as_deref()].into_iter().flatten().collect();
        let mut budget = self.work.question();
        let (classes, doubt) = self.actions.classes(&sets, Some(&side.terms), &mut budget);
        self.work.spend(budget.used());
        self.doubts.extend(doubt.iter().map(ToString::to_string));
        let mut rooms = Vec::new();
        for class in classes {
            if class.sets.iter().any(|set| set.iter().all(|statement| statement.effect == Effect::Deny)) {
                continue;
            }
            let extent = self.extent(&class, &[], caller);
            if extent.any || extent.blind {
                rooms.push(Room { class, extent });
            }
        }
        rooms
    }

    fn extent(&mut self, class: &ActionClass<'m>, clauses: &[Clause<'_>], caller: &Caller) -> Extent {
        let subject =
            Subject { service: &class.service, facts: class.facts, sets: &class.sets, caller, clauses };
        let (mut reader, mut budget) = (Reader::new(&self.model.settings), self.work.question());
        let space = Space::new(&subject, &mut reader, &mut budget);
        let extent = space.allowed_extent(0, (class.sets.len() > 1).then_some(1), &mut budget);
        self.work.spend(budget.used());
        self.doubts.extend(extent.doubts.iter().map(ToString::to_string));
        extent
    }

    /// From where a call is allowed at a moment, and whether one without an address is.
    fn places(&mut self, room: &Room<'m>, at: Option<Moment>, caller: &Caller) -> (PrefixSet, bool) {
        let pinned = at.filter(|_| room.extent.times.is_some()).map(Moment::condition);
        let found = match &pinned {
            Some(condition) => self.extent(&room.class, &[Clause::When(condition)], caller),
            None => room.extent.clone(),
        };
        match found.addresses {
            _ if !found.any => (PrefixSet::new(), false),
            Some(addresses) => (addresses.places, addresses.none),
            None => (PrefixSet::everywhere(), true),
        }
    }

    /// The allows of which each alone lets some call pass, the denies being what they are.
    fn allows(&mut self, classes: &[ActionClass<'m>], held: &Held<'m>, caller: &Caller) -> Vec<Allow<'m>> {
        let mut found = Vec::new();
        for (policy, allow) in held.attached.iter().filter(|(_, statement)| statement.effect == Effect::Allow)
        {
            let lets = classes.iter().any(|class| {
                let Some(own) = class.sets.first().filter(|own| own.iter().any(|s| ptr::eq(*s, *allow)))
                else {
                    return false;
                };
                let alone = own.iter().filter(|s| s.effect == Effect::Deny || ptr::eq(**s, *allow)).copied();
                let mut sets = class.sets.clone();
                if let Some(first) = sets.first_mut() {
                    *first = alone.collect();
                }
                self.extent(&ActionClass { sets, ..class.clone() }, &[], caller).any
            });
            if lets {
                found.push((*policy, *allow));
            }
        }
        found
    }
}

/// Policy and id of a statement.
fn name<'m>(model: &'m Model, (policy, statement): Allow<'m>) -> Option<(&'m str, &'m str)> {
    Some((model.policies.get(policy.0 as usize)?.name.as_ref(), statement.id.as_ref()))
}

impl<'m> Side<'m> {
    /// Allows by their places, each with its way to a caller.
    pub(super) fn through(&self, model: &'m Model, allows: &[Allow<'m>], ways: &Ways) -> Vec<Through> {
        let each = allows.iter().filter_map(|allow| {
            let place = self.places.get(&name(model, *allow)?)?;
            Some(Through::new(place, ways.get(&allow.0).cloned().unwrap_or_default()))
        });
        let mut all: Vec<Through> = each.collect();
        all.sort();
        all
    }

    fn held(&self, class: &Class) -> Held<'m> {
        let of = |id: &PolicyId| {
            self.covering.get(id).map_or(&[][..], Vec::as_slice).iter().map(|s| (*id, *s)).collect::<Vec<_>>()
        };
        let attached = class.policies.iter().flat_map(of).collect();
        let bounds = class.boundary.as_deref();
        let boundary = bounds.map(|ids| ids.iter().flat_map(of).map(|(_, statement)| statement).collect());
        Held { attached, boundary }
    }
}

impl Both<'_> {
    /// Notes that both are possible in a slice; slices come in order.
    fn note(&mut self, slice: &Slice) {
        match slice.moment {
            Some(Moment::None) => self.timeless = true,
            Some(Moment::At(_)) => match self.when.last_mut() {
                Some(last) if last.1 == slice.since => last.1 = slice.until,
                _ => self.when.push((slice.since, slice.until)),
            },
            None => {
                self.timeless = true;
                self.when.push((None, None));
            }
        }
    }
}

/// A moment that stands for a stretch of time, or no time.
#[derive(Debug, Clone, Copy)]
enum Moment {
    At(Instant),
    None,
}

impl Moment {
    /// The condition that holds at no other time.
    fn condition(self) -> Condition {
        let test = match self {
            Moment::At(at) => Test::Date { comparison: Comparison::Equal, values: vec![at] },
            Moment::None => Test::Null { values: vec![true] },
        };
        Condition { qualifier: None, if_exist: false, test, key: CURRENT_TIME.into(), span: Span::default() }
    }
}

/// A stretch of time that no statement of either side tells apart.
struct Slice {
    /// None: nothing reads the time.
    moment: Option<Moment>,
    since: Option<Instant>,
    until: Option<Instant>,
}

fn slices(rooms: &[Vec<Room<'_>>; 2]) -> Vec<Slice> {
    let times = rooms.iter().flatten().filter_map(|room| room.extent.times.as_ref());
    let cuts: BTreeSet<Instant> = times.flat_map(|times| times.since.keys().copied()).collect();
    if cuts.is_empty() {
        return vec![Slice { moment: None, since: None, until: None }];
    }
    let nexts = cuts.iter().skip(1).map(|next| Some(*next)).chain([None]);
    let each = cuts.iter().zip(nexts).enumerate().map(|(number, (at, until))| {
        let since = (number > 0).then_some(*at);
        Slice { moment: Some(Moment::At(*at)), since, until }
    });
    let none = Slice { moment: Some(Moment::None), since: None, until: None };
    each.chain([none]).collect()
}

/// Whether two classes hold two actions that are not the same.
fn differ(rooms: &[Vec<Room<'_>>; 2], at: usize, other: usize) -> bool {
    let [first, second] = rooms;
    let (Some(a), Some(b)) = (first.get(at), second.get(other)) else { return false };
    a.class.service != b.class.service || a.class.names.iter().any(|a| b.class.names.iter().any(|b| a != b))
}

/// The names of each side that go with another name of the other.
fn actions(rooms: &[Vec<Room<'_>>; 2], pairs: &BTreeSet<(usize, usize)>) -> [Vec<String>; 2] {
    let [first, second] = rooms;
    let spelled = |room: &Room<'_>| -> Vec<String> {
        room.class.names.iter().map(|name| format!("{}:{name}", room.class.service)).collect()
    };
    let mut all: [BTreeSet<String>; 2] = Default::default();
    let [left, right] = &mut all;
    for (at, other) in pairs {
        let (Some(a), Some(b)) = (first.get(*at), second.get(*other)) else { continue };
        let (a, b) = (spelled(a), spelled(b));
        let lone = |all: &[String], name: &String| all.iter().all(|one| one == name);
        left.extend(a.iter().filter(|name| !lone(&b, name)).cloned());
        right.extend(b.iter().filter(|name| !lone(&a, name)).cloned());
    }
    all.map(|names| names.into_iter().collect())
}
