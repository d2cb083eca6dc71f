//! Transcripts of `passgate cam`: arguments and files in; exit code, stdout and stderr apart out.

#![expect(clippy::panic, reason = "a test fails where it stands")]
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

const PROVED: &str = "every request is decided alike, there and back";

const LEGACY: &str = r#"{"version": "3.0", "statement": [
    {"effect": "allow", "action": ["intlpartnersmgt:QueryUser", "intlpartnersmgt:Query*"], "resource": "*",
     "condition": {"ip_equal": {"qcs:ip": ["10.0.0.5/8", "2001:db8::/32"]},
                   "numeric_less_than": {"cos:n": [1, 30, 2]}, "null_equal": {"mfa": ["true", "false"]}}},
    {"effect": "deny", "action": ["intlpartnersmgt:ForceQN", "permid/7"], "resource": "*",
     "condition": {"ip_not_equal_if_exist": {"qcs:ip": ["10.0.0.5/8", "2001:db8::/32"]}}}]}"#;

const LEGACY_GATE: &str = r#"use intlpartnersmgt

network network-1 = 10.0.0.5/8, 2001:db8::/32

@version("3.0")
policy legacy {
    // {"numeric_less_than":{"cos:n":[1,30,2]}}: any of them suffices, so the widest is kept
    // {"null_equal":{"mfa":["true","false"]}}: always holds
    allow QueryUser, Query* from network-1 when cos:n < 30
    deny ForceQN, permid/7 unless from network-1
}
"#;

/// A folder with these files.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cam-command").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    for (file, text) in files {
        let path = folder.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// Exit code, stdout and stderr of `passgate cam …`.
fn cam(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_passgate")).arg("cam").args(args).current_dir(folder).output();
    let ran = ran.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (ran.status.code().unwrap(), text(ran.stdout), text(ran.stderr))
}

/// Runs it and compares all three.
fn check(folder: &Path, args: &[&str], code: i32, out: &str, err: &str) {
    assert_eq!(cam(folder, args), (code, out.to_owned(), err.to_owned()), "{args:?}");
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

#[test]
fn an_import_reads_as_a_person_would_write_it() {
    let folder = folder("import", &[("legacy.json", LEGACY)]);
    let (code, out, err) = cam(&folder, &["import", "legacy.json", "--verify"]);
    assert_eq!((code, out.as_str()), (0, LEGACY_GATE), "{err}");
    assert!(err.ends_with(&format!("proved: `legacy`: {PROVED}\n")), "{err}");
    for told in ["[host-bits-set]", "[always-true]", "`10.0.0.5/8`"] {
        assert!(err.contains(told), "{told}\n{err}");
    }
    let (code, out, _) = cam(&folder, &["import", "legacy.json", "--verify", "--format", "json"]);
    let value = json(&out);
    assert_eq!((code, &value["gate"]), (0, &Value::from(LEGACY_GATE)));
    let proof = &value["verified"][0];
    assert_eq!((&proof["policy"], &proof["proved"]), (&"legacy".into(), &true.into()));
    assert_eq!((&proof["there"]["verdict"], &proof["back"]["verdict"]), (&"alike".into(), &"alike".into()));
    let (_, out, _) = cam(&folder, &["import", "legacy.json", "--format", "json"]);
    assert_eq!(json(&out), serde_json::json!({"gate": LEGACY_GATE}));
}

#[test]
fn an_import_is_formatted_already() {
    let folder = folder("formatted", &[("legacy.json", LEGACY), ("legacy.gate", LEGACY_GATE)]);
    let ran = Command::new(env!("CARGO_BIN_EXE_passgate"))
        .args(["fmt", "--check", "legacy.gate"])
        .current_dir(&folder)
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(0), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn documents_of_one_name_are_told_apart() {
    let one = r#"{"version":"2.0","statement":{"effect":"allow","action":"cvm:*","resource":"*"}}"#;
    let folder = folder("names", &[("a/x.json", one), ("b/x.json", one)]);
    let out = "policy x {\n    allow cvm:*\n}\n\npolicy x-2 {\n    allow cvm:*\n}\n";
    check(
        &folder,
        &["import", "a/x.json", "b/x.json"],
        0,
        out,
        "note: `b/x.json` is called `x-2`: `x` is taken\n",
    );
}

#[test]
fn a_refused_document_is_no_answer() {
    let folder = folder(
        "refused",
        &[("x.json", r#"{"version":"2.0","statement":{"effect":"Allow","action":"cvm:*","resource":"*"}}"#)],
    );
    let (code, out, err) = cam(&folder, &["import", "x.json", "--verify"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("[keyword-case]") && !err.contains("proved"), "{err}");
    let (code, out, err) = cam(&folder, &["import", "missing.json"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.starts_with("error[bad-file]: "), "{err}");
}

#[test]
fn a_catalog_of_ones_own_gives_bare_names() {
    let shop = r#"{"service": "shop", "actions": [{"name": "Buy"}, {"name": "Look"}]}"#;
    let one =
        r#"{"version":"2.0","statement":{"effect":"allow","action":["shop:Buy","shop:L*"],"resource":"*"}}"#;
    let folder = folder("catalog", &[("shop.json", shop), ("p.json", one)]);
    check(&folder, &["import", "p.json"], 0, "policy p {\n    allow shop:Buy, shop:L*\n}\n", "");
    let bare = "use shop\n\npolicy p {\n    allow Buy, L*\n}\n";
    let proved = format!("proved: `p`: {PROVED}\n");
    check(&folder, &["import", "p.json", "--catalog", "shop.json", "--verify"], 0, bare, &proved);
}

const DESK: &str = "use intlpartnersmgt
policy desk {
    allow QueryUser, read only QueryB* except QueryBill* from 10.0.0.0/8 except 10.128.0.0/9
}
";

#[test]
fn an_export_is_proved() {
    let folder = folder("export", &[("set.gate", DESK)]);
    let args = ["export", "set.gate", "--policy", "desk", "--verify"];
    let (code, out, err) = cam(&folder, &args);
    assert_eq!((code, err), (0, format!("proved: `desk`: {PROVED}\n")));
    let statement = &json(&out)["statement"][0];
    assert_eq!(statement["condition"]["ip_equal"]["qcs:ip"], "10.0.0.0/9");
    let (code, out, _) = cam(&folder, &[&args[..], &["--format", "json"]].concat());
    let value = json(&out);
    assert_eq!((code, &value["documents"]["desk"]["statement"][0]), (0, statement));
    assert_eq!(value["verified"][0]["proved"], true);
}

#[test]
fn a_long_policy_is_split_and_proved() {
    let names: Vec<String> = (0..600).map(|n| format!("cvm:Describe{n}")).collect();
    let set = format!(
        "set opaque = \"cvm\"\npolicy desk {{ allow {} }}\npolicy desk-2 {{ deny cvm:A }}\n",
        names.join(", ")
    );
    let folder = folder("split", &[("set.gate", &set)]);
    let (code, out, err) = cam(&folder, &["export", "set.gate", "--policy", "desk"]);
    assert_eq!((code, json(&out)["statement"].as_array().map(Vec::len)), (0, Some(1)));
    assert!(err.contains("warning[too-long]: `desk` has "), "{err}");
    assert!(err.contains("--split"), "{err}");

    let (code, out, err) = cam(&folder, &["export", "set.gate", "--split", "--verify"]);
    let told = format!(
        "note: `desk` is split: attach `desk`, `desk-3` wherever it is attached\nproved: `desk`: {PROVED}\nproved: `desk-2`: {PROVED}\n"
    );
    assert_eq!((code, err), (0, told));
    let documents = json(&out);
    let found: Vec<&String> = documents.as_object().unwrap().keys().collect();
    assert_eq!(found, ["desk", "desk-2", "desk-3"]);
    for (name, document) in documents.as_object().unwrap() {
        let count = document.to_string().chars().filter(|c| !c.is_ascii_whitespace()).count();
        assert!(count <= 6_144, "{name}: {count}");
    }
    let action = |name: &str| documents[name]["statement"][0]["action"].as_array().unwrap().len();
    assert_eq!(action("desk") + action("desk-3"), 600);
}

#[test]
fn what_no_document_can_hold_is_refused() {
    let addresses: Vec<String> = (0..600).map(|n| format!("10.{}.{}.0/24", n / 200, n % 200)).collect();
    let set = format!(
        "set opaque = \"cvm\"\npolicy desk {{\n    deny cvm:* not from {}\n}}\n",
        addresses.join(", ")
    );
    let shop = r#"{"service": "shop", "actions": [{"name": "orders/pay"}]}"#;
    let folder = folder(
        "held",
        &[("set.gate", &set), ("shop.json", shop), ("shop.gate", "policy p { allow shop:\"orders/pay\" }")],
    );
    let (code, out, err) = cam(&folder, &["export", "set.gate", "--split"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("error[limit]: `desk#1` has no room in a CAM document"), "{err}");
    let (code, out, err) = cam(&folder, &["export", "shop.gate", "--catalog", "shop.json"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        err.contains("error[bad-action]: `orders/pay` of `shop` has no place in a CAM document"),
        "{err}"
    );
}
