//! `@ignore` silences what it names where it stands, and is told where it silences nothing.

use super::told;
use crate::model::{LintLevel, Settings};

fn check(text: &str, expected: &[&str]) {
    assert_eq!(told(&Settings::default(), None, text), expected, "{text}");
}

#[test]
fn a_note_silences_its_statement_alone() {
    check(
        "policy p { @ignore(open-deny) deny List not from 10.0.0.1 deny Buy not from 10.0.0.2 }",
        &["open-deny at not from 10.0.0.2"],
    );
    check("policy p { @ignore(dead-deny, \"known\") deny Look from 10.0.0.1 }", &[]);
    check("@ignore(open-deny) policy p { deny List not from 10.0.0.1 deny Buy not from 10.0.0.2 }", &[]);
    check("@ignore(unused-name) network n = 10.0.0.1", &[]);
    check("@ignore(host-bits-set, unused-name) network n = 10.0.0.1/8", &[]);
    check(
        "@ignore(empty-set, \"none yet\") network n = 10.0.0.1 except 10.0.0.1 policy p { allow Buy from n }",
        &[],
    );
}

#[test]
fn a_code_that_silences_nothing_is_told() {
    check("policy p { @ignore(open-deny) deny List }", &["unused-ignore at open-deny"]);
    check(
        "policy p { @ignore(open-deny, dead-deny, \"why\") deny List not from 10.0.0.1 }",
        &["unused-ignore at dead-deny"],
    );
    check(
        "@ignore(open-deny) policy p { @ignore(open-deny) deny List not from 10.0.0.1 }",
        &["unused-ignore at open-deny"],
    );
    // Without a time the lint had nothing to tell.
    let text = "policy p { @ignore(time-window) allow List until 2026-01-01T00:00:00Z }";
    check(text, &[]);
    let settings = Settings::default();
    assert_eq!(told(&settings, Some("2027-01-01T00:00:00Z"), text), [""; 0]);
    assert_eq!(told(&settings, Some("2025-01-01T00:00:00Z"), text), ["unused-ignore at time-window"]);
    // What is off silences itself.
    let off = [("open-deny".into(), LintLevel::Off)];
    let settings = Settings { lints: off.into_iter().collect(), ..Settings::default() };
    let text = "policy p { @ignore(open-deny) deny List not from 10.0.0.1 }";
    assert_eq!(told(&settings, None, text), ["unused-ignore at open-deny"]);
}

#[test]
fn a_lint_at_error_level_needs_a_reason() {
    check("policy p { @ignore(dead-deny) deny Look from 10.0.0.1 }", &["bad-note at dead-deny"]);
    let error = [("open-deny".into(), LintLevel::Error)];
    let settings = Settings { lints: error.into_iter().collect(), ..Settings::default() };
    let text = |why: &str| format!("policy p {{ @ignore(open-deny{why}) deny List not from 10.0.0.1 }}");
    assert_eq!(told(&settings, None, &text("")), ["bad-note at open-deny"]);
    assert_eq!(told(&settings, None, &text(", \"old\"")), [""; 0]);
}
