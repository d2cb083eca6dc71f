//! Every diagnostic code that is listed is told by somebody.

use super::source::rust;

#[test]
fn every_code_is_told_somewhere() {
    let listed: Vec<String> = rust("grammar/src/code.rs")
        .iter()
        .flat_map(|s| {
            s.text
                .lines()
                .filter_map(|line| Some(line.trim().split_once(" = \"")?.0.to_owned()))
                .collect::<Vec<_>>()
        })
        .filter(|name| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
        .collect();
    assert!(listed.len() > 60, "{listed:?}");
    let sources: Vec<_> = [rust("grammar/src/"), rust("core/src/")]
        .into_iter()
        .flatten()
        .filter(|s| s.name != "grammar/src/code.rs")
        .collect();
    let told = |name: &String| sources.iter().any(|s| s.code().iter().any(|(_, line)| mentions(line, name)));
    let silent: Vec<&String> = listed.iter().filter(|name| !told(name)).collect();
    assert!(silent.is_empty(), "listed, and never told: {silent:?}");
}

/// Whether a line holds the name as a whole word.
fn mentions(line: &str, name: &str) -> bool {
    let of_word = |c: char| c.is_alphanumeric() || c == '_';
    line.split(|c| !of_word(c)).any(|word| word == name)
}

#[test]
fn names_are_whole_words() {
    assert!(mentions("code::BAD_KEY, span", "BAD_KEY") && !mentions("code::BAD_KEYS", "BAD_KEY"));
}
