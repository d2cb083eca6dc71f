//! Limits at N and at N + 1.

use super::told;
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
    let half = vec!["::1"; limits::LIST_TERMS / 2].join(", ");
    let more = |count: usize| ", ::1".repeat(count - limits::LIST_TERMS);
    check(|count| format!("network half = {half} network n = half, half{}", more(count)), limits::LIST_TERMS);
}

#[test]
fn patterns_have_256_bytes_and_16_stars() {
    check(|n| format!("policy p {{ allow cvm:{} }}", "a".repeat(n)), limits::PATTERN_BYTES);
    check(|n| format!("policy p {{ allow cvm:{} }}", "a*".repeat(n)), limits::PATTERN_STARS);
}
