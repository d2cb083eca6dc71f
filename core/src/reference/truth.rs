//! The three values of §2.9: a condition holds, does not hold, or is open.
//!
//! "A request value that an operator cannot read, or a variable without a value, leaves that condition open." An
//! open truth carries why, so that the caller's error can name the key. `and`, `or` and `not` are Kleene's: open
//! exactly where the ways of closing give different answers, since "each occurrence of a condition closes on its own".

use std::collections::BTreeSet;

/// Why a condition is open. The order is §2.9's: "`bad-context` before `unresolved-variable`, then the first key as
/// text".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cause {
    /// The value of this key cannot be read.
    Unreadable(String),
    /// A variable has no value: the key it is compared with, or of a resource the variable.
    Unresolved(String),
}

/// Holds, does not hold, or open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Truth {
    /// It holds.
    Yes,
    /// It does not hold.
    No,
    /// It may hold or not.
    Open(BTreeSet<Cause>),
}

impl Truth {
    /// Known for certain.
    pub(super) fn known(holds: bool) -> Truth {
        if holds { Truth::Yes } else { Truth::No }
    }

    /// Open for this cause.
    pub(super) fn open(cause: Cause) -> Truth {
        Truth::Open(BTreeSet::from([cause]))
    }

    /// The opposite; open stays open.
    pub(super) fn not(self) -> Truth {
        match self {
            Truth::Yes => Truth::No,
            Truth::No => Truth::Yes,
            open => open,
        }
    }

    /// Whether every one holds: one that does not settles it, else any that is open leaves it open.
    pub(super) fn all(each: impl IntoIterator<Item = Truth>) -> Truth {
        settle(each, &Truth::No, Truth::Yes)
    }

    /// Whether some one holds: one that does settles it, else any that is open leaves it open.
    pub(super) fn any(each: impl IntoIterator<Item = Truth>) -> Truth {
        settle(each, &Truth::Yes, Truth::No)
    }
}

fn settle(each: impl IntoIterator<Item = Truth>, settles: &Truth, otherwise: Truth) -> Truth {
    let each: Vec<Truth> = each.into_iter().collect();
    if each.contains(settles) {
        return settles.clone();
    }
    let causes = each.into_iter().filter_map(|truth| match truth {
        Truth::Open(causes) => Some(causes),
        _ => None,
    });
    let causes: BTreeSet<Cause> = causes.flatten().collect();
    if causes.is_empty() { otherwise } else { Truth::Open(causes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_only_where_the_closings_differ() {
        let open = || Truth::open(Cause::Unreadable("k".into()));
        assert_eq!(Truth::all([Truth::Yes, open(), Truth::No]), Truth::No);
        assert_eq!(Truth::all([Truth::Yes, open()]), open());
        assert_eq!(Truth::all([]), Truth::Yes);
        assert_eq!(Truth::any([Truth::Yes, open(), Truth::No]), Truth::Yes);
        assert_eq!(Truth::any([Truth::No, open()]), open());
        assert_eq!(Truth::any([]), Truth::No);
        assert_eq!(open().not(), open());
    }

    #[test]
    fn an_unreadable_value_is_named_before_a_variable() {
        assert!(Cause::Unreadable("z".into()) < Cause::Unresolved("a".into()));
        assert!(Cause::Unreadable("a".into()) < Cause::Unreadable("b".into()));
    }
}
