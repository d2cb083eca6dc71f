//! Which files belong to a set, parsed: `.gate` files, CAM documents, settings, catalogs (language reference, *Sets of
//! files, settings*).

use super::catalogs;
use super::file::Fault;
use super::options::LoadOptions;
use super::reading::Reading;
use super::settings::{SetSettings, from_lines, from_toml};
use super::store::{self, SETTINGS};
use crate::cam;
use crate::catalog::Catalogs;
use crate::error::{Error, ErrorCode, Result};
use crate::model::read::shown;
use crate::model::{Policy, PolicyKind};
use passgate_grammar::text::{name_text, unquote};
use passgate_grammar::tree::{File, ItemKind, PolicyBody};
use passgate_grammar::{Diagnostic, SourceId, Span, code, parse};
use std::collections::{BTreeMap, BTreeSet, HashMap};

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

/// The files of a set, read.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// Trees of the `.gate` files.
    pub(super) trees: Vec<File>,
    /// What the set says of itself.
    pub(super) settings: SetSettings,
    /// Documents by the place where `cam` names them.
    pub(super) named: HashMap<Span, Policy>,
    /// Documents that carry the name of their file.
    pub(super) loose: Vec<Policy>,
    /// Texts of CAM documents.
    pub(super) documents: Vec<SourceId>,
}

impl Files {
    /// Reads all files of a set; a bare document as `kind`.
    ///
    /// # Errors
    /// `bad-file` where the set itself is missing, or is a folder that holds no policy.
    pub(super) fn read(shape: &Shape, kind: PolicyKind, reading: &mut Reading) -> Result<Files> {
        let mut files = Files::default();
        match shape {
            Shape::Folder => files.folder(reading)?,
            Shape::Gate(name) => files.single(name, reading)?,
            Shape::Document(name) => {
                if let Some(id) = reading.only(name)? {
                    let document = files.document(reading, id, kind, stem(name));
                    files.loose.extend(document);
                }
            }
        }
        Ok(files)
    }

    fn single(&mut self, name: &str, reading: &mut Reading) -> Result<()> {
        let Some(id) = reading.only(name)? else { return Ok(()) };
        self.tree(reading, id);
        if let Some(tree) = self.trees.first() {
            self.settings = from_lines(&reading.sources, tree, &mut reading.findings);
        }
        reading.findings.set_levels(self.settings.settings.lints.clone());
        for (_, span) in &self.settings.exclude {
            let message = "`exclude` is a setting of folders: this set is one file";
            reading.findings.push(Diagnostic::error(code::BAD_SETTING, *span, message));
        }
        self.named_documents(reading, &BTreeMap::from([(id, name.to_owned())]));
        Ok(())
    }

    fn folder(&mut self, reading: &mut Reading) -> Result<()> {
        let policies = self.of_policy(reading)?;
        let mut names = BTreeMap::new();
        for name in policies.iter().filter(|name| name.ends_with(".gate")) {
            if let Some(id) = reading.read(name, None) {
                self.tree(reading, id);
                names.insert(id, name.clone());
            }
        }
        self.refuse_set_lines(reading);
        let named = self.named_documents(reading, &names);
        for name in policies.iter().filter(|name| name.ends_with(".json") && !named.contains(name.as_str())) {
            if let Some(id) = reading.read(name, None) {
                let document = self.document(reading, id, PolicyKind::Identity, stem(name));
                self.loose.extend(document);
            }
        }
        Ok(())
    }

    /// Reads the settings of a folder; gives its `.gate` files and documents, without catalogs and what is excluded.
    ///
    /// # Errors
    /// `bad-file` for a folder that holds no policy.
    fn of_policy(&mut self, reading: &mut Reading) -> Result<Vec<String>> {
        let listing = reading.store.list();
        let unlisted = !listing.faults.is_empty();
        for (name, fault) in listing.faults {
            reading.unreadable(&reading.store.shown(&name), fault, None);
        }
        let is_policy = |name: &String| name.ends_with(".gate") || name.ends_with(".json");
        if !unlisted && !listing.files.iter().any(is_policy) {
            let folder = reading.store.shown("");
            let message = format!("`{folder}` holds no policy: no `.gate` and no `.json` file");
            return Err(Error::new(ErrorCode::BadFile, message));
        }
        self.read_settings(&listing.files, reading);
        reading.findings.set_levels(self.settings.settings.lints.clone());
        let apart = self.apart(&listing.files, reading);
        let policies = listing.files.into_iter().filter(is_policy);
        Ok(policies.filter(|name| !apart.contains(name)).collect())
    }

    /// Of the files of a folder, those that its settings say are no policies: catalogs, and what is excluded.
    pub(super) fn set_aside(files: &[String], reading: &mut Reading) -> BTreeSet<String> {
        let mut set = Files::default();
        set.read_settings(files, reading);
        set.apart(files, reading)
    }

    fn read_settings(&mut self, files: &[String], reading: &mut Reading) {
        let nested = format!("/{SETTINGS}");
        for name in files.iter().filter(|name| name.ends_with(&nested)) {
            let shown = reading.store.shown(name);
            reading.told_of(&shown, code::BAD_SETTING, "settings stand in the root folder of a set alone");
        }
        if files.iter().any(|name| name == SETTINGS)
            && let Some(id) = reading.read(SETTINGS, None)
        {
            self.settings = from_toml(&reading.sources, id, &mut reading.findings);
        }
    }

    /// Files that are no documents: catalogs, and what is excluded.
    fn apart(&self, files: &[String], reading: &mut Reading) -> BTreeSet<String> {
        let known: BTreeSet<&str> = files.iter().map(String::as_str).collect();
        let catalogs = self.settings.catalogs.iter();
        let mut apart: BTreeSet<String> =
            catalogs.filter_map(|(written, _)| store::resolve(SETTINGS, written)).collect();
        for (written, span) in &self.settings.exclude {
            match store::resolve(SETTINGS, written).filter(|name| known.contains(name.as_str())) {
                Some(name) => {
                    apart.insert(name);
                }
                None => {
                    let message = format!("`{}` is no file of this set", shown(written));
                    reading.findings.push(Diagnostic::error(code::MISSING_FILE, *span, message));
                }
            }
        }
        apart
    }

    fn tree(&mut self, reading: &mut Reading, id: SourceId) {
        let parsed = parse::parse(&reading.sources, id);
        reading.findings.extend(parsed.diagnostics);
        reading.findings.untold(id, parsed.untold);
        self.trees.push(parsed.file);
    }

    fn refuse_set_lines(&self, reading: &mut Reading) {
        for item in self.trees.iter().flat_map(|tree| &tree.items) {
            if let ItemKind::Set { .. } = item.kind {
                let message = format!(
                    "`set` lines belong to a set of one file; a folder has its settings in `{SETTINGS}`"
                );
                reading.findings.push(Diagnostic::error(code::BAD_SETTING, item.span, message));
            }
        }
    }

    /// Reads the documents that `= cam "…"` names, each file once; gives their names.
    fn named_documents(
        &mut self,
        reading: &mut Reading,
        names: &BTreeMap<SourceId, String>,
    ) -> BTreeSet<String> {
        let mut known: BTreeMap<String, Option<SourceId>> = BTreeMap::new();
        for kept in self.kept(reading) {
            let written = unquote(reading.sources.slice(kept.file)).into_owned();
            let from = names.get(&kept.file.source).map_or("", String::as_str);
            let Some(name) = store::resolve(from, &written) else {
                reading.told_at(kept.file, &Fault::Outside, &written);
                continue;
            };
            let id = match known.get(&name) {
                Some(id) => id.filter(|id| reading.again(*id, kept.file)),
                None => {
                    let id = reading.read(&name, Some(kept.file));
                    known.insert(name, id);
                    id
                }
            };
            let Some(id) = id else { continue };
            if let Some(mut document) = self.document(reading, id, kept.kind, &kept.policy) {
                document.span = kept.span;
                self.named.insert(kept.file, document);
            }
        }
        known.into_keys().collect()
    }

    fn kept(&self, reading: &Reading) -> Vec<Kept> {
        let policies = self.trees.iter().flat_map(|tree| &tree.items).filter_map(|item| match &item.kind {
            ItemKind::Policy(policy) => Some(policy),
            _ => None,
        });
        let kept = policies.filter_map(|policy| match policy.body {
            PolicyBody::Cam(file) => {
                let name = name_text(&reading.sources, &policy.name).into_owned();
                Some(Kept { policy: name, kind: policy.kind, file, span: policy.name.span })
            }
            PolicyBody::Statements(_) => None,
        });
        kept.collect()
    }

    /// Reads a text as a CAM document.
    pub(super) fn document(
        &mut self,
        reading: &mut Reading,
        id: SourceId,
        kind: PolicyKind,
        name: &str,
    ) -> Option<Policy> {
        self.documents.push(id);
        let (policy, told) = cam::read(&reading.sources, id, kind, name);
        reading.findings.extend(told);
        policy
    }

    /// The built-in catalog, those that the settings name, those of the options.
    ///
    /// # Errors
    /// `bad-file` and `bad-catalog` for those of the options.
    pub(super) fn catalogs(&self, options: &LoadOptions, reading: &mut Reading) -> Result<Catalogs> {
        let mut catalogs = Catalogs::builtin();
        for (written, span) in &self.settings.catalogs {
            let Some(name) = store::resolve(SETTINGS, written) else {
                reading.told_at(*span, &Fault::Outside, written);
                continue;
            };
            if let Some(id) = reading.read(&name, Some(*span)) {
                catalogs::add(&reading.sources, id, &mut catalogs, &mut reading.findings);
            }
        }
        for path in &options.catalogs {
            let id = reading.optional(path, "catalogs")?;
            catalogs::add_or_refuse(&reading.sources, id, &mut catalogs, &mut reading.findings)?;
        }
        for (service, span) in &self.settings.used {
            catalogs::check_use(service, *span, &catalogs, &mut reading.findings);
        }
        Ok(catalogs)
    }

    /// The documents that an option lays on every caller.
    ///
    /// # Errors
    /// `bad-file`.
    pub(super) fn boundary(&mut self, options: &LoadOptions, reading: &mut Reading) -> Result<Vec<Policy>> {
        let mut documents = Vec::new();
        for path in &options.boundary {
            let id = reading.optional(path, "boundary")?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            documents.extend(self.document(reading, id, PolicyKind::Identity, stem(&name)));
        }
        Ok(documents)
    }
}

/// `policy NAME = cam "FILE"`.
struct Kept {
    policy: String,
    kind: PolicyKind,
    /// The string.
    file: Span,
    /// The name.
    span: Span,
}

/// A file's name without folders and ending.
fn stem(name: &str) -> &str {
    let last = name.rsplit('/').next().unwrap_or(name);
    last.rsplit_once('.').map_or(last, |(stem, _)| stem)
}
