//! Faults as values, for `lib/gate.cjs` to throw: errors of the core, and panics as our `internal` error.

use crate::value::Data;
use napi::Either;
use napi_derive::napi;
use passgate::error::{Result, caught};
use passgate::report::{DiagnosticReport, reports};
use passgate::{Diagnostic, Error, grammar::Sources};

/// What is handed over instead of an answer.
#[napi(object, object_from_js = false, use_nullable = true)]
pub(crate) struct Failure {
    /// Stable code.
    pub code: &'static str,
    /// One line about it.
    pub message: String,
    /// The member, context key or variable at fault.
    pub key: Option<String>,
    /// Nearest valid spellings, best first.
    pub nearest: Vec<String>,
    /// Everything that is wrong with the texts.
    pub diagnostics: Told,
}

/// Diagnostics as plain objects.
pub(crate) type Told = Data<Vec<DiagnosticReport>>;

/// Diagnostics with their places worked out.
pub(crate) fn told(diagnostics: &[Diagnostic], sources: &Sources) -> Told {
    Data(reports(diagnostics, sources))
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Failure {
            code: error.code().as_str(),
            message: error.message().to_owned(),
            key: error.key().map(str::to_owned),
            nearest: error.nearest().to_vec(),
            diagnostics: error.sources().map_or_else(Data::default, |s| told(error.diagnostics(), s)),
        }
    }
}

/// An answer, or what is handed over instead.
pub(crate) type Answer<T> = Either<T, Failure>;

/// Runs a call of the core; an error is handed over as a value, a panic as our `internal` error.
pub(crate) fn guard<T>(call: impl FnOnce() -> Result<T>) -> Answer<T> {
    answer(caught(call))
}

/// A result as a value.
pub(crate) fn answer<T>(result: Result<T>) -> Answer<T> {
    match result {
        Ok(value) => Either::A(value),
        Err(error) => Either::B(Failure::from(&error)),
    }
}
