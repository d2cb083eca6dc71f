//! `passgate stats`: what a policy set or a compiled file holds, in figures.

use crate::options::SetOptions;
use crate::output::{Exit, Format, Output};
use passgate::Error;
use passgate::check::{Residual, Stats};
use std::path::PathBuf;

/// Say what a policy set or a compiled file holds, in figures
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate stats examples/partners
  passgate stats partners.gatec --format json

Exit codes: 0 done, 2 not done.")]
pub(crate) struct Args {
    /// A folder, a `.gate` file, a compiled file, or one CAM JSON document
    set: PathBuf,
    /// How the figures are written
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
    let stats = gate.stats();
    match args.format {
        // Figures are texts, numbers and lists: there is nothing in them that JSON cannot hold.
        Format::Json => output.line(&serde_json::to_string(&stats).unwrap_or_default()),
        Format::Human => lines(&stats).iter().for_each(|line| output.line(line)),
    }
    Ok(Exit::Yes)
}

fn lines(stats: &Stats) -> Vec<String> {
    let cells = &stats.cells;
    let mut lines = vec![
        format!(
            "{} policies, {} statements ({} with resources or conditions)",
            stats.policies, stats.statements, stats.conditional
        ),
        format!(
            "{} users, {} roles, {} groups, {} signatures",
            stats.users, stats.roles, stats.groups, stats.signatures
        ),
        format!("{} services, {} actions", stats.services, stats.actions),
        format!("{} address intervals, {} segments, {} rows", stats.intervals, stats.segments, stats.rows),
        format!(
            "cells: {} none, {} allow, {} deny, {} depends",
            cells.none, cells.allow, cells.deny, cells.depends
        ),
        format!("compiled file: {} bytes", stats.bytes),
    ];
    lines.extend(stats.parts.iter().map(|part| format!("  {}: {}", part.part, part.bytes)));
    lines.push(format!("in memory: {} bytes", stats.memory_bytes));
    lines.extend(stats.memory.iter().map(|part| format!("  {}: {}", part.part, part.bytes)));
    if !stats.slowest.is_empty() {
        lines.push("statements that cost most to ask:".to_owned());
    }
    lines.extend(stats.slowest.iter().map(|residual| {
        let Residual { id, file, line, column, comparisons, most, most_comparisons } = residual;
        format!(
            "  {file}:{line}:{column}  {id}  {comparisons} comparisons, {most_comparisons} of them: {most}"
        )
    }));
    lines
}
