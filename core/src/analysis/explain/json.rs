//! An explanation as JSON: one object.

use super::{
    Change, ClauseAnswer, Depth, Explanation, Nearest, Proposal, StatementAnswer, change, explain, sentence,
};
use crate::analysis::json_parts::{Statement, json_value, statement};
use crate::analysis::{standing, wire};
use crate::check::{Decision, Gate, Ip, Request};
use crate::error::{Error, ErrorCode, Result};
use crate::json::{self, Kind, Member};
use crate::model::Effect;
use serde::Serialize;
use serde_json::{Map, Value};

/// Asks it with options as JSON: the members of a request, `brief` and `all`.
pub(in crate::analysis) fn ask(gates: &[&Gate], options: &json::Value<'_>) -> Result<String> {
    let [gate] = wire::gates("explain", gates)?;
    let (mut request, mut depths) = (options.clone(), Vec::new());
    if let Kind::Object(members) = &mut request.kind {
        let is_depth = |member: &Member<'_>| matches!(member.key.as_ref(), "brief" | "all");
        depths = members.iter().filter(|member| is_depth(member)).cloned().collect();
        members.retain(|member| !is_depth(member));
    }
    let (mut brief, mut all) = (false, false);
    for Member { key, value, .. } in &depths {
        let flag = match value.kind {
            Kind::Bool(flag) => flag,
            Kind::Null => false,
            _ => {
                let message = format!("`{key}` of `explain` is true or false");
                return Err(Error::new(ErrorCode::BadRequest, message).with_key(key.as_ref()));
            }
        };
        *if key.as_ref() == "brief" { &mut brief } else { &mut all } |= flag;
    }
    let depth = match (brief, all) {
        (true, _) => Depth::Brief,
        (false, true) => Depth::All,
        (false, false) => Depth::Normal,
    };
    Ok(to_json(&explain(gate, &Request::from_value(&request)?, depth)?))
}

#[derive(Serialize)]
struct Whole<'e> {
    principal: &'e str,
    action: &'e str,
    ip: Option<String>,
    resources: Option<&'e [String]>,
    at: Option<&'e str>,
    context: Map<String, Value>,
    sentence: String,
    allowed: Option<bool>,
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Fault<'e>>,
    statements: Vec<One<'e>>,
    nearest: Option<Near<'e>>,
}

#[derive(Serialize)]
struct Fault<'e> {
    code: &'static str,
    message: &'e str,
    key: Option<&'e str>,
    nearest: Vec<&'e str>,
}

#[derive(Serialize)]
struct One<'e> {
    #[serde(flatten)]
    place: Statement<'e>,
    effect: &'static str,
    part: &'static str,
    through: &'e [String],
    matches: Option<bool>,
    decided: bool,
    clauses: Vec<Clause<'e>>,
}

#[derive(Serialize)]
struct Clause<'e> {
    clause: &'static str,
    of: Option<&'e str>,
    text: &'e str,
    holds: Option<bool>,
    given: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'e str>,
}

#[derive(Serialize)]
struct Near<'e> {
    exact: bool,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    because: &'e [String],
    proposals: Vec<Proposed<'e>>,
}

#[derive(Serialize)]
struct Proposed<'e> {
    sentence: String,
    changes: Vec<Changed<'e>>,
}

#[derive(Serialize)]
#[serde(tag = "change", rename_all = "lowercase")]
enum Changed<'e> {
    Address { to: Option<String>, within: Option<String> },
    Time { to: Option<String>, since: Option<String>, until: Option<String> },
    Context { key: &'e str, to: Option<Value> },
    Join { to: &'e str },
}

/// One JSON object.
///
/// Members: `principal`, `action`, `ip`, `resources`, `at`, `context` as they were given; `sentence`; `allowed` and `reason`,
/// or `error` with `code`, `message`, `key` and `nearest`; `statements`, each with its place, `effect`, `part`
/// (`attached`, `boundary`, `elsewhere`), `through`, `matches`, `decided` and `clauses` (`clause`, `of`, `text`, `holds`,
/// `given`, `because`); `nearest` of a refusal: `exact`, `because` where it is not, and `proposals`, each with a `sentence`
/// and its `changes`, of which each has `change` (`address`, `time`, `context`, `join`) and `to`.
pub fn to_json(of: &Explanation) -> String {
    let request = &of.request;
    let decision: Option<&Decision> = of.outcome.as_ref().ok();
    let whole = Whole {
        principal: &request.principal,
        action: &request.action,
        ip: request.ip.as_ref().map(|ip| match ip {
            Ip::Text(text) => text.clone(),
            Ip::Address(address) => address.to_string(),
        }),
        resources: request.resources.as_deref(),
        at: request.at.as_deref(),
        context: request.context.iter().map(|(key, value)| (key.clone(), json_value(value))).collect(),
        sentence: sentence(of),
        allowed: decision.map(|decision| decision.allowed),
        reason: decision.map(|decision| decision.reason.as_str()),
        error: of.outcome.as_ref().err().map(|error| Fault {
            code: error.code().as_str(),
            message: error.message(),
            key: error.key(),
            nearest: error.nearest().iter().map(AsRef::as_ref).collect(),
        }),
        statements: of.statements.iter().map(one).collect(),
        nearest: of.nearest.as_ref().map(near),
    };
    standing::written(&whole)
}

fn one(of: &StatementAnswer) -> One<'_> {
    One {
        place: statement(&of.place),
        effect: match of.effect {
            Effect::Allow => "allow",
            Effect::Deny => "deny",
        },
        part: of.part.as_str(),
        through: &of.through,
        matches: of.matches,
        decided: of.decided,
        clauses: of.clauses.iter().map(clause).collect(),
    }
}

fn clause(of: &ClauseAnswer) -> Clause<'_> {
    Clause {
        clause: of.kind.as_str(),
        of: of.of.as_deref(),
        text: &of.text,
        holds: of.holds,
        given: of.given.as_str(),
        because: of.because.as_deref(),
    }
}

fn near(of: &Nearest) -> Near<'_> {
    Near { exact: of.is_exact(), because: &of.doubts, proposals: of.proposals.iter().map(proposed).collect() }
}

fn proposed(of: &Proposal) -> Proposed<'_> {
    let all: Vec<String> = of.changes.iter().map(change).collect();
    Proposed {
        sentence: format!("it would be allowed {}", all.join(" and ")),
        changes: of.changes.iter().map(changed).collect(),
    }
}

fn changed(of: &Change) -> Changed<'_> {
    let text = |at: &Option<crate::model::Instant>| at.map(|at| at.to_string());
    match of {
        Change::Address { to, within } => Changed::Address {
            to: to.map(|ip| ip.to_string()),
            within: within.map(|within| within.to_string()),
        },
        Change::Time { to, since, until } => {
            Changed::Time { to: text(to), since: text(since), until: text(until) }
        }
        Change::Context { key, to } => Changed::Context { key, to: to.as_ref().map(json_value) },
        Change::Join(name) => Changed::Join { to: name },
    }
}
