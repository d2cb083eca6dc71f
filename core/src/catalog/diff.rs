//! What a new catalog changes against an old one, as data and as lines of text.
//!
//! Compared is what can change a decision: actions, their category, level, address and tag support and resources,
//! and the facts and sets of their service. Descriptions and versions are not: a page that says the same in other
//! words, or on another day, changes nothing.

use super::{Action, Service};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What differs between two catalogs. Serializes as `{"services": […]}`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct CatalogDiff {
    /// Services that differ, by abbreviation.
    pub services: Vec<ServiceDiff>,
}

/// What became of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Became {
    /// Only the new catalog has it.
    Added,
    /// Only the old catalog has it.
    Removed,
    /// Both have it, and it differs.
    Changed,
}

/// What differs in one service.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ServiceDiff {
    /// Abbreviation.
    pub service: Box<str>,
    /// Added, removed or changed.
    pub change: Became,
    /// Version in the old catalog.
    pub old_version: Option<Box<str>>,
    /// Version in the new catalog.
    pub new_version: Option<Box<str>>,
    /// Facts of the service that differ.
    pub facts: Vec<Change>,
    /// Actions that only the new catalog has; of an added service, all.
    pub added: Vec<Listed>,
    /// Actions that only the old catalog has; of a removed service, all.
    pub removed: Vec<Listed>,
    /// Actions of both that differ.
    pub changed: Vec<ActionDiff>,
}

/// An action that only one of the catalogs has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Name without its service.
    pub name: Box<str>,
    /// Its category.
    pub category: Box<str>,
    /// Its level.
    pub granularity: &'static str,
    /// Resource templates.
    pub resources: Vec<Box<str>>,
    /// Whether it is handed the address.
    pub ip_restriction: bool,
    /// Whether it is handed tags.
    pub tag_authorization: bool,
}

/// An action that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ActionDiff {
    /// Name without its service.
    pub name: Box<str>,
    /// What differs.
    pub changes: Vec<Change>,
}

/// A member of a catalog file whose value differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The member, as catalog files call it; `permids.N` for a set.
    pub what: String,
    /// Its value in the old catalog; `null` where it is not stated.
    pub old: Value,
    /// Its value in the new catalog.
    pub new: Value,
}

/// What differs between an old and a new catalog.
///
/// ```
/// use passgate::catalog::{Catalogs, diff::diff};
/// let old = Catalogs::builtin().find("intlpartnersmgt").unwrap().1.as_ref().clone();
/// let mut new = old.clone();
/// new.actions[0].ip_restriction = false;
/// let found = diff([&old], [&new]);
/// assert_eq!(found.lines()[1], "  ~ AddAdminOrgRelationship: address support yes → no");
/// assert!(diff([&old], [&old]).is_empty());
/// ```
pub fn diff<'a>(
    old: impl IntoIterator<Item = &'a Service>,
    new: impl IntoIterator<Item = &'a Service>,
) -> CatalogDiff {
    let mut pairs: BTreeMap<&str, (Option<&Service>, Option<&Service>)> = BTreeMap::new();
    for service in old {
        pairs.entry(&service.service).or_default().0 = Some(service);
    }
    for service in new {
        pairs.entry(&service.service).or_default().1 = Some(service);
    }
    let services = pairs.into_values().filter_map(|(old, new)| of_service(old, new)).collect();
    CatalogDiff { services }
}

fn of_service(old: Option<&Service>, new: Option<&Service>) -> Option<ServiceDiff> {
    let change = match (old, new) {
        (None, _) => Became::Added,
        (_, None) => Became::Removed,
        _ => Became::Changed,
    };
    let mut found = ServiceDiff {
        service: old.or(new)?.service.clone(),
        change,
        old_version: old.map(|s| s.version.as_ref().into()),
        new_version: new.map(|s| s.version.as_ref().into()),
        facts: Vec::new(),
        added: Vec::new(),
        removed: Vec::new(),
        changed: Vec::new(),
    };
    if let (Some(old), Some(new)) = (old, new) {
        found.facts = changes(facts(old), facts(new));
    }
    actions(old.map_or(&[], |s| &s.actions), new.map_or(&[], |s| &s.actions), &mut found);
    let differs = change != Became::Changed
        || !(found.facts.is_empty()
            && found.added.is_empty()
            && found.removed.is_empty()
            && found.changed.is_empty());
    differs.then_some(found)
}

/// Both lists are sorted by name.
fn actions(old: &[Action], new: &[Action], found: &mut ServiceDiff) {
    let find = |all: &[Action], name: &str| all.binary_search_by(|a| a.name.as_ref().cmp(name)).is_ok();
    found.removed = old.iter().filter(|a| !find(new, &a.name)).map(listed).collect();
    for action in new {
        let before = old.binary_search_by(|a| a.name.cmp(&action.name)).ok().and_then(|n| old.get(n));
        match before.map(|before| changes(action_facts(before), action_facts(action))) {
            None => found.added.push(listed(action)),
            Some(changes) if changes.is_empty() => {}
            Some(changes) => found.changed.push(ActionDiff { name: action.name.clone(), changes }),
        }
    }
}

fn listed(action: &Action) -> Listed {
    Listed {
        name: action.name.clone(),
        category: action.category.clone(),
        granularity: action.granularity.as_str(),
        resources: action.resources.clone(),
        ip_restriction: action.ip_restriction,
        tag_authorization: action.tag_authorization,
    }
}

type Facts = Vec<(String, Value)>;

fn facts(service: &Service) -> Facts {
    let mut facts: Facts = vec![
        ("granularity".into(), json!(service.granularity.as_str())),
        ("console".into(), json!(service.console)),
        ("tag_authorization".into(), json!(service.tag_authorization)),
        ("ip_restriction".into(), json!(service.ip_restriction.map(|s| s.as_str()))),
    ];
    facts.extend(service.permids.iter().map(|(number, names)| (format!("permids.{number}"), json!(names))));
    facts
}

fn action_facts(action: &Action) -> Facts {
    vec![
        ("category".into(), json!(action.category)),
        ("granularity".into(), json!(action.granularity.as_str())),
        ("ip_restriction".into(), json!(action.ip_restriction)),
        ("tag_authorization".into(), json!(action.tag_authorization)),
        ("resources".into(), json!(action.resources)),
    ]
}

/// What differs, in the order of the old facts and then of those that only the new ones hold.
fn changes(old: Facts, new: Facts) -> Vec<Change> {
    let value =
        |facts: &Facts, what: &str| facts.iter().find(|f| f.0 == what).map_or(Value::Null, |f| f.1.clone());
    let only_new = new.iter().filter(|n| old.iter().all(|o| o.0 != n.0)).map(|n| n.0.clone());
    let names: Vec<String> = old.iter().map(|o| o.0.clone()).chain(only_new).collect();
    let change = |what: String| Change { old: value(&old, &what), new: value(&new, &what), what };
    names.into_iter().map(change).filter(|c| c.old != c.new).collect()
}

impl CatalogDiff {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.services.is_empty()
    }

    /// The differences for people, a line each: `+` added, `-` removed, `~` changed.
    pub fn lines(&self) -> Vec<String> {
        self.services.iter().flat_map(ServiceDiff::lines).collect()
    }
}

impl ServiceDiff {
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.title()];
        lines.extend(self.facts.iter().map(|change| format!("  ~ {}", change.text())));
        lines.extend(self.removed.iter().map(|action| format!("  - {}", action.text())));
        lines.extend(self.added.iter().map(|action| format!("  + {}", action.text())));
        for action in &self.changed {
            let changes: Vec<String> = action.changes.iter().map(Change::text).collect();
            lines.push(format!("  ~ {}: {}", action.name, changes.join("; ")));
        }
        lines
    }

    fn title(&self) -> String {
        let version = |v: &Option<Box<str>>| v.as_deref().unwrap_or("").to_owned();
        match self.change {
            Became::Added => format!("+ {} {}", self.service, version(&self.new_version)),
            Became::Removed => format!("- {} {}", self.service, version(&self.old_version)),
            Became::Changed => {
                format!("~ {} {} → {}", self.service, version(&self.old_version), version(&self.new_version))
            }
        }
    }
}

impl Listed {
    fn text(&self) -> String {
        let ip = if self.ip_restriction { "" } else { ", no address support" };
        format!("{} ({}, {} level{ip})", self.name, self.category, self.granularity)
    }
}

impl Change {
    fn text(&self) -> String {
        let what = match self.what.as_str() {
            "granularity" => "level",
            "ip_restriction" => "address support",
            "tag_authorization" => "tag support",
            other => other,
        };
        format!("{what} {} → {}", shown(&self.old), shown(&self.new))
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "not stated".into(),
        Value::Array(items) if items.is_empty() => "nothing".into(),
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::file;
    use passgate_grammar::Sources;

    fn services(json: &str) -> Vec<Service> {
        let mut sources = Sources::new();
        let id = sources.add("t.json", json);
        let (services, diagnostics) = file::read(&sources, id);
        assert!(diagnostics.iter().all(|d| !d.is_error()), "{diagnostics:?}");
        services
    }

    fn check(old: &str, new: &str, expected: &[&str]) {
        assert_eq!(diff(&services(old), &services(new)).lines(), expected, "{old} {new}");
    }

    fn one(rest: &str) -> String {
        format!(r#"{{"service": "a", "version": "1", {rest}}}"#)
    }

    #[test]
    fn actions_come_go_and_change() {
        check(
            &one(r#""actions": [{"name": "A"}, {"name": "B"}, {"name": "C"}]"#),
            &one(
                r#""actions": [{"name": "B", "category": "read", "granularity": "resource", "ip_restriction": false,
                    "tag_authorization": true, "resources": ["qcs::a:::x/*"]}, {"name": "C", "description": "new words"},
                    {"name": "D", "category": "write", "ip_restriction": false}]"#,
            ),
            &[
                "~ a 1 → 1",
                "  - A (other, operation level)",
                "  + D (write, operation level, no address support)",
                "  ~ B: category other → read; level operation → resource; address support yes → no; tag support no → yes; resources * → qcs::a:::x/*",
            ],
        );
    }

    #[test]
    fn services_come_go_and_change() {
        check(
            r#"[{"service": "a", "version": "1", "actions": []}, {"service": "b", "version": "1", "actions": [{"name": "X"}]}]"#,
            r#"[{"service": "a", "version": "2", "granularity": "resource", "ip_restriction": "partial", "actions": [], "permids": {"1": []}},
                {"service": "c", "version": "2", "actions": [{"name": "Y"}]}]"#,
            &[
                "~ a 1 → 2",
                "  ~ level operation → resource",
                "  ~ address support not stated → partial",
                "  ~ permids.1 not stated → nothing",
                "- b 1",
                "  - X (other, operation level)",
                "+ c 2",
                "  + Y (other, operation level)",
            ],
        );
    }

    #[test]
    fn words_and_dates_change_nothing() {
        let with = |version: &str, text: &str| {
            format!(
                r#"{{"service": "a", "name": "{text}", "version": "{version}", "actions": [{{"name": "A", "description": "{text}"}}]}}"#
            )
        };
        check(&with("1", "x"), &with("2", "y"), &[]);
    }

    #[test]
    fn the_data_is_what_the_lines_say() {
        let old = services(&one(r#""actions": [{"name": "A"}]"#));
        let new = services(&one(r#""actions": [{"name": "A", "ip_restriction": false}, {"name": "B"}]"#));
        let found = serde_json::to_value(diff(&old, &new)).unwrap();
        let listed = json!({"name": "B", "category": "other", "granularity": "operation", "resources": ["*"],
            "ip_restriction": true, "tag_authorization": false});
        assert_eq!(
            found,
            json!({"services": [{"service": "a", "change": "changed", "old_version": "1", "new_version": "1",
                "facts": [], "added": [listed], "removed": [],
                "changed": [{"name": "A", "changes": [{"what": "ip_restriction", "old": true, "new": false}]}]}]})
        );
    }
}
