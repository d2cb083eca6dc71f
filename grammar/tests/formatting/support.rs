//! How a text is formatted and compared.

use passgate_grammar::source::Sources;
use passgate_grammar::{format, parse};

/// The canonical form of a text.
pub(crate) fn formatted(text: &str) -> String {
    let mut sources = Sources::new();
    let id = sources.add("t.gate", text);
    let parsed = parse::parse(&sources, id);
    let told: Vec<_> = parsed.diagnostics.iter().map(|d| (&d.message, d.span)).collect();
    format::format(&sources, &parsed).unwrap_or_else(|| panic!("{text}\n{told:#?}"))
}

/// The comments of a text, in order.
pub(crate) fn comments(text: &str) -> Vec<String> {
    let mut sources = Sources::new();
    let id = sources.add("t.gate", text);
    let file = parse::parse(&sources, id).file;
    file.comments.iter().map(|comment| sources.slice(comment.span).trim_end().to_owned()).collect()
}

/// A text becomes `expected`, which stays, and keeps all comments in order.
pub(crate) fn check(text: &str, expected: &str) {
    let found = formatted(text);
    assert_eq!(found, expected, "\n--- of\n{text}\n--- became\n{found}\n--- expected\n{expected}");
    assert_eq!(formatted(expected), expected, "not idempotent");
    assert_eq!(comments(text), comments(expected));
    assert_eq!(formatted(&expected.replace('\n', "\r\n")), expected, "CRLF");
}

/// A text that is canonical already.
pub(crate) fn stays(text: &str) {
    check(text, text);
}

/// Statements, without the policy around them.
pub(crate) fn check_statements(text: &str, expected: &str) {
    let around = |text: &str| {
        let lines =
            text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") });
        format!("policy p {{\n{}}}\n", lines.collect::<String>())
    };
    check(&around(text), &around(expected));
}
