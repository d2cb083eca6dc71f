//! `no-ip-support`: a pattern in a statement with a condition on the address that also covers actions which are never
//! given one (semantics §5); where it covers no others, the statement is dead, which is told elsewhere.

use super::coverage::{Class, Coverage, Coverages};
use super::{Lists, Subject};
use crate::model::{ActionTerm, Effect};
use passgate_grammar::{Diagnostic, code};

pub(super) fn check<'a>(subject: &Subject<'a>, lists: &mut Lists<'a>, out: &mut Vec<Diagnostic>) {
    if !subject.needs.address {
        return;
    }
    let (list, coverages) = (&subject.statement.actions, &mut lists.coverages);
    let without = lists.without_address.of(list, (), || find(list, coverages));
    for (_, term) in subject.told(without.iter()) {
        let coverage = lists.coverages.of(&term.kind);
        let without = without_address(&coverage);
        let count: usize = without.iter().map(|class| class.count).sum();
        let names: Vec<String> =
            without.iter().flat_map(|class| &class.names).map(|name| format!("`{name}`")).collect();
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

/// Places of the terms of which some actions, not all, are given no address.
fn find<'a>(list: &'a [ActionTerm], coverages: &mut Coverages<'a>) -> Vec<usize> {
    let partly = |term: &'a ActionTerm, coverages: &mut Coverages<'a>| {
        let coverage = coverages.of(&term.kind);
        let count: usize = without_address(&coverage).iter().map(|class| class.count).sum();
        count > 0 && (count < coverage.count() || coverage.unlisted)
    };
    list.iter().enumerate().filter(|(_, term)| partly(term, coverages)).map(|(place, _)| place).collect()
}

fn without_address(coverage: &Coverage) -> Vec<&Class> {
    coverage.classes.iter().filter(|class| !class.facts.address).collect()
}
