//! The decision vectors through the command itself: `passgate check SET --requests -` is started once for each suite and
//! answers all of its cases; a set that must be refused ends with exit code 2 and its code on stderr.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use passgate_harness::vectors::{Suite, read_all};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Cases that have to be asked at least.
const LEAST: usize = 600;

#[test]
fn the_command_gives_the_written_answers() {
    let (mut wrong, mut asked, mut refused) = (Vec::new(), 0, 0);
    for (_, vectors) in read_all().unwrap() {
        for suite in &vectors.suites {
            let fault = run(suite);
            wrong.extend(fault.into_iter().map(|fault| format!("{}: {fault}", suite.name)));
            asked += suite.cases.len();
            refused += usize::from(suite.refused.is_some());
        }
    }
    println!("command: {asked} requests, {refused} refused sets");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked >= LEAST && refused > 0, "{asked} requests, {refused} refused sets");
}

/// What is wrong in a suite.
fn run(suite: &Suite) -> Vec<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("vectors").join(&suite.name);
    let _ = std::fs::remove_dir_all(&folder);
    let set = suite.write(&folder).unwrap();
    let lines: String = suite.cases.iter().map(|case| case.line() + "\n").collect();
    let output = check(&set, &suite.options.arguments(&folder), &lines);
    std::fs::remove_dir_all(&folder).unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (code, out, err) = (output.status.code(), text(&output.stdout), text(&output.stderr));
    if let Some(refused) = &suite.refused {
        let codes = refused.diagnostics.iter().chain([&refused.code]);
        let missing: Vec<&String> = codes.filter(|code| !err.contains(&format!("[{code}]"))).collect();
        let silent = code == Some(2) && out.is_empty() && missing.is_empty();
        return if silent { vec![] } else { vec![format!("{code:?} without {missing:?}\n{out}{err}")] };
    }
    answers(suite, code, &out, &err)
}

fn answers(suite: &Suite, code: Option<i32>, out: &str, err: &str) -> Vec<String> {
    let lines: Vec<&str> = out.lines().collect();
    if lines.len() != suite.cases.len() {
        return vec![format!("{} answers to {} requests\n{err}", lines.len(), suite.cases.len())];
    }
    let each = suite.cases.iter().zip(&lines);
    let differs = |(case, line): (&passgate_harness::vectors::Case, &&str)| {
        Some(format!("{}: {}", case.name, case.expect.differs_from_line(line)?))
    };
    let mut wrong: Vec<String> = each.filter_map(differs).collect();
    let undecided = lines.iter().any(|line| line.starts_with("{\"error\""));
    if code != Some(if undecided { 2 } else { 0 }) {
        wrong.push(format!("exit code {code:?}\n{err}"));
    }
    wrong
}

/// `passgate check SET --requests - …` with the requests on stdin.
fn check(set: &Path, arguments: &[String], requests: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_passgate"))
        .arg("check")
        .arg(set)
        .args(["--requests", "-"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let bytes = requests.as_bytes().to_vec();
    // Written from a thread, so that neither side waits for the other; a refused set reads nothing.
    let writer = std::thread::spawn(move || drop(input.write_all(&bytes)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}
