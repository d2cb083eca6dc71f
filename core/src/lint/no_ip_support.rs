//! `no-ip-support`: a pattern in a statement with a condition on the address that also covers actions which are never
//! given one (semantics §5); where it covers no others, the statement is dead, which is told elsewhere.

use super::coverage::{Class, Coverage, Coverages, Facts, NAMES};
use super::{Lists, Needs, Subject};
use crate::model::{ActionTerm, Effect};
use passgate_grammar::{Diagnostic, code};

pub(super) fn check<'a>(subject: &Subject<'a>, lists: &mut Lists<'a>, out: &mut Vec<Diagnostic>) {
    if !subject.needs.address {
        return;
    }
    let (list, needs, coverages) = (&subject.statement.actions, subject.needs, &mut lists.coverages);
    let without = lists.without_address.of(list, needs, || find(list, needs, coverages));
    for (_, term) in subject.told(without.iter()) {
        let coverage = lists.coverages.of(&term.kind);
        let without = without_address(needs, &coverage);
        let count: usize = without.iter().map(|class| class.count).sum();
        let mut names: Vec<String> =
            without.iter().flat_map(|class| &class.names).map(|name| format!("`{name}`")).collect();
        names.sort();
        names.truncate(NAMES);
        let more = if count > names.len() { ", …" } else { "" };
        let (noun, verb) = if count == 1 { ("action", "is") } else { ("actions", "are") };
        let text = subject.text(term.span);
        let message = format!(
            "`{text}` covers {count} {noun} that {verb} never given an address: {}{more}",
            names.join(", ")
        );
        let so = match subject.statement.effect {
            Effect::Deny => {
                "the deny never matches them: deny them without a condition on the address, or use `unless from`"
            }
            Effect::Allow => {
                "they stay refused here: allow them without a condition on the address where that is meant"
            }
        };
        out.push(Diagnostic::warning(code::NO_IP_SUPPORT, subject.place(term.span), message).help(so));
    }
}

/// Places of the terms of which some actions that the statement could match, not all, are given no address.
fn find<'a>(list: &'a [ActionTerm], needs: Needs, coverages: &mut Coverages<'a>) -> Vec<usize> {
    let partly = |term: &'a ActionTerm, coverages: &mut Coverages<'a>| {
        let coverage = coverages.of(&term.kind);
        let others = coverage.kinds().any(|(facts, _)| facts.address && within_scope(needs, facts));
        others && !without_address(needs, &coverage).is_empty()
    };
    list.iter().enumerate().filter(|(_, term)| partly(term, coverages)).map(|(place, _)| place).collect()
}

fn without_address(needs: Needs, coverage: &Coverage) -> Vec<&Class> {
    let withheld = |class: &&Class| !class.facts.address && within_scope(needs, class.facts);
    coverage.classes.iter().filter(withheld).collect()
}

/// Whether the statement could match an action of this kind, were it not for the address.
fn within_scope(needs: Needs, facts: Facts) -> bool {
    facts.matched(needs.resources) && (facts.tags || !needs.tag)
}
