//! The model compiled: what the engine reads when it decides. Immutable, shared by threads without locks.
//!
//! For each policy and service the address line is cut into segments, and each segment has for every action a cell:
//! none, allow, deny, or *depends* ([`layer`], [`sweep`]). Policies of one signature are merged lazily ([`merge`],
//! [`views`]). Statements whose further conditions could change the answer are kept beside the cells ([`policy`],
//! [`condition`], [`resource`], [`text`]) and asked only then, or to say which statements decided ([`decide`]).
//!
//! Not here: reading requests and writing answers (`check`), and anything that opens a file.

mod actions;
mod address;
mod bits;
mod brief;
mod claims;
mod clauses;
mod compare;
mod condition;
mod decide;
mod export;
mod facts;
mod file;
mod frozen;
mod held;
mod intervals;
mod layer;
mod memory;
mod merge;
mod packed;
mod places;
mod policy;
mod principals;
mod regions;
mod resource;
mod rows;
mod scope;
mod segments;
mod semantic;
mod shared_rows;
mod sheet;
mod stats;
mod sweep;
mod text;
mod truth;
mod unsupported;
mod views;
mod window;
mod words;

pub(crate) use actions::{Actions, Known, Target};
pub(crate) use claims::Claimable;
pub(crate) use clauses::{Handed, Held};
pub(crate) use decide::{Bounded, Question};
pub(crate) use export::CELL_WORDS_FORMAT;
pub(crate) use facts::{Facts, Keys, OWN_KEYS, Variables};
pub(crate) use file::{
    Fault, Frame, HEAD, Loaded, Output, Section, Stage, VERSION, checksum, header, parts, same_texts,
};
pub(crate) use held::HeldView;
pub(crate) use layer::Address;
pub use layer::Cell;
pub(crate) use memory::{Heap, Part};
pub(crate) use places::Places;
pub(crate) use principals::{Principals, Signature};
pub(crate) use regions::{Meeting, Most, Region, RegionKey, Regions};
pub(crate) use resource::{Names, Resource};
pub use stats::{Cells, PartStats, Residual, Stats};
pub(crate) use truth::Cause;
pub(crate) use unsupported::refused_addresses;
pub(crate) use window::{WINDOW, What, Who, Window};

use crate::catalog::ActionId;
use crate::model::{Model, Owner, PolicyId};
use brief::Brief;
use policy::{CompiledPolicy, Compiler};
use principals::{PolicySet, SetId};
use std::borrow::Cow;
use views::{Saying, View, Views};

/// A set of policies: a declared one by number, or one that a request made up.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Policies<'q> {
    /// By number.
    Declared(SetId),
    /// Policies, ascending, each once.
    Brought(&'q [u32]),
}

/// A policy set compiled.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) actions: Actions,
    pub(crate) principals: Principals,
    pub(crate) names: Names,
    pub(crate) keys: Keys,
    pub(crate) places: Places,
    pub(crate) claimable: Claimable,
    pub(crate) owner: Owner,
    policies: Box<[CompiledPolicy]>,
    views: Views,
}

impl Table {
    /// Compiles a model.
    pub(crate) fn new(model: &Model) -> Table {
        let actions = Actions::new(&model.catalogs, &model.settings);
        let principals = Principals::new(model);
        let names = Names::new(&model.settings);
        let (places, numbers) = Places::new(model);
        let mut keys = Keys::default();
        let mut compiler = Compiler::new(&actions, &names, &mut keys);
        let both = (0u32..).zip(model.policies.iter().zip(&numbers));
        let mut policies: Box<[CompiledPolicy]> =
            both.map(|(n, (policy, numbers))| compiler.policy(n, policy, numbers)).collect();
        shared_rows::share(&mut policies);
        let views = Views::new(actions.services().count(), principals.sets());
        let (claimable, owner) = (Claimable::new(model), model.settings.owner.clone());
        Table { actions, principals, names, keys, places, claimable, owner, policies, views }
    }

    /// What a set of policies says of an action at an address; the address of an action that is handed none plays no
    /// part.
    pub(crate) fn cell(&self, policies: Policies<'_>, id: ActionId, address: Address) -> Cell {
        let action = self.actions.known(id);
        match policies {
            Policies::Declared(set) => self.declared_cell(set, action, address),
            Policies::Brought(_) => self.first_cell(policies, id, address.filter(|_| action.addressed)),
        }
    }

    /// The same of a declared set.
    #[inline]
    pub(crate) fn declared_cell(&self, set: SetId, action: Known, address: Address) -> Cell {
        let Known { id, addressed } = action;
        let address = address.filter(|_| addressed);
        match self.views.cell(id.service.0, set, id.action, address) {
            Some(cell) => cell,
            None => self.first_cell(Policies::Declared(set), id, address),
        }
    }

    #[cold]
    fn first_cell(&self, policies: Policies<'_>, id: ActionId, address: Address) -> Cell {
        let (service, at) = (id.service.0, (id.action, address));
        let numbers = self.numbers(policies);
        let here = self.saying(service, &numbers);
        let Some(facts) = self.actions.service(service) else { return Cell::None };
        let saying = Saying { service, facts, policies: &here };
        match policies {
            Policies::Declared(set) => {
                self.views.make(set, &saying, &self.policies);
                let made = self.views.cell(service, set, id.action, address);
                made.unwrap_or_else(|| self.views.apart(&numbers, &saying, at))
            }
            Policies::Brought(_) => self.views.brought(&numbers, &saying, at),
        }
    }

    /// The same as [`Table::cell`] read from the policies' own layers, without what is made of them together.
    pub(crate) fn cell_by_layers(&self, policies: Policies<'_>, id: ActionId, address: Address) -> Cell {
        let service = id.service.0;
        let here = self.saying(service, &self.numbers(policies));
        let Some(facts) = self.actions.service(service) else { return Cell::None };
        Saying { service, facts, policies: &here }.by_layers(id.action, address)
    }

    /// The policies of a set as a model numbers them, ascending.
    pub(crate) fn policies_of(&self, policies: Policies<'_>) -> Vec<PolicyId> {
        self.numbers(policies).iter().map(|number| PolicyId(*number)).collect()
    }

    /// The policies of a set, ascending.
    fn numbers<'q>(&'q self, policies: Policies<'q>) -> Cow<'q, [u32]> {
        match policies {
            Policies::Brought(numbers) => Cow::Borrowed(numbers),
            Policies::Declared(set) => match self.principals.set(set) {
                Some(PolicySet::Ready(ready)) => Cow::Borrowed(ready),
                _ => Cow::Owned(self.principals.together(Some(set), &[], &[])),
            },
        }
    }

    /// Those of the policies that say something of a service.
    fn saying(&self, service: u32, numbers: &[u32]) -> Vec<(u32, &CompiledPolicy)> {
        let numbered = numbers.iter().filter_map(|n| Some((*n, self.policies.get(*n as usize)?)));
        numbered.filter(|(_, policy)| policy.sheet(service).is_some()).collect()
    }

    /// The brief of a declared set, where it has one.
    fn brief(&self, set: SetId, service: u32) -> Option<&Brief> {
        match self.views.made(service, set) {
            Some(View::Brief(brief)) => Some(brief),
            _ => None,
        }
    }

    fn each_policy<'a>(&'a self, policies: Policies<'_>, each: impl FnMut(&'a CompiledPolicy)) {
        let numbers = self.numbers(policies);
        numbers.iter().filter_map(|number| self.policies.get(*number as usize)).for_each(each);
    }
}
