//! `duplicate`: a statement that stands twice in its policy: the same effect, actions, resources and conditions, in
//! whatever order and spelling. Members that stand twice in one list are told where lists are read.

use crate::model::{
    ActionKind, ActionTerm, Condition, Effect, Model, Policy, ResourcePattern, Statement, Test, Whom,
};
use passgate_grammar::{Diagnostic, Safety, Span, code};
use std::collections::HashMap;

/// A statement by what it says.
#[derive(PartialEq, Eq, Hash)]
struct Said<'a> {
    effect: Effect,
    actions: usize,
    resources: usize,
    conditions: Vec<String>,
    principals: &'a [Whom],
}

/// Lists, numbered by what they say; one that many statements share is looked at once.
#[derive(Default)]
struct Numbered {
    places: HashMap<(usize, usize), usize>,
    said: HashMap<Vec<String>, usize>,
}

impl Numbered {
    fn of<T>(&mut self, list: &[T], one: impl Fn(&T) -> String) -> usize {
        // INVARIANT: the lists of a model live as long as the run, so that their places tell them apart.
        let place = (list.as_ptr() as usize, list.len());
        if let Some(known) = self.places.get(&place) {
            return *known;
        }
        let mut texts: Vec<String> = list.iter().map(one).collect();
        texts.sort_unstable();
        texts.dedup();
        let next = self.said.len();
        let number = *self.said.entry(texts).or_insert(next);
        self.places.insert(place, number);
        number
    }
}

pub(super) fn check(model: &Model, policy: &Policy, out: &mut Vec<Diagnostic>) {
    if policy.statements.len() < 2 {
        return;
    }
    let (mut actions, mut resources, mut networks) =
        (Numbered::default(), Numbered::default(), Numbered::default());
    let mut seen: HashMap<Said<'_>, &Statement> = HashMap::with_capacity(policy.statements.len());
    let mut before = None;
    for statement in &policy.statements {
        let mut conditions: Vec<String> =
            statement.conditions.iter().map(|c| condition_text(c, &mut networks)).collect();
        conditions.sort_unstable();
        let said = Said {
            effect: statement.effect,
            actions: actions.of(&statement.actions, action_text),
            resources: resources.of(&statement.resources, |r: &ResourcePattern| r.text.to_string()),
            conditions,
            principals: &statement.principals,
        };
        let before = before.replace(statement).unwrap_or(statement);
        match seen.get(&said) {
            Some(first) => out.push(told(model, policy, [first, before, statement])),
            None => {
                seen.insert(said, statement);
            }
        }
    }
}

fn told(model: &Model, policy: &Policy, [first, before, statement]: [&Statement; 3]) -> Diagnostic {
    let message = format!("the same statement stands twice in `{}`", policy.name);
    let told = Diagnostic::warning(code::DUPLICATE, statement.effect_span, message)
        .label(first.effect_span, "here it stands first")
        .help("remove one of them");
    match alone(model, policy, statement, before) {
        Some(span) => told.fix("without the second", span, "", Safety::Safe),
        None => told,
    }
}

/// What to take away with a statement of a `.gate` file, unless notes or comments stand before it or in it.
fn alone(model: &Model, policy: &Policy, statement: &Statement, before: &Statement) -> Option<Span> {
    let span = statement.span;
    if policy.document.is_some() || model.sources.slice(span).contains("//") {
        return None;
    }
    let between = model.sources.slice(Span { start: before.span.end, end: span.start, ..span });
    (!between.contains("//") && !between.contains('@')).then_some(span)
}

fn action_text(term: &ActionTerm) -> String {
    match &term.kind {
        ActionKind::All { .. } => "*".to_owned(),
        ActionKind::Pattern { service, pattern, .. } => format!("{service}:{pattern}"),
        ActionKind::Permid(number) => format!("permid/{number}"),
        ActionKind::Names(ids) => {
            let texts = ids.iter().map(|id| format!("{}.{}", id.service.0, id.action));
            texts.collect::<Vec<_>>().join(",")
        }
    }
}

fn condition_text(condition: &Condition, networks: &mut Numbered) -> String {
    let (Condition { qualifier, if_exist, key, test, .. }, operator) = (condition, condition.test.operator());
    let mut values: Vec<String> = match test {
        Test::Text { values, .. } | Test::Like { values, .. } | Test::Binary { values } => {
            values.iter().map(|v| v.written()).collect()
        }
        Test::Number { values, .. } => values.iter().map(ToString::to_string).collect(),
        Test::Date { values, .. } => values.iter().map(ToString::to_string).collect(),
        Test::Bool { values } | Test::Null { values } => values.iter().map(ToString::to_string).collect(),
        Test::Ip { prefixes, .. } => vec![networks.of(prefixes, ToString::to_string).to_string()],
    };
    values.sort_unstable();
    values.dedup();
    format!("{qualifier:?} {operator:?} {if_exist} {key}\0{}", values.join("\0"))
}
