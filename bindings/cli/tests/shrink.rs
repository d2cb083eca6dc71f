//! Transcripts of `minimize` and `suggest`: exit code, stdout and stderr apart.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

const SET: &str = "\
use intlpartnersmgt
policy desk {
    allow PayOrders from 203.0.113.0/25
    allow PayOrders from 203.0.113.128/25
    allow AddUserToGroup
}
user alice { attach desk }
";
const LOG: &str = "\
{\"principal\":\"alice\",\"action\":\"PayOrders\",\"ip\":\"203.0.113.9\"}
{\"principal\":\"alice\"
{\"principal\":\"alice\",\"action\":\"ForceQN\",\"ip\":\"203.0.113.9\"}
";

/// Each run has a folder of its own: tests run side by side.
fn run(args: &[&str]) -> (i32, String, String, std::path::PathBuf) {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let run = RUNS.fetch_add(1, Ordering::Relaxed);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("shrink-{run}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("set.gate"), SET).unwrap();
    std::fs::write(folder.join("log.jsonl"), LOG).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_passgate"));
    let ran = command.args(args).current_dir(&folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (ran.status.code().unwrap(), text(ran.stdout), text(ran.stderr), folder)
}

const LESS: &str = "\
use intlpartnersmgt

policy desk {
    allow PayOrders from 203.0.113.0/24
    allow AddUserToGroup
}

user alice { attach desk }
";

#[test]
fn a_set_is_written_smaller() {
    let (code, out, err, _) = run(&["minimize", "set.gate"]);
    assert_eq!((code, out.as_str()), (0, LESS), "{err}");
    assert!(
        err.contains("desk: 3 statements, 5 elements,") && err.contains("-> 2 statements, 3 elements,"),
        "{err}"
    );
    assert!(err.contains("proved: every policy decides every request as it did"), "{err}");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the files that were written are read")]
fn files_are_written_into_a_folder() {
    let (code, out, _, folder) = run(&["minimize", "set.gate", "-o", "less"]);
    assert_eq!((code, out.as_str()), (0, ""));
    assert_eq!(std::fs::read_to_string(folder.join("less/set.gate")).unwrap(), LESS);
    let (code, out, _, folder) =
        run(&["minimize", "set.gate", "-o", "less", "--format", "cam", "--max-size", "180"]);
    assert_eq!((code, out.as_str()), (0, ""));
    assert!(folder.join("less/desk-1.json").is_file() && folder.join("less/desk-2.json").is_file());
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let (code, out, err, _) = run(&["minimize", "set.gate", "--max-size", "100"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.starts_with("error[bad-option]: `--max-size` is the size of a document"), "{err}");
    let (code, _, err, _) = run(&["suggest", "set.gate", "--log", "none.jsonl"]);
    assert_eq!(code, 2);
    assert!(err.starts_with("error[bad-file]"), "{err}");
}

#[test]
fn broken_lines_are_shown_and_fatal_where_that_is_asked_for() {
    let (code, out, err, _) = run(&["suggest", "set.gate", "--log", "log.jsonl"]);
    assert_eq!(code, 0);
    assert!(out.contains("    allow PayOrders from 203.0.113.9\n"), "{out}");
    for line in [
        "line 2: error[bad-request]: ",
        "log: 3 lines, 1 allowed, 1 refused, 1 broken\n",
        "user-alice: 1 statement, 2 elements, 29 characters; grants 1 pairs of action and address, 0 of them not in the log\n",
        "set.gate:4:5: desk#2 was never used\n",
        "checked: the suggestion allows each of 1 uses of the log\n",
    ] {
        assert!(err.contains(line), "{line}\n{err}");
    }
    let (code, out, _, _) = run(&["suggest", "set.gate", "--log", "log.jsonl", "--strict"]);
    assert_eq!((code, out.as_str()), (2, ""));
}
