//! What a document is refused for, and where: one line a case, expected values from semantics §6.

use crate::cam::read;
use crate::model::{ActionKind, Effect, Policy, PolicyKind, ResourceKind, Test, Whom};
use passgate_grammar::{Diagnostic, Sources, code, limits};

fn told(text: &str, kind: PolicyKind) -> (Option<Policy>, Vec<Diagnostic>) {
    let mut sources = Sources::new();
    let id = sources.add("doc.json", text);
    read(&sources, id, kind, "doc")
}

/// `code path` of each diagnostic in order of place; every refusal says how to mend it.
fn check_as(kind: PolicyKind, text: &str, expected: &[&str]) {
    let (policy, told) = told(text, kind);
    let lines: Vec<String> =
        told.iter().map(|d| format!("{} {}", d.code, d.path.as_deref().unwrap_or("-"))).collect();
    assert_eq!(lines, expected, "{text}");
    assert_eq!(policy.is_some(), !told.iter().any(Diagnostic::refuses), "{text}");
    for diagnostic in told.iter().filter(|d| d.is_error() && d.code != code::LIMIT) {
        assert!(diagnostic.help.is_some(), "no help: {} in {text}", diagnostic.message);
    }
}

fn check(text: &str, expected: &[&str]) {
    check_as(PolicyKind::Identity, text, expected);
}

/// A document of one statement with these members.
fn one(members: &str) -> String {
    format!(r#"{{"version": "2.0", "statement": [{{{members}}}]}}"#)
}

/// A document whose one statement has this condition.
fn condition(condition: &str) -> String {
    one(&format!(r#""effect": "allow", "action": "*", "resource": "*", "condition": {condition}"#))
}

const ALL: &str = r#""effect": "allow", "action": "*", "resource": "*""#;

#[test]
fn a_sound_document_is_read_whole() {
    let text = r#"{"version": "3.0", "statement": [
        {"effect": "deny", "action": ["name/cvm:Run*", "permid/7"], "resource": "qcs::cvm:::x/${uin}",
         "condition": {"for_any_value:string_equal_if_exist": {"cos:a": ["x", "y"]}, "bool_equal": {"mfa": true}}},
        {"effect": "allow", "action": "*:*", "resource": ["*", "qcs::*:*:*:*"]}]}"#;
    let (policy, diagnostics) = told(text, PolicyKind::Identity);
    let policy = policy.unwrap();
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!((policy.version.as_ref(), policy.name.as_ref()), ("3.0", "doc"));
    let [first, second] = policy.statements.as_slice() else { panic!("two statements") };
    assert_eq!((first.effect, first.id.as_ref()), (Effect::Deny, "doc#1"));
    assert_eq!((second.effect, second.id.as_ref()), (Effect::Allow, "doc#2"));
    assert!(matches!(&first.actions[0].kind, ActionKind::Pattern { legacy: true, .. }));
    assert!(matches!(&first.actions[1].kind, ActionKind::Permid(n) if n.as_ref() == "7"));
    assert!(matches!(&second.actions[0].kind, ActionKind::All { long: true }));
    assert!(matches!(&second.resources[1].kind, ResourceKind::Six { service: None, region: None, .. }));
    let [texts, bools] = first.conditions.as_slice() else { panic!("two conditions") };
    assert!(texts.if_exist && texts.qualifier.is_some());
    assert!(matches!(&texts.test, Test::Text { values, .. } if values.len() == 2));
    assert!(matches!(&bools.test, Test::Bool { values } if values == &[true]));
}

#[test]
fn one_value_or_a_list_and_one_statement_or_a_list() {
    check(&one(ALL), &[]);
    check(&format!(r#"{{"version": "2.0", "statement": {{{ALL}}}}}"#), &[]);
    check(&format!("\u{FEFF}{}", one(ALL)), &[]);
    check(&format!(" \r\n\t{}\n", one(ALL)), &[]);
}

#[test]
fn members_are_known_once_and_in_lower_case() {
    check("{}", &["missing-member statement", "missing-member version"]);
    check(&one(&format!(r#"{ALL}, "effect": "deny""#)), &["duplicate-key statement[0].effect"]);
    check(&one(&format!(r#"{ALL}, "\u0065ffect": "deny""#)), &["duplicate-key statement[0].effect"]);
    check(&one(&format!(r#"{ALL}, "Sid": "x""#)), &["unknown-member statement[0].Sid"]);
    check(
        &one(r#""Effect": "allow", "action": "*", "resource": "*""#),
        &["keyword-case statement[0].Effect"],
    );
    for negated in ["not_action", "NotAction", "notAction", "notaction", "not_resource", "NotPrincipal"] {
        let path = format!("negated-element statement[0].{negated}");
        check(&one(&format!(r#"{ALL}, "{negated}": "*""#)), &[&path]);
    }
    let text = r#"{"Version": "2.0", "Statement": [{"Effect": "Allow", "Action": "?", "Resource": "*"}]}"#;
    let expected = [
        "keyword-case Version",
        "keyword-case Statement",
        "keyword-case statement[0].Effect",
        "keyword-case statement[0].effect",
        "keyword-case statement[0].Action",
        "bad-action statement[0].action",
        "keyword-case statement[0].Resource",
    ];
    check(text, &expected);
}

#[test]
fn versions_and_effects_are_words() {
    let version = |v: &str| format!(r#"{{"version": {v}, "statement": [{{{ALL}}}]}}"#);
    for v in [r#""1.0""#, r#""2""#, r#""2012-10-17""#, r#""2.0 ""#] {
        check(&version(v), &["bad-version version"]);
    }
    for v in ["2.0", "null", r#"["2.0"]"#] {
        check(&version(v), &["wrong-type version"]);
    }
    let effect = |e: &str| one(&format!(r#""effect": {e}, "action": "*", "resource": "*""#));
    check(&effect(r#""Allow""#), &["keyword-case statement[0].effect"]);
    check(&effect(r#""DENY""#), &["keyword-case statement[0].effect"]);
    for e in [r#""allow ""#, r#""permit""#, r#""""#] {
        check(&effect(e), &["bad-effect statement[0].effect"]);
    }
    check(&effect("true"), &["wrong-type statement[0].effect"]);
}

#[test]
fn lists_are_not_empty_and_hold_strings() {
    check(r#"{"version": "2.0", "statement": []}"#, &["empty-list statement"]);
    check(r#"{"version": "2.0", "statement": "allow"}"#, &["wrong-type statement"]);
    check(r#"{"version": "2.0", "statement": [null]}"#, &["wrong-type statement[0]"]);
    check("[]", &["wrong-type "]);
    let with = |a: &str, r: &str| one(&format!(r#""effect": "allow", "action": {a}, "resource": {r}"#));
    check(&with("[]", "[]"), &["empty-list statement[0].action", "empty-list statement[0].resource"]);
    check(
        &with("[1, \"*\", null]", "5"),
        &[
            "wrong-type statement[0].action[0]",
            "wrong-type statement[0].action[2]",
            "wrong-type statement[0].resource",
        ],
    );
    check(
        &with(r#"["*", "x"]"#, r#"["*", "x", "arn:a:b"]"#),
        &[
            "bad-action statement[0].action[1]",
            "bad-resource statement[0].resource[1]",
            "foreign-resource statement[0].resource[2]",
        ],
    );
}

#[test]
fn conditions_name_operators_keys_and_values() {
    check(&condition("{}"), &["empty-condition statement[0].condition"]);
    check(&condition("[]"), &["wrong-type statement[0].condition"]);
    check(&condition("null"), &["wrong-type statement[0].condition"]);
    check(&condition(r#"{"string_equal": {}}"#), &["empty-condition statement[0].condition.string_equal"]);
    check(&condition(r#"{"string_equal": []}"#), &["wrong-type statement[0].condition.string_equal"]);
    check(
        &condition(r#"{"string_equal": {"mfa": []}}"#),
        &["empty-list statement[0].condition.string_equal.mfa"],
    );
    check(
        &condition(r#"{"string_equal": {"mfa": ["a", null, {"b": 1}, [2], 3]}}"#),
        &[
            "bad-value statement[0].condition.string_equal.mfa[1]",
            "bad-value statement[0].condition.string_equal.mfa[2]",
            "bad-value statement[0].condition.string_equal.mfa[3]",
            "bad-value statement[0].condition.string_equal.mfa[4]",
        ],
    );
    check(
        &condition(r#"{"NumericLessThan": {"mfa": "x"}}"#),
        &[
            "keyword-case statement[0].condition.NumericLessThan",
            "bad-value statement[0].condition.NumericLessThan.mfa",
        ],
    );
    check(
        &condition(r#"{"for_any_value:null_equal": {"mfa": "true"}}"#),
        &["unknown-operator statement[0].condition[\"for_any_value:null_equal\"]"],
    );
    check(
        &condition(r#"{"bool_equal": {"mfa": true}, "bool_equal": {"mfa": true}}"#),
        &["duplicate-key statement[0].condition.bool_equal"],
    );
    check(
        &condition(r#"{"bool_equal": {"mfa": true, "m\u0066a": false}}"#),
        &["duplicate-key statement[0].condition.bool_equal.mfa"],
    );
    check(
        &condition(r#"{"ip_equal": {"qcs:ip": ["10.0.0.1/24", "10.*"]}}"#),
        &[
            "host-bits-set statement[0].condition.ip_equal[\"qcs:ip\"][0]",
            "address-wildcard statement[0].condition.ip_equal[\"qcs:ip\"][1]",
        ],
    );
    check(
        &condition(r#"{"numeric_equal": {"qcs:ip": 1}, "ip_equal": {"qcs:current_time": "::1"}}"#),
        &[
            "bad-key statement[0].condition.numeric_equal[\"qcs:ip\"]",
            "bad-key statement[0].condition.ip_equal[\"qcs:current_time\"]",
        ],
    );
    check(
        &condition(r#"{"string_equal": {"k": "v", "a b": "v"}}"#),
        &[
            "unknown-key statement[0].condition.string_equal.k",
            "bad-key statement[0].condition.string_equal[\"a b\"]",
        ],
    );
}

#[test]
fn principals_belong_to_trust_and_resource_policies() {
    let with = |p: &str| one(&format!(r#"{ALL}, "principal": {p}"#));
    check(&with(r#""*""#), &["principal-in-identity statement[0].principal"]);
    check_as(PolicyKind::Resource, &one(ALL), &["missing-member statement[0].principal"]);
    check_as(PolicyKind::Resource, &with(r#"{"qcs": ["*", "qcs::cam::uin/1:root"]}"#), &[]);
    check_as(
        PolicyKind::Resource,
        &with(r#""qcs::cam::uin/1:root""#),
        &["bad-principal statement[0].principal"],
    );
    check_as(PolicyKind::Resource, &with("{}"), &["bad-principal statement[0].principal"]);
    check_as(PolicyKind::Resource, &with("[]"), &["bad-principal statement[0].principal"]);
    check_as(PolicyKind::Resource, &with(r#"{"QCS": "*"}"#), &["keyword-case statement[0].principal.QCS"]);
    check_as(
        PolicyKind::Resource,
        &with(r#"{"qcs": [], "service": 5}"#),
        &["empty-list statement[0].principal.qcs", "wrong-type statement[0].principal.service"],
    );
    let trust = r#"{"version": "2.0", "statement": {"effect": "allow", "action": "sts:AssumeRole",
        "principal": {"service": "a", "qcs": "qcs::cam::uin/1:uin/2"}}}"#;
    check_as(PolicyKind::Trust, trust, &[]);
    check_as(PolicyKind::Resource, trust, &["missing-member statement.resource"]);
    let policy = told(trust, PolicyKind::Trust).0.unwrap();
    let statement = &policy.statements[0];
    assert!(matches!(statement.resources[0].kind, ResourceKind::Any));
    let kinds = statement.principals.iter().map(|w| match w {
        Whom::Named { kind, .. } => kind.as_ref(),
        Whom::Anyone => "anyone",
    });
    assert_eq!(kinds.collect::<Vec<_>>(), ["service", "qcs"], "in the order written");
}

#[test]
fn a_document_may_name_its_principal_once_for_all_statements() {
    let text = |own: &str| {
        format!(r#"{{"version": "2.0", "principal": "*", "statement": [{{{ALL}}}, {{{ALL}{own}}}]}}"#)
    };
    check_as(PolicyKind::Resource, &text(""), &[]);
    check(&text(""), &["principal-in-identity principal"]);
    check_as(PolicyKind::Resource, &text(r#", "principal": "*""#), &["bad-principal statement[1].principal"]);
    let policy = told(&text(""), PolicyKind::Resource).0.unwrap();
    assert!(policy.statements.iter().all(|s| *s.principals == [Whom::Anyone]));
}

#[test]
fn limits_hold_at_n_and_not_above() {
    let list = |n: usize| {
        let actions = (0..n).map(|i| format!("\"a:B{i}\"")).collect::<Vec<_>>().join(",");
        one(&format!(r#""effect": "allow", "action": [{actions}], "resource": "*""#))
    };
    check(&list(limits::LIST_TERMS), &[]);
    check(&list(limits::LIST_TERMS + 1), &["limit statement[0].action"]);
    let key = |n: usize| condition(&format!(r#"{{"string_equal": {{"a:{}": "x"}}}}"#, "k".repeat(n - 2)));
    check(&key(limits::NAME_BYTES), &[]);
    let path = format!("limit statement[0].condition.string_equal[\"a:{}…\"]", "k".repeat(78));
    check(&key(limits::NAME_BYTES + 1), &[&path]);
    let value = |n: usize| condition(&format!(r#"{{"string_equal": {{"mfa": "{}"}}}}"#, "v".repeat(n)));
    check(&value(limits::STRING_BYTES), &[]);
    check(&value(limits::STRING_BYTES + 1), &["limit statement[0].condition.string_equal.mfa"]);
    let rest = |n: usize| {
        let rest = "r".repeat(n - "qcs:::::".len());
        one(&format!(r#""effect": "allow", "action": "*", "resource": "qcs:::::{rest}""#))
    };
    check(&rest(limits::STRING_BYTES), &[]);
    check(&rest(limits::STRING_BYTES + 1), &["limit statement[0].resource"]);
    let file = |n: usize| format!("{}{}", one(ALL), " ".repeat(n - one(ALL).len()));
    check(&file(limits::FILE_BYTES), &[]);
    check(&file(limits::FILE_BYTES + 1), &["limit -"]);
}

#[test]
fn a_hundred_faults_are_told_and_the_rest_counted() {
    let actions = vec!["\"?\""; 250].join(",");
    let (_, told) = told(
        &one(&format!(r#""effect": "allow", "action": [{actions}], "resource": "*""#)),
        PolicyKind::Identity,
    );
    assert_eq!(told.len(), 101);
    let last = told.last().unwrap();
    assert_eq!(
        (last.code.as_str(), last.message.as_str()),
        ("too-many", "150 more of this file are not shown")
    );
}
