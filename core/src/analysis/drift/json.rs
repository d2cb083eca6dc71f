//! What a new catalog changes for a set as JSON.

use super::{Change, Drift, Kind, Moved, drift};
use crate::analysis::json_parts::{Statement, statement};
use crate::analysis::standing::{self, Told};
use crate::analysis::wire;
use crate::catalog::diff::{Became, ServiceDiff};
use crate::check::Gate;
use crate::error::Result;
use crate::json::Value;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {}

/// Asks the question of a gate over the old catalog and one over the new.
pub(in crate::analysis) fn ask(gates: &[&Gate], options: &Value<'_>) -> Result<String> {
    let [old, new] = wire::gates("drift", gates)?;
    let Options {} = wire::read("drift", options)?;
    Ok(to_json(&drift(old, new)?))
}

#[derive(Serialize)]
struct Whole<'d> {
    services: &'d [ServiceDiff],
    exact: bool,
    changes: Vec<One<'d>>,
}

#[derive(Serialize)]
struct One<'d> {
    change: Kind,
    principals: &'d [String],
    actions: Vec<Action<'d>>,
    before: Told<'d>,
    after: Told<'d>,
    statements: Vec<Statement<'d>>,
}

#[derive(Serialize)]
struct Action<'d> {
    action: &'d str,
    became: Became,
    old_category: Option<&'d str>,
    new_category: Option<&'d str>,
}

/// One JSON object.
///
/// Members: `services`, what differs between the catalogs; `exact`; `changes`, each with `change` (`gains`, `loses`,
/// `changes`), `principals`, `actions` (each `action`, `became`, `old_category`, `new_category`), `before` and `after` as
/// answers of `what` are written, and `statements` (`policy`, `id`, `file`, `line`, `column`).
pub fn to_json(drift: &Drift) -> String {
    let changes = drift.changes.iter().map(one).collect();
    standing::written(&Whole { services: &drift.catalogs.services, exact: drift.exact, changes })
}

fn one(change: &Change) -> One<'_> {
    One {
        change: change.kind,
        principals: &change.principals,
        actions: change.actions.iter().map(action).collect(),
        before: standing::told(&change.before),
        after: standing::told(&change.after),
        statements: change.statements.iter().map(|place| statement(place)).collect(),
    }
}

fn action(moved: &Moved) -> Action<'_> {
    Action {
        action: &moved.action,
        became: moved.became,
        old_category: moved.old_category.as_deref(),
        new_category: moved.new_category.as_deref(),
    }
}
