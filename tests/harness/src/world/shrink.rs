//! Makes a world smaller as long as it still shows a fault: whatever can be left out is left out.

use super::{Ask, World};

/// The smallest world found that still fails; `fails` is asked about every candidate.
pub fn shrink(world: &World, fails: &dyn Fn(&World) -> bool) -> World {
    let mut best = world.clone();
    loop {
        let before = best.clone();
        for cut in CUTS {
            try_each(&mut best, *cut, fails);
        }
        if best == before {
            return best;
        }
    }
}

/// Leaves out the part of a number; `false` where there is no part of that number.
type Cut = fn(&mut World, usize) -> bool;

/// The parts, from coarse to fine.
const CUTS: &[Cut] = &[
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

/// Tries every number until a cut says that there are no more; what still fails is kept.
fn try_each(best: &mut World, cut: Cut, fails: &dyn Fn(&World) -> bool) {
    // A cut that does nothing for one number may do something for a later one: settings and members.
    let (mut n, mut misses) = (0, 0);
    while misses < 16 {
        let mut smaller = best.clone();
        if !cut(&mut smaller, n) {
            misses += 1;
            n += 1;
        } else if smaller != *best && fails(&smaller) {
            *best = smaller;
        } else {
            n += 1;
        }
    }
}

fn drop_at<T>(from: &mut Vec<T>, n: usize) -> bool {
    let there = n < from.len();
    if there {
        from.remove(n);
    }
    there
}

/// Drops element `n`, counted through all the lists.
fn drop_inner<'a, T: 'a>(lists: impl Iterator<Item = &'a mut Vec<T>>, mut n: usize) -> bool {
    for list in lists {
        if n < list.len() {
            return drop_at(list, n);
        }
        n -= list.len();
    }
    false
}

/// As [`drop_inner`], but the last of a list stays: a statement needs an action, a condition a value.
fn keep_one<'a, T: 'a>(lists: impl Iterator<Item = &'a mut Vec<T>>, mut n: usize) -> bool {
    for list in lists {
        if n < list.len() {
            return list.len() > 1 && drop_at(list, n);
        }
        n -= list.len();
    }
    false
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
