//! What an answer says of one request, and what a list of decided requests says of an action.

use passgate::address::parse_address;
use passgate::analysis::standing::{Answer, Dependence, Standing};
use passgate::check::{Account, ContextValue, Ip, Request};
use passgate::model::Instant;
use std::net::IpAddr;

/// What is said of the calls that are like a request in one dimension; the whole answer first.
pub(super) fn said(answer: &Answer, request: &Request) -> Vec<Standing> {
    let on = answer.on.iter().filter_map(|dependence| along(dependence, request));
    std::iter::once(answer.standing).chain(on).collect()
}

/// What one dimension says of calls with the request's value; none where it is not among those shown.
pub(super) fn along(dependence: &Dependence, request: &Request) -> Option<Standing> {
    match dependence {
        Dependence::Address { always, depends, without } => match ip(request) {
            None => Some(*without),
            Some(ip) if always.contains(ip) => Some(Standing::Always),
            Some(ip) if depends.contains(ip) => Some(Standing::Depends),
            Some(_) => Some(Standing::Never),
        },
        Dependence::Time { windows, without } => match request.at.as_deref() {
            None => Some(*without),
            Some(text) => {
                let at = Instant::parse(text)?;
                let holds = |since: Option<Instant>, until: Option<Instant>| {
                    since.is_none_or(|since| since <= at) && until.is_none_or(|until| at < until)
                };
                windows.iter().find(|w| holds(w.since, w.until)).map(|w| w.standing)
            }
        },
        Dependence::Key { key, values, without } => {
            let given = request.context.iter().find(|(name, _)| **name == **key).map(|(_, value)| value);
            match given {
                None => Some(*without),
                Some(ContextValue::List(list)) if list.is_empty() => Some(*without),
                Some(value) => values.iter().find(|(known, _)| known == value).map(|(_, standing)| *standing),
            }
        }
        Dependence::Account { numbers } => {
            let first = numbers.first().filter(|_| request.account == Account::default());
            first.map(|(_, standing)| *standing)
        }
        Dependence::Resource { patterns, others } => match request.resources.as_deref() {
            None => Some(*others),
            Some([one]) if one == "*" => Some(*others),
            Some([one]) => patterns.iter().find(|(text, _)| **text == **one).map(|(_, standing)| *standing),
            Some(_) => None,
        },
    }
}

pub(super) fn ip(request: &Request) -> Option<IpAddr> {
    match request.ip.as_ref()? {
        Ip::Text(text) => parse_address(text).ok(),
        Ip::Address(ip) => Some(*ip),
    }
}

/// What becomes of requests of which some are allowed and some refused.
pub(super) fn standing(decided: impl IntoIterator<Item = bool>) -> Standing {
    let (mut allowed, mut refused) = (false, false);
    for yes in decided {
        allowed |= yes;
        refused |= !yes;
    }
    match (allowed, refused) {
        (true, false) => Standing::Always,
        (true, true) => Standing::Depends,
        (false, _) => Standing::Never,
    }
}

/// Whether a decision is ruled out by what is said of it.
pub(super) fn contradicts(said: Standing, allowed: bool) -> bool {
    matches!((said, allowed), (Standing::Always, false) | (Standing::Never, true))
}
