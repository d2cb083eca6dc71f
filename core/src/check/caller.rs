//! Who asks: the principal of a request with what the request brings for it (semantics §2.3–§2.6).

use super::ask::Ask;
use crate::error::{Error, ErrorCode, Result};
use crate::model::read::shown;
use crate::model::{Claims, GroupId, PolicyId};
use crate::nearest::nearest;
use crate::table::{Bounded, Claimable, Principals, Signature, Table};

/// A caller, found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Caller {
    /// The account root.
    Root,
    /// Not defined by the set, and brings nothing.
    Unknown,
    /// Declared, and brings nothing more.
    Declared(Signature),
    /// Has policies that the request made up.
    Brought {
        /// Numbers of policies, ascending, each once.
        policies: Vec<u32>,
        /// What bounds it.
        boundary: Bound,
    },
}

/// The boundary of a caller whose policies the request made up.
pub(super) type Bound = Option<u32>;

impl Caller {
    /// Its policies and boundary; none for root and the unknown.
    pub(super) fn bounded(&self) -> Option<Bounded<'_>> {
        match self {
            Caller::Root | Caller::Unknown => None,
            Caller::Declared(signature) => Some(Bounded::declared(*signature)),
            Caller::Brought { policies, boundary } => Some(Bounded::brought(policies, *boundary)),
        }
    }
}

/// What a caller has, for analyses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Holder {
    /// The account root.
    Root,
    /// Not defined by the set.
    Unknown,
    /// Has policies.
    Policies {
        /// Ascending, each once.
        attached: Vec<PolicyId>,
        /// What bounds it.
        boundary: Option<Vec<PolicyId>>,
    },
}

impl Caller {
    /// What it has.
    pub(super) fn holder(&self, table: &Table) -> Holder {
        match self.bounded() {
            None if *self == Caller::Root => Holder::Root,
            None => Holder::Unknown,
            Some(Bounded { policies, boundary }) => Holder::Policies {
                attached: table.policies_of(policies),
                boundary: boundary.map(|policies| table.policies_of(policies)),
            },
        }
    }
}

/// A principal by its text. Only `user:`, `role:`, `group:`, `policy:` are prefixes; other text is a user's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named<'a> {
    Root,
    User(&'a str),
    Role(&'a str),
    Group(&'a str),
    Policy(&'a str),
}

/// No prefix has its colon elsewhere than in the fifth to the seventh byte: most names are told by three bytes.
#[inline(always)]
fn named(text: &str) -> Named<'_> {
    match text.as_bytes() {
        [_, _, _, _, b':', ..] | [_, _, _, _, _, b':', ..] | [_, _, _, _, _, _, b':', ..] => prefixed(text),
        b"root" => Named::Root,
        _ => Named::User(text),
    }
}

#[inline]
fn prefixed(text: &str) -> Named<'_> {
    if let Some(name) = text.strip_prefix("user:") {
        Named::User(name)
    } else if let Some(name) = text.strip_prefix("role:") {
        Named::Role(name)
    } else if let Some(name) = text.strip_prefix("group:") {
        Named::Group(name)
    } else if let Some(name) = text.strip_prefix("policy:") {
        Named::Policy(name)
    } else {
        Named::User(text)
    }
}

/// The name of a user, where the text names one.
#[inline]
pub(super) fn user_name(principal: &str) -> Option<&str> {
    match named(principal) {
        Named::User(name) => Some(name),
        _ => None,
    }
}

/// The signature of a declared user or role, as a caller who brings nothing.
#[inline]
pub(super) fn declared(table: &Table, principal: &str) -> Option<Signature> {
    match named(principal) {
        Named::User(name) => table.principals.user(name),
        Named::Role(name) => table.principals.role(name),
        Named::Root | Named::Group(_) | Named::Policy(_) => None,
    }
}

/// The caller's number: the name of a user or role that is all digits.
pub(super) fn number(principal: &str) -> Option<&str> {
    match named(principal) {
        Named::User(name) | Named::Role(name) if is_digits(name) => Some(name),
        _ => None,
    }
}

pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Groups (roles too) and policies that a request brings, by number.
#[derive(Debug, Default)]
struct Brought {
    groups: Vec<u32>,
    policies: Vec<u32>,
}

impl Brought {
    fn extend(&mut self, more: Option<Join>) {
        match more {
            Some(Join::Group(GroupId(number))) => self.groups.push(number),
            Some(Join::Policy(PolicyId(number))) => self.policies.push(number),
            None => {}
        }
    }
}

/// What a caller could be in, or have, beside what it is in and has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Join {
    /// A group or role.
    Group(GroupId),
    /// A policy.
    Policy(PolicyId),
}

/// Finds the caller.
///
/// # Errors
/// `unknown-group`, `unknown-policy`, or `bad-request` for what `claims` does not admit: the principal first, then
/// groups, roles and policies of the request.
pub(super) fn find(table: &Table, ask: &Ask<'_>) -> Result<Caller> {
    found(table, ask, None)
}

/// The caller with one group, role or policy more, whatever `claims` admits; root stays root.
///
/// # Errors
/// Those of [`find`].
pub(super) fn joined(table: &Table, ask: &Ask<'_>, join: Join) -> Result<Caller> {
    found(table, ask, Some(join))
}

fn found(table: &Table, ask: &Ask<'_>, more: Option<Join>) -> Result<Caller> {
    let (principals, claimable) = (&table.principals, &table.claimable);
    let mut brought = Brought::default();
    let own = match named(ask.principal) {
        Named::Root => None,
        Named::User(name) => principals.user(name),
        Named::Role(name) => principals.role(name),
        Named::Group(name) => {
            brought.groups.push(group(table, name, false, "principal")?);
            None
        }
        Named::Policy(name) => {
            brought.policies.push(policy(claimable, name, "principal")?);
            None
        }
    };
    for name in ask.groups {
        brought.groups.push(group(table, name, false, "groups")?);
    }
    for name in ask.roles {
        brought.groups.push(group(table, name, true, "roles")?);
    }
    for name in ask.policies {
        brought.policies.push(policy(claimable, name, "policies")?);
    }
    if named(ask.principal) == Named::Root {
        return Ok(Caller::Root);
    }
    brought.extend(more);
    if brought.groups.is_empty() && brought.policies.is_empty() {
        return Ok(own.or_else(|| principals.anyone()).map_or(Caller::Unknown, Caller::Declared));
    }
    Ok(Caller::Brought {
        policies: principals.with_claims(own, &brought.groups, &brought.policies),
        boundary: principals.boundary_of(own),
    })
}

fn group(table: &Table, name: &str, role: bool, member: &str) -> Result<u32> {
    if table.claimable.claims == Claims::None {
        return Err(not_admitted(name, member));
    }
    let principals = &table.principals;
    let number = if role { principals.role_number(name) } else { principals.group_number(name) };
    number.ok_or_else(|| unknown_group(principals, name, role, member))
}

#[cold]
fn unknown_group(principals: &Principals, name: &str, role: bool, member: &str) -> Error {
    let word = if role { "role" } else { "group" };
    let near = nearest(name, principals.group_names(role));
    let message = format!("the policy set defines no {word} `{}`", shown(name));
    Error::new(ErrorCode::UnknownGroup, message).with_key(member).with_nearest(near)
}

fn policy(claimable: &Claimable, name: &str, member: &str) -> Result<u32> {
    if claimable.claims != Claims::Policies {
        return Err(not_admitted(name, member));
    }
    claimable.policy(name).ok_or_else(|| unknown_policy(claimable, name, member))
}

#[cold]
fn unknown_policy(claimable: &Claimable, name: &str, member: &str) -> Error {
    let near = nearest(name, claimable.names());
    let message = format!("the policy set defines no policy `{}`", shown(name));
    Error::new(ErrorCode::UnknownPolicy, message).with_key(member).with_nearest(near)
}

#[cold]
fn not_admitted(name: &str, member: &str) -> Error {
    let message = format!("a request may not bring `{}`: the set's `claims` does not admit it", shown(name));
    Error::new(ErrorCode::BadRequest, message).with_key(member)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_four_prefixes_and_one_word_are_special() {
        assert_eq!(named("user:root"), Named::User("root"));
        assert_eq!(named("root"), Named::Root);
        assert_eq!(named("Root"), Named::User("Root"));
        for name in [
            "",
            "u",
            "user",
            "role",
            "group",
            "policy",
            "roots",
            "user;x",
            "uses:x",
            "grou:p",
            "policy;",
            "é:é:é:é",
        ] {
            assert_eq!(named(name), Named::User(name));
        }
        assert_eq!(named("user:"), Named::User(""));
        assert_eq!(named("role:"), Named::Role(""));
        assert_eq!(named("group:"), Named::Group(""));
        assert_eq!(named("group:a:b"), Named::Group("a:b"));
        assert_eq!(named("policy:"), Named::Policy(""));
        assert_eq!(named("policy:desk"), Named::Policy("desk"));
        assert_eq!(named("a:b"), Named::User("a:b"));
        assert_eq!(named("user:user:x"), Named::User("user:x"));
        assert_eq!(named("role:ops"), Named::Role("ops"));
        assert_eq!(number("user:100001"), Some("100001"));
        assert_eq!(number("role:7"), Some("7"));
        assert_eq!(number("group:7"), None);
        assert_eq!(number("user:"), None);
    }
}
