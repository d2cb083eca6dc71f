//! JSON for people: objects and long arrays a member a line, four blanks a level; arrays of objects always.

use std::fmt::{self, Write};

/// A value to be written.
#[derive(Debug, Clone)]
pub(in crate::cam) enum Json {
    Text(String),
    /// As written; a JSON number.
    Number(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The text on one line without blanks between its parts.
    pub(in crate::cam) fn compact(&self) -> String {
        let mut text = String::new();
        // Writing to a text does not fail.
        let _ = write_value(&mut text, self, None);
        text
    }

    /// A list of one is that value.
    pub(in crate::cam) fn one_or_list(mut items: Vec<Json>) -> Json {
        match items.pop() {
            Some(only) if items.is_empty() => only,
            Some(last) => {
                items.push(last);
                Json::Array(items)
            }
            None => Json::Array(items),
        }
    }
}

impl fmt::Display for Json {
    /// Ends with a line end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_value(f, self, Some(0))?;
        f.write_char('\n')
    }
}

/// At a level of lines, or without lines. Documents nest seven levels deep, so the recursion is bounded.
fn write_value<W: Write>(f: &mut W, json: &Json, level: Option<usize>) -> fmt::Result {
    let deeper = level.map(|n| n + 1);
    match json {
        Json::Text(text) => string(f, text),
        Json::Number(text) => f.write_str(text),
        Json::Array(items) => {
            f.write_char('[')?;
            for (i, item) in items.iter().enumerate() {
                f.write_str(if i == 0 { "" } else { "," })?;
                line(f, deeper)?;
                write_value(f, item, deeper)?;
            }
            line(f, level)?;
            f.write_char(']')
        }
        Json::Object(members) => {
            f.write_char('{')?;
            for (i, (key, member)) in members.iter().enumerate() {
                f.write_str(if i == 0 { "" } else { "," })?;
                line(f, deeper)?;
                string(f, key)?;
                f.write_str(if level.is_some() { ": " } else { ":" })?;
                write_value(f, member, deeper)?;
            }
            line(f, level)?;
            f.write_char('}')
        }
    }
}

fn line<W: Write>(f: &mut W, level: Option<usize>) -> fmt::Result {
    let Some(level) = level else { return Ok(()) };
    f.write_char('\n')?;
    (0..level).try_for_each(|_| f.write_str("    "))
}

/// RFC 8259 §7: only what must be escaped is.
fn string<W: Write>(f: &mut W, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            c if u32::from(c) < 0x20 => write!(f, "\\u{:04x}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Kind, parse};

    #[test]
    fn members_stand_a_line_each() {
        let text = |t: &str| Json::Text(t.into());
        let json = Json::Object(vec![
            ("a".into(), Json::one_or_list(vec![text("x")])),
            ("b".into(), Json::one_or_list(vec![text("y"), Json::Number("1.5".into())])),
        ]);
        let expected = "{\n    \"a\": \"x\",\n    \"b\": [\n        \"y\",\n        1.5\n    ]\n}\n";
        assert_eq!(json.to_string(), expected);
    }

    #[test]
    fn every_character_is_read_back() {
        let all: String =
            (0..0x300).chain(0xD7F0..0xE010).chain(0xFFF0..0x10010).filter_map(char::from_u32).collect();
        let written = Json::Text(all.clone()).to_string();
        assert_eq!(parse(&written).unwrap().kind, Kind::Text(all.into()));
    }
}
