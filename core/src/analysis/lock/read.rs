//! A lock from its text. All that is wrong with it is told with its place; a lock that is not whole is not compared.

use super::{Action, Key};
use crate::error::{Error, ErrorCode, Result};
use crate::model::read::shown;
use crate::nearest::nearest;
use crate::toml_tree;
use passgate_grammar::text::is_service;
use passgate_grammar::{Diagnostic, SourceId, Sources, Span, code};
use std::collections::HashMap;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The format that is written, and the only one that is read.
pub(super) const FORMAT: u32 = 1;

/// A lock that was kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Locked {
    /// In the order of the alphabet.
    pub catalogs: Vec<LockedCatalog>,
    /// In the order written.
    pub patterns: Vec<LockedPattern>,
}

/// A catalog that a lock was written with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedCatalog {
    /// Abbreviation of the service.
    pub service: Box<str>,
    /// Its version.
    pub version: Box<str>,
    /// Where it stands.
    pub span: Span,
}

/// A pattern with what it stood for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedPattern {
    /// What it is known by.
    pub key: Key,
    /// In the order of the alphabet.
    pub actions: Vec<Action>,
    /// Where it stands.
    pub span: Span,
    /// The line, from 1.
    pub line: u32,
}

/// Reads a lock.
///
/// # Errors
/// `bad-lock` for everything that is wrong with it.
pub fn read(sources: &Sources, id: SourceId) -> std::result::Result<Locked, Vec<Diagnostic>> {
    let text = sources.get(id).map_or("", |source| source.text().as_ref());
    let document = toml_tree::parse(text).map_err(|errors| {
        let told = |error: toml_tree::TomlError| {
            bad(Span::new(id, error.start, error.end), format!("the lock cannot be read: {}", error.message))
        };
        errors.into_iter().map(told).collect::<Vec<_>>()
    })?;
    let mut reading = Reading { sources, id, out: Vec::new() };
    let locked = reading.lock(document.into_inner());
    if reading.out.is_empty() { Ok(locked) } else { Err(reading.out) }
}

/// Reads a lock from a text alone; diagnostics show it under a name.
///
/// ```
/// use passgate::analysis::lock::read_text;
/// assert!(read_text("passgate.lock", "format = 1").is_ok());
/// let refused = read_text("passgate.lock", "format = 2").unwrap_err();
/// assert_eq!(refused.diagnostics()[0].code.as_str(), "bad-lock");
/// ```
///
/// # Errors
/// `bad-request` with diagnostics where it is none.
pub fn read_text(name: &str, text: &str) -> Result<Locked> {
    let mut sources = Sources::new();
    let id = sources.add(name, text);
    read(&sources, id).map_err(|told| {
        let first = told.first().map_or("", |told| told.message.as_str());
        let line = told.first().map_or(1, |told| sources.start(told.span).line);
        let error =
            Error::new(ErrorCode::BadRequest, format!("line {line} of the lock: {first}")).with_key("lock");
        error.with_diagnostics(told, Arc::new(sources))
    })
}

#[cold]
fn bad(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(code::BAD_LOCK, span, message).help("write it anew: `passgate lock SET`")
}

/// The members of the document, and of a pattern.
const DOCUMENT: [&str; 3] = ["format", "catalogs", "patterns"];
const PATTERN: [&str; 4] = ["pattern", "use", "policy", "actions"];

struct Reading<'s> {
    sources: &'s Sources,
    id: SourceId,
    out: Vec<Diagnostic>,
}

type Value<'t> = Spanned<DeValue<'t>>;

impl Reading<'_> {
    fn lock(&mut self, document: DeTable<'_>) -> Locked {
        let mut locked = Locked::default();
        let whole = Span::new(self.id, 0, 0);
        let mut members = self.members(document, &DOCUMENT);
        match members.remove("format") {
            Some(value) => self.format(&value),
            None => self.out.push(bad(whole, "the lock does not say its `format`")),
        }
        // Of another format nothing is known.
        if !self.out.is_empty() {
            return locked;
        }
        if let Some(value) = members.remove("catalogs") {
            locked.catalogs = self.catalogs(value);
        }
        if let Some(value) = members.remove("patterns") {
            locked.patterns = self.patterns(value);
        }
        locked
    }

    /// The members of a table; what it does not have is told.
    fn members<'t>(
        &mut self,
        table: DeTable<'t>,
        known: &'static [&'static str],
    ) -> HashMap<&'static str, Value<'t>> {
        let mut members = HashMap::new();
        for (name, value) in table {
            match known.iter().find(|known| **known == name.get_ref().as_ref()) {
                Some(name) => {
                    members.insert(*name, value);
                }
                None => {
                    let message = format!("a lock has no member `{}`", shown(name.get_ref()));
                    let near = nearest(name.get_ref(), known.iter().copied());
                    let span = self.span(&name);
                    self.out.push(bad(span, message).nearest(near));
                }
            }
        }
        members
    }

    fn format(&mut self, value: &Value<'_>) {
        let span = self.span(value);
        let number = match value.get_ref() {
            DeValue::Integer(number) => number.as_str().parse::<u32>().ok(),
            _ => None,
        };
        match number {
            Some(FORMAT) => {}
            Some(later) if later > FORMAT => {
                let message = format!(
                    "the lock has format {later}, written by a later version: this one reads {FORMAT}"
                );
                self.out.push(bad(span, message).help("use the version that wrote it, or write it anew"));
            }
            _ => self.out.push(bad(span, format!("`format` is {FORMAT}"))),
        }
    }

    fn catalogs(&mut self, value: Value<'_>) -> Vec<LockedCatalog> {
        let Some(table) = self.table(value, "`catalogs`") else { return Vec::new() };
        let mut catalogs = Vec::new();
        for (name, version) in table {
            let span = self.span(&name);
            let service = name.into_inner();
            if !is_service(&service) {
                self.out.push(bad(span, format!("`{}` is no service", shown(&service))));
            }
            let Some(version) = self.text(version, "the version of a catalog") else { continue };
            catalogs.push(LockedCatalog { service: service.into(), version, span });
        }
        catalogs
    }

    fn patterns(&mut self, value: Value<'_>) -> Vec<LockedPattern> {
        let span = self.span(&value);
        let DeValue::Array(entries) = value.into_inner() else {
            self.out.push(bad(span, "`patterns` is a list of tables"));
            return Vec::new();
        };
        let mut patterns: Vec<LockedPattern> = Vec::new();
        let mut known: HashMap<Key, Span> = HashMap::new();
        for entry in entries {
            let Some(pattern) = self.pattern(entry) else { continue };
            if let Some(first) = known.insert(pattern.key.clone(), pattern.span) {
                let told =
                    bad(pattern.span, format!("`{}` stands in the lock twice", shown(&pattern.key.pattern)));
                self.out.push(told.label(first, "first here"));
            }
            patterns.push(pattern);
        }
        patterns
    }

    fn pattern(&mut self, entry: Value<'_>) -> Option<LockedPattern> {
        let whole = self.span(&entry);
        let table = self.table(entry, "a pattern of the lock")?;
        let mut members = self.members(table, &PATTERN);
        let Some(name) = members.remove("pattern") else {
            self.out.push(bad(whole, "a pattern of the lock lacks `pattern`"));
            return None;
        };
        let span = self.span(&name);
        let pattern = self.text(name, "`pattern`")?;
        let uses = members.remove("use").map_or_else(Arc::default, |value| self.services(value));
        let policy = members.remove("policy").and_then(|value| self.text(value, "`policy`"));
        let key = Key { pattern, uses, policy: policy.map(Into::into) };
        let actions = members.remove("actions").map_or_else(Vec::new, |value| self.actions(value));
        Some(LockedPattern { key, actions, span, line: self.sources.start(span).line })
    }

    fn services(&mut self, value: Value<'_>) -> Arc<[Box<str>]> {
        let span = self.span(&value);
        match value.into_inner() {
            DeValue::Array(items) => {
                items.into_iter().filter_map(|item| self.text(item, "a service of `use`")).collect()
            }
            _ => {
                self.out.push(bad(span, "`use` is a list of services"));
                Arc::default()
            }
        }
    }

    fn actions(&mut self, value: Value<'_>) -> Vec<Action> {
        let Some(table) = self.table(value, "`actions`") else { return Vec::new() };
        let mut actions = Vec::new();
        for (name, category) in table {
            let span = self.span(&name);
            let action = name.into_inner();
            let is_action =
                action.split_once(':').is_some_and(|(service, name)| is_service(service) && !name.is_empty());
            if !is_action {
                self.out.push(bad(
                    span,
                    format!("`{}` is no action: it is written `service:Name`", shown(&action)),
                ));
            }
            let Some(category) = self.text(category, "the category of an action") else { continue };
            actions.push(Action { action: action.into(), category });
        }
        actions.sort_unstable();
        actions
    }

    fn table<'t>(&mut self, value: Value<'t>, what: &str) -> Option<DeTable<'t>> {
        let span = self.span(&value);
        match value.into_inner() {
            DeValue::Table(table) => Some(table),
            _ => {
                self.out.push(bad(span, format!("{what} is a table")));
                None
            }
        }
    }

    fn text(&mut self, value: Value<'_>, what: &str) -> Option<Box<str>> {
        let span = self.span(&value);
        match value.into_inner() {
            DeValue::String(text) => Some(text.into()),
            _ => {
                self.out.push(bad(span, format!("{what} is a text")));
                None
            }
        }
    }

    fn span<T>(&self, of: &Spanned<T>) -> Span {
        Span::new(self.id, of.span().start, of.span().end)
    }
}
