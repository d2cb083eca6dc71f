//! What changes between two policy sets: who gains and who loses which actions, from which addresses, when, on which
//! resources. Over every call at once ([`super::space`]), so that nothing is left out, and nothing is told where only the
//! words differ.
//!
//! A right is a call that is allowed. A call that was refused for one reason and is refused for another, or is an error of
//! the caller on one side and refused on the other, is no change. Settings count as far as they change what is allowed:
//! another owner, another catalog, other opaque services.

mod ground;
mod json;
mod judge;
mod kept;
mod known;
mod matrix;
mod meaning;
mod noted;
mod replay;
mod root;
mod sides;
#[cfg(test)]
mod tests;

pub(super) use json::ask;
pub use json::{to_json, to_json_with, write_json};
pub use matrix::{Matrix, MatrixCell, MatrixColumn, matrix, matrix_to_json};
pub use replay::{Flip, Replay, Replayed, Untouched};
pub use sides::Known;

use super::progress;
use super::reads::reads_number;
use super::space::{Caller, Doubt};
use super::standing::Answer;
use super::work::Work;
use crate::catalog::diff::CatalogDiff;
use crate::check::{Gate, Request};
use crate::error::Result;
use crate::model::{ActionTerm, Model, PolicyId, PolicyKind, Statement};
use ground::{Ground, Joint, Lists};
use judge::{Asked, Judge, Outcome};
use kept::Kept;
use noted::{Noted, OfAction};
use sides::{Group, Member, Senses, Sides};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// What changes between two policy sets.
#[derive(Debug, Clone)]
pub struct Diff {
    /// Whose rights were compared; none: everyone's.
    pub principal: Option<String>,
    /// How many callers were compared.
    pub callers: usize,
    /// What the catalogs say differently, whether or not it changes a right.
    pub catalogs: CatalogDiff,
    /// Settings that decide and differ, by name.
    pub settings: Vec<&'static str>,
    /// What changes; callers for whom the same changes are together. By the first caller of equal policies, in the order of
    /// the new set; then whom only the old one knows.
    pub changes: Vec<Change>,
    /// Why there may be actions or callers beside those that were compared.
    pub doubt: Option<Doubt>,
}

/// What changes for some callers.
#[derive(Debug, Clone)]
pub struct Change {
    /// As requests name them: `root`, `user:…`, `role:…`, `group:…`, `policy:…`; `brings role:…` is whoever brings that
    /// role to a call, `anyone` a caller that neither set knows.
    pub principals: Vec<String>,
    /// Which of the sets know them.
    pub known: Known,
    /// What they gain.
    pub gains: Vec<Right>,
    /// What they lose.
    pub losses: Vec<Right>,
}

/// Calls that change alike for some actions.
#[derive(Debug, Clone)]
pub struct Right {
    /// The actions; many rights name the same.
    pub actions: Vec<Arc<ChangedAction>>,
    /// Which calls change: *always* is every call that the side decides which allows it, *depends* names on what. Of the
    /// dimensions, *always* are values with which every call changes, *never* those with which none does.
    pub answer: Answer,
    /// A call of the first principal for the first action that one set allows and the other does not; none where there only
    /// could be one.
    pub example: Option<Request>,
}

/// An action whose calls change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChangedAction {
    /// `service:Name`; of an opaque service one name of a kind, all of which change alike.
    pub action: String,
    /// What the new catalog calls it, else the old one; none of an opaque service.
    pub category: Option<Box<str>>,
}

impl Diff {
    /// Whether no right changes.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.doubt.is_none()
    }

    /// How many callers gain something.
    pub fn gaining(&self) -> usize {
        self.callers_of(|change| !change.gains.is_empty())
    }

    /// How many callers lose something.
    pub fn losing(&self) -> usize {
        self.callers_of(|change| !change.losses.is_empty())
    }

    fn callers_of(&self, is: fn(&Change) -> bool) -> usize {
        self.changes.iter().filter(|change| is(change)).map(|change| change.principals.len()).sum()
    }

    /// Whether every answer is exact.
    pub fn is_exact(&self) -> bool {
        let rights =
            |change: &Change| change.gains.iter().chain(&change.losses).all(|right| right.answer.is_exact());
        self.doubt.is_none() && self.changes.iter().all(rights)
    }
}

/// Compares two policy sets, or what one principal may do in them.
///
/// ```
/// use passgate::Gate;
/// use passgate::analysis::diff::diff;
/// let set = |statement: &str| {
///     Gate::compile(format!("use intlpartnersmgt policy p {{ {statement} }} user 1 {{ attach p }}").as_str())
/// };
/// let (old, new) = (set("allow PayOrders from 10.0.0.0/8")?, set("allow PayOrders from 10.0.0.0/7")?);
/// let found = diff(&old, &new, None)?;
/// assert_eq!(found.changes[0].principals, ["user:1"]);
/// let gain = &found.changes[0].gains[0];
/// assert_eq!(gain.actions[0].action, "intlpartnersmgt:PayOrders");
/// let request = gain.example.as_ref().expect("exact");
/// assert!(!old.check(request)?.allowed && new.check(request)?.allowed);
/// assert!(diff(&old, &set("allow PayOrders from 10.128.0.0/9, 10.0.0.0/9")?, None)?.is_empty());
/// # Ok::<(), passgate::Error>(())
/// ```
///
/// # Errors
/// `unknown-group`, `unknown-policy`, or `bad-request` for a principal that neither set admits; `bad-compiled` where a
/// compiled file holds no policy set that can be read.
pub fn diff(old: &Gate, new: &Gate, principal: Option<&str>) -> Result<Diff> {
    let models = [old.try_model()?, new.try_model()?];
    let ground = Ground::new(models[0], models[1]);
    let mut judge = Judge::new(&ground);
    let sides = match principal {
        Some(principal) => Sides::one([old, new], models, principal, &mut judge.meanings)?,
        None => {
            let kept = ground.same.then(|| Kept::new(models));
            Sides::all(models, kept.as_ref(), &mut judge.meanings, &mut Work::new())
        }
    };
    let (senses, groups) = (sides.senses, sides.groups);
    let mut comparing = Comparing { models, judge, senses, noted: Noted::new(models), doubt: None };
    comparing.doubt = sides.cut.then_some(Doubt::Budget);
    if principal.is_none_or(|principal| principal == "root") {
        comparing.root(&ground);
    }
    let steps = progress::steps("groups of callers", groups.len());
    for group in groups {
        comparing.group(&ground, group);
        steps.step();
    }
    let services =
        |model: &Model| model.catalogs.services().map(|(_, service)| Arc::clone(service)).collect::<Vec<_>>();
    let services = models.map(services);
    let [before, after] = services.each_ref().map(|all| all.iter().map(AsRef::as_ref));
    Ok(Diff {
        principal: principal.map(str::to_owned),
        callers: sides.callers + usize::from(principal.is_none()),
        catalogs: crate::catalog::diff::diff(before, after),
        settings: settings(models),
        changes: comparing.noted.changes,
        doubt: comparing.doubt,
    })
}

/// Settings that decide and differ.
fn settings([old, new]: [&Model; 2]) -> Vec<&'static str> {
    let (old, new) = (&old.settings, &new.settings);
    let differ = [
        ("claims", old.claims != new.claims),
        ("ip-unsupported", old.ip_unsupported != new.ip_unsupported),
        ("opaque", old.opaque != new.opaque),
        ("owner", old.owner != new.owner),
        ("region-aliases", old.region_aliases != new.region_aliases),
    ];
    differ.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect()
}

/// Comparing callers one group after the other.
struct Comparing<'g, 'm> {
    models: [&'m Model; 2],
    judge: Judge<'g, 'm>,
    senses: Senses,
    noted: Noted<'m>,
    doubt: Option<Doubt>,
}

impl<'g, 'm: 'g> Comparing<'g, 'm> {
    fn root(&mut self, ground: &'g Ground<'m>) {
        if ground.same {
            return;
        }
        let (joints, doubt) = self.judge.joint([&[], &[], &[], &[]], &[]);
        self.doubt = self.doubt.take().or(doubt);
        let outcomes: Vec<_> =
            joints.iter().map(|joint| Arc::new(root::outcome(self.models, joint))).collect();
        let member = Member {
            shown: "root".to_owned(),
            principal: "root".to_owned(),
            role: None,
            name: String::new(),
            known: Known::Both,
        };
        self.note(&[member], joints.iter().zip(&outcomes));
    }

    fn group(&mut self, ground: &'g Ground<'m>, group: Group) {
        if ground.same && group.is_kept(&self.senses) {
            return;
        }
        let lists = self.lists(&group);
        let among = if ground.same { self.among(&group) } else { Vec::new() };
        if ground.same && among.is_empty() && group.bounded()[0] == group.bounded()[1] {
            return;
        }
        let whole = [all_actions()];
        // A boundary that comes or goes bears on every action.
        let among = if group.bounded()[0] == group.bounded()[1] { &among } else { whole.as_slice() };
        let lists: Lists<'_, 'g> = [&lists[0], &lists[1], &lists[2], &lists[3]];
        let (joints, doubt) = self.judge.joint(lists, among);
        self.doubt = self.doubt.take().or(doubt);
        let bounded = group.bounded();
        let all: Vec<Asked<'g>> =
            joints.into_iter().filter_map(|joint| self.judge.asked(joint, bounded)).collect();
        let numbered = all.iter().any(|asked| asked.joint.sets.iter().flatten().any(|one| reads_number(one)));
        if !numbered {
            let outcomes = self.outcomes(&all, bounded, &Caller::default());
            return self.note_by_known(group.members, &all, &outcomes);
        }
        for member in group.members {
            let outcomes = self.outcomes(&all, bounded, &Caller::named(&member.name));
            self.note(&[member], told(&all, &outcomes));
        }
    }

    fn outcomes(&mut self, all: &[Asked<'g>], bounded: [bool; 2], caller: &Caller) -> Vec<Arc<Outcome>> {
        all.iter().map(|asked| self.judge.outcome(asked, bounded, caller)).collect()
    }

    /// Callers that one side does not know are told apart from the others.
    fn note_by_known(&mut self, members: Vec<Member>, all: &[Asked<'g>], outcomes: &[Arc<Outcome>]) {
        let mut by_known: BTreeMap<Known, Vec<Member>> = BTreeMap::new();
        members.into_iter().for_each(|member| by_known.entry(member.known).or_default().push(member));
        by_known.values().for_each(|members| self.note(members, told(all, outcomes)));
    }

    fn note<'o>(&mut self, members: &[Member], each: impl Iterator<Item = (&'o Joint<'g>, &'o Arc<Outcome>)>)
    where
        'g: 'o,
    {
        let noted = &mut self.noted;
        let all: Vec<OfAction> =
            each.flat_map(|(joint, outcome)| noted.of(&joint.service, &joint.names, outcome)).collect();
        noted.add(members, &all);
    }

    /// The statements of a group: attached and boundary of the old side, then of the new one.
    fn lists(&self, group: &Group) -> [Vec<&'g Statement>; 4] {
        std::array::from_fn(|list| {
            let (Some(model), Some(has)) = (self.models.get(list / 2), group.has.get(list / 2)) else {
                return Vec::new();
            };
            let bounds = has.boundary.as_deref().unwrap_or_default();
            let ids = if list % 2 == 0 { has.attached.as_slice() } else { bounds };
            statements(model, ids).collect()
        })
    }

    /// Actions of statements that only one side has.
    fn among(&self, group: &Group) -> Vec<ActionTerm> {
        let [old, new] = &group.has;
        let mut terms = Vec::new();
        let bounds = |has: &sides::Has| has.boundary.clone().unwrap_or_default();
        self.differing(&old.attached, &new.attached, &mut terms);
        self.differing(&bounds(old), &bounds(new), &mut terms);
        terms
    }

    fn differing(&self, old: &[PolicyId], new: &[PolicyId], terms: &mut Vec<ActionTerm>) {
        let senses = |side: usize, ids: &[PolicyId]| -> HashSet<u32> {
            ids.iter().filter_map(|id| self.senses.of(side, *id)).collect()
        };
        let (before, after) = (senses(0, old), senses(1, new));
        let [old_model, new_model] = self.models;
        let only = |model: &'m Model, side: usize, ids: &[PolicyId], other: &HashSet<u32>| {
            let differs =
                |id: &PolicyId| self.senses.of(side, *id).is_some_and(|sense| !other.contains(&sense));
            let ids: Vec<PolicyId> = ids.iter().copied().filter(differs).collect();
            statements(model, &ids).collect::<Vec<&'m Statement>>()
        };
        let one = only(old_model, 0, old, &after);
        let other = only(new_model, 1, new, &before);
        let numbers = |all: &[&Statement]| -> HashSet<u32> {
            all.iter().map(|statement| self.judge.meanings.statement(statement)).collect()
        };
        let (first, second) = (numbers(&one), numbers(&other));
        let mut seen = HashSet::new();
        for (all, others) in [(one, second), (other, first)] {
            let differing = all.into_iter().filter(|s| !others.contains(&self.judge.meanings.statement(s)));
            for statement in differing {
                if seen.insert((statement.actions.as_ptr(), statement.actions.len())) {
                    terms.extend(statement.actions.iter().cloned());
                }
            }
        }
    }
}

/// Actions with what becomes of them.
fn told<'o, 'g>(
    all: &'o [Asked<'g>],
    outcomes: &'o [Arc<Outcome>],
) -> impl Iterator<Item = (&'o Joint<'g>, &'o Arc<Outcome>)> {
    all.iter().map(|asked| &asked.joint).zip(outcomes)
}

/// Statements of policies that decide.
fn statements<'m>(model: &'m Model, ids: &[PolicyId]) -> impl Iterator<Item = &'m Statement> {
    let policies = ids.iter().filter_map(|id| model.policies.get(id.0 as usize));
    policies.filter(|policy| policy.kind == PolicyKind::Identity).flat_map(|policy| &policy.statements)
}

fn all_actions() -> ActionTerm {
    ActionTerm {
        kind: crate::model::ActionKind::All { long: false },
        span: passgate_grammar::Span::default(),
    }
}
