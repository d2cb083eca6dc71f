//! One policy compiled: its statements, and for each service a sheet that says which of them can matter.

use super::actions::{Actions, ServiceFacts};
use super::address::{AddressSets, AddressTest, is_address_test};
use super::brief;
use super::condition::Condition;
use super::facts::{Facts, Keys};
use super::layer::Layer;
use super::memory::{Heap, Memory, Part};
use super::resource::{Names, Resource, Resources};
use super::scope::{Scope, Scopes};
use super::sheet::Sheet;
use super::sweep::{Bounds, Share, Sweep, share};
use super::truth::Truth;
use crate::address::Family;
use crate::glob::Glob;
use crate::model::{Effect, Policy, ResourcePattern, Statement};
use std::collections::HashMap;
use std::sync::Arc;

/// A statement, ready to be asked. Which actions it covers is in the sheets.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) deny: bool,
    /// Number of its place.
    pub(super) place: u32,
    pub(super) address: Option<AddressTest>,
    /// None where a bare `*` is among its resources.
    pub(super) resources: Option<Arc<Resources>>,
    pub(super) conditions: Box<[Condition]>,
}

impl Rule {
    /// Whether it matches a request whose action it covers. `resource` is none where the action's grain leaves
    /// resources out.
    pub(super) fn matches<'a>(&'a self, facts: &Facts<'_>, resource: Option<&Resource<'_>>) -> Truth<'a> {
        if self.address.as_ref().is_some_and(|test| !test.holds(facts.address)) {
            return Truth::No;
        }
        self.matches_beyond_address(facts, resource)
    }

    /// The same where its address test is known to hold.
    pub(super) fn matches_beyond_address<'a>(
        &'a self,
        facts: &Facts<'_>,
        resource: Option<&Resource<'_>>,
    ) -> Truth<'a> {
        let covered = match (&self.resources, resource) {
            (None, _) => Truth::Yes,
            (Some(_), None) => return Truth::No,
            (Some(resources), Some(resource)) => resources.cover(resource, &facts.variables),
        };
        let conditions = self.conditions.iter().map(|condition| condition.holds(facts));
        Truth::all(std::iter::once(covered).chain(conditions))
    }

    /// Whether a request decides more than its action and address: whether it has resources or further conditions.
    pub(super) fn is_open(&self) -> bool {
        self.resources.is_some() || !self.conditions.is_empty()
    }

    pub(super) fn address(&self) -> Option<&AddressTest> {
        self.address.as_ref()
    }

    fn measure(&self, memory: &mut Memory) {
        self.address.iter().for_each(|test| test.set.measure(memory));
        self.resources.iter().for_each(|shared| memory.once(Part::Residuals, shared, Resources::heap));
        memory.add(Part::Residuals, size_of_val::<[_]>(&self.conditions));
        self.conditions.iter().for_each(|condition| condition.measure(memory));
    }

    /// What its conditions come to before a request is read, for actions that are or are not handed the address and
    /// tags; the address test aside.
    pub(super) fn fold(&self, address: bool, tags: bool) -> Fold {
        let mut open = self.resources.is_some();
        for condition in &self.conditions {
            match condition.without(address, tags) {
                Some(false) => return Fold::Never,
                Some(true) => {}
                None => open = true,
            }
        }
        if open { Fold::Open } else { Fold::Certain }
    }
}

/// What the conditions of a statement come to before a request is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fold {
    Never,
    Certain,
    Open,
}

/// Patterns of opaque services with their statements, by service.
pub(super) type OpaquePatterns = Box<[(Arc<str>, Glob, u32)]>;

/// A policy, ready to be asked.
#[derive(Debug, Default)]
pub(super) struct CompiledPolicy {
    pub(super) rules: Box<[Rule]>,
    /// Bounds of the address tests, both families.
    bounds: usize,
    /// By number of the service, ascending.
    pub(super) sheets: Box<[(u32, Sheet)]>,
    /// Statements that cover every action of every service, opaque ones too.
    pub(super) everything: Box<[u32]>,
    /// Patterns of opaque services with their statements, by service.
    pub(super) opaque: OpaquePatterns,
}

impl CompiledPolicy {
    pub(super) fn new(
        rules: Box<[Rule]>,
        sheets: Box<[(u32, Sheet)]>,
        everything: Box<[u32]>,
        opaque: OpaquePatterns,
    ) -> Self {
        let tests = rules.iter().filter_map(Rule::address);
        let bounds = tests.map(|t| 2 * (t.set.count(Family::V4) + t.set.count(Family::V6))).sum();
        CompiledPolicy { rules, bounds, sheets, everything, opaque }
    }

    /// Bounds of its address tests, both families, at most.
    pub(super) fn bounds(&self) -> usize {
        self.bounds
    }

    /// What it says of a service; none where it says nothing.
    #[inline]
    pub(super) fn sheet(&self, service: u32) -> Option<&Sheet> {
        let at = match self.sheets.as_ref() {
            [(only, _)] if *only == service => 0,
            sheets => sheets.binary_search_by_key(&service, |(number, _)| *number).ok()?,
        };
        self.sheets.get(at).map(|(_, sheet)| sheet)
    }

    /// What it says of a service as a layer; none where it says nothing.
    pub(super) fn layer(&self, service: u32, facts: &ServiceFacts) -> Option<&Layer> {
        self.sheet(service).map(|sheet| sheet.layer(&self.rules, facts))
    }

    /// Counts what it holds, itself not.
    pub(super) fn measure(&self, memory: &mut Memory) {
        let (rules, sheets) = (size_of_val::<[_]>(&self.rules), size_of_val::<[_]>(&self.sheets));
        memory.add(Part::Policies, rules + sheets + self.everything.heap());
        self.rules.iter().for_each(|rule| rule.measure(memory));
        self.sheets.iter().for_each(|(_, sheet)| sheet.measure(memory));
        memory.add(Part::Policies, size_of_val::<[_]>(&self.opaque));
        for (service, pattern, _) in &self.opaque {
            memory.text(Part::Policies, service);
            memory.add(Part::Policies, pattern.heap());
        }
    }

    pub(super) fn rule(&self, number: u32) -> Option<&Rule> {
        self.rules.get(number as usize)
    }

    /// The statements of a group of a sheet.
    pub(super) fn rules<'a>(&'a self, numbers: &'a [u32]) -> impl Iterator<Item = &'a Rule> {
        numbers.iter().filter_map(|number| self.rules.get(*number as usize))
    }

    /// The statements that cover an action of an opaque service; one may be named twice.
    pub(super) fn opaque<'a, 's>(
        &'a self,
        service: &'s str,
        name: &'s str,
    ) -> impl Iterator<Item = &'a Rule> + use<'a, 's> {
        let from = self.opaque.partition_point(|(s, ..)| s.as_ref() < service);
        let of_service = self.opaque.iter().skip(from).take_while(move |(s, ..)| s.as_ref() == service);
        let by_name = of_service.filter(move |(_, glob, _)| glob.matches(name)).map(|(_, _, number)| number);
        by_name.chain(&self.everything).filter_map(|number| self.rules.get(*number as usize))
    }
}

/// Compiles policies, sharing what they share.
#[derive(Debug)]
pub(super) struct Compiler<'m> {
    actions: &'m Actions,
    names: &'m Names,
    keys: &'m mut Keys,
    scopes: Scopes<'m>,
    addresses: AddressSets,
    resources: HashMap<(*const ResourcePattern, usize), Option<Arc<Resources>>>,
}

impl<'m> Compiler<'m> {
    pub(super) fn new(actions: &'m Actions, names: &'m Names, keys: &'m mut Keys) -> Self {
        let (scopes, addresses) = (Scopes::new(actions), AddressSets::default());
        Compiler { actions, names, keys, scopes, addresses, resources: HashMap::new() }
    }

    /// Compiles the policy of a number; `places` has the number of each statement's place.
    pub(super) fn policy(&mut self, number: u32, policy: &Policy, places: &[u32]) -> CompiledPolicy {
        let rules: Box<[Rule]> =
            policy.statements.iter().zip(places).map(|(s, place)| self.rule(s, *place)).collect();
        let scopes: Vec<Arc<Scope>> =
            policy.statements.iter().map(|s| self.scopes.scope(&s.actions)).collect();
        let numbered = || (0u32..).zip(&scopes);
        let everything = numbered().filter(|(_, s)| s.everything).map(|(n, _)| n).collect();
        let patterns = numbered()
            .flat_map(|(n, scope)| scope.opaque.iter().map(move |(s, g)| (s.clone(), g.clone(), n)));
        let mut opaque: Vec<(Arc<str>, Glob, u32)> = patterns.collect();
        opaque.sort_by(|a, b| a.0.cmp(&b.0));
        let sheets = self.sheets(number, &rules, &scopes);
        CompiledPolicy::new(rules, sheets, everything, opaque.into())
    }

    fn rule(&mut self, statement: &Statement, place: u32) -> Rule {
        let conditions = statement.conditions.iter().filter(|c| !is_address_test(c));
        let conditions = conditions.map(|c| Condition::new(c, self.keys)).collect();
        Rule {
            deny: statement.effect == Effect::Deny,
            place,
            address: self.addresses.test(&statement.conditions),
            resources: self.resources(&statement.resources),
            conditions,
        }
    }

    // INVARIANT: the model outlives this map, so that a list keeps its place while the map is used.
    fn resources(&mut self, patterns: &Arc<[ResourcePattern]>) -> Option<Arc<Resources>> {
        let make = || Resources::new(patterns, self.names).map(Arc::new);
        self.resources.entry((patterns.as_ptr(), patterns.len())).or_insert_with(make).clone()
    }

    fn sheets(&self, number: u32, rules: &[Rule], scopes: &[Arc<Scope>]) -> Box<[(u32, Sheet)]> {
        let tests: Vec<Option<&AddressTest>> = rules.iter().map(Rule::address).collect();
        let tested = || (0u32..).zip(&tests).filter_map(|(number, test)| Some((number, (*test)?)));
        let few = rules.len() <= brief::STATEMENTS;
        let bounds = |family| if few { Bounds::default() } else { Bounds::new(family, tested()) };
        let (v4, v6) = (bounds(Family::V4), bounds(Family::V6));
        let mut sheets = Vec::new();
        for (service, facts) in self.actions.services() {
            let everything = scopes.iter().any(|scope| scope.everything);
            let named = everything || scopes.iter().any(|scope| scope.services.contains_key(&service));
            if !named || facts.width == 0 {
                continue;
            }
            let one = |(rule, scope): (&Rule, &Arc<Scope>)| {
                share(rule, &scope.of_service(service, facts, rule.resources.is_none())?, facts)
            };
            let shares: Vec<Option<Share>> = rules.iter().zip(scopes).map(one).collect();
            if shares.iter().any(Option::is_some) {
                let sweep = Sweep { width: facts.width, shares: &shares, tests: &tests, v4: &v4, v6: &v6 };
                sheets.push((service, Sheet::new(number, rules, &shares, &sweep)));
            }
        }
        sheets.into()
    }
}

#[cfg(test)]
impl CompiledPolicy {
    /// A policy of so many statements whose layer in service 0 has so many IPv4 segments, every other of which has
    /// the row.
    pub(super) fn for_tests(statements: u32, segments: u32, row: u32) -> Self {
        let mut parts = super::layer::LayerParts::new(1, 1);
        for i in 0..segments {
            parts.from(Family::V4, u128::from(i) << 8, &[if i % 2 == 0 { row } else { 0 }]);
        }
        parts.from(Family::V6, 0, &[0]);
        parts.without_address(&[row]);
        let reach = || super::sweep::Reach::none(1);
        let share = Share { deny: false, always: reach(), inside: reach() };
        let shares: Vec<Option<Share>> = (0..statements).map(|_| Some(share.clone())).collect();
        let sheet = Sheet::many(parts.finish(), super::sheet::Groups::new(&shares, 1));
        CompiledPolicy { sheets: [(0, sheet)].into(), ..CompiledPolicy::default() }
    }
}
