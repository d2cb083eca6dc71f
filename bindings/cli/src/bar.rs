//! How far something is that takes long: a line on a terminal's stderr, drawn over itself and gone at the end. Drawn by
//! steps of a percent and not by the clock; of what is done at once nothing is drawn.

use std::io::Write;

/// Fewer steps than these are done at once.
const SHORT: usize = 2_000;

/// A line that says how far something is.
pub(crate) struct Bar {
    what: &'static str,
    /// Somebody sees it.
    terminal: bool,
    /// The last percent that was drawn.
    percent: Option<usize>,
}

impl Bar {
    pub(crate) fn new(what: &'static str, terminal: bool) -> Bar {
        Bar { what, terminal, percent: None }
    }

    /// So many steps are done, of so many.
    pub(crate) fn show(&mut self, done: usize, of: usize) {
        if !self.terminal || of < SHORT {
            return;
        }
        let percent = done.saturating_mul(100) / of.max(1);
        if self.percent != Some(percent) {
            self.percent = Some(percent);
            // Nobody can be told that stderr cannot be written.
            let _ = write!(std::io::stderr(), "\r{percent:>3} % of {of} {}", self.what);
        }
    }

    /// So many are done, of nobody knows how many.
    pub(crate) fn count(&mut self, done: u64) {
        if self.terminal {
            self.percent = Some(0);
            // Nobody can be told that stderr cannot be written.
            let _ = write!(std::io::stderr(), "\r\x1b[2K{done} lines read");
        }
    }

    /// Takes the line away.
    pub(crate) fn done(&mut self) {
        if self.percent.take().is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[2K");
        }
    }
}
