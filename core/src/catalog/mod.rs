//! The action catalog: services, their actions and what the provider says of each (semantics §1).
//!
//! Actions are numbered so that those of one service are adjacent: an [`ActionId`] is the number of its service
//! and the action's place in it. Reading pages and files is in the sub-modules; matching of policy patterns is
//! not here.

mod builtin;
pub mod diff;
mod digest;
pub mod file;
pub mod import;
mod lookup;
mod name;
mod replace;
pub mod show;
pub mod verbs;

pub use lookup::Bare;
pub use name::{is_action_name, is_service_name};

use std::collections::BTreeMap;
use std::sync::Arc;

/// At what grain an action can be authorized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Granularity {
    /// The service as a whole.
    Service,
    /// Each action.
    Operation,
    /// Each action on named resources.
    Resource,
}

impl Granularity {
    /// The word in catalog files.
    pub fn as_str(self) -> &'static str {
        match self {
            Granularity::Service => "service",
            Granularity::Operation => "operation",
            Granularity::Resource => "resource",
        }
    }
}

/// Whether a product restricts by address, as its page says of the whole product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IpSupport {
    /// All actions.
    Supported,
    /// Some actions; the rows decide.
    Partial,
    /// No action.
    Unsupported,
}

impl IpSupport {
    /// The word in catalog files.
    pub fn as_str(self) -> &'static str {
        match self {
            IpSupport::Supported => "supported",
            IpSupport::Partial => "partial",
            IpSupport::Unsupported => "unsupported",
        }
    }
}

/// One API action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// Name without its service.
    pub name: Box<str>,
    /// `write`, `read`, `list`, `other`, or another provider's word.
    pub category: Box<str>,
    /// The grain; the row decides, never the product's label.
    pub granularity: Granularity,
    /// Resource templates as written.
    pub resources: Vec<Box<str>>,
    /// Whether the request's address is handed over.
    pub ip_restriction: bool,
    /// Whether tags are handed over.
    pub tag_authorization: bool,
    /// What the provider says it does.
    pub description: Option<Box<str>>,
}

/// One service with its actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Abbreviation in action names: `[a-z][a-z0-9_-]*`.
    pub service: Box<str>,
    /// Full name.
    pub name: Option<Box<str>>,
    /// The page's date, else a digest of the page.
    pub version: Arc<str>,
    /// The product's own grain.
    pub granularity: Granularity,
    /// Whether the console knows it.
    pub console: Option<bool>,
    /// Whether tags are handed over, where a row does not say.
    pub tag_authorization: bool,
    /// The product's word on addresses.
    pub ip_restriction: Option<IpSupport>,
    /// Actions, sorted by name.
    pub actions: Vec<Action>,
    /// Sets that the provider keeps: number → bare names.
    pub permids: BTreeMap<Box<str>, Vec<Box<str>>>,
}

impl Service {
    /// Place of an action by its exact name.
    pub fn position(&self, name: &str) -> Option<u32> {
        let found = self.actions.binary_search_by(|a| a.name.as_ref().cmp(name)).ok()?;
        u32::try_from(found).ok()
    }

    /// A service of service level without rows knows every name that fits the grammar (semantics §1).
    pub fn knows_every_name(&self) -> bool {
        self.granularity == Granularity::Service && self.actions.is_empty()
    }
}

/// Number of a service in [`Catalogs`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServiceId(pub u32);

/// A catalogued action: its service and its place there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActionId {
    /// The service.
    pub service: ServiceId,
    /// Place in [`Service::actions`].
    pub action: u32,
}

/// All catalogued services, sorted by abbreviation.
#[derive(Debug, Clone, Default)]
pub struct Catalogs {
    services: Vec<Arc<Service>>,
}

impl Catalogs {
    /// No service at all.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Adds a service; one of the same abbreviation is replaced whole and handed back.
    pub fn add(&mut self, service: Service) -> Option<Arc<Service>> {
        let service = Arc::new(service);
        match self.services.binary_search_by(|s| s.service.cmp(&service.service)) {
            Ok(i) => self.services.get_mut(i).map(|slot| std::mem::replace(slot, service)),
            Err(i) => {
                self.services.insert(i, service);
                None
            }
        }
    }

    /// All services in order of their numbers.
    pub fn services(&self) -> impl Iterator<Item = (ServiceId, &Arc<Service>)> {
        self.services.iter().enumerate().map(|(i, s)| (ServiceId(u32::try_from(i).unwrap_or(u32::MAX)), s))
    }

    /// A service by number.
    pub fn get(&self, id: ServiceId) -> Option<&Arc<Service>> {
        self.services.get(id.0 as usize)
    }

    /// A service by abbreviation.
    pub fn find(&self, service: &str) -> Option<(ServiceId, &Arc<Service>)> {
        let i = self.services.binary_search_by(|s| s.service.as_ref().cmp(service)).ok()?;
        Some((ServiceId(u32::try_from(i).ok()?), self.services.get(i)?))
    }

    /// An action by number.
    pub fn action(&self, id: ActionId) -> Option<&Action> {
        self.get(id.service)?.actions.get(id.action as usize)
    }
}
