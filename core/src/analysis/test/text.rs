//! Cases and asserts on one line, as reports name them.

/// What is written, on one line and without comments.
///
/// ```
/// use passgate::analysis::test::one_line;
/// let written = "user 1 may Pay   // every day\n    from 10.0.0.1 with k is \"a//b\"";
/// assert_eq!(one_line(written), "user 1 may Pay from 10.0.0.1 with k is \"a//b\"");
/// ```
pub fn one_line(written: &str) -> String {
    let mut out = String::with_capacity(written.len());
    let lines = written.split(['\n', '\r']);
    for word in lines.flat_map(|line| line.get(..code(line)).unwrap_or(line).split_whitespace()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// How much of a line stands before its comment.
fn code(line: &str) -> usize {
    let (mut quoted, mut escaped, mut slash) = (false, false, false);
    for (at, sign) in line.char_indices() {
        match sign {
            '/' if slash && !quoted => return at - 1,
            '"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = quoted && sign == '\\' && !escaped;
        slash = sign == '/';
    }
    line.len()
}
