//! The answers of a batch as Python sees them: a column of booleans that NumPy and whatever speaks Arrow take over.

use crate::boundary::export;
use crate::error::{exception_in_row, raise_in_row};
use passgate::check::Answers as Decided;
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyCapsule, PyDict, PyIterator, PyList};

/// For each row of a batch whether it is allowed; `None` where it could not be answered.
#[pyclass(frozen, sequence, module = "passgate")]
pub(crate) struct Answers(Decided);

impl Answers {
    pub(crate) fn new(decided: Decided) -> Self {
        Answers(decided)
    }
}

#[pymethods]
impl Answers {
    fn __len__(&self) -> usize {
        self.0.allowed.len()
    }

    fn __getitem__(&self, index: isize) -> PyResult<Option<bool>> {
        let rows = &self.0.allowed;
        let at = if index < 0 { rows.len().checked_add_signed(index) } else { usize::try_from(index).ok() };
        let row = at.and_then(|at| rows.get(at)).copied();
        row.ok_or_else(|| PyIndexError::new_err("the batch has no such row"))
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        self.to_list(py)?.try_iter()
    }

    /// Why rows could not be answered, in order; the `row` of each error says which.
    #[getter]
    fn errors<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for error in &self.0.errors {
            list.append(exception_in_row(py, &error.error, error.row)?)?;
        }
        Ok(list)
    }

    /// The answers as a list of `True`, `False` and `None`.
    fn to_list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        PyList::new(py, &self.0.allowed)
    }

    /// The answers as a new NumPy array of booleans. Raises the first error where there is one: such an array could
    /// not tell it from a deny.
    fn to_numpy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        if let Some(first) = self.0.errors.first() {
            return Err(raise_in_row(py, &first.error, first.row));
        }
        let bytes: Vec<u8> = self.0.allowed.iter().map(|row| u8::from(*row == Some(true))).collect();
        let dtype = PyDict::new(py);
        dtype.set_item("dtype", "bool")?;
        let bytes = PyByteArray::new(py, &bytes);
        py.import("numpy")?.getattr("frombuffer")?.call((bytes,), Some(&dtype))
    }

    #[pyo3(signature = (dtype=None, copy=None))]
    fn __array__<'py>(
        &self,
        py: Python<'py>,
        dtype: Option<&Bound<'py, PyAny>>,
        copy: Option<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if copy == Some(false) {
            let message = "the answers of a batch become an array by a copy";
            return Err(pyo3::exceptions::PyValueError::new_err(message));
        }
        let array = self.to_numpy(py)?;
        match dtype {
            Some(dtype) => array.call_method1("astype", (dtype,)),
            None => Ok(array),
        }
    }

    /// The type as a capsule of the Arrow C data interface: booleans, null where a row has an error.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        export::schema(py)
    }

    /// Type and values as capsules of the Arrow C data interface.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>)> {
        // The interface lets a producer keep its own type where it has no other.
        let _ = requested_schema;
        Ok((export::schema(py)?, export::array(py, &self.0.allowed)?))
    }

    fn __repr__(&self) -> String {
        let allowed = self.0.allowed.iter().filter(|row| **row == Some(true)).count();
        let (rows, errors) = (self.0.allowed.len(), self.0.errors.len());
        format!("Answers({rows} rows: {allowed} allowed, {errors} errors)")
    }
}
