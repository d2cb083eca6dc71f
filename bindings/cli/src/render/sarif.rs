//! Diagnostics as a SARIF 2.1.0 log: one run of one tool, a rule a code told, a result a diagnostic.
//!
//! Lines and columns count from 1 and columns are code points, which the log declares; an end column is the one just
//! past the last character, as SARIF has it. Fixes keep their edits; whether one is safe stands in its properties.

use passgate::grammar::code;
use passgate::report::{DiagnosticReport, FixReport, Stretch};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The whole log as JSON.
pub(crate) fn log(diagnostics: &[DiagnosticReport]) -> String {
    let rules = Rules::of(diagnostics);
    let results: Vec<Value> = diagnostics.iter().map(|d| result(d, &rules)).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "passgate",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.0.keys().map(|code| rule(code)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    log.to_string()
}

/// The codes told, with their places in the list of rules.
struct Rules(BTreeMap<&'static str, usize>);

impl Rules {
    fn of(diagnostics: &[DiagnosticReport]) -> Rules {
        let mut rules: BTreeMap<&'static str, usize> = diagnostics.iter().map(|d| (d.code, 0)).collect();
        for (place, rule) in rules.values_mut().enumerate() {
            *rule = place;
        }
        Rules(rules)
    }
}

fn rule(code: &str) -> Value {
    let known = code::ALL.iter().find(|(known, _)| known.as_str() == code);
    let about = known.map_or("", |(_, about)| about);
    let lint = known.is_some_and(|(known, _)| known.is_lint());
    let error = !lint || known.is_some_and(|(known, _)| known.is_error_by_default());
    json!({
        "id": code,
        "shortDescription": {"text": about},
        "help": {"text": format!("passgate explain-code {code}")},
        "defaultConfiguration": {"level": if error { "error" } else { "warning" }},
        "properties": {"tags": [if lint { "lint" } else { "fault" }]},
    })
}

fn result(diagnostic: &DiagnosticReport, rules: &Rules) -> Value {
    let mut result = json!({
        "ruleId": diagnostic.code,
        "ruleIndex": rules.0.get(diagnostic.code),
        "level": diagnostic.level,
        "message": {"text": said(diagnostic)},
        "locations": [{"physicalLocation": physical(&diagnostic.place)}],
    });
    let Some(members) = result.as_object_mut() else { return result };
    if !diagnostic.labels.is_empty() {
        let related = diagnostic.labels.iter().enumerate().map(|(id, label)| {
            json!({"id": id, "message": {"text": label.text}, "physicalLocation": physical(&label.place)})
        });
        members.insert("relatedLocations".into(), related.collect());
    }
    if !diagnostic.fixes.is_empty() {
        members.insert("fixes".into(), diagnostic.fixes.iter().map(fix).collect());
    }
    let mut properties = serde_json::Map::new();
    if !diagnostic.nearest.is_empty() {
        properties.insert("nearest".into(), json!(diagnostic.nearest));
    }
    if let Some(path) = &diagnostic.path {
        properties.insert("path".into(), json!(path));
    }
    if !properties.is_empty() {
        members.insert("properties".into(), properties.into());
    }
    result
}

/// What is wrong, why, and how to mend it: a line each.
fn said(diagnostic: &DiagnosticReport) -> String {
    let notes = diagnostic.notes.iter().map(|note| format!("note: {note}"));
    let help = diagnostic.help.iter().map(|help| format!("help: {help}"));
    std::iter::once(diagnostic.message.clone()).chain(notes).chain(help).collect::<Vec<_>>().join("\n")
}

fn physical(place: &Stretch) -> Value {
    json!({"artifactLocation": {"uri": uri(&place.file)}, "region": region(place)})
}

fn region(place: &Stretch) -> Value {
    json!({
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    })
}

fn fix(fix: &FixReport) -> Value {
    let mut files: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for edit in &fix.edits {
        let replacement =
            json!({"deletedRegion": region(&edit.place), "insertedContent": {"text": edit.text}});
        files.entry(&edit.place.file).or_default().push(replacement);
    }
    let changes = files.iter().map(
        |(file, replacements)| json!({"artifactLocation": {"uri": uri(file)}, "replacements": replacements}),
    );
    json!({
        "description": {"text": fix.title},
        "artifactChanges": changes.collect::<Vec<_>>(),
        "properties": {"safe": fix.safe},
    })
}

/// A path as a URI reference: absolute ones as `file:`, others relative; what a URI cannot hold is percent-encoded.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut out = String::from(if path.starts_with('/') { "file://" } else { "" });
    for b in path.bytes() {
        if b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(b));
        } else {
            let _ = write!(out, "%{b:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests;
