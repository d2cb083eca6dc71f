//! What changes as JSON: one object, an element for callers for whom the same changes.

use super::replay::Replayed;
use super::{Change, ChangedAction, Diff, Right, diff};
use crate::analysis::json_parts::request;
use crate::analysis::progress;
use crate::analysis::standing::{self, Told};
use crate::analysis::wire;
use crate::catalog::diff::CatalogDiff;
use crate::check::Gate;
use crate::error::Result;
use crate::json;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use std::io;
use std::sync::Arc;

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
    changes: Changes<'d>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<Log<'d>>,
}

#[derive(Serialize)]
struct Log<'d> {
    lines: u64,
    others: u64,
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
    actions: Vec<&'d str>,
}

/// Changes that are written one after the other.
struct Changes<'d>(&'d [Change]);

impl Serialize for Changes<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        let steps = progress::steps("changes written", self.0.len());
        to.collect_seq(self.0.iter().map(one).inspect(|_| steps.step()))
    }
}

/// Rights that are written one after the other.
struct Rights<'d>(&'d [Right]);

impl Serialize for Rights<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().map(changed))
    }
}

#[derive(Serialize)]
struct One<'d> {
    principals: &'d [String],
    known: &'static str,
    gains: Rights<'d>,
    losses: Rights<'d>,
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
    standing::written(&whole(diff, None))
}

/// As [`to_json`], with `log`, what a log showed: `lines`, `others`, `calls`, `broken`, `undecided`, `gained`, `lost`, `unnamed`;
/// `flips`, each with `principal`, `action`, `change` (`gain` or `loss`), `calls` and the first `line`; `untouched`, each with
/// `principals`, `change` and `actions`.
pub fn to_json_with(diff: &Diff, log: &Replayed) -> String {
    standing::written(&whole(diff, Some(log)))
}

/// Writes what [`to_json`], or with a log [`to_json_with`], gives, piece by piece: of a large set in which everything
/// changes the text is many times as long as what is known.
///
/// ```
/// use passgate::{Gate, analysis::diff::{diff, to_json, write_json}};
/// let gate = Gate::compile("use intlpartnersmgt policy p { allow PayOrders } user 1 { attach p }")?;
/// let found = diff(&gate, &Gate::compile("use intlpartnersmgt")?, None)?;
/// let mut bytes = Vec::new();
/// write_json(&found, None, &mut bytes).expect("memory takes all");
/// assert_eq!(bytes, to_json(&found).into_bytes());
/// # Ok::<(), passgate::Error>(())
/// ```
///
/// # Errors
/// Those of `to`.
pub fn write_json(diff: &Diff, log: Option<&Replayed>, to: impl io::Write) -> io::Result<()> {
    serde_json::to_writer(to, &whole(diff, log)).map_err(io::Error::from)
}

fn whole<'d>(diff: &'d Diff, log: Option<&'d Replayed>) -> Whole<'d> {
    Whole {
        principal: diff.principal.as_deref(),
        empty: diff.is_empty(),
        exact: diff.is_exact(),
        because: diff.doubt.as_ref().map(ToString::to_string),
        callers: diff.callers,
        settings: &diff.settings,
        catalogs: &diff.catalogs,
        changes: Changes(&diff.changes),
        log: log.map(|log| self::log(diff, log)),
    }
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
        actions: left.actions.iter().map(|named| named.action.as_str()).collect(),
    });
    Log {
        lines: log.lines,
        others: log.others,
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
    One {
        principals: &change.principals,
        known: change.known.as_str(),
        gains: Rights(&change.gains),
        losses: Rights(&change.losses),
    }
}

fn changed(right: &Right) -> Changed<'_> {
    Changed {
        actions: right.actions.iter().map(named).collect(),
        answer: standing::told(&right.answer),
        example: right.example.as_ref().map(request),
    }
}

fn named(of: &Arc<ChangedAction>) -> Named<'_> {
    Named { action: &of.action, category: of.category.as_deref() }
}
