//! `passgate lock`: what the patterns of a set stand for, kept in a file and compared with it.

use crate::options::SetOptions;
use crate::output::{Exit, Format, Output};
use passgate::analysis::lock::{
    Action, Comparison, Key, Locked, Spot, comparison_to_json, lock, read, to_json,
};
use passgate::{Error, ErrorCode, load};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Keep what the patterns of a policy set stand for, or compare with what was kept
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate lock policies
  passgate lock policies --check
  passgate lock policies --output - | less
  passgate lock policies --catalog shop-july.json --check --format json

The lock of a folder is `passgate.lock` in it, that of `desk.gate` is `desk.gate.lock` beside it. `lint` compares where there is
one. With --format json nothing is written to a file.

Exit codes: 0 written, or the same; 1 patterns stand for other actions, or are not those of the lock; 2 no answer.")]
pub(crate) struct Args {
    /// A folder, a `.gate` file, or one CAM JSON document
    set: PathBuf,
    /// Write the lock here, not beside the set; `-` is stdout
    #[arg(short, long, value_name = "FILE", conflicts_with = "check")]
    output: Option<PathBuf>,
    /// Compare with the lock beside the set, or with `--check=FILE`; write nothing
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    check: Option<Option<PathBuf>>,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    options: SetOptions,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Exit {
    let done = match &args.check {
        Some(file) => compared(args, file.as_deref(), output),
        None => kept(args, output),
    };
    done.unwrap_or_else(|error| output.error(&error))
}

/// Writes the lock.
fn kept(args: &Args, output: &mut Output) -> Result<Exit, Error> {
    let gate = args.options.load(&args.set, output)?;
    let patterns = lock(&gate)?;
    if args.format == Format::Json {
        output.line(&to_json(&patterns));
        return Ok(Exit::Yes);
    }
    let text = patterns.text();
    let path = args.output.clone().unwrap_or_else(|| load::lock_path(&args.set));
    if path == Path::new("-") {
        output.data(&text);
        return Ok(Exit::Yes);
    }
    std::fs::write(&path, text).map_err(|cause| {
        let message = format!("`{}` cannot be written: {cause}", path.display());
        Error::new(ErrorCode::BadFile, message).with_cause(cause)
    })?;
    let (of, actions) = (patterns.patterns.len(), patterns.count());
    output.word(&format!("`{}`: {of} pattern(s) with {actions} action(s)", path.display()));
    Ok(Exit::Yes)
}

/// Compares with a lock that was kept.
fn compared(args: &Args, file: Option<&Path>, output: &mut Output) -> Result<Exit, Error> {
    let path = file.map_or_else(|| load::lock_path(&args.set), Path::to_path_buf);
    let gate = args.options.load(&args.set, output)?;
    let patterns = lock(&gate)?;
    let found = patterns.compare(&locked(&path)?);
    match args.format {
        Format::Json => output.line(&comparison_to_json(&found)),
        Format::Human => human(&found, &path, output),
    }
    if found.is_same() {
        output.word("every pattern stands for what it was locked with");
    }
    Ok(if found.is_same() { Exit::Yes } else { Exit::No })
}

/// Reads a lock file.
fn locked(path: &Path) -> Result<Locked, Error> {
    let (sources, ids) = load::read_texts(&[path])?;
    let id = ids.first().copied().unwrap_or_default();
    read(&sources, id).map_err(|told| {
        let message = format!("`{}` is no lock that can be read", path.display());
        Error::new(ErrorCode::BadFile, message).with_diagnostics(told, Arc::new(sources))
    })
}

fn human(found: &Comparison, path: &Path, output: &mut Output) {
    for one in &found.catalogs {
        let none = "no catalog";
        let (locked, now) = (one.locked.as_deref().unwrap_or(none), one.now.as_deref().unwrap_or(none));
        output.line(&format!("~ {} {locked} → {now}", one.service));
    }
    for change in &found.changed {
        written(&change.pattern.spots, &named(&change.pattern.key), output);
        actions('+', &change.added, output);
        actions('-', &change.removed, output);
    }
    for pattern in &found.unlocked {
        written(&pattern.spots, &format!("{} is not in the lock", named(&pattern.key)), output);
        actions('+', &pattern.actions, output);
    }
    for stale in &found.stale {
        output.line(&format!(
            "{}:{}  {} is no pattern of the set",
            path.display(),
            stale.line,
            named(&stale.key)
        ));
        actions('-', &stale.actions, output);
    }
}

/// Places that are shown of one pattern.
const SHOWN: usize = 5;

/// Where a pattern is written, a line a place, and what is said of it behind the last.
fn written(spots: &[Spot], what: &str, output: &mut Output) {
    let most = spots.len().min(SHOWN);
    for (number, spot) in spots.iter().take(most).enumerate() {
        let place = format!("{}:{}:{}", spot.file, spot.line, spot.column);
        let more = spots.len() - most;
        match (number + 1 == most, more) {
            (false, _) => output.line(&place),
            (true, 0) => output.line(&format!("{place}  {what}")),
            (true, _) => output.line(&format!("{place} and {more} more place(s)  {what}")),
        }
    }
}

fn named(key: &Key) -> String {
    let of = key.policy.as_ref().map_or_else(String::new, |policy| format!(" in {policy}"));
    format!("{}{of}", key.pattern)
}

fn actions(sign: char, all: &[Action], output: &mut Output) {
    all.iter().for_each(|one| output.line(&format!("  {sign} {} ({})", one.action, one.category)));
}
