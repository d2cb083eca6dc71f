//! The clock of the benches: how long something takes, over some rounds. Nothing else here reads it.

use std::time::{Duration, Instant};

/// Now.
#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
pub fn now() -> Instant {
    Instant::now()
}

/// Runs something so many times: the median, and the 10th percentile.
pub fn times(rounds: usize, mut run: impl FnMut()) -> (Duration, Duration) {
    let mut all: Vec<Duration> = (0..rounds)
        .map(|_| {
            let start = now();
            run();
            start.elapsed()
        })
        .collect();
    all.sort_unstable();
    let at = |n: usize| all.get(n).copied().unwrap_or_default();
    (at(rounds / 2), at(rounds / 10))
}
