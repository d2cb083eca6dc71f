//! Small sets: what is a pattern, what it is known by, what it stands for; texts that are read back, differences, bad texts.

use super::patterns::within;
use super::{Action, Comparison, Key, Patterns, lock, read_text};
use crate::{Gate, TextSources};

const SHOP: &str = "See/read Look/read Export/list Pay/write PayAll/write";

/// A catalog of rows `Name/category`, `!` before one of service level.
fn catalog(service: &str, version: &str, rows: &str) -> String {
    let each = rows.split_whitespace().map(|row| {
        let level = if row.starts_with('!') { "service" } else { "operation" };
        let (name, category) = row.trim_start_matches('!').split_once('/').unwrap();
        format!("{{\"name\": \"{name}\", \"category\": \"{category}\", \"granularity\": \"{level}\"}}")
    });
    let rows: Vec<String> = each.collect();
    let permids = if rows.is_empty() { "" } else { ", \"permids\": {\"7\": [\"See\", \"Gone\"]}" };
    format!(
        "{{\"service\": \"{service}\", \"version\": \"{version}\", \"actions\": [{}]{permids}}}",
        rows.join(", ")
    )
}

fn set(rows: &str, policies: &str) -> Gate {
    set_of(&[("shop", rows)], policies)
}

fn set_of(catalogs: &[(&str, &str)], policies: &str) -> Gate {
    let names: Vec<String> = catalogs.iter().map(|(service, _)| format!("'{service}.json'")).collect();
    let settings = format!("catalogs = [{}]\nuse = ['shop']\nopaque = ['cvm']", names.join(", "));
    let mut texts = vec![("passgate.toml".to_owned(), settings), ("a.gate".to_owned(), policies.to_owned())];
    texts.extend(catalogs.iter().map(|(name, rows)| (format!("{name}.json"), catalog(name, "1", rows))));
    Gate::compile(TextSources::from(texts)).unwrap()
}

/// A line a pattern: what it is known by, where it is written, what it stands for.
fn lines(patterns: &Patterns) -> Vec<String> {
    let of = |key: &Key| {
        let uses = key.uses.join(",");
        let policy = key.policy.as_deref().map_or_else(String::new, |policy| format!(" in {policy}"));
        format!("{} [{uses}]{policy}", key.pattern)
    };
    let line = |pattern: &super::Pattern| {
        let spots: Vec<String> =
            pattern.spots.iter().map(|spot| format!("{}:{}", spot.line, spot.column)).collect();
        format!("{} @{} = {}", of(&pattern.key), spots.join(","), names(&pattern.actions))
    };
    patterns.patterns.iter().map(line).collect()
}

fn names(actions: &[Action]) -> String {
    actions.iter().map(|one| one.action.trim_start_matches("shop:")).collect::<Vec<_>>().join(",")
}

#[track_caller]
fn check(policies: &str, expected: &[&str]) {
    assert_eq!(lines(&lock(&set(SHOP, policies)).unwrap()), expected, "{policies}");
}

#[test]
fn a_single_name_is_no_pattern() {
    check("policy p { allow See, shop:Pay, cvm:Stop }", &[]);
    check(
        "policy p { allow read, Pay* }",
        &["read [shop] @1:18 = Look,See", "shop:Pay* [] @1:24 = Pay,PayAll"],
    );
    check("policy p { allow permid/7, cvm:* }", &["cvm:* [] @1:28 = ", "permid/7 [] @1:18 = See"]);
}

#[test]
fn what_means_the_same_is_one_pattern() {
    check(
        "policy p { allow Pay*\n deny shop:Pay* }\npolicy q { allow name/shop:Pay* }",
        &["shop:Pay* [] @1:18,2:7,3:18 = Pay,PayAll"],
    );
    check(
        "policy p { allow ( read,list )except  See // all\n }\npolicy q { allow (read, list) except See }",
        &["(read, list) except See [shop] @1:18,3:18 = Export,Look"],
    );
    // A file without bare names may use what it will.
    check("policy p { allow shop:* only shop:P* }", &["shop:* only shop:P* [] @1:18 = Pay,PayAll"]);
}

#[test]
fn sets_are_patterns_where_they_are_written() {
    let sets = "actions some = See, Pay*\n";
    check(&format!("{sets}policy p {{ allow some }}"), &["shop:Pay* [] @1:21 = Pay,PayAll"]);
    check(
        &format!("{sets}policy p {{ allow some except PayAll }}"),
        &["some except PayAll [shop] @2:18 = Pay,See"],
    );
}

#[test]
fn a_parameter_means_something_else_in_each_instance() {
    let template = "policy t(act: actions) { allow act except PayAll deny read }\n";
    check(
        &format!("{template}user 1 {{ attach t(Pay*), t((read, Pay)) }}"),
        &[
            "act except PayAll [shop] in t((read, Pay)) @1:32 = Look,Pay,See",
            "act except PayAll [shop] in t(Pay*) @1:32 = Pay",
            "read [shop] @1:55 = Look,See",
        ],
    );
    let template = "policy t(act: actions) { allow act }\n";
    check(
        &format!("{template}user 1 {{ attach t((read, Pay*)) }}"),
        &["read [shop] @2:20 = Look,See", "shop:Pay* [] @2:26 = Pay,PayAll"],
    );
}

#[test]
fn service_level_is_covered_by_the_whole_service() {
    let rows = "See/read !Login/read";
    let lines_of = |policies: &str| lines(&lock(&set(rows, policies)).unwrap());
    assert_eq!(
        lines_of("policy p { allow shop:*, read, shop:*n }"),
        ["read [shop] @1:26 = See", "shop:* [] @1:18 = Login,See", "shop:*n [] @1:32 = "]
    );
}

#[test]
fn the_text_says_everything_and_is_read_back() {
    let policies = "policy p { allow read, Pay* only PayAll, shop:P* }\nuser 1 { attach p }";
    let patterns = lock(&set(SHOP, policies)).unwrap();
    let text = patterns.text();
    assert_eq!(
        text,
        "# What the patterns of this policy set stand for. Written by `passgate lock`: write it anew, do not edit it.\n\
         format = 1\n\n[catalogs]\n\"shop\" = \"1\"\n\n\
         [[patterns]]\npattern = \"read, Pay* only PayAll, shop:P*\"\nuse = [\"shop\"]\n[patterns.actions]\n\
         \"shop:Pay\" = \"write\"\n\"shop:PayAll\" = \"write\"\n"
    );
    let locked = read_text("passgate.lock", &text).unwrap();
    assert_eq!(locked.patterns[0].key, patterns.patterns[0].key);
    assert_eq!(locked.patterns[0].actions, patterns.patterns[0].actions);
    assert_eq!(locked.patterns[0].line, 8);
    assert_eq!(patterns.compare(&locked), Comparison::default());
    assert_eq!(patterns.count(), 2);
    let none = lock(&set(SHOP, "policy p { allow See }")).unwrap();
    assert!(none.compare(&read_text("passgate.lock", &none.text()).unwrap()).is_same());
}

/// What differs after the rows or the policies have changed.
#[track_caller]
fn differs(before: (&str, &str), after: (&str, &str), expected: &[&str]) {
    let kept = lock(&set(before.0, before.1)).unwrap().text();
    let found = lock(&set(after.0, after.1)).unwrap().compare(&read_text("passgate.lock", &kept).unwrap());
    let changed = found
        .changed
        .iter()
        .map(|one| format!("{}: +{} -{}", one.pattern.key.pattern, names(&one.added), names(&one.removed)));
    let unlocked = found.unlocked.iter().map(|one| format!("unlocked {}", one.key.pattern));
    let stale = found.stale.iter().map(|one| format!("stale {}", one.key.pattern));
    let all: Vec<String> = changed.chain(unlocked).chain(stale).collect();
    assert_eq!(all, expected);
    assert_eq!(found.is_same(), expected.is_empty());
}

#[test]
fn patterns_are_told_that_mean_something_else() {
    let policies = "policy p { allow read, Pay* deny See }";
    let shop = (SHOP, policies);
    differs(shop, shop, &[]);
    differs(shop, ("Extra/other See/read Look/read Pay/write PayAll/write", policies), &[]);
    // Filed elsewhere: the category lets it go, the pattern keeps it.
    differs(("See/read PayOne/read", policies), ("See/read PayOne/write", policies), &["read: + -PayOne"]);
    differs(("See/read Pay/write", policies), (SHOP, policies), &["read: +Look -", "shop:Pay*: +PayAll -"]);
    differs(shop, (SHOP, "policy p { allow list, Pay* }"), &["unlocked list", "stale read"]);
}

#[test]
fn catalogs_are_told_by_version() {
    let policies = "policy p { allow read, other:* }";
    let kept = "format = 1\n[catalogs]\nother = '3'\ngone = '2'\nshop = '1'";
    let patterns = lock(&set_of(&[("shop", SHOP), ("other", "Do/write")], policies)).unwrap();
    let found = patterns.compare(&read_text("passgate.lock", kept).unwrap());
    let told: Vec<_> = found
        .catalogs
        .iter()
        .map(|one| (one.service.as_ref(), one.locked.as_deref(), one.now.as_deref()))
        .collect();
    assert_eq!(told, [("gone", Some("2"), None), ("other", Some("3"), Some("1"))]);
}

/// The line and the message of what is wrong with a text.
#[track_caller]
fn refused(text: &str, expected: &[(u32, &str)]) {
    let error = read_text("passgate.lock", text).unwrap_err();
    assert_eq!((error.code().as_str(), error.key()), ("bad-request", Some("lock")));
    let sources = error.sources().unwrap();
    let told: Vec<(u32, &str)> =
        error.diagnostics().iter().map(|d| (sources.start(d.span).line, d.message.as_str())).collect();
    assert_eq!(told, expected, "{text}");
    assert!(error.diagnostics().iter().all(|d| d.code.as_str() == "bad-lock" && d.help.is_some()));
}

#[test]
fn what_is_no_lock_is_told_with_its_place() {
    refused("", &[(1, "the lock does not say its `format`")]);
    refused("format = '1'", &[(1, "`format` is 1")]);
    refused("format = 0", &[(1, "`format` is 1")]);
    let later = "the lock has format 2, written by a later version: this one reads 1";
    refused("\nformat = 2\nnew = 3\n[[patterns]]", &[(3, "a lock has no member `new`"), (2, later)]);
    refused("format = 1\npattern = []", &[(2, "a lock has no member `pattern`")]);
    refused(
        "format = 1\npatterns = 7\ncatalogs = []",
        &[(3, "`catalogs` is a table"), (2, "`patterns` is a list of tables")],
    );
    refused(
        "format = 1\n[catalogs]\nShop = '1'\nshop = 1",
        &[(3, "`Shop` is no service"), (4, "the version of a catalog is a text")],
    );
    refused(
        "format = 1\n[[patterns]]\n[[patterns]]\npattern = 1",
        &[(2, "a pattern of the lock lacks `pattern`"), (4, "`pattern` is a text")],
    );
    refused(
        "format = 1\n[[patterns]]\npattern = 'read'\nuse = 'shop'\nactions = []",
        &[(4, "`use` is a list of services"), (5, "`actions` is a table")],
    );
    refused(
        "format = 1\n[[patterns]]\npattern = 'read'\n[patterns.actions]\nSee = 'read'\n'shop:Go' = 1",
        &[
            (5, "`See` is no action: it is written `service:Name`"),
            (6, "the category of an action is a text"),
        ],
    );
    refused(
        "format = 1\n[[patterns]]\npattern = 'a'\n[[patterns]]\npattern = 'a'",
        &[(5, "`a` stands in the lock twice")],
    );
    let conflict = read_text("passgate.lock", "format = 1\n<<<<<<< ours\n").unwrap_err();
    assert!(conflict.message().starts_with("line 2 of the lock: the lock cannot be read: "), "{conflict}");
}

#[test]
fn a_compiled_file_has_no_patterns_to_lock() {
    let gate = Gate::from_bytes(&set(SHOP, "policy p { allow read }").to_bytes().unwrap()).unwrap();
    assert_eq!(lock(&gate).unwrap_err().code().as_str(), "bad-option");
}

#[test]
fn a_lock_is_never_longer_than_a_file() {
    let gate = set(SHOP, "policy p { allow read, *ay* }");
    let needed: usize = "\"shop:See\" = \"read\"\n\"shop:Look\" = \"read\"\n".len()
        + "\"shop:Pay\" = \"write\"\n\"shop:PayAll\" = \"write\"\n".len();
    assert!(within(needed, gate.model()).is_ok());
    let error = within(needed - 1, gate.model()).unwrap_err();
    assert_eq!(error.code().as_str(), "bad-option");
    assert!(error.message().starts_with(&format!("a lock has at most {} bytes", needed - 1)), "{error}");
}
