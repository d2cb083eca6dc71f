//! `passgate exposure`: how far a set is open, and what changes of it.

use crate::options::SetOptions;
use crate::output::{Exit, Format, Output};
use crate::progress::shown as watched;
use crate::render::html;
use crate::source::Source;
use passgate::Error;
use passgate::analysis::exposure::{Exposure, Reach, change_to_json, difference, exposure, matrix, to_json};
use std::path::{Path, PathBuf};

/// Measure how far a policy set is open: actions × addresses, by category and principal
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate exposure examples/partners
  passgate exposure git:main examples/partners
  passgate exposure examples/partners --format json
  passgate exposure git:main examples/partners --html exposure.html

With two sets, what the second has more. Revisions of a git repository are named as `diff` names them.

Exit codes: 0 measured, 2 a set cannot be loaded.")]
pub(crate) struct Args {
    /// A folder, a `.gate` file, a compiled file, one CAM JSON document, git:REV or git:REV:PATH
    set: String,
    /// A later set
    later: Option<String>,
    /// Name every principal
    #[arg(long)]
    all: bool,
    /// Write a page for a browser to this file: actions by principals, with the addresses behind each
    #[arg(long, value_name = "FILE", conflicts_with_all = ["all", "format"])]
    html: Option<PathBuf>,
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
    let (set, later) = (Source::read(&args.set), args.later.as_deref().map(Source::read));
    if let Some(file) = &args.html {
        return page(args, (&set, later.as_ref()), file, output);
    }
    let old = exposure(&set.load(later.as_ref(), &args.options, output)?)?;
    let new = match &later {
        Some(later) => Some(exposure(&later.load(Some(&set), &args.options, output)?)?),
        None => None,
    };
    match (args.format, &new) {
        (Format::Json, Some(new)) => output.line(&change_to_json(&old, new)),
        (Format::Json, None) => output.line(&to_json(&old)),
        (Format::Human, Some(new)) => {
            output.line(&format!("exposure {} before, {} after", shown(old.total), shown(new.total)));
            told(&difference(&old, new), ("change", args.all), output);
        }
        (Format::Human, None) => told(&old, ("exposure", args.all), output),
    }
    Ok(Exit::Yes)
}

/// Writes the page for a browser.
fn page(
    args: &Args,
    (set, later): (&Source, Option<&Source>),
    file: &Path,
    output: &mut Output,
) -> Result<Exit, Error> {
    let first = set.load(later, &args.options, output)?;
    let (found, sets) = match (later, &args.later) {
        (Some(later), Some(named)) => {
            let second = later.load(Some(set), &args.options, output)?;
            (watched("exposure", || matrix(Some(&first), &second))?, format!("{} → {named}", args.set))
        }
        _ => (watched("exposure", || matrix(None, &first))?, args.set.clone()),
    };
    html::write(file, &html::exposure(&found, &sets))?;
    let told = match &found.old {
        Some(old) => format!("{} before, {} after", shown(old.total), shown(found.new.total)),
        None => shown(found.new.total),
    };
    let of = format!("{} of {} principal(s) in `{}`", found.asked, found.all, file.display());
    output.word(&format!("exposure {told}; {of}"));
    Ok(Exit::Yes)
}

/// Principals that are named where not all are asked for.
const NAMED: usize = 20;

/// The most exposed, or most changed, principals first.
fn told(found: &Exposure, (what, all): (&str, bool), output: &mut Output) {
    output.line(&format!("{what} {}", shown(found.total)));
    for (category, reach) in &found.categories {
        output.line(&format!("  {category:<8} {}", shown(*reach)));
    }
    let mut principals: Vec<_> =
        found.principals.iter().filter(|one| one.total != Reach::default()).collect();
    principals.sort_by(|one, other| {
        let most = |reach: Reach| reach.value().abs();
        most(other.total).total_cmp(&most(one.total)).then_with(|| one.principal.cmp(&other.principal))
    });
    let most = if all { principals.len() } else { NAMED };
    for one in principals.iter().take(most) {
        output.line(&format!("  {}  {}", one.principal, shown(one.total)));
    }
    match principals.len().saturating_sub(most) {
        0 => {}
        1 => output.line("  and 1 principal more"),
        more => output.line(&format!("  and {more} principals more")),
    }
    if !found.exact {
        output.line("not exact: what could not be decided counts as allowed");
    }
}

/// The one number, and both families behind it.
fn shown(reach: Reach) -> String {
    format!("{} (IPv4 {}, IPv6 {})", figure(reach.value()), figure(reach.v4), figure(reach.v6))
}

/// Three places, or three digits of what is smaller.
fn figure(number: f64) -> String {
    if number == 0.0 || number.abs() >= 0.001 { format!("{number:.3}") } else { format!("{number:.2e}") }
}
