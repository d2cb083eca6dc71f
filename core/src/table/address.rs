//! What a statement's conditions on the caller's address come to: a set of addresses, and whether a request without
//! one will do (semantics §5).
//!
//! `ip_*` and `null_equal` on `qcs:ip` are folded in here. Operators that read the address as text are not: they
//! stay conditions.

use super::intervals::AddressSet;
use super::layer::Address;
use crate::address::{Prefix, PrefixSet};
use crate::model::{self, Condition};
use std::collections::HashMap;
use std::sync::Arc;

/// The key of the caller's address.
pub(super) const KEY: &str = "qcs:ip";

/// Where a statement holds.
#[derive(Debug, Clone)]
pub(super) struct AddressTest {
    /// Whether it holds where no address is handed over.
    pub(super) absent: bool,
    /// The addresses at which it holds.
    pub(super) set: AddressSet,
}

impl AddressTest {
    /// Whether it holds.
    pub(super) fn holds(&self, address: Address) -> bool {
        address.map_or(self.absent, |(family, bits)| self.set.contains(family, bits))
    }
}

/// Whether a condition is one of those folded in here.
pub(super) fn is_address_test(condition: &Condition) -> bool {
    condition.key.as_ref() == KEY
        && matches!(condition.test, model::Test::Ip { .. } | model::Test::Null { .. })
}

/// Sets of addresses by the list they come from: statements that use one network share its set.
#[derive(Debug, Default)]
pub(super) struct AddressSets {
    made: HashMap<(*const Prefix, usize, bool), (Arc<PrefixSet>, AddressSet)>,
}

/// A test while the conditions of a statement are put together.
struct Test {
    absent: bool,
    set: Arc<PrefixSet>,
    /// As words, where the set is that of a list.
    shared: Option<AddressSet>,
}

impl AddressSets {
    /// The test that a statement's conditions make; none where they leave every call alone.
    pub(super) fn test(&mut self, conditions: &[Condition]) -> Option<AddressTest> {
        let mut found: Option<Test> = None;
        for condition in conditions.iter().filter(|c| is_address_test(c)) {
            let next = self.one(condition);
            found = Some(match found {
                None => next,
                Some(before) => Test {
                    absent: before.absent && next.absent,
                    set: Arc::new(before.set.intersect(&next.set)),
                    shared: None,
                },
            });
        }
        let Test { absent, set, shared } = found?;
        let tests = !absent || *set != PrefixSet::everywhere();
        tests.then(|| AddressTest { absent, set: shared.unwrap_or_else(|| AddressSet::new(&set)) })
    }

    /// A request has one address or none, so that a qualifier changes nothing.
    fn one(&mut self, condition: &Condition) -> Test {
        match &condition.test {
            model::Test::Ip { negated, prefixes, .. } => {
                let (set, shared) = self.set(prefixes, *negated);
                Test { absent: condition.if_exist, set, shared: Some(shared) }
            }
            model::Test::Null { values } => {
                let present =
                    if values.contains(&false) { PrefixSet::everywhere() } else { PrefixSet::new() };
                Test { absent: values.contains(&true), set: Arc::new(present), shared: None }
            }
            _ => Test { absent: true, set: Arc::new(PrefixSet::everywhere()), shared: None },
        }
    }

    // INVARIANT: the model outlives this map, so that a list keeps its place while the map is used.
    fn set(&mut self, prefixes: &Arc<[Prefix]>, negated: bool) -> (Arc<PrefixSet>, AddressSet) {
        let key = (prefixes.as_ptr(), prefixes.len(), negated);
        let make = || {
            let set = PrefixSet::from_prefixes(prefixes.iter().copied());
            let set = if negated { set.complement() } else { set };
            let words = AddressSet::new(&set);
            (Arc::new(set), words)
        };
        self.made.entry(key).or_insert_with(make).clone()
    }
}
