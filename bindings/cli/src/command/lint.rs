//! `passgate lint`: everything that is wrong or doubtful with a policy set.

use crate::mend::Mended;
use crate::options::SetOptions;
use crate::output::{Exit, Output};
use crate::progress::shown;
use crate::render::Form;
use passgate::grammar::tree::PolicyKind;
use passgate::model::Instant;
use passgate::{Diagnostic, Error, ErrorCode, LoadOptions, load};
use std::path::PathBuf;

/// Say everything that is wrong or doubtful with a policy set
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate lint examples/partners
  passgate lint bucket-policy.json --kind resource --format json
  passgate lint policies --fix
  passgate lint policies --unsafe-fixes --diff
  passgate lint examples/partners --at 2026-07-01T00:00:00Z

With --fix and --unsafe-fixes what is left is told. With --diff nothing is written or told.

Exit codes: 0 nothing at error level, 1 something at error level (with --diff: something would change), 2 the set
cannot be read at all.")]
pub(crate) struct Args {
    /// A folder, a `.gate` file, or one CAM JSON document
    set: PathBuf,
    /// What a bare document is
    #[arg(long, value_enum, default_value_t)]
    kind: Kind,
    /// The time with which statements' times are compared (`time-window`); without it they are not
    #[arg(long, value_name = "T")]
    at: Option<String>,
    /// How the diagnostics are written
    #[arg(long, value_enum, default_value_t)]
    format: Form,
    /// Apply the fixes that keep the meaning
    #[arg(long)]
    fix: bool,
    /// Apply all fixes, those too that may change the meaning
    #[arg(long)]
    unsafe_fixes: bool,
    /// Show what fixes would change, as a unified diff, and write nothing
    #[arg(long)]
    diff: bool,
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
    let options = match options(args) {
        Ok(options) => options,
        Err(error) => return output.error(&error),
    };
    let mends = args.fix || args.unsafe_fixes || args.diff;
    let done = if mends { mended(args, &options, output) } else { linted(args, &options, output) };
    done.unwrap_or_else(|error| output.error(&error))
}

fn linted(args: &Args, options: &LoadOptions, output: &mut Output) -> Result<Exit, Error> {
    let linted = shown("lint", || load::lint(&args.set, options, args.kind.into()))?;
    output.report(args.format, &linted.diagnostics, &linted.sources);
    Ok(counted(&linted.diagnostics, output))
}

/// Applies fixes, or shows what they would change.
fn mended(args: &Args, options: &LoadOptions, output: &mut Output) -> Result<Exit, Error> {
    let mended = Mended::of(&args.set, options, args.kind.into(), args.unsafe_fixes)?;
    if args.diff {
        let diff = mended.diff();
        output.data(&diff);
        output.word(&format!("{} could be mended", mended.count));
        return Ok(if diff.is_empty() { Exit::Yes } else { Exit::No });
    }
    let files = mended.write()?;
    output.report(args.format, &mended.report.diagnostics, &mended.report.sources);
    output.word(&format!("{} mended in {files} file(s)", mended.count));
    if mended.unsettled {
        output.word("there is more to mend: run it again");
    }
    Ok(counted(&mended.report.diagnostics, output))
}

fn counted(diagnostics: &[Diagnostic], output: &mut Output) -> Exit {
    let errors = diagnostics.iter().filter(|d| d.is_error()).count();
    output.word(&format!("{errors} error(s), {} other", diagnostics.len() - errors));
    if errors == 0 { Exit::Yes } else { Exit::No }
}

fn options(args: &Args) -> Result<LoadOptions, Error> {
    let mut options = args.options.read()?;
    if let Some(text) = &args.at {
        let at = Instant::parse(text).ok_or_else(|| {
            let message = format!("`--at {text}` is no time: it is written `2026-01-01T00:00:00Z`");
            Error::new(ErrorCode::BadOption, message).with_key("at")
        })?;
        options.at = Some(at);
    }
    Ok(options)
}
