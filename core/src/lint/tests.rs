//! Each lint fires, and stays silent on its twin.

mod ignores;
mod keys;
mod lists;
mod names;
mod times;

use crate::catalog::{Action, Catalogs, Granularity, Service};
use crate::findings::Findings;
use crate::model::{Instant, Model, Settings};
use passgate_grammar::{Sources, code};
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
            Action { category: "read".into(), ..action("DropBox", Granularity::Operation, true, false) },
            action("List", Granularity::Operation, true, false),
            Action { category: "list".into(), ..action("ListBoxes", Granularity::Resource, true, true) },
            Action { category: "list".into(), ..action("ListNames", Granularity::Operation, false, false) },
            action("Look", Granularity::Operation, false, false),
        ],
        permids: Default::default(),
    }
}

fn model(text: &str) -> Model {
    read(&Settings::default(), text, &mut Findings::default())
}

/// Reads a file in a set with these settings; what reading tells goes to the findings.
fn read(settings: &Settings, text: &str, findings: &mut Findings) -> Model {
    let mut sources = Sources::new();
    let id = sources.add("t.gate", text);
    let parsed = passgate_grammar::parse::parse(&sources, id);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let mut catalogs = Catalogs::empty();
    catalogs.add(shop());
    let settings = Settings { use_services: vec!["shop".into()], ..settings.clone() };
    findings.set_levels(settings.lints.clone());
    let files = [parsed.file];
    let input = crate::model::resolve::Input {
        sources: &sources,
        files: &files,
        catalogs: &catalogs,
        settings: &settings,
    };
    let resolved = crate::model::resolve::resolve(input, Default::default(), findings);
    Model {
        policies: resolved.policies,
        groups: resolved.groups,
        users: resolved.users,
        named: resolved.named,
        ignores: resolved.ignores,
        proofs: resolved.proofs,
        uses: resolved.uses,
        uses_of: resolved.uses_of,
        diagnostics: Vec::new(),
        everyone: Vec::new(),
        boundary: None,
        sources: Arc::new(sources.clone()),
        catalogs: Arc::new(catalogs.clone()),
        settings: settings.clone(),
    }
}

/// Everything that is told of a file at a time: `code at text` of each.
fn told(settings: &Settings, at: Option<&str>, text: &str) -> Vec<String> {
    let mut findings = Findings::default();
    let mut model = read(settings, text, &mut findings);
    super::run_into(&model, at.and_then(Instant::parse), &mut findings);
    findings.tell_unused_ignores(if at.is_none() { &[code::TIME_WINDOW] } else { &[] });
    model.diagnostics = findings.finish();
    model.diagnostics.iter().map(|d| format!("{} at {}", d.code, model.sources.slice(d.span))).collect()
}

/// What is told of the statements of a policy, and the statements after the first fix of the first of these.
#[track_caller]
fn check_fixed(settings: &Settings, statements: &str, expected: &[&str], fixed: Option<&str>) {
    let text = format!("policy p {{ {statements} }}");
    assert_eq!(told(settings, None, &text), expected, "{statements}");
    let mut findings = Findings::default();
    let model = read(settings, &text, &mut findings);
    super::run_into(&model, None, &mut findings);
    let told = findings.finish();
    let fix = told.first().and_then(|d| Some((d.code, d.fixes.first()?)));
    let after = fix.map(|(_, fix)| {
        let mut text = text.clone();
        for edit in fix.edits.iter().rev() {
            text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        }
        text
    });
    let inner =
        |text: &str| text.strip_prefix("policy p {").unwrap().strip_suffix("}").unwrap().trim().to_owned();
    assert_eq!(after.as_deref().map(inner).as_deref(), fixed, "{statements}");
    if let (Some((code, _)), Some(after)) = (fix, after) {
        let left = self::told(settings, None, &after);
        assert!(!left.iter().any(|one| one.starts_with(&format!("{code} "))), "{after}: {left:?}");
    }
}

/// Lints the statement of a policy and compares `code at text` of each.
fn check(statement: &str, expected: &[&str]) {
    let told = told(&Settings::default(), None, &format!("policy p {{ {statement} }}"));
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
    check(&tag("dept=rd"), &["tag-form at \"dept=rd\""]);
    check(&tag("dept&rd"), &[]);
}

#[test]
fn duplicates_and_unused_names() {
    check("allow Buy allow List allow Buy", &["duplicate at allow"]);
    let model = model("network a = 192.0.2.1 network b = 192.0.2.2 policy p { allow List from b }");
    let told: Vec<String> = super::run(&model, None).iter().map(|d| d.message.clone()).collect();
    assert_eq!(told, ["the network `a` is never used"]);
}

#[test]
fn conditions_that_say_nothing() {
    check(
        "allow Buy when shop:k is absent or like \"*\"",
        &["always-true at shop:k is absent or like \"*\""],
    );
    check("allow Buy when shop:k like \"*\"", &[]);
    check("allow Buy when shop:k is absent or like \"a*\"", &[]);
}

/// The message, the help and what the first fix puts where, of the only lint of a statement.
#[track_caller]
fn check_words(statement: &str, message: &str, fixed: Option<&str>) {
    let model = model(&format!("policy p {{ {statement} }}"));
    let told = super::run(&model, None);
    assert_eq!(told.iter().map(|d| d.message.as_str()).collect::<Vec<_>>(), [message]);
    let edit = told[0].fixes.first().map(|f| &f.edits[0]);
    let after = edit.map(|e| {
        let mut text = model.sources.get(e.span.source).unwrap().text().to_string();
        text.replace_range(e.span.start as usize..e.span.end as usize, &e.text);
        text.strip_prefix("policy p { ").unwrap().strip_suffix(" }").unwrap().to_owned()
    });
    assert_eq!(after.as_deref(), fixed);
}

#[test]
fn the_words_and_fixes_of_the_table_of_mistakes() {
    let so = "a statement that names a resource never matches it, so this denies nothing";
    check_words(
        &format!("deny Look on {HERE} when mfa is true"),
        &format!("`Look` is authorized at operation level: {so}"),
        Some("deny Look when mfa is true"),
    );
    check_words("deny Look from 10.0.0.1", "`Look` is never given an address, so this denies nothing", None);
    check_words(
        "allow Buy when any qcs:resource_tag is \"dept=rd\"",
        "a tag value is written `key&value`; `dept=rd` matches no tag",
        Some("allow Buy when any qcs:resource_tag is \"dept&rd\""),
    );
}

#[test]
fn a_named_set_is_told_at_the_statements_that_use_it() {
    let set = |names: &str, statements: &str| {
        let model = model(&format!("actions a = {names} policy p {{ {statements} }}"));
        let all = super::run(&model, None);
        all.iter().map(|d| format!("{} at {}", d.code, model.sources.slice(d.span))).collect::<Vec<_>>()
    };
    assert_eq!(set("Look, Buy", "deny a from 10.0.0.1"), ["dead-deny at deny"]);
    let many = "Look, Look, Look, Look, Look, Look, Look, Look, Look, Buy";
    let told = set(many, "deny a from 10.0.0.1 deny a from 10.0.0.2 allow a");
    assert_eq!(told, ["dead-deny at deny"; 6], "at most three of a set at each statement");
}

/// Statements that share a long list cost no more than the list and the statements.
#[test]
fn shared_lists_are_looked_at_once() {
    let names = vec!["Look"; 20_000].join(", ");
    let boxes = vec!["\"qcs::shop::*:box/7\""; 20_000].join(", ");
    let statements = "deny a on b from 10.0.0.1 allow a on b ".repeat(2_000);
    let model = model(&format!("actions a = {names} resources b = {boxes} policy p {{ {statements} }}"));
    let told = super::run(&model, None);
    assert_eq!(told.iter().filter(|d| d.code.as_str() == "dead-deny").count(), 100);
}

#[test]
fn kept_documents_have_a_length() {
    let document = |count: usize| {
        let half = "é".repeat(1_500);
        let of = |rest: usize| {
            let rest = "x".repeat(rest);
            let names = format!(r#"["qcs::a:::{half}","qcs::b:::{half}","qcs::c:::{rest}"]"#);
            format!(
                r#"{{"version":"2.0","statement":[{{"effect":"allow","action":"*","resource":{names}}}]}}"#
            )
        };
        of(1 + count - of(1).chars().count())
    };
    let told = |count: usize| {
        let gate = crate::Gate::compile([("d.json", format!(" {}\n", document(count)))]).unwrap();
        gate.diagnostics().iter().filter(|d| d.code.as_str() == "too-long").count()
    };
    assert_eq!(told(passgate_grammar::limits::CAM_CHARS), 0);
    assert_eq!(told(passgate_grammar::limits::CAM_CHARS + 1), 1);
}

/// A policy of a `.gate` file is as long as its export, with the names of its categories and sets.
#[test]
fn policies_have_the_length_of_their_export() {
    let told = |count: usize| {
        let frame =
            r#"{"version":"2.0","statement":[{"effect":"allow","action":"shop:List","resource":["",""]}]}"#
                .len();
        let rest = count - frame;
        let resource = |length: usize| format!("qcs::a:::{}", "x".repeat(length - "qcs::a:::".len()));
        let (a, b) = (resource(rest / 2), resource(rest - rest / 2));
        let text = format!(
            "policy p {{ allow List on \"{a}\", \"{b}\" }} trust policy t {{ allow * to anyone on \"{a}\", \"{b}\" }}"
        );
        let model = model(&text);
        let all = super::run(&model, None);
        let long: Vec<String> =
            all.iter().filter(|d| d.code == code::TOO_LONG).map(|d| d.message.clone()).collect();
        long
    };
    let most = passgate_grammar::limits::CAM_CHARS;
    assert_eq!(told(most), [""; 0]);
    let expected = format!("`p` has {} characters as a CAM document, the provider takes {most}", most + 1);
    assert_eq!(told(most + 1), [expected]);
}
