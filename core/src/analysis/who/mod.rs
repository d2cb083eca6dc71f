//! Who may perform an action? Every caller whose calls are not all refused, with what they depend on, and the statements
//! that would have to go so that nobody could.

mod json;
pub(super) mod search;
#[cfg(test)]
mod tests;

pub(super) use json::ask;
pub use json::to_json;

use super::ask::Asker;
use super::asked::named;
use super::callers::Callers;
use super::calls::Calls;
use super::progress;
use super::standing::{Answer, Standing};
use crate::check::{Gate, Place};
use crate::error::Result;
use search::Search;
use std::collections::BTreeMap;
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
    let mut asker = Asker::new(model, calls, &fixed);
    let callers = Callers::new(model, &mut asker.work);
    let mut search = Search::new(model, term, asker);
    let (mut found, mut never, mut exact) = (BTreeMap::new(), 0, !callers.cut);
    let mut note = |principals: Vec<String>, answer: Answer| {
        exact &= answer.is_exact();
        match answer.standing {
            Standing::Never => never += principals.len(),
            _ => found.entry(answer).or_insert_with(Vec::new).extend(principals),
        }
    };
    note(vec!["root".to_owned()], search.root()?);
    let all = callers.all();
    let steps = progress::steps("groups of callers", all.len());
    for (class, members) in all {
        steps.step();
        let Some(class) = callers.classes.get(class) else { continue };
        for (members, answer) in search.callers(&class.policies, class.boundary.as_deref(), members)? {
            note(members.iter().map(|member| callers.spelled(model, *member)).collect(), answer);
        }
    }
    if !model.everyone.is_empty() {
        let answer = search.unnamed(&model.everyone, model.boundary.as_deref())?;
        note(vec!["anyone".to_owned()], answer);
    }
    let statements = gate.places_of(&search.needed());
    let callers = found.into_iter().map(|(answer, principals)| CallerAnswer { principals, answer }).collect();
    Ok(Who { action, calls: calls.clone(), callers, never, statements, exact })
}
