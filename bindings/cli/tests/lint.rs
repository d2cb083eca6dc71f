//! Transcripts of `lint` and `explain-code`: forms, fixes, and what is left alone.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]
#![expect(clippy::disallowed_methods, reason = "the files that a fix writes are read")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder of its own for a test, with files.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lint").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    for (file, text) in files {
        let path = folder.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// Exit code, stdout and stderr.
fn passgate(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_passgate")).args(args).current_dir(folder).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (ran.status.code().unwrap(), text(ran.stdout), text(ran.stderr))
}

#[track_caller]
fn check(folder: &Path, args: &[&str], code: i32, out: &str, err: &str) {
    let (found, stdout, stderr) = passgate(folder, args);
    assert_eq!((found, stdout.as_str(), stderr.as_str()), (code, out, err), "{args:?}");
}

#[track_caller]
fn check_file(folder: &Path, name: &str, text: &str) {
    assert_eq!(std::fs::read_to_string(folder.join(name)).unwrap(), text, "{name}");
}

const WRONG: &str = "\
use intlpartnersmgt
policy p {
    Allow QueryUser, QueryArea
    allow PayOrdrs since 2026-01-01T00:00:00Z
    allow PayOrders CreateUser from 10.0.0.5/24
}
user 1 { attach p }
";

#[test]
fn safe_fixes_are_written_and_the_rest_is_told() {
    let folder = folder("safe", &[("set.gate", WRONG)]);
    let (code, out, err) = passgate(&folder, &["lint", "set.gate", "--fix", "--format", "github"]);
    assert_eq!(code, 1);
    assert_eq!(out.lines().count(), 2, "{out}");
    assert!(out.contains("title=unknown-name") && out.contains("title=host-bits-set"), "{out}");
    assert_eq!(err, "2 mended in 1 file(s)\n1 error(s), 1 other\n");
    let fixed = WRONG.replace("Allow", "allow").replace("PayOrders CreateUser", "PayOrders, CreateUser");
    check_file(&folder, "set.gate", &fixed);
    let (_, _, err) = passgate(&folder, &["lint", "set.gate", "--fix"]);
    assert_eq!(err, "0 mended in 0 file(s)\n1 error(s), 1 other\n", "nothing is left to mend");
}

#[test]
fn unsafe_fixes_are_written_when_asked_for() {
    let folder = folder("unsafe", &[("set.gate", WRONG)]);
    let done = "4 mended in 1 file(s)\n0 error(s), 0 other\n";
    check(&folder, &["lint", "set.gate", "--unsafe-fixes"], 0, "", done);
    let fixed = WRONG
        .replace("Allow", "allow")
        .replace("PayOrders CreateUser", "PayOrders, CreateUser")
        .replace("PayOrdrs", "PayOrders")
        .replace("10.0.0.5", "10.0.0.0");
    check_file(&folder, "set.gate", &fixed);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "nothing is left beside the file");
}

#[test]
fn a_diff_writes_nothing() {
    let text = "policy p {\n    Allow *\n}\nuser 1 { attach p }\n";
    let folder = folder("diff", &[("set.gate", text)]);
    let diff = "\
--- set.gate
+++ set.gate
@@ -1,4 +1,4 @@
 policy p {
-    Allow *
+    allow *
 }
 user 1 { attach p }
";
    check(&folder, &["lint", "set.gate", "--diff"], 1, diff, "1 could be mended\n");
    check_file(&folder, "set.gate", text);
    check(&folder, &["lint", "set.gate", "--fix"], 0, "", "1 mended in 1 file(s)\n0 error(s), 0 other\n");
    check(&folder, &["lint", "set.gate", "--diff"], 0, "", "0 could be mended\n");
}

#[test]
fn all_files_of_a_set_are_mended_and_no_others() {
    let document =
        r#"{"Version": "2.0", "statement": [{"effect": "Allow", "action": "*", "resource": "*"}]}"#;
    let folder = folder(
        "several",
        &[
            ("set/a.gate", "policy a { Allow * }\n"),
            ("set/sub/b.gate", "policy b {\n    allow *;\n}\nuser 1 { attach a, b, d }\n"),
            ("set/d.json", document),
            ("set/.hidden/c.gate", "policy c { Allow * }\n"),
            ("other/c.gate", "policy c { Allow * }\n"),
        ],
    );
    let (code, _, err) = passgate(&folder, &["lint", "set", "--fix"]);
    check_file(&folder, "set/a.gate", "policy a { allow * }\n");
    check_file(&folder, "set/sub/b.gate", "policy b {\n    allow *\n}\nuser 1 { attach a, b, d }\n");
    check_file(&folder, "set/d.json", &document.replace("Version", "version").replace("Allow", "allow"));
    check_file(&folder, "set/.hidden/c.gate", "policy c { Allow * }\n");
    check_file(&folder, "other/c.gate", "policy c { Allow * }\n");
    assert_eq!((code, err.as_str()), (0, "4 mended in 3 file(s)\n0 error(s), 0 other\n"));
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_out_of_the_set_is_not_written_through() {
    let outside = "policy a { Allow * }\n";
    let folder = folder("link", &[("outside.gate", outside), ("set/b.gate", "policy b { allow * }\n")]);
    std::os::unix::fs::symlink("../outside.gate", folder.join("set/a.gate")).unwrap();
    let (code, _, err) = passgate(&folder, &["lint", "set", "--fix"]);
    assert_eq!((code, err.as_str()), (1, "0 mended in 0 file(s)\n1 error(s), 0 other\n"));
    check_file(&folder, "outside.gate", outside);
}

#[test]
fn forms_agree_about_what_is_told() {
    let folder = folder("forms", &[("set.gate", WRONG)]);
    let told = |form: &str| passgate(&folder, &["lint", "set.gate", "--format", form]).1;
    let json: serde_json::Value = serde_json::from_str(&told("json")).unwrap();
    let codes: Vec<&str> = json.as_array().unwrap().iter().map(|d| d["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["capital-keyword", "unknown-name", "missing-comma"]);
    assert_eq!(json[1]["nearest"], serde_json::json!(["PayOrders"]));
    let sarif: serde_json::Value = serde_json::from_str(&told("sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert!(results.iter().map(|r| r["ruleId"].as_str().unwrap()).eq(codes.iter().copied()));
    assert!(told("github").lines().zip(&codes).all(|(line, code)| line.contains(&format!("title={code}::"))));
    let human = told("human");
    assert!(codes.iter().all(|code| human.contains(&format!("[{code}]: "))), "{human}");
    assert!(!human.contains('\u{1b}'), "no colour where no terminal is");
}

#[test]
fn a_page_is_printed_and_a_slip_has_a_neighbour() {
    let folder = folder("explain", &[]);
    std::fs::create_dir_all(&folder).unwrap();
    let (code, out, err) = passgate(&folder, &["explain-code", "dead-deny"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.starts_with("# dead-deny\n\nA deny that can never match.\n"), "{out}");
    let words = "error[bad-option]: there is no code `dead-denny`\n  = help: did you mean `dead-deny`?\n";
    check(&folder, &["explain-code", "dead-denny"], 2, "", words);
}

#[test]
fn hostile_texts_are_drawn_without_their_signs_and_cut() {
    let long = format!("policy p {{ allow {} \u{1b}[31m\u{202e}\u{9b} x }}\n", "cvm:A, ".repeat(150_000));
    let folder = folder("hostile", &[("set.gate", &long)]);
    let (code, out, _) = passgate(&folder, &["lint", "set.gate"]);
    assert_eq!(code, 1);
    assert!(out.len() < 4_000, "{} bytes are drawn", out.len());
    assert!(!out.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{out}");
}

#[test]
fn of_many_faults_a_hundred_are_drawn_and_the_rest_counted() {
    let many = format!("policy p {{\n{}}}\n", "allow a b\n".repeat(100_000));
    let folder = folder("many", &[("set.gate", &many)]);
    let (code, out, _) = passgate(&folder, &["lint", "set.gate"]);
    assert_eq!(code, 1);
    assert_eq!(out.matches("error[missing-comma]").count(), 100);
    assert!(out.contains("note[too-many]: 99900 more of this file are not shown"), "{out}");
    assert!(out.len() < 30_000, "{} bytes are drawn", out.len());
}
