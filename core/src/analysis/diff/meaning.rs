//! Numbers for what statements and policies say: equal numbers say the same, so that what did not change is not looked
//! at. Of a policy counts the set of its statements; of a statement what it matches, not its id, its notes or its place.

use crate::address::{Family, Prefix, PrefixSet};
use crate::catalog::Catalogs;
use crate::model::{
    AccountPattern, ActionKind, ActionTerm, Condition, Effect, Model, Policy, PolicyId, PolicyKind,
    Qualifier, ResourceKind, ResourcePattern, Statement, Template, TemplatePart, Test,
};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Display;

type Hash = [u8; 32];

/// Numbers of one kind.
#[derive(Debug, Default)]
struct Numbers(HashMap<Hash, u32>);

impl Numbers {
    fn of(&mut self, hash: Hash) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self.0.entry(hash).or_insert(next)
    }
}

/// Numbers of everything that two policy sets say.
#[derive(Debug, Default)]
pub(super) struct Meanings {
    policies: Numbers,
    statements: Numbers,
    bodies: Numbers,
    /// Of statement and body, by the places of statements, which stay where they are while they are borrowed.
    known: HashMap<*const Statement, (u32, u32)>,
}

/// Hashes of lists that many statements share, by their places.
#[derive(Default)]
struct Shared {
    actions: HashMap<(*const ActionTerm, usize), Hash>,
    resources: HashMap<(*const ResourcePattern, usize), Hash>,
    networks: HashMap<(*const Prefix, usize), Hash>,
}

impl Meanings {
    /// Numbers the policies of a set that are asked about. What does not decide says nothing and has none.
    pub(super) fn policies(&mut self, model: &Model, asked: &HashSet<PolicyId>) -> Vec<Option<u32>> {
        let mut shared = Shared::default();
        let each = model.policies.iter().zip(0..);
        let number = |(policy, id)| {
            asked.contains(&PolicyId(id)).then(|| self.policy(policy, &model.catalogs, &mut shared)).flatten()
        };
        each.map(number).collect()
    }

    fn policy(&mut self, policy: &Policy, catalogs: &Catalogs, shared: &mut Shared) -> Option<u32> {
        if policy.kind != PolicyKind::Identity || policy.statements.is_empty() {
            return None;
        }
        let mut all: Vec<u32> = Vec::with_capacity(policy.statements.len());
        for statement in &policy.statements {
            let body = body(statement, shared);
            let actions = actions(&statement.actions, catalogs, shared);
            let whole = self.statements.of(hashed(|out| {
                out.update(&body);
                out.update(&actions);
            }));
            self.known.insert(std::ptr::from_ref(statement), (whole, self.bodies.of(body)));
            all.push(whole);
        }
        all.sort_unstable();
        all.dedup();
        Some(self.policies.of(hashed(|out| {
            all.iter().for_each(|number| {
                out.update(&number.to_le_bytes());
            });
        })))
    }

    /// What a statement says of an action that it covers: numbers of a list, in order, each once.
    pub(super) fn bodies(&self, statements: &[&Statement]) -> Vec<u32> {
        let number = |statement: &&Statement| self.body(statement);
        let mut all: Vec<u32> = statements.iter().map(number).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The number of what one statement says of an action that it covers.
    pub(super) fn body(&self, statement: &Statement) -> u32 {
        // Every statement of the policies that are asked about was numbered.
        self.known.get(&std::ptr::from_ref(statement)).map_or(u32::MAX, |(_, body)| *body)
    }

    /// The number of what one statement says.
    pub(super) fn statement(&self, statement: &Statement) -> u32 {
        self.known.get(&std::ptr::from_ref(statement)).map_or(u32::MAX, |(whole, _)| *whole)
    }
}

fn hashed(write: impl FnOnce(&mut blake3::Hasher)) -> Hash {
    let mut hasher = blake3::Hasher::new();
    write(&mut hasher);
    *hasher.finalize().as_bytes()
}

/// A text that cannot run into the next one.
fn text(out: &mut blake3::Hasher, text: &str) {
    out.update(&(text.len() as u64).to_le_bytes());
    out.update(text.as_bytes());
}

fn texts(out: &mut blake3::Hasher, all: BTreeSet<String>) {
    out.update(&(all.len() as u64).to_le_bytes());
    all.iter().for_each(|one| text(out, one));
}

/// Actions by name, since numbers mean others in another catalog.
fn actions(terms: &[ActionTerm], catalogs: &Catalogs, shared: &mut Shared) -> Hash {
    let place = (terms.as_ptr(), terms.len());
    *shared.actions.entry(place).or_insert_with(|| {
        let mut all: BTreeSet<String> = BTreeSet::new();
        for term in terms {
            match &term.kind {
                ActionKind::All { .. } => {
                    all.insert("*".to_owned());
                }
                ActionKind::Pattern { service, pattern, .. } => {
                    all.insert(format!("{service}:{pattern}"));
                }
                ActionKind::Permid(number) => {
                    all.insert(format!("permid/{number}"));
                }
                ActionKind::Names(ids) => all.extend(ids.iter().filter_map(|id| {
                    let (service, action) = (catalogs.get(id.service)?, catalogs.action(*id)?);
                    Some(format!("{} {}", service.service, action.name))
                })),
            }
        }
        hashed(|out| texts(out, all))
    })
}

fn body(statement: &Statement, shared: &mut Shared) -> Hash {
    let place = (statement.resources.as_ptr(), statement.resources.len());
    let resources = *shared.resources.entry(place).or_insert_with(|| resources(&statement.resources));
    let conditions: BTreeSet<Hash> =
        statement.conditions.iter().filter_map(|one| condition(one, shared)).collect();
    hashed(|out| {
        out.update(&[u8::from(statement.effect == Effect::Deny)]);
        out.update(&resources);
        conditions.iter().for_each(|hash| {
            out.update(hash);
        });
    })
}

/// Resources by what they mean: a bare `*` beside others stays apart, since some actions are handed no resource.
fn resources(patterns: &[ResourcePattern]) -> Hash {
    let one = |pattern: &ResourcePattern| match &pattern.kind {
        ResourceKind::Any => "*".to_owned(),
        ResourceKind::Six { service, region, account, rest } => {
            let account = match account {
                AccountPattern::Owner => "",
                AccountPattern::Any => "*",
                AccountPattern::Exact(text) => text,
            };
            let or_star = |text: &Option<Box<str>>| text.as_deref().unwrap_or("*").to_owned();
            format!("{}\n{}\n{account}\n{}", or_star(service), or_star(region), template(rest))
        }
    };
    hashed(|out| texts(out, patterns.iter().map(one).collect()))
}

/// A template, its variables told from text that looks like one.
fn template(of: &Template) -> String {
    let part = |part: &TemplatePart| match part {
        TemplatePart::Literal(text) => format!("{}:{text}", text.len()),
        TemplatePart::Variable(variable) => format!("${}", variable.as_str()),
    };
    of.parts.iter().map(part).collect()
}

/// What a condition says; none for one that always holds.
fn condition(condition: &Condition, shared: &mut Shared) -> Option<Hash> {
    if let Test::Null { values } = &condition.test
        && values.contains(&true)
        && values.contains(&false)
    {
        return None;
    }
    let network = match &condition.test {
        Test::Ip { prefixes, .. } => {
            let place = (prefixes.as_ptr(), prefixes.len());
            Some(*shared.networks.entry(place).or_insert_with(|| network(prefixes)))
        }
        _ => None,
    };
    let qualifier = match condition.qualifier {
        None => 0,
        Some(Qualifier::Any) => 1,
        Some(Qualifier::All) => 2,
    };
    Some(hashed(|out| {
        out.update(&[qualifier, u8::from(condition.if_exist)]);
        text(out, &condition.key);
        text(out, &format!("{:?}", condition.test.operator()));
        match network {
            Some(network) => {
                out.update(&network);
            }
            None => texts(out, values(&condition.test)),
        }
    }))
}

/// Addresses, however they are cut into prefixes.
fn network(prefixes: &[Prefix]) -> Hash {
    let set = PrefixSet::from_prefixes(prefixes.iter().copied());
    hashed(|out| {
        for family in [Family::V4, Family::V6] {
            let intervals = set.intervals(family);
            out.update(&(intervals.len() as u64).to_le_bytes());
            for interval in intervals {
                out.update(&interval.first.to_le_bytes());
                out.update(&interval.last.to_le_bytes());
            }
        }
    })
}

fn values(test: &Test) -> BTreeSet<String> {
    match test {
        Test::Text { values, .. } | Test::Like { values, .. } | Test::Binary { values } => {
            values.iter().map(template).collect()
        }
        Test::Number { values, .. } => written(values),
        Test::Date { values, .. } => written(values),
        Test::Bool { values } | Test::Null { values } => written(values),
        Test::Ip { .. } => BTreeSet::new(),
    }
}

fn written<T: Display>(values: &[T]) -> BTreeSet<String> {
    values.iter().map(ToString::to_string).collect()
}
