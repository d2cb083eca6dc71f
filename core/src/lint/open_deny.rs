//! `open-deny`: a deny that calls without a key slip through, because its condition on the key is a negation or a
//! limit of time, and neither holds of a call without the key (semantics §5).
//!
//! Told exactly where some call without the key, of an action that could hand it over, matches all the rest of the
//! statement (see `lacking`). A negation is `not from`, `is not`, `not like`, `not in`; a network of more than half of
//! all addresses of a family is one as well, since `from anywhere except N` says what `not from N` says. Whether
//! another statement denies those calls is not asked: each statement is to be read by itself.

use super::lacking::{open_keys, without};
use super::reach::{kinds, reached};
use super::{Lists, Subject, is_negative, spelling};
use crate::address::{Family, Prefix, PrefixSet};
use crate::model::read::{CURRENT_TIME, IP};
use crate::model::{Comparison, Condition, Effect, Test};
use passgate_grammar::{Diagnostic, Safety, code};

pub(super) fn check<'a>(subject: &Subject<'a>, lists: &mut Lists<'a>, out: &mut Vec<Diagnostic>) {
    let statement = subject.statement;
    if statement.effect == Effect::Allow || statement.conditions.is_empty() {
        return;
    }
    let wide = &mut lists.wide;
    let wanted: Vec<bool> = statement
        .conditions
        .iter()
        .map(|c| !c.if_exist && (is_negative(&c.test) || is_time_limit(c) || is_wide(c, wide)))
        .collect();
    if !wanted.contains(&true) {
        return;
    }
    let kinds = kinds(&statement.actions, &mut lists.kinds, &mut lists.coverages);
    let reached = reached(&kinds, subject);
    for open in open_keys(&statement.conditions, &reached, &wanted) {
        out.push(told(subject, open.condition));
    }
}

/// `since`, `until` and what else orders the time of the call.
fn is_time_limit(condition: &Condition) -> bool {
    let orders = |c: Comparison| !matches!(c, Comparison::Equal | Comparison::NotEqual);
    condition.key.as_ref() == CURRENT_TIME
        && matches!(&condition.test, Test::Date { comparison, .. } if orders(*comparison))
}

fn is_wide(condition: &Condition, known: &mut super::Wide) -> bool {
    match &condition.test {
        Test::Ip { negated: false, prefixes, .. } => *known.of(prefixes, (), || more_than_half(prefixes)),
        _ => false,
    }
}

/// Whether prefixes hold more than half of the addresses of IPv4 or of IPv6.
fn more_than_half(prefixes: &[Prefix]) -> bool {
    // Two halves at least, or one prefix of everything, hold more than half: few lists come that far.
    if prefixes.iter().all(|prefix| prefix.length > 1) && prefixes.len() < 3 {
        return false;
    }
    let set = PrefixSet::from_prefixes(prefixes.iter().copied());
    [(Family::V4, u128::from(u32::MAX)), (Family::V6, u128::MAX)].into_iter().any(|(family, last)| {
        let sizes = set.intervals(family).iter().map(|i| i.last - i.first);
        let gaps = set.intervals(family).len() as u128;
        sizes.fold(gaps, u128::saturating_add) > last / 2 + 1
    })
}

fn told(subject: &Subject<'_>, condition: &Condition) -> Diagnostic {
    let without = without(&condition.key);
    let span = subject.place(condition.span);
    let told = Diagnostic::warning(code::OPEN_DENY, span, format!("calls {without} slip through this deny"))
        .because("no condition holds of a call that lacks its key, a negative one neither");
    let told = told.help(help(condition, &without));
    match spelling::as_unless(&subject.model.sources, subject.statement, condition) {
        Some(change) => told.fix(format!("`{}`", change.text), change.span, change.text, Safety::Unsafe),
        None => told,
    }
}

fn help(condition: &Condition, without: &str) -> String {
    let key = condition.key.as_ref();
    if key == IP {
        return "write `unless from NETWORK`, naming what is spared (in CAM JSON: `ip_not_equal_if_exist`)"
            .to_owned();
    }
    if is_negative(&condition.test) {
        return "write `unless`, which also holds where the key is absent (in CAM JSON: `…_if_exist`)"
            .to_owned();
    }
    format!("to deny calls {without} as well, add a statement `when {key} is absent`")
}
