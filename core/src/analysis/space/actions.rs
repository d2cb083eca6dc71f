//! Classes of actions: those that the catalog describes alike and the same statements cover need one look only
//! (semantics §3 and §4).
//!
//! Names of opaque services are told apart by the patterns that statements use on them; each class has a name to show.

use super::budget::Budget;
use super::doubt::Doubt;
use super::subject::Facts;
use super::texts::{Letters, Patterns, kinds};
use crate::catalog::{Catalogs, Granularity, Service, ServiceId};
use crate::glob::Glob;
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
    patterns: HashMap<(ServiceId, Arc<str>), Arc<[u32]>>,
}

/// What one list of terms covers of a service.
enum Cover {
    Nothing,
    /// The whole service, service-level actions included.
    Whole,
    Some(BTreeSet<u32>),
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
        let mut column: Vec<usize> = grouped(rows.iter().map(|(_, facts)| *facts));
        let mut touching: Vec<(usize, &'s Statement, Cover)> = Vec::new();
        for (set, statement) in statements {
            let cover = self.cover(id, service, &statement.actions);
            if let Cover::Some(places) = &cover {
                refine(&mut column, places);
            }
            if !matches!(cover, Cover::Nothing) {
                touching.push((*set, statement, cover));
            }
        }
        if let Cover::Some(places) = &wanted {
            refine(&mut column, places);
        }
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (place, number) in column.iter().enumerate() {
            members.entry(*number).or_default().push(place);
        }
        for places in members.values() {
            let Some(first) = places.first() else { continue };
            let Some((_, facts)) = rows.get(*first) else { continue };
            if matches!(&wanted, Cover::Some(names) if !within(names, *first)) {
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
        let mut places = BTreeSet::new();
        for term in terms {
            match &term.kind {
                ActionKind::All { .. } => return Cover::Whole,
                ActionKind::Pattern { service: of, pattern, .. }
                    if of.as_ref() == service.service.as_ref() =>
                {
                    if pattern.as_ref() == "*" {
                        return Cover::Whole;
                    }
                    places.extend(self.pattern(id, service, pattern).iter().copied());
                }
                ActionKind::Pattern { .. } => {}
                ActionKind::Permid(number) => {
                    let names = service.permids.get(number).into_iter().flatten();
                    places.extend(names.filter_map(|name| service.position(name)));
                }
                ActionKind::Names(ids) => {
                    let from = ids.partition_point(|action| action.service < id);
                    let own = ids.iter().skip(from).take_while(|action| action.service == id);
                    places.extend(own.map(|action| action.action));
                }
            }
        }
        if places.is_empty() { Cover::Nothing } else { Cover::Some(places) }
    }

    fn pattern(&mut self, id: ServiceId, service: &Service, pattern: &Arc<str>) -> Arc<[u32]> {
        let found = self.patterns.entry((id, pattern.clone())).or_insert_with(|| {
            let glob = Glob::new(pattern);
            if let Some(name) = glob.exact() {
                return service.position(name).into_iter().collect();
            }
            let rows = (0u32..).zip(&service.actions).filter(|(_, action)| glob.matches(&action.name));
            rows.map(|(place, _)| place).collect()
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
    let covers = |terms: &[ActionTerm]| {
        terms.iter().any(|term| match &term.kind {
            ActionKind::All { .. } => true,
            ActionKind::Pattern { service: of, pattern, .. } => {
                of.as_ref() == service && crate::glob::matches(pattern, name)
            }
            ActionKind::Permid(_) | ActionKind::Names(_) => false,
        })
    };
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

/// A number for each value, equal for equal ones.
fn grouped(values: impl Iterator<Item = Facts>) -> Vec<usize> {
    let mut numbers: HashMap<Facts, usize> = HashMap::new();
    values
        .map(|value| {
            let next = numbers.len();
            *numbers.entry(value).or_insert(next)
        })
        .collect()
}

/// Gives the members at some places numbers apart from those of the others.
fn refine(column: &mut [usize], places: &BTreeSet<u32>) {
    let mut next = column.iter().max().map_or(0, |most| most + 1);
    let mut renamed: HashMap<usize, usize> = HashMap::new();
    for place in places {
        if let Some(number) = column.get_mut(*place as usize) {
            *number = *renamed.entry(*number).or_insert_with(|| {
                next += 1;
                next - 1
            });
        }
    }
}

/// Service-level actions are covered with their whole service only.
fn covers(cover: &Cover, place: usize, facts: &Facts) -> bool {
    match cover {
        Cover::Nothing => false,
        Cover::Whole => true,
        Cover::Some(places) => facts.granularity != Granularity::Service && within(places, place),
    }
}

fn within(places: &BTreeSet<u32>, place: usize) -> bool {
    u32::try_from(place).is_ok_and(|place| places.contains(&place))
}
