//! In which order names that lead through names are worked out: what they lead to comes first.
//!
//! Knows nothing but numbers and arrows. Depth-first with a stack of its own, so that no chain of names, however
//! long, uses up the thread's stack.

use std::collections::BTreeSet;

/// How many nodes of a cycle are told.
pub(super) const SHOWN: usize = 8;

/// What leads to what, put in order.
#[derive(Debug, Default)]
pub(super) struct Order {
    /// Every node once, each after all it leads to (as far as no cycle forbids it).
    pub(super) nodes: Vec<usize>,
    /// The beginnings of cycles, at most [`SHOWN`] nodes of each, along the arrows; at most one begins at a node.
    /// Every cycle of the graph shares an arrow with one of them.
    pub(super) cycles: Vec<Vec<usize>>,
    /// Nodes on the longest way from each node, itself counted; cycles are cut.
    pub(super) depth: Vec<usize>,
}

/// Sorts the nodes `0..arrows.len()`; `arrows[n]` are the nodes that `n` leads to.
pub(super) fn sort(arrows: &[Vec<usize>]) -> Order {
    let state = vec![State::New; arrows.len()];
    let mut walk = Walk { arrows, state, trail: Vec::new(), heads: BTreeSet::new(), order: Order::default() };
    walk.order.depth = vec![1; arrows.len()];
    for node in 0..arrows.len() {
        walk.from(node);
    }
    walk.order
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    /// With its place in the trail.
    Open(usize),
    Done,
}

struct Walk<'a> {
    arrows: &'a [Vec<usize>],
    state: Vec<State>,
    /// Open nodes with the place of the arrow to follow next.
    trail: Vec<(usize, usize)>,
    /// Nodes at which a cycle has been found to begin.
    heads: BTreeSet<usize>,
    order: Order,
}

impl Walk<'_> {
    fn from(&mut self, start: usize) {
        if self.state_of(start) == State::New {
            self.open(start);
        }
        while let Some((node, next)) = self.trail.last_mut() {
            let (node, arrow) = (*node, *next);
            *next += 1;
            match self.arrows.get(node).and_then(|a| a.get(arrow)).copied() {
                Some(target) => self.follow(node, target),
                None => self.close(node),
            }
        }
    }

    fn follow(&mut self, node: usize, target: usize) {
        match self.state_of(target) {
            State::New => self.open(target),
            State::Open(place) => self.cycle(target, place),
            State::Done => self.deepen(node, target),
        }
    }

    fn open(&mut self, node: usize) {
        if let Some(state) = self.state.get_mut(node) {
            *state = State::Open(self.trail.len());
            self.trail.push((node, 0));
        }
    }

    fn close(&mut self, node: usize) {
        self.trail.pop();
        if let Some(state) = self.state.get_mut(node) {
            *state = State::Done;
        }
        self.order.nodes.push(node);
        if let Some((above, _)) = self.trail.last() {
            self.deepen(*above, node);
        }
    }

    fn cycle(&mut self, target: usize, place: usize) {
        if self.heads.insert(target) {
            self.order.cycles.push(self.trail.iter().skip(place).take(SHOWN).map(|(n, _)| *n).collect());
        }
    }

    fn deepen(&mut self, node: usize, below: usize) {
        let depth = self.order.depth.get(below).copied().unwrap_or(0) + 1;
        if let Some(slot) = self.order.depth.get_mut(node) {
            *slot = depth.max(*slot);
        }
    }

    fn state_of(&self, node: usize) -> State {
        self.state.get(node).copied().unwrap_or(State::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arrows: &[&[usize]], nodes: &[usize], cycles: &[&[usize]], depth: &[usize]) {
        let arrows: Vec<Vec<usize>> = arrows.iter().map(|a| a.to_vec()).collect();
        let order = sort(&arrows);
        assert_eq!(order.nodes, nodes, "{arrows:?}");
        assert_eq!(order.cycles, cycles, "{arrows:?}");
        assert_eq!(order.depth, depth, "{arrows:?}");
    }

    #[test]
    fn what_a_name_leads_to_comes_first() {
        check(&[], &[], &[], &[]);
        check(&[&[1], &[2], &[]], &[2, 1, 0], &[], &[3, 2, 1]);
        check(&[&[1, 2], &[3], &[3], &[]], &[3, 1, 2, 0], &[], &[3, 2, 2, 1]);
        check(&[&[], &[0, 0]], &[0, 1], &[], &[1, 2]);
    }

    #[test]
    fn a_cycle_is_told_once() {
        check(&[&[0]], &[0], &[&[0]], &[1]);
        check(&[&[1], &[2], &[0]], &[2, 1, 0], &[&[0, 1, 2]], &[3, 2, 1]);
        check(&[&[1], &[1, 1], &[0]], &[1, 0, 2], &[&[1]], &[2, 1, 3]);
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let arrows: Vec<Vec<usize>> =
            (0..200_000).map(|n| if n == 0 { vec![] } else { vec![n - 1] }).collect();
        let reversed: Vec<Vec<usize>> =
            arrows.iter().rev().map(|a| a.iter().map(|n| 199_999 - n).collect()).collect();
        assert_eq!(sort(&reversed).depth.first(), Some(&200_000));
    }
}
