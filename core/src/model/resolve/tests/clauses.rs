//! Clauses and conditions: the language's table of operators, row by row.

use super::{check_told, condition_text, statements};
use crate::model::ResourceKind;

#[track_caller]
fn check(clauses: &str, expected: &[&str]) {
    let statement = &statements(&format!("allow Buy {clauses}"))[0];
    let found: Vec<String> = statement.conditions.iter().map(condition_text).collect();
    assert_eq!(found, expected, "{clauses}");
}

#[track_caller]
fn check_fault(clauses: &str, expected: &str) {
    check_told(&format!("use shop policy p {{ allow Buy {clauses} }}"), &[expected]);
}

#[test]
fn every_operator_has_one_spelling() {
    check("when shop:k is \"a\", \"b\"", &["string_equal shop:k [a b]"]);
    check("when shop:k is not \"a\"", &["string_not_equal shop:k [a]"]);
    check("when shop:k is \"a\" ignoring case", &["string_equal_ignore_case shop:k [a]"]);
    check("when shop:k is not \"a\" ignoring case", &["string_not_equal_ignore_case shop:k [a]"]);
    check("when shop:k like \"a*\"", &["string_like shop:k [a*]"]);
    check("when shop:k not like \"a*\"", &["string_not_like shop:k [a*]"]);
    check("when shop:k is true", &["bool_equal shop:k [true]"]);
    check("when shop:k is true, false", &["bool_equal shop:k [true false]"]);
    check("when shop:k is bytes \"QUJD\"", &["binary_equal shop:k [QUJD]"]);
    check("when shop:k is absent", &["null_equal shop:k [true]"]);
    check("when shop:k is present", &["null_equal shop:k [false]"]);
    check("when shop:k in 10.0.0.1", &["ip_equal shop:k [10.0.0.1]"]);
    check("when shop:k not in 10.0.0.1", &["ip_not_equal shop:k [10.0.0.1]"]);
}

#[test]
fn numbers_and_instants_choose_their_operator() {
    let operator = |clauses: &str| {
        let statement = &statements(&format!("allow Buy {clauses}"))[0];
        statement.conditions[0].test.operator().name()
    };
    assert_eq!(operator("when shop:k is 10"), "numeric_equal");
    assert_eq!(operator("when shop:k is not 10"), "numeric_not_equal");
    assert_eq!(operator("when shop:k < 10"), "numeric_less_than");
    assert_eq!(operator("when shop:k <= 10"), "numeric_less_than_equal");
    assert_eq!(operator("when shop:k > 10"), "numeric_greater_than");
    assert_eq!(operator("when shop:k >= 10"), "numeric_greater_than_equal");
    for (sign, name) in [
        ("is", "date_equal"),
        ("is not", "date_not_equal"),
        ("<", "date_less_than"),
        ("<=", "date_less_than_equal"),
        (">", "date_greater_than"),
        (">=", "date_greater_than_equal"),
    ] {
        assert_eq!(operator(&format!("when shop:k {sign} 2026-01-01T00:00:00Z")), name);
    }
}

#[test]
fn quantifiers_and_absence() {
    check("when any shop:k is \"a\"", &["for_any_value:string_equal shop:k [a]"]);
    check("when every shop:k not like \"a\"", &["for_all_value:string_not_like shop:k [a]"]);
    check("when shop:k is absent or is \"a\"", &["string_equal_if_exist shop:k [a]"]);
    check("when every shop:k is absent or in ::1", &["for_all_value:ip_equal_if_exist shop:k [::1]"]);
    check("when shop:k is absent or is bytes \"a\"", &["binary_equal_if_exist shop:k [a]"]);
}

#[test]
fn unless_is_exactly_not() {
    check("unless shop:k is \"a\", \"b\"", &["string_not_equal_if_exist shop:k [a b]"]);
    check("unless shop:k is \"a\" ignoring case", &["string_not_equal_ignore_case_if_exist shop:k [a]"]);
    check("unless shop:k like \"a\"", &["string_not_like_if_exist shop:k [a]"]);
    check("unless shop:k in ::1", &["ip_not_equal_if_exist shop:k [::1]"]);
    check("unless any shop:k is \"a\"", &["for_all_value:string_not_equal_if_exist shop:k [a]"]);
    check("unless every shop:k is \"a\"", &["for_any_value:string_not_equal_if_exist shop:k [a]"]);
    check("unless shop:k is true", &["for_all_value:bool_equal_if_exist shop:k [false]"]);
    check("unless any shop:k is false", &["for_all_value:bool_equal_if_exist shop:k [true]"]);
    check("unless every shop:k is true", &["for_any_value:bool_equal_if_exist shop:k [false]"]);
    let turned = |clauses: &str| {
        let text = condition_text(&statements(&format!("allow Buy {clauses}"))[0].conditions[0]);
        text.split(' ').next().unwrap_or("").to_owned()
    };
    assert_eq!(turned("unless shop:k is 2"), "numeric_not_equal_if_exist");
    assert_eq!(turned("unless any shop:k is 2"), "for_all_value:numeric_not_equal_if_exist");
    assert_eq!(turned("unless shop:k < 2"), "for_all_value:numeric_greater_than_equal_if_exist");
    assert_eq!(turned("unless shop:k >= 2"), "for_all_value:numeric_less_than_if_exist");
    assert_eq!(turned("unless every shop:k > 2"), "for_any_value:numeric_less_than_equal_if_exist");
    assert_eq!(turned("unless any shop:k <= 2"), "for_all_value:numeric_greater_than_if_exist");
    assert_eq!(turned("unless shop:k is 2026-01-01T00:00:00Z"), "date_not_equal_if_exist");
    let until = "for_all_value:date_greater_than_equal_if_exist";
    assert_eq!(turned("unless qcs:current_time < 2026-01-01T00:00:00Z"), until);
}

#[test]
fn addresses_and_times_have_their_clauses() {
    check("from 10.0.0.1", &["ip_equal qcs:ip [10.0.0.1]"]);
    check("not from 10.0.0.1", &["ip_not_equal qcs:ip [10.0.0.1]"]);
    check("unless from 10.0.0.1", &["ip_not_equal_if_exist qcs:ip [10.0.0.1]"]);
    check("since 2026-01-01T00:00:00Z", &["date_greater_than_equal qcs:current_time [2026-01-01T00:00:00Z]"]);
    check("until 2026-01-01T00:00:00.50Z", &["date_less_than qcs:current_time [2026-01-01T00:00:00.5Z]"]);
    check("when any qcs:ip in ::1", &["for_any_value:ip_equal qcs:ip [::1]"]);
    check("when qcs:ip is absent or in ::1", &["ip_equal_if_exist qcs:ip [::1]"]);
    check(
        "when qcs:current_time > 2026-01-01T00:00:00Z",
        &["date_greater_than qcs:current_time [2026-01-01T00:00:00Z]"],
    );
    let both = ["ip_equal qcs:ip [10.0.0.0/8]", "ip_not_equal qcs:ip [10.0.0.1]"];
    check("from 10.0.0.0/8 not from 10.0.0.1", &both);
    check_fault("when qcs:ip in 10.0.0.1", "foreign-word «qcs:ip in 10.0.0.1»");
    check_fault("when qcs:ip not in 10.0.0.1", "foreign-word «qcs:ip not in 10.0.0.1»");
    check_fault("unless qcs:ip in 10.0.0.1", "foreign-word «qcs:ip in 10.0.0.1»");
    let since = "qcs:current_time >= 2026-01-01T00:00:00Z";
    check_fault(&format!("when {since}"), &format!("foreign-word «{since}»"));
}

#[test]
fn a_condition_becomes_its_clause() {
    let fixed = |clauses: &str| {
        let text = format!("use shop policy p {{ allow Buy {clauses} }}");
        let (resolved, _) = super::read(&[&text]);
        let mut edits = resolved.diagnostics[0].fixes[0].edits.clone();
        edits.sort_by_key(|e| std::cmp::Reverse(e.span));
        let mut fixed = text.clone();
        for edit in edits {
            fixed.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        }
        assert!(super::told(&[&fixed]).is_empty(), "{fixed}");
        fixed.replace("use shop policy p { allow Buy ", "").replace(" }", "")
    };
    assert_eq!(fixed("when qcs:ip in 10.0.0.1, ::1"), "from 10.0.0.1, ::1");
    assert_eq!(fixed("when qcs:ip not in 10.0.0.1"), "not from 10.0.0.1");
    assert_eq!(fixed("unless qcs:ip in 10.0.0.1"), "unless from 10.0.0.1");
    assert_eq!(fixed("when mfa is true and qcs:ip in ::1"), "from ::1 when mfa is true");
    assert_eq!(
        fixed("when qcs:current_time < 2026-01-01T00:00:00Z and mfa is true"),
        "until 2026-01-01T00:00:00Z when mfa is true"
    );
}

#[test]
fn resources_default_to_all() {
    assert!(matches!(statements("allow Buy")[0].resources[0].kind, ResourceKind::Any));
    let statement = &statements("allow Buy on \"qcs::shop:::a/*\", \"*\"")[0];
    let texts: Vec<&str> = statement.resources.iter().map(|r| r.text.as_ref()).collect();
    assert_eq!(texts, ["qcs::shop:::a/*", "*"]);
}

#[test]
fn clauses_stand_once_and_operators_too() {
    check_fault("from ::1 from ::2", "bad-clause «from ::2»");
    check_fault("on \"*\" on \"*\"", "bad-clause «on \"*\"»");
    check_fault("unless from ::1 unless from ::2", "bad-clause «unless from ::2»");
    check_fault("when mfa is true and mfa is false", "bad-clause «mfa is false»");
    check_fault("when mfa is true when mfa is false", "bad-clause «mfa is false»");
    check_fault("to anyone", "bad-clause «to anyone»");
    check(
        "when any mfa is true and mfa is true",
        &["for_any_value:bool_equal mfa [true]", "bool_equal mfa [true]"],
    );
}

#[test]
fn faults_of_conditions_are_told_at_their_place() {
    check_fault("when mfa is not true", "no-negative «not»");
    check_fault("when shop:k is not bytes \"a\"", "no-negative «not»");
    check_fault("when shop:k is folder1", "unquoted-value «folder1»");
    check_fault("when shop:k is \"a\", 10", "bad-value «10»");
    check_fault("when shop:k like 10", "bad-value «like 10»");
    check_fault("when shop:k < \"10\"", "bad-value «\"10\"»");
    check_fault("when shop:k is 10 ignoring case", "bad-value «is 10 ignoring case»");
    check_fault("when shop:k is absent or is not \"a\"", "bad-clause «shop:k is absent or is not \"a\"»");
    check_fault("when any shop:k is absent", "bad-clause «any shop:k is absent»");
    check_fault(
        "when mfa is true and shop:k is absent or is \"a\"",
        "bad-clause «shop:k is absent or is \"a\"»",
    );
    check_fault("unless shop:k is not \"a\"", "bad-clause «not»");
    check_fault("unless shop:k is present", "bad-clause «shop:k is present»");
    check_fault("unless shop:k is bytes \"a\"", "no-negative «is bytes \"a\"»");
    check_fault("unless mfa is true, false", "bad-value «is true, false»");
    check_fault("when shop:k is \"${nobody}\"", "bad-variable «${nobody}»");
    check_fault("when qcs:ip is 10", "bad-key «qcs:ip»");
    check_fault("when qcs:resource_tags is \"a&b\"", "unknown-key «qcs:resource_tags»");
    check_fault("until 2026-07-01", "date-without-time «2026-07-01»");
    check_fault("until soon", "unknown-name «soon»");
}
