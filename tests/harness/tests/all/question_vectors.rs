//! The vectors of questions through the door for other languages: answers as they were written by hand.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use passgate::Gate;
use passgate::analysis::wire::{answer, questions};
use passgate_harness::question_vectors::{QuestionCase, QuestionSuite, as_named, read_all};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

#[test]
fn questions_are_answered_as_written() {
    let (mut wrong, mut asked) = (Vec::new(), BTreeMap::new());
    for (file, vectors) in read_all().unwrap() {
        let file = Path::new(&file).file_name().unwrap_or_default().display().to_string();
        for suite in &vectors.suites {
            wrong.extend(run(suite).into_iter().map(|fault| format!("{file} {}: {fault}", suite.name)));
            for case in &suite.cases {
                *asked.entry(case.question.clone()).or_insert(0) += 1;
            }
        }
    }
    println!("questions: {asked:?}");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    let few: Vec<&str> = questions().filter(|question| asked.get(*question).is_none_or(|n| *n < 3)).collect();
    assert!(few.is_empty(), "fewer than three vectors: {few:?}");
}

/// What is wrong in a suite.
fn run(suite: &QuestionSuite) -> Vec<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("question-vectors").join(&suite.name);
    let _ = std::fs::remove_dir_all(&folder);
    let sets = suite.write(&folder).unwrap();
    let gates = match suite.load(&folder, &sets) {
        Ok(gates) => gates,
        Err(error) => return vec![format!("the set is refused: {error}")],
    };
    let gates: Vec<&Gate> = gates.iter().collect();
    let fault = |case: &QuestionCase| {
        let options = serde_json::to_string(&case.options).unwrap();
        let told = answer(&gates, &case.question, &options).map(|json| as_named(&json, &folder));
        let fault = case.differs(&told)?;
        Some(format!("{}: {fault}", case.name))
    };
    suite.cases.iter().filter_map(fault).collect()
}

#[test]
fn names_are_unique_and_cases_say_what_they_expect() {
    let mut suites = BTreeSet::new();
    for (_, vectors) in read_all().unwrap() {
        for suite in vectors.suites {
            let mut cases = BTreeSet::new();
            for case in &suite.cases {
                assert!(cases.insert(case.name.clone()), "{}: {}", suite.name, case.name);
                assert!(case.says_one_thing(), "{}: {}", suite.name, case.name);
            }
            assert!(suites.insert(suite.name.clone()), "{}", suite.name);
        }
    }
}
