//! Who may perform an action as JSON: one object, an element for callers that are answered alike.

use super::{CallerAnswer, Who, who};
use crate::analysis::calls::Calls;
use crate::analysis::json_parts::{Statement, statement};
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
    action: String,
    ip: Option<String>,
    resource: Option<String>,
    at: Option<String>,
}

/// Asks it with options as JSON.
pub(in crate::analysis) fn ask(gates: &[&Gate], options: &Value<'_>) -> Result<String> {
    let [gate] = wire::gates("who", gates)?;
    let Options { action, ip, resource, at } = wire::read("who", options)?;
    let calls = Calls::read(ip.as_deref(), resource.as_deref(), at.as_deref())?;
    Ok(to_json(&who(gate, &action, &calls)?))
}

#[derive(Serialize)]
struct Whole<'w> {
    action: &'w str,
    ip: Option<String>,
    resource: Option<&'w str>,
    at: Option<String>,
    exact: bool,
    callers: Vec<Callers<'w>>,
    never: usize,
    statements: Vec<Statement<'w>>,
}

#[derive(Serialize)]
struct Callers<'w> {
    principals: &'w [String],
    #[serde(flatten)]
    answer: Told<'w>,
}

/// One JSON object.
///
/// Members: `action`; `ip`, `resource` and `at` as they were given; `exact`; `callers`, each with `principals` and what
/// [`standing::told`] gives; `never`, how many callers never may; `statements`, each with `policy`, `id`, `file`, `line`
/// and `column`.
pub fn to_json(who: &Who) -> String {
    let calls = &who.calls;
    let whole = Whole {
        action: &who.action,
        ip: calls.ip.map(|ip| ip.to_string()),
        resource: calls.resource.as_deref(),
        at: calls.at.map(|at| at.to_string()),
        exact: who.exact,
        callers: who.callers.iter().map(callers).collect(),
        never: who.never,
        statements: who.statements.iter().map(|place| statement(place)).collect(),
    };
    standing::written(&whole)
}

fn callers(of: &CallerAnswer) -> Callers<'_> {
    Callers { principals: &of.principals, answer: standing::told(&of.answer) }
}
