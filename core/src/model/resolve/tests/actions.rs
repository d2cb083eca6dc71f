//! Sets of actions.

use super::{actions_text, check_told, read, statements, told};
use std::sync::Arc;

#[track_caller]
fn check(expr: &str, expected: &str) {
    assert_eq!(actions_text(&statements(&format!("allow {expr}"))[0]), expected, "{expr}");
}

#[test]
fn what_is_written_as_a_pattern_stays_one() {
    check("*", "*");
    check("*:*", "*:*");
    check("shop:Buy", "shop:Buy");
    check("name/shop:Buy", "name/shop:Buy");
    check("Buy", "shop:Buy");
    check("Look*", "shop:Look*");
    check("*ook*, Buy", "shop:*ook*, shop:Buy");
    check("permid/7", "permid/7");
    check("cvm:Run*", "cvm:Run*");
    check("shop:\"orders/pay\"", "shop:orders/pay");
    check("shop:list", "shop:list");
}

#[test]
fn categories_and_algebra_are_names() {
    check("write", "{shop:Buy shop:orders/pay}");
    check("tagging", "{shop:Tag}");
    check("(write)", "{shop:Buy shop:orders/pay}");
    check("write except Buy", "{shop:orders/pay}");
    check("write, read only Look*, Buy except LookAll", "{shop:Buy shop:Look}");
    check("permid/7 except Buy", "{shop:Look}");
    check("shop:* only (write, tagging except Tag)", "{shop:Buy shop:orders/pay}");
    check("Look, (write except Buy)", "shop:Look, {shop:orders/pay}");
}

#[test]
fn names_never_cover_an_action_of_service_level() {
    let text = "use serv, mall policy p { allow write  allow *Run*, Walk  allow serv:*, mall:* except Walk }";
    let (resolved, _) = read(&[text]);
    let statements = &resolved.policies[0].statements;
    assert_eq!(actions_text(&statements[0]), "{mall:Buy}");
    assert_eq!(actions_text(&statements[1]), "{}, mall:Walk");
    assert_eq!(actions_text(&statements[2]), "{mall:Buy}");
}

#[test]
fn statements_share_a_named_set() {
    let text = "use shop actions a = Buy, Look  actions b = a, Tag
        policy p { allow a  deny a  allow b  allow a, LookAll }";
    let (resolved, _) = read(&[text]);
    let statements = &resolved.policies[0].statements;
    assert!(Arc::ptr_eq(&statements[0].actions, &statements[1].actions));
    assert_eq!(actions_text(&statements[2]), "shop:Buy, shop:Look, shop:Tag");
    assert_eq!(actions_text(&statements[3]), "shop:Buy, shop:Look, shop:LookAll");
    assert!(resolved.named.iter().all(|n| n.used));
}

#[test]
fn a_bare_pattern_of_several_services_is_names() {
    let (resolved, _) = read(&["use shop, mall policy p { allow *u*, Walk, Look }"]);
    assert_eq!(
        actions_text(&resolved.policies[0].statements[0]),
        "{mall:Buy shop:Buy}, mall:Walk, shop:Look"
    );
}

#[test]
fn use_counts_for_its_file() {
    let files = ["use mall policy p { allow Walk }", "use shop policy q { allow Look, Walk }"];
    assert_eq!(told(&files), ["unknown-name «Walk»"]);
}

#[test]
fn faults_of_actions_are_told_at_their_place() {
    check_told("policy p { allow Buy }", &["unknown-name «Buy»"]);
    check_told("use cvm policy p { allow Buy }", &["unknown-action «cvm»", "unknown-name «Buy»"]);
    check_told("use shop policy p { allow Bux }", &["unknown-name «Bux»"]);
    check_told("use shop policy p { allow buy }", &["action-case «buy»"]);
    check_told("use shop policy p { allow shop:buy }", &["action-case «shop:buy»"]);
    check_told("use shop policy p { allow shop:Bux }", &["unknown-action «shop:Bux»"]);
    check_told("use shop policy p { allow Zz* }", &["empty-pattern «Zz*»"]);
    check_told("use shop, mall policy p { allow Buy }", &["ambiguous-name «Buy»"]);
    check_told("use shop policy p { allow list }", &["category-or-action «list»"]);
    check_told("use shop policy p { allow nope:Buy }", &["unknown-action «nope:Buy»"]);
    check_told("use shop policy p { allow \"shop:Buy\" }", &["wrong-kind «\"shop:Buy\"»"]);
    check_told("use shop network office = 10.0.0.1 policy p { allow office }", &["wrong-kind «office»"]);
}

#[test]
fn opaque_services_do_not_mix_with_algebra() {
    check_told("use shop policy p { allow * except Buy }", &["opaque-in-set «*»"]);
    check_told("use shop policy p { allow read except cvm:Run }", &["opaque-in-set «cvm:Run»"]);
    check_told("use shop policy p { allow cvm:* only read }", &["opaque-in-set «cvm:*»"]);
    check_told(
        "use shop actions a = cvm:* policy p { allow a except Buy }",
        &["opaque-in-set «a except Buy»"],
    );
    check_told("use shop policy p { allow cvm:*, read }", &[]);
}

#[test]
fn empty_sets_are_told_once() {
    check_told("use shop policy p { allow read except read }", &["empty-set «read except read»"]);
    check_told("use shop policy p { allow other }", &["empty-set «other»"]);
    check_told(
        "use shop actions a = Buy except Buy policy p { allow a  allow a, Buy }",
        &["empty-set «Buy except Buy»"],
    );
    check_told("use shop policy p { allow Bux except Buy }", &["unknown-name «Bux»"]);
}

#[test]
fn a_set_does_not_hide_a_word() {
    check_told("use shop actions read = Buy", &["duplicate-name «read»"]);
    check_told("use shop actions Look = Buy", &["duplicate-name «Look»"]);
    check_told("use shop network read = 10.0.0.1 policy p { allow read from read }", &[]);
}
