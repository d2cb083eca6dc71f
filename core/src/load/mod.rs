//! Policy sets from disk or from texts: the only room that opens files.
//!
//! A set is told by its ending: a folder, a `.gate` file, a `.json` document. Loading reads all its files, resolves
//! them, runs the lints that names and catalog facts decide, and compiles; what cannot be read or resolved is refused
//! with everything that is wrong. What decides a request is not here.

mod catalogs;
mod compiled;
mod conversion;
mod file;
mod files;
mod format;
mod found;
mod locks;
mod loose;
mod options;
mod proved;
mod reading;
mod set;
mod settings;
mod store;
mod texts;

pub use conversion::{Proof, prove_export, prove_import};
pub use format::{Formatted, format_file, format_text};
pub use found::{FilesToFormat, files_to_format};
pub use locks::lock_path;
pub use loose::{read_catalog, read_catalogs, read_texts};
pub use options::LoadOptions;
pub use texts::TextSources;

use crate::check::Gate;
use crate::error::{Error, ErrorCode, Result};
use crate::model::read::one_line;
use crate::model::{Model, PolicyKind};
use files::Shape;
use passgate_grammar::{Diagnostic, Sources};
use set::{Assembled, Purpose, assemble};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use store::Store;

impl Gate {
    /// Loads a policy set: a folder, a `.gate` file, a compiled file (`.gatec`), or one CAM JSON document, which is then
    /// attached to whoever asks.
    ///
    /// # Errors
    /// `bad-policy` with all diagnostics for a set that cannot be read or resolved (or, if it is strict, has a lint at
    /// error level; or, where it says `prove = "on-load"`, an assert that is not proved); `bad-file` where there is no
    /// such set; `bad-catalog`; `bad-compiled`.
    pub fn load(path: impl AsRef<Path>) -> Result<Gate> {
        Gate::load_with(path, &LoadOptions::default())
    }

    /// Loads a policy set with options.
    ///
    /// # Errors
    /// As [`Gate::load`], and `bad-option`.
    pub fn load_with(path: impl AsRef<Path>, options: &LoadOptions) -> Result<Gate> {
        let path = path.as_ref();
        if is_compiled(path) {
            return compiled::load(path, options);
        }
        proved::on_load(Gate::from_model(load_model(path, options)?)?)
    }

    /// Loads a policy set whose tests are to be run next ([`crate::analysis::test`]): as [`Gate::load_with`], whatever
    /// the set says about when asserts are proved. The exact lints are run too, so that [`Gate::diagnostics`] are all
    /// that is told of the set but its asserts.
    ///
    /// # Errors
    /// As [`Gate::load_with`], but for asserts; `bad-file` for a compiled file, which carries neither tests nor asserts.
    pub fn load_to_prove(path: impl AsRef<Path>, options: &LoadOptions) -> Result<Gate> {
        let path = path.as_ref();
        if is_compiled(path) {
            let shown = one_line(&path.to_string_lossy());
            let message =
                format!("`{shown}` is compiled: tests and asserts are in the set that it was compiled from");
            return Err(Error::new(ErrorCode::BadFile, message));
        }
        let (store, shape) = on_disk(path)?;
        Gate::from_model(accepted(assemble(store, &shape, Purpose::Prove, options)?)?)
    }

    /// Compiles a policy set from texts.
    ///
    /// ```
    /// use passgate::Gate;
    /// let gate = Gate::compile("use intlpartnersmgt  policy p { allow read }  user 1 { attach p }")?;
    /// assert!(gate.allows("user:1", "intlpartnersmgt:QueryUser", "203.0.113.9")?);
    /// # Ok::<(), passgate::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Gate::load`].
    pub fn compile(sources: impl Into<TextSources>) -> Result<Gate> {
        Gate::compile_with(sources, &LoadOptions::default())
    }

    /// Compiles a policy set from texts, with options; files that options name are read from disk.
    ///
    /// # Errors
    /// As [`Gate::load_with`].
    pub fn compile_with(sources: impl Into<TextSources>, options: &LoadOptions) -> Result<Gate> {
        proved::on_load(Gate::from_model(compile_model(sources, options)?)?)
    }

    /// Compiles a policy set from texts whose tests are to be run next: as [`Gate::load_to_prove`].
    ///
    /// ```
    /// use passgate::{Gate, LoadOptions, analysis::test};
    /// let text = "use intlpartnersmgt
    ///     policy p { allow PayOrders when qcs:uin is \"1\" and qcs:uin is not \"1\" }
    ///     user 1 { attach p }
    ///     test \"paying\" { user 1 may not PayOrders }";
    /// let gate = Gate::compile_to_prove(text, &LoadOptions::default())?;
    /// let report = test::run(&gate, &test::Options::default())?;
    /// assert!(report.lints.iter().any(|told| told.code.as_str() == "contradiction"));
    /// # Ok::<(), passgate::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Gate::load_with`], but for asserts.
    pub fn compile_to_prove(sources: impl Into<TextSources>, options: &LoadOptions) -> Result<Gate> {
        let (store, shape) = in_memory(sources.into())?;
        Gate::from_model(accepted(assemble(store, &shape, Purpose::Prove, options)?)?)
    }
}

/// Loads a policy set as a model, not compiled.
///
/// # Errors
/// As [`Gate::load_with`].
pub fn load_model(path: impl AsRef<Path>, options: &LoadOptions) -> Result<Model> {
    let (store, shape) = on_disk(path.as_ref())?;
    accepted(assemble(store, &shape, Purpose::Load, options)?)
}

/// Reads a policy set from texts as a model, not compiled.
///
/// # Errors
/// As [`Gate::compile_with`].
pub fn compile_model(sources: impl Into<TextSources>, options: &LoadOptions) -> Result<Model> {
    let (store, shape) = in_memory(sources.into())?;
    accepted(assemble(store, &shape, Purpose::Load, options)?)
}

/// Whether a set is a compiled file, told by its ending like every set.
fn is_compiled(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".gatec") && !fs::metadata(path).is_ok_and(|found| found.is_dir())
}

fn accepted(assembled: Assembled) -> Result<Model> {
    let Assembled { model, refused } = assembled;
    if refused { Err(Error::refused(model.diagnostics, model.sources)) } else { Ok(model) }
}

/// Everything that is told of a policy set.
#[derive(Debug, Clone)]
pub struct Report {
    /// By file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that they point into.
    pub sources: Arc<Sources>,
}

/// Reads a policy set and says everything that is wrong or doubtful, asserts that are not proved included; a bare CAM document is read as `kind`.
///
/// # Errors
/// `bad-file` where there is no such set, `bad-option`, `bad-catalog`. Faults of the set's files are diagnostics.
pub fn lint(path: impl AsRef<Path>, options: &LoadOptions, kind: PolicyKind) -> Result<Report> {
    let (store, shape) = on_disk(path.as_ref())?;
    reported(assemble(store, &shape, Purpose::Lint(kind), options)?)
}

/// As [`lint`], with other texts than those on disk for some of the set's files: what a fix would make of them. The
/// texts are named as reports name them.
///
/// # Errors
/// As [`lint`].
pub fn lint_with(
    path: impl AsRef<Path>,
    options: &LoadOptions,
    kind: PolicyKind,
    instead: BTreeMap<String, String>,
) -> Result<Report> {
    let (store, shape) = on_disk(path.as_ref())?;
    reported(assemble(store.with(instead), &shape, Purpose::Lint(kind), options)?)
}

/// Says everything that is wrong or doubtful about texts.
///
/// # Errors
/// As [`lint`].
pub fn lint_texts(
    sources: impl Into<TextSources>,
    options: &LoadOptions,
    kind: PolicyKind,
) -> Result<Report> {
    let (store, shape) = in_memory(sources.into())?;
    reported(assemble(store, &shape, Purpose::Lint(kind), options)?)
}

fn reported(assembled: Assembled) -> Result<Report> {
    let Assembled { model, refused } = assembled;
    if !refused {
        return proved::on_lint(model);
    }
    let Model { diagnostics, sources, .. } = model;
    Ok(Report { diagnostics, sources })
}

fn on_disk(path: &Path) -> Result<(Store, Shape)> {
    let shown = path.to_string_lossy();
    if fs::metadata(path).is_ok_and(|found| found.is_dir()) {
        return Ok((Store::folder(path), Shape::Folder));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let shape = shape_of(name, &shown)?;
    Ok((Store::beside(path), shape))
}

fn in_memory(sources: TextSources) -> Result<(Store, Shape)> {
    let shape = match sources.alone() {
        Some((name, true)) => Shape::Gate(name.to_owned()),
        Some((name, false)) => shape_of(name.to_owned(), name)?,
        None => Shape::Folder,
    };
    Ok((Store::Memory(sources.into_texts()), shape))
}

fn shape_of(name: String, path: &str) -> Result<Shape> {
    let shown = one_line(path);
    if name.ends_with(".gate") {
        Ok(Shape::Gate(name))
    } else if name.ends_with(".json") {
        Ok(Shape::Document(name))
    } else if name.ends_with(".gatec") {
        let message =
            format!("`{shown}` is a compiled file: this needs the policy set that it was compiled from");
        Err(Error::new(ErrorCode::BadFile, message))
    } else {
        let message = match fs::symlink_metadata(path) {
            Err(_) => format!("there is no policy set `{shown}`"),
            Ok(_) => format!(
                "`{shown}` is no policy set: a folder, a `.gate` file, a compiled file or a `.json` document"
            ),
        };
        Err(Error::new(ErrorCode::BadFile, message))
    }
}

#[cfg(test)]
mod tests;
