//! Resource lists: texts and names, joined by commas alone.

use super::Resolver;
use super::networks::{every_one, is_all};
use super::parameters::{Argument, Type};
use super::repeated::{Member, Members};
use crate::model::read::{Place, read_resource, shown};
use crate::model::{ResourceKind, ResourcePattern};
use crate::nearest::nearest;
use passgate_grammar::text::unquote;
use passgate_grammar::tree::{DefineKind, Expr, Term, TermKind};
use passgate_grammar::{Diagnostic, Safety, Span, code};
use std::sync::Arc;

/// What a statement without `on` speaks of.
pub(super) fn any(span: Span) -> Arc<[ResourcePattern]> {
    [ResourcePattern { kind: ResourceKind::Any, text: "*".into(), span }].into()
}

impl Resolver<'_> {
    /// The patterns of an expression; faults are told, and what could be read is handed back.
    pub(super) fn resource_patterns(&mut self, expr: &Expr) -> Arc<[ResourcePattern]> {
        for list in [&expr.only, &expr.except].into_iter().flatten() {
            let span = list.first().map_or(expr.span, |t| t.span);
            let message = "resources are joined by commas alone: a pattern cannot be taken from another";
            let told = Diagnostic::error(code::BAD_CLAUSE, span, message);
            self.out.push(told.help("`deny` on the resources to spare, or list those that are meant"));
        }
        if let [Term { kind: TermKind::Word, span }] = &*expr.terms {
            return self.named_resources(*span);
        }
        let mut patterns = Vec::with_capacity(expr.terms.len());
        self.resource_list(&expr.terms, &mut patterns);
        patterns.into()
    }

    fn resource_list(&mut self, terms: &[Term], out: &mut Vec<ResourcePattern>) {
        let mut members = Members::default();
        for term in terms {
            match &term.kind {
                TermKind::Text => {
                    let text: Arc<str> = unquote(self.slice(term.span)).into();
                    self.member(term.span, Some(Member::Resource(text.clone())), &mut members);
                    if let Some(kind) = read_resource(&text, Place::new(term.span), &mut self.out) {
                        out.push(ResourcePattern { kind, text, span: term.span });
                    }
                }
                TermKind::Word => {
                    let name = self.slice(term.span);
                    self.member(term.span, Some(Member::Name(name)), &mut members);
                    let named = self.named_resources(term.span);
                    if self.spend(named.len(), term.span) {
                        out.extend_from_slice(&named);
                    }
                }
                TermKind::Group(inner) => out.extend_from_slice(&self.resource_patterns(inner)),
                TermKind::Action | TermKind::Address | TermKind::Instant => self.no_resource(term.span),
            }
        }
        self.tell_repeated(members);
    }

    pub(super) fn named_resources(&mut self, span: Span) -> Arc<[ResourcePattern]> {
        let value = |argument: &Argument| match argument {
            Argument::Resources(patterns) => Some(patterns.clone()),
            _ => None,
        };
        if let Some(patterns) = self.parameter(span, Type::Resources, value) {
            return patterns.unwrap_or_default();
        }
        let name = self.slice(span);
        match self.names.def(name) {
            Some((place, def)) if def.kind == DefineKind::Resources => {
                let known = self.resources.get(&place).cloned();
                return self.value_of(place, known);
            }
            Some((place, _)) => self.wrong_kind(span, place, DefineKind::Resources),
            None => {
                if self.broken_set(name) {
                    return Arc::default();
                }
                if is_all(name) {
                    self.out.push(every_one(name, span, "resource", "\"*\""));
                    return Arc::default();
                }
                let near = match self.may_look() {
                    true => nearest(name, self.names.defs_of(DefineKind::Resources)),
                    false => Vec::new(),
                };
                let message = format!("`{}` is no list of resources", shown(name));
                let told = Diagnostic::error(code::UNKNOWN_NAME, span, message);
                self.out.push(match near.first().cloned() {
                    Some(best) => told
                        .help(format!("did you mean `{best}`?"))
                        .fix(format!("the list `{best}`"), span, best, Safety::Unsafe)
                        .nearest(near),
                    None => told.help(format!("define it: `resources {} = \"qcs:…\"`", shown(name))),
                });
            }
        }
        Arc::default()
    }

    pub(super) fn no_resource(&mut self, span: Span) {
        let written = self.slice(span);
        let message = "a resource is written in double quotes";
        let told = Diagnostic::error(code::WRONG_KIND, span, message);
        let reads = read_resource(written, Place::new(span), &mut Vec::new()).is_some();
        self.out.push(if reads {
            told.fix("in quotes", span, format!("\"{written}\""), Safety::Safe)
        } else {
            told.because(format!("`{}` is no resource", shown(written)))
        });
    }
}
