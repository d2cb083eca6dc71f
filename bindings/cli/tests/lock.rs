//! Transcripts of `lock`, and of `lint` where a lock lies beside the set.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]
#![expect(clippy::disallowed_methods, reason = "the file that is written is read")]

use std::path::{Path, PathBuf};
use std::process::Command;

const POLICY: &str = "policy desk {\n    allow read, Pay*\n    deny Pay*\n}\nuser 1 { attach desk }\n";
const OLD: &str = r#"{"service": "shop", "version": "1", "actions": [{"name": "See", "category": "read"},
    {"name": "Look", "category": "read"}, {"name": "Pay", "category": "write"}]}"#;
const NEW: &str = r#"{"service": "shop", "version": "2", "actions": [{"name": "See", "category": "read"},
    {"name": "PaySecret", "category": "read"}, {"name": "Pay", "category": "write"}]}"#;
const LOCK: &str = "# What the patterns of this policy set stand for. Written by `passgate lock`: write it anew, do not edit it.
format = 1

[catalogs]
\"shop\" = \"1\"

[[patterns]]
pattern = \"read\"
use = [\"shop\"]
[patterns.actions]
\"shop:Look\" = \"read\"
\"shop:See\" = \"read\"

[[patterns]]
pattern = \"shop:Pay*\"
[patterns.actions]
\"shop:Pay\" = \"write\"
";

/// A folder of its own for a test, with a set over the old catalog and the new catalog beside it.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lock").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("set")).unwrap();
    let settings = "catalogs = ['old.json']\nuse = ['shop']\n";
    for (file, text) in [("a.gate", POLICY), ("passgate.toml", settings), ("old.json", OLD)] {
        std::fs::write(folder.join("set").join(file), text).unwrap();
    }
    std::fs::write(folder.join("new.json"), NEW).unwrap();
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

fn kept(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn a_lock_is_written_beside_the_set_or_where_it_is_said() {
    let folder = folder("written");
    check(&folder, &["lock", "set"], 0, "", "`set/passgate.lock`: 2 pattern(s) with 3 action(s)\n");
    assert_eq!(kept(&folder, "set/passgate.lock"), LOCK);
    check(&folder, &["lock", "set", "--output", "-"], 0, LOCK, "");
    check(&folder, &["lock", "set", "-o", "it.lock"], 0, "", "`it.lock`: 2 pattern(s) with 3 action(s)\n");
    assert_eq!(kept(&folder, "it.lock"), LOCK);
    let (code, out, err) = passgate(&folder, &["lock", "set", "--format", "json"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(
        out.starts_with("{\"text\":\"# What")
            && out.contains("\"catalogs\":[{\"service\":\"shop\",\"version\":\"1\"}]"),
        "{out}"
    );
    let (code, _, err) = passgate(&folder, &["lock", "set", "-o", "no/it.lock"]);
    assert_eq!(code, 2);
    assert!(err.starts_with("error[bad-file]: `no/it.lock` cannot be written: "), "{err}");
}

#[test]
fn check_tells_what_came_and_what_went() {
    let folder = folder("checked");
    std::fs::write(folder.join("set/passgate.lock"), LOCK).unwrap();
    let same = "every pattern stands for what it was locked with\n";
    check(&folder, &["lock", "set", "--check"], 0, "", same);
    std::fs::write(folder.join("other.lock"), LOCK.replace("shop:Pay*", "shop:Buy*")).unwrap();
    check(
        &folder,
        &["lock", "set", "--check=other.lock"],
        1,
        "set/a.gate:2:17\nset/a.gate:3:10  shop:Pay* is not in the lock\n  + shop:Pay (write)\n\
         other.lock:15  shop:Buy* is no pattern of the set\n  - shop:Pay (write)\n",
        "",
    );
    let over = ["lock", "set", "--check", "--catalog", "new.json"];
    let (code, out, _) = passgate(&folder, &over);
    assert_eq!(
        (code, out.as_str()),
        (
            1,
            "~ shop 1 → 2\nset/a.gate:2:11  read\n  + shop:PaySecret (read)\n  - shop:Look (read)\n\
             set/a.gate:2:17\nset/a.gate:3:10  shop:Pay*\n  + shop:PaySecret (read)\n"
        )
    );
    let (code, out, _) = passgate(&folder, &[&over[..], &["--format", "json"]].concat());
    assert_eq!(code, 1);
    assert!(out.starts_with("{\"same\":false,\"catalogs\":[{\"service\":\"shop\",\"locked\":\"1\",\"now\":\"2\"}],\"changed\":[{\"pattern\":\"read\",\"use\":[\"shop\"],\"policy\":null,\"places\":[{\"file\":\"set/a.gate\",\"line\":2,\"column\":11}],\"added\":[{\"action\":\"shop:PaySecret\",\"category\":\"read\"}],\"removed\":[{\"action\":\"shop:Look\",\"category\":\"read\"}]}"), "{out}");
}

#[test]
fn no_lock_and_no_set_are_no_answer() {
    let folder = folder("refused");
    let none = "error[bad-file]: there is no file `set/passgate.lock`\n";
    check(&folder, &["lock", "set", "--check"], 2, "", none);
    std::fs::write(folder.join("set/passgate.lock"), "format = 1\nformat = 1\n").unwrap();
    let (code, out, err) = passgate(&folder, &["lock", "set", "--check"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("set/passgate.lock:2:1") && err.contains("error[bad-lock]"), "{err}");
    assert!(err.ends_with("error[bad-file]: `set/passgate.lock` is no lock that can be read\n"), "{err}");
    assert_eq!(passgate(&folder, &["compile", "set", "-o", "set.gatec"]).0, 0);
    let compiled = "error[bad-option]: a compiled file does not keep how its patterns are written: lock the set that it was \
        compiled from\n";
    check(&folder, &["lock", "set.gatec"], 2, "", compiled);
    let (code, _, err) = passgate(&folder, &["lock", "set", "--check", "--output", "x"]);
    assert_eq!(code, 2);
    assert!(err.contains("cannot be used with"), "{err}");
}

#[test]
fn a_set_without_patterns_has_an_empty_lock() {
    let folder = folder("empty");
    std::fs::write(folder.join("one.gate"), "policy p { allow intlpartnersmgt:PayOrders }\n").unwrap();
    check(&folder, &["lock", "one.gate"], 0, "", "`one.gate.lock`: 0 pattern(s) with 0 action(s)\n");
    let same = "every pattern stands for what it was locked with\n";
    check(&folder, &["lock", "one.gate", "--check"], 0, "", same);
}

#[test]
fn lint_tells_it_in_every_form() {
    let folder = folder("linted");
    std::fs::write(folder.join("set/passgate.lock"), LOCK.replace("\"shop:Look\" = \"read\"\n", "")).unwrap();
    let lint = |form: &str| passgate(&folder, &["lint", "set", "--format", form]);
    let message = "`read` stands for other actions than when it was locked: it gained `shop:Look` (read)";
    let (code, out, _) = lint("human");
    assert_eq!(code, 0);
    assert!(out.contains("warning[changed-pattern]") && out.contains("set/a.gate:2:11"), "{out}");
    let (_, out, _) = lint("json");
    assert!(out.contains(&format!("\"code\":\"changed-pattern\",\"level\":\"warning\",\"message\":\"{message}\",\"file\":\"set/a.gate\",\"line\":2,\"column\":11")), "{out}");
    let (_, out, _) = lint("sarif");
    assert!(out.contains("changed-pattern") && out.contains(message), "{out}");
    let (_, out, _) = lint("github");
    assert!(
        out.contains("::warning file=set/a.gate,line=2,endLine=2,col=11") && out.contains(message),
        "{out}"
    );
    std::fs::write(folder.join("set/passgate.lock"), "<<<<<<< ours\n").unwrap();
    let (code, out, _) = lint("github");
    assert_eq!(code, 1);
    assert!(out.contains("::error file=set/passgate.lock,line=1") && out.contains("bad-lock"), "{out}");
}
