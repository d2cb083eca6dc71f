//! Strict JSON (RFC 8259) to a small tree with byte spans.
//!
//! Used for CAM documents and request lines, where every refusal needs its place. Duplicate keys are kept for the
//! caller to refuse; NaN, Infinity, trailing text and lone surrogates are errors. Depth is limited to
//! [`limits::JSON_DEPTH`]; time and memory are linear in the text.

use passgate_grammar::limits;
use std::borrow::Cow;

/// A value with its bytes `start..end`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value<'a> {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Which value.
    pub kind: Kind<'a>,
}

/// The kinds of JSON values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as written.
    Number(Cow<'a, str>),
    /// A string, unescaped.
    Text(Cow<'a, str>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// An object: members in order, keys not yet compared.
    Object(Vec<Member<'a>>),
}

impl Kind<'_> {
    /// The name of the kind for messages.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Bool(_) => "boolean",
            Kind::Number(_) => "number",
            Kind::Text(_) => "string",
            Kind::Array(_) => "array",
            Kind::Object(_) => "object",
        }
    }
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member<'a> {
    /// The key, unescaped.
    pub key: Cow<'a, str>,
    /// Bytes of the key with its quotes.
    pub key_start: usize,
    /// One past the key's closing quote.
    pub key_end: usize,
    /// The value.
    pub value: Value<'a>,
}

/// Why a text is not JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    /// The byte where reading stopped.
    pub at: usize,
    /// What is wrong there: one line.
    pub message: String,
    /// Whether it is the depth limit that is exceeded.
    pub limit: bool,
}

/// Reads one JSON value; a leading byte order mark is not JSON and is for the caller to skip.
///
/// ```
/// let tree = passgate::json::parse(r#"{"a": [1, true]}"#).unwrap();
/// assert_eq!(tree.end, 16);
/// assert_eq!(passgate::json::parse("[1,]").unwrap_err().at, 3);
/// ```
///
/// # Errors
/// The first place where the text is not JSON, or nests deeper than the limit.
pub fn parse(text: &str) -> Result<Value<'_>, JsonError> {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0 };
    reader.blanks();
    let value = reader.value(0)?;
    reader.blanks();
    if reader.at < text.len() {
        return Err(reader.fail("text follows the JSON value"));
    }
    Ok(value)
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or("")
    }

    #[cold]
    fn fail(&self, message: impl Into<String>) -> JsonError {
        self.fail_at(self.at, message)
    }

    #[cold]
    fn fail_at(&self, at: usize, message: impl Into<String>) -> JsonError {
        JsonError { at, message: message.into(), limit: false }
    }

    #[cold]
    fn expected(&self, what: &str) -> JsonError {
        let found = self.text.get(self.at..).and_then(|rest| rest.chars().next());
        match found {
            Some(c) if c.is_control() => {
                self.fail(format!("{what} is expected, found U+{:04X}", u32::from(c)))
            }
            Some(c) => self.fail(format!("{what} is expected, found `{c}`")),
            None => self.fail(format!("{what} is expected, but the text ends")),
        }
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value<'a>, JsonError> {
        let start = self.at;
        let kind = match self.peek() {
            Some(b'"') => Kind::Text(self.string()?),
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'-' | b'0'..=b'9') => Kind::Number(Cow::Borrowed(self.number()?)),
            Some(b't') => self.word("true", Kind::Bool(true))?,
            Some(b'f') => self.word("false", Kind::Bool(false))?,
            Some(b'n') => self.word("null", Kind::Null)?,
            _ => return Err(self.expected("a JSON value")),
        };
        Ok(Value { start, end: self.at, kind })
    }

    fn word(&mut self, word: &str, kind: Kind<'a>) -> Result<Kind<'a>, JsonError> {
        if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            self.at += word.len();
            return Ok(kind);
        }
        Err(self.expected("a JSON value"))
    }

    fn deeper(&self, depth: usize) -> Result<usize, JsonError> {
        if depth < limits::JSON_DEPTH {
            return Ok(depth + 1);
        }
        let message = format!("arrays and objects nest deeper than {}", limits::JSON_DEPTH);
        Err(JsonError { at: self.at, message, limit: true })
    }

    fn array(&mut self, depth: usize) -> Result<Kind<'a>, JsonError> {
        let depth = self.deeper(depth)?;
        self.at += 1;
        self.blanks();
        let mut items = Vec::new();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Kind::Array(items));
        }
        loop {
            self.blanks();
            items.push(self.value(depth)?);
            if self.ends(b']', "`,` or `]`")? {
                return Ok(Kind::Array(items));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Kind<'a>, JsonError> {
        let depth = self.deeper(depth)?;
        self.at += 1;
        self.blanks();
        let mut members = Vec::new();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Kind::Object(members));
        }
        loop {
            self.blanks();
            members.push(self.member(depth)?);
            if self.ends(b'}', "`,` or `}`")? {
                return Ok(Kind::Object(members));
            }
        }
    }

    fn member(&mut self, depth: usize) -> Result<Member<'a>, JsonError> {
        let key_start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.expected("a key in double quotes"));
        }
        let key = self.string()?;
        let key_end = self.at;
        self.blanks();
        if self.peek() != Some(b':') {
            return Err(self.expected("`:` after the key"));
        }
        self.at += 1;
        self.blanks();
        let value = self.value(depth)?;
        Ok(Member { key, key_start, key_end, value })
    }

    fn ends(&mut self, close: u8, what: &str) -> Result<bool, JsonError> {
        self.blanks();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(false)
            }
            Some(b) if b == close => {
                self.at += 1;
                Ok(true)
            }
            _ => Err(self.expected(what)),
        }
    }

    fn number(&mut self) -> Result<&'a str, JsonError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let first = self.peek();
        let whole = self.digits("a digit")?;
        if first == Some(b'0') && whole > 1 {
            return Err(self.fail_at(start, "a number has no leading zero"));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits("a digit after the point")?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits("a digit of the exponent")?;
        }
        Ok(self.slice(start, self.at))
    }

    fn digits(&mut self, what: &str) -> Result<usize, JsonError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(self.expected(what)) } else { Ok(self.at - start) }
    }

    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        let open = self.at;
        self.at += 1;
        let start = self.at;
        let mut owned: Option<String> = None;
        let mut copied = start;
        loop {
            match self.peek() {
                None => return Err(self.fail_at(open, "a string has no closing quote")),
                Some(b'"') => break,
                Some(b'\\') => {
                    let text = owned.get_or_insert_default();
                    text.push_str(self.text.get(copied..self.at).unwrap_or(""));
                    let c = self.escape()?;
                    text.push(c);
                    copied = self.at;
                }
                Some(b) if b < 0x20 => {
                    return Err(self.fail(format!("a control character U+{b:04X} stands in a string")));
                }
                Some(_) => self.at += 1,
            }
        }
        let rest = self.slice(copied, self.at);
        self.at += 1;
        Ok(match owned {
            Some(mut text) => {
                text.push_str(rest);
                Cow::Owned(text)
            }
            None => Cow::Borrowed(rest),
        })
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let start = self.at;
        self.at += 1;
        let c = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(start),
            _ => return Err(self.fail_at(start, "no such escape in a string")),
        };
        self.at += 1;
        Ok(c)
    }

    fn unicode(&mut self, start: usize) -> Result<char, JsonError> {
        let first = self.hex(start)?;
        let lone =
            || JsonError { at: start, message: "a lone surrogate is no character".into(), limit: false };
        if !(0xD800..=0xDFFF).contains(&first) {
            return char::from_u32(first).ok_or_else(lone);
        }
        let paired =
            first < 0xDC00 && self.peek() == Some(b'\\') && self.bytes.get(self.at + 1) == Some(&b'u');
        if !paired {
            return Err(lone());
        }
        self.at += 1;
        let second = self.hex(start)?;
        if !(0xDC00..=0xDFFF).contains(&second) {
            return Err(lone());
        }
        char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)).ok_or_else(lone)
    }

    /// Reads `uXXXX`, standing at the `u`.
    fn hex(&mut self, start: usize) -> Result<u32, JsonError> {
        let digits = self.bytes.get(self.at + 1..self.at + 5).unwrap_or(&[]);
        if digits.len() != 4 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(self.fail_at(start, "`\\u` is followed by four hexadecimal digits"));
        }
        self.at += 5;
        Ok(digits.iter().fold(0, |n, d| n * 16 + char::from(*d).to_digit(16).unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fails(text: &str, at: usize) {
        assert_eq!(parse(text).unwrap_err().at, at, "{text}");
    }

    #[test]
    fn strings_are_unescaped_and_surrogates_paired() {
        let tree = parse(r#""a\u0041\ud83d\ude00\/""#).unwrap();
        assert_eq!(tree.kind, Kind::Text("aA😀/".into()));
        fails(r#""\ud83d""#, 1);
        fails(r#""\ud83d\u0041""#, 1);
        fails(r#""\udc00""#, 1);
        fails("\"a\nb\"", 2);
        fails("\"abc", 0);
    }

    #[test]
    fn what_is_not_json_is_refused_where_it_stands() {
        for (text, at) in
            [("", 0), ("NaN", 0), ("01", 0), ("1.", 2), ("{\"a\" 1}", 5), ("{a:1}", 1), ("[1] x", 4)]
        {
            fails(text, at);
        }
    }

    #[test]
    fn depth_has_a_limit() {
        let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(parse(&nested(limits::JSON_DEPTH)).is_ok());
        assert!(parse(&nested(limits::JSON_DEPTH + 1)).unwrap_err().limit);
        assert!(parse(&"[".repeat(1_000_000)).unwrap_err().limit);
    }
}
