//! `diff` of two tiny worlds, the second one to three changes after the first: who gains and who loses what, exactly.

use super::super::diff::{examples, right};
use super::{Side, Tiny, actions, decided, each, equal, listed};
use passgate::analysis::diff::{Diff, diff};
use passgate::analysis::standing::{Answer, Standing};
use passgate_harness::world::small::USERS;

#[test]
fn every_change_is_told_and_nothing_else() {
    each("diff", |tiny, random| {
        let mut next = tiny.small.clone();
        for _ in 0..random.between(1, 3) {
            next.world = next.altered(random);
        }
        let next = decided(next.world, &tiny.cells);
        let sides = if random.chance(50) { [&tiny.side, &next] } else { [&next, &tiny.side] };
        hold(tiny, sides, random.pick(&[None, None, Some(0), Some(1)]).copied().flatten());
        1
    });
}

fn hold(tiny: &Tiny, [old, new]: [&Side; 2], of: Option<usize>) {
    let found = diff(&old.gate, &new.gate, of.map(|user| USERS[user])).expect("users of the world");
    let worlds = (&old.world, &new.world);
    assert!(found.is_exact(), "{found:#?}\n{worlds:#?}");
    let mut changes = false;
    for (user, name) in USERS.iter().enumerate().filter(|(user, _)| of.is_none_or(|only| only == *user)) {
        let (before, after) = (&old.allowed[user], &new.allowed[user]);
        for (now, then, gains) in [(after, before, true), (before, after, false)] {
            // Of the calls that the side decides which allows them.
            let change =
                |(now, then): (&Option<bool>, &Option<bool>)| now.map(|now| now && *then != Some(true));
            let changed: Vec<Option<bool>> = now.iter().zip(then).map(change).collect();
            changes |= changed.contains(&Some(true));
            side(tiny, &found, (name, gains), &changed, &worlds);
        }
    }
    assert_eq!(found.is_empty(), !changes, "{found:#?}\n{worlds:#?}");
    examples(&found, &old.model, &new.model, &worlds);
}

fn side(
    tiny: &Tiny,
    found: &Diff,
    (user, gains): (&str, bool),
    changed: &[Option<bool>],
    told: &dyn std::fmt::Debug,
) {
    let never = Answer { standing: Standing::Never, on: Vec::new(), doubts: Vec::new() };
    for (number, action) in actions() {
        let answer = right(found, user, action, gains).map_or(&never, |right| &right.answer);
        equal(answer, &tiny.small.axes, &listed(tiny, number, changed), told);
    }
}
