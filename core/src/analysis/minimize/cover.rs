//! The cheapest choice of sets that together hold what must be held: exact by branch and bound within a budget, greedy
//! beyond it.

use super::marks::Marks;

/// A set that may be chosen, and what it costs.
#[derive(Debug, Clone)]
pub(in crate::analysis) struct Choice {
    pub(in crate::analysis) holds: Marks,
    pub(in crate::analysis) cost: u64,
}

/// What was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::analysis) struct Cover {
    /// Places of the chosen, ascending.
    pub(in crate::analysis) chosen: Vec<usize>,
    /// What they cost together.
    pub(in crate::analysis) cost: u64,
    /// Whether no choice is cheaper, for certain.
    pub(in crate::analysis) least: bool,
}

/// More choices than this are not held against each other two by two.
const COMPARED: usize = 2_048;

/// Chooses; none where the sets together do not hold all that must be.
pub(in crate::analysis) fn cover(must: &Marks, choices: &[Choice], steps: &mut u64) -> Option<Cover> {
    cover_of(must, choices.iter().map(|choice| (&choice.holds, choice.cost)), steps)
}

/// [`cover`] by sets that somebody else keeps, each with what it costs.
pub(in crate::analysis) fn cover_of<'c>(
    must: &Marks,
    choices: impl Iterator<Item = (&'c Marks, u64)>,
    steps: &mut u64,
) -> Option<Cover> {
    let useful = useful(must, choices);
    let greedy = greedy(must, &useful)?;
    let mut search = Search { choices: &useful, holders: holders(must, &useful), best: greedy, steps };
    search.run(must, &mut Vec::new(), 0);
    let least = *search.steps > 0;
    let (chosen, cost) = search.best;
    let mut chosen: Vec<usize> =
        chosen.into_iter().filter_map(|at| useful.get(at)).map(|(place, _)| *place).collect();
    chosen.sort_unstable();
    Some(Cover { chosen, cost, least })
}

/// Choices by their places, without those that another one replaces at no greater cost.
fn useful<'c>(must: &Marks, choices: impl Iterator<Item = (&'c Marks, u64)>) -> Vec<(usize, Choice)> {
    let meeting = choices.enumerate().filter(|(_, (holds, _))| holds.meets(must));
    let mut all: Vec<(usize, Choice)> =
        meeting.map(|(place, (holds, cost))| (place, Choice { holds: holds.and(must), cost })).collect();
    all.sort_by_cached_key(|(place, choice)| (choice.cost, usize::MAX - choice.holds.count(), *place));
    if all.len() > COMPARED {
        return all;
    }
    let mut kept: Vec<(usize, Choice)> = Vec::new();
    for (place, choice) in all {
        if !kept.iter().any(|(_, other)| choice.holds.within(&other.holds)) {
            kept.push((place, choice));
        }
    }
    kept
}

/// A number that must be held, and the choices that hold it.
struct Holders {
    number: usize,
    /// Their places.
    by: Vec<usize>,
    /// What the cheapest of them costs; none where there is none.
    cheapest: Option<u64>,
    /// What they hold together.
    reach: Marks,
}

fn holders(must: &Marks, choices: &[(usize, Choice)]) -> Vec<Holders> {
    let of = |number: usize| {
        let holding = || choices.iter().enumerate().filter(move |(_, (_, choice))| choice.holds.has(number));
        let mut reach = must.without(must);
        holding().for_each(|(_, (_, choice))| reach.add(&choice.holds));
        let cheapest = holding().map(|(_, (_, choice))| choice.cost).min();
        Holders { number, by: holding().map(|(at, _)| at).collect(), cheapest, reach }
    };
    must.iter().map(of).collect()
}

/// Takes what holds most for its cost, again and again; then drops what the others hold.
fn greedy(must: &Marks, choices: &[(usize, Choice)]) -> Option<(Vec<usize>, u64)> {
    let (mut left, mut chosen) = (must.clone(), Vec::new());
    // How much of what was left each held when it was looked at last: by now it is no more.
    let mut gains: Vec<usize> = choices.iter().map(|(_, choice)| choice.holds.count()).collect();
    while !left.is_empty() {
        let mut best: Option<(usize, usize, &Choice)> = None;
        for (at, ((_, choice), gain)) in choices.iter().zip(&mut gains).enumerate() {
            let beats =
                |gain: usize| best.is_none_or(|(_, most, other)| is_more((gain, choice), (most, other)));
            if *gain == 0 || !beats(*gain) {
                continue;
            }
            *gain = choice.holds.overlap(&left);
            if *gain > 0 && beats(*gain) {
                best = Some((at, *gain, choice));
            }
        }
        let (at, _, choice) = best?;
        left.take_away(&choice.holds);
        chosen.push(at);
    }
    drop_needless(must, choices, &mut chosen);
    let cost = chosen.iter().filter_map(|at| choices.get(*at)).map(|(_, choice)| choice.cost).sum();
    Some((chosen, cost))
}

/// Whether one gains more for its cost than another.
fn is_more((gain, one): (usize, &Choice), (most, other): (usize, &Choice)) -> bool {
    let each = |gain: usize, cost: u64| (gain as u128).saturating_mul(u128::from(cost.max(1)));
    each(gain, other.cost) > each(most, one.cost)
}

fn drop_needless(must: &Marks, choices: &[(usize, Choice)], chosen: &mut Vec<usize>) {
    let width = must.iter().last().map_or(0, |last| last + 1);
    // By how many of the chosen each number is held.
    let mut held = vec![0usize; width];
    let holds = |at: usize| choices.get(at).into_iter().flat_map(|(_, choice)| choice.holds.iter());
    for number in chosen.iter().flat_map(|at| holds(*at)) {
        held.get_mut(number).into_iter().for_each(|count| *count += 1);
    }
    chosen.retain(|at| {
        let needed = holds(*at).any(|number| held.get(number) == Some(&1));
        if !needed {
            holds(*at).for_each(|number| held.get_mut(number).into_iter().for_each(|count| *count -= 1));
        }
        needed
    });
}

struct Search<'c, 's> {
    choices: &'c [(usize, Choice)],
    holders: Vec<Holders>,
    best: (Vec<usize>, u64),
    steps: &'s mut u64,
}

impl Search<'_, '_> {
    /// Branches on the number that fewest choices hold. As deep as there are choices in the best cover.
    fn run(&mut self, left: &Marks, chosen: &mut Vec<usize>, cost: u64) {
        if left.is_empty() {
            if cost < self.best.1 {
                self.best = (chosen.clone(), cost);
            }
            return;
        }
        let Some(bound) = self.bound(left) else { return };
        if *self.steps == 0 || cost.saturating_add(bound) >= self.best.1 {
            return;
        }
        let tightest = self.holders.iter().filter(|one| left.has(one.number)).min_by_key(|one| one.by.len());
        let Some(by) = tightest.map(|one| one.by.clone()) else { return };
        for at in by {
            let Some((_, choice)) = self.choices.get(at) else { continue };
            chosen.push(at);
            self.run(&left.without(&choice.holds), chosen, cost.saturating_add(choice.cost));
            chosen.pop();
        }
    }

    /// What at least must be paid: numbers that no choice holds two of, each by its cheapest choice.
    fn bound(&mut self, left: &Marks) -> Option<u64> {
        let (mut bound, mut free) = (0u64, left.clone());
        for one in self.holders.iter().filter(|one| left.has(one.number)) {
            *self.steps = self.steps.saturating_sub(1 + one.by.len() as u64 / 8);
            let cheapest = one.cheapest?;
            if free.has(one.number) {
                bound = bound.saturating_add(cheapest);
                free.take_away(&one.reach);
            }
        }
        Some(bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every choice of sets, tried out.
    fn brute(must: &Marks, choices: &[Choice]) -> Option<u64> {
        let all = 0..1u32 << choices.len();
        let held = |chosen: u32| {
            let of = choices.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1).map(|(_, c)| c);
            of.fold((must.clone(), 0), |(left, cost), c| (left.without(&c.holds), cost + c.cost))
        };
        all.map(held).filter(|(left, _)| left.is_empty()).map(|(_, cost)| cost).min()
    }

    #[test]
    fn the_cover_is_the_cheapest() {
        let mut state = 88_172_645_463_325_252u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for _ in 0..400 {
            let must = Marks::of(7, (0..7).filter(|_| next() % 4 > 0));
            let choices: Vec<Choice> = (0..next() % 11)
                .map(|_| Choice {
                    holds: Marks::of(7, (0..7).filter(|_| next() % 3 == 0)),
                    cost: 1 + next() % 4,
                })
                .collect();
            let mut steps = 1_000_000;
            let found = cover(&must, &choices, &mut steps);
            assert_eq!(found.as_ref().map(|c| c.cost), brute(&must, &choices), "{must:?} {choices:?}");
            assert!(found.is_none_or(|c| c.least));
            let mut few = 1;
            let rough = cover(&must, &choices, &mut few);
            assert_eq!(rough.map(|c| c.cost).is_some(), brute(&must, &choices).is_some());
        }
    }
}
