//! What a statement asks besides actions, addresses and resources: conditions that are held against each other by what
//! they say.

use super::super::alike::said;
use super::addresses::Reach;
use crate::model::open::{Open, resource_is_ever_open};
use crate::model::read::{CURRENT_TIME, IP};
use crate::model::{Comparison, Condition, Qualifier, ResourcePattern, Statement, Test};
use std::collections::BTreeMap;

/// Conditions by what they say; none twice.
pub(in crate::analysis) type Rest = BTreeMap<String, Condition>;

/// Keys that some actions are not handed.
const TAGS: [&str; 3] = ["qcs:resource_tag", "qcs:request_tag", "qcs:tag"];

/// The conditions of a statement but those that are a set of addresses, and those addresses.
pub(in crate::analysis) fn apart(statement: &Statement) -> (Rest, Reach) {
    let (mut rest, mut reach) = (Rest::new(), Reach::all());
    for condition in &statement.conditions {
        match Reach::of(condition) {
            Some(own) => reach = reach.and(&own),
            None => rest.extend(said(condition).map(|text| (text, condition.clone()))),
        }
    }
    (rest, reach)
}

/// What keys conditions cannot do without: an action that is not handed one is never covered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::analysis) struct Needs {
    pub(in crate::analysis) address: bool,
    pub(in crate::analysis) tags: bool,
}

pub(in crate::analysis) fn needs(rest: &Rest) -> Needs {
    let needed = |condition: &&Condition| {
        !condition.if_exist && !matches!(&condition.test, Test::Null { values } if values.contains(&true))
    };
    let mut needs = Needs::default();
    for condition in rest.values().filter(needed) {
        needs.address |= condition.key.as_ref() == IP;
        needs.tags |= TAGS.contains(&condition.key.as_ref());
    }
    needs
}

/// Whether no call leaves the conditions or the resources open.
pub(in crate::analysis) fn is_never_open<'r>(
    rest: &Rest,
    resources: impl IntoIterator<Item = &'r ResourcePattern>,
) -> bool {
    !rest.values().any(|condition| Open::of(condition).ever())
        && !resources.into_iter().any(resource_is_ever_open)
}

/// Whether whatever meets the first meets the second, and is open for it at most where it is for the first.
pub(in crate::analysis) fn implies(narrow: &Rest, wide: &Rest) -> bool {
    let one = |(text, condition): (&String, &Condition)| {
        narrow.contains_key(text) || narrow.values().any(|other| narrower(other, condition))
    };
    wide.iter().all(one)
}

/// Every set of conditions that some statement has, and those that say what two together say.
pub(in crate::analysis) fn options(rests: &[Rest], most: usize) -> Vec<Rest> {
    let mut all: Vec<Rest> = rests.to_vec();
    let mut at = 0;
    while at < all.len() && all.len() < most {
        for other in 0..at {
            let (Some(one), Some(two)) = (all.get(at), all.get(other)) else { continue };
            let found = joined(two, one).or_else(|| joined_times(two, one));
            if let Some(found) = found.filter(|found| !all.iter().any(|rest| same(rest, found))) {
                all.push(found);
            }
        }
        at += 1;
    }
    all.truncate(most.max(rests.len()));
    all
}

/// Whether both say the same.
pub(in crate::analysis) fn same(one: &Rest, other: &Rest) -> bool {
    one.keys().eq(other.keys())
}

/// The conditions that hold exactly where the one or the other do, where they differ in the values of one alone.
fn joined(one: &Rest, other: &Rest) -> Option<Rest> {
    let mut only_one = one.iter().filter(|(text, _)| !other.contains_key(*text));
    let mut only_other = other.iter().filter(|(text, _)| !one.contains_key(*text));
    let (first, second) = (only_one.next()?, only_other.next()?);
    if only_one.next().is_some() || only_other.next().is_some() {
        return None;
    }
    let condition = both(first.1, second.1)?;
    let mut rest: Rest =
        one.iter().filter(|(text, _)| *text != first.0).map(|(t, c)| (t.clone(), c.clone())).collect();
    rest.extend(said(&condition).map(|text| (text, condition)));
    Some(rest)
}

/// Of two conditions of one operator and key, the one that holds where either does.
fn both(one: &Condition, other: &Condition) -> Option<Condition> {
    if !same_form(one, other) || one.qualifier == Some(Qualifier::All) {
        return None;
    }
    let test = match (&one.test, &other.test) {
        (
            Test::Text { negated: false, ignore_case, values },
            Test::Text { negated: false, ignore_case: also, values: more },
        ) if ignore_case == also => {
            Test::Text { negated: false, ignore_case: *ignore_case, values: merged(values, more) }
        }
        (Test::Like { negated: false, values }, Test::Like { negated: false, values: more }) => {
            Test::Like { negated: false, values: merged(values, more) }
        }
        (Test::Binary { values }, Test::Binary { values: more }) => {
            Test::Binary { values: merged(values, more) }
        }
        (
            Test::Number { comparison: Comparison::Equal, values },
            Test::Number { comparison: Comparison::Equal, values: more },
        ) => Test::Number { comparison: Comparison::Equal, values: merged(values, more) },
        (
            Test::Date { comparison: Comparison::Equal, values },
            Test::Date { comparison: Comparison::Equal, values: more },
        ) => Test::Date { comparison: Comparison::Equal, values: merged(values, more) },
        (Test::Bool { values }, Test::Bool { values: more }) => Test::Bool { values: merged(values, more) },
        _ => return None,
    };
    Some(Condition { test, ..one.clone() })
}

fn merged<T: Clone + PartialEq>(one: &[T], other: &[T]) -> Vec<T> {
    let more = other.iter().filter(|value| !one.contains(value));
    one.iter().chain(more).cloned().collect()
}

fn same_form(one: &Condition, other: &Condition) -> bool {
    (one.qualifier, one.if_exist, &one.key) == (other.qualifier, other.if_exist, &other.key)
        && one.test.operator() == other.test.operator()
}

/// Whether a condition holds only where another of its operator and key does.
fn narrower(narrow: &Condition, wide: &Condition) -> bool {
    if !same_form(narrow, wide) {
        return false;
    }
    match (&narrow.test, &wide.test) {
        (Test::Text { negated, values, .. }, Test::Text { values: others, .. })
        | (Test::Like { negated, values }, Test::Like { values: others, .. }) => {
            of_values(*negated, values, others)
        }
        (Test::Binary { values }, Test::Binary { values: others }) => of_values(false, values, others),
        (Test::Bool { values }, Test::Bool { values: others })
        | (Test::Null { values }, Test::Null { values: others }) => of_values(false, values, others),
        (Test::Number { comparison, values }, Test::Number { values: others, .. }) => {
            ordered(*comparison, values, others)
        }
        (Test::Date { comparison, values }, Test::Date { values: others, .. }) => {
            ordered(*comparison, values, others)
        }
        _ => false,
    }
}

fn of_values<T: PartialEq>(negated: bool, narrow: &[T], wide: &[T]) -> bool {
    let within = |some: &[T], all: &[T]| some.iter().all(|value| all.contains(value));
    if negated { within(wide, narrow) } else { within(narrow, wide) }
}

fn ordered<T: Ord>(comparison: Comparison, narrow: &[T], wide: &[T]) -> bool {
    match comparison {
        Comparison::Equal => of_values(false, narrow, wide),
        Comparison::NotEqual => of_values(true, narrow, wide),
        Comparison::Less | Comparison::LessEqual => narrow.iter().max() <= wide.iter().max(),
        Comparison::Greater | Comparison::GreaterEqual => narrow.iter().min() >= wide.iter().min(),
    }
}

/// A statement that holds from one instant until another; what is left of its conditions.
type Window = (Option<Condition>, Option<Condition>, Rest);

/// Two sets of conditions whose times touch or overlap and that are the same else, as one.
fn joined_times(one: &Rest, other: &Rest) -> Option<Rest> {
    let ((since, until, own), (from, to, others)) = (window(one)?, window(other)?);
    if own.keys().ne(others.keys()) || !touches(&until, &from) || !touches(&to, &since) {
        return None;
    }
    let first = earliest(since, from);
    let last = latest(until, to);
    let mut rest = own;
    rest.extend(first.into_iter().chain(last).filter_map(|c| said(&c).map(|text| (text, c))));
    Some(rest)
}

fn window(rest: &Rest) -> Option<Window> {
    let (mut since, mut until, mut left) = (None, None, Rest::new());
    for (text, condition) in rest {
        let plain =
            condition.key.as_ref() == CURRENT_TIME && condition.qualifier.is_none() && !condition.if_exist;
        match &condition.test {
            Test::Date { comparison: Comparison::GreaterEqual, .. } if plain => {
                since = Some(condition.clone())
            }
            Test::Date { comparison: Comparison::Less, .. } if plain => until = Some(condition.clone()),
            _ => {
                left.insert(text.clone(), condition.clone());
            }
        }
    }
    (since.is_some() || until.is_some()).then_some((since, until, left))
}

/// Whether no time lies after the one and before the other.
fn touches(until: &Option<Condition>, since: &Option<Condition>) -> bool {
    match (until.as_ref().and_then(latest_of), since.as_ref().and_then(earliest_of)) {
        (Some(end), Some(start)) => start <= end,
        _ => true,
    }
}

fn earliest_of(condition: &Condition) -> Option<crate::model::Instant> {
    match &condition.test {
        Test::Date { values, .. } => values.iter().min().copied(),
        _ => None,
    }
}

fn latest_of(condition: &Condition) -> Option<crate::model::Instant> {
    match &condition.test {
        Test::Date { values, .. } => values.iter().max().copied(),
        _ => None,
    }
}

/// Without a first instant it is from always.
fn earliest(one: Option<Condition>, other: Option<Condition>) -> Option<Condition> {
    let (one, other) = (one?, other?);
    Some(if earliest_of(&one) <= earliest_of(&other) { one } else { other })
}

fn latest(one: Option<Condition>, other: Option<Condition>) -> Option<Condition> {
    let (one, other) = (one?, other?);
    Some(if latest_of(&one) >= latest_of(&other) { one } else { other })
}
