//! Documents as they are written, and what has no place in one.

use super::{Lengths, counted_chars, export};
use crate::cam::read;
use crate::catalog::{Catalogs, file};
use crate::findings::Findings;
use crate::model::resolve::{Documents, Input, resolve};
use crate::model::{Opaque, Policy, PolicyKind, Settings};
use passgate_grammar::{Sources, limits, parse};

const SHOP: &str = r#"[{"service": "shop", "version": "1", "granularity": "resource", "actions": [
 {"name": "Buy", "category": "write"}, {"name": "Look", "category": "read"}, {"name": "orders/pay", "category": "write"}]}]"#;

/// The policies of a `.gate` text, the catalogs and sources they speak of.
fn policies(text: &str) -> (Vec<Policy>, Sources, Catalogs) {
    let mut sources = Sources::new();
    let shop = sources.add("shop.json", SHOP);
    let mut catalogs = Catalogs::builtin();
    catalogs.add_all(file::read(&sources, shop).0, shop);
    let id = sources.add("set.gate", text);
    let parsed = parse::parse(&sources, id);
    assert!(parsed.diagnostics.is_empty(), "{text}: {:?}", parsed.diagnostics);
    let settings = Settings { opaque: Opaque::All, ..Settings::default() };
    let files = [parsed.file];
    let input = Input { sources: &sources, files: &files, catalogs: &catalogs, settings: &settings };
    let mut findings = Findings::default();
    let resolved = resolve(input, Documents::default(), &mut findings);
    assert!(!findings.refused(), "{text}: {:?}", findings.finish());
    (resolved.policies, sources, catalogs)
}

/// The document of the first policy without its white space, or the codes of what is told.
fn check(text: &str, expected: Result<&str, &[&str]>) {
    let (policies, sources, catalogs) = policies(text);
    let (document, told) = export(&policies[0], &sources, &catalogs);
    let codes: Vec<&str> = told.iter().map(|d| d.code.as_str()).collect();
    match expected {
        Ok(json) => {
            let packed: String = document.unwrap().split_whitespace().collect();
            assert_eq!((packed.as_str(), codes), (json, vec![]), "{text}");
        }
        Err(expected) => assert_eq!(codes, expected, "{text}"),
    }
}

/// A document of one statement that allows `*` under a condition.
fn conditional(condition: &str) -> String {
    format!(
        r#"{{"version":"2.0","statement":[{{"effect":"allow","action":"*","resource":"*","condition":{condition}}}]}}"#
    )
}

#[test]
fn names_and_patterns_get_their_service() {
    let document = |actions: &str| {
        format!(r#"{{"version":"2.0","statement":[{{"effect":"allow","action":{actions},"resource":"*"}}]}}"#)
    };
    check("use shop policy p { allow Buy }", Ok(&document(r#""shop:Buy""#)));
    check(
        "use shop policy p { allow *:*, permid/7, name/cvm:Run* }",
        Ok(&document(r#"["*:*","permid/7","name/cvm:Run*"]"#)),
    );
    check("use shop policy p { allow Lo* }", Ok(&document(r#""shop:Lo*""#)));
    check("use shop policy p { allow read, cvm:* }", Ok(&document(r#"["shop:Look","cvm:*"]"#)));
    check("use shop policy p { allow shop:* except write }", Ok(&document(r#""shop:Look""#)));
    check("use shop policy p { allow write }", Err(&["bad-action"]));
    check("policy p { allow shop:\"orders/pay\" }", Err(&["bad-action"]));
}

#[test]
fn conditions_are_grouped_by_operator() {
    check(
        r#"policy p { allow * from 10.0.0.5/24, ::1 when cos:a is "x", "y" and cos:b is "z" unless mfa is true }"#,
        Ok(&conditional(
            r#"{"ip_equal":{"qcs:ip":["10.0.0.5/24","::1"]},"string_equal":{"cos:a":["x","y"],"cos:b":"z"},"for_all_value:bool_equal_if_exist":{"mfa":"false"}}"#,
        )),
    );
    check(
        "policy p { allow * since 2026-01-01T00:00:00Z when cos:n < 1.50 and cos:m is absent }",
        Ok(&conditional(
            r#"{"date_greater_than_equal":{"qcs:current_time":"2026-01-01T00:00:00Z"},"numeric_less_than":{"cos:n":1.5},"null_equal":{"cos:m":"true"}}"#,
        )),
    );
    check(
        r#"policy p { allow * when cos:a is "a\"\\\n${uin}" }"#,
        Ok(&conditional(r#"{"string_equal":{"cos:a":"a\"\\\n${uin}"}}"#)),
    );
}

#[test]
fn networks_are_prefixes_and_none_is_outside_of_all() {
    check(
        "network lan = 10.0.0.0/8 network rest = lan except 10.128.0.0/9 policy p { allow * from rest }",
        Ok(&conditional(r#"{"ip_equal":{"qcs:ip":"10.0.0.0/9"}}"#)),
    );
    check(
        "network none = anywhere except anywhere policy p { allow * not from none }",
        Ok(&conditional(r#"{"ip_equal":{"qcs:ip":["0.0.0.0/0","::/0"]}}"#)),
    );
    check(
        "network none = anywhere except anywhere policy p { allow * from none }",
        Ok(&conditional(r#"{"ip_not_equal":{"qcs:ip":["0.0.0.0/0","::/0"]}}"#)),
    );
}

#[test]
fn trust_policies_leave_the_implied_resource_out() {
    check(
        r#"@version("3.0") trust policy p { allow name/sts:AssumeRole to service "a", qcs "*", service "b" }"#,
        Ok(
            r#"{"version":"3.0","statement":[{"effect":"allow","principal":{"service":["a","b"],"qcs":"*"},"action":"name/sts:AssumeRole"}]}"#,
        ),
    );
    check(
        r#"resource policy p { deny cos:* to anyone on "qcs::cos:::x/*", "*" }"#,
        Ok(
            r#"{"version":"2.0","statement":[{"effect":"deny","principal":"*","action":"cos:*","resource":["qcs::cos:::x/*","*"]}]}"#,
        ),
    );
}

#[test]
fn what_covers_nothing_is_left_out_and_an_empty_policy_refused() {
    check("policy p { }", Err(&["empty-list"]));
    check("use shop policy p { allow read except Look allow * }", Err(&["empty-set"]));
    let (policies, sources, catalogs) = policies("use shop policy p { allow read except Look allow * }");
    assert!(export(&policies[0], &sources, &catalogs).0.unwrap().contains("\"action\": \"*\""));
}

#[test]
fn a_kept_document_is_exported_as_it_stands() {
    let text = "{ \"version\": \"2.0\",\"statement\":\n{\"effect\":\"allow\",\"action\":[\"*\"],\"resource\":[\"*\"]}}\n";
    let mut sources = Sources::new();
    let id = sources.add("doc.json", text);
    let policy = read(&sources, id, PolicyKind::Identity, "doc").0.unwrap();
    assert_eq!(export(&policy, &sources, &Catalogs::empty()).0.as_deref(), Some(text));
}

#[test]
fn the_providers_size_is_counted_without_white_space() {
    assert_eq!(counted_chars(" a\t\r\n\u{A0}中"), 3);
    let policy = |count: usize| {
        let base = counted_chars(&conditional(r#"{"string_equal":{"cos:a":"","cos:b":""}}"#));
        let fill = count - base;
        let half = fill / 2;
        let (a, b) = ("a".repeat(half), "b".repeat(fill - half));
        format!(r#"policy p {{ allow * when cos:a is "{a}" and cos:b is "{b}" }}"#)
    };
    let codes = |count: usize| {
        let (policies, sources, catalogs) = policies(&policy(count));
        let (document, told) = export(&policies[0], &sources, &catalogs);
        assert_eq!(counted_chars(&document.unwrap()), count);
        told.iter().map(|d| d.code.to_string()).collect::<Vec<_>>()
    };
    assert!(codes(limits::CAM_CHARS).is_empty());
    assert_eq!(codes(limits::CAM_CHARS + 1), ["too-long"]);
}

/// What is measured is what is written.
#[test]
fn policies_are_measured_without_being_written() {
    let conditions = [
        "",
        "from 10.0.0.0/8",
        "from 10.0.0.1/8, ::1 not from 192.0.2.0/24 since 2026-01-01T00:00:00Z",
        "from nowhere unless from nowhere",
        "when cos:a is \"x y\", \"\\\"\\\\\\n\\u{1}é\" and cos:b is \"z\" and any cos:a is \"q\"",
        "when cos:a is 1, 2.50 and mfa is true and cos:c is absent and cos:d < 3",
        "when cos:a like \"*\" unless cos:a like \"b*\" when any cos:e is bytes \"QUJD\"",
    ];
    let actions = [
        "*",
        "*:*, Buy",
        "read, list",
        "shop:*, permid/7, name/cvm:Run*",
        "few",
        "few, (write except Look, shop:\"orders/pay\")",
    ];
    let resources = ["", "on \"*\"", "on \"qcs::shop:::a b/*\", \"qcs::cvm:::${uin}\"", "on boxes"];
    let heads = "use shop, intlpartnersmgt network nowhere = 10.0.0.1 except 10.0.0.0/8 actions few = Buy, cvm:A, Query* \
                 resources boxes = \"qcs::shop:::box/1\", \"qcs::shop:::box/2\"";
    let mut statements = Vec::new();
    for condition in conditions {
        for action in actions {
            for resource in resources {
                statements.push(format!("allow {action} {resource} {condition}"));
                statements.push(format!("deny {action} {resource} {condition}"));
            }
        }
    }
    let mut of: Vec<String> = statements.clone();
    of.extend(statements.chunks(5).map(|chunk| chunk.join(" ")));
    of.push(statements.join(" "));
    let policies_text: Vec<String> =
        (0..).zip(&of).map(|(n, body)| format!("policy p{n} {{ {body} }}")).collect();
    let text = format!("{heads} {}", policies_text.join(" "));
    let (all, sources, catalogs) = policies(&text);
    let mut lengths = Lengths::new(&catalogs);
    assert_eq!(all.len(), of.len());
    for policy in &all {
        let (document, _) = export(policy, &sources, &catalogs);
        assert_eq!(lengths.policy(policy), counted_chars(&document.unwrap()), "{}", policy.name);
    }
    let (empty, _, catalogs) = policies("use shop policy p { allow read except Look }");
    assert_eq!(Lengths::new(&catalogs).policy(&empty[0]), 0);
}
