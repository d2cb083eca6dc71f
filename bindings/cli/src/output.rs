//! The one writer: data on stdout, words on stderr; colour where a terminal shows what is drawn.
//!
//! A reader that goes away (a closed pipe) ends the output quietly; any other failure to write is no answer.

use crate::bar::Bar;
use crate::render::{Form, terminal, written};
use passgate::grammar::Sources;
use passgate::{Diagnostic, Error, Level};
use std::collections::BTreeMap;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::Path;

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, or yes.
    Yes = 0,
    /// The answer is no.
    No = 1,
    /// No answer.
    NoAnswer = 2,
    /// Neither yes nor no, and it is said why.
    Undecided = 3,
}

/// How data is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Human,
    /// For programs.
    Json,
}

/// The writer of a command.
pub(crate) struct Output {
    data: std::io::BufWriter<std::io::Stdout>,
    failed: Option<ErrorKind>,
}

impl Output {
    pub(crate) fn new() -> Self {
        Output { data: std::io::BufWriter::with_capacity(1 << 16, std::io::stdout()), failed: None }
    }

    /// Writes data as it is.
    pub(crate) fn data(&mut self, text: &str) {
        if self.failed.is_none() {
            self.failed = self.data.write_all(text.as_bytes()).err().map(|e| e.kind());
        }
    }

    /// Writes data that is made while it is written.
    pub(crate) fn made(&mut self, make: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) {
        if self.failed.is_none() {
            self.failed = make(&mut self.data).err().map(|e| e.kind());
        }
    }

    /// Whether nobody reads any more.
    pub(crate) fn closed(&self) -> bool {
        self.failed.is_some()
    }

    /// Writes a line of data.
    pub(crate) fn line(&mut self, text: &str) {
        self.data(text);
        self.data("\n");
    }

    /// Hands what was written so far to the reader.
    pub(crate) fn flush(&mut self) {
        if self.failed.is_none() {
            self.failed = self.data.flush().err().map(|e| e.kind());
        }
    }

    /// Says a line on stderr.
    pub(crate) fn word(&mut self, text: &str) {
        // Nobody can be told that stderr cannot be written.
        let _ = writeln!(std::io::stderr(), "{text}");
    }

    /// A line on a terminal's stderr that says how far something is.
    pub(crate) fn bar(&self, what: &'static str) -> Bar {
        Bar::new(what, std::io::stderr().is_terminal())
    }

    /// Says on stderr why there is no answer.
    pub(crate) fn error(&mut self, error: &Error) -> Exit {
        if let Some(sources) = error.sources() {
            self.diagnostics(error.diagnostics(), sources);
        }
        self.word(&format!("error[{}]: {}", error.code(), error.message()));
        if let Some(best) = error.nearest().first() {
            self.word(&format!("  = help: did you mean `{best}`?"));
        }
        Exit::NoAnswer
    }

    /// Says diagnostics on stderr.
    pub(crate) fn diagnostics(&mut self, diagnostics: &[Diagnostic], sources: &Sources) {
        if !diagnostics.is_empty() {
            let colour = in_colour(std::io::stderr().is_terminal());
            self.word(terminal::drawn(diagnostics, sources, colour).trim_end());
        }
    }

    /// Says in one line how much of a set is doubtful; what is told at error level is said whole.
    pub(crate) fn doubts(&mut self, set: &Path, diagnostics: &[Diagnostic], sources: &Sources) {
        if diagnostics.iter().any(|told| told.level == Level::Error) {
            self.diagnostics(diagnostics, sources);
        } else if !diagnostics.is_empty() {
            self.word(&in_a_line(set, diagnostics));
        }
    }

    /// Writes diagnostics as data.
    pub(crate) fn report(&mut self, form: Form, diagnostics: &[Diagnostic], sources: &Sources) {
        let colour = in_colour(std::io::stdout().is_terminal());
        self.data(&written(form, diagnostics, sources, colour));
    }

    /// Ends the command.
    pub(crate) fn finish(&mut self, exit: Exit) -> Exit {
        self.flush();
        match self.failed {
            None | Some(ErrorKind::BrokenPipe) => exit,
            Some(kind) => {
                self.word(&format!("error[bad-file]: the output cannot be written: {kind}"));
                Exit::NoAnswer
            }
        }
    }
}

/// How often each code was told, and how to read more.
fn in_a_line(set: &Path, diagnostics: &[Diagnostic]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for told in diagnostics {
        *counts.entry(told.code.as_str()).or_default() += 1;
    }
    let counts: Vec<String> = counts.iter().map(|(code, count)| format!("{code} {count}")).collect();
    let doubts =
        if diagnostics.len() == 1 { "1 doubt".to_owned() } else { format!("{} doubts", diagnostics.len()) };
    format!(
        "warning: {doubts} about the set ({}); `passgate lint {}` tells them",
        counts.join(", "),
        set.display()
    )
}

/// Colour is for a terminal whose owner did not ask for none (`NO_COLOR` with any text in it, or `TERM=dumb`).
#[expect(clippy::disallowed_methods, reason = "how a terminal shows an answer is no part of the answer")]
fn in_colour(terminal: bool) -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    terminal && !refused && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}
