//! What is found in one document: the first hundred are kept, the rest counted, so that a hostile document cannot fill
//! the memory with messages about it.

use passgate_grammar::{Diagnostic, SourceId, Span, code, limits};

/// Diagnostics of one document.
#[derive(Debug, Default)]
pub(super) struct Findings {
    kept: Vec<Diagnostic>,
    /// Those of `kept` that were looked at.
    settled: usize,
    errors: usize,
    others: usize,
    dropped: usize,
    refused: bool,
}

impl Findings {
    /// Takes one.
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.with(|out| out.push(diagnostic));
    }

    /// Lets a reader push what it finds.
    pub(super) fn with<T>(&mut self, reader: impl FnOnce(&mut Vec<Diagnostic>) -> T) -> T {
        let value = reader(&mut self.kept);
        for found in self.kept.split_off(self.settled.min(self.kept.len())) {
            self.settle(found);
        }
        value
    }

    /// Errors and doubts have a hundred places each, so that doubts never hide an error.
    fn settle(&mut self, found: Diagnostic) {
        self.refused |= found.refuses();
        let count = if found.is_error() { &mut self.errors } else { &mut self.others };
        *count += 1;
        if *count <= limits::SHOWN_DIAGNOSTICS {
            self.kept.push(found);
        } else {
            self.dropped += 1;
        }
        self.settled = self.kept.len();
    }

    /// Whether the document is refused.
    pub(super) fn refused(&self) -> bool {
        self.refused
    }

    /// All that is told, in order of place: at most the shown number, errors first where there are more, and one
    /// `too-many` with the count of the others.
    pub(super) fn finish(mut self, source: SourceId) -> Vec<Diagnostic> {
        self.kept.sort_by_key(|d| !d.is_error());
        self.dropped += self.kept.len().saturating_sub(limits::SHOWN_DIAGNOSTICS);
        self.kept.truncate(limits::SHOWN_DIAGNOSTICS);
        self.kept.sort_by_key(|d| (d.span.start, d.span.end));
        if self.dropped > 0 {
            let end = self.kept.last().map_or(Span::new(source, 0, 0), |d| d.span);
            let message = format!("{} more of this file are not shown", self.dropped);
            self.kept.push(Diagnostic::note(code::TOO_MANY, end, message));
        }
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(errors: usize, doubts: usize, shown_errors: usize, shown_doubts: usize, counted: Option<usize>) {
        let mut findings = Findings::default();
        let span = |at: usize| Span::new(SourceId(0), at, at + 1);
        for at in 0..doubts {
            findings.push(Diagnostic::warning(code::UNKNOWN_KEY, span(at), "doubt"));
        }
        for at in 0..errors {
            findings.push(Diagnostic::error(code::BAD_ACTION, span(at), "error"));
        }
        assert_eq!(findings.refused(), errors > 0);
        let told = findings.finish(SourceId(0));
        let of = |c| told.iter().filter(|d| d.code == c).count();
        assert_eq!((of(code::BAD_ACTION), of(code::UNKNOWN_KEY)), (shown_errors, shown_doubts));
        let more = told.iter().find(|d| d.code == code::TOO_MANY).map(|d| d.message.clone());
        assert_eq!(more, counted.map(|n| format!("{n} more of this file are not shown")));
    }

    #[test]
    fn a_hundred_are_shown_and_the_rest_counted() {
        check(0, 0, 0, 0, None);
        check(100, 0, 100, 0, None);
        check(101, 0, 100, 0, Some(1));
        check(1, 100, 1, 99, Some(1));
        check(60, 60, 60, 40, Some(20));
        check(1_000, 5_000, 100, 0, Some(5_900));
    }
}
