//! A case as requests: one for each action.

use crate::catalog::{ActionId, Catalogs};
use crate::check::{ContextValue, Ip, Request};
use crate::model::{Called, Case, CaseValue, CaseValues, Model};
use std::collections::HashMap;
use std::sync::Arc;

/// Names of actions as requests write them, each made once.
pub(super) struct Names<'m> {
    catalogs: &'m Catalogs,
    known: HashMap<ActionId, Arc<str>>,
}

impl<'m> Names<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        Names { catalogs: &model.catalogs, known: HashMap::new() }
    }

    /// `service:Name`
    pub(super) fn of(&mut self, called: &Called) -> Arc<str> {
        match called {
            Called::Named(name) => name.clone(),
            Called::Known(id) => {
                let catalogs = self.catalogs;
                let write = || {
                    let service = catalogs.get(id.service).map_or("", |s| s.service.as_ref());
                    let name = catalogs.action(*id).map_or("", |a| a.name.as_ref());
                    format!("{service}:{name}").into()
                };
                self.known.entry(*id).or_insert_with(write).clone()
            }
        }
    }
}

/// The request of a case, its action left out.
pub(super) fn request(case: &Case) -> Request {
    let texts = |names: &[Arc<str>]| names.iter().map(ToString::to_string).collect();
    let mut request = Request::new(case.principal.to_string(), "");
    request.ip = case.address.map(Ip::Address);
    request.resources = case.resources.as_deref().map(texts);
    request.at = case.time.map(|time| time.to_string());
    request.groups = texts(&case.groups);
    request.roles = texts(&case.roles);
    request.policies = texts(&case.policies);
    request.context = case.context.iter().map(|(key, values)| (key.to_string(), context(values))).collect();
    request
}

fn context(values: &CaseValues) -> ContextValue {
    match values.values.as_slice() {
        [one] => value(one),
        several => ContextValue::List(several.iter().map(value).collect()),
    }
}

fn value(value: &CaseValue) -> ContextValue {
    match value {
        CaseValue::Text(text) => ContextValue::Text(text.to_string()),
        CaseValue::Number(number) => ContextValue::Number(number.to_string()),
        CaseValue::Bool(value) => ContextValue::Bool(*value),
    }
}
