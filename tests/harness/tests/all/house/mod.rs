//! House rules as tests: arrows between rooms, headers of modules, words that stay out, codes that are told.
//!
//! `source` finds the files; each rule has its file.

#![expect(clippy::expect_used, reason = "a test that cannot read the sources has failed")]

mod arrows;
mod codes;
mod limits;
mod modules;
mod source;
mod words;
