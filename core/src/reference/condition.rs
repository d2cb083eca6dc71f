//! Conditions (§5): "Values of one key: OR. Keys of one operator: AND. Operators: AND."

use super::asking::{Asked, Value};
use super::seen::Seen;
use super::text::{self, Piece, Variables};
use super::truth::{Cause, Truth};
use super::{address, number, time};
use crate::model::{Comparison, Condition, Qualifier, Template, Test};
use std::cmp::Ordering;

/// Whether all conditions of a statement hold.
pub(super) fn all_hold(conditions: &[Condition], asked: &Asked<'_>) -> Truth {
    Truth::all(conditions.iter().map(|condition| holds(condition, asked)))
}

/// "Absent key without `_if_exist`: not satisfied, **negative operators included**"; with it: satisfied. "a condition
/// whose key is absent is decided without reading its values" (§2.9).
fn holds(condition: &Condition, asked: &Asked<'_>) -> Truth {
    let present = asked.keys.get(condition.key.as_ref());
    if let Test::Null { values } = &condition.test {
        return null_equal(values, present.is_none());
    }
    match present {
        None => Truth::known(condition.if_exist),
        Some(values) => many(condition, values, &asked.variables),
    }
}

/// How the key of a condition stands.
pub(super) fn seen(condition: &Condition, asked: &Asked<'_>) -> Seen {
    let unreadable = |value| match one(condition, value, &asked.variables) {
        Truth::Open(causes) => causes.iter().any(|cause| matches!(cause, Cause::Unreadable(_))),
        _ => false,
    };
    match asked.keys.get(condition.key.as_ref()) {
        None => Seen::Absent,
        Some(values) if values.iter().any(unreadable) => Seen::Unreadable,
        Some(_) => Seen::Present,
    }
}

/// "`null_equal`: `\"true\"` = key absent, `\"false\"` = present; values OR".
fn null_equal(values: &[bool], absent: bool) -> Truth {
    Truth::known(values.contains(&absent))
}

/// "With a qualifier the operator is decided for each request value on its own, then any or all. Without one, a
/// many-valued key: positive operators any, negative operators all".
fn many(condition: &Condition, values: &[Value], variables: &Variables) -> Truth {
    let each = values.iter().map(|value| one(condition, value, variables));
    match condition.qualifier {
        Some(Qualifier::Any) => Truth::any(each),
        Some(Qualifier::All) => Truth::all(each),
        None if is_negative(&condition.test) => Truth::all(each),
        None => Truth::any(each),
    }
}

fn is_negative(test: &Test) -> bool {
    match test {
        Test::Text { negated, .. } | Test::Like { negated, .. } | Test::Ip { negated, .. } => *negated,
        Test::Number { comparison, .. } | Test::Date { comparison, .. } => {
            *comparison == Comparison::NotEqual
        }
        Test::Binary { .. } | Test::Bool { .. } | Test::Null { .. } => false,
    }
}

/// The operator for one request value; open where the operator cannot read the value. "For a negative operator with
/// several values: none of them may equal".
fn one(condition: &Condition, value: &Value, variables: &Variables) -> Truth {
    let fill = |template: &Template| filled(template, condition, variables);
    let read = match &condition.test {
        Test::Text { ignore_case, values, .. } => string_equal(value, values, *ignore_case, &fill),
        Test::Like { values, .. } => string_like(value, values, &fill),
        Test::Binary { values } => string_equal(value, values, false, &fill),
        Test::Number { comparison, values } => {
            let policy: Vec<number::Written> = values.iter().map(number::of_policy).collect();
            read_number(value).map(|n| some_compares(*comparison, policy.iter().map(|p| n.compare(p))))
        }
        Test::Date { comparison, values } => {
            let policy: Vec<Option<time::Time>> = values.iter().map(|v| time::read(&v.to_string())).collect();
            read_time(value).map(|t| some_compares(*comparison, policy.iter().flatten().map(|p| t.cmp(p))))
        }
        Test::Bool { values } => read_bool(value).map(|b| Truth::known(values.contains(&b))),
        Test::Ip { prefixes, .. } => {
            read_address(value).map(|a| Truth::known(prefixes.iter().any(|prefix| a.lies_in(*prefix))))
        }
        Test::Null { values } => Some(null_equal(values, false)),
    };
    match read {
        None => Truth::open(Cause::Unreadable(condition.key.as_ref().to_owned())),
        Some(equal) if is_negative(&condition.test) => equal.not(),
        Some(equal) => equal,
    }
}

/// "`string_*` and `binary_equal` read JSON strings only".
fn read_text(value: &Value) -> Option<&str> {
    if let Value::Text(text) = value { Some(text) } else { None }
}

/// A value of the policy with its variables filled in, or open.
type Filled = Result<Vec<Piece>, Truth>;

/// "a variable without a value, leaves that condition open"; the error names the condition's key.
fn filled(template: &Template, condition: &Condition, variables: &Variables) -> Filled {
    let key = || condition.key.as_ref().to_owned();
    variables.fill(template).map_err(|_| Truth::open(Cause::Unresolved(key())))
}

/// Whether some value of the policy, filled in, passes.
fn some(values: &[Template], fill: &dyn Fn(&Template) -> Filled, test: &dyn Fn(&[Piece]) -> bool) -> Truth {
    Truth::any(values.iter().map(|template| match fill(template) {
        Ok(pieces) => Truth::known(test(&pieces)),
        Err(open) => open,
    }))
}

/// "`binary_equal` compares bytes as written. `_ignore_case` folds A–Z only. No wildcard outside `_like`."
fn string_equal(
    value: &Value,
    values: &[Template],
    fold: bool,
    fill: &dyn Fn(&Template) -> Filled,
) -> Option<Truth> {
    let text = read_text(value)?;
    let same = |pieces: &[Piece]| {
        let wanted = text::plain(pieces);
        if fold { wanted.eq_ignore_ascii_case(text) } else { wanted == text }
    };
    Some(some(values, fill, &same))
}

/// "`string_like`, `string_not_like` (`*` only)".
fn string_like(value: &Value, values: &[Template], fill: &dyn Fn(&Template) -> Filled) -> Option<Truth> {
    let text = read_text(value)?;
    Some(some(values, fill, &|pieces| text::covers(pieces, text)))
}

/// "Numbers: JSON number grammar, also inside strings".
fn read_number(value: &Value) -> Option<number::Written> {
    match value {
        Value::Number(text) | Value::Text(text) => number::read(text),
        Value::Bool(_) => None,
    }
}

fn read_time(value: &Value) -> Option<time::Time> {
    time::read(read_text(value)?)
}

/// "Booleans: `\"true\"`, `\"false\"`, or JSON booleans."
fn read_bool(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Text(text) if text == "true" => Some(true),
        Value::Text(text) if text == "false" => Some(false),
        _ => None,
    }
}

fn read_address(value: &Value) -> Option<address::Address> {
    address::read(read_text(value)?)
}

/// Whether the request's value stands so to some value of the policy; `not_equal` asks here whether it equals one.
fn some_compares(comparison: Comparison, mut orders: impl Iterator<Item = Ordering>) -> Truth {
    let stands = |order: Ordering| match comparison {
        Comparison::Equal | Comparison::NotEqual => order == Ordering::Equal,
        Comparison::Less => order == Ordering::Less,
        Comparison::LessEqual => order != Ordering::Greater,
        Comparison::Greater => order == Ordering::Greater,
        Comparison::GreaterEqual => order != Ordering::Less,
    };
    Truth::known(orders.any(stands))
}
