//! Batches: columns in, one column of answers out. The interpreter is let go while the core decides.

use crate::answers::Answers;
use crate::column::{Given, Numbered, numbered_ips, numbers};
use crate::error::{guard, raise, raise_in_row};
use crate::gate::Gate;
use passgate::check::{Answers as Decided, Batch, Faults, IdBatch, IpNumbers};
use passgate::error::{Result, caught};
use passgate::{Error, ErrorCode};
use pyo3::prelude::*;

/// Decides columns of texts.
pub(crate) fn texts(
    gate: &Gate,
    principals: &Bound<'_, PyAny>,
    actions: &Bound<'_, PyAny>,
    ips: Option<&Bound<'_, PyAny>>,
    errors: &str,
) -> PyResult<Answers> {
    let py = principals.py();
    let faults = faults(py, errors)?;
    let principals = Given::hold(Some(principals), "principals")?;
    let actions = Given::hold(Some(actions), "actions")?;
    let ips = Given::hold(ips, "ips")?;
    let (who, what) = (principals.texts(py, "principals")?, actions.texts(py, "actions")?);
    let from = ips.ips(py, "ips")?;
    let batch = Batch { principals: who.column(), actions: what.column(), ips: from.column(), faults };
    let decided = py.detach(|| caught(|| gate.core().allows_many(&batch)));
    answers(py, decided, faults)
}

/// Decides columns of numbers.
pub(crate) fn by_number(
    gate: &Gate,
    principals: &Bound<'_, PyAny>,
    actions: &Bound<'_, PyAny>,
    ips: Option<&Bound<'_, PyAny>>,
    errors: &str,
) -> PyResult<Answers> {
    let py = principals.py();
    let faults = faults(py, errors)?;
    let (who, what) = (numbers(principals, "principals")?, numbers(actions, "actions")?);
    let from = numbered_ips(ips, "ips")?;
    let ips = match &from {
        Numbered::None => IpNumbers::None,
        Numbered::V4(rows) => IpNumbers::V4(rows.column()),
        Numbered::V6(rows) => IpNumbers::V6(rows.column()),
    };
    let batch = IdBatch { principals: who.column(), actions: what.column(), ips, faults };
    let decided = py.detach(|| caught(|| gate.core().allows_many_ids(&batch)));
    answers(py, decided, faults)
}

/// The numbers of a column of names, as an `array.array("I")`.
pub(crate) fn ids<'py>(
    gate: &Gate,
    names: &Bound<'py, PyAny>,
    number: fn(&passgate::Gate, &str) -> Result<u32>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = names.py();
    let held = Given::hold(Some(names), "names")?;
    let rows = held.texts(py, "names")?;
    let numbered = guard(py, || {
        Ok(rows.each(|name| {
            let none = || Error::new(ErrorCode::BadRequest, "the row has no name").with_key("names");
            number(gate.core(), name.ok_or_else(none)?)
        }))
    })?;
    let numbers = numbered.map_err(|(row, error)| raise_in_row(py, &error, row))?;
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_ne_bytes()).collect();
    let array = py.import("array")?.getattr("array")?.call1(("I",))?;
    array.call_method1("frombytes", (bytes.as_slice(),))?;
    Ok(array)
}

fn faults(py: Python<'_>, errors: &str) -> PyResult<Faults> {
    match errors {
        "raise" => Ok(Faults::First),
        "null" => Ok(Faults::All),
        other => {
            let message = format!("`errors` is `raise` or `null`, not `{other}`");
            Err(raise(py, &Error::new(ErrorCode::BadOption, message).with_key("errors")))
        }
    }
}

fn answers(py: Python<'_>, decided: Result<Decided>, faults: Faults) -> PyResult<Answers> {
    let decided = decided.map_err(|error| raise(py, &error))?;
    match (faults, decided.errors.first()) {
        (Faults::First, Some(first)) => Err(raise_in_row(py, &first.error, first.row)),
        _ => Ok(Answers::new(decided)),
    }
}
