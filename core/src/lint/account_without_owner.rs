//! `account-without-owner`: a deny on the resources of one account, in a set that does not say who its owner is. An
//! empty account in a request then equals only an empty one (semantics §4), so that a call which leaves the account
//! empty passes the deny by.
//!
//! Told exactly where some such call is spared: an action of resource level can match the statement, and no other
//! resource of its list covers what the pattern covers, with the account left empty. A glob is covered by several
//! exactly when one of them covers it, which is seen by putting a sign that nobody writes for each of its stars. A pattern
//! without stars covers its own text alone, so only those with stars are compared one by one.

use super::reach::{kinds, reached};
use super::{Lists, Subject};
use crate::catalog::Granularity;
use crate::glob::Glob;
use crate::model::{AccountPattern, Effect, ResourceKind, ResourcePattern, Settings, Template, TemplatePart};
use passgate_grammar::{Diagnostic, code, limits};
use std::collections::HashSet;

/// Stands for any text; no resource holds it, since control characters are refused.
const ANY_TEXT: char = '\u{1}';

pub(super) fn check<'a>(subject: &Subject<'a>, lists: &mut Lists<'a>, out: &mut Vec<Diagnostic>) {
    let (statement, settings) = (subject.statement, &subject.model.settings);
    let owned = settings.owner.uin.is_some() || settings.owner.uid.is_some();
    if owned || statement.effect == Effect::Allow || !subject.needs.resources {
        return;
    }
    let spared = lists.spared.of(&statement.resources, (), || first_spared(&statement.resources, settings));
    let Some(resource) = spared.and_then(|place| statement.resources.get(place)) else { return };
    let kinds = kinds(&statement.actions, &mut lists.kinds, &mut lists.coverages);
    let resource_level = reached(&kinds, subject).into_iter().any(|kind| {
        kind.facts.granularity == Granularity::Resource
            && statement.conditions.iter().all(|c| kind.can_satisfy(c))
    });
    if !resource_level {
        return;
    }
    let message =
        format!("a call that leaves the account empty passes this deny by: `{}` names one", resource.text);
    let span = subject.place(resource.span);
    let told = Diagnostic::warning(code::ACCOUNT_WITHOUT_OWNER, span, message)
        .because("the set does not say who its owner is, so an empty account is no other's");
    out.push(told.help("set `owner.uin` or `owner.uid`, or name the resource with an empty account as well"));
}

/// The segments of a pattern besides its account, as texts to compare.
#[derive(PartialEq, Eq, Hash)]
struct Segments<'a> {
    service: Option<&'a str>,
    region: Option<&'a str>,
    rest: String,
}

/// Place of the first pattern of an account that spares calls with an empty one; none where that needs more pairs of
/// patterns to be compared than the limit.
fn first_spared(patterns: &[ResourcePattern], settings: &Settings) -> Option<usize> {
    let (mut exact, mut open) = (Vec::new(), Vec::new());
    for (place, pattern) in patterns.iter().enumerate() {
        let ResourceKind::Six { service, region, account, rest } = &pattern.kind else { continue };
        let region =
            region.as_deref().map(|name| settings.region_aliases.get(name).map_or(name, AsRef::as_ref));
        let segments = Segments { service: service.as_deref(), region, rest: text(rest) };
        match account {
            AccountPattern::Exact(_) => exact.push((place, segments)),
            AccountPattern::Owner | AccountPattern::Any => open.push(segments),
        }
    }
    let (starred, whole): (Vec<_>, Vec<_>) = open.into_iter().partition(|open| open.rest.contains('*'));
    let known: HashSet<&Segments<'_>> = starred.iter().chain(&whole).collect();
    let globs: Vec<(&Segments<'_>, Glob)> =
        starred.iter().map(|open| (open, Glob::new(&open.rest))).collect();
    let mut left = limits::LINT_PAIRS;
    for (place, segments) in &exact {
        if wider(segments).iter().any(|wider| known.contains(wider)) {
            continue;
        }
        left = left.checked_sub(globs.len())?;
        let probe = segments.rest.replace('*', &ANY_TEXT.to_string());
        if !globs.iter().any(|(open, glob)| covers(open, glob, segments, &probe)) {
            return Some(*place);
        }
    }
    None
}

/// A pattern, and those that say the same of every service, every region, or both.
fn wider<'s>(of: &Segments<'s>) -> [Segments<'s>; 4] {
    let with = |service, region| Segments { service, region, rest: of.rest.clone() };
    [with(of.service, of.region), with(None, of.region), with(of.service, None), with(None, None)]
}

fn covers(open: &Segments<'_>, glob: &Glob, of: &Segments<'_>, probe: &str) -> bool {
    (open.service.is_none() || open.service == of.service)
        && (open.region.is_none() || open.region == of.region)
        && glob.matches(probe)
}

/// A last segment with a sign of its own for each variable, whose value nobody knows.
fn text(rest: &Template) -> String {
    let part = |part: &TemplatePart| match part {
        TemplatePart::Literal(text) => text.to_string(),
        TemplatePart::Variable(variable) => format!("\u{2}{}\u{2}", variable.as_str()),
    };
    rest.parts.iter().map(part).collect()
}
