//! Texts of Python where they lie.
//!
//! A string of ASCII alone, which names and addresses are, is read from the object itself: the call that hands out its
//! UTF-8 takes longer than reading it. Any other string goes through that call.

use pyo3::prelude::*;
use pyo3::types::PyString;

/// The text of a string; none for anything else, and for a string that has no UTF-8 (a lone surrogate).
#[inline]
pub(crate) fn text<'a>(object: &'a Bound<'_, PyAny>) -> Option<&'a str> {
    let string = object.cast::<PyString>().ok()?;
    match ascii(string) {
        Some(text) => Some(text),
        None => string.to_str().ok(),
    }
}

/// The text of a string that is kept as ASCII.
#[cfg(not(any(Py_3_14, PyPy, GraalPy)))]
#[inline]
fn ascii<'a>(string: &'a Bound<'_, PyString>) -> Option<&'a str> {
    use pyo3::ffi;
    let object = string.as_ptr();
    // SAFETY: a string. One that is compact is ready, which is what asking whether it is ASCII relies on.
    let kept = unsafe { ffi::PyUnicode_IS_COMPACT(object) != 0 && ffi::PyUnicode_IS_ASCII(object) != 0 };
    if !kept {
        return None;
    }
    let head = object.cast::<ffi::PyASCIIObject>();
    // SAFETY: a compact ASCII string: as many bytes as its length says lie behind its head, all of them ASCII, and stay
    // as they are while the object lives, which is borrowed for as long as the text.
    unsafe {
        let length = usize::try_from((*head).length).ok()?;
        let bytes = std::slice::from_raw_parts(head.add(1).cast::<u8>(), length);
        Some(std::str::from_utf8_unchecked(bytes))
    }
}

/// From 3.14 on the interpreter does not say how it keeps a string.
#[cfg(any(Py_3_14, PyPy, GraalPy))]
#[inline]
fn ascii<'a>(_: &'a Bound<'_, PyString>) -> Option<&'a str> {
    None
}
