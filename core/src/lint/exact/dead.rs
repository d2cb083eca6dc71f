//! `dead-deny` and `dead-allow`: a statement that matches no call for any of its actions, where that is told neither term
//! by term nor by what its conditions say to each other.

use super::ask::Asking;
use crate::model::{Effect, Statement};
use passgate_grammar::{Diagnostic, code};

/// Whether it can never match; then it is told.
pub(super) fn check(statement: &Statement, asking: &mut Asking<'_>, out: &mut Vec<Diagnostic>) -> bool {
    if !asking.never(statement, &[&[statement]], |space, budget| space.matched(0, budget)) {
        return false;
    }
    let (span, why) = (statement.effect_span, "no call for any of its actions meets its conditions");
    let told = match statement.effect {
        Effect::Deny => Diagnostic::error(code::DEAD_DENY, span, format!("this denies nothing: {why}")),
        Effect::Allow => Diagnostic::warning(code::DEAD_ALLOW, span, format!("this allows nothing: {why}")),
    };
    out.push(told.help("mend its conditions, or take the statement out"));
    true
}
