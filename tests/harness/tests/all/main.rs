//! The Rust tests that need more than one room: vectors, generated worlds, small worlds exhausted, the corpus.

mod action_sets;
mod bad_input;
mod batch;
mod cam_hostile;
mod catalog_lints;
mod compiled;
mod constructs;
mod corpus;
mod coverage;
mod diagnostics;
mod docs;
mod documents;
mod exact_lints;
mod exhaustive;
mod formatting;
mod fuzz;
mod house;
mod large;
mod mutation;
mod pages;
mod proofs;
mod property;
mod question_vectors;
mod questions;
mod reading;
mod round_trip;
mod space;
mod swapped;
mod vectors;

use passgate_harness::random::Random;
use std::time::{Instant, SystemTime};

/// A setting of a test run; nothing but tests reads the environment.
#[expect(clippy::disallowed_methods, reason = "a test run is told its size and its corpus from outside")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A seed, another in each run: it only chooses what is tried, and is printed.
#[expect(clippy::disallowed_methods, reason = "each run tries something else")]
fn new_seed() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Random::new(now.as_nanos() as u64).bits()
}

/// How long a part of a run takes: it is printed, and nothing is decided by it.
struct Clock(Instant);

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "a run says how long it took")]
    fn start() -> Clock {
        Clock(Instant::now())
    }
}

impl std::fmt::Display for Clock {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:.1} s", self.0.elapsed().as_secs_f64())
    }
}

/// A number that a test run is told.
fn number(name: &str) -> Option<u64> {
    setting(name).and_then(|text| text.parse().ok())
}
