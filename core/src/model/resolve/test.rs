//! Tests: cases are calls, written down; `given` is merged into them here.
//!
//! What a request could not say is told where it is written. What only the engine can judge (an opaque action's name)
//! is left to the run.

use super::Resolver;
use super::proof::{Calls, People};
use crate::catalog::{ActionId, Service, ServiceId};
use crate::glob::Glob;
use crate::model::read::shown;
use crate::model::{ActionKind, ActionTerm, Called, Case, Claims, TestBlock};
use passgate_grammar::text::{name_text, unquote};
use passgate_grammar::tree::{self, Expr, JoinKind, MemberKind};
use passgate_grammar::{Diagnostic, Span, code};
use std::sync::Arc;

/// Who asks, and what the call brings.
#[derive(Default)]
struct Asking {
    principal: Arc<str>,
    groups: Vec<Arc<str>>,
    roles: Vec<Arc<str>>,
    policies: Vec<Arc<str>>,
}

impl<'a> Resolver<'a> {
    /// One block; a case with a fault is left out.
    pub(super) fn test(
        &mut self,
        test: &'a tree::Test,
        file: usize,
        people: &mut People<'_>,
        calls: &mut Calls<'a>,
    ) -> TestBlock {
        let name: Arc<str> = unquote(self.slice(test.name)).as_ref().into();
        let given = self.said(&test.given);
        let mut cases = Vec::with_capacity(test.cases.len());
        for case in &test.cases {
            let own = self.said(&case.clauses).over(&given);
            self.fits(case, &own);
            let asking = self.asking(case, people);
            let actions = self.calls(&case.actions, file, calls);
            self.count_calls(actions.len(), case.span, people);
            cases.extend(asking.map(|asking| Case {
                principal: asking.principal,
                groups: asking.groups,
                roles: asking.roles,
                policies: asking.policies,
                allowed: !case.negated,
                calls: actions,
                resources: own.resources,
                address: own.address,
                time: own.time,
                context: own.context,
                because: own.because.map(|(word, _)| word),
                span: case.span,
            }));
            self.settle();
        }
        TestBlock { name, cases, span: test.name }
    }

    fn count_calls(&mut self, count: usize, span: Span, people: &mut People<'_>) {
        let before = people.calls;
        people.calls = before.saturating_add(count);
        let most = self.most.calls;
        if before <= most && people.calls > most {
            let message = format!("the cases of a policy set are at most {most} calls, one for each action");
            self.out.push(Diagnostic::error(code::LIMIT, span, message));
        }
    }

    fn asking(&mut self, case: &tree::Case, people: &People<'_>) -> Option<Asking> {
        let principal = match &case.who {
            tree::Who::Root(_) => "root".to_owned(),
            tree::Who::Member { kind: MemberKind::User, name } => {
                format!("user:{}", name_text(self.sources, name))
            }
            tree::Who::Member { kind, name } => {
                let id = self.group_named(*kind, *name);
                let group = people.groups.get(id?.0 as usize)?;
                if !group.role {
                    self.admitted(Claims::Groups, "a group", name.span);
                }
                format!("{}:{}", if group.role { "role" } else { "group" }, group.name)
            }
            tree::Who::Policy(grant) => {
                let id = self.policy_named(grant, people)?;
                self.admitted(Claims::Policies, "a policy", grant.span);
                format!("policy:{}", people.policies.get(id.0 as usize)?.name)
            }
        };
        let mut asking = Asking { principal: principal.into(), ..Asking::default() };
        self.brought(case, people, &mut asking);
        Some(asking)
    }

    fn brought(&mut self, case: &tree::Case, people: &People<'_>, asking: &mut Asking) {
        let mut joins = Vec::with_capacity(case.joins.len());
        for join in &case.joins {
            match &join.kind {
                JoinKind::In(_) => self.admitted(Claims::Groups, "a group or role", join.span),
                JoinKind::Attach(_) => self.admitted(Claims::Policies, "a policy", join.span),
                JoinKind::Within(_) => {
                    let message = "a call brings no boundary: `within` stands where a caller is declared";
                    self.out.push(Diagnostic::error(code::BAD_CLAUSE, join.span, message));
                    continue;
                }
            }
            joins.push(join.clone());
        }
        let joined = self.joined(MemberKind::User, &joins, &people.known);
        for group in joined.parents.iter().filter_map(|id| people.groups.get(id.0 as usize)) {
            let names = if group.role { &mut asking.roles } else { &mut asking.groups };
            names.push(group.name.clone());
        }
        let attached = joined.attached.iter().filter_map(|id| people.policies.get(id.0 as usize));
        asking.policies.extend(attached.map(|policy| policy.name.clone()));
    }

    /// Told where the set's `claims` does not let a call bring such a thing.
    fn admitted(&mut self, wanted: Claims, what: &str, span: Span) {
        let admits = match self.settings.claims {
            Claims::None => false,
            Claims::Groups => wanted == Claims::Groups,
            Claims::Policies => true,
        };
        if !admits {
            let message = format!("a call may not bring {what}: the set's `claims` does not admit it");
            let word = if wanted == Claims::Groups { "groups" } else { "policies" };
            let told = Diagnostic::error(code::BAD_CLAUSE, span, message);
            self.out.push(told.help(format!("`claims = \"{word}\"` would admit it, for every request")));
        }
    }

    /// The actions of a case, each once.
    fn calls(&mut self, expr: &Expr, file: usize, known: &mut Calls<'a>) -> Arc<[Called]> {
        let key = (self.vocabularies.of_file(file), self.slice(expr.span));
        if let Some(calls) = known.get(&key) {
            return calls.clone();
        }
        let (mark, told) = (self.mark(), self.out.len());
        let terms = self.action_terms(expr, file);
        let mut calls = Vec::new();
        for term in terms.iter() {
            self.called(term, expr.span, &mut calls);
        }
        calls.sort_unstable();
        calls.dedup();
        if calls.is_empty() && !self.refused_since(mark) {
            self.empty_proof(expr.span, "these actions are none: the case makes no call");
        }
        let calls: Arc<[Called]> = calls.into();
        if self.out.len() == told {
            known.insert(key, calls.clone());
        }
        calls
    }

    fn called(&mut self, term: &ActionTerm, whole: Span, out: &mut Vec<Called>) {
        match &term.kind {
            ActionKind::Names(names) => out.extend(names.iter().copied().map(Called::Known)),
            ActionKind::Permid(number) => {
                out.extend(self.catalogs.permid(number).iter().copied().map(Called::Known));
            }
            ActionKind::All { .. } => {
                if self.reaches_opaque(&term.kind) {
                    return self.no_list(term, whole);
                }
                for (id, service) in self.catalogs.services() {
                    if service.knows_every_name() {
                        return self.no_list(term, whole);
                    }
                    matching("*", id, service, out);
                }
            }
            ActionKind::Pattern { service: name, pattern, .. } => match self.catalogs.find(name) {
                Some((id, service)) if !service.knows_every_name() => matching(pattern, id, service, out),
                None if !self.settings.opaque.covers(name) => {}
                _ if pattern.contains('*') => self.no_list(term, whole),
                _ => out.push(Called::Named(format!("{name}:{pattern}").into())),
            },
        }
    }

    fn no_list(&mut self, term: &ActionTerm, whole: Span) {
        let inside = term.span.source == whole.source && term.span.start >= whole.start;
        let span = if inside { term.span } else { whole };
        let message = format!("`{}` reaches a service whose names are no list", shown(self.slice(term.span)));
        let told = Diagnostic::error(code::OPAQUE_IN_SET, span, message);
        let told = told.because("a case is one call for each action named");
        self.out.push(told.help("name the actions to try; an assert speaks of all of them"));
    }
}

/// The catalogued names that a pattern covers.
fn matching(pattern: &str, id: ServiceId, service: &Service, out: &mut Vec<Called>) {
    let known = |action: usize| {
        Called::Known(ActionId { service: id, action: u32::try_from(action).unwrap_or(u32::MAX) })
    };
    if !pattern.contains('*') {
        out.extend(service.position(pattern).map(|place| known(place as usize)));
        return;
    }
    let glob = Glob::new(pattern);
    let found = service.actions.iter().enumerate().filter(|(_, action)| glob.matches(&action.name));
    out.extend(found.map(|(place, _)| known(place)));
}
