//! What changes by itself: at which instants the time windows of statements open and close so that somebody may do more, or
//! less, than just before.
//!
//! Between two instants that statements mention nothing changes; each instant is looked at twice, as it begins and just after
//! it. Rights are those of calls that give the time: a call without one is not touched by it.

mod json;
#[cfg(test)]
mod tests;
mod timed;

pub(in crate::analysis) use json::ask;
pub use json::to_json;

use super::callers::Callers;
use super::progress;
use super::reads::reads_number;
use super::space::{self, ActionClass, Actions, Answer, Caller, Held, Reader, Space, Subject};
use super::work::Work;
use crate::check::{Gate, Holder};
use crate::error::{Error, ErrorCode, Result};
use crate::model::{Instant, Model, PolicyId, PolicyKind, Statement};
use std::collections::{BTreeMap, BTreeSet};
use std::ptr;
use timed::Timed;

/// What changes by itself.
#[derive(Debug, Clone)]
pub struct Forecast {
    /// After this instant.
    pub from: Instant,
    /// Up to this one, which counts.
    pub to: Instant,
    /// Of whom alone; none: of everybody.
    pub principal: Option<String>,
    /// In order; an instant at which nobody's rights change is left out.
    pub moments: Vec<Moment>,
    /// Why there may be more; none where these are all.
    pub doubts: Vec<String>,
}

/// An instant at which rights change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// From it on the rights are others than just before.
    pub at: Instant,
    /// Callers with equal changes together, in the order of the set.
    pub changes: Vec<Change>,
}

/// What changes for some callers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// As requests name them.
    pub principals: Vec<String>,
    /// Actions of which some call is allowed now that was not before.
    pub gains: Vec<String>,
    /// Actions of which some call is not allowed now that was before.
    pub loses: Vec<String>,
}

impl Forecast {
    /// Whether these are all changes.
    pub fn is_exact(&self) -> bool {
        self.doubts.is_empty()
    }
}

/// Finds what changes by itself after one instant and up to another.
///
/// ```
/// use passgate::{Gate, analysis::forecast::forecast, model::Instant};
/// let gate = Gate::compile(
///     "use intlpartnersmgt  policy p { allow PayOrders until 2027-01-01T00:00:00Z }  user 1 { attach p }",
/// )?;
/// let at = |text| Instant::parse(text).unwrap();
/// let found = forecast(&gate, at("2026-01-01T00:00:00Z"), at("2028-01-01T00:00:00Z"), None)?;
/// assert_eq!(found.moments[0].at.to_string(), "2027-01-01T00:00:00Z");
/// assert_eq!(found.moments[0].changes[0].loses, ["intlpartnersmgt:PayOrders"]);
/// # Ok::<(), passgate::Error>(())
/// ```
///
/// # Errors
/// `bad-time` where the end lies before the beginning; `unknown-group`, `unknown-policy`, `bad-request` for the principal;
/// `bad-compiled` where a compiled file holds no policy set that can be read.
pub fn forecast(gate: &Gate, from: Instant, to: Instant, principal: Option<&str>) -> Result<Forecast> {
    if to < from {
        let message = format!("the end, {to}, lies before the beginning, {from}");
        return Err(Error::new(ErrorCode::BadTime, message).with_key("until"));
    }
    let model = gate.try_model()?;
    let mut work = Work::new();
    let (kinds, cut) = kinds(gate, model, principal, &mut work)?;
    let timed = Timed::new(model);
    let actions = Actions::new(&model.catalogs, &model.settings);
    let mut looker = Looker { model, timed: &timed, actions, work, doubts: BTreeSet::new() };
    looker.doubts.extend(cut.then(|| "there are too many callers to look at".to_owned()));
    let mut moments: BTreeMap<Instant, Vec<Change>> = BTreeMap::new();
    let steps = progress::steps("groups of callers", kinds.len());
    for kind in &kinds {
        steps.step();
        for (at, change) in looker.kind(kind, from, to) {
            note(moments.entry(at).or_default(), change);
        }
    }
    looker.doubts.extend(timed.doubts());
    let moments = moments.into_iter().map(|(at, changes)| Moment { at, changes }).collect();
    let doubts = looker.doubts.into_iter().collect();
    Ok(Forecast { from, to, principal: principal.map(str::to_owned), moments, doubts })
}

fn note(changes: &mut Vec<Change>, change: Change) {
    let same = changes.iter_mut().find(|one| one.gains == change.gains && one.loses == change.loses);
    match same {
        Some(one) => one.principals.extend(change.principals),
        None => changes.push(change),
    }
}

/// Callers of equal policies and boundary: how answers name each, and its own name.
struct Kind {
    attached: Vec<PolicyId>,
    boundary: Option<Vec<PolicyId>>,
    members: Vec<(String, String)>,
}

/// All callers with policies, or one; and whether they are not all.
fn kinds(gate: &Gate, model: &Model, principal: Option<&str>, work: &mut Work) -> Result<(Vec<Kind>, bool)> {
    if let Some(principal) = principal {
        let Holder::Policies { attached, boundary } = gate.holder(principal)? else {
            return Ok((Vec::new(), false));
        };
        let name = ["user:", "role:"].iter().find_map(|prefix| principal.strip_prefix(prefix));
        let members = vec![(principal.to_owned(), name.unwrap_or(principal).to_owned())];
        return Ok((vec![Kind { attached, boundary, members }], false));
    }
    let callers = Callers::new(model, work);
    let mut kinds = Vec::new();
    for (class, members) in callers.all() {
        let Some(class) = callers.classes.get(class) else { continue };
        let named = |member: &_| (callers.spelled(model, *member), member.name(model).to_owned());
        kinds.push(Kind {
            attached: class.policies.clone(),
            boundary: class.boundary.clone(),
            members: members.iter().map(named).collect(),
        });
    }
    if !model.everyone.is_empty() {
        let members = vec![("anyone".to_owned(), String::new())];
        kinds.push(Kind { attached: model.everyone.clone(), boundary: model.boundary.clone(), members });
    }
    Ok((kinds, callers.cut))
}

/// Looks at callers.
struct Looker<'m> {
    model: &'m Model,
    timed: &'m Timed,
    actions: Actions<'m>,
    work: Work,
    doubts: BTreeSet<String>,
}

/// What a caller holds at an instant: attached, and of its boundary.
struct Now<'m> {
    attached: Vec<&'m Statement>,
    boundary: Option<Vec<&'m Statement>>,
}

impl<'m> Looker<'m> {
    /// What changes for some callers; only their numbers tell them apart.
    fn kind(&mut self, kind: &Kind, from: Instant, to: Instant) -> Vec<(Instant, Change)> {
        let held = |ids: &[PolicyId]| -> Vec<&'m Statement> {
            let policies = ids.iter().filter_map(|id| self.model.policies.get(id.0 as usize));
            policies.filter(|p| p.kind == PolicyKind::Identity).flat_map(|p| &p.statements).collect()
        };
        let (attached, boundary) = (held(&kind.attached), kind.boundary.as_deref().map(held));
        let all: Vec<&'m Statement> = attached.iter().chain(boundary.iter().flatten()).copied().collect();
        let numbered = all.iter().any(|statement| reads_number(statement));
        let mut found = Vec::new();
        for (at, speaking) in self.timed.instants(&all, from, to) {
            let before = timed::before(at);
            let turns = |s: &&Statement| self.timed.holds(s, before) != self.timed.holds(s, at);
            let changed: Vec<&Statement> = speaking.into_iter().filter(turns).collect();
            if changed.is_empty() {
                continue;
            }
            let now = self.now(&attached, boundary.as_deref(), at);
            let past = self.now(&attached, boundary.as_deref(), before);
            let names: Vec<Vec<(String, String)>> = match numbered {
                true => kind.members.iter().map(|member| vec![member.clone()]).collect(),
                false => vec![kind.members.clone()],
            };
            for members in names {
                let name = members.first().filter(|_| numbered).map_or("", |(_, name)| name);
                let (gains, loses) = self.compare(&now, &past, &changed, &Caller::named(name));
                if !gains.is_empty() || !loses.is_empty() {
                    let principals = members.into_iter().map(|(spelled, _)| spelled).collect();
                    found.push((at, Change { principals, gains, loses }));
                }
            }
        }
        found
    }

    fn now(&self, attached: &[&'m Statement], boundary: Option<&[&'m Statement]>, at: Instant) -> Now<'m> {
        let of =
            |all: &[&'m Statement]| all.iter().filter_map(|statement| self.timed.at(statement, at)).collect();
        Now { attached: of(attached), boundary: boundary.map(of) }
    }

    /// What is gained and what is lost of the actions that some statements cover.
    fn compare(
        &mut self,
        now: &Now<'m>,
        past: &Now<'m>,
        changed: &[&Statement],
        caller: &Caller,
    ) -> (Vec<String>, Vec<String>) {
        let among: Vec<_> = changed.iter().flat_map(|statement| statement.actions.iter().cloned()).collect();
        let mut sets: Vec<&[&'m Statement]> = vec![&now.attached, &past.attached];
        if let (Some(bounds), Some(before)) = (&now.boundary, &past.boundary) {
            sets.extend([bounds.as_slice(), before.as_slice()]);
        }
        let mut budget = self.work.question();
        let (classes, doubt) = self.actions.classes(&sets, Some(&among), &mut budget);
        self.work.spend(budget.used());
        self.doubts.extend(doubt.iter().map(ToString::to_string));
        let (mut gains, mut loses) = (Vec::new(), Vec::new());
        for class in &classes {
            let (gained, lost) = self.class(class, caller);
            let names = class.names.iter().map(|name| format!("{}:{name}", class.service));
            let names: Vec<String> = names.collect();
            gains.extend(names.iter().filter(|_| gained).cloned());
            loses.extend(names.into_iter().filter(|_| lost));
        }
        gains.sort();
        loses.sort();
        (gains, loses)
    }

    /// Whether some call is gained, and whether some is lost.
    fn class(&mut self, class: &ActionClass<'m>, caller: &Caller) -> (bool, bool) {
        let same = |one: usize, other: usize| match (class.sets.get(one), class.sets.get(other)) {
            (Some(one), Some(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(a, b)| ptr::eq(*a, *b))
            }
            _ => true,
        };
        if same(0, 1) && same(2, 3) {
            return (false, false);
        }
        let subject =
            Subject { service: &class.service, facts: class.facts, sets: &class.sets, caller, clauses: &[] };
        let (mut reader, mut budget) = (Reader::new(&self.model.settings), self.work.question());
        let space = Space::new(&subject, &mut reader, &mut budget);
        let bounds = |place: usize| (class.sets.len() > 2).then_some(place);
        let change = space::Change { from: Held::apart(1, bounds(3)), to: Held::apart(0, bounds(2)) };
        let answers = [space.gained(change, &mut budget), space.gained(change.back(), &mut budget)];
        self.work.spend(budget.used());
        let [gained, lost] = answers.map(|answer| match answer {
            Answer::Found(_) => true,
            Answer::Nothing => false,
            Answer::Undecided(doubt) => {
                self.doubts.insert(doubt.to_string());
                false
            }
        });
        (gained, lost)
    }
}
