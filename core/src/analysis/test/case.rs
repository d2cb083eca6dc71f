//! One case run, and what is told where it fails.

use super::calls::{self, Names};
use super::coverage::Tracker;
use crate::analysis::places::{Places, decided};
use crate::check::{Decision, Gate};
use crate::error::Error;
use crate::model::Case;
use passgate_grammar::{Diagnostic, Span, code};
use std::sync::Arc;

/// A case that was run.
#[derive(Debug, Clone)]
pub struct CaseReport {
    /// Its calls, one for each action. Of a case with many calls the first few that failed, or else the first few.
    pub calls: Vec<CallReport>,
    /// How many calls it has.
    pub count: usize,
    /// How many of them were not answered as the case says.
    pub failed: usize,
    /// What to tell where it failed.
    pub diagnostic: Option<Diagnostic>,
    /// Where it is written.
    pub span: Span,
}

/// One call of a case, decided.
#[derive(Debug, Clone)]
pub struct CallReport {
    /// The action.
    pub action: Arc<str>,
    /// What the gate answered.
    pub answer: Result<Decision, Error>,
    /// Whether that is what the case says.
    pub passed: bool,
}

/// How many calls of a case are kept.
pub(super) const KEPT: usize = 4;

impl CaseReport {
    /// Whether every call was answered as the case says.
    pub fn passed(&self) -> bool {
        self.failed == 0
    }
}

/// What cases are run with.
pub(super) struct Runner<'m> {
    pub(super) gate: &'m Gate,
    pub(super) names: Names<'m>,
    pub(super) places: Places<'m>,
    /// Where it is to be told what the calls reach.
    pub(super) tracker: Option<Tracker<'m>>,
}

impl Runner<'_> {
    /// Decides the calls of a case.
    pub(super) fn run(&mut self, case: &Case) -> CaseReport {
        let mut request = calls::request(case);
        let (mut kept, mut failed) = (Vec::new(), 0);
        for called in case.calls.iter() {
            let action = self.names.of(called);
            action.as_ref().clone_into(&mut request.action);
            if let Some(tracker) = &mut self.tracker {
                tracker.touch(&request);
            }
            let answer = self.gate.check(&request);
            let passed = answer.as_ref().is_ok_and(|decision| fits(case, decision));
            if !passed && failed == 0 {
                kept.clear();
            }
            failed += usize::from(!passed);
            if kept.len() < KEPT && (!passed || failed == 0) {
                kept.push(CallReport { action, answer, passed });
            }
        }
        let first = kept.iter().find(|call| !call.passed);
        let diagnostic = first.map(|call| told(self.gate, case, call, failed, &self.places));
        CaseReport { calls: kept, count: case.calls.len(), failed, diagnostic, span: case.span }
    }
}

fn fits(case: &Case, decision: &Decision) -> bool {
    let because = case.because.is_none_or(|reason| reason == decision.reason.as_str());
    decision.allowed == case.allowed && because
}

fn told(gate: &Gate, case: &Case, call: &CallReport, failed: usize, places: &Places<'_>) -> Diagnostic {
    let (who, action) = (&case.principal, &call.action);
    let told = match &call.answer {
        Err(error) => {
            let message = format!("`{who}` calling `{action}` could not be decided: {}", error.message());
            let told = Diagnostic::error(code::TEST_FAILED, case.span, message);
            told.because(format!("the gate answers `{}`", error.code()))
        }
        Ok(decision) => {
            let message = format!("{}, {}", answered(who, action, decision), expected(case));
            let told = Diagnostic::error(code::TEST_FAILED, case.span, message);
            places.point(told, &decision.statements, decided(decision.reason))
        }
    };
    let told = match unaddressed(gate, case, action) {
        true => told.because(format!("`{action}` is never given the address of a call")),
        false => told,
    };
    match failed {
        1 => told,
        _ => told.because(format!("{failed} of the {} calls of this case fail", case.calls.len())),
    }
}

fn answered(who: &str, action: &str, decision: &Decision) -> String {
    let word = if decision.allowed { "is allowed" } else { "is refused" };
    format!("`{who}` {word} `{action}` by `{}`", decision.reason.as_str())
}

fn expected(case: &Case) -> String {
    match (case.because, case.allowed) {
        (Some(reason), _) => format!("and the case says `{reason}`"),
        (None, true) => "and the case says `may`".to_owned(),
        (None, false) => "and the case says `may not`".to_owned(),
    }
}

/// Whether a case gives an address to an action that is handed none.
fn unaddressed(gate: &Gate, case: &Case, action: &str) -> bool {
    let find = || {
        let (service, name) = action.split_once(':')?;
        let catalogs = &gate.model().catalogs;
        catalogs.action(catalogs.resolve(service, name)?).map(|row| !row.ip_restriction)
    };
    let evaluates = gate.model().settings.ip_unsupported == crate::model::IpUnsupported::Evaluate;
    case.address.is_some() && !evaluates && find().unwrap_or(false)
}
