//! `always-true`: a condition that holds of every request, so that it says nothing (semantics §5).

use crate::model::{Condition, Statement, Template, TemplatePart, Test};
use passgate_grammar::{Diagnostic, code};

pub(super) fn check(statement: &Statement, out: &mut Vec<Diagnostic>) {
    for condition in &statement.conditions {
        if let Some(why) = reason(condition) {
            let message = format!("this condition always holds: {why}");
            let told = Diagnostic::warning(code::ALWAYS_TRUE, condition.span, message);
            out.push(told.help("leave it out"));
        }
    }
}

/// Why a condition always holds, where its words show it.
pub(super) fn reason(condition: &Condition) -> Option<&'static str> {
    match &condition.test {
        Test::Null { values } if values.contains(&true) && values.contains(&false) => {
            Some("a key is absent or present")
        }
        Test::Like { negated: false, values } if condition.if_exist && values.iter().any(is_star) => {
            Some("the key may be absent, and `*` is any text")
        }
        Test::Ip { negated: true, prefixes, .. } if condition.if_exist && prefixes.is_empty() => {
            Some("the network is empty")
        }
        _ => None,
    }
}

fn is_star(value: &Template) -> bool {
    match value.parts.as_slice() {
        [TemplatePart::Literal(text)] => text.bytes().all(|b| b == b'*'),
        _ => false,
    }
}
