//! What an answer depends on, in words: a line a dimension.

use passgate::address::PrefixSet;
use passgate::analysis::standing::{Answer, Dependence, Standing, Window};
use passgate::check::{Account, ContextValue};
use passgate::grammar::text::quote;
use std::fmt::Display;

/// Prefixes of one list that are named; the rest is counted.
const NAMED: usize = 12;

/// A line for each dimension, and for each reason why the answer is not exact.
pub(crate) fn lines(answer: &Answer) -> Vec<String> {
    let on = answer.on.iter().map(line);
    on.chain(answer.doubts.iter().map(|doubt| format!("not exact: {doubt}"))).collect()
}

fn line(dependence: &Dependence) -> String {
    match dependence {
        Dependence::Address { always, depends, without } => address(always, depends, *without),
        Dependence::Time { windows, without } => {
            let mut parts: Vec<String> =
                windows.iter().filter(|w| w.standing != Standing::Never).map(window).collect();
            parts.extend(unless_never("without a time", *without));
            format!("time: {}", joined(parts))
        }
        Dependence::Key { key, values, without } => {
            let (mut parts, mut never) = (Vec::new(), 0);
            if values.is_empty() {
                parts.push("by account numbers".to_owned());
            }
            for (value, standing) in values {
                match standing {
                    Standing::Never => never += 1,
                    _ => parts.push(format!("{} {}", shown(value), standing.as_str())),
                }
            }
            parts.extend(unless_never("absent", *without));
            let others = if never > 0 { "; other values never" } else { "" };
            format!("{key}: {}{others}", joined(parts))
        }
        Dependence::Account { numbers } => {
            let parts = numbers.iter().filter(|(_, standing)| *standing != Standing::Never);
            let parts = parts.map(|(account, standing)| format!("{} {}", given(account), standing.as_str()));
            format!("account: {}", joined(parts.collect()))
        }
        Dependence::Resource { patterns, others } => {
            let each = patterns.iter().map(|(pattern, standing)| format!("{pattern} {}", standing.as_str()));
            let others = format!("others {}", others.as_str());
            format!("resource: {}", joined(each.chain([others]).collect()))
        }
    }
}

fn address(always: &PrefixSet, depends: &PrefixSet, without: Standing) -> String {
    let mut parts = Vec::new();
    for (prefixes, word) in [(always, "always"), (depends, "depends")] {
        if !prefixes.is_empty() {
            parts.push(format!("{} {word}", named(prefixes.iter(), prefixes.count_prefixes())));
        }
    }
    parts.extend(unless_never("without one", without));
    format!("address: {}", joined(parts))
}

/// The first few, and how many more there are.
pub(crate) fn some<T: Display>(all: &[T]) -> String {
    named(all.iter(), all.len())
}

fn named(all: impl Iterator<Item = impl Display>, count: usize) -> String {
    let named: Vec<String> = all.take(NAMED).map(|one| one.to_string()).collect();
    match count.checked_sub(NAMED) {
        None | Some(0) => named.join(", "),
        Some(more) => format!("{} and {more} more", named.join(", ")),
    }
}

fn window(window: &Window) -> String {
    let mut text = String::new();
    if let Some(since) = window.since {
        text.push_str(&format!("since {since} "));
    }
    if let Some(until) = window.until {
        text.push_str(&format!("until {until} "));
    }
    text + window.standing.as_str()
}

fn unless_never(what: &str, standing: Standing) -> Option<String> {
    (standing != Standing::Never).then(|| format!("{what} {}", standing.as_str()))
}

fn joined(parts: Vec<String>) -> String {
    if parts.is_empty() { "never".to_owned() } else { parts.join("; ") }
}

fn given(account: &Account) -> String {
    let all = [("uin", &account.uin), ("owner_uin", &account.owner_uin), ("app_id", &account.app_id)];
    let given: Vec<String> =
        all.into_iter().filter_map(|(name, number)| Some(format!("{name}={}", number.as_ref()?))).collect();
    if given.is_empty() { "no number".to_owned() } else { given.join(" ") }
}

fn shown(value: &ContextValue) -> String {
    match value {
        ContextValue::Text(text) => quote(text),
        ContextValue::Number(number) => number.clone(),
        ContextValue::Bool(value) => value.to_string(),
        ContextValue::List(values) => values.iter().map(shown).collect::<Vec<_>>().join(", "),
        ContextValue::Null | ContextValue::Object => "null".to_owned(),
    }
}
