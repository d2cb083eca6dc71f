//! One diagnostic in every form.

use super::*;
use passgate_grammar::code;

fn sources() -> Sources {
    let mut sources = Sources::new();
    sources.add("a.gate", "policy p {\n\tallow é, reads from office\n}\n");
    sources
}

fn span(sources: &Sources, text: &str) -> Span {
    let (id, source) = sources.iter().next().unwrap();
    let at = source.text().find(text).unwrap();
    Span::new(id, at, at + text.len())
}

#[test]
fn places_count_lines_and_code_points() {
    let sources = sources();
    let told = Diagnostic::error(code::UNKNOWN_NAME, span(&sources, "reads"), "`reads` is nothing")
        .label(span(&sources, "office"), "here")
        .because("why")
        .help("how")
        .fix("title", span(&sources, "reads"), "read", Safety::Unsafe)
        .nearest(["read".to_owned(), "reset".to_owned()])
        .at_path("statement[0]");
    let json: serde_json::Value = serde_json::from_str(&to_json(&[told], &sources)).unwrap();
    let expected = serde_json::json!([{
        "code": "unknown-name", "level": "error", "message": "`reads` is nothing",
        "file": "a.gate", "line": 2, "column": 11, "end_line": 2, "end_column": 16,
        "labels": [{"text": "here", "file": "a.gate", "line": 2, "column": 22, "end_line": 2, "end_column": 28}],
        "notes": ["why"], "help": "how",
        "fixes": [{"title": "title", "safe": false, "edits": [
            {"text": "read", "file": "a.gate", "line": 2, "column": 11, "end_line": 2, "end_column": 16}]}],
        "nearest": ["read", "reset"], "path": "statement[0]",
    }]);
    assert_eq!(json, expected);
}

#[test]
fn what_is_not_there_is_null_or_empty_and_a_path_only_of_documents() {
    let sources = sources();
    let json = to_json(&[Diagnostic::note(code::TOO_MANY, span(&sources, "policy"), "1 more")], &sources);
    assert!(
        json.ends_with(r#""end_column":7,"labels":[],"notes":[],"help":null,"fixes":[],"nearest":[]}]"#),
        "{json}"
    );
    assert_eq!(to_json(&[], &sources), "[]");
}

fn check(told: &Diagnostic, sources: &Sources, expected: &str) {
    assert_eq!(to_text(std::slice::from_ref(told), sources), expected);
}

#[test]
fn text_shows_the_line_with_carets() {
    let sources = sources();
    let told = Diagnostic::warning(code::UNKNOWN_NAME, span(&sources, "reads"), "message")
        .label(span(&sources, "office"), "label")
        .because("note")
        .help("help");
    let expected = "a.gate:2:11: warning[unknown-name]: message\n     allow é, reads from office\n              ^^^^^\n  a.gate:2:22: label\n  note: note\n  help: help\n";
    check(&told, &sources, expected);
}

#[test]
fn long_lines_are_cut_and_terminals_are_safe() {
    let mut sources = Sources::new();
    let text = format!("{}\u{1b}BAD{}", "x".repeat(500), "y".repeat(500));
    let id = sources.add("long.gate", text.as_str());
    let told = Diagnostic::error(code::SYNTAX, Span::new(id, 501, 504), "message");
    let expected = format!(
        "long.gate:1:502: error[syntax]: message\n    …{}\u{FFFD}BAD{}\n    {}^^^\n",
        "x".repeat(39),
        "y".repeat(57),
        " ".repeat(41)
    );
    check(&told, &sources, &expected);
}

#[test]
fn carets_stay_on_their_line_and_empty_texts_have_none() {
    let mut sources = Sources::new();
    let id = sources.add("a.gate", "one\ntwo\n");
    check(
        &Diagnostic::error(code::SYNTAX, Span::new(id, 0, 7), "m"),
        &sources,
        "a.gate:1:1: error[syntax]: m\n    one\n    ^^^\n",
    );
    check(
        &Diagnostic::error(code::SYNTAX, Span::new(id, 8, 8), "m"),
        &sources,
        "a.gate:3:1: error[syntax]: m\n",
    );
    let empty = sources.add("empty.gate", "");
    check(
        &Diagnostic::error(code::SYNTAX, Span::new(empty, 0, 0), "m"),
        &sources,
        "empty.gate:1:1: error[syntax]: m\n",
    );
}
