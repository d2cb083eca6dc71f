//! Cases run over small sets: which pass, what is told of those that do not.

use super::{Options, run};
use crate::Gate;

const SET: &str = r#"
use intlpartnersmgt
policy desk {
    allow PayOrders, QueryUser from 203.0.113.0/24
    deny PayOrders when mfa is false
}
policy ceiling { allow PayOrders  deny QueryArea }
policy all { allow * }
group finance { attach desk }
user 1 { in finance }
user 2 { attach all  within ceiling }
"#;

fn gate(cases: &str) -> Gate {
    Gate::compile(format!("{SET}test \"t\" {{ {cases} }}")).unwrap()
}

/// Runs one case and compares what is told of it.
#[track_caller]
fn check(case: &str, expected: Option<&str>) {
    let report = run(&gate(case), &Options::default()).unwrap();
    let cases = &report.tests[0].cases;
    let told = cases[0].diagnostic.as_ref().map(|d| d.message.as_str());
    assert_eq!((cases.len(), told), (1, expected), "{case}");
    assert_eq!(report.passed(), expected.is_none(), "{case}");
}

#[test]
fn a_case_passes_where_the_gate_answers_as_it_says() {
    check("user 1 may PayOrders from 203.0.113.9", None);
    check("user 1 may PayOrders from 203.0.113.9 with mfa is true because allow", None);
    check("user 1 may not PayOrders from 203.0.113.9 with mfa is false because explicit-deny", None);
    check("user 1 may not PayOrders from 192.0.2.1 because implicit-deny", None);
    check("user 1 may not PayOrders", None);
    check("user 1 may not QueryUser from 203.0.113.9", None);
    check("user 2 may not QueryArea because boundary", None);
    check("user 3 may not PayOrders because unknown-principal", None);
    check("user 3 in finance may PayOrders from 203.0.113.9", None);
    check("group finance may PayOrders from 203.0.113.9", None);
    check("root may intlpartnersmgt:* because root", None);
    check("user 1 may not intlpartnersmgt:* from 192.0.2.1", None);
}

#[test]
fn a_case_fails_with_what_the_gate_answered() {
    let pay = "intlpartnersmgt:PayOrders";
    check(
        "user 1 may PayOrders from 192.0.2.1",
        Some(&format!("`user:1` is refused `{pay}` by `implicit-deny`, and the case says `may`")),
    );
    check(
        "user 1 may not PayOrders from 203.0.113.9",
        Some(&format!("`user:1` is allowed `{pay}` by `allow`, and the case says `may not`")),
    );
    check(
        "user 1 may not PayOrders because explicit-deny",
        Some(&format!("`user:1` is refused `{pay}` by `implicit-deny`, and the case says `explicit-deny`")),
    );
    check(
        "user 1 may PayOrders from 203.0.113.9 with mfa is \"yes\"",
        Some(&format!(
            "`user:1` calling `{pay}` could not be decided: the value of `mfa` cannot be read by its operator"
        )),
    );
}

#[test]
fn a_failure_points_at_the_statements_that_decided() {
    let gate = gate("user 1 may PayOrders from 203.0.113.9 with mfa is false");
    let report = run(&gate, &Options::default()).unwrap();
    let told = report.tests[0].cases[0].diagnostic.clone().unwrap();
    let labels: Vec<(&str, &str)> =
        told.labels.iter().map(|l| (gate.model().sources.slice(l.span), l.text.as_str())).collect();
    assert_eq!(labels, [("deny", "`desk#2` denies it")]);
    assert_eq!(
        gate.model().sources.slice(told.span),
        "user 1 may PayOrders from 203.0.113.9 with mfa is false"
    );
}

#[test]
fn an_action_without_address_is_explained() {
    let report = run(&gate("user 1 may QueryUser from 203.0.113.9"), &Options::default()).unwrap();
    let told = report.tests[0].cases[0].diagnostic.clone().unwrap();
    assert_eq!(told.notes, ["`intlpartnersmgt:QueryUser` is never given the address of a call"]);
}

#[test]
fn of_many_calls_the_first_that_fail_are_kept() {
    let case = |text: &str| run(&gate(text), &Options::default()).unwrap().tests[0].cases[0].clone();
    let all = case("user 2 may intlpartnersmgt:*");
    assert_eq!((all.count, all.failed, all.calls.len()), (238, 237, super::case::KEPT));
    assert!(all.calls.iter().all(|call| !call.passed));
    assert_eq!(all.diagnostic.unwrap().notes, ["237 of the 238 calls of this case fail"]);
    let good = case("user 2 may not write except PayOrders");
    assert_eq!((good.count, good.failed, good.calls.len()), (65, 0, super::case::KEPT));
}

#[test]
fn tests_are_chosen_by_name_or_text() {
    let set = format!(
        "{SET}test \"one\" {{ user 1 may not QueryArea  user 2 may PayOrders }} test \"two\" {{ root may QueryArea }}"
    );
    let gate = Gate::compile(set).unwrap();
    let counts = |filter: &str| -> Vec<(String, usize)> {
        let report = run(&gate, &Options { filter: Some(filter.into()), ..Options::default() }).unwrap();
        report.tests.iter().map(|t| (t.name.to_string(), t.cases.len())).collect()
    };
    assert_eq!(counts("one"), [("one".to_owned(), 2)]);
    assert_eq!(counts("QueryArea"), [("one".to_owned(), 1), ("two".to_owned(), 1)]);
    assert_eq!(counts("nothing"), []);
}
