//! The example set is held by its own tests and asserts: whatever statement is taken out of it, one of them fails.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails where it stands"
)]

use passgate::analysis::test;
use passgate::grammar::tree::{ItemKind, PolicyBody};
use passgate::grammar::{Sources, Span, parse};
use passgate::model::PolicyKind;
use passgate::{Gate, TextSources};
use passgate_harness::code_page::top;
use serde_json::Value;
use std::collections::BTreeMap;

type Files = BTreeMap<String, String>;

/// The files of the example, by name.
#[expect(clippy::disallowed_methods, reason = "tests read the examples")]
fn partners() -> Files {
    let folder = top().join("examples/partners");
    let mut files = Files::new();
    for (inner, shown) in [("", ""), ("documents", "documents/")] {
        for entry in std::fs::read_dir(folder.join(inner)).expect("the example").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if [".gate", ".json", ".toml"].iter().any(|end| name.ends_with(end)) {
                files
                    .insert(format!("{shown}{name}"), std::fs::read_to_string(entry.path()).expect("a text"));
            }
        }
    }
    files
}

/// Whether everything passes; a set that is not loaded is noticed too.
fn passes(files: &Files) -> bool {
    let texts: TextSources = files.clone().into_iter().collect::<Vec<_>>().into();
    let Ok(gate) = Gate::compile(texts) else { return false };
    test::run(&gate, &test::Options::default()).expect("a run").passed()
}

/// The spans of the statements of identity policies in a `.gate` text.
fn statements(text: &str) -> Vec<Span> {
    let mut sources = Sources::new();
    let id = sources.add("text", text);
    let mut spans = Vec::new();
    for item in parse::parse(&sources, id).file.items {
        if let ItemKind::Policy(policy) = item.kind
            && policy.kind == PolicyKind::Identity
            && let PolicyBody::Statements(all) = policy.body
        {
            // What stands before a statement goes with it.
            let start = |s: &passgate::grammar::tree::Statement| {
                s.before.notes.first().map_or(s.span.start, |note| note.span.start)
            };
            spans.extend(all.iter().map(|s| Span { start: start(s), ..s.span }));
        }
    }
    spans
}

/// A document without each of its statements; one of a single statement, with an action that is never called.
fn documents(text: &str) -> Vec<String> {
    let document: Value = serde_json::from_str(text).expect("JSON");
    let without = |place: usize| {
        let mut left = document.clone();
        match &mut left["statement"] {
            Value::Array(all) => {
                all.remove(place);
            }
            one => one["action"] = "sts:Nothing".into(),
        }
        left.to_string()
    };
    (0..document["statement"].as_array().map_or(1, Vec::len)).map(without).collect()
}

#[test]
fn without_any_statement_the_example_fails() {
    let files = partners();
    assert!(passes(&files), "the example passes as it stands");
    let mut unnoticed = Vec::new();
    let mut tried = 0;
    for (name, text) in &files {
        let mut attempt = |changed: String, what: &str| {
            let mut files = files.clone();
            files.insert(name.clone(), changed);
            tried += 1;
            if passes(&files) {
                unnoticed.push(format!("{name}: {what}"));
            }
        };
        if name.ends_with(".gate") {
            for span in statements(text) {
                let (start, end) = (span.start as usize, span.end as usize);
                attempt(format!("{}{}", &text[..start], &text[end..]), &text[start..end]);
            }
        } else if name.ends_with(".json") {
            documents(text).into_iter().for_each(|changed| attempt(changed, "a statement"));
        }
    }
    println!("mutation: {tried} statements taken out");
    assert!(tried > 20 && unnoticed.is_empty(), "nothing fails without\n{}", unnoticed.join("\n"));
}

/// Taking out an assert or a case changes the report: it has one row less, and no other row changes.
#[test]
fn every_assert_and_case_is_a_row_of_the_report() {
    let files = partners();
    let texts: TextSources = files.clone().into_iter().collect::<Vec<_>>().into();
    let gate = Gate::compile(texts).expect("the example");
    let report = test::run(&gate, &test::Options::default()).expect("a run");
    let proofs = &gate.model().proofs;
    let cases: usize = proofs.tests.iter().map(|test| test.cases.len()).sum();
    assert_eq!(report.count(), cases + proofs.asserts.len());
    assert!(cases > 30 && proofs.asserts.len() > 5);
}
