//! What a term is known by: the text of an expression in one spelling, and what else its meaning hangs on.

use super::Key;
use crate::model::read::ActionWords;
use crate::model::resolve::CATEGORIES;
use crate::model::{ActionKind, ActionTerm, Model, NamedValue};
use passgate_grammar::SourceId;
use passgate_grammar::text::write_action;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Texts of patterns of one model.
pub(super) struct Keys<'m> {
    model: &'m Model,
    sets: HashSet<&'m str>,
    /// Categories and actions of the services in use of a text.
    words: HashMap<SourceId, HashSet<&'m str>>,
}

/// A key, and whether it hangs on the instance of a template.
pub(super) struct Known {
    pub(super) key: Key,
    pub(super) instance: bool,
}

impl<'m> Keys<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        let sets = model.named.iter().filter_map(|named| match named.value {
            NamedValue::Actions(_) => Some(named.name.as_ref()),
            NamedValue::Network(_) | NamedValue::Resources(_) => None,
        });
        Keys { model, sets: sets.collect(), words: HashMap::new() }
    }

    /// What a term of a policy is known by; none for a single name, which is no pattern.
    pub(super) fn of(&mut self, term: &'m ActionTerm, policy: &Arc<str>) -> Option<Known> {
        let alone = |pattern: String| {
            let key = Key { pattern: pattern.into(), uses: Arc::default(), policy: None };
            Some(Known { key, instance: false })
        };
        match &term.kind {
            ActionKind::All { .. } => alone("*".to_owned()),
            ActionKind::Pattern { pattern, .. } if !pattern.contains('*') => None,
            ActionKind::Pattern { service, pattern, .. } => alone(write_action(service, pattern)),
            ActionKind::Permid(number) => alone(format!("permid/{number}")),
            ActionKind::Names(_) => Some(self.expression(term, policy)),
        }
    }

    fn expression(&mut self, term: &'m ActionTerm, policy: &Arc<str>) -> Known {
        let (mut bare, mut instance, mut pattern) = (false, false, String::new());
        for word in ActionWords(self.model.sources.slice(term.span)) {
            if !pattern.is_empty() && !pattern.ends_with('(') && !matches!(word, "," | ")") {
                pattern.push(' ');
            }
            pattern.push_str(word);
            match self.word(word, term.span.source) {
                Word::Bare => bare = true,
                Word::Parameter => instance = true,
                Word::Other => {}
            }
        }
        let uses = self.model.uses_of.get(&term.span.source).filter(|_| bare).cloned().unwrap_or_default();
        let policy = instance.then(|| Arc::clone(policy));
        Known { key: Key { pattern: pattern.into(), uses, policy }, instance }
    }

    /// What a word hangs on. A parameter is never called like a set, a category or an action of a service in use.
    fn word(&mut self, word: &str, source: SourceId) -> Word {
        if matches!(word, "," | "(" | ")" | "only" | "except" | "*") || word.contains([':', '/', '"']) {
            return Word::Other;
        }
        if self.sets.contains(word) {
            return Word::Other;
        }
        let model = self.model;
        let known = self.words.entry(source).or_insert_with(|| words(model, source));
        if word.contains('*') || known.contains(word) { Word::Bare } else { Word::Parameter }
    }
}

enum Word {
    /// Its meaning hangs on the services in use.
    Bare,
    Parameter,
    /// A sign, an action set, an action with its service.
    Other,
}

fn words(model: &Model, source: SourceId) -> HashSet<&str> {
    let used = model.uses_of.get(&source).into_iter().flat_map(|uses| uses.iter());
    let services = used.filter_map(|name| model.catalogs.find(name));
    let actions = services.flat_map(|(_, service)| &service.actions);
    CATEGORIES.into_iter().chain(actions.flat_map(|row| [row.category.as_ref(), row.name.as_ref()])).collect()
}
