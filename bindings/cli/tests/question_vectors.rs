//! The vectors of questions through the command: `passgate QUESTION SET… --format json` writes the same JSON as every
//! language is given, and what cannot be answered ends with exit code 2 and its code on stderr.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use passgate_harness::question_vectors::{QuestionCase, QuestionSuite, as_named, read_all};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Options that the command takes by their place behind the sets.
const BY_PLACE: [&str; 1] = ["asserts"];

#[test]
fn the_command_answers_as_written() {
    let (mut wrong, mut asked) = (Vec::new(), 0);
    for (_, vectors) in read_all().unwrap() {
        for suite in &vectors.suites {
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("question-vectors").join(&suite.name);
            let _ = std::fs::remove_dir_all(&folder);
            let sets = suite.write(&folder).unwrap();
            for case in suite.cases.iter().filter(|case| case.is_for("command")) {
                let fault = run(suite, case, &folder, &sets);
                wrong.extend(fault.map(|fault| format!("{}, {}: {fault}", suite.name, case.name)));
                asked += 1;
            }
        }
    }
    println!("command: {asked} questions");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked >= 15, "{asked} questions");
}

fn run(suite: &QuestionSuite, case: &QuestionCase, folder: &Path, sets: &[PathBuf]) -> Option<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_passgate"));
    match (case.question.as_str(), sets) {
        // One set over two catalogs is named by the set and both catalogs.
        ("drift", [old, new]) => {
            let catalog = |set: &PathBuf| set.join("catalog.json");
            command.args(["catalog", "diff"]).args([catalog(old), catalog(new)]).arg("--set").arg(new)
        }
        // What the others are given as text is a file here.
        ("lock", [set]) => {
            let kept = case.options.get("lock").and_then(|text| text.as_str());
            command.arg("lock").arg(set).args(kept.map(|text| {
                let path = folder.join("kept.lock");
                std::fs::write(&path, text).unwrap();
                format!("--check={}", path.display())
            }))
        }
        _ => command.arg(&case.question).args(sets).args(case.arguments(&BY_PLACE)),
    };
    let ran = command.args(["--format", "json"]).args(suite.load_arguments(folder)).output().unwrap();
    let [out, words] = [ran.stdout, ran.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    match (ran.status.code(), case.is_refused()) {
        (Some(2), true) if out.is_empty() => case.differs_from_words(&words),
        (Some(0 | 1), false) => case.differs_from_json(&as_named(out.trim_end(), folder)),
        (code, _) => Some(format!("exit code {code:?}\n{out}{words}")),
    }
}
