//! What a service and an action may be called (semantics §3; engine, *A catalog file*).

use passgate_grammar::limits;

/// Whether a text can be a service's abbreviation: `[a-z][a-z0-9_-]*`, within the limit of a name.
pub fn is_service_name(text: &str) -> bool {
    let rest = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    text.len() <= limits::NAME_BYTES
        && text.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
        && text.bytes().all(rest)
}

/// Whether a text can be an action's name in a catalog: printable, without blank, `*` or `"`, within the limit of
/// a name. The names of a provider's own actions are narrower; others are quoted in policies.
///
/// ```
/// use passgate::catalog::is_action_name;
/// assert!(is_action_name("QueryUser") && is_action_name("issues/list"));
/// assert!(!is_action_name("Query*") && !is_action_name("two words") && !is_action_name(""));
/// ```
pub fn is_action_name(text: &str) -> bool {
    let printable = |c: char| !c.is_whitespace() && !c.is_control() && c != '*' && c != '"';
    !text.is_empty() && text.len() <= limits::NAME_BYTES && text.chars().all(printable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_of_services() {
        for text in ["a", "cvm", "intlpartnersmgt", "tdmq-pulsar", "a_1"] {
            assert!(is_service_name(text), "{text}");
        }
        for text in ["", "1a", "-a", "_a", "Cvm", "a b", "a.b", "a*", "é"] {
            assert!(!is_service_name(text), "{text}");
        }
        assert!(is_service_name(&"a".repeat(limits::NAME_BYTES)));
        assert!(!is_service_name(&"a".repeat(limits::NAME_BYTES + 1)));
    }

    #[test]
    fn names_of_actions() {
        for text in ["QueryUser", "issues/list*".trim_end_matches('*'), "a.b-c:d", "查询", "get-user"] {
            assert!(is_action_name(text), "{text}");
        }
        for text in ["", " ", "a b", "a\u{a0}b", "a\tb", "a\u{7f}", "a*", "\"a\"", "a\u{0}"] {
            assert!(!is_action_name(text), "{text:?}");
        }
        assert!(is_action_name(&"a".repeat(limits::NAME_BYTES)));
        assert!(!is_action_name(&"a".repeat(limits::NAME_BYTES + 1)));
    }
}
