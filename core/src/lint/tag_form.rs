//! `tag-form`: a tag value is written `key&value`; one without `&` matches no tag (semantics §5).

use super::TAGS;
use crate::model::{Condition, Model, Statement, Template, TemplatePart, Test};
use passgate_grammar::text::quote;
use passgate_grammar::{Diagnostic, Safety, Span, code};

pub(super) fn check(model: &Model, statement: &Statement, out: &mut Vec<Diagnostic>) {
    for condition in statement.conditions.iter().filter(|c| TAGS.contains(&c.key.as_ref())) {
        for value in values(condition) {
            let Some(text) = value.literal().filter(|text| !text.contains('&')) else { continue };
            let message = format!("a tag value is written `key&value`; `{text}` matches no tag");
            let told = Diagnostic::warning(code::TAG_FORM, place_of(model, condition, text), message);
            out.push(match text.split_once('=') {
                Some((key, value)) => mended(told, &format!("{key}&{value}")),
                None => told.help("write the tag's key, `&`, and its value"),
            });
        }
    }
}

/// Where a text stands in its condition, with its quotes; the condition where it is written otherwise.
pub(super) fn place_of(model: &Model, condition: &Condition, text: &str) -> Span {
    let written = model.sources.slice(condition.span);
    let found = written.find(&format!("\"{text}\""));
    found.map_or(condition.span, |at| {
        let start = condition.span.start as usize + at;
        Span::new(condition.span.source, start, start + text.len() + 2)
    })
}

fn mended(told: Diagnostic, meant: &str) -> Diagnostic {
    let span = told.span;
    let told = told.help(format!("write `{}`", quote(meant))).nearest([meant.to_owned()]);
    told.fix(format!("`{meant}`"), span, quote(meant), Safety::Unsafe)
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
