//! Transcripts of `compile` and `stats`, and of every command that meets a compiled file: exit code, stdout and stderr
//! apart.

#![expect(clippy::disallowed_methods, reason = "a test fails where it stands")]
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::path::{Path, PathBuf};
use std::process::Command;

const SET: &str = "\
use intlpartnersmgt
set owner.uin = \"1\"
policy desk {
    allow PayOrders from 203.0.113.0/24
    @reason(\"not by hand\")
    deny ForceQN
    allow QueryUser when intlpartnersmgt:level > 3
}
user alice { attach desk }
";

/// What a run of the command gave.
#[derive(Debug, PartialEq)]
struct Ran {
    code: i32,
    out: String,
    err: String,
}

/// A folder with the set in it.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compiled").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("set.gate"), SET).unwrap();
    folder
}

fn run(folder: &Path, args: &str) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_passgate"));
    let output = command.args(args.split(' ')).current_dir(folder).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

fn check(folder: &Path, args: &str, code: i32, out: &str, err: &str) {
    assert_eq!(run(folder, args), Ran { code, out: out.into(), err: err.into() }, "{args}");
}

fn compiled(name: &str) -> PathBuf {
    let folder = folder(name);
    let ran = run(&folder, "compile set.gate -o set.gatec");
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert!(ran.err.starts_with("set.gatec: ") && ran.err.contains(" bytes, semantic hash "), "{}", ran.err);
    folder
}

#[test]
fn a_compiled_file_answers_like_its_set() {
    let folder = compiled("answers");
    let asks = [
        "--principal alice --action PayOrders --ip 203.0.113.9",
        "--principal alice --action PayOrders",
        "--principal alice --action ForceQN",
        "--principal alice --action ForceQN --format json",
        "--principal alice --action QueryUser --context {\"intlpartnersmgt:level\":4}",
        "--principal alice --action QueryUser --context {\"intlpartnersmgt:level\":true}",
        "--principal bob --action QueryUser --format json",
        "--principal alice --action PayOrder",
        "--principal policy:desk --action PayOrders",
    ];
    for ask in asks {
        let of = |set: &str| run(&folder, &format!("check {set} {ask}"));
        assert_eq!(of("set.gatec"), of("set.gate"), "{ask}");
    }
    let denied = "denied: explicit-deny (a statement denies it)\n";
    let ran = run(&folder, "check set.gatec --principal alice --action ForceQN");
    assert!(ran.out.starts_with(denied) && ran.out.contains("set.gate:"), "{}", ran.out);
}

#[test]
fn options_that_would_change_it_are_refused() {
    let folder = compiled("options");
    let ask = "--principal alice --action QueryUser --context {\"intlpartnersmgt:level\":4}";
    let told = |option: &str| {
        format!(
            "error[bad-option]: a compiled file keeps what it was compiled with: `{option}` would change it\n"
        )
    };
    std::fs::write(folder.join("doc.json"), "{}").unwrap();
    for (option, given) in [
        ("owner", "--owner uin=2"),
        ("opaque", "--opaque cvm"),
        ("ip-unsupported", "--ip-unsupported evaluate"),
        ("strict", "--strict"),
        ("catalog", "--catalog doc.json"),
        ("boundary", "--boundary doc.json"),
    ] {
        check(&folder, &format!("check set.gatec {ask} {given}"), 2, "", &told(option));
    }
    // What says the same changes nothing.
    let same = run(&folder, &format!("check set.gatec {ask} --owner uin=1 --ip-unsupported withhold"));
    assert_eq!(same.code, 0, "{}", same.err);
}

#[test]
fn verify_compares_every_cell() {
    let folder = compiled("verify");
    let verify = "compile set.gate -o set.gatec --verify";
    let ran = run(&folder, verify);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert!(ran.err.ends_with(" cells agree\n"), "{}", ran.err);
    std::fs::write(folder.join("set.gate"), SET.replace("203.0.113.0/24", "203.0.113.0/25")).unwrap();
    let told =
        "set.gatec: policy `desk`, `intlpartnersmgt:PayOrders` at 203.0.113.128: none here, allow there\n";
    check(&folder, verify, 1, "", told);
    std::fs::write(folder.join("set.gate"), SET.replace("level > 3", "level > 4")).unwrap();
    assert_eq!(run(&folder, verify).code, 1);
    let missing = run(&folder, "compile set.gate -o other.gatec --verify");
    assert_eq!((missing.code, missing.out.as_str()), (2, ""));
    assert!(missing.err.starts_with("error[bad-file]: "), "{}", missing.err);
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let folder = compiled("whole");
    let before = std::fs::read(folder.join("set.gatec")).unwrap();
    let named = "error[bad-option]: `set.bin`: the name of a compiled file ends in `.gatec`\n";
    check(&folder, "compile set.gate -o set.bin", 2, "", named);
    let nowhere = run(&folder, "compile set.gate -o no/such/set.gatec");
    assert_eq!((nowhere.code, nowhere.out.as_str()), (2, ""));
    assert!(
        nowhere.err.starts_with("error[bad-file]: `no/such/set.gatec` cannot be written"),
        "{}",
        nowhere.err
    );
    std::fs::write(folder.join("set.gate"), "policy p {").unwrap();
    assert_eq!(run(&folder, "compile set.gate -o set.gatec").code, 2);
    assert_eq!(std::fs::read(folder.join("set.gatec")).unwrap(), before, "a refused set changes nothing");
    let left: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    let again = run(&folder, "compile set.gatec -o again.gatec");
    assert_eq!(again.code, 0, "{}", again.err);
    assert_eq!(std::fs::read(folder.join("again.gatec")).unwrap(), before);
}

#[test]
fn texts_are_embedded_only_where_they_are_asked_for() {
    let folder = compiled("embedded");
    let holds = |file: &str| {
        let bytes = std::fs::read(folder.join(file)).unwrap();
        bytes.windows(9).any(|window| window == b"not by ha") && bytes.windows(10).any(|w| w == b"deny Force")
    };
    assert_eq!(run(&folder, "compile set.gate -o with.gatec --embed-source").code, 0);
    assert!(holds("with.gatec") && !holds("set.gatec"));
    assert_eq!(run(&folder, "compile set.gate -o with.gatec --verify").code, 0);
}

#[test]
fn damaged_and_foreign_files_are_refused() {
    let folder = compiled("damaged");
    let sound = std::fs::read(folder.join("set.gatec")).unwrap();
    let ask = "--principal alice --action PayOrders";
    let told = |bytes: &[u8]| {
        std::fs::write(folder.join("bad.gatec"), bytes).unwrap();
        let ran = run(&folder, &format!("check bad.gatec {ask}"));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        ran.err
    };
    let starts = |bytes: &[u8], text: &str| {
        let found = told(bytes);
        assert!(found.starts_with("error[bad-compiled]: `bad.gatec`: ") && found.contains(text), "{found}");
    };
    starts(b"", "shorter than the head");
    starts(b"policy p { allow * }", "does not begin like a compiled file");
    starts(&sound[..sound.len() - 4], "cut off or added to");
    starts(&sound[..sound.len() - 1], "not a whole number of words");
    let mut altered = sound.clone();
    altered[sound.len() / 2] ^= 1;
    starts(&altered, "its checksum does not hold");
    let mut newer = sound.clone();
    newer[8] = 2;
    starts(&newer, "it is of format 2, newer than format 1");
    let json = run(&folder, &format!("check bad.gatec {ask} --format json"));
    assert!(json.out.starts_with("{\"error\":{\"code\":\"bad-compiled\""), "{}", json.out);
}

#[test]
fn stats_of_sets_and_files_agree() {
    let folder = compiled("stats");
    let [of_set, of_file] = ["stats set.gate", "stats set.gatec"].map(|command| run(&folder, command));
    // What a set takes in memory depends on where it came from.
    let same = |ran: &Ran| {
        let (before, rest) = ran.out.split_once("in memory: ").unwrap();
        (before.to_owned(), rest.split_once("statements that cost most to ask:").unwrap().1.to_owned())
    };
    assert_eq!(same(&of_set), same(&of_file));
    assert_eq!((of_set.code, of_file.code), (0, 0));
    let first = "1 policies, 3 statements (1 with resources or conditions)\n1 users, 0 roles, 0 groups, 2 signatures\n";
    assert!(of_set.out.starts_with(first), "{}", of_set.out);
    let json = run(&folder, "stats set.gatec --format json");
    let figures: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let cells = &figures["cells"];
    let count = |kind: &str| cells[kind].as_u64().unwrap();
    // Three segments of IPv4, one of IPv6, and no address, of 238 actions each. The second signature is that of a caller
    // who is not declared: no policy at all.
    assert_eq!(["none", "allow", "deny", "depends"].map(count).iter().sum::<u64>(), 5 * 238);
    assert_eq!((count("allow"), count("deny"), count("depends")), (1, 5, 5));
    let slowest = &figures["slowest"][0];
    assert_eq!(slowest["comparisons"], 1);
    assert_eq!([&slowest["most"], &slowest["file"]], ["intlpartnersmgt:level", "set.gate"]);
    assert_eq!([&slowest["line"], &slowest["column"], &slowest["most_comparisons"]], [7, 5, 1]);
    assert!(
        of_file.out.ends_with("  set.gate:7:5  desk#3  1 comparisons, 1 of them: intlpartnersmgt:level\n")
    );
    assert_eq!(run(&folder, "stats other.gate").code, 2);
}

/// Both forms tell the same of memory, the parts are the whole, and the page lists each of them.
#[test]
fn stats_tell_memory_part_by_part() {
    let folder = compiled("memory");
    let page = include_str!("../../../docs/cli.md");
    let listed = page.split_once("| part in memory | what it is |").unwrap().1.lines().skip(2);
    let listed: Vec<&str> =
        listed.map_while(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0)).collect();
    for set in ["set.gate", "set.gatec"] {
        let json = run(&folder, &format!("stats {set} --format json"));
        let figures: serde_json::Value = serde_json::from_str(&json.out).unwrap();
        let parts = figures["memory"].as_array().unwrap();
        let named: Vec<&str> = parts.iter().map(|part| part["part"].as_str().unwrap()).collect();
        assert_eq!(named, listed);
        let bytes = |part: &serde_json::Value| part["bytes"].as_u64().unwrap();
        assert_eq!(Some(parts.iter().map(bytes).sum()), figures["memory_bytes"].as_u64());
        let lines =
            parts.iter().map(|part| format!("  {}: {}\n", part["part"].as_str().unwrap(), part["bytes"]));
        let told = format!("in memory: {} bytes\n{}", figures["memory_bytes"], lines.collect::<String>());
        let human = run(&folder, &format!("stats {set}")).out;
        assert!(human.contains(&told), "{told}\nis not in\n{human}");
        let read = parts.iter().filter(|part| bytes(part) > 0).map(|part| part["part"].as_str().unwrap());
        assert_eq!(read.filter(|part| *part == "file").count(), usize::from(set == "set.gatec"));
    }
}

#[test]
fn what_needs_the_texts_says_so() {
    let folder = compiled("texts");
    let ran = run(&folder, "lint set.gatec");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.starts_with("error[bad-file]: `set.gatec` is a compiled file"), "{}", ran.err);
}
