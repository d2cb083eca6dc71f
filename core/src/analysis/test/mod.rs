//! Tests of a policy set run: every call of every case is decided by the gate, and compared with what the case says;
//! the asserts beside them are proved ([`crate::analysis::prove`]). A lint at error level fails a run too.
//!
//! What a case is: language reference, *Asserts and tests*. A run is data ([`Report`]), which [`to_json`] and
//! [`to_junit`] write down.

mod calls;
mod case;
mod coverage;
mod json;
mod junit;
mod text;

use case::Runner;
pub use case::{CallReport, CaseReport};
pub use coverage::{Coverage, Reached, Region};
pub use json::to_json;
pub use junit::to_junit;
pub use text::one_line;

use super::places::Places;
use super::prove::{self, AssertReport};
use crate::check::Gate;
use crate::error::Result;
use crate::findings::Findings;
use crate::model::TestBlock;
use calls::Names;
use coverage::Tracker;
use passgate_grammar::{Diagnostic, Span};
use std::sync::Arc;

/// Which of the tests are run, and whether it is told what they reach.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Only tests and asserts whose name or text holds this.
    pub filter: Option<String>,
    /// Whether the statements and regions are told that the calls of the tests that are run reach, and do not reach.
    pub coverage: bool,
}

/// What a run found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The tests that were run, in the order of the set.
    pub tests: Vec<TestReport>,
    /// The asserts that were proved or not, likewise.
    pub asserts: Vec<AssertReport>,
    /// What is told of the set itself, by file and place: the exact lints are among it where the gate was loaded by
    /// [`Gate::load_to_prove`]. Each at error level counts as one that failed.
    pub lints: Vec<Diagnostic>,
    /// What the calls reached, where it was asked for.
    pub coverage: Option<Coverage>,
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
    /// Whether every case passed, every assert is proved, and no lint is at error level.
    pub fn passed(&self) -> bool {
        self.failed() == 0
    }

    /// How many cases, asserts and lints at error level there are.
    pub fn count(&self) -> usize {
        let cases = self.tests.iter().map(|test| test.cases.len()).sum::<usize>();
        cases + self.asserts.len() + self.faults().count()
    }

    /// How many of them failed: of the lints all.
    pub fn failed(&self) -> usize {
        let cases = self.tests.iter().flat_map(|test| &test.cases).filter(|case| !case.passed()).count();
        cases + self.asserts.iter().filter(|assert| !assert.holds()).count() + self.faults().count()
    }

    /// The lints at error level.
    pub fn faults(&self) -> impl Iterator<Item = &Diagnostic> {
        self.lints.iter().filter(|told| told.is_error())
    }

    /// What is told of those that failed, by file and place; of each file the first hundred.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let cases =
            self.tests.iter().flat_map(|test| &test.cases).filter_map(|case| case.diagnostic.as_ref());
        let asserts = self.asserts.iter().filter_map(|assert| assert.diagnostic.as_ref());
        let mut findings = Findings::default();
        findings.extend(cases.chain(asserts).chain(self.faults()).cloned());
        findings.finish()
    }
}

/// Runs the tests of a gate's policy set and proves its asserts.
///
/// ```
/// use passgate::{Gate, analysis::test};
/// let gate = Gate::compile(
///     "use intlpartnersmgt
///      policy p { allow read }
///      user 1 { attach p }
///      test \"reading\" { user 1 may QueryArea  user 1 may not PayOrders because implicit-deny }",
/// )?;
/// let report = test::run(&gate, &test::Options::default())?;
/// assert!(report.passed());
/// assert_eq!(report.tests[0].cases.len(), 2);
/// # Ok::<(), passgate::Error>(())
/// ```
///
/// # Errors
/// `internal` where a counter-example is not answered as it was found: a fault of passgate.
pub fn run(gate: &Gate, options: &Options) -> Result<Report> {
    let model = gate.model();
    let mut runner = Runner {
        gate,
        names: Names::new(model),
        places: Places::new(model),
        tracker: options.coverage.then(|| Tracker::new(gate)),
    };
    let chosen = |text: &str| options.filter.as_deref().is_none_or(|part| text.contains(part));
    let run = |test: &TestBlock| {
        let whole = chosen(&test.name);
        let cases = test.cases.iter().filter(|case| whole || chosen(model.sources.slice(case.span)));
        let cases: Vec<CaseReport> = cases.map(|case| runner.run(case)).collect();
        TestReport { name: test.name.clone(), cases, span: test.span }
    };
    let tests = model.proofs.tests.iter().map(run);
    let tests = tests.filter(|test| options.filter.is_none() || !test.cases.is_empty()).collect();
    let asserts = prove::run(gate, options.filter.as_deref())?;
    let coverage = runner.tracker.map(Tracker::finish);
    Ok(Report { tests, asserts, lints: gate.diagnostics().to_vec(), coverage })
}

#[cfg(test)]
mod tests;
