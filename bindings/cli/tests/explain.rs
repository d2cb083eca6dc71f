//! Transcripts of `explain`: exit code, stdout and stderr apart.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

const SET: &str = "\
use intlpartnersmgt
policy desk {
    allow PayOrders from 203.0.113.0/24 when mfa is true
    @reason(\"ask your desk\")
    deny PayOrders from 203.0.113.77
}
group pay { attach desk }
user alice { in pay }
user bob {}
";

/// Each run has a folder of its own: tests run side by side.
fn run(args: &[&str]) -> (i32, String, String) {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let run = RUNS.fetch_add(1, Ordering::Relaxed);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("explain-{run}"));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("set.gate"), SET).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_passgate"));
    let ran = command.args(["explain", "set.gate"]).args(args).current_dir(folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (ran.status.code().unwrap(), text(ran.stdout), text(ran.stderr))
}

#[track_caller]
fn check(args: &[&str], code: i32, out: &str, err: &str) {
    assert_eq!(run(args), (code, out.to_owned(), err.to_owned()), "{args:?}");
}

#[test]
fn a_refusal_clause_by_clause() {
    check(
        &["--principal", "user:alice", "--action", "PayOrders", "--ip", "203.0.113.9"],
        1,
        "user:alice may not perform PayOrders from 203.0.113.9: no statement allows it\n\
         policies of the caller\n  \
           set.gate:3:5  desk#1  allow: does not match, through group:pay\n    \
             holds           a policy of the caller\n    \
             holds           PayOrders\n    \
             holds           on *\n    \
             holds           from 203.0.113.0/24\n    \
             not handed over mfa is true (the call gives no `mfa`, and so it does not hold)\n  \
           set.gate:5:5  desk#2  deny: does not match, through group:pay\n    \
             holds           a policy of the caller\n    \
             holds           PayOrders\n    \
             holds           on *\n    \
             does not hold   from 203.0.113.77\n\
         it would be allowed\n  \
           with mfa true\n",
        "",
    );
}

#[test]
fn a_deny_in_brief() {
    let call =
        ["--principal", "alice", "--action", "PayOrders", "--ip", "203.0.113.77", "--context", "mfa=true"];
    let brief: Vec<&str> = call.iter().copied().chain(["--brief"]).collect();
    check(
        &brief,
        1,
        "alice may not perform PayOrders from 203.0.113.77 with mfa true: a statement denies it\n  \
           told: \"ask your desk\"\n\
         policies of the caller\n  \
           set.gate:5:5  desk#2  deny: decides, through group:pay\n    \
             holds           a policy of the caller\n    \
             holds           PayOrders\n    \
             holds           on *\n    \
             holds           from 203.0.113.77\n\
         it would be allowed\n  \
           from 203.0.113.76\n",
        "",
    );
    let object: Vec<&str> =
        call.iter().map(|word| if *word == "mfa=true" { "{\"mfa\": true}" } else { word }).collect();
    let (code, out, _) = run(&object.iter().copied().chain(["--format", "json"]).collect::<Vec<_>>());
    assert_eq!(code, 1);
    assert!(out.contains("\"nearest\":{\"exact\":true,\"proposals\":[{\"sentence\":\"it would be allowed from 203.0.113.76\","), "{out}");
}

#[test]
fn others_errors_and_allows() {
    let others = [
        "--principal",
        "bob",
        "--action",
        "PayOrders",
        "--ip",
        "203.0.113.9",
        "--context",
        "mfa=true",
        "--all",
    ];
    let (code, out, _) = run(&others);
    assert_eq!(code, 1);
    assert!(out.contains("policies that the caller does not have\n  set.gate:3:5  desk#1  allow: does not match\n    does not hold   a policy that"), "{out}");
    assert!(out.ends_with("it would be allowed\n  as a member of group:pay\n"), "{out}");
    let wrong = "whether bob may perform PayOrder is not decided: no catalog has an action `PayOrder`; did you mean `PayOrders`?\n";
    check(&["--principal", "bob", "--action", "PayOrder"], 2, wrong, "");
    let (code, out, _) = run(&["--principal", "root", "--action", "PayOrders"]);
    assert_eq!((code, out.as_str()), (0, "root may perform PayOrders: the account root is asking\n"));
    let refused = "error[bad-option]: `--context mfa` is neither a JSON object nor key=value\n";
    check(&["--principal", "bob", "--action", "PayOrders", "--context", "mfa"], 2, "", refused);
}
