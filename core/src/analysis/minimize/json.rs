//! A policy set made smaller as JSON: sizes, files or documents, certificates.

use super::{Certificate, Form, Minimized, Size};
use crate::error::{Error, ErrorCode, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is asked for, as JSON.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// `gate` (the default: the files of the set) or `cam` (documents).
    #[serde(default)]
    format: Option<String>,
    /// Characters of a document.
    #[serde(default)]
    max_size: Option<usize>,
}

impl Options {
    /// What they ask for.
    ///
    /// # Errors
    /// `bad-option` for another word, and for a size of what is no document.
    pub fn form(&self) -> Result<Form> {
        match (self.format.as_deref(), self.max_size) {
            (None | Some("gate"), None) => Ok(Form::Files),
            (Some("cam"), most) => Ok(most.map_or(Form::documents(), |most| Form::Documents { most })),
            (None | Some("gate"), Some(_)) => {
                let message = "`max_size` is the size of a document: ask for the format `cam`";
                Err(Error::new(ErrorCode::BadOption, message).with_key("max_size"))
            }
            (Some(_), _) => {
                let message = "a policy set is written as `gate` or `cam`";
                Err(Error::new(ErrorCode::BadOption, message).with_key("format"))
            }
        }
    }
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
