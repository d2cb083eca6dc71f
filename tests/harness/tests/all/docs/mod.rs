//! What the pages say is true: examples compile, transcripts run, lists equal the code, links lead somewhere.
//!
//! One file a kind of claim; `page` finds the pages and cuts them into blocks and headings.

#![expect(clippy::expect_used, reason = "a test that cannot read its pages has failed")]

mod conversions;
mod examples;
mod grammar;
mod links;
pub(crate) mod page;
mod tables;
