//! Small sets over two catalogs: who gains and loses what, through which statement.

use super::{Drift, drift};
use crate::Gate;

fn set(rows: &str, policies: &str) -> Gate {
    let each = rows.split_whitespace().map(|row| {
        let (name, category) = row.split_once('/').unwrap();
        format!("{{\"name\": \"{name}\", \"category\": \"{category}\"}}")
    });
    let catalog =
        format!("{{\"service\": \"shop\", \"actions\": [{}]}}", each.collect::<Vec<_>>().join(", "));
    Gate::compile([
        ("passgate.toml", "catalogs = ['shop.json']\nuse = ['shop']".to_owned()),
        ("shop.json", catalog),
        ("a.gate", policies.to_owned()),
    ])
    .unwrap()
}

/// A line a change: which way, whose, which actions, the answers, the statements.
fn lines(drift: &Drift) -> Vec<String> {
    let line = |change: &super::Change| {
        let actions: Vec<&str> = change.actions.iter().map(|moved| moved.action.as_str()).collect();
        let through: Vec<String> =
            change.statements.iter().map(|s| format!("{}@{}:{}", s.id, s.line, s.column)).collect();
        format!(
            "{} {}: {} {}-{} {}",
            change.principals.join(","),
            change.kind.as_str(),
            actions.join(","),
            change.before.standing.as_str(),
            change.after.standing.as_str(),
            through.join(",")
        )
    };
    drift.changes.iter().map(line).collect()
}

#[track_caller]
fn check(policies: &str, old: &str, new: &str, expected: &[&str]) {
    let found = drift(&set(old, policies), &set(new, policies)).unwrap();
    assert!(found.exact);
    assert_eq!(lines(&found), expected, "{policies}\n{old}\n{new}");
}

const PEOPLE: &str = "user 1 { attach p } user 2 { attach q } user 3 { attach p, q }";

#[test]
fn categories_and_patterns_cover_what_is_new() {
    let set = format!("policy p {{ allow read }}\npolicy q {{ allow shop:Export* deny list }}\n{PEOPLE}");
    check(&set, "See/read", "See/read", &[]);
    check(&set, "See/read", "See/read Pay/write", &[]);
    check(
        &set,
        "See/read",
        "See/read ExportAll/read",
        &[
            "user:1 gains: shop:ExportAll never-always p#1@1:12",
            "user:3 gains: shop:ExportAll never-always p#1@1:12,q#1@2:12",
            "user:2 gains: shop:ExportAll never-always q#1@2:12",
        ],
    );
    check(&set, "See/read Look/read", "See/read", &["user:1,user:3 loses: shop:Look always-never p#1@1:12"]);
}

#[test]
fn what_is_filed_anew_moves_between_statements() {
    let set =
        format!("policy p {{ allow read from 10.0.0.0/8 }}\npolicy q {{ allow See deny list }}\n{PEOPLE}");
    check(
        &set,
        "See/read",
        "See/list",
        &[
            "user:3 loses: shop:See always-never p#1@1:12,q#2@2:22",
            "user:2 loses: shop:See always-never q#2@2:22",
            "user:1 loses: shop:See depends-never p#1@1:12",
        ],
    );
}

#[test]
fn calls_that_change_are_told_where_each_dimension_stays() {
    let row = |category: &str| {
        let catalog = format!(
            r#"{{"service": "shop", "granularity": "resource", "actions": [{{"name": "See", "category": "{category}"}}]}}"#
        );
        let policy = r#"policy p {
            allow read from 10.0.0.0/8 on "qcs::shop:::a"  allow read not from 10.0.0.0/8 on "qcs::shop:::b"
            allow list from 10.0.0.0/8 on "qcs::shop:::b"  allow list not from 10.0.0.0/8 on "qcs::shop:::a"
        } user 1 { attach p }"#;
        let settings = "catalogs = ['shop.json']\nuse = ['shop']".to_owned();
        Gate::compile([("passgate.toml", settings), ("shop.json", catalog), ("a.gate", policy.to_owned())])
            .unwrap()
    };
    let found = drift(&row("read"), &row("list")).unwrap();
    assert_eq!(found.changes.len(), 1);
    let change = &found.changes[0];
    assert_eq!((change.kind, &change.before), (super::Kind::Changes, &change.after));
    assert_eq!((change.principals.as_slice(), change.statements.len()), (&["user:1".to_owned()][..], 4));
}

#[test]
fn two_sets_are_not_compared() {
    let (one, other) =
        (set("See/read", "policy p { allow read }"), set("See/read", "policy q { allow read }"));
    assert_eq!(drift(&one, &other).unwrap_err().code().as_str(), "bad-option");
}

/// Another statement is named, on a pattern inside another, and no call is decided otherwise.
#[test]
fn what_only_names_other_patterns_is_no_change() {
    let set = "policy p { allow shop:See on \"qcs::shop:::a*\" }\npolicy q { allow list on \"qcs::shop:::ab\" }\nuser 1 { attach p, q }";
    check(set, "See/read", "See/list", &[]);
}
