//! The example set is held by its own tests and asserts: here are its files, cut into pieces, and what a run of a
//! changed set reports. `statements` changes what decides, `proofs` what is demanded of it,
//! `notes` what is silenced.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails where it stands"
)]

mod notes;
mod proofs;
mod statements;

use passgate::analysis::prove::Verdict;
use passgate::analysis::test::{self, one_line};
use passgate::grammar::tree::{File, Note};
use passgate::grammar::{Sources, Span, parse};
use passgate::{Gate, TextSources};
use passgate_harness::code_page::top;
use std::collections::BTreeMap;
use std::ops::Range;

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

/// A text put in the place of a piece of a file.
struct Change {
    file: String,
    piece: Range<usize>,
    text: String,
}

impl Change {
    /// The piece taken out.
    fn without(file: &str, piece: Range<usize>) -> Self {
        Change { file: file.to_owned(), piece, text: String::new() }
    }

    fn made(&self, files: &Files) -> Files {
        let mut files = files.clone();
        if let Some(text) = files.get_mut(&self.file) {
            text.replace_range(self.piece.clone(), &self.text);
        }
        files
    }

    /// The change as a failure names it.
    fn named(&self, files: &Files) -> String {
        let (file, before, after) = (&self.file, &files[&self.file][self.piece.clone()], &self.text);
        format!("{file}: {} => {}", one_line(before), one_line(after))
    }
}

/// The tree of a `.gate` text.
fn tree(text: &str) -> File {
    let mut sources = Sources::new();
    let id = sources.add("text", text);
    let parsed = parse::parse(&sources, id);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    parsed.file
}

/// Where something stands, with the notes before it.
fn place(notes: &[Note], span: Span) -> Range<usize> {
    let start = notes.first().map_or(span.start, |note| note.span.start);
    start as usize..span.end as usize
}

/// What was found of one case or assert.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    /// Its file and its text.
    name: String,
    found: &'static str,
}

/// What was found of a set: of an assert whether it is proved, of a case whether its calls are answered as it says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Found {
    asserts: Vec<Row>,
    cases: Vec<Row>,
}

impl Found {
    fn passed(&self) -> bool {
        self.asserts.iter().chain(&self.cases).all(|row| matches!(row.found, "proved" | "ok"))
    }

    /// Of what has this text in its name, or of all; `None` where the set is not loaded.
    fn of(files: &Files, filter: Option<&str>) -> Option<Found> {
        let texts: TextSources = files.clone().into_iter().collect::<Vec<_>>().into();
        let gate = Gate::compile(texts).ok()?;
        let options = test::Options { filter: filter.map(str::to_owned), ..Default::default() };
        let report = test::run(&gate, &options).expect("a run");
        let sources = &gate.model().sources;
        let row = |span: Span, found| {
            let name = format!("{}: {}", sources.name(span), one_line(sources.slice(span)));
            Row { name, found }
        };
        let asserts = report.asserts.iter().map(|assert| {
            let found = match assert.verdict {
                Verdict::Holds => "proved",
                Verdict::Fails(_) => "fails",
                Verdict::Undecided(_) => "undecided",
            };
            row(assert.span, found)
        });
        let cases = report.tests.iter().flat_map(|test| &test.cases);
        let cases = cases.map(|case| row(case.span, if case.passed() { "ok" } else { "fails" }));
        Some(Found { asserts: asserts.collect(), cases: cases.collect() })
    }
}
