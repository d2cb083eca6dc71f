//! Texts with `*`: any text, also none, anywhere, any number of times (semantics §3 and §4).
//!
//! There is no other wildcard and no escape. A match takes time linear in pattern plus text: the literals between
//! the stars are searched from left to right, each once. What a pattern is matched against is decided elsewhere.

/// A piece of a pattern that is put together from several texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text in which `*` is any text.
    Pattern(&'a str),
    /// Text that stands for itself, `*` included (what a variable was replaced by).
    Literal(&'a str),
}

/// A compiled pattern.
///
/// ```
/// use passgate::glob::Glob;
/// let glob = Glob::new("Query*List");
/// assert!(glob.matches("QueryOrderList") && glob.matches("QueryList"));
/// assert!(!glob.matches("QueryOrders"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Glob {
    /// INVARIANT: never empty; texts between the stars, so one more than there are stars. Those between two stars
    /// are not empty: `**` is `*`.
    literals: Box<[Box<str>]>,
}

impl Glob {
    /// Compiles a pattern; every text is one.
    pub fn new(pattern: &str) -> Self {
        Self::from_pieces([Piece::Pattern(pattern)])
    }

    /// Compiles a pattern made of pieces, so that a `*` of substituted text stays a plain character.
    ///
    /// ```
    /// use passgate::glob::{Glob, Piece};
    /// let glob = Glob::from_pieces([Piece::Pattern("home/*/"), Piece::Literal("a*")]);
    /// assert!(glob.matches("home/x/a*"));
    /// assert!(!glob.matches("home/x/ab"));
    /// ```
    pub fn from_pieces<'a>(pieces: impl IntoIterator<Item = Piece<'a>>) -> Self {
        let mut done: Vec<Box<str>> = Vec::new();
        let mut open = String::new();
        for piece in pieces {
            match piece {
                Piece::Literal(text) => open.push_str(text),
                Piece::Pattern(text) => split_at_stars(text, &mut done, &mut open),
            }
        }
        done.push(open.into());
        Glob { literals: done.into() }
    }

    /// Whether the whole text fits the pattern.
    pub fn matches(&self, text: &str) -> bool {
        match self.literals.as_ref() {
            [only] => only.as_ref() == text,
            [first, between @ .., last] => matches_between(first, between, last, text),
            [] => false,
        }
    }

    /// Whether it matches every text: only stars, at least one.
    pub fn is_any(&self) -> bool {
        matches!(self.literals.as_ref(), [first, last] if first.is_empty() && last.is_empty())
    }

    /// The one text it matches, where it has no star.
    pub fn exact(&self) -> Option<&str> {
        match self.literals.as_ref() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The texts between the stars, so one more than there are stars.
    ///
    /// ```
    /// use passgate::glob::Glob;
    /// let glob = Glob::new("a*");
    /// let literals: Vec<&str> = glob.literals().collect();
    /// assert_eq!(literals, ["a", ""]);
    /// ```
    pub fn literals(&self) -> impl Iterator<Item = &str> {
        self.literals.iter().map(AsRef::as_ref)
    }

    /// The pattern as text: `*` between the literals. A literal `*` that was substituted looks like a star here.
    ///
    /// ```
    /// assert_eq!(passgate::glob::Glob::new("a**b").written(), "a*b");
    /// ```
    pub fn written(&self) -> String {
        self.literals.join("*")
    }

    /// What every text it matches begins with: the pattern up to its first star.
    pub fn prefix(&self) -> &str {
        self.literals.first().map_or("", AsRef::as_ref)
    }
}

/// Whether a text fits a pattern that is used once; the same answer as [`Glob::matches`].
pub fn matches(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let (between, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    let Some(text) = text.strip_prefix(first).and_then(|t| t.strip_suffix(last)) else { return false };
    search(between.split('*'), text)
}

/// Closes `open` at every star; several stars in a row close it once.
fn split_at_stars(pattern: &str, done: &mut Vec<Box<str>>, open: &mut String) {
    for (i, part) in pattern.split('*').enumerate() {
        let after_star = i > 0;
        if after_star && (done.is_empty() || !open.is_empty()) {
            done.push(std::mem::take(open).into());
        }
        open.push_str(part);
    }
}

fn matches_between(first: &str, between: &[Box<str>], last: &str, text: &str) -> bool {
    let Some(text) = text.strip_prefix(first).and_then(|t| t.strip_suffix(last)) else { return false };
    search(between.iter().map(AsRef::as_ref), text)
}

/// Finds the literals one after the other, each as early as it goes: no later place could leave more text.
fn search<'a>(literals: impl Iterator<Item = &'a str>, mut text: &str) -> bool {
    for literal in literals {
        let Some(rest) = after(text, literal) else { return false };
        text = rest;
    }
    true
}

/// Texts up to this length are searched plainly: names of actions are short, and setting up a search that is linear
/// in long texts costs more than looking at every place of a short one.
const SHORT: usize = 64;

/// What follows the first place of a literal.
fn after<'t>(text: &'t str, literal: &str) -> Option<&'t str> {
    if text.len() > SHORT {
        return text.split_once(literal).map(|(_, rest)| rest);
    }
    let Some(first) = literal.as_bytes().first() else { return Some(text) };
    let places = text.bytes().enumerate().filter(|(_, b)| b == first);
    places.filter_map(|(at, _)| text.get(at..)).find_map(|rest| rest.strip_prefix(literal))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, expected: bool) {
        assert_eq!(Glob::new(pattern).matches(text), expected, "{pattern:?} on {text:?}");
        assert_eq!(matches(pattern, text), expected, "{pattern:?} on {text:?} (once)");
    }

    /// The definition, tried out: a star is nothing, or one character and the star again.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => {
                naive(rest, text) || text.split_first().is_some_and(|(_, t)| naive(pattern, t))
            }
            Some((c, rest)) => text.split_first().is_some_and(|(d, t)| c == d && naive(rest, t)),
        }
    }

    /// Every text of at most `length` characters of `alphabet`.
    fn texts(alphabet: &[char], length: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut from = 0;
        for _ in 0..length {
            let until = all.len();
            for i in from..until {
                for c in alphabet {
                    let longer = format!("{}{c}", all[i]);
                    all.push(longer);
                }
            }
            from = until;
        }
        all
    }

    #[test]
    fn stars_match_any_text_also_none() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "a/b:c", true),
            ("**", "", true),
            ("a", "a", true),
            ("a", "A", false),
            ("a*", "a", true),
            ("*a", "a", true),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("a**a", "aa", true),
            ("x/*", "x/", true),
            ("x/*", "x", false),
            ("*ab*ab*", "abab", true),
            ("*ab*ab*", "abb ab", true),
            ("*ab*ab", "ab", false),
            ("a*b*c", "acbc", true),
            ("a*b*c", "abcd", false),
            ("a?c", "abc", false),
            ("a?c", "a?c", true),
            ("查*器", "查询服务器", true),
            ("*", "*", true),
            ("a*", "a*", true),
            ("\\*", "*", false),
        ] {
            check(pattern, text, expected);
        }
    }

    #[test]
    fn every_short_pattern_agrees_with_the_definition() {
        let patterns = texts(&['a', 'b', '*'], 5);
        let subjects = texts(&['a', 'b'], 6);
        for pattern in &patterns {
            let glob = Glob::new(pattern);
            let chars: Vec<char> = pattern.chars().collect();
            for text in &subjects {
                let expected = naive(&chars, &text.chars().collect::<Vec<_>>());
                assert_eq!(glob.matches(text), expected, "{pattern:?} on {text:?}");
                assert_eq!(matches(pattern, text), expected, "{pattern:?} on {text:?} (once)");
            }
        }
    }

    #[test]
    fn every_split_into_pieces_is_the_same_pattern() {
        for pattern in texts(&['a', '*'], 6) {
            let whole = Glob::new(&pattern);
            for at in 0..=pattern.len() {
                let (left, right) = pattern.split_at(at);
                let pieces = Glob::from_pieces([Piece::Pattern(left), Piece::Pattern(right)]);
                assert_eq!(pieces, whole, "{left:?} {right:?}");
            }
        }
    }

    #[test]
    fn a_star_of_a_literal_piece_is_a_character() {
        let glob = Glob::from_pieces([Piece::Literal("*"), Piece::Pattern("a*"), Piece::Literal("*b")]);
        assert!(glob.matches("*a*b"));
        assert!(glob.matches("*axx*b"));
        assert!(!glob.matches("xa*b"));
        assert!(!glob.matches("*axb"));
        let literal = Glob::from_pieces([Piece::Literal("*")]);
        assert_eq!(literal.exact(), Some("*"));
        assert!(!literal.is_any());
    }

    #[test]
    fn what_a_pattern_says_of_itself() {
        assert!(Glob::new("*").is_any());
        assert!(Glob::new("***").is_any());
        assert!(!Glob::new("").is_any());
        assert!(!Glob::new("*a*").is_any());
        assert_eq!(Glob::new("abc").exact(), Some("abc"));
        assert_eq!(Glob::new("").exact(), Some(""));
        assert_eq!(Glob::new("a*").exact(), None);
        assert_eq!(Glob::new("ab*c*").prefix(), "ab");
        assert_eq!(Glob::new("*c").prefix(), "");
        assert_eq!(Glob::new("a**b"), Glob::new("a*b"));
    }

    /// A matcher that backtracks would need longer than anybody waits.
    #[test]
    fn a_hostile_pattern_takes_linear_time() {
        let text = "a".repeat(200_000);
        let pattern = "a*".repeat(50_000) + "b";
        assert!(!Glob::new(&pattern).matches(&text));
        assert!(!matches(&pattern, &text));
        let pattern = format!("*{}b*{}", "a".repeat(100_000), "a");
        assert!(!Glob::new(&pattern).matches(&text));
        let stars = "*".repeat(10_000_000);
        assert!(Glob::new(&stars).is_any());
        assert!(matches(&stars, &text));
    }
}
