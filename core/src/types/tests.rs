//! Names that are hard to write, claims, services whose names nobody knows, and nothing at all.

use super::{Language, Names};
use crate::catalog::{Catalogs, file};
use crate::model::Opaque;
use crate::{Gate, load};
use passgate_grammar::Sources;

/// Both texts without their heads.
fn written(names: &Names) -> [String; 2] {
    [Language::Python, Language::TypeScript].map(|language| {
        let text = names.written(language);
        let body =
            text.lines().skip_while(|line| line.starts_with("# Written") || line.starts_with("// Written"));
        body.map(|line| format!("{line}\n")).collect()
    })
}

fn catalogs(texts: &[&str]) -> Catalogs {
    let mut catalogs = Catalogs::empty();
    for text in texts {
        let mut sources = Sources::new();
        let id = sources.add("catalog.json", *text);
        file::read(&sources, id).0.into_iter().for_each(|service| drop(catalogs.add(service)));
    }
    catalogs
}

#[test]
fn names_are_sorted_quoted_and_bare_where_one_service_has_them() {
    let forge = r#"{"service": "forge", "version": "2\u2028", "actions": [
        {"name": "issues/list"}, {"name": "a\\b"}, {"name": "Ping"}, {"name": "x:Y"}, {"name": "读\u2060"}]}"#;
    let shop = r#"{"service": "shop", "version": "1", "actions": [{"name": "Ping"}]}"#;
    let names = Names::of_catalogs(&catalogs(&[shop, forge]), &Opaque::default());
    let [python, script] = written(&names);
    let listed = |between: &str, escaped: &str| {
        let names = ["a\\\\b", "forge:Ping", "forge:a\\\\b", "forge:issues/list", "forge:x:Y"];
        let more =
            [format!("forge:读{escaped}"), "issues/list".into(), "shop:Ping".into(), format!("读{escaped}")];
        let all: Vec<String> = names.map(str::to_owned).into_iter().chain(more).collect();
        all.iter().map(|name| between.replace("NAME", name)).collect::<String>()
    };
    let python_names = listed("    \"NAME\",\n", "\\U00002060");
    let head = "from typing import Literal, TypeAlias\n\nAction: TypeAlias = Literal[\n";
    assert_eq!(python, format!("# forge \"2\\U00002028\"\n# shop \"1\"\n{head}{python_names}]\n"));
    let script_names = listed("\n  | \"NAME\"", "\\u{2060}");
    assert_eq!(
        script,
        format!("// forge \"2\\u{{2028}}\"\n// shop \"1\"\n\nexport type Action ={script_names};\n")
    );
}

#[test]
fn names_that_nobody_knows_are_said_or_let_pass() {
    let open = Opaque::Services(vec!["cos".into(), "forge".into()]);
    let forge = r#"{"service": "forge", "version": "1", "actions": [{"name": "Ping"}]}"#;
    let level = r#"{"service": "audit", "version": "1", "granularity": "service", "actions": []}"#;
    let [python, script] = written(&Names::of_catalogs(&catalogs(&[forge, level]), &open));
    assert!(
        python.contains("# Not listed: actions of audit, cos, whose names no catalog knows.\n"),
        "{python}"
    );
    assert!(
        script.ends_with("  | \"forge:Ping\"\n  | `audit:${string}`\n  | `cos:${string}`;\n"),
        "{script}"
    );
    for text in written(&Names::of_catalogs(&catalogs(&[forge]), &Opaque::All)) {
        assert!(text.contains("Not listed: actions of services without a catalog.\n"), "{text}");
    }
    let [python, script] = written(&Names::of_catalogs(&Catalogs::empty(), &Opaque::default()));
    assert!(python.ends_with("\nAction: TypeAlias = NoReturn\n"), "{python}");
    assert_eq!(script, "\nexport type Action = never;\n");
}

#[test]
fn callers_are_those_that_claims_admits() {
    let check = |claims: &str, expected: &str| {
        let set = format!(
            "set claims = \"{claims}\"
             policy p {{ allow * }}
             trust policy t {{ allow * to anyone }}
             group g {{ attach p }}
             role r {{ in g }}
             user \"a \\\"b\\\"\" {{ in r }}"
        );
        let gate = Gate::compile(set.as_str()).expect("a set");
        let [python, _] = written(&Names::of_set(gate.model()));
        let listed = python.split_once("Principal: TypeAlias = Literal[\n").expect("principals").1;
        assert_eq!(listed.replace([' ', '\n'], ""), format!("{expected}]"), "{claims}");
    };
    check("none", r#""role:r","root","user:a\"b\"","#);
    check("groups", r#""group:g","role:r","root","user:a\"b\"","#);
    check("policies", r#""group:g","policy:p","role:r","root","user:a\"b\"","#);
}

/// What is listed is what a check takes: no name is an error of the request.
#[test]
fn every_name_is_taken_by_a_check() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/partners");
    let gate = Gate::from_model(load::load_model(folder, &load::LoadOptions::default()).expect("a set"))
        .expect("a gate");
    let names = Names::of_set(gate.model());
    let principals = names.principals.as_ref().expect("principals");
    assert!(principals.len() > 10 && names.actions.len() == 2 * 238);
    for principal in principals {
        for action in &names.actions {
            gate.allows(principal, action, None::<&str>).expect("an answer");
        }
    }
}
