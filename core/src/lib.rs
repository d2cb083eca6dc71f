#![doc = include_str!("../../README.md")]
//!
//! # Inside this crate
//!
//! Data flows one way: text → syntax → [`model`] → table → [`Decision`]. Public names, in reading order:
//! a [`catalog::Catalogs`] lists the actions, a [`model::Model`] is a policy set with every name resolved,
//! and a check answers a [`Request`] with a [`Decision`] or an [`Error`].

pub mod address;
pub mod analysis;
pub mod cam;
pub mod catalog;
pub mod check;
pub mod error;
mod findings;
pub mod glob;
pub mod json;
pub mod lint;
pub mod load;
pub mod model;
pub mod nearest;
pub mod reference;
pub mod report;
mod table;
pub mod toml_tree;
pub mod types;

pub use check::{Decision, Gate, Reason, Request};
pub use error::{Error, ErrorCode, Result};
pub use load::{LoadOptions, TextSources};
pub use passgate_grammar::{self as grammar, Diagnostic, Level};

/// The examples of the page about Rust run with those of this crate.
#[cfg(doctest)]
#[doc = include_str!("../../docs/rust.md")]
struct RustPage;
