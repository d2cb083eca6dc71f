//! A policy as `.gate` text: what `cam import` prints (language reference, *Statements*).
//!
//! Four blanks, a statement on one line up to a hundred columns, else a clause a line; clauses in the order of the
//! reference. The text resolves to the same statements, but for what [`to_gate`] tells.

mod clause;

use super::terms::{ActionText, action_texts};
use crate::catalog::Catalogs;
use crate::findings::Findings;
use crate::model::{Effect, Policy, PolicyKind, ResourceKind, ResourcePattern, Statement, Whom};
use clause::clauses;
use passgate_grammar::Diagnostic;
use passgate_grammar::text::{quote, write_action, write_name};
use std::fmt::Write;

/// Columns of a line.
const WIDTH: usize = 100;

/// Writes a policy as the text of a `.gate` file, with a line end after its `}`.
///
/// Told as notes: `always-true` where a `null_equal` of both values is left out, since it always holds. A statement
/// that covers no action is left out; no document has one.
///
/// ```
/// use passgate::cam;
/// use passgate::catalog::Catalogs;
/// use passgate::grammar::Sources;
/// use passgate::model::PolicyKind;
/// let mut sources = Sources::new();
/// let text = r#"{"version":"2.0","statement":{"effect":"deny","action":"name/cvm:Run*","resource":"*",
///     "condition":{"ip_not_equal_if_exist":{"qcs:ip":"10.0.0.0/8"}}}}"#;
/// let id = sources.add("doc.json", text);
/// let policy = cam::read(&sources, id, PolicyKind::Identity, "fence").0.unwrap();
/// let (text, _) = cam::to_gate(&policy, &Catalogs::empty());
/// assert_eq!(text, "policy fence {\n    deny name/cvm:Run* unless from 10.0.0.0/8\n}\n");
/// ```
pub fn to_gate(policy: &Policy, catalogs: &Catalogs) -> (String, Vec<Diagnostic>) {
    let mut findings = Findings::default();
    let mut text = String::new();
    if policy.version.as_ref() != "2.0" {
        let _ = writeln!(text, "@version({})", quote(&policy.version));
    }
    let kind = match policy.kind {
        PolicyKind::Identity => "",
        PolicyKind::Trust => "trust ",
        PolicyKind::Resource => "resource ",
    };
    let _ = writeln!(text, "{kind}policy {} {{", write_name(&policy.name));
    for statement in &policy.statements {
        text.push_str(&statement_text(statement, catalogs, &mut findings));
    }
    text.push_str("}\n");
    (text, findings.finish())
}

/// The lines of one statement.
fn statement_text(statement: &Statement, catalogs: &Catalogs, findings: &mut Findings) -> String {
    let effect = match statement.effect {
        Effect::Allow => "allow",
        Effect::Deny => "deny",
    };
    let actions: Vec<String> = statement
        .actions
        .iter()
        .flat_map(|term| action_texts(&term.kind, catalogs).map(|a| action_text(&a)))
        .collect();
    if actions.is_empty() {
        return String::new();
    }
    let head = format!("    {effect} {}", actions.join(", "));
    let mut parts = Vec::new();
    if !statement.principals.is_empty() {
        parts.push(to_text(&statement.principals));
    }
    if !matches!(&*statement.resources, [ResourcePattern { kind: ResourceKind::Any, .. }]) {
        let texts: Vec<String> = statement.resources.iter().map(|r| quote(&r.text)).collect();
        parts.push(format!("on {}", texts.join(", ")));
    }
    parts.extend(clauses(&statement.conditions, findings));
    laid_out(&head, &parts)
}

fn laid_out(head: &str, parts: &[String]) -> String {
    let line = std::iter::once(head).chain(parts.iter().map(String::as_str)).collect::<Vec<_>>().join(" ");
    if line.chars().count() <= WIDTH || parts.is_empty() {
        return format!("{line}\n");
    }
    format!("{head}\n        {}\n", parts.join("\n        "))
}

fn action_text(action: &ActionText<'_>) -> String {
    match action {
        ActionText::Whole(text) => (*text).to_owned(),
        ActionText::Permid(number) => format!("permid/{number}"),
        ActionText::Named { legacy, service, pattern } => {
            format!("{}{}", if *legacy { "name/" } else { "" }, write_action(service, pattern))
        }
    }
}

fn to_text(whom: &[Whom]) -> String {
    let one = |w: &Whom| match w {
        Whom::Anyone => "anyone".to_owned(),
        Whom::Named { kind, text } => format!("{kind} {}", quote(text)),
    };
    format!("to {}", whom.iter().map(one).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests;
