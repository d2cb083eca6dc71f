//! `negative-on-list`: a negative condition on what a call speaks of, at an action that lists: the call is decided
//! once, by the value that it carries itself, so what the condition would spare is listed all the same.
//!
//! Told exactly where some action of category `list` can match the statement and hands the key over. Keys of the
//! caller (address, time, account, `mfa`) say nothing of what is listed and may be negated.

use super::reach::{Reached, kinds, reached};
use super::{Lists, Subject, is_negative};
use crate::model::read::{CURRENT_TIME, IP, shown};
use crate::model::{Condition, Effect};
use passgate_grammar::{Diagnostic, code};

/// Keys that speak of the caller.
const OF_CALLER: [&str; 5] = [IP, CURRENT_TIME, "qcs:uin", "qcs:owner_uin", "mfa"];

pub(super) fn check<'a>(subject: &Subject<'a>, lists: &mut Lists<'a>, out: &mut Vec<Diagnostic>) {
    let conditions = &subject.statement.conditions;
    let wanted = |c: &Condition| is_negative(&c.test) && !OF_CALLER.contains(&c.key.as_ref());
    if !conditions.iter().any(wanted) {
        return;
    }
    let kinds = kinds(&subject.statement.actions, &mut lists.kinds, &mut lists.coverages);
    let listing: Vec<Reached<'_>> = reached(&kinds, subject)
        .into_iter()
        .filter(|kind| kind.facts.list && conditions.iter().all(|c| kind.can_satisfy(c)))
        .collect();
    let effect = if subject.statement.effect == Effect::Deny { "denies" } else { "allows" };
    for condition in conditions.iter().filter(|c| wanted(c)) {
        let Some(kind) = listing.iter().find(|kind| kind.hands_over(&condition.key)) else { continue };
        let name = kind.name.unwrap_or("it");
        let key = shown(&condition.key);
        let message = format!(
            "`{name}` lists: this {effect} a call by the `{key}` of the call, not by that of what is listed"
        );
        let span = subject.place(condition.span);
        let told = Diagnostic::warning(code::NEGATIVE_ON_LIST, span, message);
        out.push(told.help("name what may be listed (`is`, `like`), or keep the actions that list apart"));
    }
}
