//! `segment-star`: six segments that end in `*` look like "every resource", but name resources on their face and so
//! never match an action of operation level (semantics §4).

use super::coverage::Coverages;
use super::{Lists, Subject};
use crate::catalog::Granularity;
use crate::model::{ActionTerm, ResourceKind, ResourcePattern};
use passgate_grammar::{Diagnostic, code};

pub(super) fn check<'a>(subject: &Subject<'a>, lists: &mut Lists<'a>, out: &mut Vec<Diagnostic>) {
    if !subject.needs.resources {
        return;
    }
    let Some(resource) = subject.star.and_then(|place| subject.statement.resources.get(place)) else {
        return;
    };
    let (list, coverages) = (&subject.statement.actions, &mut lists.coverages);
    let operation = lists.operation.of(list, (), || find(list, coverages));
    let Some(name) = operation.as_ref() else { return };
    let message = format!(
        "`{}` names resources on its face: it does not match `{name}`, which is authorized at operation level",
        resource.text
    );
    let told = Diagnostic::warning(code::SEGMENT_STAR, subject.place(resource.span), message);
    out.push(told.help("for every resource write `*`, or leave out `on`"));
}

/// The first action of operation level that a list covers.
fn find<'a>(list: &'a [ActionTerm], coverages: &mut Coverages<'a>) -> Option<Box<str>> {
    list.iter().find_map(|term| {
        let coverage = coverages.of(&term.kind);
        let mut classes = coverage.classes.iter();
        classes.find(|class| class.facts.granularity == Granularity::Operation)?.names.first().cloned()
    })
}

/// Whether a resource is six segments of which the last is `*`.
pub(super) fn ends_in_star(resource: &ResourcePattern) -> bool {
    match &resource.kind {
        ResourceKind::Any => false,
        ResourceKind::Six { rest, .. } => rest.literal().is_some_and(|text| text.bytes().all(|b| b == b'*')),
    }
}
