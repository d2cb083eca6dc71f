//! The decision, and what would have to change, as sentences: the same in every language that passgate is used from.

use super::{Change, Explanation};
use crate::address::Prefix;
use crate::analysis::json_parts::value_text;
use crate::check::{Ip, Reason, Request};
use crate::error::Error;
use crate::model::read::shown;

/// What the check answers, as a sentence.
pub fn sentence(of: &Explanation) -> String {
    let call = call(&of.request);
    let who = shown(&of.request.principal);
    match &of.outcome {
        Ok(decision) => {
            let may = if decision.allowed { "may" } else { "may not" };
            format!("{who} {may} perform {call}: {}", why(decision.reason))
        }
        Err(error) => format!("whether {who} may perform {call} is not decided: {}", fault(error)),
    }
}

fn call(request: &Request) -> String {
    let mut text = shown(&request.action).to_string();
    match &request.ip {
        Some(Ip::Text(ip)) => text += &format!(" from {}", shown(ip)),
        Some(Ip::Address(ip)) => text += &format!(" from {ip}"),
        None => {}
    }
    let resources: Vec<String> = request.resources.iter().flatten().map(|r| shown(r).to_string()).collect();
    if !resources.is_empty() {
        text += &format!(" on {}", resources.join(", "));
    }
    if let Some(at) = &request.at {
        text += &format!(" at {}", shown(at));
    }
    let keys = request.context.iter().map(|(key, value)| format!("{} {}", shown(key), value_text(value)));
    let keys: Vec<String> = keys.collect();
    if !keys.is_empty() {
        text += &format!(" with {}", keys.join(" and "));
    }
    text
}

fn why(reason: Reason) -> &'static str {
    match reason {
        Reason::Allow => "a statement allows it",
        Reason::Root => "the account root is asking",
        Reason::ExplicitDeny => "a statement denies it",
        Reason::ImplicitDeny => "no statement allows it",
        Reason::Boundary => "the permission boundary does not allow it",
        Reason::UnknownPrincipal => "the policy set does not know the principal",
    }
}

fn fault(error: &Error) -> String {
    match error.nearest().first() {
        Some(best) => format!("{}; did you mean `{best}`?", error.message()),
        None => error.message().to_owned(),
    }
}

/// A change as the end of a sentence: `it would be allowed …`.
pub fn change(of: &Change) -> String {
    match of {
        Change::Address { to: None, .. } => "without an address".to_owned(),
        Change::Address { to: Some(ip), within } => {
            let wider = within.filter(|within| within.length < Prefix::width(within.family));
            let any = wider.map_or(String::new(), |within| format!(" (any address of {within})"));
            format!("from {ip}{any}")
        }
        Change::Time { to: None, .. } => "without a time".to_owned(),
        Change::Time { to: Some(at), since, until } => {
            let since = since.filter(|since| since != at).map(|since| format!("since {since}"));
            let until = until.filter(|until| *until != at.next()).map(|until| format!("until {until}"));
            let stretch: Vec<String> = since.into_iter().chain(until).collect();
            let any = if stretch.is_empty() { String::new() } else { format!(" ({})", stretch.join(" ")) };
            format!("at {at}{any}")
        }
        Change::Context { key, to: None } => format!("without {}", shown(key)),
        Change::Context { key, to: Some(value) } => format!("with {} {}", shown(key), value_text(value)),
        Change::Join(name) => match name.strip_prefix("policy:") {
            Some(policy) => format!("with policy {} attached", shown(policy)),
            None => format!("as a member of {}", shown(name)),
        },
    }
}
