//! The canonical form: small texts and what they become; each result is formatted to itself, holds all comments, and
//! has the tree of the text it was made from.

#![expect(clippy::panic, reason = "a test fails where it stands")]

mod blank_lines;
mod clauses;
mod comments;
mod items;
mod lists;
mod support;
