//! `dead-deny` and `dead-allow`: a statement, or one of its actions, that can never match, because the action never
//! hands over what the statement asks for (semantics §4 and §5).

use super::Subject;
use super::coverage::{Class, Coverage, Coverages, Facts};
use crate::catalog::Granularity;
use crate::model::{ActionTerm, Effect};
use passgate_grammar::{Diagnostic, Span, code};
use std::sync::Arc;

/// Why a statement never matches an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// It names a resource, the action is authorized without one.
    Resource,
    /// The action belongs to a service that is authorized as a whole only.
    Service,
    /// The action is never given an address.
    Address,
    /// The action is never given tags.
    Tag,
}

pub(super) fn check<'a>(subject: &Subject<'a>, coverages: &mut Coverages<'a>, out: &mut Vec<Diagnostic>) {
    let terms: Vec<(&ActionTerm, Arc<Coverage>)> =
        subject.statement.actions.iter().map(|term| (term, coverages.of(&term.kind))).collect();
    let dead = |coverage: &Coverage| dead_cause(subject, coverage);
    let causes: Vec<Option<Cause>> = terms.iter().map(|(_, coverage)| dead(coverage)).collect();
    let told = terms.iter().filter(|(_, coverage)| coverage.unlisted || coverage.count() > 0).count();
    let all_dead = told > 0 && causes.iter().flatten().count() == told;
    if all_dead && causes.iter().flatten().all(|cause| *cause == Cause::Resource) {
        let of = terms.iter().zip(&causes).find(|(_, cause)| cause.is_some());
        let span = subject.statement.resources.first().map_or(subject.statement.effect_span, |r| r.span);
        out.extend(of.map(|((term, coverage), _)| told_at(subject, span, term, coverage, Cause::Resource)));
        return;
    }
    for ((term, coverage), cause) in terms.iter().zip(&causes) {
        if let Some(cause) = cause {
            out.push(told_at(subject, term.span, term, coverage, *cause));
        }
    }
}

/// Why no action of a term is ever matched; `None` where one is, or where the term covers nothing.
fn dead_cause(subject: &Subject<'_>, coverage: &Coverage) -> Option<Cause> {
    if coverage.unlisted || coverage.count() == 0 {
        return None;
    }
    let causes: Option<Vec<Cause>> =
        coverage.classes.iter().map(|class| cause(subject, class.facts)).collect();
    causes?.first().copied()
}

fn cause(subject: &Subject<'_>, facts: Facts) -> Option<Cause> {
    match facts.granularity {
        Granularity::Service if !facts.whole => return Some(Cause::Service),
        Granularity::Service | Granularity::Operation if subject.names_resources => {
            return Some(Cause::Resource);
        }
        _ => {}
    }
    if subject.needs_address && !facts.address {
        return Some(Cause::Address);
    }
    (subject.needs_tag && !facts.tags).then_some(Cause::Tag)
}

fn told_at(
    subject: &Subject<'_>,
    at: Span,
    term: &ActionTerm,
    coverage: &Coverage,
    cause: Cause,
) -> Diagnostic {
    let which = named(subject.text(term.span), coverage);
    let deny = subject.statement.effect == Effect::Deny;
    let so = if deny { "this denies nothing" } else { "this allows nothing" };
    let message = match cause {
        Cause::Resource => format!(
            "{which} authorized at operation level: a statement that names a resource never matches, so {so}"
        ),
        Cause::Service => format!("{which} authorized with the whole service only, so {so}"),
        Cause::Address => format!("{which} never given an address, so {so}"),
        Cause::Tag => format!("{which} never given tags, so {so}"),
    };
    let span = subject.place(at);
    let told = if deny {
        Diagnostic::error(code::DEAD_DENY, span, message)
    } else {
        Diagnostic::warning(code::DEAD_ALLOW, span, message)
    };
    told.help(help(cause, deny))
}

fn help(cause: Cause, deny: bool) -> &'static str {
    match (cause, deny) {
        (Cause::Resource, _) => {
            "leave out `on` (in CAM JSON: write `\"*\"`), or name actions of resource level"
        }
        (Cause::Service, _) => "name the whole service: `SERVICE:*`",
        (Cause::Address, true) => {
            "deny it everywhere, or `unless from NETWORK`, which also matches calls without an address"
        }
        (Cause::Address, false) => "allow it in a statement without a condition on the address",
        (Cause::Tag, _) => "put it in a statement without a condition on tags",
    }
}

/// `` `QueryUser` is `` or `` all 6 actions of `Check*` are ``.
fn named(text: &str, coverage: &Coverage) -> String {
    let single = match coverage.classes.as_slice() {
        [Class { count: 1, names, .. }] => names.first(),
        _ => None,
    };
    match single {
        Some(name) => format!("`{name}` is"),
        None => format!("each of the {} actions of `{text}` is", coverage.count()),
    }
}
