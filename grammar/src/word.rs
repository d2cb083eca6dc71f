//! The words of the language: which are reserved, and which begin something.
//!
//! `gate.pest` lists the reserved words too; a test holds the two together.

/// Words that no bare name, key or action may be spelt like, in alphabetical order.
pub const RESERVED: &[&str] = &[
    "absent",
    "actions",
    "allow",
    "and",
    "any",
    "assert",
    "at",
    "attach",
    "because",
    "bytes",
    "deny",
    "every",
    "everyone",
    "except",
    "false",
    "from",
    "given",
    "group",
    "ignoring",
    "in",
    "is",
    "like",
    "may",
    "network",
    "no",
    "not",
    "on",
    "only",
    "or",
    "policy",
    "present",
    "resource",
    "resources",
    "role",
    "root",
    "set",
    "since",
    "test",
    "to",
    "true",
    "trust",
    "unless",
    "until",
    "use",
    "user",
    "when",
    "with",
    "within",
];

/// Whether a word is reserved. A name of that spelling is quoted, an action is written with its service.
///
/// ```
/// assert!(passgate_grammar::word::is_reserved("from"));
/// assert!(!passgate_grammar::word::is_reserved("anywhere"));
/// ```
pub fn is_reserved(word: &str) -> bool {
    let candidate = word.len() <= 9 && word.bytes().all(|b| b.is_ascii_lowercase());
    candidate && RESERVED.binary_search(&word).is_ok()
}

/// `allow` or `deny`.
pub(crate) fn is_effect(word: &str) -> bool {
    matches!(word, "allow" | "deny")
}

/// Words that begin an item.
pub(crate) fn begins_item(word: &str) -> bool {
    matches!(
        word,
        "use"
            | "set"
            | "network"
            | "actions"
            | "resources"
            | "policy"
            | "trust"
            | "resource"
            | "user"
            | "group"
            | "role"
            | "assert"
            | "test"
    )
}

/// Words that begin a line of a block of people.
pub(crate) fn begins_join(word: &str) -> bool {
    matches!(word, "in" | "attach" | "within")
}

/// Words that begin a line of a test; all but `given` also begin a caller of an assert.
pub(crate) fn begins_case(word: &str) -> bool {
    matches!(word, "given" | "user" | "group" | "role" | "policy" | "root")
}

/// Words that begin something in any block or in another language, in whatever case: at the begin of a line, after
/// something complete, they begin a piece, if a wrong one.
pub(crate) fn looks_like_begin(word: &str) -> bool {
    if !(3..=9).contains(&word.len()) {
        return false;
    }
    let lower = word.to_ascii_lowercase();
    begins_item(&lower)
        || is_effect(&lower)
        || matches!(lower.as_str(), "attach" | "within" | "given")
        || matches!(word, "permit" | "grant" | "forbid" | "reject" | "import" | "include")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_words_are_those_of_the_grammar() {
        let grammar = include_str!("../gate.pest");
        let rule = grammar.split("reserved    =").nth(1).and_then(|r| r.split('}').next()).unwrap();
        let mut words: Vec<_> = rule.split('"').skip(1).step_by(2).collect();
        words.sort_unstable();
        assert_eq!(words, RESERVED);
    }

    #[test]
    fn words_that_begin_something() {
        for word in ["policy", "Allow", "DENY", "permit", "attach"] {
            assert!(looks_like_begin(word), "{word}");
        }
        for word in ["in", "In", "read", "Permit", "from", "grants"] {
            assert!(!looks_like_begin(word), "{word}");
        }
    }
}
