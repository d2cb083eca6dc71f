//! A first look over the text, before the grammar: which characters may not stand in it, where strings, comments
//! and parentheses are, and where an item or statement ends and the next one begins.
//!
//! All of it is one walk over the bytes without recursion, so that a hostile text costs no more than an honest one.
//! What the words mean to each other is the grammar's business (`gate.pest`), not known here.

pub(crate) mod character;
pub(crate) mod lookalike;
pub(crate) mod piece;
pub(crate) mod token;
