//! The parser that pest makes of `gate.pest`. Everything else of this room turns its pairs into the tree.

/// The grammar as generated code.
#[derive(pest_derive::Parser)]
#[grammar = "../gate.pest"]
pub(crate) struct Gate;

/// A rule that matched, with what matched inside it.
pub(crate) type Pair<'t> = pest::iterators::Pair<'t, Rule>;
/// Rules that matched one after the other.
pub(crate) type Pairs<'t> = pest::iterators::Pairs<'t, Rule>;
