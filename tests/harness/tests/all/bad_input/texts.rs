//! Hostile texts in every place that takes a text.

use super::on_small_stack;
use passgate::catalog::file::{self, Format};
use passgate::catalog::import::{ImportOptions, import};
use passgate::check::{ContextValue, LineChecker};
use passgate::grammar::Sources;
use passgate::load::lint_texts;
use passgate::model::PolicyKind;
use passgate::{Error, ErrorCode, Gate, LoadOptions, Request, TextSources};

/// Brackets inside each other.
const NESTED: usize = 1_000_000;
/// Signs of another text.
const MANY: usize = 100_000;
/// Signs of a part of a text.
const SOME: usize = 20_000;

/// Texts that nobody writes, by what they are.
fn hostile() -> Vec<(&'static str, String)> {
    texts(NESTED, MANY)
}

fn texts(nested: usize, many: usize) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("empty", String::new()),
        ("blank", " ".repeat(many)),
        ("line ends", "\n".repeat(many)),
        ("nul", "\0".to_owned()),
        ("nuls", "\0".repeat(many)),
        ("byte order marks", "\u{feff}".repeat(1_000)),
        ("stars", "*".repeat(many)),
        ("digits", "9".repeat(many)),
        ("minus", "-".repeat(many)),
        ("commas", ",".repeat(many)),
        ("quotes", "\"".repeat(many)),
        ("escapes", format!("\"{}\"", "\\u0041".repeat(many / 6))),
        ("backslashes", format!("\"{}\"", "\\\\".repeat(many / 2))),
        ("letters", "a".repeat(many)),
        ("points", "1.".repeat(many / 2)),
        ("colons", ":".repeat(many)),
        ("slashes", "/".repeat(many)),
        ("pipes", "|".repeat(many)),
        ("lone surrogate", "\"\\ud800\"".to_owned()),
        ("surrogates swapped", "\"\\udc00\\ud800\"".to_owned()),
        ("right to left", "policy \u{202e}p { allow * }".to_owned()),
        ("variables", "${".repeat(many / 2)),
        ("dollar", "$".repeat(many)),
        ("tags", "<a>".repeat(many / 3)),
        ("tables", "<table><tr><td>".repeat(many / 15)),
        ("entities", "&amp;".repeat(many / 5)),
        ("not quite json", "{\"a\":".repeat(many / 5)),
        ("toml tables", "[a.b.c]\n".repeat(many / 8)),
        ("toml keys", format!("{}=1", vec!["a"; many / 2].join("."))),
        ("policies", "policy p {".repeat(many / 10)),
    ];
    for (open, close) in [("[", "]"), ("{", "}"), ("(", ")"), ("<", ">")] {
        all.push(("opening", open.repeat(nested)));
        all.push(("closing", close.repeat(nested)));
        all.push(("nested", format!("{}{}", open.repeat(nested), close.repeat(nested))));
    }
    all
}

/// Hands every hostile text to a reader that must refuse it, or say that it holds nothing.
fn check(place: &str, read: fn(&str) -> Result<(), Error>, harmless: &[&str], codes: &[ErrorCode]) {
    for (what, text) in hostile() {
        let told = on_small_stack(&format!("{what} as {place}"), move || read(&text));
        match told {
            Ok(()) => assert!(harmless.contains(&what), "{what} as {place} is accepted"),
            Err(error) => {
                assert!(codes.contains(&error.code()), "{what} as {place}: {error}");
                let (message, shown) = (error.message(), error.diagnostics().len());
                assert!(!message.contains('\n') && message.len() < 600, "{what} as {place}: {message:.200}");
                assert!(shown <= 110, "{what} as {place}: {shown} diagnostics");
                for told in error.diagnostics() {
                    let message = &told.message;
                    assert!(
                        message.len() < 600 && !message.contains('\n'),
                        "{what} as {place}: {message:.200}"
                    );
                }
            }
        }
    }
}

#[test]
fn as_a_policy_text() {
    let read = |text: &str| Gate::compile(text).map(|_| ());
    check("policy", read, &["empty", "blank", "line ends", "slashes"], &[ErrorCode::BadPolicy]);
}

#[test]
fn as_a_document() {
    let read = |text: &str| Gate::compile([("a.json", text)]).map(|_| ());
    check("document", read, &[], &[ErrorCode::BadPolicy]);
}

#[test]
fn as_settings() {
    let read =
        |text: &str| Gate::compile([("a.gate", "policy p { allow * }"), ("passgate.toml", text)]).map(|_| ());
    check("settings", read, &["empty", "blank", "line ends"], &[ErrorCode::BadPolicy]);
}

#[test]
fn as_a_catalog() {
    for format in [Format::Json, Format::Toml] {
        for (what, text) in hostile() {
            let refused = on_small_stack(&format!("{what} as a catalog"), move || {
                let mut sources = Sources::new();
                let id = sources.add("catalog", text);
                file::read_as(&sources, id, format).1.iter().any(passgate::Diagnostic::is_error)
            });
            assert!(refused, "{what} as a {format:?} catalog");
        }
    }
}

#[test]
fn as_a_page() {
    for (what, text) in hostile() {
        let (count, refused) = on_small_stack(&format!("{what} as a page"), move || {
            let mut sources = Sources::new();
            let id = sources.add("page", text);
            let imported = import(&sources, &[id], &ImportOptions { service: Some("shop".into()) });
            (imported.services.len(), imported.diagnostics.iter().any(passgate::Diagnostic::is_error))
        });
        assert!(count == 0 && refused, "{what} as a page: {count} services");
    }
}

fn gate() -> Gate {
    Gate::compile(
        "use intlpartnersmgt  set opaque = \"cvm\"  set claims = \"policies\"
         policy p {
            allow cvm:Stop* on \"qcs::cvm:::a*b*c\" when k like \"*a*b*c*\" and n < 10 and t < 2026-01-01T00:00:00Z and i in 10.0.0.0/8
            deny cvm:* when k is absent or is \"x\" ignoring case
            allow read
         }
         group g { attach p }  user alice { attach p }",
    )
    .expect("a set")
}

#[test]
fn as_a_line_of_requests() {
    let read = |text: &str| {
        let (gate, mut out) = (gate(), String::new());
        // Lines end at line ends; the checker is handed one.
        let told = LineChecker::new(&gate).answer(text, &mut out).map(|_| ());
        assert!(out.starts_with("{\"error\":{\"code\":\"bad-request\"") && !out.contains('\n'), "{out:.100}");
        told
    };
    check("line", read, &[], &[ErrorCode::BadRequest]);
}

#[test]
fn as_members_of_a_request() {
    for (what, text) in texts(SOME, SOME) {
        let answers = on_small_stack(&format!("{what} in a request"), move || {
            let gate = gate();
            let answer =
                |request| gate.check(&request).map(|d| d.allowed).map_err(|e| (e.code(), e.message().len()));
            with_text(text).into_iter().map(|(place, request)| (place, answer(request))).collect::<Vec<_>>()
        });
        for (place, answer) in answers {
            match answer {
                Ok(allowed) => assert!(!allowed, "{what} as {place}: allowed"),
                Err((code, length)) => {
                    assert!(
                        code != ErrorCode::Internal && length < 600,
                        "{what} as {place}: {code}, {length} bytes"
                    );
                }
            }
        }
    }
}

/// Requests with the text in one place each.
fn with_text(text: String) -> Vec<(&'static str, Request)> {
    let ask = |action: &str| Request::new("alice", action);
    let stop = || ask("cvm:Stop").resource("qcs::cvm:::abc");
    let read = || ask("intlpartnersmgt:QueryArea");
    let like = |key: &str, value| stop().with("k", ContextValue::Text("abc".into())).with(key, value);
    let value = || ContextValue::Text(text.clone());
    vec![
        ("action", ask(&text)),
        ("action of a service", ask(&format!("cvm:{text}"))),
        ("resource", ask("cvm:Stop").resource(text.as_str())),
        ("rest of a resource", ask("cvm:Stop").resource(format!("qcs::cvm:::{text}"))),
        ("account", ask("cvm:Stop").resource(format!("qcs::cvm::{text}:x"))),
        ("key", stop().with(text.as_str(), ContextValue::Bool(true))),
        ("address", stop().ip(text.as_str())),
        ("time", stop().at(text.as_str())),
        ("principal", Request { principal: text.clone(), ..read() }),
        ("group", Request { groups: vec![text.clone()], ..read() }),
        ("policy", Request { policies: vec![text.clone()], ..Request::new("bob", "QueryArea") }),
        ("text value", stop().with("k", value())),
        ("number as text", like("n", value())),
        ("number", like("n", ContextValue::Number(text.clone()))),
        ("time value", like("t", value())),
        ("address value", like("i", value())),
    ]
}

/// An address, a time, an action, a resource that is none is told as such.
#[test]
fn faults_of_requests_are_told_by_place() {
    let gate = gate();
    let stop = || Request::new("alice", "cvm:Stop").resource("qcs::cvm:::abc");
    for (what, text) in hostile().into_iter().filter(|(what, _)| !matches!(*what, "letters")) {
        let code = |request: Request| gate.check(&request).expect_err(what).code();
        assert_eq!(code(stop().ip(text.as_str())), ErrorCode::BadAddress, "{what}");
        assert_eq!(code(stop().at(text.as_str())), ErrorCode::BadTime, "{what}");
        assert_eq!(code(Request::new("alice", text.as_str())), ErrorCode::UnknownAction, "{what}");
        if !what.starts_with("stars") {
            assert_eq!(
                code(Request::new("alice", "cvm:Stop").resource(text.as_str())),
                ErrorCode::BadResource,
                "{what}"
            );
        }
    }
}

/// Statements of hostile parts: the fault costs its statement, and is told with its name.
#[test]
fn in_the_parts_of_a_statement() {
    let parts = [
        ("action", "allow TEXT"),
        ("pattern", "allow cvm:TEXT"),
        ("quoted pattern", "allow cvm:\"TEXT\""),
        ("resource", "allow cvm:* on \"TEXT\""),
        ("rest of a resource", "allow cvm:* on \"qcs::cvm:::TEXT\""),
        ("address", "allow * from TEXT"),
        ("time", "allow * since TEXT"),
        ("value", "allow * when k is TEXT"),
        ("key", "allow * when \"TEXT\" is 1"),
    ];
    for (what, text) in texts(SOME, SOME)
        .into_iter()
        .filter(|(what, _)| !matches!(*what, "empty" | "blank" | "line ends" | "slashes"))
    {
        for (place, part) in parts {
            let text = format!("set opaque = \"*\"\npolicy p {{\n{}\n}}\n", part.replace("TEXT", &text));
            let told = on_small_stack(&format!("{what} as {place}"), move || {
                let texts = TextSources::from(text);
                let report =
                    lint_texts(texts, &LoadOptions::default(), PolicyKind::Identity).expect("a report");
                report.diagnostics.iter().map(|d| (d.refuses(), d.message.len())).collect::<Vec<_>>()
            });
            assert!(told.iter().all(|(_, length)| *length < 600), "{what} as {place}: {told:?}");
            let harmless = matches!((what, place), ("stars", "resource") | ("points", "value"));
            assert!(harmless || told.iter().any(|(refuses, _)| *refuses), "{what} as {place}: {told:?}");
        }
    }
}

/// Many stars in a pattern, and much text that nearly matches: linear, never exponential.
#[test]
fn patterns_of_stars_do_not_backtrack() {
    let gate = Gate::compile(
        "set opaque = \"cvm\"
         policy p { allow cvm:* on \"qcs::cvm:::*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b\" when k like \"*a*a*a*a*a*a*a*a*a*a*a*a*a*b\" }
         user alice { attach p }",
    )
    .expect("a set");
    let near = "a".repeat(NESTED);
    let request = Request::new("alice", "cvm:Stop")
        .resource(format!("qcs::cvm:::{near}"))
        .with("k", ContextValue::Text(near.clone()));
    assert!(!gate.check(&request).expect("an answer").allowed);
    let request = Request::new("alice", "cvm:Stop")
        .resource(format!("qcs::cvm:::{near}b"))
        .with("k", ContextValue::Text(format!("{near}b")));
    assert!(gate.check(&request).expect("an answer").allowed);
}
