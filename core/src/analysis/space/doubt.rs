//! Why an answer is not exact.

use std::fmt;
use std::sync::Arc;

/// What keeps a question from being decided. [`fmt::Display`] gives a clause that can follow *because*.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Doubt {
    /// `like` with a star on `qcs:ip`: the canonical texts of addresses are not cut by patterns.
    AddressText,
    /// `like` with a star on `qcs:current_time`.
    TimeText,
    /// `like` and an operator that reads numbers, dates, addresses or booleans, on one key.
    Mixed(Arc<str>),
    /// Numbers so long that none between them can be written.
    Numbers(Arc<str>),
    /// Account numbers that patterns cut in too many ways.
    Accounts,
    /// The work exceeds its budget.
    Budget,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Doubt::AddressText => f.write_str("`like` reads the text of `qcs:ip`"),
            Doubt::TimeText => f.write_str("`like` reads the text of `qcs:current_time`"),
            Doubt::Mixed(key) => write!(f, "`{key}` is compared by patterns and by value"),
            Doubt::Numbers(key) => write!(f, "numbers of `{key}` lie too close together"),
            Doubt::Accounts => f.write_str("variables stand beside patterns that cut account numbers"),
            Doubt::Budget => f.write_str("there are too many combinations to look at"),
        }
    }
}
