//! Conditions as clauses: every CAM operator has one spelling (language reference, the table of *Statements*).

use super::sets::{Sets, address_list};
use crate::cam::write::{Json, values};
use crate::findings::Findings;
use crate::model::read::{CURRENT_TIME, IP, OperatorForm};
use crate::model::{Comparison, Condition, Qualifier, Template, Test};
use passgate_grammar::text::{quote, write_key};
use passgate_grammar::{Diagnostic, code};

/// The conditions of a statement, written.
pub(super) struct Written {
    /// Clauses in the order of the reference: `from`, `not from`, `since`, `until`, `when`, `unless`.
    pub(super) clauses: Vec<String>,
    /// What the document says and the clauses do not, a line each.
    pub(super) kept: Vec<String>,
}

/// Writes the conditions of a statement.
pub(super) fn clauses(conditions: &[Condition], sets: &Sets, findings: &mut Findings) -> Written {
    let mut kept = Vec::new();
    let mut own: [Option<String>; 4] = Default::default();
    let (mut plain, mut alternatives, mut opposites) = (Vec::new(), Vec::new(), Vec::new());
    for condition in conditions {
        kept.extend(lost(condition));
        match clause(condition, sets) {
            Clause::Own(place, text) => {
                if let Some(slot) = own.get_mut(place) {
                    *slot = Some(text);
                }
            }
            Clause::Plain(text) => plain.push(text),
            Clause::OrAbsent(text) => alternatives.push(format!("when {text}")),
            Clause::Unless(text) => opposites.push(format!("unless {text}")),
            Clause::Always => findings.push(always(condition)),
        }
    }
    let joined = (!plain.is_empty()).then(|| format!("when {}", plain.join(" and ")));
    let clauses = own.into_iter().flatten().chain(joined).chain(alternatives).chain(opposites).collect();
    Written { clauses, kept }
}

/// What of a condition has no place in a clause: of an ordering operator all values but the widest, and a `null_equal`
/// of both values.
fn lost(condition: &Condition) -> Option<String> {
    let (operator, values) = values(&condition.test);
    let why = match &condition.test {
        Test::Null { values } if holds_always(values) => "always holds",
        Test::Number { comparison, .. } | Test::Date { comparison, .. }
            if values.len() > 1 && !matches!(comparison, Comparison::Equal | Comparison::NotEqual) =>
        {
            "any of them suffices, so the widest is kept"
        }
        _ => return None,
    };
    let form = OperatorForm { qualifier: condition.qualifier, operator, if_exist: condition.if_exist };
    let keys = Json::Object(vec![(condition.key.to_string(), Json::one_or_list(values))]);
    let member = Json::Object(vec![(form.to_string(), keys)]);
    Some(format!("{}: {why}", member.compact()))
}

fn holds_always(values: &[bool]) -> bool {
    values.contains(&true) && values.contains(&false)
}

fn always(condition: &Condition) -> Diagnostic {
    let message = format!("`null_equal` of both values always holds: it is left out for `{}`", condition.key);
    Diagnostic::note(code::ALWAYS_TRUE, condition.span, message)
}

/// How a condition stands in a statement.
enum Clause {
    /// A clause of its own: its place among `from`, `not from`, `since`, `until`.
    Own(usize, String),
    /// A condition of `when`, joined by `and`.
    Plain(String),
    /// `k is absent or …`: alone in its `when`.
    OrAbsent(String),
    /// After `unless`.
    Unless(String),
    /// Holds always.
    Always,
}

fn clause(condition: &Condition, sets: &Sets) -> Clause {
    if let Some(own) = own_clause(condition, sets) {
        return own;
    }
    let quantifier = quantifier(condition.qualifier);
    let key = write_key(&condition.key);
    if let Test::Null { values } = &condition.test {
        return match values.contains(&true) {
            true if holds_always(values) => Clause::Always,
            true => Clause::Plain(format!("{key} is absent")),
            false => Clause::Plain(format!("{key} is present")),
        };
    }
    let (negated, check) = check(&condition.test, sets);
    match (condition.if_exist, negated) {
        (false, false) => Clause::Plain(format!("{quantifier}{key} {check}")),
        (false, true) => Clause::Plain(format!("{quantifier}{key} {}", with_not(&check))),
        (true, false) => Clause::OrAbsent(format!("{quantifier}{key} is absent or {check}")),
        (true, true) => {
            let turned = self::quantifier(condition.qualifier.map(turned));
            let address = condition.key.as_ref() == IP && condition.qualifier.is_none();
            match (&condition.test, address) {
                (Test::Ip { .. }, true) => Clause::Unless(format!("from {}", network(&check))),
                _ => Clause::Unless(format!("{turned}{key} {check}")),
            }
        }
    }
}

/// Bare conditions on the address and the time have clauses of their own.
fn own_clause(condition: &Condition, sets: &Sets) -> Option<Clause> {
    if condition.qualifier.is_some() || condition.if_exist {
        return None;
    }
    match (&condition.test, condition.key.as_ref()) {
        (Test::Ip { negated, .. }, IP) => {
            let (_, check) = check(&condition.test, sets);
            let (place, not) = if *negated { (1, "not ") } else { (0, "") };
            Some(Clause::Own(place, format!("{not}from {}", network(&check))))
        }
        (Test::Date { comparison: Comparison::GreaterEqual, values }, CURRENT_TIME) => {
            values.iter().min().map(|t| Clause::Own(2, format!("since {t}")))
        }
        (Test::Date { comparison: Comparison::Less, values }, CURRENT_TIME) => {
            values.iter().max().map(|t| Clause::Own(3, format!("until {t}")))
        }
        _ => None,
    }
}

fn quantifier(qualifier: Option<Qualifier>) -> &'static str {
    match qualifier {
        None => "",
        Some(Qualifier::Any) => "any ",
        Some(Qualifier::All) => "every ",
    }
}

/// Not (some value …) is (every value not …).
fn turned(qualifier: Qualifier) -> Qualifier {
    match qualifier {
        Qualifier::Any => Qualifier::All,
        Qualifier::All => Qualifier::Any,
    }
}

/// The positive check of a test, and whether the test is its negative.
fn check(test: &Test, sets: &Sets) -> (bool, String) {
    match test {
        Test::Text { negated, ignore_case, values } => {
            let case = if *ignore_case { " ignoring case" } else { "" };
            (*negated, format!("is {}{case}", texts(values)))
        }
        Test::Like { negated, values } => (*negated, format!("like {}", texts(values))),
        Test::Binary { values } => (false, format!("is bytes {}", texts(values))),
        Test::Number { comparison, values } => compared(*comparison, values),
        Test::Date { comparison, values } => compared(*comparison, values),
        Test::Bool { values } | Test::Null { values } => (false, format!("is {}", listed(values))),
        Test::Ip { negated, .. } => {
            (*negated, format!("in {}", sets.network(&address_list(test).unwrap_or_default())))
        }
    }
}

/// `not` before `like` and `in`, after `is`.
fn with_not(check: &str) -> String {
    match check.strip_prefix("is ") {
        Some(rest) => format!("is not {rest}"),
        None => format!("not {check}"),
    }
}

fn network(check: &str) -> &str {
    check.strip_prefix("in ").unwrap_or(check)
}

fn texts(values: &[Template]) -> String {
    values.iter().map(|t| quote(&t.written())).collect::<Vec<_>>().join(", ")
}

fn listed<T: std::fmt::Display>(values: &[T]) -> String {
    values.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

/// Of several values of an ordering operator the widest: any of them may hold.
fn compared<T: std::fmt::Display + Ord>(comparison: Comparison, values: &[T]) -> (bool, String) {
    let (sign, widest) = match comparison {
        Comparison::Equal => return (false, format!("is {}", listed(values))),
        Comparison::NotEqual => return (true, format!("is {}", listed(values))),
        Comparison::Less => ("<", values.iter().max()),
        Comparison::LessEqual => ("<=", values.iter().max()),
        Comparison::Greater => (">", values.iter().min()),
        Comparison::GreaterEqual => (">=", values.iter().min()),
    };
    (false, format!("{sign} {}", widest.map(T::to_string).unwrap_or_default()))
}
