//! Files in their canonical form: what a text or file becomes. Which files of a folder have one is `found`'s; nothing is
//! written here.

use super::file;
use crate::cam;
use crate::error::{Error, ErrorCode, Result};
use crate::findings::Findings;
use crate::model::PolicyKind;
use passgate_grammar::{Diagnostic, SourceId, Sources, Span, code, format, limits, parse};
use std::path::Path;
use std::sync::Arc;

/// A text and its canonical form.
#[derive(Debug, Clone)]
pub struct Formatted {
    /// The canonical form; `None` where a fault of the text leaves it as it is.
    pub text: Option<String>,
    /// What is wrong with the text.
    pub diagnostics: Vec<Diagnostic>,
    /// The text as it was.
    pub sources: Arc<Sources>,
    id: SourceId,
}

impl Formatted {
    /// The text as it was.
    pub fn before(&self) -> &str {
        self.sources.get(self.id).map_or("", |source| source.text())
    }

    /// Whether the canonical form is another text.
    pub fn changes(&self) -> bool {
        self.text.as_deref().is_some_and(|text| text != self.before())
    }
}

/// A file in its canonical form: a `.json` file is a document, which must be of a kind if one is given.
///
/// # Errors
/// `bad-file` for a file that cannot be read. Faults of its text are diagnostics.
pub fn format_file(path: impl AsRef<Path>, kind: Option<PolicyKind>) -> Result<Formatted> {
    let path = path.as_ref();
    let shown = path.to_string_lossy();
    let text = file::read(path).map_err(|fault| Error::new(ErrorCode::BadFile, fault.message(&shown)))?;
    Ok(format_text(&shown, text, kind))
}

/// A text in its canonical form: under a name that ends in `.json` a document, else `.gate`.
///
/// ```
/// use passgate::load::format_text;
/// let formatted = format_text("desk.gate", "network office=203.0.113.9/32", None);
/// assert_eq!(formatted.text.as_deref(), Some("network office = 203.0.113.9\n"));
/// let formatted = format_text("desk.gate", "network office", None);
/// assert_eq!((formatted.text, formatted.diagnostics.len()), (None, 1));
/// ```
pub fn format_text(name: &str, text: impl Into<Arc<str>>, kind: Option<PolicyKind>) -> Formatted {
    let mut sources = Sources::new();
    let id = sources.add(name, text);
    let mut findings = Findings::default();
    let text = if name.ends_with(".json") {
        document(&sources, id, kind, &mut findings)
    } else {
        let parsed = parse::parse(&sources, id);
        let text = format::format(&sources, &parsed);
        findings.extend(parsed.diagnostics);
        findings.untold(id, parsed.untold);
        text
    };
    let fits = |text: &String| text.len() <= limits::FILE_BYTES;
    if text.as_ref().is_some_and(|text| !fits(text)) {
        let message = format!("the canonical form of this file has more than {} bytes", limits::FILE_BYTES);
        findings.push(Diagnostic::error(code::LIMIT, Span::new(id, 0, 0), message));
    }
    let text = text.filter(fits);
    Formatted { text, diagnostics: findings.finish(), sources: Arc::new(sources), id }
}

fn document(
    sources: &Sources,
    id: SourceId,
    kind: Option<PolicyKind>,
    findings: &mut Findings,
) -> Option<String> {
    let (text, told) = cam::format(sources, id);
    findings.extend(told);
    let Some(kind) = kind.filter(|_| text.is_some()) else { return text };
    let (policy, told) = cam::read(sources, id, kind, "document");
    findings.extend(told.into_iter().filter(Diagnostic::refuses));
    text.filter(|_| policy.is_some())
}
