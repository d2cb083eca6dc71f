//! The account root of both sides: it reads no policies (semantics §2.5), so that only what the sides know of actions
//! and of the owner's account changes what it may do.

use super::ground::Joint;
use super::judge::{Found, Outcome};
use crate::analysis::space::Witness;
use crate::analysis::standing::{Answer, Dependence, Standing};
use crate::catalog::Granularity;
use crate::model::{Model, Owner};
use std::sync::Arc;

/// Which resources root may act on.
#[derive(PartialEq, Eq)]
enum Reach<'m> {
    /// None: the action is not known.
    Nothing,
    /// All.
    All,
    /// Those of this owner's account.
    Own(&'m Owner),
}

/// What becomes of root's calls of an action.
pub(super) fn outcome(models: [&Model; 2], joint: &Joint<'_>) -> Outcome {
    let [old, new] = [0, 1].map(|side: usize| reach(models.get(side), joint, side));
    Outcome { gained: more(&old, &new, &joint.service), lost: more(&new, &old, &joint.service) }
}

fn reach<'m>(model: Option<&&'m Model>, joint: &Joint<'_>, side: usize) -> Reach<'m> {
    match (joint.facts.get(side).copied().flatten(), model) {
        (Some(facts), Some(model)) if facts.granularity == Granularity::Resource => {
            Reach::Own(&model.settings.owner)
        }
        (Some(_), Some(_)) => Reach::All,
        _ => Reach::Nothing,
    }
}

/// What the second reach holds that the first does not.
fn more(one: &Reach<'_>, other: &Reach<'_>, service: &str) -> Option<Found> {
    if one == other {
        return None;
    }
    match (one, other) {
        (_, Reach::Nothing) | (Reach::All, _) => None,
        (Reach::Nothing, Reach::All) => Some(always()),
        (Reach::Nothing, Reach::Own(owner)) => {
            // A call without a resource is allowed, and decided nowhere before.
            let mut found = some(&accounts(owner, None), Standing::Depends, service);
            found.witness = Some(Witness::default());
            Some(found)
        }
        (Reach::Own(owner), Reach::All) => {
            let patterns = accounts(owner, None);
            let on = Dependence::Resource {
                patterns: patterns.iter().map(|text| (text.clone(), Standing::Never)).collect(),
                others: Standing::Depends,
            };
            let answer = Answer { on: vec![on], ..Answer::plain(Standing::Depends) };
            Some(Found { answer, witness: Some(at(service, &stranger(owner))) })
        }
        (Reach::Own(before), Reach::Own(after)) => {
            let gained = accounts(after, Some(before));
            (!gained.is_empty()).then(|| some(&gained, Standing::Never, service))
        }
    }
}

fn always() -> Found {
    Found { answer: Answer::plain(Standing::Always), witness: Some(Witness::default()) }
}

/// On resources of these accounts.
fn some(patterns: &[Arc<str>], others: Standing, service: &str) -> Found {
    let each = patterns.iter().map(|text| (text.clone(), Standing::Always)).collect();
    let on = Dependence::Resource { patterns: each, others };
    let account = patterns.first().and_then(|text| text.split(':').nth(4)).unwrap_or_default();
    let witness = Some(at(service, account));
    Found { answer: Answer { on: vec![on], ..Answer::plain(Standing::Depends) }, witness }
}

fn at(service: &str, account: &str) -> Witness {
    Witness { resource: Some(format!("qcs::{service}::{account}:x")), ..Witness::default() }
}

/// How resources of an owner's account are written; with `but`, only the ways that another owner's are not written.
fn accounts(owner: &Owner, but: Option<&Owner>) -> Vec<Arc<str>> {
    let named = [("uin", &owner.uin), ("uid", &owner.uid)];
    let named = named.into_iter().filter_map(|(kind, number)| Some(format!("{kind}/{}", number.as_ref()?)));
    let all = std::iter::once(String::new()).chain(named);
    let wanted = all.filter(|account| but.is_none_or(|other| !other.is_account(account)));
    wanted.map(|account| format!("qcs::::{account}:*").into()).collect()
}

/// An account that is not the owner's.
fn stranger(owner: &Owner) -> String {
    let accounts = (1u32..).map(|n| format!("uin/{n}"));
    accounts.into_iter().find(|account| !owner.is_account(account)).unwrap_or_default()
}
