//! The project's own files: what is built and what packages brought along is left out.

use std::path::{Path, PathBuf};

/// A text file of the project.
#[derive(Debug)]
pub(super) struct Source {
    /// Path from the top of the checkout, with `/`.
    pub(super) name: String,
    pub(super) text: String,
}

/// Folders of other origin or making.
const ELSEWHERE: [&str; 6] =
    ["target", "node_modules", "dist", "__pycache__", "proptest-regressions", "venv"];

/// All text files, in order of their names.
pub(super) fn all() -> Vec<Source> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (mut folders, mut found) = (vec![top.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            let own = path.file_name().and_then(|n| n.to_str()).expect("a name in UTF-8").to_owned();
            if path.is_symlink() || (own.starts_with('.') && own != ".ci") {
                continue;
            }
            if !path.is_dir() {
                found.push(path);
            } else if !ELSEWHERE.contains(&own.as_str()) {
                folders.push(path);
            }
        }
    }
    found.sort();
    found.into_iter().filter_map(|path| read(&top, &path)).collect()
}

#[expect(clippy::disallowed_methods, reason = "tests read the sources")]
fn read(top: &Path, path: &Path) -> Option<Source> {
    let name = path.strip_prefix(top).expect("below the top").to_str().expect("a path in UTF-8").to_owned();
    // What is no text (a built add-on, an archive) is nobody's source.
    Some(Source { name, text: std::fs::read_to_string(path).ok()? })
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(folder).expect("a folder");
    listed.map(|entry| entry.expect("an entry").path()).collect()
}

/// The files of Rust below a folder.
pub(super) fn rust(below: &str) -> Vec<Source> {
    let of_folder = |s: &Source| s.name.starts_with(below) && s.name.ends_with(".rs");
    let found: Vec<Source> = all().into_iter().filter(of_folder).collect();
    assert!(!found.is_empty(), "no source below {below}");
    found
}

impl Source {
    /// Lines with their numbers, those of tests and of comments left out.
    pub(super) fn code(&self) -> Vec<(usize, &str)> {
        if self.name.contains("/tests/") || self.name.ends_with("/tests.rs") {
            return Vec::new();
        }
        let lines = (1..).zip(self.text.lines());
        let before_tests = lines.take_while(|(_, line)| *line != "mod tests {");
        before_tests.filter(|(_, line)| !line.trim_start().starts_with("//")).collect()
    }
}

impl Source {
    /// The text of its tests; empty where it has none.
    pub(super) fn tests(&self) -> &str {
        if ["/tests/", "/test/"].iter().any(|folder| self.name.contains(folder))
            || self.name.ends_with("/tests.rs")
        {
            return &self.text;
        }
        self.text.split_once("\nmod tests {\n").map_or("", |(_, tests)| tests)
    }
}

#[test]
fn code_is_what_is_neither_test_nor_comment() {
    let source = Source {
        name: "a.rs".into(),
        text: "//! x\nfn a() {}\n    // y\n#[cfg(test)]\nmod tests {\n}\n".into(),
    };
    assert_eq!(source.code(), [(2, "fn a() {}"), (4, "#[cfg(test)]")]);
    let names: Vec<String> = all().into_iter().map(|s| s.name).collect();
    for name in ["core/src/lib.rs", "docs/semantics.md", "Cargo.toml", "tests/vectors/README.md"] {
        assert!(names.iter().any(|n| n == name), "{name} is not found");
    }
}
