//! Columns of a batch from Python values: lists, tuples, whatever has `tolist` (NumPy, pandas) or speaks Arrow
//! (pyarrow, polars, …), and single values that stand for every row.
//!
//! A [`Given`] holds what texts are borrowed from for as long as the batch lasts, so that nothing is copied and the
//! interpreter can be let go. How texts are read is in `texts`.

use crate::boundary::arrow::{self, Exported, Fault, Values};
use crate::boundary::text::text;
use crate::convert;
use crate::error::{raise, raise_in_row};
use crate::texts::{self, Texts, is_null, window};
use passgate::check::Column;
use passgate::{Error, ErrorCode};
use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyList, PyString, PyTuple};

/// A column as it was given.
pub(crate) enum Given<'py> {
    Nothing,
    /// One text for every row.
    One(Bound<'py, PyString>),
    /// Strings and `None`.
    Objects(Bound<'py, PyTuple>),
    Arrow(Exported),
}

/// Numbers of a column.
pub(crate) enum Rows<T> {
    Same(T),
    Each(Vec<T>),
}

impl<T: Copy> Rows<T> {
    pub(crate) fn column(&self) -> Column<'_, T> {
        match self {
            Rows::Same(value) => Column::Same(*value),
            Rows::Each(rows) => Column::Rows(rows),
        }
    }
}

impl<'py> Given<'py> {
    /// Takes hold of a column.
    pub(crate) fn hold(value: Option<&Bound<'py, PyAny>>, name: &str) -> PyResult<Self> {
        let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(Given::Nothing) };
        if let Some(one) = convert::stands_for_text(value) {
            return Ok(Given::One(one));
        }
        if let Some(exported) = arrow::import(value)? {
            return Ok(Given::Arrow(exported));
        }
        Ok(Given::Objects(texts_of(&objects(value)?, name)?))
    }

    /// Its texts, where they lie.
    pub(crate) fn texts<'a>(&'a self, py: Python<'py>, name: &str) -> PyResult<Texts<'a>> {
        match self {
            Given::Nothing => Ok(Texts::Same(None)),
            Given::One(text) => Ok(Texts::Same(Some(str_in(py, text, name, None)?))),
            Given::Objects(objects) => {
                let text = |(row, object): (usize, &'a Bound<'py, PyAny>)| {
                    if object.is_none() { Ok(None) } else { str_in(py, object, name, Some(row)).map(Some) }
                };
                objects.as_slice().iter().enumerate().map(text).collect::<PyResult<_>>().map(Texts::Rows)
            }
            Given::Arrow(exported) => texts::of(exported).map_err(|fault| refused(py, name, &fault, None)),
        }
    }
}

/// A batch that cannot be read: the whole of it is refused.
#[cold]
pub(crate) fn refused(py: Python<'_>, name: &str, what: &str, row: Option<usize>) -> PyErr {
    let place = row.map_or(String::new(), |row| format!(" in row {row}"));
    let error = Error::new(ErrorCode::BadRequest, format!("`{name}`{place} {what}")).with_key(name);
    row.map_or_else(|| raise(py, &error), |row| raise_in_row(py, &error, row))
}

fn str_in<'a>(
    py: Python<'_>,
    string: &'a Bound<'_, PyAny>,
    name: &str,
    row: Option<usize>,
) -> PyResult<&'a str> {
    text(string).ok_or_else(|| refused(py, name, "holds a lone surrogate", row))
}

/// What a sequence, an array or an iterable holds, held.
fn objects<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
    if let Ok(list) = value.cast::<PyList>() {
        return Ok(list.to_tuple());
    }
    if let Ok(tuple) = value.cast::<PyTuple>() {
        return Ok(tuple.clone());
    }
    let listed = if value.hasattr("tolist")? { value.call_method0("tolist")? } else { value.clone() };
    value.py().get_type::<PyTuple>().call1((listed,))?.cast_into::<PyTuple>().map_err(Into::into)
}

/// The same with a string for whatever stands for a text; `None` stays.
fn texts_of<'py>(objects: &Bound<'py, PyTuple>, name: &str) -> PyResult<Bound<'py, PyTuple>> {
    let py = objects.py();
    let plain = |object: &Bound<'py, PyAny>| object.is_instance_of::<PyString>() || object.is_none();
    if objects.as_slice().iter().all(plain) {
        return Ok(objects.clone());
    }
    let text = |(row, object): (usize, &Bound<'py, PyAny>)| {
        if plain(object) {
            return Ok(object.clone());
        }
        convert::stands_for_text(object).map(Bound::into_any).ok_or_else(|| {
            refused(py, name, &format!("holds a value of type {}", convert::type_name(object)), Some(row))
        })
    };
    let texts = objects.as_slice().iter().enumerate().map(text).collect::<PyResult<Vec<_>>>()?;
    PyTuple::new(py, texts)
}

/// Numbers of a column: an `int` for every row, an Arrow column of `uint32`, a buffer of them, or a list of `int`.
pub(crate) fn numbers(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Rows<u32>> {
    let py = value.py();
    let wrong = |what: &str| refused(py, name, what, None);
    if value.is_instance_of::<PyInt>() {
        return value.extract().map(Rows::Same).map_err(|_| wrong("is no number of four bytes"));
    }
    if let Some(exported) = arrow::import(value)? {
        let words = fixed::<4>(&exported).map_err(|fault| wrong(&fault))?;
        return Ok(Rows::Each(words.iter().map(|word| u32::from_ne_bytes(*word)).collect()));
    }
    if let Ok(buffer) = PyBuffer::<u32>::get(value) {
        return if buffer.dimensions() == 1 {
            buffer.to_vec(py).map(Rows::Each)
        } else {
            Err(wrong("has rows of rows"))
        };
    }
    let listed = value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>();
    let numbers = listed.then(|| value.extract::<Vec<u32>>().ok()).flatten();
    numbers.map(Rows::Each).ok_or_else(|| wrong("is a column of `uint32`, or a list of such numbers"))
}

/// Addresses of a column of numbers.
pub(crate) enum Numbered {
    None,
    V4(Rows<u32>),
    V6(Rows<[u8; 16]>),
}

/// IPv4 addresses as numbers, IPv6 addresses as sixteen bytes each.
pub(crate) fn numbered_ips(value: Option<&Bound<'_, PyAny>>, name: &str) -> PyResult<Numbered> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(Numbered::None) };
    let py = value.py();
    let wrong = |what: &str| refused(py, name, what, None);
    if let Some(exported) = arrow::import(value)? {
        let wide = exported.pieces().map_err(|fault| wrong(&fault))?;
        if wide.iter().any(|piece| matches!(piece.values, Values::Sixteens(_))) {
            return fixed::<16>(&exported).map(|rows| Numbered::V6(Rows::Each(rows))).map_err(|f| wrong(&f));
        }
        let words = fixed::<4>(&exported).map_err(|fault| wrong(&fault))?;
        return Ok(Numbered::V4(Rows::Each(words.iter().map(|word| u32::from_ne_bytes(*word)).collect())));
    }
    if let Ok(buffer) = PyBuffer::<u8>::get(value) {
        let bytes = buffer.to_vec(py)?;
        let (rows, rest) = bytes.as_chunks::<16>();
        let even = rest.is_empty() && matches!(buffer.shape(), [_] | [_, 16]);
        return if even {
            Ok(Numbered::V6(Rows::Each(rows.to_vec())))
        } else {
            Err(wrong("is not sixteen bytes a row"))
        };
    }
    numbers(value, name).map(Numbered::V4)
}

/// Entries of so many bytes, none of them null.
fn fixed<const N: usize>(exported: &Exported) -> Result<Vec<[u8; N]>, Fault> {
    let mut rows = Vec::new();
    for piece in exported.pieces()? {
        let entries = match (&piece.values, N) {
            (Values::Words(entries), 4) | (Values::Sixteens(entries), 16) => *entries,
            _ => return Err("is no Arrow column of `uint32`, or for addresses of sixteen bytes".into()),
        };
        let entries = window(entries, piece.offset..piece.offset + piece.length);
        if piece.validity.is_some() {
            let null = (0..piece.length).position(|row| is_null(&piece, piece.offset + row));
            if let Some(row) = null {
                return Err(format!("has a null in row {}", rows.len() + row));
            }
        }
        rows.extend_from_slice(entries);
    }
    Ok(rows)
}
