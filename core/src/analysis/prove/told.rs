//! What is told of an assert that is not proved: the call that shows it, and the statements that decided that call.

use super::judge::Found;
use super::{CounterExample, Verdict};
use crate::address::{Family, Prefix};
use crate::analysis::places::{Places, decided};
use crate::analysis::space::Doubt;
use crate::check::{ContextValue, Ip, Reason, Request};
use crate::model::{Assert, Model};
use passgate_grammar::{Diagnostic, code};
use std::fmt::Write;

/// What is told; nothing of an assert that holds.
pub(super) fn of(
    model: &Model,
    assert: &Assert,
    verdict: &Verdict,
    found: Option<&Found>,
    places: &Places<'_>,
) -> Option<Diagnostic> {
    match verdict {
        Verdict::Holds => None,
        Verdict::Undecided(doubts) => {
            let told = Diagnostic::error(
                code::ASSERT_UNDECIDED,
                assert.span,
                "this can be neither proved nor refuted",
            );
            let told = told.because(format!("it depends on more than is looked at: {}", because(doubts)));
            Some(told.help("assert less at once: fewer actions, or fewer callers"))
        }
        Verdict::Fails(shown) => Some(refuted(model, assert, shown, found, places)),
    }
}

fn refuted(
    model: &Model,
    assert: &Assert,
    shown: &CounterExample,
    found: Option<&Found>,
    places: &Places<'_>,
) -> Diagnostic {
    let told = Diagnostic::error(code::ASSERT_FAILED, assert.span, sentence(shown));
    let mut told = places.point(told, &shown.decision.statements, decided(shown.decision.reason));
    if let Some(why) = silence(shown) {
        told = told.because(why);
    }
    match found.map_or(0, |found| found.alike) {
        0 | 1 => {}
        2 => told = told.because("one more action is alike"),
        more => told = told.because(format!("{} more actions are alike", more - 1)),
    }
    if model.settings.ip_unsupported != crate::model::IpUnsupported::Evaluate
        && unaddressed(model, &shown.request)
    {
        told = told.because(format!("`{}` is never given the address of a call", shown.request.action));
    }
    told
}

/// Doubts as one text.
pub(crate) fn because(doubts: &[Doubt]) -> String {
    doubts.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn unaddressed(model: &Model, request: &Request) -> bool {
    let find = || {
        let (service, name) = request.action.split_once(':')?;
        let id = model.catalogs.resolve(service, name)?;
        model.catalogs.action(id).map(|action| !action.ip_restriction)
    };
    find().unwrap_or(false)
}

/// Why a call is refused that no statement denies.
fn silence(shown: &CounterExample) -> Option<&'static str> {
    match shown.decision.reason {
        Reason::ImplicitDeny if shown.request.principal == "root" => {
            Some("the resource is not of the owner's account")
        }
        Reason::ImplicitDeny => Some("no statement allows it"),
        Reason::Boundary if shown.decision.statements.is_empty() => {
            Some("no statement of the boundary allows it")
        }
        _ => None,
    }
}

/// The call in words.
pub(crate) fn sentence(shown: &CounterExample) -> String {
    let (request, may) = (&shown.request, if shown.decision.allowed { "may" } else { "may not" });
    let mut text = format!("`{}`", request.principal);
    for role in &request.roles {
        // Writing to a string does not fail.
        let _ = write!(text, " in role `{role}`");
    }
    let _ = write!(text, " {may} {}", call(shown.prefix, request));
    text
}

/// The call without who makes it: the action, and what goes with it.
pub(crate) fn call(prefix: Option<Prefix>, request: &Request) -> String {
    let mut text = format!("`{}`", request.action);
    for resource in request.resources.iter().flatten() {
        // Writing to a string does not fail.
        let _ = write!(text, " on `{resource}`");
    }
    let _ = write!(text, " {}", place(prefix, request));
    if let Some(at) = &request.at {
        let _ = write!(text, " at {at}");
    }
    for (number, (key, value)) in request.context.iter().enumerate() {
        let _ =
            write!(text, " {} `{key}` is {}", if number == 0 { "with" } else { "and" }, shown_value(value));
    }
    let account = &request.account;
    for (name, number) in
        [("uin", &account.uin), ("owner_uin", &account.owner_uin), ("app_id", &account.app_id)]
    {
        if let Some(number) = number {
            let _ = write!(text, ", its account's {name} being {number}");
        }
    }
    text
}

fn place(prefix: Option<Prefix>, request: &Request) -> String {
    let Some(Ip::Address(address)) = request.ip else { return "without an address".to_owned() };
    match prefix {
        Some(prefix) if prefix.length == 0 && prefix.family == Family::V4 => {
            format!("from any IPv4 address (such as {address})")
        }
        Some(prefix) if prefix.length == 0 => format!("from any IPv6 address (such as {address})"),
        Some(prefix) if prefix.length < Prefix::width(prefix.family) => {
            format!("from {prefix} (such as {address})")
        }
        _ => format!("from {address}"),
    }
}

fn shown_value(value: &ContextValue) -> String {
    match value {
        ContextValue::Text(text) => passgate_grammar::text::quote(text),
        ContextValue::Number(number) => number.clone(),
        ContextValue::Bool(value) => value.to_string(),
        ContextValue::List(values) => values.iter().map(shown_value).collect::<Vec<_>>().join(", "),
        ContextValue::Null | ContextValue::Object => "null".to_owned(),
    }
}
