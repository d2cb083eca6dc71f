//! What a set is, told by its ending, and how the call can be wrong.

use super::{Folder, document, linted};
use crate::load::LoadOptions;
use crate::{ErrorCode, Gate};
use std::path::{Path, PathBuf};

const POLICY: &str = "policy p { allow intlpartnersmgt:QueryArea } user 1 { attach p }";

fn code(path: &Path) -> ErrorCode {
    Gate::load(path).unwrap_err().code()
}

fn allows(gate: &Gate, principal: &str) -> bool {
    gate.allows(principal, "intlpartnersmgt:QueryArea", "192.0.2.1").unwrap()
}

#[test]
fn a_folder_a_file_and_a_document_are_sets() {
    let folder = Folder::new(&[("a.gate", POLICY), ("doc.json", &document("intlpartnersmgt:QueryArea"))]);
    for set in [&folder.0, &folder.path("a.gate")] {
        let gate = Gate::load(set).unwrap();
        assert!(allows(&gate, "user:1") && !allows(&gate, "user:2"));
    }
    let gate = Gate::load(folder.path("doc.json")).unwrap();
    assert!(allows(&gate, "user:1") && allows(&gate, "anybody"), "a document is attached to whoever asks");
    assert_eq!(gate.model().everyone.len(), 1);
}

#[test]
fn files_are_shown_as_the_caller_wrote_them() {
    let folder = Folder::new(&[("sub/a.gate", POLICY)]);
    let name = |path: &Path| {
        let model = crate::load::load_model(path, &LoadOptions::default()).unwrap();
        model.sources.iter().next().unwrap().1.name().to_string()
    };
    assert_eq!(name(&folder.0), format!("{}/sub/a.gate", folder.0.display()));
    assert_eq!(name(&folder.path("sub/a.gate")), format!("{}/sub/a.gate", folder.0.display()));
}

#[test]
fn what_is_no_set_is_an_error_of_the_call() {
    let folder = Folder::new(&[
        ("notes.txt", ""),
        ("set.gatec", ""),
        ("empty/readme.md", ""),
        ("only/passgate.toml", ""),
    ]);
    assert_eq!(code(&folder.path("notes.txt")), ErrorCode::BadFile);
    assert_eq!(code(&folder.path("set.gatec")), ErrorCode::BadCompiled);
    assert_eq!(code(&folder.path("missing.gate")), ErrorCode::BadFile);
    assert_eq!(code(&folder.path("missing.json")), ErrorCode::BadFile);
    assert_eq!(code(&folder.path("missing")), ErrorCode::BadFile);
    assert_eq!(code(&folder.path("empty")), ErrorCode::BadFile);
    assert_eq!(code(&folder.path("only")), ErrorCode::BadFile);
    assert_eq!(code(Path::new("")), ErrorCode::BadFile);
}

#[test]
fn messages_name_the_file() {
    let folder = Folder::new(&[("empty/readme.md", "")]);
    let message = |name: &str| Gate::load(folder.path(name)).unwrap_err().message().to_owned();
    let shown = folder.0.display();
    assert_eq!(message("a.gate"), format!("there is no file `{shown}/a.gate`"));
    assert_eq!(message("empty"), format!("`{shown}/empty/` holds no policy: no `.gate` and no `.json` file"));
}

#[test]
fn options_that_are_wrong_are_errors_of_the_call() {
    let folder = Folder::new(&[("a.gate", POLICY), ("bad.json", "{}"), ("doc.json", &document("*"))]);
    let code = |options: LoadOptions| Gate::load_with(folder.path("a.gate"), &options).unwrap_err().code();
    let owner = |uin: &str| crate::model::Owner { uin: Some(uin.into()), uid: None };
    let paths = |name: &str| -> Vec<PathBuf> { vec![folder.path(name)] };
    let none = LoadOptions::default;
    assert_eq!(code(LoadOptions { opaque: vec!["Cvm".into()], ..none() }), ErrorCode::BadOption);
    assert_eq!(code(LoadOptions { owner: Some(owner("12x")), ..none() }), ErrorCode::BadOption);
    assert_eq!(code(LoadOptions { catalogs: paths("none.json"), ..none() }), ErrorCode::BadFile);
    assert_eq!(code(LoadOptions { catalogs: paths("bad.json"), ..none() }), ErrorCode::BadCatalog);
    assert_eq!(code(LoadOptions { boundary: paths("none.json"), ..none() }), ErrorCode::BadFile);
    assert_eq!(code(LoadOptions { boundary: paths("bad.json"), ..none() }), ErrorCode::BadPolicy);
    assert!("sometimes".parse::<crate::model::IpUnsupported>().is_err());
}

#[test]
fn a_boundary_given_by_option_binds_everyone_and_cannot_be_named() {
    let within = "policy p { allow intlpartnersmgt:QueryArea } user 1 { attach p within p }";
    let folder = Folder::new(&[
        ("a.gate", POLICY),
        ("within.gate", within),
        ("p.json", &document("intlpartnersmgt:PayOrders")),
        ("attach.gate", "policy q { } user 1 { attach p }"),
    ]);
    let options = LoadOptions { boundary: vec![folder.path("p.json")], ..LoadOptions::default() };
    let gate = Gate::load_with(folder.path("a.gate"), &options).unwrap();
    assert!(!allows(&gate, "user:1"), "the boundary is silent on it");
    let names: Vec<&str> = gate.model().policies.iter().map(|p| p.name.as_ref()).collect();
    assert_eq!(names, ["p", "p (2)"]);
    assert!(gate.model().claimable("p").is_some() && gate.model().claimable("p (2)").is_none());
    let refused = |set: &str| Gate::load_with(folder.path(set), &options).unwrap_err().code();
    assert_eq!(refused("within.gate"), ErrorCode::BadOption);
    assert_eq!(refused("attach.gate"), ErrorCode::BadPolicy);
}

#[test]
fn a_strict_set_refuses_lints_at_error_level() {
    let dead = "policy p { deny intlpartnersmgt:QueryUser from 10.0.0.1 } user 1 { attach p }";
    let strict = format!("set strict = true {dead}");
    let folder = Folder::new(&[("dead.gate", dead), ("strict.gate", &strict)]);
    let gate = Gate::load(folder.path("dead.gate")).unwrap();
    assert!(gate.diagnostics().iter().any(|d| d.code.as_str() == "dead-deny" && d.is_error()));
    assert_eq!(code(&folder.path("strict.gate")), ErrorCode::BadPolicy);
    let options = LoadOptions { strict: true, ..LoadOptions::default() };
    assert_eq!(Gate::load_with(folder.path("dead.gate"), &options).unwrap_err().code(), ErrorCode::BadPolicy);
    assert_eq!(linted(&folder.path("dead.gate")), ["dead-deny «intlpartnersmgt:QueryUser» dead.gate"]);
}

#[test]
fn texts_are_a_file_a_document_or_a_folder() {
    assert!(allows(&Gate::compile(POLICY).unwrap(), "user:1"));
    assert!(allows(&Gate::compile([("d.json", document("*"))]).unwrap(), "user:1"));
    let folder = [
        ("a.gate", "policy p { allow QueryArea }"),
        ("b.gate", "user 1 { attach p }"),
        ("passgate.toml", "use = 'intlpartnersmgt'"),
    ];
    assert!(allows(&Gate::compile(folder).unwrap(), "user:1"));
    let none: [(&str, &str); 0] = [];
    assert_eq!(Gate::compile(none).unwrap_err().code(), ErrorCode::BadFile);
    assert_eq!(Gate::compile([("a.txt", POLICY)]).unwrap_err().code(), ErrorCode::BadFile);
    assert_eq!(Gate::compile("policy").unwrap_err().code(), ErrorCode::BadPolicy);
}

#[test]
fn a_small_stack_is_enough() {
    let folder = Folder::new(&[
        ("a.gate", POLICY),
        ("deep.json", &"[".repeat(1_000_000)),
        ("deep.gate", &"(".repeat(1_000_000)),
    ]);
    let path = folder.0.clone();
    let small = std::thread::Builder::new().stack_size(128 * 1024);
    let told = small.spawn(move || linted(&path)).unwrap().join().unwrap();
    assert!(told.len() >= 2, "{told:?}");
    let small = std::thread::Builder::new().stack_size(128 * 1024);
    let (open, close) = ("(".repeat(8), ")".repeat(8));
    let deep = format!(
        "use intlpartnersmgt network n = {open}::1{close} except ::2
         policy p {{ allow {open}read{close} from {open}n{close} on {open}\"*\"{close} }} user 1 {{ attach p }}"
    );
    let gate = small.spawn(move || Gate::compile(deep)).unwrap().join().unwrap();
    assert!(allows_from(&gate.unwrap(), "::1"));
}

fn allows_from(gate: &Gate, ip: &str) -> bool {
    gate.allows("user:1", "intlpartnersmgt:QueryArea", ip).unwrap()
}
