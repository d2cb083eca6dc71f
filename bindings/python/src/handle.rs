//! Handles: a principal or an action of a gate, resolved once for many checks.

use crate::convert;
use crate::decision::Decision;
use crate::error::guard;
use crate::gate::{Gate, given};
use passgate::check::{ActionArgument, ActionHandle, IpArgument, PrincipalHandle};
use pyo3::prelude::*;
use pyo3::types::PyString;

/// An action of a gate.
#[pyclass(frozen, module = "passgate")]
pub(crate) struct Action(ActionHandle);

impl Action {
    pub(crate) fn new(handle: ActionHandle) -> Self {
        Action(handle)
    }

    pub(crate) fn core(&self) -> &ActionHandle {
        &self.0
    }
}

#[pymethods]
impl Action {
    /// The action as it was named.
    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    fn __repr__(&self) -> String {
        format!("Action({})", self.0.name())
    }
}

/// A principal of a gate.
#[pyclass(frozen, module = "passgate")]
pub(crate) struct Principal {
    handle: PrincipalHandle,
    gate: Py<Gate>,
}

impl Principal {
    pub(crate) fn new(handle: PrincipalHandle, gate: Py<Gate>) -> Self {
        Principal { handle, gate }
    }

    pub(crate) fn core(&self) -> &PrincipalHandle {
        &self.handle
    }
}

#[pymethods]
impl Principal {
    /// The principal as it was named.
    #[getter]
    fn name(&self) -> &str {
        self.handle.name()
    }

    /// May it perform the action? Raises `RequestError` where the request cannot be answered.
    #[pyo3(signature = (action, ip=None, resource=None, context=None, at=None, account=None, groups=None, roles=None, policies=None))]
    #[expect(clippy::too_many_arguments, reason = "each is a named argument of the call in Python")]
    fn allows(
        &self,
        py: Python<'_>,
        action: &Bound<'_, PyAny>,
        ip: Option<&Bound<'_, PyAny>>,
        resource: Option<&Bound<'_, PyAny>>,
        context: Option<&Bound<'_, PyAny>>,
        at: Option<&Bound<'_, PyAny>>,
        account: Option<&Bound<'_, PyAny>>,
        groups: Option<&Bound<'_, PyAny>>,
        roles: Option<&Bound<'_, PyAny>>,
        policies: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<bool> {
        let more = [resource, context, at, account, groups, roles, policies];
        if let Some((action, ip)) = plain(action, ip).filter(|_| more.iter().all(Option::is_none)) {
            return guard(py, || self.handle.allows(action, ip));
        }
        self.decide(py, action, ip, more).map(|decision| decision.0.allowed)
    }

    /// The decision with its reason and the statements that decided.
    #[pyo3(signature = (action, ip=None, resource=None, context=None, at=None, account=None, groups=None, roles=None, policies=None))]
    #[expect(clippy::too_many_arguments, reason = "each is a named argument of the call in Python")]
    fn check(
        &self,
        py: Python<'_>,
        action: &Bound<'_, PyAny>,
        ip: Option<&Bound<'_, PyAny>>,
        resource: Option<&Bound<'_, PyAny>>,
        context: Option<&Bound<'_, PyAny>>,
        at: Option<&Bound<'_, PyAny>>,
        account: Option<&Bound<'_, PyAny>>,
        groups: Option<&Bound<'_, PyAny>>,
        roles: Option<&Bound<'_, PyAny>>,
        policies: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Decision> {
        let more = [resource, context, at, account, groups, roles, policies];
        if let Some((action, ip)) = plain(action, ip).filter(|_| more.iter().all(Option::is_none)) {
            return guard(py, || self.handle.check(action, ip)).map(Decision);
        }
        self.decide(py, action, ip, more)
    }

    fn __repr__(&self) -> String {
        format!("Principal({})", self.handle.name())
    }
}

impl Principal {
    /// Decides a request that gives more than action and address, as the gate does.
    fn decide(
        &self,
        py: Python<'_>,
        action: &Bound<'_, PyAny>,
        ip: Option<&Bound<'_, PyAny>>,
        more: [Option<&Bound<'_, PyAny>>; 7],
    ) -> PyResult<Decision> {
        let principal = PyString::new(py, self.handle.name()).into_any();
        let given = given(&principal, action, ip, more);
        guard(py, || self.gate.get().core().check(&convert::request(&given)?)).map(Decision)
    }
}

/// The action and the address of a call, where they are texts or handles.
fn plain<'a>(
    action: &'a Bound<'_, PyAny>,
    ip: Option<&'a Bound<'_, PyAny>>,
) -> Option<(ActionArgument<'a>, IpArgument<'a>)> {
    let ip = match ip {
        None => IpArgument::None,
        Some(ip) => IpArgument::Text(convert::str_of(ip)?),
    };
    if let Ok(handle) = action.cast::<Action>() {
        return Some((ActionArgument::Handle(handle.get().core()), ip));
    }
    Some((ActionArgument::Text(convert::str_of(action)?), ip))
}
