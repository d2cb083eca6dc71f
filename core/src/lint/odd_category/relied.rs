//! Whether a text of actions would cover an action if its category did not hold it: the text is read once more, as the
//! language reference says (*Sets*), for that one action.
//!
//! What a parameter stands for is not known here: it counts as covering, so that nothing is told of it.

use super::Odd;
use crate::catalog::{ActionId, Catalogs};
use crate::glob;
use crate::model::read::ActionWords;
use crate::model::{ActionKind, Model, NamedValue};
use passgate_grammar::Span;
use passgate_grammar::text::unquote;
use std::collections::{HashMap, HashSet};

/// What was found of action sets.
#[derive(Default)]
pub(super) struct Relied<'a> {
    /// Terms of the action sets by name, and every word that is a category; worked out when first asked for.
    known: Option<Known<'a>>,
    /// Whether a set covers an action without its category.
    sets: HashMap<(&'a str, ActionId), bool>,
}

struct Known<'a> {
    sets: HashMap<&'a str, &'a [crate::model::ActionTerm]>,
    categories: HashSet<&'a str>,
}

impl<'a> Known<'a> {
    fn new(model: &'a Model) -> Self {
        let sets = model.named.iter().filter_map(|named| match &named.value {
            NamedValue::Actions(terms) => Some((named.name.as_ref(), &**terms)),
            NamedValue::Network(_) | NamedValue::Resources(_) => None,
        });
        let actions = model.catalogs.services().flat_map(|(_, service)| &service.actions);
        Known { sets: sets.collect(), categories: actions.map(|action| action.category.as_ref()).collect() }
    }
}

impl<'a> Relied<'a> {
    /// Whether a text covers an action that its category does not hold.
    pub(super) fn covers_without(&mut self, model: &'a Model, text: Span, odd: &Odd<'a>) -> bool {
        let tokens: Vec<&'a str> = ActionWords(model.sources.slice(text)).collect();
        Reading { relied: self, model, odd, tokens: &tokens, at: 0 }.expr()
    }

    fn known(&mut self, model: &'a Model) -> &Known<'a> {
        self.known.get_or_insert_with(|| Known::new(model))
    }

    /// As [`Relied::covers_without`] of a named set; none where no set has the name.
    fn set(&mut self, model: &'a Model, name: &'a str, odd: &Odd<'a>) -> Option<bool> {
        let terms = *self.known(model).sets.get(name)?;
        if let Some(known) = self.sets.get(&(name, odd.id)) {
            return Some(*known);
        }
        self.sets.insert((name, odd.id), false);
        let mut covers = false;
        for term in terms {
            covers |= match &term.kind {
                ActionKind::Names(ids) => ids.contains(&odd.id) && self.covers_without(model, term.span, odd),
                ActionKind::All { .. } => true,
                ActionKind::Permid(number) => model.catalogs.permid(number).contains(&odd.id),
                ActionKind::Pattern { service, pattern, .. } => {
                    service.as_ref() == odd.service && glob::matches(pattern, odd.name)
                }
            };
        }
        self.sets.insert((name, odd.id), covers);
        Some(covers)
    }
}

/// A text that is being read for one action.
struct Reading<'r, 'a> {
    relied: &'r mut Relied<'a>,
    model: &'a Model,
    odd: &'r Odd<'a>,
    tokens: &'r [&'a str],
    at: usize,
}

impl<'a> Reading<'_, 'a> {
    /// `list [only list] [except list]`
    fn expr(&mut self) -> bool {
        let mut covers = self.list();
        if self.take("only") {
            covers &= self.list();
        }
        if self.take("except") {
            covers &= !self.list();
        }
        covers
    }

    fn list(&mut self) -> bool {
        let mut covers = self.term();
        while self.take(",") {
            covers |= self.term();
        }
        covers
    }

    /// Parentheses are few in one another, as the parser saw.
    fn term(&mut self) -> bool {
        if self.take("(") {
            let covers = self.expr();
            self.take(")");
            return covers;
        }
        let word = self.tokens.get(self.at).copied();
        self.at += 1;
        word.is_some_and(|word| self.word(word))
    }

    fn word(&mut self, word: &'a str) -> bool {
        let odd = self.odd;
        if let Some(covers) = self.relied.set(self.model, word, odd) {
            return covers;
        }
        match written(word) {
            Written::All => true,
            Written::Permid(number) => permid(&self.model.catalogs, number, odd.id),
            Written::Of(service, pattern) => service == odd.service && glob::matches(&pattern, odd.name),
            // The action is one of a service in use: it was covered by a bare word.
            Written::Bare if word.contains('*') || word == odd.name => glob::matches(word, odd.name),
            Written::Bare => {
                !self.relied.known(self.model).categories.contains(word) && !self.is_action(word)
            }
        }
    }

    fn is_action(&self, word: &str) -> bool {
        self.model.catalogs.services().any(|(_, service)| service.position(word).is_some())
    }

    fn take(&mut self, token: &str) -> bool {
        let there = self.tokens.get(self.at) == Some(&token);
        self.at += usize::from(there);
        there
    }
}

/// How an action is written.
enum Written<'t> {
    All,
    Permid(&'t str),
    /// Service and pattern.
    Of(&'t str, std::borrow::Cow<'t, str>),
    Bare,
}

fn written(word: &str) -> Written<'_> {
    if word == "*" || word == "*:*" {
        return Written::All;
    }
    if let Some(number) = word.strip_prefix("permid/") {
        return Written::Permid(number);
    }
    let whole = word.strip_prefix("name/").unwrap_or(word);
    match whole.split_once(':') {
        Some((service, pattern)) => Written::Of(service, unquote(pattern)),
        None => Written::Bare,
    }
}

fn permid(catalogs: &Catalogs, number: &str, id: ActionId) -> bool {
    catalogs.permid(number).contains(&id)
}
