//! Lints about lists: members twice, statements twice, accounts.

use super::{check, check_fixed, told};
use crate::model::{Owner, Settings};
use passgate_grammar::limits;

#[track_caller]
fn fixed(statements: &str, expected: &str, after: &str) {
    check_fixed(&Settings::default(), statements, &[expected], Some(after));
}

#[test]
fn members_that_stand_twice() {
    fixed("allow Buy, List, Buy", "duplicate at Buy", "allow Buy, List");
    fixed("allow Buy, Buy, List, Buy", "duplicate at Buy", "allow Buy, List");
    fixed("allow Buy, shop:Buy", "duplicate at shop:Buy", "allow Buy");
    fixed("allow *, *", "duplicate at *", "allow *");
    fixed("allow List from 10.0.0.1, 10.0.0.1/32", "duplicate at 10.0.0.1/32", "allow List from 10.0.0.1");
    fixed("allow Buy when shop:k is 1, 1.0", "duplicate at 1.0", "allow Buy when shop:k is 1");
    fixed("allow Buy when shop:k is \"a\", \"a\"", "duplicate at \"a\"", "allow Buy when shop:k is \"a\"");
    let (a, b) = ("\"qcs::shop:::a\"", "\"qcs::shop:::b\"");
    fixed(
        &format!("allow Buy on {a}, {b}, {a}"),
        &format!("duplicate at {a}"),
        &format!("allow Buy on {a}, {b}"),
    );
    check("allow Buy, List from 10.0.0.1, 10.0.0.2", &[]);
    check("allow Buy when shop:k is \"a\", \"A\"", &[]);
}

#[test]
fn names_that_stand_twice() {
    let told = |text: &str| told(&Settings::default(), None, text);
    let sets = "actions a = Buy network n = 10.0.0.1 resources r = \"qcs::shop:::a\" ";
    assert_eq!(
        told(&format!("{sets} policy p {{ allow a, a from n, n on r, r }}")),
        ["duplicate at a", "duplicate at n", "duplicate at r"]
    );
    // One that holds another's members is no repetition.
    assert_eq!(told(&format!("{sets} policy p {{ allow a, Buy from n, 10.0.0.1 on r }}")), [""; 0]);
}

/// A fix would take the comment away with the member.
#[test]
fn a_comment_between_members_is_kept() {
    check_fixed(&Settings::default(), "allow Buy, // first\n Buy", &["duplicate at Buy"], None);
}

#[test]
fn statements_that_stand_twice() {
    fixed("allow Buy deny List allow Buy", "duplicate at allow", "allow Buy deny List");
    fixed("deny Buy, List deny List, shop:Buy", "duplicate at deny", "deny Buy, List");
    fixed(
        "allow Buy when shop:k is \"a\" and mfa is true allow Buy when mfa is true and shop:k is \"a\"",
        "duplicate at allow",
        "allow Buy when shop:k is \"a\" and mfa is true",
    );
    for apart in [
        "allow Buy deny Buy",
        "allow Buy allow List",
        "allow Buy allow Buy from 10.0.0.1",
        "allow Buy from 10.0.0.1 allow Buy not from 10.0.0.1",
        "allow Buy when shop:k is \"a\" allow Buy when shop:k is \"a\" ignoring case",
        "allow Buy when any shop:k is \"a\" allow Buy when every shop:k is \"a\"",
        "allow Buy on \"qcs::shop:::a\" allow Buy",
    ] {
        check(apart, &[]);
    }
    check_fixed(&Settings::default(), "allow Buy\n/// why\nallow Buy", &["duplicate at allow"], None);
}

#[test]
fn denies_that_an_empty_account_passes_by() {
    let (one, at) = ("\"qcs::shop::uin/7:box/1\"", "account-without-owner at \"qcs::shop::uin/7:box/1\"");
    check(&format!("deny Buy on {one}"), &[at]);
    check(&format!("deny Buy on \"qcs::shop:::box/2\", {one}"), &[at]);
    check(&format!("deny Buy on \"qcs::shop:gz::box/1\", {one}"), &[at]);
    check(&format!("deny Buy on \"qcs::shop:::b*/1*1\", {one}"), &[at]);
    // Another resource of the list covers the empty account.
    for covering in ["qcs::shop:::box/1", "qcs:::::box/*", "qcs::shop:::*", "qcs::shop:::b*x/1*", "*"] {
        check(&format!("deny Buy on \"{covering}\", {one}"), &[]);
    }
    check(&format!("allow Buy on {one}"), &[]);
    check(&format!("deny List on {one}"), &[&format!("dead-deny at {one}")]);
    let of =
        |uin: &str| Settings { owner: Owner { uin: Some(uin.into()), uid: None }, ..Settings::default() };
    check_fixed(&of("7"), &format!("deny Buy on {one}"), &[], None);
    check_fixed(&of("8"), &format!("deny Buy on {one}"), &[], None);
}

/// Of the last resource of an account it is known that nothing covers it after so many pairs; one pair more, and nothing
/// is said.
#[test]
fn so_many_pairs_of_resources_are_compared_and_no_more() {
    let told = |accounts: usize, starred: usize, whole: usize| {
        let mut resources: Vec<String> =
            (1..accounts).map(|n| format!("\"qcs::shop::uin/7:z{n}\"")).collect();
        resources.push("\"qcs::shop::uin/7:box\"".to_owned());
        resources.extend((1..starred).map(|n| format!("\"qcs::shop:::a{n}*\"")));
        resources.push("\"qcs::shop:::z*\"".to_owned());
        resources.extend((0..whole).map(|n| format!("\"qcs::shop:::w{n}\"")));
        let text = format!("policy p {{ deny Buy on {} }}", resources.join(", "));
        let all = told(&Settings::default(), None, &text);
        all.iter().filter(|one| one.starts_with("account-without-owner")).count()
    };
    assert_eq!(limits::LINT_PAIRS, 1_000 * 1_000);
    assert_eq!(told(1_000, 1_000, 0), 1);
    assert_eq!(told(1_000, 1_000, 3_000), 1, "those without stars are not compared one by one");
    assert_eq!(told(1_001, 1_000, 0), 0);
    assert_eq!(told(1_001, 999, 0), 1);
}
