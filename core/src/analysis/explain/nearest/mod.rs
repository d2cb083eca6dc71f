//! The nearest call that would be allowed: with the fewest changes, each as small as it goes.
//!
//! What can be changed are the address, the time, each key of the context that a statement reads, and whether the caller
//! is in one more group or role, or has one more policy. The resource, the action and the account numbers stay. A
//! choice of what is changed is decided over all values at once ([`reduced`]), so that where nothing is found there is
//! nothing, unless doubts say otherwise. Whatever is proposed was decided by a check.

mod closest;
mod joins;
mod reduced;

use super::covering::Covering;
use crate::address::Prefix;
use crate::analysis::work::Work;
use crate::check::{Context, ContextValue, Decision, Gate, Holder, Ip, Request};
use crate::error::Result;
use crate::model::{Instant, Model, PolicyId, Statement};
use joins::{Joined, joins};
use passgate_grammar::limits;
use reduced::{Action, Dim, Held, Reduced, Step};
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

/// The nearest calls that would be allowed.
#[derive(Debug, Clone, Default)]
pub struct Nearest {
    /// All with the same number of changes, the smallest there is: first those of address, time and context, then
    /// memberships.
    pub proposals: Vec<Proposal>,
    /// Why there could be one with fewer changes, or where none was found one at all; none where that is certain.
    pub doubts: Vec<String>,
}

/// A call that would be allowed.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// What is changed.
    pub changes: Vec<Change>,
    /// The call; a membership is not in it.
    pub request: Request,
    /// What the check answers.
    pub decision: Decision,
}

/// One thing that is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The address; none: the call gives none.
    Address {
        /// The nearest: of the longest prefix shared with the call's, then by its number.
        to: Option<IpAddr>,
        /// The widest prefix around it from which all calls that are otherwise the same are allowed.
        within: Option<Prefix>,
    },
    /// The time; none: the call gives none.
    Time {
        /// The nearest moment.
        to: Option<Instant>,
        /// From when on, without a gap; none: since ever.
        since: Option<Instant>,
        /// Until when; none: for ever.
        until: Option<Instant>,
    },
    /// A key of the context; none: the call does not give it.
    Context {
        /// Its name.
        key: Arc<str>,
        /// Its value.
        to: Option<ContextValue>,
    },
    /// One more group or role, `group:NAME` or `role:NAME`, or one more policy, `policy:NAME`.
    Join(String),
}

impl Nearest {
    /// Whether fewer changes surely do not suffice.
    pub fn is_exact(&self) -> bool {
        self.doubts.is_empty()
    }
}

/// What a caller would have.
struct Choice<'m> {
    join: Option<Joined>,
    attached: Vec<&'m Statement>,
    boundary: Option<Vec<&'m Statement>>,
    /// What its statements read.
    dims: Vec<Dim>,
    /// Sets of which one must be changed whole.
    needed: BTreeSet<BTreeSet<Dim>>,
    /// It was found that changing all of it would not do.
    hopeless: Option<bool>,
}

pub(super) fn nearest(
    gate: &Gate,
    model: &Model,
    request: &Request,
    holder: &Holder,
    covering: &Covering<'_>,
) -> Result<Nearest> {
    if *holder == Holder::Root {
        return Ok(Nearest::default());
    }
    let mut search = Search {
        gate,
        model,
        covering,
        work: Work::new(),
        spaces: limits::EXPLAIN_SPACES,
        doubts: BTreeSet::new(),
    };
    let mut choices = search.choices(request, holder)?;
    let most = choices.iter().map(|c| c.dims.len() + usize::from(c.join.is_some())).max().unwrap_or(0);
    let mut proposals = Vec::new();
    for size in 1..=most {
        for choice in &mut choices {
            search.of_size(request, choice, size, &mut proposals)?;
        }
        if !proposals.is_empty() {
            break;
        }
    }
    Ok(Nearest { proposals, doubts: search.doubts.into_iter().collect() })
}

struct Search<'m> {
    gate: &'m Gate,
    model: &'m Model,
    covering: &'m Covering<'m>,
    work: Work,
    /// How many choices of changes may still be looked at.
    spaces: usize,
    doubts: BTreeSet<String>,
}

impl<'m> Search<'m> {
    /// What the caller has, then what it would have in each group and with each policy.
    fn choices(&self, request: &Request, holder: &Holder) -> Result<Vec<Choice<'m>>> {
        let own: (&[PolicyId], Option<&[PolicyId]>) = match holder {
            Holder::Policies { attached, boundary } => (attached, boundary.as_deref()),
            Holder::Root | Holder::Unknown => (&[], None),
        };
        let joins = joins(self.gate, self.model, request, own.0, self.covering)?;
        let mut choices = vec![self.choice(request, own, None)?];
        for joined in joins {
            let held = self.gate.holder_joined(request, joined.join)?;
            if let Holder::Policies { attached, boundary } = held {
                choices.push(self.choice(request, (&attached, boundary.as_deref()), Some(joined))?);
            }
        }
        Ok(choices)
    }

    fn choice(
        &self,
        request: &Request,
        (attached, boundary): (&[PolicyId], Option<&[PolicyId]>),
        join: Option<Joined>,
    ) -> Result<Choice<'m>> {
        let attached = self.covering.among(attached);
        let boundary = boundary.map(|ids| self.covering.among(ids));
        let (dims, needed) = self.gate.put(request, self.covering.facts.address, |put| {
            let held: Vec<Held<'_>> = attached.iter().map(|s| Held::new(s, put)).collect();
            let bounds: Option<Vec<Held<'_>>> =
                boundary.as_ref().map(|all| all.iter().map(|s| Held::new(s, put)).collect());
            (reduced::dims(&held, bounds.as_deref()), reduced::needed(&held, bounds.as_deref()))
        })?;
        Ok(Choice { join, attached, boundary, dims, needed, hopeless: None })
    }

    /// Tries all ways of changing so many things.
    fn of_size(
        &mut self,
        request: &Request,
        choice: &mut Choice<'m>,
        size: usize,
        out: &mut Vec<Proposal>,
    ) -> Result<()> {
        let Some(size) = size.checked_sub(usize::from(choice.join.is_some())) else { return Ok(()) };
        let shortest = choice.needed.iter().map(BTreeSet::len).min();
        if out.len() >= limits::EXPLAIN_PROPOSALS
            || shortest.is_none_or(|n| n > size)
            || size > choice.dims.len()
        {
            return Ok(());
        }
        if size > 1 && self.hopeless(request, choice)? {
            return Ok(());
        }
        for dims in subsets(&choice.dims, size) {
            let wanted: BTreeSet<Dim> = dims.iter().cloned().collect();
            if !choice.needed.iter().any(|needed| needed.is_subset(&wanted)) {
                continue;
            }
            if out.len() >= limits::EXPLAIN_PROPOSALS {
                return Ok(());
            }
            if let Some(changed) = self.changed(request, choice, &dims)? {
                let proposed = self.proposal(request, changed, choice);
                // A membership alone is only tried; what was changed, or found to need no change, was found to be enough.
                if proposed.is_none() && size > 0 {
                    self.doubts.insert("what was found is not allowed when it is checked".to_owned());
                }
                out.extend(proposed);
            }
        }
        Ok(())
    }

    /// Whether changing everything would not do: then no part of it would.
    fn hopeless(&mut self, request: &Request, choice: &mut Choice<'m>) -> Result<bool> {
        if choice.hopeless.is_none() {
            let sets = (choice.attached.as_slice(), choice.boundary.as_deref());
            let addressed = self.covering.facts.address;
            let reduced = self.gate.put(request, addressed, |put| Reduced::new(put, sets, &choice.dims))?;
            choice.hopeless = Some(reduced.is_hopeless(self.action(), &mut self.work));
        }
        Ok(choice.hopeless == Some(true))
    }

    fn action(&self) -> Action<'m> {
        Action { service: &self.covering.service, facts: self.covering.facts }
    }

    /// The nearest call with these changed, and what is told of each.
    fn changed(
        &mut self,
        request: &Request,
        choice: &Choice<'m>,
        dims: &[Dim],
    ) -> Result<Option<(Request, Vec<Change>)>> {
        let (mut request, mut changes) = (request.clone(), Vec::new());
        for at in 0..dims.len() {
            let left = dims.get(at..).unwrap_or(&[]);
            if self.spaces == 0 {
                let why = "more changes were possible than are looked at";
                self.doubts.insert(why.to_owned());
                return Ok(None);
            }
            self.spaces -= 1;
            let sets = (choice.attached.as_slice(), choice.boundary.as_deref());
            let addressed = self.covering.facts.address;
            let reduced = self.gate.put(&request, addressed, |put| Reduced::new(put, sets, left))?;
            let change = match reduced.closest(self.action(), left, &request, &mut self.work) {
                Step::Change(change) => change,
                Step::Keep => continue,
                Step::Nothing(doubts) => {
                    self.doubts.extend(doubts);
                    return Ok(None);
                }
            };
            apply(&mut request, &change);
            changes.push(change);
        }
        Ok(Some((request, changes)))
    }

    /// A call that a check allows.
    fn proposal(
        &self,
        before: &Request,
        (request, changes): (Request, Vec<Change>),
        choice: &Choice<'m>,
    ) -> Option<Proposal> {
        let decided = match &choice.join {
            None => self.gate.check(&request),
            Some(joined) => self.gate.check_joined(&request, joined.join),
        };
        let found = decided.ok().filter(|decision| decision.allowed);
        let decision = found.filter(|_| choice.join.is_some() || request != *before)?;
        let joined = choice.join.iter().map(|joined| Change::Join(joined.name.clone()));
        Some(Proposal { changes: joined.chain(changes).collect(), request, decision })
    }
}

/// Changes a request.
fn apply(request: &mut Request, change: &Change) {
    match change {
        Change::Address { to, .. } => request.ip = to.map(Ip::Address),
        Change::Time { to, .. } => request.at = to.map(|at| at.to_string()),
        Change::Context { key, to } => set(&mut request.context, key, to.clone()),
        Change::Join(_) => {}
    }
}

fn set(context: &mut Context, key: &str, to: Option<ContextValue>) {
    context.retain(|(name, _)| name != key);
    context.extend(to.map(|value| (key.to_owned(), value)));
}

/// All parts of a list with so many members, in order.
fn subsets(of: &[Dim], size: usize) -> Subsets<'_> {
    Subsets { of, places: (0..size).collect(), done: size > of.len() }
}

struct Subsets<'d> {
    of: &'d [Dim],
    places: Vec<usize>,
    done: bool,
}

impl Iterator for Subsets<'_> {
    type Item = Vec<Dim>;

    fn next(&mut self) -> Option<Vec<Dim>> {
        if self.done {
            return None;
        }
        let found = self.places.iter().filter_map(|place| self.of.get(*place)).cloned().collect();
        let (all, size) = (self.of.len(), self.places.len());
        // The last place that can still move on; those behind it follow.
        let movable = (0..size).rev().find(|at| self.places.get(*at).is_some_and(|p| p + size - at < all));
        match movable.and_then(|at| Some((at, *self.places.get(at)?))) {
            None => self.done = true,
            Some((at, place)) => {
                for (more, slot) in self.places.iter_mut().skip(at).enumerate() {
                    *slot = place + 1 + more;
                }
            }
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_size_comes_once() {
        let dims = ["a", "b", "c", "d"].map(|key| Dim::Key(key.into()));
        for (size, count) in [(0, 1), (1, 4), (2, 6), (3, 4), (4, 1), (5, 0)] {
            let all: BTreeSet<Vec<Dim>> = subsets(&dims, size).collect();
            assert_eq!((all.len(), subsets(&dims, size).count()), (count, count), "{size}");
        }
    }
}
