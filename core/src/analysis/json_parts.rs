//! What several analyses write as JSON: requests, decisions, statements by their places.

use super::prove::CounterExample;
use crate::check::{Account, ContextValue, Decision, Ip, Place, Request};
use passgate_grammar::text::quote;
use serde::Serialize;
use serde_json::Value;

/// A row of the data of a page.
#[derive(Serialize)]
pub(super) struct Row<'m> {
    pub(super) action: &'m str,
    pub(super) category: Option<&'m str>,
}

pub(super) fn json_value(of: &ContextValue) -> Value {
    match of {
        ContextValue::Text(text) => text.as_str().into(),
        ContextValue::Bool(value) => (*value).into(),
        ContextValue::Number(number) => {
            serde_json::from_str(number).unwrap_or_else(|_| number.as_str().into())
        }
        ContextValue::List(values) => values.iter().map(json_value).collect(),
        ContextValue::Null | ContextValue::Object => Value::Null,
    }
}

/// A value in words: texts quoted, the values of a list one after the other.
pub(super) fn value_text(of: &ContextValue) -> String {
    match of {
        ContextValue::Text(text) => quote(text),
        ContextValue::Number(number) => number.clone(),
        ContextValue::Bool(value) => value.to_string(),
        ContextValue::List(values) => values.iter().map(value_text).collect::<Vec<_>>().join(", "),
        ContextValue::Null | ContextValue::Object => "null".to_owned(),
    }
}

/// A statement by its place.
#[derive(Serialize)]
pub(super) struct Statement<'r> {
    policy: &'r str,
    id: &'r str,
    file: &'r str,
    line: u32,
    column: u32,
}

pub(super) fn statement(place: &Place) -> Statement<'_> {
    Statement {
        policy: &place.policy,
        id: &place.id,
        file: &place.file,
        line: place.line,
        column: place.column,
    }
}

/// A decision.
#[derive(Serialize)]
pub(super) struct Decided<'r> {
    allowed: bool,
    reason: &'r str,
    catalog: Option<&'r str>,
    statements: Vec<Statement<'r>>,
}

/// The request as `check --requests` takes it, the prefix around its address, and the answer.
#[derive(Serialize)]
pub(super) struct Counter<'r> {
    request: Value,
    prefix: Option<String>,
    decision: Decided<'r>,
}

pub(super) fn decided(decision: &Decision) -> Decided<'_> {
    Decided {
        allowed: decision.allowed,
        reason: decision.reason.as_str(),
        catalog: decision.catalog.as_deref(),
        statements: decision.statements.iter().map(|place| statement(place)).collect(),
    }
}

pub(super) fn counter(shown: &CounterExample) -> Counter<'_> {
    Counter {
        request: request(&shown.request),
        prefix: shown.prefix.map(|prefix| prefix.to_string()),
        decision: decided(&shown.decision),
    }
}

/// A request as `check --requests` takes it.
pub(super) fn request(request: &Request) -> Value {
    let mut members = serde_json::Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            members.insert(name.to_owned(), value);
        }
    };
    put("principal", Some(request.principal.as_str().into()));
    put("action", Some(request.action.as_str().into()));
    put(
        "ip",
        request.ip.as_ref().map(|ip| match ip {
            Ip::Text(text) => text.as_str().into(),
            Ip::Address(address) => address.to_string().into(),
        }),
    );
    put("resource", request.resources.as_ref().map(|list| list.clone().into()));
    put("at", request.at.as_deref().map(Into::into));
    let lists = [("groups", &request.groups), ("roles", &request.roles), ("policies", &request.policies)];
    for (name, list) in lists {
        put(name, (!list.is_empty()).then(|| list.clone().into()));
    }
    let context = request.context.iter().map(|(key, of)| (key.clone(), json_value(of)));
    put("context", (!request.context.is_empty()).then(|| Value::Object(context.collect())));
    put("account", account(&request.account));
    Value::Object(members)
}

fn account(account: &Account) -> Option<Value> {
    let given = [("uin", &account.uin), ("owner_uin", &account.owner_uin), ("app_id", &account.app_id)];
    let given =
        given.into_iter().filter_map(|(name, number)| Some((name.to_owned(), number.clone()?.into())));
    let given: serde_json::Map<String, Value> = given.collect();
    (!given.is_empty()).then_some(Value::Object(given))
}
