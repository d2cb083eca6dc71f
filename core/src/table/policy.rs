//! One policy compiled: its statements, and for each service a sheet that says which of them can matter.

use super::actions::{Actions, ServiceFacts};
use super::address::{AddressSets, AddressTest, is_address_test};
use super::bits::Bits;
use super::brief::{self, Brief};
use super::condition::Condition;
use super::facts::{Facts, Keys};
use super::layer::Layer;
use super::resource::{Names, Resource, Resources};
use super::scope::{Scope, Scopes};
use super::sweep::{Bounds, Reach, Share, Sweep};
use super::truth::Truth;
use crate::address::Family;
use crate::glob::Glob;
use crate::model::{Effect, Policy, ResourcePattern, Statement};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A statement, ready to be asked. Which actions it covers is in the sheets.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) deny: bool,
    /// Number of its place.
    pub(super) place: u32,
    address: Option<AddressTest>,
    /// None where a bare `*` is among its resources.
    resources: Option<Arc<Resources>>,
    conditions: Box<[Condition]>,
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

    /// What its conditions come to before a request is read, for actions that are or are not handed the address and
    /// tags; the address test aside.
    fn fold(&self, address: bool, tags: bool) -> Fold {
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fold {
    Never,
    Certain,
    Open,
}

/// A policy, ready to be asked.
#[derive(Debug, Default)]
pub(super) struct CompiledPolicy {
    rules: Box<[Rule]>,
    /// Bounds of the address tests, both families.
    bounds: usize,
    /// By number of the service, ascending.
    sheets: Box<[(u32, Sheet)]>,
    /// Statements that cover every action of every service, opaque ones too.
    everything: Box<[u32]>,
    /// Patterns of opaque services with their statements, by service.
    opaque: Box<[(Arc<str>, Glob, u32)]>,
}

impl CompiledPolicy {
    /// Bounds of its address tests, both families.
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

/// What a policy says of one service.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) layer: Layer,
    /// The same in the form of few statements, where there are few.
    pub(super) brief: Option<Brief>,
    /// Statements that reach the same actions: where they stand among the members.
    groups: Box<[(u32, u32)]>,
    /// Statements of the groups, one group after the other.
    members: Box<[u32]>,
    /// For each action a word or more of bits: the groups that reach it.
    reached_by: Box<[u64]>,
    /// Words for an action.
    words: usize,
}

impl Sheet {
    /// The statements that may match an action, group by group.
    pub(super) fn groups(&self, action: u32) -> impl Iterator<Item = &[u32]> {
        let start = action as usize * self.words;
        let words = self.reached_by.get(start..start + self.words).unwrap_or(&[]);
        let numbers =
            words.iter().enumerate().flat_map(|(i, word)| super::bits::ones(*word).map(move |b| i * 64 + b));
        let groups = numbers.filter_map(|number| self.groups.get(number));
        groups.map(|(from, to)| self.members.get(*from as usize..*to as usize).unwrap_or(&[]))
    }

    /// All statements that say something in the service.
    pub(super) fn members(&self) -> &[u32] {
        &self.members
    }

    fn new(layer: Layer, shares: &[Option<Share>], width: usize) -> Sheet {
        let mut by_reach: BTreeMap<Vec<u64>, Vec<u32>> = BTreeMap::new();
        for (number, share) in (0u32..).zip(shares) {
            if let Some(share) = share {
                by_reach.entry(share.reached().words().to_vec()).or_default().push(number);
            }
        }
        let words = by_reach.len().div_ceil(64);
        let mut reached_by = vec![0u64; width * words];
        let (mut groups, mut members) = (Vec::new(), Vec::new());
        for (number, (reach, numbers)) in by_reach.iter().enumerate() {
            let from = u32::try_from(members.len()).unwrap_or(u32::MAX);
            members.extend_from_slice(numbers);
            groups.push((from, u32::try_from(members.len()).unwrap_or(u32::MAX)));
            let actions =
                reach.iter().enumerate().flat_map(|(i, w)| super::bits::ones(*w).map(move |b| i * 64 + b));
            for action in actions {
                if let Some(word) = reached_by.get_mut(action * words + number / 64) {
                    *word |= 1 << (number % 64);
                }
            }
        }
        let (groups, members, reached_by) = (groups.into(), members.into(), reached_by.into());
        Sheet { layer, brief: None, groups, members, reached_by, words }
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
        let mut compiled = self.statements(policy, places);
        let briefs: Vec<Option<Brief>> = compiled
            .sheets
            .iter()
            .map(|(service, sheet)| {
                let few = sheet.members().len() <= brief::STATEMENTS;
                let width = self.actions.service(*service).map_or(0, |facts| facts.width);
                few.then(|| Brief::new(&[(number, &compiled)], *service, width))
            })
            .collect();
        compiled.sheets.iter_mut().zip(briefs).for_each(|((_, sheet), brief)| sheet.brief = brief);
        compiled
    }

    fn statements(&mut self, policy: &Policy, places: &[u32]) -> CompiledPolicy {
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
        let tests: Vec<Option<&AddressTest>> = rules.iter().map(|rule| rule.address.as_ref()).collect();
        let tested = || (0u32..).zip(&tests).filter_map(|(number, test)| Some((number, (*test)?)));
        let (v4, v6) = (Bounds::new(Family::V4, tested()), Bounds::new(Family::V6, tested()));
        let sheets = self.sheets(&rules, &scopes, &tests, (&v4, &v6));
        let bounds = v4.len() + v6.len();
        CompiledPolicy { bounds, sheets, rules, everything, opaque: opaque.into() }
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

    fn sheets(
        &self,
        rules: &[Rule],
        scopes: &[Arc<Scope>],
        tests: &[Option<&AddressTest>],
        (v4, v6): (&Bounds, &Bounds),
    ) -> Box<[(u32, Sheet)]> {
        let mut sheets = Vec::new();
        for (service, facts) in self.actions.services() {
            let everything = scopes.iter().any(|scope| scope.everything);
            let named = everything || scopes.iter().any(|scope| scope.services.contains_key(&service));
            if !named || facts.width == 0 {
                continue;
            }
            let both = rules.iter().zip(scopes);
            let shares: Vec<Option<Share>> =
                both.map(|(rule, scope)| share(rule, scope, service, facts)).collect();
            if shares.iter().any(Option::is_some) {
                let sweep = Sweep { width: facts.width, shares: &shares, tests, v4, v6 };
                sheets.push((service, Sheet::new(sweep.layer(), &shares, facts.width)));
            }
        }
        sheets.into()
    }
}

/// What a statement says of a service: catalog facts folded in, so that the check itself has no special cases.
fn share(rule: &Rule, scope: &Scope, service: u32, facts: &ServiceFacts) -> Option<Share> {
    let covered = scope.of_service(service, facts, rule.resources.is_none())?;
    let (always, inside) = (Reach::none(facts.width), Reach::none(facts.width));
    let mut share = Share { deny: rule.deny, always, inside };
    for (address, tags) in [(true, true), (true, false), (false, true), (false, false)] {
        let some =
            |bits: &Bits, handed: bool, of: &Bits| if handed { of.and(bits) } else { of.without(bits) };
        let actions = some(&facts.tagged, tags, &some(&facts.addressed, address, &covered));
        let fold = rule.fold(address, tags);
        // An action that is handed no address is like a request without one: the test is settled.
        let holds = address || rule.address.as_ref().is_none_or(|test| test.absent);
        if actions.is_empty() || fold == Fold::Never || !holds {
            continue;
        }
        let reach = if address && rule.address.is_some() { &mut share.inside } else { &mut share.always };
        let bits = if fold == Fold::Certain { &mut reach.certain } else { &mut reach.open };
        bits.add_all(&actions);
    }
    (!share.is_empty()).then_some(share)
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
        let sheet = Sheet {
            layer: parts.finish(),
            brief: None,
            groups: [(0, statements)].into(),
            members: (0..statements).collect(),
            reached_by: [1].into(),
            words: 1,
        };
        CompiledPolicy { sheets: [(0, sheet)].into(), ..CompiledPolicy::default() }
    }
}
