//! Columns of a batch from Python values: lists, tuples, whatever has `tolist` (NumPy, pandas) or speaks Arrow
//! (pyarrow, polars, …), and single values that stand for every row.
//!
//! A [`Given`] holds what texts are borrowed from for as long as the batch lasts, so that nothing is copied and the
//! interpreter can be let go.

use crate::boundary::arrow::{self, Exported, Fault, Piece, Values};
use crate::convert;
use crate::error::{raise, raise_in_row};
use passgate::check::{Column, IpArgument};
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

/// The values of a column.
pub(crate) enum Rows<T> {
    Same(T),
    Each(Vec<T>),
    Coded { values: Vec<T>, codes: Vec<u32> },
}

impl<T: Copy> Rows<T> {
    pub(crate) fn column(&self) -> Column<'_, T> {
        match self {
            Rows::Same(value) => Column::Same(*value),
            Rows::Each(rows) => Column::Rows(rows),
            Rows::Coded { values, codes } => Column::Coded { values, codes },
        }
    }

    /// Something for each row, made once for each value; the first value that fails, with its row.
    pub(crate) fn each<U: Copy, E>(&self, make: impl Fn(T) -> Result<U, E>) -> Result<Vec<U>, (usize, E)> {
        let all = |values: &[T]| -> Result<Vec<U>, (usize, E)> {
            values.iter().enumerate().map(|(at, value)| make(*value).map_err(|e| (at, e))).collect()
        };
        match self {
            Rows::Same(value) => all(&[*value]),
            Rows::Each(rows) => all(rows),
            Rows::Coded { values, codes } => {
                let mut made: Vec<Option<U>> = vec![None; values.len()];
                let mut one = |(row, code): (usize, &u32)| {
                    let at = *code as usize;
                    // INVARIANT: codes lie within the values.
                    match (made.get(at).copied().flatten(), values.get(at)) {
                        (Some(known), _) => Ok(Some(known)),
                        (None, Some(value)) => {
                            let new = make(*value).map_err(|e| (row, e))?;
                            if let Some(place) = made.get_mut(at) {
                                *place = Some(new);
                            }
                            Ok(Some(new))
                        }
                        (None, None) => Ok(None),
                    }
                };
                codes.iter().enumerate().filter_map(|row| one(row).transpose()).collect()
            }
        }
    }

    fn map<U>(self, each: impl Fn(T) -> U) -> Rows<U> {
        match self {
            Rows::Same(value) => Rows::Same(each(value)),
            Rows::Each(rows) => Rows::Each(rows.into_iter().map(each).collect()),
            Rows::Coded { values, codes } => {
                Rows::Coded { values: values.into_iter().map(each).collect(), codes }
            }
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
    pub(crate) fn texts<'a>(&'a self, py: Python<'py>, name: &str) -> PyResult<Rows<Option<&'a str>>> {
        match self {
            Given::Nothing => Ok(Rows::Same(None)),
            Given::One(text) => Ok(Rows::Same(Some(str_in(py, text, name, None)?))),
            Given::Objects(objects) => {
                let text = |(row, object): (usize, &'a Bound<'py, PyAny>)| {
                    let Ok(string) = object.cast::<PyString>() else { return Ok(None) };
                    str_in(py, string, name, Some(row)).map(Some)
                };
                objects.as_slice().iter().enumerate().map(text).collect::<PyResult<_>>().map(Rows::Each)
            }
            Given::Arrow(exported) => texts(exported).map_err(|fault| refused(py, name, &fault, None)),
        }
    }

    /// Its texts as addresses; nothing given and null are no address.
    pub(crate) fn ips(&self, py: Python<'py>, name: &str) -> PyResult<Rows<IpArgument<'_>>> {
        Ok(self.texts(py, name)?.map(|text| text.map_or(IpArgument::None, IpArgument::Text)))
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
    string: &'a Bound<'_, PyString>,
    name: &str,
    row: Option<usize>,
) -> PyResult<&'a str> {
    string.to_str().map_err(|_| refused(py, name, "holds a lone surrogate", row))
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

/// The texts of a column of Arrow, null as none.
fn texts(exported: &Exported) -> Result<Rows<Option<&str>>, Fault> {
    let pieces = exported.pieces()?;
    let coded = |piece: &Piece<'_>| matches!(piece.values, Values::Coded { .. });
    if !pieces.is_empty() && pieces.iter().all(coded) {
        return coded_texts(pieces);
    }
    let mut rows = Vec::new();
    let length = pieces.iter().try_fold(0usize, |sum, piece| sum.checked_add(piece.length));
    // A column of nulls may claim any length: it has no buffers.
    let room = length.and_then(|length| rows.try_reserve_exact(length).ok());
    room.ok_or("is too long")?;
    for piece in &pieces {
        plain_texts(piece, &mut rows)?;
    }
    Ok(Rows::Each(rows))
}

fn plain_texts<'a>(piece: &Piece<'a>, rows: &mut Vec<Option<&'a str>>) -> Result<(), Fault> {
    match &piece.values {
        Values::Nulls => rows.extend(std::iter::repeat_n(None, piece.length)),
        Values::Texts { offsets, width, data } => {
            offset_texts(piece, (offsets, *width), data, rows)?;
        }
        Values::Views { views, data } => {
            for (row, view) in window(piece, views, 16) {
                let text =
                    if is_null(piece, row) { None } else { Some(viewed(view, data).ok_or_else(broken)?) };
                rows.push(text);
            }
        }
        _ => return Err("is a column of numbers, not of texts".into()),
    }
    Ok(())
}

/// The entries of a piece's rows, each with its row, in a buffer of entries from row 0 on.
fn window<'a>(piece: &Piece<'_>, entries: &'a [u8], width: usize) -> impl Iterator<Item = (usize, &'a [u8])> {
    let rows = piece.offset..piece.offset + piece.length;
    rows.clone()
        .zip(entries.get(rows.start * width..rows.end * width).unwrap_or_default().chunks_exact(width))
}

fn is_null(piece: &Piece<'_>, row: usize) -> bool {
    let byte = |bits: &[u8]| bits.get(row / 8).copied().unwrap_or(0);
    piece.validity.is_some_and(|bits| byte(bits) >> (row % 8) & 1 == 0)
}

fn broken() -> Fault {
    "has texts that are no UTF-8, or lie outside their buffers".into()
}

fn offset_texts<'a>(
    piece: &Piece<'_>,
    (offsets, width): (&[u8], usize),
    data: &'a [u8],
    rows: &mut Vec<Option<&'a str>>,
) -> Result<(), Fault> {
    if piece.length == 0 {
        return Ok(());
    }
    // Bytes before the first row of the piece may be anything.
    let at = |row: usize| number(offsets.get(row * width..(row + 1) * width)?);
    let first = at(piece.offset).ok_or_else(broken)?;
    let text = std::str::from_utf8(data.get(first..).ok_or_else(broken)?).map_err(|_| broken())?;
    let mut from = first;
    let ends = offsets.get((piece.offset + 1) * width..).unwrap_or_default().chunks_exact(width);
    for (row, end) in (piece.offset..piece.offset + piece.length).zip(ends) {
        let to = number(end).ok_or_else(broken)?;
        // INVARIANT: `from` is not below `first`: it is that, or an end that was checked.
        let one = to.checked_sub(first).and_then(|to| text.get(from - first..to)).ok_or_else(broken)?;
        rows.push((!is_null(piece, row)).then_some(one));
        from = to;
    }
    Ok(())
}

/// An offset of four bytes or eight; none where it is negative.
#[inline]
fn number(bytes: &[u8]) -> Option<usize> {
    match *bytes {
        [a, b, c, d] => usize::try_from(i32::from_ne_bytes([a, b, c, d])).ok(),
        [a, b, c, d, e, f, g, h] => usize::try_from(i64::from_ne_bytes([a, b, c, d, e, f, g, h])).ok(),
        _ => None,
    }
}

/// A text of up to twelve bytes lies in its view; a longer one in the buffer that its view names.
fn viewed<'a>(view: &'a [u8], data: &[&'a [u8]]) -> Option<&'a str> {
    let length = number(view.get(..4)?)?;
    let bytes = if length <= 12 {
        view.get(4..4 + length)?
    } else {
        let (buffer, from) = (number(view.get(8..12)?)?, number(view.get(12..16)?)?);
        data.get(buffer)?.get(from..from.checked_add(length)?)?
    };
    std::str::from_utf8(bytes).ok()
}

/// Dictionaries one after the other, and codes into all of them together; the last value is null.
fn coded_texts(pieces: Vec<Piece<'_>>) -> Result<Rows<Option<&str>>, Fault> {
    let (mut values, mut codes, mut nulls) = (Vec::new(), Vec::new(), Vec::new());
    for piece in &pieces {
        let Values::Coded { codes: given, width, signed, values: list } = &piece.values else { continue };
        let before = values.len();
        plain_texts(list, &mut values)?;
        for (row, code) in window(piece, given, *width) {
            if is_null(piece, row) {
                nulls.push(codes.len());
                codes.push(0);
                continue;
            }
            let place = code_of(code, *signed).filter(|place| *place < values.len() - before);
            let place = place.ok_or("has a code outside its dictionary")?;
            codes.push(u32::try_from(before + place).map_err(|_| "has too many values")?);
        }
    }
    let null = u32::try_from(values.len()).map_err(|_| "has too many values")?;
    values.push(None);
    for row in nulls {
        if let Some(code) = codes.get_mut(row) {
            *code = null;
        }
    }
    Ok(Rows::Coded { values, codes })
}

/// A code of one byte to eight, in the order of this machine; none where it is negative.
fn code_of(bytes: &[u8], signed: bool) -> Option<usize> {
    let number = match (bytes, signed) {
        ([a], true) => i64::from(i8::from_ne_bytes([*a])),
        ([a], false) => i64::from(*a),
        ([a, b], true) => i64::from(i16::from_ne_bytes([*a, *b])),
        ([a, b], false) => i64::from(u16::from_ne_bytes([*a, *b])),
        ([a, b, c, d], true) => i64::from(i32::from_ne_bytes([*a, *b, *c, *d])),
        ([a, b, c, d], false) => i64::from(u32::from_ne_bytes([*a, *b, *c, *d])),
        ([a, b, c, d, e, f, g, h], true) => i64::from_ne_bytes([*a, *b, *c, *d, *e, *f, *g, *h]),
        ([a, b, c, d, e, f, g, h], false) => {
            return usize::try_from(u64::from_ne_bytes([*a, *b, *c, *d, *e, *f, *g, *h])).ok();
        }
        _ => return None,
    };
    usize::try_from(number).ok()
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
        for (row, entry) in window(&piece, entries, N) {
            if is_null(&piece, row) {
                return Err(format!("has a null in row {}", rows.len()));
            }
            rows.push(<[u8; N]>::try_from(entry).map_err(|_| "is cut short")?);
        }
    }
    Ok(rows)
}
