//! Calls that Python makes without PyO3 between: `Gate.allows` and `Principal.allows` with texts by position.
//!
//! An entry takes the texts where they lie, asks, and hands back `True` or `False`. Whatever it does not know how to
//! read (keywords, other types, more arguments) and whatever is not answered with yes or no goes, unchanged, to the
//! method that PyO3 made of the same name, which raises what there is to raise. So the two cannot differ but in speed.

use super::text::text;
use crate::gate::Gate;
use crate::handle::{Action, Principal};
use passgate::check::{ActionArgument, IpArgument};
use pyo3::PyClass;
use pyo3::ffi::{self, Py_ssize_t, PyCFunctionFastWithKeywords, PyObject};
use pyo3::prelude::*;
use pyo3::pyclass::boolean_struct::True;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyString, PyType};
use std::ffi::{CStr, CString};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The method that PyO3 made, to which an entry hands on what it does not answer itself.
type Behind = PyOnceLock<Py<PyAny>>;

static GATE_ALLOWS: Behind = PyOnceLock::new();
static PRINCIPAL_ALLOWS: Behind = PyOnceLock::new();

/// Puts the entries in front of the methods of their names.
pub(crate) fn install(py: Python<'_>) -> PyResult<()> {
    put_in_front(&py.get_type::<Gate>(), c"allows", gate_allows, &GATE_ALLOWS)?;
    put_in_front(&py.get_type::<Principal>(), c"allows", principal_allows, &PRINCIPAL_ALLOWS)
}

fn put_in_front(
    class: &Bound<'_, PyType>,
    name: &'static CStr,
    entry: PyCFunctionFastWithKeywords,
    behind: &Behind,
) -> PyResult<()> {
    let py = class.py();
    let attribute = PyString::new(py, &name.to_string_lossy());
    let method = class.getattr(&attribute)?;
    let signature: String = method.getattr("__text_signature__")?.extract()?;
    let about: String = method.getattr("__doc__")?.extract()?;
    let doc = CString::new(format!("{attribute}{signature}\n--\n\n{about}"))?;
    behind.set(py, method.unbind()).map_err(|_| pyo3::exceptions::PyImportError::new_err("loaded twice"))?;
    // A method's definition lives as long as the interpreter may call it: to the end of the process.
    let definition = Box::leak(Box::new(ffi::PyMethodDef {
        ml_name: name.as_ptr(),
        ml_meth: ffi::PyMethodDefPointer { PyCFunctionFastWithKeywords: entry },
        ml_flags: ffi::METH_FASTCALL | ffi::METH_KEYWORDS,
        ml_doc: Box::leak(doc.into_boxed_c_str()).as_ptr(),
    }));
    // SAFETY: `class` is a type, `definition` is complete and never freed. What comes back is a new reference or null.
    let descriptor = unsafe {
        let made = ffi::PyDescr_NewMethod(class.as_type_ptr(), definition);
        Bound::from_owned_ptr_or_err(py, made)?
    };
    class.setattr(&attribute, descriptor)
}

unsafe extern "C" fn gate_allows(
    gate: *mut PyObject,
    arguments: *const *mut PyObject,
    count: Py_ssize_t,
    names: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: called by the interpreter as a method of `Gate`, with `count` arguments and a value for each name.
    let call = unsafe { Call::new(gate, arguments, count, names) };
    call.answer(&GATE_ALLOWS, |call| {
        // SAFETY: the method belongs to `Gate`.
        let gate = unsafe { call.of_class::<Gate>() };
        let (principal, action, ip) = match call.by_position()? {
            [principal, action, ip] => (principal, action, call.address(ip)?),
            [principal, action] => (principal, action, IpArgument::None),
            _ => return None,
        };
        gate.core().allows(call.text(principal)?, call.text(action)?, ip).ok()
    })
}

unsafe extern "C" fn principal_allows(
    principal: *mut PyObject,
    arguments: *const *mut PyObject,
    count: Py_ssize_t,
    names: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: called by the interpreter as a method of `Principal`, with `count` arguments and a value for each name.
    let call = unsafe { Call::new(principal, arguments, count, names) };
    call.answer(&PRINCIPAL_ALLOWS, |call| {
        // SAFETY: the method belongs to `Principal`.
        let principal = unsafe { call.of_class::<Principal>() };
        let (action, ip) = match call.by_position()? {
            [action, ip] => (action, call.address(ip)?),
            [action] => (action, IpArgument::None),
            _ => return None,
        };
        principal.core().allows(call.action(action)?, ip).ok()
    })
}

/// A call as the interpreter makes it: borrowed for as long as it lasts.
struct Call<'a> {
    of: Borrowed<'a, 'a, PyAny>,
    arguments: *const *mut PyObject,
    /// By position; a value for each name follows.
    count: usize,
    /// A tuple, or null.
    names: *mut PyObject,
}

impl<'a> Call<'a> {
    /// # Safety
    /// As the interpreter calls a function of a method table (`METH_FASTCALL | METH_KEYWORDS`): attached, and what is
    /// pointed to lives for `'a`, which is not longer than the call.
    #[inline]
    unsafe fn new(
        of: *mut PyObject,
        arguments: *const *mut PyObject,
        count: Py_ssize_t,
        names: *mut PyObject,
    ) -> Self {
        // SAFETY: the thread is attached, and `of` is a valid object, as the caller promises.
        let of = unsafe { Borrowed::from_ptr(Python::assume_attached(), of) };
        Call { of, arguments, count: usize::try_from(count).unwrap_or(0), names }
    }

    /// What the method is called of.
    ///
    /// # Safety
    /// The method is one of this class: the interpreter compares before it calls.
    #[inline]
    unsafe fn of_class<T: PyClass<Frozen = True> + Sync>(&self) -> &'a T {
        // SAFETY: an object of the class, as the caller promises; it lives for `'a`.
        unsafe { self.of.cast_unchecked::<T>() }.get()
    }

    /// The arguments, where all are given by position.
    #[inline]
    fn by_position(&self) -> Option<&'a [*mut PyObject]> {
        if !self.names.is_null() || self.arguments.is_null() {
            return None;
        }
        // SAFETY: there are `count` arguments, as the interpreter promises, for as long as the call lasts.
        Some(unsafe { std::slice::from_raw_parts(self.arguments, self.count) })
    }

    #[inline]
    fn object(&self, argument: &'a *mut PyObject) -> &'a Bound<'a, PyAny> {
        // SAFETY: only arguments of this call are asked for, which are objects and live as long as it.
        unsafe { Bound::ref_from_ptr(self.of.py(), argument) }
    }

    /// A text where it lies.
    #[inline]
    fn text(&self, argument: &'a *mut PyObject) -> Option<&'a str> {
        text(self.object(argument))
    }

    /// An address as text, or none.
    #[inline]
    fn address(&self, argument: &'a *mut PyObject) -> Option<IpArgument<'a>> {
        if let Some(text) = self.text(argument) {
            return Some(IpArgument::Text(text));
        }
        self.object(argument).is_none().then_some(IpArgument::None)
    }

    #[inline]
    fn action(&self, argument: &'a *mut PyObject) -> Option<ActionArgument<'a>> {
        if let Some(text) = self.text(argument) {
            return Some(ActionArgument::Text(text));
        }
        Some(ActionArgument::Handle(self.object(argument).cast::<Action>().ok()?.get().core()))
    }

    /// Answers with `quick`, or hands the call on.
    #[inline]
    fn answer(&self, behind: &Behind, quick: impl FnOnce(&Self) -> Option<bool>) -> *mut PyObject {
        // A panic is met again behind, where it becomes an exception.
        match catch_unwind(AssertUnwindSafe(|| quick(self))) {
            Ok(Some(answer)) => PyBool::new(self.of.py(), answer).to_owned().into_ptr(),
            _ => self.hand_on(behind),
        }
    }

    #[cold]
    fn hand_on(&self, behind: &Behind) -> *mut PyObject {
        let Some(method) = behind.get(self.of.py()) else {
            return std::ptr::null_mut();
        };
        // SAFETY: `names` is a tuple or null.
        let named = if self.names.is_null() { 0 } else { unsafe { ffi::PyTuple_GET_SIZE(self.names) } };
        let given = self.count + usize::try_from(named).unwrap_or(0);
        let mut all = Vec::with_capacity(1 + given);
        all.push(self.of.as_ptr());
        for at in 0..given {
            // SAFETY: the interpreter hands over a value for each position and each name.
            all.push(unsafe { *self.arguments.add(at) });
        }
        // SAFETY: the thread is attached; `all` holds `self`, the arguments and a value for each name.
        unsafe { ffi::PyObject_Vectorcall(method.as_ptr(), all.as_ptr(), 1 + self.count, self.names) }
    }
}
