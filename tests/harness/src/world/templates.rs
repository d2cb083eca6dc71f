//! Turns some policies of a world into instances of templates: parts of their statements become arguments, and they are
//! called as the language says. The model is built from the statements as they are, so a reader of the text has to come
//! to the same.

use super::operators::Reads;
use super::{Condition, Policy, Template, Term, World, text};
use crate::random::Random;
use passgate::model::Instant;
use std::net::IpAddr;

/// Policies of a hundred that become instances.
const OFTEN: usize = 35;

/// Addresses of a second instance.
const ELSEWHERE: [&str; 2] = ["10.0.0.0/9", "2001:db8::/33"];

/// Makes instances of some policies that are written in `.gate`; names follow wherever they are used.
pub(super) fn instances(random: &mut Random, world: &mut World) {
    let bound: Vec<String> = world.boundary.iter().flatten().chain(&world.everyone).cloned().collect();
    let mut renamed = Vec::new();
    let mut second = Vec::new();
    for policy in &mut world.policies {
        let fits = policy.kind.is_empty() && !policy.cam && !bound.contains(&policy.name);
        if !fits || !random.chance(OFTEN) {
            continue;
        }
        let parameters = parameters(random, policy);
        if parameters.is_empty() {
            continue;
        }
        let base = policy.name.clone();
        policy.name = name(&base, &parameters);
        policy.template = Some(Template { base: base.clone(), parameters });
        second.extend(elsewhere(policy));
        renamed.push((base, policy.name.clone()));
    }
    rename(world, &renamed);
    for policy in second {
        let members = world.groups.iter_mut().chain(&mut world.users);
        let member = members.filter(|m| m.name != "staff").last();
        member.into_iter().for_each(|m| m.attached.push(policy.name.clone()));
        world.policies.push(policy);
    }
}

/// What an instance is called.
fn name(base: &str, parameters: &[(String, String, String)]) -> String {
    let arguments: Vec<&str> = parameters.iter().map(|(_, _, argument)| argument.as_str()).collect();
    format!("{base}({})", arguments.join(", "))
}

/// Name, type and argument of some parts of a policy, at most one of a type.
fn parameters(random: &mut Random, policy: &Policy) -> Vec<(String, String, String)> {
    let mut all = Vec::new();
    let mut add = |name: &str, ty: &str, argument: Option<String>| {
        all.extend(argument.map(|argument| (name.to_owned(), ty.to_owned(), argument)));
    };
    let statement = random.pick(&policy.statements);
    let conditions: Vec<&Condition> = policy.statements.iter().flat_map(|s| &s.conditions).collect();
    let reads = |kinds: &[Reads]| conditions.iter().find(|c| kinds.contains(&c.operator.reads()));
    let often = |random: &mut Random| random.chance(60);
    if often(random) {
        add("par_net", "network", reads(&[Reads::Ip]).map(|c| addresses(&c.values)));
    }
    if often(random) {
        add("par_act", "actions", statement.map(|s| actions(&s.actions)));
    }
    if often(random) {
        add("par_res", "resources", statement.map(|s| resources(&s.resources)));
    }
    if often(random) {
        let day = reads(&[Reads::Date]).and_then(|c| c.values.first());
        add("par_day", "instant", day.map(|value| instant(value)));
    }
    if often(random) {
        let text = reads(&[Reads::Text, Reads::Like]).and_then(|c| c.values.last());
        add("par_txt", "string", text.map(|value| text::quoted(value)));
    }
    all
}

/// The same template with other addresses.
fn elsewhere(policy: &Policy) -> Option<Policy> {
    let mut other = policy.clone();
    let template = other.template.as_mut()?;
    let (_, _, argument) = template.parameters.iter_mut().find(|(_, ty, _)| ty == "network")?;
    let here = std::mem::replace(argument, addresses(&ELSEWHERE.map(str::to_owned)));
    if here == *argument {
        return None;
    }
    other.name = name(&template.base, &template.parameters);
    let conditions = other.statements.iter_mut().flat_map(|s| &mut s.conditions);
    for condition in conditions.filter(|c| c.operator.reads() == Reads::Ip && addresses(&c.values) == here) {
        condition.values = ELSEWHERE.map(str::to_owned).to_vec();
    }
    Some(other)
}

fn rename(world: &mut World, renamed: &[(String, String)]) {
    let new = |name: &mut String| {
        if let Some((_, to)) = renamed.iter().find(|(from, _)| from == name) {
            to.clone_into(name);
        }
    };
    for member in world.groups.iter_mut().chain(&mut world.users) {
        member.attached.iter_mut().chain(&mut member.boundary).for_each(new);
    }
}

/// A set of addresses as an argument.
pub(super) fn addresses(values: &[String]) -> String {
    listed(values.iter().map(|value| address(value)).collect())
}

/// A set of actions as an argument.
pub(super) fn actions(terms: &[Term]) -> String {
    listed(terms.iter().map(text::term).collect())
}

/// A list of resources as an argument.
pub(super) fn resources(patterns: &[String]) -> String {
    listed(patterns.iter().map(|pattern| text::quoted(pattern)).collect())
}

/// An instant as an argument.
pub(super) fn instant(value: &str) -> String {
    Instant::parse(value).map_or_else(|| value.to_owned(), |instant| instant.to_string())
}

fn listed(mut terms: Vec<String>) -> String {
    match terms.len() {
        1 => terms.pop().unwrap_or_default(),
        _ => format!("({})", terms.join(", ")),
    }
}

/// The shortest form; the length of a single address is left out.
fn address(value: &str) -> String {
    let (address, length) = value.split_once('/').map_or((value, None), |(a, l)| (a, Some(l)));
    let Ok(read) = address.parse::<IpAddr>() else { return value.to_owned() };
    let whole = if read.is_ipv4() { "32" } else { "128" };
    match length.filter(|length| *length != whole) {
        Some(length) => format!("{read}/{length}"),
        None => read.to_string(),
    }
}
