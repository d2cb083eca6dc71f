//! Syntax trees of all files of a set to the policies, groups and users of a model (language reference, *Names* to
//! *Policies and principals*).
//!
//! Here names find what they mean, sets are worked out, clauses become conditions. Texts of actions, resources and
//! values are read by [`crate::model::read`]; CAM documents were read before and are handed in.
//!
//! Order never matters: names are collected first, then worked out in the order of what they lead to, without
//! recursion through names. Parentheses recurse, at most [`limits::PAREN_DEPTH`] deep.

mod actions;
mod arguments;
mod asked;
mod assert;
mod conditions;
mod definitions;
mod ignores;
mod members;
mod names;
mod networks;
mod notes;
mod order;
mod own_clause;
mod parameters;
mod policies;
mod proof;
mod repeated;
mod resources;
mod said;
mod statements;
mod templates;
mod test;
mod values;
mod vocabulary;

pub(crate) use self::asked::{Asked, asserts};
pub(crate) use self::policies::ids;
pub(crate) use self::vocabulary::CATEGORIES;

use self::names::{Names, Space};
use self::networks::Network;
use self::parameters::Parameters;
use self::templates::Templates;
use self::vocabulary::Vocabularies;
use crate::catalog::{ActionId, Catalogs};
use crate::findings::Findings;
use crate::model::read::{CURRENT_TIME, IP, shown};
use crate::model::{
    ActionKind, ActionTerm, Group, Ignore, Named, Notes, Policy, PolicyId, Proofs, ResourcePattern, Settings,
    User,
};
use passgate_grammar::tree::File;
use passgate_grammar::{Diagnostic, SourceId, Sources, Span, code, limits};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// What a set's texts hold, read.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// All texts.
    pub sources: &'a Sources,
    /// The trees of the `.gate` files.
    pub files: &'a [File],
    /// The actions that names range over.
    pub catalogs: &'a Catalogs,
    /// Settings of the set.
    pub settings: &'a Settings,
}

/// CAM documents of a set, read.
#[derive(Debug, Default)]
pub struct Documents {
    /// Those that `policy NAME = cam "…"` names, by the place of the string. One that is missing was told before.
    pub named: HashMap<Span, Policy>,
    /// Those that carry their own name.
    pub loose: Vec<Policy>,
    /// Those that an option lays on every caller; they are no part of the set, so nothing can name them.
    pub boundary: Vec<Policy>,
}

/// What the texts mean.
#[derive(Debug, Default)]
pub struct Resolved {
    /// Sorted by name.
    pub policies: Vec<Policy>,
    /// Those of them that came as boundary.
    pub boundary: Vec<PolicyId>,
    /// Groups and roles, in the order written.
    pub groups: Vec<Group>,
    /// Users, in the order written.
    pub users: Vec<User>,
    /// Networks, action sets and resource lists.
    pub named: Vec<Named>,
    /// `@ignore` notes, in the order written.
    pub ignores: Vec<Ignore>,
    /// Asserts and tests.
    pub proofs: Proofs,
    /// Services that some file uses, in the order in which they are first named.
    pub uses: Vec<Box<str>>,
    /// Of each file the services that its bare names mean.
    pub uses_of: BTreeMap<SourceId, Arc<[Box<str>]>>,
}

/// Resolves all names of a set.
///
/// Told are faults, and the lints that only names can decide. Where a fault is among them, what is handed back is
/// only what could be read and must not be compiled.
pub(crate) fn resolve(input: Input<'_>, documents: Documents, findings: &mut Findings) -> Resolved {
    resolve_within(Most::default(), input, documents, findings)
}

/// How much all texts of a set together may hold.
#[derive(Debug, Clone, Copy)]
struct Most {
    expansion: usize,
    statements: usize,
    calls: usize,
    instances: usize,
}

impl Default for Most {
    fn default() -> Self {
        Most {
            expansion: limits::SET_EXPANSION,
            statements: limits::SET_STATEMENTS,
            calls: limits::TEST_CALLS,
            instances: limits::INSTANCES,
        }
    }
}

fn resolve_within(most: Most, input: Input<'_>, documents: Documents, findings: &mut Findings) -> Resolved {
    let ignores = ignores::ignores(input.sources, input.files);
    findings.set_ignored(&ignores);
    let names = Names::collect(input.sources, input.files, findings);
    let vocabularies = Vocabularies::collect(input, findings);
    let mut resolver = Resolver::new(most, input, names, vocabularies, findings);
    resolver.definitions();
    let (policies, boundary) = resolver.policies(documents);
    let (groups, users) = resolver.members(&policies, &boundary);
    let proofs = resolver.proofs(&policies, &boundary, (&groups, &users));
    let (named, uses) = (resolver.named(), resolver.vocabularies.uses());
    let uses_of = resolver.vocabularies.uses_of(input.files);
    resolver.other_notes();
    resolver.unused_templates();
    resolver.findings.extend(resolver.out);
    Resolved { policies, boundary, groups, users, named, ignores, proofs, uses, uses_of }
}

/// The state of one run.
struct Resolver<'a> {
    most: Most,
    sources: &'a Sources,
    files: &'a [File],
    catalogs: &'a Catalogs,
    settings: &'a Settings,
    names: Names<'a>,
    vocabularies: Vocabularies<'a>,
    findings: &'a mut Findings,
    /// What was told lately; goes to the findings by [`Resolver::settle`].
    out: Vec<Diagnostic>,
    /// Values of definitions, by their place; filled in the order of what they lead to.
    networks: HashMap<usize, Network>,
    actions: HashMap<usize, Arc<[ActionTerm]>>,
    resources: HashMap<usize, Arc<[ResourcePattern]>>,
    /// Places of definitions in an order in which names lead only backwards.
    order: Vec<usize>,
    arrows: Vec<Vec<usize>>,
    used: Vec<bool>,
    /// Definitions with a fault, so that what they lack is not told again where they are named.
    broken: HashSet<usize>,
    /// How often a broken definition was named.
    lacking: usize,
    /// Networks by the text of an expression of names alone.
    network_texts: HashMap<&'a str, Network>,
    /// Actions by vocabulary and text of a term about which nothing was told.
    action_kinds: HashMap<(usize, &'a str), ActionKind>,
    /// Catalogued names by vocabulary and text of an expression about which nothing was told.
    action_texts: HashMap<(usize, &'a str), Arc<[ActionId]>>,
    keys: HashSet<Arc<str>>,
    templates: Templates<'a>,
    /// Parameters of the template that is being read.
    parameters: Parameters<'a>,
    /// How often a parameter was named.
    parameter_uses: usize,
    /// What stands before definitions, by their place.
    def_notes: HashMap<usize, Notes>,
    /// What a network stands after, for messages.
    after: &'static str,
    ip: Arc<str>,
    current_time: Arc<str>,
    anywhere: Network,
    any_resource: Arc<[ResourcePattern]>,
    spent: usize,
    statements: usize,
    /// How often spellings near to a name may still be looked for.
    lookups: usize,
}

/// How many diagnostics gather before they are counted and cut. Not few: readers look for near spellings only while
/// there are few.
const UNSETTLED: usize = 20_000;

/// How many faults are told with spellings near to their name: each is looked for among all names.
const LOOKUPS: usize = 500;

/// How much had been told at some point.
#[derive(Clone, Copy)]
struct Mark {
    told: usize,
    lacking: usize,
}

impl<'a> Resolver<'a> {
    fn new(
        most: Most,
        input: Input<'a>,
        names: Names<'a>,
        vocabularies: Vocabularies<'a>,
        findings: &'a mut Findings,
    ) -> Self {
        Resolver {
            most,
            sources: input.sources,
            files: input.files,
            catalogs: input.catalogs,
            settings: input.settings,
            used: vec![false; names.defs.len()],
            names,
            vocabularies,
            findings,
            out: Vec::new(),
            networks: HashMap::new(),
            actions: HashMap::new(),
            resources: HashMap::new(),
            order: Vec::new(),
            arrows: Vec::new(),
            broken: HashSet::new(),
            lacking: 0,
            network_texts: HashMap::new(),
            action_kinds: HashMap::new(),
            action_texts: HashMap::new(),
            keys: HashSet::new(),
            templates: Templates::default(),
            parameters: Parameters::default(),
            parameter_uses: 0,
            def_notes: HashMap::new(),
            after: "here",
            ip: IP.into(),
            current_time: CURRENT_TIME.into(),
            anywhere: Network::anywhere(),
            any_resource: resources::any(Span::default()),
            spent: 0,
            statements: 0,
            lookups: LOOKUPS,
        }
    }

    fn slice(&self, span: Span) -> &'a str {
        self.sources.slice(span)
    }

    /// Called between statements and definitions: what was told leaves the list that marks point into. Within a template
    /// it stays, until its statement is read.
    fn settle(&mut self) {
        if self.out.len() > UNSETTLED && self.parameters.is_empty() {
            self.findings.extend(self.out.drain(..));
        }
    }

    /// A point to ask [`Resolver::faulty`] about.
    fn mark(&self) -> Mark {
        Mark { told: self.out.len(), lacking: self.lacking }
    }

    /// Whether a fault was told, or something lacking was named, since the mark. A lint, such as an empty set, is none.
    fn faulty(&self, mark: Mark) -> bool {
        self.lacking > mark.lacking || self.out.iter().skip(mark.told).any(Diagnostic::refuses)
    }

    /// Whether what was read since the mark may lack something because a text is refused.
    fn refused_since(&self, mark: Mark) -> bool {
        let refused = |skipped| self.out.iter().skip(skipped).any(Diagnostic::refuses);
        refused(mark.told) || (self.lacking > mark.lacking && (self.findings.refused() || refused(0)))
    }

    /// Whether a set by this name could not be read, which was told; what names it lacks something.
    fn broken_set(&mut self, name: &'a str) -> bool {
        let broken = self.names.is_broken(Space::Set, Cow::Borrowed(name));
        self.lacking += usize::from(broken);
        broken
    }

    /// Whether to look for near spellings once more.
    fn may_look(&mut self) -> bool {
        self.lookups = self.lookups.saturating_sub(1);
        self.lookups > 0
    }

    /// An empty set matches nothing: a lint of error level.
    fn empty_set(&mut self, span: Span) {
        let message = format!("`{}` is empty: it matches nothing", shown(self.slice(span)));
        self.out.push(Diagnostic::error(code::EMPTY_SET, span, message));
    }

    /// Counts what names stand for; `false` beyond the limit, which is told once.
    fn spend(&mut self, count: usize, span: Span) -> bool {
        let before = self.spent;
        self.spent = before.saturating_add(count);
        let most = self.most.expansion;
        if before <= most && self.spent > most {
            let message = format!("the names of this set stand for more than {most} terms");
            self.out.push(Diagnostic::error(code::LIMIT, span, message));
        }
        self.spent <= self.most.expansion
    }
}

#[cfg(test)]
mod tests;
