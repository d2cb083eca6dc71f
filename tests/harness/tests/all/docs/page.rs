//! The pages: README, CONTRIBUTING, CHANGELOG and everything under `docs/`, cut into fenced blocks and plain lines.

use std::path::{Path, PathBuf};

/// A page of the documentation.
#[derive(Debug)]
pub(crate) struct Page {
    /// Path from the top of the checkout, with `/`.
    pub(crate) name: String,
    pub(crate) text: String,
}

/// A fenced block.
#[derive(Debug)]
pub(crate) struct Block {
    /// `page:line` of the opening fence.
    pub(crate) place: String,
    /// The words after the fence, such as `gate`, `refused=bad-value`.
    pub(crate) words: Vec<String>,
    pub(crate) text: String,
}

impl Block {
    /// Whether the words hold this one.
    pub(crate) fn is(&self, word: &str) -> bool {
        self.words.iter().any(|w| w == word)
    }

    /// The text after `name=`.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.words.iter().find_map(|w| w.strip_prefix(name)?.strip_prefix('='))
    }
}

/// The top of the checkout.
pub(crate) fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All pages, in order of their names.
#[expect(clippy::disallowed_methods, reason = "tests read the documentation")]
pub(crate) fn pages() -> Vec<Page> {
    let mut all: Vec<String> = ["docs", "docs/how-to"].iter().flat_map(|folder| listed(folder)).collect();
    all.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(str::to_owned));
    all.sort();
    let read = |name: String| Page { text: std::fs::read_to_string(top().join(&name)).expect(&name), name };
    all.into_iter().map(read).collect()
}

/// The pages of a folder.
fn listed(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(top().join(folder)).expect(folder);
    let names =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name in UTF-8"));
    names.filter(|name| name.ends_with(".md")).map(|name| format!("{folder}/{name}")).collect()
}

/// One page.
pub(crate) fn page(name: &str) -> Page {
    pages().into_iter().find(|p| p.name == name).expect(name)
}

impl Page {
    /// The fenced blocks, in order.
    pub(crate) fn blocks(&self) -> Vec<Block> {
        let (mut all, mut open): (Vec<Block>, Option<Block>) = (Vec::new(), None);
        for (number, line) in (1..).zip(self.text.lines()) {
            match (line.trim_start().strip_prefix("```"), open.take()) {
                (Some(_), Some(block)) => all.push(block),
                (Some(words), None) => {
                    let words =
                        words.split([',', ' ']).filter(|w| !w.is_empty()).map(str::to_owned).collect();
                    open =
                        Some(Block { place: format!("{}:{number}", self.name), words, text: String::new() });
                }
                (None, Some(mut block)) => {
                    block.text.push_str(line);
                    block.text.push('\n');
                    open = Some(block);
                }
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{}: a block is not closed", self.name);
        all
    }

    /// The lines outside fenced blocks, with their numbers.
    pub(crate) fn prose(&self) -> Vec<(usize, &str)> {
        let mut fenced = false;
        let plain = |(_, line): &(usize, &str)| {
            let fence = line.trim_start().starts_with("```");
            fenced ^= fence;
            !fenced && !fence
        };
        (1..).zip(self.text.lines()).filter(plain).collect()
    }

    /// The rows of all tables outside blocks: cells, trimmed.
    pub(crate) fn rows(&self) -> Vec<Vec<&str>> {
        let row = |line: &'_ str| line.starts_with('|');
        let lines = self.prose().into_iter().map(|(_, line)| line).filter(|line| row(line));
        lines.map(|line| line.trim_matches('|').split('|').map(str::trim).collect()).collect()
    }
}

#[test]
fn blocks_have_words_and_lines_outside_are_prose() {
    let page = Page { name: "p".into(), text: "a\n```gate,refused=x y\nb\n```\n| `c` | d |\n".into() };
    let blocks = page.blocks();
    assert_eq!((blocks.len(), blocks[0].text.as_str(), blocks[0].place.as_str()), (1, "b\n", "p:2"));
    assert!(blocks[0].is("gate") && blocks[0].is("y") && blocks[0].value("refused") == Some("x"));
    assert_eq!(page.prose(), [(1, "a"), (5, "| `c` | d |")]);
    assert_eq!(page.rows(), [["`c`", "d"]]);
}
