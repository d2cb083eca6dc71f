//! The blocks of a policy's tables, validated where they lie in the file.

use crate::table::brief::Brief;
use crate::table::layer::Layer;
use crate::table::policy::Rule;
use crate::table::sheet::{Groups, Sheet};
use crate::table::words::Words;

/// The table of a policy of few statements: a brief of its own statements.
pub(super) fn few(words: Words, policy: u32, rules: &[Rule], width: usize) -> Option<Sheet> {
    Some(Sheet::few(Brief::of(words, policy, rules, width)?))
}

/// The table of a policy of many statements.
pub(super) fn many(layer: Words, groups: Words, statements: usize, width: usize) -> Option<Sheet> {
    Some(Sheet::many(Layer::of(layer, width)?, Groups::of(groups, statements, width)?))
}
