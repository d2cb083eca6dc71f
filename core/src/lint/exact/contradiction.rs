//! `contradiction`: conditions of a statement that hold together for no call, whatever its action is handed.

use super::ask::Asking;
use crate::model::{Condition, Statement};
use passgate_grammar::{Diagnostic, code};

/// The conditions that contradict each other, as few as will do.
pub(super) fn check<'m>(
    statement: &'m Statement,
    asking: &mut Asking<'m>,
    out: &mut Vec<Diagnostic>,
) -> Option<Vec<&'m Condition>> {
    let all: Vec<&Condition> = statement.conditions.iter().collect();
    if all.is_empty() || !asking.contradict(statement, &all) {
        return None;
    }
    let few = fewest(statement, all, asking);
    let (last, others) = few.split_last()?;
    let message = if others.is_empty() {
        "no call meets this condition"
    } else {
        "no call meets this condition together with the others marked"
    };
    let told = Diagnostic::warning(code::CONTRADICTION, last.span, message);
    let told = others.iter().fold(told, |told, other| told.label(other.span, "what it contradicts"));
    out.push(told.help("mend a value, or take one of them out"));
    Some(few)
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
