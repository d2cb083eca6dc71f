//! `always-true`: a condition that fails for no call of any action of its statement, where its words do not show it.

use super::alone::{may_always_hold, names_a_part};
use super::ask::{Asking, with_conditions};
use crate::model::{Condition, IpUnsupported, Statement};
use passgate_grammar::{Diagnostic, code};

pub(super) fn check<'m>(statement: &'m Statement, asking: &mut Asking<'m>, out: &mut Vec<Diagnostic>) {
    let mut asked = None;
    for condition in &statement.conditions {
        let handed = is_handed(statement, condition, asking);
        if !may_always_hold(condition, handed) {
            continue;
        }
        let (bare, covers) = asked.get_or_insert_with(|| {
            let bare = bare(statement, asking);
            let covers = covers_some_call(&bare, asking);
            (bare, covers)
        });
        if *covers && always_holds(bare, condition, asking) {
            let message = if handed {
                "this condition always holds: it fails for no value and for no call without the key"
            } else {
                "this condition always holds: no action of the statement is handed its key"
            };
            let told = Diagnostic::warning(code::ALWAYS_TRUE, condition.span, message);
            out.push(told.help("leave it out"));
        }
    }
}

/// Whether some action of the statement is handed the condition's key, as far as catalogs say.
fn is_handed<'m>(statement: &'m Statement, condition: &Condition, asking: &mut Asking<'m>) -> bool {
    let evaluates = asking.model.settings.ip_unsupported == IpUnsupported::Evaluate;
    let (address, tag) = match condition.key.as_ref() {
        "qcs:ip" => (!evaluates, false),
        key => (false, crate::lint::TAGS.contains(&key)),
    };
    if !address && !tag {
        return true;
    }
    let model = asking.model;
    statement.actions.iter().filter(|term| !names_a_part(term, model)).any(|term| {
        let coverage = asking.lists.coverages.of(&term.kind);
        let handed = |facts: crate::lint::coverage::Facts| if address { facts.address } else { facts.tags };
        coverage.kinds().any(|(facts, _)| handed(facts))
    })
}

/// The statement without its conditions, and without what it covers nothing by: of a service that is authorized as a
/// whole a part of the names is nothing.
fn bare(statement: &Statement, asking: &Asking<'_>) -> Statement {
    let actions = statement.actions.iter().filter(|term| !names_a_part(term, asking.model));
    let actions = actions.cloned().collect();
    Statement { actions, ..with_conditions(statement, std::iter::empty()) }
}

fn covers_some_call(bare: &Statement, asking: &mut Asking<'_>) -> bool {
    !asking.never(bare, &[], |space, budget| space.any(budget))
}

fn always_holds(bare: &Statement, condition: &Condition, asking: &mut Asking<'_>) -> bool {
    let alone = with_conditions(bare, std::iter::once(condition));
    asking.never(bare, &[&[&alone]], |space, budget| space.unmatched(0, budget))
}
