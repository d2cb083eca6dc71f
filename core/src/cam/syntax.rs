//! Why a text is no JSON, in words that help: what people write instead of JSON (RFC 8259), and how to mend it.
//!
//! The reader in [`crate::json`] says where it stopped and what could have stood there; here the text around that place
//! is looked at. One fault is told, the first.

use crate::json::{JsonError, Wanted};
use crate::model::read::shown;
use passgate_grammar::{Diagnostic, Safety, SourceId, Span, code};

/// The diagnostic of the first fault. `offset` is the number of bytes before `text` in its file.
pub(super) fn explain(text: &str, error: &JsonError, id: SourceId, offset: usize) -> Diagnostic {
    let fault = Fault { text, at: error.at.min(text.len()), wanted: error.wanted, id, offset };
    if error.limit {
        let told = Diagnostic::error(code::LIMIT, fault.span(fault.at, fault.at + 1), error.message.clone());
        return told.help("a policy document nests seven levels deep at most");
    }
    let found = fault.found();
    let told = match error.wanted {
        Wanted::InString => fault.in_string(),
        _ if found.is_none() => Some(fault.text_ends()),
        _ => found.and_then(|c| fault.foreign_sign(c)),
    };
    told.or_else(|| fault.misplaced())
        .unwrap_or_else(|| fault.plain(&error.message).help(fault.general_help()))
}

/// A place where JSON ends, with the text around it.
struct Fault<'a> {
    text: &'a str,
    at: usize,
    wanted: Wanted,
    id: SourceId,
    offset: usize,
}

impl<'a> Fault<'a> {
    fn span(&self, start: usize, end: usize) -> Span {
        let end = end.min(self.text.len()).max(start);
        Span::new(self.id, self.offset + start, self.offset + end)
    }

    fn told(&self, start: usize, end: usize, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code::JSON_SYNTAX, self.span(start, end), message)
    }

    fn plain(&self, message: &str) -> Diagnostic {
        self.told(self.at, self.at + self.found().map_or(0, char::len_utf8), message)
    }

    /// Where the message says all and nothing is known of what was meant.
    fn general_help(&self) -> &'static str {
        match self.wanted {
            Wanted::InString => {
                "inside a string stand text and the escapes `\\\"` `\\\\` `\\/` `\\n` `\\t` `\\r` `\\b` `\\f` `\\uXXXX`"
            }
            Wanted::InNumber => {
                "a number is written `-1.5e3`: no `+`, no leading zero, digits on both sides of the point"
            }
            _ => "JSON holds objects, arrays, strings in double quotes, numbers, `true`, `false` and `null`",
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn before(&self) -> &'a str {
        self.text.get(..self.at).unwrap_or("").trim_end_matches([' ', '\t', '\n', '\r'])
    }

    fn found(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn text_ends(&self) -> Diagnostic {
        let end = self.text.len();
        if self.before().is_empty() {
            return self
                .told(0, end, "the text is empty")
                .help("a policy document is a JSON object: `{ … }`");
        }
        let told = self.told(end, end, "the text ends, but the JSON value does not");
        match last_open(self.text) {
            Some((at, sign)) => {
                let close = if sign == '{' { '}' } else { ']' };
                told.label(self.span(at, at + 1), format!("this `{sign}` is not closed"))
                    .help(format!("is part of the text missing, or a `{close}`?"))
            }
            None => told.help("is part of the text missing?"),
        }
    }

    /// Signs that JSON does not have outside strings.
    fn foreign_sign(&self, c: char) -> Option<Diagnostic> {
        let (at, rest) = (self.at, self.rest());
        let end = at + c.len_utf8();
        let line = rest.find(['\n', '\r']).map_or(self.text.len(), |n| at + n);
        Some(match c {
            '/' if rest.starts_with("//") || rest.starts_with("/*") => self
                .told(at, if rest.starts_with("//") { line } else { at + 2 }, "comments do not exist in JSON")
                .help("remove the comment"),
            '#' => self.told(at, line, "comments do not exist in JSON, nor does `#`").help("remove the comment"),
            '“' | '”' | '„' | '«' | '»' | '‘' | '’' => self.wrong_quote(c),
            '\'' | '`' => self
                .told(at, end, format!("`{c}` quotes nothing in JSON"))
                .help("strings stand in double quotes: `\"…\"`"),
            '…' => self.placeholder(at, end),
            _ if rest.starts_with("...") => self.placeholder(at, at + 3),
            '<' => self.placeholder(at, rest.find('>').filter(|n| at + n < line).map_or(end, |n| at + n + 1)),
            '，' | '：' | '｛' | '｝' | '［' | '］' => self.wide_sign(c),
            '\\' => self
                .told(at, end, "`\\` stands outside a string")
                .because("this looks like a document inside a program's string")
                .help("take the document out of the program: `\\\"` is `\"`, `\\n` is a line end, `+` joins the lines"),
            '(' | '$' | '%' => self
                .told(at, end, format!("`{c}` begins no JSON value"))
                .because("this looks like a template that was not filled in")
                .help("fill the template in, and load what comes out"),
            _ if c != ' ' && c.is_whitespace() || is_invisible(c) => self.odd_blank(c),
            _ if c.is_control() => self
                .told(at, end, format!("a control character U+{:04X} stands outside a string", u32::from(c)))
                .help("remove it"),
            _ => return None,
        })
    }

    fn placeholder(&self, start: usize, end: usize) -> Diagnostic {
        let shown = shown(self.text.get(start..end).unwrap_or("…"));
        let told = self.told(start, end, format!("`{shown}` stands for something that was left out"));
        told.help("write what belongs there")
    }

    fn wrong_quote(&self, c: char) -> Diagnostic {
        let end = self.at + c.len_utf8();
        self.told(self.at, end, format!("`{c}` is no quote of JSON"))
            .help("strings stand in straight double quotes: `\"…\"`")
            .fix("a straight quote", self.span(self.at, end), "\"", Safety::Safe)
    }

    fn wide_sign(&self, c: char) -> Diagnostic {
        let narrow = match c {
            '，' => ",",
            '：' => ":",
            '｛' => "{",
            '｝' => "}",
            '［' => "[",
            _ => "]",
        };
        let end = self.at + c.len_utf8();
        self.told(self.at, end, format!("`{c}` is a wide character, no sign of JSON"))
            .help(format!("write `{narrow}`"))
            .fix(format!("`{narrow}`"), self.span(self.at, end), narrow, Safety::Safe)
    }

    fn odd_blank(&self, c: char) -> Diagnostic {
        let end = self.at + c.len_utf8();
        let what = match c {
            '\u{A0}' => "a no-break space",
            '\u{FEFF}' => "a byte order mark",
            '\u{3000}' => "a wide space",
            _ => "an odd blank",
        };
        let number = u32::from(c);
        let told = self.told(self.at, end, format!("{what} (U+{number:04X}) is no white space of JSON"));
        let (help, new) = if is_invisible(c) { ("remove it", "") } else { ("write a plain space", " ") };
        told.help(help).fix(help, self.span(self.at, end), new, Safety::Safe)
    }

    /// Inside a string the reader's message is right, but for a string that was closed by another sign.
    fn in_string(&self) -> Option<Diagnostic> {
        let control = self.found().is_some_and(|c| u32::from(c) < 0x20);
        let open = if control { string_start(self.text, self.at)? } else { self.at };
        let unclosed = !control && self.found() == Some('"');
        if !control && !unclosed {
            return None;
        }
        let line_end = self.text.get(open..)?.find(['\n', '\r']).map_or(self.text.len(), |n| open + n);
        let line = self.text.get(open + 1..line_end)?;
        if let Some((at, quote)) = line.char_indices().rfind(|(_, c)| matches!(c, '“' | '”' | '‘' | '’'))
        {
            let at = open + 1 + at;
            let end = at + quote.len_utf8();
            let told =
                self.told(at, end, format!("`{quote}` closes no string: this one has no closing quote"));
            let told = told.label(self.span(open, open + 1), "the string begins here");
            return Some(told.help("close it with a straight quote: `\"`").fix(
                "a straight quote",
                self.span(at, end),
                "\"",
                Safety::Unsafe,
            ));
        }
        let ends = matches!(self.found(), Some('\n' | '\r'));
        if !ends && !unclosed {
            return None;
        }
        let told = self.told(open, line_end, "a string does not end on its line");
        Some(told.help("close it with `\"`; a line end inside a string is written `\\n`"))
    }

    /// A sign or word of JSON that stands where another belongs.
    fn misplaced(&self) -> Option<Diagnostic> {
        let c = self.found()?;
        let before = self.before();
        match self.wanted {
            Wanted::Value | Wanted::Key if matches!(c, ']' | '}') && before.ends_with(',') => {
                Some(self.trailing_comma(before.len() - 1, c))
            }
            Wanted::Value | Wanted::Key if c == ',' && before.ends_with([',', '[', '{']) => Some(
                self.told(self.at, self.at + 1, "a comma stands where a value belongs").help("remove it"),
            ),
            Wanted::Key => Some(self.no_key(c)),
            Wanted::Colon => Some(self.no_colon(c, before)),
            Wanted::Value | Wanted::InNumber => self.foreign_word(c),
            Wanted::InArray | Wanted::InObject => self.no_comma(c, before),
            Wanted::End => Some(self.more_text(c)),
            Wanted::InString | Wanted::Depth => None,
        }
    }

    fn trailing_comma(&self, comma: usize, close: char) -> Diagnostic {
        self.told(comma, comma + 1, format!("a comma promises another element, but `{close}` follows"))
            .help("remove the comma")
            .fix("remove the comma", self.span(comma, comma + 1), "", Safety::Safe)
    }

    fn no_key(&self, c: char) -> Diagnostic {
        let end = self.at + word_length(self.rest()).max(c.len_utf8());
        let word = self.text.get(self.at..end).unwrap_or("");
        if c.is_alphabetic() || c == '_' {
            let told = self.told(self.at, end, format!("`{}`: a key stands in double quotes", shown(word)));
            return told.help(format!("write `\"{}\"`", shown(word))).fix(
                "quote the key",
                self.span(self.at, end),
                format!("\"{word}\""),
                Safety::Safe,
            );
        }
        self.told(self.at, end, format!("a key in double quotes belongs here, not `{}`", shown(word)))
            .help("an object holds `\"key\": value` pairs")
    }

    /// The key before this place has no value: a list without brackets, or braces where brackets belong.
    fn no_colon(&self, c: char, before: &str) -> Diagnostic {
        let key = string_start(self.text, before.len().saturating_sub(1)).unwrap_or(self.at);
        let text = self.text.get(key..before.len()).unwrap_or("");
        match c {
            ',' | '}' | ']' => {
                let message = format!("`{}` stands where a key belongs, but has no value", shown(text));
                let told = self.told(key, before.len(), message);
                told.help("several values of one member stand in brackets: `\"key\": [\"a\", \"b\"]`")
            }
            '=' => self.told(self.at, self.at + 1, "`=` joins no key and value in JSON").help("write `:`"),
            _ => self
                .told(self.at, self.at + c.len_utf8(), "a `:` is missing after the key")
                .help("an object holds `\"key\": value` pairs"),
        }
    }

    fn no_comma(&self, c: char, before: &str) -> Option<Diagnostic> {
        let begins = c == '"' || c == '{' || c == '[' || c == '-' || c.is_ascii_alphanumeric();
        if begins {
            let told = self.told(self.at, self.at + 1, "a comma is missing before this");
            let gap = self.span(before.len(), before.len());
            return Some(told.help("elements are separated by commas").fix(
                "add the comma",
                gap,
                ",",
                Safety::Safe,
            ));
        }
        let (open, close) = if self.wanted == Wanted::InArray { ('[', ']') } else { ('{', '}') };
        let told = |message: String| self.told(self.at, self.at + c.len_utf8(), message);
        match c {
            ']' | '}' => {
                let told = told(format!("`{c}` closes nothing here: a `{open}` is open"));
                let label = last_open(self.text.get(..self.at)?).map(|(at, _)| self.span(at, at + 1));
                let told = told.help(format!("write `{close}`"));
                Some(match label {
                    Some(span) => told.label(span, "opened here"),
                    None => told,
                })
            }
            '+' => Some(told("`+` joins no strings in JSON".into()).help("write one string")),
            ';' => Some(told("`;` is no sign of JSON".into()).help("write `,`, or nothing at the end")),
            ':' => Some(
                told("`:` stands where `,` belongs".into())
                    .help(format!("pairs of key and value stand in braces; here a `{open}` is open")),
            ),
            _ => None,
        }
    }

    fn foreign_word(&self, c: char) -> Option<Diagnostic> {
        let negative = c == '-' || self.wanted == Wanted::InNumber;
        let length = word_length(self.rest().trim_start_matches('-'));
        let end = self.at + length.max(c.len_utf8());
        let word = self.text.get(self.at..end)?;
        let told = |message: String| self.told(self.at, end, message);
        Some(match word.trim_start_matches('-') {
            "True" | "TRUE" | "False" | "FALSE" => {
                told(format!("`{}`: JSON writes it in lower case", shown(word)))
                    .help(format!("write `{}`", word.to_ascii_lowercase()))
            }
            "None" | "nil" | "undefined" | "Null" | "NULL" => {
                told(format!("`{}` is no value of JSON", shown(word)))
                    .help("leave the member out: a policy holds no `null`")
            }
            "NaN" | "Infinity" | "inf" | "nan" => told(format!("`{}` is no number of JSON", shown(word)))
                .help("a number is written in decimal digits"),
            _ if negative => return None,
            _ if c.is_alphabetic() || c == '_' => {
                told(format!("`{}`: text stands in double quotes", shown(word)))
                    .help(format!("write `\"{}\"`", shown(word)))
            }
            "+" | "." => {
                told(format!("`{c}` begins no number of JSON")).help("a number begins with a digit or `-`")
            }
            _ if matches!(c, ']' | '}' | ':') => {
                told(format!("a value is missing before `{c}`")).help("write the value, or take its key out")
            }
            _ => return None,
        })
    }

    fn more_text(&self, c: char) -> Diagnostic {
        match c {
            '{' | '[' => self
                .told(self.at, self.at + 1, "another document follows the first")
                .help("a file holds one document: put each into its own"),
            '}' | ']' => self
                .told(self.at, self.at + 1, format!("`{c}` closes nothing: the document is over"))
                .help("remove it, or open what it should close"),
            ',' | ';' => self
                .told(self.at, self.at + 1, format!("`{c}` stands after the document"))
                .help("remove it; a file holds one document"),
            _ => self
                .told(self.at, self.at + c.len_utf8(), "text follows the document")
                .help("remove it: a file holds one document and nothing else"),
        }
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{FEFF}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{00AD}')
}

fn word_length(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())
}

/// Where the string starts in which the byte `at` lies, or which ends there. Read from the front, once.
fn string_start(text: &str, at: usize) -> Option<usize> {
    let mut open = None;
    let mut escaped = false;
    for (i, b) in text.bytes().enumerate().take(at + 1) {
        match (open, b) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), b'\\') => escaped = true,
            (Some(_), b'"') if i == at => return open,
            (Some(_), b'"') => open = None,
            (None, b'"') => open = Some(i),
            _ => {}
        }
    }
    open
}

/// The innermost bracket that is open at the end of a text, strings left out.
fn last_open(text: &str) -> Option<(usize, char)> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let (mut quoted, mut escaped) = (false, false);
    for (i, b) in text.bytes().enumerate() {
        match b {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => open.push((i, char::from(b))),
            b'}' | b']' if !quoted => drop(open.pop()),
            _ => {}
        }
    }
    open.pop()
}

#[cfg(test)]
mod tests;
