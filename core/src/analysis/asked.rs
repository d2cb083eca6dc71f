//! The action that a question is asked of, as a term that covers it alone.

use crate::catalog::ActionId;
use crate::check::Gate;
use crate::error::Result;
use crate::model::{ActionKind, ActionTerm, Model};
use crate::table::Target;
use passgate_grammar::Span;

/// The full name of an action, and the term that covers it alone.
///
/// # Errors
/// `unknown-action`, with the nearest spellings.
pub(super) fn named(gate: &Gate, action: &str) -> Result<(String, ActionTerm)> {
    let (service, name) = match gate.target(action)? {
        Target::Known(id) => match known(gate.try_model()?, id) {
            (service, Some(name)) => {
                return Ok((format!("{service}:{name}"), term(ActionKind::Names([id].into()))));
            }
            // A service without rows knows every name.
            (service, None) => (service, action.rsplit(':').next().unwrap_or(action)),
        },
        Target::Opaque { service, name } => (service, name),
    };
    let kind = ActionKind::Pattern { service: service.into(), pattern: name.into(), legacy: false };
    Ok((format!("{service}:{name}"), term(kind)))
}

fn term(kind: ActionKind) -> ActionTerm {
    ActionTerm { kind, span: Span::default() }
}

fn known(model: &Model, id: ActionId) -> (&str, Option<&str>) {
    let service = model.catalogs.get(id.service).map_or("", |service| service.service.as_ref());
    (service, model.catalogs.action(id).map(|action| action.name.as_ref()))
}
