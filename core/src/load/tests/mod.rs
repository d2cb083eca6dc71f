//! Sets on disk and in memory: what belongs to them, what is refused and with which words.

mod disk;
mod documents;
mod exact;
mod locks;
mod proofs;
mod settings;
mod shapes;

use super::{LoadOptions, Report, TextSources, lint, lint_texts};
use crate::model::PolicyKind;
use passgate_grammar::Level;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A folder of files that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("passgate-load-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        let folder = Folder(path);
        for (name, text) in files {
            folder.write(name, text.as_bytes());
        }
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// `code «text» file` of everything told above a notice; without the text where it is empty.
fn lines(report: &Report) -> Vec<String> {
    let told = report.diagnostics.iter().filter(|d| d.level > Level::Note);
    let line = |d: &passgate_grammar::Diagnostic| {
        let file = Path::new(report.sources.name(d.span)).file_name().unwrap_or_default().to_string_lossy();
        match report.sources.slice(d.span) {
            "" => format!("{} {file}", d.code),
            text => format!("{} «{text}» {file}", d.code),
        }
    };
    told.map(line).collect()
}

fn linted(path: &Path) -> Vec<String> {
    lines(&lint(path, &LoadOptions::default(), PolicyKind::Identity).unwrap())
}

/// What is told of texts in memory.
#[track_caller]
fn check(texts: &[(&str, &str)], expected: &[&str]) {
    let texts: TextSources = texts.iter().copied().collect();
    let report = lint_texts(texts, &LoadOptions::default(), PolicyKind::Identity).unwrap();
    assert_eq!(lines(&report), expected);
}

/// A CAM document that allows an action.
fn document(action: &str) -> String {
    format!(
        r#"{{"version": "2.0", "statement": [{{"effect": "allow", "action": "{action}", "resource": "*"}}]}}"#
    )
}
