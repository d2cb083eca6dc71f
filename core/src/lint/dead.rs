//! `dead-deny` and `dead-allow`: a statement, or one of its actions, that can never match, because the action never
//! hands over what the statement asks for (semantics §4 and §5).

use super::coverage::{Class, Coverage, Coverages, Facts};
use super::{Lists, Needs, Subject};
use crate::catalog::Granularity;
use crate::model::read::IP;
use crate::model::{ActionTerm, Effect};
use passgate_grammar::text::is_word;
use passgate_grammar::{Diagnostic, Safety, Span, code};

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

/// The terms of a list that are dead.
pub(super) struct Dead {
    /// Places of the dead terms, and why.
    causes: Vec<(usize, Cause)>,
    /// All terms that cover anything are dead, because the statement names resources.
    by_resource: bool,
    /// All terms that cover anything are dead.
    all: bool,
}

pub(super) fn check<'a>(subject: &Subject<'a>, lists: &mut Lists<'a>, out: &mut Vec<Diagnostic>) {
    let (list, needs, coverages) = (&subject.statement.actions, subject.needs, &mut lists.coverages);
    let dead = lists.dead.of(list, needs, || find(list, needs, coverages));
    let places = dead.causes.iter().map(|(place, _)| place);
    let told = subject.told(if dead.by_resource { places.take(1) } else { places.take(usize::MAX) });
    for (place, term) in told {
        let cause = dead.causes.binary_search_by_key(&place, |(p, _)| *p).ok();
        let Some((_, cause)) = cause.and_then(|at| dead.causes.get(at)) else { continue };
        let resource = subject.statement.resources.first().map_or(term.span, |r| r.span);
        let at = if dead.by_resource { resource } else { term.span };
        out.push(told_at(subject, at, term, &lists.coverages.of(&term.kind), *cause));
    }
}

/// Whether each of a statement's terms that covers anything is told to be dead.
pub(super) fn tells_all<'a>(subject: &Subject<'a>, lists: &mut Lists<'a>) -> bool {
    let (list, needs, coverages) = (&subject.statement.actions, subject.needs, &mut lists.coverages);
    lists.dead.of(list, needs, || find(list, needs, coverages)).all
}

fn find<'a>(list: &'a [ActionTerm], needs: Needs, coverages: &mut Coverages<'a>) -> Dead {
    let (mut causes, mut covering) = (Vec::new(), 0);
    for (place, term) in list.iter().enumerate() {
        let coverage = coverages.of(&term.kind);
        covering += usize::from(!coverage.unlisted.is_empty() || coverage.count() > 0);
        causes.extend(dead_cause(needs, &coverage).map(|cause| (place, cause)));
    }
    let all = covering > 0 && causes.len() == covering;
    let by_resource = all && causes.iter().all(|(_, cause)| *cause == Cause::Resource);
    Dead { causes, by_resource, all }
}

/// Why no action of a term is ever matched; `None` where one is, or where the term covers nothing.
fn dead_cause(needs: Needs, coverage: &Coverage) -> Option<Cause> {
    if !coverage.unlisted.is_empty() || coverage.count() == 0 {
        return None;
    }
    let causes: Option<Vec<Cause>> = coverage.classes.iter().map(|class| cause(needs, class.facts)).collect();
    causes?.first().copied()
}

fn cause(needs: Needs, facts: Facts) -> Option<Cause> {
    match facts.granularity {
        Granularity::Service if !facts.whole => return Some(Cause::Service),
        Granularity::Service | Granularity::Operation if needs.resources => {
            return Some(Cause::Resource);
        }
        _ => {}
    }
    if needs.address && !facts.address {
        return Some(Cause::Address);
    }
    (needs.tag && !facts.tags).then_some(Cause::Tag)
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
    let it = if coverage.count() == 1 { "it" } else { "them" };
    let message = match cause {
        Cause::Resource => format!(
            "{which} authorized at operation level: a statement that names a resource never matches {it}, so {so}"
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
    match (cause, on_clause(subject)) {
        (Cause::Resource, Some(clause)) => told.help("remove `on`, or name actions of resource level").fix(
            "remove `on`",
            clause,
            "",
            Safety::Unsafe,
        ),
        (Cause::Address, _) if deny => {
            let spared = spared_network(subject).unwrap_or("NETWORK");
            let instead = "which also matches calls without an address";
            told.help(format!("deny it everywhere, or `unless from {spared}`, {instead}"))
        }
        _ => told.help(help(cause)),
    }
}

/// The `on` clause of a statement of a `.gate` file, with the blanks before it, where it names one resource.
fn on_clause(subject: &Subject<'_>) -> Option<Span> {
    let [resource] = &*subject.statement.resources else { return None };
    let statement = subject.statement.span;
    let lead = Span { end: resource.span.start, ..statement };
    if !subject.holds(resource.span) {
        return None;
    }
    let before = subject.model.sources.slice(lead).trim_end().strip_suffix("on")?;
    let kept = before.trim_end();
    let start = statement.start + u32::try_from(kept.len()).ok()?;
    (kept.len() < before.len()).then_some(Span { start, end: resource.span.end, ..statement })
}

/// The network outside of which a statement with `from` applies, where the text names it: `anywhere except NETWORK`,
/// written in the clause or as the definition of the network that the clause names.
fn spared_network<'a>(subject: &Subject<'a>) -> Option<&'a str> {
    let condition = subject.statement.conditions.iter().find(|c| c.key.as_ref() == IP)?;
    let text = |span: Span| subject.model.sources.slice(span);
    let written = text(condition.span).strip_prefix("from")?.trim();
    excepted(written).or_else(|| {
        let named = subject.model.named.iter().find(|named| named.name.as_ref() == written)?;
        let source = subject.model.sources.get(named.span.source)?;
        let line = source.text().get(named.span.end as usize..)?.lines().next()?;
        excepted(line.trim_start().strip_prefix('=')?.split("//").next()?.trim())
    })
}

/// `NETWORK` of `anywhere except NETWORK`.
fn excepted(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("anywhere")?.trim_start().strip_prefix("except")?;
    let name = rest.trim();
    (rest.len() > name.len() && is_word(name)).then_some(name)
}

fn help(cause: Cause) -> &'static str {
    match cause {
        Cause::Resource => "leave out `on` (in CAM JSON: write `\"*\"`), or name actions of resource level",
        Cause::Service => "name the whole service: `SERVICE:*`",
        Cause::Address => "allow it in a statement without a condition on the address",
        Cause::Tag => "put it in a statement without a condition on tags",
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
