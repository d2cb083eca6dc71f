//! What becomes of the calls of one action: allowed always, never, or it depends, and then on what. Made of two extents:
//! how far allowed calls reach, and how far calls reach that are decided and not allowed. Calls that are an error of
//! the caller count as neither.

use super::json_parts::json_value;
use super::space::{Addresses, Doubt, Extent, Key, Shares, Times};
use crate::address::{Prefix, PrefixSet};
use crate::check::{Account, ContextValue};
use crate::model::Instant;
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What becomes of some calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Every one that is decided is allowed.
    Always,
    /// Some are allowed, others are not.
    Depends,
    /// None is allowed.
    Never,
}

impl Standing {
    /// Of whether some call is allowed, and whether some is decided and not allowed.
    fn of(allowed: bool, refused: bool) -> Standing {
        match (allowed, refused) {
            (true, false) => Standing::Always,
            (true, true) => Standing::Depends,
            (false, _) => Standing::Never,
        }
    }

    /// `always`, `depends` or `never`.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Always => "always",
            Standing::Depends => "depends",
            Standing::Never => "never",
        }
    }
}

/// What becomes of the calls of an action, and on what it depends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Answer {
    /// All calls together.
    pub standing: Standing,
    /// What it depends on; empty where it does not. Each tells of its own dimension: a call is allowed for certain where
    /// one of them says *always*, refused where one says *never*. A dimension that makes no difference by itself is left
    /// out beside one that does.
    pub on: Vec<Dependence>,
    /// Why it is not exact; empty where it is. A call that has not been looked at counts as allowed and as refused, so
    /// that an answer in doubt is *depends*.
    pub doubts: Vec<Doubt>,
}

/// One dimension that decides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dependence {
    /// The caller's address.
    Address {
        /// From where every call is allowed.
        always: PrefixSet,
        /// From where it depends on more.
        depends: PrefixSet,
        /// A call without an address.
        without: Standing,
    },
    /// The time.
    Time {
        /// Stretches of time without a gap between them, in order.
        windows: Vec<Window>,
        /// A call without a time.
        without: Standing,
    },
    /// A key of the context.
    Key {
        /// Its name.
        key: Arc<str>,
        /// Single values, one of each kind that is told apart; none where it depends on the account numbers of a call which
        /// are.
        values: Vec<(ContextValue, Standing)>,
        /// A call without it.
        without: Standing,
    },
    /// The account numbers that a call gives.
    Account {
        /// One of each kind that is told apart; the first gives none.
        numbers: Vec<(Account, Standing)>,
    },
    /// The resource.
    Resource {
        /// Patterns of the policies, as written; what they cover may overlap.
        patterns: Vec<(Arc<str>, Standing)>,
        /// What none of them covers; a call without a resource is one.
        others: Standing,
    },
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    /// The first instant; none: since ever.
    pub since: Option<Instant>,
    /// The first instant after it; none: for ever.
    pub until: Option<Instant>,
    /// What becomes of calls in it.
    pub standing: Standing,
}

impl Answer {
    /// The same for every call.
    pub(super) fn plain(standing: Standing) -> Answer {
        Answer { standing, on: Vec::new(), doubts: Vec::new() }
    }

    /// Whether it is exact.
    pub fn is_exact(&self) -> bool {
        self.doubts.is_empty()
    }

    /// Where the address alone decides: allowed from these places, refused from all others.
    pub(super) fn by_address(shares: Shares) -> Answer {
        match shares {
            Shares::Nothing => Answer::plain(Standing::Never),
            Shares::Everything => Answer::plain(Standing::Always),
            Shares::Some { allowed, without } => {
                let without = without.map_or(Standing::Never, |allowed| Standing::of(allowed, !allowed));
                let on = Dependence::Address { always: allowed, depends: PrefixSet::new(), without };
                Answer { on: vec![on], ..Answer::plain(Standing::Depends) }
            }
            Shares::Unknown => Answer { doubts: vec![Doubt::Budget], ..Answer::plain(Standing::Depends) },
        }
    }

    /// Of two extents over one space; `views` are the patterns that were looked at apart.
    pub(super) fn of(allowed: &Extent, refused: &Extent, views: &[Arc<str>]) -> Answer {
        let blind = allowed.blind || refused.blind;
        if !blind && !allowed.any {
            return Answer::plain(Standing::Never);
        }
        if !blind && allowed.found && !refused.any {
            return Answer::plain(Standing::Always);
        }
        let doubts: BTreeSet<Doubt> = allowed.doubts.union(&refused.doubts).cloned().collect();
        let all = if blind { Vec::new() } else { dependences(allowed, refused, views) };
        // Where no dimension by itself says anything, all of them together do.
        let (telling, silent): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, telling)| *telling);
        let told = if telling.is_empty() { silent } else { telling };
        let on = told.into_iter().map(|(dependence, _)| dependence).collect();
        Answer { standing: Standing::Depends, on, doubts: doubts.into_iter().collect() }
    }
}

/// Each dimension that is read, and whether its values differ.
fn dependences(allowed: &Extent, refused: &Extent, views: &[Arc<str>]) -> Vec<(Dependence, bool)> {
    let mut all = Vec::new();
    if let (Some(yes), Some(no)) = (&allowed.addresses, &refused.addresses) {
        all.push(address(yes, no));
    }
    if let (Some(yes), Some(no)) = (&allowed.times, &refused.times) {
        all.push(time(yes, no));
    }
    if !views.is_empty() {
        let flag = |extent: &Extent, at: usize| extent.views.get(at) == Some(&true);
        let each = views.iter().enumerate();
        let patterns: Vec<_> = each
            .map(|(at, text)| (text.clone(), Standing::of(flag(allowed, at), flag(refused, at))))
            .collect();
        let others = Standing::of(allowed.elsewhere, refused.elsewhere);
        let telling = patterns.iter().any(|(_, standing)| *standing != others);
        all.push((Dependence::Resource { patterns, others }, telling));
    }
    if allowed.accounts.len() > 1 {
        let both = allowed.accounts.iter().zip(&refused.accounts);
        let numbers: Vec<_> =
            both.map(|((numbers, yes), (_, no))| (numbers.clone(), Standing::of(*yes, *no))).collect();
        let first = numbers.first().map(|(_, standing)| *standing);
        let telling = numbers.iter().any(|(_, standing)| Some(*standing) != first);
        all.push((Dependence::Account { numbers }, telling));
    }
    for (name, yes) in &allowed.keys {
        if let Some(no) = refused.keys.get(name) {
            all.push(key(name, yes, no));
        }
    }
    all
}

fn address(yes: &Addresses, no: &Addresses) -> (Dependence, bool) {
    let (always, depends) = (yes.places.except(&no.places), yes.places.intersect(&no.places));
    let without = Standing::of(yes.none, no.none);
    let all = |places: &PrefixSet| places.covers(&yes.places.union(&no.places));
    let telling = match without {
        Standing::Always => !all(&always),
        Standing::Depends => !all(&depends),
        Standing::Never => !yes.places.is_empty(),
    };
    (Dependence::Address { always, depends, without }, telling)
}

fn time(yes: &Times, no: &Times) -> (Dependence, bool) {
    let without = Standing::of(yes.none, no.none);
    let mut windows: Vec<Window> = Vec::new();
    for (since, allowed) in &yes.since {
        let standing = Standing::of(*allowed, no.since.get(since) == Some(&true));
        match windows.last_mut() {
            Some(last) if last.standing == standing => {}
            Some(last) => {
                last.until = Some(*since);
                windows.push(Window { since: Some(*since), until: None, standing });
            }
            None => windows.push(Window { since: None, until: None, standing }),
        }
    }
    let telling = windows.iter().any(|window| window.standing != without);
    (Dependence::Time { windows, without }, telling)
}

fn key(name: &Arc<str>, yes: &Key, no: &Key) -> (Dependence, bool) {
    let without = Standing::of(yes.absent, no.absent);
    if yes.varies || no.varies {
        return (Dependence::Key { key: name.clone(), values: Vec::new(), without }, true);
    }
    let refused = |value: &ContextValue| no.values.iter().any(|(other, found)| *found && other == value);
    let each = yes.values.iter().map(|(value, found)| (value, *found, refused(value)));
    // A value that no operator can read decides nothing.
    let decided = each.filter(|(_, allowed, refused)| *allowed || *refused);
    let values: Vec<_> =
        decided.map(|(value, allowed, refused)| (value.clone(), Standing::of(allowed, refused))).collect();
    let telling = values.iter().any(|(_, standing)| *standing != without);
    (Dependence::Key { key: name.clone(), values, without }, telling)
}

/// An answer as JSON: `answer` (`always`, `depends`, `never`), `exact`, `on` (what it depends on), and `because` where it is
/// not exact.
///
/// Of `on` each has `what`: `address` (`always`, `depends`: prefixes; `without`), `time` (`windows`, each `since`, `until`
/// and `answer`; `without`), `key` (`key`; `values`, each `value` and `answer`; `without`), `account` (`numbers`, each
/// `uin`, `owner_uin`, `app_id` and `answer`) or `resource` (`patterns`, each `pattern` and `answer`; `others`).
#[derive(Serialize)]
pub(super) struct Told<'a> {
    answer: Standing,
    exact: bool,
    on: Vec<On<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    because: Vec<String>,
}

#[derive(Serialize)]
#[serde(tag = "what", rename_all = "lowercase")]
enum On<'a> {
    Address { always: Fewest<'a>, depends: Fewest<'a>, without: Standing },
    Time { windows: Vec<Stretch>, without: Standing },
    Key { key: &'a str, values: Vec<Valued>, without: Standing },
    Account { numbers: Vec<Numbered<'a>> },
    Resource { patterns: Vec<Covered<'a>>, others: Standing },
}

/// A set as a list of the fewest prefixes, written one after the other.
struct Fewest<'a>(&'a PrefixSet);

impl Serialize for Fewest<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Shown))
    }
}

struct Shown(Prefix);

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

#[derive(Serialize)]
struct Stretch {
    since: Option<String>,
    until: Option<String>,
    answer: Standing,
}

#[derive(Serialize)]
struct Valued {
    value: Value,
    answer: Standing,
}

#[derive(Serialize)]
struct Numbered<'a> {
    uin: Option<&'a str>,
    owner_uin: Option<&'a str>,
    app_id: Option<&'a str>,
    answer: Standing,
}

#[derive(Serialize)]
struct Covered<'a> {
    pattern: &'a str,
    answer: Standing,
}

/// An answer as JSON.
pub(super) fn told(answer: &Answer) -> Told<'_> {
    Told {
        answer: answer.standing,
        exact: answer.is_exact(),
        on: answer.on.iter().map(on).collect(),
        because: answer.doubts.iter().map(ToString::to_string).collect(),
    }
}

/// The text of a JSON object.
pub(super) fn written(object: &impl Serialize) -> String {
    // Only texts are keys here, and nothing fails to be written to a string.
    serde_json::to_string(object).unwrap_or_else(|_| "{}".to_owned())
}

fn on(dependence: &Dependence) -> On<'_> {
    match dependence {
        Dependence::Address { always, depends, without } => {
            On::Address { always: Fewest(always), depends: Fewest(depends), without: *without }
        }
        Dependence::Time { windows, without } => {
            let stretch = |window: &Window| Stretch {
                since: window.since.map(|at| at.to_string()),
                until: window.until.map(|at| at.to_string()),
                answer: window.standing,
            };
            On::Time { windows: windows.iter().map(stretch).collect(), without: *without }
        }
        Dependence::Key { key, values, without } => {
            let valued = |(value, answer): &(ContextValue, Standing)| Valued {
                value: json_value(value),
                answer: *answer,
            };
            On::Key { key, values: values.iter().map(valued).collect(), without: *without }
        }
        Dependence::Account { numbers } => On::Account { numbers: numbers.iter().map(numbered).collect() },
        Dependence::Resource { patterns, others } => {
            let patterns = patterns.iter().map(|(pattern, answer)| Covered { pattern, answer: *answer });
            On::Resource { patterns: patterns.collect(), others: *others }
        }
    }
}

fn numbered((account, answer): &(Account, Standing)) -> Numbered<'_> {
    Numbered {
        uin: account.uin.as_deref(),
        owner_uin: account.owner_uin.as_deref(),
        app_id: account.app_id.as_deref(),
        answer: *answer,
    }
}
