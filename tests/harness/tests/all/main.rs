//! The Rust tests that need more than one room: vectors, generated worlds, small worlds exhausted, the corpus.

mod bad_input;
mod cam_hostile;
mod constructs;
mod corpus;
mod diagnostics;
mod docs;
mod documents;
mod exhaustive;
mod house;
mod large;
mod pages;
mod property;
mod reading;
mod round_trip;
mod space;
mod vectors;

/// A setting of a test run; nothing but tests reads the environment.
#[expect(clippy::disallowed_methods, reason = "a test run is told its size and its corpus from outside")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
