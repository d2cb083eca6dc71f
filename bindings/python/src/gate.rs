//! The calls: load, compile, allows, check, check_many, and a method for each question. `allows` with texts by position has an entry of its own before
//! it (`boundary::entry`).

use crate::answers::Answers;
use crate::batch;
use crate::convert;
use crate::decision::Decision;
use crate::error::{self, guard};
use crate::handle::{Action, Principal};
use crate::options;
use crate::questions;
use passgate::check::ActionSet;
use passgate::error::caught;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyFrozenSet, PyList, PyTuple};

/// A loaded policy set. Immutable; any number of threads may ask it.
#[pyclass(frozen, module = "passgate")]
pub(crate) struct Gate(passgate::Gate);

impl Gate {
    pub(crate) fn core(&self) -> &passgate::Gate {
        &self.0
    }

    fn action_set(
        &self,
        py: Python<'_>,
        principal: &Bound<'_, PyAny>,
        ip: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<ActionSet> {
        guard(py, || {
            let principal = convert::argument("principal", principal)?;
            let ip = ip.map(|ip| convert::argument("ip", ip)).transpose()?;
            self.0.actions(&principal, ip.as_deref())
        })
    }
}

/// Loads a policy set: a folder, a `.gate` file, a compiled file or one CAM JSON document.
///
/// The options replace the set's own settings; `catalogs` and `opaque` add to them. `boundary` names CAM documents
/// that together bind every caller but root.
#[pyfunction]
#[pyo3(signature = (path, *, catalogs=None, opaque=None, owner=None, ip_unsupported=None, boundary=None, strict=false))]
#[expect(clippy::too_many_arguments, reason = "each is a named option of the call in Python")]
pub(crate) fn load(
    py: Python<'_>,
    path: std::path::PathBuf,
    catalogs: Option<&Bound<'_, PyAny>>,
    opaque: Option<&Bound<'_, PyAny>>,
    owner: Option<&Bound<'_, PyDict>>,
    ip_unsupported: Option<&str>,
    boundary: Option<&Bound<'_, PyAny>>,
    strict: bool,
) -> PyResult<Gate> {
    let options =
        options::read(py, &options::Given { catalogs, opaque, owner, ip_unsupported, boundary, strict })?;
    let loaded = py.detach(|| caught(|| passgate::Gate::load_with(&path, &options)));
    loaded.map(Gate).map_err(|e| error::raise(py, &e))
}

/// Compiles the text of one `.gate` file that is a whole policy set.
#[pyfunction]
#[pyo3(signature = (text, *, catalogs=None, opaque=None, owner=None, ip_unsupported=None, boundary=None, strict=false))]
#[expect(clippy::too_many_arguments, reason = "each is a named option of the call in Python")]
pub(crate) fn compile(
    py: Python<'_>,
    text: &Bound<'_, PyAny>,
    catalogs: Option<&Bound<'_, PyAny>>,
    opaque: Option<&Bound<'_, PyAny>>,
    owner: Option<&Bound<'_, PyDict>>,
    ip_unsupported: Option<&str>,
    boundary: Option<&Bound<'_, PyAny>>,
    strict: bool,
) -> PyResult<Gate> {
    let text = options::text(py, text, "text")?;
    let options =
        options::read(py, &options::Given { catalogs, opaque, owner, ip_unsupported, boundary, strict })?;
    let compiled = py.detach(|| caught(|| passgate::Gate::compile_with(text.as_str(), &options)));
    compiled.map(Gate).map_err(|e| error::raise(py, &e))
}

#[pymethods]
impl Gate {
    /// What was noticed while loading, as data.
    #[getter]
    fn diagnostics<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        error::diagnostics(py, self.0.diagnostics(), self.0.sources())
    }

    /// May the principal perform the action? Raises `RequestError` where the request cannot be answered.
    #[pyo3(signature = (principal, action, ip=None, resource=None, context=None, at=None, account=None, groups=None, roles=None, policies=None))]
    #[expect(clippy::too_many_arguments, reason = "each is a named argument of the call in Python")]
    fn allows(
        &self,
        py: Python<'_>,
        principal: &Bound<'_, PyAny>,
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
        if let Some((principal, action, ip)) =
            plain(principal, action, ip).filter(|_| more.iter().all(Option::is_none))
        {
            return guard(py, || self.0.allows(principal, action, ip));
        }
        let given = given(principal, action, ip, more);
        guard(py, || Ok(self.0.check(&convert::request(&given)?)?.allowed))
    }

    /// The decision with its reason and the statements that decided.
    #[pyo3(signature = (principal, action, ip=None, resource=None, context=None, at=None, account=None, groups=None, roles=None, policies=None))]
    #[expect(clippy::too_many_arguments, reason = "each is a named argument of the call in Python")]
    fn check(
        &self,
        py: Python<'_>,
        principal: &Bound<'_, PyAny>,
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
        let given = given(principal, action, ip, [resource, context, at, account, groups, roles, policies]);
        guard(py, || self.0.check(&convert::request(&given)?)).map(Decision)
    }

    /// Decides many requests, each a mapping with the members of `check`. An error stands in the place of its
    /// request, as a value; it is not raised.
    fn check_many<'py>(&self, py: Python<'py>, requests: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
        let read = requests.try_iter()?.map(|given| Ok(convert::request_of_mapping(&given?)));
        let read = read.collect::<PyResult<Vec<_>>>()?;
        let gate = &self.0;
        let decided: Vec<_> =
            py.detach(|| read.into_iter().map(|request| caught(|| gate.check(&request?))).collect());
        let answers = PyList::empty(py);
        for answer in decided {
            match answer {
                Ok(decision) => answers.append(Decision(decision))?,
                Err(error) => answers.append(error::exception(py, &error)?)?,
            }
        }
        Ok(answers)
    }

    /// Decides one request written as a line of JSON, as `passgate check --requests` reads it.
    fn check_json(&self, py: Python<'_>, line: &Bound<'_, PyAny>) -> PyResult<Decision> {
        guard(py, || self.0.check(&passgate::Request::from_json(&convert::line(line)?)?)).map(Decision)
    }

    /// Whether each row of the columns is allowed: lists, NumPy arrays, Arrow columns, or one value for every row.
    ///
    /// `errors="raise"` raises the first error with its `row`; `errors="null"` gives `None` there, and all errors in
    /// `Answers.errors`.
    #[pyo3(signature = (principals, actions, ips=None, *, errors="raise"))]
    fn allows_many(
        &self,
        principals: &Bound<'_, PyAny>,
        actions: &Bound<'_, PyAny>,
        ips: Option<&Bound<'_, PyAny>>,
        errors: &str,
    ) -> PyResult<Answers> {
        batch::texts(self, principals, actions, ips, errors)
    }

    /// The same by the numbers of `principal_ids` and `action_ids`; IPv4 addresses as numbers, IPv6 addresses as
    /// sixteen bytes each.
    #[pyo3(signature = (principals, actions, ips=None, *, errors="raise"))]
    fn allows_many_ids(
        &self,
        principals: &Bound<'_, PyAny>,
        actions: &Bound<'_, PyAny>,
        ips: Option<&Bound<'_, PyAny>>,
        errors: &str,
    ) -> PyResult<Answers> {
        batch::by_number(self, principals, actions, ips, errors)
    }

    /// The numbers of principals for `allows_many_ids`.
    fn principal_ids<'py>(&self, names: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        batch::ids(self, names, passgate::Gate::principal_id)
    }

    /// The numbers of actions for `allows_many_ids`.
    fn action_ids<'py>(&self, names: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        batch::ids(self, names, passgate::Gate::action_id)
    }

    /// The catalogued actions that `allows` allows the principal from this address, by their full names.
    #[pyo3(signature = (principal, ip=None))]
    fn actions<'py>(
        &self,
        py: Python<'py>,
        principal: &Bound<'py, PyAny>,
        ip: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyFrozenSet>> {
        PyFrozenSet::new(py, self.action_set(py, principal, ip)?.names())
    }

    /// The same as bits: the action at place `i` of `action_names()` is bit `i % 8`, from the lowest, of byte `i // 8`.
    #[pyo3(signature = (principal, ip=None))]
    fn action_bits<'py>(
        &self,
        py: Python<'py>,
        principal: &Bound<'py, PyAny>,
        ip: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, self.action_set(py, principal, ip)?.bytes()))
    }

    /// The full names of all catalogued actions, in the order of their numbers and bits.
    fn action_names<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.action_names())
    }

    /// The smallest equivalent policy set found: its files, or CAM documents of at most so many characters.
    #[pyo3(signature = (*, documents=None, max_size=None))]
    fn minimize<'py>(
        &self,
        py: Python<'py>,
        documents: Option<&Bound<'py, PyAny>>,
        max_size: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        questions::ask(py, &[self], "minimize", &[("documents", documents), ("max_size", max_size)])
    }

    /// The smallest policies that allow what a log shows: a request a line, as the command reads them.
    #[pyo3(signature = (log, *, categories=None, shortest_prefix=None, shortest_prefix_v6=None, per_role=None))]
    fn suggest<'py>(
        &self,
        py: Python<'py>,
        log: &Bound<'py, PyAny>,
        categories: Option<&Bound<'py, PyAny>>,
        shortest_prefix: Option<&Bound<'py, PyAny>>,
        shortest_prefix_v6: Option<&Bound<'py, PyAny>>,
        per_role: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let given = [
            ("log", Some(log)),
            ("categories", categories),
            ("shortest_prefix", shortest_prefix),
            ("shortest_prefix_v6", shortest_prefix_v6),
            ("per_role", per_role),
        ];
        questions::ask(py, &[self], "suggest", &given)
    }

    /// What may the principal do? Every action, allowed always, never, or on what it depends.
    #[pyo3(signature = (principal, *, ip=None, resource=None, at=None))]
    fn what<'py>(
        &self,
        py: Python<'py>,
        principal: &Bound<'py, PyAny>,
        ip: Option<&Bound<'py, PyAny>>,
        resource: Option<&Bound<'py, PyAny>>,
        at: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let given = [("principal", Some(principal)), ("ip", ip), ("resource", resource), ("at", at)];
        questions::ask(py, &[self], "what", &given)
    }

    /// Who may perform the action? Every caller that may, and the statements without which nobody could.
    #[pyo3(signature = (action, *, ip=None, resource=None, at=None))]
    fn who<'py>(
        &self,
        py: Python<'py>,
        action: &Bound<'py, PyAny>,
        ip: Option<&Bound<'py, PyAny>>,
        resource: Option<&Bound<'py, PyAny>>,
        at: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let given = [("action", Some(action)), ("ip", ip), ("resource", resource), ("at", at)];
        questions::ask(py, &[self], "who", &given)
    }

    /// Why is the call allowed or refused? Each statement clause by clause, and the nearest call that would be allowed.
    #[pyo3(signature = (principal, action, ip=None, resource=None, context=None, at=None, account=None, groups=None, roles=None, policies=None, *, brief=None, all=None))]
    #[expect(clippy::too_many_arguments, reason = "the arguments of `check`, and the depth")]
    fn explain<'py>(
        &self,
        py: Python<'py>,
        principal: &Bound<'py, PyAny>,
        action: &Bound<'py, PyAny>,
        ip: Option<&Bound<'py, PyAny>>,
        resource: Option<&Bound<'py, PyAny>>,
        context: Option<&Bound<'py, PyAny>>,
        at: Option<&Bound<'py, PyAny>>,
        account: Option<&Bound<'py, PyAny>>,
        groups: Option<&Bound<'py, PyAny>>,
        roles: Option<&Bound<'py, PyAny>>,
        policies: Option<&Bound<'py, PyAny>>,
        brief: Option<&Bound<'py, PyAny>>,
        all: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let given = [
            ("principal", Some(principal)),
            ("action", Some(action)),
            ("ip", ip),
            ("resource", resource),
            ("context", context),
            ("at", at),
            ("account", account),
            ("groups", groups),
            ("roles", roles),
            ("policies", policies),
            ("brief", brief),
            ("all", all),
        ];
        questions::ask(py, &[self], "explain", &given)
    }

    /// Who can do both of two things, from one address and at one time, and through what?
    #[pyo3(signature = (pair))]
    fn conflicts<'py>(&self, py: Python<'py>, pair: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        questions::ask(py, &[self], "conflicts", &[("pair", Some(pair))])
    }

    /// At which instants do rights change by themselves, and who gains or loses what?
    #[pyo3(signature = (since, until, *, principal=None))]
    fn forecast<'py>(
        &self,
        py: Python<'py>,
        since: &Bound<'py, PyAny>,
        until: &Bound<'py, PyAny>,
        principal: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let given = [("since", Some(since)), ("until", Some(until)), ("principal", principal)];
        questions::ask(py, &[self], "forecast", &given)
    }

    /// Which callers have equal or nearly equal rights?
    #[pyo3(signature = (*, least=None))]
    fn roles<'py>(&self, py: Python<'py>, least: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        questions::ask(py, &[self], "roles", &[("least", least)])
    }

    /// Who gains and who loses what where the other set takes the place of this one?
    #[pyo3(signature = (other, *, principal=None))]
    fn diff<'py>(
        &self,
        py: Python<'py>,
        other: &Bound<'py, Gate>,
        principal: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        questions::ask(py, &[self, other.get()], "diff", &[("principal", principal)])
    }

    /// How far is the set open, in actions × addresses? With a later set both, and what that has more.
    #[pyo3(signature = (later=None))]
    fn exposure<'py>(
        &self,
        py: Python<'py>,
        later: Option<&Bound<'py, Gate>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let gates: Vec<&Gate> = [Some(self), later.map(Bound::get)].into_iter().flatten().collect();
        questions::ask(py, &gates, "exposure", &[])
    }

    /// Who gains and who loses what, where this gate is the set over an old catalog and `new` is it over a new one?
    fn drift<'py>(&self, py: Python<'py>, new: &Bound<'py, Gate>) -> PyResult<Bound<'py, PyAny>> {
        questions::ask(py, &[self, new.get()], "drift", &[])
    }

    /// What do the patterns of the set stand for? With the text of a lock, which of them differ from it?
    #[pyo3(signature = (lock=None))]
    fn lock<'py>(&self, py: Python<'py>, lock: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        questions::ask(py, &[self], "lock", &[("lock", lock)])
    }

    /// Do these asserts hold of every call? Each proved, or refuted by the smallest call.
    fn prove<'py>(&self, py: Python<'py>, asserts: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        questions::ask(py, &[self], "prove", &[("asserts", Some(asserts))])
    }

    /// Resolves a principal once for many checks.
    fn principal(slf: &Bound<'_, Self>, name: &str) -> PyResult<Principal> {
        let handle = guard(slf.py(), || slf.get().0.principal(name))?;
        Ok(Principal::new(handle, slf.clone().unbind()))
    }

    /// Resolves an action once for many checks.
    fn action(&self, py: Python<'_>, name: &str) -> PyResult<Action> {
        guard(py, || self.0.action(name)).map(Action::new)
    }

    fn __repr__(&self) -> String {
        format!("Gate({} policies)", self.0.policies())
    }
}

/// The arguments of a call as the members of a request.
pub(crate) fn given<'a, 'py>(
    principal: &'a Bound<'py, PyAny>,
    action: &'a Bound<'py, PyAny>,
    ip: Option<&'a Bound<'py, PyAny>>,
    more: [Option<&'a Bound<'py, PyAny>>; 7],
) -> [convert::Given<'a, 'py>; 10] {
    let [resource, context, at, account, groups, roles, policies] = more;
    [
        ("principal", Some(principal)),
        ("action", Some(action)),
        ("ip", ip),
        ("resource", resource),
        ("context", context),
        ("at", at),
        ("account", account),
        ("groups", groups),
        ("roles", roles),
        ("policies", policies),
    ]
}

/// The three texts of a call that gives nothing else; `None` where one of them is no text.
fn plain<'a>(
    principal: &'a Bound<'_, PyAny>,
    action: &'a Bound<'_, PyAny>,
    ip: Option<&'a Bound<'_, PyAny>>,
) -> Option<(&'a str, &'a str, Option<&'a str>)> {
    let ip = match ip {
        None => None,
        Some(ip) => Some(convert::str_of(ip)?),
    };
    Some((convert::str_of(principal)?, convert::str_of(action)?, ip))
}
