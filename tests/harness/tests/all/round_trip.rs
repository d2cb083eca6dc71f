//! Import and export are inverses up to spelling (semantics §6): a document, its `.gate` text, and the document that
//! this text is exported as hold the same statements. Tried on every accepted document of the corpus, and on every
//! operator with every qualifier, with and without `_if_exist`, with one and several values.

use passgate::LoadOptions;
use passgate::cam;
use passgate::catalog::Catalogs;
use passgate::grammar::Sources;
use passgate::load::compile_model;
use passgate::model::read::OPERATORS;
use passgate::model::{ActionKind, Comparison, Condition, Policy, PolicyKind, Statement, Test};
use passgate_harness::corpus::{corpus, documents};
use std::collections::BTreeSet;

/// What a policy says, without places and spelling: a text per statement.
fn meaning(policy: &Policy) -> Vec<String> {
    let mut all = vec![format!("{:?} {}", policy.kind, policy.version)];
    all.extend(policy.statements.iter().map(statement));
    all
}

fn statement(s: &Statement) -> String {
    let action = |kind: &ActionKind| match kind {
        ActionKind::Pattern { service, pattern, legacy } => format!("{legacy} {service}:{pattern}"),
        other => format!("{other:?}"),
    };
    let actions: Vec<String> = s.actions.iter().map(|t| action(&t.kind)).collect();
    let resources: Vec<String> = s.resources.iter().map(|r| format!("{} {:?}", r.text, r.kind)).collect();
    let conditions: BTreeSet<String> = s.conditions.iter().filter_map(condition).collect();
    let mut principals: Vec<String> = s.principals.iter().map(|w| format!("{w:?}")).collect();
    principals.sort();
    format!("{} {:?} {actions:?} {resources:?} {conditions:?} {principals:?}", s.id, s.effect)
}

/// Without a `null_equal` of both values; of an ordering operator's values the widest.
fn condition(c: &Condition) -> Option<String> {
    let test = match &c.test {
        Test::Null { values } if values.contains(&true) && values.contains(&false) => return None,
        Test::Null { values } => format!("null {:?}", values.first()),
        Test::Number { comparison, values } => widest(*comparison, values),
        Test::Date { comparison, values } => widest(*comparison, values),
        Test::Bool { values } => format!("bool {:?}", values.iter().collect::<BTreeSet<_>>()),
        other => format!("{other:?}"),
    };
    Some(format!("{:?} {} {} {test}", c.qualifier, c.if_exist, c.key))
}

fn widest<T: Ord + std::fmt::Debug>(comparison: Comparison, values: &[T]) -> String {
    let values: Vec<&T> = match comparison {
        Comparison::Equal | Comparison::NotEqual => values.iter().collect(),
        Comparison::Less | Comparison::LessEqual => values.iter().max().into_iter().collect(),
        Comparison::Greater | Comparison::GreaterEqual => values.iter().min().into_iter().collect(),
    };
    format!("{comparison:?} {values:?}")
}

fn read_document(text: &str, kind: PolicyKind) -> Result<Policy, String> {
    let mut sources = Sources::new();
    let id = sources.add("doc.json", text);
    let (policy, told) = cam::read(&sources, id, kind, "p");
    policy.ok_or_else(|| format!("{text}\n{told:?}"))
}

/// A `.gate` text of one policy, resolved; and what it is exported as.
fn read_gate(text: &str) -> Result<(Policy, String), String> {
    let options = LoadOptions { opaque: vec!["*".to_owned()], ..LoadOptions::default() };
    let model = compile_model(text, &options).map_err(|e| format!("{text}\n{:?}", e.diagnostics()))?;
    let policy = model.policies.into_iter().next().ok_or("no policy")?;
    let (document, told) = cam::export(&policy, &model.sources, &model.catalogs);
    Ok((policy, document.ok_or_else(|| format!("{text}\n{told:?}"))?))
}

/// There and back again.
fn check(text: &str, kind: PolicyKind) -> Result<(), String> {
    let first = read_document(text, kind)?;
    let (gate, _) = cam::to_gate(std::slice::from_ref(&first), &Catalogs::builtin());
    let (second, exported) = read_gate(&gate)?;
    let third = read_document(&exported, kind)?;
    let again = cam::to_gate(std::slice::from_ref(&third), &Catalogs::builtin()).0;
    let same = meaning(&first) == meaning(&second) && meaning(&second) == meaning(&third);
    if same && again == without_comments(&gate) {
        return Ok(());
    }
    Err(format!(
        "{text}\n{gate}\n{exported}\n{again}\n{:#?}\n{:#?}\n{:#?}",
        meaning(&first),
        meaning(&second),
        meaning(&third)
    ))
}

/// What a comment keeps is gone from the document that the text is exported as.
fn without_comments(gate: &str) -> String {
    let lines = gate.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn every_accepted_document_of_the_corpus() {
    let Some(folder) = corpus("round trip") else { return };
    let mut tried = 0;
    for document in documents().iter().filter(|d| d.accepted) {
        #[expect(clippy::disallowed_methods, reason = "tests read their corpus")]
        let text = std::fs::read_to_string(folder.join(&document.file)).unwrap();
        let kind = match document.kind.as_str() {
            "trust" => PolicyKind::Trust,
            "resource" => PolicyKind::Resource,
            _ => PolicyKind::Identity,
        };
        if let Err(why) = check(&text, kind) {
            panic!("{}: {why}", document.file);
        }
        tried += 1;
    }
    assert_eq!(tried, 142);
}

/// Two values that an operator reads, as JSON.
fn values(operator: &str) -> [&'static str; 2] {
    match operator.split('_').next() {
        Some("numeric") => ["10", "\"-2.5e40\""],
        Some("date") => ["\"2026-01-01T00:00:00Z\"", "\"2025-01-01 00:00:00\""],
        Some("bool" | "null") => ["\"true\"", "false"],
        Some("ip") => ["\"10.0.0.9/8\"", "\"2001:db8::/32\""],
        _ => ["\"a\\\"\\\\\\n\\u202e*\"", "\"x/${uin}/y\""],
    }
}

#[test]
fn every_operator_with_all_that_may_stand_around_it() {
    let mut tried = 0;
    for (operator, _) in OPERATORS {
        for key in ["cos:a", "qcs:ip", "qcs:current_time", "a{b}"] {
            for (before, after) in [
                ("", ""),
                ("", "_if_exist"),
                ("for_any_value:", ""),
                ("for_any_value:", "_if_exist"),
                ("for_all_value:", ""),
                ("for_all_value:", "_if_exist"),
            ] {
                let [one, two] = values(operator);
                for list in [one.to_owned(), two.to_owned(), format!("[{one}, {two}]")] {
                    let text = format!(
                        r#"{{"version": "3.0", "statement": [{{"effect": "deny", "action": "name/cvm:*", "resource": "*",
                            "condition": {{"{before}{operator}{after}": {{"{key}": {list}}}}}}}]}}"#
                    );
                    if read_document(&text, PolicyKind::Identity).is_err() {
                        continue;
                    }
                    if let Err(why) = check(&text, PolicyKind::Identity) {
                        panic!("{why}");
                    }
                    tried += 1;
                }
            }
        }
    }
    // 22 operators on two free keys; on the address 9 (texts, bytes, ip), on the time 13; each with 6 forms and 3 lists;
    // `null_equal` on four keys with 3 lists.
    assert_eq!(tried, (22 * 2 + 9 + 13) * 6 * 3 + 4 * 3);
}
