//! What stands before policies, statements and other items: doc comments and notes, read (language reference, *Sets of
//! files, settings*).
//!
//! The version of a policy and the id of a statement have places of their own in the model. Nothing here decides
//! anything; lints read [`Ignore`], decisions hand over [`Notes::reason`].

use passgate_grammar::{Code, Span};
use std::sync::Arc;

/// Doc comments, `@reason` and notes of one's own. Cheap to clone; mostly empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes(Option<Arc<Written>>);

/// What there is where there is anything.
#[derive(Debug, Default, PartialEq, Eq)]
struct Written {
    docs: Option<Arc<str>>,
    reason: Option<Arc<str>>,
    own: Vec<OwnNote>,
}

impl Notes {
    /// Notes of these parts.
    pub fn new(docs: Option<Arc<str>>, reason: Option<Arc<str>>, own: Vec<OwnNote>) -> Self {
        let any = docs.is_some() || reason.is_some() || !own.is_empty();
        Notes(any.then(|| Arc::new(Written { docs, reason, own })))
    }

    /// The doc comments, without slashes, a line each.
    pub fn docs(&self) -> Option<&str> {
        self.0.as_ref()?.docs.as_deref()
    }

    /// `@reason("…")`: what a caller is told whom the deny, or a deny of the policy, refuses.
    pub fn reason(&self) -> Option<&Arc<str>> {
        self.0.as_ref()?.reason.as_ref()
    }

    /// Notes that begin with `@x-`, in the order written.
    pub fn own(&self) -> &[OwnNote] {
        self.0.as_ref().map_or(&[], |written| &written.own)
    }
}

/// `@x-anything(…)`: handed over as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnNote {
    /// `x-anything`
    pub word: Arc<str>,
    /// Its arguments: words and strings alike, without quotes.
    pub args: Vec<Arc<str>>,
    /// The whole note.
    pub span: Span,
}

/// `@ignore(code, …, "why")`: lints that are not told about what it stands before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignore {
    /// The lints, each with the place of its code in the note.
    pub codes: Vec<(Code, Span)>,
    /// Why. Where one of the lints is at error level it must be said.
    pub why: Option<Arc<str>>,
    /// The whole note.
    pub span: Span,
    /// The statement, case or item that it stands before: what is told about a place in it, is silenced.
    pub scope: Span,
}
