//! Time cut at all mentioned instants: each of them, and one instant of each open interval between.

use super::doubt::Doubt;
use super::truth::Truth;
use super::value::{Elementary, Scalar, Test};
use crate::model::Instant;
use std::collections::BTreeSet;

/// An instant that stands for itself, or for all between its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    pub(super) at: Instant,
    /// It is one that is mentioned, and stands for itself.
    pub(super) mentioned: bool,
}

/// One instant for each way of standing to those mentioned, and why they may be too few. The first is an ordinary one.
pub(super) fn instants(tests: &[&Elementary]) -> (Vec<Moment>, Option<Doubt>) {
    let mut mentioned = BTreeSet::new();
    let mut doubt = None;
    for test in tests {
        match &test.test {
            Test::Date(dates) => mentioned.extend(dates.values.iter().copied()),
            Test::Text { texts, .. } => {
                mentioned.extend(texts.iter().filter_map(|t| Instant::parse(&t.to_ascii_uppercase())));
            }
            Test::Like { globs, .. } => {
                mentioned.extend(globs.iter().filter_map(|g| Instant::parse(g.exact()?)));
                if globs.iter().any(|glob| glob.exact().is_none() && !glob.is_any()) {
                    doubt = Some(Doubt::TimeText);
                }
            }
            Test::Number(_) | Test::Bool { .. } | Test::Address(_) | Test::Presence { .. } => {}
        }
    }
    let moment = |at: Instant| Moment { at, mentioned: mentioned.contains(&at) };
    (around(&mentioned).into_iter().map(moment).collect(), doubt)
}

/// Each instant, one before all, one between each two, one after all, as far as the calendar goes.
pub(super) fn around(mentioned: &BTreeSet<Instant>) -> Vec<Instant> {
    let ordinary = Instant { seconds: 1_767_225_600, nanos: 0 };
    let mut all: Vec<Instant> = Vec::new();
    let nexts = mentioned.iter().skip(1).map(Some).chain([None]);
    for (instant, next) in mentioned.iter().zip(nexts) {
        if all.is_empty() {
            all.extend(before(*instant));
        }
        all.push(*instant);
        all.extend(after(*instant, next.copied()));
    }
    if all.is_empty() { vec![ordinary] } else { all }
}

/// First and last instant of the calendar.
fn ends() -> (Option<Instant>, Option<Instant>) {
    (Instant::parse("0001-01-01T00:00:00Z"), Instant::parse("9999-12-31T23:59:59.999999999Z"))
}

fn before(instant: Instant) -> Option<Instant> {
    let (first, _) = ends();
    let second = Instant { seconds: instant.seconds - 1, nanos: 0 };
    if Some(second) >= first {
        return Some(second);
    }
    let nano = Instant { seconds: instant.seconds, nanos: instant.nanos.checked_sub(1)? };
    (Some(nano) >= first).then_some(nano)
}

/// An instant after one and before the next: a whole second later where that fits.
fn after(instant: Instant, next: Option<Instant>) -> Option<Instant> {
    let second = Instant { seconds: instant.seconds + 1, nanos: 0 };
    let nano = match instant.nanos {
        999_999_999 => second,
        nanos => Instant { nanos: nanos + 1, ..instant },
    };
    let fits = |at: &Instant| match next {
        Some(next) => *at < next,
        None => Some(*at) <= ends().1,
    };
    [second, nano].into_iter().find(fits)
}

/// The answer of a test at an instant.
pub(super) fn holds(test: &Elementary, at: Instant) -> Truth {
    match &test.test {
        Test::Date(wanted) => Truth::known(wanted.holds(&at) != test.negated),
        _ => test.holds(&Scalar::Text(at.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mentioned: &[&str], expected: &[&str]) {
        let mentioned = mentioned.iter().map(|t| Instant::parse(t).unwrap()).collect();
        let found: Vec<String> = around(&mentioned).iter().map(ToString::to_string).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn points_and_what_lies_between() {
        check(&[], &["2026-01-01T00:00:00Z"]);
        check(
            &["2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"],
            &[
                "2025-12-31T23:59:59Z",
                "2026-01-01T00:00:00Z",
                "2026-01-01T00:00:00.000000001Z",
                "2026-01-01T00:00:01Z",
                "2026-01-01T00:00:02Z",
            ],
        );
        check(
            &["2026-01-01T00:00:00.999999999Z", "2026-01-01T00:00:01Z"],
            &[
                "2025-12-31T23:59:59Z",
                "2026-01-01T00:00:00.999999999Z",
                "2026-01-01T00:00:01Z",
                "2026-01-01T00:00:02Z",
            ],
        );
    }

    #[test]
    fn the_calendar_has_ends() {
        check(&["0001-01-01T00:00:00Z"], &["0001-01-01T00:00:00Z", "0001-01-01T00:00:01Z"]);
        check(
            &["9999-12-31T23:59:59.999999999Z"],
            &["9999-12-31T23:59:58Z", "9999-12-31T23:59:59.999999999Z"],
        );
        check(
            &["9999-12-31T23:59:59Z"],
            &["9999-12-31T23:59:58Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000000001Z"],
        );
    }
}
