//! `segment-star`: six segments that end in `*` look like "every resource", but name resources on their face and so
//! never match an action of operation level (semantics §4).

use super::Subject;
use super::coverage::Coverages;
use crate::catalog::Granularity;
use crate::model::{ResourceKind, ResourcePattern};
use passgate_grammar::{Diagnostic, code};

pub(super) fn check<'a>(subject: &Subject<'a>, coverages: &mut Coverages<'a>, out: &mut Vec<Diagnostic>) {
    if !subject.names_resources {
        return;
    }
    let Some(resource) = subject.statement.resources.iter().find(|resource| ends_in_star(resource)) else {
        return;
    };
    let whole = subject.statement.actions.iter().find_map(|term| {
        let coverage = coverages.of(&term.kind);
        let class =
            coverage.classes.iter().find(|class| class.facts.granularity == Granularity::Operation)?;
        class.names.first().cloned()
    });
    let Some(name) = whole else { return };
    let message = format!(
        "`{}` names resources on its face: it does not match `{name}`, which is authorized at operation level",
        resource.text
    );
    let told = Diagnostic::warning(code::SEGMENT_STAR, subject.place(resource.span), message);
    out.push(told.help("for every resource write `*`, or leave out `on`"));
}

fn ends_in_star(resource: &ResourcePattern) -> bool {
    match &resource.kind {
        ResourceKind::Any => false,
        ResourceKind::Six { rest, .. } => rest.literal().is_some_and(|text| text.bytes().all(|b| b == b'*')),
    }
}
