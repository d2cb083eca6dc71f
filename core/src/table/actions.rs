//! The actions a table ranges over: their numbers, what the catalog says of each as bits, and which one a request
//! names (semantics §3 and §4).

use super::bits::Bits;
use super::frozen::Frozen;
use super::memory::{Heap, Memory, Part};
use crate::catalog::{ActionId, Catalogs, Granularity, Service, ServiceId};
use crate::error::{Error, ErrorCode};
use crate::model::read::shown;
use crate::model::{IpUnsupported, Opaque, Settings};
use crate::nearest::SHOWN;
use std::collections::HashMap;
use std::sync::Arc;

/// The action a request names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target<'a> {
    /// A catalogued action. A service of service level without rows has one place for all its names.
    Known(ActionId),
    /// An action of a service that no catalog describes.
    Opaque { service: &'a str, name: &'a str },
}

/// A catalogued action with what a look-up needs to know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) id: ActionId,
    /// Whether it is handed the address.
    pub(crate) addressed: bool,
}

/// What the catalog says of a service's actions.
#[derive(Debug)]
pub(super) struct ServiceFacts {
    /// Number of actions: 1 for a service that knows every name.
    pub(super) width: usize,
    /// Whether it knows every name (semantics §1).
    pub(super) every_name: bool,
    /// Actions of service level.
    pub(super) service_level: Bits,
    /// Actions of resource level.
    pub(super) resource_level: Bits,
    /// Actions that are handed the address.
    pub(super) addressed: Bits,
    /// Actions that are handed tags.
    pub(super) tagged: Bits,
    /// Actions whose row does not support an IP restriction, whatever the settings make of it.
    pub(super) without_ip: Bits,
}

type Map<V> = HashMap<Box<str>, V, foldhash::fast::RandomState>;

/// All actions of a policy set.
#[derive(Debug)]
pub(crate) struct Actions {
    catalogs: Arc<Catalogs>,
    opaque: Opaque,
    services: Vec<ServiceFacts>,
    /// `svc:Name` → the action.
    full: Frozen<Known>,
    /// `Name` → the action, none where several services have it.
    bare: Map<Option<ActionId>>,
}

impl Actions {
    pub(super) fn new(catalogs: &Arc<Catalogs>, settings: &Settings) -> Self {
        let evaluate = settings.ip_unsupported == IpUnsupported::Evaluate;
        let services: Vec<ServiceFacts> =
            catalogs.services().map(|(_, service)| ServiceFacts::new(service, evaluate)).collect();
        let (mut full, mut bare): (Vec<(String, Known)>, Map<Option<ActionId>>) = Default::default();
        for ((service, facts), bits) in catalogs.services().zip(&services) {
            for (action, row) in (0u32..).zip(&facts.actions) {
                let id = ActionId { service, action };
                let addressed = bits.addressed.contains(action as usize);
                full.push((format!("{}:{}", facts.service, row.name), Known { id, addressed }));
                bare.entry(row.name.clone()).and_modify(|known| *known = None).or_insert(Some(id));
            }
        }
        let unused = Known { id: ActionId { service: ServiceId(0), action: 0 }, addressed: false };
        let full = Frozen::new(full.iter().map(|(name, known)| (name.as_str(), *known)), unused);
        Actions { catalogs: catalogs.clone(), opaque: settings.opaque.clone(), services, full, bare }
    }

    pub(super) fn measure(&self, memory: &mut Memory) {
        let facts = self.services.capacity() * size_of::<ServiceFacts>();
        let bits = self.services.iter().flat_map(ServiceFacts::bits).map(|bits| size_of_val(bits.words()));
        let names = self.full.heap() + self.bare.heap() + self.opaque.heap();
        memory.add(Part::Actions, facts + bits.sum::<usize>() + names);
        memory.once(Part::Catalogs, &self.catalogs, |_| 0);
        for (_, service) in self.catalogs.services() {
            memory.add(Part::Catalogs, size_of_val(service));
            memory.once(Part::Catalogs, service, Heap::heap);
        }
    }

    /// The catalogs, to be kept by others too.
    pub(crate) fn shared_catalogs(&self) -> Arc<Catalogs> {
        self.catalogs.clone()
    }

    /// Services that are matched by text where no catalog describes them.
    pub(super) fn opaque(&self) -> &Opaque {
        &self.opaque
    }

    pub(super) fn catalogs(&self) -> &Catalogs {
        &self.catalogs
    }

    pub(super) fn services(&self) -> impl Iterator<Item = (u32, &ServiceFacts)> {
        (0u32..).zip(&self.services)
    }

    pub(super) fn service(&self, number: u32) -> Option<&ServiceFacts> {
        self.services.get(number as usize)
    }

    /// Whether a service is matched by text.
    pub(super) fn is_opaque(&self, service: &str) -> bool {
        self.catalogs.find(service).is_none() && self.opaque.covers(service)
    }

    /// A catalogued action by `svc:Name`, nothing else: the way most requests write it.
    #[inline]
    pub(crate) fn exact(&self, text: &str) -> Option<Known> {
        self.full.get(text)
    }

    /// An action with what a look-up needs to know of it.
    #[inline]
    pub(crate) fn known(&self, id: ActionId) -> Known {
        Known { id, addressed: self.is_addressed(id) }
    }

    /// The action that a request names: `svc:Name`, `name/svc:Name`, or a bare name that exactly one service has.
    pub(crate) fn find<'a>(&self, text: &'a str) -> Option<Target<'a>> {
        if let Some(known) = self.exact(text) {
            return Some(Target::Known(known.id));
        }
        let Some((before, name)) = text.split_once(':') else {
            return self.bare.get(text).copied().flatten().map(Target::Known);
        };
        let service = before.strip_prefix("name/").unwrap_or(before);
        match self.catalogs.find(service) {
            Some((id, known)) => in_catalog(id, known, name).map(Target::Known),
            None => {
                let opaque = self.opaque.covers(service) && service_fits(service) && name_fits(name);
                opaque.then_some(Target::Opaque { service, name })
            }
        }
    }

    /// The catalogued action that a request names.
    #[inline]
    pub(crate) fn find_known(&self, text: &str) -> Option<Known> {
        self.exact(text).or_else(|| self.find_other(text))
    }

    #[cold]
    fn find_other(&self, text: &str) -> Option<Known> {
        match self.find(text)? {
            Target::Known(id) => Some(self.known(id)),
            Target::Opaque { .. } => None,
        }
    }

    /// Every catalogued action by its full name, services and their actions in order. A service that knows every name
    /// has one, which stands for all.
    pub(crate) fn all(&self) -> impl Iterator<Item = (String, Known)> + '_ {
        self.catalogs.services().flat_map(move |(service, facts)| {
            let rows = facts.actions.iter().map(|row| row.name.as_ref());
            let one = facts.knows_every_name().then_some("Any");
            let named = move |(action, name)| {
                (format!("{}:{name}", facts.service), self.known(ActionId { service, action }))
            };
            (0u32..).zip(rows.chain(one)).map(named)
        })
    }

    /// Whether an action is of resource level, and whether it is handed the address and tags.
    pub(crate) fn handed(&self, id: ActionId) -> (bool, bool, bool) {
        let Some(facts) = self.service(id.service.0) else { return (false, false, false) };
        let at = id.action as usize;
        (facts.resource_level.contains(at), facts.addressed.contains(at), facts.tagged.contains(at))
    }

    /// Whether an action is handed the address.
    pub(super) fn is_addressed(&self, id: ActionId) -> bool {
        self.service(id.service.0).is_some_and(|facts| facts.addressed.contains(id.action as usize))
    }

    /// How many actions the service of an action has.
    pub(crate) fn width(&self, id: ActionId) -> Option<u32> {
        self.service(id.service.0).and_then(|facts| u32::try_from(facts.width).ok())
    }

    /// Version of the catalog that describes an action.
    pub(crate) fn version(&self, id: ActionId) -> Option<&Arc<str>> {
        self.catalogs.get(id.service).map(|service| &service.version)
    }

    /// The error for a text that names no action, with the spellings nearest to it.
    #[cold]
    pub(crate) fn unknown(&self, text: &str) -> Error {
        let (message, near) = match text.split_once(':') {
            Some((before, name)) => {
                let service = before.strip_prefix("name/").unwrap_or(before);
                let message = match self.catalogs.find(service) {
                    Some(_) => format!("the catalog of `{service}` has no action `{}`", shown(name)),
                    None => format!("no catalog describes the service of `{}`", shown(text)),
                };
                (message, self.catalogs.nearest(text))
            }
            None => self.unknown_bare(text),
        };
        Error::new(ErrorCode::UnknownAction, message).with_key("action").with_nearest(near)
    }

    fn unknown_bare(&self, text: &str) -> (String, Vec<String>) {
        if self.bare.get(text) == Some(&None) {
            let owners = self.catalogs.services().filter(|(_, s)| s.position(text).is_some());
            let near = owners.map(|(_, s)| format!("{}:{text}", s.service)).take(SHOWN);
            return (format!("several services have an action `{text}`: name its service"), near.collect());
        }
        (format!("no catalog has an action `{}`", shown(text)), self.catalogs.nearest(text))
    }
}

fn in_catalog(id: ServiceId, service: &Service, name: &str) -> Option<ActionId> {
    let action = match service.position(name) {
        Some(at) => at,
        None if service.knows_every_name() && name_fits(name) => 0,
        None => return None,
    };
    Some(ActionId { service: id, action })
}

/// `[a-z][a-z0-9_-]*`
fn service_fits(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    text.as_bytes().first().is_some_and(u8::is_ascii_lowercase) && text.bytes().all(inner)
}

/// `[A-Za-z0-9_]+`
fn name_fits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

impl Heap for ActionId {
    fn heap(&self) -> usize {
        0
    }
}

impl ServiceFacts {
    fn bits(&self) -> [&Bits; 5] {
        [&self.service_level, &self.resource_level, &self.addressed, &self.tagged, &self.without_ip]
    }

    fn new(service: &Service, evaluate: bool) -> Self {
        let every_name = service.knows_every_name();
        let width = if every_name { 1 } else { service.actions.len() };
        let mut facts = ServiceFacts {
            width,
            every_name,
            service_level: Bits::none(width),
            resource_level: Bits::none(width),
            addressed: Bits::none(width),
            tagged: Bits::none(width),
            without_ip: Bits::none(width),
        };
        if every_name {
            // Without a row the service speaks for its names; of addresses no row says that they are unsupported.
            facts.service_level.insert(0);
            facts.addressed.insert(0);
            if service.tag_authorization {
                facts.tagged.insert(0);
            }
        }
        for (at, action) in service.actions.iter().enumerate() {
            let sets = [
                (action.granularity == Granularity::Service, &mut facts.service_level),
                (action.granularity == Granularity::Resource, &mut facts.resource_level),
                (action.ip_restriction || evaluate, &mut facts.addressed),
                (action.tag_authorization, &mut facts.tagged),
                (!action.ip_restriction, &mut facts.without_ip),
            ];
            sets.into_iter().filter(|(is, _)| *is).for_each(|(_, bits)| bits.insert(at));
        }
        facts
    }

    /// One action that is handed an address.
    #[cfg(test)]
    pub(super) fn for_tests() -> Self {
        let (none, all) = (Bits::none(1), Bits::all(1));
        ServiceFacts {
            width: 1,
            every_name: false,
            service_level: none.clone(),
            resource_level: none.clone(),
            addressed: all,
            tagged: none.clone(),
            without_ip: none,
        }
    }
}
