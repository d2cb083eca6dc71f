//! The patterns of a model with the catalogued actions that each covers (semantics §3, §4). Each list of terms and each
//! text is looked at once, so that time is linear in the set and in what its patterns stand for.

use super::key::Keys;
use super::{Action, Key, Pattern, Patterns, Spot};
use crate::catalog::{ActionId, Granularity};
use crate::error::{Error, ErrorCode, Result};
use crate::glob::Glob;
use crate::model::{ActionKind, ActionTerm, Model, PolicyId};
use passgate_grammar::{Span, limits};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// The patterns of the policies of a set; documents that an option lays on callers are no part of it.
///
/// # Errors
/// `bad-option` where what they stand for is more than a file may hold.
pub(crate) fn of_model(model: &Model) -> Result<Patterns> {
    within(limits::FILE_BYTES, model)
}

/// [`of_model`], with so many bytes of actions.
pub(super) fn within(most: usize, model: &Model) -> Result<Patterns> {
    let mut walk = Walk {
        model,
        keys: Keys::new(model),
        lists: HashSet::new(),
        seen: HashMap::new(),
        found: BTreeMap::new(),
        left: most,
    };
    let boundary = model.boundary.as_deref().unwrap_or_default();
    let is_own = |at: &usize| !boundary.iter().any(|PolicyId(id)| *id as usize == *at);
    for (_, policy) in model.policies.iter().enumerate().filter(|(at, _)| is_own(at)) {
        for statement in &policy.statements {
            walk.list(&statement.actions, &policy.name).map_err(|TooMuch| too_much(most))?;
        }
    }
    Ok(walk.finish())
}

#[cold]
fn too_much(most: usize) -> Error {
    let message =
        format!("a lock has at most {most} bytes, and the patterns of the set stand for more actions");
    Error::new(ErrorCode::BadOption, message)
}

/// The actions of all patterns need more room than there is.
struct TooMuch;

struct Walk<'m> {
    model: &'m Model,
    keys: Keys<'m>,
    /// Lists that statements share.
    lists: HashSet<*const ActionTerm>,
    /// Texts that were looked at, with whether they mean something else in another instance.
    seen: HashMap<Span, bool>,
    found: BTreeMap<Key, Found>,
    /// Bytes that actions may still take.
    left: usize,
}

#[derive(Default)]
struct Found {
    spans: BTreeSet<Span>,
    actions: Vec<ActionId>,
}

impl<'m> Walk<'m> {
    fn list(&mut self, terms: &'m Arc<[ActionTerm]>, policy: &Arc<str>) -> std::result::Result<(), TooMuch> {
        if !self.lists.insert(terms.as_ptr()) {
            return Ok(());
        }
        for term in terms.iter() {
            if self.seen.get(&term.span) == Some(&false) {
                continue;
            }
            let Some(known) = self.keys.of(term, policy) else { continue };
            self.seen.insert(term.span, known.instance);
            if let Some(found) = self.found.get_mut(&known.key) {
                found.spans.insert(term.span);
                continue;
            }
            let actions = expansion(self.model, &term.kind);
            let bytes = actions.iter().map(|id| self.bytes(*id)).sum::<usize>();
            self.left = self.left.checked_sub(bytes).ok_or(TooMuch)?;
            self.found.insert(known.key, Found { spans: BTreeSet::from([term.span]), actions });
        }
        Ok(())
    }

    /// At least what the line of an action takes.
    fn bytes(&self, id: ActionId) -> usize {
        let service = self.model.catalogs.get(id.service).map_or(0, |service| service.service.len());
        let action = self.model.catalogs.action(id).map_or(0, |row| row.name.len() + row.category.len());
        service + action + "\":\" = \"\"\n".len()
    }

    fn finish(self) -> Patterns {
        let model = self.model;
        let known = model.catalogs.services().map(|(_, s)| (s.service.clone(), Arc::clone(&s.version)));
        let named: BTreeSet<_> =
            self.found.values().flat_map(|found| &found.actions).map(|id| id.service).collect();
        let of = |id| model.catalogs.get(id).map(|s| (s.service.clone(), Arc::clone(&s.version)));
        let catalogs = named.into_iter().filter_map(of).collect();
        let pattern = |(key, found): (Key, Found)| Pattern {
            key,
            spots: found.spans.iter().map(|span| spot(model, *span)).collect(),
            actions: found.actions.iter().filter_map(|id| action(model, *id)).collect(),
        };
        Patterns { catalogs, patterns: self.found.into_iter().map(pattern).collect(), known: known.collect() }
    }
}

fn spot(model: &Model, span: Span) -> Spot {
    let at = model.sources.start(span);
    let file = model.sources.get(span.source).map_or_else(|| "".into(), |source| source.name().clone());
    Spot { span, file, line: at.line, column: at.column }
}

fn action(model: &Model, id: ActionId) -> Option<Action> {
    let (service, row) = (model.catalogs.get(id.service)?, model.catalogs.action(id)?);
    Some(Action {
        action: format!("{}:{}", service.service, row.name).into(),
        category: row.category.clone(),
    })
}

/// The catalogued actions that a term covers, in the order of their names. One of service level is covered by its whole
/// service alone.
fn expansion(model: &Model, kind: &ActionKind) -> Vec<ActionId> {
    let catalogs = &model.catalogs;
    let all = |only: Option<&str>, whole: bool, fits: &dyn Fn(&str) -> bool| {
        let services =
            catalogs.services().filter(|(_, s)| only.is_none_or(|name| s.service.as_ref() == name));
        let rows = services.flat_map(|(service, s)| (0..).zip(&s.actions).map(move |row| (service, row)));
        let covered = rows
            .filter(|(_, (_, row))| (whole || row.granularity != Granularity::Service) && fits(&row.name));
        covered.map(|(service, (action, _))| ActionId { service, action }).collect()
    };
    let mut ids: Vec<ActionId> = match kind {
        ActionKind::All { .. } => all(None, true, &|_| true),
        ActionKind::Pattern { service, pattern, .. } => {
            let glob = Glob::new(pattern);
            all(Some(service), pattern.as_ref() == "*", &|name| glob.matches(name))
        }
        ActionKind::Permid(number) => by_name(model, &catalogs.permid(number)),
        ActionKind::Names(names) => by_name(model, names),
    };
    ids.sort_by_cached_key(|id| (id.service, catalogs.action(*id).map(|row| row.name.clone())));
    ids
}

fn by_name(model: &Model, ids: &[ActionId]) -> Vec<ActionId> {
    let is_covered =
        |id: &ActionId| model.catalogs.action(*id).is_some_and(|row| row.granularity != Granularity::Service);
    ids.iter().copied().filter(is_covered).collect()
}
