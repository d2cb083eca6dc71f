//! Actions whose answers a new catalog can change: those whose rows differ, those of a provider's set that differs, and
//! of a service whose own facts differ all.

use super::Moved;
use crate::catalog::diff::{Became, CatalogDiff, ServiceDiff};
use crate::model::Model;
use std::collections::BTreeSet;

pub(super) struct Touched;

impl Touched {
    /// By service and name.
    pub(super) fn of(catalogs: &CatalogDiff, before: &Model, after: &Model) -> Vec<Moved> {
        let each = |service: &ServiceDiff| -> Vec<Moved> {
            let names = names(service, before, after);
            names.iter().filter_map(|name| moved(&service.service, name, before, after)).collect()
        };
        catalogs.services.iter().flat_map(each).collect()
    }
}

fn names(service: &ServiceDiff, before: &Model, after: &Model) -> BTreeSet<Box<str>> {
    let listed = service.added.iter().chain(&service.removed).map(|row| row.name.clone());
    let changed = service.changed.iter().map(|row| row.name.clone());
    let mut names: BTreeSet<Box<str>> = listed.chain(changed).collect();
    for fact in &service.facts {
        for model in [before, after] {
            let Some((_, known)) = model.catalogs.find(&service.service) else { continue };
            match fact.what.strip_prefix("permids.") {
                Some(number) => names.extend(known.permids.get(number).into_iter().flatten().cloned()),
                None => names.extend(known.actions.iter().map(|row| row.name.clone())),
            }
        }
    }
    names
}

/// None for a name that neither catalog has.
fn moved(service: &str, name: &str, before: &Model, after: &Model) -> Option<Moved> {
    let category = |model: &Model| {
        let id = model.catalogs.resolve(service, name)?;
        model.catalogs.action(id).map(|row| row.category.clone())
    };
    let (old, new) = (category(before), category(after));
    let became = match (&old, &new) {
        (None, None) => return None,
        (None, Some(_)) => Became::Added,
        (Some(_), None) => Became::Removed,
        (Some(_), Some(_)) => Became::Changed,
    };
    Some(Moved { action: format!("{service}:{name}"), became, old_category: old, new_category: new })
}
