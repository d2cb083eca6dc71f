//! What may a principal do? Every action with what becomes of its calls: always allowed, never, or it depends, and on
//! what. The answers are those of a check, of every call at once ([`super::space`]).

mod json;
mod matrix;
#[cfg(test)]
mod tests;

pub(super) use json::ask;
pub use json::to_json;
pub(super) use matrix::whole as matrix_whole;
pub use matrix::{Matrix, MatrixColumn, matrix, matrix_to_json};

use super::ask::Asker;
use super::calls::Calls;
use super::progress;
use super::space::{ActionClass, Actions, Caller, Doubt};
use super::standing::{Answer, Standing};
use crate::check::{Gate, Holder};
use crate::error::Result;
use crate::model::{Model, PolicyId, Statement};
use std::sync::Arc;

/// What a principal may do.
#[derive(Debug, Clone)]
pub struct What {
    /// Who, as it was named.
    pub principal: String,
    /// Of which calls.
    pub calls: Calls,
    /// Whether the policy set knows the principal; of one that it does not know every call is refused.
    pub known: bool,
    /// Every action of the catalogs, by service and in the catalog's order; then kinds of actions of opaque services.
    pub actions: Vec<ActionAnswer>,
    /// Why there may be kinds of actions beside these.
    pub doubt: Option<Doubt>,
}

/// What becomes of the calls of one action.
#[derive(Debug, Clone)]
pub struct ActionAnswer {
    /// `service:Name`; of an opaque service one name of a kind, all of which are answered alike.
    pub action: String,
    /// What the catalog calls it; none of an opaque service.
    pub category: Option<Box<str>>,
    /// The answer; actions that the same statements cover share it.
    pub answer: Arc<Answer>,
}

impl What {
    /// Whether every answer is exact.
    pub fn is_exact(&self) -> bool {
        self.doubt.is_none() && self.actions.iter().all(|action| action.answer.is_exact())
    }
}

/// Answers for every action what becomes of a principal's calls.
///
/// ```
/// use passgate::Gate;
/// use passgate::analysis::{calls::Calls, standing::Standing, what::what};
/// let gate = Gate::compile("use intlpartnersmgt policy p { allow list from 10.0.0.0/8 } user 1 { attach p }")?;
/// let found = what(&gate, "user:1", &Calls::default())?;
/// let of = |name: &str| found.actions.iter().find(|a| a.action.ends_with(name)).map(|a| a.answer.standing);
/// assert_eq!(of(":PayOrders"), Some(Standing::Never));
/// assert!(found.is_exact());
/// # Ok::<(), passgate::Error>(())
/// ```
///
/// # Errors
/// `unknown-group`, `unknown-policy`, or `bad-request` for a group or policy that `claims` does not admit;
/// `bad-compiled` where a compiled file holds no policy set that can be read.
pub fn what(gate: &Gate, principal: &str, calls: &Calls) -> Result<What> {
    let model = gate.try_model()?;
    let holder = gate.holder(principal)?;
    let (attached, boundary) = match &holder {
        Holder::Root | Holder::Unknown => (Vec::new(), None),
        Holder::Policies { attached, boundary } => {
            (statements(model, attached), boundary.as_ref().map(|ids| statements(model, ids)))
        }
    };
    let sets: Vec<&[&Statement]> =
        [Some(attached.as_slice()), boundary.as_deref()].into_iter().flatten().collect();
    let fixed = calls.fixed();
    let mut asker = Asker::new(model, calls, &fixed);
    let mut budget = asker.work.question();
    let (classes, doubt) = Actions::new(&model.catalogs, &model.settings).classes(&sets, None, &mut budget);
    asker.work.spend(budget.used());
    let caller = Caller::named(name(principal));
    let mut actions = Vec::new();
    let steps = progress::steps("groups of actions", classes.len());
    for class in &classes {
        steps.step();
        let answer = Arc::new(match holder {
            Holder::Root => asker.root(class),
            Holder::Unknown => Answer::plain(Standing::Never),
            Holder::Policies { .. } => asker.policies(class, &caller),
        });
        actions.extend(each(model, class, &answer));
    }
    actions.sort_by_key(|(place, _)| *place);
    let actions = actions.into_iter().map(|(_, action)| action).collect();
    let known = !matches!(holder, Holder::Unknown);
    Ok(What { principal: principal.to_owned(), calls: calls.clone(), known, actions, doubt })
}

/// The name of a user or role, whose digits are the caller's number.
pub(super) fn name(principal: &str) -> &str {
    ["user:", "role:"].iter().find_map(|prefix| principal.strip_prefix(prefix)).unwrap_or(principal)
}

pub(super) fn statements<'m>(model: &'m Model, policies: &[PolicyId]) -> Vec<&'m Statement> {
    let policies = policies.iter().filter_map(|id| model.policies.get(id.0 as usize));
    policies.flat_map(|policy| &policy.statements).collect()
}

/// The actions of a class with their places among all actions: service and number in the catalog; those of opaque
/// services last.
fn each(model: &Model, class: &ActionClass<'_>, answer: &Arc<Answer>) -> Vec<((u32, u32), ActionAnswer)> {
    let of = |name: &str| {
        let id = model.catalogs.resolve(&class.service, name);
        let action = id.and_then(|id| model.catalogs.action(id));
        let place = id.map_or((u32::MAX, 0), |id| (id.service.0, id.action));
        let answer = ActionAnswer {
            action: format!("{}:{name}", class.service),
            category: action.map(|action| action.category.clone()),
            answer: answer.clone(),
        };
        (place, answer)
    };
    class.names.iter().map(|name| of(name)).collect()
}
