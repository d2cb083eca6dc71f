//! Small sets: what changes, what does not, and that each example is decided as it is said.

use super::{Diff, Known, diff};
use crate::Gate;
use crate::analysis::standing::{Dependence, Standing};

const HEAD: &str = "use intlpartnersmgt set opaque = \"cvm\" set owner.uin = \"1\" ";

fn gate(text: &str) -> Gate {
    Gate::compile(text).unwrap_or_else(|e| panic!("{text}\n{e:?}"))
}

fn compared(old: &str, new: &str, principal: Option<&str>) -> Diff {
    let (old, new) = (gate(old), gate(new));
    let found = diff(&old, &new, principal).unwrap();
    for change in &found.changes {
        for (right, gained) in
            change.gains.iter().map(|r| (r, true)).chain(change.losses.iter().map(|r| (r, false)))
        {
            let request = right.example.as_ref().unwrap();
            let allows = |gate: &Gate| gate.check(request).is_ok_and(|decision| decision.allowed);
            assert_eq!((allows(&old), allows(&new)), (!gained, gained), "{request:?}");
        }
    }
    found
}

/// Each change as `principals +action, action - action`, with a star where not every call changes.
fn told(found: &Diff) -> Vec<String> {
    let each = found.changes.iter().map(|change| {
        let mut text = change.principals.join(" ");
        for (sign, rights) in [('+', &change.gains), ('-', &change.losses)] {
            for right in rights {
                let names: Vec<&str> =
                    right.actions.iter().map(|a| a.action.trim_start_matches("intlpartnersmgt:")).collect();
                let star = if right.answer.standing == Standing::Always { "" } else { "*" };
                text.push_str(&format!(" {sign}{}{star}", names.join(",")));
            }
        }
        text
    });
    each.collect()
}

#[track_caller]
fn check(old: &str, new: &str, expected: &[&str]) {
    let (old, new) = (format!("{HEAD}{old}"), format!("{HEAD}{new}"));
    assert_eq!(told(&compared(&old, &new, None)), expected, "{old}\n{new}");
    // The other way round gains are losses.
    let turned: Vec<String> = expected
        .iter()
        .map(|line| {
            let mut words: Vec<String> = line
                .split(' ')
                .map(|word| match word.split_at(1) {
                    ("+", rest) => format!("-{rest}"),
                    ("-", rest) => format!("+{rest}"),
                    _ => word.to_owned(),
                })
                .collect();
            words.sort_by_key(|word| (word.starts_with('-'), word.starts_with('+')));
            words.join(" ")
        })
        .collect();
    let mut back = told(&compared(&new, &old, None));
    let mut turned = turned;
    back.sort();
    turned.sort();
    assert_eq!(back, turned, "{new}\n{old}");
}

const U: &str = "user u { attach p }";

#[track_caller]
fn check_policy(old: &str, new: &str, expected: &[&str]) {
    check(&format!("policy p {{ {old} }} {U}"), &format!("policy p {{ {new} }} {U}"), expected);
}

#[test]
fn words_change_nothing() {
    check_policy("allow PayOrders, QueryUser", "allow QueryUser allow PayOrders allow PayOrders", &[]);
    check_policy("allow PayOrders from 10.0.0.0/8", "allow PayOrders from 10.0.0.0/9, 10.128.0.0/9", &[]);
    check_policy("allow PayOrders", "allow PayOrders allow ForceQN deny ForceQN", &[]);
    check(
        "policy p { allow PayOrders } user u { attach p }",
        "policy q { allow PayOrders } group g { attach q } user u { in g }",
        &["group:g +PayOrders"],
    );
    check(
        "policy p { allow PayOrders } policy q { allow list } user u { attach p, q }",
        "policy r { allow list allow PayOrders } user u { attach r }",
        &[],
    );
    check_policy("deny PayOrders", "", &[]);
    check_policy("allow PayOrders deny PayOrders", "deny PayOrders", &[]);
}

#[test]
fn statements_come_and_go() {
    check_policy("", "allow PayOrders", &["user:u +PayOrders"]);
    check_policy("allow PayOrders, ForceQN", "allow PayOrders deny ForceQN", &["user:u -ForceQN"]);
    check_policy("allow PayOrders from 10.0.0.0/8", "allow PayOrders", &["user:u +PayOrders*"]);
    check_policy(
        "allow PayOrders from 10.0.0.0/8",
        "allow PayOrders from 10.128.0.0/9, 11.0.0.0/8",
        &["user:u +PayOrders* -PayOrders*"],
    );
    // Denied openly or surely, it is refused; allowed it is not.
    check_policy(
        "allow PayOrders when mfa is true",
        "allow PayOrders when mfa is false",
        &["user:u +PayOrders* -PayOrders*"],
    );
    check_policy("allow cvm:Run on \"qcs::cvm:::a/*\"", "allow cvm:Run", &["user:u +cvm:Run*"]);
}

#[test]
fn boundaries_and_callers_come_and_go() {
    let with =
        |bound: &str, user: &str| format!("policy p {{ allow PayOrders }} policy b {{ {bound} }} {user}");
    let (free, bound) = ("user u { attach p }", "user u { attach p within b }");
    check(&with("allow list", free), &with("allow list", bound), &["user:u -PayOrders"]);
    check(&with("allow *", free), &with("allow *", bound), &[]);
    check(
        &with("allow *", bound),
        &with("allow * deny PayOrders from 10.0.0.0/8", bound),
        &["user:u -PayOrders*"],
    );
    check(
        &with("deny PayOrders", bound),
        &with("allow PayOrders from 10.0.0.0/8", bound),
        &["user:u +PayOrders*"],
    );
    check(
        "policy p { allow PayOrders } user u { attach p } user v { attach p }",
        "policy p { allow PayOrders } user u { attach p } user w { attach p }",
        &["user:w +PayOrders", "user:v -PayOrders"],
    );
    check("", "", &[]);
    check("", "policy p { allow PayOrders } user u {}", &[]);
    let found = compared(HEAD, &format!("{HEAD}policy p {{ allow PayOrders }} role r {{ attach p }}"), None);
    assert_eq!(found.changes[0].known, Known::New);
    assert_eq!(found.changes[0].principals, ["role:r", "brings role:r"]);
}

#[test]
fn callers_that_change_alike_are_one_group() {
    let set = |statement: &str| {
        format!(
            "policy p {{ {statement} }} policy q {{ {statement} }} user 1 {{ attach p }} user 2 {{ attach q }}"
        )
    };
    check(&set("allow QueryUser"), &set("allow QueryUser, ForceQN"), &["user:1 user:2 +ForceQN"]);
    // Each caller's own folder is another, but is written alike.
    let own = "allow cvm:Run on \"qcs::cvm:::home/${uin}/*\"";
    let (old, new) = (set("allow QueryUser"), set(&format!("allow QueryUser {own}")));
    check(&old, &new, &["user:1 user:2 +cvm:Run*"]);
    // From one account only one of them gains.
    let own = "allow cvm:Run when qcs:uin is \"2\" deny cvm:Run when qcs:uin is not \"2\"";
    check(&old, &set(&format!("allow QueryUser {own}")), &["user:1 +cvm:Run*", "user:2 +cvm:Run*"]);
}

#[test]
fn changes_stand_in_the_order_of_the_set() {
    let set = |q: &str, r: &str| {
        format!(
            "policy q {{ {q} }} policy r {{ {r} }}
            user 1 {{ attach q }} user 2 {{ attach r }} user 3 {{ attach q }} user 4 {{ attach q, r }}
            user 5 {{ attach r }}"
        )
    };
    check(
        &set("allow QueryUser", "allow PayOrders"),
        &set("allow QueryUser, ForceQN", ""),
        &["user:1 user:3 +ForceQN", "user:2 user:5 -PayOrders", "user:4 +ForceQN -PayOrders"],
    );
    // In the new set the third has what the first has; its change stands behind that of the second nevertheless.
    let set = |two: &str, three: &str| {
        format!(
            "policy q {{ allow PayOrders }} policy e {{}}
            user 1 {{ attach q }} user 2 {{ attach {two} }} user 3 {{ attach {three} }}"
        )
    };
    check(&set("q", "e"), &set("e", "q"), &["user:2 -PayOrders", "user:3 +PayOrders"]);
}

#[test]
fn from_where_in_the_fewest_prefixes() {
    let set = |from: &str| format!("{HEAD}policy p {{ allow PayOrders from {from} }} {U}");
    let found = compared(&set("10.0.0.0/8"), &set("10.0.0.0/8, 12.0.0.0/9, 12.128.0.0/9"), None);
    let Dependence::Address { always, depends, without } = &found.changes[0].gains[0].answer.on[0] else {
        panic!("{found:#?}")
    };
    let texts: Vec<String> = always.iter().map(|prefix| prefix.to_string()).collect();
    assert_eq!(
        (texts, depends.count_prefixes(), *without),
        (vec!["12.0.0.0/8".to_owned()], 0, Standing::Never)
    );
    assert!(found.is_exact());
}

#[test]
fn settings_count_where_they_decide() {
    let with =
        |settings: &str, rest: &str| format!("use intlpartnersmgt {settings} policy p {{ {rest} }} {U}");
    let evaluate = "set ip-unsupported = \"evaluate\"";
    let from = "allow QueryUser, PayOrders from 10.0.0.0/8";
    let found = compared(&with("", from), &with(evaluate, from), None);
    assert_eq!(told(&found), ["user:u +QueryUser*"]);
    assert_eq!(found.settings, ["ip-unsupported"]);
    let found = compared(&with("", "allow cvm:Run"), &with("set opaque = \"cvm\"", "allow cvm:Run"), None);
    assert_eq!(told(&found)[0].split(' ').next(), Some("root"));
    assert!(told(&found).iter().any(|line| line == "user:u +cvm:Run"), "{:?}", told(&found));
    let owner = |uin: &str| format!("set opaque = \"cvm\" set owner.uin = \"{uin}\"");
    let on = "allow cvm:Run on \"qcs::cvm::uin/7:x\"";
    let found = compared(&with(&owner("1"), on), &with(&owner("7"), on), Some("user:u"));
    // An empty account is 7's now.
    assert_eq!(told(&found), ["user:u +cvm:Run*"]);
    let request = found.changes[0].gains[0].example.as_ref().unwrap();
    assert_eq!(request.resources.as_deref(), Some(&["qcs::cvm:::x".to_owned()][..]));
    let found = compared(&with(&owner("1"), on), &with(&owner("7"), on), Some("root"));
    assert_eq!(told(&found).len(), 1);
    let own = "allow cvm:Run when qcs:owner_uin is \"7\"";
    let found = compared(&with(&owner("1"), own), &with(&owner("7"), own), Some("user:u"));
    assert_eq!(told(&found), ["user:u +cvm:Run*"]);
}

#[test]
fn one_principal() {
    let (old, new) = (format!("{HEAD}policy p {{ allow list }} group g {{ attach p }}"), HEAD.to_owned());
    let found = compared(&old, &new, Some("group:g"));
    assert_eq!((found.changes.len(), found.callers), (1, 1));
    assert_eq!(found.changes[0].known, Known::Old);
    assert!(compared(&old, &new, Some("user:nobody")).is_empty());
    let refused = diff(&gate(&old), &gate(&new), Some("group:h")).unwrap_err();
    assert_eq!(refused.code().to_string(), "unknown-group");
}

#[test]
fn what_is_not_exact_says_so() {
    let set = |rest: &str| format!("{HEAD}policy p {{ allow PayOrders {rest} }} {U}");
    let (old, new) = (gate(&set("when qcs:ip like \"10.*\"")), gate(&set("when qcs:ip like \"10.1*\"")));
    let found = diff(&old, &new, None).unwrap();
    assert!(!found.is_exact() && !found.is_empty());
    assert!(!found.changes[0].losses[0].answer.doubts.is_empty());
}
