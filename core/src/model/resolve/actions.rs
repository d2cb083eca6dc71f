//! Action sets: expressions over actions become the terms of a statement (language reference, *Names* and *Sets*).
//!
//! What is written as a name or a pattern stays one, so that it can be written back. Categories, bare patterns over
//! several services, `only` and `except` become lists of catalogued names. Statements that use one named set alone
//! share its list.

use super::Resolver;
use super::networks::{every_one, is_all};
use super::parameters::{Argument, Type};
use super::repeated::Members;
use super::vocabulary::Bare;
use crate::catalog::{ActionId, Granularity, Service, ServiceId};
use crate::glob::Glob;
use crate::model::read::{Names, Place, check_action, read_action, shown};
use crate::model::{ActionKind, ActionTerm, Opaque};
use passgate_grammar::text::unquote;
use passgate_grammar::tree::{DefineKind, Expr, Term, TermKind};
use passgate_grammar::{Diagnostic, Safety, Span, code};
use std::sync::Arc;

impl<'a> Resolver<'a> {
    /// The terms of an expression in a file; faults are told, and what could be read is handed back.
    pub(super) fn action_terms(&mut self, expr: &Expr, file: usize) -> Arc<[ActionTerm]> {
        if let (None, None, [Term { kind: TermKind::Word, span }]) = (&expr.only, &expr.except, &*expr.terms)
            && let Some(place) = self.action_set(*span)
        {
            let known = self.actions.get(&place).cloned();
            return self.value_of(place, known);
        }
        if let (None, None, [Term { kind: TermKind::Word, span }]) = (&expr.only, &expr.except, &*expr.terms)
            && let Some(terms) = self.action_parameter(*span)
        {
            return terms;
        }
        let mut terms = Vec::with_capacity(expr.terms.len());
        self.action_expr(expr, self.vocabularies.of_file(file), &mut terms);
        terms.into()
    }

    fn action_expr(&mut self, expr: &Expr, vocabulary: usize, out: &mut Vec<ActionTerm>) {
        if expr.only.is_none() && expr.except.is_none() {
            self.action_list(&expr.terms, vocabulary, out);
        } else if let Some(names) = self.action_algebra(expr, vocabulary) {
            out.push(ActionTerm { kind: ActionKind::Names(names), span: expr.span });
        }
    }

    fn action_list(&mut self, terms: &[Term], vocabulary: usize, out: &mut Vec<ActionTerm>) {
        let mut members = Members::default();
        for term in terms {
            let before = out.len();
            match &term.kind {
                TermKind::Group(inner) => self.action_expr(inner, vocabulary, out),
                TermKind::Action => self.written_action(term.span, vocabulary, out),
                TermKind::Word => self.action_word(term.span, vocabulary, out),
                TermKind::Text | TermKind::Address | TermKind::Instant => self.no_action(term),
            }
            let member = self.action_member(term, out.get(before..).unwrap_or_default());
            self.member(term.span, member, &mut members);
        }
        self.tell_repeated(members);
    }

    /// The actions that a parameter stands for.
    fn action_parameter(&mut self, span: Span) -> Option<Arc<[ActionTerm]>> {
        let terms = self.parameter(span, Type::Actions, |argument| match argument {
            Argument::Actions(terms) => Some(terms.clone()),
            _ => None,
        })?;
        Some(terms.unwrap_or_default())
    }

    /// The action set that a word names.
    pub(super) fn action_set(&self, span: Span) -> Option<usize> {
        let (place, def) = self.names.def(self.sources.slice(span))?;
        (def.kind == DefineKind::Actions).then_some(place)
    }

    fn action_word(&mut self, span: Span, vocabulary: usize, out: &mut Vec<ActionTerm>) {
        if let Some(place) = self.action_set(span) {
            let known = self.actions.get(&place).cloned();
            let terms = self.value_of(place, known);
            if self.spend(terms.len(), span) {
                out.extend_from_slice(&terms);
            }
        } else if let Some(terms) = self.action_parameter(span) {
            if self.spend(terms.len(), span) {
                out.extend_from_slice(&terms);
            }
        } else if let Some(kind) = self.bare_word(span, vocabulary) {
            out.push(ActionTerm { kind, span });
        }
    }

    /// A category or an action of a service in use.
    fn bare_word(&mut self, span: Span, vocabulary: usize) -> Option<ActionKind> {
        let word = self.slice(span);
        if let Some(known) = self.action_kinds.get(&(vocabulary, word)) {
            return Some(known.clone());
        }
        let words = self.vocabularies.get(vocabulary)?;
        let kind = match words.meaning(word) {
            Bare::Category { action: None } if words.declared => {
                ActionKind::Names(words.category(word).into())
            }
            Bare::Category { action: Some(action) } => {
                let told = category_or_action(word, &action.name, span);
                let kind = ActionKind::Names(words.category(word).into());
                self.out.push(told);
                return Some(kind);
            }
            Bare::Action(action) => {
                ActionKind::Pattern { service: action.name.clone(), pattern: word.into(), legacy: false }
            }
            Bare::Ambiguous(services) => {
                let written = services.iter().map(|s| format!("{}:{word}", s.name)).collect();
                self.out.push(ambiguous(word, span, written));
                return None;
            }
            Bare::Case(right) => {
                self.out.push(wrong_case(right, span));
                return None;
            }
            Bare::Unknown | Bare::Category { .. } => {
                self.unknown_word(span, vocabulary);
                return None;
            }
        };
        if matches!(&kind, ActionKind::Names(names) if names.is_empty()) {
            self.empty_set(span);
        } else {
            self.action_kinds.insert((vocabulary, word), kind.clone());
        }
        Some(kind)
    }

    fn unknown_word(&mut self, span: Span, vocabulary: usize) {
        let word = self.slice(span);
        if self.broken_set(word) {
            return;
        }
        let look = self.may_look();
        if is_all(word) && self.names.def(word).is_none() {
            self.out.push(every_one(word, span, "action", "*"));
            return;
        }
        let Some(words) = self.vocabularies.get(vocabulary) else { return };
        if let Some((place, _)) = self.names.def(word)
            && !words.is_category(word)
        {
            return self.wrong_kind(span, place, DefineKind::Actions);
        }
        if words.services().is_empty() {
            return self.without_service(span, words.declared);
        }
        let message = format!("`{}` is no action set, category or action of {}", shown(word), words.listed());
        let near = match look {
            true => words.near(word, self.names.defs_of(DefineKind::Actions)),
            false => Vec::new(),
        };
        let mut told = Diagnostic::error(code::UNKNOWN_NAME, span, message);
        if let Some(best) = near.first() {
            let what = if self.names.def(best).is_some_and(|(_, d)| d.kind == DefineKind::Actions) {
                "action set"
            } else if words.is_category(best) {
                "category"
            } else {
                "action"
            };
            let title = format!("the {what} `{best}`");
            told = told.help(format!("did you mean {title}?")).fix(title, span, best.clone(), Safety::Unsafe);
        }
        self.out.push(told.nearest(near));
    }

    fn without_service(&mut self, span: Span, declared: bool) {
        let word = shown(self.slice(span));
        let message = if declared {
            format!("`{word}` does not say its service, and no service in `use` has a catalog")
        } else {
            format!("`{word}` does not say its service, and this file has no `use`")
        };
        let told = Diagnostic::error(code::UNKNOWN_NAME, span, message);
        self.out.push(told.help(format!("write `SERVICE:{word}`, or `use SERVICE` at the top of the file")));
    }

    /// `*`, `svc:pattern`, `permid/N`, or a bare pattern.
    fn written_action(&mut self, span: Span, vocabulary: usize, out: &mut Vec<ActionTerm>) {
        let written = self.slice(span);
        if let Some(kind) = self.action_kinds.get(&(vocabulary, written)) {
            return out.push(ActionTerm { kind: kind.clone(), span });
        }
        let told = self.out.len();
        let bare = written != "*" && !written.contains([':', '/', '"']);
        let kind = match bare {
            true if written.contains('*') => self.bare_pattern(span, vocabulary),
            true => self.bare_word(span, vocabulary),
            false => self.whole_action(span),
        };
        let Some(kind) = kind else { return };
        if self.out.len() == told {
            self.action_kinds.insert((vocabulary, written), kind.clone());
        }
        out.push(ActionTerm { kind, span });
    }

    fn whole_action(&mut self, span: Span) -> Option<ActionKind> {
        let written = self.slice(span);
        let place = Place::new(span);
        let kind = match written.split_once('"') {
            Some((before, _)) => {
                let quoted = unquote(written.get(before.len()..).unwrap_or(""));
                read_action(&format!("{before}{quoted}"), place, Names::Quoted, &mut self.out)?
            }
            None => read_action(written, place, Names::Gate, &mut self.out)?,
        };
        check_action(&kind, place, self.catalogs, self.settings, &mut self.out);
        Some(kind)
    }

    /// A pattern without service: of the one service in use, or the names that it covers in all of them.
    fn bare_pattern(&mut self, span: Span, vocabulary: usize) -> Option<ActionKind> {
        let pattern = self.slice(span);
        let words = self.vocabularies.get(vocabulary)?;
        let Some(first) = words.services().first() else {
            self.without_service(span, words.declared);
            return None;
        };
        let (place, told) = (Place::new(span), self.out.len());
        let kind = read_action(&format!("{}:{pattern}", first.name), place, Names::Gate, &mut self.out)?;
        if words.services().len() == 1 {
            check_action(&kind, place, self.catalogs, self.settings, &mut self.out);
            return Some(kind);
        }
        let glob = Glob::new(pattern);
        let mut names = Vec::new();
        for in_use in words.services() {
            matching(&glob, in_use.id, in_use.service, &mut names);
        }
        names.sort_unstable();
        if names.is_empty() && self.out.len() == told {
            let message = format!("`{pattern}` matches no action of {}", words.listed());
            self.out.push(Diagnostic::warning(code::EMPTY_PATTERN, span, message));
        }
        Some(ActionKind::Names(names.into()))
    }

    fn no_action(&mut self, term: &Term) {
        let written = self.slice(term.span);
        let meant = unquote(written);
        let told =
            Diagnostic::error(code::WRONG_KIND, term.span, format!("`{}` is no action", shown(&meant)));
        let action = read_action(&meant, Place::new(term.span), Names::Gate, &mut Vec::new());
        self.out.push(match (&term.kind, action) {
            (TermKind::Text, Some(_)) => told.help("an action stands without quotes").fix(
                "without quotes",
                term.span,
                meant,
                Safety::Safe,
            ),
            (TermKind::Text, None) => {
                told.help("resources follow `on`; a name with other signs is `service:\"name\"`")
            }
            (TermKind::Address, _) => told.help("addresses follow `from`"),
            _ => told.help("here stand actions: their names, patterns, categories and sets"),
        });
    }

    /// `A only B except C` as catalogued names.
    fn action_algebra(&mut self, expr: &Expr, vocabulary: usize) -> Option<Arc<[ActionId]>> {
        let key = (vocabulary, self.slice(expr.span));
        let own_meaning = self.names_parameter(expr);
        if let Some(known) = self.action_texts.get(&key).filter(|_| !own_meaning) {
            return Some(known.clone());
        }
        let (mark, told) = (self.mark(), self.out.len());
        let mut names = self.names_of(&expr.terms, vocabulary, expr.span);
        // What is made of an empty set is empty for that, which is told where that is written.
        let mut of_nothing = names.is_empty();
        if let Some(only) = &expr.only {
            let kept = self.names_of(only, vocabulary, expr.span);
            of_nothing |= kept.is_empty();
            names.retain(|id| kept.binary_search(id).is_ok());
        }
        if let Some(except) = &expr.except {
            let gone = self.names_of(except, vocabulary, expr.span);
            names.retain(|id| gone.binary_search(id).is_err());
        }
        if !self.spend(names.len(), expr.span) {
            return None;
        }
        if names.is_empty() && !of_nothing && !self.faulty(mark) {
            self.empty_set(expr.span);
        }
        let names: Arc<[ActionId]> = names.into();
        if self.out.len() == told && !own_meaning {
            self.action_texts.insert(key, names.clone());
        }
        Some(names)
    }

    /// The catalogued names that a list beside `only` or `except` covers, sorted.
    fn names_of(&mut self, terms: &[Term], vocabulary: usize, span: Span) -> Vec<ActionId> {
        let mut list = Vec::new();
        self.action_list(terms, vocabulary, &mut list);
        if let Some(term) = list.iter().find(|t| self.reaches_opaque(&t.kind)) {
            let told = opaque_in_set(self.slice(term.span), term.span, span);
            self.out.push(told);
            return Vec::new();
        }
        let mut names = Vec::new();
        for term in &list {
            self.covered(&term.kind, &mut names);
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    pub(super) fn reaches_opaque(&self, kind: &ActionKind) -> bool {
        let opaque = |name: &str| self.settings.opaque.covers(name) && self.catalogs.find(name).is_none();
        match kind {
            ActionKind::All { .. } => match &self.settings.opaque {
                Opaque::All => true,
                Opaque::Services(names) => names.iter().any(|name| opaque(name)),
            },
            ActionKind::Pattern { service, .. } => opaque(service),
            ActionKind::Permid(_) | ActionKind::Names(_) => false,
        }
    }

    /// Adds the catalogued names that a term covers, those of service level left out.
    fn covered(&self, kind: &ActionKind, out: &mut Vec<ActionId>) {
        match kind {
            ActionKind::All { .. } => {
                let every = Glob::new("*");
                self.catalogs.services().for_each(|(id, service)| matching(&every, id, service, out));
            }
            ActionKind::Pattern { service, pattern, .. } => {
                if let Some((id, service)) = self.catalogs.find(service) {
                    matching(&Glob::new(pattern), id, service, out);
                }
            }
            ActionKind::Permid(number) => {
                for (id, service) in self.catalogs.services() {
                    for name in service.permids.get(number).into_iter().flatten() {
                        matching_name(name, id, service, out);
                    }
                }
            }
            ActionKind::Names(names) => out.extend_from_slice(names),
        }
    }
}

fn matching(glob: &Glob, id: ServiceId, service: &Service, out: &mut Vec<ActionId>) {
    for (action, row) in service.actions.iter().enumerate() {
        if row.granularity != Granularity::Service && glob.matches(&row.name) {
            out.push(ActionId { service: id, action: u32::try_from(action).unwrap_or(u32::MAX) });
        }
    }
}

fn matching_name(name: &str, id: ServiceId, service: &Service, out: &mut Vec<ActionId>) {
    let Some(action) = service.position(name) else { return };
    let row = service.actions.get(action as usize);
    if row.is_some_and(|row| row.granularity != Granularity::Service) {
        out.push(ActionId { service: id, action });
    }
}

fn category_or_action(word: &str, service: &str, span: Span) -> Diagnostic {
    let message =
        format!("`{word}` is both a category and an action of `{service}`; here it means the category");
    Diagnostic::error(code::CATEGORY_OR_ACTION, span, message)
        .help(format!("write `{service}:{word}` for the action"))
        .fix("the action", span, format!("{service}:{word}"), Safety::Unsafe)
}

fn ambiguous(word: &str, span: Span, written: Vec<String>) -> Diagnostic {
    let listed: Vec<String> = written.iter().map(|w| format!("`{w}`")).collect();
    let message = format!("`{word}` is an action of several services in `use`");
    let told = Diagnostic::error(code::AMBIGUOUS_NAME, span, message);
    told.help(format!("write {}", listed.join(" or "))).nearest(written)
}

fn wrong_case(right: &str, span: Span) -> Diagnostic {
    let message = format!("action names are case-sensitive: the catalog has `{right}`");
    Diagnostic::error(code::ACTION_CASE, span, message)
        .help(format!("write `{right}`"))
        .fix(format!("`{right}`"), span, right, Safety::Safe)
        .nearest([right.to_owned()])
}

/// The caret stands at the term where it is written in the expression, else at the expression.
fn opaque_in_set(written: &str, term: Span, expr: Span) -> Diagnostic {
    let written = shown(written);
    let message = format!("`{written}` reaches an opaque service, whose names are no list");
    let inside = term.source == expr.source && term.start >= expr.start && term.end <= expr.end;
    let told = Diagnostic::error(code::OPAQUE_IN_SET, if inside { term } else { expr }, message);
    let told = if inside { told } else { told.label(term, "written here") };
    told.because("`only` and `except` are worked out over the names of catalogs")
        .help("write the opaque actions as a statement of their own")
}
