//! CAM documents laid out anew: only the white space between tokens changes (RFC 8259 §2).
//!
//! A member or element a line, four blanks a level, as documents are exported. Strings, numbers, order and repeated
//! keys stay byte for byte; what they mean, and whether a document may hold them, is not asked here.

use super::syntax;
use crate::json::{self, Kind, Member};
use passgate_grammar::{Diagnostic, SourceId, Sources, Span, code, limits};

/// A document with canonical white space, and what is wrong with it; with a fault there is no text.
///
/// The text must be JSON and hold an object with a member `statement`, so that another JSON file is never taken for a
/// document. The layout is that of exported documents.
///
/// ```
/// use passgate::cam;
/// use passgate::grammar::Sources;
/// let mut sources = Sources::new();
/// let id = sources.add("doc.json", r#"{"version":"2.0","statement":[{"effect":"allow","action":[]}]}"#);
/// let (text, told) = cam::format(&sources, id);
/// assert!(told.is_empty());
/// assert!(text.unwrap().starts_with("{\n    \"version\": \"2.0\",\n    \"statement\": [\n        {\n"));
/// ```
pub fn format(sources: &Sources, id: SourceId) -> (Option<String>, Vec<Diagnostic>) {
    let text = sources.get(id).map_or("", |source| source.text());
    let body = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let offset = text.len() - body.len();
    match fault(body, id, offset) {
        Some(fault) => (None, vec![fault]),
        None => (Some(lay_out(body)), Vec::new()),
    }
}

/// Whether a JSON text is meant as a policy document: an object with a member `statement`, or, where the text is no JSON,
/// one in which such a member is written.
///
/// ```
/// use passgate::cam;
/// assert!(cam::is_document(r#"{"statement": []}"#));
/// assert!(cam::is_document(r#"{"statement": [}"#));
/// assert!(!cam::is_document(r#"{"name": "portal", "scripts": {"statement": "run"}}"#));
/// ```
pub fn is_document(text: &str) -> bool {
    let body = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    match json::parse(body) {
        Ok(tree) => matches!(&tree.kind, Kind::Object(members) if states(members)),
        Err(_) => body.contains("\"statement\""),
    }
}

fn states(members: &[Member<'_>]) -> bool {
    members.iter().any(|member| member.key.eq_ignore_ascii_case("statement"))
}

fn fault(body: &str, id: SourceId, offset: usize) -> Option<Diagnostic> {
    let tree = match json::parse(body) {
        Ok(tree) => tree,
        Err(error) => return Some(syntax::explain(body, &error, id, offset)),
    };
    let span = Span::new(id, offset + tree.start, offset + tree.start + 1);
    let Kind::Object(members) = &tree.kind else {
        let message = format!("a policy document is an object, this is of kind {}", tree.kind.name());
        return Some(Diagnostic::error(code::WRONG_TYPE, span, message));
    };
    if states(members) {
        return None;
    }
    let message = "this is no policy document: it has no member `statement`";
    let told = Diagnostic::error(code::MISSING_MEMBER, span, message);
    Some(told.help("a file that is no document is named by `exclude`, or by `catalogs`, of the settings"))
}

/// The tokens of a JSON text with canonical white space between them. It ends where it would be longer than a file.
fn lay_out(body: &str) -> String {
    let mut out = String::with_capacity(body.len() + body.len() / 2);
    let bytes = body.as_bytes();
    let mut level = 0_usize;
    let mut at = blanks(bytes, 0);
    while let (Some(byte), true) = (bytes.get(at), out.len() <= limits::FILE_BYTES) {
        let end = token_end(bytes, at);
        let token = body.get(at..end).unwrap_or("");
        let next = end + blanks(bytes, end);
        match byte {
            b'{' | b'[' => {
                out.push_str(token);
                if !matches!(bytes.get(next), Some(b'}' | b']')) {
                    level += 1;
                    line(&mut out, level);
                }
            }
            b'}' | b']' => {
                if !out.ends_with(['{', '[']) {
                    level = level.saturating_sub(1);
                    line(&mut out, level);
                }
                out.push_str(token);
            }
            b',' => {
                out.push_str(token);
                line(&mut out, level);
            }
            b':' => out.push_str(": "),
            _ => out.push_str(token),
        }
        at = next.max(end);
    }
    out.push('\n');
    out
}

fn line(out: &mut String, level: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("    ", level));
}

/// How many bytes of white space follow.
fn blanks(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or(&[]);
    rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count()
}

/// Where the token ends that begins at a byte of a text that is JSON.
fn token_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    match bytes.get(start) {
        Some(b'"') => {
            while let Some(byte) = bytes.get(at) {
                match byte {
                    b'"' => return at + 1,
                    b'\\' => at += 2,
                    _ => at += 1,
                }
            }
            bytes.len()
        }
        Some(b'{' | b'}' | b'[' | b']' | b',' | b':') => at,
        _ => {
            let ends = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | b']' | b'}' | b':');
            while bytes.get(at).is_some_and(|byte| !ends(byte)) {
                at += 1;
            }
            at
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> (Option<String>, Vec<Diagnostic>) {
        let mut sources = Sources::new();
        let id = sources.add("d.json", text);
        format(&sources, id)
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(of(text).0.as_deref(), Some(expected), "{text}");
        assert_eq!(of(expected).0.as_deref(), Some(expected), "not idempotent");
    }

    fn check_refused(text: &str, code: passgate_grammar::Code, at: u32) {
        let (formatted, told) = of(text);
        let told: Vec<_> = told.iter().map(|d| (d.code, d.span.start)).collect();
        assert_eq!((formatted, told), (None, vec![(code, at)]), "{text}");
    }

    #[test]
    fn a_member_a_line() {
        check(" {\"statement\" : [ ] }\n", "{\n    \"statement\": []\n}\n");
        check(
            "\u{FEFF}{\"a\":{ },\"statement\":[[1,\ttrue],{\"b\":null}]}",
            "{\n    \"a\": {},\n    \"statement\": [\n        [\n            1,\n            true\n        ],\n        \
             {\n            \"b\": null\n        }\n    ]\n}\n",
        );
    }

    #[test]
    fn tokens_stay_as_they_are() {
        check(
            r#"{"Statement":"a\u0041\"\\","Statement":-1.50E+07,"x y":"{ , : ]  é"}"#,
            "{\n    \"Statement\": \"a\\u0041\\\"\\\\\",\n    \"Statement\": -1.50E+07,\n    \"x y\": \"{ , : ]  é\"\n}\n",
        );
    }

    #[test]
    fn what_is_no_document_is_refused() {
        check_refused("{", code::JSON_SYNTAX, 1);
        check_refused("{\"statement\": 1,}", code::JSON_SYNTAX, 15);
        check_refused("[]", code::WRONG_TYPE, 0);
        check_refused("\u{FEFF} {\"name\": \"x\"}", code::MISSING_MEMBER, 4);
        check_refused(&"[".repeat(limits::JSON_DEPTH + 1), code::LIMIT, 64);
    }

    #[test]
    fn a_deep_document_does_not_fill_the_memory() {
        let deep = limits::JSON_DEPTH - 1;
        let inner = "1,".repeat(1_000_000);
        let text = format!("{{\"statement\":{}{inner}1{}}}", "[".repeat(deep), "]".repeat(deep));
        assert!(of(&text).0.is_some_and(|out| out.len() < limits::FILE_BYTES + 1_000));
    }
}
