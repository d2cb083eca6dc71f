//! The smallest policies that allow what a log shows, within limits: which categories may be granted whole, how far an
//! address may be widened. What is granted beyond the log is counted, and so is what the present set grants and the log
//! never used.
//!
//! A log is read line by line in bounded memory ([`Log`]). What is suggested names actions, addresses and resources, no
//! other condition: what the present set asks besides (a second factor, a time) is to be added by whoever takes it over.
//! The suggestion is loaded and every use of the log is checked by it before it is handed over.

mod choose;
mod json;
mod log;
#[cfg(test)]
mod tests;
mod unused;
mod written;

pub(in crate::analysis) use json::ask;
pub use json::to_json;
pub use log::{BrokenLine, Counts, Log};
pub use unused::Unused;

use super::minimize::Size;
use super::minimize::atoms::Atoms;
use super::minimize::marks::Marks;
use super::minimize::terms::{Patterns, Spelling, Terms};
use super::progress;
use crate::address::PrefixSet;
use crate::check::Gate;
use crate::error::{Error, ErrorCode, Result};
use crate::model::{ActionKind, ActionTerm, Effect, Model, Notes, ResourceKind, ResourcePattern, Statement};
use choose::{Act, Chooser, Chosen};
use log::{ANY, Uses};
use passgate_grammar::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// For whom a policy is suggested.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Per {
    /// One for each principal.
    #[default]
    Principal,
    /// One for all principals that are in the same groups and roles; one for each that is in none.
    Role,
}

/// What may be granted beyond the log.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Categories of which a subject that used an action of them may be granted every action.
    pub categories: BTreeSet<String>,
    /// The shortest prefixes of IPv4 and IPv6 that an address may be widened to.
    pub shortest: [u8; 2],
    /// For whom.
    pub per: Per,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { categories: BTreeSet::new(), shortest: [32, 128], per: Per::Principal }
    }
}

/// What is suggested.
#[derive(Debug, Clone)]
pub struct Suggested {
    /// A policy set of one file: settings, policies, and who has them.
    pub text: String,
    /// The policies.
    pub policies: Vec<SuggestedPolicy>,
    /// Lines of the log.
    pub counts: Counts,
    /// Principals of the log that could not be suggested for, and why.
    pub left: Vec<(String, &'static str)>,
    /// What the present set grants and the log never used.
    pub unused: Vec<Unused>,
    /// Uses of the log that the suggestion was checked with: it allows each of them.
    pub checked: usize,
}

/// One policy of it.
#[derive(Debug, Clone)]
pub struct SuggestedPolicy {
    /// Its name.
    pub policy: String,
    /// Who has it.
    pub principals: Vec<String>,
    /// How big it is.
    pub size: Size,
    /// Pairs of an action and an address that it grants.
    pub granted: u128,
    /// Those of them that the log does not show.
    pub over: u128,
    /// Whether no smaller policy is within the limits, for certain.
    pub least: bool,
}

/// Begins to read a log of requests to a gate.
///
/// # Errors
/// `bad-compiled` where a compiled file holds no policy set that can be read; `bad-option` for a prefix longer than an
/// address.
pub fn log<'g>(gate: &'g Gate, limits: &Limits) -> Result<Log<'g>> {
    gate.try_model()?;
    let [v4, v6] = limits.shortest;
    if v4 > 32 || v6 > 128 {
        let message = "a prefix has at most 32 bits in IPv4 and 128 in IPv6";
        return Err(Error::new(ErrorCode::BadOption, message).with_key("shortest_prefix"));
    }
    Ok(Log::new(gate, limits.shortest))
}

/// Suggests the smallest policies that allow what a log shows.
///
/// Pairs of actions and addresses are counted exactly: an action that is never handed the address counts once, calls
/// without an address count once, a count beyond 2¹²⁸ − 1 stays there.
///
/// ```
/// use passgate::Gate;
/// use passgate::analysis::suggest::{Limits, log, suggest};
/// let gate = Gate::compile("use intlpartnersmgt policy p { allow * } user 1 { attach p }")?;
/// let limits = Limits { shortest: [24, 64], ..Limits::default() };
/// let mut seen = log(&gate, &limits)?;
/// for (number, last) in [1, 9, 77].iter().enumerate() {
///     let line = format!(r#"{{"principal":"1","action":"PayOrders","ip":"203.0.113.{last}"}}"#);
///     seen.line(number as u64 + 1, &line)?;
/// }
/// let found = suggest(&gate, seen, &limits)?;
/// assert!(found.text.contains("allow PayOrders from 203.0.113.0/25"), "{}", found.text);
/// assert_eq!((found.policies[0].granted, found.policies[0].over), (128, 125));
/// # Ok::<(), passgate::Error>(())
/// ```
///
/// # Errors
/// `bad-option` for a category that no catalog has; `internal` where the suggestion does not do what it ought to.
pub fn suggest(gate: &Gate, log: Log<'_>, limits: &Limits) -> Result<Suggested> {
    let model = gate.try_model()?;
    known(model, limits)?;
    let uses = log.finish();
    let subjects = subjects(model, &uses, limits.per);
    let (mut policies, mut texts, mut left) = (Vec::new(), Vec::new(), Vec::new());
    let steps = progress::steps("policies", subjects.len());
    let budget = choose::budget(subjects.len());
    let mut patterns = Patterns::default();
    for (name, principals) in subjects {
        steps.step();
        match policy(model, &uses, &principals, (limits, budget), &mut patterns) {
            Some((chosen, terms, atoms_granted, least)) => {
                let text = written::policy(&name, &chosen, &terms);
                let (granted, over) = atoms_granted;
                let size = written::size(&text);
                let principals: Vec<String> = principals.iter().map(|n| uses.name(*n).to_owned()).collect();
                texts.push((text, principals.clone(), name.clone()));
                policies.push(SuggestedPolicy { policy: name, principals, size, granted, over, least });
            }
            None => {
                let why = "an action of it cannot be allowed without others that the limits leave out";
                left.extend(principals.iter().map(|n| (uses.name(*n).to_owned(), why)));
            }
        }
    }
    let text = written::set(model, &uses, &texts);
    let out: BTreeSet<&str> = left.iter().map(|(principal, _)| principal.as_str()).collect();
    let checked = written::check(model, &text, &uses, &out)?;
    let unused = unused::unused(model, &uses);
    Ok(Suggested { text, policies, counts: uses.counts, left, unused, checked })
}

fn known(model: &Model, limits: &Limits) -> Result<()> {
    let has = |category: &str| {
        model.catalogs.services().any(|(_, s)| s.actions.iter().any(|row| row.category.as_ref() == category))
    };
    match limits.categories.iter().find(|category| !has(category)) {
        None => Ok(()),
        Some(category) => {
            let message = format!("no catalog has a category `{}`", crate::model::read::shown(category));
            Err(Error::new(ErrorCode::BadOption, message).with_key("categories"))
        }
    }
}

/// Principals by the name of the policy that is suggested for them.
fn subjects(model: &Model, uses: &Uses, per: Per) -> BTreeMap<String, BTreeSet<u32>> {
    let mut out: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    for key in uses.uses.keys() {
        let name = uses.name(key.principal);
        let parents = if per == Per::Role { parents(model, name) } else { Vec::new() };
        let policy = if parents.is_empty() { own_name(name) } else { parents.join("+") };
        out.entry(policy).or_default().insert(key.principal);
    }
    out
}

/// `user-100001` for `user:100001`: the name of a policy is no principal.
fn own_name(principal: &str) -> String {
    principal.replacen(':', "-", 1)
}

fn parents(model: &Model, principal: &str) -> Vec<String> {
    let of_user = principal.strip_prefix("user:").and_then(|name| {
        let user = model.users.iter().find(|user| user.name.as_ref() == name)?;
        Some(user.parents.clone())
    });
    let mut names: Vec<String> = of_user
        .unwrap_or_default()
        .iter()
        .filter_map(|id| model.groups.get(id.0 as usize))
        .map(|group| group.name.to_string())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The statements of a subject, the terms they are written with, pairs granted and those not seen, and whether they are
/// the fewest.
type Found = (Vec<Chosen>, Terms, (u128, u128), bool);

fn policy(
    model: &Model,
    uses: &Uses,
    principals: &BTreeSet<u32>,
    (limits, steps): (&Limits, u64),
    patterns: &mut Patterns,
) -> Option<Found> {
    let own: Vec<_> = principals.iter().flat_map(|principal| uses.of(*principal)).collect();
    let names: BTreeSet<&str> = own.iter().map(|(key, _)| uses.name(key.action)).collect();
    let kinds: Vec<ActionKind> = names.iter().filter_map(|name| kind(model, name)).collect();
    let statement = statement(&kinds);
    let atoms = Atoms::of(&[&statement], &model.catalogs, &model.settings);
    let spelling = Spelling { used: written::used(model), gate: true };
    let spelled: Vec<(ActionKind, Option<String>)> = kinds.iter().map(|kind| (kind.clone(), None)).collect();
    let terms = Terms::again(&atoms, &spelling, &[], &spelled, patterns);
    let mut acts: BTreeMap<usize, Act> = BTreeMap::new();
    for (key, seen) in own {
        let at = atoms.place(uses.name(key.action))?;
        let act = acts.entry(at).or_default();
        let addresses = uses.prefixes(seen);
        if key.resource == ANY {
            act.none_any |= seen.none;
            act.any = act.any.union(&addresses);
        } else {
            act.none_named |= seen.none;
            act.named = act.named.union(&addresses);
            act.resources.insert(uses.name(key.resource).to_owned());
        }
    }
    let categories = granted(&atoms, model, &acts, limits);
    let chooser =
        Chooser { atoms: &atoms, terms: &terms, limits, categories: &categories, acts: &acts, steps };
    let (chosen, least) = chooser.run()?;
    let pairs = pairs(&atoms, &terms, &chosen, &acts);
    Some((chosen, terms, pairs, least))
}

fn kind(model: &Model, action: &str) -> Option<ActionKind> {
    let (service, name) = action.split_once(':')?;
    // A service that knows every name is allowed as a whole or not at all.
    let whole = model.catalogs.find(service).is_some_and(|(_, s)| s.position(name).is_none());
    let pattern = if whole { "*" } else { name };
    Some(ActionKind::Pattern { service: service.into(), pattern: pattern.into(), legacy: false })
}

fn statement(kinds: &[ActionKind]) -> Statement {
    let any = ResourcePattern { kind: ResourceKind::Any, text: "*".into(), span: Span::default() };
    Statement {
        effect: Effect::Allow,
        id: Arc::from("log"),
        notes: Notes::default(),
        actions: kinds.iter().map(|kind| ActionTerm { kind: kind.clone(), span: Span::default() }).collect(),
        resources: Arc::from([any]),
        conditions: Vec::new(),
        principals: Arc::default(),
        effect_span: Span::default(),
        span: Span::default(),
    }
}

/// The actions of the categories that may be granted whole, of those that the subject used an action of.
fn granted(atoms: &Atoms<'_>, model: &Model, acts: &BTreeMap<usize, Act>, limits: &Limits) -> Marks {
    let category = |at: usize| atoms.all.get(at).and_then(|(atom, _)| atoms.category(atom, &model.catalogs));
    let used: BTreeSet<(u32, &str)> = acts
        .keys()
        .filter_map(|at| category(*at))
        .filter(|(_, word)| limits.categories.contains(*word))
        .collect();
    let may = (0..atoms.all.len()).filter(|at| category(*at).is_some_and(|of| used.contains(&of)));
    Marks::of(atoms.all.len(), may)
}

/// Pairs of actions and addresses that are granted, and those of them that were not seen.
fn pairs(atoms: &Atoms<'_>, terms: &Terms, chosen: &[Chosen], acts: &BTreeMap<usize, Act>) -> (u128, u128) {
    let (mut granted, mut seen_all) = (0u128, 0u128);
    for (at, (_, facts)) in atoms.all.iter().enumerate() {
        let mut reach: Option<super::minimize::addresses::Reach> = None;
        for one in chosen.iter().filter(|one| terms.covered(&one.actions, atoms.all.len()).has(at)) {
            reach = Some(reach.map_or(one.reach.clone(), |sum| sum.or(&one.reach)));
        }
        let Some(reach) = reach else { continue };
        let act = acts.get(&at);
        if !facts.address {
            granted = granted.saturating_add(u128::from(reach.none));
            seen_all = seen_all.saturating_add(u128::from(act.is_some()));
            continue;
        }
        let none = act.is_some_and(|act| act.none_any || act.none_named);
        let seen = act.map_or(PrefixSet::new(), |act| act.any.union(&act.named));
        granted =
            granted.saturating_add(written::count(&reach.addresses)).saturating_add(u128::from(reach.none));
        seen_all = seen_all.saturating_add(written::count(&seen)).saturating_add(u128::from(none));
    }
    (granted, granted.saturating_sub(seen_all))
}
