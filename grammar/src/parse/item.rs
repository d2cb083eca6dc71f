//! Pairs to items: settings, definitions, the heads of policies and principals, and what principals join.

use super::basic::{Builder, eat};
use super::gate::{Pair, Pairs, Rule};
use crate::code;
use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::source::Span;
use crate::tree::{
    Before, DefineKind, Grant, Item, ItemKind, Join, JoinKind, MemberKind, Name, Param, Policy, PolicyBody,
    PolicyKind,
};

/// The head of a policy.
pub(crate) struct PolicyHead {
    pub(crate) kind: PolicyKind,
    pub(crate) name: Name,
    pub(crate) params: Vec<Param>,
}

impl Builder<'_> {
    /// An item without a block.
    pub(crate) fn item(&mut self, pair: Pair<'_>, before: Before) -> Option<Item> {
        let rule = pair.as_rule();
        let mut inner = pair.into_inner();
        match rule {
            Rule::policy => self.cam_policy(inner, before),
            Rule::assert => self.assert(inner, before),
            _ => {
                let word = inner.next()?;
                let start = self.span(&word);
                let (kind, end) = match rule {
                    Rule::using => self.using(inner)?,
                    Rule::setting => self.setting(inner)?,
                    Rule::define => self.define(word.as_rule(), inner)?,
                    _ => return None,
                };
                Some(Item { span: start.to(end), before, kind })
            }
        }
    }

    fn using(&mut self, pairs: Pairs<'_>) -> Option<(ItemKind, Span)> {
        let services: Vec<Span> = pairs.map(|pair| self.word(&pair)).collect();
        let end = *services.last()?;
        Some((ItemKind::Use(services), end))
    }

    fn setting(&mut self, mut pairs: Pairs<'_>) -> Option<(ItemKind, Span)> {
        let key = self.word(&pairs.next()?);
        pairs.next()?; // `=`
        let values = self.values(&mut pairs)?;
        let end = values.last()?.span;
        Some((ItemKind::Set { key, values }, end))
    }

    fn define(&mut self, keyword: Rule, mut pairs: Pairs<'_>) -> Option<(ItemKind, Span)> {
        let kind = match keyword {
            Rule::NETWORK => DefineKind::Network,
            Rule::ACTIONS => DefineKind::Actions,
            Rule::RESOURCES => DefineKind::Resources,
            _ => return None,
        };
        let name = self.word(&pairs.next()?);
        pairs.next()?; // `=`
        let expr = self.expr(pairs.next()?)?;
        let end = expr.span;
        Some((ItemKind::Define { kind, name, expr }, end))
    }

    fn cam_policy(&mut self, mut pairs: Pairs<'_>, before: Before) -> Option<Item> {
        let (span, head) = self.policy_head(pairs.next()?)?;
        let cam = pairs.next()?;
        let file = self.string(&cam.into_inner().nth(2)?);
        let PolicyHead { kind, name, params } = head;
        let policy = Policy { kind, name, params, body: PolicyBody::Cam(file) };
        Some(Item { span: span.to(file), before, kind: ItemKind::Policy(policy) })
    }

    /// The rule `policy_head`, and all it covers.
    pub(crate) fn policy_head(&mut self, pair: Pair<'_>) -> Option<(Span, PolicyHead)> {
        let mut inner = pair.into_inner();
        let first = inner.next()?;
        let start = self.span(&first);
        let kind = match first.as_rule() {
            Rule::TRUST => PolicyKind::Trust,
            Rule::RESOURCE => PolicyKind::Resource,
            _ => PolicyKind::Identity,
        };
        if kind != PolicyKind::Identity {
            inner.next()?; // `policy`
        }
        let name = self.name(inner.next()?)?;
        let mut span = start.to(name.span);
        let mut params = Vec::new();
        if let Some(pair) = inner.next() {
            span = span.to(self.span(&pair));
            params = self.params(pair.into_inner())?;
        }
        Some((span, PolicyHead { kind, name, params }))
    }

    fn params(&mut self, pairs: Pairs<'_>) -> Option<Vec<Param>> {
        let mut params = Vec::new();
        for pair in pairs.filter(|pair| pair.as_rule() == Rule::param) {
            let mut inner = pair.into_inner();
            let name = self.word(&inner.next()?);
            inner.next()?; // `:`
            let ty = self.span(&inner.next()?);
            if params.len() == limits::PARAMETERS {
                let message = format!("a policy has at most {} parameters", limits::PARAMETERS);
                self.faults.tell(Diagnostic::error(code::LIMIT, name, message));
            }
            params.push(Param { name, ty });
        }
        Some(params)
    }

    /// The rule `member_head`, and all it covers.
    pub(crate) fn member_head(&mut self, pair: Pair<'_>) -> Option<(Span, (MemberKind, Name))> {
        let mut inner = pair.into_inner();
        let word = inner.next()?;
        let kind = member_kind(word.as_rule())?;
        let name = self.name(inner.next()?)?;
        Some((self.span(&word).to(name.span), (kind, name)))
    }

    /// The rule `join`.
    pub(crate) fn join(&mut self, pair: Pair<'_>) -> Option<Join> {
        let mut inner = pair.into_inner();
        let word = inner.next()?;
        let start = self.span(&word);
        let (kind, end) = match word.as_rule() {
            Rule::IN => {
                let names = inner.map(|pair| self.name(pair)).collect::<Option<Vec<_>>>()?;
                let end = names.last()?.span;
                (JoinKind::In(names), end)
            }
            Rule::ATTACH => {
                let grants = inner.map(|pair| self.grant(pair)).collect::<Option<Vec<_>>>()?;
                let end = grants.last()?.span;
                (JoinKind::Attach(grants), end)
            }
            Rule::WITHIN => {
                let grant = self.grant(inner.next()?)?;
                let end = grant.span;
                (JoinKind::Within(grant), end)
            }
            _ => return None,
        };
        Some(Join { span: start.to(end), kind })
    }

    /// The rule `grant`.
    pub(super) fn grant(&mut self, pair: Pair<'_>) -> Option<Grant> {
        let mut inner = pair.into_inner();
        let name = self.name(inner.next()?)?;
        let mut span = name.span;
        let mut args = None;
        if let Some(pair) = eat(&mut inner, Rule::args) {
            span = span.to(self.span(&pair));
            let terms = pair.into_inner().filter(|pair| !matches!(pair.as_rule(), Rule::LEFT | Rule::RIGHT));
            args = Some(terms.map(|term| self.term(term)).collect::<Option<Vec<_>>>()?);
        }
        Some(Grant { span, name, args })
    }
}

/// `user`, `group` or `role`.
pub(super) fn member_kind(rule: Rule) -> Option<MemberKind> {
    match rule {
        Rule::USER => Some(MemberKind::User),
        Rule::GROUP => Some(MemberKind::Group),
        Rule::ROLE => Some(MemberKind::Role),
        _ => None,
    }
}
