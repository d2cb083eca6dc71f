//! Options of `load`, `loadAsync` and `compile` from JavaScript values: their names and types, not what they mean.

use crate::value::{Js, Kind};
use passgate::error::Result;
use passgate::model::Owner;
use passgate::nearest::nearest;
use passgate::{Error, ErrorCode, LoadOptions};
use std::path::PathBuf;

const NAMES: [&str; 6] = ["catalogs", "opaque", "owner", "ipUnsupported", "boundary", "strict"];

/// The core's options. `undefined` and `null` are an option that is not given.
pub(crate) fn read(given: Js<'_>) -> Result<LoadOptions> {
    let mut options = LoadOptions::default();
    for (name, value) in members(given, "options")? {
        match name.as_str() {
            "catalogs" => options.catalogs = paths(value, "catalogs")?,
            "opaque" => options.opaque = one_or_more(value, "opaque", text)?,
            "owner" => options.owner = Some(owner(value)?),
            "ipUnsupported" => options.ip_unsupported = Some(text(value, "ipUnsupported")?.parse()?),
            "boundary" => options.boundary = paths(value, "boundary")?,
            "strict" => options.strict = flag(value, "strict")?,
            other => return Err(unknown("a load", other, &NAMES)),
        }
    }
    Ok(options)
}

/// The text of an option.
pub(crate) fn text(value: Js<'_>, option: &str) -> Result<String> {
    if !value.is_text() {
        return Err(bad(option, "is a string"));
    }
    match value.text() {
        Ok(Ok(text)) => Ok(text),
        _ => Err(bad(option, "holds a lone surrogate, which is no character")),
    }
}

#[cold]
fn bad(option: &str, what: &str) -> Error {
    Error::new(ErrorCode::BadOption, format!("`{option}` {what}")).with_key(option)
}

#[cold]
fn unknown(owner: &str, name: &str, known: &[&str]) -> Error {
    let error = Error::new(ErrorCode::BadOption, format!("{owner} has no option `{name}`"));
    error.with_key(name).with_nearest(nearest(name, known.iter().copied()))
}

/// The members of an object that are given, and none where it is not given itself.
fn members<'call>(given: Js<'call>, option: &str) -> Result<Vec<(String, Js<'call>)>> {
    match given.kind() {
        Ok(Kind::Undefined | Kind::Null) => return Ok(Vec::new()),
        Ok(Kind::Plain) => {}
        _ => return Err(bad(option, "is a plain object")),
    }
    let members = given.members().map_err(|_| bad(option, "cannot be read: a getter or proxy threw"))?;
    let given = members.into_iter().filter(|(_, value)| !value.is_absent());
    let named = given.map(|(name, value)| match name {
        Some(Ok(name)) => Ok((name, value)),
        _ => Err(bad(option, "has a member that is not named by text")),
    });
    named.collect()
}

fn owner(value: Js<'_>) -> Result<Owner> {
    let mut owner = Owner::default();
    for (name, value) in members(value, "owner")? {
        let number = text(value, "owner")?.into();
        match name.as_str() {
            "uin" => owner.uin = Some(number),
            "uid" => owner.uid = Some(number),
            other => return Err(unknown("`owner`", other, &["uin", "uid"])),
        }
    }
    Ok(owner)
}

fn flag(value: Js<'_>, option: &str) -> Result<bool> {
    match value.kind() {
        Ok(Kind::Bool(flag)) => Ok(flag),
        _ => Err(bad(option, "is true or false")),
    }
}

/// A path. `lib/gate.cjs` has made paths of file URLs.
pub(crate) fn path(value: Js<'_>, option: &str) -> Result<PathBuf> {
    if !value.is_text() {
        return Err(bad(option, "is a path: a string or a file URL"));
    }
    text(value, option).map(PathBuf::from)
}

fn paths(value: Js<'_>, option: &str) -> Result<Vec<PathBuf>> {
    one_or_more(value, option, path)
}

fn one_or_more<T>(value: Js<'_>, option: &str, read: fn(Js<'_>, &str) -> Result<T>) -> Result<Vec<T>> {
    let Ok(Kind::List(length)) = value.kind() else { return Ok(vec![read(value, option)?]) };
    let element =
        |index| value.element(index).map_err(|_| bad(option, "cannot be read: a getter or proxy threw"));
    (0..length).map(|index| read(element(index)?, option)).collect()
}
