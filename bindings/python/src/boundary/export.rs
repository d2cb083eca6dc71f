//! Our answers through the Arrow C data interface: a column of booleans, null where a row has an error.

use super::arrow::{Array, Released, Schema};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use std::ffi::c_void;

/// A type with nulls.
const NULLABLE: i64 = 2;

// SAFETY: what the structures point to is owned by them, immutable, and freed by whichever thread releases them.
unsafe impl Send for Schema {}
// SAFETY: as above.
unsafe impl Send for Array {}

/// What an exported array points to.
struct Kept {
    buffers: [*const c_void; 2],
    _validity: Vec<u8>,
    _bits: Vec<u8>,
}

/// The capsule of the type.
pub(crate) fn schema(py: Python<'_>) -> PyResult<Bound<'_, PyCapsule>> {
    unsafe extern "C" fn release(schema: *mut Schema) {
        // SAFETY: called with the structure that is to be released. Its texts are constants.
        unsafe { (*schema).release = None };
    }
    let mut schema = Schema::NONE;
    (schema.format, schema.name) = (c"b".as_ptr(), c"".as_ptr());
    schema.flags = NULLABLE;
    schema.release = Some(release);
    PyCapsule::new_with_value(py, schema, c"arrow_schema")
}

/// The capsule of the values.
pub(crate) fn array<'py>(py: Python<'py>, rows: &[Option<bool>]) -> PyResult<Bound<'py, PyCapsule>> {
    unsafe extern "C" fn release(array: *mut Array) {
        // SAFETY: called once, with the structure that is to be released; its data was a box of `Kept`.
        unsafe {
            drop(Box::from_raw((*array).private_data.cast::<Kept>()));
            (*array).release = None;
        }
    }
    let pack = |is: fn(&Option<bool>) -> bool| -> Vec<u8> {
        let byte = |rows: &[Option<bool>]| {
            (0u8..).zip(rows).fold(0, |byte, (at, row)| byte | u8::from(is(row)) << at)
        };
        rows.chunks(8).map(byte).collect()
    };
    let (validity, bits) = (pack(|row| row.is_some()), pack(|row| *row == Some(true)));
    let nulls = rows.iter().filter(|row| row.is_none()).count();
    // The bytes of a vector stay where they are when the vector is moved.
    let of_validity = if nulls == 0 { std::ptr::null() } else { validity.as_ptr().cast() };
    let buffers = [of_validity, bits.as_ptr().cast()];
    let kept = Box::new(Kept { buffers, _validity: validity, _bits: bits });
    let mut array = Array::NONE;
    (array.length, array.null_count) = (count(rows.len()), count(nulls));
    (array.n_buffers, array.buffers) = (2, kept.buffers.as_ptr());
    array.private_data = Box::into_raw(kept).cast();
    array.release = Some(release);
    PyCapsule::new_with_value(py, array, c"arrow_array")
}

fn count(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
