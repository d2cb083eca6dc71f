//! What a proof finds: conversions that keep the meaning, and texts that were altered between.

use super::{prove_export, prove_import};
use crate::cam;
use crate::catalog::Catalogs;
use crate::load::{LoadOptions, compile_model};
use crate::model::{Policy, PolicyKind};
use passgate_grammar::Sources;

const DOCUMENT: &str = r#"{"version":"2.0","statement":[
    {"effect":"allow","action":["intlpartnersmgt:Query*","cvm:Run*"],"resource":["*","qcs::cvm:::instance/${uin}"],
     "condition":{"numeric_less_than":{"cos:n":[1,3,2]},"ip_equal":{"qcs:ip":["10.0.0.0/8","2001:db8::/32"]}}},
    {"effect":"deny","action":"intlpartnersmgt:PayOrders","resource":"*",
     "condition":{"string_not_equal_if_exist":{"cos:k":["a","b"]}}}]}"#;

fn policy(document: &str, kind: PolicyKind) -> Policy {
    let mut sources = Sources::new();
    let id = sources.add("p.json", document);
    cam::read(&sources, id, kind, "p").0.unwrap()
}

/// What is proved of an import whose text is altered on the way.
fn check(document: &str, kind: PolicyKind, alter: impl Fn(String) -> String, expected: &str) {
    let (policies, catalogs) = ([policy(document, kind)], Catalogs::builtin());
    let text = alter(cam::to_gate(&policies, &catalogs).0);
    let proofs = prove_import(&policies, &text, &catalogs).unwrap();
    assert_eq!(proofs.len(), 1);
    assert_eq!(proofs[0].to_string(), expected, "{text}");
    assert_eq!(proofs[0].holds(), expected.starts_with("proved:"));
    assert_eq!(proofs[0].fails(), expected.starts_with("refuted:"));
}

#[test]
fn an_import_is_proved_and_an_altered_one_refuted() {
    let identity = |from: &'static str, to: &'static str, expected: &str| {
        let alter = |text: String| {
            assert!(text.contains(from), "{text}");
            text.replacen(from, to, 1)
        };
        check(DOCUMENT, PolicyKind::Identity, alter, expected);
    };
    identity("allow", "allow", "proved: `p`: every request is decided alike, there and back");
    identity(
        "< 3",
        "<= 3",
        "refuted: `p`: decided otherwise: `intlpartnersmgt:QueryAccountResellerRelationship` from 10.0.0.0/8 (such as 10.0.0.0) with `cos:n` is 3",
    );
    identity(
        "PayOrders",
        "ForceQN",
        "refuted: `p`: decided otherwise: `intlpartnersmgt:PayOrders` without an address",
    );
}

#[test]
fn other_principals_are_told() {
    let trust = r#"{"version":"2.0","statement":{"effect":"allow","action":"sts:*",
        "principal":{"service":["b","a"],"qcs":"*"}}}"#;
    check(
        trust,
        PolicyKind::Trust,
        |text| text,
        "proved: `p`: every request is decided alike, there and back",
    );
    let other = |text: String| text.replace("service \"a\"", "service \"c\"");
    check(trust, PolicyKind::Trust, other, "refuted: `p`: a statement speaks to other principals");
}

#[test]
fn a_text_that_is_refused_is_an_error() {
    // The set would be refused with the document itself, too.
    let document = r#"{"version":"2.0","statement":{"effect":"allow","action":"intlpartnersmgt:payorders","resource":"*"}}"#;
    let (policies, catalogs) = ([policy(document, PolicyKind::Identity)], Catalogs::builtin());
    let (text, _) = cam::to_gate(&policies, &catalogs);
    let error = prove_import(&policies, &text, &catalogs).unwrap_err();
    assert_eq!(error.diagnostics()[0].code.as_str(), "action-case");
}

#[test]
fn an_export_is_proved_split_or_not_and_an_altered_one_refuted() {
    let names: Vec<String> = (0..600).map(|n| format!("cvm:Describe{n}")).collect();
    let text = format!(
        "use intlpartnersmgt  set opaque = \"cvm\"  set owner.uin = \"7\"\n\
         policy p {{ allow {} from 10.0.0.0/8 except 10.0.0.0/16  deny read only Query* except QueryUser when cos:k < 5 }}",
        names.join(", ")
    );
    let model = compile_model(text, &LoadOptions::default()).unwrap();
    let policy = &model.policies[0];
    let (whole, _) = cam::export(policy, &model.sources, &model.catalogs);
    let (split, _) = cam::export_split(policy, &model.sources, &model.catalogs);
    let (whole, split) = (vec![whole.unwrap()], split.unwrap());
    assert_eq!(split.len(), 3);
    for documents in [&whole, &split] {
        let proof = prove_export(&model, policy, documents).unwrap();
        assert_eq!(proof.to_string(), "proved: `p`: every request is decided alike, there and back");
    }
    let proof = prove_export(&model, policy, &split[1..]).unwrap();
    assert!(proof.fails(), "{proof}");
}

#[test]
fn proofs_are_data() {
    let (policies, catalogs) = ([policy(DOCUMENT, PolicyKind::Identity)], Catalogs::builtin());
    let (text, _) = cam::to_gate(&policies, &catalogs);
    let mut json = String::new();
    prove_import(&policies, &text, &catalogs).unwrap()[0].write_json(&mut json);
    let begins = r#"{"policy":"p","proved":true,"principals":true,"there":{"verdict":"alike","classes":"#;
    assert!(json.starts_with(begins), "{json}");
    assert!(json.ends_with(r#""searched":0,"message":"every request is decided alike"}}"#), "{json}");
}
