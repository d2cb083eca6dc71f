//! Small sets: who may, and what would have to go.

use super::{Who, who};
use crate::Gate;
use crate::analysis::calls::Calls;

const HEAD: &str = "use intlpartnersmgt set opaque = \"cvm\" set owner.uin = \"1\" ";

fn asked(set: &str, action: &str, resource: Option<&str>) -> Who {
    let gate = Gate::compile(format!("{HEAD}{set}")).unwrap();
    who(&gate, action, &Calls::read(None, resource, None).unwrap()).unwrap()
}

#[track_caller]
fn check(set: &str, action: &str, callers: &[(&str, &[&str])], statements: &[&str]) {
    let found = asked(set, action, None);
    let told: Vec<(&str, Vec<&str>)> = found
        .callers
        .iter()
        .map(|c| (c.answer.standing.as_str(), c.principals.iter().map(String::as_str).collect()))
        .collect();
    let expected: Vec<(&str, Vec<&str>)> = callers.iter().map(|(word, all)| (*word, all.to_vec())).collect();
    assert_eq!(told, expected, "{set}");
    let ids: Vec<&str> = found.statements.iter().map(|place| place.id.as_ref()).collect();
    assert_eq!(ids, statements, "{set}");
}

#[test]
fn callers_by_answer() {
    let set = "policy p { allow PayOrders } policy q { allow PayOrders from 10.0.0.0/8 } policy r { allow list } \
        group g { attach q } user 1 { attach p } user 2 { in g } user 3 { attach r } role ops { attach p }";
    let always = ["root", "user:1", "role:ops", "brings role:ops"];
    let named: [(&str, &[&str]); 2] = [("always", &always), ("depends", &["user:2", "group:g"])];
    check(set, "PayOrders", &named, &["p#1", "q#1"]);
    assert_eq!(asked(set, "PayOrders", None).never, 1);
}

#[test]
fn what_a_request_may_bring_is_a_caller() {
    let set =
        "set claims = \"policies\" policy p { allow PayOrders } group g { attach p } role ops { attach p }";
    let all = ["root", "role:ops", "group:g", "brings role:ops", "policy:p"];
    check(set, "intlpartnersmgt:PayOrders", &[("always", &all)], &["p#1"]);
}

#[test]
fn only_allows_that_let_somebody_pass_are_needed() {
    let set = "policy p { allow PayOrders allow PayOrders from 10.0.0.0/8 deny PayOrders from 10.0.0.0/8 } \
        user 1 { attach p }";
    check(set, "PayOrders", &[("always", &["root"]), ("depends", &["user:1"])], &["p#1"]);
}

#[test]
fn numbers_tell_callers_apart() {
    let set =
        "policy p { allow cvm:Run on \"qcs::cvm:::home/${uin}/*\" } user 1 { attach p } user 2 { attach p }";
    let found = asked(set, "cvm:Run", Some("qcs::cvm:::home/1/a"));
    let named = |word: &str| {
        let answered = found.callers.iter().filter(|c| c.answer.standing.as_str() == word);
        answered.flat_map(|c| c.principals.clone()).collect::<Vec<_>>()
    };
    // A call may give another number than its caller's.
    assert_eq!(named("depends"), ["user:1", "user:2"], "{found:#?}");
    let own = asked(set, "cvm:Run", Some("qcs::cvm:::home/1/a")).callers;
    assert!(own.iter().any(|c| c.principals == ["user:1"]), "{own:#?}");
}

#[test]
fn an_unknown_action_is_an_error() {
    let gate = Gate::compile(HEAD).unwrap();
    let refused = who(&gate, "intlpartnersmgt:PayOrder", &Calls::default()).unwrap_err();
    assert_eq!(refused.code().to_string(), "unknown-action");
    assert_eq!(refused.nearest().first().map(String::as_str), Some("intlpartnersmgt:PayOrders"));
}

#[test]
fn any_number_of_parts_and_little_work_give_the_same_answers() {
    use super::parts::{Asked, Part};
    use crate::analysis::asked::named;
    use crate::analysis::callers::Callers;
    use crate::analysis::work::Work;
    // Lists of addresses, a key, a boundary, a number, and somebody who brings a role.
    let users: String = (0..40)
        .map(|n| {
            format!("user {n} {{ attach p{}, p{} {} }}\n", n % 7, n % 5, ["", "within b", "in ops"][n % 3])
        })
        .collect();
    let policies: String = (0..7)
        .map(|n| match n {
            0 => "policy p0 { allow PayOrders, cvm:Run }".to_owned(),
            1 => "policy p1 { allow PayOrders when mfa is true }".to_owned(),
            2 => "policy p2 { deny PayOrders from 10.2.0.0/16 }".to_owned(),
            3 => "policy p3 { allow cvm:Run on \"qcs::cvm:::home/${uin}/*\" }".to_owned(),
            _ => format!("policy p{n} {{ allow PayOrders, cvm:Run from 10.{n}.0.0/16, 10.2.{n}.0/24 }}"),
        })
        .collect();
    let set = format!(
        "{HEAD}{policies} policy b {{ allow PayOrders from 10.0.0.0/13 allow cvm:Run }} role ops {{ attach p4 }} {users}"
    );
    let gate = Gate::compile(set).unwrap();
    let model = gate.model();
    for (action, ip) in [("PayOrders", None), ("cvm:Run", None), ("PayOrders", Some("10.4.0.1"))] {
        let calls = Calls::read(ip, None, None).unwrap();
        let fixed = calls.fixed();
        let (_, term) = named(&gate, action).unwrap();
        let callers = Callers::new(model, &mut Work::new());
        let found = |threads: usize, work: Work| {
            let asked =
                Asked { model, term: term.clone(), calls: &calls, fixed: &fixed, callers: &callers, work };
            let parts = asked.on(threads).unwrap();
            let never: usize = parts.iter().map(|part| part.never).sum();
            let mut needed: Vec<_> = parts.iter().flat_map(|part: &Part| part.needed.clone()).collect();
            needed.sort_unstable();
            needed.dedup();
            let used = parts.iter().map(|part| part.used).sum::<u64>();
            let all = super::found::together(parts.into_iter().flat_map(|part| part.answers).collect());
            (all.into_iter().map(|of| (of.principals, of.answer)).collect::<Vec<_>>(), never, needed, used)
        };
        let same = |threads: usize, work: Work| {
            let (one, many) = (found(1, work.clone()), found(threads, work));
            assert_eq!((&one.0, one.1, &one.2), (&many.0, many.1, &many.2), "{action} {threads}");
            one
        };
        let enough = same(2, Work::new());
        assert!(enough.0.len() > 1, "{enough:?}");
        for threads in [3, 5, 40] {
            same(threads, Work::new());
        }
        // With less work some answers are in doubt: the same ones.
        for tenth in 1..10 {
            same(3, Work::of(enough.3 * tenth / 10));
        }
        assert!(same(2, Work::of(enough.3 / 2)).0.iter().any(|(_, answer)| !answer.is_exact()));
    }
}
