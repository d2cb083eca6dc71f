//! What changes as JSON: one object, an element for callers for whom the same changes.

use super::replay::Replayed;
use super::{Change, Diff, Right, diff};
use crate::analysis::json_parts::json_value;
use crate::analysis::standing::{self, Told};
use crate::analysis::wire;
use crate::catalog::diff::CatalogDiff;
use crate::check::{Gate, Ip, Request};
use crate::error::Result;
use crate::json;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Whose rights are compared.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    principal: Option<String>,
}

/// Answers for other languages: of the old set and the new one.
///
/// # Errors
/// Those of [`diff`].
pub(in crate::analysis) fn ask(gates: &[&Gate], options: &json::Value<'_>) -> Result<String> {
    let [old, new] = wire::gates("diff", gates)?;
    let Options { principal } = wire::read("diff", options)?;
    Ok(to_json(&diff(old, new, principal.as_deref())?))
}

#[derive(Serialize)]
struct Whole<'d> {
    principal: Option<&'d str>,
    empty: bool,
    exact: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<String>,
    callers: usize,
    settings: &'d [&'static str],
    catalogs: &'d CatalogDiff,
    changes: Vec<One<'d>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<Log<'d>>,
}

#[derive(Serialize)]
struct Log<'d> {
    lines: u64,
    calls: u64,
    broken: u64,
    undecided: u64,
    gained: u64,
    lost: u64,
    flips: Vec<Flipped<'d>>,
    unnamed: u64,
    untouched: Vec<Unmet<'d>>,
}

#[derive(Serialize)]
struct Flipped<'d> {
    principal: &'d str,
    action: &'d str,
    change: &'static str,
    calls: u64,
    line: u64,
}

#[derive(Serialize)]
struct Unmet<'d> {
    principals: &'d [String],
    change: &'static str,
    actions: &'d [String],
}

#[derive(Serialize)]
struct One<'d> {
    principals: &'d [String],
    known: &'static str,
    gains: Vec<Changed<'d>>,
    losses: Vec<Changed<'d>>,
}

#[derive(Serialize)]
struct Changed<'d> {
    actions: Vec<Named<'d>>,
    #[serde(flatten)]
    answer: Told<'d>,
    example: Option<Value>,
}

#[derive(Serialize)]
struct Named<'d> {
    action: &'d str,
    category: Option<&'d str>,
}

/// One JSON object.
///
/// Members: `principal` as it was given; `empty`; `exact`, with `because` where there may be actions or callers beside;
/// `callers`, how many were compared; `settings` and `catalogs`, what differs of them; `changes`, each with `principals`,
/// `known` (`both`, `old` or `new`), `gains` and `losses`. Of these each has `actions` (`action`, `category`), what
/// [`standing::told`] gives of the calls that change, and `example`, a request.
pub fn to_json(diff: &Diff) -> String {
    written(diff, None)
}

/// As [`to_json`], with `log`, what a log showed: `lines`, `calls`, `broken`, `undecided`, `gained`, `lost`, `unnamed`;
/// `flips`, each with `principal`, `action`, `change` (`gain` or `loss`), `calls` and the first `line`; `untouched`, each with
/// `principals`, `change` and `actions`.
pub fn to_json_with(diff: &Diff, log: &Replayed) -> String {
    written(diff, Some(log))
}

fn written(diff: &Diff, log: Option<&Replayed>) -> String {
    let whole = Whole {
        principal: diff.principal.as_deref(),
        empty: diff.is_empty(),
        exact: diff.is_exact(),
        because: diff.doubt.as_ref().map(ToString::to_string),
        callers: diff.callers,
        settings: &diff.settings,
        catalogs: &diff.catalogs,
        changes: diff.changes.iter().map(one).collect(),
        log: log.map(|log| self::log(diff, log)),
    };
    standing::written(&whole)
}

fn log<'d>(diff: &'d Diff, log: &'d Replayed) -> Log<'d> {
    let word = |gained: bool| if gained { "gain" } else { "loss" };
    let flips = log.flips.iter().map(|flip| Flipped {
        principal: &flip.principal,
        action: &flip.action,
        change: word(flip.gained),
        calls: flip.calls,
        line: flip.line,
    });
    let untouched = log.untouched.iter().map(|left| Unmet {
        principals: diff.changes.get(left.change).map_or(&[], |change| &change.principals),
        change: word(left.gained),
        actions: &left.actions,
    });
    Log {
        lines: log.lines,
        calls: log.calls,
        broken: log.broken,
        undecided: log.undecided,
        gained: log.gained,
        lost: log.lost,
        flips: flips.collect(),
        unnamed: log.unnamed,
        untouched: untouched.collect(),
    }
}

fn one(change: &Change) -> One<'_> {
    let all = |rights| -> Vec<Changed<'_>> { <[Right]>::iter(rights).map(changed).collect() };
    One {
        principals: &change.principals,
        known: change.known.as_str(),
        gains: all(&change.gains),
        losses: all(&change.losses),
    }
}

fn changed(right: &Right) -> Changed<'_> {
    Changed {
        actions: right
            .actions
            .iter()
            .map(|a| Named { action: &a.action, category: a.category.as_deref() })
            .collect(),
        answer: standing::told(&right.answer),
        example: right.example.as_ref().map(request),
    }
}

/// A request as `check` reads it; what it leaves out is left out.
pub(super) fn request(of: &Request) -> Value {
    let mut all = Map::new();
    all.insert("principal".to_owned(), of.principal.as_str().into());
    all.insert("action".to_owned(), of.action.as_str().into());
    if let Some(ip) = &of.ip {
        let text = match ip {
            Ip::Text(text) => text.clone(),
            Ip::Address(ip) => ip.to_string(),
        };
        all.insert("ip".to_owned(), text.into());
    }
    if let Some(resources) = &of.resources {
        all.insert("resource".to_owned(), resources.iter().map(String::as_str).collect());
    }
    if let Some(at) = &of.at {
        all.insert("at".to_owned(), at.as_str().into());
    }
    if !of.context.is_empty() {
        let context: Map<String, Value> =
            of.context.iter().map(|(key, value)| (key.clone(), json_value(value))).collect();
        all.insert("context".to_owned(), context.into());
    }
    let account =
        [("uin", &of.account.uin), ("owner_uin", &of.account.owner_uin), ("app_id", &of.account.app_id)];
    let account: Map<String, Value> = account
        .into_iter()
        .filter_map(|(name, number)| Some((name.to_owned(), json!(number.as_ref()?))))
        .collect();
    if !account.is_empty() {
        all.insert("account".to_owned(), account.into());
    }
    if !of.roles.is_empty() {
        all.insert("roles".to_owned(), of.roles.iter().map(String::as_str).collect());
    }
    all.into()
}
