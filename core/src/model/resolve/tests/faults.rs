//! What is told about names: labels, helps and fixes of the rows that the model decides.

use super::read;

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
        "name the actions before `from`",
        "",
    );
    check(
        "policy p { allow cvm:* when cos:prefix is folder1 }",
        "unquoted-value",
        "`folder1` is no parameter of this policy; text stands in quotes",
        "",
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
