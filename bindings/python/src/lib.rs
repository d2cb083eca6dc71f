//! passgate for Python: arguments in, the call, the result out. Rules, defaults and messages are the core's.
//!
//! `gate` holds the calls, `handle` those of handles, `batch` those over columns (`column` and `texts` in, `answers` out), `questions` those about the whole set, `decision` the answers, `error` the exceptions, `convert` turns Python values into a
//! request. A panic never crosses into Python: `error::guard` makes it our `internal` error.

mod answers;
mod batch;
mod boundary;
mod column;
mod convert;
mod decision;
mod error;
mod gate;
mod handle;
mod options;
mod questions;
mod texts;

use pyo3::prelude::*;

/// The compiled part of the package `passgate`.
#[pymodule(gil_used = false)]
fn _passgate(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<gate::Gate>()?;
    module.add_class::<answers::Answers>()?;
    module.add_class::<handle::Principal>()?;
    module.add_class::<handle::Action>()?;
    module.add_class::<decision::Decision>()?;
    module.add_class::<decision::Statement>()?;
    module.add_function(wrap_pyfunction!(gate::load, module)?)?;
    module.add_function(wrap_pyfunction!(gate::compile, module)?)?;
    boundary::entry::install(module.py())
}
