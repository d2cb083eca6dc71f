//! The reference evaluator: semantics.md read aloud over the [`Model`], to be held beside that page.
//!
//! One file per section: `matching` §2.1, `order` §2.2, §2.8 and §2.9, `principal` §2.3–2.6, `asking` §2.7 (the order
//! in which a request is read), `action` §3, `resource` §4, `condition` and the readers `address`, `time`, `number`
//! §5, `truth` the three values that §2.9 needs, `text` what `*` means; §2.4 and §2.5 are below. Slow on purpose: no table, no index, no
//! cache, every statement is asked every time. It shares nothing that decides with the table or the check: where
//! both need a reader or a comparison, this room has its own, even a naive one, so that it can serve as an oracle.
//! Nearest spellings of what was asked wrongly are for the check; here an error has its code and its key.

mod action;
mod address;
mod asking;
mod condition;
mod matching;
mod number;
mod order;
mod principal;
mod resource;
mod seen;
mod text;
mod time;
mod truth;

pub use seen::{Clauses, Seen, clauses, seen};

use crate::check::{Decision, Reason, Request};
use crate::error::Result;
use crate::model::Model;
use asking::Asked;
use order::Verdict;
use principal::{Caller, Rule};

/// Decides a request by the letter of the semantics.
///
/// ```
/// use passgate::model::Model;
/// use passgate::{Error, Request, reference};
///
/// fn ask(model: &Model) -> Result<bool, Error> {
///     let request = Request::new("user:100001", "intlpartnersmgt:PayOrders").ip("203.0.113.9");
///     Ok(reference::decide(model, &request)?.allowed)
/// }
/// ```
///
/// # Errors
/// The caller's errors of semantics §2: `bad-request`, `unknown-action`, `bad-resource`, `bad-context`,
/// `bad-address`, `bad-time`, `unknown-group`, `unknown-policy`, `unresolved-variable`; the first fault in the order
/// of §2.7.
pub fn decide(model: &Model, request: &Request) -> Result<Decision> {
    let asked = asking::read(model, request)?;
    match principal::find(model, request)? {
        Caller::Root => Ok(root(model, &asked)),
        Caller::Unknown => Ok(answer(&asked, Reason::UnknownPrincipal, model, &[])),
        Caller::Known { policies, boundary } => {
            let attached = principal::rules(model, &policies);
            let boundary = boundary.map(|of| principal::rules(model, &of));
            bounded(model, &asked, &attached, boundary.as_deref())
        }
    }
}

/// §2.5 "It is allowed when each resource that plays a part (§4) is `*` or lies in the owner's account; otherwise
/// implicit deny. Policies and boundary are not read".
fn root(model: &Model, asked: &Asked<'_>) -> Decision {
    let owner = &model.settings.owner;
    let own = asked.resources.iter().all(|resource| resource::lies_in_owners_account(resource, owner));
    answer(asked, if own { Reason::Root } else { Reason::ImplicitDeny }, model, &[])
}

/// §2.4 "the request must be allowed by the attached policies **and** by the boundary (D). The attached policies are
/// decided first; if they do not allow, theirs is the reason. Reason `boundary` exactly when they allow and the
/// boundary does not, by deny or by silence".
fn bounded(
    model: &Model,
    asked: &Asked<'_>,
    attached: &[Rule<'_>],
    boundary: Option<&[Rule<'_>]>,
) -> Result<Decision> {
    let verdict = order::attached(&matching::tallies(model, asked, attached))?;
    let allows = match verdict {
        Verdict::Denied(denies) => return Ok(answer(asked, Reason::ExplicitDeny, model, &denies)),
        Verdict::Silent => return Ok(answer(asked, Reason::ImplicitDeny, model, &[])),
        Verdict::Allowed(allows) => allows,
    };
    let Some(boundary) = boundary else { return Ok(answer(asked, Reason::Allow, model, &allows)) };
    Ok(match order::boundary(&matching::tallies(model, asked, boundary))? {
        Verdict::Denied(denies) => answer(asked, Reason::Boundary, model, &denies),
        Verdict::Silent => answer(asked, Reason::Boundary, model, &[]),
        Verdict::Allowed(_) => answer(asked, Reason::Allow, model, &allows),
    })
}

/// The decision with the statements that decided, by place, each once.
fn answer(asked: &Asked<'_>, reason: Reason, model: &Model, rules: &[Rule<'_>]) -> Decision {
    Decision {
        allowed: reason.allowed(),
        reason,
        catalog: asked.action.catalog.clone(),
        statements: matching::places(model, rules),
    }
}
