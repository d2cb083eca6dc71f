//! Modules say what lives in them, stay of a size to be read, and have names that say something.

use super::source::{Source, all, rust};

const ROOMS: [&str; 4] = ["grammar/", "core/", "bindings/", "tests/"];

fn own() -> Vec<Source> {
    ROOMS.into_iter().flat_map(rust).collect()
}

#[test]
fn every_module_has_a_header() {
    let bare = |source: &Source| {
        // The crate's face may begin with the README.
        let lines = source.text.lines().skip_while(|line| line.starts_with("#![") || line.is_empty());
        !lines.take(1).any(|line| line.starts_with("//!"))
    };
    let wrong: Vec<String> = own().into_iter().filter(bare).map(|s| s.name).collect();
    assert!(wrong.is_empty(), "no header: {wrong:?}");
}

#[test]
fn files_are_of_a_size_to_be_read() {
    let long: Vec<String> = own()
        .into_iter()
        .filter(|s| s.text.lines().count() > 650)
        .map(|s| format!("{}: {} lines", s.name, s.text.lines().count()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn names_say_something() {
    let empty = ["util", "utils", "helper", "helpers", "manager", "misc", "common", "stuff"];
    let stem =
        |name: &str| name.rsplit('/').next().unwrap_or(name).split('.').next().unwrap_or_default().to_owned();
    let wrong: Vec<String> =
        all().into_iter().map(|s| s.name).filter(|n| empty.contains(&stem(n).as_str())).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn grammar_and_core_have_no_unsafe() {
    let wrong: Vec<String> = [rust("grammar/"), rust("core/")]
        .into_iter()
        .flatten()
        .filter(|s| s.code().iter().any(|(_, line)| is_unsafe(line)))
        .map(|s| s.name)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Whether a line of code has the keyword, or lifts the ban.
fn is_unsafe(line: &str) -> bool {
    let mut words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.any(|word| word == "unsafe" || word == "unsafe_code")
}

#[test]
fn a_name_that_holds_the_word_is_not_the_keyword() {
    assert!(
        is_unsafe("unsafe { x }") && is_unsafe("#[allow(unsafe_code)]") && is_unsafe("pub unsafe fn f() {")
    );
    assert!(!is_unsafe("let allowed = also_unsafe || safe;"));
}
