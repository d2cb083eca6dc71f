//! A policy text laid out otherwise: blanks, line ends, blank lines and comments at borders of its tokens.

use crate::random::Random;

/// The text with other white space and new comments; `percent` of the borders are changed.
pub fn scatter(text: &str, percent: usize, random: &mut Random) -> String {
    let tokens = tokens(text);
    let mut out = String::with_capacity(text.len() * 2);
    let mut comments = 0;
    for (number, token) in tokens.iter().enumerate() {
        let before = number.checked_sub(1).and_then(|n| tokens.get(n)).copied().unwrap_or("");
        let border = !token.starts_with("//") && !before.starts_with("//");
        let blank = token.starts_with([' ', '\t', '\r', '\n']);
        if blank && border && random.chance(percent) {
            let next = tokens.get(number + 1).copied().unwrap_or("");
            out.push_str(&other_blank(before, next, token, &mut comments, random));
        } else {
            if !blank && border && is_sign(before, token) && random.chance(percent / 4) {
                out.push_str(&other_blank(before, token, "", &mut comments, random));
            }
            out.push_str(token);
        }
    }
    out
}

/// White space that may stand where other white space, or none, stood.
fn other_blank(before: &str, next: &str, old: &str, comments: &mut usize, random: &mut Random) -> String {
    let comment = |kind: &str, comments: &mut usize| {
        *comments += 1;
        format!("{kind} {comments}")
    };
    match random.below(12) {
        0 | 1 => " ".to_owned(),
        2 => "\n".to_owned(),
        3 => "\r\n\r\n \r\n".to_owned(),
        4 => "\t  ".to_owned(),
        5 if is_sign(before, next) && !before.is_empty() => String::new(),
        6 | 7 => format!(" {}\n", comment("//", comments)),
        8 => format!("\n{}\n", comment("//", comments)),
        9 => format!("\n\n  {} \n\n{}\n", comment("//", comments), comment("//", comments)),
        10 => format!("\n{}\n", comment("///", comments)),
        _ if old.is_empty() => " ".to_owned(),
        _ => old.to_owned(),
    }
}

/// Whether one of two neighbours is a sign that may touch anything.
fn is_sign(before: &str, next: &str) -> bool {
    let sign = |token: &str| matches!(token, "," | "(" | ")" | "{" | "}");
    sign(before) || sign(next)
}

/// White space, comments, strings, signs and the rest, in order; together they are the text.
pub fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (token, after) = rest.split_at_checked(length(rest)).unwrap_or((rest, ""));
        tokens.push(token);
        rest = after;
    }
    tokens
}

fn length(rest: &str) -> usize {
    let run = |of: fn(char) -> bool| rest.find(|c: char| !of(c)).unwrap_or(rest.len());
    let first = rest.chars().next().unwrap_or(' ');
    if is_blank(first) {
        return run(is_blank);
    }
    if rest.starts_with("//") {
        return run(|c| c != '\n' && c != '\r');
    }
    match first {
        '"' => string(rest),
        ',' | '(' | ')' | '{' | '}' => 1,
        _ => {
            // A word with all that touches it, strings and comment signs left out.
            let end = rest.find(|c: char| is_blank(c) || matches!(c, ',' | '(' | ')' | '{' | '}'));
            let end = end.unwrap_or(rest.len()).min(rest.find("//").unwrap_or(rest.len()));
            match rest.find('"') {
                Some(quote) if quote < end => quote + string(rest.get(quote..).unwrap_or("")),
                _ => end.max(first.len_utf8()),
            }
        }
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// Bytes of a string, to its closing quote or the end of its line.
fn string(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\n' | '\r' => return at,
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    rest.len()
}
