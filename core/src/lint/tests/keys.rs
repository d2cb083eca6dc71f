//! Lints about keys: calls that lack one, negations at what lists, addresses as text.

use super::{check, check_fixed, told};
use crate::model::{IpUnsupported, Settings};

#[track_caller]
fn fixed(statement: &str, told: &str, after: Option<&str>) {
    check_fixed(&Settings::default(), statement, &[told], after);
}

const NET: &str = "192.0.2.0/24";

#[test]
fn denies_that_calls_without_the_key_slip_through() {
    fixed(
        "deny List not from 192.0.2.1",
        "open-deny at not from 192.0.2.1",
        Some("deny List unless from 192.0.2.1"),
    );
    fixed(
        "deny Buy when shop:k is not \"a\", \"b\"",
        "open-deny at shop:k is not \"a\", \"b\"",
        Some("deny Buy unless shop:k is \"a\", \"b\""),
    );
    fixed(
        "deny Buy when any shop:k not like \"a*\"",
        "open-deny at any shop:k not like \"a*\"",
        Some("deny Buy unless every shop:k like \"a*\""),
    );
    fixed("deny Buy when mfa is true and shop:k is not 1", "open-deny at shop:k is not 1", None);
    fixed("deny Buy since 2026-01-01T00:00:00Z", "open-deny at since 2026-01-01T00:00:00Z", None);
    fixed("deny Buy from 0.0.0.0/1, 128.0.0.0/3", "open-deny at from 0.0.0.0/1, 128.0.0.0/3", None);
    fixed("deny Buy from anywhere except 10.0.0.1", "open-deny at from anywhere except 10.0.0.1", None);
}

#[test]
fn denies_that_say_what_happens_without_the_key() {
    for silent in [
        "deny List unless from 192.0.2.1",
        "deny Buy unless shop:k is \"a\"",
        // Positive conditions name what is denied.
        "deny List from 192.0.2.1",
        "deny Buy from 0.0.0.0/1",
        "deny Buy when shop:k is \"a\"",
        "deny Buy when mfa is false",
        // Calls without the key do not match the rest.
        "deny Buy when shop:k is present and shop:k is not \"a\"",
        "deny List from 10.0.0.0/8 not from 10.1.0.0/16",
        // An allow lets nothing slip.
        "allow List not from 192.0.2.1",
        "allow Buy since 2026-01-01T00:00:00Z",
    ] {
        check(silent, &[]);
    }
}

#[test]
fn denies_of_actions_that_are_never_given_the_key_are_dead_not_open() {
    check("deny Look not from 192.0.2.1", &["dead-deny at Look"]);
    check("deny List when qcs:resource_tag is not \"a&b\"", &["dead-deny at List"]);
    check("deny Look, List not from 192.0.2.1", &["dead-deny at Look", "open-deny at not from 192.0.2.1"]);
    let evaluate = Settings { ip_unsupported: IpUnsupported::Evaluate, ..Settings::default() };
    check_fixed(
        &evaluate,
        "deny Look not from 192.0.2.1",
        &["open-deny at not from 192.0.2.1"],
        Some("deny Look unless from 192.0.2.1"),
    );
}

#[test]
fn allows_that_calls_without_the_key_pass() {
    fixed(
        "allow List unless from 192.0.2.1",
        "open-allow at unless from 192.0.2.1",
        Some("allow List not from 192.0.2.1"),
    );
    fixed(
        "allow Buy unless any shop:k is \"a\"",
        "open-allow at any shop:k is \"a\"",
        Some("allow Buy when every shop:k is not \"a\""),
    );
    fixed(
        "allow Buy unless shop:k is true",
        "open-allow at shop:k is true",
        Some("allow Buy when shop:k is false"),
    );
    fixed("allow Buy unless shop:k < 2", "open-allow at shop:k < 2", None);
    // An action that is never given the key passes with every call.
    fixed(
        "allow Look unless from 192.0.2.1",
        "open-allow at unless from 192.0.2.1",
        Some("allow Look not from 192.0.2.1"),
    );
}

#[test]
fn allows_that_ask_for_the_key() {
    for silent in [
        "allow List not from 192.0.2.1",
        "allow Buy when shop:k is not \"a\"",
        "allow Buy when shop:k is absent or is \"a\"",
        "allow Buy when shop:k is absent or < 2",
        "allow Buy when every shop:k is absent or < 2",
        "allow Buy when shop:k is present unless shop:k is \"a\"",
        "deny Buy unless shop:k is \"a\"",
    ] {
        check(silent, &[]);
    }
}

#[test]
fn negations_at_actions_that_list() {
    check("allow ListBoxes when shop:k is not \"a\"", &["negative-on-list at shop:k is not \"a\""]);
    check(
        "deny ListBoxes unless any qcs:resource_tag is \"a&b\"",
        &["negative-on-list at any qcs:resource_tag is \"a&b\""],
    );
    // Of two actions that list only one is handed tags.
    check(
        "deny ListNames, ListBoxes unless any qcs:resource_tag is \"a&b\"",
        &["negative-on-list at any qcs:resource_tag is \"a&b\""],
    );
    // Another category, a key of the caller, a positive condition, a tag that is not handed over.
    check("allow Buy when shop:k is not \"a\"", &[]);
    check("allow ListBoxes when mfa is absent or is true", &[]);
    check("allow ListBoxes not from 192.0.2.1", &[]);
    check("allow ListBoxes when shop:k is \"a\"", &[]);
    check("allow ListNames when qcs:tag is not \"a&b\"", &["dead-allow at ListNames"]);
}

#[test]
fn actions_without_an_address_are_named() {
    let names = |statement: &str| {
        let model = super::model(&format!("policy p {{ {statement} }}"));
        super::super::run(&model, None).iter().map(|d| d.message.clone()).collect::<Vec<_>>()
    };
    let told = names(&format!("allow L* from {NET}"));
    assert_eq!(told, ["`L*` covers 2 actions that are never given an address: `ListNames`, `Look`"]);
    // What the statement cannot match for another reason is not named.
    assert_eq!(names(&format!("allow List* from {NET} on \"qcs::shop:::a\"")), [""; 0]);
}

#[test]
fn addresses_compared_as_text() {
    let told = |value: &str| {
        told(&Settings::default(), None, &format!("policy p {{ allow Buy when qcs:ip {value} }}"))
    };
    for (odd, at) in [
        ("like \"10.0.*\"", "\"10.0.*\""),
        ("like \"10.1*\"", "\"10.1*\""),
        ("is \"10.0.0.0/8\"", "\"10.0.0.0/8\""),
        ("is \"2001:DB8::1\"", "\"2001:DB8::1\""),
        ("is \"office\"", "\"office\""),
        ("is not \"10.0.0.1\", \"10.0.0.01\"", "\"10.0.0.01\""),
    ] {
        assert_eq!(told(odd), [format!("address-pattern at {at}")], "{odd}");
    }
    for plain in [
        "is \"10.0.0.1\"",
        "is \"2001:db8::1\"",
        "is \"2001:DB8::1\" ignoring case",
        "like \"10.0.0.1\"",
        "is present",
    ] {
        assert_eq!(told(plain), [""; 0], "{plain}");
    }
    let help = |value: &str| {
        let model = super::model(&format!("policy p {{ allow Buy when qcs:ip like \"{value}\" }}"));
        super::super::run(&model, None)[0].help.clone().unwrap()
    };
    assert_eq!(help("10.0.*"), "write `from 10.0.0.0/16` (in CAM JSON: `ip_equal`)");
    assert_eq!(help("10.*.*.*"), "write `from 10.0.0.0/8` (in CAM JSON: `ip_equal`)");
    assert_eq!(help("10.1*"), "write `from NETWORK` (in CAM JSON: `ip_equal`), which compares bits");
}

/// What contradicts itself meets no call; that is told by the exact lints, and nothing else of its calls.
#[test]
fn statements_that_no_call_meets_are_not_told_what_their_calls_do() {
    let never = "shop:k is \"a\" and shop:k is not \"a\"";
    check(&format!("deny Buy not from {NET} when {never}"), &[]);
    check(&format!("allow Buy unless from {NET} when {never}"), &[]);
    check(&format!("allow L* from {NET} when {never}"), &[]);
    check("deny Buy since 2027-01-01T00:00:00Z until 2026-01-01T00:00:00Z", &[]);
    check(&format!("deny Buy on \"qcs::shop::uin/7:a\" when {never}"), &[]);
    check(
        &format!("deny Buy not from {NET} when shop:k is \"a\" and shop:k is not \"b\""),
        &[&format!("open-deny at not from {NET}")],
    );
}
