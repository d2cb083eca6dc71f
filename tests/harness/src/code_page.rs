//! The pages of `docs/codes`, one a diagnostic code: what they say of it and their examples, which can be linted.
//!
//! A fenced block whose words hold `fires` belongs to the example that is told the code, one with `mended` to the example
//! that is not; `both` to both. Further words: `file=NAME` (else `set.gate`, `document.json`, `passgate.toml` by the
//! language of the block), `times=N` (the text, or the line before a line `…`, that often), `beside=CODE` (that code is told too), `kind=trust|resource`
//! (of a bare document), `at=T` (the time given), `provider` (the block is a provider's page to import), `test` (the tests of the set are run). A `hex` block is a file of those bytes.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot read its pages has failed")]

use passgate::analysis::test;
use passgate::catalog::import::{ImportOptions, import};
use passgate::grammar::tree::PolicyKind;
use passgate::grammar::{Diagnostic, Sources};
use passgate::model::Instant;
use passgate::{Gate, LoadOptions, TextSources, load};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A page about a code.
#[derive(Debug, Clone)]
pub struct CodePage {
    /// The code, as the file is named.
    pub code: String,
    /// The whole page.
    pub text: String,
    /// What is told the code.
    pub fires: Example,
    /// What is not.
    pub mended: Example,
}

/// A policy set, or a provider's page.
#[derive(Debug, Clone, Default)]
pub struct Example {
    /// Its files.
    pub files: Vec<(String, Vec<u8>)>,
    /// Codes that are told beside the one of the page.
    pub beside: Vec<String>,
    kind: Option<PolicyKind>,
    at: Option<Instant>,
    provider: bool,
    tests: bool,
}

/// The top of the checkout.
pub fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All pages, in order of their codes; the index is none.
#[expect(clippy::disallowed_methods, reason = "tests read the documentation")]
pub fn code_pages() -> Vec<CodePage> {
    let entries = std::fs::read_dir(top().join("docs/codes")).expect("the folder docs/codes");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<PathBuf> = paths.filter(|p| p.extension().is_some_and(|e| e == "md")).collect();
    paths.sort();
    let named = paths.iter().map(|path| {
        let code = path.file_stem().and_then(|s| s.to_str()).expect("a name in UTF-8").to_owned();
        (code, std::fs::read_to_string(path).expect("a page"))
    });
    named.filter(|(code, _)| code != "README").map(|(code, text)| CodePage::read(code, text)).collect()
}

impl CodePage {
    fn read(code: String, text: String) -> CodePage {
        let (mut fires, mut mended) = (Example::default(), Example::default());
        let mut open: Option<(Vec<String>, String)> = None;
        for line in text.lines() {
            match (line.strip_prefix("```"), open.take()) {
                (Some(_), Some((words, body))) => {
                    let is = |word: &str| words.iter().any(|w| w == word);
                    if is("fires") || is("both") {
                        fires.add(&words, &body);
                    }
                    if is("mended") || is("both") {
                        mended.add(&words, &body);
                    }
                }
                (Some(words), None) => {
                    open = Some((words.split([',', ' ']).map(str::to_owned).collect(), String::new()));
                }
                (None, Some((words, mut body))) => {
                    body.push_str(line);
                    body.push('\n');
                    open = Some((words, body));
                }
                (None, None) => {}
            }
        }
        CodePage { code, text, fires, mended }
    }
}

impl Example {
    fn add(&mut self, words: &[String], body: &str) {
        let language = words.first().map_or("", String::as_str);
        let mut name = match language {
            "json" => "document.json",
            "toml" => "passgate.toml",
            _ => "set.gate",
        };
        let mut times = 1;
        for word in words {
            match word.split_once('=') {
                Some(("file", file)) => name = file,
                Some(("times", count)) => times = count.parse().expect(word),
                Some(("beside", code)) => self.beside.push(code.to_owned()),
                Some(("at", time)) => self.at = Some(Instant::parse(time).expect(word)),
                Some(("kind", "trust")) => self.kind = Some(PolicyKind::Trust),
                Some(("kind", "resource")) => self.kind = Some(PolicyKind::Resource),
                Some(_) => panic!("what does `{word}` mean"),
                None => {
                    self.provider |= word == "provider";
                    self.tests |= word == "test";
                }
            }
        }
        let bytes = match language {
            "hex" => body.split_whitespace().map(|b| u8::from_str_radix(b, 16).expect(b)).collect(),
            _ => repeated(body, times).into_bytes(),
        };
        self.files.push((name.to_owned(), bytes));
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Whether it is a provider's page, which is imported, and no policy set.
    pub fn is_provider_page(&self) -> bool {
        self.provider
    }

    /// Whether its tests are run.
    pub fn is_tested(&self) -> bool {
        self.tests
    }

    /// The name of the only file, where the set is one file.
    pub fn only_file(&self) -> Option<&str> {
        match self.files.as_slice() {
            [(name, _)] if !name.contains('/') => Some(name),
            _ => None,
        }
    }

    /// The time given, as the command takes it.
    pub fn at(&self) -> Option<String> {
        self.at.as_ref().map(ToString::to_string)
    }

    /// What a bare document is read as, as the command calls it.
    pub fn kind(&self) -> &'static str {
        match self.kind {
            Some(PolicyKind::Trust) => "trust",
            Some(PolicyKind::Resource) => "resource",
            _ => "identity",
        }
    }

    /// Writes its files into a folder, which is made anew.
    pub fn write(&self, folder: &Path) {
        let _ = std::fs::remove_dir_all(folder);
        for (name, bytes) in &self.files {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, bytes).expect("a file");
        }
    }

    /// All that is told of it.
    pub fn told(&self) -> (Vec<Diagnostic>, Arc<Sources>) {
        let texts: Option<Vec<(String, String)>> = self
            .files
            .iter()
            .map(|(name, bytes)| Some((name.clone(), String::from_utf8(bytes.clone()).ok()?)))
            .collect();
        let Some(texts) = texts else { return self.told_on_disk() };
        if self.provider {
            return imported(&texts);
        }
        if self.tests {
            return tested(texts);
        }
        let kind = self.kind.unwrap_or(PolicyKind::Identity);
        let told = load::lint_texts(
            TextSources::from(texts),
            &LoadOptions { at: self.at, ..LoadOptions::default() },
            kind,
        )
        .expect("a set");
        (told.diagnostics, told.sources)
    }

    fn told_on_disk(&self) -> (Vec<Diagnostic>, Arc<Sources>) {
        let folder = std::env::temp_dir().join(format!("passgate-code-page-{}", std::process::id()));
        self.write(&folder);
        let told =
            load::lint(&folder, &LoadOptions { at: self.at, ..LoadOptions::default() }, PolicyKind::Identity)
                .expect("a set");
        std::fs::remove_dir_all(&folder).expect("the folder is ours");
        (told.diagnostics, told.sources)
    }
}

/// The line before a line `…` that often; without such a line the whole text.
fn repeated(body: &str, times: usize) -> String {
    let Some((before, after)) = body.split_once("\n…\n") else { return body.repeat(times) };
    let (lead, line) = before.rsplit_once('\n').unwrap_or(("", before));
    format!("{lead}\n{}{after}", format!("{line}\n").repeat(times))
}

fn tested(texts: Vec<(String, String)>) -> (Vec<Diagnostic>, Arc<Sources>) {
    let gate = Gate::compile(TextSources::from(texts)).expect("a set");
    let ran = test::run(&gate, &test::Options::default()).expect("a run");
    (ran.diagnostics(), Arc::clone(&gate.model().sources))
}

fn imported(texts: &[(String, String)]) -> (Vec<Diagnostic>, Arc<Sources>) {
    let mut sources = Sources::new();
    let ids: Vec<_> = texts.iter().map(|(name, text)| sources.add(name.as_str(), text.as_str())).collect();
    let imported = import(&sources, &ids, &ImportOptions::default());
    (imported.diagnostics, Arc::new(sources))
}
