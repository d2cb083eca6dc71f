//! The engines that answer requests over one model: the reference evaluator and the compiled table.

use crate::answer::Answer;
use passgate::check::Request;
use passgate::model::Model;
use passgate::{Gate, reference};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

/// A model with its table.
#[derive(Debug)]
pub struct Engines {
    /// The model.
    pub model: Arc<Model>,
    gate: passgate::Result<Gate>,
}

impl Engines {
    /// Compiles the table of a model.
    pub fn new(model: Model) -> Engines {
        Engines { gate: Gate::from_model(model.clone()), model: Arc::new(model) }
    }

    /// What the reference says.
    pub fn reference(&self, request: &Request) -> Answer {
        Answer::of(reference::decide(&self.model, request))
    }

    /// What the table says.
    pub fn table(&self, request: &Request) -> Answer {
        Answer::of(self.gate.clone().and_then(|gate| gate.check(request)))
    }

    /// Where a short way to ask (`allows`, handles) differs from a whole request with the same principal, action and
    /// address.
    pub fn short_ways(&self, request: &Request) -> Option<String> {
        short_ways(self.gate.as_ref().ok()?, request)
    }

    /// The kind of the cell that a request falls in, where it falls in one.
    pub fn cell(&self, request: &Request) -> Option<&'static str> {
        let gate = self.gate.as_ref().ok()?;
        let cell = gate.cell(&request.principal, &request.action, request.ip.as_ref()).ok()??;
        Some(cell.as_str())
    }
}

/// Asks for the principal, action and address of a request alone, in every way there is; says where two differ.
fn short_ways(gate: &Gate, request: &Request) -> Option<String> {
    let (principal, action, ip) = (&request.principal, &request.action, &request.ip);
    let mut plain = Request::new(principal.clone(), action.clone());
    plain.ip.clone_from(ip);
    let expected = gate.check(&plain).map(|decision| decision.allowed).map_err(|error| error.code());
    let by_text = gate.allows(principal, action, ip.as_ref()).map_err(|error| error.code());
    if by_text != expected {
        return Some(format!("`allows` says {by_text:?}, `check` {expected:?}: {plain:?}"));
    }
    let (Ok(who), Ok(what)) = (gate.principal(principal), gate.action(action)) else { return None };
    let by_handle = who.allows(&what, ip.as_ref()).map_err(|error| error.code());
    let differs = by_handle != expected;
    differs.then(|| format!("a handle says {by_handle:?}, `check` {expected:?}: {plain:?}"))
}

/// Runs this; a panic is told as a fault of its own, so that it can be shrunk like any other.
pub fn caught<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(run)).map_err(|cause| {
        let text = cause.downcast_ref::<String>().cloned();
        text.or_else(|| cause.downcast_ref::<&str>().map(|t| (*t).to_owned())).unwrap_or_default()
    })
}
