//! A suggestion as JSON: the text, sizes and over-grant, lines of the log, what was never used.

use super::{Limits, Per, Suggested, suggest};
use crate::analysis::minimize::Size;
use crate::analysis::wire;
use crate::check::Gate;
use crate::error::Result;
use crate::json::Value;
use serde::{Deserialize, Serialize};

/// What is asked for. `log` is text, a request a line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    log: String,
    categories: Option<Vec<String>>,
    shortest_prefix: Option<u8>,
    shortest_prefix_v6: Option<u8>,
    per_role: Option<bool>,
}

/// Answers for other languages.
///
/// # Errors
/// Those of [`super::log`] and [`suggest`].
pub(in crate::analysis) fn ask(gates: &[&Gate], options: &Value<'_>) -> Result<String> {
    let [gate] = wire::gates("suggest", gates)?;
    let asked: Options = wire::read("suggest", options)?;
    let limits = Limits {
        categories: asked.categories.unwrap_or_default().into_iter().collect(),
        shortest: [asked.shortest_prefix.unwrap_or(32), asked.shortest_prefix_v6.unwrap_or(128)],
        per: if asked.per_role == Some(true) { Per::Role } else { Per::Principal },
    };
    let mut seen = super::log(gate, &limits)?;
    for (number, line) in (1..).zip(asked.log.lines()) {
        seen.line(number, line)?;
    }
    Ok(to_json(&suggest(gate, seen, &limits)?))
}

#[derive(Serialize)]
struct Whole<'s> {
    text: &'s str,
    policies: Vec<One<'s>>,
    left: Vec<Left<'s>>,
    log: Lines<'s>,
    checked: usize,
    unused: Vec<Unused<'s>>,
}

#[derive(Serialize)]
struct One<'s> {
    policy: &'s str,
    principals: &'s [String],
    size: Size,
    granted: String,
    over: String,
    least: bool,
}

#[derive(Serialize)]
struct Left<'s> {
    principal: &'s str,
    why: &'s str,
}

#[derive(Serialize)]
struct Lines<'s> {
    lines: u64,
    allowed: u64,
    denied: u64,
    root: u64,
    broken: u64,
    shown: Vec<Broken<'s>>,
    coarse: bool,
}

#[derive(Serialize)]
struct Broken<'s> {
    line: u64,
    code: &'s str,
    message: &'s str,
}

#[derive(Serialize)]
struct Unused<'s> {
    policy: &'s str,
    id: &'s str,
    file: &'s str,
    line: u32,
    column: u32,
    whole: bool,
    actions: usize,
    count: usize,
    unused: &'s [String],
}

/// One JSON object.
///
/// Members: `text`; `policies`, each with `policy`, `principals`, `size`, `granted` and `over` (digits as text: they may be
/// beyond what a number holds), `least`; `left`, each with `principal` and `why`; `log` with `lines`, `allowed`, `denied`,
/// `root`, `broken`, `shown` (`line`, `code`, `message`), `coarse`; `checked`; `unused`, each with the statement's place,
/// `whole`, `actions`, `count` and `unused`.
pub fn to_json(found: &Suggested) -> String {
    let counts = &found.counts;
    let whole = Whole {
        text: &found.text,
        policies: found
            .policies
            .iter()
            .map(|one| One {
                policy: &one.policy,
                principals: &one.principals,
                size: one.size,
                granted: one.granted.to_string(),
                over: one.over.to_string(),
                least: one.least,
            })
            .collect(),
        left: found.left.iter().map(|(principal, why)| Left { principal, why }).collect(),
        log: Lines {
            lines: counts.lines,
            allowed: counts.allowed,
            denied: counts.denied,
            root: counts.root,
            broken: counts.broken,
            shown: counts
                .shown
                .iter()
                .map(|one| Broken { line: one.line, code: one.code, message: &one.message })
                .collect(),
            coarse: counts.coarse,
        },
        checked: found.checked,
        unused: found.unused.iter().map(unused).collect(),
    };
    crate::analysis::standing::written(&whole)
}

fn unused(one: &super::Unused) -> Unused<'_> {
    Unused {
        policy: &one.policy,
        id: &one.id,
        file: &one.file,
        line: one.line,
        column: one.column,
        whole: one.whole,
        actions: one.actions,
        count: one.count,
        unused: &one.unused,
    }
}
