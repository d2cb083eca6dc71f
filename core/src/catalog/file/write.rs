//! Services as catalog files: members in one order, an action a line, what has its default left out where that
//! keeps lines short (tags that follow the service, absent facts).

use crate::catalog::{Action, Service};
use std::fmt::Write as _;

/// A catalog file in JSON: an object for one service, else an array. Ends in a line end.
///
/// ```
/// use passgate::catalog::{Catalogs, file};
/// let builtin = Catalogs::builtin();
/// let text = file::to_json(builtin.services().map(|(_, s)| s.as_ref()));
/// assert!(text.starts_with("{\n  \"service\": \"intlpartnersmgt\""));
/// ```
pub fn to_json<'a>(services: impl IntoIterator<Item = &'a Service>) -> String {
    let all: Vec<String> = services.into_iter().map(json_service).collect();
    match all.as_slice() {
        [one] => format!("{one}\n"),
        [] => "[]\n".into(),
        several => format!("[\n{}\n]\n", several.join(",\n")),
    }
}

/// A catalog file in TOML: members at the top for one service, else `[[services]]`.
pub fn to_toml<'a>(services: impl IntoIterator<Item = &'a Service>) -> String {
    let all: Vec<&Service> = services.into_iter().collect();
    match all.as_slice() {
        [one] => toml_service(one, ""),
        [] => "services = []\n".into(),
        several => {
            let tables: Vec<_> =
                several.iter().map(|s| format!("[[services]]\n{}", toml_service(s, "services."))).collect();
            tables.join("\n")
        }
    }
}

/// The text whose digest is the version of a service that states none: all of it but the version.
pub(super) fn canonical(service: &Service) -> String {
    json_service(&Service { version: "".into(), ..service.clone() })
}

/// `(member, value)` of a service but for its actions and permids.
fn facts(service: &Service) -> Vec<(&'static str, String)> {
    let mut facts = vec![("service", quoted(&service.service))];
    facts.extend(service.name.as_ref().map(|n| ("name", quoted(n))));
    facts.push(("version", quoted(&service.version)));
    facts.push(("granularity", quoted(service.granularity.as_str())));
    facts.extend(service.console.map(|c| ("console", c.to_string())));
    facts.push(("tag_authorization", service.tag_authorization.to_string()));
    facts.extend(service.ip_restriction.map(|s| ("ip_restriction", quoted(s.as_str()))));
    facts
}

/// `(member, value)` of an action.
fn action_facts(action: &Action, service: &Service) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("name", quoted(&action.name)),
        ("category", quoted(&action.category)),
        ("granularity", quoted(action.granularity.as_str())),
        ("resources", list(&action.resources)),
        ("ip_restriction", action.ip_restriction.to_string()),
    ];
    if action.tag_authorization != service.tag_authorization {
        facts.push(("tag_authorization", action.tag_authorization.to_string()));
    }
    facts.extend(action.description.as_ref().map(|d| ("description", quoted(d))));
    facts
}

fn json_service(service: &Service) -> String {
    let mut members: Vec<String> =
        facts(service).into_iter().map(|(name, value)| format!("  \"{name}\": {value}")).collect();
    members.push(format!("  \"actions\": {}", json_actions(service)));
    if !service.permids.is_empty() {
        let sets: Vec<_> =
            service.permids.iter().map(|(n, names)| format!("{}: {}", quoted(n), list(names))).collect();
        members.push(format!("  \"permids\": {{{}}}", sets.join(", ")));
    }
    format!("{{\n{}\n}}", members.join(",\n"))
}

fn json_actions(service: &Service) -> String {
    if service.actions.is_empty() {
        return "[]".into();
    }
    let line = |action: &Action| {
        let facts: Vec<_> = action_facts(action, service)
            .into_iter()
            .map(|(name, value)| format!("\"{name}\": {value}"))
            .collect();
        format!("    {{{}}}", facts.join(", "))
    };
    let lines: Vec<_> = service.actions.iter().map(line).collect();
    format!("[\n{}\n  ]", lines.join(",\n"))
}

/// `at` is the path of the service's table with its point, empty for the document.
fn toml_service(service: &Service, at: &str) -> String {
    let mut text = String::new();
    for (name, value) in facts(service) {
        let _ = writeln!(text, "{name} = {value}");
    }
    if service.actions.is_empty() {
        text.push_str("actions = []\n");
    }
    for action in &service.actions {
        let _ = writeln!(text, "\n[[{at}actions]]");
        for (name, value) in action_facts(action, service) {
            let _ = writeln!(text, "{name} = {value}");
        }
    }
    if !service.permids.is_empty() {
        let _ = writeln!(text, "\n[{at}permids]");
        for (number, names) in &service.permids {
            let _ = writeln!(text, "{number} = {}", list(names));
        }
    }
    text
}

fn list(texts: &[Box<str>]) -> String {
    let all: Vec<_> = texts.iter().map(|t| quoted(t)).collect();
    format!("[{}]", all.join(", "))
}

/// A string as JSON and TOML both write it: TOML refuses the character U+007F that JSON lets pass.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}
