//! What the patterns of a set stand for, kept in a text and compared with it later: a category, a pattern or an expression
//! means other actions as soon as a catalog adds, removes or refiles some, although nobody has edited the set.
//!
//! A *pattern* is every term of a statement but a single name: `*`, `svc:Get*`, `permid/N`, categories, bare patterns, and
//! expressions with `only` and `except` (language reference, *Actions* and *Sets*). It stands for the catalogued actions
//! that it covers (semantics §3, §4). Which file holds a lock is for others to know.

mod compare;
mod json;
mod key;
mod patterns;
mod read;
#[cfg(test)]
mod tests;
mod written;

pub use compare::{CatalogVersion, Changed, Comparison};
pub(in crate::analysis) use json::ask;
pub use json::{comparison_to_json, to_json};
pub(crate) use patterns::of_model;
pub use read::{Locked, LockedCatalog, LockedPattern, read, read_text};

use crate::check::Gate;
use crate::error::{Error, ErrorCode, Result};
use passgate_grammar::Span;
use std::sync::Arc;

/// What a pattern is known by: where two texts mean the same, they are one pattern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The pattern in one spelling: a single one with its service, an expression with one blank between words.
    pub pattern: Box<str>,
    /// The services that its bare names mean; empty where it has none.
    pub uses: Arc<[Box<str>]>,
    /// The instance of a template, where the pattern names a parameter.
    pub policy: Option<Arc<str>>,
}

/// An action that a pattern stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Action {
    /// `service:Name`
    pub action: Box<str>,
    /// As its catalog files it.
    pub category: Box<str>,
}

/// A place where a pattern is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// In the texts of the set.
    pub span: Span,
    /// Name of the file.
    pub file: Arc<str>,
    /// From 1.
    pub line: u32,
    /// In code points, from 1.
    pub column: u32,
}

/// A pattern of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// What it is known by.
    pub key: Key,
    /// Wherever it is written, by file and place.
    pub spots: Vec<Spot>,
    /// What it stands for, in the order of the alphabet.
    pub actions: Vec<Action>,
}

/// The patterns of a set over its catalogs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Patterns {
    /// Service and version of the catalogs whose actions they stand for, in the order of the alphabet.
    pub catalogs: Vec<(Box<str>, Arc<str>)>,
    /// In the order of their keys.
    pub patterns: Vec<Pattern>,
    /// Service and version of every catalog of the set.
    known: Vec<(Box<str>, Arc<str>)>,
}

/// What the patterns of a set stand for. [`Patterns::text`] is the text to keep, [`Patterns::compare`] compares with one.
///
/// ```
/// use passgate::{Gate, analysis::lock::{lock, read_text}};
/// let set = |rows: &str| {
///     let catalog = format!("{{\"service\": \"shop\", \"version\": \"1\", \"actions\": [{rows}]}}");
///     Gate::compile([
///         ("passgate.toml", "catalogs = ['shop.json']\nuse = ['shop']".to_owned()),
///         ("shop.json", catalog),
///         ("a.gate", "policy p { allow read } user 1 { attach p }".to_owned()),
///     ])
/// };
/// let see = r#"{"name": "See", "category": "read"}"#;
/// let kept = lock(&set(see)?)?.text();
/// let later = lock(&set(&format!(r#"{see}, {{"name": "Export", "category": "read"}}"#))?)?;
/// let found = later.compare(&read_text("passgate.lock", &kept)?);
/// assert_eq!(found.changed[0].added[0].action.as_ref(), "shop:Export");
/// # Ok::<(), passgate::Error>(())
/// ```
///
/// # Errors
/// `bad-option` for a compiled file, which holds no texts of patterns, and where the text would be longer than a file may
/// be (`FILE_BYTES`).
pub fn lock(gate: &Gate) -> Result<Patterns> {
    if !gate.is_of_texts() {
        let message = "a compiled file does not keep how its patterns are written: lock the set that it was compiled from";
        return Err(Error::new(ErrorCode::BadOption, message));
    }
    of_model(gate.try_model()?)
}
