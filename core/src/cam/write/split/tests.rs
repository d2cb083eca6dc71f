//! How policies are packed into documents and statements divided; what cannot be divided is told.

use super::{Room, split_within};
use crate::cam::read;
use crate::cam::write::counted_chars;
use crate::catalog::Catalogs;
use crate::json::{self, Kind, Value};
use crate::model::{Policy, PolicyKind};
use passgate_grammar::{Sources, limits};

/// A policy read from a document, as if it came from `.gate` text.
fn policy(statements: &[String], kind: PolicyKind) -> (Policy, Sources) {
    let mut sources = Sources::new();
    let text = format!(r#"{{"version":"2.0","statement":[{}]}}"#, statements.join(","));
    let id = sources.add("doc.json", text);
    let (policy, told) = read(&sources, id, kind, "p");
    (policy.unwrap_or_else(|| panic!("{told:?}")), sources)
}

fn split(statements: &[String]) -> Result<Vec<String>, Vec<String>> {
    let (mut policy, sources) = policy(statements, PolicyKind::Identity);
    policy.document = None;
    let (documents, told) = split_within(room(limits::SET_FILES), &policy, &sources, &Catalogs::empty());
    let documents = documents
        .ok_or_else(|| told.iter().map(|d| format!("{}: {}", d.code, d.message)).collect::<Vec<_>>())?;
    for text in &documents {
        assert!(counted_chars(text) <= limits::CAM_CHARS, "{}", counted_chars(text));
    }
    assert!(told.is_empty(), "{told:?}");
    Ok(documents)
}

/// The statements of all documents as (action, resource, values of one condition).
fn lists(documents: &[String]) -> Vec<[Vec<String>; 3]> {
    let mut all = Vec::new();
    for text in documents {
        let tree = json::parse(text).unwrap();
        let Kind::Array(items) = &member(&tree, "statement").kind else { panic!("{text}") };
        for item in items {
            let values = find(item, "condition").map(|c| texts(first(first(c)))).unwrap_or_default();
            all.push([texts(member(item, "action")), texts(member(item, "resource")), values]);
        }
    }
    all
}

fn find<'v, 't>(value: &'v Value<'t>, key: &str) -> Option<&'v Value<'t>> {
    let Kind::Object(members) = &value.kind else { return None };
    members.iter().find(|m| m.key == key).map(|m| &m.value)
}

fn member<'v, 't>(value: &'v Value<'t>, key: &str) -> &'v Value<'t> {
    find(value, key).unwrap()
}

fn first<'v, 't>(value: &'v Value<'t>) -> &'v Value<'t> {
    let Kind::Object(members) = &value.kind else { panic!() };
    &members[0].value
}

fn texts(value: &Value<'_>) -> Vec<String> {
    match &value.kind {
        Kind::Array(items) => items.iter().flat_map(texts).collect(),
        Kind::Text(text) => vec![text.to_string()],
        Kind::Number(text) => vec![text.to_string()],
        other => panic!("{other:?}"),
    }
}

fn statement(actions: &[String], resources: &[String], condition: &str) -> String {
    let list = |texts: &[String]| {
        format!("[{}]", texts.iter().map(|t| format!("\"{t}\"")).collect::<Vec<_>>().join(","))
    };
    let condition =
        if condition.is_empty() { String::new() } else { format!(",\"condition\":{{{condition}}}") };
    format!(r#"{{"effect":"deny","action":{},"resource":{}{condition}}}"#, list(actions), list(resources))
}

fn many(count: usize, name: impl Fn(usize) -> String) -> Vec<String> {
    (0..count).map(name).collect()
}

fn any() -> Vec<String> {
    vec!["*".to_owned()]
}

fn addresses(count: usize) -> String {
    many(count, |n| format!("\"10.{}.{}.0/24\"", n / 256, n % 256)).join(",")
}

#[test]
fn documents_are_filled_in_order() {
    let one = |name: usize| statement(&["cvm:".to_owned() + &"A".repeat(name)], &any(), "");
    let length = |name| counted_chars(&one(name).replace(['[', ']'], ""));
    let room = limits::CAM_CHARS - counted_chars(r#"{"version":"2.0","statement":[]}"#);
    // Twenty-eight statements with their commas, the last as long as there is room, and one character more.
    let full = length(160);
    let rest = room - 28 * (full + 1);
    let last = 160 + rest - full;
    assert!(last < 256);
    for (name, documents) in [(last, 1), (last + 1, 2)] {
        let statements: Vec<String> = (0..28).map(|_| one(160)).chain([one(name)]).collect();
        let split = split(&statements).unwrap();
        assert_eq!(split.len(), documents);
        assert_eq!(lists(&split).len(), 29);
    }
}

#[test]
fn a_long_list_is_divided_in_order() {
    let actions = many(900, |n| format!("cvm:Describe{n}"));
    let documents = split(&[statement(&actions, &any(), "")]).unwrap();
    assert_eq!(documents.len(), 3);
    let all = lists(&documents);
    assert!(all.iter().all(|s| s[1] == any()));
    assert_eq!(all.iter().flat_map(|s| s[0].clone()).collect::<Vec<_>>(), actions);

    let resources = many(300, |n| format!("qcs::cvm:::instance/{n}"));
    let all = lists(&split(&[statement(&["cvm:*".into()], &resources, "")]).unwrap());
    assert_eq!(all.iter().flat_map(|s| s[1].clone()).collect::<Vec<_>>(), resources);

    for operator in ["ip_equal", "ip_equal_if_exist", "for_any_value:ip_equal"] {
        let condition = format!(r#""{operator}":{{"qcs:ip":[{}]}}"#, addresses(1000));
        let all = lists(&split(&[statement(&["cvm:*".into()], &any(), &condition)]).unwrap());
        let found: Vec<String> = all.iter().flat_map(|s| s[2].clone()).collect();
        assert_eq!(found.len(), 1000, "{operator}");
    }
}

#[test]
fn two_long_lists_are_divided_as_a_product() {
    let actions = many(400, |n| format!("cvm:Describe{n}"));
    let resources = many(400, |n| format!("qcs::cvm:::instance/{n}"));
    let documents = split(&[statement(&actions, &resources, "")]).unwrap();
    let pairs: std::collections::BTreeSet<(String, String)> = lists(&documents)
        .iter()
        .flat_map(|s| {
            s[0].iter().flat_map(|a| s[1].iter().map(|r| (a.clone(), r.clone()))).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(pairs.len(), 400 * 400);
    assert!(documents.len() <= 16, "{}", documents.len());
}

/// Whether a statement of one action and this condition can be divided.
fn check(condition: &str, divisible: bool) {
    let statement = statement(&["cvm:*".into()], &any(), condition);
    let expected = "limit: `p#1` has no room in a CAM document";
    match split(&[statement]) {
        Ok(documents) => assert!(divisible && documents.len() > 1, "{condition:.80}"),
        Err(told) => assert!(!divisible && told[0].starts_with(expected), "{condition:.80}: {told:?}"),
    }
}

#[test]
fn values_that_all_count_are_not_divided() {
    let texts = many(800, |n| format!("\"value-{n}\"")).join(",");
    let numbers = many(3000, |n| n.to_string()).join(",");
    for (operator, values, divisible) in [
        ("string_equal", &texts, true),
        ("string_equal_if_exist", &texts, true),
        ("for_any_value:string_like", &texts, true),
        ("for_all_value:string_equal", &texts, false),
        ("string_not_equal", &texts, false),
        ("for_any_value:string_not_like", &texts, false),
        ("numeric_equal", &numbers, true),
        ("numeric_less_than", &numbers, true),
        ("numeric_not_equal_if_exist", &numbers, false),
        ("binary_equal", &texts, true),
    ] {
        check(&format!(r#""{operator}":{{"cos:k":[{values}]}}"#), divisible);
    }
    for (operator, divisible) in
        [("ip_equal", true), ("ip_not_equal", false), ("ip_not_equal_if_exist", false)]
    {
        check(&format!(r#""{operator}":{{"qcs:ip":[{}]}}"#, addresses(1000)), divisible);
    }
}

#[test]
fn values_are_not_divided_where_another_fault_would_be_told() {
    let texts = many(800, |n| format!("\"value-{n}\"")).join(",");
    let long = format!(r#""string_equal":{{"cos:k":[{texts}]}}"#);
    let with = |other: &str| format!("{long},{other}");
    check(&with(r#""bool_equal":{"mfa":"true"}"#), false);
    check(&with(r#""null_equal":{"mfa":"true"}"#), true);
    check(&with(r#""ip_equal":{"qcs:ip":"10.0.0.0/8"}"#), true);
    check(&with(r#""date_less_than":{"qcs:current_time":"2026-01-01T00:00:00Z"}"#), true);
    check(&with(r#""string_like":{"qcs:uin":"1*"}"#), true);
    check(&with(r#""string_like":{"qcs:uin":"${uin}"}"#), false);
    // An address is always read, so its values are divided whatever stands beside it.
    let ip = format!(r#""ip_equal":{{"qcs:ip":[{}]}}"#, addresses(1000));
    check(&format!(r#"{ip},"bool_equal":{{"mfa":"true"}},"string_equal":{{"cos:k":"${{uin}}"}}"#), true);
}

#[test]
fn resources_with_variables_are_not_divided_beside_other_variables() {
    let resources: Vec<String> = many(300, |n| format!("qcs::cvm:::instance/{n}/${{uin}}"));
    let with = |condition: &str| split(&[statement(&["cvm:*".into()], &resources, condition)]).is_ok();
    assert!(with(""));
    assert!(with(r#""bool_equal":{"mfa":"true"}"#));
    assert!(!with(r#""string_equal":{"cos:k":"${owner_uin}"}"#));
}

#[test]
fn short_and_other_policies_stay_one_document() {
    let short = [statement(&["cvm:*".into()], &any(), "")];
    assert_eq!(split(&short).unwrap().len(), 1);
    let (policy, sources) = policy(&short, PolicyKind::Identity);
    let text = sources.get(policy.span.source).unwrap().text().to_string();
    let catalogs = Catalogs::empty();
    assert_eq!(split_within(room(1), &policy, &sources, &catalogs).0, Some(vec![text]));
    let trust = many(900, |n| format!("sts:Describe{n}"));
    let whom = statement(&trust, &any(), "").replace("\"resource\"", "\"principal\":\"*\",\"resource\"");
    let (mut policy, sources) = self::policy(&[whom], PolicyKind::Trust);
    policy.document = None;
    assert_eq!(split_within(room(1), &policy, &sources, &catalogs).0.map(|d| d.len()), Some(1));
}

#[test]
fn a_kept_document_that_is_too_long_is_divided() {
    let actions = many(900, |n| format!("cvm:Describe{n}"));
    let (policy, sources) = policy(&[statement(&actions, &any(), "")], PolicyKind::Identity);
    let (documents, told) = split_within(room(3), &policy, &sources, &Catalogs::empty());
    assert_eq!((documents.map(|d| d.len()), told.len()), (Some(3), 0));
    let (documents, told) = split_within(room(2), &policy, &sources, &Catalogs::empty());
    assert_eq!((documents, told[0].code.as_str(), told.len()), (None, "limit", 1));
}

#[test]
fn hostile_products_stop_at_the_limit() {
    let actions = many(20_000, |n| format!("cvm:Describe{n}"));
    let resources = many(20_000, |n| format!("qcs::cvm:::instance/{n}"));
    let told = split(&[statement(&actions, &resources, "")]).unwrap_err();
    assert_eq!(told, ["limit: `p` has no room in 10000 CAM documents"]);
}

fn room(documents: usize) -> Room {
    Room { documents, chars: limits::CAM_CHARS }
}
