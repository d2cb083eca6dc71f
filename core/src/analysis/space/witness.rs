//! A call that shows an answer, made as small as it goes: what can be left out is, and of addresses the widest prefix
//! is told.

use super::axis::{Axis, Values};
use super::budget::Budget;
use super::question::Question;
use super::region::Pick;
use super::value::Scalar;
use super::world::World;
use crate::address::{Family, Interval, Prefix, PrefixSet, address};
use crate::check::{Account, ContextValue, Request};
use crate::model::Instant;
use std::net::IpAddr;

/// A call: everything of a request but who asks and for which action.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Witness {
    /// The resource; none is as good as a bare `*`.
    pub resource: Option<String>,
    /// The address.
    pub address: Option<IpAddr>,
    /// The widest prefix around the address, all of which gives the same answer.
    pub prefix: Option<Prefix>,
    /// The time.
    pub at: Option<Instant>,
    /// Keys and their values, in the order of the keys.
    pub context: Vec<(String, ContextValue)>,
    /// Account numbers.
    pub account: Account,
}

impl Witness {
    /// The call as a request.
    pub fn request(&self, principal: impl Into<String>, action: impl Into<String>) -> Request {
        let mut request = Request::new(principal, action);
        request.resources = self.resource.clone().map(|resource| vec![resource]);
        request.at = self.at.map(|at| at.to_string());
        request.context.clone_from(&self.context);
        request.account = self.account.clone();
        match self.address {
            Some(ip) => request.address(ip),
            None => request,
        }
    }

    /// The smallest call found near a point where the answer is yes.
    pub(super) fn near(world: &World, question: Question, point: Vec<Pick>, budget: &mut Budget) -> Witness {
        let point = shrunk(world, question, point, budget);
        let mut witness = Witness { account: world.assignment.account.clone(), ..Witness::default() };
        let mut segments: [Option<&str>; 4] = [None; 4];
        for (at, (dimension, pick)) in world.dimensions.iter().zip(&point).enumerate() {
            let Pick::Classes(classes) = pick else { continue };
            let values: Vec<&Values> = classes.iter().filter_map(|c| world.values(at, *c)).collect();
            match (&dimension.axis, values.as_slice()) {
                (Axis::Address, _) => witness.set_address(world, question, &point, at, budget),
                (Axis::Time, [Values::Instants(times)]) => witness.at = times.first().map(|m| m.at),
                (Axis::Key(key), values) => {
                    witness.context.extend(context(values).map(|value| (key.to_string(), value)));
                }
                (Axis::Service, [Values::Segment(text)]) => segments[0] = text.as_deref(),
                (Axis::Region, [Values::Segment(text)]) => segments[1] = text.as_deref(),
                (Axis::Account, [Values::Segment(text)]) => segments[2] = text.as_deref(),
                (Axis::Rest, [Values::Segment(text)]) => segments[3] = text.as_deref(),
                _ => {}
            }
        }
        if let [Some(service), region, account, Some(rest)] = segments {
            let (region, account) = (region.unwrap_or_default(), account.unwrap_or_default());
            witness.resource = Some(format!("qcs::{service}:{region}:{account}:{rest}"));
        }
        witness
    }

    /// The widest prefix of those pieces for which the answer is yes, all else being the same.
    fn set_address(
        &mut self,
        world: &World,
        question: Question,
        point: &[Pick],
        at: usize,
        budget: &mut Budget,
    ) {
        let mut good: Vec<(Family, Interval)> = Vec::new();
        let chosen = point.get(at);
        let classes = world.dimensions.get(at).map_or(0, |d| d.classes.len());
        for class in 0..classes {
            let pick = Pick::Classes(vec![class]);
            let same = Some(&pick) == chosen;
            if (same || holds_with(world, question, point, at, pick, budget))
                && let Some(Values::Addresses(pieces)) = world.values(at, class)
            {
                good.extend(pieces.iter().copied());
            }
        }
        let widest = widest(&PrefixSet::from_intervals(good));
        self.prefix = widest;
        self.address = widest.map(|p| address(p.family, p.bits));
    }
}

/// The widest prefix of a set, IPv4 before IPv6; of several the first.
pub(super) fn widest(places: &PrefixSet) -> Option<Prefix> {
    places.iter().min_by_key(|prefix| (prefix.family, prefix.length))
}

fn context(values: &[&Values]) -> Option<ContextValue> {
    let scalars = values.iter().filter_map(|value| match value {
        Values::Scalar(scalar) => Some(Scalar::to_context(scalar)),
        _ => None,
    });
    let mut values: Vec<ContextValue> = scalars.collect();
    if values.len() > 1 { Some(ContextValue::List(values)) } else { values.pop() }
}

/// Whether the answer is yes at a point with one other value.
fn holds_with(
    world: &World,
    question: Question,
    point: &[Pick],
    at: usize,
    pick: Pick,
    budget: &mut Budget,
) -> bool {
    let cells = world.rules.iter().flat_map(|rule| &rule.cells);
    let cost = world.rules.len() + point.len() + cells.map(|cell| 1 + cell.literals.len()).sum::<usize>();
    if budget.spend(cost as u64).is_err() {
        return false;
    }
    let mut other = point.to_vec();
    if let Some(place) = other.get_mut(at) {
        *place = pick;
    }
    question.holds(world, &other)
}

/// Leaves out what can be left out: keys, time, address, resource, then values of lists.
fn shrunk(world: &World, question: Question, mut point: Vec<Pick>, budget: &mut Budget) -> Vec<Pick> {
    for (at, dimension) in world.dimensions.iter().enumerate().rev() {
        let smallest = if dimension.axis.is_optional() { Pick::Absent } else { Pick::Classes(vec![0]) };
        if point.get(at) != Some(&smallest)
            && holds_with(world, question, &point, at, smallest.clone(), budget)
            && let Some(place) = point.get_mut(at)
        {
            *place = smallest;
        }
        while let Some(fewer) = fewer(world, question, &point, at, budget) {
            if let Some(place) = point.get_mut(at) {
                *place = fewer;
            }
        }
    }
    point
}

/// A list with one value less that will do.
fn fewer(world: &World, question: Question, point: &[Pick], at: usize, budget: &mut Budget) -> Option<Pick> {
    let Some(Pick::Classes(classes)) = point.get(at) else { return None };
    if classes.len() < 2 {
        return None;
    }
    let without = |left: usize| {
        let kept = classes.iter().enumerate().filter(|(place, _)| *place != left);
        Pick::Classes(kept.map(|(_, class)| *class).collect())
    };
    (0..classes.len()).map(without).find(|pick| holds_with(world, question, point, at, pick.clone(), budget))
}
