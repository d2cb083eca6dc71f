//! Options of `load` and `compile` from Python values.

use crate::error;
use passgate::model::Owner;
use passgate::{Error, ErrorCode, LoadOptions};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use std::path::PathBuf;

/// The options as given.
pub(crate) struct Given<'a, 'py> {
    pub(crate) catalogs: Option<&'a Bound<'py, PyAny>>,
    pub(crate) opaque: Option<&'a Bound<'py, PyAny>>,
    pub(crate) owner: Option<&'a Bound<'py, PyDict>>,
    pub(crate) ip_unsupported: Option<&'a str>,
    pub(crate) boundary: Option<&'a Bound<'py, PyAny>>,
    pub(crate) strict: bool,
}

/// The core's options.
pub(crate) fn read(py: Python<'_>, given: &Given<'_, '_>) -> PyResult<LoadOptions> {
    let mut options = LoadOptions { strict: given.strict, ..LoadOptions::default() };
    options.catalogs = paths(given.catalogs)?;
    options.opaque = words(py, given.opaque)?;
    options.boundary = given.boundary.map(|b| paths(Some(b))).transpose()?.unwrap_or_default();
    let fault = |error: Error| error::raise(py, &error);
    options.ip_unsupported = given.ip_unsupported.map(str::parse).transpose().map_err(fault)?;
    if let Some(owner) = given.owner {
        let pairs =
            owner.iter().map(|(key, value)| Ok((text(py, &key, "owner")?, text(py, &value, "owner")?)));
        let pairs = pairs.collect::<PyResult<Vec<_>>>()?;
        let owner = Owner::from_pairs(pairs.iter().map(|(name, number)| (name.as_str(), number.as_str())));
        options.owner = Some(owner.map_err(fault)?);
    }
    Ok(options)
}

/// A string of Python as text.
pub(crate) fn text(py: Python<'_>, value: &Bound<'_, PyAny>, option: &str) -> PyResult<String> {
    let fail =
        |message: String| error::raise(py, &Error::new(ErrorCode::BadOption, message).with_key(option));
    let string = value.cast::<PyString>().map_err(|_| fail(format!("`{option}` is a string")))?;
    string.to_str().map(str::to_owned).map_err(|_| fail(format!("`{option}` holds a lone surrogate")))
}

fn paths(value: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<PathBuf>> {
    let Some(value) = value else { return Ok(Vec::new()) };
    match value.extract::<PathBuf>() {
        Ok(one) => Ok(vec![one]),
        Err(_) => value.try_iter()?.map(|path| path?.extract()).collect(),
    }
}

fn words(py: Python<'_>, value: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<String>> {
    let Some(value) = value else { return Ok(Vec::new()) };
    if value.is_instance_of::<PyString>() {
        return Ok(vec![text(py, value, "opaque")?]);
    }
    value.try_iter()?.map(|word| text(py, &word?, "opaque")).collect()
}
