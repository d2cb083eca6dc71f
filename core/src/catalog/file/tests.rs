//! Catalog files: defaults, every refusal with its place, both notations, and back.

use super::*;
use crate::catalog::{Action, Catalogs, Granularity, IpSupport};
use passgate_grammar::limits;

fn read_text(name: &str, text: &str) -> (Vec<Service>, Vec<String>) {
    let mut sources = Sources::new();
    let id = sources.add(name, text);
    let (services, diagnostics) = read(&sources, id);
    let told = diagnostics.iter().map(|d| {
        let at = sources.start(d.span);
        format!("{}:{} {}", at.line, at.column, d.code)
    });
    (services, told.collect())
}

/// What is told about a text, as `line:column code`.
fn check(name: &str, text: &str, expected: &[&str]) {
    assert_eq!(read_text(name, text).1, expected, "{text}");
}

fn one(name: &str, text: &str) -> Service {
    let (mut services, told) = read_text(name, text);
    assert_eq!(told, Vec::<String>::new(), "{text}");
    assert_eq!(services.len(), 1, "{text}");
    services.remove(0)
}

#[test]
fn what_is_left_out_has_its_default() {
    let service = one("t.json", r#"{"service": "a", "actions": [{"name": "X"}]}"#);
    assert_eq!(service.granularity, Granularity::Operation);
    assert_eq!((service.name, service.console, service.ip_restriction), (None, None, None));
    assert!(!service.tag_authorization);
    assert!(service.version.starts_with("digest-"), "{}", service.version);
    assert_eq!(
        service.actions,
        [Action {
            name: "X".into(),
            category: "other".into(),
            granularity: Granularity::Operation,
            resources: vec!["*".into()],
            ip_restriction: true,
            tag_authorization: false,
            description: None,
        }]
    );
}

#[test]
fn an_action_takes_granularity_and_tags_from_its_service_unless_it_says_otherwise() {
    let service = one(
        "t.json",
        r#"{"service": "a", "granularity": "resource", "tag_authorization": true, "actions": [
            {"name": "X"}, {"name": "Y", "granularity": "service", "tag_authorization": false}]}"#,
    );
    let seen: Vec<_> = service.actions.iter().map(|a| (a.granularity, a.tag_authorization)).collect();
    assert_eq!(seen, [(Granularity::Resource, true), (Granularity::Service, false)]);
}

#[test]
fn every_member_is_read() {
    let service = one(
        "t.json",
        "\u{feff}{\"service\": \"a-1\", \"name\": \"A \\u0031\", \"version\": \"v\", \"granularity\": \"service\",
          \"console\": false, \"tag_authorization\": true, \"ip_restriction\": \"unsupported\",
          \"actions\": [{\"name\": \"issues/list\", \"category\": \"tagging\", \"granularity\": \"resource\",
             \"resources\": [\"qcs::a:::x/*\", \"*\"], \"ip_restriction\": false, \"tag_authorization\": false,
             \"description\": \"say \\\"hi\\\"\"}],
          \"permids\": {\"12\": [\"issues/list\"]}}",
    );
    assert_eq!((service.service.as_ref(), service.name.as_deref()), ("a-1", Some("A 1")));
    assert_eq!(service.version.as_ref(), "v");
    assert_eq!(service.ip_restriction, Some(IpSupport::Unsupported));
    assert_eq!(service.console, Some(false));
    assert_eq!(service.permids["12"], ["issues/list".into()]);
    let action = &service.actions[0];
    assert_eq!(action.resources, ["qcs::a:::x/*".into(), "*".into()]);
    assert_eq!((action.ip_restriction, action.tag_authorization), (false, false));
    assert_eq!(action.description.as_deref(), Some("say \"hi\""));
}

#[test]
fn actions_are_sorted_by_name() {
    let service =
        one("t.json", r#"{"service": "a", "actions": [{"name": "b"}, {"name": "B"}, {"name": "a"}]}"#);
    let names: Vec<_> = service.actions.iter().map(|a| a.name.as_ref()).collect();
    assert_eq!(names, ["B", "a", "b"]);
}

#[test]
fn a_refusal_has_its_place_in_json() {
    let action = |members: &str| format!(r#"{{"service": "a", "actions": [{{{members}}}]}}"#);
    check("t.json", "", &["1:1 json-syntax"]);
    check("t.json", "{\"service\": }", &["1:13 json-syntax"]);
    check("t.json", "[]", &["1:1 empty-list"]);
    check("t.json", "7", &["1:1 wrong-type"]);
    check("t.json", "[7]", &["1:2 wrong-type"]);
    check("t.json", "{}", &["1:1 missing-member", "1:1 missing-member"]);
    check("t.json", r#"{"service": "a"}"#, &["1:1 missing-member"]);
    check("t.json", r#"{"service": "A", "actions": []}"#, &["1:13 bad-value"]);
    check("t.json", r#"{"service": "", "actions": []}"#, &["1:13 bad-value"]);
    check("t.json", r#"{"service": 1, "actions": {}}"#, &["1:13 wrong-type", "1:27 wrong-type"]);
    check("t.json", r#"{"service": "a", "actions": null}"#, &["1:29 wrong-type"]);
    check("t.json", r#"{"service": "a", "actions": [], "Actions": []}"#, &["1:33 unknown-member"]);
    check("t.json", r#"{"service": "a", "actions": [], "actions": []}"#, &["1:33 duplicate-key"]);
    check("t.json", r#"{"service": "a", "actions": [], "version": ""}"#, &["1:44 bad-value"]);
    check("t.json", r#"{"service": "a", "actions": [], "ip_restriction": true}"#, &["1:51 wrong-type"]);
    check("t.json", r#"{"service": "a", "actions": [], "ip_restriction": "no"}"#, &["1:51 bad-value"]);
    check("t.json", r#"{"service": "a", "actions": [], "console": "yes"}"#, &["1:44 wrong-type"]);
    check("t.json", r#"{"service": "a", "actions": [], "granularity": "op"}"#, &["1:48 bad-value"]);
    check("t.json", r#"{"service": "a", "actions": [], "permids": []}"#, &["1:44 wrong-type"]);
    check("t.json", r#"{"service": "a", "actions": [], "permids": {"x": []}}"#, &["1:45 bad-value"]);
    check("t.json", r#"{"service": "a", "actions": [], "permids": {"1": ["a*"]}}"#, &["1:51 bad-action"]);
    check(
        "t.json",
        r#"{"service": "a", "actions": [], "permids": {"1": [], "1": []}}"#,
        &["1:54 duplicate-name"],
    );
    check("t.json", &action(""), &["1:30 missing-member"]);
    check("t.json", &action(r#""name": "a b""#), &["1:39 bad-action"]);
    check("t.json", &action(r#""name": "a*""#), &["1:39 bad-action"]);
    check("t.json", &action(r#""name": "a\"""#), &["1:39 bad-action"]);
    check("t.json", &action(r#""name": "a", "resources": []"#), &["1:57 empty-list"]);
    check("t.json", &action(r#""name": "a", "resources": "*""#), &["1:57 wrong-type"]);
    check("t.json", &action(r#""name": "a", "resources": ["", 1]"#), &["1:58 bad-value", "1:62 wrong-type"]);
    check("t.json", &action(r#""name": "a", "category": "two words""#), &["1:56 bad-value"]);
    check("t.json", &action(r#""name": "a", "ip_restriction": "partial""#), &["1:62 wrong-type"]);
    check(
        "t.json",
        "{\"service\": \"a\", \"actions\": [\n  {\"name\": \"X\"},\n  {\"name\": \"X\"}]}",
        &["3:12 duplicate-name"],
    );
    check(
        "t.json",
        "[{\"service\": \"a\", \"actions\": []},\n {\"service\": \"a\", \"actions\": []}]",
        &["2:2 duplicate-name"],
    );
}

#[test]
fn a_refusal_has_its_place_in_toml() {
    check("t.toml", "service = \"a\"\nactions = []\n", &[]);
    check("t.TOML", "service = \"A\"\nactions = [1]\n", &["1:11 bad-value", "2:12 wrong-type"]);
    check("t.toml", "", &["1:1 missing-member", "1:1 missing-member"]);
    check("t.toml", "service = \"a\"\nactions = 1979-05-27\n", &["2:11 wrong-type"]);
    check(
        "t.toml",
        "service = \"a\"\n[[actions]]\nname = 'X'\n[[actions]]\nnam = 'X'\n",
        &["5:1 unknown-member", "4:1 missing-member"],
    );
    check("t.toml", "services = []\n", &["1:1 empty-list"]);
    check("t.toml", "services = []\nservice = 'a'\nactions = []\n", &["1:1 unknown-member"]);
    let (_, told) = read_text("t.toml", "service = 'a'\nservice = 'b'\nx = \n");
    assert_eq!(told, ["2:1 syntax", "3:5 syntax"]);
}

#[test]
fn an_unknown_member_or_word_is_told_with_the_nearest() {
    let mut sources = Sources::new();
    let id = sources.add("t.json", r#"{"service": "a", "actons": [], "granularity": "Operation"}"#);
    let (_, diagnostics) = read(&sources, id);
    let nearest: Vec<_> = diagnostics.iter().map(|d| (d.code.as_str(), d.nearest.join(" "))).collect();
    assert_eq!(
        nearest,
        [
            ("unknown-member", "actions".to_owned()),
            ("bad-value", "operation".to_owned()),
            ("missing-member", String::new()),
        ]
    );
}

#[test]
fn a_permid_may_name_what_is_not_there_but_it_is_told() {
    let text = r#"{"service": "a", "actions": [{"name": "Get"}], "permids": {"1": ["Gte"]}}"#;
    check("t.json", text, &["1:66 unknown-action"]);
    assert_eq!(read_text("t.json", text).0[0].permids["1"], ["Gte".into()]);
    let whole = r#"{"service": "a", "granularity": "service", "actions": [], "permids": {"1": ["Any"]}}"#;
    check("t.json", whole, &[]);
}

#[test]
fn the_digest_depends_on_the_content_and_on_nothing_else() {
    let json = one("t.json", r#"{"service": "a", "actions": [{"name": "X"}, {"name": "Y"}]}"#);
    let other =
        one("u.json", r#" {"actions": [{"name": "Y"},{"category": "other","name":"X"}],"service": "a"}"#);
    let toml = one("t.toml", "service = 'a'\nactions = [{name = 'X'}, {name = 'Y'}]\n");
    let changed = one("t.json", r#"{"service": "a", "actions": [{"name": "X"}, {"name": "Z"}]}"#);
    assert_eq!(json, other);
    assert_eq!(json, toml);
    assert_ne!(json.version, changed.version);
}

fn round(services: &[Service]) {
    let json = to_json(services);
    let (again, told) = read_text("t.json", &json);
    assert_eq!((again.as_slice(), told.as_slice()), (services, &[][..]), "{json}");
    assert_eq!(to_json(&again), json);
    let toml = to_toml(services);
    let (again, told) = read_text("t.toml", &toml);
    assert_eq!((again.as_slice(), told.as_slice()), (services, &[][..]), "{toml}");
    assert_eq!(to_toml(&again), toml);
}

#[test]
fn what_is_written_reads_back() {
    let builtin = Catalogs::builtin().find("intlpartnersmgt").unwrap().1.as_ref().clone();
    let odd = one(
        "t.json",
        r#"{"service": "a", "name": "\"A\" \\ 名", "tag_authorization": true, "actions": [
            {"name": "X", "tag_authorization": false, "description": "line\nbreak\ttab \u007f 'q' \\'"},
            {"name": "y/z", "description": ""}, {"name": "查询", "resources": ["qcs::a:$region:uin/$uin:x/{$Id}", "*"]}],
            "permids": {"10": ["X", "y/z"], "9": []}}"#,
    );
    let empty = one("t.json", r#"{"service": "b", "granularity": "service", "actions": []}"#);
    round(std::slice::from_ref(&builtin));
    round(std::slice::from_ref(&odd));
    round(std::slice::from_ref(&empty));
    round(&[empty, odd, builtin]);
}

/// Neither nesting nor length may break a reader: on a small stack, in a debug build.
#[test]
fn hostile_texts_give_errors_on_a_small_stack() {
    let texts = [
        ("t.json", "[".repeat(1_000_000)),
        ("t.json", "{\"service\":".repeat(100_000)),
        ("t.toml", format!("a = {}", "[".repeat(1_000_000))),
        ("t.toml", format!("a = {}", "{a=".repeat(100_000))),
        ("t.toml", format!("{}a = 1", "a.".repeat(100_000))),
        ("t.toml", format!("[{}a]\n", "a.".repeat(100_000))),
        ("t.toml", "[[a]]\n".repeat(100_000)),
        ("t.toml", "\u{0}".repeat(100_000)),
    ];
    let run = move || {
        for (name, text) in &texts {
            assert!(!read_text(name, text).1.is_empty(), "{name} {}", text.get(..20).unwrap());
        }
    };
    std::thread::Builder::new().stack_size(128 * 1024).spawn(run).unwrap().join().unwrap();
}

#[test]
fn the_name_limit_holds_for_names_in_files() {
    let text = |n: usize| format!(r#"{{"service": "a", "actions": [{{"name": "{}"}}]}}"#, "x".repeat(n));
    check("t.json", &text(limits::NAME_BYTES), &[]);
    check("t.json", &text(limits::NAME_BYTES + 1), &["1:39 bad-action"]);
}
