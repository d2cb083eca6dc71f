//! Arrows between rooms point one way, and only one room opens files.

#![expect(clippy::string_slice, reason = "a test fails where it stands")]

use super::source::{Source, rust};
use std::collections::BTreeSet;

/// What each room of core may name. The last rooms may name all before them.
const ROOMS: [(&str, &[&str]); 17] = [
    ("error", &[]),
    ("json", &[]),
    ("glob", &[]),
    ("nearest", &[]),
    ("toml_tree", &[]),
    ("address", &[]),
    ("report", &[]),
    ("catalog", &["json", "nearest", "toml_tree"]),
    ("findings", &["model"]),
    ("model", &["address", "catalog", "findings", "glob", "nearest"]),
    ("types", &["catalog", "model"]),
    ("cam", &["address", "catalog", "findings", "json", "model", "nearest"]),
    ("lint", &["address", "analysis", "cam", "catalog", "findings", "glob", "model", "nearest"]),
    ("reference", &["address", "catalog", "check", "error", "model"]),
    ("table", &["address", "catalog", "check", "error", "glob", "model", "nearest"]),
    ("check", &["address", "catalog", "error", "json", "model", "nearest", "table"]),
    (
        "analysis",
        &[
            "address",
            "cam",
            "catalog",
            "check",
            "error",
            "findings",
            "glob",
            "json",
            "model",
            "nearest",
            "report",
            "table",
            "toml_tree",
        ],
    ),
];

/// What the rooms below `check` may name of it: what is asked and answered.
const ASKED: [&str; 9] =
    ["Account", "Context", "ContextValue", "Decision", "Ip", "Place", "Reason", "Request", "self"];

#[test]
fn rooms_of_core_name_only_what_lies_below() {
    let mut wrong = Vec::new();
    for source in rust("core/src/") {
        let Some(room) = room(&source) else { continue };
        if room == "load" {
            continue;
        }
        let Some((_, may)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            wrong.push(format!("{}: `{room}` has no line in ROOMS", source.name));
            continue;
        };
        for (line, named) in named(&source) {
            let (other, item) = named.split_once("::").unwrap_or((named.as_str(), ""));
            let narrow = matches!(room, "table" | "reference") && other == "check";
            if other != room && (!may.contains(&other) || (narrow && !ASKED.contains(&item))) {
                wrong.push(format!("{}:{line}: {room} names {named}", source.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The reference evaluator is an oracle: of addresses it takes the types that the model holds, nothing that reads or
/// compares them.
#[test]
fn the_reference_shares_no_code_that_decides() {
    let taken: BTreeSet<String> = rust("core/src/reference/")
        .iter()
        .flat_map(named)
        .map(|(_, named)| named)
        .filter(|named| named.starts_with("address::"))
        .collect();
    let types: BTreeSet<String> = ["address::Family", "address::Prefix"].map(str::to_owned).into();
    assert!(taken.is_subset(&types), "{taken:?}");
}

/// `core/src/ROOM/…` and `core/src/ROOM.rs`; the face of the crate is no room.
fn room(source: &Source) -> Option<&str> {
    let path = source.name.strip_prefix("core/src/")?;
    let room = path.split('/').next()?.trim_end_matches(".rs");
    (room != "lib").then_some(room)
}

/// What a file names by `crate::…`: two parts of each path.
fn named(source: &Source) -> Vec<(usize, String)> {
    let mut all = Vec::new();
    let lines = source.code();
    for (place, (number, line)) in lines.iter().enumerate() {
        for (at, _) in line.match_indices("crate::") {
            let rest: String = lines.iter().skip(place).map(|(_, l)| l.trim()).collect();
            let skipped = line.trim_start().len();
            let from = at - (line.len() - skipped) + "crate::".len();
            all.extend(paths(rest.get(from..).unwrap_or_default()).into_iter().map(|p| (*number, p)));
        }
    }
    all
}

/// `a::b`, or of `a::{b, c::{d}}` the two `a::b` and `a::c`; of `{a::b, c}` likewise.
fn paths(text: &str) -> Vec<String> {
    if let Some(group) = text.strip_prefix('{') {
        return members(group).iter().flat_map(|member| paths(member)).collect();
    }
    let first = word(text);
    let rest = text.strip_prefix(first).and_then(|r| r.strip_prefix("::"));
    match rest {
        None => vec![first.to_owned()],
        Some(rest) => match rest.strip_prefix('{') {
            Some(group) => members(group).iter().map(|m| format!("{first}::{}", word(m))).collect(),
            None => vec![format!("{first}::{}", word(rest))],
        },
    }
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// The members of a group up to its closing brace.
fn members(group: &str) -> Vec<String> {
    let (mut all, mut depth) = (vec![String::new()], 0);
    for c in group.chars() {
        match c {
            '}' if depth == 0 => break,
            ',' if depth == 0 => all.push(String::new()),
            _ => {
                depth += i32::from(c == '{') - i32::from(c == '}');
                all.last_mut().expect("one at least").push(c);
            }
        }
    }
    all.into_iter().map(|m| m.trim().to_owned()).filter(|m| !m.is_empty()).collect()
}

#[test]
fn paths_are_found_in_groups() {
    assert_eq!(paths("check::Place;"), ["check::Place"]);
    assert_eq!(paths("check::{Decision, x::{Y, Z}, self};"), ["check::Decision", "check::x", "check::self"]);
    assert_eq!(paths("{cam, model::{self, A}};"), ["cam", "model::self", "model::A"]);
    let text = "use crate::{\n    cam::read,\n    lint,\n};\nfn f(x: crate::json::Value) {}\n";
    let source = Source { name: "core/src/x.rs".into(), text: text.into() };
    let found: Vec<String> = named(&source).into_iter().map(|(_, p)| p).collect();
    assert_eq!(found, ["cam::read", "lint", "json::Value"]);
}

/// A path that climbs out of its room by `super` would hide an arrow.
#[test]
fn rooms_are_named_from_the_top() {
    let climbs = |source: &Source| -> Vec<String> {
        let depth =
            source.name.trim_start_matches("core/src/").trim_end_matches("/mod.rs").split('/').count();
        let out = "super::".repeat(depth);
        let lines = source.code().into_iter().filter(|(_, line)| line.contains(&out));
        lines.map(|(number, line)| format!("{}:{number}: {}", source.name, line.trim())).collect()
    };
    let wrong: Vec<String> = rust("core/src/")
        .iter()
        .filter(|s| room(s).is_some_and(|r| s.name != format!("core/src/{r}.rs")))
        .flat_map(climbs)
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_below_load_opens_files_or_reads_clock_and_environment() {
    let outside = [
        "std::fs",
        "std::env",
        "fs::",
        "SystemTime",
        "Instant::now",
        "std::process",
        "std::thread",
        "TcpStream",
        "UdpSocket",
    ];
    let printed = ["println!", "print!", "dbg!"];
    let mut wrong = Vec::new();
    for source in [rust("grammar/src/"), rust("core/src/")].into_iter().flatten() {
        let opens = source.name.starts_with("core/src/load/");
        // A question about many callers is worked out in parts.
        let threads = source.name == "core/src/analysis/threads.rs";
        for (number, line) in source.code() {
            let outside = outside.iter().filter(|word| !threads || **word != "std::thread");
            let reaches = !opens && outside.into_iter().any(|word| begins_a_path(line, word));
            let asks = ["std::env", "SystemTime", "Instant::now"].iter().any(|word| line.contains(word));
            if reaches || asks || printed.iter().any(|word| line.contains(word)) {
                wrong.push(format!("{}:{number}: {}", source.name, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a line holds the words, not as the end of a longer name.
fn begins_a_path(line: &str, words: &str) -> bool {
    line.match_indices(words).any(|(at, _)| !line[..at].ends_with(char::is_alphanumeric))
}

#[test]
fn a_longer_name_reaches_nothing() {
    assert!(begins_a_path("    fs::read(path)", "fs::") && !begins_a_path("Proofs::default()", "fs::"));
}

#[test]
fn crates_depend_downwards() {
    let manifests: Vec<Source> =
        super::source::all().into_iter().filter(|s| s.name.ends_with("Cargo.toml")).collect();
    let depends = |name: &str, on: &str| {
        let manifest = manifests.iter().find(|s| s.name == name).expect(name);
        let at_start =
            |line: &str| line.strip_prefix(on).is_some_and(|rest| rest.starts_with([' ', '.', '=']));
        manifest.text.lines().any(at_start)
    };
    assert!(!depends("grammar/Cargo.toml", "passgate"), "grammar knows no core");
    assert!(depends("core/Cargo.toml", "passgate-grammar"));
    for binding in manifests.iter().map(|s| s.name.as_str()).filter(|n| n.starts_with("bindings/")) {
        for other in ["passgate-cli", "passgate-python", "passgate-node", "passgate-grammar"] {
            assert!(!depends(binding, other), "{binding} depends on {other}");
        }
    }
    for room in ["grammar/Cargo.toml", "core/Cargo.toml"] {
        for outside in ["clap", "pyo3", "napi", "tokio", "rand"] {
            assert!(!depends(room, outside), "{room} depends on {outside}");
        }
    }
}
