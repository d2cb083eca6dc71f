//! `passgate test`: the tests of a policy set run, its asserts proved.

use crate::options::SetOptions;
use crate::output::{Exit, Output};
use crate::progress::shown;
use crate::render::Form;
use passgate::analysis::prove::{AssertReport, Verdict};
use passgate::analysis::test::{self, CaseReport, Coverage, Region, Report, one_line};
use passgate::check::Place;
use passgate::grammar::Span;
use passgate::model::Model;
use passgate::{Decision, Gate};
use std::path::PathBuf;

/// Run the tests written in a policy set, and prove its asserts
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate test examples/partners
  passgate test examples/partners --filter \"finance desk\"
  passgate test examples/partners --format junit > report.xml
  passgate test examples/partners --coverage

All lints are run too, the exact ones among them; one at error level fails.

Exit codes: 0 everything passed, 1 a case or an assert failed or a lint is at error level, 2 the set cannot be loaded.")]
pub(crate) struct Args {
    /// A folder or a `.gate` file
    set: PathBuf,
    /// Only tests whose name holds TEXT, and cases and asserts that hold it
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// List the statements and the regions of the decision table that no test reaches
    #[arg(long)]
    coverage: bool,
    /// How the run is written
    #[arg(long, value_enum, default_value_t)]
    format: TestFormat,
    #[command(flatten)]
    options: SetOptions,
}

/// How a run is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum TestFormat {
    /// A line a case and assert, then what failed
    #[default]
    Human,
    /// One JSON object
    Json,
    /// JUnit XML
    Junit,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Exit {
    let options = test::Options { filter: args.filter.clone(), coverage: args.coverage };
    let loaded = args.options.read().and_then(|options| Gate::load_to_prove(&args.set, &options));
    let ran = loaded.and_then(|gate| Ok((shown("test", || test::run(&gate, &options))?, gate)));
    let (ran, gate) = match ran {
        Ok(ran) => ran,
        Err(error) => return output.error(&error),
    };
    let model = gate.model();
    // What fails is drawn with the rest that failed.
    let doubts: Vec<_> = ran.lints.iter().filter(|told| !told.is_error()).cloned().collect();
    output.diagnostics(&doubts, &model.sources);
    match args.format {
        TestFormat::Human => human(&ran, model, output),
        TestFormat::Json => output.line(&test::to_json(&ran, model)),
        TestFormat::Junit => output.data(&test::to_junit(&ran, model)),
    }
    let failed = ran.failed();
    output.word(&format!("{} passed, {failed} failed", ran.count() - failed));
    if failed == 0 { Exit::Yes } else { Exit::No }
}

fn human(ran: &Report, model: &Model, output: &mut Output) {
    for test in &ran.tests {
        output.line(&format!("test {}", test.name));
        for case in &test.cases {
            output.line(&row(case.passed(), case.span, &answered(case), model));
        }
    }
    if !ran.asserts.is_empty() {
        output.line("asserts");
    }
    for assert in &ran.asserts {
        output.line(&row(assert.holds(), assert.span, verdict(assert), model));
    }
    lints(ran, model, output);
    if let Some(coverage) = &ran.coverage {
        covered(coverage, output);
    }
    let told = ran.diagnostics();
    if !told.is_empty() {
        output.line("");
        output.report(Form::Human, &told, &model.sources);
    }
}

/// The lints at error level, a line each.
fn lints(ran: &Report, model: &Model, output: &mut Output) {
    for (number, told) in ran.faults().enumerate() {
        if number == 0 {
            output.line("lints");
        }
        let (file, at) = (model.sources.name(told.span), model.sources.start(told.span));
        output.line(&format!("  FAIL  {file}:{}:{}  {}  [{}]", at.line, at.column, told.message, told.code));
    }
}

/// What was reached, and a line for each statement and region that was not.
fn covered(coverage: &Coverage, output: &mut Output) {
    let Coverage { statements, regions, complete } = coverage;
    output.line("coverage");
    output.line(&format!("  {} of {} statements reached", statements.reached, statements.count));
    for place in &statements.unreached {
        output.line(&format!("    {place}"));
    }
    untold(statements.untold(), output);
    let more = if *complete { "" } else { " at least" };
    output.line(&format!("  {} of{more} {} regions reached", regions.reached, regions.count));
    for region in &regions.unreached {
        output.line(&format!("    {}  [{}]", region.case, meeting(region)));
    }
    untold(regions.untold(), output);
}

fn untold(count: usize, output: &mut Output) {
    if count > 0 {
        output.line(&format!("    {count} more are not shown"));
    }
}

/// The statements that meet in a region.
fn meeting(region: &Region) -> String {
    let all = region.statements.iter().chain(region.boundary.iter().flatten());
    let mut places: Vec<String> = all.map(ToString::to_string).collect();
    if region.count > places.len() {
        places.push(format!("{} more", region.count - places.len()));
    }
    if places.is_empty() { "no statement".to_owned() } else { places.join(", ") }
}

fn row(passed: bool, span: Span, answer: &str, model: &Model) -> String {
    let (at, word) = (model.sources.start(span), if passed { "ok  " } else { "FAIL" });
    let text = one_line(model.sources.slice(span));
    format!("  {word}  {}:{}:{}  {text}  [{answer}]", model.sources.name(span), at.line, at.column)
}

fn verdict(assert: &AssertReport) -> &'static str {
    match assert.verdict {
        Verdict::Holds => "proved",
        Verdict::Fails(_) => "a call shows otherwise",
        Verdict::Undecided(_) => "undecided",
    }
}

/// What the gate answered: of one call its decision, of several how many failed.
fn answered(case: &CaseReport) -> String {
    match (case.calls.as_slice(), case.count) {
        ([call], 1) => call.answer.as_ref().map_or_else(|error| error.code().to_string(), decided),
        (_, count) if case.failed == 0 => format!("{count} calls"),
        (_, count) => format!("{} of {count} calls failed", case.failed),
    }
}

fn decided(decision: &Decision) -> String {
    let place = |place: &Place| format!("{}:{}:{}", place.file, place.line, place.column);
    let places: Vec<String> = decision.statements.iter().map(|p| place(p)).collect();
    let colon = if places.is_empty() { "" } else { ": " };
    format!("{}{colon}{}", decision.reason.as_str(), places.join(", "))
}
