//! `minimize` of tiny worlds: every call is decided as before, no policy is bigger, and nothing is left to do.

use super::super::minimize::{compiled, rewritten};
use super::{Tiny, decisions, each};
use passgate::analysis::diff::diff;
use passgate::analysis::minimize::{Form, minimize};
use passgate_harness::world::files;
use passgate_harness::world::small::USERS;
use std::collections::BTreeMap;

/// Of a hundred worlds, those that are made smaller twice.
const AGAIN: usize = 20;

#[test]
fn every_call_is_decided_as_before() {
    let (mut smaller, mut dropped) = (0, 0);
    each("minimize", |tiny, random| {
        let (less, statements) = hold(tiny, random.chance(AGAIN));
        smaller += u64::from(less);
        dropped += statements;
        1
    });
    println!("minimize of tiny worlds: {smaller} became smaller, by {dropped} statements");
}

/// Whether it became smaller, and by how many statements.
fn hold(tiny: &Tiny, twice: bool) -> (bool, usize) {
    let files = files(&tiny.small.world).expect("a tiny world can be written");
    let texts: BTreeMap<String, String> = files.set.into_iter().collect();
    let before = compiled(&texts).unwrap_or_else(|error| panic!("{error}\n{texts:#?}"));
    let found = minimize(&before, Form::Files).expect("a set that was loaded");
    let less = rewritten(&texts, &found);
    let after = compiled(&less).unwrap_or_else(|error| panic!("{error}\n{texts:#?}\n{less:#?}"));
    for one in &found.policies {
        let (was, is) = (one.before, one.after);
        let fits = (is.statements, is.elements) <= (was.statements, was.elements);
        assert!(fits, "{one:?}\n{texts:#?}\n{less:#?}");
    }
    for (user, allowed) in USERS.iter().zip(&tiny.side.allowed) {
        // What was an error of the caller may be refused now that nothing is left that reads the value.
        let now = decisions(after.model(), user, &tiny.cells);
        let fits = |now: Option<bool>, before: Option<bool>| match before {
            Some(_) => now == before,
            None => now != Some(true),
        };
        let differ = now.iter().zip(allowed).find(|(now, before)| !fits(**now, **before));
        assert_eq!(differ, None, "{user} {texts:#?}\n{less:#?}");
    }
    let changed = diff(&before, &after, None).expect("sets that were loaded");
    assert!(changed.is_empty(), "{changed:#?}\n{texts:#?}\n{less:#?}");
    if twice {
        let again = minimize(&after, Form::Files).expect("a set that was loaded");
        assert_eq!(rewritten(&less, &again), less, "{texts:#?}");
    }
    let (was, is) = found.sizes();
    ((is.statements, is.elements) < (was.statements, was.elements), was.statements - is.statements)
}
