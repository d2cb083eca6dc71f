//! How far a question has got, for a host that shows it: a question counts its steps, another thread reads the count.
//!
//! Nobody has to watch, and watching changes no answer. No clock is read here and nothing is drawn.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// What a host watches while a question is answered on another thread.
///
/// ```
/// use passgate::{Gate, analysis::{calls::Calls, progress::{Progress, watched}, who::who}};
/// use std::sync::Arc;
/// let gate = Gate::compile("use intlpartnersmgt policy p { allow PayOrders } user 1 { attach p }")?;
/// let progress = Arc::new(Progress::default());
/// watched(&progress, || who(&gate, "PayOrders", &Calls::default()))?;
/// let at = progress.at();
/// assert_eq!((at.stage, at.done), ("groups of callers", at.of));
/// # Ok::<(), passgate::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Progress {
    stage: Mutex<&'static str>,
    done: AtomicU64,
    of: AtomicU64,
}

/// How far a question has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
    /// What is counted, in the plural; empty before anything is.
    pub stage: &'static str,
    /// How many are done.
    pub done: u64,
    /// How many there are.
    pub of: u64,
}

impl Progress {
    /// How far it has got now.
    pub fn at(&self) -> At {
        let stage = *self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        At { stage, done: self.done.load(Ordering::Relaxed), of: self.of.load(Ordering::Relaxed) }
    }

    fn begin(&self, stage: &'static str, of: usize) {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = stage;
        self.done.store(0, Ordering::Relaxed);
        self.of.store(of as u64, Ordering::Relaxed);
    }
}

thread_local! {
    /// Who watches what this thread does.
    static WATCHING: RefCell<Option<Arc<Progress>>> = const { RefCell::new(None) };
}

/// Runs a question whose steps are counted in `progress`.
pub fn watched<T>(progress: &Arc<Progress>, question: impl FnOnce() -> T) -> T {
    let _back = Back(WATCHING.replace(Some(progress.clone())));
    question()
}

/// Puts back who watched before, also where the question panics.
struct Back(Option<Arc<Progress>>);

impl Drop for Back {
    fn drop(&mut self) {
        WATCHING.set(self.0.take());
    }
}

/// Steps of a stage that is worked through now.
pub(crate) struct Steps {
    /// None where nobody watches. While a stage is counted nobody watches the stages within it.
    watched: Option<Back>,
}

/// Begins a stage of so many steps; `stage` says in the plural what is counted. A stage within another is not shown.
pub(crate) fn steps(stage: &'static str, of: usize) -> Steps {
    let watching = WATCHING.take();
    if let Some(progress) = &watching {
        progress.begin(stage, of);
    }
    Steps { watched: watching.map(|progress| Back(Some(progress))) }
}

impl Steps {
    /// One more is done.
    pub(crate) fn step(&self) {
        if let Some(Back(Some(progress))) = &self.watched {
            progress.done.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_counted_where_somebody_watches() {
        let progress = Arc::new(Progress::default());
        assert_eq!(progress.at(), At { stage: "", done: 0, of: 0 });
        watched(&progress, || {
            let outer = steps("callers", 2);
            outer.step();
            // A stage within a stage is not shown.
            steps("actions", 7).step();
            assert_eq!(progress.at(), At { stage: "callers", done: 1, of: 2 });
            outer.step();
            drop(outer);
            steps("cells", 9).step();
        });
        assert_eq!(progress.at(), At { stage: "cells", done: 1, of: 9 });
        steps("asserts", 1).step();
        assert_eq!(progress.at().stage, "cells");
    }

    #[test]
    fn a_panic_ends_the_watch() {
        let progress = Arc::new(Progress::default());
        let ran = std::panic::catch_unwind(|| watched(&Arc::new(Progress::default()), || panic!("a fault")));
        assert!(ran.is_err());
        steps("asserts", 1).step();
        assert_eq!(progress.at().stage, "");
        assert!(WATCHING.take().is_none());
    }
}
