//! Asserts proved: each is held against every call that it speaks of, not against samples (language reference,
//! *Asserts and tests*).
//!
//! An assert that forbids (`no one`, `only`, `may not`) looks for a call that is allowed, one that promises for a call
//! that is decided and not allowed. [`crate::analysis::space`] finds one, or says that there is none, for each class
//! of callers ([`super::callers`]) and of actions. What is found is decided by the gate before it is shown: an answer that
//! differs is a fault of ours (`internal`), never a verdict.
//!
//! One caller after the other is enough for `no one` and `only`: what a mixture of claims is allowed, one of its parts
//! is allowed alone (readings in semantics §7).

mod asked;
mod cover;
mod glance;
mod json;
mod judge;
mod root;
mod told;

use super::progress::{self, Steps};
use super::space::Doubt;
use crate::address::Prefix;
use crate::check::{Decision, Gate, Request};
use crate::error::Result;
use crate::model::Assert;
pub use asked::{Proved, prove};
pub(super) use json::ask;
pub use json::to_json;
use judge::Judge;
use passgate_grammar::{Diagnostic, Span};
pub(crate) use told::{because, call};

/// What was found about one assert.
#[derive(Debug, Clone)]
pub struct AssertReport {
    /// Whether it holds.
    pub verdict: Verdict,
    /// What to tell where it does not, or where that is not certain.
    pub diagnostic: Option<Diagnostic>,
    /// Where it is written.
    pub span: Span,
}

impl AssertReport {
    /// Whether it is proved.
    pub fn holds(&self) -> bool {
        matches!(self.verdict, Verdict::Holds)
    }
}

/// Whether an assert holds.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// It is proved.
    Holds,
    /// This call shows that it does not.
    Fails(Box<CounterExample>),
    /// It could not be decided: it depends on this, which is not looked into.
    Undecided(Vec<Doubt>),
}

/// A call that an assert rules out and the gate does not, or the other way round.
#[derive(Debug, Clone)]
pub struct CounterExample {
    /// The call.
    pub request: Request,
    /// The widest prefix around its address, all of which is answered alike; none where the call has no address.
    pub prefix: Option<Prefix>,
    /// What the gate answers.
    pub decision: Decision,
}

/// Proves the asserts of a gate's policy set, or those whose text holds `filter`.
///
/// ```
/// use passgate::{Gate, analysis::prove};
/// let gate = Gate::compile(
///     "use intlpartnersmgt
///      network office = 203.0.113.0/24
///      policy p { allow write from office  allow PayOrders }
///      user 1 { attach p }
///      assert no one may write except PayOrders unless from office
///      assert no one may write unless from office",
/// )?;
/// let found = prove::run(&gate, None)?;
/// assert!(found[0].holds());
/// let prove::Verdict::Fails(shown) = &found[1].verdict else { panic!("PayOrders is allowed everywhere") };
/// assert_eq!(shown.request.action, "intlpartnersmgt:PayOrders");
/// # Ok::<(), passgate::Error>(())
/// ```
///
/// # Errors
/// `internal` where a counter-example is not answered as it was found: a fault of passgate.
pub fn run(gate: &Gate, filter: Option<&str>) -> Result<Vec<AssertReport>> {
    let model = gate.model();
    let chosen = |span: Span| filter.is_none_or(|part| model.sources.slice(span).contains(part));
    judged(gate, model.proofs.asserts.iter().filter(|assert| chosen(assert.span)))
}

/// Judges some asserts, one after the other; where it is a single one, its callers are what is counted.
fn judged<'m>(gate: &'m Gate, asserts: impl Iterator<Item = &'m Assert>) -> Result<Vec<AssertReport>> {
    let asserts: Vec<&'m Assert> = asserts.collect();
    if asserts.is_empty() {
        return Ok(Vec::new());
    }
    let steps = (asserts.len() > 1).then(|| progress::steps("asserts", asserts.len()));
    let mut judge = Judge::new(gate);
    let judged = asserts.into_iter().map(|assert| {
        let report = judge.judge(assert);
        steps.iter().for_each(Steps::step);
        report
    });
    judged.collect()
}

/// What is told of the asserts that are not proved; nothing where all are.
///
/// # Errors
/// As [`run`].
pub fn diagnostics(gate: &Gate) -> Result<Vec<Diagnostic>> {
    Ok(run(gate, None)?.into_iter().filter_map(|report| report.diagnostic).collect())
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
