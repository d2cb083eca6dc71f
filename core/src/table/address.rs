//! What a statement's conditions on the caller's address come to: a set of addresses, and whether a request without
//! one will do (semantics §5).
//!
//! `ip_*` and `null_equal` on `qcs:ip` are folded in here. Operators that read the address as text are not: they
//! stay conditions.

use super::layer::Address;
use crate::address::{Prefix, PrefixSet};
use crate::model::{Condition, Test};
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
    pub(super) set: Arc<PrefixSet>,
}

impl AddressTest {
    /// Whether it holds.
    pub(super) fn holds(&self, address: Address) -> bool {
        address.map_or(self.absent, |(family, bits)| self.set.contains_bits(family, bits))
    }
}

/// Whether a condition is one of those folded in here.
pub(super) fn is_address_test(condition: &Condition) -> bool {
    condition.key.as_ref() == KEY && matches!(condition.test, Test::Ip { .. } | Test::Null { .. })
}

/// Sets of addresses by the list they come from: statements that use one network share its set.
#[derive(Debug, Default)]
pub(super) struct AddressSets {
    made: HashMap<(*const Prefix, usize, bool), Arc<PrefixSet>>,
}

impl AddressSets {
    /// The test that a statement's conditions make; none where they leave every call alone.
    pub(super) fn test(&mut self, conditions: &[Condition]) -> Option<AddressTest> {
        let mut found: Option<AddressTest> = None;
        for condition in conditions.iter().filter(|c| is_address_test(c)) {
            let next = self.one(condition);
            found = Some(match found {
                None => next,
                Some(before) => AddressTest {
                    absent: before.absent && next.absent,
                    set: Arc::new(before.set.intersect(&next.set)),
                },
            });
        }
        found.filter(|test| !(test.absent && *test.set == PrefixSet::everywhere()))
    }

    /// A request has one address or none, so that a qualifier changes nothing.
    fn one(&mut self, condition: &Condition) -> AddressTest {
        match &condition.test {
            Test::Ip { negated, prefixes, .. } => {
                AddressTest { absent: condition.if_exist, set: self.set(prefixes, *negated) }
            }
            Test::Null { values } => {
                let present =
                    if values.contains(&false) { PrefixSet::everywhere() } else { PrefixSet::new() };
                AddressTest { absent: values.contains(&true), set: Arc::new(present) }
            }
            _ => AddressTest { absent: true, set: Arc::new(PrefixSet::everywhere()) },
        }
    }

    // INVARIANT: the model outlives this map, so that a list keeps its place while the map is used.
    fn set(&mut self, prefixes: &Arc<[Prefix]>, negated: bool) -> Arc<PrefixSet> {
        let key = (prefixes.as_ptr(), prefixes.len(), negated);
        let make = || {
            let set = PrefixSet::from_prefixes(prefixes.iter().copied());
            Arc::new(if negated { set.complement() } else { set })
        };
        self.made.entry(key).or_insert_with(make).clone()
    }
}
