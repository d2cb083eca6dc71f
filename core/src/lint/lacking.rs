//! What a statement says to calls that lack a key: shared by `open-deny` and `open-allow`.
//!
//! A key is *open* where some conditions of the statement on it are of the kind asked for, and some call without the
//! key matches all the rest of the statement: its actions, its resources, and every other condition. Conditions on
//! other keys are seen one by one. Time is linear in the conditions, for each of the few kinds of actions.

use super::reach::{Reached, holds_absent};
use crate::model::Condition;
use std::collections::HashMap;

/// A key that calls may lack.
pub(super) struct Open<'s, 'k> {
    /// The first condition on the key of the kind asked for.
    pub(super) condition: &'s Condition,
    /// A kind of action whose calls match the rest without the key.
    pub(super) action: Reached<'k>,
}

/// How the conditions on one key stand.
struct OfKey<'s> {
    /// The first of the kind asked for.
    first: Option<&'s Condition>,
    /// Every other one holds without the key.
    others_hold: bool,
}

/// The open keys of a statement, in the order of their conditions; of the actions, one that hands the key over where
/// there is one. `wanted` says of each condition whether it is of the kind asked for; how these stand without the key
/// is for the caller to know.
pub(super) fn open_keys<'s, 'k>(
    conditions: &'s [Condition],
    reached: &[Reached<'k>],
    wanted: &[bool],
) -> Vec<Open<'s, 'k>> {
    let mut keys: HashMap<&str, OfKey<'s>> = HashMap::new();
    let mut order = Vec::new();
    for (condition, wanted) in conditions.iter().zip(wanted) {
        let of = keys.entry(&condition.key).or_insert(OfKey { first: None, others_hold: true });
        if !wanted {
            of.others_hold &= holds_absent(condition);
        } else if of.first.is_none() {
            of.first = Some(condition);
            order.push(condition);
        }
    }
    order.retain(|c| keys.get(c.key.as_ref()).is_some_and(|of| of.others_hold));
    if order.is_empty() {
        return Vec::new();
    }
    let possible: Vec<Reached<'k>> =
        reached.iter().filter(|r| conditions.iter().all(|c| r.can_satisfy(c))).copied().collect();
    order.into_iter().filter_map(|condition| open(condition, &possible)).collect()
}

fn open<'s, 'k>(condition: &'s Condition, possible: &[Reached<'k>]) -> Option<Open<'s, 'k>> {
    let handed = possible.iter().find(|r| r.hands_over(&condition.key));
    let action = *handed.or_else(|| possible.first())?;
    Some(Open { condition, action })
}

/// `` without an address ``, `` without a time ``, `` without `mfa` ``.
pub(super) fn without(key: &str) -> String {
    match key {
        crate::model::read::IP => "without an address".to_owned(),
        crate::model::read::CURRENT_TIME => "without a time".to_owned(),
        _ => format!("without `{}`", crate::model::read::shown(key)),
    }
}
