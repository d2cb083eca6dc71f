//! Why is a call allowed or refused? The decision of the check, each statement that plays a part with what its clauses
//! say, and for a refusal the nearest call that would be allowed: with the fewest changes of address, time, context and
//! membership, each as small as it goes.

mod clauses;
mod covering;
mod json;
mod nearest;
mod sentence;
#[cfg(test)]
mod tests;

pub(in crate::analysis) use json::ask;
pub use json::to_json;
pub use nearest::{Change, Nearest, Proposal};
pub use sentence::{change, sentence};

use crate::check::{Decision, Gate, Handed, Held, Holder, Place, Reason, Request};
use crate::error::Error;
use crate::model::Effect;
use covering::Covering;
use std::sync::Arc;

/// How much is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// The statements that decided, and the nearest call that would be allowed.
    Brief,
    /// The caller's statements that cover the action.
    #[default]
    Normal,
    /// Those of its statements too that do not cover the action, and those of others that do.
    All,
}

/// Why a call is allowed or refused.
#[derive(Debug)]
pub struct Explanation {
    /// The call.
    pub request: Request,
    /// What the check answers.
    pub outcome: Result<Decision, Error>,
    /// Statements by part, then by place; none where the call is refused as such, or root asks.
    pub statements: Vec<StatementAnswer>,
    /// Of a refusal: the nearest calls that would be allowed.
    pub nearest: Option<Nearest>,
}

/// By which part of the set a statement speaks of the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The policies that the caller has.
    Attached,
    /// Its permission boundary.
    Boundary,
    /// Policies that the caller does not have.
    Elsewhere,
}

impl Part {
    /// `attached`, `boundary` or `elsewhere`.
    pub fn as_str(self) -> &'static str {
        match self {
            Part::Attached => "attached",
            Part::Boundary => "boundary",
            Part::Elsewhere => "elsewhere",
        }
    }
}

/// What a statement says of the call.
#[derive(Debug, Clone)]
pub struct StatementAnswer {
    /// Where it stands.
    pub place: Arc<Place>,
    /// Allow or deny.
    pub effect: Effect,
    /// By which part of the set it speaks of the caller.
    pub part: Part,
    /// Groups and roles through which it reaches the caller, from the caller on; none where it is attached to the caller
    /// itself, and of a boundary.
    pub through: Vec<String>,
    /// Whether the whole statement matches; none where that is open.
    pub matches: Option<bool>,
    /// Whether it is one of those that decided.
    pub decided: bool,
    /// Its clauses: principal, action, resources, then conditions as written.
    pub clauses: Vec<ClauseAnswer>,
}

/// What a clause is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClauseKind {
    /// Whether the statement's policy is one of the caller's.
    Principal,
    /// The action.
    Action,
    /// The resource.
    Resource,
    /// A condition on the address.
    Address,
    /// Another condition.
    Condition,
}

impl ClauseKind {
    /// `principal`, `action`, `resource`, `address` or `condition`.
    pub fn as_str(self) -> &'static str {
        match self {
            ClauseKind::Principal => "principal",
            ClauseKind::Action => "action",
            ClauseKind::Resource => "resource",
            ClauseKind::Address => "address",
            ClauseKind::Condition => "condition",
        }
    }
}

/// What a clause says of the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseAnswer {
    /// What it is about.
    pub kind: ClauseKind,
    /// Of a condition its key; of a resource clause the resource of the call, where one was given.
    pub of: Option<String>,
    /// The clause in the words of the language.
    pub text: String,
    /// Whether it holds; none where that is open.
    pub holds: Option<bool>,
    /// Whether the value was handed over.
    pub given: Given,
    /// Why it is open, or does not hold, where that is not plain.
    pub because: Option<String>,
}

/// Whether the value that a clause reads was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// It was.
    Given,
    /// The call gives none.
    Absent,
    /// The action is never handed it.
    Withheld,
}

impl Given {
    /// `given`, `absent` or `withheld`.
    pub fn as_str(self) -> &'static str {
        match self {
            Given::Given => "given",
            Given::Absent => "absent",
            Given::Withheld => "withheld",
        }
    }
}

impl From<Handed> for Given {
    fn from(handed: Handed) -> Given {
        match handed {
            Handed::Given => Given::Given,
            Handed::Absent => Given::Absent,
            Handed::Withheld => Given::Withheld,
        }
    }
}

/// Whether something holds; none where it is open.
fn known(held: Held) -> Option<bool> {
    match held {
        Held::Yes => Some(true),
        Held::No => Some(false),
        Held::Unreadable | Held::Unresolved(_) => None,
    }
}

/// Explains what becomes of a call. What is wrong with the call itself is told as well: `outcome` is an error then.
///
/// ```
/// use passgate::analysis::explain::{Depth, explain, sentence};
/// use passgate::{Gate, Request};
/// let gate = Gate::compile(
///     "use intlpartnersmgt  policy p { allow PayOrders from 203.0.113.0/24 }  user 1 { attach p }",
/// )?;
/// let request = Request::new("user:1", "PayOrders").ip("203.0.114.9");
/// let found = explain(&gate, &request, Depth::Normal)?;
/// let nearest = found.nearest.as_ref().unwrap();
/// let call = &nearest.proposals[0].request;
/// assert!(gate.check(call)?.allowed);
/// assert_eq!(sentence(&found), "user:1 may not perform PayOrders from 203.0.114.9: no statement allows it");
/// # Ok::<(), passgate::Error>(())
/// ```
///
/// # Errors
/// `bad-compiled` where a compiled file holds no policy set that can be read; `internal`.
pub fn explain(gate: &Gate, request: &Request, depth: Depth) -> Result<Explanation, Error> {
    let outcome = gate.check(request);
    let model = gate.try_model()?;
    let (mut statements, mut nearest) = (Vec::new(), None);
    // A request that is refused as such has no holder, no action, or values that nobody reads.
    if let (Ok(holder), Ok(covering)) = (gate.holder_of(request), Covering::new(gate, model, request)) {
        let decided: &[Arc<Place>] = outcome.as_ref().map_or(&[], |decision| &decision.statements);
        if holder != Holder::Root {
            let asked =
                clauses::Asked { gate, model, request, covering: &covering, holder: &holder, decided };
            statements = asked.statements(depth).unwrap_or_default();
        }
        if outcome.as_ref().is_ok_and(|decision| !decision.allowed) {
            nearest = Some(nearest::nearest(gate, model, request, &holder, &covering)?);
        }
    }
    Ok(Explanation { request: request.clone(), outcome, statements, nearest })
}

impl Explanation {
    /// Whether the call is allowed; an error is not.
    pub fn allowed(&self) -> bool {
        self.outcome.as_ref().is_ok_and(|decision| decision.allowed)
    }

    /// Why, where the call was decided.
    pub fn reason(&self) -> Option<Reason> {
        self.outcome.as_ref().ok().map(|decision| decision.reason)
    }
}
