//! Python values as the members of a request.
//!
//! Every value becomes the JSON value it stands for and the core reads the request from those, so that no rule about
//! requests lives here. `ipaddress` objects are addresses, aware `datetime` objects are instants; a value that JSON
//! cannot hold is refused: `bad-context` inside `context`, `bad-time` for the time, else `bad-request`.

use crate::handle::{Action, Principal};
use passgate::json::{Kind, Member, Value};
use passgate::{Error, ErrorCode, Request};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString, PyTuple};
use std::borrow::Cow;

/// Named members of a request as Python gives them; `None` where an argument was left out.
pub(crate) type Given<'a, 'py> = (&'static str, Option<&'a Bound<'py, PyAny>>);

type Read<T> = passgate::error::Result<T>;
/// What is wrong with a value, in words.
type Unreadable = Cow<'static, str>;

/// Lists and mappings are read this deep; the core refuses what is nested far less deep.
const DEPTH: usize = 8;

/// A request from the arguments of a call.
pub(crate) fn request(given: &[Given<'_, '_>]) -> Read<Request> {
    Request::from_value(&members(given)?)
}

/// The arguments of a call as an object.
pub(crate) fn members(given: &[Given<'_, '_>]) -> Read<Value<'static>> {
    let members = given.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
    let members = members.map(|(name, value)| member(Cow::Borrowed(name), value)).collect::<Read<_>>()?;
    Ok(plain(Kind::Object(members)))
}

/// A request from a mapping with the members of a request line.
pub(crate) fn request_of_mapping(given: &Bound<'_, PyAny>) -> Read<Request> {
    let pairs = pairs(given).map_err(|what| refused("request", &what))?;
    let members =
        pairs.into_iter().map(|(name, value)| member(Cow::Owned(name), &value)).collect::<Read<_>>()?;
    Request::from_value(&plain(Kind::Object(members)))
}

/// The text of a request line.
pub(crate) fn line(given: &Bound<'_, PyAny>) -> Read<String> {
    let string = given.cast::<PyString>().map_err(|_| refused("request", "is a line of JSON text"))?;
    text(string).map_err(|what| refused("request", &what))
}

fn member(name: Cow<'static, str>, value: &Bound<'_, PyAny>) -> Read<Member<'static>> {
    let kind = match handle(&name, value) {
        Some(text) => Kind::Text(Cow::Owned(text)),
        None => json(value, DEPTH).map_err(|what| refused(&name, &what))?,
    };
    Ok(Member { key: name, key_start: 0, key_end: 0, value: plain(kind) })
}

/// The text of one argument: a string, a handle, an address.
pub(crate) fn argument(name: &str, value: &Bound<'_, PyAny>) -> Read<String> {
    let given = stands_for_text(value).ok_or_else(|| {
        let what = format!("is a string, not {}", type_name(value));
        refused(name, &what)
    })?;
    text(&given).map_err(|what| refused(name, &what))
}

/// The string for a value that stands for a text: a string, a handle, an address.
pub(crate) fn stands_for_text<'py>(value: &Bound<'py, PyAny>) -> Option<Bound<'py, PyString>> {
    if let Ok(string) = value.cast::<PyString>() {
        return Some(string.clone());
    }
    let named = handle("principal", value).or_else(|| handle("action", value));
    if let Some(name) = named {
        return Some(PyString::new(value.py(), &name));
    }
    is_address(value).then(|| value.str().ok()).flatten()
}

fn is_address(value: &Bound<'_, PyAny>) -> bool {
    let py = value.py();
    let is = |class: &Py<PyAny>| value.is_instance(class.bind(py)).unwrap_or(false);
    special_types(py).is_ok_and(|types| is(&types.v4) || is(&types.v6))
}

/// The name of a handle where it stands for one.
fn handle(member: &str, value: &Bound<'_, PyAny>) -> Option<String> {
    match member {
        "principal" => value.cast::<Principal>().ok().map(|handle| handle.get().core().name().to_owned()),
        "action" => value.cast::<Action>().ok().map(|handle| handle.get().core().name().to_owned()),
        _ => None,
    }
}

#[cold]
fn refused(member: &str, what: &str) -> Error {
    let code = match member {
        "context" => ErrorCode::BadContext,
        "at" => ErrorCode::BadTime,
        _ => ErrorCode::BadRequest,
    };
    Error::new(code, format!("`{member}` {what}")).with_key(member)
}

fn plain(kind: Kind<'static>) -> Value<'static> {
    Value { start: 0, end: 0, kind }
}

fn json(value: &Bound<'_, PyAny>, depth: usize) -> Result<Kind<'static>, Unreadable> {
    if let Ok(string) = value.cast::<PyString>() {
        return text(string).map(|text| Kind::Text(Cow::Owned(text)));
    }
    if value.is_none() {
        return Ok(Kind::Null);
    }
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(Kind::Bool(flag.is_true()));
    }
    if let Some(items) = items(value) {
        return list(&items, depth);
    }
    if value.is_instance_of::<PyDict>() {
        return object(value, depth);
    }
    number(value).or_else(|| special(value)).unwrap_or_else(|| match value.cast::<PyMapping>() {
        Ok(_) => object(value, depth),
        Err(_) => {
            Err(format!("holds a value of type {}, which no request can hold", type_name(value)).into())
        }
    })
}

pub(crate) fn type_name(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map_or_else(|_| "object".into(), |n| n.to_string())
}

fn text(string: &Bound<'_, PyString>) -> Result<String, Unreadable> {
    string.to_str().map(str::to_owned).map_err(|_| "holds a lone surrogate".into())
}

/// The text of a string where it lies; `None` for anything else.
pub(crate) fn str_of<'a>(value: &'a Bound<'_, PyAny>) -> Option<&'a str> {
    value.cast::<PyString>().ok()?.to_str().ok()
}

fn items<'py>(value: &Bound<'py, PyAny>) -> Option<Vec<Bound<'py, PyAny>>> {
    if let Ok(list) = value.cast::<PyList>() {
        return Some(list.iter().collect());
    }
    value.cast::<PyTuple>().ok().map(|tuple| tuple.iter().collect())
}

fn list(items: &[Bound<'_, PyAny>], depth: usize) -> Result<Kind<'static>, Unreadable> {
    let Some(depth) = depth.checked_sub(1) else { return Err("is nested too deep".into()) };
    items.iter().map(|item| json(item, depth).map(plain)).collect::<Result<_, _>>().map(Kind::Array)
}

fn object(value: &Bound<'_, PyAny>, depth: usize) -> Result<Kind<'static>, Unreadable> {
    let Some(depth) = depth.checked_sub(1) else { return Err("is nested too deep".into()) };
    let read = |(key, value): (String, Bound<'_, PyAny>)| {
        let value = plain(json(&value, depth)?);
        Ok(Member { key: Cow::Owned(key), key_start: 0, key_end: 0, value })
    };
    pairs(value)?.into_iter().map(read).collect::<Result<_, Unreadable>>().map(Kind::Object)
}

fn pairs<'py>(value: &Bound<'py, PyAny>) -> Result<Vec<(String, Bound<'py, PyAny>)>, Unreadable> {
    let Ok(mapping) = value.cast::<PyMapping>() else {
        return Err(format!("is a mapping of names to values, not {}", type_name(value)).into());
    };
    let unread = |_| Unreadable::Borrowed("cannot be read");
    let read = |item: Bound<'py, PyAny>| {
        let (key, value) = item.extract::<(Bound<'py, PyAny>, Bound<'py, PyAny>)>().map_err(unread)?;
        let key = key.cast::<PyString>().map_err(|_| Unreadable::Borrowed("has a key that is no string"))?;
        Ok((text(key)?, value))
    };
    mapping.items().map_err(unread)?.iter().map(read).collect()
}

static DECIMAL: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// The JSON number of an `int`, `float` or `Decimal`; `None` for anything else.
fn number(value: &Bound<'_, PyAny>) -> Option<Result<Kind<'static>, Unreadable>> {
    let py = value.py();
    let decimal =
        DECIMAL.get_or_try_init(py, || PyResult::Ok(py.import("decimal")?.getattr("Decimal")?.unbind()));
    let is_decimal = decimal.is_ok_and(|class| value.is_instance(class.bind(py)).unwrap_or(false));
    if !(is_decimal || value.is_instance_of::<PyInt>() || value.is_instance_of::<PyFloat>()) {
        return None;
    }
    let Ok(shown) = value.str().map(|shown| shown.to_string()) else {
        return Some(Err("holds a number that is too long".into()));
    };
    match passgate::json::parse(&shown) {
        Ok(Value { kind: Kind::Number(_), .. }) => Some(Ok(Kind::Number(Cow::Owned(shown)))),
        _ => Some(Err(format!("holds {shown}, which is no number").into())),
    }
}

/// The Python types that stand for a text of the request.
struct Special {
    v4: Py<PyAny>,
    v6: Py<PyAny>,
    datetime: Py<PyAny>,
    utc: Py<PyAny>,
}

static SPECIAL: PyOnceLock<Special> = PyOnceLock::new();

fn special_types(py: Python<'_>) -> PyResult<&Special> {
    SPECIAL.get_or_try_init(py, || {
        let (address, time) = (py.import("ipaddress")?, py.import("datetime")?);
        Ok(Special {
            v4: address.getattr("IPv4Address")?.unbind(),
            v6: address.getattr("IPv6Address")?.unbind(),
            datetime: time.getattr("datetime")?.unbind(),
            utc: time.getattr("timezone")?.getattr("utc")?.unbind(),
        })
    })
}

/// The text of an address or of an aware `datetime`; `None` for anything else.
fn special(value: &Bound<'_, PyAny>) -> Option<Result<Kind<'static>, Unreadable>> {
    let py = value.py();
    let types = special_types(py).ok()?;
    let is = |class: &Py<PyAny>| value.is_instance(class.bind(py)).unwrap_or(false);
    if is_address(value) {
        let shown = value.str().map(|shown| shown.to_string()).map_err(|_| "cannot be read".into());
        return Some(shown.map(|text| Kind::Text(Cow::Owned(text))));
    }
    is(&types.datetime).then(|| instant(value, types.utc.bind(py)))
}

fn instant(value: &Bound<'_, PyAny>, utc: &Bound<'_, PyAny>) -> Result<Kind<'static>, Unreadable> {
    let unread = |_: PyErr| Unreadable::Borrowed("holds a datetime that cannot be read");
    if value.call_method0("utcoffset").map_err(unread)?.is_none() {
        return Err("holds a naive datetime, which names no instant: give it a time zone".into());
    }
    let shifted = value.call_method1("astimezone", (utc,)).map_err(unread)?;
    let shown: String = shifted.call_method0("isoformat").and_then(|s| s.extract()).map_err(unread)?;
    Ok(Kind::Text(Cow::Owned(shown.trim_end_matches("+00:00").to_owned() + "Z")))
}
