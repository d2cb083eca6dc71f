//! Transcripts of `what`, `who` and `prove`: exit code, stdout and stderr apart.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]
#![expect(clippy::disallowed_methods, reason = "a test reads what the command wrote")]

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

const SET: &str = "\
use intlpartnersmgt
network office = 203.0.113.0/24
policy desk {
    allow PayOrders from office when mfa is true
    allow QueryUser
    deny PayOrders from 203.0.113.77
}
user alice { attach desk }
user bob {}
";

/// Each run has a folder of its own: tests run side by side.
fn run(args: &[&str]) -> (i32, String, String) {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let run = RUNS.fetch_add(1, Ordering::Relaxed);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("questions-{run}"));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("set.gate"), SET).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_passgate"));
    let ran = command.args(args).current_dir(folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (ran.status.code().unwrap(), text(ran.stdout), text(ran.stderr))
}

#[track_caller]
fn check(args: &[&str], code: i32, out: &str, err: &str) {
    assert_eq!(run(args), (code, out.to_owned(), err.to_owned()), "{args:?}");
}

#[test]
fn what_by_category_and_answer() {
    check(
        &["what", "set.gate", "--principal", "user:alice"],
        0,
        "intlpartnersmgt: list, 38 actions\n  never    38 actions\n\
         intlpartnersmgt: other, 3 actions\n  never    3 actions\n\
         intlpartnersmgt: read, 131 actions\n  always   QueryUser\n  never    130 actions\n\
         intlpartnersmgt: write, 66 actions\n  depends  PayOrders\n           \
         address: 203.0.113.0/26, 203.0.113.64/29, 203.0.113.72/30, 203.0.113.76, 203.0.113.78/31, \
         203.0.113.80/28, 203.0.113.96/27, 203.0.113.128/25 depends\n           \
         mfa: true depends; other values never\n  never    65 actions\n",
        "",
    );
    let fixed = ["what", "set.gate", "--principal", "alice", "--ip", "203.0.113.78", "--format", "json"];
    let (code, out, err) = run(&fixed);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(
        out.starts_with("{\"principal\":\"alice\",\"known\":true,\"ip\":\"203.0.113.78\",\"resource\":null"),
        "{out}"
    );
    let pay = "{\"action\":\"intlpartnersmgt:PayOrders\",\"category\":\"write\",\"answer\":\"depends\",\"exact\":true,\
        \"on\":[{\"what\":\"key\",\"key\":\"mfa\",\"values\":[{\"value\":true,\"answer\":\"always\"},\
        {\"value\":false,\"answer\":\"never\"}],\"without\":\"never\"}]}";
    assert!(out.contains(pay), "{out}");
}

#[test]
fn what_of_the_unknown() {
    let unknown = "the policy set does not know `user:carol`: every call is refused\n";
    check(&["what", "set.gate", "--principal", "user:carol"], 0, unknown, "");
    let refused = "error[unknown-group]: the policy set defines no group `g`\n";
    check(&["what", "set.gate", "--principal", "group:g"], 2, "", refused);
    let refused = "error[bad-time]: `now` is no time: `YYYY-MM-DDThh:mm:ssZ`, in UTC\n";
    check(&["what", "set.gate", "--principal", "alice", "--at", "now"], 2, "", refused);
}

#[test]
fn who_by_answer() {
    check(
        &["who", "set.gate", "--action", "PayOrders", "--ip", "203.0.113.78"],
        0,
        "intlpartnersmgt:PayOrders\n  always   root\n  depends  user:alice\n           \
         mfa: true always; other values never\n  never    1 caller\n\
         without these, no caller with policies may\n  set.gate:4:5  desk#1\n",
        "",
    );
    check(
        &["who", "set.gate", "--action", "QueryUser", "--format", "json"],
        0,
        "{\"action\":\"intlpartnersmgt:QueryUser\",\"ip\":null,\"resource\":null,\"at\":null,\"exact\":true,\
         \"callers\":[{\"principals\":[\"root\",\"user:alice\"],\"answer\":\"always\",\"exact\":true,\"on\":[]}],\
         \"never\":1,\"statements\":[{\"policy\":\"desk\",\"id\":\"desk#2\",\"file\":\"set.gate\",\"line\":5,\"column\":5}]}\n",
        "",
    );
    let (code, out, err) = run(&["who", "set.gate", "--action", "PayOrder"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.starts_with("error[unknown-action]"), "{err}");
    assert!(err.ends_with("did you mean `PayOrders`?\n"), "{err}");
}

#[test]
fn proved_refuted_and_undecided() {
    check(
        &["prove", "set.gate", "no one may PayOrders unless from office", "user bob may not *"],
        0,
        "proved    assert no one may PayOrders unless from office\nproved    assert user bob may not *\n",
        "",
    );
    let shown = "refuted   assert no one may PayOrders\n\n\
        error[assert-failed]: `user:alice` may `intlpartnersmgt:PayOrders` from 203.0.113.128/25 (such as \
        203.0.113.128) with `mfa` is true\n --> <assert 1>:1:1\n  |\n1 | assert no one may PayOrders\n  \
        | ^^^^^^^^^^^^^^^^^^^^^^^^^^^\n  |\n ::: set.gate:4:5\n  |\n4 |     allow PayOrders from office when mfa is \
        true\n  |     ----- `desk#1` allows it\n\n";
    check(&["prove", "set.gate", "no one may PayOrders"], 1, shown, "");
    let json = "{\"verdict\":\"undecided\",\"exact\":false,\"asserts\":[{\"assert\":\"assert user bob may \
        QueryUser when qcs:ip like \\\"1*1\\\" and qcs:ip like \\\"*2*\\\" from 9.0.0.0/8\",\
        \"verdict\":\"undecided\",\"because\":[\"`like` reads the text of `qcs:ip`\"]}]}\n";
    let (code, out, err) = run(&[
        "prove",
        "set.gate",
        "user bob may QueryUser when qcs:ip like \"1*1\" and qcs:ip like \"*2*\" from 9.0.0.0/8",
        "--format",
        "json",
    ]);
    assert_eq!((code, out.as_str(), err.as_str()), (3, json, ""));
}

#[test]
fn an_assert_that_cannot_be_read_is_shown_where_it_stands() {
    let told = "error[unknown-name]: `offices` is no network\n --> <assert 1>:1:37\n  |\n1 | assert no one may \
        write unless from offices\n  |                                     ^^^^^^^\n  |\n  = help: did you mean the \
        network `office`?\nerror[bad-option]: the assert cannot be read\n";
    check(&["prove", "set.gate", "no one may write unless from offices"], 2, "", told);
}

#[test]
fn a_page_for_a_browser() {
    let page = std::env::temp_dir().join(format!("passgate-page-{}.html", std::process::id()));
    let file = page.to_str().unwrap();
    let words = format!("3 of 3 principal(s) in `{file}`\n");
    check(&["what", "set.gate", "--html", file], 0, "", &words);
    let text = String::from_utf8(std::fs::read(&page).unwrap()).unwrap();
    assert!(text.contains("\"principals\":[\"user:bob\"]") && text.contains("<code>set.gate</code>"));
    let words = format!("1 of 1 principal(s) in `{file}`\n");
    check(&["what", "set.gate", "--principal", "bob", "--ip", "192.0.2.1", "--html", file], 0, "", &words);
    std::fs::remove_file(&page).unwrap();
    let (code, out, err) = run(&["what", "set.gate", "--html", "none/what.html"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.starts_with("error[bad-file]: `none/what.html` cannot be written"), "{err}");
    assert_eq!(run(&["what", "set.gate"]).0, 2, "a principal is needed where no page is written");
}
