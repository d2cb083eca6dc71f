//! What the clauses of a case, or of `given`, say of a call: `on`, `from`, `at`, `with`, `because`.
//!
//! A call is one: its address is no network, its time no window, its values are given and not compared.

use super::Resolver;
use crate::address::{AddressError, parse_address, parse_prefix};
use crate::model::read::{CURRENT_TIME, IP, Place, read_key, shown};
use crate::model::{CaseValue, CaseValues, Instant, REASONS};
use crate::nearest::nearest;
use passgate_grammar::text::unquote;
use passgate_grammar::tree::{
    self, CheckKind, Clause, ClauseKind, Cond, CondTest, Expr, Term, TermKind, Value, ValueKind,
};
use passgate_grammar::{Diagnostic, Safety, Span, code};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

/// What clauses say of a call.
#[derive(Default, Clone)]
pub(super) struct Said {
    pub(super) resources: Option<Arc<[Arc<str>]>>,
    pub(super) address: Option<IpAddr>,
    pub(super) time: Option<Instant>,
    pub(super) context: Vec<(Arc<str>, CaseValues)>,
    pub(super) because: Option<(&'static str, Span)>,
}

impl Said {
    /// A case's own clauses replace those of `given`, `with` key by key.
    pub(super) fn over(mut self, given: &Said) -> Said {
        self.resources = self.resources.or_else(|| given.resources.clone());
        self.address = self.address.or(given.address);
        self.time = self.time.or(given.time);
        self.because = self.because.or(given.because);
        if !given.context.is_empty() {
            let own: HashMap<Arc<str>, ()> = self.context.iter().map(|(key, _)| (key.clone(), ())).collect();
            let left = given.context.iter().filter(|(key, _)| !own.contains_key(key));
            self.context.extend(left.cloned());
        }
        self
    }
}

impl Resolver<'_> {
    /// Reads the clauses of a case or of `given`.
    pub(super) fn said(&mut self, clauses: &[Clause]) -> Said {
        let mut said = Said::default();
        let mut seen: HashMap<&'static str, Span> = HashMap::new();
        for clause in clauses {
            let Some(word) = self.case_word(clause) else { continue };
            if let Some(first) = seen.insert(word, clause.span) {
                let message = format!("`{word}` stands twice in this case");
                let told = Diagnostic::error(code::BAD_CLAUSE, clause.span, message);
                self.out.push(told.label(first, "first here").help("a call is one: write a second case"));
                continue;
            }
            match &clause.kind {
                ClauseKind::On(expr) => said.resources = Some(self.resources_of_call(expr)),
                ClauseKind::From { expr, .. } => said.address = self.address_of_call(expr),
                ClauseKind::At(value) => said.time = self.clause_instant(*value),
                ClauseKind::With(conds) => self.with(conds, &mut said),
                ClauseKind::Because(span) => said.because = self.because(*span).map(|word| (word, *span)),
                _ => {}
            }
            self.settle();
        }
        said
    }

    /// The word of a clause that may stand in a case; told for another.
    fn case_word(&mut self, clause: &Clause) -> Option<&'static str> {
        let (word, help) = match &clause.kind {
            ClauseKind::On(_) => return Some("on"),
            ClauseKind::From { negated: false, .. } => return Some("from"),
            ClauseKind::At(_) => return Some("at"),
            ClauseKind::With(_) => return Some("with"),
            ClauseKind::Because(_) => return Some("because"),
            ClauseKind::From { negated: true, .. } => ("not from", "name an address outside: `from ADDRESS`"),
            ClauseKind::UnlessFrom(_) => ("unless", "name an address: `from ADDRESS`"),
            ClauseKind::Since(_) => ("since", "name an instant: `at INSTANT`"),
            ClauseKind::Until(_) => ("until", "name an instant: `at INSTANT`"),
            ClauseKind::When(_) => ("when", "give the key its value: `with KEY is VALUE`"),
            ClauseKind::Unless(_) => ("unless", "give the key its value: `with KEY is VALUE`"),
            ClauseKind::To(_) => ("to", "the caller stands first"),
        };
        let message = format!("`{word}` says which calls; a case is one call");
        self.out.push(Diagnostic::error(code::BAD_CLAUSE, clause.span, message).help(help));
        None
    }

    fn address_of_call(&mut self, expr: &Expr) -> Option<IpAddr> {
        if let (None, None, [Term { kind: TermKind::Address, span }]) =
            (&expr.only, &expr.except, &*expr.terms)
        {
            return self.one_address(*span);
        }
        let mark = self.mark();
        self.after = "after `from`";
        let network = self.network(expr);
        self.after = "here";
        if !self.faulty(mark) {
            let first = network.prefixes.first().map(|p| crate::address::address(p.family, p.bits));
            self.many_addresses(expr.span, first);
        }
        None
    }

    fn one_address(&mut self, span: Span) -> Option<IpAddr> {
        let text = self.slice(span);
        let error = match parse_address(text) {
            Ok(address) => return Some(address),
            Err(error) => error,
        };
        if let Ok(prefix) = parse_prefix(text) {
            let (first, one) = (prefix.prefix, prefix.prefix.first() == prefix.prefix.last());
            let address = crate::address::address(first.family, first.bits);
            if !one {
                self.many_addresses(span, Some(address));
                return None;
            }
            let told =
                Diagnostic::error(code::BAD_ADDRESS, span, "the address of a call has no prefix length");
            self.out.push(told.fix(format!("`{address}`"), span, address.to_string(), Safety::Safe));
            return None;
        }
        self.out.push(wrong_address(error, text, span));
        None
    }

    fn many_addresses(&mut self, span: Span, first: Option<IpAddr>) {
        let message = format!("a call comes from one address, `{}` is a network", shown(self.slice(span)));
        let told = Diagnostic::error(code::BAD_CLAUSE, span, message);
        self.out.push(match first {
            Some(address) => told.help(format!("name one of it, such as `{address}`")).fix(
                format!("`{address}`"),
                span,
                address.to_string(),
                Safety::Unsafe,
            ),
            None => told.help("name one address"),
        });
    }

    fn resources_of_call(&mut self, expr: &Expr) -> Arc<[Arc<str>]> {
        for list in [&expr.only, &expr.except].into_iter().flatten() {
            let span = list.first().map_or(expr.span, |t| t.span);
            let message = "the resources of a call are joined by commas alone";
            self.out.push(Diagnostic::error(code::BAD_CLAUSE, span, message));
        }
        let mut texts = Vec::with_capacity(expr.terms.len());
        self.list_of_call(&expr.terms, &mut texts);
        texts.into()
    }

    fn list_of_call(&mut self, terms: &[Term], out: &mut Vec<Arc<str>>) {
        for term in terms {
            match &term.kind {
                TermKind::Text => {
                    let text = unquote(self.slice(term.span));
                    if is_of_call(&text) {
                        out.push(text.as_ref().into());
                    } else {
                        self.no_resource_of_call(&text, term.span);
                    }
                }
                TermKind::Word => {
                    let named = self.named_resources(term.span);
                    if self.spend(named.len(), term.span) {
                        self.named_of_call(&named, term.span, out);
                    }
                }
                TermKind::Group(inner) => out.extend_from_slice(&self.resources_of_call(inner)),
                TermKind::Action | TermKind::Address | TermKind::Instant => self.no_resource(term.span),
            }
        }
    }

    fn named_of_call(
        &mut self,
        named: &[crate::model::ResourcePattern],
        span: Span,
        out: &mut Vec<Arc<str>>,
    ) {
        out.extend(named.iter().filter(|r| is_of_call(&r.text)).map(|r| r.text.clone()));
        if let Some(pattern) = named.iter().find(|r| !is_of_call(&r.text)) {
            self.no_resource_of_call(&pattern.text, span);
        }
    }

    fn no_resource_of_call(&mut self, text: &str, span: Span) {
        let message = format!("`{}` names no resource of a call", shown(text));
        let told = Diagnostic::error(code::BAD_RESOURCE, span, message);
        self.out.push(told.help(
            "write `\"*\"`, or `\"qcs::SERVICE:REGION:ACCOUNT:REST\"` without `*` before the last part",
        ));
    }

    fn with(&mut self, conds: &[Cond], said: &mut Said) {
        let mut seen: HashMap<Arc<str>, Span> = HashMap::new();
        for cond in conds {
            let Some((key, values)) = self.given_value(cond) else { continue };
            if let Some(first) = seen.insert(key.clone(), cond.key.span) {
                let message = format!("`{key}` has a value already");
                let told = Diagnostic::error(code::BAD_CLAUSE, cond.span, message);
                self.out.push(
                    told.label(first, "given here").help("several values are one list: `k is \"a\", \"b\"`"),
                );
                continue;
            }
            said.context.push((key, values));
            self.settle();
        }
    }

    fn given_value(&mut self, cond: &Cond) -> Option<(Arc<str>, CaseValues)> {
        let written = passgate_grammar::text::name_text(self.sources, &cond.key);
        let place = Place::new(cond.key.span);
        let key: Arc<str> = read_key(&written, place, &mut self.out)?.into();
        let instead = match key.as_ref() {
            IP => Some("write `from ADDRESS`"),
            CURRENT_TIME => Some("write `at INSTANT`"),
            "qcs:uin" | "qcs:owner_uin" => {
                Some("it is the caller's name where that is digits, and the set's owner")
            }
            _ => None,
        };
        if let Some(instead) = instead {
            let message = format!("`{key}` is no key of the context: it comes from the call itself");
            self.out.push(Diagnostic::error(code::BAD_CLAUSE, cond.span, message).help(instead));
            return None;
        }
        let (None, CondTest::Check(check)) = (cond.quantifier, &cond.test) else {
            self.only_is(cond);
            return None;
        };
        let CheckKind::Is { negated: false, bytes: false, values, ignoring_case: false } = &check.kind else {
            self.only_is(cond);
            return None;
        };
        self.kind_of(values)?;
        let values = values.iter().filter_map(|value| self.case_value(*value)).collect();
        Some((key, CaseValues { values }))
    }

    fn only_is(&mut self, cond: &Cond) {
        let key = self.slice(cond.key.span);
        let told =
            Diagnostic::error(code::BAD_CLAUSE, cond.span, "`with` gives a key its value, by `is` alone");
        self.out.push(match &cond.test {
            CondTest::Absent => told.help("leave the key out: it is absent then"),
            _ => told.help(format!("write `with {key} is VALUE`")),
        });
    }

    fn case_value(&mut self, value: Value) -> Option<CaseValue> {
        let written = self.slice(value.span);
        match value.kind {
            ValueKind::Text => Some(CaseValue::Text(unquote(written).into())),
            ValueKind::Number => Some(CaseValue::Number(written.into())),
            ValueKind::True => Some(CaseValue::Bool(true)),
            ValueKind::False => Some(CaseValue::Bool(false)),
            ValueKind::Instant => self.clause_instant(value).map(|i| CaseValue::Text(i.to_string().into())),
            ValueKind::Word | ValueKind::Address => None,
        }
    }

    fn because(&mut self, span: Span) -> Option<&'static str> {
        let word = self.slice(span);
        let known = REASONS.into_iter().find(|reason| *reason == word);
        if known.is_none() {
            let near = nearest(word, REASONS);
            let told = Diagnostic::error(code::UNKNOWN_NAME, span, format!("`{}` is no reason", shown(word)));
            self.out.push(match near.first() {
                Some(best) => told
                    .help(format!("did you mean `{best}`?"))
                    .fix(format!("`{best}`"), span, best.clone(), Safety::Unsafe)
                    .nearest(near),
                None => told.help(format!("reasons are `{}`", REASONS.join("`, `"))),
            });
        }
        known
    }

    /// A reason that allows is expected of a call that may, the others of one that may not.
    pub(super) fn fits(&mut self, case: &tree::Case, said: &Said) {
        let Some((word, span)) = said.because else { return };
        let allows = REASONS.iter().take(2).any(|reason| *reason == word);
        if allows == case.negated {
            let (may, other) = if case.negated { ("may not", "allows") } else { ("may", "denies") };
            let message = format!("`{word}` {other} a call, and this case says `{may}`");
            let told = Diagnostic::error(code::BAD_CLAUSE, span, message);
            self.out.push(told.label(case.span, "of this case"));
        }
    }
}

/// The form of a request's resource (semantics §4).
fn is_of_call(text: &str) -> bool {
    let mut parts = text.splitn(6, ':');
    let head: Vec<&str> = parts.by_ref().take(5).collect();
    let wild = head.iter().any(|part| part.contains('*'));
    let named = head.first() == Some(&"qcs") && head.get(2).is_some_and(|service| !service.is_empty());
    text == "*" || (named && !wild && parts.next().is_some_and(|rest| !rest.is_empty()))
}

fn wrong_address(error: AddressError, text: &str, span: Span) -> Diagnostic {
    let told = Diagnostic::error(code::BAD_ADDRESS, span, error.message(text));
    match error.instead(text).filter(|instead| parse_address(instead).is_ok()) {
        Some(instead) => {
            let title = format!("`{instead}`");
            told.help(format!("write {title}")).fix(title, span, instead, Safety::Unsafe)
        }
        None => told,
    }
}
