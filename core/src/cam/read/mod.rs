//! A CAM document to the model's policy: the document itself. Statements, conditions and principals are beside it.

mod condition;
mod fields;
mod principal;
mod statement;
#[cfg(test)]
mod tests;

use super::syntax;
use crate::findings::Findings;
use crate::json::{self, Kind, Value};
use crate::model::read::{Path, Place};
use crate::model::{Notes, Policy, PolicyKind, Statement, Whom};
use fields::{Keyword, fields};
use passgate_grammar::{Diagnostic, SourceId, Sources, Span, code, limits};
use std::sync::Arc;

/// Reads a CAM document as a policy of a kind, under a name.
///
/// The policy is there exactly when nothing refuses the document (`Diagnostic::refuses`); lints may be among the
/// diagnostics then. Every diagnostic has its bytes and, where the text is JSON, its path. At most a hundred are told,
/// and a `too-many` with the count of the rest.
///
/// ```
/// use passgate::cam;
/// use passgate::grammar::Sources;
/// use passgate::model::PolicyKind;
/// let mut sources = Sources::new();
/// let text = r#"{"version": "2.0", "statement": {"effect": "Allow", "action": "cvm:*", "resource": "*"}}"#;
/// let id = sources.add("doc.json", text);
/// let (policy, told) = cam::read(&sources, id, PolicyKind::Identity, "doc");
/// assert!(policy.is_none());
/// assert_eq!((told[0].code.as_str(), told[0].path.as_deref()), ("keyword-case", Some("statement.effect")));
/// ```
pub fn read(
    sources: &Sources,
    id: SourceId,
    kind: PolicyKind,
    name: &str,
) -> (Option<Policy>, Vec<Diagnostic>) {
    let text = sources.get(id).map_or("", |s| s.text());
    if text.len() > limits::FILE_BYTES {
        let message = format!("a file has at most {} bytes, this one {}", limits::FILE_BYTES, text.len());
        return (None, vec![Diagnostic::error(code::LIMIT, Span::new(id, 0, 0), message)]);
    }
    let body = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let offset = text.len() - body.len();
    match json::parse(body) {
        Err(error) => (None, vec![syntax::explain(body, &error, id, offset)]),
        Ok(tree) => {
            let mut reader = Reader { id, offset, kind, name, findings: Findings::default() };
            let policy = reader.document(&tree);
            let refused = reader.findings.refused();
            (policy.filter(|_| !refused), reader.findings.finish())
        }
    }
}

/// What every part of a document is read with.
struct Reader<'n> {
    id: SourceId,
    /// Bytes before the JSON text: a byte order mark.
    offset: usize,
    kind: PolicyKind,
    name: &'n str,
    findings: Findings,
}

impl Reader<'_> {
    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.id, self.offset + start, self.offset + end)
    }

    fn place<'p>(&self, value: &Value<'_>, path: &'p Path<'p>) -> Place<'p> {
        Place::at(self.span(value.start, value.end), path)
    }

    /// Only the first sign of an object or array, where the whole would be too much to show.
    fn opening<'p>(&self, value: &Value<'_>, path: &'p Path<'p>) -> Place<'p> {
        Place::at(self.span(value.start, value.start + 1), path)
    }

    fn document(&mut self, tree: &Value<'_>) -> Option<Policy> {
        const KEYWORDS: [Keyword; 3] =
            [Keyword::needed("version"), Keyword::needed("statement"), Keyword::optional("principal")];
        let Kind::Object(_) = &tree.kind else {
            let message = format!("a policy document is an object, this is of kind {}", tree.kind.name());
            let fault = self.opening(tree, &Path::Root).error(code::WRONG_TYPE, message);
            self.findings.push(fault.help("write `{ \"version\": \"2.0\", \"statement\": [ … ] }`"));
            return None;
        };
        let [version, statements, principal] = fields(self, tree, &KEYWORDS, &Path::Root);
        let version = version.and_then(|m| self.version(&m.value));
        // A principal that was refused is told once, not again as missing from every statement.
        let common = principal.map(|m| Arc::from(self.principal(m, &Path::Root).unwrap_or_default()));
        let statements = statements.and_then(|m| self.statements(&m.value, common.as_ref()));
        Some(Policy {
            name: self.name.into(),
            kind: self.kind,
            version: version?,
            notes: Notes::default(),
            statements: statements?,
            span: self.span(tree.start, tree.end),
            document: Some(self.id),
            instance: None,
        })
    }

    fn version(&mut self, value: &Value<'_>) -> Option<Box<str>> {
        let path = Path::Member(&Path::Root, "version");
        let place = self.place(value, &path);
        let help = "write `\"2.0\"` or `\"3.0\"`";
        match &value.kind {
            Kind::Text(text) if text == "2.0" || text == "3.0" => return Some(text.as_ref().into()),
            Kind::Text(text) => {
                let shown = crate::model::read::shown(text);
                let message = format!("`{shown}` is no version of this document format");
                self.findings.push(place.error(code::BAD_VERSION, message).help(help));
            }
            other => {
                let message = format!("a version is a string, this is of kind {}", other.name());
                self.findings.push(place.error(code::WRONG_TYPE, message).help(help));
            }
        }
        None
    }

    /// `statement`: one object or an array of them.
    fn statements(&mut self, value: &Value<'_>, common: Option<&Arc<[Whom]>>) -> Option<Vec<Statement>> {
        let path = Path::Member(&Path::Root, "statement");
        let Kind::Array(items) = &value.kind else {
            return Some(vec![self.statement(value, &path, 1, common)?]);
        };
        self.check_list(value, items.len(), limits::SET_STATEMENTS, &path)?;
        let mut all = Vec::with_capacity(items.len());
        let mut whole = true;
        for (i, item) in items.iter().enumerate() {
            let statement = self.statement(item, &Path::Item(&path, i), i + 1, common);
            whole &= statement.is_some();
            all.extend(statement);
        }
        whole.then_some(all)
    }

    /// A list has an element, and not too many.
    fn check_list(&mut self, value: &Value<'_>, length: usize, most: usize, path: &Path<'_>) -> Option<()> {
        if length == 0 {
            let fault = self.place(value, path).error(code::EMPTY_LIST, "a list has at least one element");
            self.findings.push(fault.help("write what belongs there"));
            return None;
        }
        if length > most {
            let message = format!("a list has at most {most} elements, this one {length}");
            self.findings.push(self.opening(value, path).error(code::LIMIT, message).help("split the list"));
            return None;
        }
        Some(())
    }
}
