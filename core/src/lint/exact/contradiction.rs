//! `contradiction`: conditions of a statement that hold together for no call, whatever its action is handed.
//!
//! Such a statement matches nothing, so of a deny it is told at error level, as a dead deny is. That it is dead is not
//! told again: this is why.

use super::ask::Asking;
use crate::model::{Condition, Effect, Statement, Test};
use passgate_grammar::{Diagnostic, code};

/// Whether the conditions hold for no call. Of those that contradict each other as few as will do are told; that a network
/// is empty is told where it is written, and its statement is dead for that.
pub(super) fn check<'m>(
    statement: &'m Statement,
    asking: &mut Asking<'m>,
    out: &mut Vec<Diagnostic>,
) -> bool {
    let (empty, others): (Vec<&Condition>, Vec<&Condition>) =
        statement.conditions.iter().partition(|condition| wants_nowhere(condition));
    if others.is_empty() || !asking.contradict(statement, &others) {
        return !empty.is_empty();
    }
    if let Some((last, others)) = fewest(statement, others, asking).split_last() {
        out.push(told(statement.effect, last, others));
    }
    true
}

/// Whether a condition wants an address of an empty network.
fn wants_nowhere(condition: &Condition) -> bool {
    !condition.if_exist
        && matches!(&condition.test, Test::Ip { negated: false, prefixes, .. } if prefixes.is_empty())
}

fn told(effect: Effect, last: &Condition, others: &[&Condition]) -> Diagnostic {
    let which = if others.is_empty() { "" } else { " together with the others marked" };
    let told = match effect {
        Effect::Deny => {
            let message = format!("no call meets this condition{which}, so this denies nothing");
            Diagnostic::error(code::CONTRADICTION, last.span, message)
        }
        Effect::Allow => {
            let message = format!("no call meets this condition{which}, so this allows nothing");
            Diagnostic::warning(code::CONTRADICTION, last.span, message)
        }
    };
    let told = others.iter().fold(told, |told, other| told.label(other.span, "what it contradicts"));
    told.help("mend a value, or take one of them out")
}

/// Leaves out one condition after the other while the rest contradict each other still.
fn fewest<'m>(
    statement: &Statement,
    mut conditions: Vec<&'m Condition>,
    asking: &mut Asking<'_>,
) -> Vec<&'m Condition> {
    let mut place = 0;
    while place < conditions.len() {
        let mut fewer = conditions.clone();
        fewer.remove(place);
        if asking.contradict(statement, &fewer) {
            conditions = fewer;
        } else {
            place += 1;
        }
    }
    conditions
}
