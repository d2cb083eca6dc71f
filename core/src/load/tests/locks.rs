//! The lock beside a set: where it lies, who reads it, what is told of one that is none.

use super::{Folder, check, lines, linted};
use crate::Gate;
use crate::load::{LoadOptions, lint, lint_texts, lock_path};
use crate::model::PolicyKind;
use passgate_grammar::{Level, limits};

const SETTINGS: (&str, &str) = ("passgate.toml", "catalogs = ['shop.json']\nuse = ['shop']");
const SHOP: (&str, &str) = (
    "shop.json",
    r#"{"service": "shop", "version": "1", "actions": [{"name": "See", "category": "read"}, {"name": "Pay", "category": "write"}]}"#,
);
const POLICY: (&str, &str) = ("a.gate", "policy p { allow read, Pay* }\nuser 1 { attach p }");

/// A lock of `read` and `shop:Pay*` with these actions.
fn lock(read: &str, pay: &str) -> String {
    format!(
        "format = 1\n[catalogs]\nshop = '0'\n[[patterns]]\npattern = 'read'\nuse = ['shop']\n[patterns.actions]\n{read}\n\
         [[patterns]]\npattern = 'shop:Pay*'\n[patterns.actions]\n{pay}\n"
    )
}

#[track_caller]
fn told(lock: &str, expected: &[&str]) {
    check(&[SETTINGS, SHOP, POLICY, ("passgate.lock", lock)], expected);
}

#[test]
fn each_pattern_that_differs_is_told_where_it_is_written() {
    let (see, pay) = ("'shop:See' = 'read'", "'shop:Pay' = 'list'");
    check(&[SETTINGS, SHOP, POLICY], &[]);
    told(&lock(see, pay), &[]);
    told(&lock("", pay), &["changed-pattern «read» a.gate"]);
    told(&lock(see, "'shop:PayAll' = 'write'"), &["changed-pattern «Pay*» a.gate"]);
    told("format = 1", &["stale-lock «read» a.gate", "stale-lock «Pay*» a.gate"]);
    let more = "\n[[patterns]]\npattern = 'list'\nuse = ['shop']";
    told(&format!("{}{more}", lock(see, pay)), &["stale-lock «'list'» passgate.lock"]);
    told(&lock(see, pay).replace("shop = '0'", "other = '0'"), &["stale-lock «other» passgate.lock"]);
    told("format = 2", &["bad-lock «2» passgate.lock"]);
}

#[test]
fn messages_name_what_came_and_went() {
    let texts =
        [SETTINGS, SHOP, POLICY, ("passgate.lock", &lock("'shop:A' = 'list'", "'shop:Pay' = 'write'"))];
    let texts: crate::TextSources = texts.into_iter().collect();
    let report = lint_texts(texts, &LoadOptions::default(), PolicyKind::Identity).unwrap();
    let message = "`read` stands for other actions than when it was locked: it gained `shop:See` (read); it lost `shop:A` (list)";
    assert_eq!(report.diagnostics.iter().map(|d| d.message.as_str()).collect::<Vec<_>>(), [message]);
    assert_eq!(report.diagnostics[0].level, Level::Warning);
}

#[test]
fn notes_and_settings_have_their_say() {
    let lock = lock("", "'shop:Pay' = 'write'");
    let ignored =
        ("a.gate", "policy p { @ignore(changed-pattern, \"meant\") allow read, Pay* }\nuser 1 { attach p }");
    check(&[SETTINGS, SHOP, ignored, ("passgate.lock", &lock)], &[]);
    // Without a lock nothing could have been told.
    check(&[SETTINGS, SHOP, ignored], &[]);
    let off = ("passgate.toml", "catalogs = ['shop.json']\nuse = ['shop']\nlints.changed-pattern = 'off'");
    check(&[off, SHOP, POLICY, ("passgate.lock", &lock)], &[]);
}

#[test]
fn a_load_reads_no_lock() {
    let strict = (
        "passgate.toml",
        "catalogs = ['shop.json']\nuse = ['shop']\nstrict = true\nlints.changed-pattern = 'error'",
    );
    let texts = [strict, SHOP, POLICY, ("passgate.lock", "nonsense")];
    assert!(Gate::compile(texts).is_ok());
    let changed = lock("", "'shop:Pay' = 'write'");
    let texts = [strict, SHOP, POLICY, ("passgate.lock", changed.as_str())];
    assert!(Gate::compile(texts).is_ok());
    let gate = Gate::compile_to_prove(texts, &LoadOptions::default()).unwrap();
    let codes: Vec<&str> = gate.diagnostics().iter().map(|d| d.code.as_str()).collect();
    assert_eq!(codes, ["changed-pattern"], "tests run all lints");
}

#[test]
fn a_lock_lies_in_the_folder_or_beside_the_file() {
    let folder =
        Folder::new(&[SETTINGS, SHOP, POLICY, ("passgate.lock", "format = 1"), ("a.gate.lock", "nonsense")]);
    assert_eq!(lock_path(&folder.0), folder.path("passgate.lock"));
    assert_eq!(linted(&folder.0), ["stale-lock «read» a.gate", "stale-lock «Pay*» a.gate"]);
    let one = "use intlpartnersmgt policy p { allow Pay* } user 1 { attach p }";
    let folder =
        Folder::new(&[("b.gate", one), ("b.gate.lock", "format = 1"), ("passgate.lock", "nonsense")]);
    assert_eq!(lock_path(folder.path("b.gate")), folder.path("b.gate.lock"));
    assert_eq!(linted(&folder.path("b.gate")), ["stale-lock «Pay*» b.gate"]);
}

#[test]
fn what_is_no_readable_file_is_told_of_the_lock() {
    let folder = Folder::new(&[SETTINGS, SHOP, POLICY]);
    let bad = |folder: &Folder| {
        let report = lint(&folder.0, &LoadOptions::default(), PolicyKind::Identity).unwrap();
        assert!(report.diagnostics.iter().all(|d| d.level == Level::Error));
        (lines(&report), report.diagnostics[0].message.clone())
    };
    folder.write("passgate.lock/inside", b"");
    let (told, message) = bad(&folder);
    assert_eq!(told, ["bad-lock passgate.lock"]);
    assert!(message.ends_with("is a folder, not a file"), "{message}");
    std::fs::remove_dir_all(folder.path("passgate.lock")).unwrap();
    folder.write("passgate.lock", b"format = 1\n# caf\xe9");
    assert!(bad(&folder).1.ends_with("is not UTF-8: byte 16 fits no character"));
    folder.write("passgate.lock", &vec![b'\n'; limits::FILE_BYTES + 1]);
    assert!(bad(&folder).1.starts_with("a file has at most"));
}
