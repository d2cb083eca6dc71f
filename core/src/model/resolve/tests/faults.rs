//! What is told about names: labels, helps and fixes of the rows that the model decides.

use super::{check_told, read};

/// Code, message, help and first fix of the only diagnostic.
#[track_caller]
fn check(text: &str, code: &str, message: &str, help: &str, fix: &str) {
    let (resolved, _) = read(&[text]);
    let [told] = resolved.diagnostics.as_slice() else { panic!("{text}: {:?}", resolved.diagnostics) };
    let edit = told.fixes.first().and_then(|f| f.edits.first()).map_or("", |e| e.text.as_str());
    let found = (told.code.as_str(), told.message.as_str(), told.help.as_deref().unwrap_or(""), edit);
    assert_eq!(found, (code, message, help, fix), "{text}");
}

#[test]
fn the_messages_of_the_table_of_mistakes() {
    check(
        "use intlpartnersmgt policy p { allow reads }",
        "unknown-name",
        "`reads` is no action set, category or action of `intlpartnersmgt`",
        "did you mean the category `read`?",
        "read",
    );
    check(
        "use intlpartnersmgt policy p { allow allocateCreditPool }",
        "action-case",
        "action names are case-sensitive: the catalog has `AllocateCreditPool`",
        "write `AllocateCreditPool`",
        "AllocateCreditPool",
    );
    check(
        "use intlpartnersmgt actions credit = PayOrders\nnetwork office = 10.0.0.1 policy p { allow read from credit }",
        "wrong-kind",
        "`credit` is a set of actions (0.gate:1); after `from` stands a network",
        "name the actions before `from`; or did you mean the network `office`?",
        "",
    );
    check(
        "policy p { allow cvm:* on \"arn:aws:s3:::bucket/*\" }",
        "foreign-resource",
        "`arn:` begins an AWS name; resources here have six segments and begin with `qcs:`",
        "write `\"qcs::SERVICE:REGION:uid/N:bucket/*\"`",
        "",
    );
    check(
        "policy p { allow cvm:* on \"qcs::cvm:ap-guangzhou:instance/*\" }",
        "resource-segments",
        "a resource has six segments, this one five: after the region `ap-guangzhou` the account is missing",
        "for the owner's account write `\"qcs::cvm:ap-guangzhou::instance/*\"`",
        "qcs::cvm:ap-guangzhou::instance/*",
    );
    check(
        "network x = 10.0.*.*",
        "address-wildcard",
        "an address has no wildcards; a prefix length says how much of it counts",
        "write `10.0.0.0/16`",
        "10.0.0.0/16",
    );
    check(
        "network x = 10.0.0.1-10.0.0.6",
        "address-range",
        "ranges are written as prefixes",
        "write `10.0.0.1, 10.0.0.2/31, 10.0.0.4/31, 10.0.0.6`",
        "10.0.0.1, 10.0.0.2/31, 10.0.0.4/31, 10.0.0.6",
    );
    check(
        "network x = \"203.0.113.0/24\"",
        "quoted-address",
        "an address stands without quotes",
        "write `203.0.113.0/24`",
        "203.0.113.0/24",
    );
    check(
        "use intlpartnersmgt policy p { allow read from 10.0.0.5/24 }",
        "host-bits-set",
        "`10.0.0.5/24` has bits beyond its prefix length and means `10.0.0.0/24`",
        "write `10.0.0.0/24`; or `10.0.0.5` for one address",
        "10.0.0.0/24",
    );
    check(
        "use intlpartnersmgt policy p { allow intlpartnersmgt:AllocateCreditPol }",
        "unknown-action",
        "the catalog of `intlpartnersmgt` (2025-08-06) has no action `AllocateCreditPol`",
        "write `AllocateCreditPool`",
        "AllocateCreditPool",
    );
    check(
        "policy p { allow cvm:* when cos:prefix is folder1 }",
        "unquoted-value",
        "`folder1` is no parameter of this policy; text stands in quotes",
        "write `\"folder1\"`",
        "\"folder1\"",
    );
    check(
        "policy p { allow cvm:* when mfa is not true }",
        "no-negative",
        "CAM has no negative of `bool_equal`",
        "`unless mfa is true` (also where `mfa` is absent), or `when mfa is false`",
        "",
    );
    check(
        "policy p { allow cvm:* until 2026-07-01 }",
        "date-without-time",
        "an instant needs its time, in UTC",
        "write `2026-07-01T00:00:00Z`",
        "2026-07-01T00:00:00Z",
    );
}

#[test]
fn a_second_definition_points_at_the_first() {
    let (resolved, sources) = read(&["network a = ::1", "actions a = shop:Buy"]);
    let label = &resolved.diagnostics[0].labels[0];
    assert_eq!(
        (sources.name(label.span), label.text.as_str()),
        ("0.gate", "first defined here, as a network")
    );
}

#[test]
fn one_cycle_is_told_with_its_way() {
    let (resolved, sources) = read(&["network a = b network b = c network c = a network d = a"]);
    let [told] = resolved.diagnostics.as_slice() else { panic!("{:?}", resolved.diagnostics) };
    let way: Vec<&str> = told.labels.iter().map(|l| sources.slice(l.span)).collect();
    assert_eq!((sources.slice(told.span), way), ("a", vec!["b", "c"]));
}

#[test]
fn unused_names_are_known() {
    let (resolved, _) =
        read(&["network a = b network b = ::1 network c = ::1 policy p { allow shop:Buy from c }"]);
    let used: Vec<bool> = resolved.named.iter().map(|n| n.used).collect();
    assert_eq!(used, [false, false, true]);
}

#[test]
fn names_that_look_alike_are_told() {
    let alike = "policy p { allow * } policy \"ace\" { allow * } group ace { } user ace { } ";
    check_told(&format!("{alike} policy \"асе\" {{ allow * }}"), &["bad-character «\"асе\"»"]);
    check_told(&format!("group \"асе\" {{ }} {alike}"), &["bad-character «\"асе\"»"]);
    check_told(&format!("user \"асе\" {{ }} {alike}"), &["bad-character «\"асе\"»"]);
    check_told("user \"ѕоре\" { } user \"ѕορе\" { }", &["bad-character «\"ѕορе\"»"]);
    // Each kind of name is its own, escapes show what stands there, and another script is no look-alike.
    check_told("policy \"асе\" { allow * } group ace { }", &[]);
    check_told(&format!("{alike} user \"\\u{{430}}ce\" {{ }}"), &[]);
    check_told(&format!("{alike} user \"张三\" {{ }} user \"Анна\" {{ }} user \"yıldız\" {{ }}"), &[]);
}
