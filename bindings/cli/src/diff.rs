//! What changes in a text, as a unified diff.

use imara_diff::{Algorithm, Diff, InternedInput, Interner, Token, UnifiedDiffConfig, UnifiedDiffPrinter};
use std::fmt::{Result, Write};

/// The lines that change, with three around them, under the name of the text; empty where none does.
pub(crate) fn unified(name: &str, before: &str, after: &str) -> String {
    if before == after {
        return String::new();
    }
    let input = InternedInput::new(before, after);
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    let lines = Lines(&input.interner);
    let hunks = diff.unified_diff(&lines, UnifiedDiffConfig::default(), &input);
    format!("--- {name}\n+++ {name}\n{hunks}")
}

/// Writes the lines of a diff. A last line without an end is marked, as `patch` wants it.
struct Lines<'t>(&'t Interner<&'t str>);

impl Lines<'_> {
    fn line(&self, f: &mut impl Write, sign: char, token: Token) -> Result {
        let line = self.0[token];
        let end = if line.ends_with('\n') { "" } else { "\n\\ No newline at end of file\n" };
        write!(f, "{sign}{line}{end}")
    }
}

impl UnifiedDiffPrinter for Lines<'_> {
    fn display_header(
        &self,
        mut f: impl Write,
        start_before: u32,
        start_after: u32,
        len_before: u32,
        len_after: u32,
    ) -> Result {
        let place = |start: u32, lines: u32| if lines == 0 { start } else { start + 1 };
        let (before, after) = (place(start_before, len_before), place(start_after, len_after));
        writeln!(f, "@@ -{before},{len_before} +{after},{len_after} @@")
    }

    fn display_context_token(&self, mut f: impl Write, token: Token) -> Result {
        self.line(&mut f, ' ', token)
    }

    fn display_hunk(&self, mut f: impl Write, before: &[Token], after: &[Token]) -> Result {
        for token in before {
            self.line(&mut f, '-', *token)?;
        }
        for token in after {
            self.line(&mut f, '+', *token)?;
        }
        Ok(())
    }
}
