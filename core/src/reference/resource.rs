//! Resources (§4): those a request names, and which patterns of a statement cover them.

use super::asking::Asked;
use super::text::{self, Variables};
use super::truth::{Cause, Truth};
use crate::error::{Error, ErrorCode, Result};
use crate::model::{AccountPattern, Owner, ResourceKind, ResourcePattern, Settings};

/// A resource of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Resource<'a> {
    /// Bare `*`.
    Any,
    /// `qcs:`any`:service:[region]:[account]:rest`
    Named {
        /// The service.
        service: &'a str,
        /// The region, maybe empty.
        region: &'a str,
        /// The account, maybe empty.
        account: &'a str,
        /// All that follows.
        rest: &'a str,
    },
}

/// "In a request: `*`, or `qcs:`any`:`service`:`[region]`:`[account]`:`rest without wildcards in the first five,
/// service and rest not empty".
pub(super) fn read(text: &str) -> Result<Resource<'_>> {
    if text == "*" {
        return Ok(Resource::Any);
    }
    read_six(text).ok_or_else(|| {
        Error::new(ErrorCode::BadResource, format!("the resource `{text}` is malformed")).with_key(text)
    })
}

fn read_six(text: &str) -> Option<Resource<'_>> {
    let mut segments = text.splitn(6, ':');
    let (word, project, service) = (segments.next()?, segments.next()?, segments.next()?);
    let (region, account, rest) = (segments.next()?, segments.next()?, segments.next()?);
    let wild = [word, project, service, region, account].iter().any(|segment| segment.contains('*'));
    let good = word == "qcs" && !wild && !service.is_empty() && !rest.is_empty();
    good.then_some(Resource::Named { service, region, account, rest })
}

/// §2.5: "each resource that plays a part is `*` or lies in the owner's account".
pub(super) fn lies_in_owners_account(resource: &Resource<'_>, owner: &Owner) -> bool {
    match resource {
        Resource::Any => true,
        Resource::Named { account, .. } => is_owner(account, owner),
    }
}

/// "An empty account means the owner's, in a policy and in a request alike: `\"\"`, `uin/OWNER` and `uid/OWNER` then
/// name one account. … Where no owner is given, empty equals only empty."
fn is_owner(account: &str, owner: &Owner) -> bool {
    let named = |kind: &str, number: &Option<Box<str>>| {
        number.as_ref().is_some_and(|number| account == format!("{kind}/{number}"))
    };
    account.is_empty() || named("uin", &owner.uin) || named("uid", &owner.uid)
}

/// Whether the resources of a statement cover one that the request is about; `None` where none plays a part, at
/// operation and service level: "resource `*` (alone or in the list)", and a specific resource does not match.
pub(super) fn matches(
    patterns: &[ResourcePattern],
    asked: &Asked<'_>,
    resource: Option<&Resource<'_>>,
    settings: &Settings,
) -> Truth {
    Truth::any(patterns.iter().map(|pattern| match (&pattern.kind, resource) {
        (ResourceKind::Any, _) => Truth::Yes,
        (ResourceKind::Six { .. }, None) => Truth::No,
        (six @ ResourceKind::Six { .. }, Some(resource)) => covers(six, resource, &asked.variables, settings),
    }))
}

/// "A bare `*` in a request is covered only by the policy's bare `*`." "A resource pattern with an unresolved variable
/// is open only where the five segments before it match" (§2.9).
fn covers(
    pattern: &ResourceKind,
    resource: &Resource<'_>,
    variables: &Variables,
    settings: &Settings,
) -> Truth {
    let ResourceKind::Six { service: of_service, region: of_region, account: of_account, rest: of_rest } =
        pattern
    else {
        return Truth::Yes;
    };
    let Resource::Named { service, region, account, rest } = resource else { return Truth::No };
    let before = of_service.as_deref().is_none_or(|wanted| wanted == *service)
        && of_region.as_deref().is_none_or(|wanted| same_region(wanted, region, settings))
        && account_matches(of_account, account, &settings.owner);
    if !before {
        return Truth::No;
    }
    match variables.fill(of_rest) {
        Ok(pattern) => Truth::known(text::covers(&pattern, rest)),
        Err(variables) => Truth::Open(variables.into_iter().map(Cause::Unresolved).collect()),
    }
}

/// "Region names compare as text; an alias table (`gz` = `ap-guangzhou`) is optional and off by default". "An empty
/// region in a request is covered only by an empty or `*` region."
fn same_region(wanted: &str, region: &str, settings: &Settings) -> bool {
    let long = |name: &str| match settings.region_aliases.get(name) {
        Some(long) => long.to_string(),
        None => name.to_owned(),
    };
    long(wanted) == long(region)
}

/// "Account: empty (the owner's), `*` (any), `uin/`digits or `uid/`digits … All other accounts compare as text."
fn account_matches(pattern: &AccountPattern, account: &str, owner: &Owner) -> bool {
    match pattern {
        AccountPattern::Any => true,
        AccountPattern::Owner => is_owner(account, owner),
        AccountPattern::Exact(wanted) => {
            wanted.as_ref() == account || (is_owner(wanted, owner) && is_owner(account, owner))
        }
    }
}
