//! Policies as `.gate` text: what `cam import` prints (language reference, *Statements*).
//!
//! Lists that repeat are named, actions of one service are written bare, the layout is the
//! formatter's. The text resolves to the same statements, but for what stands in comments and is told.

mod clause;
mod name;
mod sets;
mod words;

use crate::catalog::Catalogs;
use crate::findings::Findings;
use crate::model::{Condition, Effect, Policy, PolicyKind, ResourceKind, ResourcePattern, Statement, Whom};
use clause::clauses;
use passgate_grammar::format::format;
use passgate_grammar::parse::parse;
use passgate_grammar::text::{quote, write_name};
use passgate_grammar::{Diagnostic, Sources};
use sets::{Sets, action_list, resource_list};
use std::fmt::Write;
use words::Words;

/// Writes policies as the text of one `.gate` file, in its canonical form.
///
/// A list of actions, addresses or resources that stands more than once gets a name. Where all actions are of one
/// service of the catalogs, it is put in `use` and its actions stand without it; the catalogs must then be those that the
/// text is read with. What a document says and the text cannot is kept as a comment above its statement: the other values
/// of an ordering operator, a `null_equal` of both values (told as `always-true`). A statement that covers no action is
/// left out; no document has one.
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
/// let (text, _) = cam::to_gate(&[policy], &Catalogs::builtin());
/// assert_eq!(text, "policy fence {\n    deny name/cvm:Run* unless from 10.0.0.0/8\n}\n");
/// ```
pub fn to_gate(policies: &[Policy], catalogs: &Catalogs) -> (String, Vec<Diagnostic>) {
    let words = Words::of(policies, catalogs);
    let sets = Sets::of(policies, &words, catalogs);
    let mut writer = Writer { catalogs, words, sets, findings: Findings::default() };
    let mut parts = Vec::new();
    let service = writer.words.used().map(|service| format!("use {service}\n"));
    parts.extend(service);
    let definitions: String = writer.sets.definitions().iter().map(|line| format!("{line}\n")).collect();
    parts.extend((!definitions.is_empty()).then_some(definitions));
    parts.extend(policies.iter().map(|policy| writer.policy(policy)));
    (canonical(parts.join("\n")), writer.findings.finish())
}

/// Conditions as the clauses of a statement, lists written out.
pub(crate) fn condition_clauses(conditions: &[Condition]) -> Vec<String> {
    clauses(conditions, &Sets::default(), &mut Findings::default()).clauses
}

/// What every part of a text is written with.
struct Writer<'a> {
    catalogs: &'a Catalogs,
    words: Words<'a>,
    sets: Sets,
    findings: Findings,
}

impl Writer<'_> {
    fn policy(&mut self, policy: &Policy) -> String {
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
            text.push_str(&self.statement(statement));
        }
        text.push_str("}\n");
        text
    }

    /// The lines of one statement, comments first.
    fn statement(&mut self, statement: &Statement) -> String {
        let effect = match statement.effect {
            Effect::Allow => "allow",
            Effect::Deny => "deny",
        };
        let actions = action_list(&statement.actions, &self.words, self.catalogs);
        if actions.is_empty() {
            return String::new();
        }
        let head = format!("    {effect} {}", self.sets.actions(&actions));
        let mut parts = Vec::new();
        if !statement.principals.is_empty() {
            parts.push(to_text(&statement.principals));
        }
        if !matches!(&*statement.resources, [ResourcePattern { kind: ResourceKind::Any, .. }]) {
            parts.push(format!("on {}", self.sets.resources(&resource_list(&statement.resources))));
        }
        let written = clauses(&statement.conditions, &self.sets, &mut self.findings);
        parts.extend(written.clauses);
        let comments: String = written.kept.iter().map(|line| format!("    // {line}\n")).collect();
        format!("{comments}{head} {}\n", parts.join(" "))
    }
}

/// The canonical form of a text. One that the language cannot hold, such as a name beyond the limit, stays as it is;
/// whoever reads it is told why.
fn canonical(text: String) -> String {
    let mut sources = Sources::new();
    let id = sources.add("import.gate", text.as_str());
    format(&sources, &parse(&sources, id)).unwrap_or(text)
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
