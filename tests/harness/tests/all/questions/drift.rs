//! Who gains and loses what when the catalog changes: small sets over two catalogs, every call tried over both by the
//! reference evaluator. Every flip is in the answer, and every answer has a flip.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use super::catalogs::{Catalog, NAMES, Set};
use passgate::Gate;
use passgate::analysis::drift::{Kind, drift};
use passgate::check::Request;
use passgate::reference;
use passgate_harness::random::Random;
use std::collections::BTreeMap;

const SETS: usize = if cfg!(debug_assertions) { 60 } else { 2_000 };

const CALLERS: [&str; 4] = ["user:1", "user:2", "user:3", "group:g"];

#[test]
fn every_flip_is_told_and_what_is_told_flips() {
    let seed = crate::number("PASSGATE_SEED").unwrap_or_else(crate::new_seed);
    println!("drift: seed {seed} (PASSGATE_SEED)");
    let (mut random, mut told) = (Random::new(seed), BTreeMap::new());
    for _ in 0..SETS {
        let (set, old) = (Set::random(&mut random), Catalog::random(&mut random));
        let new = old.next(&mut random);
        check(&set, (&old, &new), &mut told);
    }
    println!("drift: {told:?}");
    // Few sets may change nothing in some way.
    let all = [Kind::Gains, Kind::Loses, Kind::Changes].iter().all(|kind| told.contains_key(kind));
    assert!(all || SETS < 1_000, "{told:?}");
}

fn check(set: &Set, (old, new): (&Catalog, &Catalog), told: &mut BTreeMap<Kind, usize>) {
    let gates = (set.over(old, "1"), set.over(new, "2"));
    let found = drift(&gates.0, &gates.1).unwrap();
    assert!(found.exact, "{}", set.text);
    let mut changes: BTreeMap<(String, String), Vec<Kind>> = BTreeMap::new();
    for change in &found.changes {
        assert!(!change.statements.is_empty(), "{change:?}\n{}", set.text);
        for action in &change.actions {
            for caller in &change.principals {
                changes.entry((caller.clone(), action.action.clone())).or_default().push(change.kind);
            }
        }
    }
    for caller in CALLERS {
        for name in NAMES {
            let action = format!("shop:{name}");
            let expected = kind(&allowed(&gates.0, caller, &action), &allowed(&gates.1, caller, &action));
            let kinds = changes.remove(&(caller.to_owned(), action.clone())).unwrap_or_default();
            assert_eq!(
                kinds,
                expected.as_slice(),
                "{caller} {action}\n{}\n{old:?}\n{new:?}\n{found:#?}",
                set.text
            );
            if let Some(kind) = expected {
                *told.entry(kind).or_default() += 1;
            }
        }
    }
    assert!(changes.is_empty(), "of nobody or nothing that was tried: {changes:?}\n{}", set.text);
}

/// Of each call that can be told apart whether it is allowed; a call that is an error is not.
fn allowed(gate: &Gate, caller: &str, action: &str) -> Vec<bool> {
    let mut answers = Vec::new();
    for ip in [None, Some("10.1.2.3"), Some("192.0.2.1")] {
        for resource in
            [None, Some("qcs::shop:::thing/1"), Some("qcs::shop:::thing/2"), Some("qcs::shop:::other")]
        {
            let mut call = Request::new(caller, action);
            if let Some(ip) = ip {
                call = call.ip(ip);
            }
            if let Some(resource) = resource {
                call = call.resource(resource);
            }
            answers.push(reference::decide(gate.model(), &call).is_ok_and(|decision| decision.allowed));
        }
    }
    answers
}

/// Which way it goes, if any.
fn kind(before: &[bool], after: &[bool]) -> Option<Kind> {
    let any = |answers: &[bool]| answers.iter().any(|allowed| *allowed);
    match (any(before), any(after)) {
        _ if before == after => None,
        (false, _) => Some(Kind::Gains),
        (_, false) => Some(Kind::Loses),
        _ => Some(Kind::Changes),
    }
}
