//! Limits at N and at N + 1 that are not tried in the room that keeps them.

use passgate::catalog::file::{self, Format};
use passgate::grammar::{Sources, limits};
use passgate::{Error, ErrorCode, Gate, Request};

/// The codes that refuse a text.
fn refusals(text: &str) -> Vec<String> {
    match Gate::compile(text) {
        Ok(_) => Vec::new(),
        Err(error) => {
            error.diagnostics().iter().filter(|d| d.refuses()).map(|d| d.code.to_string()).collect()
        }
    }
}

#[track_caller]
fn check(write: impl Fn(usize) -> String, limit: usize, code: &str) {
    assert_eq!(refusals(&write(limit)), [""; 0], "at {limit}");
    assert_eq!(refusals(&write(limit + 1)), [code], "at {limit} and one");
}

#[test]
fn numbers_have_64_characters_and_three_digits_of_exponent() {
    let policy = |number: &str| format!("policy p {{ allow * when svc:k is {number} }}");
    check(|n| policy(&"9".repeat(n)), limits::NUMBER_CHARS, "limit");
    check(|n| policy(&format!("-{}.5e-100", "9".repeat(n - 8))), limits::NUMBER_CHARS, "limit");
    check(|n| policy(&format!("1e{}", "0".repeat(n))), limits::EXPONENT_DIGITS, "bad-value");
    let gate = Gate::compile("policy p { allow * when svc:k > 0 } user u { attach p }").expect("a set");
    let ask = |number: &str| {
        let line = format!(
            r#"{{"principal":"u","action":"intlpartnersmgt:QueryArea","context":{{"svc:k":{number}}}}}"#
        );
        Request::from_json(&line).and_then(|r| gate.check(&r)).map(|d| d.allowed).map_err(|e| e.code())
    };
    for (write, limit) in [
        ((|n| "9".repeat(n)) as fn(usize) -> String, limits::NUMBER_CHARS),
        (|n| format!("\"{}\"", "9".repeat(n)), limits::NUMBER_CHARS),
        (|n| format!("1e{}", "1".repeat(n)), limits::EXPONENT_DIGITS),
    ] {
        assert_eq!(ask(&write(limit)), Ok(true));
        assert_eq!(ask(&write(limit + 1)), Err(ErrorCode::BadContext));
    }
}

#[test]
fn json_nests_64_deep() {
    let gate = Gate::compile("policy p { allow * } user u { attach p }").expect("a set");
    // The request and its context are two.
    let line = |depth: usize| {
        let (open, close) = ("[".repeat(depth - 2), "]".repeat(depth - 2));
        format!(r#"{{"principal":"u","action":"intlpartnersmgt:QueryArea","context":{{"k":{open}{close}}}}}"#)
    };
    let code =
        |line: String| Request::from_json(&line).and_then(|r| gate.check(&r)).map_err(|e: Error| e.code());
    assert_eq!(code(line(limits::JSON_DEPTH)), Err(ErrorCode::BadContext));
    assert_eq!(code(line(limits::JSON_DEPTH + 1)), Err(ErrorCode::BadRequest));
    // The document, its list and a statement are three; what nests deeper is no value, and said so by kind.
    let document = |depth: usize| {
        let (open, close) = ("[".repeat(depth - 3), "]".repeat(depth - 3));
        format!(
            r#"{{"version":"2.0","statement":[{{"effect":"allow","action":"*","resource":{open}{close}}}]}}"#
        )
    };
    let told = |depth| {
        let error = Gate::compile([("a.json", document(depth))]).expect_err("no resource");
        error.diagnostics().iter().map(|d| d.code.to_string()).collect::<Vec<_>>()
    };
    assert!(!told(limits::JSON_DEPTH).contains(&"limit".to_owned()), "{:?}", told(limits::JSON_DEPTH));
    assert_eq!(told(limits::JSON_DEPTH + 1), ["limit"]);
}

#[test]
fn toml_nests_16_deep() {
    let text =
        |depth: usize| format!("service = \"s\"\nactions = {}{}\n", "[".repeat(depth), "]".repeat(depth));
    let told = |depth| {
        let mut sources = Sources::new();
        let id = sources.add("c.toml", text(depth));
        file::read_as(&sources, id, Format::Toml).1.iter().map(|d| d.code.to_string()).collect::<Vec<_>>()
    };
    assert!(!told(limits::TOML_DEPTH).contains(&"limit".to_owned()), "{:?}", told(limits::TOML_DEPTH));
    assert_eq!(told(limits::TOML_DEPTH + 1), ["limit"]);
}
