//! The Rust tests that need more than one room: vectors, generated worlds, small worlds exhausted, the corpus.

mod property;
