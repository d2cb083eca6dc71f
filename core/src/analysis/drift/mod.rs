//! Who gains or loses what when the provider's catalog changes and the policy set does not: patterns and categories cover
//! other actions, rows have other facts. One set, compiled over two catalogs, is asked about every action that differs
//! between them.

mod actions;
mod json;
#[cfg(test)]
mod tests;

pub(in crate::analysis) use json::ask;
pub use json::to_json;

use super::ask::Asker;
use super::asked::named;
use super::callers::{Callers, Principal};
use super::calls::{Calls, Fixed};
use super::diff;
use super::standing::{Answer, Standing};
use super::who::search::{Number, Search};
use crate::catalog::diff::{self as catalogs, Became, CatalogDiff};
use crate::check::{Gate, Place};
use crate::error::{Error, ErrorCode, Result};
use crate::model::{Effect, Model, PolicyId};
use actions::Touched;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a new catalog changes for the callers of a set.
#[derive(Debug, Clone)]
pub struct Drift {
    /// What differs between the catalogs.
    pub catalogs: CatalogDiff,
    /// Gains first, then losses, then what depends on something else than before; by action.
    pub changes: Vec<Change>,
    /// Whether every answer that was compared is exact.
    pub exact: bool,
}

/// What changes alike for some callers and some actions.
#[derive(Debug, Clone)]
pub struct Change {
    /// Which way.
    pub kind: Kind,
    /// The actions.
    pub actions: Vec<Moved>,
    /// As `who` names callers; root, whom no policy concerns, is never among them.
    pub principals: Vec<String>,
    /// What became of their calls over the old catalog; *never* where it does not have the action.
    pub before: Answer,
    /// What becomes of them over the new one.
    pub after: Answer,
    /// The statements that cover the actions over one of the catalogs alone; where these are none, all that cover them. By
    /// place.
    pub statements: Vec<Arc<Place>>,
}

/// Which way an answer goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// *Never* before.
    Gains,
    /// *Never* after.
    Loses,
    /// Neither, and other calls are allowed than before.
    Changes,
}

impl Kind {
    /// `gains`, `loses` or `changes`.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Gains => "gains",
            Kind::Loses => "loses",
            Kind::Changes => "changes",
        }
    }
}

/// An action that differs between the catalogs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moved {
    /// `service:Name`
    pub action: String,
    /// What became of its row.
    pub became: Became,
    /// Its category in the old catalog.
    pub old_category: Option<Box<str>>,
    /// Its category in the new one.
    pub new_category: Option<Box<str>>,
}

/// Compares one policy set, loaded over an old and over a new catalog.
///
/// ```
/// use passgate::{Gate, analysis::drift::{Kind, drift}};
/// let set = |row: &str| {
///     let catalog = format!("{{\"service\": \"shop\", \"actions\": [{{\"name\": \"See\", \"category\": \"read\"}}{row}]}}");
///     Gate::compile([
///         ("passgate.toml", "catalogs = ['shop.json']\nuse = ['shop']".to_owned()),
///         ("shop.json", catalog),
///         ("a.gate", "policy p { allow read } user 1 { attach p }".to_owned()),
///     ])
/// };
/// let (old, new) = (set("")?, set(", {\"name\": \"Export\", \"category\": \"read\"}")?);
/// let found = drift(&old, &new)?;
/// assert_eq!(found.changes[0].kind, Kind::Gains);
/// assert_eq!(found.changes[0].actions[0].action, "shop:Export");
/// assert!(drift(&old, &old)?.changes.is_empty());
/// # Ok::<(), passgate::Error>(())
/// ```
///
/// # Errors
/// `bad-option` where the two are not one set; `bad-compiled` where a compiled file holds no policy set that can be read.
pub fn drift(old: &Gate, new: &Gate) -> Result<Drift> {
    let (before, after) = (old.try_model()?, new.try_model()?);
    if !is_one_set(before, after) {
        let message = "the two are not one policy set over two catalogs";
        return Err(Error::new(ErrorCode::BadOption, message));
    }
    let services =
        |model: &Model| model.catalogs.services().map(|(_, s)| s.as_ref().clone()).collect::<Vec<_>>();
    let catalogs = catalogs::diff(&services(before), &services(after));
    let calls = Calls::default();
    let fixed = calls.fixed();
    let callers = Callers::new(after, &mut Asker::new(after, &calls, &fixed).work);
    let mut found = Found { changes: BTreeMap::new(), alike: BTreeMap::new(), exact: !callers.cut };
    for action in Touched::of(&catalogs, before, after) {
        let side = |gate, model| Side::new(gate, model, &action.action, &calls, &fixed);
        let (mut old, mut new) = (side(old, before)?, side(new, after)?);
        found.action(&action, &mut old, &mut new, &callers, after);
    }
    found.joint(old, new)?;
    let exact = found.exact;
    Ok(Drift { catalogs, changes: found.finish(new), exact })
}

/// The same policies and callers, by name.
fn is_one_set(one: &Model, other: &Model) -> bool {
    let policies = |model: &Model| -> Vec<(Arc<str>, usize)> {
        model.policies.iter().map(|p| (p.name.clone(), p.statements.len())).collect()
    };
    let names = |model: &Model| -> Vec<Arc<str>> {
        let groups = model.groups.iter().map(|group| group.name.clone());
        groups.chain(model.users.iter().map(|user| user.name.clone())).collect()
    };
    policies(one) == policies(other) && names(one) == names(other)
}

/// A set over one of the catalogs, asked about one action; nothing is asked of an action that the catalog lacks.
struct Side<'m> {
    search: Option<Search<'m>>,
}

impl<'m> Side<'m> {
    fn new(gate: &Gate, model: &'m Model, action: &str, calls: &'m Calls, fixed: &'m Fixed) -> Result<Self> {
        let term = match named(gate, action) {
            Ok((_, term)) => Some(term),
            Err(error) if error.code() == ErrorCode::UnknownAction => None,
            Err(error) => return Err(error),
        };
        let search =
            term.map(|term| Search::new(model, term, Asker::new(model, calls, fixed))).transpose()?;
        Ok(Side { search })
    }

    fn callers(
        &mut self,
        policies: &[PolicyId],
        boundary: Option<&[PolicyId]>,
        members: &[Principal],
    ) -> Vec<(Vec<Principal>, Answer)> {
        match &mut self.search {
            Some(search) => {
                let found = search.callers(policies, boundary, members).into_iter();
                found.map(|(of, number)| (of.to_vec(), search.answer(number).clone())).collect()
            }
            None => vec![(members.to_vec(), Answer::plain(Standing::Never))],
        }
    }

    fn unnamed(&mut self, policies: &[PolicyId], boundary: Option<&[PolicyId]>) -> Answer {
        match &mut self.search {
            Some(search) => {
                let number = search.unnamed(policies, boundary);
                search.answer(number).clone()
            }
            None => Answer::plain(Standing::Never),
        }
    }

    /// Statements that cover the action, each with whether it allows.
    fn covering(&mut self, policies: impl Iterator<Item = PolicyId>) -> BTreeSet<(Number, bool)> {
        let policies: Vec<PolicyId> = policies.collect();
        let Some(search) = &mut self.search else { return BTreeSet::new() };
        let all = search.statements(&policies).into_iter();
        all.map(|(number, s)| (number, s.effect == Effect::Allow)).collect()
    }
}

/// Answers that differ, and the statements: what callers and actions are told by.
type Key = (Kind, Answer, Answer, BTreeSet<Number>);

struct Found {
    /// By what changes and who is concerned, the actions.
    changes: BTreeMap<(Key, Vec<String>), Vec<Moved>>,
    /// The same of those that may on both sides: whether they may otherwise is told call by call, by action.
    alike: BTreeMap<Moved, Vec<(Key, Vec<String>)>>,
    exact: bool,
}

impl Found {
    fn action(
        &mut self,
        action: &Moved,
        old: &mut Side<'_>,
        new: &mut Side<'_>,
        callers: &Callers,
        model: &Model,
    ) {
        let (mut here, mut alike): (BTreeMap<Key, Vec<String>>, BTreeMap<Key, Vec<String>>) =
            Default::default();
        for class in &callers.classes {
            let boundary = class.boundary.as_deref();
            let before = old.callers(&class.policies, boundary, &class.members);
            let after = new.callers(&class.policies, boundary, &class.members);
            for (members, before, after) in together(before, after) {
                self.exact &= before.is_exact() && after.is_exact();
                let told = kind(&before, &after);
                if told.is_none() && before.standing != Standing::Depends {
                    continue;
                }
                let of = told.unwrap_or(Kind::Changes);
                let through = through(of, (old, new), &class.policies, boundary);
                let names = members.iter().map(|member| callers.spelled(model, *member));
                let to = if of == Kind::Changes { &mut alike } else { &mut here };
                to.entry((of, before, after, through)).or_default().extend(names);
            }
        }
        if !model.everyone.is_empty() {
            let boundary = model.boundary.as_deref();
            let (before, after) =
                (old.unnamed(&model.everyone, boundary), new.unnamed(&model.everyone, boundary));
            let told = kind(&before, &after);
            if told.is_some() || before.standing == Standing::Depends {
                let of = told.unwrap_or(Kind::Changes);
                let through = through(of, (old, new), &model.everyone, boundary);
                let to = if of == Kind::Changes { &mut alike } else { &mut here };
                to.entry((of, before, after, through)).or_default().push("anyone".to_owned());
            }
        }
        if !alike.is_empty() {
            self.alike.insert(action.clone(), alike.into_iter().collect());
        }
        for (key, principals) in here {
            self.changes.entry((key, principals)).or_default().push(action.clone());
        }
    }

    /// Answers that are alike in each dimension can still be those of other calls: from one network on one resource, say,
    /// and from the other on the other; and answers that name other patterns can be those of the same calls. Whether a
    /// right changes there is told call by call.
    fn joint(&mut self, old: &Gate, new: &Gate) -> Result<()> {
        if self.alike.is_empty() {
            return Ok(());
        }
        let found = diff::diff(old, new, None)?;
        let sure = found.is_exact();
        self.exact &= sure;
        let mut changed: BTreeSet<(&str, &str)> = BTreeSet::new();
        for change in &found.changes {
            let rights = change.gains.iter().chain(&change.losses).flat_map(|right| &right.actions);
            for action in rights {
                changed.extend(change.principals.iter().map(|who| (who.as_str(), action.action.as_str())));
            }
        }
        for (action, all) in std::mem::take(&mut self.alike) {
            for (key, mut principals) in all {
                let otherwise = !sure && key.1 != key.2;
                principals
                    .retain(|who| otherwise || changed.contains(&(who.as_str(), action.action.as_str())));
                if !principals.is_empty() {
                    self.changes.entry((key, principals)).or_default().push(action.clone());
                }
            }
        }
        Ok(())
    }

    fn finish(self, gate: &Gate) -> Vec<Change> {
        let model = gate.model();
        let named = |(id, at): &Number| {
            let policy = model.policies.get(id.0 as usize)?;
            Some((policy.name.as_ref(), policy.statements.get(*at as usize)?.id.as_ref()))
        };
        let all = self.changes.into_iter();
        let mut changes: Vec<Change> = all
            .map(|(((kind, before, after, through), principals), actions)| {
                let statements = gate.places_of(&through.iter().filter_map(named).collect());
                Change { kind, actions, principals, before, after, statements }
            })
            .collect();
        changes.sort_by(|a, b| (a.kind, &a.actions).cmp(&(b.kind, &b.actions)));
        changes
    }
}

/// Callers with both of their answers.
fn together(
    before: Vec<(Vec<Principal>, Answer)>,
    after: Vec<(Vec<Principal>, Answer)>,
) -> Vec<(Vec<Principal>, Answer, Answer)> {
    if let ([(members, old)], [(_, new)]) = (before.as_slice(), after.as_slice()) {
        return vec![(members.clone(), old.clone(), new.clone())];
    }
    let each = |all: Vec<(Vec<Principal>, Answer)>| -> BTreeMap<Principal, Answer> {
        all.into_iter()
            .flat_map(|(members, answer)| members.into_iter().map(move |m| (m, answer.clone())))
            .collect()
    };
    let (before, mut after) = (each(before), each(after));
    let both =
        before.into_iter().filter_map(|(member, old)| Some((vec![member], old, after.remove(&member)?)));
    both.collect()
}

fn kind(before: &Answer, after: &Answer) -> Option<Kind> {
    match (before.standing, after.standing) {
        _ if before == after => None,
        (Standing::Never, Standing::Never) => None,
        (Standing::Never, _) => Some(Kind::Gains),
        (_, Standing::Never) => Some(Kind::Loses),
        _ => Some(Kind::Changes),
    }
}

/// The statements by which an answer changes.
fn through(
    kind: Kind,
    (old, new): (&mut Side<'_>, &mut Side<'_>),
    policies: &[PolicyId],
    boundary: Option<&[PolicyId]>,
) -> BTreeSet<Number> {
    let ids = || policies.iter().chain(boundary.into_iter().flatten()).copied();
    let (before, after) = (old.covering(ids()), new.covering(ids()));
    let telling = |added: bool, allows: bool| match kind {
        Kind::Gains => added == allows,
        Kind::Loses => added != allows,
        Kind::Changes => true,
    };
    let came = after.difference(&before).filter(|(_, allows)| telling(true, *allows));
    let went = before.difference(&after).filter(|(_, allows)| telling(false, *allows));
    let moved: BTreeSet<Number> = came.chain(went).map(|(number, _)| *number).collect();
    if !moved.is_empty() {
        return moved;
    }
    before.union(&after).map(|(number, _)| *number).collect()
}
