//! Which callers have equal or nearly equal rights, as groups that could be made of them.
//!
//! Rights are counted in *stretches*: the addresses are cut wherever some caller's answer changes, a call without an address
//! is one stretch more, and each action counts once for each stretch in which its calls are always allowed, or depend on
//! more. Two rights share those that are the same in both, kind included; their *share* is what they share of all that
//! either has. What calls depend on beside the address is not compared: equal here is equal in these counts.

mod json;
mod near;
mod rights;
#[cfg(test)]
mod tests;

pub(in crate::analysis) use json::ask;
pub use json::to_json;

use super::ask::Asker;
use super::callers::{Callers, Class, Principal};
use super::calls::Calls;
use super::progress;
use super::reads::reads_number;
use super::space::{ActionClass, Actions, Caller, Facts};
use super::standing::{Answer, Standing};
use super::what::statements;
use super::work::Work;
use crate::check::Gate;
use crate::error::{Error, ErrorCode, Result};
use crate::model::{ActionKind, ActionTerm, Model, Statement};
use near::{Near, near};
use passgate_grammar::Span;
use rights::{Book, Rights};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// The share, in percent, from which rights count as nearly equal unless another is asked for.
pub const LEAST: u8 = 90;

/// Callers by their rights.
#[derive(Debug, Clone)]
pub struct Roles {
    /// The share in percent from which rights are nearly equal.
    pub least: u8,
    /// Callers of equal rights, two at least; most callers first.
    pub equal: Vec<Equal>,
    /// Callers of nearly equal rights; the greatest share first.
    pub near: Vec<Nearly>,
    /// Callers whose rights no other has.
    pub single: usize,
    /// Callers that may do nothing.
    pub without: usize,
    /// Whether every two rights were compared; where not, those that share less may be missed.
    pub all_compared: bool,
    /// Why answers are not exact; none where they are.
    pub doubts: Vec<String>,
}

/// Callers of equal rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equal {
    /// As requests name them.
    pub principals: Vec<String>,
    /// How many actions they may do, always or in some calls.
    pub actions: usize,
    /// Actions × stretches of addresses.
    pub rights: u64,
    /// Whether they have the same policies and boundary, so that they are alike in everything but their number.
    pub same_policies: bool,
}

/// Callers of nearly equal rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearly {
    /// Those of equal rights together; most callers first.
    pub members: Vec<Member>,
    /// Actions × stretches that all of them have.
    pub shared: u64,
    /// Actions × stretches that some of them has.
    pub all: u64,
}

impl Nearly {
    /// What all have of what some has, in percent, cut to a whole number.
    pub fn share(&self) -> u64 {
        percent(self.shared, self.all)
    }
}

/// Callers of equal rights among nearly equal ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// As requests name them.
    pub principals: Vec<String>,
    /// Actions of which they have more than all share.
    pub beyond: Vec<String>,
}

fn percent(part: u64, of: u64) -> u64 {
    if of == 0 { 100 } else { u64::try_from(u128::from(part) * 100 / u128::from(of)).unwrap_or(100) }
}

/// Puts callers together whose rights are equal, and whose share is at least so many percent.
///
/// ```
/// use passgate::{Gate, analysis::roles::{LEAST, roles}};
/// let gate = Gate::compile(
///     "use intlpartnersmgt  policy p { allow list }  policy q { allow list }
///      user 1 { attach p }  user 2 { attach q }  user 3 {}",
/// )?;
/// let found = roles(&gate, LEAST)?;
/// assert_eq!(found.equal[0].principals, ["user:1", "user:2"]);
/// assert_eq!((found.equal[0].actions, found.without), (38, 1));
/// # Ok::<(), passgate::Error>(())
/// ```
///
/// # Errors
/// `bad-request` for a share above 100; `bad-compiled` where a compiled file holds no policy set that can be read.
pub fn roles(gate: &Gate, least: u8) -> Result<Roles> {
    if least > 100 {
        let message = format!("a share is 0 to 100 percent, not {least}");
        return Err(Error::new(ErrorCode::BadRequest, message).with_key("least"));
    }
    let model = gate.try_model()?;
    let mut census = Census::new(model);
    let callers = Callers::new(model, &mut Work::new());
    let all = callers.all();
    let steps = progress::steps("groups of callers", all.len());
    for (class, members) in all {
        steps.step();
        if let Some(class) = callers.classes.get(class) {
            census.class(class, members, &callers);
        }
    }
    census.doubts.extend(callers.cut.then(|| "there are too many callers to look at".to_owned()));
    Ok(census.finish(least))
}

/// Declared callers: who brings a role to a call, or is a group, is a way to ask and nobody whom one would put together.
fn is_declared(member: Principal) -> bool {
    matches!(member, Principal::User(_) | Principal::Role(_))
}

/// Callers of equal rights, as they are found.
struct Found {
    principals: Vec<String>,
    rights: Arc<Rights>,
    /// Different sets of policies.
    classes: usize,
}

/// Service and facts of actions, the statements that cover them, how many are of the boundary, and the caller's number where
/// one of them reads it.
type Key = (Box<str>, Facts, Vec<*const Statement>, Option<usize>, Option<Box<str>>);

struct Census<'m> {
    model: &'m Model,
    /// Every action, and all patterns of opaque services, so that the kinds of their actions are the same for all callers.
    terms: Vec<ActionTerm>,
    book: Book,
    found: Vec<Found>,
    by_rights: HashMap<Arc<Rights>, usize>,
    /// Answers for one class of actions by the statements that cover it.
    known: HashMap<Key, Arc<Answer>>,
    without: usize,
    doubts: BTreeSet<String>,
    work: Work,
}

impl<'m> Census<'m> {
    fn new(model: &'m Model) -> Self {
        Census {
            model,
            terms: terms(model),
            book: Book::default(),
            found: Vec::new(),
            by_rights: HashMap::new(),
            known: HashMap::new(),
            without: 0,
            doubts: BTreeSet::new(),
            work: Work::new(),
        }
    }

    fn class(&mut self, class: &Class, members: Vec<Principal>, callers: &Callers) {
        let members: Vec<Principal> = members.into_iter().filter(|member| is_declared(*member)).collect();
        if members.is_empty() {
            return;
        }
        let attached = statements(self.model, &class.policies);
        let boundary = class.boundary.as_ref().map(|ids| statements(self.model, ids));
        let all = attached.iter().chain(boundary.iter().flatten());
        let numbered = all.copied().any(reads_number);
        let kinds: Vec<Vec<Principal>> = match numbered {
            true => members.iter().map(|member| vec![*member]).collect(),
            false => vec![members.clone()],
        };
        for members in kinds {
            let name = members.first().filter(|_| numbered).map_or("", |member| member.name(self.model));
            let rights = self.rights(&attached, boundary.as_deref(), &Caller::named(name));
            let named = members.iter().map(|member| callers.spelled(self.model, *member)).collect();
            self.note(rights, named);
        }
    }

    fn note(&mut self, rights: Rights, principals: Vec<String>) {
        if rights.is_empty() {
            self.without += principals.len();
            return;
        }
        let rights = Arc::new(rights);
        match self.by_rights.get(&rights).and_then(|place| self.found.get_mut(*place)) {
            Some(found) => {
                found.principals.extend(principals);
                found.classes += 1;
            }
            None => {
                self.by_rights.insert(rights.clone(), self.found.len());
                self.found.push(Found { principals, rights, classes: 1 });
            }
        }
    }

    fn rights(
        &mut self,
        attached: &[&'m Statement],
        boundary: Option<&[&'m Statement]>,
        caller: &Caller,
    ) -> Rights {
        let sets: Vec<&[&'m Statement]> = [Some(attached), boundary].into_iter().flatten().collect();
        let mut budget = self.work.question();
        let mut actions = Actions::new(&self.model.catalogs, &self.model.settings);
        let (classes, doubt) = actions.classes(&sets, Some(&self.terms), &mut budget);
        self.work.spend(budget.used());
        self.doubts.extend(doubt.iter().map(ToString::to_string));
        let mut rights = Vec::new();
        for class in &classes {
            let answer = self.answer(class, caller);
            self.doubts.extend(answer.doubts.iter().map(ToString::to_string));
            if answer.standing != Standing::Never {
                let shape = self.book.shape(&answer);
                rights.extend(class.names.iter().map(|name| (self.book.action(&class.service, name), shape)));
            }
        }
        rights.sort_unstable();
        Rights(rights)
    }

    /// What becomes of the calls of a class of actions; callers with the same statements are answered once.
    fn answer(&mut self, class: &ActionClass<'m>, caller: &Caller) -> Arc<Answer> {
        let numbered = class.sets.iter().flatten().copied().any(reads_number);
        let number = caller.uin.clone().filter(|_| numbered);
        let own = class.sets.iter().flatten().copied().map(std::ptr::from_ref).collect();
        let key: Key = (class.service.clone(), class.facts, own, class.sets.get(1).map(Vec::len), number);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let calls = Calls::default();
        let fixed = calls.fixed();
        let mut asker = Asker::new(self.model, &calls, &fixed);
        let answer = Arc::new(asker.policies(class, caller));
        self.known.insert(key, answer.clone());
        answer
    }

    fn finish(mut self, least: u8) -> Roles {
        self.book.cut();
        let book = &self.book;
        let all: Vec<Arc<Rights>> = self.found.iter().map(|found| found.rights.clone()).collect();
        let sizes: Vec<usize> = self.found.iter().map(|found| found.principals.len()).collect();
        let Near { groups, all_compared } = near(book, &all, &sizes, least);
        let mut equal: Vec<Equal> = Vec::new();
        for found in self.found.iter().filter(|found| found.principals.len() > 1) {
            equal.push(Equal {
                principals: found.principals.clone(),
                actions: found.rights.0.len(),
                rights: book.size(&found.rights),
                same_policies: found.classes == 1,
            });
        }
        equal.sort_by_key(|equal| std::cmp::Reverse(equal.principals.len()));
        let mut nearly: Vec<Nearly> = groups.iter().map(|group| self.nearly(group)).collect();
        nearly.sort_by_key(|group| std::cmp::Reverse(group.share()));
        let single = self.found.iter().filter(|found| found.principals.len() == 1).count();
        let doubts = self.doubts.into_iter().collect();
        Roles { least, equal, near: nearly, single, without: self.without, all_compared, doubts }
    }

    fn nearly(&self, group: &[usize]) -> Nearly {
        let found: Vec<&Found> = group.iter().filter_map(|place| self.found.get(*place)).collect();
        let rights: Vec<&Rights> = found.iter().map(|found| found.rights.as_ref()).collect();
        let common = self.book.common(&rights);
        let members = found.iter().map(|found| Member {
            principals: found.principals.clone(),
            beyond: self.book.beyond(&found.rights, &common),
        });
        Nearly { members: members.collect(), shared: common.shared(), all: self.book.union(&rights) }
    }
}

/// Every action; and each pattern of a service that no catalog describes, once.
fn terms(model: &Model) -> Vec<ActionTerm> {
    let term = |kind| ActionTerm { kind, span: Span::default() };
    let all = model.policies.iter().flat_map(|policy| &policy.statements).flat_map(|s| s.actions.iter());
    let opaque = all.filter_map(|term| match &term.kind {
        ActionKind::Pattern { service, pattern, .. } if model.catalogs.find(service).is_none() => {
            Some((service.clone(), pattern.clone()))
        }
        _ => None,
    });
    let opaque: BTreeSet<(Arc<str>, Arc<str>)> = opaque.collect();
    let patterns =
        opaque.into_iter().map(|(service, pattern)| ActionKind::Pattern { service, pattern, legacy: false });
    std::iter::once(ActionKind::All { long: false }).chain(patterns).map(term).collect()
}
