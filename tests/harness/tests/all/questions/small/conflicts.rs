//! `conflicts` of tiny worlds: who can do both, from where and when, exactly.

use super::super::answers::ip;
use super::super::conflicts::speaks;
use super::{Tiny, each};
use passgate::analysis::conflicts::{Conflict, conflicts};
use passgate_harness::world::small::{ACTIONS, Cell, USERS};
use std::collections::BTreeSet;

/// Pairs of actions or patterns, each with the numbers of the actions that it covers.
const PAIRS: [[(&str, &[usize]); 2]; 4] = [
    [("small:Near", &[0]), ("small:Thing", &[2])],
    [("small:Far", &[1]), ("small:Near", &[0])],
    [("small:*a*", &[0, 1]), ("small:Thing", &[2])],
    [("small:*", &[0, 1, 2]), ("small:*", &[0, 1, 2])],
];

#[test]
fn every_conflict_is_told_and_nothing_else() {
    each("conflicts", |tiny, random| {
        let pair = *random.pick(&PAIRS).unwrap_or(&PAIRS[0]);
        let names = pair.map(|(name, _)| name.to_owned());
        let found = conflicts(&tiny.side.gate, &[names]).expect("actions of the world");
        assert!(found.is_exact(), "{found:#?}\n{:#?}", tiny.small.world);
        for (user, allowed) in USERS.iter().zip(&tiny.side.allowed) {
            let mut own = found.conflicts.iter().filter(|one| one.principals.iter().any(|name| name == user));
            hold(tiny, pair.map(|(_, covers)| covers), allowed, own.next());
            assert!(own.next().is_none(), "{found:#?}\n{:#?}", tiny.small.world);
        }
        1
    });
}

fn hold(tiny: &Tiny, covers: [&[usize]; 2], allowed: &[Option<bool>], found: Option<&Conflict>) {
    let told = || format!("{covers:?} {found:#?}\n{:#?}", tiny.small.world);
    let own: Vec<&Cell> =
        tiny.cells.iter().zip(allowed).filter(|(_, yes)| **yes == Some(true)).map(|(c, _)| c).collect();
    let place = |cell: &Cell| (ip(&cell.request), cell.request.at.clone());
    // By address and time, which actions are possible.
    let possible: BTreeSet<_> = own.iter().map(|cell| (place(cell), cell.action)).collect();
    let with = |cell: &Cell, others: &[usize]| {
        let other = |action: &&usize| **action != cell.action && possible.contains(&(place(cell), **action));
        others.iter().any(|action| other(&action))
    };
    let side = |of: usize| {
        let (mine, others) = (covers[of], covers[1 - of]);
        own.iter().filter(move |cell| mine.contains(&cell.action) && with(cell, others))
    };
    let both: Vec<&&Cell> = side(0).collect();
    assert_eq!(found.is_some(), !both.is_empty(), "{}", told());
    let Some(found) = found else { return };
    let addresses: BTreeSet<_> = both.iter().map(|cell| ip(&cell.request)).collect();
    let times: BTreeSet<_> = both.iter().map(|cell| cell.request.at.clone()).collect();
    for cell in &tiny.cells {
        let expected = (addresses.contains(&ip(&cell.request)), times.contains(&cell.request.at));
        // Where no condition reads the address or the time, calls say none; what is told holds of every one.
        assert_eq!(speaks(found, &cell.request), expected, "{cell:#?} {}", told());
    }
    for of in [0, 1] {
        let actions: BTreeSet<&str> = side(of).map(|cell| ACTIONS[cell.action]).collect();
        let shown: BTreeSet<&str> = found.actions[of].iter().map(String::as_str).collect();
        assert_eq!(shown, actions, "{}", told());
        assert!(!found.through[of].is_empty(), "{}", told());
    }
}
