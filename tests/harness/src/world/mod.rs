//! A world: catalogs, policies, principals and requests as plain data, so that it can be made from a seed, written
//! as text, read again, kept in a file and made smaller while it still shows a fault.
//!
//! `generate` makes worlds, `statements` and `asks` their parts, `small` tiny ones of which every call can be tried;
//! `model` turns one into a [`passgate::model::Model`], `text` into files that a load reads; `shrink` makes smaller
//! worlds. Policies and members are named, never numbered, so that anything can be left out.

mod asks;
mod generate;
mod model;
pub(crate) mod operators;
mod shrink;
pub mod small;
mod statements;
mod templates;
mod text;

pub use generate::generate;
pub use model::model;
pub use operators::Operator;
pub use shrink::shrink;
pub use text::{Files, files};

use passgate::check::{Account, ContextValue, Ip, Request};
use serde::{Deserialize, Serialize};

/// Catalogs, a policy set and requests.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// The seed it was made from.
    pub seed: u64,
    /// Catalogued services.
    pub services: Vec<Service>,
    /// Settings of the set.
    pub settings: Settings,
    /// Policies.
    pub policies: Vec<Policy>,
    /// Groups and roles; a group comes after those that it is in.
    pub groups: Vec<Member>,
    /// Declared users.
    pub users: Vec<Member>,
    /// Policies of whoever asks.
    pub everyone: Vec<String>,
    /// Boundary documents given by an option.
    pub boundary: Option<Vec<String>>,
    /// What is asked.
    pub asks: Vec<Ask>,
}

/// A service of a catalog.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Abbreviation.
    pub service: String,
    /// `service`, `operation` or `resource`.
    pub granularity: String,
    /// Whether tags are handed over where there are no rows.
    pub tags: bool,
    /// The rows.
    pub actions: Vec<Action>,
    /// Number and bare names.
    pub permids: Vec<(String, Vec<String>)>,
}

/// A row of a catalog.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Name without service.
    pub name: String,
    /// `read`, `write`, …
    pub category: String,
    /// `service`, `operation` or `resource`.
    pub granularity: String,
    /// Whether the address is handed over.
    pub ip: bool,
    /// Whether tags are handed over.
    pub tags: bool,
}

/// Settings that decide.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The owner's uin.
    pub uin: Option<String>,
    /// The owner's uid.
    pub uid: Option<String>,
    /// Opaque services, `*` for all.
    pub opaque: Vec<String>,
    /// Whether `ip-unsupported` is `evaluate`.
    pub evaluate: bool,
    /// `groups`, `none` or `policies`.
    pub claims: String,
    /// Short and long region names.
    pub aliases: Vec<(String, String)>,
}

/// A policy.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// `trust`, `resource`, or empty for an identity policy.
    pub kind: String,
    /// Written as a CAM document rather than in `.gate`.
    pub cam: bool,
    /// What it is an instance of, when it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Template>,
    /// Its statements.
    pub statements: Vec<Statement>,
}

/// A template, and the arguments of one instance.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its name.
    pub base: String,
    /// Name, type and argument of each parameter.
    pub parameters: Vec<(String, String, String)>,
}

/// A statement.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// `deny`, else `allow`.
    pub deny: bool,
    /// Any of these.
    pub actions: Vec<Term>,
    /// Any of these, as CAM writes them.
    pub resources: Vec<String>,
    /// All of these.
    pub conditions: Vec<Condition>,
}

/// An action term.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Term {
    /// `*`, or `*:*`.
    All {
        /// `*:*`
        long: bool,
    },
    /// `service:pattern`
    Pattern {
        /// The service.
        service: String,
        /// Text with `*`.
        pattern: String,
        /// Written `name/…`.
        legacy: bool,
    },
    /// `permid/N`
    Permid(String),
    /// A category of all catalogued services, without what the pattern covers.
    Category {
        /// The category.
        category: String,
        /// `except service:pattern`
        except: Option<(String, String)>,
    },
}

/// A condition, as CAM writes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Which operator.
    pub operator: Operator,
    /// `any`, `all`, or empty.
    pub qualifier: String,
    /// `_if_exist`
    pub if_exist: bool,
    /// The key.
    pub key: String,
    /// Its values.
    pub values: Vec<String>,
}

/// A user, group or role.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// A role.
    pub role: bool,
    /// Policies.
    pub attached: Vec<String>,
    /// Groups and roles.
    pub parents: Vec<String>,
    /// Its boundary.
    pub boundary: Option<String>,
}

/// A request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Who.
    pub principal: String,
    /// What.
    pub action: String,
    /// From where.
    pub ip: Option<String>,
    /// The address is handed over as a value, not as text.
    pub ip_value: bool,
    /// On what.
    pub resources: Option<Vec<String>>,
    /// With which context.
    pub context: Vec<(String, Value)>,
    /// When.
    pub at: Option<String>,
    /// The caller's number.
    pub uin: Option<String>,
    /// The owner's number.
    pub owner_uin: Option<String>,
    /// The owner's uid.
    pub app_id: Option<String>,
    /// Groups brought.
    pub groups: Vec<String>,
    /// Roles brought.
    pub roles: Vec<String>,
    /// Policies brought.
    pub policies: Vec<String>,
}

/// A value of the context.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// A string.
    Text(String),
    /// A number as written.
    Number(String),
    /// A boolean.
    Bool(bool),
    /// `null`
    #[default]
    Null,
    /// An object.
    Object,
    /// A list.
    List(Vec<Value>),
}

impl Ask {
    /// The request as the engine takes it.
    pub fn request(&self) -> Request {
        let ip = self.ip.as_ref().map(|text| match text.parse() {
            Ok(address) if self.ip_value => Ip::Address(address),
            _ => Ip::Text(text.clone()),
        });
        Request {
            principal: self.principal.clone(),
            action: self.action.clone(),
            ip,
            resources: self.resources.clone(),
            context: self.context.iter().map(|(key, value)| (key.clone(), context_value(value))).collect(),
            at: self.at.clone(),
            account: Account {
                uin: self.uin.clone(),
                owner_uin: self.owner_uin.clone(),
                app_id: self.app_id.clone(),
            },
            groups: self.groups.clone(),
            roles: self.roles.clone(),
            policies: self.policies.clone(),
        }
    }
}

impl Ask {
    /// The request as a line of JSON; `None` where JSON cannot hold it as it is meant: a key given twice.
    pub fn line(&self) -> Option<String> {
        let mut keys: Vec<&String> = self.context.iter().map(|(key, _)| key).collect();
        keys.sort();
        if keys.windows(2).any(|pair| pair.first() == pair.last()) {
            return None;
        }
        let mut members =
            vec![member("principal", &json(&self.principal)), member("action", &json(&self.action))];
        members.extend(self.ip.as_ref().map(|ip| member("ip", &json(ip))));
        members.extend(self.at.as_ref().map(|at| member("at", &json(at))));
        members.extend(self.resources.as_ref().map(|all| member("resource", &json(all))));
        let context: Vec<String> = self.context.iter().map(|(key, v)| member(key, &value_json(v))).collect();
        let numbers = [("uin", &self.uin), ("owner_uin", &self.owner_uin), ("app_id", &self.app_id)];
        let given = numbers.iter().filter_map(|(name, n)| n.as_ref().map(|n| member(name, &json(n))));
        for (name, inner) in [("context", context), ("account", given.collect())] {
            if !inner.is_empty() {
                members.push(format!("{}:{{{}}}", json(&name), inner.join(",")));
            }
        }
        for (name, list) in [("groups", &self.groups), ("roles", &self.roles), ("policies", &self.policies)] {
            if !list.is_empty() {
                members.push(member(name, &json(list)));
            }
        }
        Some(format!("{{{}}}", members.join(",")))
    }
}

fn member(key: &str, value: &str) -> String {
    format!("{}:{value}", json(&key))
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A value as JSON, numbers as they are written.
fn value_json(value: &Value) -> String {
    match value {
        Value::Text(text) => json(text),
        Value::Number(text) => text.clone(),
        Value::Bool(value) => value.to_string(),
        Value::Null => "null".into(),
        Value::Object => "{}".into(),
        Value::List(values) => format!("[{}]", values.iter().map(value_json).collect::<Vec<_>>().join(",")),
    }
}

fn context_value(value: &Value) -> ContextValue {
    match value {
        Value::Text(text) => ContextValue::Text(text.clone()),
        Value::Number(text) => ContextValue::Number(text.clone()),
        Value::Bool(value) => ContextValue::Bool(*value),
        Value::Null => ContextValue::Null,
        Value::Object => ContextValue::Object,
        Value::List(values) => ContextValue::List(values.iter().map(context_value).collect()),
    }
}
