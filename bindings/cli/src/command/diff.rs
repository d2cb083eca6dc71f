//! `passgate diff`: who gains and who loses what between two policy sets.

mod log;

use crate::options::SetOptions;
use crate::output::{Exit, Format, Output};
use crate::progress;
use crate::render::{change, html};
use crate::source::Source;
use passgate::analysis::diff::{ChangedAction, Diff, Replay, diff, write_json};
use passgate::{Error, ErrorCode, Gate};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Tell who gains and who loses which actions between two policy sets
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate diff old.gate new.gate
  passgate diff git:main policies --fail-on gains:write
  passgate diff git:v1:policies git:v2:policies --principal user:100001
  passgate diff old.gatec policies --format json
  passgate diff git:main policies --log requests.jsonl
  passgate diff git:main policies --html diff.html

A revision of a git repository is a set too: git:REV:PATH, the path from the top of the repository or with ./ from
here; git:REV is the path of the other set in that revision.

Exit codes: 0 compared, 1 a change that --fail-on names, 2 a set cannot be loaded or the question cannot be read.")]
pub(crate) struct Args {
    /// The old set: a folder, a `.gate` file, a compiled file, one CAM JSON document, git:REV or git:REV:PATH
    old: String,
    /// The new set
    new: String,
    /// Only what changes for this principal
    #[arg(long, value_name = "P")]
    principal: Option<String>,
    /// End with 1 where somebody gains or loses: gains, losses, gains:CATEGORY, losses:CATEGORY (repeatable)
    #[arg(long, value_name = "CHANGE")]
    fail_on: Vec<String>,
    /// Replay a log, a request per line of JSON as `check --requests` reads it, with `count` where a line stands for several
    /// calls; `-` is stdin
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// End with 2 where a line of the log is no request (`--strict` is about lints)
    #[arg(long, requires = "log")]
    strict_log: bool,
    /// Name every caller and every action
    #[arg(long)]
    all: bool,
    /// Write a page for a browser to this file: actions by callers, in colour
    #[arg(long, value_name = "FILE", conflicts_with_all = ["all", "format", "log"])]
    html: Option<PathBuf>,
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
    let (old, new) = (Source::read(&args.old), Source::read(&args.new));
    let before = old.load(Some(&new), &args.options, output)?;
    let after = new.load(Some(&old), &args.options, output)?;
    let failing = Failing::read(&args.fail_on, [&before, &after])?;
    let found = progress::shown("diff", || diff(&before, &after, args.principal.as_deref()))?;
    let ended = if failing.hits(&found) { Exit::No } else { Exit::Yes };
    if let Some(file) = &args.html {
        html::write(file, &html::diff(&found, &format!("{} → {}", args.old, args.new)))?;
        output.word(&format!("{}, in `{}`", change::summary(&found), file.display()));
        return Ok(ended);
    }
    let shown = match &args.log {
        Some(file) => Some(log::replay(file, args.strict_log, Replay::new(&before, &after, &found), output)?),
        None => None,
    };
    progress::beside_data("diff", || match args.format {
        Format::Json => {
            output.made(|to| write_json(&found, shown.as_ref(), to));
            output.line("");
        }
        Format::Human => change::lines(&found, shown.as_ref(), args.all, &mut |line| output.line(line)),
    });
    Ok(ended)
}

/// The category of actions of opaque services.
const OPAQUE: &str = "opaque";

/// Changes that end the command with 1.
struct Failing(Vec<(bool, Option<String>)>);

impl Failing {
    /// Reads what `--fail-on` says; a category that no action has would never fail, and is refused.
    fn read(all: &[String], gates: [&Gate; 2]) -> Result<Failing, Error> {
        let each = all.iter().map(|text| {
            let (kind, category) = match text.split_once(':') {
                Some((kind, category)) => (kind, Some(category.to_owned())),
                None => (text.as_str(), None),
            };
            let gains = match kind {
                "gains" => true,
                "losses" => false,
                _ => {
                    let message = format!("`--fail-on {text}` is neither `gains` nor `losses`");
                    return Err(Error::new(ErrorCode::BadOption, message));
                }
            };
            match &category {
                Some(name) if !categories(gates).contains(name.as_str()) => {
                    let known = categories(gates).into_iter().collect::<Vec<_>>().join(", ");
                    let message =
                        format!("`--fail-on {text}`: no action has this category; there are {known}");
                    Err(Error::new(ErrorCode::BadOption, message))
                }
                _ => Ok((gains, category)),
            }
        });
        Ok(Failing(each.collect::<Result<_, _>>()?))
    }

    /// Whether some change is meant. What could not be compared could be one.
    fn hits(&self, found: &Diff) -> bool {
        let is = |action: &ChangedAction, wanted: &Option<String>| {
            wanted.as_ref().is_none_or(|name| action.category.as_deref().unwrap_or(OPAQUE) == name)
        };
        let unknown = found.doubt.is_some() && !self.0.is_empty();
        let rights = |gains: bool| {
            let each = found.changes.iter();
            each.flat_map(move |change| if gains { &change.gains } else { &change.losses })
        };
        unknown
            || self.0.iter().any(|(gains, wanted)| {
                rights(*gains).flat_map(|right| &right.actions).any(|action| is(action, wanted))
            })
    }
}

fn categories(gates: [&Gate; 2]) -> BTreeSet<&str> {
    let services = gates.into_iter().flat_map(|gate| gate.model().catalogs.services());
    let actions = services.flat_map(|(_, service)| &service.actions);
    actions.map(|action| action.category.as_ref()).chain([OPAQUE]).collect()
}
