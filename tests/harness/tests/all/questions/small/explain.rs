//! `explain` of calls of tiny worlds: the decision is the reference's, and no call with fewer changes than the nearest
//! is allowed, whatever is changed or joined.

use super::super::explain::{distance, passes};
use super::{Tiny, asked, decisions, each};
use passgate::analysis::explain::{Change, Depth, explain};
use passgate::check::Request;
use passgate_harness::random::Random;
use passgate_harness::world::small::{Cell, USERS};
use passgate_harness::world::{Member, World, model};

/// Calls of a world that are explained, half of them refused ones where there are any.
const CALLS: u64 = 2;

#[test]
fn nothing_nearer_is_allowed() {
    let (mut refused, mut joined) = (0, 0);
    each("explain", |tiny, random| {
        for _ in 0..CALLS {
            let (no, join) = hold(tiny, random);
            refused += u64::from(no);
            joined += u64::from(join);
        }
        CALLS
    });
    println!("explain of tiny worlds: {refused} refused calls, {joined} of them allowed by joining");
}

/// Whether the call is refused, and whether something could be joined.
fn hold(tiny: &Tiny, random: &mut Random) -> (bool, bool) {
    let user = random.below(USERS.len());
    let (number, wanted) = (random.below(tiny.cells.len()), random.chance(20));
    // A refused call says more: the next one from here on, most times; one that is an error is not explained here.
    let all = tiny.side.allowed[user].iter().enumerate().filter_map(|(at, yes)| Some((at, (*yes)?)));
    let from_here = || all.clone().filter(move |(at, _)| *at >= number).chain(all.clone());
    let found = from_here().find(|(_, yes)| *yes == wanted).or_else(|| from_here().next());
    let (place, allowed) = found.expect("a call without any value is decided");
    let cell = &tiny.cells[place];
    let request = asked(cell, USERS[user]);
    let found = explain(&tiny.side.gate, &request, Depth::Normal).expect("a call without a fault");
    let world = &tiny.small.world;
    assert_eq!(found.allowed(), allowed, "{request:#?}\n{world:#?}");
    assert_eq!(found.nearest.is_some(), !allowed, "{request:#?}\n{world:#?}");
    let Some(nearest) = &found.nearest else { return (false, false) };
    assert!(nearest.is_exact(), "{nearest:#?}\n{request:#?}\n{world:#?}");
    nearest.proposals.iter().for_each(|proposal| passes(proposal, &tiny.side.model, world));
    let fewest = fewest(tiny, user, &request);
    let shown = nearest.proposals.iter().map(|proposal| proposal.changes.len()).min();
    assert_eq!(shown, fewest, "{nearest:#?}\n{request:#?}\n{world:#?}");
    let joins = |change: &Change| matches!(change, Change::Join(_));
    (true, nearest.proposals.iter().any(|proposal| proposal.changes.iter().any(joins)))
}

/// The fewest changes with which the call is allowed; one may be joining a group or having another policy.
fn fewest(tiny: &Tiny, user: usize, request: &Request) -> Option<usize> {
    let nearest = |allowed: &[Option<bool>]| {
        let yes = tiny.cells.iter().zip(allowed).filter(|(_, yes)| **yes == Some(true));
        yes.filter_map(|(cell, _)| distance(request, &asked(cell, USERS[user]))).min()
    };
    let own = nearest(&tiny.side.allowed[user]);
    let joined = joined(&tiny.small.world, user).into_iter().filter_map(|world| {
        let cells: Vec<Cell> =
            tiny.cells.iter().filter(|c| c.request.action == request.action).cloned().collect();
        let allowed = decisions(&model(&world), USERS[user], &cells);
        let yes = cells.iter().zip(&allowed).filter(|(_, yes)| **yes == Some(true));
        yes.filter_map(|(cell, _)| distance(request, &asked(cell, USERS[user]))).min().map(|far| far + 1)
    });
    own.into_iter().chain(joined).min()
}

/// The world with one membership or policy more: what bounds somebody is not to be attached.
fn joined(world: &World, user: usize) -> Vec<World> {
    let bounds: Vec<&String> = world.users.iter().filter_map(|user| user.boundary.as_ref()).collect();
    let with = |change: &dyn Fn(&mut Member)| {
        let mut next = world.clone();
        next.users.iter_mut().skip(user).take(1).for_each(change);
        next
    };
    let policies = world.policies.iter().filter(|policy| !bounds.contains(&&policy.name));
    let groups = world.groups.iter().map(|group| with(&|own| own.parents.push(group.name.clone())));
    policies.map(|policy| with(&|own| own.attached.push(policy.name.clone()))).chain(groups).collect()
}
