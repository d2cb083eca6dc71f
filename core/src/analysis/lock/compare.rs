//! What the patterns of a set stand for, beside what a lock says of them.

use super::{Action, Key, Locked, LockedPattern, Pattern, Patterns};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// How a set differs from its lock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Catalogs of another version than the lock names, by service.
    pub catalogs: Vec<CatalogVersion>,
    /// Patterns that stand for other actions.
    pub changed: Vec<Changed>,
    /// Patterns that the lock does not have.
    pub unlocked: Vec<Pattern>,
    /// Patterns of the lock that the set does not have.
    pub stale: Vec<LockedPattern>,
}

/// A catalog whose version differs.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CatalogVersion {
    /// Abbreviation of the service.
    pub service: Box<str>,
    /// The version that the lock names; none where it does not name the service.
    pub locked: Option<Box<str>>,
    /// The version of the set's catalog; none where it has none of the service.
    pub now: Option<Arc<str>>,
}

/// A pattern that stands for other actions than it was locked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// As it is now.
    pub pattern: Pattern,
    /// Actions that came in, with the category that they have.
    pub added: Vec<Action>,
    /// Actions that went away, with the category that they had.
    pub removed: Vec<Action>,
}

impl Comparison {
    /// Whether every pattern stands for the actions that it was locked with, and none came or went. A catalog may have
    /// another version.
    pub fn is_same(&self) -> bool {
        self.changed.is_empty() && self.unlocked.is_empty() && self.stale.is_empty()
    }
}

impl Patterns {
    /// Compares with a lock. An action that is filed under another category, and that a pattern still covers, is no
    /// difference.
    pub fn compare(&self, lock: &Locked) -> Comparison {
        let mut left: HashMap<&Key, &LockedPattern> =
            lock.patterns.iter().map(|one| (&one.key, one)).collect();
        let mut found = Comparison { catalogs: self.versions(lock), ..Comparison::default() };
        for pattern in &self.patterns {
            match left.remove(&pattern.key) {
                Some(locked) => found.changed.extend(changed(pattern, locked)),
                None => found.unlocked.push(pattern.clone()),
            }
        }
        found.stale = lock.patterns.iter().filter(|one| left.contains_key(&one.key)).cloned().collect();
        found
    }

    fn versions(&self, lock: &Locked) -> Vec<CatalogVersion> {
        let locked: BTreeMap<&str, &str> =
            lock.catalogs.iter().map(|one| (one.service.as_ref(), one.version.as_ref())).collect();
        let now: BTreeMap<&str, &Arc<str>> =
            self.known.iter().map(|(service, version)| (service.as_ref(), version)).collect();
        let named = self.catalogs.iter().map(|(service, _)| service.as_ref()).chain(locked.keys().copied());
        let services: BTreeSet<&str> = named.collect();
        let one = |service: &str| CatalogVersion {
            service: service.into(),
            locked: locked.get(service).map(|version| (*version).into()),
            now: now.get(service).map(|version| Arc::clone(version)),
        };
        services.into_iter().map(one).filter(|one| one.locked.as_deref() != one.now.as_deref()).collect()
    }
}

/// What came and what went; none where nothing did.
fn changed(pattern: &Pattern, locked: &LockedPattern) -> Option<Changed> {
    let without = |all: &[Action], others: &[Action]| -> Vec<Action> {
        let others: HashSet<&str> = others.iter().map(|one| one.action.as_ref()).collect();
        all.iter().filter(|one| !others.contains(one.action.as_ref())).cloned().collect()
    };
    let added = without(&pattern.actions, &locked.actions);
    let removed = without(&locked.actions, &pattern.actions);
    let differs = !added.is_empty() || !removed.is_empty();
    differs.then(|| Changed { pattern: pattern.clone(), added, removed })
}
