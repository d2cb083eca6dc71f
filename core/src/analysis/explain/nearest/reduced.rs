//! Statements with only those conditions left that read what is changed: everything else of the call stands, so that
//! each other condition and each resource holds, does not hold, or is open.
//!
//! An open allow is no allow and an open deny is one: a call whose answer rests on either is not allowed.

use super::Change;
use super::closest::{self, Reached};
use crate::analysis::space::{Answer, Budget, Caller, Facts, Reader, Space, Subject};
use crate::analysis::work::Work;
use crate::check::{self, Handed, Put, Request};
use crate::model::read::{CURRENT_TIME, IP};
use crate::model::{
    Condition, Effect, ResourceKind, ResourcePattern, Settings, Statement, Template, TemplatePart, Test,
};
use passgate_grammar::Span;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Why what was not found on each resource alike could still be there.
const APART: &str = "several resources of the call are told apart";

/// What can be changed of a call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Dim {
    Address,
    Time,
    Key(Arc<str>),
}

/// What a condition reads that can be changed.
fn dim(condition: &Condition, handed: Handed) -> Option<Dim> {
    match condition.key.as_ref() {
        _ if handed == Handed::Withheld => None,
        IP => Some(Dim::Address),
        CURRENT_TIME => Some(Dim::Time),
        "qcs:uin" | "qcs:owner_uin" => None,
        _ => Some(Dim::Key(condition.key.clone())),
    }
}

/// A statement put to a call.
pub(super) struct Held<'s> {
    statement: &'s Statement,
    conditions: Vec<(&'s Condition, check::Held, Option<Dim>)>,
    /// For each resource of the call.
    resources: Vec<check::Held>,
}

impl<'s> Held<'s> {
    pub(super) fn new(statement: &'s Statement, put: &Put<'_>) -> Held<'s> {
        let condition = |condition: &'s Condition| {
            let (held, handed) = put.condition(condition);
            (condition, held, dim(condition, handed))
        };
        let conditions = statement.conditions.iter().map(condition).collect();
        Held { statement, conditions, resources: put.resources(statement) }
    }

    /// What would have to be changed so that it can match on the first resource; none where nothing helps.
    fn needed(&self) -> Option<BTreeSet<Dim>> {
        if self.resources.first() != Some(&check::Held::Yes) {
            return None;
        }
        let failing = self.conditions.iter().filter(|(_, held, _)| *held != check::Held::Yes);
        failing.map(|(_, _, dim)| dim.clone()).collect()
    }

    /// Whether it can matter on a resource when these are changed.
    fn matters(&self, resource: usize, dims: &[Dim]) -> bool {
        let fits = |held: check::Held| match self.statement.effect {
            Effect::Allow => held == check::Held::Yes,
            Effect::Deny => held != check::Held::No,
        };
        let fixed =
            self.conditions.iter().filter(|(_, _, dim)| dim.as_ref().is_none_or(|d| !dims.contains(d)));
        self.resources.get(resource).is_some_and(|held| fits(*held))
            && fixed.into_iter().all(|(_, held, _)| fits(*held))
    }
}

/// Everything that some statement reads and that can be changed.
pub(super) fn dims(attached: &[Held<'_>], boundary: Option<&[Held<'_>]>) -> Vec<Dim> {
    let all = attached.iter().chain(boundary.unwrap_or(&[]));
    let dims: BTreeSet<Dim> =
        all.flat_map(|held| held.conditions.iter().filter_map(|(_, _, d)| d.clone())).collect();
    dims.into_iter().collect()
}

/// Sets of which one must be changed whole: an allow must match, and one of the boundary.
pub(super) fn needed(attached: &[Held<'_>], boundary: Option<&[Held<'_>]>) -> BTreeSet<BTreeSet<Dim>> {
    let of = |all: &[Held<'_>]| -> BTreeSet<BTreeSet<Dim>> {
        all.iter().filter(|held| held.statement.effect == Effect::Allow).filter_map(Held::needed).collect()
    };
    let own = of(attached);
    match boundary {
        None => own,
        Some(boundary) => {
            let bounds = of(boundary);
            own.iter().flat_map(|a| bounds.iter().map(move |b| a | b)).collect()
        }
    }
}

/// What is left of the attached policies' statements, and of the boundary's.
type Left = (Vec<Statement>, Option<Vec<Statement>>);

/// What is left of the statements, for each resource of the call; resources that nothing tells apart are one.
pub(super) struct Reduced {
    sets: Vec<Left>,
    doubt: Option<String>,
}

/// How the first of some things is to be changed.
pub(super) enum Step {
    /// So, and then the others can be.
    Change(Change),
    /// Not at all: the others will do.
    Keep,
    /// Nothing was found, and why there could be something; without a reason there is nothing.
    Nothing(BTreeSet<String>),
}

/// The action of the call.
#[derive(Clone, Copy)]
pub(super) struct Action<'a> {
    pub(super) service: &'a str,
    pub(super) facts: Facts,
}

impl Reduced {
    pub(super) fn new(
        put: &Put<'_>,
        (attached, boundary): (&[&Statement], Option<&[&Statement]>),
        dims: &[Dim],
    ) -> Reduced {
        let hold = |all: &[&Statement]| -> Vec<usize> { (0..all.len()).collect() };
        let (own, bounds) = (held(attached, put), boundary.map(|all| held(all, put)));
        let every = (hold(attached), boundary.map(hold));
        let resources = own.iter().chain(bounds.iter().flatten()).map(|one| one.resources.len()).max();
        let mut kept: Vec<(Vec<usize>, Option<Vec<usize>>)> = Vec::new();
        for resource in 0..resources.unwrap_or(0) {
            let matter = |places: &[usize], all: &[Held<'_>]| -> Vec<usize> {
                let matters = |at: &usize| all.get(*at).is_some_and(|one| one.matters(resource, dims));
                places.iter().copied().filter(matters).collect()
            };
            let limit = every.1.as_deref().zip(bounds.as_deref()).map(|(places, all)| matter(places, all));
            let left = (matter(&every.0, &own), limit);
            if !kept.contains(&left) {
                kept.push(left);
            }
        }
        let mut doubt = None;
        let mut write = |places: &[usize], all: &[Held<'_>]| -> Vec<Statement> {
            let each = places.iter().filter_map(|at| all.get(*at));
            each.filter_map(|one| reduced(one, put, dims, &mut doubt)).collect()
        };
        let mut sets: Vec<Left> = Vec::new();
        for (places, limit) in &kept {
            let limit = limit.as_deref().zip(bounds.as_deref()).map(|(places, all)| write(places, all));
            sets.push((write(places, &own), limit));
        }
        Reduced { sets, doubt }
    }

    /// Whether no change of all these will do, for certain.
    pub(super) fn is_hopeless(&self, action: Action<'_>, work: &mut Work) -> bool {
        let none = |left: &Left| {
            look(left, action, work, |space, bounds, budget| space.allowed(0, bounds, budget))
                == Answer::Nothing
        };
        self.doubt.is_none() && (self.sets.is_empty() || self.sets.iter().any(none))
    }

    /// The smallest change of the first of some things after which changes of the others suffice.
    pub(super) fn closest(
        &self,
        action: Action<'_>,
        dims: &[Dim],
        request: &Request,
        work: &mut Work,
    ) -> Step {
        let mut doubts: BTreeSet<String> = self.doubt.iter().cloned().collect();
        let Some(first) = dims.first() else { return Step::Nothing(doubts) };
        if self.sets.len() > 1 && dims.len() > 1 {
            doubts.insert(APART.to_owned());
            return Step::Nothing(doubts);
        }
        let mut reached: Vec<Reached> = Vec::new();
        for left in &self.sets {
            let one = look(left, action, work, |space, bounds, budget| {
                let extent = space.allowed_extent(0, bounds, budget);
                Reached { extent, call: space.allowed(0, bounds, budget).found().cloned() }
            });
            if !one.extent.found {
                doubts.extend(one.extent.doubts.iter().map(ToString::to_string));
                return Step::Nothing(doubts);
            }
            reached.push(one);
        }
        closest::step(&reached, first, request).unwrap_or_else(|| {
            doubts.extend(reached.iter().flat_map(|one| &one.extent.doubts).map(ToString::to_string));
            // Of several values that only do together, none is found that does on every resource.
            if reached.len() > 1 && matches!(first, Dim::Key(_)) {
                doubts.insert(APART.to_owned());
            }
            Step::Nothing(doubts)
        })
    }
}

/// Makes a space of what is left, and looks at it.
fn look<T>(
    (own, bounds): &Left,
    Action { service, facts }: Action<'_>,
    work: &mut Work,
    then: impl FnOnce(&Space, Option<usize>, &mut Budget) -> T,
) -> T {
    let (settings, caller) = (Settings::default(), Caller::default());
    let all = [Some(own), bounds.as_ref()];
    let sets: Vec<Vec<&Statement>> = all.into_iter().flatten().map(|set| set.iter().collect()).collect();
    let subject = Subject { service, facts, sets: &sets, caller: &caller, clauses: &[] };
    let (mut reader, mut budget) = (Reader::new(&settings), work.question());
    let space = Space::new(&subject, &mut reader, &mut budget);
    let found = then(&space, bounds.as_ref().map(|_| 1), &mut budget);
    work.spend(budget.used());
    found
}

fn held<'s>(all: &[&'s Statement], put: &Put<'_>) -> Vec<Held<'s>> {
    all.iter().map(|statement| Held::new(statement, put)).collect()
}

/// What is left of a statement; none of an allow that a variable without a value leaves open.
fn reduced(held: &Held<'_>, put: &Put<'_>, dims: &[Dim], doubt: &mut Option<String>) -> Option<Statement> {
    let statement = held.statement;
    let mut conditions = Vec::new();
    for (condition, _, dim) in &held.conditions {
        if dim.as_ref().is_none_or(|dim| !dims.contains(dim)) {
            continue;
        }
        match filled(condition, put) {
            Some(condition) => conditions.push(condition),
            // A deny with it is open whatever the value is, and is one then.
            None => {
                *doubt = Some(format!("a variable that `{}` is compared with has no value", condition.key));
                if statement.effect == Effect::Allow {
                    return None;
                }
            }
        }
    }
    let any = ResourcePattern { kind: ResourceKind::Any, text: "*".into(), span: Span::default() };
    Some(Statement { resources: [any].into(), conditions, ..statement.clone() })
}

/// A condition with its variables filled in; account numbers are digits, so that nothing in them is a pattern.
fn filled(condition: &Condition, put: &Put<'_>) -> Option<Condition> {
    let fill =
        |values: &Vec<Template>| values.iter().map(|value| fill(value, put)).collect::<Option<Vec<_>>>();
    let test = match &condition.test {
        Test::Text { negated, ignore_case, values } => {
            Test::Text { negated: *negated, ignore_case: *ignore_case, values: fill(values)? }
        }
        Test::Like { negated, values } => Test::Like { negated: *negated, values: fill(values)? },
        Test::Binary { values } => Test::Binary { values: fill(values)? },
        other => other.clone(),
    };
    Some(Condition { test, ..condition.clone() })
}

fn fill(template: &Template, put: &Put<'_>) -> Option<Template> {
    let mut text = String::new();
    for part in &template.parts {
        match part {
            TemplatePart::Literal(literal) => text.push_str(literal),
            TemplatePart::Variable(variable) => text.push_str(put.variable(*variable)?),
        }
    }
    let parts = if text.is_empty() { Vec::new() } else { vec![TemplatePart::Literal(text.into())] };
    Some(Template { parts })
}
