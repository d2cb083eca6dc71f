//! The smallest equivalent policy set found: actions go back to patterns and categories, prefixes to the smallest cover,
//! statements are put together or left out. Policies stay under their names, so that attachments stay.
//!
//! Each policy is made smaller on its own and proved to say the same, alone and beside any other policies
//! ([`Certificate`]); a policy of which that cannot be proved stays as it is. Equality is over the catalogs at hand: a
//! pattern or category may cover more of a later catalog than the names that it stands for. A small policy is cut into
//! cells (`grid`), and the smallest choice of statements over them is found (`search`, `cover`); a large one is put
//! together statement by statement (`gather`). What is written is read again before it is proved.

pub(in crate::analysis) mod addresses;
pub(in crate::analysis) mod atoms;
pub(in crate::analysis) mod cover;
mod document;
mod edit;
mod gather;
mod grid;
mod json;
pub(in crate::analysis) mod marks;
mod policy;
mod rests;
mod search;
mod set;
pub(in crate::analysis) mod size;
pub(in crate::analysis) mod terms;
#[cfg(test)]
mod tests;

pub(in crate::analysis) use json::ask;
pub use json::to_json;
pub use policy::Certificate;
pub use size::Size;

use crate::cam;
use crate::check::Gate;
use crate::error::{Error, ErrorCode, Result};
use crate::model::{Model, Policy, PolicyKind};
use passgate_grammar::{SourceId, limits};
use policy::{Boundaries, Setting};
use set::Texts;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a set is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Its files, as they are: `.gate` texts in canonical form, documents as documents.
    Files,
    /// Every identity policy as CAM documents of at most so many characters each, JSON white space not counted.
    Documents {
        /// Characters of a document.
        most: usize,
    },
}

impl Form {
    /// Documents within the provider's limit.
    pub fn documents() -> Form {
        Form::Documents { most: limits::CAM_CHARS }
    }
}

/// A policy set made smaller.
#[derive(Debug, Clone)]
pub struct Minimized {
    /// Policies with their sizes, by name.
    pub policies: Vec<Shrunk>,
    /// Files of the set: all `.gate` texts in canonical form, and documents that became smaller. None where documents were
    /// asked for.
    pub files: Vec<File>,
    /// Documents of each policy, where they were asked for.
    pub documents: Vec<(Arc<str>, Vec<String>)>,
    /// Policies that were left as they are, and why.
    pub left: Vec<(Arc<str>, Why)>,
}

impl Minimized {
    /// How big the policies were and are, all together.
    pub fn sizes(&self) -> (Size, Size) {
        (self.policies.iter().map(|p| p.before).sum(), self.policies.iter().map(|p| p.after).sum())
    }
}

/// A policy and what became of it.
#[derive(Debug, Clone)]
pub struct Shrunk {
    /// Its name.
    pub policy: Arc<str>,
    /// How big it was.
    pub before: Size,
    /// How big it is.
    pub after: Size,
    /// That it decides as it did.
    pub certificate: Certificate,
    /// Whether no smaller policy covers the same cells, for certain: of a policy small enough that all were looked at.
    pub least: bool,
}

/// A text of the set.
#[derive(Debug, Clone)]
pub struct File {
    /// As diagnostics name it.
    pub name: Arc<str>,
    /// What it holds now.
    pub text: String,
    /// Whether it held something else.
    pub changed: bool,
}

/// Why a policy was left as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Why {
    /// Trust and resource policies decide nothing.
    NoIdentity,
    /// An instance of a template shares its text with others.
    Template,
    /// A document that an option lays on every caller is no part of the set.
    Boundary,
    /// It has no place in a document, or no proof was found that the document says the same.
    NoDocument,
    /// A statement of it has no room in a document of the size asked for.
    NoRoom,
}

impl Why {
    /// As a sentence.
    pub fn as_str(self) -> &'static str {
        match self {
            Why::NoIdentity => "a trust or resource policy decides nothing",
            Why::Template => "an instance of a template shares its text with the others",
            Why::Boundary => "a boundary laid on the set is no part of it",
            Why::NoDocument => "no document was found that is proved to say the same",
            Why::NoRoom => "a statement has no room in a document of that size",
        }
    }
}

/// Makes a policy set smaller.
///
/// ```
/// use passgate::Gate;
/// use passgate::analysis::minimize::{Form, minimize};
/// let gate = Gate::compile(
///     "use intlpartnersmgt
///      policy desk {
///          allow PayOrders from 10.0.0.0/9
///          allow PayOrders from 10.128.0.0/9
///          allow QueryUser, PayOrders from 10.1.2.3
///      }",
/// )?;
/// let found = minimize(&gate, Form::Files)?;
/// assert!(found.files[0].text.contains("    allow PayOrders from 10.0.0.0/8\n"), "{}", found.files[0].text);
/// let (before, after) = found.sizes();
/// assert_eq!((before.statements, after.statements), (3, 1));
/// # Ok::<(), passgate::Error>(())
/// ```
///
/// # Errors
/// `bad-option` for the files of a compiled file, which holds no texts; `bad-compiled` where it holds no policy set that
/// can be read.
pub fn minimize(gate: &Gate, form: Form) -> Result<Minimized> {
    let model = gate.try_model()?;
    match form {
        Form::Documents { most } => Ok(documents(model, most)),
        Form::Files if gate.is_of_texts() => Ok(files(model)),
        Form::Files => {
            let message = "a compiled file holds no texts that could be rewritten: minimize the set that it was compiled \
                           from, or ask for documents";
            Err(Error::new(ErrorCode::BadOption, message).with_key("format"))
        }
    }
}

fn files(model: &Model) -> Minimized {
    let bounds = Boundaries::of(model);
    let setting = |policy: &Policy| Setting::of(model, &model.named, bounds.used(&policy.name));
    let mut out =
        Minimized { policies: Vec::new(), files: Vec::new(), documents: Vec::new(), left: Vec::new() };
    let mut documents: BTreeMap<Arc<str>, Policy> = BTreeMap::new();
    let mut texts: BTreeMap<SourceId, String> = BTreeMap::new();
    for policy in &model.policies {
        if let Some(why) = left(model, policy) {
            out.left.push((policy.name.clone(), why));
        }
        let Some(source) = policy.document else { continue };
        documents.insert(policy.name.clone(), policy.clone());
        if left(model, policy).is_some() {
            continue;
        }
        match document::document(policy, &model.sources, &setting(policy)) {
            Some(found) => {
                texts.insert(source, found.text.clone());
                out.policies.push(shrunk(policy, &found));
            }
            None => out.left.push((policy.name.clone(), Why::NoDocument)),
        }
    }
    let mut set = Texts::new(model, bounds, &documents);
    for (policy, found) in set.run() {
        let set::Shrunk { before, after, certificate, least } = found;
        out.policies.push(Shrunk { policy, before, after, certificate, least });
    }
    texts.extend(set.canonical());
    out.policies.sort_by(|a, b| a.policy.cmp(&b.policy));
    out.files = texts.into_iter().filter_map(|(id, text)| file(model, id, text)).collect();
    out
}

fn file(model: &Model, id: SourceId, text: String) -> Option<File> {
    let source = model.sources.get(id)?;
    Some(File { name: source.name().clone(), changed: source.text().as_ref() != text, text })
}

fn documents(model: &Model, most: usize) -> Minimized {
    let bounds = Boundaries::of(model);
    let setting = |policy: &Policy| Setting::of(model, &model.named, bounds.used(&policy.name));
    let mut out =
        Minimized { policies: Vec::new(), files: Vec::new(), documents: Vec::new(), left: Vec::new() };
    for policy in &model.policies {
        if let Some(why) = left(model, policy).filter(|why| *why != Why::Template) {
            out.left.push((policy.name.clone(), why));
            continue;
        }
        let Some(found) = document::document(policy, &model.sources, &setting(policy)) else {
            out.left.push((policy.name.clone(), Why::NoDocument));
            continue;
        };
        let parts = if cam::counted_chars(&found.text) <= most {
            Some(vec![found.text.clone()])
        } else {
            let fresh = Policy { document: None, ..found.policy.clone() };
            cam::export_within(most, &fresh, &model.sources, &model.catalogs).0
        };
        match parts {
            Some(parts) => {
                out.policies.push(shrunk(policy, &found));
                out.documents.push((policy.name.clone(), parts));
            }
            None => out.left.push((policy.name.clone(), Why::NoRoom)),
        }
    }
    out
}

fn shrunk(policy: &Policy, found: &document::Document) -> Shrunk {
    Shrunk {
        policy: policy.name.clone(),
        before: found.before,
        after: found.after,
        certificate: found.certificate,
        least: found.least,
    }
}

/// Why a policy is left as it is; none where it is not.
fn left(model: &Model, policy: &Policy) -> Option<Why> {
    let bounds = model.boundary.iter().flatten().filter_map(|id| model.policies.get(id.0 as usize));
    if bounds.into_iter().any(|bound| bound.name == policy.name) {
        return Some(Why::Boundary);
    }
    match (policy.kind, policy.instance) {
        (PolicyKind::Identity, None) => None,
        (PolicyKind::Identity, Some(_)) => Some(Why::Template),
        (PolicyKind::Trust | PolicyKind::Resource, _) => Some(Why::NoIdentity),
    }
}
