//! What reads the caller's number: what does not, decides alike for all callers of equal policies.

use super::space::Clause;
use crate::model::{
    Condition, ResourceKind, ResourcePattern, Statement, Template, TemplatePart, Test, Variable,
};

/// Whether a clause does.
pub(super) fn clause_reads_number(clause: &Clause<'_>) -> bool {
    match clause {
        Clause::When(condition) => condition_reads_number(condition),
        Clause::On(patterns) => patterns.iter().any(pattern_reads_number),
        Clause::Of(..) => false,
    }
}

/// Whether a statement does.
pub(super) fn reads_number(statement: &Statement) -> bool {
    statement.conditions.iter().any(condition_reads_number)
        || statement.resources.iter().any(pattern_reads_number)
}

fn pattern_reads_number(pattern: &ResourcePattern) -> bool {
    matches!(&pattern.kind, ResourceKind::Six { rest, .. } if holds_number(rest))
}

fn condition_reads_number(condition: &Condition) -> bool {
    let texts: &[Template] = match &condition.test {
        Test::Text { values, .. } | Test::Like { values, .. } | Test::Binary { values } => values,
        _ => &[],
    };
    condition.key.as_ref() == "qcs:uin" || texts.iter().any(holds_number)
}

fn holds_number(template: &Template) -> bool {
    template.parts.iter().any(|part| matches!(part, TemplatePart::Variable(Variable::Uin)))
}
