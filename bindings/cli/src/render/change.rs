//! What changes between two sets, in words: a block for callers for whom the same changes, a line for each category of
//! actions, and below it from where, when and on what.

use super::standing::{lines as dependences, some};
use passgate::analysis::diff::{Change, ChangedAction, Diff, Known, Replayed, Right};
use passgate::analysis::standing::Standing;
use std::collections::BTreeMap;

/// Actions of one line that are named; the rest is counted.
const NAMED: usize = 8;
/// Callers and actions of a log that are named; the rest is counted.
const FLIPS: usize = 20;

/// Gives one line after the other; with `all`, every caller and every action is named.
pub(crate) fn lines(diff: &Diff, log: Option<&Replayed>, all: bool, each: &mut dyn FnMut(&str)) {
    if !diff.settings.is_empty() {
        each(&format!("settings differ: {}", diff.settings.join(", ")));
    }
    if !diff.catalogs.is_empty() {
        each("catalogs differ:");
        diff.catalogs.lines().into_iter().for_each(|line| each(&format!("  {line}")));
    }
    for change in &diff.changes {
        block(change, all, each);
    }
    if let Some(doubt) = &diff.doubt {
        each(&format!("not exact: there may be other changes, because {doubt}"));
    }
    each(&summary(diff));
    if let Some(log) = log {
        log_lines(diff, log, all, each);
    }
}

fn block(change: &Change, all: bool, each: &mut dyn FnMut(&str)) {
    let named = if all { change.principals.join(", ") } else { some(&change.principals) };
    let known = match change.known {
        Known::Both => "",
        Known::Old => " (only in the old set)",
        Known::New => " (only in the new set)",
    };
    each(&format!("{named}{known}"));
    for (sign, rights) in [("+ gains", &change.gains), ("- loses", &change.losses)] {
        for right in rights {
            told(sign, right, all, each);
        }
    }
}

fn told(sign: &str, right: &Right, all: bool, each: &mut dyn FnMut(&str)) {
    let mut by_category: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for action in &right.actions {
        let (service, name) = action.action.split_once(':').unwrap_or(("", &action.action));
        by_category.entry((category(action), service)).or_default().push(name);
    }
    for ((category, service), names) in &by_category {
        each(&format!("  {sign} {category:<6} {service}: {}", named(names, all)));
    }
    match right.answer.standing {
        Standing::Always => each("           every call"),
        Standing::Depends | Standing::Never => {
            dependences(&right.answer).iter().for_each(|line| each(&format!("           {line}")));
        }
    }
    if right.example.is_none() {
        each("           no such call was found");
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

/// What a log showed: who would have been decided otherwise, and what no recorded call meets.
fn log_lines(diff: &Diff, log: &Replayed, all: bool, each: &mut dyn FnMut(&str)) {
    let others = if log.others == 0 { String::new() } else { format!(", {} of others left out", log.others) };
    each(&format!(
        "log: {} in {}{others}; {} gained, {} lost, {} decided by neither set",
        counted(log.calls, "call"),
        counted(log.lines, "line"),
        log.gained,
        log.lost,
        log.undecided
    ));
    let most = if all { log.flips.len() } else { FLIPS };
    for flip in log.flips.iter().take(most) {
        let sign = if flip.gained { '+' } else { '-' };
        each(&format!("  {sign} {:>8}  {} {} (line {})", flip.calls, flip.principal, flip.action, flip.line));
    }
    let more = log.flips.len().saturating_sub(most);
    if more > 0 {
        each(&format!("  and {} more", counted(more as u64, "caller and action")));
    }
    if log.unnamed > 0 {
        each(&format!("  and {} of callers and actions beyond those", counted(log.unnamed, "line")));
    }
    if !log.untouched.is_empty() {
        each("changes that no line of the log meets:");
    }
    for left in &log.untouched {
        let principals = diff.changes.get(left.change).map_or(&[][..], |change| &change.principals);
        let who = if all { principals.join(", ") } else { some(principals) };
        let sign = if left.gained { "+ gains" } else { "- loses" };
        let names: Vec<&str> = left.actions.iter().map(|named| named.action.as_str()).collect();
        each(&format!("  {who} {sign} {}", named(&names, all)));
    }
}

/// How many callers gain and lose, of how many.
pub(crate) fn summary(diff: &Diff) -> String {
    let callers = counted(diff.callers as u64, "caller");
    if diff.is_empty() {
        return format!("no right changes ({callers} compared)");
    }
    format!("of {callers}, {} gain and {} lose", diff.gaining(), diff.losing())
}

fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
