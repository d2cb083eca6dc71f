//! Users, groups and roles: what they are in, what is attached to them, what bounds them.

use super::names::{MemberDef, Space, member_word};
use super::notes::NoteOf;
use super::templates::counted;
use super::{Resolver, order, policies};
use crate::model::{Group, GroupId, Policy, PolicyId, PolicyKind, User};
use crate::nearest::nearest;
use passgate_grammar::text::{name_text, write_name};
use passgate_grammar::tree::{self, Grant, Join, JoinKind, MemberKind, Name};
use passgate_grammar::{Diagnostic, Safety, Span, code, limits};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Policies by name, for members that name them.
pub(super) struct Attachable<'p> {
    policies: &'p [Policy],
    places: HashMap<Arc<str>, PolicyId>,
}

impl<'p> Attachable<'p> {
    /// The policies of the set itself; `boundary` are those that an option lays on it.
    pub(super) fn new(policies: &'p [Policy], boundary: &[PolicyId]) -> Self {
        let bounds: HashSet<PolicyId> = boundary.iter().copied().collect();
        let own = policies::ids(policies).filter(|(_, id)| !bounds.contains(id));
        Attachable { policies, places: own.map(|(policy, id)| (policy.name.clone(), id)).collect() }
    }

    fn policy(&self, name: &str) -> Option<&Policy> {
        self.policies.get(self.places.get(name)?.0 as usize)
    }
}

/// What a member's block says.
#[derive(Default)]
pub(super) struct Joined {
    pub(super) attached: Vec<PolicyId>,
    pub(super) parents: Vec<GroupId>,
    boundary: Option<PolicyId>,
    seen: HashMap<(&'static str, u32), Span>,
    bounded_at: Option<Span>,
}

impl Resolver<'_> {
    /// All groups and roles, and all users, in the order written.
    pub(super) fn members(&mut self, policies: &[Policy], boundary: &[PolicyId]) -> (Vec<Group>, Vec<User>) {
        let known = Attachable::new(policies, boundary);
        let mut groups = Vec::with_capacity(self.names.groups.len());
        for place in 0..self.names.groups.len() {
            let Some(MemberDef { name, item, member }) = self.names.groups.get(place) else { continue };
            let (name, item, member) = (name.as_ref().into(), *item, *member);
            let notes = self.noted(&item.before, NoteOf::Other, item.span).notes;
            let joined = self.joined(member.kind, &member.joins, &known);
            self.settle();
            groups.push(Group {
                name,
                role: member.kind == MemberKind::Role,
                attached: joined.attached,
                parents: joined.parents,
                boundary: joined.boundary,
                notes,
                span: member.name.span,
            });
        }
        self.check_nesting(&groups);
        let mut users = Vec::with_capacity(self.names.users.len());
        for place in 0..self.names.users.len() {
            let Some(MemberDef { name, item, member }) = self.names.users.get(place) else { continue };
            let (name, item, member) = (name.as_ref().into(), *item, *member);
            let notes = self.noted(&item.before, NoteOf::Other, item.span).notes;
            let Joined { attached, parents, boundary, .. } = self.joined(member.kind, &member.joins, &known);
            self.settle();
            users.push(User { name, attached, parents, boundary, notes, span: member.name.span });
        }
        (groups, users)
    }

    pub(super) fn joined(&mut self, kind: MemberKind, joins: &[Join], known: &Attachable<'_>) -> Joined {
        let mut joined = Joined::default();
        for join in joins {
            match &join.kind {
                JoinKind::In(names) => names.iter().for_each(|name| self.join_group(*name, &mut joined)),
                JoinKind::Attach(grants) => {
                    grants.iter().for_each(|grant| self.attach(grant, known, &mut joined));
                }
                JoinKind::Within(grant) => self.within(kind, join.span, grant, known, &mut joined),
            }
        }
        joined
    }

    fn join_group(&mut self, name: Name, joined: &mut Joined) {
        let text = name_text(self.sources, &name);
        match self.names.group(&text) {
            Some(place) => {
                let place = u32::try_from(place).unwrap_or(u32::MAX);
                if !self.repeated(joined, ("in", place), &text, name.span) {
                    joined.parents.push(GroupId(place));
                }
            }
            None if self.names.is_broken(Space::Group, text.clone()) => {}
            None => {
                let look = self.may_look();
                let all = self.names.groups.iter().map(|g| g.name.as_ref()).filter(|_| look);
                let told = unknown("group or role", &text, name, all);
                self.out.push(told);
            }
        }
    }

    fn attach(&mut self, grant: &Grant, known: &Attachable<'_>, joined: &mut Joined) {
        if let Some(id) = self.granted(grant, known, "attached") {
            let text = name_text(self.sources, &grant.name);
            if !self.repeated(joined, ("attach", id.0), &text, grant.span) {
                joined.attached.push(id);
            }
        }
    }

    fn within(
        &mut self,
        kind: MemberKind,
        span: Span,
        grant: &Grant,
        known: &Attachable<'_>,
        joined: &mut Joined,
    ) {
        if kind == MemberKind::Group {
            let message = "a group has no boundary: it would not bind its members";
            let told = Diagnostic::error(code::BAD_CLAUSE, span, message);
            self.out.push(told.help("write `within` in the user or role that it is for"));
            return;
        }
        if let Some(first) = joined.bounded_at.replace(span) {
            let told = Diagnostic::error(code::BAD_CLAUSE, span, "`within` names one policy, once");
            self.out.push(told.label(first, "first here").help("put both into one policy"));
            return;
        }
        joined.boundary = self.granted(grant, known, "used as a boundary");
    }

    pub(super) fn granted(&mut self, grant: &Grant, known: &Attachable<'_>, how: &str) -> Option<PolicyId> {
        let name = name_text(self.sources, &grant.name);
        // Arguments that do not fit were told where instances are made.
        let instance = grant.args.as_ref().and_then(|_| self.templates.named(grant)).cloned();
        let id = match (&grant.args, &instance) {
            (Some(_), Some(instance)) => known.places.get(instance),
            (Some(_), None) => None,
            (None, _) => known.places.get(name.as_ref()),
        };
        let Some(id) = id else {
            // A document that is missing or refused was told at its definition.
            if let Some(def) = self.names.policy(&name) {
                self.wants_arguments(grant, def.policy);
            } else if let Some(policy) = known.policy(&name) {
                self.takes_none(grant, policy.span);
            } else if !self.names.is_broken(Space::Policy, name.clone()) {
                let look = self.may_look();
                let all = known.policies.iter().map(|p| p.name.as_ref()).filter(|_| look);
                let told = unknown("policy", &name, grant.name, all);
                self.out.push(told);
            }
            return None;
        };
        let policy = known.policies.get(id.0 as usize)?;
        if policy.kind != PolicyKind::Identity {
            let word = if policy.kind == PolicyKind::Trust { "trust" } else { "resource" };
            let message = format!("`{name}` is a {word} policy: it decides nothing and cannot be {how}");
            let told = Diagnostic::error(code::NOT_ATTACHABLE, grant.span, message);
            self.out.push(told.label(policy.span, "defined here"));
            return None;
        }
        Some(*id)
    }

    /// Told where a template is named without arguments.
    fn wants_arguments(&mut self, grant: &Grant, template: &tree::Policy) {
        if grant.args.is_some() || template.params.is_empty() {
            return;
        }
        let wanted = self.wanted(&template.params);
        let message =
            format!("`{}` takes {} ({wanted})", self.slice(grant.name.span), counted(template.params.len()));
        let told = Diagnostic::error(code::WRONG_ARGUMENTS, grant.span, message);
        self.out.push(told.label(template.name.span, "defined here"));
    }

    /// Whether a member names the same twice, which is told and counts once.
    fn repeated(&mut self, joined: &mut Joined, key: (&'static str, u32), name: &str, span: Span) -> bool {
        let Some(first) = joined.seen.get(&key) else {
            joined.seen.insert(key, span);
            return false;
        };
        let told = Diagnostic::warning(code::DUPLICATE, span, format!("`{name}` is named twice here"));
        self.out.push(told.label(*first, "first here"));
        true
    }

    /// Groups lead through groups, never back, and not too deep.
    fn check_nesting(&mut self, groups: &[Group]) {
        let arrows: Vec<Vec<usize>> =
            groups.iter().map(|g| g.parents.iter().map(|p| p.0 as usize).collect()).collect();
        let order = order::sort(&arrows);
        for cycle in &order.cycles {
            let around: Vec<&Group> = cycle.iter().filter_map(|place| groups.get(*place)).collect();
            let Some(first) = around.first() else { continue };
            let word = member_word(if first.role { MemberKind::Role } else { MemberKind::Group });
            let message = format!("{word} `{}` is in itself", first.name);
            let mut told = Diagnostic::error(code::NAME_CYCLE, first.span, message);
            for group in around.iter().skip(1) {
                told = told.label(group.span, format!("through `{}`", group.name));
            }
            self.out.push(told);
        }
        for (group, depth) in groups.iter().zip(&order.depth) {
            if *depth == limits::NAME_DEPTH + 1 {
                let message = format!("groups lead through more than {} groups here", limits::NAME_DEPTH);
                self.out.push(Diagnostic::error(code::LIMIT, group.span, message));
            }
        }
    }
}

pub(super) fn unknown<'n>(
    what: &str,
    name: &str,
    at: Name,
    all: impl Iterator<Item = &'n str>,
) -> Diagnostic {
    let near = nearest(name, all);
    let message = format!("no {what} is named `{}`", crate::model::read::shown(name));
    let told = Diagnostic::error(code::UNKNOWN_NAME, at.span, message);
    match near.first().cloned() {
        Some(best) => {
            let written = write_name(&best).into_owned();
            told.help(format!("did you mean `{best}`?"))
                .fix(format!("`{best}`"), at.span, written, Safety::Unsafe)
                .nearest(near)
        }
        None => told,
    }
}
