//! Definitions worked out: networks, action sets and resource lists, each after those it names.
//!
//! A cycle is told and cut; what a broken definition lacks is not told again where it is named.

use super::notes::NoteOf;
use super::{Resolver, names, order};
use crate::model::{Named, NamedValue};
use passgate_grammar::tree::DefineKind;
use passgate_grammar::{Diagnostic, code, limits};

impl<'a> Resolver<'a> {
    /// Works out all definitions, each after those it names.
    pub(super) fn definitions(&mut self) {
        self.hidden_words();
        self.arrows = self.names.arrows(self.sources);
        let order = order::sort(&self.arrows);
        for cycle in &order.cycles {
            self.cycle(cycle);
        }
        for place in &order.nodes {
            self.depth(*place, order.depth.get(*place).copied().unwrap_or(0));
            self.definition(*place);
            self.settle();
        }
        self.order = order.nodes;
        self.used = vec![false; self.names.defs.len()];
    }

    /// An action set must not be called like a category or an action of a service in use, in whichever file.
    fn hidden_words(&mut self) {
        let words = self.vocabularies.words();
        for def in self.names.defs.iter().filter(|d| d.kind == DefineKind::Actions) {
            if words.contains(def.name) {
                let message = format!("`{}` is a category or an action of a service in `use`", def.name);
                let told = Diagnostic::error(code::DUPLICATE_NAME, def.span, message);
                self.findings.push(told.help("choose another name for the set"));
            }
        }
    }

    fn cycle(&mut self, cycle: &[usize]) {
        let defs: Vec<_> = cycle.iter().filter_map(|place| self.names.defs.get(*place)).collect();
        let Some(first) = defs.first() else { return };
        let message = match defs.len() {
            1 => format!("`{}` is defined by itself", first.name),
            _ => format!("`{}` leads back to itself", first.name),
        };
        let mut told = Diagnostic::error(code::NAME_CYCLE, first.span, message);
        for def in defs.iter().skip(1) {
            told = told.label(def.span, format!("through `{}`", def.name));
        }
        self.out.push(told.help("a set is made of what is known before it"));
    }

    fn depth(&mut self, place: usize, depth: usize) {
        if depth == limits::NAME_DEPTH + 1
            && let Some(def) = self.names.defs.get(place)
        {
            let message = format!("names lead through more than {} names here", limits::NAME_DEPTH);
            self.out.push(Diagnostic::error(code::LIMIT, def.span, message));
        }
    }

    fn definition(&mut self, place: usize) {
        let Some(def) = self.names.defs.get(place) else { return };
        let (kind, expr, file, span, item) = (def.kind, def.expr, def.file, def.span, def.item);
        let notes = self.noted(&item.before, NoteOf::Other, item.span).notes;
        self.def_notes.insert(place, notes);
        let mark = self.mark();
        let length = match kind {
            DefineKind::Network => {
                let value = self.network(expr);
                let length = value.prefixes.len();
                self.networks.insert(place, value);
                // What `only` and `except` leave may take more prefixes than were written.
                if expr.only.is_none() && expr.except.is_none() { length } else { 0 }
            }
            DefineKind::Actions => {
                let terms = self.action_terms(expr, file);
                let length = terms.len();
                self.actions.insert(place, terms);
                length
            }
            DefineKind::Resources => {
                let patterns = self.resource_patterns(expr);
                let length = patterns.len();
                self.resources.insert(place, patterns);
                length
            }
        };
        if length > limits::LIST_TERMS {
            let message = format!("a named set has at most {} terms, this one {length}", limits::LIST_TERMS);
            self.out.push(Diagnostic::error(code::LIMIT, span, message));
        }
        if self.faulty(mark) {
            self.broken.insert(place);
        }
    }

    /// A definition's value; nothing, where a cycle or a fault left none.
    pub(super) fn value_of<T: Default>(&mut self, place: usize, known: Option<T>) -> T {
        self.use_def(place);
        self.lacking += usize::from(known.is_none() || self.broken.contains(&place));
        known.unwrap_or_default()
    }

    /// Marks a definition as named.
    fn use_def(&mut self, place: usize) {
        if let Some(used) = self.used.get_mut(place) {
            *used = true;
        }
    }

    /// The definitions with their values; one is used where a statement names it, or a used one does.
    pub(super) fn named(&mut self) -> Vec<Named> {
        for place in self.order.iter().rev() {
            if self.used.get(*place) == Some(&true) {
                for below in self.arrows.get(*place).into_iter().flatten() {
                    if let Some(used) = self.used.get_mut(*below) {
                        *used = true;
                    }
                }
            }
        }
        let one = |(place, def): (usize, &names::Def<'a>)| Named {
            name: def.name.into(),
            value: match def.kind {
                DefineKind::Network => NamedValue::Network(
                    self.networks.get(&place).map(|n| n.prefixes.clone()).unwrap_or_default(),
                ),
                DefineKind::Actions => {
                    NamedValue::Actions(self.actions.get(&place).cloned().unwrap_or_default())
                }
                DefineKind::Resources => {
                    NamedValue::Resources(self.resources.get(&place).cloned().unwrap_or_default())
                }
            },
            used: self.used.get(place).copied().unwrap_or_default(),
            notes: self.def_notes.get(&place).cloned().unwrap_or_default(),
            span: def.span,
        };
        self.names.defs.iter().enumerate().map(one).collect()
    }
}
