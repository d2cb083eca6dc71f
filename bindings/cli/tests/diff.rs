//! Transcripts of `diff`: exit code, stdout and stderr apart; sets from files, folders and revisions of a repository.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

const OLD: &str = "\
use intlpartnersmgt
network office = 203.0.113.0/24
policy desk {
    allow PayOrders from office when mfa is true
    allow QueryUser
}
user alice { attach desk }
user bob { attach desk }
user carol {}
";

const NEW: &str = "\
use intlpartnersmgt
network office = 203.0.112.0/23
policy desk {
    allow PayOrders from office when mfa is true
}
@ignore(odd-category, \"as the provider files it\")
policy reads { allow read }
user alice { attach desk, reads }
user bob { attach desk }
user dave { attach reads }
";

/// The old set in other words.
const SAME: &str = "\
use intlpartnersmgt
policy pays { allow PayOrders from 203.0.113.0/25, 203.0.113.128/25 when mfa is true }
policy asks { allow QueryUser  deny ForceQN }
group desk { attach pays, asks }
user carol {}
user bob { attach pays, asks }
user alice { attach pays, asks }
";

/// A folder of its own for each test: tests run side by side.
fn folder() -> PathBuf {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let run = RUNS.fetch_add(1, Ordering::Relaxed);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("diff-{}-{run}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("temp")).unwrap();
    for (name, text) in [("old.gate", OLD), ("new.gate", NEW), ("same.gate", SAME)] {
        std::fs::write(folder.join(name), text).unwrap();
    }
    folder
}

fn run_in(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_passgate"));
    let ran = command.arg("diff").args(args).current_dir(folder).env("TMPDIR", folder.join("temp")).output();
    let ran = ran.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (ran.status.code().unwrap(), text(ran.stdout), text(ran.stderr))
}

#[track_caller]
fn check(args: &[&str], code: i32, out: &str, err: &str) {
    assert_eq!(run_in(&folder(), args), (code, out.to_owned(), err.to_owned()), "{args:?}");
}

#[test]
fn a_table_that_a_reviewer_reads() {
    let (code, out, err) = run_in(&folder(), &["old.gate", "new.gate"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    let snapshot = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff.txt");
    if std::env::vars_os().any(|(name, _)| name == "PASSGATE_UPDATE") {
        std::fs::write(&snapshot, &out).unwrap();
    }
    #[expect(clippy::disallowed_methods, reason = "tests read their snapshots")]
    let expected = std::fs::read_to_string(snapshot).unwrap();
    assert_eq!(out, expected);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads what the command wrote")]
fn a_page_for_a_browser() {
    let folder = folder();
    let words = "of 5 callers, 3 gain and 1 lose, in `page.html`\n";
    let told = run_in(&folder, &["old.gate", "new.gate", "--html", "page.html", "--fail-on", "losses"]);
    assert_eq!(told, (1, String::new(), words.to_owned()));
    let page = String::from_utf8(std::fs::read(folder.join("page.html")).unwrap()).unwrap();
    assert!(page.contains("<title>Who gains and who loses what: old.gate → new.gate</title>"), "{page}");
    assert!(page.contains("\"principals\":[\"user:dave\"],\"more\":0,\"known\":\"new\""), "{page}");
    let words = "no right changes (4 callers compared), in `page.html`\n";
    let told = run_in(&folder, &["old.gate", "old.gate", "--html", "page.html", "--fail-on", "losses"]);
    assert_eq!(told, (0, String::new(), words.to_owned()));
    let (code, out, err) = run_in(&folder, &["old.gate", "new.gate", "--html", "none/page.html"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.starts_with("error[bad-file]: `none/page.html` cannot be written"), "{err}");
    for other in [["--format", "json"].as_slice(), &["--all"], &["--log", "old.gate"]] {
        let args = [&["old.gate", "new.gate", "--html", "page.html"], other].concat();
        assert_eq!(run_in(&folder, &args).0, 2, "{other:?}");
    }
}

#[test]
fn what_says_the_same_is_empty() {
    // Only whoever brings the new group gains.
    let out = "group:desk (only in the new set)\n  + gains read   intlpartnersmgt: QueryUser\n           every call\n\
        \u{20}\u{20}+ gains write  intlpartnersmgt: PayOrders\n           address: 203.0.113.0/24 depends\n           \
        mfa: true depends; other values never\nof 5 callers, 1 gain and 0 lose\n";
    check(&["old.gate", "same.gate"], 0, out, "");
    check(
        &["old.gate", "same.gate", "--principal", "user:alice"],
        0,
        "no right changes (1 caller compared)\n",
        "",
    );
    check(&["old.gate", "old.gate", "--fail-on", "gains"], 0, "no right changes (4 callers compared)\n", "");
    let empty = "{\"principal\":null,\"empty\":true,\"exact\":true,\"callers\":4,\"settings\":[],\
        \"catalogs\":{\"services\":[]},\"changes\":[]}\n";
    check(&["old.gate", "old.gate", "--format", "json"], 0, empty, "");
}

#[test]
fn the_exit_code_says_what_is_asked() {
    let folder = folder();
    let code = |args: &[&str]| run_in(&folder, &[&["old.gate", "new.gate"], args].concat()).0;
    assert_eq!(code(&["--fail-on", "gains"]), 1);
    assert_eq!(code(&["--fail-on", "losses"]), 1);
    assert_eq!(code(&["--fail-on", "gains:write", "--principal", "dave"]), 0);
    assert_eq!(code(&["--fail-on", "losses:write", "--fail-on", "gains:read"]), 1);
    assert_eq!(code(&["--fail-on", "losses:write"]), 0);
    assert_eq!(code(&["--fail-on", "gains:opaque"]), 0);
    let (code, _, err) = run_in(&folder, &["old.gate", "new.gate", "--fail-on", "gains:wirte"]);
    assert_eq!(code, 2);
    assert!(err.contains("error[bad-option]: `--fail-on gains:wirte`: no action has this category"), "{err}");
    let refused = "error[bad-option]: `--fail-on changes` is neither `gains` nor `losses`\n";
    check(&["old.gate", "old.gate", "--fail-on", "changes"], 2, "", refused);
}

fn git(folder: &Path, args: &[&str]) {
    let config = ["-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "init.defaultBranch=main"];
    let ran = Command::new("git").args(config).args(args).current_dir(folder).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

/// A repository with the old set committed, in a folder with an odd name too, and the new one in its place.
fn repository() -> PathBuf {
    let folder = folder();
    let odd = folder.join("a b$(x)");
    std::fs::create_dir_all(&odd).unwrap();
    std::fs::rename(folder.join("old.gate"), odd.join("set.gate")).unwrap();
    std::fs::write(odd.join("readme.md"), "no policy").unwrap();
    std::fs::write(odd.join("passgate.toml"), "strict = false\n").unwrap();
    git(&folder, &["init", "-q"]);
    git(&folder, &["add", "a b$(x)"]);
    git(&folder, &["commit", "-q", "-m", "old"]);
    git(&folder, &["tag", "v1"]);
    std::fs::write(odd.join("set.gate"), NEW).unwrap();
    git(&folder, &["commit", "-q", "-a", "-m", "new"]);
    folder
}

#[test]
fn revisions_are_sets() {
    let folder = repository();
    let expected = run_in(&folder, &["v1.gate", "new.gate"]);
    assert_eq!(expected.0, 2);
    let table = |args: &[&str]| {
        let (code, out, err) = run_in(&folder, args);
        assert_eq!((code, err.as_str()), (0, ""), "{args:?} {out}");
        out
    };
    let whole = table(&["git:v1", "a b$(x)"]);
    assert!(whole.contains("user:dave (only in the new set)"), "{whole}");
    assert_eq!(table(&["git:v1:a b$(x)", "git:HEAD"]), whole);
    assert_eq!(table(&["git:HEAD~1:./a b$(x)/set.gate", "a b$(x)/set.gate"]), whole);
    assert_eq!(table(&["git:v1:a b$(x)/", "git:main:a b$(x)"]), whole);
    assert!(table(&["git:HEAD", "a b$(x)"]).starts_with("no right changes"));
    // From inside the folder, whose own path is another then.
    let inside = folder.join("a b$(x)");
    std::fs::create_dir(inside.join("temp")).unwrap();
    assert_eq!(run_in(&inside, &["git:v1", "."]), (0, whole, String::new()));
    let left: Vec<_> = std::fs::read_dir(folder.join("temp")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn revisions_that_are_not_there() {
    let folder = repository();
    let refused = |args: &[&str], told: &str| {
        let (code, out, err) = run_in(&folder, args);
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(err.starts_with(told), "{err}");
    };
    refused(&["git:v9", "new.gate"], "error[bad-file]: the repository has no revision `v9`\n");
    refused(&["git:--help", "new.gate"], "error[bad-file]: the repository has no revision `--help`\n");
    refused(&["git:v1", "new.gate"], "error[bad-file]: the revision `v1` has no `new.gate`\n");
    refused(&["git:v1:b", "new.gate"], "error[bad-file]: the revision `v1` has no `b`\n");
    refused(&["git:v1:../x", "new.gate"], "error[bad-file]: `../x` is no path of a repository\n");
    refused(&["git:v1:/etc", "new.gate"], "error[bad-file]: `/etc` is no path of a repository\n");
    refused(&["git:v1", "/etc"], "error[bad-file]: `git:v1` needs a repository: ");
    let left: Vec<_> = std::fs::read_dir(folder.join("temp")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

const LOG: &str = "\
{\"principal\":\"user:alice\",\"action\":\"PayOrders\",\"ip\":\"203.0.112.9\",\"context\":{\"mfa\":true},\"count\":40}
{\"principal\":\"user:bob\",\"action\":\"QueryUser\",\"ip\":\"192.0.2.1\"}
not a request
{\"principal\":\"user:bob\",\"action\":\"QueryUser\",\"count\":2}
{\"principal\":\"user:bob\",\"action\":\"QueryUser\",\"count\":-2}
{\"principal\":\"user:bob\",\"action\":\"Nothing\"}
";

#[test]
fn a_log_says_who_would_have_noticed() {
    let folder = folder();
    std::fs::write(folder.join("log.jsonl"), LOG).unwrap();
    let (code, out, err) = run_in(&folder, &["old.gate", "new.gate", "--log", "log.jsonl"]);
    assert_eq!(code, 0);
    let lines: Vec<&str> = out.lines().collect();
    let log = lines.iter().position(|line| line.starts_with("log: ")).unwrap();
    assert_eq!(
        &lines[log..log + 4],
        [
            "log: 44 calls in 6 lines; 40 gained, 3 lost, 1 decided by neither set",
            "  +       40  user:alice PayOrders (line 1)",
            "  -        3  user:bob QueryUser (line 2)",
            "changes that no line of the log meets:",
        ]
    );
    assert!(lines[log + 4..].iter().any(|line| line.starts_with("  user:dave + gains ")), "{out}");
    assert!(!out.contains("  user:alice, user:bob + gains intlpartnersmgt:PayOrders\n"), "{out}");
    assert_eq!(
        err,
        "warning: line 3 of the log is no request: the request is not JSON: a JSON value is expected, found `n` at column 1\n\
         warning: line 5 of the log is no request: `count` is no whole number above zero\n"
    );
    let (code, out, err) = run_in(&folder, &["old.gate", "new.gate", "--log", "log.jsonl", "--strict-log"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.starts_with("error[bad-request]: line 3 of the log is no request: "), "{err}");
    let (code, out, _) = run_in(&folder, &["old.gate", "new.gate", "--log", "log.jsonl", "--format", "json"]);
    assert_eq!(code, 0);
    let log = "\"log\":{\"lines\":6,\"others\":0,\"calls\":44,\"broken\":2,\"undecided\":1,\"gained\":40,\"lost\":3,\"flips\":[\
        {\"principal\":\"user:alice\",\"action\":\"PayOrders\",\"change\":\"gain\",\"calls\":40,\"line\":1}";
    assert!(out.contains(log), "{out}");
    let (code, out, _) =
        run_in(&folder, &["old.gate", "new.gate", "--log", "log.jsonl", "--principal", "alice"]);
    let own = "log: 40 calls in 6 lines, 3 of others left out; 40 gained, 0 lost, 0 decided by neither set";
    assert_eq!((code, out.lines().find(|line| line.starts_with("log: "))), (0, Some(own)), "{out}");
    assert!(!out.contains("user:bob"), "{out}");
    let (code, _, err) = run_in(&folder, &["old.gate", "new.gate", "--log", "temp"]);
    assert_eq!((code, err.starts_with("error[bad-file]: `temp` is no file")), (2, true), "{err}");
}
