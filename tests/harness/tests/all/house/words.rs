//! Words that stay out of the project: open ends, places on one machine, hosts of registries.

use super::source::{Source, all};

/// Words in two parts, so that this file does not hold them.
const OPEN_ENDS: [(&str, &str); 5] =
    [("TO", "DO"), ("FIX", "ME"), ("todo", "!("), ("unimplemented", "!("), ("dbg", "!(")];
const PLACES: [(&str, &str); 5] =
    [("/wo", "rk/"), ("/ro", "ot/"), ("/home", "/"), ("/Use", "rs/"), ("C:", "\\\\")];
const HOSTS: [(&str, &str); 6] = [
    ("registry.npm", "js.org"),
    ("npmmir", "ror"),
    ("pythonhosted", ".org"),
    ("pypi", ".org"),
    ("index.", "crates.io"),
    ("static.", "crates.io"),
];

fn check(words: &[(&str, &str)], of: impl Fn(&Source) -> bool) {
    let words: Vec<String> = words.iter().map(|(a, b)| format!("{a}{b}")).collect();
    let mut wrong = Vec::new();
    for source in all().into_iter().filter(of) {
        for (number, line) in (1..).zip(source.text.lines()) {
            if let Some(word) = words.iter().find(|word| line.contains(word.as_str())) {
                wrong.push(format!("{}:{number}: `{word}`", source.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_is_left_open() {
    check(&OPEN_ENDS, |s| !s.name.ends_with("CONTRIBUTING.md"));
}

#[test]
fn no_place_on_one_machine_is_named() {
    check(&PLACES, |_| true);
}

#[test]
fn no_registry_is_named() {
    check(&HOSTS, |_| true);
}
