//! Every limit is tried: a test speaks of each constant by its name. Whether it tries N and N + 1 is for its reader.

use super::source::{Source, all};
use std::collections::BTreeSet;

const LIMITS: &str = include_str!("../../../../../grammar/src/limits.rs");

#[test]
fn every_limit_is_named_in_a_test() {
    let limits: Vec<&str> = LIMITS
        .lines()
        .filter_map(|line| line.strip_prefix("pub const ")?.split_once(':').map(|(name, _)| name))
        .collect();
    assert!(limits.len() > 30, "{limits:?}");
    let own = |source: &Source| {
        let text = source.name.ends_with(".rs") || source.name.ends_with(".mjs");
        text && !source.name.ends_with("/house/limits.rs")
    };
    let sources: Vec<Source> = all().into_iter().filter(own).collect();
    let words = sources.iter().flat_map(|source| words(source.tests()));
    let named: BTreeSet<&str> = words.collect();
    let lacking: Vec<&&str> = limits.iter().filter(|name| !named.contains(**name)).collect();
    assert!(lacking.is_empty(), "no test speaks of {lacking:?}");
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
}

#[test]
fn a_limit_counts_in_tests_only() {
    let source = |name: &str, text: &str| Source { name: name.into(), text: text.into() };
    let inside = source("core/src/a.rs", "limits::ONE;\n#[cfg(test)]\nmod tests {\n  limits::TWO\n}\n");
    assert_eq!(words(inside.tests()).filter(|w| w.len() == 3).collect::<Vec<_>>(), ["TWO"]);
    assert_eq!(source("core/src/a.rs", "ONE").tests(), "");
    assert_eq!(source("core/src/a/tests.rs", "ONE").tests(), "ONE");
    assert_eq!(source("bindings/node/test/a.test.mjs", "ONE").tests(), "ONE");
}
