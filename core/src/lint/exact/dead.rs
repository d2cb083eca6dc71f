//! `dead-deny` and `dead-allow`: a statement that matches no call for any of its actions, where that is not told term by
//! term already.

use super::ask::Asking;
use crate::model::{Condition, Effect, Statement};
use passgate_grammar::{Diagnostic, code};

/// Whether it can never match; then it is told. `conflict` holds conditions that contradict each other.
pub(super) fn check(
    statement: &Statement,
    conflict: Option<&[&Condition]>,
    asking: &mut Asking<'_>,
    out: &mut Vec<Diagnostic>,
) -> bool {
    let dead = conflict.is_some()
        || asking.never(statement, &[&[statement]], |space, budget| space.matched(0, budget));
    if !dead {
        return false;
    }
    let why = match conflict {
        Some([_]) => "no call meets one of its conditions",
        Some(_) => "its conditions cannot hold together",
        None => "no call for any of its actions meets its conditions",
    };
    let told = match statement.effect {
        Effect::Deny => {
            Diagnostic::error(code::DEAD_DENY, statement.effect_span, format!("this denies nothing: {why}"))
        }
        Effect::Allow => Diagnostic::warning(
            code::DEAD_ALLOW,
            statement.effect_span,
            format!("this allows nothing: {why}"),
        ),
    };
    let conflict = conflict.unwrap_or_default().iter();
    let told = conflict.fold(told, |told, condition| told.label(condition.span, "one of the conditions"));
    out.push(told.help("mend its conditions, or take the statement out"));
    true
}
