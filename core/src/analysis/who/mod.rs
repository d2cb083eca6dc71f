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
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
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
    let mut found = Found { exact: !callers.cut, ..Found::default() };
    found.note(&Rc::new(search.root()?), 1, || vec!["root".to_owned()]);
    let steps = progress::steps("groups of callers", callers.classes.len());
    for class in &callers.classes {
        steps.step();
        for (members, answer) in search.callers(&class.policies, class.boundary.as_deref(), &class.members)? {
            let named = || members.iter().map(|member| callers.spelled(model, *member)).collect();
            found.note(&answer, members.len(), named);
        }
    }
    if !model.everyone.is_empty() {
        let answer = search.unnamed(&model.everyone, model.boundary.as_deref())?;
        found.note(&answer, 1, || vec!["anyone".to_owned()]);
    }
    let statements = gate.places_of(&search.needed());
    // It keeps all answers as well, which are large.
    drop(search);
    let (never, exact) = (found.never, found.exact);
    Ok(Who { action, calls: calls.clone(), callers: found.together(), never, statements, exact })
}

/// Names of callers, each with how many were noted before.
type Names = Vec<(usize, String)>;

/// What was found of callers.
#[derive(Default)]
struct Found {
    /// Answers in the order in which they were found first.
    answers: Vec<(Rc<Answer>, Names)>,
    /// Their places, by where they lie: the search hands out one answer for all callers of equal statements.
    places: HashMap<*const Answer, usize>,
    noted: usize,
    never: usize,
    exact: bool,
}

impl Found {
    fn note(&mut self, answer: &Rc<Answer>, count: usize, named: impl FnOnce() -> Vec<String>) {
        self.exact &= answer.is_exact();
        if answer.standing == Standing::Never {
            self.never += count;
            return;
        }
        let next = self.answers.len();
        let place = *self.places.entry(Rc::as_ptr(answer)).or_insert(next);
        if place == next {
            self.answers.push((Rc::clone(answer), Vec::new()));
        }
        if let Some((_, names)) = self.answers.get_mut(place) {
            names.extend((self.noted..).zip(named()));
        }
        self.noted += count;
    }

    /// Equal answers together, each with its callers in the order in which they were noted.
    fn together(self) -> Vec<CallerAnswer> {
        let mut by_answer: BTreeMap<Rc<Answer>, Names> = BTreeMap::new();
        for (answer, names) in self.answers {
            by_answer.entry(answer).or_default().extend(names);
        }
        let named = |(answer, mut names): (Rc<Answer>, Names)| {
            names.sort_unstable_by_key(|(number, _)| *number);
            let principals = names.into_iter().map(|(_, name)| name).collect();
            CallerAnswer { principals, answer: Rc::unwrap_or_clone(answer) }
        };
        by_answer.into_iter().map(named).collect()
    }
}
