//! Asserts that are many, long, or of many names: the work grows with the text, and what is left when it is spent is
//! undecided.

use super::Verdict;
use super::judge::Judge;
use crate::analysis::work::Work;
use crate::check::Gate;
use passgate_grammar::limits;
use std::fmt::Write;

/// Sizes that are compared: the second is twice the first.
const SIZES: [usize; 2] = [150, 300];

/// A text of a piece for each number.
fn pieces(size: usize, mut piece: impl FnMut(&mut String, usize)) -> String {
    let mut text = String::new();
    (0..size).for_each(|n| piece(&mut text, n));
    text
}

/// The steps in which all asserts of a set are judged, each of which must be as `expected`.
fn steps(text: &str, expected: &str) -> u64 {
    let gate = Gate::compile(text).unwrap();
    let mut judge = Judge::new(&gate);
    let asserts = &gate.model().proofs.asserts;
    for assert in asserts {
        let found = match judge.judge(assert).unwrap().verdict {
            Verdict::Holds => "holds",
            Verdict::Fails(_) => "fails",
            Verdict::Undecided(_) => "undecided",
        };
        assert_eq!(found, expected, "{}", gate.model().sources.slice(assert.span));
    }
    assert!(!asserts.is_empty());
    judge.work.used()
}

/// Twice the text takes at most 2.2 times the steps.
#[track_caller]
fn check(what: &str, expected: &str, write: impl Fn(usize) -> String) {
    let [small, large] = SIZES.map(|size| steps(&write(size), expected));
    assert!(large * 10 <= small * 22, "{what}: {small} steps, {large} for twice as much");
}

const DESK: &str =
    "use intlpartnersmgt policy p { allow PayOrders from 203.0.113.0/24 } user u { attach p }\n";

#[test]
fn many_asserts() {
    check("asserts that hold", "holds", |n| {
        DESK.to_owned() + &"assert no one may PayOrders unless from 203.0.113.0/24\n".repeat(n)
    });
    check("asserts that fail", "fails", |n| DESK.to_owned() + &"assert no one may PayOrders\n".repeat(n));
    check("asserts of other places", "holds", |n| {
        DESK.to_owned()
            + &pieces(n, |t, i| {
                let _ = writeln!(t, "assert user u may not PayOrders from 10.{}.{}.0/24", i / 250, i % 250);
            })
    });
}

#[test]
fn long_asserts() {
    check("alternatives", "holds", |n| {
        let list = pieces(n, |t, i| {
            let _ = write!(t, ", intlpartnersmgt:Query{i}*");
        });
        format!("{DESK}assert no one may intlpartnersmgt:Query*{list}")
    });
    check("addresses", "holds", |n| {
        let list = pieces(n, |t, i| {
            let _ = write!(t, ", 10.{}.{}.0/25", i / 250, i % 250);
        });
        format!("{DESK}assert no one may PayOrders from 10.255.0.0/16{list}")
    });
    check("conditions", "holds", |n| {
        let list = pieces(n, |t, i| {
            let _ = write!(t, ", \"v{i}\"");
        });
        format!("{DESK}assert no one may PayOrders unless from 203.0.113.0/24 when svc:k is \"v\"{list}")
    });
}

#[test]
fn many_names() {
    let users = |n: usize| {
        pieces(n, |t, i| {
            let _ = writeln!(t, "user u{i} {{ attach p }}");
        })
    };
    let names = |n: usize| {
        pieces(n, |t, i| {
            let _ = write!(t, ", user u{i}");
        })
    };
    check("callers", "holds", |n| {
        format!("{DESK}{}assert no one may PayOrders unless from 203.0.113.0/24", users(n))
    });
    check("callers that are named", "holds", |n| {
        format!("{DESK}{}assert only user u{} may PayOrders", users(n), names(n))
    });
    check("asserts about one of many callers each", "holds", |n| {
        let asserts = pieces(n, |t, i| {
            let _ = writeln!(t, "assert user u{i} may PayOrders from 203.0.113.0/24");
        });
        format!("{DESK}{}{asserts}", users(n))
    });
    check("callers of whom something is promised", "holds", |n| {
        format!("{DESK}{}assert user u{} may PayOrders from 203.0.113.0/24", users(n), names(n))
    });
    check("policies of one caller", "holds", |n| {
        let policies = pieces(n, |t, i| {
            let _ = writeln!(t, "policy q{i} {{ allow QueryArea from 10.{}.{}.0/24 }}", i / 250, i % 250);
        });
        let attached = pieces(n, |t, i| {
            let _ = write!(t, ", q{i}");
        });
        format!("{DESK}{policies}user w {{ attach p{attached} }}\nassert no one may ForceQN")
    });
}

#[test]
fn when_the_work_is_spent_the_rest_is_undecided_at_once() {
    let users = pieces(500, |t, i| {
        let _ = writeln!(t, "user u{i} {{ attach p }}");
    });
    let text = format!("{DESK}{users}{}", "assert no one may ForceQN\n".repeat(50));
    let gate = Gate::compile(text).unwrap();
    let asserts = &gate.model().proofs.asserts;
    let undecided = |steps: u64| {
        let mut judge = Judge::within(&gate, Work::of(steps));
        let judged = asserts.iter().map(|assert| judge.judge(assert).unwrap().verdict);
        judged.filter(|verdict| matches!(verdict, Verdict::Undecided(_))).count()
    };
    let mut judge = Judge::new(&gate);
    asserts.iter().for_each(|assert| drop(judge.judge(assert).unwrap()));
    let needed = judge.work.used();
    assert!(needed < limits::PROOF_STEPS);
    assert_eq!((undecided(0), undecided(needed + 1)), (asserts.len(), 0));
    assert!((1..asserts.len()).contains(&undecided(needed / 2)));
}
