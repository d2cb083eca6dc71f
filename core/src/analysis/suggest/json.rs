//! A suggestion as JSON: the text, sizes and over-grant, lines of the log, what was never used.

use super::{Limits, Per, Suggested};
use crate::analysis::minimize::Size;
use crate::error::{Error, ErrorCode, Result};
use serde::{Deserialize, Serialize};

/// What is asked for, as JSON.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The log: a line a request.
    #[serde(default)]
    pub log: String,
    #[serde(default)]
    categories: Vec<String>,
    shortest_prefix: Option<u8>,
    shortest_prefix_v6: Option<u8>,
    per: Option<String>,
}

impl Options {
    /// The limits.
    ///
    /// # Errors
    /// `bad-option` for another word than `principal` and `role`.
    pub fn limits(&self) -> Result<Limits> {
        let per = match self.per.as_deref() {
            None | Some("principal") => Per::Principal,
            Some("role") => Per::Role,
            Some(_) => {
                let message = "a policy is suggested per `principal` or per `role`";
                return Err(Error::new(ErrorCode::BadOption, message).with_key("per"));
            }
        };
        let shortest = [self.shortest_prefix.unwrap_or(32), self.shortest_prefix_v6.unwrap_or(128)];
        Ok(Limits { categories: self.categories.iter().cloned().collect(), shortest, per })
    }
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
