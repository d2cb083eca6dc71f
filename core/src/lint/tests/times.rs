//! Times that are over or have not begun, against a time that is given.

use super::told;
use crate::model::Settings;

fn check(at: Option<&str>, clauses: &str, expected: &[&str]) {
    let text = format!("policy p {{ allow List {clauses} }}");
    assert_eq!(told(&Settings::default(), at, &text), expected, "{clauses} at {at:?}");
}

const NEW_YEAR: &str = "2026-01-01T00:00:00Z";

#[test]
fn times_that_are_over() {
    let until = "until 2026-01-01T00:00:00Z";
    check(Some(NEW_YEAR), until, &["time-window at until 2026-01-01T00:00:00Z"]);
    check(Some("2025-12-31T23:59:59.999999999Z"), until, &[]);
    check(None, until, &[]);
    let day = "since 2025-01-01T00:00:00Z until 2025-01-02T00:00:00Z";
    check(Some(NEW_YEAR), day, &["time-window at until 2025-01-02T00:00:00Z"]);
    check(
        Some(NEW_YEAR),
        "when qcs:current_time is 2025-01-01T00:00:00Z",
        &["time-window at qcs:current_time is 2025-01-01T00:00:00Z"],
    );
    check(Some("2025-01-01T00:00:00Z"), "when qcs:current_time is 2025-01-01T00:00:00Z", &[]);
    check(Some("9999-12-31T23:59:59.999999999Z"), "since 2025-01-01T00:00:00Z", &[]);
}

#[test]
fn times_that_have_not_begun() {
    let since = "since 2026-01-01T00:00:00Z";
    check(Some("2025-12-31T23:59:59.999999999Z"), since, &["time-window at since 2026-01-01T00:00:00Z"]);
    check(Some(NEW_YEAR), since, &[]);
    check(Some("0001-01-01T00:00:00Z"), "until 2026-01-01T00:00:00Z", &[]);
}

/// What no time satisfies is no window; what only leaves a gap is neither over nor to come.
#[test]
fn no_window_or_a_gap() {
    check(Some(NEW_YEAR), "since 2026-02-01T00:00:00Z until 2025-01-01T00:00:00Z", &[]);
    check(Some(NEW_YEAR), "when qcs:current_time is not 2026-01-01T00:00:00Z", &[]);
    check(Some(NEW_YEAR), "when qcs:current_time is 2025-01-01T00:00:00Z, 2027-01-01T00:00:00Z", &[]);
}
