//! What is defined under which name, in all files of a set (language reference, *Names*).
//!
//! Networks, action sets and resource lists share one space of names; policies and templates one; groups and roles
//! one; users one. The first definition in the order of files counts, a second is an error.

use crate::findings::Findings;
use crate::model::read::shown;
use passgate_grammar::text::{name_text, taken_for};
use passgate_grammar::tree::{
    self, BrokenKind, DefineKind, Expr, File, ItemKind, MemberKind, Term, TermKind,
};
use passgate_grammar::{Diagnostic, Sources, Span, code};
use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

/// A `network`, `actions` or `resources` line.
pub(super) struct Def<'a> {
    pub(super) kind: DefineKind,
    pub(super) name: &'a str,
    pub(super) span: Span,
    pub(super) expr: &'a Expr,
    pub(super) item: &'a tree::Item,
    /// Place of its file in the input.
    pub(super) file: usize,
}

/// A policy of a `.gate` file.
pub(super) struct PolicyDef<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) item: &'a tree::Item,
    pub(super) policy: &'a tree::Policy,
    /// Place of its file in the input.
    pub(super) file: usize,
}

/// A user, group or role.
pub(super) struct MemberDef<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) item: &'a tree::Item,
    pub(super) member: &'a tree::Member,
}

/// Everything defined in a set, in the order written, and where to find it by name.
#[derive(Default)]
pub(super) struct Names<'a> {
    pub(super) defs: Vec<Def<'a>>,
    pub(super) policies: Vec<PolicyDef<'a>>,
    pub(super) groups: Vec<MemberDef<'a>>,
    pub(super) users: Vec<MemberDef<'a>>,
    def_places: HashMap<&'a str, usize>,
    policy_places: HashMap<Cow<'a, str>, usize>,
    group_places: HashMap<Cow<'a, str>, usize>,
    user_places: HashMap<Cow<'a, str>, usize>,
    /// Names declared by items that could not be read: naming them is no second fault.
    broken: HashSet<(Space, Cow<'a, str>)>,
}

/// The spaces of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Space {
    /// Networks, action sets, resource lists.
    Set,
    /// Policies and templates.
    Policy,
    /// Groups and roles.
    Group,
    /// Users.
    User,
}

impl<'a> Names<'a> {
    /// Collects the definitions of all files.
    pub(super) fn collect(sources: &'a Sources, files: &'a [File], out: &mut Findings) -> Self {
        let mut names = Names::default();
        for (file, tree) in files.iter().enumerate() {
            for item in &tree.items {
                names.item(sources, file, item, out);
            }
            for broken in &tree.broken {
                let space = match broken.kind {
                    BrokenKind::Set => Space::Set,
                    BrokenKind::Policy => Space::Policy,
                    BrokenKind::Member(MemberKind::User) => Space::User,
                    BrokenKind::Member(MemberKind::Group | MemberKind::Role) => Space::Group,
                };
                names.broken.insert((space, name_text(sources, &broken.name)));
            }
        }
        names.look_alike(sources, out);
        names
    }

    /// Tells the names that look like another of their space, unless they say by escapes what they are made of.
    fn look_alike(&self, sources: &Sources, out: &mut Findings) {
        let policies = self.policies.iter().map(|p| (&p.name, p.policy.name.span));
        let groups = self.groups.iter().map(|g| (&g.name, g.member.name.span));
        let users = self.users.iter().map(|u| (&u.name, u.member.name.span));
        alike(sources, policies, out);
        alike(sources, groups, out);
        alike(sources, users, out);
    }

    fn item(&mut self, sources: &'a Sources, file: usize, item: &'a tree::Item, out: &mut Findings) {
        match &item.kind {
            ItemKind::Define { kind, name, expr } => {
                let def = Def { kind: *kind, name: sources.slice(*name), span: *name, expr, item, file };
                self.define(def, out);
            }
            ItemKind::Policy(policy) => {
                let name = name_text(sources, &policy.name);
                check_name(&name, policy.name.span, out);
                let first = self.policy(&name).map(|p| p.policy.name.span);
                if let Some(first) = first {
                    out.push(twice("policy", &name, policy.name.span, first));
                    return;
                }
                self.policy_places.insert(name.clone(), self.policies.len());
                self.policies.push(PolicyDef { name, item, policy, file });
            }
            ItemKind::Member(member) => {
                let name = name_text(sources, &member.name);
                self.member(MemberDef { name, item, member }, out);
            }
            ItemKind::Use(_) | ItemKind::Set { .. } | ItemKind::Assert(_) | ItemKind::Test(_) => {}
        }
    }

    fn define(&mut self, def: Def<'a>, out: &mut Findings) {
        if def.name == ANYWHERE {
            let message = "`anywhere` is every address and cannot be defined anew";
            out.push(Diagnostic::error(code::DUPLICATE_NAME, def.span, message).help("choose another name"));
            return;
        }
        check_name(def.name, def.span, out);
        match self.def_places.entry(def.name) {
            Entry::Occupied(place) => {
                let Some(first) = self.defs.get(*place.get()) else { return };
                let message = format!("`{}` is defined twice", def.name);
                let what = format!("first defined here, as {}", kind_word(first.kind));
                let told = Diagnostic::error(code::DUPLICATE_NAME, def.span, message).label(first.span, what);
                out.push(told.because("networks, action sets and resource lists share one space of names"));
            }
            Entry::Vacant(slot) => {
                slot.insert(self.defs.len());
                self.defs.push(def);
            }
        }
    }

    fn member(&mut self, def: MemberDef<'a>, out: &mut Findings) {
        let (name, member) = (def.name.clone(), def.member);
        check_name(&name, member.name.span, out);
        let (places, all) = match member.kind {
            MemberKind::User => (&mut self.user_places, &mut self.users),
            MemberKind::Group | MemberKind::Role => (&mut self.group_places, &mut self.groups),
        };
        match places.entry(name.clone()) {
            Entry::Occupied(place) => {
                let Some(first) = all.get(*place.get()) else { return };
                let told = twice(member_word(member.kind), &name, member.name.span, first.member.name.span);
                out.push(if first.member.kind == member.kind {
                    told
                } else {
                    told.because("groups and roles share one space of names")
                });
            }
            Entry::Vacant(slot) => {
                slot.insert(all.len());
                all.push(def);
            }
        }
    }

    /// Takes a set whose value is known already.
    pub(super) fn know_set(
        &mut self,
        kind: DefineKind,
        (name, span): (&'a str, Span),
        expr: &'a Expr,
        item: &'a tree::Item,
    ) {
        self.def_places.insert(name, self.defs.len());
        self.defs.push(Def { kind, name, span, expr, item, file: 0 });
    }

    /// Takes a user, group or role that is known already.
    pub(super) fn know_member(&mut self, name: &'a str, item: &'a tree::Item, member: &'a tree::Member) {
        let (places, all) = match member.kind {
            MemberKind::User => (&mut self.user_places, &mut self.users),
            MemberKind::Group | MemberKind::Role => (&mut self.group_places, &mut self.groups),
        };
        places.insert(Cow::Borrowed(name), all.len());
        all.push(MemberDef { name: Cow::Borrowed(name), item, member });
    }

    /// A network, action set or resource list by name.
    pub(super) fn def(&self, name: &str) -> Option<(usize, &Def<'a>)> {
        let place = *self.def_places.get(name)?;
        Some((place, self.defs.get(place)?))
    }

    /// Place of a policy in [`Names::policies`].
    pub(super) fn policy_place(&self, name: &str) -> Option<usize> {
        self.policy_places.get(name).copied()
    }

    /// A policy of a `.gate` file by name.
    pub(super) fn policy(&self, name: &str) -> Option<&PolicyDef<'a>> {
        self.policies.get(*self.policy_places.get(name)?)
    }

    /// Place of a group or role in [`Names::groups`].
    pub(super) fn group(&self, name: &str) -> Option<usize> {
        self.group_places.get(name).copied()
    }

    /// Place of a user in [`Names::users`].
    pub(super) fn user(&self, name: &str) -> Option<usize> {
        self.user_places.get(name).copied()
    }

    /// Whether an item that could not be read declares the name.
    pub(super) fn is_broken(&self, space: Space, name: Cow<'a, str>) -> bool {
        self.broken.contains(&(space, name))
    }

    /// Names of one kind, for nearest spellings.
    pub(super) fn defs_of(&self, kind: DefineKind) -> impl Iterator<Item = &'a str> {
        self.defs.iter().filter(move |d| d.kind == kind).map(|d| d.name)
    }

    /// For each definition those of its kind that its expression names.
    pub(super) fn arrows(&self, sources: &Sources) -> Vec<Vec<usize>> {
        let mut all = Vec::with_capacity(self.defs.len());
        for def in &self.defs {
            let mut named = Vec::new();
            words(def.expr, &mut |span| {
                if let Some((place, other)) = self.def(sources.slice(span))
                    && other.kind == def.kind
                {
                    named.push(place);
                }
            });
            named.sort_unstable();
            named.dedup();
            all.push(named);
        }
        all
    }
}

/// The built-in network of every address.
pub(super) const ANYWHERE: &str = "anywhere";

/// What a definition is called in messages, with its article.
pub(super) fn kind_word(kind: DefineKind) -> &'static str {
    match kind {
        DefineKind::Network => "a network",
        DefineKind::Actions => "a set of actions",
        DefineKind::Resources => "a list of resources",
    }
}

/// The word that declares a member.
pub(super) fn member_word(kind: MemberKind) -> &'static str {
    match kind {
        MemberKind::User => "user",
        MemberKind::Group => "group",
        MemberKind::Role => "role",
    }
}

fn twice(word: &str, name: &str, span: Span, first: Span) -> Diagnostic {
    let message = format!("{word} `{name}` is defined twice");
    Diagnostic::error(code::DUPLICATE_NAME, span, message).label(first, "first defined here")
}

fn check_name(name: &str, span: Span, out: &mut Findings) {
    if name.is_empty() {
        out.push(Diagnostic::error(code::BAD_VALUE, span, "a name is not empty"));
    }
}

/// Calls `each` with every word of an expression. Parentheses nest at most `limits::PAREN_DEPTH` deep.
pub(super) fn words(expr: &Expr, each: &mut dyn FnMut(Span)) {
    let lists = [Some(&expr.terms), expr.only.as_ref(), expr.except.as_ref()];
    for term in lists.into_iter().flatten().flatten() {
        word(term, each);
    }
}

/// Tells each name of a space that is taken for another one of it, where its text hides that.
fn alike<'n>(sources: &Sources, names: impl Iterator<Item = (&'n Cow<'n, str>, Span)>, out: &mut Findings) {
    let names: Vec<(&str, Span)> = names.map(|(name, span)| (name.as_ref(), span)).collect();
    let foreign: Vec<(String, &str, Span)> = names
        .iter()
        .filter(|(name, span)| !name.is_ascii() && !sources.slice(*span).is_ascii())
        .map(|(name, span)| (taken_for(name), *name, *span))
        .collect();
    if foreign.is_empty() {
        return;
    }
    let mut first: HashMap<String, (&str, Span)> = HashMap::new();
    let plain = names.iter().filter(|(_, span)| sources.slice(*span).is_ascii());
    first.extend(plain.map(|(name, span)| (taken_for(name), (*name, *span))));
    for (taken, name, span) in foreign {
        match first.entry(taken) {
            Entry::Occupied(other) => {
                let (like, place) = *other.get();
                let message = format!("`{}` looks like `{}`, and is another name", shown(name), shown(like));
                let told =
                    Diagnostic::error(code::BAD_CHARACTER, span, message).label(place, "the other name");
                out.push(
                    told.help("choose another name, or write the characters that look alike as `\\u{…}`"),
                );
            }
            Entry::Vacant(slot) => {
                slot.insert((name, span));
            }
        }
    }
}

fn word(term: &Term, each: &mut dyn FnMut(Span)) {
    match &term.kind {
        TermKind::Word => each(term.span),
        TermKind::Group(inner) => words(inner, each),
        TermKind::Action | TermKind::Address | TermKind::Text | TermKind::Instant => {}
    }
}
