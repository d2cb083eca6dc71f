//! Answering a request: its parts are read in the order of semantics §2.7, the first fault is the error; then the
//! table decides.

use super::ask::{Ask, IpArgument, Resources};
use super::caller::{self, Caller};
use crate::address::{Family, canonical_bits, parse_address, parse_bits};
use crate::check::{Account, ContextValue, Reason};
use crate::error::{Error, ErrorCode, Result};
use crate::model::Instant;
use crate::model::read::shown;
use crate::table::{Bounded, Cause, Facts, OWN_KEYS, Question, Resource, Table, Target, Variables};
use std::collections::HashSet;
use std::sync::Arc;

/// A reason with the version of the catalog that describes the action's service.
pub(super) type Answer<'a> = (Reason, Option<&'a Arc<str>>);

/// Who asks, and what, once a request was read.
pub(super) enum Asked<'q> {
    /// No policy is read; this is the answer.
    WithoutPolicies(Reason),
    /// The policies decide.
    With(Bounded<'q>, &'q Question<'q>),
}

/// Decides a request; numbers of the places of the deciding statements go to `places`, which is emptied first.
/// `known` is the caller where it was found before.
pub(super) fn answer<'a>(
    table: &'a Table,
    ask: &Ask<'_>,
    known: Option<&Caller>,
    places: Option<&mut Vec<u32>>,
) -> Result<Answer<'a>> {
    let (collect, mut unused) = (places.is_some(), Vec::new());
    let places = places.unwrap_or(&mut unused);
    read(table, ask, known, collect, |asked, version| match asked {
        Asked::WithoutPolicies(reason) => Ok((reason, version)),
        Asked::With(bounded, question) => {
            Ok((table.decide(bounded, question, places).map_err(open)?, version))
        }
    })
}

/// Reads a request and hands it on, with the version of the catalog that describes the action's service.
#[inline]
pub(super) fn read<'a, T>(
    table: &'a Table,
    ask: &Ask<'_>,
    known: Option<&Caller>,
    collect: bool,
    then: impl FnOnce(Asked<'_>, Option<&'a Arc<str>>) -> Result<T>,
) -> Result<T> {
    read_form(ask)?;
    let target = table.actions.find(ask.action).ok_or_else(|| table.actions.unknown(ask.action))?;
    let (by_resource, addressed, tags) = match target {
        Target::Known(id) => table.actions.handed(id),
        Target::Opaque { .. } => (true, true, true),
    };
    let (mut one, mut many) = (Resource::Any, Vec::new());
    let resources = read_resources(table, ask.resources, &mut one, &mut many)?;
    read_context(ask.context)?;
    let address = read_address(ask.ip)?;
    let time = ask.at.map(read_time).transpose()?;
    let found = if known.is_some() { None } else { Some(caller::find(table, ask)?) };
    let caller = known.or(found.as_ref()).unwrap_or(&Caller::Unknown);
    let version = match target {
        Target::Known(id) => table.actions.version(id),
        Target::Opaque { .. } => None,
    };
    let resources = if by_resource { resources } else { &[] };
    let Some(bounded) = caller.bounded() else {
        return then(Asked::WithoutPolicies(without_policies(caller, resources)), version);
    };
    let facts = Facts::new(
        address.filter(|_| addressed),
        time,
        tags,
        variables(table, ask),
        table.keys.values(ask.context),
    );
    then(Asked::With(bounded, &Question { target, facts, resources, collect }), version)
}

/// Root and the unknown: no policy is read.
fn without_policies(caller: &Caller, resources: &[Resource<'_>]) -> Reason {
    match caller {
        Caller::Root if resources.iter().all(Resource::is_owners) => Reason::Root,
        Caller::Root => Reason::ImplicitDeny,
        _ => Reason::UnknownPrincipal,
    }
}

/// What of the form texts from JSON were looked at for before, but requests from elsewhere were not: account numbers,
/// keys given twice.
fn read_form(ask: &Ask<'_>) -> Result<()> {
    if let several @ [_, _, ..] = ask.context {
        each_once(several)?;
    }
    ask.account.map_or(Ok(()), read_account)
}

fn read_account(account: &Account) -> Result<()> {
    let members = [("uin", &account.uin), ("owner_uin", &account.owner_uin), ("app_id", &account.app_id)];
    for (member, number) in members {
        if let Some(number) = number.as_deref().filter(|number| !caller::is_digits(number)) {
            let message = format!("`{member}` of the account is digits, not `{}`", shown(number));
            return Err(Error::new(ErrorCode::BadRequest, message).with_key(member));
        }
    }
    Ok(())
}

/// No resource is bare `*`; an empty list is an error.
fn read_resources<'r>(
    table: &'r Table,
    given: Option<Resources<'r>>,
    one: &'r mut Resource<'r>,
    many: &'r mut Vec<Resource<'r>>,
) -> Result<&'r [Resource<'r>]> {
    let read = |text: &'r str| table.names.read(text).ok_or_else(|| bad_resource(text));
    match given {
        None => {}
        Some(Resources::One(text)) => *one = read(text)?,
        Some(Resources::Many([text])) => *one = read(text)?,
        Some(Resources::Many([])) => {
            return Err(
                Error::new(ErrorCode::BadResource, "the list of resources is empty").with_key("resource")
            );
        }
        Some(Resources::Many(texts)) => {
            for text in texts {
                many.push(read(text)?);
            }
            return Ok(many);
        }
    }
    Ok(std::slice::from_ref(one))
}

#[cold]
pub(crate) fn bad_resource(text: &str) -> Error {
    let message = format!("`{}` is no resource: `*`, or `qcs::service:region:account:rest`", shown(text));
    Error::new(ErrorCode::BadResource, message).with_key("resource")
}

/// Keys and values of the context by form; an empty list is an absent key.
fn read_context(context: &[(String, ContextValue)]) -> Result<()> {
    for (key, value) in context {
        if !is_value(value) {
            return Err(bad_context(key, "is neither a text, a number, a boolean nor a list of these"));
        }
        if key.is_empty() || !key.bytes().all(|b| b.is_ascii_graphic() && b != b'"') {
            return Err(bad_context(key, "is no key: printable ASCII without blank and quote"));
        }
        let absent = matches!(value, ContextValue::List(values) if values.is_empty());
        if !absent && OWN_KEYS.contains(&key.as_str()) {
            return Err(bad_context(key, "comes from the request's address, time and account"));
        }
    }
    Ok(())
}

/// Few keys are compared each with each; many go through a set, so that the time stays linear.
fn each_once(context: &[(String, ContextValue)]) -> Result<()> {
    let few = context.len() <= 16;
    let mut seen = HashSet::new();
    for (i, (key, _)) in context.iter().enumerate() {
        let twice = if few {
            context.iter().take(i).any(|(earlier, _)| earlier == key)
        } else {
            !seen.insert(key.as_str())
        };
        if twice {
            let message = format!("`{}` stands twice in the context", shown(key));
            return Err(Error::new(ErrorCode::BadRequest, message).with_key(key));
        }
    }
    Ok(())
}

fn is_value(value: &ContextValue) -> bool {
    let single = |value: &ContextValue| {
        matches!(value, ContextValue::Text(_) | ContextValue::Number(_) | ContextValue::Bool(_))
    };
    match value {
        ContextValue::List(values) => values.iter().all(single),
        one => single(one),
    }
}

#[cold]
fn bad_context(key: &str, why: &str) -> Error {
    Error::new(ErrorCode::BadContext, format!("`{}` of the context {why}", shown(key))).with_key(key)
}

pub(crate) fn read_address(ip: IpArgument<'_>) -> Result<Option<(Family, u128)>> {
    match (known_address(ip), ip) {
        (None, IpArgument::Text(text)) => bad_address(text),
        (address, _) => Ok(address.flatten()),
    }
}

/// The address of a request, without why it is none.
#[inline(always)]
pub(super) fn known_address(ip: IpArgument<'_>) -> Option<Option<(Family, u128)>> {
    match ip {
        IpArgument::None => Some(None),
        IpArgument::Text(text) => parse_bits(text).map(Some),
        IpArgument::Address(address) => Some(Some(canonical_bits(address))),
    }
}

/// Why a text is no address.
#[cold]
fn bad_address(text: &str) -> Result<Option<(Family, u128)>> {
    let error = match parse_address(text) {
        Ok(address) => return Ok(Some(canonical_bits(address))),
        Err(error) => error,
    };
    Err(Error::new(ErrorCode::BadAddress, error.message(text)).with_key("ip").with_cause(error))
}

pub(crate) fn read_time(text: &str) -> Result<Instant> {
    Instant::parse(text).ok_or_else(|| {
        let message = format!("`{}` is no time: `YYYY-MM-DDThh:mm:ssZ`, in UTC", shown(text));
        Error::new(ErrorCode::BadTime, message).with_key("at")
    })
}

/// What the request's account gives goes before the principal's name and the set's owner.
fn variables<'a>(table: &'a Table, ask: &Ask<'a>) -> Variables<'a> {
    let (account, owner) = (ask.account, &table.owner);
    let given = |number: fn(&Account) -> &Option<String>| account.and_then(|a| number(a).as_deref());
    Variables {
        uin: given(|a| &a.uin).or_else(|| caller::number(ask.principal)),
        owner_uin: given(|a| &a.owner_uin).or(owner.uin.as_deref()),
        app_id: given(|a| &a.app_id).or(owner.uid.as_deref()),
    }
}

/// The answer rests on a condition that is open.
#[cold]
fn open(cause: Cause<'_>) -> Error {
    let key = cause.key;
    let (code, message) = match cause.variable.map(|v| v.as_str()) {
        None => (ErrorCode::BadContext, format!("the value of `{key}` cannot be read by its operator")),
        Some(name) if name == key => {
            (ErrorCode::UnresolvedVariable, format!("the variable `${{{name}}}` of a resource has no value"))
        }
        Some(name) => {
            let message = format!("the variable `${{{name}}}` that `{key}` is compared with has no value");
            (ErrorCode::UnresolvedVariable, message)
        }
    };
    Error::new(code, message).with_key(key)
}
