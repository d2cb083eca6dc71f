//! A run as JUnit XML, for build servers: a suite a test, one more for the asserts, one for lints at error level,
//! and one without cases for what was reached.

use super::{Coverage, Report, one_line};
use crate::model::Model;
use crate::report;
use passgate_grammar::{Diagnostic, Sources, Span};
use std::fmt::Write;

/// One `testcase`.
struct Row<'r> {
    name: String,
    span: Span,
    diagnostic: Option<&'r Diagnostic>,
}

/// A run as JUnit XML.
pub fn to_junit(run: &Report, model: &Model) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a string does not fail.
    let _ = writeln!(
        out,
        "<testsuites name=\"passgate\" tests=\"{}\" failures=\"{}\">",
        run.count(),
        run.failed()
    );
    let sources = &model.sources;
    let written = |span, diagnostic| Row { name: one_line(sources.slice(span)), span, diagnostic };
    for test in &run.tests {
        let rows = test.cases.iter().map(|case| written(case.span, case.diagnostic.as_ref()));
        suite(&mut out, &test.name, rows.collect(), sources);
    }
    let asserts = run.asserts.iter().map(|assert| written(assert.span, assert.diagnostic.as_ref()));
    let lint = |told: &'_ Diagnostic| format!("{}: {}", told.code, told.message);
    let lints = run.faults().map(|told| Row { name: lint(told), span: told.span, diagnostic: Some(told) });
    for (name, rows) in [("asserts", asserts.collect::<Vec<_>>()), ("lints", lints.collect())] {
        if !rows.is_empty() {
            suite(&mut out, name, rows, sources);
        }
    }
    if let Some(coverage) = &run.coverage {
        properties(&mut out, coverage);
    }
    out.push_str("</testsuites>\n");
    out
}

/// What was reached, as properties of a suite without cases: nothing of it fails.
fn properties(out: &mut String, coverage: &Coverage) {
    let Coverage { statements, regions, complete } = coverage;
    let more = if *complete { "" } else { " at least" };
    let rows = [
        ("statements", format!("{} of {}", statements.reached, statements.count)),
        ("regions", format!("{} of{more} {}", regions.reached, regions.count)),
    ];
    out.push_str("  <testsuite name=\"coverage\" tests=\"0\" failures=\"0\">\n    <properties>\n");
    for (name, value) in rows {
        let _ = writeln!(out, "      <property name=\"{name}.reached\" value=\"{value}\"/>");
    }
    for place in &statements.unreached {
        let text = escaped(&place.to_string());
        let _ = writeln!(out, "      <property name=\"statements.unreached\" value=\"{text}\"/>");
    }
    for region in &regions.unreached {
        let case = escaped(&region.case);
        let _ = writeln!(out, "      <property name=\"regions.unreached\" value=\"{case}\"/>");
    }
    out.push_str("    </properties>\n  </testsuite>\n");
}

fn suite(out: &mut String, name: &str, rows: Vec<Row<'_>>, sources: &Sources) {
    let failures = rows.iter().filter(|row| row.diagnostic.is_some()).count();
    let _ = writeln!(
        out,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\">",
        escaped(name),
        rows.len()
    );
    for row in rows {
        let (file, at) = (escaped(sources.name(row.span)), sources.start(row.span));
        let head = format!(
            "    <testcase name=\"{}\" classname=\"{}\" file=\"{file}\" line=\"{}\"",
            escaped(&row.name),
            escaped(name),
            at.line
        );
        match row.diagnostic {
            None => {
                let _ = writeln!(out, "{head}/>");
            }
            Some(told) => {
                let (kind, message) = (told.code.as_str(), escaped(&told.message));
                let text = escaped(&report::to_text(std::slice::from_ref(told), sources));
                let _ = writeln!(out, "{head}>");
                let _ =
                    writeln!(out, "      <failure type=\"{kind}\" message=\"{message}\">{text}</failure>");
                let _ = writeln!(out, "    </testcase>");
            }
        }
    }
    out.push_str("  </testsuite>\n");
}

/// Text as XML holds it; characters that XML cannot hold are replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push('\n'),
            '\t' => out.push('\t'),
            sign if sign.is_control() || matches!(sign, '\u{FFFE}' | '\u{FFFF}') => out.push('\u{FFFD}'),
            sign => out.push(sign),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn text_is_escaped() {
        assert_eq!(escaped("a<b>&\"c\"\u{1}"), "a&lt;b&gt;&amp;&quot;c&quot;\u{FFFD}");
    }
}
