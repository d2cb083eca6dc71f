//! JavaScript values as the members of a request.
//!
//! Every value becomes the JSON value it stands for and the core reads the request from those, so that no rule about
//! requests lives here. `Date` objects are instants, `undefined` is left out; a value that JSON cannot hold is refused:
//! `bad-context` inside `context`, `bad-time` for the time, else `bad-request`, each naming the member.

use crate::value::{Js, Kind as Host, LoneSurrogate, Name, Unreadable};
use passgate::error::Result;
use passgate::grammar::limits;
use passgate::json::{Kind, Member, Value};
use passgate::{Error, ErrorCode, Request};
use std::borrow::Cow;

/// A request from an object with the members of a request line.
pub(crate) fn request(given: Js<'_>) -> Result<Request> {
    let mut reader = Reader::new();
    let whole = match given.kind() {
        Ok(Host::Plain) => Kind::Object(reader.members_of(given)?),
        Ok(Host::Undefined) => Kind::Null,
        _ => reader.value(given, limits::JSON_DEPTH).map_err(|fault| fault.of("request", "request"))?,
    };
    Request::from_value(&plain(whole))
}

/// A request from the arguments of `allows`.
pub(crate) fn request_of(named: [(&'static str, Js<'_>); 3], extra: Js<'_>) -> Result<Request> {
    let mut reader = Reader::new();
    let mut members = Vec::new();
    for (name, value) in named {
        members.extend(reader.member(name.into(), value)?);
    }
    match extra.kind() {
        Ok(Host::Undefined | Host::Null) => {}
        Ok(Host::Plain) => members.extend(reader.members_of(extra)?),
        _ => return Err(Fault::from("is an object of further members").of("extra", "extra")),
    }
    Request::from_value(&plain(Kind::Object(members)))
}

/// The options of a question: what it is asked about, and what is given beside it.
pub(crate) fn options(about: Js<'_>, beside: Js<'_>) -> Result<Value<'static>> {
    let mut reader = Reader::new();
    let mut members = reader.members_of(about)?;
    match beside.kind() {
        Ok(Host::Undefined | Host::Null) => {}
        Ok(Host::Plain) => members.extend(reader.members_of(beside)?),
        _ => return Err(Fault::from("is an object of options").of("options", "options")),
    }
    Ok(plain(Kind::Object(members)))
}

/// The text of one member of a request.
pub(crate) fn name(member: &'static str, given: Js<'_>) -> Result<String> {
    let fault = match given.is_text().then(|| given.text()) {
        Some(Ok(Ok(name))) => return Ok(name),
        Some(Ok(Err(lone))) => Fault::from(lone),
        _ => "is a string".into(),
    };
    Err(fault.of(member, member))
}

/// The text of a request line.
pub(crate) fn line(given: Js<'_>) -> Result<String> {
    let fault = match given.is_text().then(|| given.text()) {
        Some(Ok(Ok(line))) => return Ok(line),
        Some(Ok(Err(lone))) => Fault::from(lone),
        _ => "is a line of JSON: a string".into(),
    };
    Err(fault.of("request", "request"))
}

/// What is wrong with a value, in words, and its code where it does not depend on the member.
struct Fault {
    code: Option<ErrorCode>,
    what: Cow<'static, str>,
}

impl From<&'static str> for Fault {
    fn from(what: &'static str) -> Self {
        Fault { code: None, what: what.into() }
    }
}

impl From<Unreadable> for Fault {
    fn from(_: Unreadable) -> Self {
        "cannot be read: a getter or proxy threw".into()
    }
}

impl From<LoneSurrogate> for Fault {
    fn from(_: LoneSurrogate) -> Self {
        Fault {
            code: Some(ErrorCode::BadRequest),
            what: "holds a lone surrogate, which is no character".into(),
        }
    }
}

impl Fault {
    /// The fault as the error of a request; `key` is the member, or what stands in it under that name.
    #[cold]
    fn of(self, member: &str, key: &str) -> Error {
        let code = self.code.unwrap_or(match member {
            "context" => ErrorCode::BadContext,
            "at" => ErrorCode::BadTime,
            _ => ErrorCode::BadRequest,
        });
        Error::new(code, format!("`{key}` {}", self.what)).with_key(key)
    }
}

/// Words of a bigint that is read; no operator reads a number that is nearly as long.
const BIGINT_WORDS: usize = 16;

/// Reads the values of one request and counts them: an object that holds another many times is small in the host and
/// may be large without end when it is written out.
struct Reader {
    left: usize,
}

impl Reader {
    fn new() -> Self {
        Reader { left: limits::REQUEST_VALUES }
    }

    /// The members of a request, or of what is given beside its first three.
    fn members_of(&mut self, given: Js<'_>) -> Result<Vec<Member<'static>>> {
        let request = |fault: Fault| fault.of("request", "request");
        let mut members = Vec::new();
        for (name, value) in given.members().map_err(|fault| request(fault.into()))? {
            members.extend(self.member(key(name).map_err(request)?, value)?);
        }
        Ok(members)
    }

    /// A member of the request; none where it is `undefined`. A fault is told of the key next to it.
    fn member(&mut self, name: Cow<'static, str>, value: Js<'_>) -> Result<Option<Member<'static>>> {
        let depth = limits::JSON_DEPTH - 1;
        let kind = match value.kind() {
            Ok(Host::Undefined) => return Ok(None),
            Ok(Host::Plain) => Kind::Object(self.inner(&name, value, depth - 1)?),
            _ => self.value(value, depth).map_err(|fault| fault.of(&name, &name))?,
        };
        Ok(Some(member(name, kind)))
    }

    /// What stands in an object that is a member: the keys of the context, the numbers of the account.
    fn inner(&mut self, name: &str, value: Js<'_>, depth: usize) -> Result<Vec<Member<'static>>> {
        let of_member = |fault: Fault| fault.of(name, name);
        let mut members = Vec::new();
        for (inner, value) in value.members().map_err(|fault| of_member(fault.into()))? {
            let inner = key(inner).map_err(of_member)?;
            match self.value_or_none(value, depth).map_err(|fault| fault.of(name, &inner))? {
                None => {}
                Some(kind) => members.push(member(inner, kind)),
            }
        }
        Ok(members)
    }

    /// A value of an object; none for `undefined`.
    fn value_or_none(&mut self, value: Js<'_>, depth: usize) -> Read<Option<Kind<'static>>> {
        match value.kind()? {
            Host::Undefined => Ok(None),
            _ => self.value(value, depth).map(Some),
        }
    }

    /// A value with all that is inside it, which may nest `depth` deep.
    fn value(&mut self, value: Js<'_>, depth: usize) -> Read<Kind<'static>> {
        self.left = self.left.checked_sub(1).ok_or_else(too_many)?;
        Ok(match value.kind()? {
            Host::Null => Kind::Null,
            Host::Bool(flag) => Kind::Bool(flag),
            Host::Number(number) if number.is_finite() => Kind::Number(value.decimal()?.into()),
            Host::Number(_) => return Err("holds NaN or an infinity, which is no number".into()),
            Host::BigInt if value.bigint_words()? > BIGINT_WORDS => {
                return Err("holds a number that is too long".into());
            }
            Host::BigInt => Kind::Number(value.decimal()?.into()),
            Host::Text => Kind::Text(value.text()??.into()),
            Host::Date(time) => Kind::Text(instant(value, time)?.into()),
            Host::List(length) => Kind::Array(self.list(value, length, deeper(depth)?)?),
            Host::Plain => Kind::Object(self.object(value, deeper(depth)?)?),
            Host::Undefined => return Err("holds undefined in a list".into()),
            Host::Other(what) => {
                return Err(Fault {
                    code: None,
                    what: format!("holds {what}, which no request can hold").into(),
                });
            }
        })
    }

    fn list(&mut self, list: Js<'_>, length: u32, depth: usize) -> Read<Vec<Value<'static>>> {
        (0..length).map(|index| Ok(plain(self.value(list.element(index)?, depth)?))).collect()
    }

    fn object(&mut self, object: Js<'_>, depth: usize) -> Read<Vec<Member<'static>>> {
        let mut members = Vec::new();
        for (name, value) in object.members()? {
            let name = key(name)?;
            members.extend(self.value_or_none(value, depth)?.map(|kind| member(name, kind)));
        }
        Ok(members)
    }
}

type Read<T> = std::result::Result<T, Fault>;

fn key(name: Option<Name>) -> Read<Cow<'static, str>> {
    match name {
        None => Err("has a member that is named by a symbol".into()),
        Some(name) => Ok(Cow::Owned(name?)),
    }
}

fn deeper(depth: usize) -> Read<usize> {
    let too_deep = || format!("nests deeper than {}", limits::JSON_DEPTH);
    depth.checked_sub(1).ok_or_else(|| Fault { code: Some(ErrorCode::BadRequest), what: too_deep().into() })
}

#[cold]
fn too_many() -> Fault {
    let what = format!("is one of more than {} values of a request", limits::REQUEST_VALUES);
    Fault { code: Some(ErrorCode::BadRequest), what: what.into() }
}

fn instant(date: Js<'_>, time: f64) -> Read<String> {
    if time.is_nan() {
        return Err("holds an invalid Date".into());
    }
    let shown = date.call("toISOString")?;
    if !shown.is_text() {
        return Err("holds a Date that does not show itself as text".into());
    }
    Ok(shown.text()??)
}

fn member(key: Cow<'static, str>, kind: Kind<'static>) -> Member<'static> {
    Member { key, key_start: 0, key_end: 0, value: plain(kind) }
}

fn plain(kind: Kind<'static>) -> Value<'static> {
    Value { start: 0, end: 0, kind }
}
