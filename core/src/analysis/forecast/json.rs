//! What changes by itself as JSON: one object, an element an instant.

use super::{Change, Forecast, Moment, forecast};
use crate::analysis::{standing, wire};
use crate::check::{Gate, read_time};
use crate::error::Result;
use crate::json::Value;
use serde::{Deserialize, Serialize};

/// The question as it comes from other languages.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    since: String,
    until: String,
    principal: Option<String>,
}

/// Asks it with options as JSON.
pub(in crate::analysis) fn ask(gates: &[&Gate], options: &Value<'_>) -> Result<String> {
    let [gate] = wire::gates("forecast", gates)?;
    let Options { since, until, principal } = wire::read("forecast", options)?;
    let from = read_time(&since).map_err(|error| error.with_key("since"))?;
    let to = read_time(&until).map_err(|error| error.with_key("until"))?;
    Ok(to_json(&forecast(gate, from, to, principal.as_deref())?))
}

#[derive(Serialize)]
struct Whole<'f> {
    since: String,
    until: String,
    principal: Option<&'f str>,
    exact: bool,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    because: &'f [String],
    moments: Vec<One<'f>>,
}

#[derive(Serialize)]
struct One<'f> {
    at: String,
    changes: Vec<Changed<'f>>,
}

#[derive(Serialize)]
struct Changed<'f> {
    principals: &'f [String],
    gains: &'f [String],
    loses: &'f [String],
}

/// One JSON object.
///
/// Members: `since` and `until`; `principal` as it was given; `exact`, with `because` where it is not; `moments`, each with `at`
/// and `changes`, of which each has `principals`, `gains` and `loses`.
pub fn to_json(of: &Forecast) -> String {
    let whole = Whole {
        since: of.from.to_string(),
        until: of.to.to_string(),
        principal: of.principal.as_deref(),
        exact: of.is_exact(),
        because: &of.doubts,
        moments: of.moments.iter().map(one).collect(),
    };
    standing::written(&whole)
}

fn one(of: &Moment) -> One<'_> {
    One { at: of.at.to_string(), changes: of.changes.iter().map(change).collect() }
}

fn change(of: &Change) -> Changed<'_> {
    Changed { principals: &of.principals, gains: &of.gains, loses: &of.loses }
}
