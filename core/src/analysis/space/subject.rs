//! What a space is made of: one class of actions, the statements that cover it, who asks, and what an assert's clauses
//! say of the calls.

use crate::catalog::Granularity;
use crate::model::read::request_segments;
use crate::model::{Condition, Owner, ResourcePattern, Statement, Template};

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
    /// The resource is this one; its last segment once more, as a template without variables.
    Of(Named<'s>, &'s Template),
}

/// A resource of a request, as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named<'s> {
    /// A bare `*`, which is as good as none.
    Any,
    /// `qcs::service:region:account:rest`; the segments, the project left out.
    Six([&'s str; 4]),
}

impl<'s> Named<'s> {
    /// Reads a resource as a request gives it (semantics §4); none where it is malformed.
    ///
    /// ```
    /// use passgate::analysis::space::Named;
    /// assert_eq!(Named::read("*"), Some(Named::Any));
    /// assert_eq!(Named::read("qcs::cvm:::x/*"), Some(Named::Six(["cvm", "", "", "x/*"])));
    /// assert_eq!(Named::read("qcs::cvm::*:x"), None);
    /// ```
    pub fn read(text: &'s str) -> Option<Named<'s>> {
        if text == "*" {
            return Some(Named::Any);
        }
        request_segments(text).map(Named::Six)
    }

    /// Whether it is of an owner's account; no resource is (semantics §2.5).
    pub(in crate::analysis) fn is_of(self, owner: &Owner) -> bool {
        let Named::Six([_, _, account, _]) = self else { return true };
        owner.is_account(account)
    }
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
