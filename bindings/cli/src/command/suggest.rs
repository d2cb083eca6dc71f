//! `passgate suggest`: the smallest policies that allow what a log shows, and what the present set grants beyond it.

use crate::log::lines;
use crate::options::SetOptions;
use crate::output::{Exit, Format, Output};
use crate::progress::shown;
use passgate::Error;
use passgate::analysis::suggest::{Limits, Log, Per, Suggested, log, suggest, to_json};
use std::path::PathBuf;

/// Suggest the smallest policies that allow what a log shows
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate suggest examples/partners --log requests.jsonl
  passgate suggest examples/partners --log requests.jsonl --shortest-prefix 24 --categories read,list --per-role
  passgate suggest examples/partners --log - --format json

A line of the log is a request, as `check --requests` reads it. Requests that the present set refuses are counted and
otherwise left out.

Exit codes: 0 suggested, 2 the set cannot be loaded, the log cannot be read, or with --strict a line of it is broken.")]
pub(crate) struct Args {
    /// A folder, a `.gate` file, a compiled file, or one CAM JSON document
    set: PathBuf,
    /// The log, a request per line of JSON; `-` is stdin
    #[arg(long, value_name = "FILE")]
    log: PathBuf,
    /// Categories of which every action may be granted to whoever used one, joined by commas
    #[arg(long, value_name = "C,…", value_delimiter = ',')]
    categories: Vec<String>,
    /// The shortest prefix that an IPv4 address may be widened to
    #[arg(long, value_name = "N", default_value_t = 32)]
    shortest_prefix: u8,
    /// The shortest prefix that an IPv6 address may be widened to
    #[arg(long, value_name = "N", default_value_t = 128)]
    shortest_prefix_v6: u8,
    /// One policy for all principals that are in the same groups and roles
    #[arg(long, conflicts_with = "per_principal")]
    per_role: bool,
    /// One policy for each principal (the default)
    #[arg(long)]
    per_principal: bool,
    /// How the answer is written
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
    let limits = Limits {
        categories: args.categories.iter().cloned().collect(),
        shortest: [args.shortest_prefix, args.shortest_prefix_v6],
        per: if args.per_role { Per::Role } else { Per::Principal },
    };
    let mut seen = log(&gate, &limits)?;
    lines(&args.log, output.bar("bytes of the log"), |number, line| match line {
        Ok(text) => seen.line(number, text),
        Err(error) => {
            seen.unreadable(number, &error);
            Ok(())
        }
    })?;
    broken(&seen, output);
    if args.options.is_strict() && seen.counts.broken > 0 {
        output.word("error[bad-request]: the log has broken lines");
        return Ok(Exit::NoAnswer);
    }
    let found = shown("suggest", || suggest(&gate, seen, &limits))?;
    match args.format {
        Format::Json => output.line(&to_json(&found)),
        Format::Human => output.data(&found.text),
    }
    told(&found, output);
    Ok(Exit::Yes)
}

fn broken(log: &Log<'_>, output: &mut Output) {
    let counts = &log.counts;
    for line in &counts.shown {
        output.word(&format!("line {}: error[{}]: {}", line.line, line.code, line.message));
    }
    let more = counts.broken - counts.shown.len() as u64;
    if more > 0 {
        output.word(&format!("and {more} more broken lines"));
    }
}

fn told(found: &Suggested, output: &mut Output) {
    let counts = &found.counts;
    output.word(&format!(
        "log: {} lines, {} allowed, {} refused, {} broken",
        counts.lines, counts.allowed, counts.denied, counts.broken
    ));
    if counts.root > 0 {
        output.word(&format!("{} requests of the account root need no policy", counts.root));
    }
    if counts.coarse {
        output.word("there were too many addresses: they were put together to shorter prefixes");
    }
    for one in &found.policies {
        output.word(&format!(
            "{}: {}; grants {} pairs of action and address, {} of them not in the log",
            one.policy, one.size, one.granted, one.over
        ));
    }
    for (principal, why) in &found.left {
        output.word(&format!("{principal}: nothing is suggested: {why}"));
    }
    for one in &found.unused {
        let what = if one.whole {
            "was never used".to_owned()
        } else {
            format!("{} of {} actions were never used", one.count, one.actions)
        };
        output.word(&format!("{}:{}:{}: {} {what}", one.file, one.line, one.column, one.id));
    }
    output.word(&format!("checked: the suggestion allows each of {} uses of the log", found.checked));
}
