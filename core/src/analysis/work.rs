//! Work that all asserts of a set share, so that a set is judged in bounded time whatever it asserts.

use crate::analysis::space::Budget;
use passgate_grammar::limits;

/// Steps that are left.
#[derive(Debug, Clone)]
pub(super) struct Work {
    left: u64,
}

impl Work {
    /// As much as a set may take.
    pub(super) fn new() -> Work {
        Work { left: limits::PROOF_STEPS }
    }

    /// This much, for tests.
    #[cfg(test)]
    pub(super) fn of(left: u64) -> Work {
        Work { left }
    }

    /// How many steps were taken of all that a set may take.
    #[cfg(test)]
    pub(super) fn used(&self) -> u64 {
        limits::PROOF_STEPS - self.left
    }

    /// How many steps are left.
    pub(super) fn left(&self) -> u64 {
        self.left
    }

    /// Takes steps; `false` where none are left.
    pub(super) fn spend(&mut self, steps: u64) -> bool {
        self.left = self.left.saturating_sub(steps);
        self.left > 0
    }

    /// What one question may take.
    pub(super) fn question(&self) -> Budget {
        Budget::new(self.left.min(limits::SPACE_STEPS))
    }
}
