//! The `passgate` command: arguments in, a call of the core, the answer on stdout and words on stderr.
//!
//! One file a sub-command in `command/`; all output goes through [`output::Output`]. Exit codes: 0 done or yes,
//! 1 the answer is no, 2 no answer, 3 undecided.

mod bar;
mod command;
mod diff;
mod log;
mod mend;
mod options;
mod output;
mod progress;
mod render;
mod replace;
mod request_lines;
mod source;

use clap::{Parser, Subcommand};
use output::{Exit, Output};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// Decides whether a caller may perform an API action from an address, exactly.
#[derive(Parser)]
#[command(name = "passgate", version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  passgate check examples/partners --principal user:100001 --action PayOrders --ip 203.0.113.9
  passgate lint examples/partners --format json
  passgate test examples/partners
  passgate what examples/partners --principal user:100001
  passgate who examples/partners --action PayOrders
  passgate explain examples/partners --principal user:100001 --action PayOrders
  passgate diff git:main examples/partners --fail-on gains:write
  passgate prove examples/partners 'no one may write unless from trusted'
  passgate minimize examples/partners -o smaller
  passgate suggest examples/partners --log requests.jsonl
  passgate fmt examples/partners --check
  passgate catalog import page.txt -o catalog.json

Exit codes: 0 done or yes; 1 the answer is no; 2 no answer; 3 undecided (`prove`).";

#[derive(Subcommand)]
enum Command {
    Check(Box<command::check::Args>),
    Lint(command::lint::Args),
    Lock(Box<command::lock::Args>),
    Test(command::test::Args),
    What(Box<command::what::Args>),
    Who(Box<command::who::Args>),
    Explain(Box<command::explain::Args>),
    Diff(Box<command::diff::Args>),
    Exposure(Box<command::exposure::Args>),
    Conflicts(Box<command::conflicts::Args>),
    Forecast(Box<command::forecast::Args>),
    Roles(Box<command::roles::Args>),
    Prove(Box<command::prove::Args>),
    Minimize(Box<command::minimize::Args>),
    Suggest(Box<command::suggest::Args>),
    Fmt(command::fmt::Args),
    Compile(Box<command::compile::Args>),
    Stats(Box<command::stats::Args>),
    ExplainCode(command::explain_code::Args),
    Catalog(command::catalog::Args),
    Cam(command::cam::Args),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut output = Output::new();
    let ran = catch_unwind(AssertUnwindSafe(|| match cli.command {
        Command::Check(args) => command::check::run(&args, &mut output),
        Command::Lint(args) => command::lint::run(&args, &mut output),
        Command::Lock(args) => command::lock::run(&args, &mut output),
        Command::Test(args) => command::test::run(&args, &mut output),
        Command::What(args) => command::what::run(&args, &mut output),
        Command::Who(args) => command::who::run(&args, &mut output),
        Command::Conflicts(args) => command::conflicts::run(&args, &mut output),
        Command::Forecast(args) => command::forecast::run(&args, &mut output),
        Command::Roles(args) => command::roles::run(&args, &mut output),
        Command::Explain(args) => command::explain::run(&args, &mut output),
        Command::Diff(args) => command::diff::run(&args, &mut output),
        Command::Exposure(args) => command::exposure::run(&args, &mut output),
        Command::Prove(args) => command::prove::run(&args, &mut output),
        Command::Minimize(args) => command::minimize::run(&args, &mut output),
        Command::Suggest(args) => command::suggest::run(&args, &mut output),
        Command::Fmt(args) => command::fmt::run(&args, &mut output),
        Command::Compile(args) => command::compile::run(&args, &mut output),
        Command::Stats(args) => command::stats::run(&args, &mut output),
        Command::ExplainCode(args) => command::explain_code::run(&args, &mut output),
        Command::Catalog(args) => command::catalog::run(&args, &mut output),
        Command::Cam(args) => command::cam::run(&args, &mut output),
    }));
    let exit = ran.unwrap_or_else(|_| {
        output.word("error[internal]: passgate failed unexpectedly; please report this");
        Exit::NoAnswer
    });
    ExitCode::from(output.finish(exit) as u8)
}
