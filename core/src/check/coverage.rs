//! What requests touch, for coverage: the statements that match, and the region of the table that a request falls into.

use super::answer::{self, Asked};
use super::ask::Ask;
use super::caller::{self, Caller};
use super::gate::Gate;
use crate::check::{Place, Request};
use crate::table::{Bounded, Meeting, Most, Region, RegionKey, Regions};
use std::sync::Arc;

/// What a request touches.
#[derive(Debug, Clone, Default)]
pub(crate) struct Touched {
    /// Numbers of the places of the caller's statements that match, boundary included, ascending.
    pub(crate) statements: Vec<u32>,
    /// Its region; none where no catalog describes the action.
    pub(crate) region: Option<RegionKey>,
}

impl Gate {
    /// What a request touches: nothing where it is refused as such, or where root or an unknown principal asks, whose
    /// policies are not read.
    pub(crate) fn touched(&self, request: &Request) -> Touched {
        let table = self.table();
        let touch = |asked: Asked<'_>| match asked {
            Asked::WithoutPolicies(_) => Touched::default(),
            Asked::With(bounded, question) => Touched {
                statements: table.matching(bounded, question),
                region: table.region(bounded, question),
            },
        };
        answer::read(table, &Ask::from(request), None, false, |asked, _| Ok(touch(asked))).unwrap_or_default()
    }

    /// The regions of callers, of whom each request names one; its action is not read.
    pub(crate) fn regions(&self, callers: &[Request]) -> Regions {
        self.regions_within(callers, Most::default())
    }

    /// [`Gate::regions`] with other limits.
    pub(crate) fn regions_within(&self, callers: &[Request], most: Most) -> Regions {
        let found: Vec<Caller> = callers.iter().map(|caller| self.caller(caller)).collect();
        // A caller without policies has no cell, and keeps its place.
        let nobody = Bounded::brought(&[], None);
        let bounded: Vec<Bounded<'_>> = found.iter().map(|c| c.bounded().unwrap_or(nobody)).collect();
        self.table().regions(&bounded, most)
    }

    /// The statements that meet in a region, of the caller that it was found with.
    pub(crate) fn meeting(&self, caller: &Request, region: &Region) -> Meeting {
        let caller = self.caller(caller);
        caller.bounded().map_or_else(Meeting::default, |bounded| {
            self.table().meeting(bounded, region.action, region.address)
        })
    }

    /// How many places of statements there are.
    pub(crate) fn places(&self) -> usize {
        self.table().places.len()
    }

    /// The place of a number.
    pub(crate) fn place(&self, number: u32) -> Option<&Arc<Place>> {
        self.table().places.get(number)
    }

    fn caller(&self, request: &Request) -> Caller {
        caller::find(self.table(), &Ask::from(request)).unwrap_or(Caller::Unknown)
    }
}
