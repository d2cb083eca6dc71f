//! A policy of the model as a CAM JSON document (semantics §6, language reference *Canonical form and export*).
//!
//! Written for people: four blanks a level, short lists on one line each. The same policy gives the same bytes.

mod body;
mod condition;
mod divide;
mod json;
mod measure;
mod split;
mod statement;

pub(super) use condition::values;
pub(super) use json::Json;
pub(crate) use measure::Lengths;
pub use split::{export_split, export_within};

use crate::catalog::Catalogs;
use crate::findings::Findings;
use crate::model::{Policy, PolicyKind};
use body::Body;
use passgate_grammar::{Diagnostic, Sources, Span, code, limits};
use statement::Writer;

/// Writes a policy as a CAM document.
///
/// A document that was kept (`= cam`, a `.json` file of the set) is exported as it stands. What is told: `bad-action`
/// for a catalogued name that the document format cannot hold, `empty-set` for a statement or policy of nothing,
/// `too-long` (a warning) for an identity policy above the provider's size limit. There is a document where nothing
/// of it refuses.
///
/// ```
/// use passgate::cam;
/// use passgate::catalog::Catalogs;
/// use passgate::grammar::Sources;
/// use passgate::model::PolicyKind;
/// let mut sources = Sources::new();
/// let text = r#"{"version":"2.0","statement":{"effect":"allow","action":["cvm:*"],"resource":"*"}}"#;
/// let id = sources.add("doc.json", text);
/// let mut policy = cam::read(&sources, id, PolicyKind::Identity, "doc").0.unwrap();
/// policy.document = None; // as if it came from `.gate` text
/// let (document, told) = cam::export(&policy, &sources, &Catalogs::empty());
/// assert!(document.unwrap().contains(r#""action": "cvm:*""#) && told.is_empty());
/// ```
pub fn export(policy: &Policy, sources: &Sources, catalogs: &Catalogs) -> (Option<String>, Vec<Diagnostic>) {
    let mut findings = Findings::default();
    let kept = kept(policy, sources).map(str::to_owned);
    let document = kept.or_else(|| written(policy, catalogs, &mut findings));
    if let Some(text) = &document
        && policy.kind == PolicyKind::Identity
    {
        check_length(policy, text, &mut findings);
    }
    let refused = findings.refused();
    (document.filter(|_| !refused), findings.finish())
}

/// The text of a document that was kept.
fn kept<'s>(policy: &Policy, sources: &'s Sources) -> Option<&'s str> {
    policy.document.and_then(|id| sources.get(id)).map(|source| source.text().as_ref())
}

fn written(policy: &Policy, catalogs: &Catalogs, findings: &mut Findings) -> Option<String> {
    Some(document(policy, bodies(policy, catalogs, findings)?.iter().map(Body::json)))
}

/// The statements that say something; none is a fault.
fn bodies(policy: &Policy, catalogs: &Catalogs, findings: &mut Findings) -> Option<Vec<Body>> {
    let mut writer = Writer { catalogs, kind: policy.kind, findings };
    let bodies: Vec<Body> = policy.statements.iter().filter_map(|s| writer.statement(s)).collect();
    if bodies.is_empty() {
        let message = format!("`{}` has no statement: a document holds at least one", policy.name);
        let fault = Diagnostic::error(code::EMPTY_LIST, policy.span, message);
        findings.push(fault.help("leave the policy out, and attach nothing instead"));
        return None;
    }
    Some(bodies)
}

fn document(policy: &Policy, statements: impl Iterator<Item = Json>) -> String {
    let members = vec![
        ("version".into(), Json::Text(policy.version.as_ref().into())),
        ("statement".into(), Json::Array(statements.collect())),
    ];
    Json::Object(members).to_string()
}

/// Characters that the provider counts: code points that are neither JSON white space nor the byte order mark.
pub(crate) fn counted_chars(text: &str) -> usize {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    text.chars().filter(|c| !matches!(c, ' ' | '\t' | '\n' | '\r')).count()
}

fn check_length(policy: &Policy, text: &str, findings: &mut Findings) {
    let count = counted_chars(text);
    if count > limits::CAM_CHARS {
        let message = format!(
            "`{}` has {count} characters as a CAM document, the provider takes {}",
            policy.name,
            limits::CAM_CHARS
        );
        let told = Diagnostic::warning(code::TOO_LONG, head(policy.span), message);
        findings
            .push(told.help("export it with `--split`: statements of two policies decide as those of one"));
    }
}

/// A policy is shown by its first sign, not by all of its text.
fn head(span: Span) -> Span {
    Span { end: span.start.saturating_add(1).min(span.end), ..span }
}

#[cfg(test)]
mod tests;
