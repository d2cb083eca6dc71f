//! `changed-pattern`, `stale-lock`, `bad-lock`: the lock file of a set beside what its patterns stand for now.
//!
//! A set without a lock is told nothing. What a pattern stands for, and how the two are compared, is `analysis::lock`.

use crate::analysis::lock::{
    Action, Changed, Comparison, Locked, LockedPattern, Pattern, Patterns, of_model, read,
};
use crate::findings::Findings;
use crate::model::Model;
use crate::model::read::shown;
use passgate_grammar::{Diagnostic, SourceId, Span, code};

/// How many actions a message names.
const NAMED: usize = 3;

const ANEW: &str = "where that is meant, write the lock anew: `passgate lock SET`";

pub(crate) fn check(model: &Model, lock: SourceId, findings: &mut Findings) {
    let locked = match read(&model.sources, lock) {
        Ok(locked) => locked,
        Err(told) => return findings.extend(told),
    };
    match of_model(model) {
        Ok(patterns) => differences(&patterns, &locked, findings),
        Err(error) => {
            findings.push(Diagnostic::error(code::BAD_LOCK, Span::new(lock, 0, 0), error.message()));
        }
    }
}

fn differences(patterns: &Patterns, locked: &Locked, findings: &mut Findings) {
    let found: Comparison = patterns.compare(locked);
    for change in &found.changed {
        findings.extend(change.pattern.spots.iter().map(|spot| changed(spot.span, change)));
    }
    for pattern in &found.unlocked {
        findings.extend(pattern.spots.iter().map(|spot| unlocked(spot.span, pattern)));
    }
    findings.extend(found.stale.iter().map(stale));
    let lacks =
        |service: &str| found.catalogs.iter().any(|one| one.service.as_ref() == service && one.now.is_none());
    for catalog in locked.catalogs.iter().filter(|catalog| lacks(&catalog.service)) {
        let message =
            format!("the set has no catalog of `{}`, which the lock names", shown(&catalog.service));
        findings.push(Diagnostic::warning(code::STALE_LOCK, catalog.span, message).help(ANEW));
    }
}

fn changed(span: Span, change: &Changed) -> Diagnostic {
    let parts = [("it gained", &change.added), ("it lost", &change.removed)];
    let parts = parts.iter().filter(|(_, actions)| !actions.is_empty());
    let parts: Vec<String> = parts.map(|(what, actions)| format!("{what} {}", named(actions))).collect();
    let pattern = shown(&change.pattern.key.pattern);
    let message =
        format!("`{pattern}` stands for other actions than when it was locked: {}", parts.join("; "));
    Diagnostic::warning(code::CHANGED_PATTERN, span, message).help(ANEW)
}

/// The first of some actions, each with its category.
fn named(actions: &[Action]) -> String {
    let first = actions.iter().take(NAMED);
    let first: Vec<String> =
        first.map(|one| format!("`{}` ({})", shown(&one.action), shown(&one.category))).collect();
    match actions.len().saturating_sub(NAMED) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

fn unlocked(span: Span, pattern: &Pattern) -> Diagnostic {
    let message = format!("`{}` is not in the lock", shown(&pattern.key.pattern));
    Diagnostic::warning(code::STALE_LOCK, span, message).help(ANEW)
}

fn stale(locked: &LockedPattern) -> Diagnostic {
    let of = locked.key.policy.as_ref().map_or_else(String::new, |policy| format!(" in `{}`", shown(policy)));
    let message = format!("no pattern of the set is `{}`{of}", shown(&locked.key.pattern));
    Diagnostic::warning(code::STALE_LOCK, locked.span, message).help(ANEW)
}
