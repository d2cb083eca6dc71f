//! The words of a text of actions, as the language reference says (*Sets*): what a term stands for is not read here.

/// Commas, parentheses, and the words between them; comments are left out.
pub(crate) struct ActionWords<'t>(pub(crate) &'t str);

impl<'t> Iterator for ActionWords<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let mut rest = self.0.trim_start();
        while let Some(comment) = rest.strip_prefix("//") {
            rest = comment.find(['\n', '\r']).and_then(|end| comment.get(end..)).unwrap_or("").trim_start();
        }
        let length = match rest.chars().next()? {
            '(' | ')' | ',' => 1,
            _ => word_length(rest),
        };
        let (token, after) = rest.split_at_checked(length)?;
        self.0 = after;
        Some(token)
    }
}

/// Bytes up to a blank or sign, quoted names whole.
fn word_length(rest: &str) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in rest.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '(' | ')' | ',' if !quoted => return at,
            c if c.is_whitespace() && !quoted => return at,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::ActionWords;

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(ActionWords(text).collect::<Vec<_>>(), expected, "{text:?}");
    }

    #[test]
    fn words_stand_between_blanks_and_signs() {
        check("", &[]);
        check("read, list except(Pay*)", &["read", ",", "list", "except", "(", "Pay*", ")"]);
        check("a // b, c\n only\tb", &["a", "only", "b"]);
        check("forge:\"a, (b\" , c", &["forge:\"a, (b\"", ",", "c"]);
        check("// all", &[]);
    }
}
