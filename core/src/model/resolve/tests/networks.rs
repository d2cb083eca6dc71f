//! Networks.

use super::{check_told, read, statements, told};
use crate::model::{NamedValue, Test};
use std::sync::Arc;

#[track_caller]
fn check(expr: &str, expected: &str) {
    let text = format!("network office = 10.0.0.0/24, 2001:db8::/32 network a = office network x = {expr}");
    let (resolved, _) = read(&[&text]);
    assert!(resolved.diagnostics.iter().all(|d| !d.is_error()), "{expr}: {:?}", resolved.diagnostics);
    let NamedValue::Network(prefixes) = &resolved.named[2].value else { panic!("{expr}") };
    let text: Vec<String> = prefixes.iter().map(ToString::to_string).collect();
    assert_eq!(text.join(" "), expected, "{expr}");
}

#[test]
fn lists_stay_as_written_and_algebra_is_the_smallest_cover() {
    check("10.0.0.1", "10.0.0.1");
    check("10.0.0.7/24, 10.0.0.0/25", "10.0.0.0/24 10.0.0.0/25");
    check("a, 192.0.2.1", "10.0.0.0/24 2001:db8::/32 192.0.2.1");
    check("anywhere", "0.0.0.0/0 ::/0");
    check("a except 10.0.0.0/25", "10.0.0.128/25 2001:db8::/32");
    check("anywhere only 10.0.0.0/25, 10.0.0.128/25, ::/1 except 8.0.0.0/8", "10.0.0.0/24 ::/1");
    check("(a only 0.0.0.0/0), 192.0.2.1", "10.0.0.0/24 192.0.2.1");
}

#[test]
fn statements_share_a_network() {
    let both = |body: &str| {
        let text = format!("use shop network a = 10.0.0.1 network b = 10.0.0.2 policy p {{ {body} }}");
        let (resolved, _) = read(&[&text]);
        let list = |n: usize| match &resolved.policies[0].statements[n].conditions[0].test {
            Test::Ip { prefixes, .. } => prefixes.clone(),
            other => panic!("{other:?}"),
        };
        Arc::ptr_eq(&list(0), &list(1))
    };
    assert!(both("allow Buy from a deny Buy from a"));
    assert!(both("allow Buy from a, b deny Buy unless from a, b"));
    assert!(both("allow Buy from anywhere except a deny Buy not from anywhere except a"));
}

#[test]
fn host_bits_are_kept_for_those_who_write_them_back() {
    let statement = &statements("allow Buy from 10.0.0.1, 10.0.0.5/24, ::1/64")[0];
    let Test::Ip { prefixes, written, .. } = &statement.conditions[0].test else { panic!() };
    assert_eq!(prefixes.len(), 3);
    let written: Vec<String> = written.iter().map(|w| format!("{} {}", w.place, w.address)).collect();
    assert_eq!(written, ["1 10.0.0.5", "2 ::1"]);
}

#[test]
fn faults_of_networks_are_told_at_their_place() {
    check_told("network x = 10.0.0.5/24", &["host-bits-set «10.0.0.5/24»"]);
    check_told("network x = 10.0.*.*", &["address-wildcard «10.0.*.*»"]);
    check_told("network x = 10.0.0.1-10.0.0.6", &["address-range «10.0.0.1-10.0.0.6»"]);
    check_told("network x = \"203.0.113.0/24\"", &["quoted-address «\"203.0.113.0/24\"»"]);
    check_told("network x = 10.0.0", &["bad-address «10.0.0»"]);
    check_told("network x = ::ffff:10.0.0.1", &["bad-address «::ffff:10.0.0.1»"]);
    check_told("network x = office", &["unknown-name «office»"]);
    check_told("network x = all", &["foreign-word «all»"]);
    check_told("network x = \"office\"", &["wrong-kind «\"office\"»"]);
    check_told("network anywhere = 10.0.0.1", &["duplicate-name «anywhere»"]);
    check_told("use shop actions c = Buy policy p { allow c from c }", &["wrong-kind «c»"]);
    check_told("network x = 10.0.0.1 except 10.0.0.0/8", &["empty-set «10.0.0.1 except 10.0.0.0/8»"]);
    // Made of nothing, it is no second one; made of something, it is, whatever else is empty.
    let nothing = "network x = 10.0.0.1 except 10.0.0.0/8 ";
    let empty = "empty-set «10.0.0.1 except 10.0.0.0/8»";
    check_told(&format!("{nothing} network y = x only ::1 network z = ::1 only x"), &[empty]);
    check_told(&format!("{nothing} network y = x, ::1 only ::2"), &[empty, "empty-set «x, ::1 only ::2»"]);
    check_told("network x = y network y = x, 10.0.0.1 except 10.0.0.1", &["name-cycle «x»"]);
}

#[test]
fn fixes_are_what_was_meant() {
    let fix = |text: &str| {
        let (resolved, _) = read(&[text]);
        resolved.diagnostics[0].fixes[0].edits[0].text.clone()
    };
    assert_eq!(fix("network x = 10.0.*.*"), "10.0.0.0/16");
    assert_eq!(fix("network x = 10.0.0.1-10.0.0.6"), "10.0.0.1, 10.0.0.2/31, 10.0.0.4/31, 10.0.0.6");
    assert_eq!(fix("network x = \"203.0.113.0/24\""), "203.0.113.0/24");
    assert_eq!(fix("network office = 10.0.0.1 network x = offise"), "office");
}

#[test]
fn order_of_files_never_matters() {
    assert!(told(&["network a = b", "network b = c", "network c = 10.0.0.1"]).is_empty());
    assert_eq!(told(&["network a = 10.0.0.1", "network a = 10.0.0.2"]), ["duplicate-name «a»"]);
}
