//! `passgate catalog types`: the names of actions and callers as types of Python or TypeScript.

use crate::output::{Exit, Output};
use passgate::types::{Language, Names};
use passgate::{Error, Gate, LoadOptions};
use std::path::PathBuf;

/// Write action names, and of a policy set its callers, as types for Python or TypeScript
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate catalog types --python > actions.py
  passgate catalog types examples/partners --typescript > names.ts

Without SET, the actions of the built-in catalog and of those that `--catalog` adds. Equal names give equal text.
Exit codes: 0 done, 2 not done.")]
pub(super) struct Args {
    /// A folder, a `.gate` file, a compiled file, or one CAM JSON document: its actions, and its callers as `Principal`
    set: Option<PathBuf>,
    #[command(flatten)]
    language: Chosen,
    /// Add a catalog file to the built-in one (repeatable)
    #[arg(long, value_name = "FILE")]
    catalog: Vec<PathBuf>,
    /// Match a service that no catalog describes by its text; '*' for every such service (repeatable)
    #[arg(long, value_name = "SERVICE")]
    opaque: Vec<String>,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Chosen {
    /// `Literal[…]`, for mypy, pyright and other checkers
    #[arg(long)]
    python: bool,
    /// Unions of string literals
    #[arg(long)]
    typescript: bool,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<Exit, Error> {
    let options =
        LoadOptions { catalogs: args.catalog.clone(), opaque: args.opaque.clone(), ..LoadOptions::default() };
    let gate = match &args.set {
        Some(set) => Gate::load_with(set, &options)?,
        // A set that says nothing: the catalogs alone.
        None => Gate::compile_with("", &options)?,
    };
    output.diagnostics(gate.diagnostics(), gate.sources());
    let model = gate.try_model()?;
    let names = match &args.set {
        Some(_) => Names::of_set(model),
        None => Names::of_catalogs(&model.catalogs, &model.settings.opaque),
    };
    // clap sees to it that one of the two is given.
    let language = if args.language.python { Language::Python } else { Language::TypeScript };
    output.data(&names.written(language));
    Ok(Exit::Yes)
}
