//! Columns that others export through the Arrow C data interface (`__arrow_c_array__`, `__arrow_c_stream__`), as slices
//! of bytes.
//!
//! <https://arrow.apache.org/docs/format/CDataInterface.html> and its page on the PyCapsule protocol are followed to the
//! letter; what they forbid is an error. What the bytes say is read elsewhere (`column`), in safe code.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};
use std::ffi::{CStr, c_char, c_int, c_void};

/// Why a column cannot be read, in words that follow its name.
pub(crate) type Fault = String;

/// A type, as the interface describes it.
#[repr(C)]
pub(super) struct Schema {
    pub(super) format: *const c_char,
    pub(super) name: *const c_char,
    pub(super) metadata: *const c_char,
    pub(super) flags: i64,
    pub(super) n_children: i64,
    pub(super) children: *mut *mut Schema,
    pub(super) dictionary: *mut Schema,
    pub(super) release: Release<Schema>,
    pub(super) private_data: *mut c_void,
}

/// Values of a type.
#[repr(C)]
pub(super) struct Array {
    pub(super) length: i64,
    pub(super) null_count: i64,
    pub(super) offset: i64,
    pub(super) n_buffers: i64,
    pub(super) n_children: i64,
    pub(super) buffers: *const *const c_void,
    pub(super) children: *mut *mut Array,
    pub(super) dictionary: *mut Array,
    pub(super) release: Release<Array>,
    pub(super) private_data: *mut c_void,
}

/// Arrays of one type, one after the other.
#[repr(C)]
struct Stream {
    get_schema: Option<unsafe extern "C" fn(*mut Stream, *mut Schema) -> c_int>,
    get_next: Option<unsafe extern "C" fn(*mut Stream, *mut Array) -> c_int>,
    get_last_error: Option<unsafe extern "C" fn(*mut Stream) -> *const c_char>,
    release: Release<Stream>,
    private_data: *mut c_void,
}

/// How a structure is released; none once it is.
type Release<T> = Option<unsafe extern "C" fn(*mut T)>;

/// A structure of the interface that whoever holds it releases.
pub(super) trait Released: Sized {
    /// One that is released, and holds nothing.
    const NONE: Self;

    /// Its own field `release`.
    fn slot(&mut self) -> &mut Release<Self>;

    fn is_released(&mut self) -> bool {
        self.slot().is_none()
    }

    /// Calls `release`, which marks the structure as released.
    fn release(&mut self) {
        if let Some(release) = *self.slot() {
            // SAFETY: not released yet, and `self` is where the structure lies: what `release` asks for.
            unsafe { release(self) };
            *self.slot() = None;
        }
    }
}

impl Released for Schema {
    const NONE: Schema = Schema {
        format: std::ptr::null(),
        name: std::ptr::null(),
        metadata: std::ptr::null(),
        flags: 0,
        n_children: 0,
        children: std::ptr::null_mut(),
        dictionary: std::ptr::null_mut(),
        release: None,
        private_data: std::ptr::null_mut(),
    };

    fn slot(&mut self) -> &mut Release<Schema> {
        &mut self.release
    }
}

impl Released for Array {
    const NONE: Array = Array {
        length: 0,
        null_count: 0,
        offset: 0,
        n_buffers: 0,
        n_children: 0,
        buffers: std::ptr::null(),
        children: std::ptr::null_mut(),
        dictionary: std::ptr::null_mut(),
        release: None,
        private_data: std::ptr::null_mut(),
    };

    fn slot(&mut self) -> &mut Release<Array> {
        &mut self.release
    }
}

impl Released for Stream {
    const NONE: Stream = Stream {
        get_schema: None,
        get_next: None,
        get_last_error: None,
        release: None,
        private_data: std::ptr::null_mut(),
    };

    fn slot(&mut self) -> &mut Release<Stream> {
        &mut self.release
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        self.release();
    }
}

impl Drop for Array {
    fn drop(&mut self) {
        self.release();
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.release();
    }
}

/// A column that was handed over: its type and its arrays, released when it is dropped.
pub(crate) struct Exported {
    schema: Schema,
    arrays: Vec<Array>,
}

/// One array of a column, its buffers as bytes.
pub(crate) struct Piece<'a> {
    /// Number of the first row.
    pub(crate) offset: usize,
    /// Rows.
    pub(crate) length: usize,
    /// A bit for each row from row 0 on; none where no row is null.
    pub(crate) validity: Option<&'a [u8]>,
    pub(crate) values: Values<'a>,
}

/// The values of an array from row 0 on.
pub(crate) enum Values<'a> {
    /// Every row is null.
    Nulls,
    /// Offsets of four bytes or eight into UTF-8.
    Texts { offsets: &'a [u8], width: usize, data: &'a [u8] },
    /// Views of sixteen bytes, and what the long ones point into.
    Views { views: &'a [u8], data: Vec<&'a [u8]> },
    /// Numbers of four bytes without sign.
    Words(&'a [u8]),
    /// Sixteen bytes each.
    Sixteens(&'a [u8]),
    /// Places in a list of values.
    Coded { codes: &'a [u8], width: usize, signed: bool, values: Box<Piece<'a>> },
}

/// Takes over the column that an object exports; none where it speaks no Arrow.
pub(crate) fn import(object: &Bound<'_, PyAny>) -> PyResult<Option<Exported>> {
    if object.hasattr("__arrow_c_array__")? {
        let pair = object.call_method0("__arrow_c_array__")?;
        let (schema, array) =
            pair.cast_into::<PyTuple>()?.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        let (schema, array) = (take(&schema, c"arrow_schema")?, take(&array, c"arrow_array")?);
        return Ok(Some(Exported { schema, arrays: vec![array] }));
    }
    if object.hasattr("__arrow_c_stream__")? {
        let mut stream: Stream = take(&object.call_method0("__arrow_c_stream__")?, c"arrow_array_stream")?;
        return stream.all().map(Some).map_err(PyValueError::new_err);
    }
    Ok(None)
}

/// Moves a structure out of its capsule, which keeps a released one.
fn take<T: Released>(object: &Bound<'_, PyAny>, name: &CStr) -> PyResult<T> {
    let capsule = object.cast::<PyCapsule>()?;
    let place = capsule.pointer_checked(Some(name))?.cast::<T>();
    // SAFETY: a capsule of this name points to such a structure, and is handed to one consumer: nobody else moves it now.
    // Moving is copying and marking what is left as released, as the interface says.
    let mut taken = unsafe { place.as_ptr().replace(T::NONE) };
    if taken.is_released() {
        return Err(PyValueError::new_err(format!(
            "the Arrow structure `{}` is released",
            name.to_string_lossy()
        )));
    }
    Ok(taken)
}

impl Stream {
    fn all(&mut self) -> Result<Exported, Fault> {
        let (Some(get_schema), Some(get_next)) = (self.get_schema, self.get_next) else {
            return Err("the Arrow stream lacks its functions".into());
        };
        let mut schema = Schema::NONE;
        // SAFETY: the stream is not released, and `schema` is a place for a structure.
        let failed = unsafe { get_schema(self, &mut schema) };
        self.went_well(failed)?;
        if schema.is_released() {
            return Err("the Arrow stream has no schema".into());
        }
        let mut arrays = Vec::new();
        loop {
            let mut array = Array::NONE;
            // SAFETY: the stream is not released, and `array` is a place for a structure.
            let failed = unsafe { get_next(self, &mut array) };
            self.went_well(failed)?;
            if array.is_released() {
                return Ok(Exported { schema, arrays });
            }
            arrays.push(array);
        }
    }

    fn went_well(&mut self, failed: c_int) -> Result<(), Fault> {
        if failed == 0 {
            return Ok(());
        }
        let Some(last_error) = self.get_last_error else {
            return Err(format!("the Arrow stream failed: {failed}"));
        };
        // SAFETY: the stream is not released; the text, where there is one, lives until the next call on it.
        let said = unsafe {
            let text = last_error(self);
            if text.is_null() { String::new() } else { CStr::from_ptr(text).to_string_lossy().into_owned() }
        };
        Err(format!("the Arrow stream failed: {failed} {said}"))
    }
}

impl Exported {
    /// Its arrays as bytes.
    pub(crate) fn pieces(&self) -> Result<Vec<Piece<'_>>, Fault> {
        self.arrays.iter().map(|array| piece(&self.schema, array)).collect()
    }
}

fn piece<'a>(schema: &'a Schema, array: &'a Array) -> Result<Piece<'a>, Fault> {
    let lists = if schema.dictionary.is_null() { 0 } else { 1 };
    if array.dictionary.is_null() != (lists == 0) {
        return Err("has a dictionary either in its schema or in its array, not in both".into());
    }
    if array.n_children != 0 || schema.n_children != 0 {
        return Err(format!("is of the Arrow type `{}`, which has children", format(schema)?));
    }
    let length = usize::try_from(array.length).map_err(|_| "has a negative length")?;
    let offset = usize::try_from(array.offset).map_err(|_| "has a negative offset")?;
    let rows =
        offset.checked_add(length).filter(|rows| *rows < isize::MAX as usize / 16).ok_or("is too long")?;
    if array.null_count < -1 || array.null_count > array.length {
        return Err("counts more nulls than rows".into());
    }
    let raw = Buffers { array, rows };
    let values = raw.values(schema)?;
    let validity = match values {
        Values::Nulls => None,
        _ => raw.validity()?,
    };
    Ok(Piece { offset, length, validity, values })
}

fn format(schema: &Schema) -> Result<&str, Fault> {
    if schema.format.is_null() {
        return Err("has an Arrow schema without format".into());
    }
    // SAFETY: the format is a text of C that lives as long as the schema, which is not released.
    let text = unsafe { CStr::from_ptr(schema.format) };
    text.to_str().map_err(|_| "has an Arrow format that is no text".into())
}

/// The buffers of an array that spans so many rows from row 0 on.
#[derive(Clone, Copy)]
struct Buffers<'a> {
    array: &'a Array,
    rows: usize,
}

impl<'a> Buffers<'a> {
    fn values(self, schema: &'a Schema) -> Result<Values<'a>, Fault> {
        let format = format(schema)?;
        // SAFETY: not null or there is none; it belongs to the schema, and lives as long as it.
        if let Some(values) = unsafe { schema.dictionary.as_ref() } {
            return self.coded(format, values);
        }
        let count = usize::try_from(self.array.n_buffers).unwrap_or(0);
        match (format, count) {
            ("n", 0) => Ok(Values::Nulls),
            ("u", 3) => self.texts(4),
            ("U", 3) => self.texts(8),
            ("vu", 3..) => self.views(count),
            ("I", 2) => Ok(Values::Words(self.bytes(1, self.rows * 4)?)),
            ("w:16", 2) => Ok(Values::Sixteens(self.bytes(1, self.rows * 16)?)),
            ("n" | "u" | "U" | "vu" | "I" | "w:16", _) => {
                Err(format!("has {} buffers, which the Arrow type `{format}` has not", self.array.n_buffers))
            }
            _ => Err(format!("is of the Arrow type `{format}`")),
        }
    }

    fn coded(self, format: &str, schema: &'a Schema) -> Result<Values<'a>, Fault> {
        let (width, signed) = match format {
            "c" | "C" => (1, format == "c"),
            "s" | "S" => (2, format == "s"),
            "i" | "I" => (4, format == "i"),
            "l" | "L" => (8, format == "l"),
            _ => return Err(format!("has codes of the Arrow type `{format}`")),
        };
        if self.array.n_buffers != 2 {
            return Err(format!("has {} buffers, and a dictionary", self.array.n_buffers));
        }
        // SAFETY: not null or there is none; it belongs to the array, and lives as long as it.
        let array = unsafe { self.array.dictionary.as_ref() }.ok_or("has no dictionary")?;
        let values = Box::new(piece(schema, array)?);
        if matches!(values.values, Values::Coded { .. }) {
            return Err("has a dictionary of a dictionary".into());
        }
        Ok(Values::Coded { codes: self.bytes(1, self.rows * width)?, width, signed, values })
    }

    fn texts(self, width: usize) -> Result<Values<'a>, Fault> {
        if self.array.length == 0 {
            return Ok(Values::Texts { offsets: &[], width, data: &[] });
        }
        let offsets = self.bytes(1, (self.rows + 1) * width)?;
        let last = offsets.chunks_exact(width).next_back().and_then(number).ok_or("has no offsets")?;
        let end = usize::try_from(last).map_err(|_| "has a negative offset into its text")?;
        Ok(Values::Texts { offsets, width, data: self.bytes(2, end)? })
    }

    fn views(self, count: usize) -> Result<Values<'a>, Fault> {
        let views = self.bytes(1, self.rows * 16)?;
        let several = count - 3;
        let sizes = self.bytes(count - 1, several.checked_mul(8).ok_or("has too many buffers")?)?;
        let size = |bytes: &[u8]| number(bytes).and_then(|n| usize::try_from(n).ok());
        let sized = (2..).zip(sizes.chunks_exact(8));
        let data =
            sized.map(|(at, bytes)| self.bytes(at, size(bytes).ok_or("has a buffer of a negative size")?));
        Ok(Values::Views { views, data: data.collect::<Result<_, Fault>>()? })
    }

    fn validity(self) -> Result<Option<&'a [u8]>, Fault> {
        if self.pointer(0)?.is_null() {
            return if self.array.null_count > 0 {
                Err("has nulls that no bitmap shows".into())
            } else {
                Ok(None)
            };
        }
        self.bytes(0, self.rows.div_ceil(8)).map(Some)
    }

    fn pointer(self, at: usize) -> Result<*const c_void, Fault> {
        let count = usize::try_from(self.array.n_buffers).unwrap_or(0);
        if self.array.buffers.is_null() || at >= count {
            return Err("has no buffers".into());
        }
        // SAFETY: there are `n_buffers` pointers.
        Ok(unsafe { *self.array.buffers.add(at) })
    }

    /// The first bytes of a buffer: as many as format, length and offset of the array ask for.
    fn bytes(self, at: usize, bytes: usize) -> Result<&'a [u8], Fault> {
        if bytes == 0 {
            return Ok(&[]);
        }
        let pointer = self.pointer(at)?.cast::<u8>();
        if pointer.is_null() {
            return Err("has a null buffer".into());
        }
        if bytes > isize::MAX as usize {
            return Err("is too long".into());
        }
        // SAFETY: the producer keeps at least these bytes, unchanged, until the array is released, and the array is
        // borrowed for as long as the slice.
        Ok(unsafe { std::slice::from_raw_parts(pointer, bytes) })
    }
}

/// A number with sign of four or eight bytes, in the order of this machine.
fn number(bytes: &[u8]) -> Option<i64> {
    match *bytes {
        [a, b, c, d] => Some(i32::from_ne_bytes([a, b, c, d]).into()),
        [a, b, c, d, e, f, g, h] => Some(i64::from_ne_bytes([a, b, c, d, e, f, g, h])),
        _ => None,
    }
}
