//! What nobody should hand in, handed in everywhere: a clear error in time linear in the input, on a small stack.
//!
//! `files` has things that are no file where a file should be, `texts` has hostile texts in every place that takes one,
//! `linear` compares times, `limits` tries limits that are not tried in their own room.

#![expect(clippy::expect_used, clippy::panic, reason = "a test whose set-up fails has failed")]

mod files;
mod limits;
mod linear;
mod texts;

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// As small as the stack of a thread may be.
const STACK: usize = 128 * 1024;

/// Runs this on a thread with a small stack; what hangs is told instead of waited for.
fn on_small_stack<T: Send + 'static>(what: &str, run: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, wait) = mpsc::channel();
    let work = move || done.send(run()).expect("somebody waits");
    std::thread::Builder::new().stack_size(STACK).spawn(work).expect("a thread");
    match wait.recv_timeout(Duration::from_secs(120)) {
        Ok(value) => value,
        Err(RecvTimeoutError::Disconnected) => panic!("{what}: it panics"),
        Err(RecvTimeoutError::Timeout) => panic!("{what}: it hangs"),
    }
}
