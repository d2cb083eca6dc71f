//! How statements stand to the calls that some clauses admit, as far as the address tells: whether a statement may match one
//! of them, and whether it matches every one. Both are said of a statement without making sets of its addresses, mostly.

use super::super::prepared::Reader;
use super::super::subject::{Clause, Facts};
use super::{Reach, is_handed};
use crate::address::{Family, Interval, Prefix};
use crate::model::{Condition, Statement, Test};
use std::rc::Rc;

/// Stretches of the calls that are compared with prefixes one by one; more are compared as a set.
const FEW: usize = 8;

/// The calls that some clauses admit by their address; clauses on anything else are left out, so that these are all, and
/// perhaps more.
#[derive(Debug)]
pub struct Scope {
    calls: Rc<Reach>,
    stretches: Vec<(Family, Interval)>,
}

/// How a condition stands to some calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stand {
    /// It may hold of one.
    may: bool,
    /// It holds of every one, for certain.
    must: bool,
}

impl Stand {
    const UNKNOWN: Stand = Stand { may: true, must: false };

    fn all(holds: bool) -> Stand {
        Stand { may: holds, must: holds }
    }
}

impl Scope {
    /// What clauses admit.
    pub fn of<'s>(clauses: &[Clause<'s>], reader: &mut Reader<'s>) -> Scope {
        let mut calls = Rc::clone(&reader.whole);
        for clause in clauses {
            if let Clause::When(condition) = clause
                && let Some(reach) = reader.reach(condition)
            {
                calls = Rc::new(calls.and(&reach));
            }
        }
        let of = |family| calls.places.intervals(family).iter().map(move |interval| (family, *interval));
        let stretches = of(Family::V4).chain(of(Family::V6)).collect();
        Scope { calls, stretches }
    }

    /// Whether a statement may match one of the calls, of an action that it covers.
    pub fn may<'s>(&self, statement: &'s Statement, facts: Facts, reader: &mut Reader<'s>) -> bool {
        let handed = is_handed(&statement.resources, facts) != Some(false);
        handed && statement.conditions.iter().all(|one| self.stand(one, facts, false, reader).may)
    }

    /// Whether a statement matches every one of the calls for certain, of an action that it covers.
    pub fn must<'s>(&self, statement: &'s Statement, facts: Facts, reader: &mut Reader<'s>) -> bool {
        let handed = is_handed(&statement.resources, facts) == Some(true);
        handed && statement.conditions.iter().all(|one| self.stand(one, facts, true, reader).must)
    }

    /// With `closely`, it is worked out where it is not plain.
    fn stand<'s>(
        &self,
        condition: &'s Condition,
        facts: Facts,
        closely: bool,
        reader: &mut Reader<'s>,
    ) -> Stand {
        if condition.key.as_ref() != "qcs:ip" {
            return Stand::UNKNOWN;
        }
        match &condition.test {
            Test::Ip { .. } if !facts.address => Stand::all(condition.if_exist),
            Test::Ip { negated, prefixes, .. } => {
                let places = match self.lie_in(prefixes) {
                    Some(inside) => Stand::all(inside != *negated),
                    None if closely && !negated => return self.closely(condition, reader),
                    // Outside of prefixes that it meets lie some of its places at most.
                    None => Stand::UNKNOWN,
                };
                let nowhere = self.stretches.is_empty();
                Stand {
                    may: (self.calls.none && condition.if_exist) || (!nowhere && places.may),
                    must: (!self.calls.none || condition.if_exist) && (nowhere || places.must),
                }
            }
            Test::Null { values } if !facts.address => Stand::all(values.contains(&true)),
            Test::Null { .. } => self.closely(condition, reader),
            _ => Stand::UNKNOWN,
        }
    }

    /// Whether all places of the calls lie in some prefixes (none of them does: `false`), where that is plain.
    fn lie_in(&self, prefixes: &[Prefix]) -> Option<bool> {
        if !prefixes.iter().any(|prefix| self.meets(*prefix)) {
            return Some(false);
        }
        let holds = |prefix: &Prefix, (family, of): &(Family, Interval)| {
            prefix.family == *family && prefix.first() <= of.first && of.last <= prefix.last()
        };
        let all = |of: &(Family, Interval)| prefixes.iter().any(|prefix| holds(prefix, of));
        (self.stretches.len() <= FEW && self.stretches.iter().all(all)).then_some(true)
    }

    fn meets(&self, prefix: Prefix) -> bool {
        let stretches = self.calls.places.intervals(prefix.family);
        let before = stretches.partition_point(|of| of.last < prefix.first());
        stretches.get(before).is_some_and(|of| of.first <= prefix.last())
    }

    fn closely<'s>(&self, condition: &'s Condition, reader: &mut Reader<'s>) -> Stand {
        match reader.reach(condition) {
            Some(reach) => {
                Stand { may: !self.calls.and(&reach).is_empty(), must: self.calls.but(&reach).is_empty() }
            }
            None => Stand::UNKNOWN,
        }
    }
}
