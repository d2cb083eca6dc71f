//! Which conditions a request meets, and how their keys stand: for tests, which count what they have tried.

use super::principal::{self, Caller};
use super::truth::Truth;
use super::{action, asking, condition, resource};
use crate::check::Request;
use crate::model::{Condition, Model};

/// How the key of a condition stands in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Seen {
    /// The operator reads every value of it.
    Present,
    /// It has no value, or is not handed over.
    Absent,
    /// The operator cannot read one of its values.
    Unreadable,
}

/// The conditions of the caller's statements, boundary included, whose action and resource a request does not
/// rule out; none where the request is refused, or its principal is root or unknown.
pub fn seen<'m>(model: &'m Model, request: &Request) -> Vec<(&'m Condition, Seen)> {
    let Ok(asked) = asking::read(model, request) else { return Vec::new() };
    let Ok(Caller::Known { policies, boundary }) = principal::find(model, request) else { return Vec::new() };
    let all = policies.into_iter().chain(boundary.into_iter().flatten()).collect();
    let mut met = Vec::new();
    for rule in principal::rules(model, &all) {
        let statement = rule.statement;
        let covers = |r| resource::matches(&statement.resources, &asked, r, &model.settings) != Truth::No;
        let about =
            asked.resources.is_empty() && covers(None) || asked.resources.iter().any(|r| covers(Some(r)));
        if about && action::matches(&statement.actions, &asked.action) {
            met.extend(statement.conditions.iter().map(|c| (c, condition::seen(c, &asked))));
        }
    }
    met
}
