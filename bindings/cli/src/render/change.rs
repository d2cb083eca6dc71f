//! What changes between two sets, in words: a block for callers for whom the same changes, a line for each category of
//! actions, and below it from where, when and on what.

use super::standing::{lines as dependences, some};
use passgate::analysis::diff::{Change, ChangedAction, Diff, Known, Right};
use passgate::analysis::standing::Standing;
use std::collections::BTreeMap;

/// Actions of one line that are named; the rest is counted.
const NAMED: usize = 8;

/// The lines; with `all`, every caller and every action is named.
pub(crate) fn lines(diff: &Diff, all: bool) -> Vec<String> {
    let mut lines = Vec::new();
    if !diff.settings.is_empty() {
        lines.push(format!("settings differ: {}", diff.settings.join(", ")));
    }
    if !diff.catalogs.is_empty() {
        lines.push("catalogs differ:".to_owned());
        lines.extend(diff.catalogs.lines().into_iter().map(|line| format!("  {line}")));
    }
    for change in &diff.changes {
        block(change, all, &mut lines);
    }
    if let Some(doubt) = &diff.doubt {
        lines.push(format!("not exact: there may be other changes, because {doubt}"));
    }
    lines.push(summary(diff));
    lines
}

fn block(change: &Change, all: bool, lines: &mut Vec<String>) {
    let named = if all { change.principals.join(", ") } else { some(&change.principals) };
    let known = match change.known {
        Known::Both => "",
        Known::Old => " (only in the old set)",
        Known::New => " (only in the new set)",
    };
    lines.push(format!("{named}{known}"));
    for (sign, rights) in [("+ gains", &change.gains), ("- loses", &change.losses)] {
        for right in rights {
            told(sign, right, all, lines);
        }
    }
}

fn told(sign: &str, right: &Right, all: bool, lines: &mut Vec<String>) {
    let mut by_category: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for action in &right.actions {
        by_category.entry(category(action)).or_default().push(&action.action);
    }
    for (category, names) in &by_category {
        lines.push(format!("  {sign} {category:<6} {}", named(names, all)));
    }
    match right.answer.standing {
        Standing::Always => lines.push("           every call".to_owned()),
        Standing::Depends | Standing::Never => {
            lines.extend(dependences(&right.answer).into_iter().map(|line| format!("           {line}")));
        }
    }
    if right.example.is_none() {
        lines.push("           no such call was found".to_owned());
    }
}

fn category(action: &ChangedAction) -> &str {
    action.category.as_deref().unwrap_or("opaque")
}

fn named(names: &[&str], all: bool) -> String {
    let most = if all { names.len() } else { NAMED };
    let shown = names.iter().take(most).copied().collect::<Vec<_>>().join(", ");
    match names.len().checked_sub(most) {
        None | Some(0) => shown,
        Some(more) => format!("{shown} and {more} more"),
    }
}

/// How many callers gain and lose, of how many.
fn summary(diff: &Diff) -> String {
    let callers = counted(diff.callers, "caller");
    if diff.is_empty() {
        return format!("no right changes ({callers} compared)");
    }
    let count = |has: &dyn Fn(&Change) -> bool| -> usize {
        diff.changes.iter().filter(|change| has(change)).map(|change| change.principals.len()).sum()
    };
    let gain = count(&|change| !change.gains.is_empty());
    let lose = count(&|change| !change.losses.is_empty());
    format!("of {callers}, {gain} gain and {lose} lose")
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
