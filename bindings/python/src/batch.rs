//! Batches: columns in, one column of answers out. The interpreter is let go while the core decides.
//!
//! Texts are read and decided a block of rows at a time: what was read of a block is still near when it is decided, and
//! takes no room that the table could have.

use crate::answers::Answers;
use crate::boundary::arrow::Fault;
use crate::column::{Given, Numbered, numbered_ips, numbers, refused};
use crate::error::{guard, raise, raise_in_row};
use crate::gate::Gate;
use crate::texts::{Reader, Texts};
use passgate::check::{Answers as Decided, Batch, Faults, IdBatch, IpArgument, IpNumbers, RowError};
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
    let columns = [principals.texts(py, "principals")?, actions.texts(py, "actions")?, ips.texts(py, "ips")?];
    let decided = py.detach(|| caught(|| Ok(Blocks::new(&columns).decide(gate.core(), faults))));
    match decided.map_err(|error| raise(py, &error))? {
        Ok(decided) => answers(py, Ok(decided), faults),
        Err(Stop::Refused(error)) => answers(py, Err(error), faults),
        Err(Stop::Unreadable(column, fault)) => Err(refused(py, column, &fault, None)),
    }
}

/// Rows of a block: what is read of them takes a part of the nearest cache but one.
const BLOCK: usize = 1_024;
/// Rows of a block for each value that is looked up anew in every block.
const ROWS_OF_VALUE: usize = 8;

/// Why a batch has no answers.
enum Stop {
    /// A column, and why it cannot be read.
    Unreadable(&'static str, Fault),
    /// The columns do not go together.
    Refused(Error),
}

/// Three columns that are read and decided a block after the other.
struct Blocks<'t, 'a> {
    principals: Reader<'t, 'a, Option<&'a str>>,
    actions: Reader<'t, 'a, Option<&'a str>>,
    ips: Reader<'t, 'a, IpArgument<'a>>,
    rows: usize,
    block: usize,
}

impl<'t, 'a> Blocks<'t, 'a> {
    fn new(columns: &'t [Texts<'a>; 3]) -> Self {
        let [principals, actions, ips] = columns;
        let mut lengths = columns.iter().filter_map(Texts::rows);
        let rows = lengths.next().unwrap_or(0);
        let values: usize = columns.iter().map(Texts::values).sum();
        // Columns that differ in length are handed on whole: the core says what is wrong with them.
        let even = lengths.all(|other| other == rows);
        let block = if even { BLOCK.max(values.saturating_mul(ROWS_OF_VALUE)) } else { usize::MAX };
        Blocks {
            principals: Reader::new(principals),
            actions: Reader::new(actions),
            ips: Reader::new(ips),
            rows,
            block,
        }
    }

    /// Decides all rows, or as many as come before the first error. A column that cannot be read further on is told
    /// all the same: no answers are given of it.
    fn decide(mut self, gate: &passgate::Gate, faults: Faults) -> std::result::Result<Decided, Stop> {
        let mut all = Decided { allowed: Vec::with_capacity(self.rows), errors: Vec::new() };
        let mut from = 0;
        loop {
            let batch = self.next(faults)?;
            if faults == Faults::All || all.errors.is_empty() {
                let decided = gate.allows_many(&batch).map_err(Stop::Refused)?;
                all.allowed.extend(decided.allowed);
                let row = |error: RowError| RowError { row: from + error.row, ..error };
                all.errors.extend(decided.errors.into_iter().map(row));
            }
            from = from.saturating_add(self.block);
            if from >= self.rows {
                return Ok(all);
            }
        }
    }

    fn next(&mut self, faults: Faults) -> std::result::Result<Batch<'_>, Stop> {
        let rows = self.block;
        Ok(Batch {
            principals: self.principals.next(rows).map_err(|fault| Stop::Unreadable("principals", fault))?,
            actions: self.actions.next(rows).map_err(|fault| Stop::Unreadable("actions", fault))?,
            ips: self.ips.next(rows).map_err(|fault| Stop::Unreadable("ips", fault))?,
            faults,
        })
    }
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
    let numbered = numbered.map_err(|fault| refused(py, "names", &fault, None))?;
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
