//! Who may ask: names of policies, users, roles and groups, the sets of policies that they have, and the groups' graph.
//! Sets and graph are views of the file.

use super::frame::{Frame, Section};
use super::input::{Fault, Input, Stage};
use super::output::{Output, Part};
use super::{ascend, lists};
use crate::model::Claims;
use crate::table::Claimable;
use crate::table::frozen::Frozen;
use crate::table::principals::{Graph, Map, PolicySet, Principals, Sets, Signature};
use crate::table::words::{Strings, word};

pub(super) fn write_policies(claimable: &Claimable, mut out: Part<'_>) {
    out.list(&claimable.policies, |out, (name, claimable)| {
        out.text(name);
        out.bool(*claimable);
    });
}

pub(super) fn read_policies(mut input: Input<'_>, claims: Claims) -> Result<Claimable, Fault> {
    let policies = input.list(|input| Ok((input.text()?.into(), input.bool()?)))?;
    input.end()?;
    Claimable::of(claims, policies).ok_or_else(|| input.fault("policies out of order"))
}

pub(super) fn write(principals: &Principals, out: &mut Output) {
    let mut part = out.section(Section::Callers);
    part.option(principals.anyone);
    part.option(principals.bound);
    part.list(&principals.everyone, |out, policy| out.word(*policy));
    part.list(&principals.users.sorted(), |out, (name, signature)| {
        out.text(name);
        write_signature(*signature, out);
    });
    part.list(&sorted(&principals.roles), |out, (name, (number, signature))| {
        out.text(name);
        out.word(*number);
        write_signature(*signature, out);
    });
    part.list(&sorted(&principals.groups), |out, (name, number)| {
        out.text(name);
        out.word(**number);
    });
    out.section(Section::Sets).words(principals.sets.0.words());
    out.section(Section::Groups).words(principals.graph.0.words());
}

fn sorted<V>(map: &Map<V>) -> Vec<(&str, &V)> {
    let mut all: Vec<(&str, &V)> = map.iter().map(|(name, value)| (name.as_ref(), value)).collect();
    all.sort_unstable_by_key(|(name, _)| *name);
    all
}

fn write_signature(signature: Signature, out: &mut Part<'_>) {
    out.word(signature.policies);
    out.option(signature.boundary);
}

pub(super) fn read(frame: &Frame, strings: &Strings, policies: usize) -> Result<Principals, Fault> {
    let stage = Stage::Callers;
    let sets = Sets(lists(frame, Section::Sets, stage)?);
    let graph = Graph(lists(frame, Section::Groups, stage)?);
    check_sets(&sets, graph.0.len(), policies)?;
    check_graph(&graph, policies)?;
    let mut input = frame.input(Section::Callers, strings, stage);
    let input = &mut input;
    let sets_there = sets.0.len();
    let anyone = input.option(sets_there, NO_SET)?;
    let bound = input.option(sets_there, NO_SET)?;
    let everyone = input.list(|input| input.below(policies, "a policy that is not there"))?;
    if !ascend(&everyone) {
        return Err(input.fault("policies out of order"));
    }
    let users = named(input, |input| read_signature(input, sets_there))?;
    let users = Frozen::new(users.iter().copied(), Signature::NOTHING);
    let groups_there = graph.0.len();
    let group = |input: &mut Input<'_>| input.below(groups_there, "a group that is not there");
    let roles = named(input, |input| Ok((group(input)?, read_signature(input, sets_there)?)))?;
    let roles = roles.into_iter().map(|(name, role)| (name.into(), role)).collect();
    let groups = named(input, group)?.into_iter().map(|(name, group)| (name.into(), group)).collect();
    input.end()?;
    Ok(Principals { users, roles, groups, graph, sets, anyone, bound, everyone: everyone.into() })
}

const NO_SET: &str = "a set of policies that is not there";

fn read_signature(input: &mut Input<'_>, sets: usize) -> Result<Signature, Fault> {
    Ok(Signature { policies: input.below(sets, NO_SET)?, boundary: input.option(sets, NO_SET)? })
}

/// Names, ascending, each with what it stands for.
fn named<'a, V>(
    input: &mut Input<'a>,
    mut value: impl FnMut(&mut Input<'a>) -> Result<V, Fault>,
) -> Result<Vec<(&'a str, V)>, Fault> {
    let all = input.list(|input| Ok((input.text()?, value(input)?)))?;
    if !all.windows(2).all(|pair| matches!(pair, [(a, _), (b, _)] if a < b)) {
        return Err(input.fault("names out of order"));
    }
    Ok(all)
}

fn check_sets(sets: &Sets, groups: usize, policies: usize) -> Result<(), Fault> {
    let fits = |numbers: &[u32], bound: usize| {
        ascend(numbers) && numbers.last().is_none_or(|last| (*last as usize) < bound)
    };
    let holds = (0..word(sets.0.len())).all(|id| match sets.get(id) {
        Some(PolicySet::Ready(ready)) => fits(ready, policies),
        Some(PolicySet::Lazy { policies: direct, groups: of }) => fits(direct, policies) && fits(of, groups),
        None => false,
    });
    if holds { Ok(()) } else { Err(Fault::new(Stage::Callers, Section::Sets, "a set of what is not there")) }
}

fn check_graph(graph: &Graph, policies: usize) -> Result<(), Fault> {
    let groups = graph.0.len();
    let fits = |numbers: &[u32], bound: usize| numbers.iter().all(|number| (*number as usize) < bound);
    let holds = (0..word(groups)).all(|number| {
        graph.get(number).is_some_and(|(attached, parents)| fits(attached, policies) && fits(parents, groups))
    });
    if holds {
        Ok(())
    } else {
        Err(Fault::new(Stage::Callers, Section::Groups, "a group of what is not there"))
    }
}
