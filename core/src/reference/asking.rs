//! Reading a request (§2.7): "A request is read in the order form, action, resource, context, address, time, then the
//! principal, then the values conditions need; the first fault is the error, for root and unknown principals too."
//!
//! What of the form concerns JSON is behind whoever holds a [`Request`]; left are the account numbers. The result is
//! what the request hands over to conditions (§5, *What a request hands over depends on the action*).

use super::action::{self, Action};
use super::address::{self, Address};
use super::resource::{self, Resource};
use super::text::Variables;
use super::time::{self, Time};
use crate::catalog::Granularity;
use crate::check::{ContextValue, Request};
use crate::error::{Error, ErrorCode, Result};
use crate::model::{IpUnsupported, Model};
use std::collections::{BTreeMap, BTreeSet};

/// A value of a key, as JSON has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// A string.
    Text(String),
    /// A number as written.
    Number(String),
    /// `true` or `false`.
    Bool(bool),
}

/// A request that was read.
#[derive(Debug, Clone)]
pub(super) struct Asked<'a> {
    /// The action with its row of the catalog.
    pub(super) action: Action<'a>,
    /// The resources that play a part: none at operation and service level, else at least one.
    pub(super) resources: Vec<Resource<'a>>,
    /// What is handed over, by key; an absent key is not in it, and no list is empty.
    pub(super) keys: BTreeMap<String, Vec<Value>>,
    /// What variables stand for.
    pub(super) variables: Variables,
}

/// Reads form, action, resource, context, address and time.
pub(super) fn read<'a>(model: &'a Model, request: &'a Request) -> Result<Asked<'a>> {
    read_form(request)?;
    let action = action::find(model, &request.action)?;
    let resources = read_resources(request)?;
    let mut keys = read_context(request)?;
    let address = read_address(request)?;
    let time = read_time(request)?;
    let variables = variables(model, request);
    let own = [
        ("qcs:ip", address.map(|a| a.text())),
        ("qcs:current_time", time.map(|t| t.text())),
        ("qcs:uin", variables.uin.clone()),
        ("qcs:owner_uin", variables.owner_uin.clone()),
    ];
    for (key, value) in own {
        if let Some(text) = value {
            keys.insert(key.to_owned(), vec![Value::Text(text)]);
        }
    }
    withhold(&mut keys, &action, model.settings.ip_unsupported);
    let resources = if action.granularity == Granularity::Resource { resources } else { Vec::new() };
    Ok(Asked { action, resources, keys, variables })
}

/// "a duplicate or unknown member … account numbers that are no digits … `bad-request`, naming it".
fn read_form(request: &Request) -> Result<()> {
    let mut seen = BTreeSet::new();
    if let Some((twice, _)) = request.context.iter().find(|(key, _)| !seen.insert(key)) {
        let message = format!("the context gives the key `{twice}` twice");
        return Err(Error::new(ErrorCode::BadRequest, message).with_key(twice));
    }
    let account = &request.account;
    let numbers = [("uin", &account.uin), ("owner_uin", &account.owner_uin), ("app_id", &account.app_id)];
    for (member, number) in numbers {
        if number.as_deref().is_some_and(|text| !all_digits(text)) {
            let message = format!("the account number `{member}` holds digits only");
            return Err(Error::new(ErrorCode::BadRequest, message).with_key(member));
        }
    }
    Ok(())
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}

/// "A resource-level action checked without a resource is checked against bare `*`." (§4) "an empty list is a
/// caller's error."
fn read_resources(request: &Request) -> Result<Vec<Resource<'_>>> {
    let Some(texts) = &request.resources else { return Ok(vec![Resource::Any]) };
    if texts.is_empty() {
        return Err(Error::new(ErrorCode::BadResource, "the list of resources is empty"));
    }
    texts.iter().map(|text| resource::read(text)).collect()
}

/// Keys and values of the context: "An empty list is an absent key, everywhere. `null` as a value is a caller's
/// error." "`qcs:ip`, `qcs:current_time`, `qcs:uin`, `qcs:owner_uin` come from the request's address, time and
/// accounts; giving them in the context is a caller's error." (§5)
fn read_context(request: &Request) -> Result<BTreeMap<String, Vec<Value>>> {
    let mut keys = BTreeMap::new();
    let bad = |key: &str, why: &str| {
        Err(Error::new(ErrorCode::BadContext, format!("the context key `{key}` {why}")).with_key(key))
    };
    for (key, value) in &request.context {
        let Some(values) = read_values(value) else {
            return bad(key, "holds neither a text, a number, a boolean nor a list of these");
        };
        if !key_fits(key) {
            return bad(key, "is not printable ASCII without blank or quote");
        }
        if values.is_empty() {
            continue;
        }
        if ["qcs:ip", "qcs:current_time", "qcs:uin", "qcs:owner_uin"].contains(&key.as_str()) {
            return bad(key, "comes from the request's address, time and accounts");
        }
        keys.insert(key.clone(), values);
    }
    Ok(keys)
}

/// "A key is printable ASCII without blank or `\"`." (§5)
fn key_fits(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_graphic() && c != '"')
}

/// One value or a list of values; a list of one is that value.
fn read_values(value: &ContextValue) -> Option<Vec<Value>> {
    match value {
        ContextValue::List(values) => values.iter().map(read_value).collect(),
        one => Some(vec![read_value(one)?]),
    }
}

fn read_value(value: &ContextValue) -> Option<Value> {
    match value {
        ContextValue::Text(text) => Some(Value::Text(text.clone())),
        ContextValue::Number(text) => Some(Value::Number(text.clone())),
        ContextValue::Bool(value) => Some(Value::Bool(*value)),
        ContextValue::Null | ContextValue::List(_) | ContextValue::Object => None,
    }
}

fn read_address(request: &Request) -> Result<Option<Address>> {
    let Some(ip) = &request.ip else { return Ok(None) };
    let address = address::of_request(ip);
    address
        .map(Some)
        .ok_or_else(|| Error::new(ErrorCode::BadAddress, "the address cannot be read").with_key("ip"))
}

fn read_time(request: &Request) -> Result<Option<Time>> {
    let Some(text) = &request.at else { return Ok(None) };
    let bad = || Error::new(ErrorCode::BadTime, format!("the time `{text}` cannot be read")).with_key("at");
    time::read(text).map(Some).ok_or_else(bad)
}

/// "Variables `${uin}` (the caller's number: the principal's name if all digits), `${owner_uin}`, `${app_id}` (the
/// owner's uin and uid); what the request's `account` gives goes before these, for variables and keys only". (§5)
fn variables(model: &Model, request: &Request) -> Variables {
    let (account, owner) = (&request.account, &model.settings.owner);
    let principal = request.principal.as_str();
    let name =
        principal.strip_prefix("user:").or_else(|| principal.strip_prefix("role:")).unwrap_or(principal);
    Variables {
        uin: account.uin.clone().or_else(|| all_digits(name).then(|| name.to_owned())),
        owner_uin: account.owner_uin.clone().or_else(|| owner.uin.as_deref().map(str::to_owned)),
        app_id: account.app_id.clone().or_else(|| owner.uid.as_deref().map(str::to_owned)),
    }
}

/// "Not handed over means absent": the address where the row has no IP restriction, unless `ip-unsupported` is
/// `"evaluate"` ("use the caller's address anyway"); the tags where it has no tag authorization: "Tags are always
/// withheld." (§5)
fn withhold(keys: &mut BTreeMap<String, Vec<Value>>, action: &Action<'_>, mode: IpUnsupported) {
    if !action.ip_restriction && mode != IpUnsupported::Evaluate {
        keys.remove("qcs:ip");
    }
    if !action.tag_authorization {
        for key in ["qcs:resource_tag", "qcs:request_tag", "qcs:tag"] {
            keys.remove(key);
        }
    }
}
