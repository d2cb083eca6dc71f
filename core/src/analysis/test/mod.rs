//! Tests of a policy set run: every call of every case is decided by the gate, and compared with what the case says.
//!
//! What a case is: language reference, *Asserts and tests*. Beside the cases stand here how a run is reported as data
//! ([`Report`]), as JSON and as JUnit XML, and which statements no case reached.

mod calls;
mod case;

pub use case::{CallReport, CaseReport};

use super::places::Places;
use crate::check::Gate;
use crate::model::TestBlock;
use calls::Names;
use passgate_grammar::Span;
use std::sync::Arc;

/// Which of the tests are run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Only tests and asserts whose name or text holds this.
    pub filter: Option<String>,
}

/// What a run found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The tests that were run, in the order of the set.
    pub tests: Vec<TestReport>,
}

/// A test that was run.
#[derive(Debug, Clone)]
pub struct TestReport {
    /// Its name.
    pub name: Arc<str>,
    /// Its cases.
    pub cases: Vec<CaseReport>,
    /// Where its name is written.
    pub span: Span,
}

impl Report {
    /// Whether everything passed.
    pub fn passed(&self) -> bool {
        self.tests.iter().flat_map(|test| &test.cases).all(CaseReport::passed)
    }
}

/// Runs the tests of a gate's policy set.
///
/// ```
/// use passgate::{Gate, analysis::test};
/// let gate = Gate::compile(
///     "use intlpartnersmgt
///      policy p { allow read }
///      user 1 { attach p }
///      test \"reading\" { user 1 may QueryArea  user 1 may not PayOrders because implicit-deny }",
/// )?;
/// let report = test::run(&gate, &test::Options::default());
/// assert!(report.passed());
/// assert_eq!(report.tests[0].cases.len(), 2);
/// # Ok::<(), passgate::Error>(())
/// ```
pub fn run(gate: &Gate, options: &Options) -> Report {
    let model = gate.model();
    let (mut names, places) = (Names::new(model), Places::new(model));
    let chosen = |text: &str| options.filter.as_deref().is_none_or(|part| text.contains(part));
    let run = |test: &TestBlock, names: &mut Names<'_>| {
        let whole = chosen(&test.name);
        let cases = test.cases.iter().filter(|case| whole || chosen(model.sources.slice(case.span)));
        let cases: Vec<CaseReport> = cases.map(|case| case::run(gate, case, names, &places)).collect();
        TestReport { name: test.name.clone(), cases, span: test.span }
    };
    let tests = model.proofs.tests.iter().map(|test| run(test, &mut names));
    Report { tests: tests.filter(|test| options.filter.is_none() || !test.cases.is_empty()).collect() }
}

#[cfg(test)]
mod tests;
