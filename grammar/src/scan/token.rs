//! The text cut into words, strings, signs and comments, at the same edges as the tokens of `gate.pest`.
//!
//! A *run* is a whole word, action, address, key or number; which of them it is, the grammar says.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters, digits and the characters that words, actions and addresses are made of.
    Run,
    /// `"…"`; not closed where its line ends first.
    Text {
        /// Whether the closing quote is there.
        closed: bool,
    },
    /// `//…` up to its line end.
    Comment,
    /// Any other character, a byte of ASCII or 0.
    Sign(u8),
    /// The end of the text.
    End,
}

/// A piece of text with its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    /// Which.
    pub(crate) kind: Kind,
    /// First byte.
    pub(crate) start: usize,
    /// One past the last byte.
    pub(crate) end: usize,
    /// Nothing but blanks before it on its line.
    pub(crate) first_of_line: bool,
}

/// Walks over a text. A copy of it looks ahead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    line_begun: bool,
}

impl<'t> Lexer<'t> {
    /// Begins at byte `at`, which counts as the begin of a line.
    pub(crate) fn new(text: &'t str, at: usize) -> Self {
        Lexer { text, at, line_begun: false }
    }

    /// The text of a token.
    pub(crate) fn slice(&self, token: Token) -> &'t str {
        self.text.get(token.start..token.end).unwrap_or("")
    }

    /// The text from a byte on.
    pub(crate) fn rest(&self, at: usize) -> &'t str {
        self.text.get(at..).unwrap_or("")
    }

    /// The next token that is no comment.
    pub(crate) fn next_word(&mut self) -> Token {
        loop {
            let token = self.next_token();
            if token.kind != Kind::Comment {
                return token;
            }
        }
    }

    /// The next token; [`Kind::End`] for ever after the last.
    pub(crate) fn next_token(&mut self) -> Token {
        self.skip_blanks();
        let start = self.at;
        let first_of_line = !self.line_begun;
        let (kind, end) = match self.byte(start) {
            None => (Kind::End, start),
            Some(b'"') => self.string(start),
            Some(b'/') if self.byte(start + 1) == Some(b'/') => (Kind::Comment, self.line_end(start)),
            Some(b'@') => (Kind::Sign(b'@'), start + 1),
            Some(b) if is_run_byte(b) => (Kind::Run, self.run_end(start)),
            Some(b) => (Kind::Sign(if b.is_ascii() { b } else { 0 }), self.sign_end(start)),
        };
        self.at = end;
        self.line_begun = true;
        Token { kind, start, end, first_of_line }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn skip_blanks(&mut self) {
        while let Some(b) = self.byte(self.at) {
            match b {
                b' ' | b'\t' => {}
                b'\n' | b'\r' => self.line_begun = false,
                _ => break,
            }
            self.at += 1;
        }
    }

    fn line_end(&self, from: usize) -> usize {
        let rest = self.text.as_bytes().get(from..).unwrap_or(&[]);
        from + rest.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(rest.len())
    }

    fn string(&self, start: usize) -> (Kind, usize) {
        let mut at = start + 1;
        loop {
            match self.byte(at) {
                None | Some(b'\n' | b'\r') => return (Kind::Text { closed: false }, at),
                Some(b'"') => return (Kind::Text { closed: true }, at + 1),
                Some(b'\\') if !matches!(self.byte(at + 1), None | Some(b'\n' | b'\r')) => at += 2,
                Some(_) => at += 1,
            }
        }
    }

    fn run_end(&self, start: usize) -> usize {
        let mut at = start + 1;
        while let Some(b) = self.byte(at) {
            let comment = b == b'/' && self.byte(at + 1) == Some(b'/');
            if comment || !(is_run_byte(b) || b == b'@') {
                break;
            }
            at += 1;
        }
        at
    }

    /// A sign is one character; characters outside ASCII that follow each other are one.
    fn sign_end(&self, start: usize) -> usize {
        let rest = self.text.as_bytes().get(start..).unwrap_or(&[]);
        let foreign = rest.iter().take_while(|b| !b.is_ascii()).count();
        start + foreign.max(1)
    }
}

/// `run` of the grammar, as bytes; `@` only within.
fn is_run_byte(b: u8) -> bool {
    matches!(b, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9'
        | b'_' | b'-' | b'.' | b':' | b'*' | b'%' | b'?' | b'+' | b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tokens by kind: plain for runs, `s` strings, `u` unclosed, `c` comments, `x` signs; `^` begins a line.
    fn check(text: &str, expected: &str) {
        let mut lexer = Lexer::new(text, 0);
        let mut shown = Vec::new();
        loop {
            let token = lexer.next_token();
            let mark = match token.kind {
                Kind::End => break,
                Kind::Run => "",
                Kind::Text { closed: true } => "s",
                Kind::Text { closed: false } => "u",
                Kind::Comment => "c",
                Kind::Sign(_) => "x",
            };
            let line = if token.first_of_line { "^" } else { "" };
            shown.push(format!("{line}{mark}[{}]", lexer.slice(token)));
        }
        assert_eq!(shown.join(" "), expected, "{text:?}");
    }

    #[test]
    fn words_strings_signs_and_comments() {
        check("", "");
        check("allow read,list", "^[allow] [read] x[,] [list]");
        check("a\n  b\r\nc\rd", "^[a] ^[b] ^[c] ^[d]");
        check("from 10.0.0.0/8, ::1 // home", "^[from] [10.0.0.0/8] x[,] [::1] c[// home]");
        check("a//b\n//c", "^[a] c[//b] ^c[//c]");
        check("k<=5", "^[k] x[<] x[=] [5]");
        check("svc:\"a/b\"", "^[svc:] s[\"a/b\"]");
        check(r#""a\"b" "c\\" d"#, r#"^s["a\"b"] s["c\\"] [d]"#);
        check("\"open\nnext", "^u[\"open] ^[next]");
        check("\"end\\", "^u[\"end\\]");
        check("\"end\\\n\"", "^u[\"end\\] ^u[\"]");
        check("\"a // b\"", "^s[\"a // b\"]");
        check("alice@example.com @id(x)", "^[alice@example.com] x[@] [id] x[(] [x] x[)]");
        check("a，b “x”", "^[a] x[，] [b] x[“] [x] x[”]");
        check("user 1{", "^[user] [1] x[{]");
    }
}
