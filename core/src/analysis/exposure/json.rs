//! Exposure as JSON: one object; of two sets both and what changes.

use super::{Exposure, Reach, difference, exposure};
use crate::analysis::standing::written;
use crate::analysis::wire;
use crate::check::Gate;
use crate::error::Result;
use crate::json::Value;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// There are none.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {}

/// Answers for other languages: of one set how far it is open, of two what changes.
///
/// # Errors
/// Those of [`exposure`].
pub(in crate::analysis) fn ask(gates: &[&Gate], options: &Value<'_>) -> Result<String> {
    let Options {} = wire::read("exposure", options)?;
    match gates {
        [gate] => Ok(to_json(&exposure(gate)?)),
        [old, new] => Ok(change_to_json(&exposure(old)?, &exposure(new)?)),
        _ => Err(wire::miscounted("exposure", "1 or 2", gates.len())),
    }
}

#[derive(Serialize)]
struct Whole<'e> {
    exact: bool,
    #[serde(flatten)]
    total: Told,
    categories: BTreeMap<&'e str, Told>,
    principals: Vec<One<'e>>,
}

#[derive(Serialize)]
struct One<'e> {
    principal: &'e str,
    #[serde(flatten)]
    total: Told,
    categories: BTreeMap<&'e str, Told>,
}

#[derive(Serialize)]
struct Told {
    exposure: f64,
    v4: f64,
    v6: f64,
}

/// All actions together, and by category.
#[derive(Serialize)]
pub(super) struct Figures {
    #[serde(flatten)]
    total: Told,
    categories: BTreeMap<String, Told>,
}

pub(super) fn figures(total: Reach, by_category: &BTreeMap<String, Reach>) -> Figures {
    let categories = by_category.iter().map(|(category, reach)| (category.clone(), told(*reach)));
    Figures { total: told(total), categories: categories.collect() }
}

#[derive(Serialize)]
struct Both<'e> {
    old: Whole<'e>,
    new: Whole<'e>,
    change: Whole<'e>,
}

/// One JSON object.
///
/// Members: `exact`; `exposure` (the one number), `v4` and `v6`; `categories`, each with these three; `principals`, each with
/// `principal`, these three, and `categories`.
pub fn to_json(exposure: &Exposure) -> String {
    written(&whole(exposure))
}

/// One JSON object of two sets: `old` and `new` as [`to_json`] writes them, and `change`, the same of what the new one has
/// more.
pub fn change_to_json(old: &Exposure, new: &Exposure) -> String {
    let change = difference(old, new);
    written(&Both { old: whole(old), new: whole(new), change: whole(&change) })
}

fn whole(of: &Exposure) -> Whole<'_> {
    let principals = of.principals.iter().map(|one| One {
        principal: &one.principal,
        total: told(one.total),
        categories: categories(&one.categories),
    });
    Whole {
        exact: of.exact,
        total: told(of.total),
        categories: categories(&of.categories),
        principals: principals.collect(),
    }
}

fn categories(all: &BTreeMap<String, Reach>) -> BTreeMap<&str, Told> {
    all.iter().map(|(category, reach)| (category.as_str(), told(*reach))).collect()
}

fn told(reach: Reach) -> Told {
    Told { exposure: reach.value(), v4: reach.v4, v6: reach.v6 }
}
