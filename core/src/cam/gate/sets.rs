//! Lists that repeat get a name: of actions, of addresses and of resources, in the order in which they first stand.

use super::name::{Names, of_actions, of_resources};
use super::words::Words;
use crate::cam::terms::{ActionText, action_texts, prefix_texts};
use crate::catalog::Catalogs;
use crate::model::{ActionTerm, Policy, ResourcePattern, Test};
use passgate_grammar::text::quote;
use std::collections::HashMap;

/// Lists by their texts, with the names of those that repeat.
#[derive(Default)]
pub(super) struct Sets {
    networks: Repeats,
    actions: Repeats,
    resources: Repeats,
}

/// The name of each list that stands more than once, in order.
#[derive(Default)]
struct Repeats {
    counts: HashMap<Vec<String>, usize>,
    named: Vec<(String, Vec<String>)>,
    names: HashMap<Vec<String>, String>,
}

impl Sets {
    pub(super) fn of(policies: &[Policy], words: &Words<'_>, catalogs: &Catalogs) -> Sets {
        let mut names = Names::new(catalogs);
        let mut sets =
            Sets { networks: Repeats::default(), actions: Repeats::default(), resources: Repeats::default() };
        let statements = || policies.iter().flat_map(|p| &p.statements);
        for statement in statements() {
            sets.actions.count(&action_list(&statement.actions, words, catalogs));
            sets.resources.count(&resource_list(&statement.resources));
            statement
                .conditions
                .iter()
                .filter_map(|c| address_list(&c.test))
                .for_each(|l| sets.networks.count(&l));
        }
        for statement in statements() {
            let list = action_list(&statement.actions, words, catalogs);
            sets.actions
                .name(&list, || names.name(suggested(&statement.actions, words, catalogs), "actions"));
            let texts: Vec<&str> = statement.resources.iter().map(|r| r.text.as_ref()).collect();
            let list = resource_list(&statement.resources);
            sets.resources.name(&list, || names.name(of_resources(&texts), "resources"));
            for list in statement.conditions.iter().filter_map(|c| address_list(&c.test)) {
                sets.networks.name(&list, || names.name(None, "network"));
            }
        }
        sets
    }

    /// The definitions, a line each.
    pub(super) fn definitions(&self) -> Vec<String> {
        let of = |word: &'static str, repeats: &Repeats| {
            let line = |(name, list): &(String, Vec<String>)| format!("{word} {name} = {}", list.join(", "));
            repeats.named.iter().map(line).collect::<Vec<_>>()
        };
        [of("network", &self.networks), of("actions", &self.actions), of("resources", &self.resources)]
            .concat()
    }

    pub(super) fn actions(&self, list: &[String]) -> String {
        self.actions.written(list)
    }

    pub(super) fn resources(&self, list: &[String]) -> String {
        self.resources.written(list)
    }

    /// A network that has no address is everything without everything.
    pub(super) fn network(&self, list: &[String]) -> String {
        if list.is_empty() { "anywhere except anywhere".to_owned() } else { self.networks.written(list) }
    }
}

impl Repeats {
    fn count(&mut self, list: &[String]) {
        if list.len() > 1 {
            *self.counts.entry(list.to_vec()).or_default() += 1;
        }
    }

    fn name(&mut self, list: &[String], name: impl FnOnce() -> String) {
        if self.counts.get(list).is_some_and(|count| *count > 1) && !self.names.contains_key(list) {
            let name = name();
            self.named.push((name.clone(), list.to_vec()));
            self.names.insert(list.to_vec(), name);
        }
    }

    fn written(&self, list: &[String]) -> String {
        self.names.get(list).cloned().unwrap_or_else(|| list.join(", "))
    }
}

/// The actions of a statement as they are written.
pub(super) fn action_list(terms: &[ActionTerm], words: &Words<'_>, catalogs: &Catalogs) -> Vec<String> {
    terms
        .iter()
        .flat_map(|term| action_texts(&term.kind, catalogs))
        .map(|action| words.action(&action))
        .collect()
}

/// The resources of a statement as they are written.
pub(super) fn resource_list(resources: &[ResourcePattern]) -> Vec<String> {
    resources.iter().map(|r| quote(&r.text)).collect()
}

/// The addresses of a test as they are written.
pub(super) fn address_list(test: &Test) -> Option<Vec<String>> {
    match test {
        Test::Ip { prefixes, written, .. } => Some(prefix_texts(prefixes, written).collect()),
        _ => None,
    }
}

fn suggested(terms: &[ActionTerm], words: &Words<'_>, catalogs: &Catalogs) -> Option<String> {
    let mut pairs = Vec::new();
    for action in terms.iter().flat_map(|term| action_texts(&term.kind, catalogs)) {
        match action {
            ActionText::Named { service, pattern, .. } => pairs.push((service, pattern)),
            ActionText::Whole(_) | ActionText::Permid(_) => return None,
        }
    }
    of_actions(&pairs, words.used())
}
