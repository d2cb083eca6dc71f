//! `passgate prove`: asserts given on the command line, proved of a policy set or refuted by the smallest call.

use crate::options::SetOptions;
use crate::output::{Exit, Format, Output};
use crate::progress::shown;
use crate::render::Form;
use passgate::Error;
use passgate::analysis::prove::{Proved, Verdict, prove, to_json};
use passgate::analysis::test::one_line;
use std::path::PathBuf;

/// Prove asserts about a policy set, or show the smallest call that refutes them
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate prove examples/partners 'no one may write unless from trusted'
  passgate prove examples/partners 'only group finance may credit' 'user 100001 may not ForceQN'
  passgate prove examples/partners 'no one may write' --format json

An assert is written as in a policy set, with or without its first word; names of the set can be used in it.

Exit codes: 0 all are proved, 1 one is refuted, 2 the set cannot be loaded or an assert cannot be read, 3 one is
undecided and none refuted.")]
pub(crate) struct Args {
    /// A folder, a `.gate` file, a compiled file, or one CAM JSON document
    set: PathBuf,
    /// What must hold of every call
    #[arg(required = true, value_name = "ASSERT")]
    asserts: Vec<String>,
    /// How the verdicts are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    options: SetOptions,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Exit {
    ran(args, output).unwrap_or_else(|error| output.error(&error))
}

fn ran(args: &Args, output: &mut Output) -> Result<Exit, Error> {
    let gate = args.options.load(&args.set, output)?;
    let texts: Vec<&str> = args.asserts.iter().map(String::as_str).collect();
    let proved = shown("prove", || prove(&gate, &texts))?;
    output.diagnostics(&proved.diagnostics, &proved.sources);
    match args.format {
        Format::Json => output.line(&to_json(&proved)),
        Format::Human => human(&proved, output),
    }
    Ok(match (proved.fails(), proved.is_exact()) {
        (true, _) => Exit::No,
        (false, false) => Exit::Undecided,
        (false, true) => Exit::Yes,
    })
}

fn human(proved: &Proved, output: &mut Output) {
    for report in &proved.asserts {
        let word = match report.verdict {
            Verdict::Holds => "proved",
            Verdict::Fails(_) => "refuted",
            Verdict::Undecided(_) => "undecided",
        };
        output.line(&format!("{word:<9} {}", one_line(proved.sources.slice(report.span))));
    }
    let told: Vec<_> = proved.asserts.iter().filter_map(|report| report.diagnostic.clone()).collect();
    if !told.is_empty() {
        output.line("");
        output.report(Form::Human, &told, &proved.sources);
    }
}
