//! The policy set itself, for analyses: read only when it is asked for.
//!
//! Kept is what decides and where statements stand. Notes, asserts, tests, names of sets and places within a statement
//! are not: they need the texts.

mod read;
mod write;

pub(super) use read::read;
pub(super) use write::write;

use crate::model::{Comparison, Qualifier};
use passgate_grammar::tree::PolicyKind;

const KINDS: [PolicyKind; 3] = [PolicyKind::Identity, PolicyKind::Trust, PolicyKind::Resource];
const QUALIFIERS: [Option<Qualifier>; 3] = [None, Some(Qualifier::Any), Some(Qualifier::All)];
const COMPARISONS: [Comparison; 6] = [
    Comparison::Equal,
    Comparison::NotEqual,
    Comparison::Less,
    Comparison::LessEqual,
    Comparison::Greater,
    Comparison::GreaterEqual,
];

/// The word of a value: its place among all.
fn code<T: PartialEq>(all: &[T], value: &T) -> u32 {
    all.iter().position(|one| one == value).map_or(0, crate::table::words::word)
}
