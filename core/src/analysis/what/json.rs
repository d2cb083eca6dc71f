//! What a principal may do as JSON: one object, an element an action.

use super::{ActionAnswer, What, what};
use crate::analysis::calls::Calls;
use crate::analysis::standing::{self, Told};
use crate::analysis::wire;
use crate::check::Gate;
use crate::error::Result;
use crate::json::Value;
use serde::{Deserialize, Serialize};

/// The question as it comes from other languages.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    principal: String,
    ip: Option<String>,
    resource: Option<String>,
    at: Option<String>,
}

/// Asks it with options as JSON.
pub(in crate::analysis) fn ask(gates: &[&Gate], options: &Value<'_>) -> Result<String> {
    let [gate] = wire::gates("what", gates)?;
    let Options { principal, ip, resource, at } = wire::read("what", options)?;
    let calls = Calls::read(ip.as_deref(), resource.as_deref(), at.as_deref())?;
    Ok(to_json(&what(gate, &principal, &calls)?))
}

#[derive(Serialize)]
struct Whole<'w> {
    principal: &'w str,
    known: bool,
    ip: Option<String>,
    resource: Option<&'w str>,
    at: Option<String>,
    exact: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<String>,
    actions: Vec<One<'w>>,
}

#[derive(Serialize)]
struct One<'w> {
    action: &'w str,
    category: Option<&'w str>,
    #[serde(flatten)]
    answer: Told<'w>,
}

/// One JSON object.
///
/// Members: `principal`, `known`; `ip`, `resource` and `at` as they were given; `exact`, with `because` where there may
/// be actions beside; `actions`, each with `action`, `category` and what [`standing::told`] gives.
pub fn to_json(what: &What) -> String {
    let calls = &what.calls;
    let whole = Whole {
        principal: &what.principal,
        known: what.known,
        ip: calls.ip.map(|ip| ip.to_string()),
        resource: calls.resource.as_deref(),
        at: calls.at.map(|at| at.to_string()),
        exact: what.is_exact(),
        because: what.doubt.as_ref().map(ToString::to_string),
        actions: what.actions.iter().map(one).collect(),
    };
    standing::written(&whole)
}

fn one(action: &ActionAnswer) -> One<'_> {
    One {
        action: &action.action,
        category: action.category.as_deref(),
        answer: standing::told(&action.answer),
    }
}
