//! The answer to a request.

use std::fmt;
use std::sync::Arc;

/// Why a request is allowed or denied (semantics §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// A statement allows it.
    Allow,
    /// The account root is asking.
    Root,
    /// A statement denies it.
    ExplicitDeny,
    /// No statement allows it.
    ImplicitDeny,
    /// The attached policies allow it and the permission boundary does not.
    Boundary,
    /// The policy set does not know the principal.
    UnknownPrincipal,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Reason; 6] = [
        Reason::Allow,
        Reason::Root,
        Reason::ExplicitDeny,
        Reason::ImplicitDeny,
        Reason::Boundary,
        Reason::UnknownPrincipal,
    ];

    /// The word that every language uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Allow => "allow",
            Reason::Root => "root",
            Reason::ExplicitDeny => "explicit-deny",
            Reason::ImplicitDeny => "implicit-deny",
            Reason::Boundary => "boundary",
            Reason::UnknownPrincipal => "unknown-principal",
        }
    }

    /// Whether this reason is an allow.
    pub fn allowed(self) -> bool {
        matches!(self, Reason::Allow | Reason::Root)
    }
}

/// A statement that decided, by place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// Name of the policy.
    pub policy: Arc<str>,
    /// `policy#n`, or `policy#id` where the statement has one.
    pub id: Arc<str>,
    /// Name of the file.
    pub file: Arc<str>,
    /// Line where the statement starts, from 1.
    pub line: u32,
    /// Column in code points, from 1.
    pub column: u32,
    /// What a caller is told whom it refuses: the `@reason` of the deny, or else of its policy.
    pub message: Option<Arc<str>>,
}

impl fmt::Display for Place {
    /// `file:line:column policy#n`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{} {}", self.file, self.line, self.column, self.id)
    }
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// May the caller?
    pub allowed: bool,
    /// Why.
    pub reason: Reason,
    /// Version of the catalog of the action's service; none for an opaque service.
    pub catalog: Option<Arc<str>>,
    /// All statements that decided: the denies, the allows, or the boundary's denies; sorted by file, line, column,
    /// policy, id; each once.
    pub statements: Vec<Arc<Place>>,
}

impl Decision {
    /// What the caller is told: the first text that a deciding deny has, or its policy. None where no deny decided.
    ///
    /// ```
    /// use passgate::{Decision, Reason};
    /// let reason = Reason::ImplicitDeny;
    /// let decision = Decision { allowed: false, reason, catalog: None, statements: vec![] };
    /// assert_eq!(decision.message(), None);
    /// ```
    pub fn message(&self) -> Option<&str> {
        self.statements.iter().find_map(|place| place.message.as_deref())
    }
}
