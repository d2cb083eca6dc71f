//! Each question asked of thousands of new tiny worlds in each run, of which every call is decided by the reference
//! evaluator: the answer is exact, and is what all calls together say. A *pair* is a world and one question with its
//! arguments.
//!
//! One file for each question. Few large worlds, which are hard rather than many, stand in the files beside this folder.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails where it stands"
)]

mod conflicts;
mod diff;
mod explain;
mod minimize;
mod prove;
mod what;
mod who;

use super::answers::{along, standing};
use crate::{Clock, new_seed, number};
use passgate::Gate;
use passgate::analysis::standing::{Answer, Dependence, Standing};
use passgate::check::{ContextValue, Request};
use passgate::model::Model;
use passgate::reference;
use passgate_harness::random::Random;
use passgate_harness::world::small::{ACTIONS, Axis, Cell, Small, USERS};
use passgate_harness::world::{World, model};
use std::collections::BTreeMap;

/// Pairs of a run of each question; `PASSGATE_PAIRS` sets another number.
const PAIRS: u64 = if cfg!(debug_assertions) { 40 } else { 5_000 };

/// A world with what it decides.
struct Side {
    world: World,
    model: Model,
    gate: Gate,
    /// Of each user each call; none where it is an error of the caller.
    allowed: [Vec<Option<bool>>; 2],
}

/// A tiny world with all its calls.
struct Tiny {
    small: Small,
    cells: Vec<Cell>,
    side: Side,
}

impl Tiny {
    fn new(seed: u64) -> Tiny {
        let small = Small::generate(seed);
        let cells = small.cells();
        let side = decided(small.world.clone(), &cells);
        Tiny { small, cells, side }
    }

    /// The calls of an action that are decided, each with what is said of it.
    fn of<'t>(&'t self, action: usize, said: &'t [Option<bool>]) -> impl Iterator<Item = (&'t Cell, bool)> {
        let both = self.cells.iter().zip(said.iter().copied());
        both.filter_map(move |(cell, said)| Some((cell, said?)).filter(|_| cell.action == action))
    }
}

fn decided(world: World, cells: &[Cell]) -> Side {
    let model = model(&world);
    let gate = Gate::from_model(model.clone()).expect("a world is no hostile set");
    let allowed = USERS.map(|user| decisions(&model, user, cells));
    Side { world, model, gate, allowed }
}

fn decisions(model: &Model, user: &str, cells: &[Cell]) -> Vec<Option<bool>> {
    let one =
        |cell: &Cell| reference::decide(model, &asked(cell, user)).ok().map(|decision| decision.allowed);
    cells.iter().map(one).collect()
}

fn asked(cell: &Cell, user: &str) -> Request {
    Request { principal: user.to_owned(), ..cell.request.clone() }
}

/// Asks of worlds until there are enough; `ask` says how many questions it asked.
#[expect(clippy::print_stdout, reason = "a run says what it has tried")]
fn each(name: &str, mut ask: impl FnMut(&Tiny, &mut Random) -> u64) {
    let (seed, clock) = (number("PASSGATE_SEED").unwrap_or_else(new_seed), Clock::start());
    println!("{name} of tiny worlds: seed {seed} (PASSGATE_SEED)");
    let least = number("PASSGATE_PAIRS").unwrap_or(PAIRS);
    let (mut random, mut pairs, mut worlds, mut calls) = (Random::new(seed), 0, 0, 0);
    while pairs < least {
        let tiny = Tiny::new(random.bits());
        pairs += ask(&tiny, &mut random);
        worlds += 1;
        calls += tiny.cells.len() * USERS.len();
    }
    println!("{name} of tiny worlds: {pairs} pairs of {worlds} worlds, {calls} calls decided, {clock}");
}

/// An answer about some calls is what they say together, and along each axis value by value.
fn equal(answer: &Answer, axes: &[Axis], own: &[(&Cell, bool)], told: &dyn std::fmt::Debug) {
    assert!(answer.is_exact(), "{answer:#?}\n{told:#?}");
    let whole = standing(own.iter().map(|(_, yes)| *yes));
    assert_eq!(answer.standing, whole, "{answer:#?}\n{told:#?}");
    if whole != Standing::Depends {
        assert_eq!(answer.on, [], "{told:#?}");
        return;
    }
    for (number, axis) in axes.iter().enumerate() {
        let named = answer.on.iter().find(|one| is(one, *axis));
        if let Some(Dependence::Resource { patterns, others }) = named {
            resources(patterns, *others, own, told);
            continue;
        }
        // Resources are told by pattern: what one pattern leaves of another is in the whole.
        if *axis == Axis::Resource {
            continue;
        }
        let mut by_value: BTreeMap<usize, Vec<(&Cell, bool)>> = BTreeMap::new();
        // A dimension tells of single values; calls with several are in the whole.
        for (cell, yes) in own.iter().filter(|(cell, _)| !several(&cell.request, *axis)) {
            by_value.entry(cell.at[number]).or_default().push((cell, *yes));
        }
        let all = by_value.values().map(|alike| (alike[0].0, standing(alike.iter().map(|(_, yes)| *yes))));
        let all: Vec<(&Cell, Standing)> = all.collect();
        // A key that is not named has no single value that is told from another, whatever several do.
        let unnamed = if axis.key().is_some() { all.first().map(|(_, alike)| *alike) } else { Some(whole) };
        for (cell, expected) in all {
            let found = named.map_or(unnamed, |one| along(one, &cell.request));
            let fits = found.is_none_or(|found| found == expected);
            let request = &cell.request;
            assert!(fits, "{axis:?} {expected:?} {request:?} {answer:#?}\n{told:#?}");
        }
    }
}

fn several(request: &Request, axis: Axis) -> bool {
    let own = request.context.iter().find(|(key, _)| Some(key.as_str()) == axis.key());
    own.is_some_and(|(_, value)| matches!(value, ContextValue::List(_)))
}

fn is(dependence: &Dependence, axis: Axis) -> bool {
    match dependence {
        Dependence::Address { .. } => axis == Axis::Address,
        Dependence::Time { .. } => axis == Axis::Time,
        Dependence::Resource { .. } => axis == Axis::Resource,
        Dependence::Key { key, .. } => axis.key() == Some(key.as_ref()),
        Dependence::Account { .. } => false,
    }
}

/// Each pattern with all that it covers, and what none of them covers.
fn resources<T: AsRef<str>>(
    patterns: &[(T, Standing)],
    others: Standing,
    own: &[(&Cell, bool)],
    told: &dyn std::fmt::Debug,
) {
    let covers = |pattern: &str, cell: &Cell| {
        let named = cell.request.resources.as_deref().and_then(|list| list.first());
        named.is_some_and(|name| match pattern.strip_suffix('*') {
            Some(head) => name.starts_with(head),
            None => name == pattern,
        })
    };
    for (pattern, found) in patterns {
        let alike = own.iter().filter(|(cell, _)| covers(pattern.as_ref(), cell)).map(|(_, yes)| *yes);
        assert_eq!(*found, standing(alike), "{}\n{told:#?}", pattern.as_ref());
    }
    let apart = |cell: &Cell| !patterns.iter().any(|(pattern, _)| covers(pattern.as_ref(), cell));
    let alike = own.iter().filter(|(cell, _)| apart(cell)).map(|(_, yes)| *yes);
    assert_eq!(others, standing(alike), "others\n{told:#?}");
}

/// A list of calls, each with what is said of it.
fn listed<'t>(tiny: &'t Tiny, action: usize, said: &'t [Option<bool>]) -> Vec<(&'t Cell, bool)> {
    tiny.of(action, said).collect()
}

/// Which actions there are, with their numbers.
fn actions() -> impl Iterator<Item = (usize, &'static str)> {
    ACTIONS.into_iter().enumerate()
}
