//! What a policy says, without places and spelling, to compare policies by.

use passgate::model::{ActionKind, Comparison, Condition, Policy, Statement, Test};
use std::collections::BTreeSet;

/// What a policy says, without places and spelling: a text per statement.
pub(super) fn meaning(policy: &Policy) -> Vec<String> {
    let mut all = vec![format!("{:?} {}", policy.kind, policy.version)];
    all.extend(policy.statements.iter().map(statement));
    all
}

fn statement(s: &Statement) -> String {
    let action = |kind: &ActionKind| match kind {
        ActionKind::Pattern { service, pattern, legacy } => format!("{legacy} {service}:{pattern}"),
        other => format!("{other:?}"),
    };
    let actions: Vec<String> = s.actions.iter().map(|t| action(&t.kind)).collect();
    let resources: Vec<String> = s.resources.iter().map(|r| format!("{} {:?}", r.text, r.kind)).collect();
    let conditions: BTreeSet<String> = s.conditions.iter().filter_map(condition).collect();
    let mut principals: Vec<String> = s.principals.iter().map(|w| format!("{w:?}")).collect();
    principals.sort();
    format!("{} {:?} {actions:?} {resources:?} {conditions:?} {principals:?}", s.id, s.effect)
}

/// Without a `null_equal` of both values; of an ordering operator's values the widest.
fn condition(c: &Condition) -> Option<String> {
    let test = match &c.test {
        Test::Null { values } if values.contains(&true) && values.contains(&false) => return None,
        Test::Null { values } => format!("null {:?}", values.first()),
        Test::Number { comparison, values } => widest(*comparison, values),
        Test::Date { comparison, values } => widest(*comparison, values),
        Test::Bool { values } => format!("bool {:?}", values.iter().collect::<BTreeSet<_>>()),
        other => format!("{other:?}"),
    };
    Some(format!("{:?} {} {} {test}", c.qualifier, c.if_exist, c.key))
}

fn widest<T: Ord + std::fmt::Debug>(comparison: Comparison, values: &[T]) -> String {
    let values: Vec<&T> = match comparison {
        Comparison::Equal | Comparison::NotEqual => values.iter().collect(),
        Comparison::Less | Comparison::LessEqual => values.iter().max().into_iter().collect(),
        Comparison::Greater | Comparison::GreaterEqual => values.iter().min().into_iter().collect(),
    };
    format!("{comparison:?} {values:?}")
}
