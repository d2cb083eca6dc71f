//! Diagnostics as every face hands them over: with lines and columns instead of bytes, as data, as JSON, as text.
//!
//! The shape is the engine's, section *JSON shapes*. Lines and columns count from 1, columns in code points; an end is
//! the place just past the last character.

mod fix;
mod text;

pub use fix::{Fixed, apply_fixes};
pub use text::{to_text, write_text};

use passgate_grammar::{Diagnostic, Safety, Sources, Span};
use serde::Serialize;

/// A stretch of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stretch {
    /// Name of the text.
    pub file: String,
    /// Line where it starts.
    pub line: u32,
    /// Column where it starts.
    pub column: u32,
    /// Line where it ends.
    pub end_line: u32,
    /// Column just past its end.
    pub end_column: u32,
}

impl Stretch {
    fn of(span: Span, sources: &Sources) -> Self {
        let (start, end) = (sources.start(span), sources.end(span));
        Stretch {
            file: sources.name(span).to_owned(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }
}

/// A word about a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LabelReport {
    /// What is said there.
    pub text: String,
    /// Where.
    #[serde(flatten)]
    pub place: Stretch,
}

/// One replacement of a fix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EditReport {
    /// What is put there.
    pub text: String,
    /// What is replaced; where start and end are one place, the text is inserted.
    #[serde(flatten)]
    pub place: Stretch,
}

/// A way to mend it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FixReport {
    /// What it does.
    pub title: String,
    /// Whether it may be applied without asking.
    pub safe: bool,
    /// Its edits, all or none.
    pub edits: Vec<EditReport>,
}

/// A diagnostic as faces hand it over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DiagnosticReport {
    /// Stable name of the kind of fault.
    pub code: &'static str,
    /// `error`, `warning` or `note`.
    pub level: &'static str,
    /// One line: what is wrong.
    pub message: String,
    /// Where.
    #[serde(flatten)]
    pub place: Stretch,
    /// Words about other places.
    pub labels: Vec<LabelReport>,
    /// Why, and what else is worth knowing.
    pub notes: Vec<String>,
    /// How to mend it.
    pub help: Option<String>,
    /// Edits that mend it.
    pub fixes: Vec<FixReport>,
    /// Nearest valid spellings, best first.
    pub nearest: Vec<String>,
    /// Place in a CAM document, such as `statement[0].action[2]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

impl DiagnosticReport {
    /// A diagnostic with its places worked out.
    pub fn of(diagnostic: &Diagnostic, sources: &Sources) -> Self {
        let labels = diagnostic
            .labels
            .iter()
            .map(|label| LabelReport { text: label.text.clone(), place: Stretch::of(label.span, sources) });
        let fixes = diagnostic.fixes.iter().map(|fix| FixReport {
            title: fix.title.clone(),
            safe: fix.safety == Safety::Safe,
            edits: fix
                .edits
                .iter()
                .map(|e| EditReport { text: e.text.clone(), place: Stretch::of(e.span, sources) })
                .collect(),
        });
        DiagnosticReport {
            code: diagnostic.code.as_str(),
            level: diagnostic.level.as_str(),
            message: diagnostic.message.clone(),
            place: Stretch::of(diagnostic.span, sources),
            labels: labels.collect(),
            notes: diagnostic.notes.clone(),
            help: diagnostic.help.clone(),
            fixes: fixes.collect(),
            nearest: diagnostic.nearest.clone(),
            path: diagnostic.path.clone(),
        }
    }
}

/// Diagnostics as data, in their order.
pub fn reports(diagnostics: &[Diagnostic], sources: &Sources) -> Vec<DiagnosticReport> {
    diagnostics.iter().map(|one| DiagnosticReport::of(one, sources)).collect()
}

/// Diagnostics as a JSON array.
///
/// ```
/// use passgate::Diagnostic;
/// use passgate::grammar::{Sources, Span, code};
/// let mut sources = Sources::new();
/// let id = sources.add("a.gate", "policy p { deny X }");
/// let told = [Diagnostic::error(code::UNKNOWN_NAME, Span::new(id, 16, 17), "`X` is nothing")];
/// let json = passgate::report::to_json(&told, &sources);
/// assert!(json.starts_with(r#"[{"code":"unknown-name","level":"error","message":"`X` is nothing","file":"a.gate","line":1,"column":17"#));
/// ```
pub fn to_json(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    serde_json::to_string(&reports(diagnostics, sources)).unwrap_or_else(|_| "[]".to_owned())
}

#[cfg(test)]
mod tests;
