//! Limits at N and at N + 1.

use super::{Most, read_within, told};
use passgate_grammar::limits;

#[track_caller]
fn check(text: impl Fn(usize) -> String, limit: usize) {
    assert!(told(&[&text(limit)]).is_empty(), "at {limit}");
    let beyond = told(&[&text(limit + 1)]);
    assert!(beyond.iter().any(|t| t.starts_with("limit")), "at {}: {beyond:?}", limit + 1);
}

/// A chain of `depth` names.
fn chain(depth: usize) -> String {
    let mut text = "network n1 = ::1\n".to_owned();
    for n in 2..=depth {
        text.push_str(&format!("network n{n} = n{}\n", n - 1));
    }
    text
}

#[test]
fn names_and_groups_lead_through_64() {
    check(chain, limits::NAME_DEPTH);
    check(
        |depth| {
            (1..=depth)
                .map(|n| format!("group g{n} {{ in g{} }}\n", n - 1))
                .collect::<String>()
                .replace("in g0", "")
        },
        limits::NAME_DEPTH,
    );
}

#[test]
fn a_deep_chain_needs_no_stack() {
    let small = std::thread::Builder::new().stack_size(128 * 1024);
    let run = small.spawn(|| told(&[&chain(20_000)])).unwrap();
    assert_eq!(run.join().unwrap().len(), 1);
}

#[test]
fn a_named_set_holds_200_000_terms() {
    let half = (0..limits::LIST_TERMS / 2)
        .map(|i| format!("10.{}.{}.{}", i >> 16, (i >> 8) & 255, i & 255))
        .collect::<Vec<_>>()
        .join(", ");
    let more = |count: usize| ", 192.0.2.1".repeat(count - limits::LIST_TERMS);
    let halves = format!("network half = {half} network other = half");
    check(|count| format!("{halves} network n = half, other{}", more(count)), limits::LIST_TERMS);
}

#[test]
fn patterns_have_256_bytes_and_16_stars() {
    check(|n| format!("policy p {{ allow cvm:{} }}", "a".repeat(n)), limits::PATTERN_BYTES);
    check(|n| format!("policy p {{ allow cvm:{} }}", "a*".repeat(n)), limits::PATTERN_STARS);
}

/// How often a limit is told of a text in a set with small limits.
fn told_within(expansion: usize, statements: usize, text: &str) -> usize {
    let (resolved, _) = read_within(Most { expansion, statements, ..Most::default() }, &[text]);
    resolved.diagnostics.iter().filter(|d| d.code.as_str() == "limit").count()
}

#[test]
fn sets_have_2_000_000_statements() {
    assert_eq!(Most::default().statements, limits::SET_STATEMENTS);
    let text = "policy p { allow cvm:A deny cvm:A } policy q { allow cvm:A }";
    assert_eq!(told_within(0, 3, text), 0);
    assert_eq!(told_within(0, 2, text), 1);
    assert_eq!(told_within(0, 1, text), 1, "told once");
}

#[test]
fn names_stand_for_16_000_000_terms() {
    assert_eq!(Most::default().expansion, limits::SET_EXPANSION);
    let networks = "network a = ::1, ::2, ::3 network b = a, ::4 network c = a network d = a except ::2";
    assert_eq!(
        told_within(3 + 3 + 2, 0, networks),
        0,
        "three of `a` in `b`, three in `d`, of which two are left"
    );
    assert_eq!(told_within(3 + 3 + 1, 0, networks), 1);
    assert_eq!(told_within(3, 0, networks), 1, "told once");
    let actions =
        "use shop actions a = Buy, Look actions b = a, Tag policy p { allow a allow b allow a, Tag }";
    assert_eq!(told_within(2 + 2, 9, actions), 0);
    assert_eq!(told_within(2 + 1, 9, actions), 1);
}
