//! `no-ip-support`: a pattern in a statement with a condition on the address that also covers actions which are never
//! given one (semantics §5); where it covers no others, the statement is dead, which is told elsewhere.

use super::Subject;
use super::coverage::{Class, Coverages};
use crate::model::Effect;
use passgate_grammar::{Diagnostic, code};

pub(super) fn check<'a>(subject: &Subject<'a>, coverages: &mut Coverages<'a>, out: &mut Vec<Diagnostic>) {
    if !subject.needs_address {
        return;
    }
    for term in subject.statement.actions.iter() {
        let coverage = coverages.of(&term.kind);
        let without: Vec<&Class> = coverage.classes.iter().filter(|class| !class.facts.address).collect();
        let count: usize = without.iter().map(|class| class.count).sum();
        if count == 0 || (count == coverage.count() && !coverage.unlisted) {
            continue;
        }
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
