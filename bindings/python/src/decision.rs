//! The answer as Python sees it: frozen, comparable, true when allowed.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// A statement that decided, by place.
#[pyclass(frozen, eq, hash, module = "passgate")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Statement(passgate::check::Place);

#[pymethods]
impl Statement {
    /// Name of the policy.
    #[getter]
    fn policy(&self) -> &str {
        &self.0.policy
    }

    /// `policy#n`, counted from 1 by place, or `policy#id` where the statement has one.
    #[getter]
    fn id(&self) -> &str {
        &self.0.id
    }

    /// Name of the file.
    #[getter]
    fn file(&self) -> &str {
        &self.0.file
    }

    /// Line, from 1.
    #[getter]
    fn line(&self) -> u32 {
        self.0.line
    }

    /// Column in code points, from 1.
    #[getter]
    fn column(&self) -> u32 {
        self.0.column
    }

    fn __repr__(&self) -> String {
        let place = &self.0;
        format!("Statement({} at {}:{}:{})", place.id, place.file, place.line, place.column)
    }
}

/// The answer to a request; true when allowed.
#[pyclass(frozen, eq, module = "passgate")]
#[derive(PartialEq, Eq)]
pub(crate) struct Decision(pub(crate) passgate::Decision);

#[pymethods]
impl Decision {
    /// May the caller?
    #[getter]
    fn allowed(&self) -> bool {
        self.0.allowed
    }

    /// Why: `allow`, `root`, `explicit-deny`, `implicit-deny`, `boundary`, `unknown-principal`.
    #[getter]
    fn reason(&self) -> &'static str {
        self.0.reason.as_str()
    }

    /// Version of the catalog of the action's service; `None` for an opaque service.
    #[getter]
    fn catalog(&self) -> Option<&str> {
        self.0.catalog.as_deref()
    }

    /// All statements that decided, by place.
    #[getter]
    fn statements<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.statements.iter().map(|place| Statement((**place).clone())))
    }

    /// What the caller is told: the `@reason` of the first deciding deny that has one, or its policy has; else `None`.
    #[getter]
    fn message(&self) -> Option<&str> {
        self.0.message()
    }

    fn __bool__(&self) -> bool {
        self.0.allowed
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.0.reason, &self.0.catalog, &self.0.statements).hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self) -> String {
        let ids: Vec<&str> = self.0.statements.iter().map(|s| s.id.as_ref()).collect();
        let word = if self.0.allowed { "allowed" } else { "denied" };
        format!("Decision({word}: {} [{}])", self.0.reason.as_str(), ids.join(", "))
    }
}
