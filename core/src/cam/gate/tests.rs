//! Each operator's one spelling, and how statements are laid out; expected texts from the language reference.

use crate::cam::{read, to_gate};
use crate::catalog::Catalogs;
use crate::model::{Policy, PolicyKind};
use passgate_grammar::Sources;

fn policy(kind: PolicyKind, document: &str, name: &str) -> Policy {
    let mut sources = Sources::new();
    let id = sources.add("doc.json", document);
    let (policy, told) = read(&sources, id, kind, name);
    policy.unwrap_or_else(|| panic!("{document}: {told:?}"))
}

fn written_as(kind: PolicyKind, document: &str) -> (String, Vec<String>) {
    let (text, told) = to_gate(&[policy(kind, document, "p")], &Catalogs::empty());
    (text, told.iter().map(|d| d.code.to_string()).collect())
}

/// The text of policies `a`, `b`, … of these statements.
fn check_file(statements: &[&str], expected: &str) {
    let document = |(n, statements): (usize, &&str)| {
        let text = format!(r#"{{"version":"2.0","statement":[{statements}]}}"#);
        policy(PolicyKind::Identity, &text, &char::from(b'a' + n as u8).to_string())
    };
    let policies: Vec<Policy> = statements.iter().enumerate().map(document).collect();
    assert_eq!(to_gate(&policies, &Catalogs::builtin()).0, expected);
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

/// A condition of which something is left out: the comment that keeps it, and the clause.
fn check_kept(condition: &str, comment: &str, clause: &str) {
    let document = format!(
        r#"{{"version":"2.0","statement":{{"effect":"allow","action":"*","resource":"*","condition":{condition}}}}}"#
    );
    let (text, _) = written_as(PolicyKind::Identity, &document);
    assert_eq!(text, format!("policy p {{\n    // {comment}\n    allow *{clause}\n}}\n"));
}

#[test]
fn of_several_values_the_widest_is_written_and_all_are_kept() {
    let any = "any of them suffices, so the widest is kept";
    check_kept(
        r#"{"numeric_less_than": {"k": [10, "20.0", 5]}}"#,
        &format!(r#"{{"numeric_less_than":{{"k":[10,20,5]}}}}: {any}"#),
        " when k < 20",
    );
    check_kept(
        r#"{"for_any_value:numeric_greater_than_equal_if_exist": {"k": [10, 20, 5]}}"#,
        &format!(r#"{{"for_any_value:numeric_greater_than_equal_if_exist":{{"k":[10,20,5]}}}}: {any}"#),
        " when any k is absent or >= 5",
    );
    let dates = r#"["2026-07-01T00:00:00Z","2026-01-01T00:00:00Z"]"#;
    for (operator, clause) in [
        ("date_less_than", "until 2026-07-01T00:00:00Z"),
        ("date_greater_than_equal", "since 2026-01-01T00:00:00Z"),
    ] {
        let condition = format!(r#"{{"{operator}":{{"qcs:current_time":{dates}}}}}"#);
        check_kept(&condition, &format!("{condition}: {any}"), &format!(" {clause}"));
    }
}

#[test]
fn a_test_for_presence_and_absence_is_kept_and_told() {
    let condition = r#"{"null_equal":{"k":["true","false"]}}"#;
    check_kept(condition, &format!("{condition}: always holds"), "");
    let document = format!(
        r#"{{"version":"2.0","statement":{{"effect":"allow","action":"*","resource":"*","condition":{condition}}}}}"#
    );
    assert_eq!(written_as(PolicyKind::Identity, &document).1, ["always-true"]);
}

#[test]
fn one_service_is_put_in_use() {
    check_file(
        &[
            r#"{"effect":"allow","action":["intlpartnersmgt:QueryUser","intlpartnersmgt:Query*","*","permid/3"],"resource":"*"},
            {"effect":"deny","action":["intlpartnersmgt:*","intlpartnersmgt:NoSuchName","name/intlpartnersmgt:QueryUser"],"resource":"*"}"#,
        ],
        "use intlpartnersmgt\n\npolicy a {\n    allow QueryUser, Query*, *, permid/3\n    \
         deny intlpartnersmgt:*, intlpartnersmgt:NoSuchName, name/intlpartnersmgt:QueryUser\n}\n",
    );
    // Two services, a service without a catalog, nothing that could be bare: all stands as it is.
    for actions in [
        r#"["intlpartnersmgt:QueryUser", "cvm:Run*"]"#,
        r#""cvm:Run*""#,
        r#""intlpartnersmgt:*""#,
        r#""name/intlpartnersmgt:QueryUser""#,
    ] {
        let written = actions.replace(['[', ']', '"'], "");
        check_file(
            &[&format!(r#"{{"effect":"allow","action":{actions},"resource":"*"}}"#)],
            &format!("policy a {{\n    allow {written}\n}}\n"),
        );
    }
}

#[test]
fn lists_that_repeat_are_named() {
    let one = r#"{"effect":"allow","action":["cvm:DescribeDisks","cvm:DescribeImages"],
        "resource":["qcs::cvm:::instance/a","qcs::cvm:::instance/b"],
        "condition":{"ip_equal":{"qcs:ip":["10.0.0.5/8","::1"]}}}"#;
    let other = r#"{"effect":"deny","action":["cvm:DescribeDisks","cvm:DescribeImages"],"resource":"*",
        "condition":{"ip_not_equal_if_exist":{"qcs:ip":["10.0.0.5/8","::1"]},"ip_equal":{"cos:k":["10.0.0.5/8","::1"]}}},
        {"effect":"deny","action":["cvm:DescribeImages","cvm:DescribeDisks"],
        "resource":["qcs::cvm:::instance/a","qcs::cvm:::instance/b"]}"#;
    check_file(
        &[one, other],
        r#"network network-1      = 10.0.0.5/8, ::1
actions cvm-describe   = cvm:DescribeDisks, cvm:DescribeImages
resources cvm-instance = "qcs::cvm:::instance/a", "qcs::cvm:::instance/b"

policy a {
    allow cvm-describe on cvm-instance from network-1
}

policy b {
    deny cvm-describe when cos:k in network-1 unless from network-1
    deny cvm:DescribeImages, cvm:DescribeDisks on cvm-instance
}
"#,
    );
    // One address, one action, one resource that repeat stay as they are.
    let single = r#"{"effect":"allow","action":"cvm:Run*","resource":"qcs::cvm:::*","condition":{"ip_equal":{"qcs:ip":"::1"}}}"#;
    let line = "    allow cvm:Run* on \"qcs::cvm:::*\" from ::1\n";
    check_file(&[&format!("{single},{single}")], &format!("policy a {{\n{line}{line}}}\n"));
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
