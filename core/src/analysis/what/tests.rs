//! Small sets: what a principal may do, and on what it depends.

use super::what;
use crate::Gate;
use crate::analysis::calls::Calls;
use crate::analysis::standing;

const HEAD: &str = "use intlpartnersmgt set opaque = \"cvm\" set owner.uin = \"1\" ";

/// The answer for one action as JSON, without `exact`.
#[track_caller]
fn check(set: &str, calls: [Option<&str>; 3], action: &str, expected: &str) {
    let gate = Gate::compile(format!("{HEAD}{set}")).unwrap();
    let [ip, resource, at] = calls;
    let found = what(&gate, "user:1", &Calls::read(ip, resource, at).unwrap()).unwrap();
    let one = found.actions.iter().find(|one| one.action == action).expect(action);
    let told = standing::written(&standing::told(&one.answer));
    assert_eq!(told, expected, "{set}");
}

const OPEN: [Option<&str>; 3] = [None; 3];
const PAY: &str = "intlpartnersmgt:PayOrders";

#[test]
fn always_and_never() {
    let always = r#"{"answer":"always","exact":true,"on":[]}"#;
    let never = r#"{"answer":"never","exact":true,"on":[]}"#;
    check("policy p { allow PayOrders } user 1 { attach p }", OPEN, PAY, always);
    check("policy p { allow ForceQN } user 1 { attach p }", OPEN, PAY, never);
    check("policy p { allow PayOrders deny PayOrders } user 1 { attach p }", OPEN, PAY, never);
    check("policy p { allow PayOrders } user 2 { attach p }", OPEN, PAY, never);
    let covered = "policy p { allow PayOrders from 0.0.0.0/1, 128.0.0.0/1, ::/0 allow PayOrders when qcs:ip is absent } \
        user 1 { attach p }";
    check(covered, OPEN, PAY, always);
    let bounded = "policy p { allow PayOrders } policy q { allow ForceQN } user 1 { attach p within q }";
    check(bounded, OPEN, PAY, never);
}

#[test]
fn each_dimension_says_its_part() {
    let set = "policy p { allow PayOrders from 10.0.0.0/8 when mfa is true deny PayOrders from 10.1.0.0/16 } \
        user 1 { attach p }";
    let both = r#"{"answer":"depends","exact":true,"on":[{"what":"address","always":[],"depends":["10.0.0.0/16","10.2.0.0/15","10.4.0.0/14","10.8.0.0/13","10.16.0.0/12","10.32.0.0/11","10.64.0.0/10","10.128.0.0/9"],"without":"never"},{"what":"key","key":"mfa","values":[{"value":"x","answer":"never"},{"value":true,"answer":"depends"},{"value":false,"answer":"never"}],"without":"never"}]}"#;
    check(set, OPEN, PAY, both);
    let mfa = r#"{"answer":"depends","exact":true,"on":[{"what":"key","key":"mfa","values":[{"value":true,"answer":"always"},{"value":false,"answer":"never"}],"without":"never"}]}"#;
    check(set, [Some("10.0.0.1"), None, None], PAY, mfa);
    check(set, [Some("10.1.0.1"), None, None], PAY, r#"{"answer":"never","exact":true,"on":[]}"#);
}

#[test]
fn windows_of_time() {
    let set = "policy p { allow PayOrders since 2026-01-01T00:00:00Z until 2027-01-01T00:00:00Z } user 1 { attach p }";
    let found = r#"{"answer":"depends","exact":true,"on":[{"what":"time","windows":[{"since":null,"until":"2026-01-01T00:00:00Z","answer":"never"},{"since":"2026-01-01T00:00:00Z","until":"2027-01-01T00:00:00Z","answer":"always"},{"since":"2027-01-01T00:00:00Z","until":null,"answer":"never"}],"without":"never"}]}"#;
    check(set, OPEN, PAY, found);
    check(
        set,
        [None, None, Some("2026-06-01T00:00:00Z")],
        PAY,
        r#"{"answer":"always","exact":true,"on":[]}"#,
    );
    check(set, [None, None, Some("2027-01-01T00:00:00Z")], PAY, r#"{"answer":"never","exact":true,"on":[]}"#);
}

#[test]
fn resources() {
    let set = "policy p { allow cvm:Run on \"qcs::cvm:::a/*\" deny cvm:Run on \"qcs::cvm:::a/b\" } user 1 { attach p }";
    let found = r#"{"answer":"depends","exact":true,"on":[{"what":"resource","patterns":[{"pattern":"qcs::cvm:::a/*","answer":"depends"},{"pattern":"qcs::cvm:::a/b","answer":"never"}],"others":"never"}]}"#;
    check(set, OPEN, "cvm:Run", found);
    let always = r#"{"answer":"always","exact":true,"on":[]}"#;
    let never = r#"{"answer":"never","exact":true,"on":[]}"#;
    check(set, [None, Some("qcs::cvm:::a/c"), None], "cvm:Run", always);
    check(set, [None, Some("qcs::cvm::uin/1:a/*"), None], "cvm:Run", always);
    check(set, [None, Some("qcs::cvm:::a/b"), None], "cvm:Run", never);
    check(set, [None, Some("qcs::cvm::uin/2:a/c"), None], "cvm:Run", never);
    check(set, [None, Some("*"), None], "cvm:Run", never);
}

#[test]
fn where_no_key_decides_alone_all_are_named() {
    let set = "policy p { allow cvm:Run when cvm:a is \"1\" and cvm:b is \"1\" \
        allow cvm:Run when cvm:a is not \"1\" and cvm:b is not \"1\" } user 1 { attach p }";
    let gate = Gate::compile(format!("{HEAD}{set}")).unwrap();
    let found = what(&gate, "1", &Calls::default()).unwrap();
    let run = found.actions.iter().find(|one| one.action == "cvm:Run").unwrap();
    assert_eq!(run.answer.on.len(), 2, "{run:?}");
}

#[test]
fn root_and_the_unknown() {
    let gate = Gate::compile(format!("{HEAD} policy p {{ allow cvm:Run }} user 1 {{ attach p }}")).unwrap();
    let of = |principal: &str, resource: Option<&str>| {
        let found = what(&gate, principal, &Calls::read(None, resource, None).unwrap()).unwrap();
        let find = |start: &str| {
            let one = found.actions.iter().find(|one| one.action.starts_with(start));
            one.unwrap().answer.standing.as_str()
        };
        (found.known, find(PAY), find("cvm:"))
    };
    assert_eq!(of("root", None), (true, "always", "depends"));
    assert_eq!(of("root", Some("qcs::cvm::uin/1:x")), (true, "always", "always"));
    assert_eq!(of("root", Some("qcs::cvm::uin/2:x")), (true, "always", "never"));
    assert_eq!(of("user:9", None), (false, "never", "never"));
    assert!(what(&gate, "group:g", &Calls::default()).is_err());
}

#[test]
fn patterns_beyond_the_limit_count_among_the_others() {
    use super::super::standing::Dependence;
    use passgate_grammar::limits::EXTENT_PATTERNS;
    for (count, shown) in [(EXTENT_PATTERNS, EXTENT_PATTERNS), (EXTENT_PATTERNS + 1, EXTENT_PATTERNS)] {
        let patterns: Vec<String> = (0..count).map(|n| format!("\"qcs::cvm:::a{n:03}\"")).collect();
        let set = format!("policy p {{ allow cvm:Run on {} }} user 1 {{ attach p }}", patterns.join(", "));
        let gate = Gate::compile(format!("{HEAD}{set}")).unwrap();
        let found = what(&gate, "1", &Calls::default()).unwrap();
        let run = found.actions.iter().find(|one| one.action == "cvm:Run").unwrap();
        let [Dependence::Resource { patterns, others }] = run.answer.on.as_slice() else { panic!("{run:?}") };
        let more = if count > shown { "depends" } else { "never" };
        assert_eq!((patterns.len(), others.as_str()), (shown, more));
    }
}

#[test]
fn a_pattern_in_doubt_is_never_said_to_cover_nothing() {
    // A caller whose number is 9999999999999 may, where `k` is not "1"; so long numbers are not tried.
    let set = "policy p { allow cvm:Run on \"qcs::cvm:::r/99999999999999\" \
        deny cvm:Run on \"qcs::cvm:::r/${uin}9\" when cvm:k is \"1\" } user 1 { attach p }";
    let found = r#"{"answer":"depends","exact":false,"on":[{"what":"resource","patterns":[{"pattern":"qcs::cvm:::r/${uin}9","answer":"depends"},{"pattern":"qcs::cvm:::r/99999999999999","answer":"depends"}],"others":"never"}],"because":["variables stand beside patterns that cut account numbers"]}"#;
    check(set, OPEN, "cvm:Run", found);
}

#[test]
fn a_matrix_puts_together_who_is_answered_alike_up_to_a_limit() {
    use passgate_grammar::limits::REPORT_CALLERS;
    for (count, asked) in [(REPORT_CALLERS - 1, REPORT_CALLERS), (REPORT_CALLERS, REPORT_CALLERS)] {
        let users: String = (0..count).map(|n| format!("user {n} {{ attach p{} }}\n", n % 2)).collect();
        let set =
            format!("{HEAD} policy p0 {{ allow PayOrders }} policy p1 {{ allow cvm:Run, ForceQN }} {users}");
        let gate = Gate::compile(set).unwrap();
        let found = super::matrix(&gate, &[], &Calls::default()).unwrap();
        assert_eq!((found.asked, found.all, found.columns.len()), (asked, count + 1, 3));
        let at = found.actions.iter().position(|(action, _)| action == PAY).unwrap();
        let standings = found.columns.iter().map(|of| found.answers[of.cells[at].unwrap()].standing.as_str());
        assert_eq!(standings.collect::<Vec<_>>(), ["always", "always", "never"]);
        let opaque = found.actions.iter().filter(|(_, category)| category.is_none()).count();
        assert!(opaque > 0 && found.actions.len() == 238 + opaque);
    }
}

#[test]
fn a_key_that_is_read_with_some_account_numbers_only_says_nothing_alone() {
    let set = "policy p { allow PayOrders deny PayOrders when qcs:uin is present unless mfa is true } \
        user ann { attach p }";
    let gate = Gate::compile(format!("{HEAD}{set}")).unwrap();
    let found = what(&gate, "user:ann", &Calls::default()).unwrap();
    let one = found.actions.iter().find(|one| one.action == PAY).unwrap();
    let told = standing::written(&standing::told(&one.answer));
    // Without a number `mfa` is not read: absent, false or whatever, the call is allowed.
    assert!(told.contains(r#"{"uin":null,"owner_uin":null,"app_id":null,"answer":"always"}"#), "{told}");
    assert!(!told.contains("never"), "{told}");
}
