//! Asserts and tests: what they resolve to, and what is told of them.

use super::{Most, check_told, condition_text, read, read_within, told};
use crate::model::{Assert, Called, Case, CaseValue, Claims, Settings, Subject, WhoKind};
use passgate_grammar::limits;

/// What all asserts and cases below may name.
const SET: &str = "use shop network office = 203.0.113.0/24, 2001:db8::/32 \
    resources boxes = \"qcs::shop:::box/1\", \"qcs::shop:::box/*\" \
    policy p { allow Buy } group g { attach p } role r { attach p } user 1 { in g } user \"a b\" { } ";

#[track_caller]
fn assert_of(text: &str) -> Assert {
    let (mut resolved, _) = read(&[&format!("{SET}{text}")]);
    let faults: Vec<_> = resolved.diagnostics.iter().filter(|d| d.is_error()).collect();
    assert!(faults.is_empty(), "{text}\n{faults:?}");
    resolved.proofs.asserts.remove(0)
}

#[track_caller]
fn cases_of(block: &str) -> Vec<Case> {
    let (mut resolved, _) = read(&[&format!("{SET}test \"t\" {{ {block} }}")]);
    let faults: Vec<_> = resolved.diagnostics.iter().filter(|d| d.is_error()).collect();
    assert!(faults.is_empty(), "{block}\n{faults:?}");
    resolved.proofs.tests.remove(0).cases
}

/// What is told of a text after the set, other faults of the set left out.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    check_told(&format!("{SET}{text}"), expected);
}

fn kinds(subject: &Subject) -> Vec<WhoKind> {
    match subject {
        Subject::These(who) | Subject::Only(who) => who.iter().map(|w| w.kind).collect(),
        Subject::NoOne | Subject::Everyone => Vec::new(),
    }
}

#[test]
fn asserts_find_their_callers() {
    assert_eq!(assert_of("assert no one may Buy").subject, Subject::NoOne);
    assert_eq!(assert_of("assert everyone may Buy").subject, Subject::Everyone);
    let these = assert_of("assert root, user 1, user \"a b\", group g, role r, policy p may not Buy");
    assert!(these.negated && matches!(these.subject, Subject::These(_)));
    let group = |n| WhoKind::Group(crate::model::GroupId(n));
    let user = |n| WhoKind::User(crate::model::UserId(n));
    let policy = WhoKind::Policy(crate::model::PolicyId(0));
    assert_eq!(kinds(&these.subject), [WhoKind::Root, user(0), user(1), group(0), group(1), policy]);
    assert!(matches!(assert_of("assert only group g may Buy").subject, Subject::Only(_)));
}

#[test]
fn clauses_of_an_assert_are_those_of_a_statement() {
    let text = "assert no one may Buy, tagging on boxes from office not from ::1 since 2026-01-01T00:00:00Z \
        until 2027-01-01T00:00:00Z when mfa is true and shop:k is \"a\" when shop:k is \"b\" unless from ::2 unless shop:n < 5";
    let assert = assert_of(text);
    assert_eq!(assert.actions.len(), 2);
    assert_eq!(assert.resources.map(|r| r.len()), Some(2));
    let conditions: Vec<String> = assert.conditions.iter().map(condition_text).collect();
    assert_eq!(
        conditions,
        [
            "ip_equal qcs:ip [203.0.113.0/24 2001:db8::/32]",
            "ip_not_equal qcs:ip [::1]",
            "date_greater_than_equal qcs:current_time [2026-01-01T00:00:00Z]",
            "date_less_than qcs:current_time [2027-01-01T00:00:00Z]",
            "bool_equal mfa [true]",
            "string_equal shop:k [a]",
            "string_equal shop:k [b]",
            "ip_not_equal_if_exist qcs:ip [::2]",
            "for_all_value:numeric_greater_than_equal_if_exist shop:n [Number { negative: false, digits: [5], magnitude: 1 }]",
        ]
    );
    assert!(assert_of("assert no one may Buy").resources.is_none());
}

#[test]
fn faults_of_asserts() {
    check("assert user 2 may Buy", &["unknown-name «2»"]);
    check("assert group h may Buy", &["unknown-name «h»"]);
    check("assert group r may Buy", &["wrong-kind «r»"]);
    check("assert role g may Buy", &["wrong-kind «g»"]);
    check("assert policy q may Buy", &["unknown-name «q»"]);
    check("assert no one may Byu", &["unknown-name «Byu»"]);
    check("assert no one may not Buy", &["foreign-word «assert no one may not»"]);
    check("assert everyone may not Buy", &["foreign-word «assert everyone may not»"]);
    check("assert only user 1 may not Buy", &["bad-clause «assert only user 1 may not»"]);
    check("assert no one may Buy to anyone", &["bad-clause «to anyone»"]);
    check("assert no one may Buy at 2026-01-01T00:00:00Z", &["bad-clause «at 2026-01-01T00:00:00Z»"]);
    check("assert no one may Buy with mfa is true", &["bad-clause «with mfa is true»"]);
    check("assert no one may Buy because allow", &["bad-clause «because allow»"]);
    check("assert no one may Buy from office from office", &["bad-clause «from office»"]);
    check("assert no one may Buy when qcs:ip in office", &["foreign-word «qcs:ip in office»"]);
    check("assert no one may Buy from nowhere", &["unknown-name «nowhere»"]);
    check("trust policy t { allow Buy to anyone } assert policy t may Buy", &["not-attachable «t»"]);
}

#[test]
fn an_assert_about_nothing_is_a_fault() {
    check("assert no one may shop:Zap*", &["empty-pattern «shop:Zap*»", "empty-proof «shop:Zap*»"]);
    check("assert no one may shop:Zap", &["empty-proof «shop:Zap»", "unknown-action «shop:Zap»"]);
    check("assert no one may Buy from office not from office", &["empty-proof «not from office»"]);
    check("assert no one may Buy from office unless from office", &["empty-proof «unless from office»"]);
    check("assert no one may Buy from office not from 203.0.113.0/24", &[]);
    check("assert no one may Buy unless from anywhere", &[]);
    check("assert no one may cvm:Run*", &[]);
    check_told("use shop assert everyone may Buy", &["empty-proof «assert everyone may Buy»"]);
    check_told("use shop assert no one may Buy", &[]);
    check_told("use shop policy p { } assert policy p may Buy", &["empty-proof «p»"]);
    check_told("use shop policy p { } group g { attach p } assert policy p may Buy", &[]);
}

#[test]
fn without_claims_a_group_needs_a_member() {
    let told = |text: &str| {
        let settings = Settings { claims: Claims::None, ..Settings::default() };
        let (resolved, sources) = super::read_with(Most::default(), settings, &[text]);
        resolved
            .diagnostics
            .iter()
            .map(|d| format!("{} «{}»", d.code, sources.slice(d.span)))
            .collect::<Vec<_>>()
    };
    let text = "use shop group g { } group h { } user 1 { in h } group i { in g } ";
    assert_eq!(told(&format!("{text} assert group g may Buy")), ["empty-proof «g»"]);
    assert!(told(&format!("{text} assert group h may Buy")).is_empty());
    assert!(told(&format!("{text} user 2 {{ in i }} assert group g may Buy")).is_empty());
    assert_eq!(told("use shop group g { } assert everyone may Buy").len(), 1);
    assert_eq!(told("use shop group g { } test \"t\" { group g may Buy }"), ["bad-clause «g»"]);
    assert_eq!(told("use shop group g { } test \"t\" { user 1 in g may Buy }"), ["bad-clause «in g»"]);
}

#[test]
fn cases_are_calls() {
    let block = "user 1 may Buy from 203.0.113.9 at 2026-01-01T00:00:00Z on boxes, \"*\" \
        with mfa is true and shop:n is 1.50 and shop:k is \"a\", \"b\" and shop:t is 2026-01-01T00:00:00Z because allow";
    let case = cases_of(block).remove(0);
    assert_eq!((case.principal.as_ref(), case.allowed, case.because), ("user:1", true, Some("allow")));
    assert_eq!(case.address.map(|a| a.to_string()).as_deref(), Some("203.0.113.9"));
    assert_eq!(case.time.map(|t| t.to_string()).as_deref(), Some("2026-01-01T00:00:00Z"));
    let resources: Vec<String> = case.resources.unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(resources, ["qcs::shop:::box/1", "qcs::shop:::box/*", "*"]);
    let values = |n: usize| case.context[n].1.values.clone();
    assert_eq!(values(0), [CaseValue::Bool(true)]);
    assert_eq!(values(1), [CaseValue::Number("1.50".into())]);
    assert_eq!(values(2), [CaseValue::Text("a".into()), CaseValue::Text("b".into())]);
    assert_eq!(values(3), [CaseValue::Text("2026-01-01T00:00:00Z".into())]);
    assert!(cases_of("user mia may not Buy from ::ffff:1.2.3.4")[0].address.is_some(), "an unknown caller");
}

#[test]
fn callers_of_cases_bring_groups_and_roles() {
    let case = cases_of("user mia in g, r may Buy").remove(0);
    assert_eq!((case.groups.len(), case.roles.len()), (1, 1));
    let names: Vec<String> = cases_of("root may Buy group g may Buy role r may Buy")
        .iter()
        .map(|c| c.principal.to_string())
        .collect();
    assert_eq!(names, ["root", "group:g", "role:r"]);
    check("test \"t\" { user 1 within p may Buy }", &["bad-clause «within p»"]);
    check("test \"t\" { user 1 in h may Buy }", &["unknown-name «h»"]);
    check("test \"t\" { user 1 attach p may Buy }", &["bad-clause «attach p»"]);
    check("test \"t\" { policy p may Buy }", &["bad-clause «p»"]);
    check("test \"t\" { group r may Buy }", &["wrong-kind «r»"]);
    check("test \"t\" { role h may Buy }", &["unknown-name «h»"]);
}

#[test]
fn given_is_merged_and_replaced() {
    let block = "given from ::1 at 2026-01-01T00:00:00Z with mfa is true and shop:k is \"a\" on \"*\" \
        user 1 may Buy user 1 may Buy from ::2 with shop:k is \"b\" and shop:j is 1";
    let cases = cases_of(block);
    let address = |n: usize| cases[n].address.map(|a| a.to_string()).unwrap();
    assert_eq!((address(0).as_str(), address(1).as_str()), ("::1", "::2"));
    assert!(cases.iter().all(|c| c.time.is_some() && c.resources.is_some()));
    let keys = |n: usize| -> Vec<String> {
        cases[n].context.iter().map(|(k, v)| format!("{k}={:?}", v.values)).collect()
    };
    assert_eq!(keys(0), ["mfa=[Bool(true)]", "shop:k=[Text(\"a\")]"]);
    assert_eq!(keys(1), ["shop:k=[Text(\"b\")]", "shop:j=[Number(\"1\")]", "mfa=[Bool(true)]"]);
}

#[test]
fn a_case_is_one_call_for_each_action() {
    let calls = |block: &str| cases_of(block)[0].calls.len();
    assert_eq!(calls("user 1 may Buy, Look, Buy"), 2);
    assert_eq!(calls("user 1 may read"), 2, "Look and the action called `list`");
    assert_eq!(calls("user 1 may shop:*"), 6);
    assert_eq!(calls("user 1 may shop:* except read"), 4);
    assert_eq!(calls("user 1 may permid/7"), 2);
    assert_eq!(*cases_of("user 1 may cvm:Run")[0].calls, [Called::Named("cvm:Run".into())]);
    check("test \"t\" { user 1 may cvm:Run* }", &["opaque-in-set «cvm:Run*»"]);
    check("test \"t\" { user 1 may * }", &["opaque-in-set «*»"]);
    check("test \"t\" { user 1 may shop:Zap* }", &["empty-pattern «shop:Zap*»", "empty-proof «shop:Zap*»"]);
}

#[test]
fn faults_of_cases() {
    let case = |clause: &str, expected: &[&str]| {
        check(&format!("test \"t\" {{ user 1 may Buy {clause} }}"), expected);
        check(&format!("test \"t\" {{ given {clause} user 1 may Buy }}"), expected);
    };
    case("from office", &["bad-clause «office»"]);
    case("from 203.0.113.0/24", &["bad-clause «203.0.113.0/24»"]);
    case("from 203.0.113.9/32", &["bad-address «203.0.113.9/32»"]);
    case("from 203.0.113.009", &["bad-address «203.0.113.009»"]);
    case("from ::1, ::2", &["bad-clause «::1, ::2»"]);
    case("from nowhere", &["unknown-name «nowhere»"]);
    case("not from ::1", &["bad-clause «not from ::1»"]);
    case("unless from ::1", &["bad-clause «unless from ::1»"]);
    case("since 2026-01-01T00:00:00Z", &["bad-clause «since 2026-01-01T00:00:00Z»"]);
    case("until 2026-01-01T00:00:00Z", &["bad-clause «until 2026-01-01T00:00:00Z»"]);
    case("when mfa is true", &["bad-clause «when mfa is true»"]);
    case("unless mfa is true", &["bad-clause «unless mfa is true»"]);
    case("to anyone", &["bad-clause «to anyone»"]);
    case("at 2026-01-01", &["date-without-time «2026-01-01»"]);
    case("on \"qcs::shop:*::x\"", &["bad-resource «\"qcs::shop:*::x\"»"]);
    case("on \"box/1\"", &["bad-resource «\"box/1\"»"]);
    case("on \"*\" except \"*\"", &["bad-clause «\"*\"»"]);
    case("with mfa is not true", &["bad-clause «mfa is not true»"]);
    case("with mfa is absent", &["bad-clause «mfa is absent»"]);
    case("with any mfa is true", &["bad-clause «any mfa is true»"]);
    case("with shop:k like \"a*\"", &["bad-clause «shop:k like \"a*\"»"]);
    case("with shop:k is bytes \"a\"", &["bad-clause «shop:k is bytes \"a\"»"]);
    case("with shop:k is \"a\" and shop:k is \"b\"", &["bad-clause «shop:k is \"b\"»"]);
    case("with shop:k is \"a\", 1", &["bad-value «1»"]);
    case("with shop:k is a", &["unquoted-value «a»"]);
    case("with qcs:ip is \"::1\"", &["bad-clause «qcs:ip is \"::1\"»"]);
    case("with qcs:current_time is \"x\"", &["bad-clause «qcs:current_time is \"x\"»"]);
    case("with qcs:uin is \"1\"", &["bad-clause «qcs:uin is \"1\"»"]);
    case("because denied", &["unknown-name «denied»"]);
    case("because implicit-deny", &["bad-clause «implicit-deny»"]);
    case("from ::1 from ::2", &["bad-clause «from ::2»"]);
    check("test \"t\" { user 1 may not Buy because allow }", &["bad-clause «allow»"]);
    check("@version(\"2.0\") test \"t\" { user 1 may Buy }", &["bad-note «@version(\"2.0\")»"]);
}

#[test]
fn a_broken_name_is_told_once() {
    assert!(told(&["use shop user 1 { } test \"t\" { user 1 may Byu }"]).len() == 1);
}

#[test]
fn cases_make_2_000_000_calls() {
    assert_eq!(Most::default().calls, limits::TEST_CALLS);
    let told = |calls: usize| {
        let most = Most { calls, ..Most::default() };
        let text = format!("{SET} test \"t\" {{ user 1 may read user 1 may Buy }}");
        let (resolved, _) = read_within(most, &[&text]);
        resolved.diagnostics.iter().filter(|d| d.code.as_str() == "limit").count()
    };
    assert_eq!((told(3), told(2), told(1)), (0, 1, 1));
}
