//! The policy language of passgate as text: sources and spans, the syntax tree, and the diagnostics about them.
//!
//! This crate turns text into a tree and back. It knows no catalog and makes no decision; what the words mean is
//! the business of the `passgate` crate.

// The code that pest generates names it.
extern crate alloc;

pub mod code;
pub mod diagnostic;
pub mod format;
pub mod limits;
pub mod parse;
pub mod source;
pub mod text;
pub mod tree;
pub mod word;

mod mistake;
mod scan;

pub use code::Code;
pub use diagnostic::{Diagnostic, Edit, Fix, Label, Level, Safety};
pub use source::{Position, Source, SourceId, Sources, Span};
