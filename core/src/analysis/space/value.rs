//! One value of a request and the elementary tests that operators put to it (semantics §5).
//!
//! Variables are filled in before: a text that lacks one leaves the test open wherever nothing else settles it.
//! Quantifiers and absent keys are not here.

use super::accounts::Numbers;
use super::truth::Truth;
use crate::address::{PrefixSet, canonical_bits, parse_address};
use crate::check::ContextValue;
use crate::glob::{Glob, Piece};
use crate::model::{self, Comparison, Instant, Number, Template, TemplatePart};
use std::collections::BTreeSet;

/// A value as JSON has it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Scalar {
    Text(String),
    Number(String),
    Bool(bool),
}

impl Scalar {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Scalar::Text(text) => Some(text),
            Scalar::Number(_) | Scalar::Bool(_) => None,
        }
    }

    pub(super) fn to_context(&self) -> ContextValue {
        match self {
            Scalar::Text(text) => ContextValue::Text(text.clone()),
            Scalar::Number(text) => ContextValue::Number(text.clone()),
            Scalar::Bool(value) => ContextValue::Bool(*value),
        }
    }
}

/// An operator with its values, ready to be asked of one value.
#[derive(Debug)]
pub(super) struct Elementary {
    pub(super) test: Test,
    pub(super) negated: bool,
    /// A variable was filled in, or could not be.
    pub(super) varies: bool,
}

/// What is asked, without its negation.
#[derive(Debug)]
pub(super) enum Test {
    Text { texts: BTreeSet<String>, fold: bool, open: bool },
    Like { globs: Vec<Glob>, open: bool },
    Number(Ordered<Number>),
    Date(Ordered<Instant>),
    Bool { yes: bool, no: bool },
    Address(PrefixSet),
    Presence { absent: bool, present: bool },
}

impl Elementary {
    pub(super) fn new(test: &model::Test, numbers: &Numbers) -> Self {
        let varies = templates(test).iter().any(|t| t.literal().is_none());
        let (negated, test) = compile(test, numbers);
        Elementary { test, negated, varies }
    }

    /// The answer for one value.
    pub(super) fn holds(&self, value: &Scalar) -> Truth {
        let truth = self.read(value).unwrap_or(Truth::Open);
        if self.negated { truth.not() } else { truth }
    }

    fn read(&self, value: &Scalar) -> Option<Truth> {
        match &self.test {
            Test::Text { texts, fold, open } => {
                let text = value.text()?;
                let found =
                    if *fold { texts.contains(&text.to_ascii_lowercase()) } else { texts.contains(text) };
                Some(or_open(found, *open))
            }
            Test::Like { globs, open } => {
                let text = value.text()?;
                Some(or_open(globs.iter().any(|glob| glob.matches(text)), *open))
            }
            Test::Number(wanted) => read_number(value).map(|n| Truth::known(wanted.holds(&n))),
            Test::Date(wanted) => Instant::parse(value.text()?).map(|t| Truth::known(wanted.holds(&t))),
            Test::Bool { yes, no } => read_bool(value).map(|b| Truth::known(if b { *yes } else { *no })),
            Test::Address(set) => {
                let (family, bits) = canonical_bits(parse_address(value.text()?).ok()?);
                Some(Truth::known(set.contains_bits(family, bits)))
            }
            Test::Presence { present, .. } => Some(Truth::known(*present)),
        }
    }
}

fn or_open(found: bool, open: bool) -> Truth {
    match (found, open) {
        (true, _) => Truth::Yes,
        (false, true) => Truth::Open,
        (false, false) => Truth::No,
    }
}

fn read_number(value: &Scalar) -> Option<Number> {
    match value {
        Scalar::Text(text) | Scalar::Number(text) => Number::parse(text),
        Scalar::Bool(_) => None,
    }
}

fn read_bool(value: &Scalar) -> Option<bool> {
    match value {
        Scalar::Bool(value) => Some(*value),
        Scalar::Text(text) => text.parse().ok(),
        Scalar::Number(_) => None,
    }
}

/// The texts of an operator that may hold variables.
pub(super) fn templates(test: &model::Test) -> &[Template] {
    match test {
        model::Test::Text { values, .. }
        | model::Test::Like { values, .. }
        | model::Test::Binary { values } => values,
        _ => &[],
    }
}

fn compile(test: &model::Test, numbers: &Numbers) -> (bool, Test) {
    match test {
        model::Test::Text { negated, ignore_case, values } => {
            (*negated, texts(values, *ignore_case, numbers))
        }
        model::Test::Binary { values } => (false, texts(values, false, numbers)),
        model::Test::Like { negated, values } => {
            let globs: Vec<Glob> = values.iter().filter_map(|t| glob(t, numbers)).collect();
            let open = globs.len() < values.len();
            (*negated, Test::Like { globs, open })
        }
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
            (*negated, Test::Address(PrefixSet::from_prefixes(prefixes.iter().copied())))
        }
        model::Test::Null { values } => {
            (false, Test::Presence { absent: values.contains(&true), present: values.contains(&false) })
        }
    }
}

fn texts(values: &[Template], fold: bool, numbers: &Numbers) -> Test {
    let filled = values.iter().filter_map(|t| plain(t, numbers));
    let texts: BTreeSet<String> = filled.map(|t| if fold { t.to_ascii_lowercase() } else { t }).collect();
    let open = values.iter().any(|t| plain(t, numbers).is_none());
    Test::Text { texts, fold, open }
}

/// A text with its variables filled in; none where one has no value.
pub(super) fn plain(template: &Template, numbers: &Numbers) -> Option<String> {
    let part = |part: &TemplatePart| match part {
        TemplatePart::Literal(text) => Some(text.to_string()),
        TemplatePart::Variable(variable) => numbers.get(*variable).map(str::to_owned),
    };
    template.parts.iter().map(part).collect()
}

/// A pattern with its variables filled in; none where one has no value.
pub(super) fn glob(template: &Template, numbers: &Numbers) -> Option<Glob> {
    let pieces: Option<Vec<Piece<'_>>> = template.parts.iter().map(|part| piece(part, numbers)).collect();
    pieces.map(Glob::from_pieces)
}

fn piece<'p>(part: &'p TemplatePart, numbers: &'p Numbers) -> Option<Piece<'p>> {
    match part {
        TemplatePart::Literal(text) => Some(Piece::Pattern(text)),
        TemplatePart::Variable(variable) => numbers.get(*variable).map(Piece::Literal),
    }
}

/// A comparison with any of several values: only the extremes count, or a sorted list.
#[derive(Debug)]
pub(super) struct Ordered<T> {
    comparison: Comparison,
    /// Sorted, each once.
    pub(super) values: Vec<T>,
}

impl<T: Ord + Clone> Ordered<T> {
    fn new(comparison: Comparison, values: &[T]) -> Self {
        let mut values = values.to_vec();
        values.sort();
        values.dedup();
        Ordered { comparison, values }
    }

    pub(super) fn holds(&self, value: &T) -> bool {
        let (least, greatest) = (self.values.first(), self.values.last());
        match self.comparison {
            Comparison::Equal | Comparison::NotEqual => self.values.binary_search(value).is_ok(),
            Comparison::Less => greatest.is_some_and(|bound| value < bound),
            Comparison::LessEqual => greatest.is_some_and(|bound| value <= bound),
            Comparison::Greater => least.is_some_and(|bound| value > bound),
            Comparison::GreaterEqual => least.is_some_and(|bound| value >= bound),
        }
    }
}
