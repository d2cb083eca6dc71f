//! What is asked of a statement by itself.

use super::ask::Asking;
use super::plain::{are_plain, is_plain};
use super::{always_true, contradiction, dead};
use crate::lint;
use crate::model::{ActionKind, ActionTerm, Condition, Model, Statement, Test};
use passgate_grammar::Diagnostic;

/// Tells what is wrong with a statement; whether it can never match.
pub(super) fn check<'m>(
    statement: &'m Statement,
    asking: &mut Asking<'m>,
    out: &mut Vec<Diagnostic>,
) -> bool {
    let subject = asking.subject(statement);
    let told = lint::dead::tells_all(&subject, &mut asking.lists);
    asking.count(1 + statement.conditions.len());
    let covers = |term: &'m ActionTerm| {
        let coverage = asking.lists.coverages.of(&term.kind);
        !coverage.unlisted.is_empty() || coverage.count() > 0
    };
    // That a statement covers no action is told of its terms.
    if !statement.actions.iter().any(covers) {
        if !are_plain(statement) {
            contradiction::check(statement, asking, out);
        }
        return true;
    }
    always_true::check(statement, asking, out);
    let needs = subject.needs;
    // Of actions that no catalog lists, nothing was told.
    let asks = needs.resources || needs.address || needs.tag;
    let mut unlisted = |term: &'m ActionTerm| !asking.lists.coverages.of(&term.kind).unlisted.is_empty();
    let unsure =
        statement.actions.iter().any(|term| unlisted(term) && (asks || names_a_part(term, asking.model)));
    if are_plain(statement) && !unsure {
        return told;
    }
    // What contradicts itself is dead, and told once.
    contradiction::check(statement, asking, out) || told || dead::check(statement, asking, out)
}

/// Whether a term names actions of a service that is authorized as a whole and lists none: these it never covers.
pub(super) fn names_a_part(term: &ActionTerm, model: &Model) -> bool {
    match &term.kind {
        ActionKind::Pattern { service, pattern, .. } => {
            pattern.as_ref() != "*" && model.catalogs.find(service).is_some_and(|(_, s)| s.knows_every_name())
        }
        ActionKind::All { .. } | ActionKind::Permid(_) | ActionKind::Names(_) => false,
    }
}

/// Whether an absent key satisfies a condition.
pub(super) fn holds_absent(condition: &Condition) -> bool {
    match &condition.test {
        Test::Null { values } => values.contains(&true),
        _ => condition.if_exist,
    }
}

/// Whether a look at a condition leaves open if it always holds. `handed`: some action gives its key.
pub(super) fn may_always_hold(condition: &Condition, handed: bool) -> bool {
    holds_absent(condition)
        && lint::always_true::reason(condition).is_none()
        && !(handed && is_plain(condition))
}
