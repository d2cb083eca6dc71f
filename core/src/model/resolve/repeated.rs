//! Members that stand twice in a list of a `.gate` file: `duplicate` (language reference, *Sets*).
//!
//! Members are compared by what they mean: a name by the name, an action, address or resource by what was read. A
//! list in parentheses is a list of its own.

use super::Resolver;
use super::networks::parsed;
use crate::model::read::{Place, Repeated};
use crate::model::{ActionKind, ActionTerm};
use passgate_grammar::tree::{Term, TermKind};
use passgate_grammar::{Span, code};
use std::sync::Arc;

/// A member of a list, to be compared with others.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) enum Member<'a> {
    Name(&'a str),
    Address(crate::address::Prefix),
    Resource(Arc<str>),
    Everything,
    Action(Arc<str>, Arc<str>),
    Permid(Box<str>),
}

/// The members of a list so far.
pub(super) type Members<'a> = Repeated<Member<'a>>;

impl<'a> Resolver<'a> {
    /// Takes a member of a list.
    pub(super) fn member(&self, span: Span, member: Option<Member<'a>>, list: &mut Members<'a>) {
        match member {
            Some(member) => list.member(member, self.slice(span), Place::new(span)),
            None => list.skip(Place::new(span)),
        }
    }

    /// Tells what stands twice in a list.
    pub(super) fn tell_repeated(&mut self, list: Members<'a>) {
        let told = self.out.len();
        self.out.extend(list.finish());
        self.keep_comments(told);
    }

    /// Takes away the fixes that would take a comment away, of what was told since.
    pub(super) fn keep_comments(&mut self, told: usize) {
        let sources = self.sources;
        let commented = |span: Span| sources.slice(span).contains("//");
        for one in self.out.iter_mut().skip(told).filter(|d| d.code == code::DUPLICATE) {
            one.fixes.retain(|fix| !fix.edits.iter().any(|edit| commented(edit.span)));
        }
    }

    /// What an address or a name is as a member of a network.
    pub(super) fn network_member(&self, term: &Term) -> Option<Member<'a>> {
        match &term.kind {
            TermKind::Address => Some(Member::Address(parsed(self.slice(term.span))?)),
            TermKind::Word => Some(Member::Name(self.slice(term.span))),
            TermKind::Group(_) | TermKind::Text | TermKind::Action | TermKind::Instant => None,
        }
    }

    /// What a term of an action list is, by the terms that it gave.
    pub(super) fn action_member(&self, term: &Term, gave: &[ActionTerm]) -> Option<Member<'a>> {
        let named = |span| self.action_set(span).is_some() || self.parameter_type(span).is_some();
        if matches!(term.kind, TermKind::Word) && named(term.span) {
            return Some(Member::Name(self.slice(term.span)));
        }
        match (&term.kind, gave) {
            (TermKind::Word | TermKind::Action, [one]) => Some(match &one.kind {
                ActionKind::All { .. } => Member::Everything,
                ActionKind::Pattern { service, pattern, .. } => {
                    Member::Action(service.clone(), pattern.clone())
                }
                ActionKind::Permid(number) => Member::Permid(number.clone()),
                ActionKind::Names(_) => Member::Name(self.slice(term.span)),
            }),
            _ => None,
        }
    }
}
