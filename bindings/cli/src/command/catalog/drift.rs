//! `passgate catalog diff A B --set SET`: who gains or loses what through patterns and categories.

use crate::options::SetOptions;
use crate::output::{Format, Output};
use crate::render::standing::{lines, some};
use passgate::analysis::drift::{Change, Drift, Moved, drift, to_json};
use passgate::catalog::diff::Became;
use passgate::{Error, Gate};
use std::path::Path;

/// Compares what callers may do over both catalogs.
pub(super) fn run(
    set: &Path,
    (old, new): (&Path, &Path),
    options: &SetOptions,
    format: Format,
    output: &mut Output,
) -> Result<(), Error> {
    let over = |catalog: &Path| {
        let mut options = options.read()?;
        if catalog != Path::new("builtin") {
            options.catalogs.push(catalog.to_path_buf());
        }
        Gate::load_with(set, &options)
    };
    let found = drift(&over(old)?, &over(new)?)?;
    match format {
        Format::Json => output.line(&to_json(&found)),
        Format::Human => human(&found, output),
    }
    if found.changes.is_empty() {
        output.word("no caller gains or loses anything");
    }
    Ok(())
}

fn human(found: &Drift, output: &mut Output) {
    found.catalogs.lines().iter().for_each(|line| output.line(line));
    found.changes.iter().for_each(|change| told(change, output));
    if !found.exact {
        output.line("not exact: some answers depend on more than is looked at");
    }
}

fn told(change: &Change, output: &mut Output) {
    output.line("");
    output.line(&format!("{} {}", some(&change.principals), change.kind.as_str()));
    change.actions.iter().for_each(|moved| output.line(&format!("  {}", row(moved))));
    let (before, after) = (change.before.standing.as_str(), change.after.standing.as_str());
    output.line(&format!("  {before} before, {after} now"));
    for (when, answer) in [("before", &change.before), ("now", &change.after)] {
        lines(answer).iter().for_each(|line| output.line(&format!("    {when}: {line}")));
    }
    if change.before == change.after {
        output.line("    each dimension by itself as before, other calls of both together");
    }
    for place in &change.statements {
        output.line(&format!("  through {}:{}:{}  {}", place.file, place.line, place.column, place.id));
    }
}

/// An action, and what became of its row.
fn row(moved: &Moved) -> String {
    let word = |category: &Option<Box<str>>| category.as_deref().unwrap_or("").to_owned();
    let (old, new) = (word(&moved.old_category), word(&moved.new_category));
    match moved.became {
        Became::Added => format!("{}: added under {new}", moved.action),
        Became::Removed => format!("{}: removed, was under {old}", moved.action),
        Became::Changed if old != new => format!("{}: {old} -> {new}", moved.action),
        Became::Changed => format!("{}: other facts", moved.action),
    }
}
