//! `tag-form`: a tag value is written `key&value`; one without `&` matches no tag (semantics §5).

use super::TAGS;
use crate::model::{Condition, Statement, Template, TemplatePart, Test};
use passgate_grammar::{Diagnostic, code};

pub(super) fn check(statement: &Statement, out: &mut Vec<Diagnostic>) {
    for condition in statement.conditions.iter().filter(|c| TAGS.contains(&c.key.as_ref())) {
        for value in values(condition) {
            let Some(text) = value.literal().filter(|text| !text.contains('&')) else { continue };
            let message = format!("a tag value is written `key&value`; `{text}` matches no tag");
            let told = Diagnostic::warning(code::TAG_FORM, condition.span, message);
            let near = text.split_once('=').map(|(key, value)| format!("{key}&{value}"));
            out.push(match near {
                Some(near) => told.help(format!("write `{near}`")).nearest([near]),
                None => told,
            });
        }
    }
}

/// Values that are compared as a whole, or as patterns without a `*` that could stand for the `&`.
fn values(condition: &Condition) -> Vec<&Template> {
    match &condition.test {
        Test::Text { values, .. } | Test::Binary { values } => values.iter().collect(),
        Test::Like { values, .. } => values.iter().filter(|value| !has_star(value)).collect(),
        _ => Vec::new(),
    }
}

fn has_star(value: &Template) -> bool {
    value.parts.iter().any(|part| matches!(part, TemplatePart::Literal(text) if text.contains('*')))
}
