//! Transcripts of the command: arguments, stdin and files in; exit code, stdout and stderr apart out.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const SET: &str = "\
use intlpartnersmgt
policy desk {
    allow PayOrders from 203.0.113.0/24
    deny ForceQN
}
user alice { attach desk }
";

/// What a run of the command gave.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn passgate_in(folder: &Path, args: &[&str], stdin: &[u8]) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_passgate"))
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let bytes = stdin.to_vec();
    // Written from a thread, so that neither side waits for the other; a command that reads nothing is fine.
    let writer = std::thread::spawn(move || drop(input.write_all(&bytes)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

fn passgate(name: &str, args: &[&str], stdin: &str) -> Ran {
    let folder = folder(name);
    std::fs::write(folder.join("set.gate"), SET).unwrap();
    passgate_in(&folder, args, stdin.as_bytes())
}

/// Runs `check set.gate` with arguments and compares the exit code and both outputs.
fn check(name: &str, args: &[&str], code: i32, out: &str, err: &str) {
    let all = [&["check", "set.gate"], args].concat();
    let ran = passgate(name, &all, "");
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (code, out, err), "{args:?}");
}

const ALICE: [&str; 2] = ["--principal", "user:alice"];

#[test]
fn one_request() {
    let pay = [&ALICE[..], &["--action", "PayOrders", "--ip", "203.0.113.9"]].concat();
    check("allowed", &pay, 0, "allowed: allow (a statement allows it)\n  set.gate:3:5  desk#1\n", "");
    let abroad = [&ALICE[..], &["--action", "PayOrders", "--ip", "192.0.2.1"]].concat();
    check("implicit", &abroad, 1, "denied: implicit-deny (no statement allows it)\n", "");
    let force = [&ALICE[..], &["--action", "ForceQN"]].concat();
    check(
        "explicit",
        &force,
        1,
        "denied: explicit-deny (a statement denies it)\n  set.gate:4:5  desk#2\n",
        "",
    );
    let json = [&force[..], &["--format", "json"]].concat();
    let line = concat!(
        r#"{"allowed":false,"reason":"explicit-deny","catalog":"2025-08-06","statements":[{"policy":"desk","#,
        r#""id":"desk#2","file":"set.gate","line":4,"column":5}]}"#,
        "\n"
    );
    check("json", &json, 1, line, "");
}

#[test]
fn a_request_at_fault_is_no_answer() {
    let misspelt = [&ALICE[..], &["--action", "PayOrder"]].concat();
    let err =
        "error[unknown-action]: no catalog has an action `PayOrder`\n  = help: did you mean `PayOrders`?\n";
    check("misspelt", &misspelt, 2, "", err);
    for (name, more, code) in [
        ("address", ["--ip", "10.0.0.1/32"], "bad-address"),
        ("time", ["--at", "2026-01-01"], "bad-time"),
        ("resource", ["--resource", "x"], "bad-resource"),
        ("context", ["--context", "[]"], "bad-request"),
        ("account", ["--account", "uin=x"], "bad-request"),
        ("accounts", ["--account", "uid=7"], "bad-request"),
        ("group", ["--group", "nobody"], "unknown-group"),
        ("policy", ["--with-policy", "desk"], "bad-request"),
        ("owner", ["--owner", "uni=7"], "bad-option"),
        ("mode", ["--ip-unsupported", "maybe"], "bad-option"),
        ("catalog", ["--catalog", "missing.json"], "bad-file"),
    ] {
        let args = [&["check", "set.gate", "--action", "PayOrders"], &ALICE[..], &more].concat();
        let ran = passgate(name, &args, "");
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{name}: {}", ran.err);
        assert!(ran.err.starts_with(&format!("error[{code}]: ")), "{name}: {}", ran.err);
    }
}

#[test]
fn a_request_per_line() {
    let lines = concat!(
        r#"{"principal":"alice","action":"PayOrders","ip":"203.0.113.9"}"#,
        "\n\n{\n",
        r#"{"principal":"root","action":"ForceQN"}"#
    );
    let ran = passgate("lines", &["check", "set.gate", "--requests", "-"], lines);
    let answers: Vec<&str> = ran.out.lines().collect();
    assert_eq!((ran.code, answers.len(), ran.err.as_str()), (2, 4, ""));
    assert!(answers[0].starts_with(r#"{"allowed":true,"reason":"allow""#));
    assert!(answers[1].contains(r#""code":"bad-request""#) && answers[2].contains(r#""code":"bad-request""#));
    assert!(answers[3].starts_with(r#"{"allowed":true,"reason":"root""#));
    let good = passgate("good", &["check", "set.gate", "--requests", "-"], lines.split_once('\n').unwrap().0);
    assert_eq!((good.code, good.out.lines().count()), (0, 1));
    let none = passgate("none", &["check", "set.gate", "--requests", "-"], "");
    assert_eq!((none.code, none.out.as_str()), (0, ""));
}

#[test]
fn a_line_has_a_limit_and_is_utf_8() {
    let limit = passgate::grammar::limits::REQUEST_BYTES;
    let padded = |bytes: usize| {
        let line = r#"{"principal":"root","action":"ForceQN"}"#;
        format!("{line}{}", " ".repeat(bytes - line.len()))
    };
    let input = format!("{}\n{}\n{}\n", padded(limit), padded(limit + 1), padded(100));
    let ran = passgate("limit", &["check", "set.gate", "--requests", "-"], &input);
    let allowed: Vec<bool> = ran.out.lines().map(|line| line.contains(r#""allowed":true"#)).collect();
    assert_eq!((ran.code, allowed), (2, vec![true, false, true]));
    let folder = folder("bytes");
    std::fs::write(folder.join("set.gate"), SET).unwrap();
    let ran = passgate_in(&folder, &["check", "set.gate", "--requests", "-"], b"{\"principal\":\"\xff\"}\n");
    assert_eq!(ran.code, 2);
    assert!(ran.out.contains(r#""code":"bad-request""#), "{}", ran.out);
}

#[test]
fn requests_that_are_no_file() {
    let folder = folder("no-file");
    std::fs::write(folder.join("set.gate"), SET).unwrap();
    let made = Command::new("mkfifo").arg(folder.join("fifo")).status().unwrap();
    assert!(made.success());
    for file in ["missing.jsonl", ".", "fifo", "/dev/zero", "/dev/null"] {
        let ran = passgate_in(&folder, &["check", "set.gate", "--requests", file], b"");
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{file}");
        assert!(ran.err.starts_with("error[bad-file]: "), "{}", ran.err);
    }
}

#[test]
fn a_reader_that_goes_away_ends_the_command_quietly() {
    let folder = folder("pipe");
    std::fs::write(folder.join("set.gate"), SET).unwrap();
    let line = "{\"principal\":\"root\",\"action\":\"ForceQN\"}\n";
    std::fs::write(folder.join("many.jsonl"), line.repeat(100_000)).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_passgate"))
        .args(["check", "set.gate", "--requests", "many.jsonl"])
        .current_dir(&folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn lint_tells_everything_and_says_no_on_an_error() {
    let good = passgate("lint-good", &["lint", "set.gate"], "");
    assert_eq!((good.code, good.out.as_str(), good.err.as_str()), (0, "", "0 error(s), 0 other\n"));
    let folder = folder("lint-bad");
    std::fs::write(
        folder.join("set.gate"),
        "policy p { allow reads }\npolicy q { deny * from 10.0.0.5/24 }\n",
    )
    .unwrap();
    let bad = passgate_in(&folder, &["lint", "set.gate", "--format", "json"], b"");
    let told: serde_json::Value = serde_json::from_str(&bad.out).unwrap();
    let codes: Vec<_> =
        told.as_array().unwrap().iter().map(|d| (d["code"].as_str().unwrap(), &d["line"])).collect();
    assert_eq!(bad.code, 1);
    assert!(
        codes.contains(&("unknown-name", &1.into())) && codes.contains(&("host-bits-set", &2.into())),
        "{codes:?}"
    );
    let missing = passgate_in(&folder, &["lint", "other.gate"], b"");
    assert_eq!((missing.code, missing.out.as_str()), (2, ""));
    assert_eq!(passgate_in(&folder, &["lint", "set.gate", "--no-such-option"], b"").code, 2);
}

#[test]
fn cam_import_and_export_are_inverse() {
    let folder = folder("cam");
    let document = r#"{"version":"2.0","statement":[{"effect":"allow","action":"cvm:Run*","resource":"*","condition":{"ip_equal":{"qcs:ip":"10.0.0.0/8"}}}]}"#;
    std::fs::write(folder.join("doc.json"), document).unwrap();
    let gate = passgate_in(&folder, &["cam", "import", "doc.json"], b"");
    assert_eq!((gate.code, gate.out.as_str()), (0, "policy doc {\n    allow cvm:Run* from 10.0.0.0/8\n}\n"));
    std::fs::write(folder.join("doc.gate"), gate.out).unwrap();
    let back =
        passgate_in(&folder, &["cam", "export", "doc.gate", "--policy", "doc", "--opaque", "cvm"], b"");
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!((back.code, value(&back.out)), (0, value(document)));
    let all = passgate_in(&folder, &["cam", "export", "doc.gate", "--opaque", "cvm"], b"");
    assert_eq!(value(&all.out), serde_json::json!({"doc": value(document)}));
    let unknown =
        passgate_in(&folder, &["cam", "export", "doc.gate", "--policy", "dok", "--opaque", "cvm"], b"");
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("did you mean `doc`?"), "{}", unknown.err);
    std::fs::write(folder.join("bad.json"), "{").unwrap();
    let bad = passgate_in(&folder, &["cam", "import", "bad.json"], b"");
    assert_eq!((bad.code, bad.out.as_str()), (2, ""));
}

#[test]
fn catalogs_are_shown_and_compared() {
    let folder = folder("catalogs");
    let page = "## Write operations\n| API | Authorization Granularity | Six-segment Resource Description | IP Restriction |\n|-|-|-|-|\n| Buy | Operation level | * | Supported |\n";
    std::fs::write(folder.join("shop.md"), page).unwrap();
    let nameless = passgate_in(&folder, &["catalog", "import", "shop.md"], b"");
    assert_eq!((nameless.code, nameless.out.as_str()), (2, ""));
    let args = ["catalog", "import", "shop.md", "--service", "shop", "-o", "shop.toml"];
    let ran = passgate_in(&folder, &args, b"");
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    let shown = passgate_in(&folder, &["catalog", "show", "shop.toml", "--format", "json"], b"");
    let value: serde_json::Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!((&value[0]["actions"], &value[0]["categories"]["write"]), (&1.into(), &1.into()));
    assert_eq!((shown.err.as_str(), &value[0]["odd_categories"]), ("", &serde_json::json!([])));
    let same = passgate_in(&folder, &["catalog", "diff", "shop.toml", "shop.toml"], b"");
    assert_eq!((same.code, same.out.as_str()), (0, ""));
    let builtin = passgate_in(&folder, &["catalog", "diff", "builtin", "shop.toml"], b"");
    assert!(builtin.out.contains("shop") && builtin.out.contains("intlpartnersmgt"), "{}", builtin.out);
}

#[test]
fn names_that_contradict_their_category_are_told_of_catalogs() {
    let folder = folder("odd-categories");
    let page = "## Read operations\n| API | Authorization Granularity | Six-segment Resource Description | IP Restriction |\n|-|-|-|-|\n| DropBox | Operation level | * | Supported |\n| GetBox | Operation level | * | Supported |\n";
    std::fs::write(folder.join("shop.md"), page).unwrap();
    let told =
        "warning[odd-category]: shop: the catalog files `DropBox` under `read`, but the name says `Drop`\n";
    let args = ["catalog", "import", "shop.md", "--service", "shop", "-o", "shop.toml"];
    let ran = passgate_in(&folder, &args, b"");
    assert_eq!((ran.code, ran.err.ends_with(told)), (0, true), "{}", ran.err);
    let shown = passgate_in(&folder, &["catalog", "show", "shop.toml"], b"");
    assert_eq!((shown.code, shown.err.as_str()), (0, told));
    let json = passgate_in(&folder, &["catalog", "show", "shop.toml", "--format", "json"], b"");
    let value: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let odd = serde_json::json!([{"action": "DropBox", "category": "read", "verb": "Drop"}]);
    assert_eq!((&value[0]["odd_categories"], json.err.as_str()), (&odd, told));
}

#[test]
fn every_command_has_help_with_an_example() {
    let commands: [&[&str]; 9] = [
        &[],
        &["check"],
        &["lint"],
        &["test"],
        &["cam", "import"],
        &["cam", "export"],
        &["catalog", "import"],
        &["catalog", "show"],
        &["catalog", "diff"],
    ];
    for command in commands {
        let ran = passgate("help", &[command, &["--help"]].concat(), "");
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{command:?}");
        assert!(ran.out.contains("Example") && ran.out.contains("passgate "), "{command:?}: {}", ran.out);
        assert!(ran.out.contains("xit codes: ") || ran.out.contains("Exit codes: "), "{command:?}");
    }
}

#[test]
fn doubts_about_the_set_are_one_line() {
    let folder = folder("doubts");
    let set = "use intlpartnersmgt\nactions spare = PayOrders\npolicy p { allow PayOrders unless mfa is true }\nuser ann { attach p }\n";
    std::fs::write(folder.join("set.gate"), set).unwrap();
    let line = "warning: 2 doubts about the set (open-allow 1, unused-name 1); `passgate lint set.gate` tells them\n";
    let who = passgate_in(&folder, &["who", "set.gate", "--action", "PayOrders"], b"");
    assert_eq!((who.code, who.err.as_str()), (0, line), "{}", who.out);
    let compiled = passgate_in(&folder, &["compile", "set.gate", "-o", "set.gatec"], b"");
    let told = ["warning[open-allow]", "warning[unused-name]"];
    assert!(told.iter().all(|told| compiled.err.contains(told)), "{}", compiled.err);
    let loud = format!("set lints.open-allow = \"error\"\n{set}");
    std::fs::write(folder.join("set.gate"), loud).unwrap();
    let who = passgate_in(&folder, &["who", "set.gate", "--action", "PayOrders"], b"");
    assert!(who.err.contains("error[open-allow]") && who.err.contains("set.gate:4:"), "{}", who.err);
}
