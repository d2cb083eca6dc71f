//! Options of a question from a JSON value, into the struct that the question declares. A fault names the option; an
//! unknown one comes with the nearest spellings.

use crate::error::{Error, ErrorCode, Result};
use crate::json::{Kind, Member, Value};
use crate::model::read::shown;
use crate::nearest::nearest;
use serde::de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, Visitor};
use std::collections::BTreeSet;
use std::fmt;

/// Reads the options of a question. A member that is null is not given.
///
/// # Errors
/// `bad-request` as [`super::answer`] says.
pub(in crate::analysis) fn read<T: DeserializeOwned>(question: &str, given: &Value<'_>) -> Result<T> {
    let Kind::Object(members) = &given.kind else {
        let what = format!("the options of `{question}` are an object, not of kind {}", given.kind.name());
        return Err(Error::new(ErrorCode::BadRequest, what));
    };
    T::deserialize(Options(members)).map_err(|fault| fault.of(question))
}

/// What is wrong with an option.
#[derive(Debug)]
enum Fault {
    Unknown { name: String, known: &'static [&'static str] },
    Twice(String),
    Missing(&'static str),
    Value { name: String, what: String },
    Other(String),
}

impl Fault {
    #[cold]
    fn of(self, question: &str) -> Error {
        let bad = |message: String, key: &str| Error::new(ErrorCode::BadRequest, message).with_key(key);
        match self {
            Fault::Unknown { name, known } => {
                let near = nearest(&name, known.iter().copied());
                bad(format!("`{question}` has no option `{}`", shown(&name)), &name).with_nearest(near)
            }
            Fault::Twice(name) => bad(format!("`{name}` is given twice"), &name),
            Fault::Missing(name) => bad(format!("`{question}` needs `{name}`"), name),
            Fault::Value { name, what } => bad(format!("`{name}` of `{question}`: {what}"), &name),
            Fault::Other(what) => Error::new(ErrorCode::BadRequest, format!("`{question}`: {what}")),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(what: T) -> Self {
        Fault::Other(what.to_string())
    }

    fn missing_field(name: &'static str) -> Self {
        Fault::Missing(name)
    }
}

/// The members of the object, which are asked for by the fields of a struct.
struct Options<'v, 'a>(&'v [Member<'a>]);

impl<'de> de::Deserializer<'de> for Options<'_, '_> {
    type Error = Fault;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> std::result::Result<V::Value, Fault> {
        let mut seen = BTreeSet::new();
        for member in self.0 {
            let name = member.key.as_ref();
            if !known.contains(&name) {
                return Err(Fault::Unknown { name: name.to_owned(), known });
            }
            if !seen.insert(name) {
                return Err(Fault::Twice(name.to_owned()));
            }
        }
        visitor.visit_map(Given { left: self.0.iter(), value: None })
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> std::result::Result<V::Value, Fault> {
        visitor.visit_map(Given { left: self.0.iter(), value: None })
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// The members that are given, one after the other.
struct Given<'v, 'a> {
    left: std::slice::Iter<'v, Member<'a>>,
    value: Option<&'v Member<'a>>,
}

impl<'de> MapAccess<'de> for Given<'_, '_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> std::result::Result<Option<K::Value>, Fault> {
        self.value = self.left.find(|member| member.value.kind != Kind::Null);
        let Some(member) = self.value else { return Ok(None) };
        seed.deserialize(member.key.as_ref().into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> std::result::Result<V::Value, Fault> {
        let Some(member) = self.value else { return Err(Fault::Other("there is no value".to_owned())) };
        let fault =
            |error: serde_json::Error| Fault::Value { name: member.key.to_string(), what: error.to_string() };
        seed.deserialize(json(&member.value.kind)).map_err(fault)
    }
}

/// The value as serde takes it.
fn json(kind: &Kind<'_>) -> serde_json::Value {
    match kind {
        Kind::Null => serde_json::Value::Null,
        Kind::Bool(flag) => (*flag).into(),
        Kind::Number(number) => serde_json::from_str(number).unwrap_or_else(|_| number.as_ref().into()),
        Kind::Text(text) => text.as_ref().into(),
        Kind::Array(values) => values.iter().map(|value| json(&value.kind)).collect(),
        Kind::Object(members) => {
            members.iter().map(|member| (member.key.to_string(), json(&member.value.kind))).collect()
        }
    }
}
