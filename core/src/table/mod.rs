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
mod condition;
mod decide;
mod facts;
mod layer;
mod merge;
mod places;
mod policy;
mod principals;
mod resource;
mod rows;
mod scope;
mod sweep;
mod text;
mod truth;
mod unsupported;
mod views;

pub(crate) use actions::{Actions, Target};
pub(crate) use decide::{Bounded, Question};
pub(crate) use facts::{Facts, Keys, OWN_KEYS, Variables};
pub(crate) use layer::Address;
pub use layer::Cell;
pub(crate) use places::Places;
pub(crate) use principals::{Principals, Signature};
pub(crate) use resource::{Names, Resource};
pub(crate) use truth::Cause;
pub(crate) use unsupported::refused_addresses;

use crate::catalog::ActionId;
use crate::model::Model;
use layer::Layer;
use policy::{CompiledPolicy, Compiler};
use principals::{PolicySet, SetId};
use views::Views;

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
        let both = model.policies.iter().zip(&numbers);
        let policies = both.map(|(policy, numbers)| compiler.policy(policy, numbers)).collect();
        let views = Views::new(actions.services().count(), principals.sets());
        Table { actions, principals, names, keys, places, policies, views }
    }

    /// What a set of policies says of an action at an address.
    #[inline]
    pub(crate) fn cell(&self, policies: Policies<'_>, id: ActionId, address: Address) -> Cell {
        let service = id.service.0;
        if let Policies::Declared(set) = policies
            && let Some(view) = self.views.made(service, set)
        {
            return view.cell(id.action, address);
        }
        self.first_cell(policies, id, address)
    }

    #[cold]
    fn first_cell(&self, policies: Policies<'_>, id: ActionId, address: Address) -> Cell {
        let (service, at) = (id.service.0, (id.action, address));
        match policies {
            Policies::Brought(policies) => {
                self.views.brought((service, policies), &self.layers(service, policies), at)
            }
            Policies::Declared(set) => match self.principals.set(set) {
                Some(PolicySet::Ready(ready)) => {
                    self.views.make((service, set), (ready, &self.layers(service, ready)), at)
                }
                _ => {
                    let all = self.principals.together(Some(set), &[], &[]);
                    self.views.brought((service, &all), &self.layers(service, &all), at)
                }
            },
        }
    }

    fn layers(&self, service: u32, policies: &[u32]) -> Vec<&Layer> {
        let policies = policies.iter().filter_map(|number| self.policies.get(*number as usize));
        policies.filter_map(|policy| policy.sheet(service)).map(|sheet| &sheet.layer).collect()
    }

    fn each_policy<'a>(&'a self, policies: Policies<'_>, mut each: impl FnMut(&'a CompiledPolicy)) {
        let mut all = |numbers: &[u32]| {
            numbers.iter().filter_map(|number| self.policies.get(*number as usize)).for_each(&mut each);
        };
        match policies {
            Policies::Brought(numbers) => all(numbers),
            Policies::Declared(set) => match self.principals.set(set) {
                Some(PolicySet::Ready(ready)) => all(ready),
                _ => all(&self.principals.together(Some(set), &[], &[])),
            },
        }
    }
}
