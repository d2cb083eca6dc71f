//! Diagnostics as plain text: where, how much it matters, what is wrong; the line with carets; why and how to mend it.
//!
//! ```text
//! finance.gate:3:10: error[unknown-name]: `reads` is no action set
//!     allow reads from office
//!           ^^^^^
//!   help: did you mean the category `read`?
//! ```

use passgate_grammar::{Diagnostic, Sources, Span};
use std::fmt::{self, Write};

/// Columns of a line that are shown; a longer line is cut around the carets.
const WIDTH: usize = 100;
/// Characters shown before the first caret of a line that is cut.
const LEAD: usize = 40;

/// All diagnostics as text, each followed by a line end.
pub fn to_text(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        // Writing to a string does not fail.
        let _ = write_text(&mut out, diagnostic, sources);
    }
    out
}

/// One diagnostic as text.
///
/// # Errors
/// Those of the writer.
pub fn write_text(out: &mut impl Write, diagnostic: &Diagnostic, sources: &Sources) -> fmt::Result {
    let at = sources.start(diagnostic.span);
    let (file, level) = (sources.name(diagnostic.span), diagnostic.level.as_str());
    let (code, message) = (diagnostic.code, &diagnostic.message);
    writeln!(out, "{file}:{}:{}: {level}[{code}]: {message}", at.line, at.column)?;
    write_line(out, diagnostic.span, sources)?;
    if let Some(path) = diagnostic.path.as_deref().filter(|path| !path.is_empty()) {
        writeln!(out, "  at: {path}")?;
    }
    for label in &diagnostic.labels {
        let at = sources.start(label.span);
        writeln!(out, "  {}:{}:{}: {}", sources.name(label.span), at.line, at.column, label.text)?;
    }
    for note in &diagnostic.notes {
        writeln!(out, "  note: {note}")?;
    }
    if let Some(help) = &diagnostic.help {
        writeln!(out, "  help: {help}")?;
    }
    Ok(())
}

/// The line that a span starts in, and carets below what the span covers of it.
fn write_line(out: &mut impl Write, span: Span, sources: &Sources) -> fmt::Result {
    let Some(source) = sources.get(span.source) else { return Ok(()) };
    let at = source.position(span.start);
    let starts = source.line_starts();
    let start = starts.get(at.line as usize - 1).copied().unwrap_or(0) as usize;
    let end = starts.get(at.line as usize).map_or(source.text().len(), |next| *next as usize);
    let line = source.text().get(start..end).unwrap_or("").trim_end_matches(['\n', '\r']);
    if line.is_empty() {
        return Ok(());
    }
    let covered = source.text().get(span.start as usize..(span.end as usize).min(end)).unwrap_or("");
    // Nothing is counted beyond what is shown, so that many diagnostics of one long line cost little.
    let carets = covered.trim_end_matches(['\n', '\r']).chars().take(WIDTH).count().max(1);
    let before = at.column as usize - 1;
    let skipped = if before + carets > WIDTH { before.saturating_sub(LEAD) } else { 0 };
    let carets = carets.min(WIDTH - LEAD);
    let lead = line.get(..span.start as usize - start).unwrap_or(line).char_indices().rev();
    let from = if skipped > 0 { lead.take(LEAD).last().map_or(0, |(at, _)| at) } else { 0 };
    let shown: String = line.get(from..).unwrap_or("").chars().take(WIDTH).map(plain).collect();
    let (cut, lead) = (if skipped > 0 { "…" } else { "" }, if skipped > 0 { " " } else { "" });
    writeln!(out, "    {cut}{}", shown.trim_end())?;
    writeln!(out, "    {lead}{}{}", " ".repeat(before - skipped), "^".repeat(carets))
}

/// A character that takes one column and does nothing to a terminal.
fn plain(c: char) -> char {
    match c {
        '\t' => ' ',
        c if c.is_control() => '\u{FFFD}',
        '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            '\u{FFFD}'
        }
        c => c,
    }
}
