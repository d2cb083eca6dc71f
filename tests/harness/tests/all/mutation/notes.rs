//! What is silenced is told: without an `@ignore` the lints that it names are told of the example, with it none is.

use super::{Change, Files, partners, place, tree};
use passgate::grammar::tree::{Before, ItemKind, Note, PolicyBody};
use passgate::model::PolicyKind;
use passgate::{LoadOptions, TextSources, load};

/// The codes that lint tells, in order.
fn told(files: &Files) -> Vec<&'static str> {
    let texts: TextSources = files.clone().into_iter().collect::<Vec<_>>().into();
    let report = load::lint_texts(texts, &LoadOptions::default(), PolicyKind::Identity).expect("a report");
    report.diagnostics.iter().map(|told| told.code.as_str()).collect()
}

/// The `@ignore`s of a `.gate` text.
fn ignores(text: &str) -> Vec<Note> {
    let notes = |before: Before| before.notes.into_iter();
    let items = tree(text).items.into_iter().flat_map(|item| {
        let inner = match item.kind {
            ItemKind::Policy(policy) => match policy.body {
                PolicyBody::Statements(all) => all.into_iter().map(|s| s.before).collect(),
                PolicyBody::Cam(_) => Vec::new(),
            },
            _ => Vec::new(),
        };
        notes(item.before).chain(inner.into_iter().flat_map(notes)).collect::<Vec<_>>()
    });
    items.filter(|note| &text[note.word.start as usize..note.word.end as usize] == "ignore").collect()
}

#[test]
fn every_ignore_of_the_example_silences_what_it_names() {
    let files = partners();
    let before = told(&files);
    assert!(!before.contains(&"unused-ignore"), "{before:?}");
    let mut tried = 0;
    for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".gate")) {
        for note in ignores(text) {
            let change = Change::without(name, place(&[], note.span));
            let after = told(&change.made(&files));
            let count = |codes: &[&str], code: &str| codes.iter().filter(|told| **told == code).count();
            for code in &note.args[..note.args.len() - 1] {
                let code = &text[code.span.start as usize..code.span.end as usize];
                assert!(count(&after, code) > count(&before, code), "{code}: {}", change.named(&files));
            }
            tried += 1;
        }
    }
    assert!(tried > 0, "the example has no `@ignore`");
}
