//! Conditions compiled (semantics §5): values sorted, hashed or turned into patterns once, keys by number.
//!
//! Conditions on the caller's address are not here but in `address`, except operators that read it as text.

use super::facts::{Facts, Key, Keys, Scalar, Values};
use super::intervals::AddressSet;
use super::memory::{Heap, Memory, Part};
use super::text::{Pattern, Texts};
use super::truth::{Cause, Truth};
use crate::address::{PrefixSet, canonical_bits, parse_address};
use crate::model::{self, Comparison, Instant, Number, Qualifier};
use std::sync::Arc;

/// A condition, ready to be asked.
#[derive(Debug)]
pub(super) struct Condition {
    pub(super) key: Key,
    pub(super) name: Arc<str>,
    pub(super) if_exist: bool,
    /// Whether every value of the request must satisfy it, or some one.
    pub(super) every: bool,
    /// Whether the test is turned round for each value.
    pub(super) negated: bool,
    pub(super) test: Test,
}

#[derive(Debug)]
pub(super) enum Test {
    Text(Texts),
    Like(Box<[Pattern]>),
    Number(Ordered<Number>),
    Date(Ordered<Instant>),
    Bool { yes: bool, no: bool },
    Address(AddressSet),
    Presence { absent: bool, present: bool },
}

impl Condition {
    pub(super) fn new(condition: &model::Condition, keys: &mut Keys) -> Self {
        Self::with_key(condition, keys.resolve(&condition.key))
    }

    /// A condition of the set, whose key is known.
    pub(super) fn known(condition: &model::Condition, keys: &Keys) -> Option<Self> {
        Some(Self::with_key(condition, keys.known(&condition.key)?))
    }

    fn with_key(condition: &model::Condition, key: Key) -> Self {
        let (negated, test) = compile(&condition.test);
        let every = match condition.qualifier {
            Some(Qualifier::Any) => false,
            Some(Qualifier::All) => true,
            None => negated,
        };
        Condition { key, name: condition.key.clone(), if_exist: condition.if_exist, every, negated, test }
    }

    /// The answer where nothing is handed over for its key: `address` and `tags` say what the action is handed.
    /// None where the request decides.
    pub(super) fn without(&self, address: bool, tags: bool) -> Option<bool> {
        let withheld = match self.key {
            Key::Address => !address,
            Key::Tag(_) => !tags,
            _ => false,
        };
        withheld.then(|| self.absent())
    }

    fn absent(&self) -> bool {
        match self.test {
            Test::Presence { absent, .. } => absent,
            _ => self.if_exist,
        }
    }

    /// Whether it holds for a request. An absent key is decided without reading values.
    pub(super) fn holds<'a>(&'a self, facts: &Facts<'_>) -> Truth<'a> {
        if let Test::Presence { absent, present } = self.test {
            return Truth::known(if facts.is_present(self.key) { present } else { absent });
        }
        if let (Key::Time, Test::Date(wanted)) = (self.key, &self.test) {
            let Some(time) = facts.time else { return Truth::known(self.if_exist) };
            return Truth::known(wanted.hold(&time) != self.negated);
        }
        match facts.values(self.key) {
            None => Truth::known(self.if_exist),
            Some(values) => self.many(values, facts),
        }
    }

    fn many<'a>(&'a self, values: Values<'_>, facts: &Facts<'_>) -> Truth<'a> {
        let each = values.iter().map(|value| self.one(value, facts));
        if self.every { Truth::all(each) } else { Truth::any(each) }
    }

    fn one<'a>(&'a self, value: Scalar<'_>, facts: &Facts<'_>) -> Truth<'a> {
        let found = self.test.read(value, facts, &self.name);
        let truth = found.unwrap_or(Truth::Open(Cause { variable: None, key: &self.name }));
        if self.negated { truth.negated() } else { truth }
    }
}

impl Condition {
    /// Counts what it holds, itself not.
    pub(super) fn measure(&self, memory: &mut Memory) {
        memory.text(Part::Residuals, &self.name);
        let held = match &self.test {
            Test::Text(texts) => texts.heap(),
            Test::Like(patterns) => patterns.heap(),
            Test::Number(wanted) => wanted.held(Number::digits),
            Test::Date(wanted) => wanted.held(|_| 0),
            Test::Address(set) => return set.measure(memory),
            Test::Bool { .. } | Test::Presence { .. } => 0,
        };
        memory.add(Part::Residuals, held);
    }
}

impl Test {
    /// Whether one value of the request satisfies the positive test; none where the operator cannot read it.
    fn read<'a>(&self, value: Scalar<'_>, facts: &Facts<'_>, key: &'a str) -> Option<Truth<'a>> {
        let text = match value {
            Scalar::Text(text) => Some(text),
            Scalar::Number(_) | Scalar::Bool(_) => None,
        };
        match self {
            Test::Text(texts) => Some(texts.hold(text?, &facts.variables, key)),
            Test::Like(patterns) => {
                let text = text?;
                Some(Truth::any(patterns.iter().map(|p| p.covers(text, &facts.variables, Some(key)))))
            }
            Test::Number(wanted) => read_number(value).map(|n| Truth::known(wanted.hold(&n))),
            Test::Date(wanted) => Instant::parse(text?).map(|t| Truth::known(wanted.hold(&t))),
            Test::Bool { yes, no } => read_bool(value).map(|b| Truth::known(if b { *yes } else { *no })),
            Test::Address(set) => {
                let (family, bits) = canonical_bits(parse_address(text?).ok()?);
                Some(Truth::known(set.contains(family, bits)))
            }
            Test::Presence { present, .. } => Some(Truth::known(*present)),
        }
    }
}

fn read_number(value: Scalar<'_>) -> Option<Number> {
    match value {
        Scalar::Text(text) | Scalar::Number(text) => Number::parse(text),
        Scalar::Bool(_) => None,
    }
}

fn read_bool(value: Scalar<'_>) -> Option<bool> {
    match value {
        Scalar::Bool(value) => Some(value),
        Scalar::Text("true") => Some(true),
        Scalar::Text("false") => Some(false),
        Scalar::Text(_) | Scalar::Number(_) => None,
    }
}

/// Whether the test is negative, and its positive form.
fn compile(test: &model::Test) -> (bool, Test) {
    match test {
        model::Test::Text { negated, ignore_case, values } => {
            (*negated, Test::Text(Texts::new(values, *ignore_case)))
        }
        model::Test::Like { negated, values } => {
            (*negated, Test::Like(values.iter().map(Pattern::new).collect()))
        }
        model::Test::Binary { values } => (false, Test::Text(Texts::new(values, false))),
        model::Test::Number { comparison, values } => {
            (*comparison == Comparison::NotEqual, Test::Number(Ordered::new(*comparison, values)))
        }
        model::Test::Date { comparison, values } => {
            (*comparison == Comparison::NotEqual, Test::Date(Ordered::new(*comparison, values)))
        }
        model::Test::Bool { values } => {
            (false, Test::Bool { yes: values.contains(&true), no: values.contains(&false) })
        }
        model::Test::Ip { negated, prefixes, .. } => {
            let set = PrefixSet::from_prefixes(prefixes.iter().copied());
            (*negated, Test::Address(AddressSet::new(&set)))
        }
        model::Test::Null { values } => {
            (false, Test::Presence { absent: values.contains(&true), present: values.contains(&false) })
        }
    }
}

/// A comparison with any of several values: only the extremes count, or a sorted list.
#[derive(Debug)]
pub(super) enum Ordered<T> {
    OneOf(Box<[T]>),
    Below(Option<T>),
    AtMost(Option<T>),
    Above(Option<T>),
    AtLeast(Option<T>),
}

impl<T: Ord + Clone> Ordered<T> {
    fn new(comparison: Comparison, values: &[T]) -> Self {
        let (least, greatest) = (values.iter().min().cloned(), values.iter().max().cloned());
        match comparison {
            Comparison::Equal | Comparison::NotEqual => {
                let mut sorted = values.to_vec();
                sorted.sort();
                sorted.dedup();
                Ordered::OneOf(sorted.into())
            }
            Comparison::Less => Ordered::Below(greatest),
            Comparison::LessEqual => Ordered::AtMost(greatest),
            Comparison::Greater => Ordered::Above(least),
            Comparison::GreaterEqual => Ordered::AtLeast(least),
        }
    }

    /// Bytes it holds; `each` says what a value does.
    fn held(&self, each: impl Fn(&T) -> usize) -> usize {
        match self {
            Ordered::OneOf(sorted) => size_of_val::<[T]>(sorted) + sorted.iter().map(each).sum::<usize>(),
            Ordered::Below(bound)
            | Ordered::AtMost(bound)
            | Ordered::Above(bound)
            | Ordered::AtLeast(bound) => bound.as_ref().map_or(0, each),
        }
    }

    fn hold(&self, value: &T) -> bool {
        match self {
            Ordered::OneOf(sorted) => sorted.binary_search(value).is_ok(),
            Ordered::Below(bound) => bound.as_ref().is_some_and(|b| value < b),
            Ordered::AtMost(bound) => bound.as_ref().is_some_and(|b| value <= b),
            Ordered::Above(bound) => bound.as_ref().is_some_and(|b| value > b),
            Ordered::AtLeast(bound) => bound.as_ref().is_some_and(|b| value >= b),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::ContextValue;
    use crate::model::Template;
    use passgate_grammar::Span;

    fn text(value: &str) -> ContextValue {
        ContextValue::Text(value.into())
    }

    fn many(values: &[&str]) -> ContextValue {
        ContextValue::List(values.iter().map(|v| text(v)).collect())
    }

    fn condition(test: model::Test, qualifier: Option<Qualifier>, if_exist: bool) -> model::Condition {
        model::Condition { qualifier, if_exist, test, key: "k".into(), span: Span::default() }
    }

    fn ask(condition: &model::Condition, value: Option<ContextValue>) -> Option<bool> {
        let mut keys = Keys::default();
        let compiled = Condition::new(condition, &mut keys);
        let context: Vec<(String, ContextValue)> = value.into_iter().map(|v| ("k".into(), v)).collect();
        let mut facts = Facts::default();
        facts.context = keys.values(&context);
        match compiled.holds(&facts) {
            Truth::Yes => Some(true),
            Truth::No => Some(false),
            Truth::Open(cause) => {
                assert_eq!((cause.key, cause.variable), ("k", None));
                None
            }
        }
    }

    fn equal(negated: bool) -> model::Test {
        let values = vec![Template::parse("a").unwrap(), Template::parse("b").unwrap()];
        model::Test::Text { negated, ignore_case: false, values }
    }

    #[test]
    fn positive_operators_want_any_value_and_negative_ones_all() {
        let positive = condition(equal(false), None, false);
        let negative = condition(equal(true), None, false);
        assert_eq!(ask(&positive, Some(many(&["x", "b"]))), Some(true));
        assert_eq!(ask(&negative, Some(many(&["x", "b"]))), Some(false));
        assert_eq!(ask(&negative, Some(many(&["x", "y"]))), Some(true));
        let some_other = condition(equal(true), Some(Qualifier::Any), false);
        assert_eq!(ask(&some_other, Some(many(&["x", "b"]))), Some(true));
        let all_equal = condition(equal(false), Some(Qualifier::All), false);
        assert_eq!(ask(&all_equal, Some(many(&["a", "b"]))), Some(true));
        assert_eq!(ask(&all_equal, Some(many(&["a", "x"]))), Some(false));
    }

    #[test]
    fn absent_keys_satisfy_only_if_exist() {
        for negated in [false, true] {
            assert_eq!(ask(&condition(equal(negated), None, false), None), Some(false));
            assert_eq!(ask(&condition(equal(negated), None, true), None), Some(true));
            assert_eq!(ask(&condition(equal(negated), None, true), Some(many(&[]))), Some(true));
        }
        let null = |values: &[bool]| condition(model::Test::Null { values: values.to_vec() }, None, false);
        assert_eq!(ask(&null(&[true]), None), Some(true));
        assert_eq!(ask(&null(&[true]), Some(text("x"))), Some(false));
        assert_eq!(ask(&null(&[false]), Some(ContextValue::Number("1".into()))), Some(true));
        assert_eq!(ask(&null(&[true, false]), None), Some(true));
    }

    #[test]
    fn orderings_compare_with_any_of_their_values() {
        let number = |comparison| {
            let values = ["1", "5.0"].map(|n| Number::parse(n).unwrap()).to_vec();
            condition(model::Test::Number { comparison, values }, None, false)
        };
        let cases = [
            (Comparison::Equal, "5", true),
            (Comparison::NotEqual, "5e0", false),
            (Comparison::Less, "4", true),
            (Comparison::Less, "5", false),
            (Comparison::LessEqual, "5", true),
            (Comparison::Greater, "1", false),
            (Comparison::Greater, "2", true),
            (Comparison::GreaterEqual, "1", true),
            (Comparison::GreaterEqual, "0.9", false),
        ];
        for (comparison, value, expected) in cases {
            assert_eq!(ask(&number(comparison), Some(text(value))), Some(expected), "{comparison:?} {value}");
        }
        assert_eq!(ask(&number(Comparison::Less), Some(text("x"))), None);
        assert_eq!(ask(&number(Comparison::Less), Some(many(&["x", "4"]))), Some(true));
        assert_eq!(ask(&number(Comparison::NotEqual), Some(many(&["x", "5"]))), Some(false));
        assert_eq!(ask(&number(Comparison::Less), Some(ContextValue::Bool(true))), None);
    }
}
