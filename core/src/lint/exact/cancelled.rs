//! `cancelled`: an allow of which nothing is left, because denies of its policy match wherever it matches.

use super::ask::Asking;
use super::index::Index;
use super::pointing;
use crate::model::{Effect, Statement};
use passgate_grammar::{Diagnostic, code};
use std::collections::BTreeSet;

/// `dead` are statements that never match: of them it is told elsewhere.
pub(super) fn check<'m>(
    statements: &'m [Statement],
    index: &Index<'m>,
    dead: &BTreeSet<usize>,
    asking: &mut Asking<'m>,
    out: &mut Vec<Diagnostic>,
) {
    if statements.len() < 2 {
        return;
    }
    let allows = statements.iter().enumerate().filter(|(_, s)| s.effect == Effect::Allow);
    for (place, statement) in allows.filter(|(place, _)| !dead.contains(place)) {
        let Some(denies) = index.candidates(place, Effect::Deny, dead, asking) else { continue };
        if denies.is_empty() || !nothing_left(statement, &denies, asking) {
            continue;
        }
        let told = Diagnostic::warning(
            code::CANCELLED,
            statement.effect_span,
            "this allows nothing: whatever it allows is denied in the same policy",
        );
        let one = denies.iter().find(|deny| nothing_left(statement, &[deny], asking)).copied();
        let told = match one {
            Some(one) => pointing(told, &[one], "by this"),
            None => pointing(told, &denies, "by this, in part"),
        };
        out.push(told.help("take out the allow, or narrow what is denied"));
    }
}

fn nothing_left(statement: &Statement, denies: &[&Statement], asking: &mut Asking<'_>) -> bool {
    let mut all = vec![statement];
    all.extend(denies);
    asking.never(statement, &[&all], |space, budget| space.allowed(0, None, budget))
}
