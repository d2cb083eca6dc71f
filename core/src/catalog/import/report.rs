//! What is wrong with a page, told with places on the page as the author has it.

use super::clean::Clean;
use super::grid::FormFault;
use passgate_grammar::{Code, Diagnostic, SourceId, Span, code};

/// Faults of rows that are told one by one; the rest is counted.
const TOLD: usize = 1_000;

/// Bytes of a line that a fault's place covers at most.
const SHOWN_BYTES: usize = 500;

/// The diagnostics of one page.
pub(super) struct Report<'p> {
    clean: &'p Clean,
    page: &'p str,
    source: SourceId,
    diagnostics: Vec<Diagnostic>,
    bad_rows: usize,
}

impl<'p> Report<'p> {
    pub(super) fn new(clean: &'p Clean, page: &'p str, source: SourceId) -> Self {
        Report { clean, page, source, diagnostics: Vec::new(), bad_rows: 0 }
    }

    /// From a byte of the cleaned text to the end of its line on the page, or so far as one looks.
    pub(super) fn span(&self, at: usize) -> Span {
        let start = self.clean.origin(at);
        let rest = self.page.as_bytes().get(start..).unwrap_or(&[]);
        let shown = rest.get(..SHOWN_BYTES).unwrap_or(rest);
        let length = shown.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(shown.len());
        let end = (start..=start + length).rev().find(|n| self.page.is_char_boundary(*n));
        Span::new(self.source, start, end.unwrap_or(start))
    }

    /// The page as a whole.
    pub(super) fn whole(&self) -> Span {
        Span::new(self.source, 0, 0)
    }

    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// A row that cannot be read.
    pub(super) fn bad_row(&mut self, at: usize, message: impl Into<String>) {
        self.bad_rows += 1;
        if self.bad_rows <= TOLD {
            self.diagnostics.push(Diagnostic::error(code::BAD_ROW, self.span(at), message));
        }
    }

    pub(super) fn warn(&mut self, code: Code, at: usize, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::warning(code, self.span(at), message));
    }

    pub(super) fn form(&mut self, fault: FormFault) {
        if fault.limit {
            self.diagnostics.push(Diagnostic::error(code::LIMIT, self.span(fault.at), fault.message));
        } else {
            self.bad_row(fault.at, fault.message);
        }
    }

    /// Everything told, in the order of the page.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        if let Some(more) = self.bad_rows.checked_sub(TOLD).filter(|n| *n > 0) {
            let message = format!("{more} more rows cannot be read");
            self.diagnostics.push(Diagnostic::error(code::TOO_MANY, self.whole(), message));
        }
        self.diagnostics.sort_by_key(|d| d.span.start);
        self.diagnostics
    }
}
