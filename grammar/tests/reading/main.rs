//! Reading `.gate` text, seen from outside the crate: trees, faults, limits, hostile texts.

mod hostile;
mod limits;
mod support;
mod tree;
