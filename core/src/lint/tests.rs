//! Each lint fires, and stays silent on its twin.

use crate::catalog::{Action, Catalogs, Granularity, Service};
use crate::model::{Model, Settings};
use passgate_grammar::Sources;
use std::sync::Arc;

fn shop() -> Service {
    let action = |name: &str, granularity, address, tags| Action {
        name: name.into(),
        category: "other".into(),
        granularity,
        resources: vec!["*".into()],
        ip_restriction: address,
        tag_authorization: tags,
        description: None,
    };
    Service {
        service: "shop".into(),
        name: None,
        version: "1".into(),
        granularity: Granularity::Operation,
        console: None,
        tag_authorization: false,
        ip_restriction: None,
        actions: vec![
            action("Buy", Granularity::Resource, true, true),
            action("List", Granularity::Operation, true, false),
            action("Look", Granularity::Operation, false, false),
        ],
        permids: Default::default(),
    }
}

fn model(text: &str) -> Model {
    let mut sources = Sources::new();
    let id = sources.add("t.gate", text);
    let parsed = passgate_grammar::parse::parse(&sources, id);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let mut catalogs = Catalogs::empty();
    catalogs.add(shop());
    let settings = Settings { use_services: vec!["shop".into()], ..Settings::default() };
    let files = [parsed.file];
    let input = crate::model::resolve::Input {
        sources: &sources,
        files: &files,
        catalogs: &catalogs,
        settings: &settings,
    };
    let resolved = crate::model::resolve::resolve(input, Default::default(), &mut Default::default());
    Model {
        policies: resolved.policies,
        groups: resolved.groups,
        users: resolved.users,
        named: resolved.named,
        diagnostics: Vec::new(),
        everyone: Vec::new(),
        boundary: None,
        sources: Arc::new(sources.clone()),
        catalogs: Arc::new(catalogs.clone()),
        settings: settings.clone(),
    }
}

/// Lints the statement of a policy and compares `code at text` of each.
fn check(statement: &str, expected: &[&str]) {
    let model = model(&format!("policy p {{ {statement} }}"));
    let told: Vec<String> =
        super::run(&model).iter().map(|d| format!("{} at {}", d.code, model.sources.slice(d.span))).collect();
    assert_eq!(told, expected, "{statement}");
}

const HERE: &str = "\"qcs::shop:::box/7\"";

#[test]
fn dead_by_resource() {
    check(&format!("deny Look on {HERE}"), &[&format!("dead-deny at {HERE}")]);
    check(&format!("allow Look, List on {HERE}"), &[&format!("dead-allow at {HERE}")]);
    check(&format!("deny Look, Buy on {HERE}"), &["dead-deny at Look"]);
    check(&format!("deny Buy on {HERE}"), &[]);
    check(&format!("deny * on {HERE}"), &[]);
    check(&format!("deny Look on {HERE}, \"*\""), &[]);
}

#[test]
fn dead_by_address() {
    check("deny Look from 192.0.2.0/24", &["dead-deny at Look"]);
    check("allow Look, List from 192.0.2.0/24", &["dead-allow at Look"]);
    check("deny Look unless from 192.0.2.0/24", &[]);
    check("deny Look when qcs:ip is absent", &[]);
    check("deny Look when qcs:ip is present", &["dead-deny at Look"]);
    check("deny List from 192.0.2.0/24", &[]);
}

#[test]
fn dead_by_tag() {
    check("deny List when any qcs:resource_tag is \"a&b\"", &["dead-deny at List"]);
    check("deny Buy when any qcs:resource_tag is \"a&b\"", &[]);
}

#[test]
fn patterns_that_catch_an_action_without_address() {
    check("deny L* from 192.0.2.0/24", &["no-ip-support at L*"]);
    check("deny other from 192.0.2.0/24", &["no-ip-support at other"]);
    check("deny B* from 192.0.2.0/24", &[]);
    check("deny L* unless from 192.0.2.0/24", &[]);
}

#[test]
fn six_segments_that_end_in_a_star() {
    check("allow * on \"qcs::shop:::*\"", &["segment-star at \"qcs::shop:::*\""]);
    check("allow Buy on \"qcs::shop:::*\"", &[]);
}

#[test]
fn accounts_and_tags() {
    check("allow Buy on \"qcs::shop::*:box/7\"", &["wildcard-account at \"qcs::shop::*:box/7\""]);
    check("allow Buy on \"qcs::shop::uin/7:box/7\"", &[]);
    let tag = |value: &str| format!("allow Buy when any qcs:resource_tag is \"{value}\"");
    check(&tag("dept=rd"), &["tag-form at any qcs:resource_tag is \"dept=rd\""]);
    check(&tag("dept&rd"), &[]);
}

#[test]
fn duplicates_and_unused_names() {
    check("allow Buy allow List allow Buy", &["duplicate at allow"]);
    let model = model("network a = 192.0.2.1 network b = 192.0.2.2 policy p { allow List from b }");
    let told: Vec<String> = super::run(&model).iter().map(|d| d.message.clone()).collect();
    assert_eq!(told, ["the network `a` is never used"]);
}
