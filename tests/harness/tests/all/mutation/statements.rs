//! What decides is changed: without any statement a test or assert fails, and every assert fails under some change,
//! so that none says what would be true of any set.

use super::{Change, Files, Found, partners, place, tree};
use passgate::grammar::tree::{Item, ItemKind, PolicyBody, PolicyKind, Statement};
use serde_json::Value;
use std::collections::BTreeSet;
use std::ops::Range;

/// The statements of an identity policy.
fn statements(item: &Item) -> &[Statement] {
    match &item.kind {
        ItemKind::Policy(policy) if policy.kind == PolicyKind::Identity => match &policy.body {
            PolicyBody::Statements(all) => all,
            PolicyBody::Cam(_) => &[],
        },
        _ => &[],
    }
}

/// Each statement taken out: of a `.gate` file with its notes, of a document with an action in its place that is never
/// called where it is the only one.
fn removals(files: &Files) -> Vec<Change> {
    let mut changes = Vec::new();
    for (name, text) in files {
        if name.ends_with(".gate") {
            let file = tree(text);
            let all = file.items.iter().flat_map(statements);
            changes.extend(all.map(|s| Change::without(name, place(&s.before.notes, s.span))));
        } else if name.ends_with(".json") {
            let whole = 0..text.len();
            let left = documents(text);
            changes.extend(left.map(|text| Change { file: name.clone(), piece: whole.clone(), text }));
        }
    }
    changes
}

fn documents(text: &str) -> impl Iterator<Item = String> {
    let document: Value = serde_json::from_str(text).expect("JSON");
    (0..document["statement"].as_array().map_or(1, Vec::len)).map(move |place| {
        let mut left = document.clone();
        match &mut left["statement"] {
            Value::Array(all) => {
                all.remove(place);
            }
            one => one["action"] = "sts:Nothing".into(),
        }
        left.to_string()
    })
}

/// Each statement with the other effect, and without each of its clauses.
fn weakenings(files: &Files) -> Vec<Change> {
    let mut changes = Vec::new();
    for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".gate")) {
        for statement in tree(text).items.iter().flat_map(statements) {
            let start = statement.span.start as usize;
            let (old, new) = if statement.deny { ("deny", "allow") } else { ("allow", "deny") };
            let piece: Range<usize> = start..start + old.len();
            assert_eq!(&text[piece.clone()], old);
            changes.push(Change { file: name.clone(), piece, text: new.to_owned() });
            let clauses = statement.clauses.iter().map(|clause| place(&[], clause.span));
            changes.extend(clauses.map(|piece| Change::without(name, piece)));
        }
    }
    changes
}

#[test]
fn without_any_statement_the_example_fails() {
    let files = partners();
    assert!(Found::of(&files, None).is_some_and(|found| found.passed()), "the example passes as it stands");
    let changes = removals(&files);
    let unnoticed: Vec<String> = changes
        .iter()
        .filter(|change| Found::of(&change.made(&files), None).is_some_and(|found| found.passed()))
        .map(|change| change.named(&files))
        .collect();
    println!("mutation: {} statements taken out", changes.len());
    assert!(changes.len() > 20 && unnoticed.is_empty(), "nothing fails without\n{}", unnoticed.join("\n"));
}

#[test]
fn every_assert_fails_under_some_change() {
    let files = partners();
    let found = Found::of(&files, Some("assert ")).expect("the example");
    let mut held: BTreeSet<String> = found.asserts.into_iter().map(|row| row.name).collect();
    let count = held.len();
    for change in removals(&files).iter().chain(&weakenings(&files)) {
        if held.is_empty() {
            break;
        }
        // A set that is not loaded fails no assert.
        let changed = Found::of(&change.made(&files), Some("assert ")).unwrap_or_default();
        for row in changed.asserts.iter().filter(|row| row.found == "fails") {
            if held.remove(&row.name) {
                println!("mutation: {} fails under {}", row.name, change.named(&files));
            }
        }
    }
    assert!(count > 5 && held.is_empty(), "no change makes these fail: {held:?}");
}
