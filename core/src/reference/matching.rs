//! When a statement matches (§2.1), and the places of those that decided.

use super::asking::Asked;
use super::order::Tally;
use super::principal::Rule;
use super::resource::Resource;
use super::truth::Truth;
use super::{action, condition, resource};
use crate::check::Place;
use crate::model::{Effect, Model, Statement};
use std::sync::Arc;

/// Asks every statement about each resource that plays a part, or once where none does: "a list counts once" (§4).
pub(super) fn tallies<'m>(model: &Model, asked: &Asked<'_>, rules: &[Rule<'m>]) -> Vec<Tally<Rule<'m>>> {
    let mut resources: Vec<Option<&Resource<'_>>> = asked.resources.iter().map(Some).collect();
    if resources.is_empty() {
        resources.push(None);
    }
    let about = |resource| {
        let each = rules
            .iter()
            .map(move |rule| (*rule, rule.statement.effect, matches(model, asked, resource, rule.statement)));
        Tally::of(each)
    };
    resources.into_iter().map(about).collect()
}

/// "A statement *matches* when its action, its resource and its whole condition match".
fn matches(
    model: &Model,
    asked: &Asked<'_>,
    resource: Option<&Resource<'_>>,
    statement: &Statement,
) -> Truth {
    if !action::matches(&statement.actions, &asked.action) {
        return Truth::No;
    }
    let on_resource = resource::matches(&statement.resources, asked, resource, &model.settings);
    Truth::all([on_resource, condition::all_hold(&statement.conditions, asked)])
}

/// The text that a deny, or else its policy, has for the caller whom it refuses.
fn message(rule: Rule<'_>) -> Option<Arc<str>> {
    match rule.statement.effect {
        Effect::Allow => None,
        Effect::Deny => rule.statement.notes.reason().or(rule.notes.reason()).cloned(),
    }
}

/// The places of statements, sorted by file, line, column, policy and id, each once.
pub(super) fn places(model: &Model, rules: &[Rule<'_>]) -> Vec<Arc<Place>> {
    let by_place = |p: &Place| (p.file.clone(), p.line, p.column, p.policy.clone(), p.id.clone());
    let mut places: Vec<Place> = rules.iter().map(|rule| place(model, *rule)).collect();
    places.sort_by_key(by_place);
    places.dedup();
    places.into_iter().map(Arc::new).collect()
}

fn place(model: &Model, rule: Rule<'_>) -> Place {
    let span = rule.statement.span;
    let start = model.sources.start(span);
    Place {
        policy: rule.policy.clone(),
        id: rule.statement.id.clone(),
        file: model.sources.name(span).into(),
        line: start.line,
        column: start.column,
        message: message(rule),
    }
}
