//! Settings from `passgate.toml`.

use super::{Entry, Given, SetSettings, Value};
use crate::findings::Findings;
use crate::toml_tree;
use passgate_grammar::{Diagnostic, SourceId, Sources, Span, code};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Tables of settings; they may be empty.
const TABLES: [&str; 3] = ["owner", "lints", "region-aliases"];

/// Reads the settings of a folder.
pub(in super::super) fn from_toml(sources: &Sources, id: SourceId, out: &mut Findings) -> SetSettings {
    let text = sources.get(id).map_or("", |s| s.text().as_ref());
    match toml_tree::parse(text) {
        Ok(document) => {
            let mut entries = Vec::new();
            flatten(document.into_inner(), id, None, &mut entries);
            entries.sort_by_key(|e| e.key_span);
            SetSettings::of(entries, out)
        }
        Err(errors) => {
            for error in errors {
                let code = if error.limit { code::LIMIT } else { code::SYNTAX };
                out.push(Diagnostic::error(code, Span::new(id, error.start, error.end), error.message));
            }
            SetSettings::default()
        }
    }
}

/// Tables become dotted keys; they nest as deep as the reader allows.
fn flatten(table: DeTable<'_>, id: SourceId, above: Option<&str>, out: &mut Vec<Entry>) {
    for (name, value) in table {
        let own = Span::new(id, name.span().start, name.span().end);
        let name = name.into_inner();
        let (key, key_span) = match above {
            Some(above) => (format!("{above}.{name}"), own),
            None => (name.into_owned(), own),
        };
        let value_span = Span::new(id, value.span().start, value.span().end);
        match value.into_inner() {
            DeValue::Table(inner) if inner.is_empty() && !TABLES.contains(&key.as_str()) => {
                out.push(Entry { key, key_span, value: Given::One(Value::Other), value_span });
            }
            DeValue::Table(inner) => flatten(inner, id, Some(&key), out),
            DeValue::Array(items) => {
                let items = items.into_iter().map(|item| item_of(item, id)).collect();
                out.push(Entry { key, key_span, value: Given::List(items), value_span });
            }
            one => out.push(Entry { key, key_span, value: Given::One(value_of(one)), value_span }),
        }
    }
}

fn item_of(item: Spanned<DeValue<'_>>, id: SourceId) -> (Value, Span) {
    let span = Span::new(id, item.span().start, item.span().end);
    (value_of(item.into_inner()), span)
}

fn value_of(value: DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Boolean(value) => Value::Bool(value),
        DeValue::Integer(_) | DeValue::Float(_) => Value::Other,
        DeValue::Datetime(_) => Value::Other,
        DeValue::Array(_) => Value::Other,
        DeValue::Table(_) => Value::Other,
    }
}
