//! Classes of actions: those that the catalog describes alike and the same statements cover need one look only
//! (semantics §3 and §4).
//!
//! Names of opaque services are told apart by the patterns that statements use on them; each class has a name to show.

use super::bits::Bits;
use super::budget::Budget;
use super::doubt::Doubt;
use super::subject::Facts;
use super::texts::{Letters, Patterns, kinds};
use crate::catalog::{ActionId, Catalogs, Granularity, Service, ServiceId};
use crate::glob::{self, Glob};
use crate::model::{ActionKind, ActionTerm, IpUnsupported, Opaque, Settings, Statement};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Actions that need one look.
#[derive(Debug, Clone)]
pub struct ActionClass<'s> {
    /// Their service.
    pub service: Box<str>,
    /// What the catalog says of each.
    pub facts: Facts,
    /// Their names: all of them where the catalog lists them, else one to show.
    pub names: Vec<Box<str>>,
    /// The statements of each set that cover them, in the order given.
    pub sets: Vec<Vec<&'s Statement>>,
}

impl ActionClass<'_> {
    /// The first action, `service:Name`.
    pub fn action(&self) -> String {
        format!("{}:{}", self.service, self.names.first().map_or("", AsRef::as_ref))
    }
}

/// Finds classes of actions; what a pattern covers is worked out once.
#[derive(Debug)]
pub struct Actions<'m> {
    catalogs: &'m Catalogs,
    settings: &'m Settings,
    patterns: HashMap<(ServiceId, Arc<str>), Arc<Bits>>,
}

/// The first action of a class, which statements are held against one by one.
#[derive(Debug, Clone)]
pub struct OneAction<'m> {
    /// Where a catalog lists it; none where it is opaque.
    listed: Option<(ServiceId, &'m Service, usize)>,
    service: Box<str>,
    name: Box<str>,
    facts: Facts,
}

/// What one list of terms covers of a service.
enum Cover {
    Nothing,
    /// The whole service, service-level actions included.
    Whole,
    /// Places among the service's actions.
    Some(Bits),
}

impl<'m> Actions<'m> {
    /// Over the actions of these catalogs.
    pub fn new(catalogs: &'m Catalogs, settings: &'m Settings) -> Self {
        Actions { catalogs, settings, patterns: HashMap::new() }
    }

    /// The classes of the actions that `among` covers (all actions where it is none), as the statements of some sets
    /// tell them apart; and why there may be more.
    pub fn classes<'s>(
        &mut self,
        sets: &[&[&'s Statement]],
        among: Option<&[ActionTerm]>,
        budget: &mut Budget,
    ) -> (Vec<ActionClass<'s>>, Option<Doubt>) {
        let statements: Vec<(usize, &'s Statement)> =
            sets.iter().enumerate().flat_map(|(set, all)| all.iter().map(move |s| (set, *s))).collect();
        let mut classes = Vec::new();
        let catalogs = self.catalogs;
        for (id, service) in catalogs.services() {
            self.of_service(id, service, &statements, among, sets.len(), &mut classes);
        }
        let doubt = self.of_opaque(&statements, among, sets.len(), budget, &mut classes);
        (classes, doubt)
    }

    /// The first action of a class, to be held against statements.
    pub fn one(&self, class: &ActionClass<'_>) -> OneAction<'m> {
        let name = class.names.first().cloned().unwrap_or_default();
        let found = self.catalogs.find(&class.service);
        // A service that knows every name has one row for all of them.
        let listed =
            found.map(|(id, service)| (id, &**service, service.position(&name).unwrap_or(0) as usize));
        OneAction { listed, service: class.service.clone(), name, facts: class.facts }
    }

    /// Whether a statement covers an action.
    pub fn covers(&self, action: &OneAction<'m>, statement: &Statement) -> bool {
        let Some((id, service, place)) = action.listed else {
            return covers_opaque(&statement.actions, &action.service, &action.name);
        };
        let single = action.facts.granularity != Granularity::Service;
        statement.actions.iter().any(|term| match &term.kind {
            ActionKind::All { .. } => true,
            ActionKind::Pattern { service: of, pattern, .. } => {
                of.as_ref() == service.service.as_ref()
                    && (pattern.as_ref() == "*" || (single && glob::matches(pattern, &action.name)))
            }
            ActionKind::Permid(number) => {
                let mut names = service.permids.get(number).into_iter().flatten();
                single && names.any(|name| service.position(name).is_some_and(|at| at as usize == place))
            }
            ActionKind::Names(ids) => {
                let wanted = |action: &ActionId| (action.service, action.action as usize).cmp(&(id, place));
                single && ids.binary_search_by(wanted).is_ok()
            }
        })
    }

    /// One action of a service that no catalog describes, with the statements that cover it; none where it is not opaque.
    pub fn opaque<'s>(
        &self,
        service: &str,
        name: &str,
        sets: &[&[&'s Statement]],
    ) -> Option<ActionClass<'s>> {
        if self.catalogs.find(service).is_some() || !self.settings.opaque.covers(service) {
            return None;
        }
        let each = sets.iter().enumerate();
        let statements: Vec<(usize, &'s Statement)> =
            each.flat_map(|(set, all)| all.iter().map(move |s| (set, *s))).collect();
        opaque_class(service, name, &statements, None, sets.len())
    }

    fn of_service<'s>(
        &mut self,
        id: ServiceId,
        service: &Service,
        statements: &[(usize, &'s Statement)],
        among: Option<&[ActionTerm]>,
        sets: usize,
        classes: &mut Vec<ActionClass<'s>>,
    ) {
        let wanted = among.map_or(Cover::Whole, |terms| self.named(id, service, terms));
        if matches!(wanted, Cover::Nothing) {
            return;
        }
        let rows = rows(service, self.settings, among);
        // Refined by one statement after the other: actions of equal numbers are covered by the same ones.
        let mut column = Column::new(rows.iter().map(|(_, facts)| *facts));
        let mut touching: Vec<(usize, &'s Statement, Cover)> = Vec::new();
        for (set, statement) in statements {
            let cover = self.cover(id, service, &statement.actions);
            if let Cover::Some(places) = &cover {
                column.refine(places);
            }
            if !matches!(cover, Cover::Nothing) {
                touching.push((*set, statement, cover));
            }
        }
        if let Cover::Some(places) = &wanted {
            column.refine(places);
        }
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (place, number) in column.numbers.iter().enumerate() {
            members.entry(*number).or_default().push(place);
        }
        for places in members.values() {
            let Some(first) = places.first() else { continue };
            let Some((_, facts)) = rows.get(*first) else { continue };
            if matches!(&wanted, Cover::Some(names) if !names.has(*first)) {
                continue;
            }
            let mut covering = vec![Vec::new(); sets];
            for (set, statement, cover) in &touching {
                if covers(cover, *first, facts)
                    && let Some(of) = covering.get_mut(*set)
                {
                    of.push(*statement);
                }
            }
            let names = places.iter().filter_map(|place| rows.get(*place)).map(|(name, _)| (*name).into());
            classes.push(ActionClass {
                service: service.service.clone(),
                facts: *facts,
                names: names.collect(),
                sets: covering,
            });
        }
    }

    /// The names that terms stand for, of whatever level: which calls are meant, not what a statement covers.
    fn named(&mut self, id: ServiceId, service: &Service, terms: &[ActionTerm]) -> Cover {
        let every = service.knows_every_name() && terms.iter().any(|term| is_of(term, service));
        if every { Cover::Whole } else { self.cover(id, service, terms) }
    }

    fn cover(&mut self, id: ServiceId, service: &Service, terms: &[ActionTerm]) -> Cover {
        let mut places = Bits::none(service.actions.len());
        for term in terms {
            match &term.kind {
                ActionKind::All { .. } => return Cover::Whole,
                ActionKind::Pattern { service: of, pattern, .. }
                    if of.as_ref() == service.service.as_ref() =>
                {
                    if pattern.as_ref() == "*" {
                        return Cover::Whole;
                    }
                    places.add(&self.pattern(id, service, pattern));
                }
                ActionKind::Pattern { .. } => {}
                ActionKind::Permid(number) => {
                    let names = service.permids.get(number).into_iter().flatten();
                    names
                        .filter_map(|name| service.position(name))
                        .for_each(|place| places.insert(place as usize));
                }
                ActionKind::Names(ids) => {
                    let from = ids.partition_point(|action| action.service < id);
                    let own = ids.iter().skip(from).take_while(|action| action.service == id);
                    own.for_each(|action| places.insert(action.action as usize));
                }
            }
        }
        if places.is_empty() { Cover::Nothing } else { Cover::Some(places) }
    }

    fn pattern(&mut self, id: ServiceId, service: &Service, pattern: &Arc<str>) -> Arc<Bits> {
        let found = self.patterns.entry((id, pattern.clone())).or_insert_with(|| {
            let (glob, mut places) = (Glob::new(pattern), Bits::none(service.actions.len()));
            match glob.exact() {
                Some(name) => {
                    service.position(name).into_iter().for_each(|place| places.insert(place as usize))
                }
                None => {
                    let rows = service.actions.iter().enumerate();
                    rows.filter(|(_, row)| glob.matches(&row.name))
                        .for_each(|(place, _)| places.insert(place));
                }
            }
            Arc::new(places)
        });
        Arc::clone(found)
    }

    fn of_opaque<'s>(
        &self,
        statements: &[(usize, &'s Statement)],
        among: Option<&[ActionTerm]>,
        sets: usize,
        budget: &mut Budget,
        classes: &mut Vec<ActionClass<'s>>,
    ) -> Option<Doubt> {
        let lists = statements.iter().map(|(_, s)| &*s.actions).chain(among);
        let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for term in lists.flatten() {
            if let ActionKind::Pattern { service, pattern, .. } = &term.kind
                && self.catalogs.find(service).is_none()
                && self.settings.opaque.covers(service)
            {
                named.entry(service).or_default().insert(pattern);
            }
        }
        let other = (0u32..).map(|n| format!("service{n}"));
        let mut other =
            other.filter(|name| self.catalogs.find(name).is_none() && !named.contains_key(name.as_str()));
        let other = other.next();
        match &self.settings.opaque {
            Opaque::Services(names) => {
                for name in names.iter().filter(|name| self.catalogs.find(name).is_none()) {
                    named.entry(name).or_default();
                }
            }
            Opaque::All => named.extend(other.iter().map(|name| (name.as_str(), BTreeSet::new()))),
        }
        let mut doubt = None;
        for (service, patterns) in &named {
            let globs: Vec<Glob> = patterns.iter().map(|p| Glob::new(p)).collect();
            let names = names(&globs, budget);
            doubt = doubt.or(names.is_none().then_some(Doubt::Budget));
            for name in names.unwrap_or_default() {
                classes.extend(opaque_class(service, &name, statements, among, sets));
            }
        }
        doubt
    }
}

/// A name for each way of standing to the patterns; none where there are too many.
fn names(globs: &[Glob], budget: &mut Budget) -> Option<Vec<String>> {
    let starred = globs.iter().filter(|g| g.exact().is_none() && !g.is_any()).collect();
    let exact = globs.iter().filter_map(Glob::exact).collect();
    kinds(&Patterns { globs: starred, exact, folded: BTreeSet::new() }, Letters::Name, false, budget).ok()
}

fn opaque_class<'s>(
    service: &str,
    name: &str,
    statements: &[(usize, &'s Statement)],
    among: Option<&[ActionTerm]>,
    sets: usize,
) -> Option<ActionClass<'s>> {
    let covers = |terms: &[ActionTerm]| covers_opaque(terms, service, name);
    if !among.is_none_or(covers) {
        return None;
    }
    let mut covering = vec![Vec::new(); sets];
    for (set, statement) in statements {
        if let Some(of) = covering.get_mut(*set).filter(|_| covers(&statement.actions)) {
            of.push(*statement);
        }
    }
    let facts = Facts { granularity: Granularity::Resource, address: true, tags: true };
    Some(ActionClass { service: service.into(), facts, names: vec![name.into()], sets: covering })
}

/// Whether terms cover an action of a service that no catalog describes.
fn covers_opaque(terms: &[ActionTerm], service: &str, name: &str) -> bool {
    terms.iter().any(|term| match &term.kind {
        ActionKind::All { .. } => true,
        ActionKind::Pattern { service: of, pattern, .. } => {
            of.as_ref() == service && glob::matches(pattern, name)
        }
        ActionKind::Permid(_) | ActionKind::Names(_) => false,
    })
}

/// Whether a term is a name or pattern of a service.
fn is_of(term: &ActionTerm, service: &Service) -> bool {
    matches!(&term.kind, ActionKind::Pattern { service: of, .. } if of.as_ref() == service.service.as_ref())
}

/// The actions of a service; of one that knows every name, one that is asked for stands for all.
fn rows<'c>(
    service: &'c Service,
    settings: &Settings,
    among: Option<&'c [ActionTerm]>,
) -> Vec<(&'c str, Facts)> {
    let evaluate = settings.ip_unsupported == IpUnsupported::Evaluate;
    if service.knows_every_name() {
        let asked = among.into_iter().flatten().find_map(|term| match &term.kind {
            ActionKind::Pattern { pattern, .. } if is_of(term, service) => Some(pattern.trim_matches('*')),
            _ => None,
        });
        let name = asked.filter(|name| !name.is_empty() && !name.contains('*')).unwrap_or("Any");
        let facts =
            Facts { granularity: Granularity::Service, address: true, tags: service.tag_authorization };
        return vec![(name, facts)];
    }
    let rows = service.actions.iter().map(|action| {
        let facts = Facts {
            granularity: action.granularity,
            address: action.ip_restriction || evaluate,
            tags: action.tag_authorization,
        };
        (action.name.as_ref(), facts)
    });
    rows.collect()
}

/// A number for each action, equal for those that are not told apart.
struct Column {
    numbers: Vec<usize>,
    next: usize,
    /// New numbers by old ones, while the column is refined; none in between.
    renamed: Vec<Option<usize>>,
}

impl Column {
    /// Actions of equal facts have equal numbers.
    fn new(facts: impl Iterator<Item = Facts>) -> Column {
        let mut known: HashMap<Facts, usize> = HashMap::new();
        let numbers = facts.map(|facts| {
            let next = known.len();
            *known.entry(facts).or_insert(next)
        });
        let numbers = numbers.collect();
        Column { numbers, next: known.len(), renamed: vec![None; known.len()] }
    }

    /// Gives the actions at some places numbers apart from those of the others.
    fn refine(&mut self, places: &Bits) {
        let mut old = Vec::new();
        for place in places.iter() {
            let Some(number) = self.numbers.get_mut(place) else { continue };
            let Some(renamed) = self.renamed.get_mut(*number) else { continue };
            *number = *renamed.get_or_insert_with(|| {
                old.push(*number);
                self.next += 1;
                self.next - 1
            });
        }
        for number in old {
            if let Some(renamed) = self.renamed.get_mut(number) {
                *renamed = None;
            }
        }
        self.renamed.resize(self.next, None);
    }
}

/// Service-level actions are covered with their whole service only.
fn covers(cover: &Cover, place: usize, facts: &Facts) -> bool {
    match cover {
        Cover::Nothing => false,
        Cover::Whole => true,
        Cover::Some(places) => facts.granularity != Granularity::Service && places.has(place),
    }
}
