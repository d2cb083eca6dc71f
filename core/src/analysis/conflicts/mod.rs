//! Separation of duties: who can do both of two things, from one address and at one time, and through what?
//!
//! Two calls are meant, one of each: of one caller, with one address (or none) and at one time (or none); resource, context
//! and account numbers are each call's own. The account root, which can do everything, is left out.

mod json;
mod reach;
#[cfg(test)]
mod tests;

pub(in crate::analysis) use json::ask;
pub use json::{read_pair, to_json};

use super::callers::{Callers, Principal};
use super::holdings;
use super::progress;
use super::work::Work;
use crate::address::Prefix;
use crate::check::{Gate, Place};
use crate::error::{Error, ErrorCode, Result};
use crate::model::read::shown;
use crate::model::{Instant, Model};
use reach::{Both, Reaches, Side};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Who can do both of two things.
#[derive(Debug, Clone)]
pub struct Conflicts {
    /// Pairs of action names or patterns, as they were given.
    pub pairs: Vec<[String; 2]>,
    /// By pair, then in the order of the set; callers that stand alike in everything stand together.
    pub conflicts: Vec<Conflict>,
    /// Why there may be more; none where these are all, and surely are.
    pub doubts: Vec<String>,
}

/// Callers that can do both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Which pair.
    pub pair: usize,
    /// As requests name them.
    pub principals: Vec<String>,
    /// What they can do of each side, with one address and at one time with some action of the other side.
    pub actions: [Vec<String>; 2],
    /// The fewest prefixes from which both are possible.
    pub from: Vec<Prefix>,
    /// Whether both are possible in calls without an address.
    pub without: bool,
    /// When: stretches of time (none: since ever, for ever); empty where only calls without a time will do.
    pub when: Vec<(Option<Instant>, Option<Instant>)>,
    /// Whether both are possible in calls without a time.
    pub timeless: bool,
    /// The allows by which each side is possible.
    pub through: [Vec<Through>; 2],
}

/// An allow, and how it reaches a caller.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Through {
    /// Where it stands: file, line, column.
    at: (Arc<str>, u32, u32),
    /// The policy.
    pub policy: Arc<str>,
    /// The statement.
    pub id: Arc<str>,
    /// Groups and roles from the caller on; none where the policy is attached to the caller itself.
    pub through: Vec<String>,
}

impl Through {
    fn new(place: &Place, through: Vec<String>) -> Through {
        let at = (place.file.clone(), place.line, place.column);
        Through { at, policy: place.policy.clone(), id: place.id.clone(), through }
    }

    /// File, line and column, both from 1.
    pub fn place(&self) -> (&str, u32, u32) {
        (&self.at.0, self.at.1, self.at.2)
    }
}

impl Conflicts {
    /// Whether these are all, and surely are.
    pub fn is_exact(&self) -> bool {
        self.doubts.is_empty()
    }
}

/// Finds who can do both of each pair; a pattern means every action that it covers, and an action is no pair with itself.
///
/// ```
/// use passgate::{Gate, analysis::conflicts::conflicts};
/// let gate = Gate::compile(
///     "use intlpartnersmgt
///      policy pay { allow PayOrders from 10.0.0.0/8 }  policy credit { allow AllocateCreditPool from 10.1.0.0/16 }
///      user 1 { attach pay, credit }  user 2 { attach pay }",
/// )?;
/// let found = conflicts(&gate, &[["PayOrders".into(), "*Credit*".into()]])?;
/// assert_eq!(found.conflicts[0].principals, ["user:1"]);
/// assert_eq!(found.conflicts[0].from[0].to_string(), "10.1.0.0/16");
/// # Ok::<(), passgate::Error>(())
/// ```
///
/// # Errors
/// `unknown-action` for a name that no catalog has or a pattern that covers no action; `bad-request` without pairs;
/// `bad-compiled` where a compiled file holds no policy set that can be read.
pub fn conflicts(gate: &Gate, pairs: &[[String; 2]]) -> Result<Conflicts> {
    if pairs.is_empty() {
        let message = "`conflicts` needs a pair of actions";
        return Err(Error::new(ErrorCode::BadRequest, message).with_key("pair"));
    }
    let model = gate.try_model()?;
    let mut reaches = Reaches::new(gate, model);
    let mut work = Work::new();
    let callers = Callers::new(model, &mut work);
    let mut found: Vec<Conflict> = Vec::new();
    for (number, pair) in pairs.iter().enumerate() {
        let sides = reaches.sides(pair)?;
        let mut alike: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
        let all = callers.all();
        let steps = progress::steps("groups of callers", all.len());
        for (class, members) in all {
            steps.step();
            let Some(class) = callers.classes.get(class) else { continue };
            for (members, both) in reaches.both(&sides, class, members)? {
                for member in members {
                    let conflict = conflict(model, number, (&sides, both.as_ref()), &callers, member);
                    note(conflict, &mut found, &mut alike);
                }
            }
        }
    }
    let mut doubts = reaches.doubts();
    doubts.extend(callers.cut.then(|| "there are too many callers to look at".to_owned()));
    Ok(Conflicts { pairs: pairs.to_vec(), conflicts: found, doubts })
}

fn conflict<'m>(
    model: &'m Model,
    pair: usize,
    (sides, both): (&[Side<'m>; 2], &Both<'m>),
    callers: &Callers,
    member: Principal,
) -> Conflict {
    let ways = holdings::ways_of(model, member);
    let principal = callers.spelled(model, member);
    let ([first, second], [one, other]) = (sides, &both.through);
    let through = [first.through(model, one, &ways), second.through(model, other, &ways)];
    Conflict {
        pair,
        principals: vec![principal],
        actions: both.actions.clone(),
        from: both.from.prefixes(),
        without: both.without,
        when: both.when.clone(),
        timeless: both.timeless,
        through,
    }
}

/// Puts callers together that stand alike in everything.
fn note(conflict: Conflict, found: &mut Vec<Conflict>, alike: &mut BTreeMap<Vec<u8>, usize>) {
    let nameless = Conflict { principals: Vec::new(), ..conflict.clone() };
    let key = format!("{nameless:?}").into_bytes();
    let known = alike.get(&key).copied();
    match known.and_then(|place| found.get_mut(place)) {
        Some(same) => same.principals.extend(conflict.principals),
        None => {
            alike.insert(key, found.len());
            found.push(conflict);
        }
    }
}

/// The refusal of a pattern that covers nothing.
fn nothing(pattern: &str) -> Error {
    let message = format!("no catalogued action fits `{}`", shown(pattern));
    Error::new(ErrorCode::UnknownAction, message).with_key("pair")
}
