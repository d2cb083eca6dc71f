//! Settings from the `set` lines of a set of one file.

use super::{Entry, Given, SetSettings, Value};
use crate::findings::Findings;
use crate::model::read::shown;
use passgate_grammar::text::unquote;
use passgate_grammar::tree::{self, File, ItemKind, ValueKind};
use passgate_grammar::{Diagnostic, Safety, Sources, Span, code};
use std::collections::HashMap;

/// Reads the `set` lines of a file.
pub(in super::super) fn from_lines(sources: &Sources, file: &File, out: &mut Findings) -> SetSettings {
    let mut entries = Vec::new();
    let mut seen: HashMap<String, Span> = HashMap::new();
    for item in &file.items {
        let ItemKind::Set { key, values } = &item.kind else { continue };
        let name: String = sources.slice(*key).split_whitespace().collect();
        if let Some(first) = seen.insert(name.clone(), *key) {
            let told = Diagnostic::error(code::BAD_SETTING, *key, format!("`{}` is set twice", shown(&name)));
            out.push(told.label(first, "first here"));
            continue;
        }
        entries.push(entry(sources, name, *key, values, out));
    }
    SetSettings::of(entries, out)
}

fn entry(
    sources: &Sources,
    key: String,
    key_span: Span,
    values: &[tree::Value],
    out: &mut Findings,
) -> Entry {
    let span = |values: &[tree::Value]| match (values.first(), values.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => key_span,
    };
    let mut read: Vec<(Value, Span)> = values.iter().map(|v| (value(sources, *v, out), v.span)).collect();
    let given = match read.len() {
        1 => Given::One(read.pop().map_or(Value::Other, |(value, _)| value)),
        _ => Given::List(read),
    };
    Entry { key, key_span, value: given, value_span: span(values) }
}

fn value(sources: &Sources, value: tree::Value, out: &mut Findings) -> Value {
    let written = sources.slice(value.span);
    match value.kind {
        ValueKind::Text => Value::Text(unquote(written).into_owned()),
        ValueKind::True => Value::Bool(true),
        ValueKind::False => Value::Bool(false),
        ValueKind::Number => Value::Other,
        ValueKind::Instant => Value::Other,
        ValueKind::Address => Value::Other,
        ValueKind::Word => {
            let told = Diagnostic::error(code::UNQUOTED_VALUE, value.span, "text stands in quotes");
            out.push(told.fix("in quotes", value.span, format!("\"{written}\""), Safety::Safe));
            Value::Text(written.to_owned())
        }
    }
}
