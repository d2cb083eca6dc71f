//! Makes a world smaller as long as it still shows a fault: whatever can be left out is left out.

use super::{Ask, World};
use crate::shrink::{Cut, drop_at, drop_inner, keep_one, smallest};

/// The smallest world found that still fails; `fails` is asked about every candidate.
pub fn shrink(world: &World, fails: &dyn Fn(&World) -> bool) -> World {
    smallest(world, CUTS, fails)
}

/// The parts, from coarse to fine.
const CUTS: &[Cut<World>] = &[
    |w, n| drop_at(&mut w.asks, n),
    |w, n| drop_at(&mut w.users, n),
    |w, n| drop_at(&mut w.groups, n),
    |w, n| drop_at(&mut w.policies, n),
    |w, n| drop_at(&mut w.services, n),
    |w, n| drop_at(&mut w.everyone, n),
    |w, n| n == 0 && w.boundary.take().is_some(),
    |w, n| drop_inner(w.boundary.iter_mut(), n),
    |w, n| drop_inner(w.policies.iter_mut().map(|p| &mut p.statements), n),
    |w, n| drop_inner(w.services.iter_mut().map(|s| &mut s.actions), n),
    |w, n| drop_inner(w.services.iter_mut().map(|s| &mut s.permids), n),
    |w, n| drop_inner(members(w).map(|m| &mut m.attached), n),
    |w, n| drop_inner(members(w).map(|m| &mut m.parents), n),
    |w, n| members(w).nth(n).is_some_and(|m| m.boundary.take().is_some()),
    |w, n| drop_inner(statements(w).map(|s| &mut s.conditions), n),
    |w, n| keep_one(statements(w).map(|s| &mut s.actions), n),
    |w, n| keep_one(statements(w).map(|s| &mut s.resources), n),
    |w, n| keep_one(statements(w).flat_map(|s| &mut s.conditions).map(|c| &mut c.values), n),
    |w, n| w.asks.get_mut(n / ASK_PARTS).is_some_and(|ask| cut_ask(ask, n % ASK_PARTS)),
    |w, n| drop_inner(w.asks.iter_mut().map(|a| &mut a.context), n),
    |w, n| keep_one(w.asks.iter_mut().filter_map(|a| a.resources.as_mut()), n),
    |w, n| cut_settings(w, n),
];

fn statements(world: &mut World) -> impl Iterator<Item = &mut super::Statement> {
    world.policies.iter_mut().flat_map(|p| &mut p.statements)
}

fn members(world: &mut World) -> impl Iterator<Item = &mut super::Member> {
    world.groups.iter_mut().chain(&mut world.users)
}

const ASK_PARTS: usize = 10;

fn cut_ask(ask: &mut Ask, part: usize) -> bool {
    let cut = |list: &mut Vec<String>| list.pop().is_some();
    match part {
        0 => ask.ip.take().is_some(),
        1 => ask.at.take().is_some(),
        2 => ask.resources.take().is_some(),
        3 => ask.uin.take().is_some(),
        4 => ask.owner_uin.take().is_some(),
        5 => ask.app_id.take().is_some(),
        6 => cut(&mut ask.groups),
        7 => cut(&mut ask.roles),
        8 => cut(&mut ask.policies),
        _ => std::mem::take(&mut ask.ip_value),
    }
}

fn cut_settings(world: &mut World, part: usize) -> bool {
    let settings = &mut world.settings;
    match part {
        0 => settings.uin.take().is_some(),
        1 => settings.uid.take().is_some(),
        2 => settings.opaque.pop().is_some(),
        3 => settings.aliases.pop().is_some(),
        4 => std::mem::take(&mut settings.evaluate),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::generate;

    #[test]
    fn what_does_not_matter_is_left_out() {
        let world = (0..).map(generate).find(|w| w.asks.iter().any(|a| a.at.is_some())).unwrap();
        let small = shrink(&world, &|w| w.asks.iter().any(|a| a.at.is_some()));
        assert_eq!((small.asks.len(), small.policies.len(), small.services.len()), (1, 0, 0));
        assert!(small.asks[0].ip.is_none() && small.asks[0].context.is_empty());
    }
}
