//! Which kinds of catalogued actions an action term covers: counted once per service and pattern, so that a set of
//! many statements over few patterns is linted in linear time.

use crate::catalog::{Action, ActionId, Catalogs, Granularity, Service};
use crate::glob::Glob;
use crate::model::{ActionKind, Model, Opaque, Settings};
use std::collections::HashMap;
use std::sync::Arc;

/// What the catalog says of a kind of action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) granularity: Granularity,
    pub(super) address: bool,
    pub(super) tags: bool,
    /// Covered as part of its whole service.
    pub(super) whole: bool,
    /// Of category `list`.
    pub(super) list: bool,
}

impl Facts {
    /// Whether the resources of a statement let it match such an action: at operation and service level `*` alone
    /// does, and an action of service level is covered by its whole service only (semantics §4).
    pub(super) fn matched(self, specific: bool) -> bool {
        match self.granularity {
            Granularity::Service => self.whole && !specific,
            Granularity::Operation => !specific,
            Granularity::Resource => true,
        }
    }
}

/// An action that no catalog describes (semantics §3, *Opaque services*).
const OPAQUE: Facts =
    Facts { granularity: Granularity::Resource, address: true, tags: true, whole: false, list: false };

/// How many covered actions have these facts, and the first names of them.
#[derive(Debug, Clone)]
pub(super) struct Class {
    pub(super) facts: Facts,
    pub(super) count: usize,
    pub(super) names: Vec<Box<str>>,
}

/// How many names of a class are kept for messages.
pub(super) const NAMES: usize = 8;

/// The category whose actions answer with many things.
const LIST: &str = "list";

/// What a term covers.
#[derive(Debug, Clone, Default)]
pub(super) struct Coverage {
    pub(super) classes: Vec<Class>,
    /// Facts of actions that it reaches and no catalog lists.
    pub(super) unlisted: Vec<Facts>,
}

impl Coverage {
    /// The kinds of actions that are covered, with a name where a catalog has one.
    pub(super) fn kinds(&self) -> impl Iterator<Item = (Facts, Option<&str>)> {
        let listed = self.classes.iter().map(|c| (c.facts, c.names.first().map(AsRef::as_ref)));
        listed.chain(self.unlisted.iter().map(|facts| (*facts, None)))
    }

    /// How many catalogued actions are covered.
    pub(super) fn count(&self) -> usize {
        self.classes.iter().map(|class| class.count).sum()
    }

    fn add(&mut self, action: &Action, whole: bool) {
        let facts = Facts {
            granularity: action.granularity,
            address: action.ip_restriction,
            tags: action.tag_authorization,
            whole,
            list: action.category.as_ref() == LIST,
        };
        let at = self.classes.iter().position(|class| class.facts == facts).unwrap_or_else(|| {
            self.classes.push(Class { facts, count: 0, names: Vec::new() });
            self.classes.len() - 1
        });
        if let Some(class) = self.classes.get_mut(at) {
            class.count += 1;
            if class.names.len() < NAMES {
                class.names.push(action.name.clone());
            }
        }
    }

    fn add_service(&mut self, service: &Service, pattern: &str) {
        let whole = pattern == "*";
        if service.knows_every_name() {
            let tags = service.tag_authorization;
            let granularity = Granularity::Service;
            self.unlisted.push(Facts { granularity, address: true, tags, whole, list: false });
        }
        if !pattern.contains('*') {
            let exact = service.position(pattern).and_then(|at| service.actions.get(at as usize));
            exact.into_iter().for_each(|action| self.add(action, false));
            return;
        }
        let glob = Glob::new(pattern);
        for action in service.actions.iter().filter(|a| whole || glob.matches(&a.name)) {
            self.add(action, whole);
        }
    }

    fn add_names(&mut self, catalogs: &Catalogs, names: &[ActionId]) {
        for action in names.iter().filter_map(|id| catalogs.action(*id)) {
            self.add(action, false);
        }
    }
}

/// Coverages by term, each worked out once.
pub(super) struct Coverages<'a> {
    catalogs: &'a Catalogs,
    settings: &'a Settings,
    patterns: HashMap<(&'a str, &'a str), Arc<Coverage>>,
    names: HashMap<*const ActionId, Arc<Coverage>>,
    all: Option<Arc<Coverage>>,
}

impl<'a> Coverages<'a> {
    pub(super) fn new(model: &'a Model) -> Self {
        let (catalogs, settings) = (&*model.catalogs, &model.settings);
        Coverages { catalogs, settings, patterns: HashMap::new(), names: HashMap::new(), all: None }
    }

    pub(super) fn of(&mut self, kind: &'a ActionKind) -> Arc<Coverage> {
        match kind {
            ActionKind::All { .. } => self.all(),
            ActionKind::Pattern { service, pattern, .. } => self.pattern(service, pattern),
            ActionKind::Permid(number) => {
                let mut coverage = Coverage::default();
                coverage.add_names(self.catalogs, &self.catalogs.permid(number));
                Arc::new(coverage)
            }
            ActionKind::Names(names) => {
                let catalogs = self.catalogs;
                let found = self.names.entry(names.as_ptr()).or_insert_with(|| {
                    let mut coverage = Coverage::default();
                    coverage.add_names(catalogs, names);
                    Arc::new(coverage)
                });
                Arc::clone(found)
            }
        }
    }

    fn all(&mut self) -> Arc<Coverage> {
        let (catalogs, settings) = (self.catalogs, self.settings);
        let found = self.all.get_or_insert_with(|| {
            let opaque = match &settings.opaque {
                Opaque::All => true,
                Opaque::Services(names) => names.iter().any(|name| catalogs.find(name).is_none()),
            };
            let mut coverage = Coverage::default();
            coverage.unlisted.extend(opaque.then_some(OPAQUE));
            for (_, service) in catalogs.services() {
                coverage.add_service(service, "*");
            }
            Arc::new(coverage)
        });
        Arc::clone(found)
    }

    fn pattern(&mut self, service: &'a str, pattern: &'a str) -> Arc<Coverage> {
        let (catalogs, settings) = (self.catalogs, self.settings);
        let found = self.patterns.entry((service, pattern)).or_insert_with(|| {
            let mut coverage = Coverage::default();
            match catalogs.find(service) {
                Some((_, known)) => coverage.add_service(known, pattern),
                None => coverage.unlisted.extend(settings.opaque.covers(service).then_some(OPAQUE)),
            }
            Arc::new(coverage)
        });
        Arc::clone(found)
    }
}
