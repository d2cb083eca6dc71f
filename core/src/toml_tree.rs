//! TOML to a tree with spans: settings of a policy set, and catalogs.
//!
//! The `toml` crate reads the text. What is added here is a depth limit of our own: the crate's own, 80, needs more
//! stack than a thread of a host may have. Meaning is the business of the rooms that ask.

use passgate_grammar::limits;
use toml::Spanned;
use toml::de::DeTable;

/// Why a text is not TOML, or not TOML that is read here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TomlError {
    /// First byte of the place.
    pub(crate) start: usize,
    /// One past its last byte.
    pub(crate) end: usize,
    /// What is wrong there: one line.
    pub(crate) message: String,
    /// Whether it is the depth limit that is exceeded.
    pub(crate) limit: bool,
}

/// Reads a TOML document. All that is wrong with it is told in one run.
///
/// # Errors
/// Every place where the text is not TOML, or the first that nests deeper than [`limits::TOML_DEPTH`].
pub(crate) fn parse(text: &str) -> Result<Spanned<DeTable<'_>>, Vec<TomlError>> {
    if let Some(at) = too_deep(text.as_bytes()) {
        let message = format!("arrays and tables nest deeper than {}", limits::TOML_DEPTH);
        return Err(vec![TomlError { start: at, end: at + 1, message, limit: true }]);
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(table);
    }
    let told = |error: &toml::de::Error| {
        let at = error.span().unwrap_or(0..0);
        let message = error.message().lines().next().unwrap_or("the text is not TOML").to_owned();
        TomlError { start: at.start, end: at.end, message, limit: false }
    };
    Err(errors.iter().map(told).collect())
}

/// The bracket that opens one level too many. Brackets of strings and comments do not count; a string that is
/// not closed ends with its line, like the parser's.
fn too_deep(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'#' => at = line_end(bytes, at),
            b'"' | b'\'' => {
                at = string_end(bytes, at, *byte);
                continue;
            }
            b'[' | b'{' => {
                depth += 1;
                if depth > limits::TOML_DEPTH {
                    return Some(at);
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    None
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or(&[]);
    rest.iter().position(|b| *b == b'\n').map_or(bytes.len(), |n| from + n)
}

/// One past the closing quotes of the string that opens at `from`.
fn string_end(bytes: &[u8], from: usize, quote: u8) -> usize {
    let three = [quote; 3];
    let long = bytes.get(from..from + 3) == Some(&three);
    let mut at = from + if long { 3 } else { 1 };
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if quote == b'"' => at += 1,
            b'\n' if !long => return at,
            b if *b == quote && !long => return at + 1,
            b if *b == quote && bytes.get(at..at + 3) == Some(&three) => return at + 3,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrays(n: usize) -> String {
        format!("a = {}{}", "[".repeat(n), "]".repeat(n))
    }

    #[test]
    fn depth_has_a_limit() {
        assert!(parse(&arrays(limits::TOML_DEPTH)).is_ok());
        let errors = parse(&arrays(limits::TOML_DEPTH + 1)).unwrap_err();
        assert!(errors[0].limit);
        assert_eq!(errors[0].start, "a = ".len() + limits::TOML_DEPTH);
    }

    #[test]
    fn brackets_of_strings_and_comments_do_not_count() {
        let many = "[{".repeat(50);
        for text in [
            format!("a = \"{many}\""),
            format!("a = \"\\\"{many}\""),
            format!("a = '{many}'"),
            format!("a = '\\'\n# {many}\nb = 1"),
            format!("a = \"\"\"\n{many}\n\"x\" \"\"\""),
            format!("a = '''\n{many} '' '''"),
            "[[a.b]]\n".repeat(100),
            "a = \"\"\nb = ''\n".to_owned(),
        ] {
            assert!(parse(&text).is_ok(), "{text}");
        }
    }

    #[test]
    fn the_deepest_text_needs_little_stack() {
        let run = || {
            assert!(parse(&arrays(limits::TOML_DEPTH)).is_ok());
            let n = limits::TOML_DEPTH;
            assert!(parse(&format!("a = {}1{}", "{a=".repeat(n), "}".repeat(n))).is_ok());
        };
        std::thread::Builder::new().stack_size(128 * 1024).spawn(run).unwrap().join().unwrap();
    }
}
