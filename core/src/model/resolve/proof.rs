//! Asserts and tests of all files, and the callers that both name.
//!
//! [`super::assert`] and [`super::test`] read one item each. What is told here: names of callers that are not
//! defined, and asserts and cases that speak of nobody.

use super::assert::PlaceKey;
use super::members::Attachable;
use super::names::{Space, member_word};
use super::{Resolver, members};
use crate::model::{
    ActionKind, ActionTerm, Called, Claims, Group, GroupId, Policy, PolicyId, Proofs, User, UserId, WhoKind,
};
use passgate_grammar::text::{name_text, write_name};
use passgate_grammar::tree::{self, Grant, ItemKind, MemberKind, Name};
use passgate_grammar::{Diagnostic, Span, code};
use std::collections::HashMap;
use std::sync::Arc;

/// The policies, groups and users that asserts and tests may name, worked out before.
pub(super) struct People<'p> {
    pub(super) known: Attachable<'p>,
    pub(super) policies: &'p [Policy],
    pub(super) groups: &'p [Group],
    claims: Claims,
    /// Groups and policies that no caller has; found when first asked for.
    lonely: Option<Lonely>,
    users: &'p [User],
    /// Whether what an assert asks of addresses leaves none, by the lists of prefixes it names.
    pub(super) places: HashMap<Vec<PlaceKey>, bool>,
    /// How many calls the cases have so far.
    pub(super) calls: usize,
}

/// Which groups and policies some caller has.
struct Lonely {
    groups: Vec<bool>,
    policies: Vec<bool>,
}

impl<'p> People<'p> {
    pub(super) fn new(
        policies: &'p [Policy],
        boundary: &[PolicyId],
        (groups, users): (&'p [Group], &'p [User]),
        claims: Claims,
    ) -> Self {
        let known = Attachable::new(policies, boundary);
        People { known, policies, groups, claims, lonely: None, users, places: HashMap::new(), calls: 0 }
    }

    /// Whether there is a caller that this names.
    pub(super) fn is_caller(&mut self, kind: WhoKind) -> bool {
        let (groups, users, policies, claims) = (self.groups, self.users, self.policies, self.claims);
        let had = || Lonely::new(groups, users, policies.len(), claims);
        match kind {
            WhoKind::Root | WhoKind::User(_) => true,
            WhoKind::Group(id) => had_by_some(&self.lonely.get_or_insert_with(had).groups, id.0),
            WhoKind::Policy(_) if claims == Claims::Policies => true,
            WhoKind::Policy(id) => had_by_some(&self.lonely.get_or_insert_with(had).policies, id.0),
        }
    }

    /// Whether there is any caller at all beside root and those whom the set does not know.
    pub(super) fn is_any(&self) -> bool {
        let role = self.groups.iter().any(|g| g.role);
        let claims = match self.claims {
            Claims::None => false,
            Claims::Groups => !self.groups.is_empty(),
            Claims::Policies => !self.policies.is_empty(),
        };
        !self.users.is_empty() || role || claims
    }
}

fn had_by_some(had: &[bool], place: u32) -> bool {
    had.get(place as usize).copied().unwrap_or(false)
}

impl Lonely {
    /// Each group is visited once, from the callers up.
    fn new(groups: &[Group], users: &[User], policies: usize, claims: Claims) -> Self {
        let mut had = Lonely { groups: vec![false; groups.len()], policies: vec![false; policies] };
        let mut open: Vec<GroupId> = users.iter().flat_map(|u| u.parents.iter().copied()).collect();
        let own = groups.iter().zip(0..).filter(|(g, _)| g.role || claims != Claims::None);
        open.extend(own.map(|(_, place)| GroupId(place)));
        users.iter().for_each(|user| had.attach(&user.attached));
        while let Some(GroupId(place)) = open.pop() {
            let Some(group) = groups.get(place as usize) else { continue };
            let Some(known) = had.groups.get_mut(place as usize) else { continue };
            if !std::mem::replace(known, true) {
                had.attach(&group.attached);
                open.extend_from_slice(&group.parents);
            }
        }
        had
    }

    fn attach(&mut self, attached: &[PolicyId]) {
        for id in attached {
            if let Some(known) = self.policies.get_mut(id.0 as usize) {
                *known = true;
            }
        }
    }
}

/// What cases have called already, by vocabulary and text.
pub(super) type Calls<'a> = HashMap<(usize, &'a str), Arc<[Called]>>;

impl<'a> Resolver<'a> {
    /// All asserts and tests, in the order of files.
    pub(super) fn proofs(
        &mut self,
        policies: &[Policy],
        boundary: &[PolicyId],
        members: (&[Group], &[User]),
    ) -> Proofs {
        let mut people = People::new(policies, boundary, members, self.settings.claims);
        let (mut proofs, mut calls) = (Proofs::default(), Calls::new());
        let files = self.files;
        for (file, tree) in files.iter().enumerate() {
            for item in &tree.items {
                match &item.kind {
                    ItemKind::Assert(assert) => {
                        proofs.asserts.extend(self.assert(item.span, assert, file, &mut people));
                    }
                    ItemKind::Test(test) => {
                        proofs.tests.push(self.test(test, file, &mut people, &mut calls));
                    }
                    _ => {}
                }
                self.settle();
            }
        }
        proofs
    }

    /// The users that a name means; one that is not declared is told, unless it may be unknown.
    pub(super) fn user_named(&mut self, name: Name) -> Option<UserId> {
        let text = name_text(self.sources, &name);
        if let Some(place) = self.names.user(&text) {
            return u32::try_from(place).ok().map(UserId);
        }
        if !self.names.is_broken(Space::User, text.clone()) {
            let look = self.may_look();
            let all = self.names.users.iter().map(|u| u.name.as_ref()).filter(|_| look);
            let told = members::unknown("user", &text, name, all);
            self.out.push(told.because("an assert speaks of declared callers"));
        }
        None
    }

    /// The group or role of a name, declared with the same word.
    pub(super) fn group_named(&mut self, kind: MemberKind, name: Name) -> Option<GroupId> {
        let text = name_text(self.sources, &name);
        let Some(place) = self.names.group(&text) else {
            if !self.names.is_broken(Space::Group, text.clone()) {
                let look = self.may_look();
                let all = self.names.groups.iter();
                let all = all.filter(|g| look && g.member.kind == kind).map(|g| g.name.as_ref());
                let told = members::unknown(member_word(kind), &text, name, all);
                self.out.push(told);
            }
            return None;
        };
        let declared = self.names.groups.get(place)?.member;
        if declared.kind != kind {
            let (found, wanted) = (member_word(declared.kind), member_word(kind));
            let message = format!("`{}` is a {found}, not a {wanted}", crate::model::read::shown(&text));
            let told = Diagnostic::error(code::WRONG_KIND, name.span, message);
            let told = told.label(declared.name.span, "declared here");
            self.out.push(told.help(format!("write `{found} {}`", write_name(&text))));
            return None;
        }
        u32::try_from(place).ok().map(GroupId)
    }

    /// The policy of a grant.
    pub(super) fn policy_named(&mut self, grant: &Grant, people: &People<'_>) -> Option<PolicyId> {
        self.granted(grant, &people.known, "a caller's")
    }

    /// Whether terms reach an action that a call can name.
    pub(super) fn reaches_any(&self, terms: &[ActionTerm]) -> bool {
        terms.iter().any(|term| self.reaches_one(&term.kind))
    }

    fn reaches_one(&self, kind: &ActionKind) -> bool {
        if self.reaches_opaque(kind) {
            return true;
        }
        match kind {
            ActionKind::All { .. } => self.catalogs.services().next().is_some(),
            ActionKind::Names(names) => !names.is_empty(),
            ActionKind::Permid(number) => !self.catalogs.permid(number).is_empty(),
            ActionKind::Pattern { service, pattern, .. } => {
                let Some((_, service)) = self.catalogs.find(service) else { return false };
                let glob = crate::glob::Glob::new(pattern);
                let exact = !pattern.contains('*') && service.position(pattern).is_some();
                service.knows_every_name()
                    || exact
                    || service.actions.iter().any(|action| glob.matches(&action.name))
            }
        }
    }

    /// An assert or a case that speaks of nothing.
    pub(super) fn empty_proof(&mut self, span: Span, message: impl Into<String>) {
        self.out.push(Diagnostic::error(code::EMPTY_PROOF, span, message));
    }

    /// `kind` as a word of the tree, for callers of either construct.
    pub(super) fn who_kind(&mut self, who: &tree::Who, people: &People<'_>) -> Option<(WhoKind, Span)> {
        match who {
            tree::Who::Root(span) => Some((WhoKind::Root, *span)),
            tree::Who::Member { kind: MemberKind::User, name } => {
                Some((WhoKind::User(self.user_named(*name)?), name.span))
            }
            tree::Who::Member { kind, name } => {
                Some((WhoKind::Group(self.group_named(*kind, *name)?), name.span))
            }
            tree::Who::Policy(grant) => {
                Some((WhoKind::Policy(self.policy_named(grant, people)?), grant.span))
            }
        }
    }
}
