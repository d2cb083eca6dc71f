//! Transcripts of `passgate test`: exit code, stdout and stderr apart.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::path::{Path, PathBuf};
use std::process::Command;

const SET: &str = "\
use intlpartnersmgt
network office = 203.0.113.0/24
policy desk {
    allow PayOrders, QueryUser from office
    deny ForceQN
}
user alice { attach desk }
assert no one may PayOrders unless from office
assert user alice may PayOrders from office
test \"paying\" {
    given from 203.0.113.9
    user alice may PayOrders   // every day
        at 2026-01-01T00:00:00Z
    user alice may not ForceQN because explicit-deny
    user alice may not write except PayOrders
}
test \"others\" { user bob may not PayOrders because unknown-principal }
";

const FAILING: &str = "\
use intlpartnersmgt
network office = 203.0.113.0/24
policy desk {
    allow PayOrders, QueryUser from office
    deny PayOrders from 203.0.113.77
}
user alice { attach desk }
assert user alice may PayOrders from office
assert no one may PayOrders unless from office
test \"paying\" {
    user alice may PayOrders from 203.0.113.77
    user alice may QueryUser from 203.0.113.9
    user alice may not PayOrders from 203.0.113.9 because implicit-deny
}
";

fn folder(name: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("test-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("set.gate"), text).unwrap();
    folder
}

/// Exit code, stdout, stderr.
fn run(name: &str, text: &str, args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_passgate"))
        .args(["test", "set.gate"])
        .args(args)
        .current_dir(folder(name, text))
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// The last line of what was said.
fn last(err: &str) -> &str {
    err.lines().last().unwrap_or_default()
}

#[test]
fn everything_passes() {
    let (code, out, err) = run("passes", SET, &[]);
    let expected = "\
test paying
  ok    set.gate:12:5  user alice may PayOrders at 2026-01-01T00:00:00Z  [allow: set.gate:4:5]
  ok    set.gate:14:5  user alice may not ForceQN because explicit-deny  [explicit-deny: set.gate:5:5]
  ok    set.gate:15:5  user alice may not write except PayOrders  [65 calls]
test others
  ok    set.gate:17:17  user bob may not PayOrders because unknown-principal  [unknown-principal]
asserts
  ok    set.gate:8:1  assert no one may PayOrders unless from office  [proved]
  ok    set.gate:9:1  assert user alice may PayOrders from office  [proved]
";
    assert_eq!((code, out.as_str()), (0, expected));
    assert_eq!(last(&err), "6 passed, 0 failed");
}

#[test]
fn what_fails_is_drawn() {
    let (code, out, err) = run("fails", FAILING, &[]);
    let expected = "\
test paying
  FAIL  set.gate:11:5  user alice may PayOrders from 203.0.113.77  [explicit-deny: set.gate:5:5]
  FAIL  set.gate:12:5  user alice may QueryUser from 203.0.113.9  [implicit-deny]
  FAIL  set.gate:13:5  user alice may not PayOrders from 203.0.113.9 because implicit-deny  [allow: set.gate:4:5]
asserts
  FAIL  set.gate:8:1  assert user alice may PayOrders from office  [a call shows otherwise]
  ok    set.gate:9:1  assert no one may PayOrders unless from office  [proved]
";
    let (rows, drawn) = out.split_once("\n\n").unwrap();
    assert_eq!((code, format!("{rows}\n").as_str()), (1, expected));
    assert_eq!(last(&err), "1 passed, 4 failed");
    for part in [
        "error[assert-failed]: `user:alice` may not `intlpartnersmgt:PayOrders` from 203.0.113.77",
        " ::: set.gate:5:5\n",
        "---- `desk#2` denies it",
        " --> set.gate:11:5\n",
        "error[test-failed]: `user:alice` is refused `intlpartnersmgt:PayOrders` by `explicit-deny`, and the case says `may`",
        "note: `intlpartnersmgt:QueryUser` is never given the address of a call",
    ] {
        assert!(drawn.contains(part), "{part}\n{drawn}");
    }
}

#[test]
fn a_filter_chooses() {
    let (code, out, err) = run("filter", SET, &["--filter", "others"]);
    assert_eq!((code, out.lines().count(), last(&err)), (0, 2, "1 passed, 0 failed"), "{out}");
    let (code, out, err) = run("filter-text", FAILING, &["--filter", "no one"]);
    assert_eq!((code, out.lines().count(), last(&err)), (0, 2, "1 passed, 0 failed"), "{out}");
}

#[test]
fn a_run_as_json() {
    let (code, out, _) = run("json", FAILING, &["--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &value["count"], &value["failed"]), (1, &5.into(), &4.into()));
    let case = &value["tests"][0]["cases"][0];
    assert_eq!((&case["passed"], &case["line"]), (&false.into(), &11.into()));
    assert_eq!(case["calls"][0]["statements"][0]["id"], "desk#2");
    assert_eq!(case["diagnostic"]["code"], "test-failed");
    let assert = &value["asserts"][0];
    let request = serde_json::json!({"principal": "user:alice", "action": "intlpartnersmgt:PayOrders", "ip": "203.0.113.77"});
    assert_eq!((&assert["verdict"], &assert["counter_example"]["request"]), (&"fails".into(), &request));
    assert_eq!(assert["counter_example"]["prefix"], "203.0.113.77");
    assert_eq!(value["asserts"][1]["verdict"], "holds");
}

#[test]
fn a_run_as_junit() {
    let (code, out, _) = run("junit", FAILING, &["--format", "junit"]);
    assert_eq!(code, 1);
    assert!(out.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"passgate\" tests=\"5\" failures=\"4\">\n  <testsuite name=\"paying\" tests=\"3\" failures=\"3\">\n"), "{out}");
    assert!(out.contains("<testcase name=\"assert no one may PayOrders unless from office\" classname=\"asserts\" file=\"set.gate\" line=\"9\"/>"), "{out}");
    assert!(out.ends_with("  </testsuite>\n</testsuites>\n"), "{out}");
}

/// A deny that names a resource of an action that knows none, one that another covers, and one whose times never meet.
const DEAD: &str = "\
use intlpartnersmgt
policy desk {
    allow PayOrders
    allow PayOrders from 203.0.113.0/24
    deny ForceQN since 2027-01-01T00:00:00Z until 2026-01-01T00:00:00Z
}
user alice { attach desk }
test \"paying\" { user alice may PayOrders }
";

#[test]
fn a_lint_at_error_level_fails_a_run_and_doubts_do_not() {
    let (code, out, err) = run("lints", DEAD, &[]);
    let expected = "\
test paying
  ok    set.gate:8:17  user alice may PayOrders  [allow: set.gate:3:5]
lints
  FAIL  set.gate:5:45  no call meets this condition together with the others marked, so this denies nothing  [contradiction]

error[contradiction]: no call meets this condition together with the others marked, so this denies nothing
";
    assert!(code == 1 && out.starts_with(expected), "{out}");
    assert!(err.starts_with("warning[shadowed]: ") && !err.contains("contradiction"), "{err}");
    assert_eq!(last(&err), "1 passed, 1 failed");
    let mild = DEAD.replacen("use", "set lints.contradiction = \"warn\"\nuse", 1);
    let (code, out, err) = run("lints-mild", &mild, &[]);
    assert_eq!((code, out.lines().count(), last(&err)), (0, 2, "1 passed, 0 failed"));
    assert!(err.contains("warning[contradiction]"), "{err}");
    let (code, _, err) = run("lints-filter", DEAD, &["--filter", "nothing"]);
    assert_eq!((code, last(&err)), (1, "0 passed, 1 failed"), "a filter chooses tests, not lints");
}

#[test]
fn lints_are_told_in_every_format() {
    let (code, out, _) = run("lints-json", DEAD, &["--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &value["passed"], &value["failed"]), (1, &false.into(), &1.into()));
    let told = value["lints"].as_array().unwrap().iter().map(|l| (&l["code"], &l["level"], &l["line"]));
    let told: Vec<String> = told.map(|(code, level, line)| format!("{code} {level} {line}")).collect();
    assert_eq!(told, ["\"shadowed\" \"warning\" 4", "\"contradiction\" \"error\" 5"]);
    let (code, out, _) = run("lints-junit", DEAD, &["--format", "junit"]);
    for part in [
        "<testsuites name=\"passgate\" tests=\"2\" failures=\"1\">",
        "  <testsuite name=\"lints\" tests=\"1\" failures=\"1\">\n    <testcase name=\"contradiction: no call meets this condition together with the others marked, so this denies nothing\" classname=\"lints\" file=\"set.gate\" line=\"5\">\n      <failure type=\"contradiction\" ",
    ] {
        assert!(code == 1 && out.contains(part), "{part}\n{out}");
    }
}

/// Two callers of one policy, one of them bounded.
const PARTLY: &str = "\
use intlpartnersmgt
policy desk {
    allow PayOrders from 203.0.113.0/24
    deny ForceQN
}
policy ceiling { allow PayOrders }
user alice { attach desk }
user bob { attach desk within ceiling }
test \"paying\" {
    user alice may PayOrders from 203.0.113.9
    user alice may not write except PayOrders, ForceQN
}
";

#[test]
fn coverage_lists_what_no_test_reaches() {
    let (code, out, err) = run("coverage", PARTLY, &["--coverage"]);
    let expected = "\
coverage
  1 of 3 statements reached
    set.gate:4:5 desk#2
    set.gate:6:18 ceiling#1
  2 of 4 regions reached
    user alice may not intlpartnersmgt:ForceQN from 192.0.2.1  [set.gate:4:5 desk#2]
    user bob may intlpartnersmgt:PayOrders from 203.0.113.1  [set.gate:3:5 desk#1, set.gate:6:18 ceiling#1]
";
    assert!(code == 0 && out.ends_with(expected), "{out}");
    assert_eq!(last(&err), "2 passed, 0 failed", "coverage fails nothing");
    let more = PARTLY.replace(
        "except PayOrders, ForceQN\n",
        "except PayOrders\n    user bob may PayOrders from 203.0.113.1\n",
    );
    let (_, out, _) = run("coverage-whole", &more, &["--coverage"]);
    assert!(out.ends_with("coverage\n  3 of 3 statements reached\n  4 of 4 regions reached\n"), "{out}");
    let (_, out, _) = run("coverage-filter", &more, &["--coverage", "--filter", "bob"]);
    assert!(out.contains("  2 of 3 statements reached\n    set.gate:4:5 desk#2\n  1 of 4 regions"), "{out}");
    assert!(!run("coverage-none", PARTLY, &[]).1.contains("coverage"));
}

#[test]
fn coverage_in_every_format() {
    let (_, out, _) = run("coverage-json", PARTLY, &["--coverage", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    let (statements, regions) = (&value["coverage"]["statements"], &value["coverage"]["regions"]);
    let counts = |of: &serde_json::Value| (of["count"].clone(), of["reached"].clone());
    assert_eq!((counts(statements), counts(regions)), ((3.into(), 1.into()), (4.into(), 2.into())));
    let place = |id: &str, policy: &str, line: u32, column: u32| serde_json::json!({"policy": policy, "id": id, "file": "set.gate", "line": line, "column": column});
    assert_eq!(statements["unreached"][0], place("desk#2", "desk", 4, 5));
    let region = serde_json::json!({
        "count": 2, "statements": [place("desk#1", "desk", 3, 5)], "boundary": [place("ceiling#1", "ceiling", 6, 18)],
        "request": {"principal": "user:bob", "action": "intlpartnersmgt:PayOrders", "ip": "203.0.113.1"},
        "case": "user bob may intlpartnersmgt:PayOrders from 203.0.113.1"
    });
    assert_eq!((&regions["unreached"][1], &regions["complete"]), (&region, &true.into()));
    let (_, out, _) = run("coverage-junit", PARTLY, &["--coverage", "--format", "junit"]);
    for part in [
        "<testsuite name=\"coverage\" tests=\"0\" failures=\"0\">\n    <properties>\n      <property name=\"statements.reached\" value=\"1 of 3\"/>\n      <property name=\"regions.reached\" value=\"2 of 4\"/>\n",
        "<property name=\"statements.unreached\" value=\"set.gate:6:18 ceiling#1\"/>",
        "<property name=\"regions.unreached\" value=\"user alice may not intlpartnersmgt:ForceQN from 192.0.2.1\"/>",
    ] {
        assert!(out.contains(part), "{part}\n{out}");
    }
}

#[test]
fn a_set_that_cannot_be_loaded_is_no_answer() {
    let (code, out, err) = run("broken", "policy p { allow reads }", &[]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("error[unknown-name]") && last(&err).starts_with("error[bad-policy]"), "{err}");
    let folder = folder("gatec", SET);
    std::fs::write(folder.join("set.gatec"), "").unwrap();
    let compiled = Command::new(env!("CARGO_BIN_EXE_passgate"))
        .args(["test", "set.gatec"])
        .current_dir(&folder)
        .output()
        .unwrap();
    assert_eq!(compiled.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&compiled.stderr).starts_with("error[bad-file]: `set.gatec` is compiled")
    );
    assert_eq!(run("option", SET, &["--format", "xml"]).0, 2);
}

#[test]
fn asserts_refuse_a_load_only_where_the_set_says_so() {
    let set = format!("set prove = \"on-load\"\n{FAILING}");
    let folder = folder("on-load", &set);
    let check = ["check", "set.gate", "--principal", "user:alice", "--action", "PayOrders"];
    let output =
        Command::new(env!("CARGO_BIN_EXE_passgate")).args(check).current_dir(&folder).output().unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]));
    assert!(String::from_utf8_lossy(&output.stderr).contains("error[assert-failed]"));
    let (code, out, _) = run("on-load-test", &set, &[]);
    assert_eq!(code, 1, "`test` reports instead of refusing: {out}");
}
