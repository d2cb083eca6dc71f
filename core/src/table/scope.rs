//! Which actions a statement's list covers (semantics §3 and §4), as bits for each service.

use super::actions::{Actions, ServiceFacts};
use super::bits::Bits;
use crate::catalog::Service;
use crate::glob::Glob;
use crate::model::{ActionKind, ActionTerm};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What a list of action terms covers.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// `*` is among them: every action of every service.
    pub(super) everything: bool,
    /// Catalogued services that are named, by number.
    pub(super) services: BTreeMap<u32, Named>,
    /// Patterns of opaque services.
    pub(super) opaque: Vec<(Arc<str>, Glob)>,
}

/// What is named of one service.
#[derive(Debug)]
pub(super) struct Named {
    /// A whole-service pattern is among them.
    whole: bool,
    /// Actions by name or pattern; none of service level.
    actions: Bits,
}

impl Scope {
    /// The actions of a service that a statement may match, by name and grain: those of service level want the whole
    /// service and `*` as resource, those of operation level `*` as resource.
    pub(super) fn of_service(&self, number: u32, facts: &ServiceFacts, any_resource: bool) -> Option<Bits> {
        let named = self.services.get(&number);
        let covered = if self.everything || named.is_some_and(|n| n.whole) {
            Bits::all(facts.width)
        } else {
            named?.actions.clone()
        };
        Some(if any_resource { covered } else { covered.and(&facts.resource_level) })
    }

    /// The actions of a service that the terms cover, whatever their grain asks of the resource.
    pub(super) fn covers(&self, number: u32, facts: &ServiceFacts) -> Option<Bits> {
        self.of_service(number, facts, true)
    }
}

/// Scopes by list, patterns by text: statements that share either share the work.
#[derive(Debug)]
pub(super) struct Scopes<'m> {
    actions: &'m Actions,
    lists: HashMap<(*const ActionTerm, usize), Arc<Scope>>,
    patterns: HashMap<(u32, Arc<str>), Bits, foldhash::fast::RandomState>,
}

impl<'m> Scopes<'m> {
    pub(super) fn new(actions: &'m Actions) -> Self {
        Scopes { actions, lists: HashMap::new(), patterns: HashMap::default() }
    }

    /// What a list covers.
    // INVARIANT: the model outlives this map, so that a list keeps its place while the map is used.
    pub(super) fn scope(&mut self, terms: &Arc<[ActionTerm]>) -> Arc<Scope> {
        let key = (terms.as_ptr(), terms.len());
        if let Some(known) = self.lists.get(&key) {
            return known.clone();
        }
        let mut scope = Scope::default();
        terms.iter().for_each(|term| self.add(&term.kind, &mut scope));
        let scope = Arc::new(scope);
        self.lists.insert(key, scope.clone());
        scope
    }

    fn add(&mut self, term: &ActionKind, scope: &mut Scope) {
        match term {
            ActionKind::All { .. } => scope.everything = true,
            ActionKind::Pattern { service, pattern, .. } => self.add_pattern(service, pattern, scope),
            ActionKind::Permid(number) => self.add_permid(number, scope),
            ActionKind::Names(ids) => {
                for id in ids.iter() {
                    let Some(facts) = self.actions.service(id.service.0) else { continue };
                    if !facts.service_level.contains(id.action as usize) {
                        named(scope, id.service.0, facts).actions.insert(id.action as usize);
                    }
                }
            }
        }
    }

    fn add_pattern(&mut self, service: &Arc<str>, pattern: &Arc<str>, scope: &mut Scope) {
        let Some((id, described)) = self.actions.catalogs().find(service) else {
            if self.actions.is_opaque(service) {
                scope.opaque.push((service.clone(), Glob::new(pattern)));
            }
            return;
        };
        let Some(facts) = self.actions.service(id.0) else { return };
        let entry = named(scope, id.0, facts);
        if pattern.as_ref() == "*" {
            entry.whole = true;
        } else if !facts.every_name {
            let key = (id.0, pattern.clone());
            let bits = self.patterns.entry(key).or_insert_with(|| {
                matching(described, facts.width, &Glob::new(pattern)).without(&facts.service_level)
            });
            entry.actions.add_all(bits);
        }
    }

    fn add_permid(&mut self, number: &str, scope: &mut Scope) {
        for (id, service) in self.actions.catalogs().services() {
            let (Some(names), Some(facts)) = (service.permids.get(number), self.actions.service(id.0)) else {
                continue;
            };
            let places = names.iter().filter_map(|name| service.position(name)).map(|at| at as usize);
            let entry = named(scope, id.0, facts);
            places.filter(|at| !facts.service_level.contains(*at)).for_each(|at| entry.actions.insert(at));
        }
    }
}

fn named<'s>(scope: &'s mut Scope, number: u32, facts: &ServiceFacts) -> &'s mut Named {
    let nothing = || Named { whole: false, actions: Bits::none(facts.width) };
    scope.services.entry(number).or_insert_with(nothing)
}

/// Actions are sorted by name: those that begin like the pattern lie together.
fn matching(service: &Service, width: usize, glob: &Glob) -> Bits {
    let mut bits = Bits::none(width);
    let prefix = glob.prefix();
    let from = service.actions.partition_point(|a| a.name.as_ref() < prefix);
    let near = service.actions.iter().enumerate().skip(from);
    let near = near.take_while(|(_, action)| action.name.starts_with(prefix));
    near.filter(|(_, action)| glob.matches(&action.name)).for_each(|(at, _)| bits.insert(at));
    bits
}
