//! A policy set made smaller as JSON: sizes, files or documents, certificates.

use super::{Certificate, Form, Minimized, Size, minimize};
use crate::analysis::wire;
use crate::check::Gate;
use crate::error::Result;
use crate::json::Value;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is asked for; with a size, documents are.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    documents: Option<bool>,
    max_size: Option<usize>,
}

/// Answers for other languages.
///
/// # Errors
/// Those of [`minimize`].
pub(in crate::analysis) fn ask(gates: &[&Gate], options: &Value<'_>) -> Result<String> {
    let [gate] = wire::gates("minimize", gates)?;
    let Options { documents, max_size } = wire::read("minimize", options)?;
    let form = match (documents, max_size) {
        (_, Some(most)) => Form::Documents { most },
        (Some(true), None) => Form::documents(),
        (Some(false) | None, None) => Form::Files,
    };
    Ok(to_json(&minimize(gate, form)?))
}

#[derive(Serialize)]
struct Whole<'m> {
    before: Size,
    after: Size,
    policies: Vec<One<'m>>,
    left: Vec<Left<'m>>,
    files: Vec<File<'m>>,
    documents: BTreeMap<&'m str, &'m [String]>,
}

#[derive(Serialize)]
struct One<'m> {
    policy: &'m str,
    before: Size,
    after: Size,
    least: bool,
    certificate: Certificate,
}

#[derive(Serialize)]
struct Left<'m> {
    policy: &'m str,
    why: &'static str,
}

#[derive(Serialize)]
struct File<'m> {
    file: &'m str,
    changed: bool,
    text: &'m str,
}

/// One JSON object.
///
/// Members: `before` and `after`, each with `statements`, `elements` and `characters` of all policies; `policies`, each with
/// `policy`, `before`, `after`, `least` and `certificate` (`classes`, `searched`); `left`, each with `policy` and `why`;
/// `files`, each with `file`, `changed` and `text`; `documents`, the texts of each policy's documents by its name.
pub fn to_json(found: &Minimized) -> String {
    let (before, after) = found.sizes();
    let whole = Whole {
        before,
        after,
        policies: found
            .policies
            .iter()
            .map(|one| One {
                policy: &one.policy,
                before: one.before,
                after: one.after,
                least: one.least,
                certificate: one.certificate,
            })
            .collect(),
        left: found.left.iter().map(|(policy, why)| Left { policy, why: why.as_str() }).collect(),
        files: found
            .files
            .iter()
            .map(|file| File { file: &file.name, changed: file.changed, text: &file.text })
            .collect(),
        documents: found.documents.iter().map(|(name, texts)| (name.as_ref(), texts.as_slice())).collect(),
    };
    crate::analysis::standing::written(&whole)
}
