//! Generated CAM documents as plain data: made from a seed, written as text, kept in a file, made smaller while they
//! still show a fault. All of them are accepted (semantics §6).

mod generate;
mod shrink;

pub use generate::generate;
pub use shrink::shrink;

use crate::random::Random;
use passgate::model::PolicyKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// A policy document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The seed it was made from; its layout follows from it.
    pub seed: u64,
    /// `identity`, `trust` or `resource`.
    pub kind: String,
    /// `2.0` or `3.0`.
    pub version: String,
    /// Whether the principal stands in the document, not in its statements.
    pub common_principal: bool,
    /// Statements; at least one.
    pub statements: Vec<Statement>,
}

/// A statement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// `deny`, not `allow`.
    pub deny: bool,
    /// At least one.
    pub actions: Vec<String>,
    /// At least one; none in a trust policy is `*`.
    pub resources: Vec<String>,
    /// By operator and key, no two alike.
    pub conditions: Vec<Condition>,
    /// `"*"`, or an object; of trust and resource policies.
    pub principal: Option<Value>,
}

/// An operator on a key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// With its qualifier and suffix.
    pub operator: String,
    /// The key.
    pub key: String,
    /// Values as JSON texts; at least one.
    pub values: Vec<String>,
}

impl Document {
    /// What it is loaded as.
    pub fn kind(&self) -> PolicyKind {
        match self.kind.as_str() {
            "trust" => PolicyKind::Trust,
            "resource" => PolicyKind::Resource,
            _ => PolicyKind::Identity,
        }
    }

    /// The JSON text. Lists of one stand as a value or as a list, blanks here and there.
    pub fn text(&self) -> String {
        let mut layout = Random::new(self.seed);
        let statements: Vec<String> =
            self.statements.iter().map(|s| self.statement(s, &mut layout)).collect();
        let statement = list(&statements, &mut layout);
        let principal =
            self.statements.first().and_then(|s| s.principal.as_ref()).filter(|_| self.common_principal);
        let principal = principal.map(|whom| format!("\"principal\": {whom}, ")).unwrap_or_default();
        let blank = layout.word(&["", " ", "\n", "\t\r\n  "]);
        format!(
            "{blank}{{{principal}\"version\": \"{}\",{blank}\"statement\":{statement}}}{blank}",
            self.version
        )
    }

    fn statement(&self, statement: &Statement, layout: &mut Random) -> String {
        let mut members = vec![format!("\"effect\": \"{}\"", if statement.deny { "deny" } else { "allow" })];
        if let Some(whom) = statement.principal.as_ref().filter(|_| !self.common_principal) {
            members.push(format!("\"principal\": {whom}"));
        }
        members.push(format!("\"action\": {}", list(&quoted(&statement.actions), layout)));
        if !statement.resources.is_empty() {
            members.push(format!("\"resource\": {}", list(&quoted(&statement.resources), layout)));
        }
        if !statement.conditions.is_empty() {
            members
                .push(format!("\"condition\": {{{}}}", conditions(&statement.conditions, layout).join(", ")));
        }
        if layout.chance(30) {
            members.reverse();
        }
        format!("{{{}}}", members.join(","))
    }
}

/// Operators in the order they are first named, each with all its keys.
fn conditions(all: &[Condition], layout: &mut Random) -> Vec<String> {
    let mut operators: Vec<(&str, Vec<String>)> = Vec::new();
    for condition in all {
        let pair = format!("{}: {}", Value::from(condition.key.as_str()), list(&condition.values, layout));
        match operators.iter_mut().find(|(operator, _)| *operator == condition.operator) {
            Some((_, keys)) => keys.push(pair),
            None => operators.push((&condition.operator, vec![pair])),
        }
    }
    operators.into_iter().map(|(operator, keys)| format!("\"{operator}\": {{{}}}", keys.join(", "))).collect()
}

fn quoted(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| Value::from(text.as_str()).to_string()).collect()
}

/// One value may stand without brackets.
fn list(texts: &[String], layout: &mut Random) -> String {
    match texts {
        [only] if layout.chance(60) => only.clone(),
        all => format!("[{}]", all.join(if layout.chance(50) { ", " } else { "," })),
    }
}

/// Where documents that once showed a fault are kept.
pub fn folder() -> PathBuf {
    crate::found::folder().join("documents")
}

/// Writes a document into a folder, named after its seed.
///
/// # Errors
/// What the file system says.
pub fn keep(folder: &Path, document: &Document) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let path = folder.join(format!("document-{:016x}.json", document.seed));
    let text = serde_json::to_string_pretty(document).map_err(io::Error::other)?;
    fs::write(&path, text + "\n")?;
    Ok(path)
}

/// All kept documents with the names of their files, in order.
///
/// # Errors
/// What the file system says, or a file that holds no document.
#[expect(clippy::disallowed_methods, reason = "test support reads its own files")]
pub fn kept(folder: &Path) -> io::Result<Vec<(String, Document)>> {
    let mut paths: Vec<PathBuf> = match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.map(|e| e.path())).collect::<io::Result<_>>()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    paths.sort();
    let read = |path: &PathBuf| {
        let document = serde_json::from_str(&fs::read_to_string(path)?).map_err(io::Error::other)?;
        Ok((path.display().to_string(), document))
    };
    paths.iter().map(read).collect()
}
