//! What several analyses write as JSON: values of a request's context, statements by their places.

use crate::check::{ContextValue, Place};
use passgate_grammar::text::quote;
use serde::Serialize;
use serde_json::Value;

pub(super) fn json_value(of: &ContextValue) -> Value {
    match of {
        ContextValue::Text(text) => text.as_str().into(),
        ContextValue::Bool(value) => (*value).into(),
        ContextValue::Number(number) => {
            serde_json::from_str(number).unwrap_or_else(|_| number.as_str().into())
        }
        ContextValue::List(values) => values.iter().map(json_value).collect(),
        ContextValue::Null | ContextValue::Object => Value::Null,
    }
}

/// A value in words: texts quoted, the values of a list one after the other.
pub(super) fn value_text(of: &ContextValue) -> String {
    match of {
        ContextValue::Text(text) => quote(text),
        ContextValue::Number(number) => number.clone(),
        ContextValue::Bool(value) => value.to_string(),
        ContextValue::List(values) => values.iter().map(value_text).collect::<Vec<_>>().join(", "),
        ContextValue::Null | ContextValue::Object => "null".to_owned(),
    }
}

/// A statement by its place.
#[derive(Serialize)]
pub(super) struct Statement<'r> {
    policy: &'r str,
    id: &'r str,
    file: &'r str,
    line: u32,
    column: u32,
}

pub(super) fn statement(place: &Place) -> Statement<'_> {
    Statement {
        policy: &place.policy,
        id: &place.id,
        file: &place.file,
        line: place.line,
        column: place.column,
    }
}
