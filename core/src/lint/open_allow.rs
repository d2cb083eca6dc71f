//! `open-allow`: an allow that calls without a key pass, because its condition is an `unless`, which holds where the
//! key is absent (semantics §5).
//!
//! Told exactly where some call without the key matches the whole statement (see `lacking`). In CAM JSON an `unless` is
//! a negative operator with `_if_exist`, or `for_all_value:` with an ordering or a truth value. `is absent or …` says
//! what it means and is no `unless`.

use super::lacking::{open_keys, without};
use super::reach::{kinds, reached};
use super::{Lists, Subject, is_negative, spelling};
use crate::model::read::{CURRENT_TIME, IP, shown};
use crate::model::{Condition, Effect, Qualifier, Test};
use passgate_grammar::{Diagnostic, Safety, Sources, code};

pub(super) fn check<'a>(subject: &Subject<'a>, lists: &mut Lists<'a>, out: &mut Vec<Diagnostic>) {
    let statement = subject.statement;
    if statement.effect == Effect::Deny || statement.conditions.is_empty() {
        return;
    }
    let sources = &subject.model.sources;
    let wanted: Vec<bool> = statement.conditions.iter().map(|c| is_unless(sources, c)).collect();
    if !wanted.contains(&true) {
        return;
    }
    let kinds = kinds(&statement.actions, &mut lists.kinds, &mut lists.coverages);
    let reached = reached(&kinds, subject);
    for open in open_keys(&statement.conditions, &reached, &wanted) {
        let handed = open.action.hands_over(&open.condition.key);
        out.push(told(subject, open.condition, open.action.name.filter(|_| !handed)));
    }
}

fn is_unless(sources: &Sources, condition: &Condition) -> bool {
    if !condition.if_exist {
        return false;
    }
    let turned = matches!(condition.test, Test::Number { .. } | Test::Date { .. } | Test::Bool { .. });
    is_negative(&condition.test)
        || (turned
            && condition.qualifier == Some(Qualifier::All)
            && !spelling::says_absent(sources, condition))
}

/// `never` is an action that is never handed the key, where all are like it.
fn told(subject: &Subject<'_>, condition: &Condition, never: Option<&str>) -> Diagnostic {
    let key = condition.key.as_ref();
    let message = match never {
        Some(name) => {
            let what = if key == IP { "an address".to_owned() } else { format!("`{}`", shown(key)) };
            format!("`{name}` is never given {what}: every call passes this condition")
        }
        None => format!("calls {} pass this condition", without(key)),
    };
    let span = subject.place(condition.span);
    let told = Diagnostic::warning(code::OPEN_ALLOW, span, message).help(help(key));
    match spelling::as_when(&subject.model.sources, subject.statement, condition) {
        Some(change) => told.fix(format!("`{}`", change.text), change.span, change.text, Safety::Unsafe),
        None => told,
    }
}

fn help(key: &str) -> &'static str {
    match key {
        IP => {
            "write `not from NETWORK`, or name who is allowed: `from NETWORK` (in CAM JSON: leave out `_if_exist`)"
        }
        CURRENT_TIME => "write `since` or `until`, which no call without a time passes",
        _ => "write `when`, which asks for the key (in CAM JSON: leave out `_if_exist`)",
    }
}
