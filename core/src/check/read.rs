//! A request from JSON: the form of semantics §2.7, and nothing of what the texts in it mean.
//!
//! One reading serves lines of JSON and the values that a host language hands over: both arrive as a
//! [`json::Value`]. What is wrong with the form is `bad-request` and names the member; a number or list where a
//! context value should be is told later, as `bad-context`.

use crate::check::{Account, Context, ContextValue, Ip, Request};
use crate::error::{Error, ErrorCode, Result};
use crate::json::{self, Kind, Member, Value};
use crate::model::read::shown;
use std::collections::HashSet;

impl Request {
    /// Reads a request from one line of JSON.
    ///
    /// ```
    /// use passgate::Request;
    /// let request = Request::from_json(r#"{"principal":"root","action":"ForceQN"}"#).unwrap();
    /// assert_eq!(request.principal, "root");
    /// assert_eq!(Request::from_json("{}").unwrap_err().key(), Some("principal"));
    /// ```
    ///
    /// # Errors
    /// `bad-request`, naming the member: not JSON, a blank line, a duplicate or unknown member, one that is missing
    /// or of the wrong type, an account number that is no digits.
    pub fn from_json(line: &str) -> Result<Request> {
        Request::from_value(&tree(line)?)
    }

    /// Reads a request from a JSON object.
    ///
    /// # Errors
    /// `bad-request`, as [`Request::from_json`].
    pub fn from_value(value: &Value<'_>) -> Result<Request> {
        let Kind::Object(members) = &value.kind else {
            return Err(bad("request", format!("a request is an object, not {}", article(&value.kind))));
        };
        unique(members, "request")?;
        let mut request = Request::new("", "");
        let (mut principal, mut action) = (None, None);
        for member in members {
            match member.key.as_ref() {
                "principal" => principal = optional_text(member)?,
                "action" => action = optional_text(member)?,
                _ => read_optional(member, &mut request)?,
            }
        }
        request.principal = principal.ok_or_else(|| bad("principal", "the request has no `principal`"))?;
        request.action = action.ok_or_else(|| bad("action", "the request has no `action`"))?;
        Ok(request)
    }
}

/// Reads the context of a request from the text of a JSON object.
///
/// # Errors
/// `bad-request` where the text is no JSON object, or holds a key twice.
pub fn context_from_json(text: &str) -> Result<Context> {
    context(&tree(text)?)
}

fn tree(text: &str) -> Result<Value<'_>> {
    if text.trim().is_empty() {
        return Err(bad("request", "a blank line is no request"));
    }
    json::parse(text).map_err(|e| {
        let column = text.get(..e.at).map_or(e.at, |before| before.chars().count()) + 1;
        bad("request", format!("the request is not JSON: {} at column {column}", e.message))
    })
}

const OPTIONAL: [&str; 8] = ["ip", "resource", "context", "at", "account", "groups", "roles", "policies"];

fn read_optional(member: &Member<'_>, request: &mut Request) -> Result<()> {
    if !OPTIONAL.contains(&member.key.as_ref()) {
        return Err(unknown(member));
    }
    if member.value.kind == Kind::Null {
        return Ok(());
    }
    match member.key.as_ref() {
        "ip" => request.ip = optional_text(member)?.map(Ip::Text),
        "at" => request.at = optional_text(member)?,
        "resource" => request.resources = Some(one_or_more(member)?),
        "context" => request.context = context(&member.value)?,
        "account" => request.account = account(&member.value)?,
        "groups" => request.groups = list(member)?,
        "roles" => request.roles = list(member)?,
        _ => request.policies = list(member)?,
    }
    Ok(())
}

#[cold]
fn unknown(member: &Member<'_>) -> Error {
    let known = OPTIONAL.iter().chain(&["principal", "action"]).copied();
    let near = crate::nearest::nearest(&member.key, known);
    bad(&member.key, format!("a request has no member `{}`", shown(&member.key))).with_nearest(near)
}

#[cold]
fn bad(member: &str, message: impl Into<String>) -> Error {
    Error::new(ErrorCode::BadRequest, message).with_key(member)
}

fn article(kind: &Kind<'_>) -> String {
    match kind {
        Kind::Null => "null".into(),
        Kind::Array(_) | Kind::Object(_) => format!("an {}", kind.name()),
        _ => format!("a {}", kind.name()),
    }
}

fn unique(members: &[Member<'_>], owner: &str) -> Result<()> {
    let twice = |key: &str| bad(key, format!("`{}` stands twice in the {owner}", shown(key)));
    // Few members are compared each with each; many go through a set, so that the time stays linear.
    if members.len() <= 16 {
        for (i, member) in members.iter().enumerate() {
            if members.iter().take(i).any(|earlier| earlier.key == member.key) {
                return Err(twice(&member.key));
            }
        }
        return Ok(());
    }
    let mut seen = HashSet::with_capacity(members.len());
    match members.iter().find(|member| !seen.insert(member.key.as_ref())) {
        Some(member) => Err(twice(&member.key)),
        None => Ok(()),
    }
}

fn optional_text(member: &Member<'_>) -> Result<Option<String>> {
    match &member.value.kind {
        Kind::Null => Ok(None),
        _ => text(&member.value, &member.key).map(Some),
    }
}

fn text(value: &Value<'_>, member: &str) -> Result<String> {
    match &value.kind {
        Kind::Text(text) => Ok(text.to_string()),
        other => Err(bad(member, format!("`{member}` is a string, not {}", article(other)))),
    }
}

fn one_or_more(member: &Member<'_>) -> Result<Vec<String>> {
    match &member.value.kind {
        Kind::Array(items) => items.iter().map(|item| text(item, &member.key)).collect(),
        _ => Ok(vec![text(&member.value, &member.key)?]),
    }
}

fn list(member: &Member<'_>) -> Result<Vec<String>> {
    let key = &member.key;
    match &member.value.kind {
        Kind::Array(items) => items.iter().map(|item| text(item, key)).collect(),
        other => Err(bad(key, format!("`{key}` is a list of names, not {}", article(other)))),
    }
}

fn account(value: &Value<'_>) -> Result<Account> {
    let Kind::Object(members) = &value.kind else {
        return Err(bad("account", format!("`account` is an object, not {}", article(&value.kind))));
    };
    unique(members, "account")?;
    let mut account = Account::default();
    for member in members {
        let slot = match member.key.as_ref() {
            "uin" => &mut account.uin,
            "owner_uin" => &mut account.owner_uin,
            "app_id" => &mut account.app_id,
            other => {
                let near = crate::nearest::nearest(other, ["uin", "owner_uin", "app_id"]);
                return Err(
                    bad(other, format!("`account` has no member `{}`", shown(other))).with_nearest(near)
                );
            }
        };
        *slot = optional_text(member)?.map(|number| digits(number, &member.key)).transpose()?;
    }
    Ok(account)
}

fn digits(number: String, member: &str) -> Result<String> {
    if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(number);
    }
    Err(bad(member, format!("`{member}` of the account is digits, not `{}`", shown(&number))))
}

fn context(value: &Value<'_>) -> Result<Context> {
    let Kind::Object(members) = &value.kind else {
        return Err(bad("context", format!("`context` is an object, not {}", article(&value.kind))));
    };
    unique(members, "context")?;
    Ok(members.iter().map(|member| (member.key.to_string(), many(&member.value))).collect())
}

fn many(value: &Value<'_>) -> ContextValue {
    match &value.kind {
        Kind::Array(items) => ContextValue::List(items.iter().map(single).collect()),
        _ => single(value),
    }
}

/// A value; a list inside a list is as little a value as an object is.
fn single(value: &Value<'_>) -> ContextValue {
    match &value.kind {
        Kind::Null => ContextValue::Null,
        Kind::Bool(flag) => ContextValue::Bool(*flag),
        Kind::Number(number) => ContextValue::Number(number.to_string()),
        Kind::Text(text) => ContextValue::Text(text.to_string()),
        Kind::Array(_) | Kind::Object(_) => ContextValue::Object,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(line: &str, member: &str) {
        let error = Request::from_json(line).unwrap_err();
        assert_eq!((error.code(), error.key()), (ErrorCode::BadRequest, Some(member)), "{line}");
    }

    #[test]
    fn what_is_wrong_with_the_form_names_the_member() {
        let whole = ["", "  ", "{", "[]", "7", "{} {}", "\"x\"", r#"{"principal":"\ud800","action":"A"}"#];
        whole.into_iter().for_each(|line| refused(line, "request"));
        refused("{}", "principal");
        refused(r#"{"principal":null,"action":"A"}"#, "principal");
        refused(r#"{"principal":"p"}"#, "action");
        refused(r#"{"principal":"p","action":"A","action":"A"}"#, "action");
        refused(r#"{"principal":"p","action":7}"#, "action");
        refused(r#"{"principal":"p","action":"A","Ip":"::1"}"#, "Ip");
        refused(r#"{"principal":"p","action":"A","ip":7}"#, "ip");
        refused(r#"{"principal":"p","action":"A","resource":[null]}"#, "resource");
        refused(r#"{"principal":"p","action":"A","groups":"g"}"#, "groups");
        refused(r#"{"principal":"p","action":"A","context":[]}"#, "context");
        refused(r#"{"principal":"p","action":"A","context":{"k":1,"k":1}}"#, "k");
        refused(r#"{"principal":"p","action":"A","account":{"uin":"1","uin":"1"}}"#, "uin");
        refused(r#"{"principal":"p","action":"A","account":{"uin":"x"}}"#, "uin");
        refused(r#"{"principal":"p","action":"A","account":{"uid":"1"}}"#, "uid");
    }

    #[test]
    fn null_is_absence_and_lists_are_kept() {
        let line = r#"{"principal":"p","action":"A","ip":null,"resource":[],"groups":null,"account":{"uin":null},
            "context":{"k":[1,"a",true,null,[],{}],"e":[]}}"#;
        let request = Request::from_json(line).unwrap();
        assert_eq!(
            (request.ip, request.resources, request.account),
            (None, Some(vec![]), Account::default())
        );
        let ContextValue::List(values) = &request.context[0].1 else { panic!("a list") };
        assert_eq!(values[0], ContextValue::Number("1".into()));
        assert_eq!(values[4..], [ContextValue::Object, ContextValue::Object]);
    }

    #[test]
    fn many_members_are_compared_in_linear_time() {
        let members: Vec<String> = (0..100_000).map(|i| format!("\"k{i}\":1")).collect();
        let line = format!(r#"{{"principal":"p","action":"A","context":{{{},"k7":1}}}}"#, members.join(","));
        refused(&line, "k7");
    }
}
