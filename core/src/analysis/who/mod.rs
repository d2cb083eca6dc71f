//! Who may perform an action? Every caller whose calls are not all refused, with what they depend on, and the statements
//! that would have to go so that nobody could.

mod found;
mod json;
mod parts;
pub(super) mod search;
#[cfg(test)]
mod tests;

pub(super) use json::ask;
pub use json::to_json;

use super::asked::named;
use super::callers::Callers;
use super::calls::Calls;
use super::standing::Answer;
use super::work::Work;
use crate::check::{Gate, Place};
use crate::error::Result;
use parts::Asked;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Who may perform an action.
#[derive(Debug, Clone)]
pub struct Who {
    /// `service:Name`.
    pub action: String,
    /// Of which calls.
    pub calls: Calls,
    /// Callers that are answered alike, those that always may first; callers that never may are left out.
    pub callers: Vec<CallerAnswer>,
    /// Callers that never may.
    pub never: usize,
    /// The allows that would have to go so that no caller with policies may: each of them is needed for that, and they are
    /// enough. By place.
    pub statements: Vec<Arc<Place>>,
    /// Whether every answer is exact.
    pub exact: bool,
}

/// Callers that are answered alike.
#[derive(Debug, Clone)]
pub struct CallerAnswer {
    /// As requests name them: `root`, `user:…`, `role:…`, `group:…`, `policy:…`; `brings role:…` is whoever brings that
    /// role to a call, `anyone` a caller that the policy set does not know.
    pub principals: Vec<String>,
    /// What becomes of their calls.
    pub answer: Answer,
}

/// Answers for every caller what becomes of its calls for one action.
///
/// ```
/// use passgate::Gate;
/// use passgate::analysis::{calls::Calls, who::who};
/// let gate = Gate::compile(
///     "use intlpartnersmgt
///      policy p { allow PayOrders }  policy q { allow list }
///      user 1 { attach p }  user 2 { attach q }  user 3 { attach p, q }",
/// )?;
/// let found = who(&gate, "PayOrders", &Calls::default())?;
/// let named: Vec<_> = found.callers.iter().flat_map(|c| &c.principals).collect();
/// assert_eq!(named, ["root", "user:1", "user:3"]);
/// assert_eq!(found.statements[0].id.as_ref(), "p#1");
/// # Ok::<(), passgate::Error>(())
/// ```
///
/// # Errors
/// `unknown-action`; `bad-compiled` where a compiled file holds no policy set that can be read.
pub fn who(gate: &Gate, action: &str, calls: &Calls) -> Result<Who> {
    let model = gate.try_model()?;
    let (action, term) = named(gate, action)?;
    let fixed = calls.fixed();
    let mut work = Work::new();
    let callers = Callers::new(model, &mut work);
    let parts = Asked { model, term, calls, fixed: &fixed, callers: &callers, work }.all()?;
    let mut exact = !callers.cut;
    drop(callers);
    let (mut never, mut needed, mut answers) = (0, BTreeSet::new(), Vec::new());
    for part in parts {
        never += part.never;
        needed.extend(part.needed);
        answers.extend(part.answers);
    }
    exact &= answers.iter().all(|(answer, _)| answer.is_exact());
    let statements = gate.places_of(&search::spelled(model, &needed));
    Ok(Who { action, calls: calls.clone(), callers: found::together(answers), never, statements, exact })
}
