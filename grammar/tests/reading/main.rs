//! Reading `.gate` text, seen from outside the crate: trees, faults, limits, hostile texts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that panics has failed, and says so"
)]

mod hostile;
mod limits;
mod mistakes;
mod recovery;
mod support;
mod tree;
