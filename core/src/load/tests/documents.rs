//! CAM documents among `.gate` files.

use super::{check, document};
use crate::Gate;
use passgate_grammar::SourceId;

#[test]
fn documents_carry_the_name_of_their_file_unless_a_policy_names_them() {
    let texts = [
        ("a.gate", "policy kept = cam \"old/legacy.json\" user 1 { attach kept, other }".to_owned()),
        ("old/legacy.json", document("intlpartnersmgt:QueryArea")),
        ("other.json", document("intlpartnersmgt:PayOrders")),
    ];
    let gate = Gate::compile(texts).unwrap();
    let policies: Vec<(&str, &str, bool)> = gate
        .model()
        .policies
        .iter()
        .map(|p| (p.name.as_ref(), p.statements[0].id.as_ref(), p.document.is_some()))
        .collect();
    assert_eq!(policies, [("kept", "kept#1", true), ("other", "other#1", true)]);
    assert_ne!(gate.model().policies[0].document, Some(SourceId(0)));
}

#[test]
fn one_document_may_be_kept_under_two_names() {
    let texts = [
        ("a.gate", "policy p = cam \"d.json\" policy q = cam \"./d.json\"".to_owned()),
        ("d.json", document("*")),
    ];
    assert_eq!(Gate::compile(texts).unwrap().model().policies.len(), 2);
}

#[test]
fn files_that_are_named_must_be_there_and_inside() {
    check(
        &[("a.gate", "policy p = cam \"d.json\" user 1 { attach p }")],
        &["missing-file «\"d.json\"» a.gate"],
    );
    check(&[("a.gate", "policy p = cam \"../d.json\"")], &["bad-file «\"../d.json\"» a.gate"]);
    check(&[("a.gate", "policy p = cam \"/d.json\"")], &["bad-file «\"/d.json\"» a.gate"]);
}

#[test]
fn two_policies_of_one_name_are_told() {
    let d = document("*");
    check(&[("a.gate", "policy d { }"), ("d.json", &d)], &["duplicate-name d.json"]);
    check(&[("a/d.json", &d), ("b/d.json", &d)], &["duplicate-name d.json"]);
}

#[test]
fn faults_of_documents_have_their_path() {
    let texts = [("a.gate", "policy p { }".to_owned()), ("d.json", document("intlpartnersmgt:queryArea"))];
    let error = Gate::compile(texts).unwrap_err();
    let paths: Vec<_> = error.diagnostics().iter().map(|d| (d.code.as_str(), d.path.as_deref())).collect();
    assert_eq!(paths, [("action-case", Some("statement[0].action"))]);
}

#[test]
fn a_trust_document_is_kept_as_what_it_is() {
    let trust = r#"{"version": "2.0", "statement": [{"effect": "allow", "action": "name/sts:AssumeRole",
        "principal": {"service": ["cvm.example.com"]}}]}"#;
    check(
        &[("a.gate", "trust policy t = cam \"t.json\""), ("t.json", trust)],
        &["unknown-action «\"name/sts:AssumeRole\"» t.json"],
    );
    check(
        &[("a.gate", "trust policy t = cam \"t.json\" user 1 { attach t }"), ("t.json", trust)],
        &["not-attachable «t» a.gate", "unknown-action «\"name/sts:AssumeRole\"» t.json"],
    );
    check(
        &[("a.gate", "policy t = cam \"t.json\""), ("t.json", trust)],
        &["missing-member «{» t.json", "principal-in-identity «\"principal\"» t.json"],
    );
}
