//! Arguments of an instance: each is one term, read as its parameter's type wants it, and written in one form, by which
//! instances are told apart.

use super::Resolver;
use super::parameters::{Argument, Type};
use crate::address::{Prefix, parse_prefix};
use crate::model::Instant;
use crate::model::read::shown;
use passgate_grammar::text::{quote, unquote};
use passgate_grammar::tree::{DefineKind, Expr, Term, TermKind, Value, ValueKind};
use passgate_grammar::{Diagnostic, Span, code};
use std::sync::Arc;

impl Resolver<'_> {
    /// The value of an argument; faults are told, and what could be read is handed back.
    pub(super) fn argument(&mut self, term: &Term, ty: Type, file: usize) -> Option<Argument> {
        let alone;
        let expr = match &term.kind {
            TermKind::Group(inner) => inner,
            _ => {
                alone = Expr { span: term.span, terms: vec![term.clone()], only: None, except: None };
                &alone
            }
        };
        Some(match ty {
            Type::Network => Argument::Network(self.network(expr)),
            Type::Actions => Argument::Actions(self.action_terms(expr, file)),
            Type::Resources => Argument::Resources(self.resource_patterns(expr)),
            Type::Instant => Argument::Instant(self.instant_argument(term)?),
            Type::Text => Argument::Text(self.text_argument(term)?),
        })
    }

    fn instant_argument(&mut self, term: &Term) -> Option<Instant> {
        let kind = match only_term(term).kind {
            TermKind::Instant => ValueKind::Instant,
            TermKind::Text => ValueKind::Text,
            TermKind::Word | TermKind::Action | TermKind::Address | TermKind::Group(_) => {
                self.no_argument(term.span, "an instant", "an instant is written `2026-07-01T00:00:00Z`");
                return None;
            }
        };
        self.clause_instant(Value { span: only_term(term).span, kind })
    }

    fn text_argument(&mut self, term: &Term) -> Option<Arc<str>> {
        let only = only_term(term);
        if only.kind == TermKind::Text {
            return Some(unquote(self.slice(only.span)).as_ref().into());
        }
        self.no_argument(term.span, "text", "text stands in quotes, as one value");
        None
    }

    fn no_argument(&mut self, span: Span, wanted: &str, help: &str) {
        let message = format!("`{}` is not {wanted}, which this argument should be", shown(self.slice(span)));
        self.out.push(Diagnostic::error(code::WRONG_KIND, span, message).help(help));
    }

    /// An argument in the form in which instances are named: one blank after a comma, addresses and texts in their
    /// shortest form, parentheses only where several terms or `only` and `except` need them.
    pub(super) fn written_argument(&self, term: &Term, out: &mut String) {
        let only = only_term(term);
        let written = self.slice(only.span);
        match &only.kind {
            TermKind::Group(inner) => {
                out.push('(');
                self.written_set(inner, out);
                out.push(')');
            }
            TermKind::Address => out.push_str(&short_address(written)),
            TermKind::Text => out.push_str(&quote(&unquote(written))),
            TermKind::Instant => match Instant::parse(written) {
                Some(instant) => out.push_str(&instant.to_string()),
                None => out.push_str(written),
            },
            TermKind::Word => out.push_str(written),
            TermKind::Action => out.push_str(&action(written)),
        }
    }

    fn written_set(&self, expr: &Expr, out: &mut String) {
        let lists =
            [("", Some(&expr.terms)), (" only ", expr.only.as_ref()), (" except ", expr.except.as_ref())];
        for (word, list) in lists {
            out.push_str(if list.is_some() { word } else { "" });
            for (place, term) in list.into_iter().flatten().enumerate() {
                out.push_str(if place > 0 { ", " } else { "" });
                self.written_argument(term, out);
            }
        }
    }

    /// Whether what an argument means depends on the services in use in its file.
    pub(super) fn depends_on_use(&self, term: &Term) -> bool {
        match &term.kind {
            TermKind::Group(inner) => {
                let lists = [Some(&inner.terms), inner.only.as_ref(), inner.except.as_ref()];
                lists.into_iter().flatten().flatten().any(|term| self.depends_on_use(term))
            }
            TermKind::Word => {
                let def = self.names.def(self.slice(term.span));
                !def.is_some_and(|(_, def)| def.kind == DefineKind::Actions)
            }
            TermKind::Action => {
                let written = self.slice(term.span);
                written != "*" && !written.contains([':', '/'])
            }
            TermKind::Address | TermKind::Text | TermKind::Instant => false,
        }
    }
}

/// The term that stands alone in parentheses. Parentheses nest at most `limits::PAREN_DEPTH` deep.
fn only_term(term: &Term) -> &Term {
    match &term.kind {
        TermKind::Group(inner) => match (&inner.only, &inner.except, inner.terms.as_slice()) {
            (None, None, [one]) => only_term(one),
            _ => term,
        },
        _ => term,
    }
}

/// `*:*` and `name/` are kept; a quoted pattern has its escapes in one form.
fn action(written: &str) -> String {
    match written.find('"') {
        Some(at) => {
            let (service, pattern) = written.split_at(at);
            format!("{service}{}", quote(&unquote(pattern)))
        }
        None => written.to_owned(),
    }
}

/// RFC 5952, without the length that every single address has; host bits are kept.
fn short_address(written: &str) -> String {
    match parse_prefix(written) {
        Ok(read) if read.prefix.length == Prefix::width(read.prefix.family) => read.address.to_string(),
        Ok(read) => format!("{}/{}", read.address, read.prefix.length),
        Err(_) => written.to_owned(),
    }
}
