//! How long policies are as CAM documents, without writing them: a list that many statements share is measured once.

use super::condition::values;
use super::counted_chars;
use crate::address::PrefixSet;
use crate::cam::terms::{ActionText, action_texts, prefix_texts};
use crate::catalog::{ActionId, Catalogs};
use crate::model::read::OperatorForm;
use crate::model::{ActionKind, ActionTerm, Effect, Policy, ResourcePattern, Statement, Test};
use std::collections::{HashMap, HashSet};

/// A list as it counts: characters of its items, and how many there are.
#[derive(Debug, Clone, Copy, Default)]
struct Length {
    sum: usize,
    items: usize,
}

impl Length {
    fn add(&mut self, count: usize) {
        self.sum += count;
        self.items += 1;
    }

    /// Commas between the items, brackets around more than one.
    fn count(self) -> usize {
        match self.items {
            0 | 1 => self.sum,
            n => self.sum + n + 1,
        }
    }
}

/// Lengths of documents of one model, whose lists live as long as this, so that their places tell them apart.
#[derive(Debug)]
pub(crate) struct Lengths<'m> {
    catalogs: &'m Catalogs,
    names: HashMap<*const ActionId, Length>,
    actions: HashMap<(*const ActionTerm, usize), Length>,
    resources: HashMap<(*const ResourcePattern, usize), Length>,
    networks: HashMap<(usize, usize, usize), Length>,
}

impl<'m> Lengths<'m> {
    pub(crate) fn new(catalogs: &'m Catalogs) -> Self {
        Lengths {
            catalogs,
            names: HashMap::new(),
            actions: HashMap::new(),
            resources: HashMap::new(),
            networks: HashMap::new(),
        }
    }

    /// Characters that the provider counts in the document of an identity policy; 0 where a document holds no statement.
    pub(crate) fn policy(&mut self, policy: &'m Policy) -> usize {
        let mut all = Length::default();
        for statement in &policy.statements {
            if let Some(count) = self.statement(statement) {
                all.add(count);
            }
        }
        let frame = r#"{"version":,"statement":}"#.len() + text(&policy.version);
        match all.items {
            0 => 0,
            1 => frame + all.sum + "[]".len(),
            _ => frame + all.count(),
        }
    }

    /// `None` where it covers no action, and is left out.
    fn statement(&mut self, statement: &'m Statement) -> Option<usize> {
        let actions = self.actions(&statement.actions);
        if actions.items == 0 {
            return None;
        }
        let effect = match statement.effect {
            Effect::Allow => r#"{"effect":"allow","action":,"resource":}"#.len(),
            Effect::Deny => r#"{"effect":"deny","action":,"resource":}"#.len(),
        };
        let resources = self.resources(&statement.resources);
        Some(effect + actions.count() + resources.count() + self.conditions(statement))
    }

    fn actions(&mut self, terms: &'m [ActionTerm]) -> Length {
        let key = (terms.as_ptr(), terms.len());
        if let Some(known) = self.actions.get(&key) {
            return *known;
        }
        let mut all = Length::default();
        for term in terms {
            let of = self.term(&term.kind);
            all.sum += of.sum;
            all.items += of.items;
        }
        self.actions.insert(key, all);
        all
    }

    fn term(&mut self, kind: &'m ActionKind) -> Length {
        let catalogs = self.catalogs;
        let measured = || {
            let mut all = Length::default();
            action_texts(kind, catalogs).for_each(|action| all.add(action_length(&action)));
            all
        };
        match kind {
            ActionKind::Names(ids) => *self.names.entry(ids.as_ptr()).or_insert_with(measured),
            ActionKind::All { .. } | ActionKind::Pattern { .. } | ActionKind::Permid(_) => measured(),
        }
    }

    fn resources(&mut self, resources: &'m [ResourcePattern]) -> Length {
        let measured = || {
            let mut all = Length::default();
            resources.iter().for_each(|resource| all.add(text(&resource.text)));
            all
        };
        *self.resources.entry((resources.as_ptr(), resources.len())).or_insert_with(measured)
    }

    /// With the comma before them; operators in objects of their own, each with the keys that it is used on.
    fn conditions(&mut self, statement: &'m Statement) -> usize {
        if statement.conditions.is_empty() {
            return 0;
        }
        let (mut seen, mut operators) = (HashSet::new(), HashSet::new());
        let mut sum = r#","condition":{}"#.len();
        for condition in &statement.conditions {
            let (operator, list) = self.values(&condition.test);
            let form =
                OperatorForm { qualifier: condition.qualifier, operator, if_exist: condition.if_exist };
            if !seen.insert((form, &condition.key)) {
                continue;
            }
            // Each is followed by a comma or the end of what holds it: the first of an operator opens an object.
            sum += match operators.insert(form) {
                true => text(&form.to_string()) + ":{}".len() + usize::from(operators.len() > 1),
                false => ",".len(),
            };
            sum += text(&condition.key) + ":".len() + list.count();
        }
        sum
    }

    fn values(&mut self, test: &'m Test) -> (crate::model::read::Operator, Length) {
        let Test::Ip { prefixes, written, .. } = test else {
            let (operator, all) = values(test);
            let mut length = Length::default();
            all.iter().for_each(|value| length.add(counted_chars(&value.compact())));
            return (operator, length);
        };
        if prefixes.is_empty() {
            let (operator, _) = values(test);
            let mut length = Length::default();
            PrefixSet::everywhere().prefixes().iter().for_each(|p| length.add(text(&p.to_string())));
            return (operator, length);
        }
        let measured = || {
            let mut all = Length::default();
            prefix_texts(prefixes, written).for_each(|prefix| all.add(text(&prefix)));
            all
        };
        let key = (prefixes.as_ptr() as usize, written.as_ptr() as usize, prefixes.len());
        (test.operator(), *self.networks.entry(key).or_insert_with(measured))
    }
}

fn action_length(action: &ActionText<'_>) -> usize {
    match action {
        ActionText::Whole(whole) => text(whole),
        ActionText::Permid(number) => text("permid/") + text(number) - "\"\"".len(),
        ActionText::Named { legacy, service, pattern } => {
            let name = if *legacy { "name/".len() } else { 0 };
            name + text(service) + ":".len() + text(pattern) - "\"\"".len()
        }
    }
}

/// Characters of a text as JSON, with its quotes; blanks do not count.
fn text(text: &str) -> usize {
    let one = |c: char| match c {
        ' ' => 0,
        '"' | '\\' | '\n' | '\r' | '\t' => 2,
        c if u32::from(c) < 0x20 => r"\u0000".len(),
        _ => 1,
    };
    "\"\"".len() + text.chars().map(one).sum::<usize>()
}
