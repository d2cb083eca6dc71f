//! Whether something holds when part of it may be open (semantics §2.9), and which key to name when it stays open.

use crate::model::Variable;

/// Why a condition is open. The order says which is named: what cannot be read before what is not resolved, then the
/// first key as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cause<'a> {
    /// The variable without a value; none where it is a value that cannot be read.
    pub(crate) variable: Option<Variable>,
    /// The condition's key; of a resource pattern, the variable's name.
    pub(crate) key: &'a str,
}

impl<'a> Cause<'a> {
    fn rank(self) -> (bool, &'a str, Option<Variable>) {
        (self.variable.is_some(), self.key, self.variable)
    }

    /// The one to name of two.
    pub(crate) fn first(self, other: Cause<'a>) -> Cause<'a> {
        if other.rank() < self.rank() { other } else { self }
    }
}

/// Holds, does not hold, or open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth<'a> {
    Yes,
    No,
    Open(Cause<'a>),
}

impl<'a> Truth<'a> {
    pub(super) fn known(holds: bool) -> Self {
        if holds { Truth::Yes } else { Truth::No }
    }

    pub(super) fn negated(self) -> Self {
        match self {
            Truth::Yes => Truth::No,
            Truth::No => Truth::Yes,
            Truth::Open(cause) => Truth::Open(cause),
        }
    }

    /// Whether all hold: one that does not settles it.
    pub(super) fn all(each: impl IntoIterator<Item = Truth<'a>>) -> Self {
        Self::settle(each, Truth::No, Truth::Yes)
    }

    /// Whether some one holds: one that does settles it.
    pub(super) fn any(each: impl IntoIterator<Item = Truth<'a>>) -> Self {
        Self::settle(each, Truth::Yes, Truth::No)
    }

    fn settle(each: impl IntoIterator<Item = Truth<'a>>, settles: Truth<'a>, otherwise: Truth<'a>) -> Self {
        let mut so_far = otherwise;
        for truth in each {
            match (truth, so_far) {
                (Truth::Open(next), Truth::Open(cause)) => so_far = Truth::Open(cause.first(next)),
                (Truth::Open(cause), _) => so_far = Truth::Open(cause),
                (known, _) if known == settles => return settles,
                _ => {}
            }
        }
        so_far
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_settled_is_not_open_and_the_first_cause_is_named() {
        let open = |key| Truth::Open(Cause { variable: None, key });
        let variable = |key| Truth::Open(Cause { variable: Some(Variable::Uin), key });
        assert_eq!(Truth::all([open("a"), Truth::No]), Truth::No);
        assert_eq!(Truth::any([open("a"), Truth::Yes]), Truth::Yes);
        assert_eq!(Truth::all([Truth::Yes, open("b"), open("a")]), open("a"));
        assert_eq!(Truth::any([variable("a"), Truth::No, open("b")]), open("b"));
        assert_eq!(Truth::all([]), Truth::Yes);
        assert_eq!(Truth::any([]), Truth::No);
        assert_eq!(open("a").negated(), open("a"));
    }
}
