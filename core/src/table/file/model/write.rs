//! Writing the policy set. Lists that several statements share are written once, before the statements.

use super::{COMPARISONS, KINDS, QUALIFIERS, code};
use crate::address::{Family, Prefix};
use crate::model::{
    AccountPattern, ActionKind, ActionTerm, Condition, Effect, Group, Model, Policy, ResourceKind,
    ResourcePattern, Statement, Template, Test, User, Whom,
};
use crate::table::file::output::Part;
use crate::table::intervals::four;
use crate::table::policy::CompiledPolicy;
use crate::table::words::word;
use std::collections::HashMap;
use std::sync::Arc;

/// Lists by number, each once.
struct Lists<'m, T> {
    numbers: HashMap<(*const T, usize), u32>,
    all: Vec<&'m [T]>,
}

impl<'m, T> Lists<'m, T> {
    fn new() -> Self {
        Lists { numbers: HashMap::new(), all: Vec::new() }
    }

    // INVARIANT: the model outlives the lists, so that each keeps its place.
    fn number(&mut self, list: &'m Arc<[T]>) -> u32 {
        let next = word(self.all.len());
        let number = *self.numbers.entry((list.as_ptr(), list.len())).or_insert(next);
        if number == next {
            self.all.push(list);
        }
        number
    }
}

/// What statements share.
struct Shared<'m> {
    actions: Lists<'m, ActionTerm>,
    resources: Lists<'m, ResourcePattern>,
    prefixes: Lists<'m, Prefix>,
}

impl<'m> Shared<'m> {
    fn of(model: &'m Model) -> Self {
        let mut shared = Shared { actions: Lists::new(), resources: Lists::new(), prefixes: Lists::new() };
        for statement in model.policies.iter().flat_map(|policy| &policy.statements) {
            shared.actions.number(&statement.actions);
            shared.resources.number(&statement.resources);
            for condition in &statement.conditions {
                if let Test::Ip { prefixes, .. } = &condition.test {
                    shared.prefixes.number(prefixes);
                }
            }
        }
        shared
    }
}

/// `compiled` are the policies compiled: they know the places of statements.
pub(in crate::table::file) fn write(model: &Model, compiled: &[CompiledPolicy], mut out: Part<'_>) {
    let mut shared = Shared::of(model);
    out.list(&shared.actions.all, |out, terms| out.list(terms, |out, term| write_action(&term.kind, out)));
    out.list(&shared.resources.all, |out, patterns| out.list(patterns, |out, one| write_resource(one, out)));
    out.list(&shared.prefixes.all, |out, prefixes| out.list(prefixes, |out, one| write_prefix(*one, out)));
    let policies: Vec<(&Policy, Option<&CompiledPolicy>)> =
        (0..).map_while(|at: usize| Some((model.policies.get(at)?, compiled.get(at)))).collect();
    out.list(&policies, |out, (policy, compiled)| write_policy(policy, *compiled, out, &mut shared));
    out.list(&model.groups, |out, group| {
        let Group { name, role, attached, parents, boundary, .. } = group;
        out.text(name);
        out.bool(*role);
        out.list(attached, |out, policy| out.word(policy.0));
        out.list(parents, |out, group| out.word(group.0));
        out.option(boundary.map(|policy| policy.0));
    });
    out.list(&model.users, |out, user| {
        let User { name, attached, parents, boundary, .. } = user;
        out.text(name);
        out.list(attached, |out, policy| out.word(policy.0));
        out.list(parents, |out, group| out.word(group.0));
        out.option(boundary.map(|policy| policy.0));
    });
    out.list(&model.everyone, |out, policy| out.word(policy.0));
    out.bool(model.boundary.is_some());
    out.list(model.boundary.as_deref().unwrap_or(&[]), |out, policy| out.word(policy.0));
}

fn write_policy<'m>(
    policy: &'m Policy,
    compiled: Option<&CompiledPolicy>,
    out: &mut Part<'_>,
    shared: &mut Shared<'m>,
) {
    out.text(&policy.name);
    out.word(code(&KINDS, &policy.kind));
    out.text(&policy.version);
    let mut number = 0;
    out.list(&policy.statements, |out, statement| {
        let Statement { effect, id, actions, resources, conditions, principals, .. } = statement;
        let place = compiled.and_then(|compiled| compiled.rule(number)).map(|rule| rule.place);
        number += 1;
        out.option(place);
        out.bool(*effect == Effect::Deny);
        out.text(id);
        out.word(shared.actions.number(actions));
        out.word(shared.resources.number(resources));
        out.list(conditions, |out, condition| write_condition(condition, out, shared));
        out.list(principals, |out, whom| match whom {
            Whom::Anyone => out.bool(false),
            Whom::Named { kind, text } => {
                out.bool(true);
                out.text(kind);
                out.text(text);
            }
        });
    });
}

fn write_action(kind: &ActionKind, out: &mut Part<'_>) {
    match kind {
        ActionKind::All { long } => {
            out.word(0);
            out.bool(*long);
        }
        ActionKind::Pattern { service, pattern, legacy } => {
            out.word(1);
            out.text(service);
            out.text(pattern);
            out.bool(*legacy);
        }
        ActionKind::Permid(number) => {
            out.word(2);
            out.text(number);
        }
        ActionKind::Names(ids) => {
            out.word(3);
            out.list(ids, |out, id| out.words(&[id.service.0, id.action]));
        }
    }
}

fn write_resource(pattern: &ResourcePattern, out: &mut Part<'_>) {
    out.text(&pattern.text);
    let ResourceKind::Six { service, region, account, rest } = &pattern.kind else { return out.bool(false) };
    out.bool(true);
    out.text_or_none(service.as_deref());
    out.text_or_none(region.as_deref());
    match account {
        AccountPattern::Any => out.word(0),
        AccountPattern::Owner => out.word(1),
        AccountPattern::Exact(text) => {
            out.word(2);
            out.text(text);
        }
    }
    out.text(&rest.written());
}

/// One word of family and length, then the first address.
fn write_prefix(prefix: Prefix, out: &mut Part<'_>) {
    let length = u32::from(prefix.length);
    match prefix.family {
        Family::V4 => out.words(&[length, prefix.bits as u32]),
        Family::V6 => {
            out.word(length | 1 << 8);
            out.words(&four(prefix.bits));
        }
    }
}

fn write_condition<'m>(condition: &'m Condition, out: &mut Part<'_>, shared: &mut Shared<'m>) {
    let Condition { qualifier, if_exist, test, key, .. } = condition;
    out.text(key);
    out.word(code(&QUALIFIERS, qualifier));
    out.bool(*if_exist);
    let templates = |out: &mut Part<'_>, values: &[Template]| {
        out.list(values, |out, value| out.text(&value.written()));
    };
    match test {
        Test::Text { negated, ignore_case, values } => {
            out.words(&[0, u32::from(*negated), u32::from(*ignore_case)]);
            templates(out, values);
        }
        Test::Like { negated, values } => {
            out.words(&[1, u32::from(*negated)]);
            templates(out, values);
        }
        Test::Binary { values } => {
            out.word(2);
            templates(out, values);
        }
        Test::Number { comparison, values } => {
            out.words(&[3, code(&COMPARISONS, comparison)]);
            out.list(values, |out, value| out.text(&value.to_string()));
        }
        Test::Date { comparison, values } => {
            out.words(&[4, code(&COMPARISONS, comparison)]);
            out.list(values, |out, value| out.text(&value.to_string()));
        }
        Test::Bool { values } => {
            out.word(5);
            out.list(values, |out, value| out.bool(*value));
        }
        Test::Ip { negated, prefixes, .. } => {
            out.words(&[6, u32::from(*negated)]);
            out.word(shared.prefixes.number(prefixes));
        }
        Test::Null { values } => {
            out.word(7);
            out.list(values, |out, value| out.bool(*value));
        }
    }
}
