//! `what` of tiny worlds: every answer, of all calls and of those with an address, a time, a resource.

use super::{Tiny, actions, each, equal, listed};
use passgate::analysis::calls::Calls;
use passgate::analysis::what::what;
use passgate_harness::world::small::{Axis, Cell, USERS};

#[test]
fn every_answer_is_what_all_calls_say() {
    each("what", |tiny, random| {
        for number in 0..USERS.len() {
            hold(tiny, number, None);
            hold(tiny, number, random.pick(&tiny.cells));
        }
        2 * USERS.len() as u64
    });
}

/// Of all calls, or of those whose address, time and resource are those of one.
fn hold(tiny: &Tiny, user: usize, like: Option<&Cell>) {
    let given = like.map(|cell| &cell.request);
    let ip = given.and_then(|request| match &request.ip {
        Some(passgate::check::Ip::Text(text)) => Some(text.as_str()),
        _ => None,
    });
    let resource = given.and_then(|request| request.resources.as_deref()?.first());
    let at = given.and_then(|request| request.at.as_deref());
    let calls = Calls::read(ip, resource.map(String::as_str), at).expect("values of calls");
    let found = what(&tiny.side.gate, USERS[user], &calls).expect("a user of the world");
    assert!(found.is_exact() && found.known, "{:#?}", tiny.small.world);
    let fixed = |cell: &Cell| {
        tiny.small.axes.iter().zip(0..).all(|(axis, n)| {
            let Some(like) = like else { return true };
            match axis {
                Axis::Address if ip.is_some() => cell.at[n] == like.at[n],
                Axis::Time if at.is_some() => cell.at[n] == like.at[n],
                Axis::Resource if resource.is_some() && cell.action == like.action => {
                    cell.at[n] == like.at[n]
                }
                _ => true,
            }
        })
    };
    for (number, name) in actions() {
        let own: Vec<_> = listed(tiny, number, &tiny.side.allowed[user]);
        let own: Vec<_> = own.into_iter().filter(|(cell, _)| fixed(cell)).collect();
        let action = found.actions.iter().find(|one| one.action == name).expect("every action is answered");
        equal(&action.answer, &tiny.small.axes, &own, &(&calls, &tiny.small.world));
    }
}
