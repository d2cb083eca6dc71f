//! An operator with its values, gathered one value after the other (semantics §5).

use super::operator::Operator;
use super::place::Place;
use super::repeated::Repeated;
use super::value::{Literal, read_bool, read_instant, read_number, read_prefix, read_template};
use crate::address::Prefix;
use crate::model::{Comparison, Instant, Number, Template, Test, WrittenAddress};
use passgate_grammar::Diagnostic;

/// Gathers the values of one operator and one key.
///
/// ```
/// use passgate::grammar::Span;
/// use passgate::model::read::{Literal, Operator, Place, TestBuilder};
/// let (place, mut out) = (Place::new(Span::default()), Vec::new());
/// let mut values = TestBuilder::new(Operator::Ip { negated: false });
/// values.push(Literal::Text("10.0.0.5/24"), place, &mut out);
/// assert!(values.finish(&mut out).is_some());
/// assert_eq!(out[0].code.as_str(), "host-bits-set");
/// ```
#[derive(Debug)]
pub struct TestBuilder {
    operator: Operator,
    values: Values,
    repeated: Repeated<Member>,
    faulty: bool,
}

/// A value, to be compared with others of its list.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Member {
    Text(Template),
    Number(Number),
    Instant(Instant),
    Bool(bool),
    Prefix(Prefix),
}

#[derive(Debug)]
enum Values {
    Texts(Vec<Template>),
    Numbers(Vec<Number>),
    Instants(Vec<Instant>),
    Bools(Vec<bool>),
    Prefixes { prefixes: Vec<Prefix>, written: Vec<WrittenAddress> },
}

impl TestBuilder {
    /// No values yet.
    pub fn new(operator: Operator) -> Self {
        let values = match operator {
            Operator::Text { .. } | Operator::Like { .. } | Operator::Binary => Values::Texts(Vec::new()),
            Operator::Number(_) => Values::Numbers(Vec::new()),
            Operator::Date(_) => Values::Instants(Vec::new()),
            Operator::Bool | Operator::Null => Values::Bools(Vec::new()),
            Operator::Ip { .. } => Values::Prefixes { prefixes: Vec::new(), written: Vec::new() },
        };
        TestBuilder { operator, values, repeated: Repeated::default(), faulty: false }
    }

    /// Reads one value; what is wrong with it is pushed, and no test comes of it then.
    pub fn push(&mut self, value: Literal<'_>, place: Place<'_>, out: &mut Vec<Diagnostic>) {
        let read = match &mut self.values {
            Values::Texts(all) => read_template(value, place, out).map(|v| Member::Text(pushed(all, v))),
            Values::Numbers(all) => read_number(value, place, out).map(|v| Member::Number(pushed(all, v))),
            Values::Instants(all) => read_instant(value, place, out).map(|v| Member::Instant(pushed(all, v))),
            Values::Bools(all) => read_bool(value, place, out).map(|v| Member::Bool(pushed(all, v))),
            Values::Prefixes { prefixes, written } => read_prefix(value, place, out).map(|v| {
                if v.host_bits {
                    written.push(WrittenAddress { place: prefixes.len(), address: v.address });
                }
                Member::Prefix(pushed(prefixes, v.prefix))
            }),
        };
        self.faulty |= read.is_none();
        match read {
            Some(member) => self.repeated.member(member, value.text(), place),
            None => self.repeated.skip(place),
        }
    }

    /// The test; `None` where a value could not be read or none was pushed.
    ///
    /// Pushes `duplicate` (a warning) for values that stand twice.
    pub fn finish(self, out: &mut Vec<Diagnostic>) -> Option<Test> {
        out.extend(self.repeated.finish());
        let empty = match &self.values {
            Values::Texts(all) => all.is_empty(),
            Values::Numbers(all) => all.is_empty(),
            Values::Instants(all) => all.is_empty(),
            Values::Bools(all) => all.is_empty(),
            Values::Prefixes { prefixes, .. } => prefixes.is_empty(),
        };
        if self.faulty || empty { None } else { self.values.test(self.operator) }
    }
}

fn pushed<T: Clone>(all: &mut Vec<T>, value: T) -> T {
    all.push(value.clone());
    value
}

impl Values {
    /// `None` cannot be: the builder chose the values by the operator.
    fn test(self, operator: Operator) -> Option<Test> {
        Some(match (operator, self) {
            (Operator::Text { negated, ignore_case }, Values::Texts(values)) => {
                Test::Text { negated, ignore_case, values }
            }
            (Operator::Like { negated }, Values::Texts(values)) => Test::Like { negated, values },
            (Operator::Binary, Values::Texts(values)) => Test::Binary { values },
            (Operator::Number(comparison), Values::Numbers(values)) => Test::Number { comparison, values },
            (Operator::Date(comparison), Values::Instants(values)) => Test::Date { comparison, values },
            (Operator::Bool, Values::Bools(values)) => Test::Bool { values },
            (Operator::Null, Values::Bools(values)) => Test::Null { values },
            (Operator::Ip { negated }, Values::Prefixes { prefixes, written }) => {
                Test::Ip { negated, prefixes: prefixes.into(), written: written.into() }
            }
            _ => return None,
        })
    }
}

/// The operator of a test, for those who write one.
impl Test {
    /// Its operator, without qualifier and `_if_exist`.
    pub fn operator(&self) -> Operator {
        match self {
            Test::Text { negated, ignore_case, .. } => {
                Operator::Text { negated: *negated, ignore_case: *ignore_case }
            }
            Test::Like { negated, .. } => Operator::Like { negated: *negated },
            Test::Binary { .. } => Operator::Binary,
            Test::Number { comparison, .. } => Operator::Number(*comparison),
            Test::Date { comparison, .. } => Operator::Date(*comparison),
            Test::Bool { .. } => Operator::Bool,
            Test::Ip { negated, .. } => Operator::Ip { negated: *negated },
            Test::Null { .. } => Operator::Null,
        }
    }
}

impl Comparison {
    /// Whether it asks for inequality.
    pub fn is_negative(self) -> bool {
        self == Comparison::NotEqual
    }
}
