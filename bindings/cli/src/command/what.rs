//! `passgate what`: every action with what becomes of a principal's calls.

use crate::options::{CallOptions, SetOptions};
use crate::output::{Exit, Format, Output};
use crate::progress::shown;
use crate::render::html;
use crate::render::standing::lines;
use passgate::analysis::calls::Calls;
use passgate::analysis::standing::{Answer, Standing};
use passgate::analysis::what::{ActionAnswer, What, matrix, to_json, what};
use passgate::{Error, Gate};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Tell what a principal may do: each action always, never, or on what it depends
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate what examples/partners --principal user:100001
  passgate what examples/partners --principal user:100001 --ip 203.0.113.9
  passgate what examples/partners --principal role:support --format json
  passgate what examples/partners --html what.html

Exit codes: 0 answered, 2 the set cannot be loaded or the question cannot be read.")]
pub(crate) struct Args {
    /// A folder, a `.gate` file, a compiled file, or one CAM JSON document
    set: PathBuf,
    /// Who asks: user:NAME, role:NAME, group:NAME, policy:NAME, root, or a user's name
    #[arg(long, value_name = "P", required_unless_present = "html")]
    principal: Option<String>,
    #[command(flatten)]
    calls: CallOptions,
    /// Name the actions that are never allowed too
    #[arg(long)]
    all: bool,
    /// Write a page for a browser to this file: actions by principals; without --principal of root, users and roles
    #[arg(long, value_name = "FILE", conflicts_with_all = ["all", "format"])]
    html: Option<PathBuf>,
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
    if let Some(file) = &args.html {
        return page(args, &gate, &calls, file, output);
    }
    let principal = args.principal.as_deref().unwrap_or_default();
    let found = shown("what", || what(&gate, principal, &calls))?;
    match args.format {
        Format::Json => output.line(&to_json(&found)),
        Format::Human => human(&found, args.all, output),
    }
    Ok(Exit::Yes)
}

/// Writes the page for a browser.
fn page(args: &Args, gate: &Gate, calls: &Calls, file: &Path, output: &mut Output) -> Result<Exit, Error> {
    let principals: Vec<String> = args.principal.iter().cloned().collect();
    let found = shown("what", || matrix(gate, &principals, calls))?;
    html::write(file, &html::what(&found, &args.set.display().to_string()))?;
    output.word(&format!("{} of {} principal(s) in `{}`", found.asked, found.all, file.display()));
    Ok(Exit::Yes)
}

/// In place of the category of an action that no catalog lists; none is called so.
const OPAQUE: &str = "";

/// Actions by service and category, then by answer.
fn human(found: &What, all: bool, output: &mut Output) {
    if !found.known {
        output.line(&format!("the policy set does not know `{}`: every call is refused", found.principal));
        return;
    }
    let mut rooms: BTreeMap<(&str, &str), BTreeMap<&Answer, Vec<&str>>> = BTreeMap::new();
    for ActionAnswer { action, category, answer } in &found.actions {
        let (service, name) = action.split_once(':').unwrap_or(("", action));
        let room = rooms.entry((service, category.as_deref().unwrap_or(OPAQUE))).or_default();
        room.entry(answer).or_default().push(name);
    }
    for ((service, category), answers) in &rooms {
        let count: usize = answers.values().map(Vec::len).sum();
        let kind = if *category == OPAQUE { "opaque, one name of each kind" } else { category };
        output.line(&format!("{service}: {kind}, {}", actions(count)));
        for (answer, names) in answers {
            let alone = answers.len() == 1 && names.len() > 1;
            told(answer, names, (all, alone), output);
        }
    }
    if let Some(doubt) = &found.doubt {
        output.line(&format!("not exact: there may be other actions, because {doubt}"));
    }
}

/// So many actions, in words.
pub(super) fn actions(count: usize) -> String {
    if count == 1 { "1 action".to_owned() } else { format!("{count} actions") }
}

/// Names are given with `all`; else actions that never are allowed are counted, and so are those that are `alone`: all of
/// their kind are answered alike.
fn told(answer: &Answer, names: &[&str], (all, alone): (bool, bool), output: &mut Output) {
    let word = answer.standing.as_str();
    if answer.standing == Standing::Never && !all {
        output.line(&format!("  {word:<8} {}", actions(names.len())));
        return;
    }
    let mut head = word;
    let named = if alone && !all { vec![format!("all {}", actions(names.len()))] } else { wrapped(names) };
    for line in named {
        output.line(&format!("  {head:<8} {line}"));
        head = "";
    }
    for line in lines(answer) {
        output.line(&format!("           {line}"));
    }
}

/// Names in lines of so many columns.
fn wrapped(names: &[&str]) -> Vec<String> {
    const COLUMNS: usize = 100;
    let mut lines = vec![String::new()];
    for (number, name) in names.iter().enumerate() {
        let comma = if number + 1 < names.len() { "," } else { "" };
        match lines.last_mut() {
            Some(line) if line.is_empty() => *line = format!("{name}{comma}"),
            Some(line) if line.len() + name.len() < COLUMNS => line.push_str(&format!(" {name}{comma}")),
            _ => lines.push(format!("{name}{comma}")),
        }
    }
    lines
}
