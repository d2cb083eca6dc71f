//! Policies of any size: statements that are the same but for one list become one, what another one holds goes, lists
//! become as short as they can be. In time nearly linear in the statements; what only all statements together show is
//! not found here.

use super::addresses::{self, Reach};
use super::atoms::Atoms;
use super::marks::Marks;
use super::rests::{self, Rest};
use super::search::{Found, Made, Part};
use super::size::{self, CHARACTER, ELEMENT, STATEMENT};
use super::terms::Terms;
use crate::address::PrefixSet;
use crate::analysis::space::Use;
use crate::model::{Effect, ResourcePattern, Statement};
use passgate_grammar::limits::{MINIMIZE_PAIRS, MINIMIZE_STEPS};
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::Arc;

/// Statements put together.
#[derive(Debug, Clone)]
struct Group {
    effect: Effect,
    atoms: Marks,
    reach: Reach,
    resources: BTreeMap<Arc<str>, ResourcePattern>,
    rest: Arc<Rest>,
    /// The statement it is, where it is one alone.
    alone: Option<usize>,
}

/// Puts the statements of a policy together.
pub(in crate::analysis) fn gather(
    statements: &[&Statement],
    used: Use,
    (atoms, terms): (&Atoms<'_>, &Terms),
    networks: &[(Arc<str>, PrefixSet)],
    gate: bool,
    written: &[u64],
) -> Option<Found> {
    let mut groups: Vec<Group> = statements.iter().enumerate().map(|(at, s)| group(at, s, atoms)).collect();
    groups.retain(|group| !group.atoms.is_empty() && (group.reach.none || !group.reach.addresses.is_empty()));
    loop {
        let before = groups.len();
        groups = joined(groups, |g| (g.reach.clone(), texts(g)), |to, g| to.atoms = to.atoms.or(&g.atoms));
        groups = joined(groups, |g| (g.atoms.clone(), texts(g)), |to, g| to.reach = to.reach.or(&g.reach));
        groups = joined(
            groups,
            |g| (g.atoms.clone(), g.reach.clone()),
            |to, g| {
                to.resources.extend(g.resources.iter().map(|(text, pattern)| (text.clone(), pattern.clone())))
            },
        );
        if groups.len() == before {
            break;
        }
    }
    without_held(&mut groups, used, MINIMIZE_PAIRS);
    let mut steps = MINIMIZE_STEPS;
    let parts = groups.iter().map(|group| part(group, (atoms, terms), networks, gate, written, &mut steps));
    Some(Found { parts: parts.collect::<Option<_>>()?, least: false })
}

fn texts(group: &Group) -> Vec<Arc<str>> {
    group.resources.keys().cloned().collect()
}

fn group(at: usize, statement: &Statement, atoms: &Atoms<'_>) -> Group {
    let (rest, reach) = rests::apart(statement);
    let covered =
        atoms.all.iter().enumerate().filter(|(_, (atom, _))| atoms.covered(&statement.actions, atom));
    Group {
        effect: statement.effect,
        atoms: Marks::of(atoms.all.len(), covered.map(|(at, _)| at)),
        reach,
        resources: statement
            .resources
            .iter()
            .map(|pattern| (pattern.text.clone(), pattern.clone()))
            .collect(),
        rest: Arc::new(rest),
        alone: Some(at),
    }
}

/// Groups that are the same by a key, and in effect and conditions, become one.
fn joined<K: Hash + Eq>(
    groups: Vec<Group>,
    key: impl Fn(&Group) -> K,
    join: impl Fn(&mut Group, &Group),
) -> Vec<Group> {
    let mut places: HashMap<(Effect, Vec<String>, K), usize> = HashMap::new();
    let mut out: Vec<Group> = Vec::new();
    for group in groups {
        let conditions = group.rest.keys().cloned().collect();
        let next = out.len();
        match *places.entry((group.effect, conditions, key(&group))).or_insert(next) {
            place if place == next => out.push(group),
            place => {
                let Some(to) = out.get_mut(place) else { continue };
                let before = (to.atoms.clone(), to.reach.clone(), to.resources.len());
                join(to, &group);
                if before != (to.atoms.clone(), to.reach.clone(), to.resources.len()) {
                    to.alone = None;
                }
            }
        }
    }
    out
}

/// Drops what another group of the same effect, or a deny, holds; in a boundary a deny that is never open.
fn without_held(groups: &mut Vec<Group>, used: Use, pairs: usize) {
    if groups.len().saturating_mul(groups.len()) > pairs {
        return;
    }
    let mut at = 0;
    while let Some(group) = groups.get(at) {
        let others = groups.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, other)| other);
        let wins = |other: &Group| {
            let closed = || rests::is_never_open(&other.rest, other.resources.values());
            other.effect == Effect::Deny && (used == Use::Attached || closed())
        };
        let mut wider = others.filter(|other| other.effect == group.effect || wins(other));
        if wider.any(|other| holds(other, group)) {
            groups.remove(at);
        } else {
            at += 1;
        }
    }
}

fn holds(wide: &Group, narrow: &Group) -> bool {
    let every = wide.resources.contains_key("*");
    narrow.atoms.within(&wide.atoms)
        && (wide.reach.none || !narrow.reach.none)
        && wide.reach.addresses.covers(&narrow.reach.addresses)
        && (every || narrow.resources.keys().all(|text| wide.resources.contains_key(text)))
        && rests::implies(&narrow.rest, &wide.rest)
}

fn part(
    group: &Group,
    (atoms, terms): (&Atoms<'_>, &Terms),
    networks: &[(Arc<str>, PrefixSet)],
    gate: bool,
    written: &[u64],
    steps: &mut u64,
) -> Option<Part> {
    let actions = terms.list(&group.atoms, &group.atoms, steps);
    let addresses = addresses::write(&group.reach, networks, gate);
    let (actions, addresses) = match (actions, addresses, group.alone) {
        (Some(actions), Some(addresses), _) => (actions, addresses),
        (_, _, Some(place)) => return Some(Part::Kept(place)),
        _ => return None,
    };
    debug_assert!(group.atoms.within(&terms.covered(&actions, atoms.all.len())));
    let resources: Vec<ResourcePattern> = match group.resources.get("*") {
        Some(any) => vec![any.clone()],
        None => group.resources.values().cloned().collect(),
    };
    let conditions: Vec<_> = group.rest.values().cloned().collect();
    let elements = addresses.elements + size::resources(&resources) + size::conditions(&conditions);
    let cost = STATEMENT + actions.cost + ELEMENT * elements as u64 + CHARACTER;
    let made = Made { effect: group.effect, actions, resources, addresses, conditions, cost };
    let kept = group.alone.filter(|place| written.get(*place).is_some_and(|w| w / ELEMENT <= cost / ELEMENT));
    Some(kept.map_or(Part::Made(made), Part::Kept))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Gate;

    fn groups(text: &str) -> Vec<Group> {
        let gate = Gate::compile(format!("set opaque = \"*\" policy p {{ {text} }}")).unwrap();
        let model = gate.model();
        let statements: Vec<&Statement> = model.policies[0].statements.iter().collect();
        let atoms = Atoms::of(&statements, &model.catalogs, &model.settings);
        statements.iter().enumerate().map(|(at, s)| group(at, s, &atoms)).collect()
    }

    #[test]
    fn what_an_open_deny_holds_stays_in_a_boundary() {
        let open = "deny cvm:A when mfa is true allow cvm:A when mfa is true";
        let closed = "deny cvm:A when mfa is present allow cvm:A when mfa is present";
        for (text, used, left) in [
            (open, Use::Attached, 1),
            (open, Use::Boundary, 2),
            (closed, Use::Attached, 1),
            (closed, Use::Boundary, 1),
        ] {
            let mut all = groups(text);
            without_held(&mut all, used, MINIMIZE_PAIRS);
            assert_eq!(all.len(), left, "{text}");
        }
    }

    #[test]
    fn what_another_holds_goes_within_the_pairs() {
        let text =
            "allow cvm:* allow cvm:A from 10.0.0.0/8 allow cvm:B when mfa is true deny cvm:C allow cvm:C";
        for (pairs, left) in [(MINIMIZE_PAIRS, 2), (25, 2), (24, 5)] {
            let mut all = groups(text);
            without_held(&mut all, Use::Attached, pairs);
            assert_eq!(all.len(), left, "{pairs}");
        }
    }
}
