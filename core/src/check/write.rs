//! Answers as JSON, one object without line ends: what `check --requests` prints.

use crate::check::{Decision, Place, Reason};
use crate::error::Error;
use std::borrow::Cow;
use std::fmt::Write;

impl Decision {
    /// Appends the decision as JSON: `allowed`, `reason`, `catalog`, `statements`, and `message` where
    /// a deciding deny has one.
    ///
    /// ```
    /// use passgate::{Decision, Reason};
    /// let reason = Reason::ImplicitDeny;
    /// let decision = Decision { allowed: false, reason, catalog: None, statements: vec![] };
    /// let mut line = String::new();
    /// decision.write_json(&mut line);
    /// assert_eq!(line, r#"{"allowed":false,"reason":"implicit-deny","catalog":null,"statements":[]}"#);
    /// ```
    pub fn write_json(&self, out: &mut String) {
        let places = self.statements.iter().map(|place| Cow::Owned(place_json(place).into()));
        write_decision(self.reason, self.catalog.as_deref(), places, self.message(), out);
    }
}

impl Error {
    /// Appends the error as JSON: `{"error":{"code","message"}}`, and where there are some `key` and `nearest`.
    ///
    /// ```
    /// use passgate::{Error, ErrorCode};
    /// let mut line = String::new();
    /// Error::new(ErrorCode::BadTime, "`x` is no time").with_key("at").write_json(&mut line);
    /// assert_eq!(line, r#"{"error":{"code":"bad-time","message":"`x` is no time","key":"at"}}"#);
    /// ```
    pub fn write_json(&self, out: &mut String) {
        out.push_str("{\"error\":{\"code\":\"");
        out.push_str(self.code().as_str());
        out.push_str("\",\"message\":");
        write_text(self.message(), out);
        if let Some(key) = self.key() {
            out.push_str(",\"key\":");
            write_text(key, out);
        }
        if !self.nearest().is_empty() {
            out.push_str(",\"nearest\":[");
            for (i, near) in self.nearest().iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_text(near, out);
            }
            out.push(']');
        }
        out.push_str("}}");
    }
}

pub(super) fn write_decision<'a>(
    reason: Reason,
    catalog: Option<&str>,
    places: impl Iterator<Item = Cow<'a, str>>,
    message: Option<&str>,
    out: &mut String,
) {
    out.push_str(if reason.allowed() {
        "{\"allowed\":true,\"reason\":\""
    } else {
        "{\"allowed\":false,\"reason\":\""
    });
    out.push_str(reason.as_str());
    out.push_str("\",\"catalog\":");
    match catalog {
        Some(version) => write_text(version, out),
        None => out.push_str("null"),
    }
    out.push_str(",\"statements\":[");
    for (i, place) in places.enumerate() {
        if i > 0 {
            out.push(',');
        }
        out.push_str(&place);
    }
    out.push(']');
    if let Some(message) = message {
        out.push_str(",\"message\":");
        write_text(message, out);
    }
    out.push('}');
}

/// A place as JSON.
pub(super) fn place_json(place: &Place) -> Box<str> {
    let mut out = String::new();
    write_place(place, &mut out);
    out.into()
}

fn write_place(place: &Place, out: &mut String) {
    out.push_str("{\"policy\":");
    write_text(&place.policy, out);
    out.push_str(",\"id\":");
    write_text(&place.id, out);
    out.push_str(",\"file\":");
    write_text(&place.file, out);
    out.push_str(",\"line\":");
    write_number(place.line, out);
    out.push_str(",\"column\":");
    write_number(place.column, out);
    out.push('}');
}

fn write_number(number: u32, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(out, "{number}");
}

/// Appends a text as a JSON string.
pub(crate) fn write_text(text: &str, out: &mut String) {
    out.push('"');
    if text.bytes().all(|b| b >= 0x20 && b != b'"' && b != b'\\') {
        out.push_str(text);
    } else {
        text.chars().for_each(|c| write_char(c, out));
    }
    out.push('"');
}

fn write_char(c: char, out: &mut String) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if u32::from(c) < 0x20 => {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        }
        c => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_so_that_they_read_back() {
        for text in ["", "plain", "a\"b\\c", "\u{0}\u{1f}\n\r\t", "é😀\u{7f}", "\\u0041"] {
            let mut out = String::new();
            write_text(text, &mut out);
            let tree = crate::json::parse(&out).unwrap();
            assert_eq!(tree.kind, crate::json::Kind::Text(text.into()), "{out}");
        }
    }
}
