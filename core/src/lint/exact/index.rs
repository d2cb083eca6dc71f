//! Which statements of a policy could match what another matches: found by the action that the fewest cover, by whole
//! names of resources, and by what must hold of a call that gives as little as possible.

use super::alone::holds_absent;
use super::ask::Asking;
use crate::catalog::{ActionId, Granularity, Service, ServiceId};
use crate::glob::Glob;
use crate::model::{
    ActionKind, ActionTerm, Condition, Effect, ResourceKind, ResourcePattern, Statement, Template, Test,
};
use passgate_grammar::limits;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// An action of a list of terms, as far as the index tells actions apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Action {
    /// By number of service and action.
    Known(u32, u32),
    /// Some action of a service whose names no catalog lists.
    Of(Arc<str>),
}

/// The statements of a policy that cover an action.
#[derive(Debug, Default)]
struct Covering<'s> {
    /// Those that name whole resources only, by each of them.
    exact: HashMap<&'s str, Vec<usize>>,
    others: Vec<usize>,
    count: usize,
}

impl Covering<'_> {
    /// Those that could match a statement's calls: of whole names only these can; patterns and a bare `*` are covered
    /// by no number of whole names.
    fn near<'a>(&'a self, texts: Option<&'a [&str]>) -> impl Iterator<Item = usize> + 'a {
        let exact = texts.into_iter().flatten().filter_map(|text| self.exact.get(*text)).flatten();
        self.others.iter().chain(exact).copied()
    }
}

/// What a statement's terms cover.
#[derive(Debug, Clone)]
struct Covered {
    actions: Arc<[Action]>,
    /// More than the actions listed: then it counts for all.
    wide: bool,
}

/// Statements of one policy by action.
#[derive(Debug)]
pub(super) struct Index<'s> {
    statements: &'s [Statement],
    by_action: HashMap<(Effect, Action), Covering<'s>>,
    /// Statements that cover whole services, or more than is worth being listed.
    wide: HashMap<Effect, Vec<usize>>,
    covered: Vec<Covered>,
}

/// Actions of one statement that are listed one by one.
const LISTED: usize = 1_024;
/// Whole resources of one statement that are listed one by one.
const RESOURCES: usize = 64;
/// How often statements are met while candidates are gathered for one.
const MET: usize = 16 * limits::LINT_CANDIDATES;

impl<'s> Index<'s> {
    pub(super) fn new(statements: &'s [Statement], asking: &mut Asking<'_>) -> Self {
        let mut index = Index {
            statements,
            by_action: HashMap::new(),
            wide: HashMap::new(),
            covered: Vec::with_capacity(statements.len()),
        };
        if statements.len() < 2 {
            return index;
        }
        let mut lists: HashMap<*const ActionTerm, Covered> = HashMap::new();
        for (place, statement) in statements.iter().enumerate() {
            let key = statement.actions.as_ptr();
            let covered = lists.entry(key).or_insert_with(|| covered(&statement.actions, asking)).clone();
            asking.count(1 + covered.actions.len());
            index.add(place, statement, &covered);
            index.covered.push(covered);
        }
        index
    }

    fn add(&mut self, place: usize, statement: &'s Statement, covered: &Covered) {
        if covered.wide {
            self.wide.entry(statement.effect).or_default().push(place);
            return;
        }
        let texts = whole_resources(statement).filter(|texts| texts.len() <= RESOURCES);
        for action in covered.actions.iter() {
            let covering = self.by_action.entry((statement.effect, action.clone())).or_default();
            covering.count += 1;
            match &texts {
                Some(texts) => {
                    texts.iter().for_each(|text| covering.exact.entry(text).or_default().push(place));
                }
                None => covering.others.push(place),
            }
        }
    }

    /// Statements of an effect that could cover a part of one, empty where they cannot cover all of it; none where
    /// there are too many to look at.
    pub(super) fn candidates(
        &self,
        of: usize,
        effect: Effect,
        gone: &BTreeSet<usize>,
        asking: &mut Asking<'s>,
    ) -> Option<Vec<&'s Statement>> {
        let statement = self.statements.get(of)?;
        let texts = whole_resources(statement);
        let wide = self.wide.get(&effect).map_or(&[][..], Vec::as_slice);
        let each = self.covering(of, effect, asking);
        let rarest = each.iter().min_by_key(|covering| covering.map_or(0, |c| c.count));
        // The action that the fewest cover must be covered, in the call that gives as little as possible.
        let near = rarest.copied().flatten().into_iter().flat_map(|c| c.near(texts.as_deref()));
        let pool = self.pool(of, effect);
        let usable = |place: &usize| *place != of && !gone.contains(place);
        let (mut met, mut reached) = (0, false);
        for place in near.chain(pool.iter().chain(wide).copied()).filter(usable).take(limits::LINT_CANDIDATES)
        {
            met += 1;
            reached = reached || self.statements.get(place).is_some_and(|by| may_reach(statement, by));
        }
        asking.count(met);
        let many = met == limits::LINT_CANDIDATES;
        if !reached {
            return (!many).then(Vec::new);
        }
        let all = each.iter().flatten().flat_map(|covering| covering.near(texts.as_deref()));
        let mut places = BTreeSet::new();
        for (met, place) in all.chain(pool.iter().chain(wide).copied()).filter(usable).enumerate() {
            asking.count(1);
            places.insert(place);
            if met > MET || places.len() > limits::LINT_CANDIDATES {
                return None;
            }
        }
        Some(places.into_iter().filter_map(|place| self.statements.get(place)).collect())
    }

    /// What could help to cover a statement whose actions are not listed: all others, where these are few.
    fn pool(&self, of: usize, effect: Effect) -> Vec<usize> {
        let unlisted = self.covered.get(of).is_some_and(|covered| covered.actions.is_empty());
        if !unlisted || self.statements.len() > limits::LINT_CANDIDATES {
            return Vec::new();
        }
        let all = self.statements.iter().enumerate().filter(|(_, statement)| statement.effect == effect);
        all.map(|(place, _)| place).collect()
    }

    /// What covers each action of a statement, those left out that it can never match.
    fn covering(&self, of: usize, effect: Effect, asking: &mut Asking<'s>) -> Vec<Option<&Covering<'s>>> {
        let (Some(covered), Some(statement)) = (self.covered.get(of), self.statements.get(of)) else {
            return Vec::new();
        };
        let needs = asking.subject(statement).needs;
        let catalogs = &asking.model.catalogs;
        let live = |action: &&Action| match action {
            Action::Of(_) => true,
            Action::Known(service, action) => {
                let id = ActionId { service: ServiceId(*service), action: *action };
                catalogs.action(id).is_some_and(|row| {
                    let resource = match row.granularity {
                        Granularity::Resource => true,
                        Granularity::Operation => !needs.resources,
                        Granularity::Service => !needs.resources && covered.wide,
                    };
                    let handed =
                        (row.ip_restriction || !needs.address) && (row.tag_authorization || !needs.tag);
                    resource && handed
                })
            }
        };
        let live = covered.actions.iter().filter(live);
        live.map(|action| self.by_action.get(&(effect, action.clone()))).collect()
    }
}

/// The actions of a list.
fn covered(terms: &[ActionTerm], asking: &mut Asking<'_>) -> Covered {
    let catalogs = &asking.model.catalogs;
    let (mut all, mut wide): (BTreeSet<Action>, bool) = (BTreeSet::new(), false);
    for term in terms {
        match &term.kind {
            ActionKind::All { .. } => return Covered { actions: [].into(), wide: true },
            ActionKind::Pattern { service, pattern, .. } => match catalogs.find(service) {
                None => {
                    all.insert(Action::Of(service.clone()));
                }
                Some((id, known)) => {
                    wide |= pattern.as_ref() == "*";
                    asking.count(if pattern.contains('*') { known.actions.len() } else { 1 });
                    all.extend(places(known, pattern).map(|at| Action::Known(id.0, at)));
                }
            },
            ActionKind::Permid(number) => {
                all.extend(catalogs.permid(number).iter().map(|id| Action::Known(id.service.0, id.action)));
            }
            ActionKind::Names(ids) => all.extend(ids.iter().map(|id| Action::Known(id.service.0, id.action))),
        }
        if all.len() > LISTED {
            return Covered { actions: [].into(), wide: true };
        }
    }
    Covered { actions: all.into_iter().collect(), wide }
}

/// Places of the actions of a service that a pattern covers.
fn places(service: &Service, pattern: &str) -> impl Iterator<Item = u32> {
    let exact = (!pattern.contains('*')).then(|| service.position(pattern)).flatten();
    let glob = pattern.contains('*').then(|| Glob::new(pattern));
    let rows = (0u32..).zip(&service.actions);
    let starred = rows.filter_map(move |(at, row)| glob.as_ref()?.matches(&row.name).then_some(at));
    exact.into_iter().chain(starred)
}

/// The resources of a statement, where each is one name.
fn whole_resources(statement: &Statement) -> Option<Vec<&str>> {
    let whole = |resource: &ResourcePattern| match &resource.kind {
        ResourceKind::Six { rest, .. } => rest.literal().is_some_and(|text| !text.contains('*')),
        ResourceKind::Any => false,
    };
    statement.resources.iter().all(whole).then(|| statement.resources.iter().filter_map(rest_of).collect())
}

fn rest_of(resource: &ResourcePattern) -> Option<&str> {
    match &resource.kind {
        ResourceKind::Six { rest, .. } => rest.literal(),
        ResourceKind::Any => None,
    }
}

/// Whether a statement could match a call that another one matches and that gives as little as possible: no key that
/// the other does not ask for, the other's first resource and first address.
fn may_reach(of: &Statement, by: &Statement) -> bool {
    let unasked = |c: &&Condition| !of.conditions.iter().any(|asked| asked.key == c.key);
    by.conditions.iter().filter(unasked).all(holds_absent)
        && reaches_address(of, by)
        && reaches_resource(of, by)
}

/// Prefixes of one condition that are looked through.
const PREFIXES: usize = 64;

/// Where each has one condition on the address: whether the first address of one meets that of the other.
fn reaches_address(of: &Statement, by: &Statement) -> bool {
    let [Some(of), Some(by)] = [of, by].map(only_prefixes) else { return true };
    let Some(first) = of.first() else { return true };
    let covers = |p: &crate::address::Prefix| {
        p.family == first.family && p.first() <= first.bits && first.bits <= p.last()
    };
    by.len() > PREFIXES || by.iter().any(covers)
}

fn only_prefixes(statement: &Statement) -> Option<&[crate::address::Prefix]> {
    let mut on_address = statement.conditions.iter().filter(|c| c.key.as_ref() == "qcs:ip");
    match (on_address.next().map(|c| (&c.test, c.if_exist)), on_address.next()) {
        (Some((Test::Ip { negated: false, prefixes, .. }, false)), None) => Some(prefixes),
        _ => None,
    }
}

/// Whether some resource pattern covers the other statement's first resource, its stars taken as nothing.
fn reaches_resource(of: &Statement, by: &Statement) -> bool {
    let any = |statement: &Statement| statement.resources.iter().any(|r| matches!(r.kind, ResourceKind::Any));
    if any(by) {
        return true;
    }
    if any(of) {
        // A call on a bare `*`, or of an action to which resources are nothing.
        return false;
    }
    let Some(text) = of.resources.first().and_then(rest_of).map(|text| text.replace('*', "")) else {
        return true;
    };
    // An empty last segment is no resource: then the star stands for some text.
    if text.is_empty() {
        return true;
    }
    by.resources.len() > PREFIXES || by.resources.iter().any(|r| rest_covers(r, &text))
}

fn rest_covers(resource: &ResourcePattern, text: &str) -> bool {
    match &resource.kind {
        ResourceKind::Any => true,
        ResourceKind::Six { rest, .. } => {
            Template::literal(rest).is_none_or(|p| crate::glob::matches(p, text))
        }
    }
}
