//! A policy set put together: which files belong to it, read in one order, parsed, resolved, looked at by lints.
//!
//! What is wrong with the set's own files is a diagnostic; what is wrong with the call (no such set, a wrong option)
//! is an error. Whether diagnostics refuse the set is decided by who asked.

use super::catalogs;
use super::file::{self, Fault};
use super::options::LoadOptions;
use super::settings::{SetSettings, from_lines, from_toml};
use super::store::{self, SETTINGS, Store};
use crate::cam;
use crate::catalog::Catalogs;
use crate::error::{Error, ErrorCode, Result};
use crate::findings::Findings;
use crate::lint;
use crate::model::resolve::{Documents, Input, Resolved, ids, resolve};
use crate::model::{Model, Policy, PolicyKind};
use crate::table::refused_addresses;
use passgate_grammar::text::unquote;
use passgate_grammar::tree::{File, ItemKind, PolicyBody};
use passgate_grammar::{Diagnostic, SourceId, Sources, Span, code, limits, parse};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// What a set is, told by its ending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// All files of a folder.
    Folder,
    /// One `.gate` file, by its name in the store.
    Gate(String),
    /// One CAM document, by its name in the store.
    Document(String),
}

/// A set put together.
#[derive(Debug)]
pub(super) struct Assembled {
    /// With all diagnostics, lints included.
    pub(super) model: Model,
    /// Whether a diagnostic refuses the set.
    pub(super) refused: bool,
}

/// Puts a set together; `kind` is what a bare document is read as.
///
/// # Errors
/// `bad-file` where the set itself is missing or holds nothing, `bad-option` and `bad-catalog` for options.
pub(super) fn assemble(
    store: Store,
    shape: Shape,
    kind: PolicyKind,
    options: &LoadOptions,
) -> Result<Assembled> {
    options.check()?;
    let mut set = Set::new(store, options);
    let files = set.files(&shape, kind)?;
    let catalogs = set.catalogs(&files.settings)?;
    let boundary = set.boundary()?;
    let mut settings = files.settings.settings;
    options.apply(&mut settings);
    for (service, span) in &files.settings.used {
        catalogs::check_use(service, *span, &catalogs, &mut set.findings);
    }
    let documents = Documents { named: files.named, loose: files.loose, boundary };
    let input =
        Input { sources: &set.sources, files: &files.trees, catalogs: &catalogs, settings: &settings };
    let resolved = resolve(input, documents, &mut set.findings);
    bounded_once(options, &resolved)?;
    let everyone = matches!(shape, Shape::Document(_)) && kind == PolicyKind::Identity;
    let own = |id: &crate::model::PolicyId| !resolved.boundary.contains(id);
    let model = Model {
        sources: Arc::default(),
        catalogs: Arc::new(catalogs),
        settings,
        everyone: ids(&resolved.policies).map(|(_, id)| id).filter(|id| everyone && own(id)).collect(),
        boundary: (!options.boundary.is_empty()).then_some(resolved.boundary),
        policies: resolved.policies,
        groups: resolved.groups,
        users: resolved.users,
        named: resolved.named,
        diagnostics: Vec::new(),
    };
    Ok(set.finish(model))
}

/// A set with a `within` refuses a boundary laid on it from outside.
fn bounded_once(options: &LoadOptions, resolved: &Resolved) -> Result<()> {
    let users = resolved.users.iter().any(|u| u.boundary.is_some());
    let within = users || resolved.groups.iter().any(|g| g.boundary.is_some());
    if within && !options.boundary.is_empty() {
        let message = "the set bounds callers itself, by `within`: a boundary cannot be laid on it";
        return Err(Error::new(ErrorCode::BadOption, message).with_key("boundary"));
    }
    Ok(())
}

/// The files of a set, read.
#[derive(Default)]
struct Files {
    trees: Vec<File>,
    settings: SetSettings,
    named: std::collections::HashMap<Span, Policy>,
    loose: Vec<Policy>,
}

struct Set<'o> {
    store: Store,
    options: &'o LoadOptions,
    sources: Sources,
    findings: Findings,
    /// Names of `.gate` files by their text, to resolve the names in them.
    names: BTreeMap<SourceId, String>,
    documents: Vec<SourceId>,
    bytes: usize,
    count: usize,
}

impl<'o> Set<'o> {
    fn new(store: Store, options: &'o LoadOptions) -> Self {
        Set {
            store,
            options,
            sources: Sources::new(),
            findings: Findings::default(),
            names: BTreeMap::new(),
            documents: Vec::new(),
            bytes: 0,
            count: 0,
        }
    }

    fn files(&mut self, shape: &Shape, kind: PolicyKind) -> Result<Files> {
        match shape {
            Shape::Folder => self.folder(),
            Shape::Gate(name) => {
                let mut files = Files::default();
                let id = self.only(name)?;
                self.tree(id, name, &mut files);
                if let Some(tree) = files.trees.first() {
                    files.settings = from_lines(&self.sources, tree, &mut self.findings);
                }
                self.findings.set_levels(files.settings.settings.lints.clone());
                self.named_documents(&mut files);
                Ok(files)
            }
            Shape::Document(name) => {
                let id = self.only(name)?;
                let loose = self.document(id, kind, stem(name)).into_iter().collect();
                Ok(Files { loose, ..Files::default() })
            }
        }
    }

    /// The file that is the whole set: one that cannot be read is an error, not a diagnostic.
    fn only(&mut self, name: &str) -> Result<SourceId> {
        let shown = self.store.shown(name);
        match self.store.read(name) {
            Ok(text) => Ok(self.sources.add(shown, text)),
            Err(Fault::Encoding(valid)) => Ok(self.unreadable(&shown, Fault::Encoding(valid), None)),
            Err(fault) => Err(Error::new(ErrorCode::BadFile, fault.message(&shown))),
        }
    }

    fn folder(&mut self) -> Result<Files> {
        let listing = self.store.list();
        for (name, fault) in listing.faults {
            let shown = self.store.shown(&name);
            self.unreadable(&shown, fault, None);
        }
        let is_policy = |name: &String| name.ends_with(".gate") || name.ends_with(".json");
        if !listing.files.iter().any(is_policy) && !self.findings.refused() {
            let message =
                format!("`{}` holds no policy: no `.gate` and no `.json` file", self.store.shown(""));
            return Err(Error::new(ErrorCode::BadFile, message));
        }
        let mut files = Files { settings: self.settings(&listing.files), ..Files::default() };
        self.findings.set_levels(files.settings.settings.lints.clone());
        let apart = self.apart(&files.settings, &listing.files);
        let rest = || listing.files.iter().filter(|name| !apart.contains(name.as_str()));
        for name in rest().filter(|name| name.ends_with(".gate")) {
            if let Some(id) = self.read(name, None) {
                self.tree(id, name, &mut files);
            }
        }
        self.refuse_set_lines(&files);
        let named = self.named_documents(&mut files);
        for name in rest().filter(|name| name.ends_with(".json") && !named.contains(name.as_str())) {
            if let Some(id) = self.read(name, None) {
                files.loose.extend(self.document(id, PolicyKind::Identity, stem(name)));
            }
        }
        Ok(files)
    }

    fn settings(&mut self, files: &[String]) -> SetSettings {
        for name in files.iter().filter(|name| name.ends_with(&format!("/{SETTINGS}"))) {
            let id = self.sources.add(self.store.shown(name), "");
            let message = "settings stand in the root folder of a set alone";
            self.findings.push(Diagnostic::error(code::BAD_SETTING, Span::new(id, 0, 0), message));
        }
        if !files.iter().any(|name| name == SETTINGS) {
            return SetSettings::default();
        }
        match self.read(SETTINGS, None) {
            Some(id) => from_toml(&self.sources, id, &mut self.findings),
            None => SetSettings::default(),
        }
    }

    /// Files that are no documents: catalogs, and what is excluded.
    fn apart(&mut self, settings: &SetSettings, files: &[String]) -> BTreeSet<String> {
        let mut apart = BTreeSet::new();
        for (written, _) in &settings.catalogs {
            apart.extend(store::resolve(SETTINGS, written));
        }
        for (written, span) in &settings.exclude {
            match store::resolve(SETTINGS, written).filter(|name| files.contains(name)) {
                Some(name) => {
                    apart.insert(name);
                }
                None => {
                    let message = format!("`{}` is no file of this set", crate::model::read::shown(written));
                    self.findings.push(Diagnostic::error(code::MISSING_FILE, *span, message));
                }
            }
        }
        apart
    }

    fn tree(&mut self, id: SourceId, name: &str, files: &mut Files) {
        let parsed = parse::parse(&self.sources, id);
        self.findings.extend(parsed.diagnostics);
        self.findings.untold(id, parsed.untold);
        self.names.insert(id, name.to_owned());
        files.trees.push(parsed.file);
    }

    fn refuse_set_lines(&mut self, files: &Files) {
        for item in files.trees.iter().flat_map(|tree| &tree.items) {
            if let ItemKind::Set { .. } = item.kind {
                let message = format!(
                    "`set` lines belong to a set of one file; in a folder settings stand in `{SETTINGS}`"
                );
                self.findings.push(Diagnostic::error(code::BAD_SETTING, item.span, message));
            }
        }
    }

    /// Reads the documents that `= cam "…"` names; gives their names.
    fn named_documents(&mut self, files: &mut Files) -> BTreeSet<String> {
        let mut wanted = Vec::new();
        for tree in &files.trees {
            for item in &tree.items {
                if let ItemKind::Policy(policy) = &item.kind
                    && let PolicyBody::Cam(span) = policy.body
                {
                    let name = passgate_grammar::text::name_text(&self.sources, &policy.name).into_owned();
                    wanted.push((tree.source, span, policy.kind, name, policy.name.span));
                }
            }
        }
        let mut known: BTreeMap<String, Option<SourceId>> = BTreeMap::new();
        for (source, span, kind, policy, at) in wanted {
            let written = unquote(self.sources.slice(span)).into_owned();
            let from = self.names.get(&source).cloned().unwrap_or_default();
            let Some(name) = store::resolve(&from, &written) else {
                self.told_at(span, &Fault::Outside, &written);
                continue;
            };
            let id = match known.get(&name) {
                Some(id) => *id,
                None => *known.entry(name.clone()).or_insert(self.read(&name, Some(span))),
            };
            if let Some(mut document) = id.and_then(|id| self.document(id, kind, &policy)) {
                document.span = at;
                files.named.insert(span, document);
            }
        }
        known.into_keys().collect()
    }

    fn document(&mut self, id: SourceId, kind: PolicyKind, name: &str) -> Option<Policy> {
        self.documents.push(id);
        let (policy, told) = cam::read(&self.sources, id, kind, name);
        self.findings.extend(told);
        policy
    }

    /// Reads a file of the set; what is wrong is told where it is named, or else in the file itself.
    fn read(&mut self, name: &str, named_at: Option<Span>) -> Option<SourceId> {
        let shown = self.store.shown(name);
        self.count += 1;
        if self.count > limits::SET_FILES {
            return self.beyond(self.count == limits::SET_FILES + 1, &shown, || {
                format!("a policy set has at most {} files", limits::SET_FILES)
            });
        }
        let text = match self.store.read(name) {
            Ok(text) => text,
            Err(fault) => {
                self.unreadable(&shown, fault, named_at);
                return None;
            }
        };
        let before = self.bytes;
        self.bytes += text.len();
        if self.bytes > limits::SET_BYTES {
            return self.beyond(before <= limits::SET_BYTES, &shown, || {
                format!("a policy set has at most {} bytes", limits::SET_BYTES)
            });
        }
        Some(self.sources.add(shown, text))
    }

    /// Tells once that a limit of the set is exceeded.
    fn beyond(&mut self, first: bool, shown: &str, message: impl Fn() -> String) -> Option<SourceId> {
        if first {
            let id = self.sources.add(shown, "");
            self.findings.push(Diagnostic::error(code::LIMIT, Span::new(id, 0, 0), message()));
        }
        None
    }

    fn unreadable(&mut self, shown: &str, fault: Fault, named_at: Option<Span>) -> SourceId {
        let valid = match &fault {
            Fault::Encoding(valid) => valid.clone(),
            _ => String::new(),
        };
        let end = valid.len();
        match named_at.filter(|_| valid.is_empty()) {
            Some(span) => {
                self.told_at(span, &fault, shown);
                span.source
            }
            None => {
                let id = self.sources.add(shown, valid);
                self.told_at(Span::new(id, end, end), &fault, shown);
                id
            }
        }
    }

    fn told_at(&mut self, span: Span, fault: &Fault, name: &str) {
        let message = fault.message(&crate::model::read::shown(name));
        let mut told = Diagnostic::error(fault.code(), span, message);
        told.help = fault.help().map(str::to_owned);
        self.findings.push(told);
    }

    /// The built-in catalog, those that the settings name, those of the options.
    fn catalogs(&mut self, settings: &SetSettings) -> Result<Catalogs> {
        let mut catalogs = Catalogs::builtin();
        for (written, span) in &settings.catalogs {
            let Some(name) = store::resolve(SETTINGS, written) else {
                self.told_at(*span, &Fault::Outside, written);
                continue;
            };
            if let Some(id) = self.read(&name, Some(*span)) {
                catalogs::add(&self.sources, id, &mut catalogs, &mut self.findings);
            }
        }
        for path in &self.options.catalogs {
            let id = self.optional(path, "catalogs")?;
            catalogs::add_or_refuse(&self.sources, id, &mut catalogs, &mut self.findings)?;
        }
        Ok(catalogs)
    }

    fn boundary(&mut self) -> Result<Vec<Policy>> {
        let mut documents = Vec::new();
        for path in &self.options.boundary {
            let id = self.optional(path, "boundary")?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            documents.extend(self.document(id, PolicyKind::Identity, stem(&name)));
        }
        Ok(documents)
    }

    /// A file that an option names.
    fn optional(&mut self, path: &Path, option: &str) -> Result<SourceId> {
        let shown = path.to_string_lossy();
        match file::read(path) {
            Ok(text) => Ok(self.sources.add(shown, text)),
            Err(fault) => Err(Error::new(ErrorCode::BadFile, fault.message(&shown)).with_key(option)),
        }
    }

    fn finish(mut self, mut model: Model) -> Assembled {
        let sources = Arc::new(self.sources);
        model.sources = sources.clone();
        self.findings.extend(refused_addresses(&model));
        self.findings.extend(lint::run(&model));
        let refused = self.findings.refused() || (model.settings.strict && self.findings.has_errors());
        let mut diagnostics = self.findings.finish();
        for id in &self.documents {
            if let Some(source) = sources.get(*id) {
                cam::add_paths(source, *id, &mut diagnostics);
            }
        }
        model.diagnostics = diagnostics;
        Assembled { model, refused }
    }
}

/// A file's name without folders and ending.
fn stem(name: &str) -> &str {
    let last = name.rsplit('/').next().unwrap_or(name);
    last.rsplit_once('.').map_or(last, |(stem, _)| stem)
}
