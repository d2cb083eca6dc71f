//! Lines of JSON in, lines of JSON out: the loop behind `check --requests`.
//!
//! Most lines are flat objects of plain strings. They are read where they lie, without a copy; every other line goes
//! through [`Request::from_json`], which alone says what is wrong with a line.

use super::answer::Answer;
use super::ask::{Ask, IpArgument, Resources};
use super::gate::Gate;
use super::write::{place_json, write_decision};
use crate::check::Request;
use crate::error::Result;
use std::borrow::Cow;

/// Answers lines for one gate, reusing its memory from line to line.
#[derive(Debug)]
pub struct LineChecker<'g> {
    gate: &'g Gate,
    places: Vec<u32>,
}

impl<'g> LineChecker<'g> {
    /// A checker for lines.
    pub fn new(gate: &'g Gate) -> Self {
        LineChecker { gate, places: Vec::new() }
    }

    /// Appends the answer to one line, without a line end: a decision, or `{"error":…}`.
    ///
    /// # Errors
    /// The error that was written, so that a caller can count lines that were not decided.
    pub fn answer(&mut self, line: &str, out: &mut String) -> Result<bool> {
        let answer = match plain(line) {
            Some(ask) => self.decide(&ask),
            None => Request::from_json(line).and_then(|request| self.decide(&Ask::from(&request))),
        };
        match answer {
            Ok((reason, catalog)) => {
                let table = self.gate.table();
                let json = |number: &u32| Cow::Borrowed(table.places.json(*number, place_json));
                let message = self.places.iter().find_map(|number| table.places.message(*number));
                let catalog = catalog.map(AsRef::as_ref);
                write_decision(reason, catalog, self.places.iter().map(json), message, out);
                Ok(reason.allowed())
            }
            Err(error) => {
                error.write_json(out);
                Err(error)
            }
        }
    }

    fn decide(&mut self, ask: &Ask<'_>) -> Result<Answer<'g>> {
        self.places.clear();
        self.gate.answer(ask, None, Some(&mut self.places))
    }
}

/// Members of a plain line, each at most once.
#[derive(Default)]
struct Members<'a> {
    principal: Option<&'a str>,
    action: Option<&'a str>,
    ip: Option<&'a str>,
    resource: Option<&'a str>,
    at: Option<&'a str>,
}

/// A line that is an object of plain strings without escapes, each member known and there once. None for any other
/// line, right or wrong.
fn plain(line: &str) -> Option<Ask<'_>> {
    let mut members = Members::default();
    let mut reader = Plain { line, at: 0 };
    reader.byte(b'{')?;
    loop {
        let key = reader.string()?;
        reader.byte(b':')?;
        let value = reader.string()?;
        let slot = match key {
            "principal" => &mut members.principal,
            "action" => &mut members.action,
            "ip" => &mut members.ip,
            "resource" => &mut members.resource,
            "at" => &mut members.at,
            _ => return None,
        };
        if slot.replace(value).is_some() {
            return None;
        }
        match reader.next()? {
            b',' => {}
            b'}' => break,
            _ => return None,
        }
    }
    reader.end()?;
    Some(Ask {
        principal: members.principal?,
        action: members.action?,
        ip: members.ip.map_or(IpArgument::None, IpArgument::Text),
        resources: members.resource.map(Resources::One),
        at: members.at,
        ..Ask::default()
    })
}

struct Plain<'a> {
    line: &'a str,
    at: usize,
}

impl<'a> Plain<'a> {
    /// The next byte that is no blank.
    fn next(&mut self) -> Option<u8> {
        loop {
            let byte = *self.line.as_bytes().get(self.at)?;
            self.at += 1;
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
        }
    }

    fn byte(&mut self, wanted: u8) -> Option<()> {
        (self.next()? == wanted).then_some(())
    }

    fn string(&mut self) -> Option<&'a str> {
        self.byte(b'"')?;
        let start = self.at;
        let rest = self.line.as_bytes().get(start..)?;
        let length = end_of_plain(rest)?;
        self.at = start + length + 1;
        (*rest.get(length)? == b'"').then(|| self.line.get(start..start + length))?
    }

    fn end(&mut self) -> Option<()> {
        self.next().is_none().then_some(())
    }
}

/// Where the first quote, backslash or control character stands: eight bytes at a time.
fn end_of_plain(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * ONES;
    // A borrow only ever marks bytes above one that is marked rightly: the lowest mark is right.
    let below = |bytes: u64, bound: u64| bytes.wrapping_sub(bound * ONES) & !bytes & HIGH;
    let (blocks, rest) = bytes.as_chunks();
    for (number, block) in blocks.iter().enumerate() {
        let block = u64::from_le_bytes(*block);
        let is = |byte: u8| below(block ^ (u64::from(byte) * ONES), 1);
        let ends = is(b'"') | is(b'\\') | below(block, 0x20);
        if ends != 0 {
            return Some(number * 8 + ends.trailing_zeros() as usize / 8);
        }
    }
    let in_rest = rest.iter().position(|b| *b == b'"' || *b == b'\\' || *b < 0x20)?;
    Some(bytes.len() - rest.len() + in_rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read as plain must be what the strict reader reads.
    fn check(line: &str, is_plain: bool) {
        let found = plain(line);
        assert_eq!(found.is_some(), is_plain, "{line}");
        if let Some(ask) = found {
            let request = Request::from_json(line).unwrap();
            let strict = Ask::from(&request);
            assert_eq!((ask.principal, ask.action, ask.ip), (strict.principal, strict.action, strict.ip));
            assert_eq!(ask.at, strict.at);
            let texts = ask.resources.map(|r| match r {
                Resources::One(text) => vec![text.to_string()],
                Resources::Many(texts) => texts.to_vec(),
            });
            assert_eq!(texts, request.resources);
        }
    }

    #[test]
    fn a_string_ends_where_it_does_byte_by_byte() {
        for byte in 0..=255 {
            for at in 0..20 {
                let mut bytes = [b'a', 0x80, 0x21, b'#', 0xff].repeat(4);
                bytes[at] = byte;
                let ends = |b: &u8| *b == b'"' || *b == b'\\' || *b < 0x20;
                assert_eq!(end_of_plain(&bytes), bytes.iter().position(ends), "{byte} at {at}");
            }
        }
    }

    #[test]
    fn plain_lines_are_read_as_the_strict_reader_reads_them() {
        check(r#"{"principal":"p","action":"A"}"#, true);
        check(" { \"action\" : \"A\" ,\t\"principal\":\"é😀\",\"ip\":\"::1\"}\r\n", true);
        check(r#"{"principal":"p","action":"A","resource":"*","at":"x"}"#, true);
        for line in [
            "",
            "{}",
            "{",
            r#"{"principal":"p"}"#,
            r#"{"principal":"p","action":"A",}"#,
            r#"{"principal":"p","action":"A"}x"#,
            r#"{"principal":"p","action":"A","action":"A"}"#,
            r#"{"principal":"p","action":"A","ip":null}"#,
            r#"{"principal":"p","action":"\u0041"}"#,
            r#"{"principal":"p","action":"A","user":"x"}"#,
            r#"{"principal":"p" "action":"A"}"#,
            "{\"principal\":\"p\n\",\"action\":\"A\"}",
            r#"{"principal":"p","action":"A","resource":["*"]}"#,
        ] {
            check(line, false);
        }
    }
}
