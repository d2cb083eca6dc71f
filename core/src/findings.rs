//! What is found in the texts of a set: of each text the first hundred are kept, the rest counted, so that hostile
//! texts cannot fill the memory with messages about them.
//!
//! The levels that a set gives its lints are applied here, once, before anything is counted; so is what its `@ignore`
//! notes silence.

mod ignored;

use self::ignored::Ignored;
use crate::model::{Ignore, LintLevel};
use passgate_grammar::{Code, Diagnostic, Level, SourceId, Span, code, limits};
use std::collections::BTreeMap;

/// Levels of lints by code, as settings give them.
pub(crate) type Levels = BTreeMap<Box<str>, LintLevel>;

/// Diagnostics of many texts.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    levels: Levels,
    ignored: Ignored,
    kept: Vec<Diagnostic>,
    counts: BTreeMap<SourceId, Count>,
    refused: bool,
    errors: bool,
}

#[derive(Debug, Default)]
struct Count {
    errors: usize,
    others: usize,
    dropped: usize,
}

impl Findings {
    /// From now on lints are told at these levels.
    pub(crate) fn set_levels(&mut self, levels: Levels) {
        self.levels = levels;
    }

    /// From now on what these notes name is not told where they say so.
    pub(crate) fn set_ignored(&mut self, ignores: &[Ignore]) {
        self.ignored = Ignored::new(ignores);
    }

    /// Tells of the codes of `@ignore` notes that silenced nothing: only where all lints have run, except `without`,
    /// and where no text is refused, since what could not be read might have been told of.
    pub(crate) fn tell_unused_ignores(&mut self, without: &[Code]) {
        if self.refused {
            return;
        }
        let unused = self.ignored.unused(without);
        self.extend(unused);
    }

    /// Takes one.
    pub(crate) fn push(&mut self, mut found: Diagnostic) {
        let source = found.source();
        if found.code == code::TOO_MANY {
            self.count(source).dropped += told_count(&found.message);
            return;
        }
        if found.code.is_lint() {
            match self.levels.get(found.code.as_str()) {
                Some(LintLevel::Off) => return,
                Some(LintLevel::Warn) => found.level = Level::Warning,
                Some(LintLevel::Error) => found.level = Level::Error,
                None => {}
            }
            if self.ignored.silences(&found) {
                return;
            }
        }
        self.refused |= found.refuses();
        self.errors |= found.is_error();
        let counted = self.count(source);
        let places = if found.is_error() { &mut counted.errors } else { &mut counted.others };
        *places += 1;
        // Errors and doubts have a hundred places each, so that doubts never hide an error.
        if *places <= limits::SHOWN_DIAGNOSTICS {
            self.kept.push(found);
        } else {
            counted.dropped += 1;
        }
    }

    /// Lets a reader push what it finds, and hands back what it read. The reader sees how much is kept already, so that
    /// it need not look for spellings that nobody will be shown.
    pub(crate) fn with<T>(&mut self, reader: impl FnOnce(&mut Vec<Diagnostic>) -> T) -> T {
        let settled = self.kept.len();
        let value = reader(&mut self.kept);
        let new = self.kept.split_off(settled.min(self.kept.len()));
        self.extend(new);
        value
    }

    /// Takes all.
    pub(crate) fn extend(&mut self, found: impl IntoIterator<Item = Diagnostic>) {
        found.into_iter().for_each(|one| self.push(one));
    }

    /// Counts some that were not even made.
    pub(crate) fn untold(&mut self, source: SourceId, count: usize) {
        self.count(source).dropped += count;
    }

    fn count(&mut self, source: SourceId) -> &mut Count {
        self.counts.entry(source).or_default()
    }

    /// Whether a text is refused.
    pub(crate) fn refused(&self) -> bool {
        self.refused
    }

    /// Whether anything is at error level, lints included.
    pub(crate) fn has_errors(&self) -> bool {
        self.errors
    }

    /// All that is told, by text and place: of each text at most the shown number, errors first where there are more,
    /// and one `too-many` with the count of the others.
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
        self.kept.sort_by_key(|d| (d.source(), !d.is_error(), d.span));
        let mut told = Vec::with_capacity(self.kept.len());
        let mut kept = self.kept.into_iter().peekable();
        for (source, count) in self.counts {
            let start = told.len();
            while let Some(found) = kept.next_if(|d| d.source() == source) {
                told.push(found);
            }
            let shown = (told.len() - start).min(limits::SHOWN_DIAGNOSTICS);
            let dropped = count.dropped + told.len() - start - shown;
            told.truncate(start + shown);
            if let Some(own) = told.get_mut(start..) {
                own.sort_by(|a, b| (a.span, a.code, &a.message).cmp(&(b.span, b.code, &b.message)));
            }
            if dropped > 0 {
                let end = told.get(start..).and_then(<[_]>::last).map_or(Span::new(source, 0, 0), |d| d.span);
                let message = format!("{dropped} more of this file are not shown");
                told.push(Diagnostic::note(code::TOO_MANY, end, message));
            }
        }
        told
    }
}

/// The number that a `too-many` begins with.
fn told_count(message: &str) -> usize {
    message.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: u32, at: usize, error: bool) -> Diagnostic {
        let span = Span::new(SourceId(source), at, at + 1);
        if error {
            Diagnostic::error(code::BAD_ACTION, span, "fault")
        } else {
            Diagnostic::warning(code::UNKNOWN_KEY, span, "doubt")
        }
    }

    fn check(errors: usize, doubts: usize, shown: (usize, usize), counted: Option<&str>) {
        let mut findings = Findings::default();
        findings.extend((0..doubts).map(|at| found(0, at, false)));
        findings.extend((0..errors).map(|at| found(0, doubts + at, true)));
        findings.push(found(1, 0, false));
        assert_eq!(findings.refused(), errors > 0);
        let told = findings.finish();
        let of = |c| told.iter().filter(|d| d.code == c && d.source() == SourceId(0)).count();
        assert_eq!((of(code::BAD_ACTION), of(code::UNKNOWN_KEY)), shown);
        let more = told.iter().find(|d| d.code == code::TOO_MANY).map(|d| d.message.as_str());
        assert_eq!(more, counted);
        assert_eq!(told.last().map(Diagnostic::source), Some(SourceId(1)));
    }

    #[test]
    fn a_hundred_of_each_text_are_shown_and_the_rest_counted() {
        check(0, 0, (0, 0), None);
        check(100, 0, (100, 0), None);
        check(101, 0, (100, 0), Some("1 more of this file are not shown"));
        check(1, 100, (1, 99), Some("1 more of this file are not shown"));
        check(1_000, 5_000, (100, 0), Some("5900 more of this file are not shown"));
    }

    #[test]
    fn counts_add_up_and_order_is_by_text_and_place() {
        let mut findings = Findings::default();
        let span = Span::new(SourceId(0), 9, 9);
        findings.push(Diagnostic::note(code::TOO_MANY, span, "7 more of this file are not shown"));
        findings.untold(SourceId(0), 3);
        findings.extend([found(1, 5, true), found(0, 8, true), found(0, 2, false)]);
        let told: Vec<String> = findings.finish().iter().map(|d| d.message.clone()).collect();
        assert_eq!(told, ["doubt", "fault", "10 more of this file are not shown", "fault"]);
    }

    #[test]
    fn lints_have_the_level_of_the_settings() {
        let check = |level: Option<LintLevel>, expected: Option<Level>| {
            let levels = level.map(|l| ("unknown-key".into(), l)).into_iter().collect();
            let mut findings = Findings::default();
            findings.set_levels(levels);
            findings.push(found(0, 0, false));
            assert!(!findings.refused(), "a lint refuses nothing");
            assert_eq!(findings.has_errors(), expected == Some(Level::Error));
            assert_eq!(findings.finish().first().map(|d| d.level), expected);
        };
        check(None, Some(Level::Warning));
        check(Some(LintLevel::Off), None);
        check(Some(LintLevel::Warn), Some(Level::Warning));
        check(Some(LintLevel::Error), Some(Level::Error));
    }
}
