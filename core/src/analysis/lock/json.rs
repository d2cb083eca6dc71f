//! Patterns and their comparison with a lock as JSON, and the question of the one door: without a lock what the patterns
//! stand for, with the text of one how they differ.

use super::{Action, CatalogVersion, Comparison, Key, Patterns, Spot, lock, read_text};
use crate::analysis::{standing::written, wire};
use crate::check::Gate;
use crate::error::Result;
use crate::json::Value;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    lock: Option<String>,
}

/// Asks the question of one gate.
pub(in crate::analysis) fn ask(gates: &[&Gate], options: &Value<'_>) -> Result<String> {
    let [gate] = wire::gates("lock", gates)?;
    let Options { lock: kept } = wire::read("lock", options)?;
    let patterns = lock(gate)?;
    match kept {
        Some(text) => Ok(comparison_to_json(&patterns.compare(&read_text("lock", &text)?))),
        None => Ok(to_json(&patterns)),
    }
}

#[derive(Serialize)]
struct Whole<'p> {
    text: String,
    catalogs: Vec<Catalog<'p>>,
    patterns: Vec<One<'p>>,
}

#[derive(Serialize)]
struct Catalog<'p> {
    service: &'p str,
    version: &'p str,
}

#[derive(Serialize)]
struct Name<'p> {
    pattern: &'p str,
    r#use: &'p [Box<str>],
    policy: Option<&'p str>,
}

#[derive(Serialize)]
struct One<'p> {
    #[serde(flatten)]
    name: Name<'p>,
    places: Vec<Place<'p>>,
    actions: Vec<Told<'p>>,
}

#[derive(Serialize)]
struct Place<'p> {
    file: &'p str,
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct Told<'p> {
    action: &'p str,
    category: &'p str,
}

#[derive(Serialize)]
struct Compared<'p> {
    same: bool,
    catalogs: &'p [CatalogVersion],
    changed: Vec<Change<'p>>,
    unlocked: Vec<One<'p>>,
    stale: Vec<Stale<'p>>,
}

#[derive(Serialize)]
struct Change<'p> {
    #[serde(flatten)]
    name: Name<'p>,
    places: Vec<Place<'p>>,
    added: Vec<Told<'p>>,
    removed: Vec<Told<'p>>,
}

#[derive(Serialize)]
struct Stale<'p> {
    #[serde(flatten)]
    name: Name<'p>,
    line: u32,
    actions: Vec<Told<'p>>,
}

/// One JSON object.
///
/// Members: `text`, the lock to keep; `catalogs`, each `service` and `version`; `patterns`, each `pattern`, `use`, `policy`,
/// `places` (`file`, `line`, `column`) and `actions` (`action`, `category`).
pub fn to_json(patterns: &Patterns) -> String {
    let catalogs = patterns.catalogs.iter().map(|(service, version)| Catalog { service, version });
    let whole = Whole {
        text: patterns.text(),
        catalogs: catalogs.collect(),
        patterns: patterns.patterns.iter().map(one).collect(),
    };
    written(&whole)
}

/// One JSON object.
///
/// Members: `same`; `catalogs` whose version differs, each `service`, `locked` and `now`; `changed`, each a pattern with
/// `places`, `added` and `removed`; `unlocked`, each a pattern with `places` and `actions`; `stale`, each a pattern with its
/// `line` in the lock and `actions`.
pub fn comparison_to_json(found: &Comparison) -> String {
    let changed = found.changed.iter().map(|change| Change {
        name: name(&change.pattern.key),
        places: places(&change.pattern.spots),
        added: told(&change.added),
        removed: told(&change.removed),
    });
    let stale = found.stale.iter().map(|one| Stale {
        name: name(&one.key),
        line: one.line,
        actions: told(&one.actions),
    });
    written(&Compared {
        same: found.is_same(),
        catalogs: &found.catalogs,
        changed: changed.collect(),
        unlocked: found.unlocked.iter().map(one).collect(),
        stale: stale.collect(),
    })
}

fn one(pattern: &super::Pattern) -> One<'_> {
    One { name: name(&pattern.key), places: places(&pattern.spots), actions: told(&pattern.actions) }
}

fn name(key: &Key) -> Name<'_> {
    Name { pattern: &key.pattern, r#use: &key.uses, policy: key.policy.as_deref() }
}

fn places(spots: &[Spot]) -> Vec<Place<'_>> {
    spots.iter().map(|spot| Place { file: &spot.file, line: spot.line, column: spot.column }).collect()
}

fn told(actions: &[Action]) -> Vec<Told<'_>> {
    actions.iter().map(|one| Told { action: &one.action, category: &one.category }).collect()
}
