//! Import and export are inverses up to spelling (semantics §6): a document, its `.gate` text, and the document that
//! this text is exported as hold the same statements and decide alike. Tried on every accepted document of the corpus,
//! on every operator with every qualifier, with and without `_if_exist`, with one and several values, and on generated
//! documents.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails where it stands"
)]

mod decisions;
mod generated;
mod meaning;

use meaning::meaning;
use passgate::LoadOptions;
use passgate::cam;
use passgate::catalog::Catalogs;
use passgate::grammar::Sources;
use passgate::load::{Proof, compile_model, prove_export, prove_import};
use passgate::model::read::OPERATORS;
use passgate::model::{Model, Policy, PolicyKind};
use passgate_harness::corpus::{corpus, documents};

fn read_document(text: &str, kind: PolicyKind) -> Result<Policy, String> {
    let mut sources = Sources::new();
    let id = sources.add("doc.json", text);
    let (policy, told) = cam::read(&sources, id, kind, "p");
    policy.ok_or_else(|| format!("{text}\n{told:?}"))
}

/// A `.gate` text of one policy, resolved; and what it is exported as.
fn read_gate(text: &str) -> Result<(Model, String), String> {
    let options = LoadOptions { opaque: vec!["*".to_owned()], ..LoadOptions::default() };
    let model = compile_model(text, &options).map_err(|e| format!("{text}\n{:?}", e.diagnostics()))?;
    let policy = model.policies.first().ok_or("no policy")?;
    let (document, told) = cam::export(policy, &model.sources, &model.catalogs);
    let document = document.ok_or_else(|| format!("{text}\n{told:?}"))?;
    Ok((model, document))
}

/// A document's policy, the set of its `.gate` text, the policy of that set's document.
struct Converted {
    first: Policy,
    model: Model,
    third: Policy,
    /// The `.gate` text of the first and of the third.
    gates: [String; 2],
}

/// There and back again: all three say the same.
fn check(text: &str, kind: PolicyKind) -> Result<Converted, String> {
    let first = read_document(text, kind)?;
    let (gate, _) = cam::to_gate(std::slice::from_ref(&first), &Catalogs::builtin());
    let (model, exported) = read_gate(&gate)?;
    let third = read_document(&exported, kind)?;
    let (again, _) = cam::to_gate(std::slice::from_ref(&third), &Catalogs::builtin());
    let said: Vec<_> = [&first].into_iter().chain(&model.policies).chain([&third]).map(meaning).collect();
    if said.len() == 3 && said.iter().all(|m| *m == said[0]) {
        return Ok(Converted { first, model, third, gates: [gate, again] });
    }
    Err(format!("{text}\n{gate}\n{exported}\n{again}\n{said:#?}"))
}

/// As [`check`], and the text is the same but for comments.
fn check_text(text: &str, kind: PolicyKind) -> Result<(), String> {
    let [gate, again] = check(text, kind)?.gates;
    let same = without_comments(&gate) == again;
    same.then_some(()).ok_or_else(|| format!("{text}\n{gate}\n{again}"))
}

/// What a comment keeps is gone from the document that the text is exported as.
fn without_comments(gate: &str) -> String {
    let lines = gate.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn every_accepted_document_of_the_corpus() {
    let Some(folder) = corpus("round trip") else { return };
    let mut tried = 0;
    for document in documents().iter().filter(|d| d.accepted) {
        #[expect(clippy::disallowed_methods, reason = "tests read their corpus")]
        let text = std::fs::read_to_string(folder.join(&document.file)).unwrap();
        let kind = match document.kind.as_str() {
            "trust" => PolicyKind::Trust,
            "resource" => PolicyKind::Resource,
            _ => PolicyKind::Identity,
        };
        if let Err(why) = check_text(&text, kind) {
            panic!("{}: {why}", document.file);
        }
        prove(&document.file, &text, kind);
        tried += 1;
    }
    println!("round trip: {tried} documents of the corpus, all proved");
    assert_eq!(tried, 142);
}

/// The import and the export of a document are proved over every request.
fn prove(file: &str, text: &str, kind: PolicyKind) {
    let mut policy = read_document(text, kind).unwrap();
    let catalogs = Catalogs::builtin();
    let (gate, _) = cam::to_gate(std::slice::from_ref(&policy), &catalogs);
    match prove_import(std::slice::from_ref(&policy), &gate, &catalogs) {
        Ok(proofs) => assert!(proofs.iter().all(Proof::holds), "{file}: {proofs:?}"),
        // A set with such a document is refused, too.
        Err(error) => {
            let codes: Vec<&str> =
                error.diagnostics().iter().filter(|d| d.refuses()).map(|d| d.code.as_str()).collect();
            assert_eq!(codes, ["action-case"], "{file}: {error}");
        }
    }
    policy.document = None;
    let (texts, told) = cam::export_split(&policy, &Sources::new(), &catalogs);
    let texts = texts.unwrap_or_else(|| panic!("{file}: {told:?}"));
    let proof = prove_export(&decisions::attached(vec![policy.clone()]), &policy, &texts).unwrap();
    assert!(proof.holds(), "{file}: {proof}");
}

/// Two values that an operator reads, as JSON.
fn values(operator: &str) -> [&'static str; 2] {
    match operator.split('_').next() {
        Some("numeric") => ["10", "\"-2.5e40\""],
        Some("date") => ["\"2026-01-01T00:00:00Z\"", "\"2025-01-01 00:00:00\""],
        Some("bool" | "null") => ["\"true\"", "false"],
        Some("ip") => ["\"10.0.0.9/8\"", "\"2001:db8::/32\""],
        _ => ["\"a\\\"\\\\\\n\\u202e*\"", "\"x/${uin}/y\""],
    }
}

#[test]
fn every_operator_with_all_that_may_stand_around_it() {
    let mut tried = 0;
    for (operator, _) in OPERATORS {
        for key in ["cos:a", "qcs:ip", "qcs:current_time", "a{b}"] {
            for (before, after) in [
                ("", ""),
                ("", "_if_exist"),
                ("for_any_value:", ""),
                ("for_any_value:", "_if_exist"),
                ("for_all_value:", ""),
                ("for_all_value:", "_if_exist"),
            ] {
                let [one, two] = values(operator);
                for list in [one.to_owned(), two.to_owned(), format!("[{one}, {two}]")] {
                    let text = format!(
                        r#"{{"version": "3.0", "statement": [{{"effect": "deny", "action": "name/cvm:*", "resource": "*",
                            "condition": {{"{before}{operator}{after}": {{"{key}": {list}}}}}}}]}}"#
                    );
                    if read_document(&text, PolicyKind::Identity).is_err() {
                        continue;
                    }
                    if let Err(why) = check_text(&text, PolicyKind::Identity) {
                        panic!("{why}");
                    }
                    tried += 1;
                }
            }
        }
    }
    // 22 operators on two free keys; on the address 9 (texts, bytes, ip), on the time 13; each with 6 forms and 3 lists;
    // `null_equal` on four keys with 3 lists.
    assert_eq!(tried, (22 * 2 + 9 + 13) * 6 * 3 + 4 * 3);
}
