//! What a look at a condition already settles: most conditions hold for some calls and not for others, and those of
//! different keys hold together.

use crate::model::{Condition, Instant, Statement, Template, TemplatePart, Test};
use std::collections::BTreeSet;

/// Whether the conditions surely hold together, and each fails for some call that gives its key.
pub(super) fn are_plain(statement: &Statement) -> bool {
    let mut keys = BTreeSet::new();
    statement.conditions.iter().all(|condition| keys.insert(&condition.key) && is_plain(condition))
}

/// Whether a condition surely holds for some value of its key, and fails for another.
pub(super) fn is_plain(condition: &Condition) -> bool {
    let own = ["qcs:ip", "qcs:current_time", "qcs:uin", "qcs:owner_uin"].contains(&condition.key.as_ref());
    match &condition.test {
        Test::Ip { prefixes, .. } => {
            (!own || condition.key.as_ref() == "qcs:ip")
                && !prefixes.is_empty()
                && prefixes.iter().all(is_narrow)
        }
        Test::Date { values, .. } => {
            (!own || condition.key.as_ref() == "qcs:current_time") && !values.iter().any(is_end)
        }
        Test::Null { values } => {
            condition.key.as_ref() != "qcs:owner_uin"
                && values.windows(2).all(|w| matches!(w, [a, b] if a == b))
        }
        Test::Like { values, .. } => !own && !values.iter().any(is_star),
        Test::Bool { values } => !own && values.windows(2).all(|w| matches!(w, [a, b] if a == b)),
        Test::Text { .. } | Test::Binary { .. } | Test::Number { .. } => !own,
    }
}

/// A prefix so long that no list of prefixes has enough of them to cover every IPv6 address.
fn is_narrow(prefix: &crate::address::Prefix) -> bool {
    prefix.family == crate::address::Family::V4 || prefix.length > 24
}

fn is_star(template: &Template) -> bool {
    template
        .parts
        .iter()
        .all(|part| matches!(part, TemplatePart::Literal(text) if text.bytes().all(|b| b == b'*')))
}

/// First or last second of the calendar.
fn is_end(at: &Instant) -> bool {
    let ends = [Instant::parse("0001-01-01T00:00:00Z"), Instant::parse("9999-12-31T23:59:59Z")];
    ends.iter().flatten().any(|end| end.seconds == at.seconds)
}
