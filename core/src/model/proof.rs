//! Asserts and tests with every name resolved (language reference, *Asserts and tests*): what is to be proved, and
//! which calls are to be tried.
//!
//! Nothing is proved or tried here; a case does not know the types of a request, which lie above this room.

use super::{ActionTerm, Condition, GroupId, Instant, PolicyId, ResourcePattern};
use crate::catalog::ActionId;
use passgate_grammar::Span;
use std::net::IpAddr;
use std::sync::Arc;

/// Index into [`crate::model::Model::users`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserId(pub u32);

/// Asserts and tests of a set, in the order of its files.
#[derive(Debug, Clone, Default)]
pub struct Proofs {
    /// What is to be proved.
    pub asserts: Vec<Assert>,
    /// Blocks of calls to be tried.
    pub tests: Vec<TestBlock>,
}

/// `assert … may …`: about every call that its clauses admit.
#[derive(Debug, Clone)]
pub struct Assert {
    /// Whom it speaks of.
    pub subject: Subject,
    /// `may not`; never with `no one`, `everyone` and `only`.
    pub negated: bool,
    /// The actions; they reach at least one.
    pub actions: Arc<[ActionTerm]>,
    /// `on`; none where the assert has no such clause, and so speaks of every resource.
    pub resources: Option<Arc<[ResourcePattern]>>,
    /// What else its clauses ask of a call.
    pub conditions: Vec<Condition>,
    /// Where its actions are written.
    pub actions_span: Span,
    /// All of it.
    pub span: Span,
}

/// Whom an assert speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// `no one`
    NoOne,
    /// `everyone`
    Everyone,
    /// These.
    These(Vec<Who>),
    /// `only` these.
    Only(Vec<Who>),
}

/// Callers named in an assert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who {
    /// Which.
    pub kind: WhoKind,
    /// Where it is written.
    pub span: Span,
}

/// Which callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WhoKind {
    /// The account root.
    Root,
    /// One user.
    User(UserId),
    /// Every caller in a group or role, directly or through groups; a role is itself one.
    Group(GroupId),
    /// Every caller that a policy is attached to, directly or through groups.
    Policy(PolicyId),
}

/// `test "…" { … }`
#[derive(Debug, Clone)]
pub struct TestBlock {
    /// Its name.
    pub name: Arc<str>,
    /// Its cases, in the order written.
    pub cases: Vec<Case>,
    /// Where its name is written.
    pub span: Span,
}

/// One line of a test: a call for each action, `given` merged into it.
#[derive(Debug, Clone)]
pub struct Case {
    /// Who asks, as a request names it: `user:1`, `root`.
    pub principal: Arc<str>,
    /// Groups that the call brings.
    pub groups: Vec<Arc<str>>,
    /// Roles that it brings.
    pub roles: Vec<Arc<str>>,
    /// Policies that it brings.
    pub policies: Vec<Arc<str>>,
    /// Whether the call is expected to be allowed.
    pub allowed: bool,
    /// The actions, each once; never empty.
    pub calls: Arc<[Called]>,
    /// `on`
    pub resources: Option<Arc<[Arc<str>]>>,
    /// `from`
    pub address: Option<IpAddr>,
    /// `at`
    pub time: Option<Instant>,
    /// `with`: each key once.
    pub context: Vec<(Arc<str>, CaseValues)>,
    /// `because`: one of [`REASONS`].
    pub because: Option<&'static str>,
    /// All of it.
    pub span: Span,
}

/// The action of one call.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Called {
    /// A catalogued one.
    Known(ActionId),
    /// `service:Name` of a service whose names are no list.
    Named(Arc<str>),
}

/// Values of one key of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseValues {
    /// One is that value; several are a list.
    pub values: Vec<CaseValue>,
}

/// A value as a request has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseValue {
    /// Text.
    Text(Box<str>),
    /// A number as written.
    Number(Box<str>),
    /// `true` or `false`.
    Bool(bool),
}

/// What may follow `because`: the reasons of semantics §2, the two that allow first.
pub const REASONS: [&str; 6] =
    ["allow", "root", "explicit-deny", "implicit-deny", "boundary", "unknown-principal"];
