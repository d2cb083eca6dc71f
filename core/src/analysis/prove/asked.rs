//! Asserts asked of a gate from outside of its set, and what is answered.

use super::{AssertReport, Verdict, judged};
use crate::check::Gate;
use crate::error::{Error, ErrorCode, Result};
use crate::model::resolve::{Asked, asserts};
use passgate_grammar::{Diagnostic, Sources};
use std::sync::Arc;

/// What was found about asserts that were asked.
#[derive(Debug, Clone)]
pub struct Proved {
    /// In the order asked.
    pub asserts: Vec<AssertReport>,
    /// What is told of the texts that were asked: lints, none that refuses them.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts of the set and, after them, those that were asked: spans point into them.
    pub sources: Arc<Sources>,
}

impl Proved {
    /// Whether every assert is proved.
    pub fn holds(&self) -> bool {
        self.asserts.iter().all(AssertReport::holds)
    }

    /// Whether a call shows that one of them does not hold.
    pub fn fails(&self) -> bool {
        self.asserts.iter().any(|assert| matches!(assert.verdict, Verdict::Fails(_)))
    }

    /// Whether every verdict is exact.
    pub fn is_exact(&self) -> bool {
        !self.asserts.iter().any(|assert| matches!(assert.verdict, Verdict::Undecided(_)))
    }
}

/// Proves asserts of the language about a gate's policy set, or finds the smallest call that shows otherwise.
///
/// A text is an assert with or without its first word; names of the set can be used in it. Bare names of actions mean the
/// services that the set's files use; where none does, as in a compiled file, those of all catalogs.
///
/// ```
/// use passgate::{Gate, analysis::prove::prove};
/// let gate = Gate::compile(
///     "use intlpartnersmgt
///      network office = 203.0.113.0/24
///      policy p { allow write from office  allow PayOrders }
///      user 1 { attach p }",
/// )?;
/// assert!(prove(&gate, &["no one may write except PayOrders unless from office"])?.holds());
/// assert!(prove(&gate, &["no one may write unless from office"])?.fails());
/// # Ok::<(), passgate::Error>(())
/// ```
///
/// # Errors
/// `bad-option` for a text that is no assert, with diagnostics that point into it; `bad-compiled` where a compiled file
/// holds no policy set that can be read; `internal` as [`super::run`].
pub fn prove(gate: &Gate, texts: &[&str]) -> Result<Proved> {
    let model = gate.try_model()?;
    let Asked { asserts, sources, diagnostics, refused } = asserts(model, texts);
    if refused {
        let error = Error::new(ErrorCode::BadOption, "the assert cannot be read").with_key("assert");
        return Err(error.with_diagnostics(diagnostics, sources));
    }
    let asserts = judged(gate, asserts.iter())?;
    Ok(Proved { asserts, diagnostics, sources })
}
