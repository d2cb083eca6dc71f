//! What statements tell apart among actions: catalogued ones by name, services as a whole, names of opaque services as
//! the patterns that stand there (semantics §3).

use crate::catalog::{ActionId, Catalogs, Granularity, ServiceId};
use crate::glob;
use crate::model::{ActionKind, ActionTerm, IpUnsupported, Opaque, Settings, Statement};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A part of all actions that a term covers whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::analysis) enum Atom {
    /// A catalogued action that is not of service level.
    Known(ActionId),
    /// What is of service level in a service: covered with the whole of it.
    Whole(ServiceId),
    /// The names of an opaque service that a pattern stands for.
    Opaque(Arc<str>, Arc<str>),
    /// Opaque services that no statement names.
    Others,
}

/// What is told of an atom besides which statements cover it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::analysis) struct Facts {
    /// Whether the address is handed over.
    pub(in crate::analysis) address: bool,
    /// Whether named resources matter.
    pub(in crate::analysis) resources: bool,
    /// Whether tags are handed over.
    pub(in crate::analysis) tags: bool,
}

/// All atoms of some statements, in order.
#[derive(Debug)]
pub(in crate::analysis) struct Atoms<'m> {
    pub(in crate::analysis) catalogs: &'m Catalogs,
    pub(in crate::analysis) all: Vec<(Atom, Facts)>,
}

impl<'m> Atoms<'m> {
    pub(in crate::analysis) fn of(
        statements: &[&Statement],
        catalogs: &'m Catalogs,
        settings: &Settings,
    ) -> Self {
        let evaluate = settings.ip_unsupported == IpUnsupported::Evaluate;
        let mut all = Vec::new();
        for (id, service) in catalogs.services() {
            let mut whole = service.knows_every_name();
            for (action, row) in (0u32..).zip(&service.actions) {
                if row.granularity == Granularity::Service {
                    whole = true;
                    continue;
                }
                let facts = Facts {
                    address: row.ip_restriction || evaluate,
                    resources: row.granularity == Granularity::Resource,
                    tags: row.tag_authorization,
                };
                all.push((Atom::Known(ActionId { service: id, action }), facts));
            }
            if whole {
                // The address may be withheld from some and not from others: nothing is left out of account.
                all.push((Atom::Whole(id), Facts { address: true, resources: false, tags: true }));
            }
        }
        let opaque = Facts { address: true, resources: true, tags: true };
        all.extend(opaque_atoms(statements, catalogs, settings).into_iter().map(|atom| (atom, opaque)));
        Atoms { catalogs, all }
    }

    /// Whether a term covers an atom.
    pub(in crate::analysis) fn covers(&self, kind: &ActionKind, atom: &Atom) -> bool {
        match (kind, atom) {
            (ActionKind::All { .. }, _) => true,
            (ActionKind::Pattern { service, pattern, .. }, Atom::Known(id)) => {
                self.service(id.service) == Some(service)
                    && self.catalogs.action(*id).is_some_and(|row| glob::matches(pattern, &row.name))
            }
            (ActionKind::Pattern { service, pattern, .. }, Atom::Whole(id)) => {
                pattern.as_ref() == "*" && self.service(*id) == Some(service)
            }
            (ActionKind::Pattern { service, pattern, .. }, Atom::Opaque(of, names)) => {
                service == of && glob::matches(pattern, names)
            }
            (ActionKind::Names(ids), Atom::Known(id)) => ids.binary_search(id).is_ok(),
            (ActionKind::Permid(number), Atom::Known(id)) => {
                let named = |service: &Arc<crate::catalog::Service>| {
                    let name = service.actions.get(id.action as usize).map(|row| &row.name);
                    service.permids.get(number).is_some_and(|all| name.is_some_and(|name| all.contains(name)))
                };
                self.catalogs.get(id.service).is_some_and(named)
            }
            (ActionKind::Pattern { .. } | ActionKind::Names(_) | ActionKind::Permid(_), _) => false,
        }
    }

    /// Whether a statement covers an atom.
    pub(in crate::analysis) fn covered(&self, terms: &[ActionTerm], atom: &Atom) -> bool {
        terms.iter().any(|term| self.covers(&term.kind, atom))
    }

    /// The place of the atom that an action by its full name lies in.
    pub(in crate::analysis) fn place(&self, action: &str) -> Option<usize> {
        let (service, name) = action.split_once(':')?;
        self.all.iter().position(|(atom, _)| match atom {
            Atom::Known(id) => {
                self.service(id.service) == Some(service)
                    && self.catalogs.action(*id).is_some_and(|row| row.name.as_ref() == name)
            }
            Atom::Whole(id) => {
                let level = |of: &Arc<crate::catalog::Service>| {
                    of.position(name).and_then(|at| of.actions.get(at as usize)).map(|row| row.granularity)
                };
                let own = self.catalogs.get(*id).filter(|of| of.service.as_ref() == service);
                own.is_some_and(|of| level(of).is_none_or(|level| level == Granularity::Service))
            }
            Atom::Opaque(of, names) => of.as_ref() == service && names.as_ref() == name,
            Atom::Others => false,
        })
    }

    /// The service and category of a catalogued action.
    pub(in crate::analysis) fn category<'c>(
        &self,
        atom: &Atom,
        catalogs: &'c Catalogs,
    ) -> Option<(u32, &'c str)> {
        match atom {
            Atom::Known(id) => Some((id.service.0, &catalogs.action(*id)?.category)),
            Atom::Whole(_) | Atom::Opaque(..) | Atom::Others => None,
        }
    }

    fn service(&self, id: ServiceId) -> Option<&str> {
        self.catalogs.get(id).map(|service| service.service.as_ref())
    }
}

fn opaque_atoms(statements: &[&Statement], catalogs: &Catalogs, settings: &Settings) -> BTreeSet<Atom> {
    let mut atoms = BTreeSet::new();
    for term in statements.iter().flat_map(|statement| statement.actions.iter()) {
        if let ActionKind::Pattern { service, pattern, .. } = &term.kind
            && catalogs.find(service).is_none()
            && settings.opaque.covers(service)
        {
            atoms.insert(Atom::Opaque(service.clone(), pattern.clone()));
        }
    }
    match &settings.opaque {
        Opaque::All => {
            atoms.insert(Atom::Others);
        }
        Opaque::Services(names) => {
            let own = names.iter().filter(|name| catalogs.find(name).is_none());
            atoms.extend(own.map(|name| Atom::Opaque(Arc::from(name.as_ref()), Arc::from("*"))));
        }
    }
    atoms
}
