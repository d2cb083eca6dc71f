//! Questions about the whole set: one entry for all of them, which lets go of the interpreter lock while it answers. An
//! answer is what the core writes as JSON, read by Python's own reader; `passgate.questions` has its types.

use crate::convert::{self, Given};
use crate::error::{guard, raise};
use crate::gate::Gate;
use passgate::analysis::wire;
use passgate::error::caught;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Asks a question of gates. An option that is `None` is not given.
pub(crate) fn ask<'py>(
    py: Python<'py>,
    gates: &[&Gate],
    question: &str,
    given: &[Given<'_, 'py>],
) -> PyResult<Bound<'py, PyAny>> {
    let options = guard(py, || convert::members(given))?;
    let gates: Vec<&passgate::Gate> = gates.iter().map(|gate| gate.core()).collect();
    let answered = py.detach(|| caught(|| wire::answer_value(&gates, question, &options)));
    let answer = answered.map_err(|error| raise(py, &error))?;
    LOADS.import(py, "json", "loads")?.call1((answer,))
}
