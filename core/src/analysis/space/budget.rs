//! Work that is counted, so that it ends: the same work costs the same on every machine.

/// Steps that are left.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    left: u64,
    limit: u64,
}

/// No steps are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spent;

impl Budget {
    /// This many steps.
    pub fn new(steps: u64) -> Budget {
        Budget { left: steps, limit: steps }
    }

    /// Steps that were taken.
    pub fn used(&self) -> u64 {
        self.limit - self.left
    }

    /// Whether no step is left.
    pub fn is_spent(&self) -> bool {
        self.left == 0
    }

    pub(super) fn spend(&mut self, steps: u64) -> Result<(), Spent> {
        match self.left.checked_sub(steps) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                self.left = 0;
                Err(Spent)
            }
        }
    }
}
