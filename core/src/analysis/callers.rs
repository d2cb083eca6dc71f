//! Of whom asserts speak: declared users and roles, and as far as `claims` admits a caller with one group, role or
//! policy and nothing else (language reference, *Asserts and tests*).
//!
//! Callers of equal policies and equal boundary are one to all questions but those about their number.

use super::work::Work;
use crate::check::Request;
use crate::model::{Claims, GroupId, Model, PolicyId, PolicyKind, User, UserId, Who, WhoKind};
use foldhash::fast::RandomState;
use std::collections::{HashMap, HashSet};

/// One caller, as a request names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Principal {
    /// A declared user.
    User(UserId),
    /// A declared role.
    Role(GroupId),
    /// A caller with this group and nothing else.
    Group(GroupId),
    /// A caller that brings this role and nothing else.
    Brings(GroupId),
    /// A caller with this policy and nothing else.
    Policy(PolicyId),
}

/// Callers of equal policies, equal groups and equal boundary.
#[derive(Debug)]
pub(super) struct Class {
    /// In the order of the set; never empty.
    pub(super) members: Vec<Principal>,
    /// Attached, directly or through groups; sorted.
    pub(super) policies: Vec<PolicyId>,
    /// What it is in, directly or through groups; sorted.
    groups: Vec<GroupId>,
    /// What bounds it; nothing bounds it where there is none.
    pub(super) boundary: Option<Vec<PolicyId>>,
}

/// All callers.
#[derive(Debug, Default)]
pub(super) struct Callers {
    pub(super) classes: Vec<Class>,
    /// The class of each user.
    of_user: Vec<usize>,
    /// An undeclared name, for callers who bring a role.
    someone: String,
    /// Members, groups and policies of all classes.
    size: u64,
    /// Not all could be found in time.
    pub(super) cut: bool,
}

/// What a caller has before groups are followed.
type Own<'m> = (&'m [PolicyId], &'m [GroupId], Option<PolicyId>);

impl Callers {
    /// Finds all callers of a model.
    pub(super) fn new(model: &Model, work: &mut Work) -> Callers {
        let mut finder =
            Finder { model, out: Callers::default(), seen: vec![0; model.groups.len()], round: 0 };
        finder.users(work);
        for (role, id) in model.groups.iter().zip(0..).filter(|(g, _)| g.role) {
            let parents = [GroupId(id)];
            finder.add(Principal::Role(GroupId(id)), (&[], &parents, role.boundary), work);
        }
        if model.settings.claims != Claims::None {
            for (group, id) in model.groups.iter().zip(0..) {
                let principal = if group.role { Principal::Brings } else { Principal::Group };
                finder.add(principal(GroupId(id)), (&[], &[GroupId(id)], None), work);
            }
        }
        if model.settings.claims == Claims::Policies {
            for id in claimable(model) {
                finder.add(Principal::Policy(id), (&[id], &[], None), work);
            }
        }
        let mut out = finder.out;
        let taken = |name: &str| model.users.iter().any(|u| u.name.as_ref() == name);
        let names = std::iter::once("someone".to_owned()).chain((2..).map(|n| format!("someone{n}")));
        out.someone = names.into_iter().find(|name| !taken(name)).unwrap_or_default();
        out.size = out.classes.iter().map(|class| class.size() as u64).sum();
        out
    }

    /// The callers that are one of these (or, with `outside`, none of these), by class, in the order of the set.
    pub(super) fn chosen(&self, who: &[Who], outside: bool) -> Vec<(usize, Vec<Principal>)> {
        if !outside && who.iter().all(|who| matches!(who.kind, WhoKind::User(_) | WhoKind::Root)) {
            let users = who.iter().filter_map(|who| match who.kind {
                WhoKind::User(id) => Some((*self.of_user.get(id.0 as usize)?, vec![Principal::User(id)])),
                _ => None,
            });
            return users.collect();
        }
        let kinds: HashSet<WhoKind> = who.iter().map(|who| who.kind).collect();
        let classes = self.classes.iter().enumerate();
        let chosen = classes.map(|(place, class)| {
            let all = class.is_one_of(&kinds);
            let is = |member: &Principal| match member {
                Principal::User(id) => all || kinds.contains(&WhoKind::User(*id)),
                _ => all,
            };
            let members = class.members.iter().copied();
            (place, members.filter(|member| is(member) != outside).collect::<Vec<_>>())
        });
        chosen.filter(|(_, members)| !members.is_empty()).collect()
    }

    /// One caller of each class, as a request without an action, and whether these are all.
    pub(super) fn requests(model: &Model) -> (Vec<Request>, bool) {
        let callers = Callers::new(model, &mut Work::new());
        let request = |class: &Class| {
            let mut request = Request::new("", "");
            class.members.iter().take(1).for_each(|member| callers.ask_as(model, *member, &mut request));
            request
        };
        (callers.classes.iter().map(request).collect(), !callers.cut)
    }

    /// Steps in which callers are chosen.
    pub(super) fn steps(&self) -> u64 {
        self.size
    }

    /// All callers in order, each with its class.
    pub(super) fn in_order(&self) -> Vec<(Principal, usize)> {
        let classes = self.classes.iter().enumerate();
        let each =
            classes.flat_map(|(place, class)| class.members.iter().map(move |member| (*member, place)));
        let mut all: Vec<(Principal, usize)> = each.collect();
        all.sort_unstable();
        all
    }

    /// All callers by class.
    pub(super) fn all(&self) -> Vec<(usize, Vec<Principal>)> {
        self.classes.iter().enumerate().map(|(place, class)| (place, class.members.clone())).collect()
    }

    /// A principal as answers name it: as a request would, or `brings role:…`.
    pub(super) fn spelled(&self, model: &Model, principal: Principal) -> String {
        match principal {
            Principal::User(_) => ["user:", principal.name(model)].concat(),
            Principal::Brings(_) => {
                let request = self.request(model, principal);
                format!("brings role:{}", request.roles.first().map_or("", String::as_str))
            }
            _ => self.request(model, principal).principal,
        }
    }

    /// A request of a principal, without an action.
    pub(super) fn request(&self, model: &Model, principal: Principal) -> Request {
        let mut request = Request::new("", "");
        self.ask_as(model, principal, &mut request);
        request
    }

    /// Makes a principal ask: sets the principal and what it brings.
    pub(super) fn ask_as(&self, model: &Model, principal: Principal, request: &mut Request) {
        let group = |id: GroupId| model.groups.get(id.0 as usize).map_or("", |g| g.name.as_ref());
        request.principal = match principal {
            Principal::User(_) => format!("user:{}", principal.name(model)),
            Principal::Role(_) => format!("role:{}", principal.name(model)),
            Principal::Group(id) => format!("group:{}", group(id)),
            Principal::Policy(id) => {
                format!("policy:{}", model.policies.get(id.0 as usize).map_or("", |p| p.name.as_ref()))
            }
            Principal::Brings(id) => {
                request.roles.push(group(id).to_owned());
                format!("user:{}", self.someone)
            }
        };
    }
}

impl Principal {
    /// The name whose digits are the caller's number; none for callers without a name of their own.
    pub(super) fn name(self, model: &Model) -> &str {
        match self {
            Principal::User(id) => model.users.get(id.0 as usize).map_or("", |u| u.name.as_ref()),
            Principal::Role(id) => model.groups.get(id.0 as usize).map_or("", |g| g.name.as_ref()),
            Principal::Group(_) | Principal::Brings(_) | Principal::Policy(_) => "",
        }
    }
}

impl Class {
    /// Whether all its members are one of these, by a group or a policy.
    fn is_one_of(&self, kinds: &HashSet<WhoKind>) -> bool {
        self.groups.iter().any(|id| kinds.contains(&WhoKind::Group(*id)))
            || self.policies.iter().any(|id| kinds.contains(&WhoKind::Policy(*id)))
    }

    /// Members, groups and policies.
    fn size(&self) -> usize {
        self.members.len() + self.groups.len() + self.policies.len()
    }
}

/// Identity policies of the set itself.
fn claimable(model: &Model) -> impl Iterator<Item = PolicyId> {
    let own = |id: &PolicyId| !model.boundary.as_ref().is_some_and(|bounds| bounds.contains(id));
    let policies = model.policies.iter().zip(0..);
    policies.filter(|(p, _)| p.kind == PolicyKind::Identity).map(|(_, id)| PolicyId(id)).filter(own)
}

struct Finder<'m> {
    model: &'m Model,
    out: Callers,
    /// In which round a group was visited last.
    seen: Vec<u32>,
    round: u32,
}

impl<'m> Finder<'m> {
    /// Users who are declared alike are found once.
    fn users(&mut self, work: &mut Work) {
        let users: &'m [User] = &self.model.users;
        let mut known: HashMap<Own<'m>, usize, RandomState> =
            HashMap::with_capacity_and_hasher(users.len(), RandomState::default());
        for (user, id) in users.iter().zip(0..) {
            let own: Own<'m> = (&user.attached, &user.parents, user.boundary);
            let principal = Principal::User(UserId(id));
            let next = self.out.classes.len();
            let place = *known.entry(own).or_insert(next);
            if place == next {
                self.add(principal, own, work);
            } else if let Some(class) = self.out.classes.get_mut(place) {
                class.members.push(principal);
            }
            self.out.of_user.push(place);
        }
    }

    fn add(&mut self, principal: Principal, (attached, parents, boundary): Own<'_>, work: &mut Work) {
        self.round += 1;
        let mut policies = [attached, &self.model.everyone].concat();
        let (mut groups, mut open) = (Vec::new(), parents.to_vec());
        while let Some(id) = open.pop() {
            let Some(seen) = self.seen.get_mut(id.0 as usize) else { continue };
            if std::mem::replace(seen, self.round) == self.round {
                continue;
            }
            let Some(group) = self.model.groups.get(id.0 as usize) else { continue };
            groups.push(id);
            policies.extend_from_slice(&group.attached);
            open.extend_from_slice(&group.parents);
            self.out.cut |= !work.spend((group.attached.len() + group.parents.len()) as u64 + 1);
            if self.out.cut {
                break;
            }
        }
        policies.sort_unstable();
        policies.dedup();
        groups.sort_unstable();
        let boundary = self.model.boundary.clone().or_else(|| boundary.map(|id| vec![id]));
        self.out.classes.push(Class { members: vec![principal], policies, groups, boundary });
    }
}
