//! Small sets with asserts: which hold, and what shows that the others do not.

use super::judge::Judge;
use super::{Verdict, run, told};
use crate::Gate;
use crate::analysis::work::Work;
use passgate_grammar::limits;

/// A catalog where tags and resources matter, beside the built-in one.
const HEAD: &str = "use intlpartnersmgt set opaque = \"cvm\" set owner.uin = \"1\" \
    network office = 203.0.113.0/24, 2001:db8::/32 network vpn = 198.51.100.0/26 ";

fn gate(text: &str) -> Gate {
    Gate::compile(format!("{HEAD}{text}")).unwrap()
}

/// The last assert of a text: `holds`, `undecided`, or the call in words.
fn verdict(text: &str) -> String {
    let gate = gate(text);
    match run(&gate, None).unwrap().pop().unwrap().verdict {
        Verdict::Holds => "holds".to_owned(),
        Verdict::Undecided(why) => format!("undecided: {}", told::because(&why)),
        Verdict::Fails(shown) => told::sentence(&shown),
    }
}

#[track_caller]
fn check(set: &str, asserts: &[(&str, &str)]) {
    for (assert, expected) in asserts {
        assert_eq!(verdict(&format!("{set} assert {assert}")), *expected, "{set}\n{assert}");
    }
}

const PAY: &str = "intlpartnersmgt:PayOrders";

#[test]
fn may_and_may_not() {
    check(
        "policy p { allow PayOrders from office } user u { attach p } user v { }",
        &[
            ("user u may PayOrders from office", "holds"),
            ("user u may PayOrders from 203.0.113.7", "holds"),
            ("user u may not PayOrders not from office", "holds"),
            ("user u may not PayOrders unless from office", "holds"),
            ("user v may not *", "holds"),
            ("no one may PayOrders unless from office", "holds"),
            ("only user u may PayOrders", "holds"),
            ("user u may PayOrders", &format!("`user:u` may not `{PAY}` without an address")),
            (
                "user u may not PayOrders",
                &format!("`user:u` may `{PAY}` from 203.0.113.0/24 (such as 203.0.113.0)"),
            ),
            (
                "only user v may PayOrders from 203.0.113.0/24",
                &format!("`user:u` may `{PAY}` from 203.0.113.0/24 (such as 203.0.113.0)"),
            ),
            (
                "everyone may PayOrders from office",
                &format!("`user:v` may not `{PAY}` from 203.0.113.0/24 (such as 203.0.113.0)"),
            ),
        ],
    );
}

#[test]
fn a_planted_counter_example_is_found() {
    let set = "policy p { allow PayOrders from office deny PayOrders from 203.0.113.77 } user u { attach p }";
    check(
        set,
        &[
            ("user u may PayOrders from office", &format!("`user:u` may not `{PAY}` from 203.0.113.77")),
            ("user u may PayOrders from office not from 203.0.113.77", "holds"),
        ],
    );
    let set = "policy p { allow PayOrders from 2001:db8::1 } user u { attach p }";
    check(set, &[("no one may PayOrders", &format!("`user:u` may `{PAY}` from 2001:db8::1"))]);
    let set = "policy p { allow PayOrders since 2026-01-01T00:00:00Z until 2026-01-01T00:00:00.000000001Z } user u { attach p }";
    check(
        set,
        &[
            (
                "no one may PayOrders",
                &format!("`user:u` may `{PAY}` without an address at 2026-01-01T00:00:00Z"),
            ),
            ("no one may PayOrders since 2026-01-01T00:00:00.000000001Z", "holds"),
            ("no one may PayOrders until 2026-01-01T00:00:00Z", "holds"),
        ],
    );
}

#[test]
fn conditions_are_needed_and_told() {
    let set = "policy p { allow PayOrders when mfa is true deny PayOrders when intlpartnersmgt:k is \"x\" } user u { attach p }";
    check(
        set,
        &[
            ("no one may PayOrders", &format!("`user:u` may `{PAY}` without an address with `mfa` is true")),
            ("no one may PayOrders when every mfa is false", "holds"),
            (
                "no one may PayOrders when mfa is false",
                &format!("`user:u` may `{PAY}` without an address with `mfa` is true, false"),
            ),
            ("user u may PayOrders when mfa is true when intlpartnersmgt:k is absent", "holds"),
            (
                "user u may PayOrders when mfa is true",
                &format!(
                    "`user:u` may not `{PAY}` without an address with `intlpartnersmgt:k` is \"x\" and `mfa` is true"
                ),
            ),
        ],
    );
}

#[test]
fn clauses_speak_of_the_call_not_of_what_is_handed_over() {
    check(
        "policy p { allow QueryUser } policy q { allow QueryUser unless from vpn } user u { attach p } user v { attach q }",
        &[
            ("user u may QueryUser from office", "holds"),
            (
                "no one may QueryUser from 192.0.2.1",
                "`user:u` may `intlpartnersmgt:QueryUser` from 192.0.2.1",
            ),
            (
                "user v may not QueryUser from vpn",
                "`user:v` may `intlpartnersmgt:QueryUser` from 198.51.100.0/26 (such as 198.51.100.0)",
            ),
        ],
    );
}

#[test]
fn claims_make_callers() {
    let set = |claims: &str| {
        format!(
            "set claims = \"{claims}\" policy p {{ allow PayOrders }} policy c {{ deny PayOrders }} \
            group g {{ attach p }} group h {{ in g }} role r {{ attach p within c }} user u {{ in h within c }} user w {{ }}"
        )
    };
    check(
        &set("none"),
        &[
            ("no one may PayOrders", "holds"),
            ("group g may not PayOrders", "holds"),
            ("policy p may not PayOrders", "holds"),
        ],
    );
    check(
        &set("groups"),
        &[
            ("user u may not PayOrders", "holds"),
            ("no one may PayOrders", &format!("`group:g` may `{PAY}` without an address")),
            ("group h may PayOrders", &format!("`user:u` may not `{PAY}` without an address")),
            (
                "only group g may PayOrders",
                &format!("`user:someone` in role `r` may `{PAY}` without an address"),
            ),
            ("only group g, role r may PayOrders", "holds"),
            ("only policy p may PayOrders", "holds"),
            ("role r may PayOrders", &format!("`role:r` may not `{PAY}` without an address")),
        ],
    );
    check(
        &set("policies"),
        &[
            ("only group g, role r may PayOrders", &format!("`policy:p` may `{PAY}` without an address")),
            ("policy c may not PayOrders", "holds"),
        ],
    );
}

#[test]
fn a_mixture_of_claims_is_allowed_only_what_a_part_is() {
    let set = "policy p { allow PayOrders from office } policy d { deny PayOrders from 203.0.113.0/24 } \
        group g { attach p } group h { attach d } user u { in g, h }";
    check(
        set,
        &[
            ("user u may not PayOrders from 203.0.113.0/24", "holds"),
            (
                "no one may PayOrders from 203.0.113.0/24",
                &format!("`group:g` may `{PAY}` from 203.0.113.0/24 (such as 203.0.113.0)"),
            ),
        ],
    );
}

#[test]
fn root_is_meant_only_by_root() {
    check(
        "policy p { allow QueryArea } user u { attach p }",
        &[
            ("no one may PayOrders", "holds"),
            ("root may PayOrders", "holds"),
            ("root may not PayOrders", &format!("`root` may `{PAY}` without an address")),
            ("root may cvm:Run on \"qcs::cvm:::i/*\"", "holds"),
            ("root may not cvm:Run on \"qcs::cvm::uin/2:i/*\"", "holds"),
            (
                "root may cvm:Run on \"qcs::cvm::uin/2:i\"",
                "`root` may not `cvm:Run` on `qcs::cvm::uin/2:i` without an address",
            ),
            ("only root may PayOrders", "holds"),
        ],
    );
}

#[test]
fn resources_and_numbers() {
    let set =
        "policy p { allow cvm:Stop on \"qcs::cvm:::u/${uin}\" } user 5 { attach p } user v { attach p }";
    check(
        set,
        &[
            ("user 5 may not cvm:Stop on \"qcs::cvm:::u/x*\"", "holds"),
            (
                "user 5 may not cvm:Stop on \"qcs::cvm:::u/5\"",
                "`user:5` may `cvm:Stop` on `qcs::cvm:::u/5` without an address",
            ),
            (
                "user 5 may not cvm:Stop on \"qcs::cvm:::u/6\"",
                "`user:5` may `cvm:Stop` on `qcs::cvm:::u/6` without an address, its account's uin being 6",
            ),
            ("no one may cvm:Start", "holds"),
        ],
    );
}

#[test]
fn every_service_and_level_is_looked_at() {
    check(
        "policy p { allow * } user u { attach p }",
        &[("no one may cvm:Zap*", "`user:u` may `cvm:Zap` without an address"), ("user u may *", "holds")],
    );
}

#[test]
fn a_failure_points_at_what_decided() {
    let gate = gate("policy p { allow PayOrders } user u { attach p } assert no one may PayOrders");
    let told = super::diagnostics(&gate).unwrap().remove(0);
    let slice = |span| gate.model().sources.slice(span);
    assert_eq!((told.code.as_str(), slice(told.span)), ("assert-failed", "assert no one may PayOrders"));
    let labels: Vec<(&str, &str)> = told.labels.iter().map(|l| (slice(l.span), l.text.as_str())).collect();
    assert_eq!(labels, [("allow", "`p#1` allows it")]);
}

#[test]
fn without_work_left_nothing_is_claimed() {
    let gate = gate(
        "policy p { allow PayOrders from office } user u { attach p } assert no one may PayOrders unless from office",
    );
    let assert = gate.model().proofs.asserts.first().unwrap();
    let judged = |steps: u64| Judge::within(&gate, Work::of(steps)).judge(assert).unwrap();
    assert!(judged(1_000_000).holds() && judged(limits::PROOF_STEPS).holds());
    let enough = (0..1_000_000).find(|steps| judged(*steps).holds()).unwrap();
    assert!(!judged(enough - 1).holds() && judged(enough + 1).holds());
    assert!(matches!(judged(0).verdict, Verdict::Undecided(_)));
    for steps in 1..60 {
        let report = judged(steps);
        assert!(!matches!(report.verdict, Verdict::Fails(_)), "{steps}");
        let code = report.diagnostic.as_ref().map(|told| told.code.as_str());
        assert_eq!(code, (!report.holds()).then_some("assert-undecided"), "{steps}");
    }
}

#[test]
fn what_is_plain_of_policies_decides_as_a_look_would() {
    let set = |guards: &str| {
        format!(
            "set ip-unsupported = \"evaluate\" policy all {{ allow write }} policy some {{ allow write from office, 10.0.0.0/8 }}
             policy guard {{ deny write from office }} policy low {{ deny write from 203.0.113.0/25 }}
             policy high {{ deny write from 203.0.113.128/25, 2001:db8::/32 }}
             policy both {{ deny write from 203.0.113.0/25, 203.0.113.128/25, 2001:db8::/33, 2001:db8:8000::/33 }}
             policy lacking {{ deny list from office deny write except PayOrders from office }}
             policy doubtful {{ deny write from office when mfa is true }}
             policy bound {{ allow write not from office }} policy wide {{ allow * }}
             user u {{ attach all {guards} }} user v {{ attach some, guard }}"
        )
    };
    let nobody = "no one may write from office";
    let lost = |from: &str| format!("`user:u` may `{PAY}` from {from}");
    let pays = "no one may PayOrders from 203.0.113.0/24";
    for guards in [
        "attach guard",
        "attach both",
        "attach low, high",
        "within bound",
        "attach lacking, guard within wide",
    ] {
        check(&set(guards), &[(nobody, "holds"), (pays, "holds")]);
    }
    check(&set("attach low"), &[(pays, &lost("203.0.113.128/25 (such as 203.0.113.128)"))]);
    check(&set("attach high"), &[(pays, &lost("203.0.113.0/25 (such as 203.0.113.0)"))]);
    check(&set("attach lacking"), &[(nobody, &lost("203.0.113.0/24 (such as 203.0.113.0)"))]);
    check(
        &set("within wide"),
        &[
            (
                nobody,
                &lost("203.0.113.0/24 (such as 203.0.113.0)").replace("PayOrders", "AddAdminOrgRelationship"),
            ),
            ("no one may list", "holds"),
        ],
    );
    let mfa = "no one may write from office when mfa is true";
    check(&set("attach doubtful"), &[(mfa, "holds")]);
    check(&set("attach guard"), &[(mfa, "holds"), ("everyone may PayOrders from 10.1.0.0/16", "holds")]);
    check(
        &set("attach guard"),
        &[
            ("everyone may write from 10.1.0.0/16", "holds"),
            (
                "everyone may write from 10.0.0.0/7",
                "`user:v` may not `intlpartnersmgt:AddAdminOrgRelationship` from 11.0.0.0/8 (such as 11.0.0.0)",
            ),
        ],
    );
}

#[test]
fn how_far_asserts_have_got_is_counted() {
    use super::prove;
    use crate::analysis::progress::{Progress, watched};
    use std::sync::Arc;
    let gate = gate("policy p { allow PayOrders } user u { attach p } user v { } user w { attach p }");
    let counted = |asserts: &[&str]| {
        let progress = Arc::new(Progress::default());
        watched(&progress, || prove(&gate, asserts)).unwrap();
        let at = progress.at();
        (at.stage, at.done, at.of)
    };
    assert_eq!(counted(&["no one may list", "everyone may list"]), ("asserts", 2, 2));
    assert_eq!(counted(&["no one may list"]), ("callers", 3, 3));
    // It ends with the second caller, since a call that says nothing is refused.
    assert_eq!(counted(&["everyone may PayOrders"]), ("callers", 2, 3));
}
