//! Diagnostics as commands of a GitHub workflow, a line each: the runner shows them beside the lines of a change.
//!
//! In a message `%` and line ends are escaped, in a property `:` and `,` too. Columns are given where the place ends on
//! the line on which it begins, since the runner drops them otherwise.

use passgate::report::DiagnosticReport;
use std::fmt::Write as _;

/// One line a diagnostic.
pub(crate) fn commands(diagnostics: &[DiagnosticReport]) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let _ = writeln!(out, "{}", command(diagnostic));
    }
    out
}

fn command(diagnostic: &DiagnosticReport) -> String {
    let word = if diagnostic.level == "note" { "notice" } else { diagnostic.level };
    let place = &diagnostic.place;
    let mut out = format!("::{word} file={},line={}", property(&place.file), place.line);
    let _ = write!(out, ",endLine={}", place.end_line);
    if place.line == place.end_line {
        let _ = write!(out, ",col={},endColumn={}", place.column, place.end_column);
    }
    let _ = write!(out, ",title={}::{}", property(diagnostic.code), message(&said(diagnostic)));
    out
}

/// Everything that is said, a line each.
fn said(diagnostic: &DiagnosticReport) -> String {
    let mut lines = vec![diagnostic.message.clone()];
    for label in &diagnostic.labels {
        lines.push(format!(
            "{}:{}:{}: {}",
            label.place.file, label.place.line, label.place.column, label.text
        ));
    }
    lines.extend(diagnostic.notes.iter().map(|note| format!("note: {note}")));
    lines.extend(diagnostic.help.iter().map(|help| format!("help: {help}")));
    lines.join("\n")
}

fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use passgate::Diagnostic;
    use passgate::grammar::{Sources, Span, code};
    use passgate::report::reports;

    #[test]
    fn places_are_given_and_signs_escaped() {
        let mut sources = Sources::new();
        let id = sources.add("a,b:c%.gate", "one\ntwo three\n");
        let told = [
            Diagnostic::error(code::SYNTAX, Span::new(id, 4, 7), "50 % of `a::b`, all").help("one\r\ntwo"),
            Diagnostic::note(code::TOO_MANY, Span::new(id, 0, 6), "m").label(Span::new(id, 8, 9), "here"),
            Diagnostic::warning(code::UNKNOWN_KEY, Span::new(id, 14, 14), "m").because("why"),
        ];
        let expected = "\
::error file=a%2Cb%3Ac%25.gate,line=2,endLine=2,col=1,endColumn=4,title=syntax::50 %25 of `a::b`, all%0Ahelp: one%0D%0Atwo
::notice file=a%2Cb%3Ac%25.gate,line=1,endLine=2,title=too-many::m%0Aa,b:c%25.gate:2:5: here
::warning file=a%2Cb%3Ac%25.gate,line=3,endLine=3,col=1,endColumn=1,title=unknown-key::m%0Anote: why
";
        assert_eq!(commands(&reports(&told, &sources)), expected);
    }
}
