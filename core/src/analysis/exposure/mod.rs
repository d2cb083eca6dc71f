//! How far a policy set is open: actions × addresses, by category and by principal, and one number for a trend.
//!
//! The exposure of a principal to an action is the share of all IPv4 addresses, and of all IPv6 addresses, from which some
//! call of it may be allowed. What depends on more (a key, a time, a resource) counts as allowed, and so does what could
//! not be decided: the figure is never too small. An action that is handed no address counts whole. Shares of actions are
//! added up; *1* is one action that one principal may perform from every address of a family. Principals are the declared
//! users and roles, and `anyone` where the set has policies for whoever asks; the account root may do everything and is not
//! counted. The one number is the mean of both families.

mod json;
mod matrix;
#[cfg(test)]
mod tests;

pub(super) use json::ask;
pub use json::{change_to_json, to_json};
pub use matrix::{Matrix, MatrixColumn, Opening, matrix, matrix_to_json};

use super::ask::Asker;
use super::callers::{Callers, Principal};
use super::calls::Calls;
use super::reads::reads_number;
use super::space::{ActionClass, Actions, Caller, Facts};
use super::standing::{Answer, Dependence, Standing};
use super::what::statements;
use crate::address::{Family, Interval, PrefixSet};
use crate::check::Gate;
use crate::error::Result;
use crate::model::{Model, PolicyId, Statement};
use std::collections::{BTreeMap, HashMap};
use std::ops::{Add, AddAssign, Sub};

/// The category of actions that no catalog lists.
const OPAQUE: &str = "opaque";
/// Whoever asks, where the set has policies for that.
const ANYONE: &str = "anyone";

/// Shares of the addresses of both families, added up over actions and principals.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Reach {
    /// Of IPv4.
    pub v4: f64,
    /// Of IPv6.
    pub v6: f64,
}

impl Reach {
    /// Every address.
    const WHOLE: Reach = Reach { v4: 1.0, v6: 1.0 };

    /// The one number: the mean of both families.
    pub fn value(self) -> f64 {
        f64::midpoint(self.v4, self.v6)
    }

    fn times(self, count: usize) -> Reach {
        // Actions of a catalog are far fewer than a float counts exactly.
        let count = u32::try_from(count).map_or(f64::INFINITY, f64::from);
        Reach { v4: self.v4 * count, v6: self.v6 * count }
    }
}

impl Add for Reach {
    type Output = Reach;

    fn add(self, other: Reach) -> Reach {
        Reach { v4: self.v4 + other.v4, v6: self.v6 + other.v6 }
    }
}

impl AddAssign for Reach {
    fn add_assign(&mut self, other: Reach) {
        *self = *self + other;
    }
}

impl Sub for Reach {
    type Output = Reach;

    fn sub(self, other: Reach) -> Reach {
        Reach { v4: self.v4 - other.v4, v6: self.v6 - other.v6 }
    }
}

/// How far a policy set is open.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exposure {
    /// All principals and actions together.
    pub total: Reach,
    /// By category; actions that no catalog lists are `opaque`, and count once for each kind of name.
    pub categories: BTreeMap<String, Reach>,
    /// By principal (`user:…`, `role:…`, `anyone`), in the order of the set.
    pub principals: Vec<PrincipalExposure>,
    /// Whether every answer was exact; else the figures may be too large.
    pub exact: bool,
}

/// How far a policy set is open to one principal.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PrincipalExposure {
    /// Who.
    pub principal: String,
    /// All actions together.
    pub total: Reach,
    /// By category.
    pub categories: BTreeMap<String, Reach>,
}

/// Measures how far a policy set is open.
///
/// ```
/// use passgate::{Gate, analysis::exposure::exposure};
/// let gate = Gate::compile(
///     "use intlpartnersmgt policy p { allow PayOrders from 0.0.0.0/1  allow QueryUser } user 1 { attach p } user 2 { attach p }",
/// )?;
/// let found = exposure(&gate)?;
/// assert_eq!((found.total.v4, found.total.v6), (3.0, 2.0));
/// assert_eq!(found.categories["write"].v4, 1.0);
/// # Ok::<(), passgate::Error>(())
/// ```
///
/// # Errors
/// `bad-compiled` where a compiled file holds no policy set that can be read.
pub fn exposure(gate: &Gate) -> Result<Exposure> {
    let model = gate.try_model()?;
    let calls = Calls::default();
    let fixed = calls.fixed();
    let asker = Asker::new(model, &calls, &fixed);
    let mut measuring = Measuring {
        model,
        actions: Actions::new(&model.catalogs, &model.settings),
        asker,
        known: HashMap::new(),
        exact: true,
    };
    let callers = Callers::new(model, &mut measuring.asker.work);
    measuring.exact = !callers.cut;
    let mut by_place: Vec<(Principal, PrincipalExposure)> = Vec::new();
    for (class, members) in callers.all() {
        let Some(class) = callers.classes.get(class) else { continue };
        let named = members.into_iter().filter(|m| matches!(m, Principal::User(_) | Principal::Role(_)));
        let named: Vec<Principal> = named.collect();
        if named.is_empty() {
            continue;
        }
        let lists = Lists::new(model, &class.policies, class.boundary.as_deref());
        let shared = if lists.numbered { None } else { Some(measuring.of(&lists, &Caller::default())) };
        for member in named {
            let categories = match &shared {
                Some(categories) => categories.clone(),
                None => measuring.of(&lists, &Caller::named(member.name(model))),
            };
            by_place.push((member, of_principal(callers.spelled(model, member), categories)));
        }
    }
    by_place.sort_by_key(|(member, _)| *member);
    let mut principals: Vec<PrincipalExposure> = by_place.into_iter().map(|(_, found)| found).collect();
    if !model.everyone.is_empty() {
        let lists = Lists::new(model, &model.everyone, model.boundary.as_deref());
        principals.push(of_principal(ANYONE.to_owned(), measuring.of(&lists, &Caller::default())));
    }
    Ok(summed(principals, measuring.exact))
}

fn of_principal(principal: String, categories: BTreeMap<String, Reach>) -> PrincipalExposure {
    PrincipalExposure { principal, total: sum(categories.values()), categories }
}

fn sum<'r>(all: impl Iterator<Item = &'r Reach>) -> Reach {
    all.fold(Reach::default(), |before, one| before + *one)
}

fn summed(principals: Vec<PrincipalExposure>, exact: bool) -> Exposure {
    let mut categories: BTreeMap<String, Reach> = BTreeMap::new();
    for principal in &principals {
        for (category, reach) in &principal.categories {
            *categories.entry(category.clone()).or_default() += *reach;
        }
    }
    Exposure { total: sum(categories.values()), categories, principals, exact }
}

/// What one exposure has more than another; principals for whom it is the same are left out, and those of one side count
/// nothing on the other.
///
/// ```
/// use passgate::{Gate, analysis::exposure::{difference, exposure}};
/// let set = |from: &str| {
///     let text = format!("use intlpartnersmgt policy p {{ allow PayOrders {from} }} user 1 {{ attach p }} user 2 {{}}");
///     exposure(&Gate::compile(text.as_str())?)
/// };
/// let change = difference(&set("")?, &set("from 0.0.0.0/1")?);
/// assert_eq!((change.total.v4, change.total.v6), (-0.5, -1.0));
/// assert_eq!(change.principals.len(), 1);
/// # Ok::<(), passgate::Error>(())
/// ```
pub fn difference(old: &Exposure, new: &Exposure) -> Exposure {
    let by_name = |of: &Exposure| -> HashMap<String, PrincipalExposure> {
        of.principals.iter().map(|one| (one.principal.clone(), one.clone())).collect()
    };
    let (before, after) = (by_name(old), by_name(new));
    let nothing = PrincipalExposure::default();
    let gone = old.principals.iter().filter(|one| !after.contains_key(&one.principal));
    let each = new.principals.iter().chain(gone).filter_map(|one| {
        let name = &one.principal;
        let one = before.get(name).unwrap_or(&nothing);
        let other = after.get(name).unwrap_or(&nothing);
        let categories = less(&other.categories, &one.categories);
        let found = of_principal(name.clone(), categories);
        (!found.categories.is_empty()).then_some(found)
    });
    Exposure {
        total: new.total - old.total,
        categories: less(&new.categories, &old.categories),
        principals: each.collect(),
        exact: old.exact && new.exact,
    }
}

/// What the first has more; categories without a difference are left out.
fn less(new: &BTreeMap<String, Reach>, old: &BTreeMap<String, Reach>) -> BTreeMap<String, Reach> {
    let mut all = new.clone();
    for (category, reach) in old {
        let slot = all.entry(category.clone()).or_default();
        *slot = *slot - *reach;
    }
    all.retain(|_, reach| *reach != Reach::default());
    all
}

/// The statements of a caller.
struct Lists<'m> {
    attached: Vec<&'m Statement>,
    boundary: Option<Vec<&'m Statement>>,
    /// Some statement reads the caller's number.
    numbered: bool,
}

impl<'m> Lists<'m> {
    fn new(model: &'m Model, attached: &[PolicyId], boundary: Option<&[PolicyId]>) -> Self {
        let attached = statements(model, attached);
        let boundary = boundary.map(|ids| statements(model, ids));
        let numbered = attached.iter().chain(boundary.iter().flatten()).any(|s| reads_number(s));
        Lists { attached, boundary, numbered }
    }
}

/// What an answer hangs on: service and facts of an action, statements that cover it by place, the caller's number.
type Key = (Box<str>, Facts, Vec<Vec<*const Statement>>, Option<Box<str>>);

struct Measuring<'m> {
    model: &'m Model,
    actions: Actions<'m>,
    asker: Asker<'m>,
    known: HashMap<Key, Reach>,
    exact: bool,
}

impl<'m> Measuring<'m> {
    /// By category.
    fn of(&mut self, lists: &Lists<'m>, caller: &Caller) -> BTreeMap<String, Reach> {
        let sets: Vec<&[&Statement]> =
            [Some(lists.attached.as_slice()), lists.boundary.as_deref()].into_iter().flatten().collect();
        let mut budget = self.asker.work.question();
        let (classes, doubt) = self.actions.classes(&sets, None, &mut budget);
        self.asker.work.spend(budget.used());
        self.exact &= doubt.is_none();
        let mut categories: BTreeMap<String, Reach> = BTreeMap::new();
        for class in &classes {
            let reach = self.class(class, lists, caller);
            if reach == Reach::default() {
                continue;
            }
            for (category, count) in self.categories(class) {
                *categories.entry(category).or_default() += reach.times(count);
            }
        }
        categories
    }

    fn class(&mut self, class: &ActionClass<'m>, lists: &Lists<'m>, caller: &Caller) -> Reach {
        let places = |set: &Vec<&Statement>| set.iter().map(|s| std::ptr::from_ref::<Statement>(s)).collect();
        let uin = caller.uin.clone().filter(|_| lists.numbered);
        let key: Key = (class.service.clone(), class.facts, class.sets.iter().map(places).collect(), uin);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let answer = self.asker.policies(class, caller);
        self.exact &= answer.is_exact();
        let reach = reach(&answer);
        self.known.insert(key, reach);
        reach
    }

    /// How many actions of a class are of each category.
    fn categories(&self, class: &ActionClass<'_>) -> BTreeMap<String, usize> {
        let mut all: BTreeMap<String, usize> = BTreeMap::new();
        for name in &class.names {
            let id = self.model.catalogs.resolve(&class.service, name);
            let action = id.and_then(|id| self.model.catalogs.action(id));
            let category = action.map_or(OPAQUE, |action| &action.category);
            *all.entry(category.to_owned()).or_default() += 1;
        }
        all
    }
}

/// From which share of all addresses some call may be allowed.
fn reach(answer: &Answer) -> Reach {
    if answer.standing == Standing::Never {
        return Reach::default();
    }
    open_places(answer).map_or(Reach::WHOLE, |places| Reach {
        v4: share(&places, Family::V4),
        v6: share(&places, Family::V6),
    })
}

/// The addresses from which some call may be allowed; none where they make no difference.
fn open_places(answer: &Answer) -> Option<PrefixSet> {
    answer.on.iter().find_map(|dependence| match dependence {
        Dependence::Address { always, depends, .. } => Some(always.union(depends)),
        _ => None,
    })
}

/// The share of a family's addresses. IPv4-mapped IPv6 addresses are IPv4 ones, and no place holds them.
#[expect(clippy::cast_precision_loss, reason = "a share, exact for all sets whose bounds are few bits long")]
fn share(places: &PrefixSet, family: Family) -> f64 {
    let all = match family {
        Family::V4 => 4_294_967_296.0,
        Family::V6 => (u128::MAX - u128::from(u32::MAX)) as f64,
    };
    let size = |interval: &Interval| (interval.last - interval.first) as f64 + 1.0;
    places.intervals(family).iter().map(size).sum::<f64>() / all
}
