//! Requests derived from a policy's own patterns and values: what each statement speaks of, and its near misses.

use crate::random::Random;
use passgate::address::{Family, Prefix, address};
use passgate::check::{ContextValue, Request};
use passgate::model::{
    AccountPattern, ActionKind, Condition, Number, Policy, ResourceKind, ResourcePattern, Statement,
    Template, TemplatePart, Test,
};

/// Requests drawn for each statement.
const EACH: usize = 60;

/// Requests that speak of the statements of a policy.
pub fn requests(policy: &Policy, random: &mut Random) -> Vec<Request> {
    few_requests(policy, EACH, random)
}

/// So many requests for each statement of a policy.
pub fn few_requests(policy: &Policy, each: usize, random: &mut Random) -> Vec<Request> {
    policy.statements.iter().flat_map(|s| (0..each).map(|_| request(s, random)).collect::<Vec<_>>()).collect()
}

fn request(statement: &Statement, random: &mut Random) -> Request {
    let action = random.pick(&statement.actions).map(|term| self::action(&term.kind, random));
    let action = action.unwrap_or_default();
    let service = action.split_once(':').map_or("cvm", |(service, _)| service).to_owned();
    let principal = random.word(&["user:1001", "user:anyone", "role:ops", "root"]);
    let mut request = Request::new(principal, action);
    for _ in 0..random.pick(&[0, 1, 1, 1, 2]).copied().unwrap_or(1) {
        if let Some(pattern) = random.pick(&statement.resources) {
            request = request.resource(resource(pattern, &service, random));
        }
    }
    for condition in &statement.conditions {
        request = meet(request, condition, random);
    }
    if random.chance(40) {
        request.account.uin = Some(random.word(&["1001", "7"]));
        request.account.owner_uin = Some("3003".into());
    }
    request
}

/// A name that the term covers, or one beside it.
fn action(kind: &ActionKind, random: &mut Random) -> String {
    match kind {
        ActionKind::Pattern { service, pattern, .. } => {
            let name = fill(pattern, &["", "Any", "x1"], random);
            let name = if name.is_empty() { "Any".into() } else { name };
            let beside = if random.chance(15) { "X" } else { "" };
            format!("{service}:{name}{beside}")
        }
        ActionKind::All { .. } | ActionKind::Permid(_) | ActionKind::Names(_) => {
            random.word(&["cvm:RunInstances", "cos:GetObject", "intlpartnersmgt:PayOrders"])
        }
    }
}

fn fill(pattern: &str, with: &[&str], random: &mut Random) -> String {
    let pieces: Vec<&str> = pattern.split('*').collect();
    let mut text = String::new();
    for (i, piece) in pieces.iter().enumerate() {
        if i > 0 {
            text.push_str(&random.word(with));
        }
        text.push_str(piece);
    }
    text
}

/// A resource that the pattern covers, or one that differs in a segment.
fn resource(pattern: &ResourcePattern, of: &str, random: &mut Random) -> String {
    let ResourceKind::Six { service, region, account, rest } = &pattern.kind else {
        return random.word(&["*", "qcs::cvm:ap-tokyo:uin/9:instance/i", "qcs::cos:::a/b"]);
    };
    let miss = |random: &mut Random| random.chance(8);
    let service = if miss(random) { "other" } else { service.as_deref().unwrap_or(of) };
    let region = if miss(random) { "" } else { region.as_deref().unwrap_or("ap-tokyo") };
    let account = match account {
        _ if miss(random) => "uin/404",
        AccountPattern::Owner => random.pick(&["", "uin/3003", "uid/4004"]).copied().unwrap_or(""),
        AccountPattern::Any => "uid/9",
        AccountPattern::Exact(text) => text,
    };
    let rest = fill(&text(rest), &["", "x", "a/b:c", "*"], random);
    let rest = if rest.is_empty() { "x".into() } else { rest };
    format!("qcs::{service}:{region}:{account}:{rest}{}", if miss(random) { "~" } else { "" })
}

/// The text of a template with a caller's numbers put in.
fn text(template: &Template) -> String {
    let part = |part: &TemplatePart| match part {
        TemplatePart::Literal(text) => text.to_string(),
        TemplatePart::Variable(_) => "1001".to_owned(),
    };
    template.parts.iter().map(part).collect()
}

/// Gives the key of a condition a value of the condition, one beside it, one it cannot read, or none.
fn meet(mut request: Request, condition: &Condition, random: &mut Random) -> Request {
    if random.chance(20) {
        return request;
    }
    let value = value(&condition.test, random);
    let given = request.context.iter().any(|(key, _)| **key == *condition.key);
    match (condition.key.as_ref(), value) {
        ("qcs:ip", ContextValue::Text(text)) => request.ip = Some(passgate::check::Ip::Text(text)),
        ("qcs:current_time", ContextValue::Text(text)) => request.at = Some(text),
        ("qcs:ip" | "qcs:current_time" | "qcs:uin" | "qcs:owner_uin", _) => {}
        (key, value) if !given => {
            let list = random.chance(20).then(|| ContextValue::List(vec![value.clone(), value_beside()]));
            request.context.push((key.to_owned(), list.unwrap_or(value)));
        }
        _ => {}
    }
    request
}

fn value_beside() -> ContextValue {
    ContextValue::Text("beside".into())
}

fn value(test: &Test, random: &mut Random) -> ContextValue {
    if random.chance(10) {
        return random
            .pick(&[value_beside(), ContextValue::Bool(true)])
            .cloned()
            .unwrap_or(ContextValue::Null);
    }
    match test {
        Test::Text { values, .. } | Test::Binary { values } => {
            ContextValue::Text(random.pick(values).map(text).unwrap_or_default())
        }
        Test::Like { values, .. } => {
            let pattern = random.pick(values).map(text).unwrap_or_default();
            ContextValue::Text(fill(&pattern, &["", "x"], random))
        }
        Test::Number { values, .. } => ContextValue::Number(random.pick(values).map_or("0".into(), number)),
        Test::Date { values, .. } => {
            ContextValue::Text(random.pick(values).map(ToString::to_string).unwrap_or_default())
        }
        Test::Bool { values } => ContextValue::Bool(random.pick(values).copied().unwrap_or(true)),
        Test::Ip { prefixes, .. } => {
            ContextValue::Text(random.pick(prefixes).map_or("10.0.0.1".into(), |p| edge(*p, random)))
        }
        Test::Null { .. } => value_beside(),
    }
}

/// A number as JSON, from its digits and its power of ten.
fn number(number: &Number) -> String {
    let (negative, digits, point) = number.parts();
    let digits: String = digits.iter().map(ToString::to_string).collect();
    format!("{}0.{digits}0e{point}", if negative { "-" } else { "" })
}

/// The first or last address of a prefix, or a neighbour.
fn edge(prefix: Prefix, random: &mut Random) -> String {
    let top = if prefix.family == Family::V4 { u128::from(u32::MAX) } else { u128::MAX };
    let bits = match random.below(4) {
        0 => prefix.first().saturating_sub(1),
        1 => prefix.first(),
        2 => prefix.last(),
        _ => prefix.last().saturating_add(1).min(top),
    };
    address(prefix.family, bits).to_string()
}
