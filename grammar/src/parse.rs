//! `.gate` text to a syntax tree, with comments, spans and everything that is wrong with the text.
//!
//! The text is cut into pieces (`scan`), each piece is read by the grammar (`gate.pest`) and becomes a part of the
//! tree; a piece that cannot be read costs a diagnostic and itself. What names mean is not asked here.

mod basic;
mod broken;
mod expected;
mod expr;
mod fault;
mod file;
pub(crate) mod gate;
mod item;
mod proof;
mod statement;

use crate::code;
use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::scan::{character, piece::Splitter};
use crate::source::{SourceId, Sources, Span};
use crate::tree::File;

use fault::Faults;

/// What reading a text gives: always a tree, and what is wrong with the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// Whatever could be read. With an error among the diagnostics it is not the whole text.
    pub file: File,
    /// By place; at most [`limits::SHOWN_DIAGNOSTICS`].
    pub diagnostics: Vec<Diagnostic>,
    /// How many more there were.
    pub untold: usize,
}

/// Reads one text. Never fails: faults are among the diagnostics, and a fault costs one statement.
///
/// Time and memory grow linearly with the text; a text above [`limits::FILE_BYTES`] is not read.
///
/// ```
/// use passgate_grammar::{parse, Sources};
///
/// let mut sources = Sources::new();
/// let id = sources.add("a.gate", "policy p { allow read  allow (  deny write }");
/// let parsed = parse::parse(&sources, id);
/// assert_eq!(parsed.file.items.len(), 1);
/// assert_eq!(parsed.diagnostics.len(), 1);
/// assert_eq!(parsed.diagnostics[0].code.as_str(), "syntax");
/// ```
pub fn parse(sources: &Sources, id: SourceId) -> Parsed {
    let text = sources.get(id).map_or("", |source| source.text());
    if text.len() > limits::FILE_BYTES {
        return too_long(id, text);
    }
    let start = character::byte_order_mark(text);
    let mut characters = Faults::new(id);
    character::refused(id, text, start, |diagnostic| characters.tell(diagnostic));
    let mut faults = Faults::new(id);
    let splitter = Splitter::new(id, text, start);
    let file = file::Reader::new(id, text, &mut faults).read(splitter);
    faults.add(characters);
    let (diagnostics, untold) = faults.finish();
    Parsed { file, diagnostics, untold }
}

fn too_long(id: SourceId, text: &str) -> Parsed {
    let message = format!("a file has at most {} bytes, this one has {}", limits::FILE_BYTES, text.len());
    let diagnostic = Diagnostic::error(code::LIMIT, Span::new(id, 0, 0), message)
        .help("split it: all files of a folder are one policy set");
    let file = File { source: id, items: Vec::new(), comments: Vec::new(), broken: Vec::new() };
    Parsed { file, diagnostics: vec![diagnostic], untold: 0 }
}

/// Whether the grammar alone, without pieces and tree, reads a whole text: what the benches measure beside [`parse`].
#[doc(hidden)]
pub fn grammar_reads(text: &str) -> bool {
    <gate::Gate as pest::Parser<gate::Rule>>::parse(gate::Rule::file, text).is_ok()
}
