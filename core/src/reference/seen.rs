//! Which conditions a request meets, and how their keys stand: for tests, which count what they have tried.

use super::principal::{self, Caller};
use super::truth::Truth;
use super::{action, asking, condition, resource};
use crate::check::Request;
use crate::model::{Condition, Model, Statement};

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

/// What the clauses of one statement say of a request: whether it covers the action; for each resource that plays a part
/// (once where none does) whether it covers it; for each condition whether it holds. None for what is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clauses {
    /// The action.
    pub action: bool,
    /// The resources.
    pub resources: Vec<Option<bool>>,
    /// The conditions, in order.
    pub conditions: Vec<Option<bool>>,
}

/// Asks every clause of a statement by itself; none where the request is refused as such.
pub fn clauses(model: &Model, request: &Request, statement: &Statement) -> Option<Clauses> {
    let asked = asking::read(model, request).ok()?;
    let known = |truth: Truth| match truth {
        Truth::Yes => Some(true),
        Truth::No => Some(false),
        Truth::Open(_) => None,
    };
    let mut resources: Vec<_> = asked.resources.iter().map(Some).collect();
    if resources.is_empty() {
        resources.push(None);
    }
    let covers = |r| known(resource::matches(&statement.resources, &asked, r, &model.settings));
    let each = |one: &Condition| known(condition::all_hold(std::slice::from_ref(one), &asked));
    Some(Clauses {
        action: action::matches(&statement.actions, &asked.action),
        resources: resources.into_iter().map(covers).collect(),
        conditions: statement.conditions.iter().map(each).collect(),
    })
}
