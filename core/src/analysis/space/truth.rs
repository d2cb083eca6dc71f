//! Three values (semantics §2.9), in an order: what cannot be read lies between no and yes.

/// Does not hold, cannot be told, holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Truth {
    No,
    Open,
    Yes,
}

impl Truth {
    pub(super) fn known(holds: bool) -> Truth {
        if holds { Truth::Yes } else { Truth::No }
    }

    pub(super) fn not(self) -> Truth {
        match self {
            Truth::No => Truth::Yes,
            Truth::Open => Truth::Open,
            Truth::Yes => Truth::No,
        }
    }
}

/// How much of a match is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Strength {
    /// It matches.
    Surely,
    /// It matches, or a part of it is open.
    Perhaps,
}
