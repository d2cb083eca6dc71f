//! passgate for Python: arguments in, the call, the result out. Rules, defaults and messages are the core's.
//!
//! `gate` holds the calls, `decision` the answers, `error` the exceptions, `convert` turns Python values into a
//! request. A panic never crosses into Python: `error::guard` makes it our `internal` error.

mod convert;
mod decision;
mod error;
mod gate;
mod options;

use pyo3::prelude::*;

/// The compiled part of the package `passgate`.
#[pymodule(gil_used = false)]
fn _passgate(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<gate::Gate>()?;
    module.add_class::<decision::Decision>()?;
    module.add_class::<decision::Statement>()?;
    module.add_function(wrap_pyfunction!(gate::load, module)?)?;
    module.add_function(wrap_pyfunction!(gate::compile, module)?)?;
    Ok(())
}
