//! The texts of a set while they are read: sources, findings, limits of the whole set.
//!
//! A file that cannot be read is told where it is named, or else as a text of its own; only files that an option names
//! are errors of the call.

use super::file::{self, Fault};
use super::store::Store;
use crate::error::{Error, ErrorCode, Result};
use crate::findings::Findings;
use passgate_grammar::{Diagnostic, SourceId, Sources, Span, code, limits};
use std::path::Path;

/// How much a set may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Most {
    pub(super) files: usize,
    pub(super) bytes: usize,
}

impl Default for Most {
    fn default() -> Self {
        Most { files: limits::SET_FILES, bytes: limits::SET_BYTES }
    }
}

/// What has been read.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) store: Store,
    pub(super) sources: Sources,
    pub(super) findings: Findings,
    most: Most,
    bytes: usize,
    count: usize,
}

impl Reading {
    /// Nothing read yet.
    pub(super) fn new(most: Most, store: Store) -> Self {
        let (sources, findings) = (Sources::new(), Findings::default());
        Reading { store, sources, findings, most, bytes: 0, count: 0 }
    }

    /// The file that is the whole set: one that cannot be read is an error, unless its text shows why, which is told.
    pub(super) fn only(&mut self, name: &str) -> Result<Option<SourceId>> {
        let shown = self.store.shown(name);
        match self.store.read(name) {
            Ok(text) => Ok(Some(self.sources.add(shown, text))),
            Err(fault @ Fault::Encoding(_)) => {
                self.unreadable(&shown, fault, None);
                Ok(None)
            }
            Err(fault) => Err(Error::new(ErrorCode::BadFile, fault.message(&shown))),
        }
    }

    /// A file that an option names.
    pub(super) fn optional(&mut self, path: &Path, option: &str) -> Result<SourceId> {
        let shown = path.to_string_lossy();
        match file::read(path) {
            Ok(text) => Ok(self.sources.add(shown, text)),
            Err(fault) => Err(Error::new(ErrorCode::BadFile, fault.message(&shown)).with_key(option)),
        }
    }

    /// A file of the set.
    pub(super) fn read(&mut self, name: &str, named_at: Option<Span>) -> Option<SourceId> {
        let shown = self.store.shown(name);
        self.count += 1;
        if self.count > self.most.files {
            return self.beyond(self.count == self.most.files + 1, &shown, "files", self.most.files);
        }
        let text = match self.store.read(name) {
            Ok(text) => text,
            Err(fault) => {
                self.unreadable(&shown, fault, named_at);
                return None;
            }
        };
        let before = self.bytes;
        self.bytes = before.saturating_add(text.len());
        if self.bytes > self.most.bytes {
            return self.beyond(before <= self.most.bytes, &shown, "bytes", self.most.bytes);
        }
        Some(self.sources.add(shown, text))
    }

    /// The lock of the set, where there is one.
    pub(super) fn lock(&mut self, name: &str) -> Option<SourceId> {
        let shown = self.store.shown(name);
        let fault = match self.store.read(name) {
            Ok(text) => return Some(self.sources.add(shown, text)),
            Err(Fault::Missing) => return None,
            Err(fault) => fault,
        };
        let valid = if let Fault::Encoding(valid) = &fault { valid.clone() } else { String::new() };
        let end = valid.len();
        let span = Span::new(self.sources.add(shown.clone(), valid), end, end);
        let mut told = Diagnostic::error(code::BAD_LOCK, span, fault.message(&shown));
        told.help = fault.help().map(str::to_owned);
        self.findings.push(told);
        None
    }

    /// Counts a text that is read once more, so that few bytes cannot stand for many: `false` beyond the limit.
    pub(super) fn again(&mut self, id: SourceId, named_at: Span) -> bool {
        let (before, most) = (self.bytes, self.most.bytes);
        self.bytes = before.saturating_add(self.sources.get(id).map_or(0, |s| s.text().len()));
        if before <= most && self.bytes > most {
            let message =
                format!("a policy set has at most {most} bytes, a document counted as often as it is named");
            self.findings.push(Diagnostic::error(code::LIMIT, named_at, message));
        }
        self.bytes <= most
    }

    /// Tells once that a limit of the set is exceeded.
    fn beyond(&mut self, first: bool, shown: &str, what: &str, most: usize) -> Option<SourceId> {
        if first {
            let message = format!("a policy set has at most {most} {what}");
            self.told_of(shown, code::LIMIT, message);
        }
        None
    }

    /// Tells of a file as a whole.
    pub(super) fn told_of(&mut self, shown: &str, code: passgate_grammar::Code, message: impl Into<String>) {
        let id = self.sources.add(shown, "");
        self.findings.push(Diagnostic::error(code, Span::new(id, 0, 0), message));
    }

    /// Tells why a file is not read.
    pub(super) fn unreadable(&mut self, shown: &str, fault: Fault, named_at: Option<Span>) {
        let valid = match &fault {
            Fault::Encoding(valid) => Some(valid.clone()),
            _ => None,
        };
        let span = match (valid, named_at) {
            (None, Some(span)) => span,
            (valid, _) => {
                let valid = valid.unwrap_or_default();
                let end = valid.len();
                Span::new(self.sources.add(shown, valid), end, end)
            }
        };
        self.told_at(span, &fault, shown);
    }

    /// Tells of a file where it is named.
    pub(super) fn told_at(&mut self, span: Span, fault: &Fault, name: &str) {
        let mut told = Diagnostic::error(fault.code(), span, fault.message(name));
        told.help = fault.help().map(str::to_owned);
        self.findings.push(told);
    }
}
