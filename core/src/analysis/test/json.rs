//! A run as JSON: one object, by test and case, asserts apart.

use super::{CallReport, CaseReport, Coverage, Region, Report, one_line};
use crate::analysis::json_parts::{Counter, Decided, Statement, counter, decided, request, statement};
use crate::analysis::prove::{AssertReport, Verdict, because};
use crate::check::Place;
use crate::model::Model;
use crate::report::DiagnosticReport;
use passgate_grammar::{Sources, Span};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;

#[derive(Serialize)]
struct Run<'r> {
    passed: bool,
    count: usize,
    failed: usize,
    tests: Vec<Test<'r>>,
    asserts: Vec<Assert<'r>>,
    lints: Vec<DiagnosticReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<Covered<'r>>,
}

#[derive(Serialize)]
struct Covered<'r> {
    statements: Reached<Statement<'r>>,
    regions: Regions<'r>,
}

#[derive(Serialize)]
struct Regions<'r> {
    #[serde(flatten)]
    regions: Reached<Meeting<'r>>,
    complete: bool,
}

#[derive(Serialize)]
struct Reached<T> {
    count: usize,
    reached: usize,
    unreached: Vec<T>,
}

/// A region: the first statements that meet there, how many do, a call that reaches it.
#[derive(Serialize)]
struct Meeting<'r> {
    count: usize,
    statements: Vec<Statement<'r>>,
    boundary: Option<Vec<Statement<'r>>>,
    request: Value,
    case: &'r str,
}

#[derive(Serialize)]
struct Test<'r> {
    test: &'r str,
    #[serde(flatten)]
    at: At<'r>,
    cases: Vec<Case<'r>>,
}

#[derive(Serialize)]
struct Case<'r> {
    case: String,
    #[serde(flatten)]
    at: At<'r>,
    passed: bool,
    count: usize,
    failed: usize,
    calls: Vec<Call<'r>>,
    diagnostic: Option<DiagnosticReport>,
}

#[derive(Serialize)]
struct Call<'r> {
    action: &'r str,
    passed: bool,
    #[serde(flatten)]
    answer: Answer<'r>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Answer<'r> {
    Decided(Decided<'r>),
    Fault { error: Fault<'r> },
}

#[derive(Serialize)]
struct Fault<'r> {
    code: &'r str,
    message: &'r str,
}

#[derive(Serialize)]
struct Assert<'r> {
    assert: String,
    #[serde(flatten)]
    at: At<'r>,
    /// `holds`, `fails` or `undecided`.
    verdict: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    counter_example: Option<Counter<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undecided: Option<String>,
    diagnostic: Option<DiagnosticReport>,
}

#[derive(Serialize)]
struct At<'r> {
    file: &'r str,
    line: u32,
    column: u32,
}

/// A run as one JSON object.
///
/// Members: `passed`, `count`, `failed`; `tests`, each with `test`, `file`, `line`, `column` and `cases`; of each case
/// `case`, its place, `passed`, `count` and `failed` of its calls, `calls` (the first few) and `diagnostic`; `asserts`,
/// each with `assert`, its place, `verdict`, and `counter_example` (`request`, `prefix`, `decision`) or `undecided`;
/// `lints`, each a diagnostic; `coverage` where it was asked for: `statements` and `regions`, each with `count`, `reached`
/// and `unreached`, of regions also `complete`. `count` and `failed` are of cases, asserts and lints at error level.
pub fn to_json(report: &Report, model: &Model) -> String {
    let sources = &model.sources;
    let tests = report.tests.iter().map(|test| Test {
        test: &test.name,
        at: at(test.span, sources),
        cases: test.cases.iter().map(|one| case(one, sources)).collect(),
    });
    let asserts = report.asserts.iter().map(|one| assert(one, sources));
    let run = Run {
        passed: report.passed(),
        count: report.count(),
        failed: report.failed(),
        tests: tests.collect(),
        asserts: asserts.collect(),
        coverage: report.coverage.as_ref().map(covered),
        lints: report.lints.iter().map(|told| DiagnosticReport::of(told, sources)).collect(),
    };
    serde_json::to_string(&run).unwrap_or_else(|_| "{}".to_owned())
}

fn at(span: Span, sources: &Sources) -> At<'_> {
    let start = sources.start(span);
    At { file: sources.name(span), line: start.line, column: start.column }
}

fn case<'r>(case: &'r CaseReport, sources: &'r Sources) -> Case<'r> {
    Case {
        case: one_line(sources.slice(case.span)),
        at: at(case.span, sources),
        passed: case.passed(),
        count: case.count,
        failed: case.failed,
        calls: case.calls.iter().map(call).collect(),
        diagnostic: case.diagnostic.as_ref().map(|told| DiagnosticReport::of(told, sources)),
    }
}

fn call(call: &CallReport) -> Call<'_> {
    let answer = match &call.answer {
        Ok(decision) => Answer::Decided(decided(decision)),
        Err(error) => {
            Answer::Fault { error: Fault { code: error.code().as_str(), message: error.message() } }
        }
    };
    Call { action: &call.action, passed: call.passed, answer }
}

fn assert<'r>(assert: &'r AssertReport, sources: &'r Sources) -> Assert<'r> {
    let (verdict, shown, undecided) = match &assert.verdict {
        Verdict::Holds => ("holds", None, None),
        Verdict::Fails(shown) => ("fails", Some(counter(shown)), None),
        Verdict::Undecided(why) => ("undecided", None, Some(because(why))),
    };
    Assert {
        assert: one_line(sources.slice(assert.span)),
        at: at(assert.span, sources),
        verdict,
        counter_example: shown,
        undecided,
        diagnostic: assert.diagnostic.as_ref().map(|told| DiagnosticReport::of(told, sources)),
    }
}

fn covered(coverage: &Coverage) -> Covered<'_> {
    let (statements, regions) = (&coverage.statements, &coverage.regions);
    Covered {
        statements: reached(statements, |place| statement(place)),
        regions: Regions { regions: reached(regions, meeting), complete: coverage.complete },
    }
}

fn reached<'r, T, S>(of: &'r super::Reached<T>, write: impl Fn(&'r T) -> S) -> Reached<S> {
    Reached { count: of.count, reached: of.reached, unreached: of.unreached.iter().map(write).collect() }
}

fn meeting(region: &Region) -> Meeting<'_> {
    fn places(places: &[Arc<Place>]) -> Vec<Statement<'_>> {
        places.iter().map(|place| statement(place)).collect()
    }
    Meeting {
        count: region.count,
        statements: places(&region.statements),
        boundary: region.boundary.as_deref().map(places),
        request: request(&region.request),
        case: &region.case,
    }
}
