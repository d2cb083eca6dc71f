//! The semantic hash: what a table answers, brought to one form and hashed (`docs/table-format.md`, *Semantic hash*).
//!
//! Of a caller counts the set of its statements, not in which policies or groups they stand; of a statement what it
//! matches, not how it is written. Names count where a request can say them.

use super::actions::Actions;
use super::condition::{Condition, Ordered, Test};
use super::policy::{CompiledPolicy, Rule};
use super::principals::{SetId, Signature};
use super::resource::{AccountTest, Resources};
use super::words::word;
use super::{Policies, Table};
use crate::model::{Claims, Opaque};
use std::collections::{BTreeSet, HashMap};

type Hash = [u8; 32];

/// Text that is hashed: parts cannot run into each other, since each says how long it is.
#[derive(Default)]
struct Canonical(blake3::Hasher);

impl Canonical {
    fn number(&mut self, number: usize) {
        self.0.update(&(number as u64).to_le_bytes());
    }

    fn words(&mut self, words: &[u32]) {
        self.number(words.len());
        for word in words {
            self.0.update(&word.to_le_bytes());
        }
    }

    fn text(&mut self, text: &str) {
        self.number(text.len());
        self.0.update(text.as_bytes());
    }

    fn option(&mut self, text: Option<&str>) {
        self.number(usize::from(text.is_some()));
        self.text(text.unwrap_or(""));
    }

    /// A set: sorted, each once.
    fn set<T: AsRef<[u8]> + Ord>(&mut self, items: impl IntoIterator<Item = T>) {
        let sorted: BTreeSet<T> = items.into_iter().collect();
        self.number(sorted.len());
        for item in sorted {
            self.number(item.as_ref().len());
            self.0.update(item.as_ref());
        }
    }

    fn finish(&self) -> Hash {
        *self.0.finalize().as_bytes()
    }
}

fn hash_of(write: impl FnOnce(&mut Canonical)) -> Hash {
    let mut canonical = Canonical::default();
    write(&mut canonical);
    canonical.finish()
}

impl Table {
    /// The semantic hash, as the words of a file's head.
    pub(crate) fn semantic_hash(&self) -> [u32; 8] {
        let hash = hash_of(|out| {
            out.text("passgate semantic hash 1");
            self.settings(out);
            actions(&self.actions, out);
            self.callers(out);
        });
        let (words, _) = hash.as_chunks::<4>();
        let mut all = words.iter().map(|word| u32::from_le_bytes(*word));
        std::array::from_fn(|_| all.next().unwrap_or(0))
    }

    fn settings(&self, out: &mut Canonical) {
        out.option(self.owner.uin.as_deref());
        out.option(self.owner.uid.as_deref());
        out.number(self.claimable.claims as usize);
        out.set(self.names.aliases().map(|(short, long)| format!("{short}={long}")));
    }

    fn callers(&self, out: &mut Canonical) {
        let statements: Vec<Vec<Hash>> =
            self.policies.iter().map(|policy| statements(policy, &self.actions)).collect();
        let mut sets = Sets { table: self, statements: &statements, known: HashMap::new() };
        let principals = &self.principals;
        sets.option(principals.anyone, out);
        sets.option(principals.bound, out);
        let mut each = |kind: &str, mut all: Vec<(&str, Signature)>, out: &mut Canonical| {
            out.text(kind);
            out.number(all.len());
            all.sort_unstable_by_key(|(name, _)| *name);
            for (name, signature) in all {
                out.text(name);
                out.0.update(&sets.declared(signature.policies));
                sets.option(signature.boundary, out);
            }
        };
        let users = principals.users.sorted();
        each("users", users.iter().map(|(name, signature)| (name.as_str(), *signature)).collect(), out);
        each("roles", principals.roles.iter().map(|(n, (_, s))| (n.as_ref(), *s)).collect(), out);
        self.claims(&statements, out);
    }

    /// Groups and policies that a request may name, with what they bring.
    fn claims(&self, statements: &[Vec<Hash>], out: &mut Canonical) {
        let principals = &self.principals;
        let brought = |groups: &[u32], policies: &[u32]| {
            of_policies(&principals.with_claims(None, groups, policies), statements)
        };
        let claims = self.claimable.claims;
        let mut groups: Vec<(&str, u32)> = principals.groups.iter().map(|(n, g)| (n.as_ref(), *g)).collect();
        groups.retain(|_| claims != Claims::None);
        groups.sort_unstable();
        out.number(groups.len());
        for (name, group) in groups {
            out.text(name);
            out.0.update(&brought(&[group], &[]));
        }
        let policies = self.claimable.names().filter(|_| claims == Claims::Policies);
        let policies: Vec<(&str, u32)> =
            policies.filter_map(|name| Some((name, self.claimable.policy(name)?))).collect();
        out.number(policies.len());
        for (name, policy) in policies {
            out.text(name);
            out.0.update(&brought(&[], &[policy]));
        }
    }
}

/// Hashes of declared sets, each made once.
struct Sets<'t> {
    table: &'t Table,
    statements: &'t [Vec<Hash>],
    known: HashMap<SetId, Hash>,
}

impl Sets<'_> {
    fn declared(&mut self, set: SetId) -> Hash {
        let make = || of_policies(&self.table.numbers(Policies::Declared(set)), self.statements);
        *self.known.entry(set).or_insert_with(make)
    }

    fn option(&mut self, set: Option<SetId>, out: &mut Canonical) {
        out.number(usize::from(set.is_some()));
        if let Some(set) = set {
            out.0.update(&self.declared(set));
        }
    }
}

/// The statements of some policies together.
fn of_policies(policies: &[u32], statements: &[Vec<Hash>]) -> Hash {
    let of = policies.iter().filter_map(|number| statements.get(*number as usize)).flatten();
    let mut all: Vec<&Hash> = of.collect();
    all.sort_unstable();
    all.dedup();
    hash_of(|out| {
        out.number(all.len());
        for hash in all {
            out.0.update(hash);
        }
    })
}

fn actions(actions: &Actions, out: &mut Canonical) {
    match actions.opaque() {
        Opaque::All => out.text("every service is opaque"),
        Opaque::Services(services) => {
            out.set(services.iter().filter(|service| actions.is_opaque(service)).map(|s| s.as_bytes()));
        }
    }
    for ((_, facts), (_, service)) in actions.services().zip(actions.catalogs().services()) {
        out.text(&service.service);
        out.text(&service.version);
        out.number(usize::from(facts.every_name));
        out.number(service.actions.len());
        service.actions.iter().for_each(|action| out.text(&action.name));
        for set in [&facts.service_level, &facts.resource_level, &facts.addressed, &facts.tagged] {
            set.words().iter().for_each(|word| out.number(*word as usize));
        }
    }
}

/// The statements of a policy that can match anything, hashed.
fn statements(policy: &CompiledPolicy, actions: &Actions) -> Vec<Hash> {
    let mut reached: Vec<Vec<(u32, u32)>> = policy.rules.iter().map(|_| Vec::new()).collect();
    for (service, sheet) in &policy.sheets {
        let width = actions.service(*service).map_or(0, |facts| facts.width);
        for action in 0..word(width) {
            sheet.each_reaching(action, |number| {
                if let Some(of) = reached.get_mut(number as usize) {
                    of.push((*service, action));
                }
            });
        }
    }
    let some_opaque = !matches!(actions.opaque(), Opaque::Services(services) if services.is_empty());
    let mut patterns: Vec<BTreeSet<String>> = policy.rules.iter().map(|_| BTreeSet::new()).collect();
    for (service, glob, number) in &policy.opaque {
        if let Some(of) = patterns.get_mut(*number as usize) {
            of.insert(format!("{service}:{}", glob.written()));
        }
    }
    let numbered = (0u32..).zip(policy.rules.iter().zip(reached).zip(patterns));
    let hashes = numbered.map(|(number, ((rule, reached), patterns))| {
        let everything = some_opaque && policy.everything.binary_search(&number).is_ok();
        statement(rule, &reached, everything, patterns)
    });
    hashes.flatten().collect()
}

/// `everything` is whether it covers every opaque action, `patterns` those that it covers otherwise.
fn statement(
    rule: &Rule,
    reached: &[(u32, u32)],
    everything: bool,
    mut patterns: BTreeSet<String>,
) -> Option<Hash> {
    if everything {
        patterns.clear();
    }
    let nowhere = rule.address().is_some_and(|test| !test.absent && test.set.len() == 0);
    if nowhere || (reached.is_empty() && !everything && patterns.is_empty()) {
        return None;
    }
    Some(hash_of(|out| {
        out.number(usize::from(rule.deny));
        out.number(usize::from(everything));
        out.set(patterns);
        out.number(reached.len());
        reached.iter().for_each(|(service, action)| out.words(&[*service, *action]));
        match rule.address() {
            None => out.number(0),
            Some(test) => {
                out.number(1 + usize::from(test.absent));
                out.words(test.set.words());
            }
        }
        out.number(usize::from(rule.resources.is_some()));
        out.set(rule.resources.iter().flat_map(|resources| patterns_of(resources)));
        out.set(rule.conditions.iter().map(|condition| hash_of(|out| write_condition(condition, out))));
    }))
}

fn patterns_of(resources: &Resources) -> impl Iterator<Item = Hash> + '_ {
    resources.patterns.iter().map(|six| {
        hash_of(|out| {
            out.option(six.service.as_deref());
            out.option(six.region.as_deref());
            match &six.account {
                AccountTest::Any => out.text("*"),
                AccountTest::Owner => out.text(""),
                AccountTest::Other(account) => out.text(account),
            }
            out.text(&six.rest.written());
        })
    })
}

fn write_condition(condition: &Condition, out: &mut Canonical) {
    let Condition { key: _, name, if_exist, every, negated, test } = condition;
    out.text(name);
    [*if_exist, *every, *negated].into_iter().for_each(|flag| out.number(usize::from(flag)));
    match test {
        Test::Text(texts) => {
            out.text(if texts.fold { "text without case" } else { "text" });
            out.set(texts.written());
        }
        Test::Like(patterns) => {
            out.text("like");
            out.set(patterns.iter().map(super::text::Pattern::written));
        }
        Test::Number(wanted) => ordered(wanted, out, "number"),
        Test::Date(wanted) => ordered(wanted, out, "date"),
        Test::Bool { yes, no } => {
            out.text("bool");
            [*yes, *no].into_iter().for_each(|flag| out.number(usize::from(flag)));
        }
        Test::Address(set) => {
            out.text("address");
            out.words(set.words());
        }
        Test::Presence { absent, present } => {
            out.text("presence");
            [*absent, *present].into_iter().for_each(|flag| out.number(usize::from(flag)));
        }
    }
}

fn ordered<T: ToString>(wanted: &Ordered<T>, out: &mut Canonical, kind: &str) {
    let (comparison, values) = match wanted {
        Ordered::OneOf(values) => ("one of", values.as_ref()),
        Ordered::Below(bound) => ("below", bound.as_slice()),
        Ordered::AtMost(bound) => ("at most", bound.as_slice()),
        Ordered::Above(bound) => ("above", bound.as_slice()),
        Ordered::AtLeast(bound) => ("at least", bound.as_slice()),
    };
    out.text(kind);
    out.text(comparison);
    out.set(values.iter().map(ToString::to_string));
}
