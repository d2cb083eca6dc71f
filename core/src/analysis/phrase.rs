//! Conditions in the words of the language (language reference, *Conditions*), shortened where they are long: for
//! answers that people read.

use crate::model::read::{CURRENT_TIME, IP};
use crate::model::{Comparison, Condition, Qualifier, Statement, Template, Test};
use passgate_grammar::text::{quote, write_key};
use std::fmt::Display;

/// Values of a list that are named; the rest is counted.
const NAMED: usize = 4;

/// A condition as the language writes it.
pub(super) fn condition(condition: &Condition) -> String {
    let key = write_key(&condition.key);
    let quantifier = match condition.qualifier {
        Some(Qualifier::Any) => "any ",
        Some(Qualifier::All) => "every ",
        None => "",
    };
    if let Some(own) = own(condition) {
        return own;
    }
    let (test, negated) = (test(&condition.test), is_negated(&condition.test));
    match condition.if_exist {
        true if negated => unless(condition, &key),
        true => format!("{quantifier}{key} is absent or {test}"),
        false => format!("{quantifier}{key} {test}"),
    }
}

fn is_negated(test: &Test) -> bool {
    match test {
        Test::Text { negated, .. } | Test::Like { negated, .. } | Test::Ip { negated, .. } => *negated,
        Test::Number { comparison, .. } | Test::Date { comparison, .. } => {
            *comparison == Comparison::NotEqual
        }
        Test::Binary { .. } | Test::Bool { .. } | Test::Null { .. } => false,
    }
}

/// A negative operator that an absent key satisfies, turned round.
fn unless(condition: &Condition, key: &str) -> String {
    let positive = match condition.test.clone() {
        Test::Text { ignore_case, values, .. } => Test::Text { negated: false, ignore_case, values },
        Test::Like { values, .. } => Test::Like { negated: false, values },
        Test::Ip { prefixes, written, .. } => Test::Ip { negated: false, prefixes, written },
        Test::Number { values, .. } => Test::Number { comparison: Comparison::Equal, values },
        Test::Date { values, .. } => Test::Date { comparison: Comparison::Equal, values },
        other => other,
    };
    let quantifier = match condition.qualifier {
        Some(Qualifier::Any) => "every ",
        Some(Qualifier::All) => "any ",
        None => "",
    };
    let test = test(&positive);
    match test.strip_prefix("in ") {
        Some(network) if key == IP && quantifier.is_empty() => format!("unless from {network}"),
        _ => format!("unless {quantifier}{key} {test}"),
    }
}

/// Conditions that have a clause of their own.
fn own(condition: &Condition) -> Option<String> {
    if condition.qualifier.is_some() || condition.if_exist {
        return None;
    }
    match (condition.key.as_ref(), &condition.test) {
        (IP, Test::Ip { negated, prefixes, .. }) => {
            let not = if *negated { "not " } else { "" };
            Some(format!("{not}from {}", list(prefixes.iter())))
        }
        (CURRENT_TIME, Test::Date { comparison: Comparison::GreaterEqual, values }) => {
            Some(format!("since {}", list(values.iter())))
        }
        (CURRENT_TIME, Test::Date { comparison: Comparison::Less, values }) => {
            Some(format!("until {}", list(values.iter())))
        }
        _ => None,
    }
}

fn test(test: &Test) -> String {
    let not = |negated: &bool| if *negated { "not " } else { "" };
    match test {
        Test::Text { negated, ignore_case, values } => {
            let ignoring = if *ignore_case { " ignoring case" } else { "" };
            format!("is {}{}{ignoring}", not(negated), texts(values))
        }
        Test::Like { negated, values } => format!("{}like {}", not(negated), texts(values)),
        Test::Binary { values } => format!("is bytes {}", texts(values)),
        Test::Number { comparison, values } => format!("{} {}", sign(*comparison), list(values.iter())),
        Test::Date { comparison, values } => format!("{} {}", sign(*comparison), list(values.iter())),
        Test::Bool { values } => format!("is {}", list(values.iter())),
        Test::Ip { negated, prefixes, .. } => format!("{}in {}", not(negated), list(prefixes.iter())),
        Test::Null { values } => match (values.contains(&true), values.contains(&false)) {
            (true, false) => "is absent".to_owned(),
            (false, _) => "is present".to_owned(),
            (true, true) => "is absent or present".to_owned(),
        },
    }
}

fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "is",
        Comparison::NotEqual => "is not",
        Comparison::Less => "<",
        Comparison::LessEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterEqual => ">=",
    }
}

fn texts(values: &[Template]) -> String {
    list(values.iter().map(|value| quote(&value.written())))
}

/// The resources of a statement.
pub(super) fn resources(statement: &Statement) -> String {
    list(
        statement
            .resources
            .iter()
            .map(|pattern| if &*pattern.text == "*" { "*".into() } else { quote(&pattern.text) }),
    )
}

fn list<T: Display>(values: impl ExactSizeIterator<Item = T>) -> String {
    let count = values.len();
    let named: Vec<String> = values.take(NAMED).map(|value| value.to_string()).collect();
    match count.checked_sub(NAMED) {
        _ if count == 0 => "nothing".to_owned(),
        None | Some(0) => named.join(", "),
        Some(more) => format!("{} and {more} more", named.join(", ")),
    }
}
