//! `passgate lint`: everything that is wrong or doubtful with a policy set.

use crate::options::SetOptions;
use crate::output::{Exit, Format, Output};
use passgate::grammar::tree::PolicyKind;
use passgate::report;
use std::path::PathBuf;

/// Say everything that is wrong or doubtful with a policy set
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate lint examples/partners
  passgate lint bucket-policy.json --kind resource --format json

Exit codes: 0 nothing at error level, 1 something at error level, 2 the set cannot be read at all.")]
pub(crate) struct Args {
    /// A folder, a `.gate` file, or one CAM JSON document
    set: PathBuf,
    /// What a bare document is
    #[arg(long, value_enum, default_value_t)]
    kind: Kind,
    /// How the diagnostics are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    options: SetOptions,
}

/// What a bare document is.
#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
pub(crate) enum Kind {
    /// Attached to principals
    #[default]
    Identity,
    /// Says who may take a role
    Trust,
    /// Hangs on a resource
    Resource,
}

impl From<Kind> for PolicyKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Identity => PolicyKind::Identity,
            Kind::Trust => PolicyKind::Trust,
            Kind::Resource => PolicyKind::Resource,
        }
    }
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Exit {
    let read =
        args.options.read().and_then(|options| passgate::load::lint(&args.set, &options, args.kind.into()));
    let linted = match read {
        Ok(linted) => linted,
        Err(error) => return output.error(&error),
    };
    match args.format {
        Format::Json => output.line(&report::to_json(&linted.diagnostics, &linted.sources)),
        Format::Human => output.data(&report::to_text(&linted.diagnostics, &linted.sources)),
    }
    let errors = linted.diagnostics.iter().filter(|d| d.is_error()).count();
    output.word(&format!("{errors} error(s), {} other", linted.diagnostics.len() - errors));
    if errors == 0 { Exit::Yes } else { Exit::No }
}
