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
    /// What JSON could have there.
    pub wanted: Wanted,
    /// Whether it is the depth limit that is exceeded.
    pub limit: bool,
}

/// What could stand where reading stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A value.
    Value,
    /// A key in double quotes.
    Key,
    /// `:`
    Colon,
    /// `,` or the closing bracket of an array.
    InArray,
    /// `,` or the closing brace of an object.
    InObject,
    /// Nothing: the value is over.
    End,
    /// The rest of a string.
    InString,
    /// The rest of a number.
    InNumber,
    /// Less depth.
    Depth,
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
    let value = reader.value()?;
    reader.blanks();
    if reader.at < text.len() {
        return Err(reader.fail(Wanted::End, "text follows the JSON value"));
    }
    Ok(value)
}

/// An array or object whose end is not yet read.
enum Open<'a> {
    Array { start: usize, items: Vec<Value<'a>> },
    Object { start: usize, members: Vec<Member<'a>>, key: Key<'a> },
}

/// A key whose value is not yet read.
struct Key<'a> {
    text: Cow<'a, str>,
    start: usize,
    end: usize,
}

/// What became of an array or object that was given a value.
enum Put<'a> {
    Open(Open<'a>),
    Closed(Value<'a>),
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
    fn fail(&self, wanted: Wanted, message: impl Into<String>) -> JsonError {
        self.fail_at(self.at, wanted, message)
    }

    #[cold]
    fn fail_at(&self, at: usize, wanted: Wanted, message: impl Into<String>) -> JsonError {
        JsonError { at, message: message.into(), wanted, limit: false }
    }

    #[cold]
    fn expected(&self, wanted: Wanted, what: &str) -> JsonError {
        let found = self.text.get(self.at..).and_then(|rest| rest.chars().next());
        match found {
            Some(c) if c.is_control() => {
                self.fail(wanted, format!("{what} is expected, found U+{:04X}", u32::from(c)))
            }
            Some(c) => self.fail(wanted, format!("{what} is expected, found `{c}`")),
            None => self.fail(wanted, format!("{what} is expected, but the text ends")),
        }
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// A value with all that is inside it. What is open waits on a list, not on the stack of the thread.
    fn value(&mut self) -> Result<Value<'a>, JsonError> {
        let mut open: Vec<Open<'a>> = Vec::new();
        loop {
            if self.opens(&mut open)? {
                continue;
            }
            let mut done = self.single()?;
            loop {
                match open.pop() {
                    None => return Ok(done),
                    Some(outer) => match self.put(outer, done)? {
                        Put::Open(outer) => break open.push(outer),
                        Put::Closed(value) => done = value,
                    },
                }
            }
        }
    }

    /// Opens an array or object that is not empty, and stands at the value of its first element.
    fn opens(&mut self, open: &mut Vec<Open<'a>>) -> Result<bool, JsonError> {
        let Some(bracket @ (b'[' | b'{')) = self.peek() else { return Ok(false) };
        if open.len() >= limits::JSON_DEPTH {
            let message = format!("arrays and objects nest deeper than {}", limits::JSON_DEPTH);
            return Err(JsonError { at: self.at, message, wanted: Wanted::Depth, limit: true });
        }
        let start = self.at;
        self.at += 1;
        self.blanks();
        match (bracket, self.peek()) {
            (b'[', Some(b']')) | (b'{', Some(b'}')) => {
                self.at = start;
                return Ok(false);
            }
            (b'[', _) => open.push(Open::Array { start, items: Vec::new() }),
            _ => open.push(Open::Object { start, members: Vec::new(), key: self.key()? }),
        }
        Ok(true)
    }

    /// A value that holds no other: a scalar, or an empty array or object.
    fn single(&mut self) -> Result<Value<'a>, JsonError> {
        let start = self.at;
        let kind = match self.peek() {
            Some(b'"') => Kind::Text(self.string()?),
            Some(b'{') => self.empty(Kind::Object(Vec::new())),
            Some(b'[') => self.empty(Kind::Array(Vec::new())),
            Some(b'-' | b'0'..=b'9') => Kind::Number(Cow::Borrowed(self.number()?)),
            Some(b't') => self.word("true", Kind::Bool(true))?,
            Some(b'f') => self.word("false", Kind::Bool(false))?,
            Some(b'n') => self.word("null", Kind::Null)?,
            _ => return Err(self.expected(Wanted::Value, "a JSON value")),
        };
        Ok(Value { start, end: self.at, kind })
    }

    fn empty(&mut self, kind: Kind<'a>) -> Kind<'a> {
        self.at += 1;
        self.blanks();
        self.at += 1;
        kind
    }

    /// Puts a value into what was opened last, which then ends or stands at its next value.
    fn put(&mut self, outer: Open<'a>, value: Value<'a>) -> Result<Put<'a>, JsonError> {
        match outer {
            Open::Array { start, mut items } => {
                items.push(value);
                if self.ends(b']', Wanted::InArray)? {
                    return Ok(Put::Closed(Value { start, end: self.at, kind: Kind::Array(items) }));
                }
                self.blanks();
                Ok(Put::Open(Open::Array { start, items }))
            }
            Open::Object { start, mut members, key } => {
                members.push(Member { key: key.text, key_start: key.start, key_end: key.end, value });
                if self.ends(b'}', Wanted::InObject)? {
                    return Ok(Put::Closed(Value { start, end: self.at, kind: Kind::Object(members) }));
                }
                self.blanks();
                Ok(Put::Open(Open::Object { start, members, key: self.key()? }))
            }
        }
    }

    /// A key with its colon; stands at the value.
    fn key(&mut self) -> Result<Key<'a>, JsonError> {
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.expected(Wanted::Key, "a key in double quotes"));
        }
        let text = self.string()?;
        let end = self.at;
        self.blanks();
        if self.peek() != Some(b':') {
            return Err(self.expected(Wanted::Colon, "`:` after the key"));
        }
        self.at += 1;
        self.blanks();
        Ok(Key { text, start, end })
    }

    fn word(&mut self, word: &str, kind: Kind<'a>) -> Result<Kind<'a>, JsonError> {
        if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            self.at += word.len();
            return Ok(kind);
        }
        Err(self.expected(Wanted::Value, "a JSON value"))
    }

    fn ends(&mut self, close: u8, wanted: Wanted) -> Result<bool, JsonError> {
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
            _ => Err(self.expected(wanted, if close == b']' { "`,` or `]`" } else { "`,` or `}`" })),
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
            return Err(self.fail_at(start, Wanted::InNumber, "a number has no leading zero"));
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
        if self.at == start { Err(self.expected(Wanted::InNumber, what)) } else { Ok(self.at - start) }
    }

    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        let open = self.at;
        self.at += 1;
        let start = self.at;
        let mut owned: Option<String> = None;
        let mut copied = start;
        loop {
            match self.peek() {
                None => return Err(self.fail_at(open, Wanted::InString, "a string has no closing quote")),
                Some(b'"') => break,
                Some(b'\\') => {
                    let text = owned.get_or_insert_default();
                    text.push_str(self.text.get(copied..self.at).unwrap_or(""));
                    let c = self.escape()?;
                    text.push(c);
                    copied = self.at;
                }
                Some(b) if b < 0x20 => {
                    let message = format!("a control character U+{b:04X} stands in a string");
                    return Err(self.fail(Wanted::InString, message));
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
            _ => return Err(self.fail_at(start, Wanted::InString, "no such escape in a string")),
        };
        self.at += 1;
        Ok(c)
    }

    fn unicode(&mut self, start: usize) -> Result<char, JsonError> {
        let first = self.hex(start)?;
        let lone = || JsonError {
            at: start,
            message: "a lone surrogate is no character".into(),
            wanted: Wanted::InString,
            limit: false,
        };
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
            return Err(self.fail_at(
                start,
                Wanted::InString,
                "`\\u` is followed by four hexadecimal digits",
            ));
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
        let objects = |n: usize| format!("{}1{}", "{\"a\":".repeat(n), "}".repeat(n));
        assert!(parse(&objects(limits::JSON_DEPTH)).is_ok());
        assert!(parse(&objects(limits::JSON_DEPTH + 1)).unwrap_err().limit);
    }

    #[test]
    fn depth_takes_no_stack() {
        let nested = |n: usize| format!("{}{}", "[{\"a\":".repeat(n), "}]".repeat(n));
        let run = move || {
            let text = nested(limits::JSON_DEPTH / 2).replace(":}", ":[ ]}");
            assert!(parse(&text).unwrap_err().limit);
            let text = nested(limits::JSON_DEPTH / 2).replace(":}", ":7}");
            let tree = parse(&text).unwrap();
            assert_eq!(tree.end, text.len());
        };
        std::thread::Builder::new().stack_size(64 * 1024).spawn(run).unwrap().join().unwrap();
    }

    #[test]
    fn values_have_their_bytes() {
        let text = r#" [ { } , {"a" : [ ] , "b":[1, "x"]}, null ] "#;
        let tree = parse(text).unwrap();
        assert_eq!((tree.start, tree.end), (1, 43));
        let Kind::Array(items) = tree.kind else { panic!() };
        let texts: Vec<_> = items.iter().map(|v| text.get(v.start..v.end).unwrap()).collect();
        assert_eq!(texts, ["{ }", r#"{"a" : [ ] , "b":[1, "x"]}"#, "null"]);
        let Kind::Object(members) = &items[1].kind else { panic!() };
        let texts: Vec<_> = members
            .iter()
            .map(|m| {
                (text.get(m.key_start..m.key_end).unwrap(), text.get(m.value.start..m.value.end).unwrap())
            })
            .collect();
        assert_eq!(texts, [("\"a\"", "[ ]"), ("\"b\"", r#"[1, "x"]"#)]);
        assert_eq!(items[0].kind, Kind::Object(Vec::new()));
    }
}
