//! A policy set put together: its files read, its names resolved, looked at by lints.
//!
//! What is wrong with the set's own files is a diagnostic; what is wrong with the call (no such set, a wrong option) is
//! an error. Whether diagnostics refuse the set is decided by who asked.

use super::files::{Files, Shape};
use super::locks;
use super::options::LoadOptions;
use super::reading::{Most, Reading};
use super::store::Store;
use crate::cam;
use crate::catalog::Catalogs;
use crate::error::{Error, ErrorCode, Result};
use crate::lint;
use crate::model::resolve::{Documents, Input, Resolved, ids, resolve};
use crate::model::{Instant, Model, PolicyKind, Settings};
use crate::table::refused_addresses;
use passgate_grammar::{SourceId, code};
use std::sync::Arc;

/// A set put together.
#[derive(Debug)]
pub(super) struct Assembled {
    /// With all diagnostics, lints included.
    pub(super) model: Model,
    /// Whether a diagnostic refuses the set.
    pub(super) refused: bool,
}

/// What a set is put together for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To be compiled: the lints that names and catalog facts decide are run.
    Load,
    /// To be compiled and have its tests run: all lints are run, and refuse what they refuse of a load.
    Prove,
    /// To say everything that is wrong or doubtful: all lints are run, a bare document is read as this kind.
    Lint(PolicyKind),
}

/// Puts a set together.
///
/// # Errors
/// `bad-file` where the set itself is missing or holds nothing; `bad-option`, `bad-file`, `bad-catalog` for options.
pub(super) fn assemble(
    store: Store,
    shape: &Shape,
    purpose: Purpose,
    options: &LoadOptions,
) -> Result<Assembled> {
    assemble_within(Most::default(), store, shape, purpose, options)
}

/// [`assemble`] with limits of the whole set.
pub(super) fn assemble_within(
    most: Most,
    store: Store,
    shape: &Shape,
    purpose: Purpose,
    options: &LoadOptions,
) -> Result<Assembled> {
    let kind = match purpose {
        Purpose::Load | Purpose::Prove => PolicyKind::Identity,
        Purpose::Lint(kind) => kind,
    };
    options.check()?;
    let mut reading = Reading::new(most, store);
    let mut files = Files::read(shape, kind, &mut reading)?;
    let catalogs = files.catalogs(options, &mut reading)?;
    let boundary = files.boundary(options, &mut reading)?;
    let lock = if purpose == Purpose::Load { None } else { locks::read(shape, &mut reading) };
    let mut settings = std::mem::take(&mut files.settings.settings);
    options.apply(&mut settings);
    let Files { trees, named, loose, documents, .. } = files;
    let kept = Documents { named, loose, boundary };
    let input = Input { sources: &reading.sources, files: &trees, catalogs: &catalogs, settings: &settings };
    let resolved = resolve(input, kept, &mut reading.findings);
    // Large sets: the trees make room for the model's lints and tables.
    drop(trees);
    bounded_once(options, &resolved)?;
    let to_everyone = matches!(shape, Shape::Document(_)) && kind == PolicyKind::Identity;
    let model = model(resolved, catalogs, settings, to_everyone, !options.boundary.is_empty());
    Ok(finish(reading, &documents, model, purpose, (lock, options.at)))
}

/// A set with a `within` refuses a boundary laid on it from outside.
fn bounded_once(options: &LoadOptions, resolved: &Resolved) -> Result<()> {
    let users = resolved.users.iter().any(|u| u.boundary.is_some());
    let within = users || resolved.groups.iter().any(|g| g.boundary.is_some());
    if within && !options.boundary.is_empty() {
        let message = "the set bounds callers itself, by `within`: a boundary cannot be laid on it";
        return Err(Error::new(ErrorCode::BadOption, message).with_key("boundary"));
    }
    Ok(())
}

fn model(
    resolved: Resolved,
    catalogs: Catalogs,
    settings: Settings,
    to_everyone: bool,
    bounded: bool,
) -> Model {
    let Resolved { policies, boundary, groups, users, named, ignores, proofs, uses, uses_of } = resolved;
    let own = ids(&policies).map(|(_, id)| id).filter(|id| to_everyone && !boundary.contains(id));
    Model {
        sources: Arc::default(),
        catalogs: Arc::new(catalogs),
        settings,
        everyone: own.collect(),
        boundary: bounded.then_some(boundary),
        policies,
        groups,
        users,
        named,
        ignores,
        proofs,
        uses,
        uses_of,
        diagnostics: Vec::new(),
    }
}

/// Adds the texts, what the lints say, and paths to what is told of CAM documents.
fn finish(
    reading: Reading,
    documents: &[SourceId],
    mut model: Model,
    purpose: Purpose,
    (lock, at): (Option<SourceId>, Option<Instant>),
) -> Assembled {
    let mut findings = reading.findings;
    model.sources = Arc::new(reading.sources);
    findings.extend(refused_addresses(&model));
    lint::run_into(&model, at, &mut findings);
    let mut refused = findings.refused();
    // Who is told everything is told it of a strict set too.
    if !matches!(purpose, Purpose::Lint(_)) {
        refused |= model.settings.strict && findings.has_errors();
    }
    if purpose != Purpose::Load && !refused {
        lint::run_exact_into(&model, &mut findings);
        if let Some(lock) = lock {
            lint::run_locked_into(&model, lock, &mut findings);
        }
        // Without a time `time-window` had nothing to tell, nor the others without a lock.
        let silent = [
            (code::TIME_WINDOW, at.is_none()),
            (code::CHANGED_PATTERN, lock.is_none()),
            (code::STALE_LOCK, lock.is_none()),
            (code::BAD_LOCK, lock.is_none()),
        ];
        let silent: Vec<_> = silent.into_iter().filter(|(_, silent)| *silent).map(|(code, _)| code).collect();
        findings.tell_unused_ignores(&silent);
    }
    let mut diagnostics = findings.finish();
    for id in documents {
        if let Some(source) = model.sources.get(*id) {
            cam::add_paths(source, *id, &mut diagnostics);
        }
    }
    model.diagnostics = diagnostics;
    Assembled { model, refused }
}
