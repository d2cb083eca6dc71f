//! What a space is made of: one class of actions, the statements that cover it, who asks, and what an assert's clauses
//! say of the calls.

use crate::catalog::Granularity;
use crate::model::{Condition, ResourcePattern, Statement};

/// What the catalog says of an action, as far as it decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Facts {
    /// Its level.
    pub granularity: Granularity,
    /// Whether it is handed the address, settings considered.
    pub address: bool,
    /// Whether it is handed tags.
    pub tags: bool,
}

/// Who asks, as far as conditions can tell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Caller {
    /// The principal's name where it is all digits: what `${uin}` and `qcs:uin` are unless a request says otherwise.
    pub uin: Option<Box<str>>,
}

impl Caller {
    /// The caller of a principal's name (`100001`, not `user:100001`).
    ///
    /// ```
    /// use passgate::analysis::space::Caller;
    /// assert_eq!(Caller::named("100001").uin.as_deref(), Some("100001"));
    /// assert_eq!(Caller::named("lena").uin, None);
    /// ```
    pub fn named(name: &str) -> Caller {
        let digits = !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit());
        Caller { uin: digits.then(|| name.into()) }
    }
}

/// What is said of the calls that a question ranges over, as they are made: nothing is withheld.
#[derive(Debug, Clone, Copy)]
pub enum Clause<'s> {
    /// It holds for certain.
    When(&'s Condition),
    /// The resource is one that these patterns cover.
    On(&'s [ResourcePattern]),
}

/// What to make a space of.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a, 's> {
    /// Service of the action.
    pub service: &'a str,
    /// What the catalog says of the action.
    pub facts: Facts,
    /// Sets of statements that cover the action, by number: attached policies, a boundary, …
    pub sets: &'a [Vec<&'s Statement>],
    /// Who asks.
    pub caller: &'a Caller,
    /// Which calls.
    pub clauses: &'a [Clause<'s>],
}
