//! `who` of tiny worlds: every caller's answer, and the statements without which nobody may.

use super::{Tiny, actions, decisions, each, equal, listed};
use passgate::analysis::calls::Calls;
use passgate::analysis::standing::{Answer, Standing};
use passgate::analysis::who::who;
use passgate::model::{Effect, Model};
use passgate_harness::world::small::{Cell, USERS};
use std::collections::BTreeSet;

#[test]
fn every_answer_is_what_all_calls_say() {
    each("who", |tiny, _| actions().map(|(number, name)| hold(tiny, number, name)).sum());
}

fn hold(tiny: &Tiny, number: usize, name: &str) -> u64 {
    let found = who(&tiny.side.gate, name, &Calls::default()).expect("an action of the world");
    assert!(found.exact, "{:#?}", tiny.small.world);
    let never = Answer { standing: Standing::Never, on: Vec::new(), doubts: Vec::new() };
    let mut refused = 0;
    for (user, allowed) in USERS.iter().zip(&tiny.side.allowed) {
        let own = found.callers.iter().find(|callers| callers.principals.iter().any(|one| one == user));
        refused += usize::from(own.is_none());
        let answer = own.map_or(&never, |callers| &callers.answer);
        equal(answer, &tiny.small.axes, &listed(tiny, number, allowed), &tiny.small.world);
    }
    assert_eq!(found.never, refused, "{found:#?}\n{:#?}", tiny.small.world);
    let needed: BTreeSet<&str> = found.statements.iter().map(|place| place.id.as_ref()).collect();
    let cells: Vec<Cell> = tiny.cells.iter().filter(|cell| cell.action == number).cloned().collect();
    let without = |ids: &BTreeSet<&str>| somebody(&less(&tiny.side.model, ids), &cells);
    assert!(!without(&needed), "{found:#?}\n{:#?}", tiny.small.world);
    for one in &needed {
        let others = needed.iter().filter(|id| *id != one).copied().collect();
        assert!(without(&others), "{one} {found:#?}\n{:#?}", tiny.small.world);
    }
    1
}

/// The model without some allows of what is attached: those of a boundary stay.
fn less(model: &Model, ids: &BTreeSet<&str>) -> Model {
    let mut model = model.clone();
    for policy in &mut model.policies {
        policy.statements.retain(|s| s.effect == Effect::Deny || !ids.contains(&*s.id));
    }
    model
}

fn somebody(model: &Model, cells: &[Cell]) -> bool {
    USERS.iter().any(|user| decisions(model, user, cells).contains(&Some(true)))
}
