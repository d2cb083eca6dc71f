//! Each operator's one spelling, and how statements are laid out; expected texts from the language reference.

use crate::cam::{read, to_gate};
use crate::catalog::Catalogs;
use crate::model::PolicyKind;
use passgate_grammar::Sources;

fn written_as(kind: PolicyKind, document: &str) -> (String, Vec<String>) {
    let mut sources = Sources::new();
    let id = sources.add("doc.json", document);
    let (policy, told) = read(&sources, id, kind, "p");
    let policy = policy.unwrap_or_else(|| panic!("{document}: {told:?}"));
    let (text, told) = to_gate(&policy, &Catalogs::empty());
    (text, told.iter().map(|d| d.code.to_string()).collect())
}

/// The clauses of a statement with this condition.
fn check(condition: &str, expected: &str) {
    let document = format!(
        r#"{{"version":"2.0","statement":{{"effect":"allow","action":"*","resource":"*","condition":{condition}}}}}"#
    );
    let (text, _) = written_as(PolicyKind::Identity, &document);
    let line = text.strip_prefix("policy p {\n    allow *").and_then(|t| t.strip_suffix("\n}\n"));
    assert_eq!(line.map(str::trim_start), Some(expected), "{condition}\n{text}");
}

#[test]
fn every_operator_has_one_spelling() {
    for (condition, expected) in [
        (r#"{"string_equal": {"k": ["a", "b"]}}"#, r#"when k is "a", "b""#),
        (r#"{"string_not_equal": {"k": "a"}}"#, r#"when k is not "a""#),
        (r#"{"string_equal_ignore_case": {"k": "a"}}"#, r#"when k is "a" ignoring case"#),
        (r#"{"string_not_equal_ignore_case": {"k": "a"}}"#, r#"when k is not "a" ignoring case"#),
        (r#"{"string_like": {"k": "a*"}}"#, r#"when k like "a*""#),
        (r#"{"string_not_like": {"k": "a*"}}"#, r#"when k not like "a*""#),
        (r#"{"binary_equal": {"k": "QUJD"}}"#, r#"when k is bytes "QUJD""#),
        (r#"{"numeric_equal": {"k": [10, "1.50"]}}"#, "when k is 10, 1.5"),
        (r#"{"numeric_not_equal": {"k": 10}}"#, "when k is not 10"),
        (r#"{"numeric_less_than": {"k": 10}}"#, "when k < 10"),
        (r#"{"numeric_less_than_equal": {"k": 10}}"#, "when k <= 10"),
        (r#"{"numeric_greater_than": {"k": 10}}"#, "when k > 10"),
        (r#"{"numeric_greater_than_equal": {"k": 10}}"#, "when k >= 10"),
        (r#"{"date_equal": {"k": "2026-01-01 00:00:00"}}"#, "when k is 2026-01-01T00:00:00Z"),
        (r#"{"date_not_equal": {"k": "2026-01-01T00:00:00.50Z"}}"#, "when k is not 2026-01-01T00:00:00.5Z"),
        (r#"{"date_less_than_equal": {"k": "2026-01-01T00:00:00Z"}}"#, "when k <= 2026-01-01T00:00:00Z"),
        (r#"{"bool_equal": {"mfa": "true"}}"#, "when mfa is true"),
        (r#"{"bool_equal": {"mfa": [true, false]}}"#, "when mfa is true, false"),
        (r#"{"ip_equal": {"k": "10.0.0.1/8"}}"#, "when k in 10.0.0.1/8"),
        (r#"{"ip_not_equal": {"k": ["10.0.0.0/8", "::1"]}}"#, "when k not in 10.0.0.0/8, ::1"),
        (r#"{"null_equal": {"k": "true"}}"#, "when k is absent"),
        (r#"{"null_equal": {"k": "false"}}"#, "when k is present"),
    ] {
        check(condition, expected);
    }
}

#[test]
fn the_address_and_the_time_have_clauses_of_their_own() {
    for (condition, expected) in [
        (r#"{"ip_equal": {"qcs:ip": ["10.0.0.5/24", "1.2.3.4/32"]}}"#, "from 10.0.0.5/24, 1.2.3.4"),
        (r#"{"ip_not_equal": {"qcs:ip": "10.0.0.0/8"}}"#, "not from 10.0.0.0/8"),
        (r#"{"ip_not_equal_if_exist": {"qcs:ip": "10.0.0.0/8"}}"#, "unless from 10.0.0.0/8"),
        (r#"{"ip_equal_if_exist": {"qcs:ip": "10.0.0.0/8"}}"#, "when qcs:ip is absent or in 10.0.0.0/8"),
        (r#"{"for_any_value:ip_equal": {"qcs:ip": "::1"}}"#, "when any qcs:ip in ::1"),
        (r#"{"for_any_value:ip_not_equal": {"qcs:ip": "::1"}}"#, "when any qcs:ip not in ::1"),
        (r#"{"for_any_value:ip_not_equal_if_exist": {"qcs:ip": "::1"}}"#, "unless every qcs:ip in ::1"),
        (r#"{"string_equal": {"qcs:ip": "1.2.3.4"}}"#, r#"when qcs:ip is "1.2.3.4""#),
        (r#"{"null_equal": {"qcs:ip": true}}"#, "when qcs:ip is absent"),
        (
            r#"{"date_less_than": {"qcs:current_time": "2026-07-01T00:00:00Z"},
                "date_greater_than_equal": {"qcs:current_time": "2026-01-01T00:00:00Z"}}"#,
            "since 2026-01-01T00:00:00Z until 2026-07-01T00:00:00Z",
        ),
        (
            r#"{"date_less_than_equal": {"qcs:current_time": "2026-07-01T00:00:00Z"}}"#,
            "when qcs:current_time <= 2026-07-01T00:00:00Z",
        ),
        (
            r#"{"date_less_than_if_exist": {"qcs:current_time": "2026-07-01T00:00:00Z"}}"#,
            "when qcs:current_time is absent or < 2026-07-01T00:00:00Z",
        ),
        (
            r#"{"for_all_value:date_less_than": {"qcs:current_time": "2026-07-01T00:00:00Z"}}"#,
            "when every qcs:current_time < 2026-07-01T00:00:00Z",
        ),
    ] {
        check(condition, expected);
    }
}

#[test]
fn qualifiers_and_if_exist_turn_as_the_table_says() {
    for (condition, expected) in [
        (r#"{"for_any_value:string_equal": {"k": "a"}}"#, r#"when any k is "a""#),
        (r#"{"for_all_value:string_not_equal": {"k": "a"}}"#, r#"when every k is not "a""#),
        (r#"{"string_equal_if_exist": {"k": "a"}}"#, r#"when k is absent or is "a""#),
        (r#"{"for_all_value:string_equal_if_exist": {"k": "a"}}"#, r#"when every k is absent or is "a""#),
        (r#"{"numeric_less_than_if_exist": {"k": 2}}"#, "when k is absent or < 2"),
        (r#"{"bool_equal_if_exist": {"k": true}}"#, "when k is absent or is true"),
        (r#"{"string_not_equal_if_exist": {"k": "a"}}"#, r#"unless k is "a""#),
        (r#"{"string_not_like_if_exist": {"k": "a"}}"#, r#"unless k like "a""#),
        (r#"{"numeric_not_equal_if_exist": {"k": 2}}"#, "unless k is 2"),
        (r#"{"ip_not_equal_if_exist": {"k": "::1"}}"#, "unless k in ::1"),
        (r#"{"for_all_value:string_not_equal_if_exist": {"k": "a"}}"#, r#"unless any k is "a""#),
        (r#"{"for_any_value:string_not_equal_if_exist": {"k": "a"}}"#, r#"unless every k is "a""#),
    ] {
        check(condition, expected);
    }
}

#[test]
fn of_several_values_the_widest_is_written() {
    check(r#"{"numeric_less_than": {"k": [10, 20, 5]}}"#, "when k < 20");
    check(r#"{"numeric_greater_than_equal": {"k": [10, 20, 5]}}"#, "when k >= 5");
    let dates = r#"["2026-07-01T00:00:00Z", "2026-01-01T00:00:00Z"]"#;
    check(&format!(r#"{{"date_less_than": {{"qcs:current_time": {dates}}}}}"#), "until 2026-07-01T00:00:00Z");
    let since = format!(r#"{{"date_greater_than_equal": {{"qcs:current_time": {dates}}}}}"#);
    check(&since, "since 2026-01-01T00:00:00Z");
    let both = r#"{"version":"2.0","statement":{"effect":"allow","action":"*","resource":"*",
        "condition":{"null_equal":{"k":["true","false"]}}}}"#;
    let (text, told) = written_as(PolicyKind::Identity, both);
    assert_eq!((text.as_str(), told), ("policy p {\n    allow *\n}\n", vec!["always-true".to_owned()]));
}

#[test]
fn conditions_are_joined_and_alternatives_stand_alone() {
    check(
        r#"{"string_equal_if_exist": {"a": "1", "b": "2"}, "string_equal": {"c": "3"}, "bool_equal": {"d": true},
            "string_not_equal_if_exist": {"e": "4"}, "ip_equal": {"qcs:ip": "::1"}}"#,
        "from ::1\n        when c is \"3\" and d is true\n        when a is absent or is \"1\"\n        \
         when b is absent or is \"2\"\n        unless e is \"4\"",
    );
    check(r#"{"string_equal": {"on": "1"}}"#, r#"when "on" is "1""#);
    check(r#"{"string_equal": {"a{b}": "c\"d\\e\n"}}"#, r#"when "a{b}" is "c\"d\\e\n""#);
}

#[test]
fn heads_hold_version_kind_and_names() {
    let document = r#"{"version":"3.0","statement":[
        {"effect":"allow","action":["name/sts:AssumeRole","permid/7","*:*"],"principal":{"service":["a","b"],"qcs":"*"}},
        {"effect":"deny","action":"sts:*","principal":"*","resource":["*","qcs::sts:::x/${uin}"]}]}"#;
    let (text, told) = written_as(PolicyKind::Trust, document);
    let expected = "@version(\"3.0\")\ntrust policy p {\n    \
        allow name/sts:AssumeRole, permid/7, *:* to service \"a\", service \"b\", qcs \"*\"\n    \
        deny sts:* to anyone on \"*\", \"qcs::sts:::x/${uin}\"\n}\n";
    assert_eq!((text.as_str(), told.len()), (expected, 0));
}

#[test]
fn a_statement_breaks_above_a_hundred_columns() {
    let document = |name: usize| {
        let resource = format!("qcs::cvm:::{}", "x".repeat(name));
        format!(
            r#"{{"version":"2.0","statement":{{"effect":"allow","action":"cvm:*","resource":"{resource}"}}}}"#
        )
    };
    let lines = |name| written_as(PolicyKind::Identity, &document(name)).0.lines().count();
    // `    allow cvm:* on "qcs::cvm:::…"` has 32 columns beside the name.
    assert_eq!(lines(68), 3);
    assert_eq!(lines(69), 4);
}
