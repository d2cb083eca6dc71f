//! `duplicate`: a statement that stands twice in its policy, word for word.

use crate::model::{Model, Policy};
use passgate_grammar::{Diagnostic, code};
use std::collections::HashMap;

pub(super) fn check(model: &Model, policy: &Policy, out: &mut Vec<Diagnostic>) {
    if policy.statements.len() < 2 {
        return;
    }
    let mut seen = HashMap::with_capacity(policy.statements.len());
    for statement in &policy.statements {
        let text = model.sources.slice(statement.span);
        if text.is_empty() {
            continue;
        }
        if let Some(first) = seen.insert(text, statement) {
            let message = format!("the same statement stands twice in `{}`", policy.name);
            let told = Diagnostic::warning(code::DUPLICATE, statement.effect_span, message);
            out.push(told.label(first.effect_span, "here it stands first").help("remove one of them"));
        }
    }
}
