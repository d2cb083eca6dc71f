//! A lock finds exactly the patterns that stand for other actions over another catalog: small sets over two catalogs, each
//! pattern worked out literally.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use super::catalogs::{Catalog, Set, literal, locked_as};
use passgate::analysis::lock::{Action, lock, read_text};
use passgate_harness::random::Random;
use std::collections::{BTreeMap, BTreeSet};

const SETS: usize = if cfg!(debug_assertions) { 100 } else { 4_000 };

#[test]
fn patterns_that_changed_are_told_and_no_others() {
    let seed = crate::number("PASSGATE_SEED").unwrap_or_else(crate::new_seed);
    println!("lock: seed {seed} (PASSGATE_SEED)");
    let (mut random, mut same, mut other) = (Random::new(seed), 0, 0);
    for _ in 0..SETS {
        let (set, old) = (Set::random(&mut random), Catalog::random(&mut random));
        let new = if random.chance(10) { old.clone() } else { old.next(&mut random) };
        let changed = check(&set, &old, &new);
        (same, other) = (same + set.terms.len().saturating_sub(changed), other + changed);
    }
    println!("lock: {other} patterns changed, about {same} did not");
    assert!(same > 0 && other > 0);
}

/// How many patterns changed.
fn check(set: &Set, old: &Catalog, new: &Catalog) -> usize {
    let (before, after) = (lock(&set.over(old, "1")).unwrap(), lock(&set.over(new, "2")).unwrap());
    let terms: BTreeSet<&str> = set.terms.iter().flat_map(|term| locked_as(term)).collect();
    let patterns = terms.iter().filter_map(|term| Some((*term, literal(term, old)?, literal(term, new)?)));
    let patterns: Vec<(&str, BTreeSet<String>, BTreeSet<String>)> = patterns.collect();
    let names =
        |actions: &[Action]| actions.iter().map(|one| one.action.to_string()).collect::<BTreeSet<_>>();
    let stands: BTreeMap<&str, BTreeSet<String>> =
        before.patterns.iter().map(|one| (one.key.pattern.as_ref(), names(&one.actions))).collect();
    let expected = patterns.iter().map(|(term, old, _)| (*term, old.clone())).collect();
    assert_eq!(stands, expected, "{}\n{old:?}", set.text);
    let found = after.compare(&read_text("passgate.lock", &before.text()).unwrap());
    assert!(found.unlocked.is_empty() && found.stale.is_empty(), "{found:?}\n{}", set.text);
    let told: BTreeMap<&str, _> = found
        .changed
        .iter()
        .map(|one| (one.pattern.key.pattern.as_ref(), (names(&one.added), names(&one.removed))))
        .collect();
    let differ = patterns.iter().filter(|(_, old, new)| old != new);
    let expected: BTreeMap<&str, _> =
        differ.map(|(term, old, new)| (*term, (new - old, old - new))).collect();
    assert_eq!(told, expected, "{}\n{old:?}\n{new:?}", set.text);
    assert_eq!(found.is_same(), expected.is_empty());
    expected.len()
}
