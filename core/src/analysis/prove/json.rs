//! Asserts and what was found about them as JSON.

use super::{AssertReport, Proved, Verdict, prove};
use crate::analysis::json_parts::{Counter, counter};
use crate::analysis::standing::written;
use crate::analysis::test::one_line;
use crate::analysis::wire;
use crate::check::Gate;
use crate::error::Result;
use crate::json::Value;
use passgate_grammar::Sources;
use serde::{Deserialize, Serialize};

/// The question as it comes from other languages.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    asserts: Vec<String>,
}

/// Asks it with options as JSON.
pub(in crate::analysis) fn ask(gates: &[&Gate], options: &Value<'_>) -> Result<String> {
    let [gate] = wire::gates("prove", gates)?;
    let Options { asserts } = wire::read("prove", options)?;
    let texts: Vec<&str> = asserts.iter().map(String::as_str).collect();
    Ok(to_json(&prove(gate, &texts)?))
}

#[derive(Serialize)]
struct Whole<'p> {
    verdict: &'p str,
    exact: bool,
    asserts: Vec<Assert<'p>>,
}

#[derive(Serialize)]
struct Assert<'p> {
    assert: String,
    verdict: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    counter_example: Option<Counter<'p>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    because: Vec<String>,
}

/// One JSON object.
///
/// Members: `verdict` (`refuted` where one assert is, else `undecided` where one is, else `proved`); `exact`; `asserts`,
/// each with `assert`, its text; `verdict`; where it is refuted `counter_example`: `request` as a line of requests is
/// written, `prefix` and `decision`; where it is undecided `because`, on what it depends.
pub fn to_json(proved: &Proved) -> String {
    let verdict = match (proved.fails(), proved.is_exact()) {
        (true, _) => "refuted",
        (false, false) => "undecided",
        (false, true) => "proved",
    };
    let asserts = proved.asserts.iter().map(|one| assert(one, &proved.sources)).collect();
    written(&Whole { verdict, exact: proved.is_exact(), asserts })
}

fn assert<'p>(report: &'p AssertReport, sources: &Sources) -> Assert<'p> {
    let text = one_line(sources.slice(report.span));
    let (verdict, counter_example, because) = match &report.verdict {
        Verdict::Holds => ("proved", None, Vec::new()),
        Verdict::Fails(shown) => ("refuted", Some(counter(shown)), Vec::new()),
        Verdict::Undecided(doubts) => ("undecided", None, doubts.iter().map(ToString::to_string).collect()),
    };
    Assert { assert: text, verdict, counter_example, because }
}
