//! Which statements can matter to an assert: those whose actions overlap with its own.
//!
//! Only to leave statements out early: what is near is kept, and told apart by [`crate::analysis::space`].

use crate::catalog::ServiceId;
use crate::glob::Glob;
use crate::model::{ActionKind, ActionTerm, Model};
use std::collections::HashMap;
use std::sync::Arc;

/// What a list of terms covers.
#[derive(Debug, Clone, Default)]
pub(super) struct Cover {
    /// Every action.
    all: bool,
    /// Rows of catalogued services, as bits; sorted by service.
    rows: Vec<(ServiceId, Vec<u64>)>,
    /// Services of which the whole is named, and with it what is decided for all of a service alone.
    whole: Vec<ServiceId>,
    /// Services without a list of names; sorted.
    unlisted: Vec<Arc<str>>,
}

impl Cover {
    /// Whether both may cover one action.
    pub(super) fn meets(&self, other: &Cover) -> bool {
        if self.all || other.all {
            return true;
        }
        let row = |id: &ServiceId| other.rows.iter().find(|(of, _)| of == id).map(|(_, bits)| bits);
        let common = |(id, bits): &(ServiceId, Vec<u64>)| {
            row(id).is_some_and(|others| bits.iter().zip(others).any(|(a, b)| a & b != 0))
        };
        self.rows.iter().any(common)
            || self.unlisted.iter().any(|name| other.unlisted.binary_search(name).is_ok())
    }

    /// Whether it covers every action of a service, of whatever level.
    pub(super) fn is_whole(&self, service: ServiceId) -> bool {
        self.all || self.whole.contains(&service)
    }

    /// The rows of a service that it names, as bits; what is decided for all of a service alone is among them where it is
    /// near.
    pub(super) fn rows(&self, service: ServiceId) -> &[u64] {
        let of = self.rows.iter().find(|(id, _)| *id == service);
        of.map_or(&[], |(_, words)| words)
    }

    fn set(&mut self, service: ServiceId, row: u32) {
        let at = match self.rows.binary_search_by_key(&service, |(id, _)| *id) {
            Ok(at) => at,
            Err(at) => {
                self.rows.insert(at, (service, Vec::new()));
                at
            }
        };
        if let Some((_, bits)) = self.rows.get_mut(at) {
            let word = row as usize / 64;
            if bits.len() <= word {
                bits.resize(word + 1, 0);
            }
            if let Some(bits) = bits.get_mut(word) {
                *bits |= 1 << (row % 64);
            }
        }
    }
}

/// Covers of lists, each worked out once.
pub(super) struct Covers<'m> {
    model: &'m Model,
    lists: HashMap<(*const ActionTerm, usize), Arc<Cover>>,
    patterns: HashMap<(ServiceId, &'m str), Arc<[u32]>>,
}

impl<'m> Covers<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        Covers { model, lists: HashMap::new(), patterns: HashMap::new() }
    }

    /// What a list of the model covers.
    pub(super) fn of(&mut self, terms: &'m [ActionTerm]) -> Arc<Cover> {
        let key = (terms.as_ptr(), terms.len());
        if let Some(known) = self.lists.get(&key) {
            return known.clone();
        }
        let mut cover = Cover::default();
        terms.iter().for_each(|term| self.term(&term.kind, &mut cover));
        cover.unlisted.sort_unstable();
        cover.unlisted.dedup();
        let cover = Arc::new(cover);
        self.lists.insert(key, cover.clone());
        cover
    }

    fn term(&mut self, kind: &'m ActionKind, cover: &mut Cover) {
        match kind {
            ActionKind::All { .. } => cover.all = true,
            ActionKind::Names(names) => names.iter().for_each(|id| cover.set(id.service, id.action)),
            ActionKind::Permid(number) => {
                let names = self.model.catalogs.permid(number);
                names.iter().for_each(|id| cover.set(id.service, id.action));
            }
            ActionKind::Pattern { service, pattern, .. } => match self.model.catalogs.find(service) {
                Some((id, known)) if !known.knows_every_name() => {
                    let rows = self.patterns.entry((id, pattern)).or_insert_with(|| {
                        let glob = Glob::new(pattern);
                        if !pattern.contains('*') {
                            return known.position(pattern).into_iter().collect();
                        }
                        let rows = (0..).zip(&known.actions).filter(|(_, row)| glob.matches(&row.name));
                        rows.map(|(place, _)| place).collect()
                    });
                    rows.iter().for_each(|row| cover.set(id, *row));
                    cover.whole.extend((pattern.as_ref() == "*").then_some(id));
                }
                _ => cover.unlisted.push(service.clone()),
            },
        }
    }
}
