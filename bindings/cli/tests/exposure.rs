//! Transcripts of `exposure`: exit code, stdout and stderr apart.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]
#![expect(clippy::disallowed_methods, reason = "a test reads its snapshots and what the command wrote")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

const OLD: &str = "\
use intlpartnersmgt
set opaque = \"cvm\"
policy desk {
    allow PayOrders from 203.0.113.0/24 when mfa is true
    allow QueryUser, QueryArea
    allow cvm:Run from 0.0.0.0/1
}
policy limit { allow PayOrders, QueryArea from 128.0.0.0/1, ::/0 }
user alice { attach desk }
user bob { attach desk within limit }
user carol {}
";

const NEW: &str = "\
use intlpartnersmgt
set opaque = \"cvm\"
policy desk {
    allow PayOrders from 203.0.112.0/23 when mfa is true
    allow QueryUser
    allow cvm:Run from 0.0.0.0/2, ::/0
}
user alice { attach desk }
user bob { attach desk }
role auditor { attach desk }
";

/// A folder of its own for each test: tests run side by side.
fn folder() -> PathBuf {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let run = RUNS.fetch_add(1, Ordering::Relaxed);
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("exposure-{}-{run}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("old.gate"), OLD).unwrap();
    std::fs::write(folder.join("new.gate"), NEW).unwrap();
    folder
}

fn run_in(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_passgate"));
    let ran = command.arg("exposure").args(args).current_dir(folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (ran.status.code().unwrap(), text(ran.stdout), text(ran.stderr))
}

#[test]
fn figures_of_one_set_and_of_two() {
    let folder = folder();
    let mut out = String::new();
    for args in [["old.gate"].as_slice(), &["old.gate", "new.gate"], &["old.gate", "old.gate", "--all"]] {
        let (code, told, err) = run_in(&folder, args);
        assert_eq!((code, err.as_str()), (0, ""), "{told}");
        out.push_str(&format!("$ passgate exposure {}\n{told}", args.join(" ")));
    }
    let snapshot = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exposure.txt");
    if std::env::vars_os().any(|(name, _)| name == "PASSGATE_UPDATE") {
        std::fs::write(&snapshot, &out).unwrap();
    }
    assert_eq!(out, std::fs::read_to_string(snapshot).unwrap());
}

#[test]
fn many_principals_are_counted() {
    let folder = folder();
    let users: String = (0..23).map(|n| format!("user {n} {{ attach p }}\n")).collect();
    let set = format!("use intlpartnersmgt policy p {{ allow PayOrders }} {users}");
    std::fs::write(folder.join("many.gate"), set).unwrap();
    let (code, out, _) = run_in(&folder, &["many.gate"]);
    assert_eq!((code, out.lines().last()), (0, Some("  and 3 principals more")));
    let (_, out, _) = run_in(&folder, &["many.gate", "--all"]);
    assert_eq!(out.lines().filter(|line| line.starts_with("  user:")).count(), 23);
    assert!(!out.contains("more"), "{out}");
}

#[test]
fn a_page_for_a_browser() {
    let folder = folder();
    let read = || String::from_utf8(std::fs::read(folder.join("page.html")).unwrap()).unwrap();
    let (code, out, err) = run_in(&folder, &["old.gate", "--html", "page.html"]);
    assert_eq!((code, out.as_str()), (0, ""));
    assert_eq!(err, "exposure 3.000 (IPv4 3.000, IPv6 3.000); 3 of 3 principal(s) in `page.html`\n");
    assert!(read().contains("<title>How far the set is open: old.gate</title>"));
    let (code, out, err) = run_in(&folder, &["old.gate", "new.gate", "--html", "page.html"]);
    assert_eq!((code, out.as_str()), (0, ""));
    assert!(err.ends_with(" after; 4 of 4 principal(s) in `page.html`\n"), "{err}");
    let page = read();
    assert!(page.contains("<title>How far the set is open: old.gate → new.gate</title>"));
    assert!(page.contains("\"principals\":[\"role:auditor\"]"), "{page}");
    let (code, _, err) = run_in(&folder, &["old.gate", "--html", "none/page.html"]);
    assert_eq!(code, 2);
    assert!(err.starts_with("error[bad-file]: `none/page.html` cannot be written"), "{err}");
    assert_eq!(run_in(&folder, &["old.gate", "--html", "page.html", "--format", "json"]).0, 2);
}

#[test]
fn a_set_that_cannot_be_read() {
    let (code, out, err) = run_in(&folder(), &["old.gate", "none.gate"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.starts_with("error[bad-file]"), "{err}");
}
