//! What texts resolve to: short texts in, what they mean and what is told out.

mod actions;
mod clauses;
mod faults;
mod limits;
mod members;
mod networks;
mod notes;
mod proofs;
mod templates;

use super::{Documents, Input, Most, resolve_within};
use crate::catalog::{Catalogs, file};
use crate::findings::Findings;
use crate::model::{ActionKind, Condition, Opaque, Settings, Statement, Test};
use crate::model::{Group, Ignore, Named, Policy, Proofs, User};
use passgate_grammar::{Diagnostic, Sources, parse};
use std::fmt::Write as _;

/// A small shop beside the built-in catalog; `serv` is of service level with rows.
const SHOP: &str = r#"[
 {"service": "shop", "version": "1", "granularity": "resource", "permids": {"7": ["Buy", "Look"]}, "actions": [
  {"name": "Buy", "category": "write"}, {"name": "Look", "category": "read"},
  {"name": "LookAll", "category": "list", "granularity": "operation"},
  {"name": "list", "category": "read"}, {"name": "Tag", "category": "tagging"}, {"name": "orders/pay", "category": "write"}]},
 {"service": "mall", "version": "1", "actions": [{"name": "Buy", "category": "write"}, {"name": "Walk", "category": "read"}]},
 {"service": "serv", "version": "1", "granularity": "service", "actions": [{"name": "Run", "category": "write", "granularity": "service"}]}]"#;

/// What texts mean, and what is told of them.
struct Resolved {
    policies: Vec<Policy>,
    groups: Vec<Group>,
    users: Vec<User>,
    named: Vec<Named>,
    ignores: Vec<Ignore>,
    proofs: Proofs,
    diagnostics: Vec<Diagnostic>,
}

/// Everything of one or several files; `opaque` is matched by text.
fn read(files: &[&str]) -> (Resolved, Sources) {
    read_within(Most::default(), files)
}

/// The same with small limits.
fn read_within(most: Most, files: &[&str]) -> (Resolved, Sources) {
    read_with(most, Settings { opaque: Opaque::Services(vec!["cvm".into()]), ..Settings::default() }, files)
}

fn read_with(most: Most, settings: Settings, files: &[&str]) -> (Resolved, Sources) {
    let mut sources = Sources::new();
    let id = sources.add("shop.json", SHOP);
    let mut catalogs = Catalogs::builtin();
    let (services, told) = file::read(&sources, id);
    assert!(told.is_empty(), "{told:?}");
    catalogs.add_all(services, id);
    let mut trees = Vec::new();
    for (n, text) in files.iter().enumerate() {
        let id = sources.add(format!("{n}.gate"), *text);
        let parsed = parse::parse(&sources, id);
        assert!(parsed.diagnostics.is_empty(), "{:.200}\n{:?}", text, parsed.diagnostics);
        trees.push(parsed.file);
    }
    let input = Input { sources: &sources, files: &trees, catalogs: &catalogs, settings: &settings };
    let mut findings = Findings::default();
    let found = resolve_within(most, input, Documents::default(), &mut findings);
    let super::Resolved { policies, groups, users, named, ignores, proofs, .. } = found;
    (Resolved { policies, groups, users, named, ignores, proofs, diagnostics: findings.finish() }, sources)
}

/// The code of each diagnostic with the text under its caret, in order of place.
fn told(files: &[&str]) -> Vec<String> {
    let (resolved, sources) = read(files);
    resolved.diagnostics.iter().map(|d| format!("{} «{}»", d.code, sources.slice(d.span))).collect()
}

/// Checks what is told of a text.
#[track_caller]
fn check_told(text: &str, expected: &[&str]) {
    assert_eq!(told(&[text]), expected, "{text}");
}

/// The statements of a policy body.
#[track_caller]
fn statements(body: &str) -> Vec<Statement> {
    let text = format!("use shop policy p {{ {body} }}");
    let (mut resolved, sources) = read(&[&text]);
    let faults: Vec<_> = resolved.diagnostics.iter().filter(|d| d.is_error()).collect();
    assert!(faults.is_empty(), "{body}\n{:?}\n{}", faults, sources.iter().count());
    resolved.policies.remove(0).statements
}

/// Actions as text: patterns as they are, names in braces.
fn actions_text(statement: &Statement) -> String {
    let (_, catalogs) = ((), catalogs());
    let one = |kind: &ActionKind| match kind {
        ActionKind::All { long } => if *long { "*:*" } else { "*" }.to_owned(),
        ActionKind::Pattern { service, pattern, legacy } => {
            format!("{}{service}:{pattern}", if *legacy { "name/" } else { "" })
        }
        ActionKind::Permid(number) => format!("permid/{number}"),
        ActionKind::Names(ids) => {
            let name = |id: &crate::catalog::ActionId| {
                let service = &catalogs.get(id.service).unwrap().service;
                format!("{service}:{}", catalogs.action(*id).unwrap().name)
            };
            format!("{{{}}}", ids.iter().map(name).collect::<Vec<_>>().join(" "))
        }
    };
    statement.actions.iter().map(|t| one(&t.kind)).collect::<Vec<_>>().join(", ")
}

fn catalogs() -> Catalogs {
    let mut sources = Sources::new();
    let id = sources.add("shop.json", SHOP);
    let mut catalogs = Catalogs::builtin();
    catalogs.add_all(file::read(&sources, id).0, id);
    catalogs
}

/// A condition as CAM would spell it: `for_any_value:string_equal_if_exist k [a b]`.
fn condition_text(condition: &Condition) -> String {
    let form = crate::model::read::OperatorForm {
        qualifier: condition.qualifier,
        operator: condition.test.operator(),
        if_exist: condition.if_exist,
    };
    let values: Vec<String> = match &condition.test {
        Test::Text { values, .. } | Test::Like { values, .. } | Test::Binary { values } => values
            .iter()
            .map(|v| v.literal().map_or_else(|| format!("{:?}", v.parts), str::to_owned))
            .collect(),
        Test::Number { values, .. } => values.iter().map(|v| format!("{v:?}")).collect(),
        Test::Date { values, .. } => values.iter().map(ToString::to_string).collect(),
        Test::Bool { values } | Test::Null { values } => values.iter().map(ToString::to_string).collect(),
        Test::Ip { prefixes, .. } => prefixes.iter().map(ToString::to_string).collect(),
    };
    let mut text = String::new();
    let _ = write!(text, "{form} {} [{}]", condition.key, values.join(" "));
    text
}
