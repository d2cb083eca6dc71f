//! A value of a request's context as JSON.

use crate::check::ContextValue;
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
