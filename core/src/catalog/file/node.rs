//! What JSON and TOML have in common, with spans: the tree that a catalog is read from.

use passgate_grammar::Span;
use std::borrow::Cow;

/// A value and where it stands.
#[derive(Debug)]
pub(super) struct Node<'a> {
    /// All of it.
    pub(super) span: Span,
    /// Which value.
    pub(super) kind: Kind<'a>,
}

/// The values a catalog is made of.
#[derive(Debug)]
pub(super) enum Kind<'a> {
    Bool(bool),
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    /// Members in the order of the file (of their names, for TOML).
    Table(Vec<Member<'a>>),
    /// A value that no member of a catalog takes, by the name of its kind.
    Other(&'static str),
}

impl Kind<'_> {
    /// What it is called in messages.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Kind::Bool(_) => "a boolean",
            Kind::Text(_) => "a string",
            Kind::List(_) => "a list",
            Kind::Table(_) => "an object",
            Kind::Other(name) => name,
        }
    }
}

/// A named value.
#[derive(Debug)]
pub(super) struct Member<'a> {
    pub(super) key: Cow<'a, str>,
    pub(super) key_span: Span,
    pub(super) value: Node<'a>,
}
