//! `passgate who`: every caller that may perform an action, and what would have to go so that nobody could.

use crate::options::{CallOptions, SetOptions};
use crate::output::{Exit, Format, Output};
use crate::progress::shown;
use crate::render::standing::{lines, some};
use passgate::Error;
use passgate::analysis::who::{Who, to_json, who};
use std::path::PathBuf;

/// Tell who may perform an action, from where and when, and which statements let them
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate who examples/partners --action PayOrders
  passgate who examples/partners --action AllocateCreditPool --ip 192.0.2.1
  passgate who examples/partners --action intlpartnersmgt:ForceQN --format json

Exit codes: 0 answered, 2 the set cannot be loaded or the question cannot be read.")]
pub(crate) struct Args {
    /// A folder, a `.gate` file, a compiled file, or one CAM JSON document
    set: PathBuf,
    /// The action: service:Name, or a bare name where one service has it
    #[arg(long, value_name = "A")]
    action: String,
    #[command(flatten)]
    calls: CallOptions,
    /// Name every caller of those that are answered alike
    #[arg(long)]
    all: bool,
    /// How the answers are written
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
    let calls = args.calls.read()?;
    let found = shown("who", || who(&gate, &args.action, &calls))?;
    match args.format {
        Format::Json => output.line(&to_json(&found)),
        Format::Human => human(&found, args.all, output),
    }
    Ok(Exit::Yes)
}

fn human(found: &Who, all: bool, output: &mut Output) {
    output.line(&found.action);
    for callers in &found.callers {
        let named = if all { callers.principals.join(", ") } else { some(&callers.principals) };
        output.line(&format!("  {:<8} {named}", callers.answer.standing.as_str()));
        for line in lines(&callers.answer) {
            output.line(&format!("           {line}"));
        }
    }
    match found.never {
        0 => {}
        1 => output.line("  never    1 caller"),
        count => output.line(&format!("  never    {count} callers")),
    }
    if !found.statements.is_empty() {
        output.line("without these, no caller with policies may");
    }
    for place in &found.statements {
        output.line(&format!("  {}:{}:{}  {}", place.file, place.line, place.column, place.id));
    }
}
