//! Conditions: each spelling of the language's table becomes an operator over a key.
//!
//! `unless P` is exactly not P. A negative operator says it where CAM has one, with `_if_exist`, since P does not
//! hold of an absent key; where it has none, the operator or the value is turned round. A quantifier turns with it:
//! not (some value …) is (every value not …).

use super::Resolver;
use super::values::Kind;
use crate::model::read::{Operator, OperatorForm, Place, TestBuilder, check_operator_key, read_key};
use crate::model::{Comparison, Condition, Qualifier, Test};
use passgate_grammar::text::name_text;
use passgate_grammar::tree::{Check, CheckKind, Cond, CondTest, Order, Quantifier, Value, ValueKind};
use passgate_grammar::{Diagnostic, Safety, Span, code};
use std::sync::Arc;

/// A check with its values read.
struct Asked {
    operator: Operator,
    test: Test,
    /// Written with `not`.
    negated: bool,
}

impl Resolver<'_> {
    /// A condition after `when`.
    pub(super) fn when(&mut self, cond: &Cond) -> Option<Condition> {
        let key = self.key(cond);
        let qualifier = cond.quantifier.map(qualifier);
        let (asked, if_exist) = match &cond.test {
            CondTest::Present => (self.presence(cond, false), false),
            CondTest::Absent => (self.presence(cond, true), false),
            CondTest::Check(check) => (self.check(cond, check), false),
            CondTest::AbsentOr(check) => (self.absent_or(cond, check), true),
        };
        self.condition(cond, key?, asked?, qualifier, if_exist)
    }

    /// A condition after `unless`: the opposite.
    pub(super) fn unless(&mut self, cond: &Cond) -> Option<Condition> {
        let key = self.key(cond);
        let CondTest::Check(check) = &cond.test else {
            let told = Diagnostic::error(code::BAD_CLAUSE, cond.span, "`unless` takes a check of a value");
            let help = match cond.test {
                CondTest::Present => "write `when KEY is absent`",
                CondTest::Absent => "write `when KEY is present`",
                _ => "write what must hold, after `when`",
            };
            self.out.push(told.help(help));
            return None;
        };
        let asked = self.check(cond, check)?;
        let (asked, qualifier) = self.turned(cond, check, asked)?;
        self.condition(cond, key?, asked, qualifier, true)
    }

    fn condition(
        &mut self,
        cond: &Cond,
        key: Arc<str>,
        asked: Asked,
        qualifier: Option<Qualifier>,
        if_exist: bool,
    ) -> Option<Condition> {
        let form = OperatorForm { qualifier, operator: asked.operator, if_exist };
        check_operator_key(form, &key, Place::new(cond.key.span), &mut self.out)?;
        Some(Condition { qualifier, if_exist, test: asked.test, key, span: cond.span })
    }

    fn key(&mut self, cond: &Cond) -> Option<Arc<str>> {
        let text = name_text(self.sources, &cond.key);
        if let Some(known) = self.keys.get(text.as_ref()) {
            return Some(known.clone());
        }
        let told = self.out.len();
        let key: Arc<str> = read_key(&text, Place::new(cond.key.span), &mut self.out)?.into();
        if self.out.len() == told {
            self.keys.insert(key.clone());
        }
        Some(key)
    }

    fn presence(&mut self, cond: &Cond, absent: bool) -> Option<Asked> {
        if cond.quantifier.is_some() {
            let message = "`any` and `every` speak of values; a key is present or absent as a whole";
            let told = Diagnostic::error(code::BAD_CLAUSE, cond.span, message);
            let first = Span { end: cond.key.span.start, ..cond.span };
            self.out.push(told.fix("without the quantifier", first, "", Safety::Safe));
            return None;
        }
        Some(Asked { operator: Operator::Null, test: Test::Null { values: vec![absent] }, negated: false })
    }

    fn absent_or(&mut self, cond: &Cond, check: &Check) -> Option<Asked> {
        let asked = self.check(cond, check)?;
        if !asked.negated {
            return Some(asked);
        }
        let message = "`is absent or` is not followed by `not`: `unless` says the same";
        let told = Diagnostic::error(code::BAD_CLAUSE, cond.span, message);
        let key = self.slice(cond.key.span);
        let opposite = match cond.quantifier {
            None => "",
            Some(Quantifier::Any) => "every ",
            Some(Quantifier::Every) => "any ",
        };
        let help = format!("write `unless {opposite}{key} {}`", without_not(self.slice(check.span)));
        self.out.push(told.help(help));
        None
    }

    fn check(&mut self, cond: &Cond, check: &Check) -> Option<Asked> {
        match &check.kind {
            CheckKind::Is { negated, values, .. } => {
                let kind = self.kind_of(values)?;
                let operator = self.equality(cond, check, kind)?;
                self.asked(operator, values, *negated)
            }
            CheckKind::Like { negated, values } => {
                if self.kind_of(values)? != Kind::Text {
                    let message = "`like` compares text: its patterns stand in quotes";
                    self.out.push(Diagnostic::error(code::BAD_VALUE, check.span, message));
                    return None;
                }
                self.asked(Operator::Like { negated: *negated }, values, *negated)
            }
            CheckKind::In { negated, expr } => {
                self.after = "after `in`";
                let network = self.network(expr);
                self.after = "here";
                let (prefixes, written) = (network.prefixes, network.written);
                let test = Test::Ip { negated: *negated, prefixes, written };
                Some(Asked { operator: Operator::Ip { negated: *negated }, test, negated: *negated })
            }
            CheckKind::Order { order, value } => {
                let operator = match self.kind_of(std::slice::from_ref(value))? {
                    Kind::Number => Operator::Number(comparison(*order)),
                    Kind::Instant => Operator::Date(comparison(*order)),
                    Kind::Text | Kind::Bool => {
                        let message = "`<`, `<=`, `>` and `>=` compare numbers and instants";
                        let told = Diagnostic::error(code::BAD_VALUE, value.span, message);
                        self.out.push(told.help("numbers and instants stand without quotes"));
                        return None;
                    }
                };
                self.asked(operator, std::slice::from_ref(value), false)
            }
        }
    }

    /// The operator of `is`, by the kind of its values.
    fn equality(&mut self, cond: &Cond, check: &Check, kind: Kind) -> Option<Operator> {
        let CheckKind::Is { negated, bytes, ignoring_case, .. } = check.kind else { return None };
        let equal = if negated { Comparison::NotEqual } else { Comparison::Equal };
        let wrong = match kind {
            Kind::Text if bytes && negated => {
                self.no_negative(check, "binary_equal", "say which bytes are meant, or write two statements");
                return None;
            }
            Kind::Text if bytes && ignoring_case => {
                "bytes are compared as they are: `ignoring case` is for text"
            }
            Kind::Text if bytes => return Some(Operator::Binary),
            Kind::Text => return Some(Operator::Text { negated, ignore_case: ignoring_case }),
            _ if bytes => "`bytes` is followed by text in quotes",
            _ if ignoring_case => "`ignoring case` is for text",
            Kind::Number => return Some(Operator::Number(equal)),
            Kind::Instant => return Some(Operator::Date(equal)),
            Kind::Bool if negated => {
                self.no_negative_bool(cond, check);
                return None;
            }
            Kind::Bool => return Some(Operator::Bool),
        };
        self.out.push(Diagnostic::error(code::BAD_VALUE, check.span, wrong));
        None
    }

    fn no_negative_bool(&mut self, cond: &Cond, check: &Check) {
        let key = self.slice(cond.key.span);
        let asks_false = matches!(&check.kind, CheckKind::Is { values, .. }
            if values.first().is_some_and(|v| v.kind == ValueKind::False));
        let (this, other) = if asks_false { ("false", "true") } else { ("true", "false") };
        let absent = format!("`unless {key} is {this}` (also where `{key}` is absent)");
        self.no_negative(check, "bool_equal", &format!("{absent}, or `when {key} is {other}`"));
    }

    fn no_negative(&mut self, check: &Check, operator: &str, help: &str) {
        let span = word_in(self.slice(check.span), check.span, "not").unwrap_or(check.span);
        let message = format!("CAM has no negative of `{operator}`");
        self.out.push(Diagnostic::error(code::NO_NEGATIVE, span, message).help(help));
    }

    fn asked(&mut self, operator: Operator, values: &[Value], negated: bool) -> Option<Asked> {
        let mut builder = TestBuilder::new(operator);
        for value in values {
            self.push_value(&mut builder, *value);
        }
        let told = self.out.len();
        let test = builder.finish(&mut self.out);
        self.keep_comments(told);
        Some(Asked { operator, test: test?, negated })
    }

    /// Not `asked`, with the quantifier that goes with it.
    fn turned(&mut self, cond: &Cond, check: &Check, asked: Asked) -> Option<(Asked, Option<Qualifier>)> {
        let opposite = cond.quantifier.map(|q| match q {
            Quantifier::Any => Qualifier::All,
            Quantifier::Every => Qualifier::Any,
        });
        let every = opposite.or(Some(Qualifier::All));
        if asked.negated {
            let span = word_in(self.slice(check.span), check.span, "not").unwrap_or(check.span);
            let told = Diagnostic::error(code::BAD_CLAUSE, span, "`unless` takes a condition without `not`");
            let rest = without_not(self.slice(check.span));
            let key = self.slice(cond.key.span);
            self.out.push(told.help(format!("`when {key} {rest}`, where the key must be present")));
            return None;
        }
        let (test, qualifier) = match asked.test {
            Test::Text { ignore_case, values, .. } => {
                (Test::Text { negated: true, ignore_case, values }, opposite)
            }
            Test::Like { values, .. } => (Test::Like { negated: true, values }, opposite),
            Test::Ip { prefixes, written, .. } => (Test::Ip { negated: true, prefixes, written }, opposite),
            Test::Number { comparison: Comparison::Equal, values } => {
                (Test::Number { comparison: Comparison::NotEqual, values }, opposite)
            }
            Test::Date { comparison: Comparison::Equal, values } => {
                (Test::Date { comparison: Comparison::NotEqual, values }, opposite)
            }
            Test::Number { comparison, values } => {
                (Test::Number { comparison: flipped(comparison), values }, every)
            }
            Test::Date { comparison, values } => {
                (Test::Date { comparison: flipped(comparison), values }, every)
            }
            Test::Bool { values } => (Test::Bool { values: self.other_bool(check, &values)? }, every),
            Test::Binary { .. } | Test::Null { .. } => {
                self.no_negative(check, "binary_equal", "two statements, or `when KEY is bytes …`");
                return None;
            }
        };
        Some((Asked { operator: test.operator(), test, negated: true }, qualifier))
    }

    fn other_bool(&mut self, check: &Check, values: &[bool]) -> Option<Vec<bool>> {
        let first = values.first().copied()?;
        if values.iter().all(|v| *v == first) {
            return Some(vec![!first]);
        }
        let message = "`true` and `false` are all there is: not one of them is left";
        let told = Diagnostic::error(code::BAD_VALUE, check.span, message);
        self.out.push(told.help("write `when KEY is absent`"));
        None
    }
}

fn qualifier(quantifier: Quantifier) -> Qualifier {
    match quantifier {
        Quantifier::Any => Qualifier::Any,
        Quantifier::Every => Qualifier::All,
    }
}

fn comparison(order: Order) -> Comparison {
    match order {
        Order::Less => Comparison::Less,
        Order::LessEqual => Comparison::LessEqual,
        Order::Greater => Comparison::Greater,
        Order::GreaterEqual => Comparison::GreaterEqual,
    }
}

fn flipped(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        Comparison::Less => Comparison::GreaterEqual,
        Comparison::LessEqual => Comparison::Greater,
        Comparison::Greater => Comparison::LessEqual,
        Comparison::GreaterEqual => Comparison::Less,
    }
}

/// Where a word stands in a text that starts at a span.
fn word_in(text: &str, span: Span, word: &str) -> Option<Span> {
    let at = text.find(word)?;
    let start = span.start as usize + at;
    Some(Span::new(span.source, start, start + word.len()))
}

fn without_not(text: &str) -> String {
    text.replacen("not ", "", 1)
}
