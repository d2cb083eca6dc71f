//! Errors of the core as exceptions of `passgate.errors`, and the guard that no panic passes.

use passgate::error::caught;
use passgate::grammar::Sources;
use passgate::report::{DiagnosticReport, reports};
use passgate::{Diagnostic, Error};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyList, PyString};
use serde_json::Value;

static BY_CODE: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
static REQUEST_ERROR: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Runs a call of the core; an error becomes its exception, a panic our `internal` error.
pub(crate) fn guard<T>(py: Python<'_>, call: impl FnOnce() -> passgate::error::Result<T>) -> PyResult<T> {
    caught(call).map_err(|error| raise(py, &error))
}

/// The exception of an error, ready to be raised.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    match exception(py, error) {
        Ok(value) => PyErr::from_value(value),
        Err(failed) => failed,
    }
}

/// The exception of an error in a row of a batch, ready to be raised.
pub(crate) fn raise_in_row(py: Python<'_>, error: &Error, row: usize) -> PyErr {
    match exception_in_row(py, error, row) {
        Ok(value) => PyErr::from_value(value),
        Err(failed) => failed,
    }
}

/// The exception of an error in a row of a batch as a value.
pub(crate) fn exception_in_row<'py>(
    py: Python<'py>,
    error: &Error,
    row: usize,
) -> PyResult<Bound<'py, PyAny>> {
    let value = exception(py, error)?;
    value.setattr("row", row)?;
    Ok(value)
}

/// The exception of an error as a value.
pub(crate) fn exception<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    let diagnostics = match error.sources() {
        Some(sources) => diagnostics(py, error.diagnostics(), sources)?,
        None => PyList::empty(py),
    };
    let code = error.code().as_str();
    class(py, code)?.call1((error.message(), code, error.key(), error.nearest().to_vec(), diagnostics))
}

fn class<'py>(py: Python<'py>, code: &str) -> PyResult<Bound<'py, PyAny>> {
    let classes = BY_CODE.get_or_try_init(py, || {
        let found = py.import("passgate.errors")?.getattr("BY_CODE")?.cast_into::<PyDict>()?.unbind();
        PyResult::Ok(found)
    })?;
    if let Some(class) = classes.bind(py).get_item(code)? {
        return Ok(class);
    }
    let default = REQUEST_ERROR.get_or_try_init(py, || {
        PyResult::Ok(py.import("passgate.errors")?.getattr("RequestError")?.unbind())
    })?;
    Ok(default.bind(py).clone())
}

/// Diagnostics as a list of dictionaries with the fields of `docs/errors.md`.
pub(crate) fn diagnostics<'py>(
    py: Python<'py>,
    told: &[Diagnostic],
    sources: &Sources,
) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for report in reports(told, sources) {
        list.append(fields(py, &report)?)?;
    }
    Ok(list)
}

fn fields<'py>(py: Python<'py>, report: &DiagnosticReport) -> PyResult<Bound<'py, PyAny>> {
    // A report holds texts, numbers, booleans and lists of them only: nothing in it is without a value.
    plain(py, &serde_json::to_value(report).unwrap_or_default())
}

fn plain<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Value::Null => Ok(py.None().into_bound(py)),
        Value::Bool(flag) => Ok(PyBool::new(py, *flag).to_owned().into_any()),
        Value::Number(number) => Ok(number.as_u64().into_pyobject(py)?.into_any()),
        Value::String(text) => Ok(PyString::new(py, text).into_any()),
        Value::Array(items) => {
            let list = PyList::empty(py);
            for item in items {
                list.append(plain(py, item)?)?;
            }
            Ok(list.into_any())
        }
        Value::Object(members) => {
            let dict = PyDict::new(py);
            for (name, member) in members {
                dict.set_item(name, plain(py, member)?)?;
            }
            Ok(dict.into_any())
        }
    }
}
