//! Limits of the exact lints at N and at N + 1. What the lints tell is held against brute force in the test harness.

use super::measured;
use crate::Gate;
use crate::findings::Findings;
use passgate_grammar::limits;

/// Codes told of the statements of a policy, and the steps it took, with so many steps for a question.
fn told(statements: &str, most: u64) -> (Vec<String>, u64) {
    let text = format!("set opaque = \"cvm\" policy p {{ {statements} }}");
    let gate = Gate::compile(text.as_str()).unwrap_or_else(|e| panic!("{text}\n{e:?}"));
    let mut findings = Findings::default();
    let steps = measured(gate.model(), most, &mut findings);
    (findings.finish().iter().map(|d| d.code.to_string()).collect(), steps)
}

/// Whether the second of two statements is told to be covered by the first.
fn is_told(most: u64) -> bool {
    told("allow cvm:A from 10.0.0.0/8 allow cvm:A from 10.0.0.0/9", most).0.contains(&"shadowed".to_owned())
}

#[test]
fn a_question_beyond_its_steps_says_nothing() {
    let enough = (0..limits::LINT_STEPS).find(|most| is_told(*most)).unwrap();
    assert!(enough > 1 && !is_told(enough - 1) && is_told(enough + 1));
    assert!(is_told(limits::LINT_STEPS));
    let (_, steps) = told("allow cvm:A from 10.0.0.0/8 allow cvm:A from 10.0.0.0/9", enough - 1);
    assert!(steps > 0, "what was spent in vain is counted");
}

#[test]
fn a_statement_is_held_against_256_others() {
    // The last is covered by the first alone; the others only might have been what covers it.
    let statements = |others: usize| {
        let near: String = (1..others).map(|n| format!("allow cvm:A when cvm:k is \"{n}\" ")).collect();
        format!("allow cvm:A when cvm:k is \"a\", \"b\" {near} allow cvm:A when cvm:k is \"a\"")
    };
    let shadowed = |others: usize| told(&statements(others), limits::LINT_STEPS).0;
    assert_eq!(shadowed(limits::LINT_CANDIDATES), ["shadowed"]);
    assert_eq!(shadowed(limits::LINT_CANDIDATES + 1), [""; 0]);
}
