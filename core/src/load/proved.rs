//! Asserts of a set, proved where it is loaded (`prove = "on-load"`) or linted (always).

use super::Report;
use crate::analysis::prove;
use crate::check::Gate;
use crate::error::{Error, Result};
use crate::findings::Findings;
use crate::model::{Model, Prove};
use passgate_grammar::Diagnostic;

/// Refuses a set whose asserts fail, where the set says so.
pub(super) fn on_load(gate: Gate) -> Result<Gate> {
    let model = gate.model();
    if model.settings.prove != Prove::OnLoad {
        return Ok(gate);
    }
    let told = prove::diagnostics(&gate)?;
    if told.is_empty() {
        return Ok(gate);
    }
    Err(Error::refused(together(model.diagnostics.clone(), told), model.sources.clone()))
}

/// What is told of a set that can be compiled, its asserts included.
pub(super) fn on_lint(model: Model) -> Result<Report> {
    if model.proofs.asserts.is_empty() {
        let Model { diagnostics, sources, .. } = model;
        return Ok(Report { diagnostics, sources });
    }
    let gate = Gate::from_model(model)?;
    let told = prove::diagnostics(&gate)?;
    let model = gate.model();
    Ok(Report { diagnostics: together(model.diagnostics.clone(), told), sources: model.sources.clone() })
}

/// By file and place, of each file as many as are shown.
fn together(told: Vec<Diagnostic>, more: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut findings = Findings::default();
    findings.extend(told.into_iter().chain(more));
    findings.finish()
}
