//! Actions (§3): the action a request names, and which terms of a statement cover it.

use super::text;
use crate::catalog::{ActionId, Granularity, Service, ServiceId};
use crate::error::{Error, ErrorCode, Result};
use crate::model::{ActionKind, ActionTerm, Model};
use std::sync::Arc;

/// The action of a request with what its row says.
#[derive(Debug, Clone)]
pub(super) struct Action<'a> {
    /// Abbreviation of its service.
    service: &'a str,
    /// Name without its service.
    name: &'a str,
    /// Its number, where the catalog has a row for it.
    id: Option<ActionId>,
    /// Its service, where a catalog describes it.
    described: Option<&'a Service>,
    /// Its level.
    pub(super) granularity: Granularity,
    /// Whether the address is handed over.
    pub(super) ip_restriction: bool,
    /// Whether tags are handed over.
    pub(super) tag_authorization: bool,
    /// Version of the catalog that describes its service.
    pub(super) catalog: Option<Arc<str>>,
}

/// "In a request: one action, `svc:Name` or `name/svc:Name` (a bare `Name` where exactly one catalogued service has
/// it); wildcards and `permid` are unknown actions."
pub(super) fn find<'a>(model: &'a Model, text: &'a str) -> Result<Action<'a>> {
    let found = match text.split_once(':') {
        Some((before, name)) => of_service(model, before.strip_prefix("name/").unwrap_or(before), name),
        None => bare(model, text),
    };
    found.ok_or_else(|| {
        Error::new(ErrorCode::UnknownAction, format!("no catalog knows the action `{text}`")).with_key(text)
    })
}

fn bare<'a>(model: &'a Model, name: &'a str) -> Option<Action<'a>> {
    let mut having = model.catalogs.services().filter_map(|(id, service)| row(id, service, name));
    having.next().filter(|_| having.next().is_none())
}

fn of_service<'a>(model: &'a Model, service: &'a str, name: &'a str) -> Option<Action<'a>> {
    let described = model.catalogs.services().find(|(_, s)| s.service.as_ref() == service);
    match described {
        Some((id, known)) => row(id, known, name).or_else(|| of_any_name(known, name)),
        None => opaque(model, service, name),
    }
}

/// An action that has a row: "The row decides, never the product's label". (§1)
fn row<'a>(id: ServiceId, service: &'a Service, name: &'a str) -> Option<Action<'a>> {
    let (place, action) = service.actions.iter().enumerate().find(|(_, a)| a.name.as_ref() == name)?;
    Some(Action {
        service: &service.service,
        name,
        id: Some(ActionId { service: id, action: u32::try_from(place).ok()? }),
        described: Some(service),
        granularity: action.granularity,
        ip_restriction: action.ip_restriction,
        tag_authorization: action.tag_authorization,
        catalog: Some(service.version.clone()),
    })
}

/// "A catalogued service of service level without rows knows every name that fits the grammar of §3." Without a row
/// the service speaks for its actions.
fn of_any_name<'a>(service: &'a Service, name: &'a str) -> Option<Action<'a>> {
    let knows = service.granularity == Granularity::Service && service.actions.is_empty() && name_fits(name);
    knows.then(|| Action {
        service: &service.service,
        name,
        id: None,
        described: Some(service),
        granularity: Granularity::Service,
        ip_restriction: true,
        tag_authorization: service.tag_authorization,
        catalog: Some(service.version.clone()),
    })
}

/// "An action of a service that no catalog describes is kept and matched by text only where the policy set declares
/// the service `opaque` … An opaque action is of resource level and is handed the address and every tag."
fn opaque<'a>(model: &Model, service: &'a str, name: &'a str) -> Option<Action<'a>> {
    let declared = match &model.settings.opaque {
        crate::model::Opaque::All => true,
        crate::model::Opaque::Services(names) => names.iter().any(|n| n.as_ref() == service),
    };
    (declared && service_fits(service) && name_fits(name)).then_some(Action {
        service,
        name,
        id: None,
        described: None,
        granularity: Granularity::Resource,
        ip_restriction: true,
        tag_authorization: true,
        catalog: None,
    })
}

/// `[a-z][a-z0-9_-]*`
fn service_fits(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(inner)
}

/// `[A-Za-z0-9_]+`: the grammar of a pattern without `*`.
fn name_fits(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether any term of a statement covers the action.
pub(super) fn matches(terms: &[ActionTerm], action: &Action<'_>) -> bool {
    terms.iter().any(|term| covers(&term.kind, action))
}

/// A term covers an action of service level only as "a whole-service pattern (`*`, `*:*`, `svc:*`) … per-action
/// statements do not match; `svc:D*` is none, even if it matches every name" (§4); `permid/N` "never covers a
/// service-level action", nor do names found by a category, `only` or `except`.
fn covers(term: &ActionKind, action: &Action<'_>) -> bool {
    let whole_only = action.granularity == Granularity::Service;
    match term {
        ActionKind::All { .. } => true,
        ActionKind::Pattern { service, pattern, .. } => {
            service.as_ref() == action.service
                && (pattern.as_ref() == "*" || !whole_only)
                && text::covers(&text::pattern(pattern), action.name)
        }
        ActionKind::Permid(number) => !whole_only && in_permid(number, action),
        ActionKind::Names(ids) => !whole_only && action.id.is_some_and(|id| ids.contains(&id)),
    }
}

/// "matches only if the catalog defines it (`\"permids\": {\"N\": [names]}` of a service)".
fn in_permid(number: &str, action: &Action<'_>) -> bool {
    let defined = action.described.and_then(|service| service.permids.get(number));
    defined.is_some_and(|names| names.iter().any(|name| name.as_ref() == action.name))
}
