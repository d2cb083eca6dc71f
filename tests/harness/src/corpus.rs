//! The corpus of real pages and policies: where it lies, and what is expected of each policy document.
//!
//! The corpus is no part of this repository. It is looked for in `$PASSGATE_CORPUS`, else beside the checkout.

use std::path::{Path, PathBuf};

/// The folder of the corpus, or `None` with a line on stderr that says which test is skipped and what is missing.
#[expect(clippy::disallowed_methods, reason = "a test's own set-up, not the engine")]
#[expect(clippy::print_stderr, reason = "a skipped test says what is missing")]
pub fn corpus(test: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("PASSGATE_CORPUS").map_or_else(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("{test}: skipped: {} missing (set PASSGATE_CORPUS)", folder.display());
    None
}

/// One line of `tests/corpus/documents.tsv`: a policy document and what semantics says of it, decided by reading both.
#[derive(Debug, Clone)]
pub struct Document {
    /// Path in the corpus.
    pub file: String,
    /// `identity`, `trust` or `resource`: what it is loaded as.
    pub kind: String,
    /// Accepted, or refused.
    pub accepted: bool,
    /// Of a refused one all codes that refuse it, of an accepted one all its lints; each once, sorted.
    pub codes: Vec<String>,
    /// Where the first refusal is: a path in the document, or `line:column` where it is no JSON.
    pub place: String,
    /// The sentence it rests on.
    pub reason: String,
}

/// The table of policy documents.
pub fn documents() -> Vec<Document> {
    let table = include_str!("../../corpus/documents.tsv");
    table.lines().skip(1).map(document).collect()
}

#[expect(clippy::panic, reason = "a malformed table is a fault of the tests")]
fn document(line: &str) -> Document {
    let cells: Vec<&str> = line.split('\t').collect();
    let [file, kind, expected, codes, place, reason] = cells.as_slice() else {
        panic!("documents.tsv: {} cells in {line:?}", cells.len());
    };
    Document {
        file: file.to_string(),
        kind: kind.to_string(),
        accepted: *expected == "accept",
        codes: codes.split(',').filter(|c| !c.is_empty()).map(str::to_owned).collect(),
        place: place.to_string(),
        reason: reason.to_string(),
    }
}
