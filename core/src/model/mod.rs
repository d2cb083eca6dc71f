//! A policy set with every name resolved: what the reference evaluator, the table and the lints read.
//!
//! One [`Statement`] serves `.gate` and CAM JSON. Values are read once (numbers, instants, prefixes); texts that the
//! semantics compares as text stay text. Nothing here decides anything. The sub-modules build a model: from the
//! syntax tree (`resolve`) and, in the `cam` room, from CAM JSON.

mod notes;
pub(crate) mod open;
mod proof;
pub mod read;
pub mod resolve;
mod value;

pub use notes::{Ignore, Notes, OwnNote};
pub use proof::{
    Assert, Called, Case, CaseValue, CaseValues, Proofs, REASONS, Subject, TestBlock, UserId, Who, WhoKind,
};
pub use value::{Instant, Number, Template, TemplatePart, Variable};

use crate::address::Prefix;
use crate::catalog::{ActionId, Catalogs};
use passgate_grammar::{Diagnostic, SourceId, Sources, Span};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

/// Index into [`Model::policies`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PolicyId(pub u32);

/// Index into [`Model::groups`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupId(pub u32);

/// A policy set with every name resolved.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// The texts it was read from.
    pub sources: Arc<Sources>,
    /// The actions it ranges over.
    pub catalogs: Arc<Catalogs>,
    /// Settings of the set.
    pub settings: Settings,
    /// All policies, identity and others, in a fixed order (by name).
    pub policies: Vec<Policy>,
    /// Groups and roles.
    pub groups: Vec<Group>,
    /// Declared users.
    pub users: Vec<User>,
    /// Networks, action sets and resource lists by name, for lints: statements hold what they mean.
    pub named: Vec<Named>,
    /// Asserts and tests.
    pub proofs: Proofs,
    /// Services whose actions some file names without their service, in the order in which they are first named; none of
    /// a compiled file, which does not keep them.
    pub uses: Vec<Box<str>>,
    /// Of each `.gate` text the services that its bare names mean, its own or those of the settings; none of a compiled
    /// file.
    pub uses_of: BTreeMap<SourceId, Arc<[Box<str>]>>,
    /// Policies of whoever asks, known or not (a bare CAM document as a set).
    pub everyone: Vec<PolicyId>,
    /// The boundary that an option lays on every caller but root: all these documents together. `Some` and empty
    /// allows nothing.
    pub boundary: Option<Vec<PolicyId>>,
    /// `@ignore` notes of all files, in the order written.
    pub ignores: Vec<Ignore>,
    /// What was noticed while reading and resolving.
    pub diagnostics: Vec<Diagnostic>,
}

impl Model {
    /// The policy that a request or a principal `policy:NAME` may name: an identity policy of the set itself, not
    /// a boundary document given by an option.
    pub fn claimable(&self, name: &str) -> Option<PolicyId> {
        let at = self.policies.binary_search_by(|p| p.name.as_ref().cmp(name)).ok()?;
        let id = PolicyId(u32::try_from(at).ok()?);
        let policy = self.policies.get(at)?;
        let bounds = self.boundary.as_ref().is_some_and(|ids| ids.contains(&id));
        (policy.kind == PolicyKind::Identity && !bounds).then_some(id)
    }
}

/// A network, action set or resource list under its name.
#[derive(Debug, Clone)]
pub struct Named {
    /// Unique among networks, action sets and resource lists.
    pub name: Arc<str>,
    /// What it holds.
    pub value: NamedValue,
    /// Whether something that is not itself unused names it.
    pub used: bool,
    /// What stands before it.
    pub notes: Notes,
    /// Where its name is defined.
    pub span: Span,
}

/// What a name stands for.
#[derive(Debug, Clone)]
pub enum NamedValue {
    /// Addresses.
    Network(Arc<[Prefix]>),
    /// Actions.
    Actions(Arc<[ActionTerm]>),
    /// Resource patterns.
    Resources(Arc<[ResourcePattern]>),
}

/// Settings of a policy set (language reference, *Sets of files, settings*).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The owner's account.
    pub owner: Owner,
    /// Services that bare names mean where a file has no `use`.
    pub use_services: Vec<Box<str>>,
    /// Services matched by text although no catalog describes them.
    pub opaque: Opaque,
    /// What an address condition means on an action without IP support.
    pub ip_unsupported: IpUnsupported,
    /// What a request may bring.
    pub claims: Claims,
    /// When asserts are proved.
    pub prove: Prove,
    /// Lints set to error refuse a load.
    pub strict: bool,
    /// Short to long region names.
    pub region_aliases: BTreeMap<Box<str>, Box<str>>,
    /// Levels of lints, by code.
    pub lints: BTreeMap<Box<str>, LintLevel>,
}

/// The owner's account numbers: digits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owner {
    /// `uin`
    pub uin: Option<Box<str>>,
    /// `uid` (app id)
    pub uid: Option<Box<str>>,
}

impl Owner {
    /// Whether the account of a resource is the owner's: empty, or one of the owner's numbers (semantics §4).
    pub(crate) fn is_account(&self, text: &str) -> bool {
        let named = |kind: &str, number: &Option<Box<str>>| {
            number.as_ref().is_some_and(|number| text.strip_prefix(kind) == Some(number))
        };
        text.is_empty() || named("uin/", &self.uin) || named("uid/", &self.uid)
    }
}

/// Which services without a catalog are matched by text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opaque {
    /// These, sorted.
    Services(Vec<Box<str>>),
    /// Every service that no catalog describes.
    All,
}

impl Default for Opaque {
    fn default() -> Self {
        Opaque::Services(Vec::new())
    }
}

impl Opaque {
    /// Whether a service without catalog is matched by text.
    pub fn covers(&self, service: &str) -> bool {
        match self {
            Opaque::All => true,
            Opaque::Services(names) => names.iter().any(|n| n.as_ref() == service),
        }
    }
}

/// Semantics §5: address conditions on actions without IP support.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum IpUnsupported {
    /// The address is not handed over.
    #[default]
    Withhold,
    /// The caller's address is used anyway.
    Evaluate,
    /// A set with such a statement is not loaded.
    Refuse,
}

/// What a request may bring.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Claims {
    /// Groups and roles.
    #[default]
    Groups,
    /// Nothing.
    None,
    /// Groups, roles and policies.
    Policies,
}

/// When asserts are proved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Prove {
    /// By `lint` and `test`.
    #[default]
    OnLint,
    /// Also when the set is loaded.
    OnLoad,
}

/// A lint's level in the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LintLevel {
    /// Not told.
    Off,
    /// A warning.
    Warn,
    /// An error.
    Error,
}

/// What a policy is for.
pub use passgate_grammar::tree::PolicyKind;

/// A policy: statements under a name.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Unique among policies.
    pub name: Arc<str>,
    /// Identity, trust or resource; only identity policies decide.
    pub kind: PolicyKind,
    /// `2.0` or `3.0`; evaluated alike, kept for export.
    pub version: Box<str>,
    /// What stands before it.
    pub notes: Notes,
    /// Statements in the order written.
    pub statements: Vec<Statement>,
    /// Where it is defined.
    pub span: Span,
    /// The document it was kept from by `= cam` or as a `.json` file of the set: exported as it stands.
    pub document: Option<passgate_grammar::SourceId>,
    /// What it is an instance of.
    pub instance: Option<Instance>,
}

/// An instance of a template: several policies have one text, so what is told of it is told once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instance {
    /// Where the template is named.
    pub template: Span,
}

/// A group or a role.
#[derive(Debug, Clone)]
pub struct Group {
    /// Unique among groups and roles.
    pub name: Arc<str>,
    /// A role may itself be a caller.
    pub role: bool,
    /// Attached policies.
    pub attached: Vec<PolicyId>,
    /// Groups and roles it is in.
    pub parents: Vec<GroupId>,
    /// A role's own permission boundary.
    pub boundary: Option<PolicyId>,
    /// What stands before it.
    pub notes: Notes,
    /// Where it is defined.
    pub span: Span,
}

/// A declared user.
#[derive(Debug, Clone)]
pub struct User {
    /// Unique among users.
    pub name: Arc<str>,
    /// Attached policies.
    pub attached: Vec<PolicyId>,
    /// Groups and roles it is in.
    pub parents: Vec<GroupId>,
    /// Its permission boundary.
    pub boundary: Option<PolicyId>,
    /// What stands before it.
    pub notes: Notes,
    /// Where it is defined.
    pub span: Span,
}

/// Allow or deny.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Effect {
    /// Grants.
    Allow,
    /// Forbids, and wins.
    Deny,
}

/// A statement: matches when its actions, its resources and its whole condition match.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Allow or deny.
    pub effect: Effect,
    /// `policy#n` (n from 1), or `policy#id` where a note gives one.
    pub id: Arc<str>,
    /// What stands before it.
    pub notes: Notes,
    /// Any of these; shared between statements that use one named set, whose terms' spans lie at its definition.
    pub actions: Arc<[ActionTerm]>,
    /// Any of these; never empty; shared likewise.
    pub resources: Arc<[ResourcePattern]>,
    /// All of these.
    pub conditions: Vec<Condition>,
    /// `to` or `principal` of a trust or resource policy; shared where a document names it once for all statements.
    pub principals: Arc<[Whom]>,
    /// Where its effect stands.
    pub effect_span: Span,
    /// All of it.
    pub span: Span,
}

/// Whom a trust or resource policy speaks to, as written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Whom {
    /// `*` / `anyone`
    Anyone,
    /// `qcs`, `service` or `federated` with its text.
    Named {
        /// The word.
        kind: Box<str>,
        /// The text.
        text: Box<str>,
    },
}

/// One member of a statement's action list.
#[derive(Debug, Clone)]
pub struct ActionTerm {
    /// What it covers.
    pub kind: ActionKind,
    /// Where it is written.
    pub span: Span,
}

/// What an action term covers (semantics §3).
#[derive(Debug, Clone)]
pub enum ActionKind {
    /// `*` (or `*:*`): every action of every service, opaque ones and service-level ones too.
    All {
        /// Written `*:*`.
        long: bool,
    },
    /// `svc:pattern` or an exact `svc:Name`. Whole-service (`svc:*`) exactly when `pattern` is `*`.
    Pattern {
        /// The service.
        service: Arc<str>,
        /// Text with `*`.
        pattern: Arc<str>,
        /// Written `name/svc:pattern`.
        legacy: bool,
    },
    /// `permid/N`: what the catalogs define under that number; never a service-level action.
    Permid(Box<str>),
    /// Catalogued actions found by a category, a bare pattern over several services, `only` or `except`; sorted.
    /// Never covers an action of service level.
    Names(Arc<[ActionId]>),
}

/// A resource of a statement (semantics §4).
#[derive(Debug, Clone)]
pub struct ResourcePattern {
    /// What it covers.
    pub kind: ResourceKind,
    /// As written, without quotes.
    pub text: Arc<str>,
    /// Where.
    pub span: Span,
}

/// What a resource pattern covers.
#[derive(Debug, Clone)]
pub enum ResourceKind {
    /// `*`
    Any,
    /// Six segments.
    Six {
        /// `None`: every service.
        service: Option<Box<str>>,
        /// `None`: every region.
        region: Option<Box<str>>,
        /// The account.
        account: AccountPattern,
        /// The last segment: `*` is any text.
        rest: Template,
    },
}

/// The account segment of a resource pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountPattern {
    /// Empty: the owner's.
    Owner,
    /// `*`: any.
    Any,
    /// `uin/N` or `uid/N`, as text.
    Exact(Box<str>),
}

/// A condition: an operator over one key. Conditions of a statement must all hold.
#[derive(Debug, Clone)]
pub struct Condition {
    /// `for_any_value:` or `for_all_value:`.
    pub qualifier: Option<Qualifier>,
    /// `_if_exist`: an absent key satisfies it.
    pub if_exist: bool,
    /// The operator with its values.
    pub test: Test,
    /// The key.
    pub key: Arc<str>,
    /// Where it is written.
    pub span: Span,
}

/// A qualifier of an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Qualifier {
    /// Some request value satisfies it.
    Any,
    /// Every request value does.
    All,
}

/// How numbers or dates are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Comparison {
    /// Equal to one of the values.
    Equal,
    /// Equal to none of the values.
    NotEqual,
    /// Less than one of the values.
    Less,
    /// Less than or equal to one of them.
    LessEqual,
    /// Greater than one of them.
    Greater,
    /// Greater than or equal to one of them.
    GreaterEqual,
}

/// An operator with its values, read once. Values are never empty, except the prefixes of an empty network.
#[derive(Debug, Clone)]
pub enum Test {
    /// `string_equal`, `string_not_equal`, and the two that ignore case.
    Text {
        /// `not`
        negated: bool,
        /// Folds A–Z only.
        ignore_case: bool,
        /// Values with variables.
        values: Vec<Template>,
    },
    /// `string_like`, `string_not_like`: `*` of a literal part is any text.
    Like {
        /// `not`
        negated: bool,
        /// Patterns with variables; substituted text is literal.
        values: Vec<Template>,
    },
    /// `binary_equal`
    Binary {
        /// Values with variables.
        values: Vec<Template>,
    },
    /// `numeric_*`
    Number {
        /// Which.
        comparison: Comparison,
        /// Values.
        values: Vec<Number>,
    },
    /// `date_*`
    Date {
        /// Which.
        comparison: Comparison,
        /// Values.
        values: Vec<Instant>,
    },
    /// `bool_equal`
    Bool {
        /// Values.
        values: Vec<bool>,
    },
    /// `ip_equal`, `ip_not_equal`
    Ip {
        /// `not`
        negated: bool,
        /// In any of these prefixes; shared between statements that use one network.
        prefixes: Arc<[Prefix]>,
        /// Host bits as written, for those who write it back; decides nothing, mostly empty.
        written: Arc<[WrittenAddress]>,
    },
    /// `null_equal`: `true` = absent, `false` = present.
    Null {
        /// Values.
        values: Vec<bool>,
    },
}

/// The address of a prefix that was written with bits beyond its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenAddress {
    /// Place of the prefix in its list; ascending.
    pub place: usize,
    /// The address, host bits kept.
    pub address: IpAddr,
}
