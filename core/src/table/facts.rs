//! What a request hands over to conditions (semantics §5): keys with their values, and what variables stand for.

use super::layer::Address;
use super::memory::{Memory, Part, hashed};
use crate::address;
use crate::check::ContextValue;
use crate::model::{Instant, Variable};
use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

/// A key of conditions, resolved once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// `qcs:ip`
    Address,
    /// `qcs:current_time`
    Time,
    /// `qcs:uin`
    Uin,
    /// `qcs:owner_uin`
    OwnerUin,
    /// A key of the context, by number.
    Context(u32),
    /// A tag key of the context: not handed over where the action has no tag authorization.
    Tag(u32),
}

/// Keys that come from the request's address, time and accounts.
pub(crate) const OWN_KEYS: [&str; 4] = ["qcs:ip", "qcs:current_time", "qcs:uin", "qcs:owner_uin"];
const TAG_KEYS: [&str; 3] = ["qcs:resource_tag", "qcs:request_tag", "qcs:tag"];

/// The keys that some condition of the set reads, numbered.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    numbers: HashMap<Arc<str>, u32, foldhash::fast::RandomState>,
}

impl Keys {
    /// Resolves a key of a policy.
    pub(super) fn resolve(&mut self, key: &Arc<str>) -> Key {
        if let Some(known) = self.known(key) {
            return known;
        }
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        self.numbers.insert(key.clone(), next);
        if TAG_KEYS.contains(&key.as_ref()) { Key::Tag(next) } else { Key::Context(next) }
    }

    /// The key of a condition, where the set has it.
    pub(super) fn known(&self, name: &str) -> Option<Key> {
        match name {
            "qcs:ip" => Some(Key::Address),
            "qcs:current_time" => Some(Key::Time),
            "qcs:uin" => Some(Key::Uin),
            "qcs:owner_uin" => Some(Key::OwnerUin),
            _ => {
                let number = *self.numbers.get(name)?;
                Some(if TAG_KEYS.contains(&name) { Key::Tag(number) } else { Key::Context(number) })
            }
        }
    }

    pub(super) fn measure(&self, memory: &mut Memory) {
        memory.add(Part::Names, hashed(self.numbers.capacity(), size_of::<(Arc<str>, u32)>()));
        self.numbers.keys().for_each(|key| memory.text(Part::Names, key));
    }

    /// The keys of contexts, by number.
    pub(super) fn by_number(&self) -> Vec<&str> {
        let mut all: Vec<(u32, &str)> =
            self.numbers.iter().map(|(name, number)| (*number, name.as_ref())).collect();
        all.sort_unstable();
        all.into_iter().map(|(_, name)| name).collect()
    }

    /// Keys by number; none where one stands twice, or comes from the request itself.
    pub(super) fn of(names: Vec<&str>) -> Option<Self> {
        let count = names.len();
        let own = names.iter().any(|name| OWN_KEYS.contains(name));
        let numbers: HashMap<Arc<str>, u32, _> = names.into_iter().map(Arc::from).zip(0u32..).collect();
        (numbers.len() == count && !own).then_some(Keys { numbers })
    }

    /// The values of a context that some condition could read; an empty list is an absent key.
    pub(crate) fn values<'a>(&self, context: &'a [(String, ContextValue)]) -> Vec<(u32, &'a ContextValue)> {
        let given =
            context.iter().filter(|(_, value)| !matches!(value, ContextValue::List(l) if l.is_empty()));
        let known = given.filter_map(|(key, value)| Some((*self.numbers.get(key.as_str())?, value)));
        let mut values: Vec<(u32, &ContextValue)> = known.collect();
        values.sort_by_key(|(number, _)| *number);
        values
    }
}

/// What the three variables stand for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Variables<'a> {
    pub(crate) uin: Option<&'a str>,
    pub(crate) owner_uin: Option<&'a str>,
    pub(crate) app_id: Option<&'a str>,
}

impl<'a> Variables<'a> {
    pub(crate) fn get(&self, variable: Variable) -> Option<&'a str> {
        match variable {
            Variable::Uin => self.uin,
            Variable::OwnerUin => self.owner_uin,
            Variable::AppId => self.app_id,
        }
    }
}

/// What one request hands over.
#[derive(Debug, Default)]
pub(crate) struct Facts<'a> {
    /// The address, where the action is handed one.
    pub(super) address: Address,
    /// The time.
    pub(super) time: Option<Instant>,
    /// Whether tags are handed over.
    pub(super) tags: bool,
    pub(crate) variables: Variables<'a>,
    /// By number of the key, ascending.
    pub(super) context: Vec<(u32, &'a ContextValue)>,
    texts: Texts,
}

/// Canonical texts, made when an operator wants them.
#[derive(Debug, Default)]
struct Texts {
    address: OnceCell<String>,
    time: OnceCell<String>,
}

/// One value of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar<'a> {
    Text(&'a str),
    Number(&'a str),
    Bool(bool),
}

/// The values of a key: at least one.
#[derive(Debug, Clone, Copy)]
pub(super) enum Values<'a> {
    One(Scalar<'a>),
    Many(&'a [ContextValue]),
}

impl<'a> Values<'a> {
    pub(super) fn iter(self) -> impl Iterator<Item = Scalar<'a>> {
        let (one, many) = match self {
            Values::One(scalar) => (Some(scalar), [].as_slice()),
            Values::Many(values) => (None, values),
        };
        one.into_iter().chain(many.iter().filter_map(scalar))
    }
}

/// `null`, lists and objects are no values: a request that holds one was refused before.
fn scalar(value: &ContextValue) -> Option<Scalar<'_>> {
    match value {
        ContextValue::Text(text) => Some(Scalar::Text(text)),
        ContextValue::Number(text) => Some(Scalar::Number(text)),
        ContextValue::Bool(value) => Some(Scalar::Bool(*value)),
        ContextValue::Null | ContextValue::List(_) | ContextValue::Object => None,
    }
}

impl<'a> Facts<'a> {
    /// What is handed over, with keys of the context resolved.
    pub(crate) fn new(
        address: Address,
        time: Option<Instant>,
        tags: bool,
        variables: Variables<'a>,
        context: Vec<(u32, &'a ContextValue)>,
    ) -> Self {
        Facts { address, time, tags, variables, context, texts: Texts::default() }
    }

    /// The values of a key; none where it is absent or not handed over.
    pub(super) fn values<'f>(&'f self, key: Key) -> Option<Values<'f>>
    where
        'a: 'f,
    {
        match key {
            Key::Address => self.address_text().map(|text| Values::One(Scalar::Text(text))),
            Key::Time => self.time_text().map(|text| Values::One(Scalar::Text(text))),
            Key::Uin => self.variables.uin.map(|text| Values::One(Scalar::Text(text))),
            Key::OwnerUin => self.variables.owner_uin.map(|text| Values::One(Scalar::Text(text))),
            Key::Tag(_) if !self.tags => None,
            Key::Tag(number) | Key::Context(number) => self.of_context(number),
        }
    }

    /// Whether a key is there, without making its text.
    pub(super) fn is_present(&self, key: Key) -> bool {
        match key {
            Key::Address => self.address.is_some(),
            Key::Time => self.time.is_some(),
            _ => self.values(key).is_some(),
        }
    }

    fn of_context(&self, number: u32) -> Option<Values<'a>> {
        let at = self.context.binary_search_by_key(&number, |(n, _)| *n).ok()?;
        match self.context.get(at)?.1 {
            ContextValue::List(values) => Some(Values::Many(values)),
            one => scalar(one).map(Values::One),
        }
    }

    /// Canonical text: dotted IPv4, RFC 5952 IPv6.
    fn address_text(&self) -> Option<&str> {
        let (family, bits) = self.address?;
        Some(self.texts.address.get_or_init(|| address::address(family, bits).to_string()))
    }

    /// Canonical text: `YYYY-MM-DDThh:mm:ss[.f]Z`.
    fn time_text(&self) -> Option<&str> {
        let time = self.time?;
        Some(self.texts.time.get_or_init(|| time.to_string()))
    }
}
