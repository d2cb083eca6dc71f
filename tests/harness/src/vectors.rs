//! The decision vectors of `tests/vectors`: read, written out as files of a set, loaded, asked.
//!
//! The format is described in `tests/vectors/README.md`. Requests and documents are kept as the text they are written
//! as: a number's spelling is part of a case.

use crate::found::workspace;
use passgate::Decision;
use passgate::error::{Error, Result};
use passgate::load::{LoadOptions, load_model};
use passgate::model::{IpUnsupported, Model, Owner};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// One file of vectors.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VectorFile {
    /// Its theme.
    pub about: String,
    /// Sets with their cases.
    pub suites: Vec<Suite>,
}

/// A policy set and what is asked of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// Unique among all files.
    pub name: String,
    /// Section of the semantics.
    pub section: String,
    /// What it shows.
    pub why: String,
    /// Files by name.
    pub files: BTreeMap<String, FileText>,
    /// The file that is the set, or `.` for their folder.
    pub set: String,
    /// Options of the load.
    #[serde(default)]
    pub options: Options,
    /// Requests and answers.
    #[serde(default)]
    pub cases: Vec<Case>,
    /// The refusal of the set.
    pub refused: Option<Refused>,
}

/// A file: its text, its lines, or JSON that is written out as it stands.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct FileText(Box<RawValue>);

/// Options of a load.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Catalog files.
    pub catalogs: Vec<String>,
    /// Opaque services.
    pub opaque: Vec<String>,
    owner: Option<Account>,
    ip_unsupported: Option<String>,
    boundary: Vec<String>,
    strict: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Account {
    uin: Option<String>,
    uid: Option<String>,
}

/// A request with its answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Unique within its suite.
    pub name: String,
    /// The request as JSON.
    pub request: Option<Box<RawValue>>,
    /// The line instead, for what no JSON value can hold.
    pub line: Option<String>,
    /// The answer.
    pub expect: Expect,
}

/// An answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    allowed: Option<bool>,
    reason: Option<String>,
    statements: Option<Vec<String>>,
    /// What the caller is told; `null` where it must be nothing.
    #[serde(default, deserialize_with = "given")]
    message: Option<Option<String>>,
    error: Option<String>,
    key: Option<String>,
}

/// A member that is there, `null` included.
fn given<'de, D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Option<Option<String>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// A refusal.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// The error's code.
    pub code: String,
    /// Codes among the diagnostics.
    #[serde(default)]
    pub diagnostics: Vec<String>,
}

/// All files of vectors with their names, in order.
///
/// # Errors
/// What the file system says, or a file of another form.
pub fn read_all() -> io::Result<Vec<(String, VectorFile)>> {
    read_folder(&workspace().join("tests/vectors"))
}

/// The files of a folder with their names, in order; folders in it are none of them.
pub(crate) fn read_folder<T: DeserializeOwned>(folder: &Path) -> io::Result<Vec<(String, T)>> {
    let paths = fs::read_dir(folder)?.map(|e| e.map(|e| e.path())).collect::<io::Result<Vec<PathBuf>>>()?;
    let mut paths: Vec<PathBuf> =
        paths.into_iter().filter(|p| p.extension().is_some_and(|e| e == "json")).collect();
    paths.sort();
    paths.iter().map(|path| Ok((path.display().to_string(), read(path)?))).collect()
}

#[expect(clippy::disallowed_methods, reason = "test support reads the vectors")]
fn read<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    let text = fs::read_to_string(path)?;
    serde_json::from_str(&text).map_err(|e| io::Error::other(format!("{}: {e}", path.display())))
}

/// Writes files into a folder.
pub(crate) fn write_files(files: &BTreeMap<String, FileText>, folder: &Path) -> io::Result<()> {
    for (name, text) in files {
        let path = folder.join(name);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, text.text())?;
    }
    Ok(())
}

impl Suite {
    /// Writes the files into a folder of the suite's name and loads the set.
    ///
    /// # Errors
    /// Of writing (outer), of loading (inner).
    pub fn load(&self, within: &Path) -> io::Result<Result<Model>> {
        let folder = within.join(&self.name);
        let set = self.write(&folder)?;
        let model = load_model(set, &self.options.in_folder(&folder));
        fs::remove_dir_all(&folder)?;
        Ok(model)
    }

    /// Writes the files into a folder; where the set is.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write(&self, folder: &Path) -> io::Result<PathBuf> {
        write_files(&self.files, folder)?;
        Ok(if self.set == "." { folder.to_path_buf() } else { folder.join(&self.set) })
    }
}

impl FileText {
    /// What stands in the file.
    pub fn text(&self) -> String {
        let json = self.0.get();
        let lines = || serde_json::from_str::<Vec<String>>(json).map(|lines| lines.join("\n"));
        serde_json::from_str(json).or_else(|_| lines()).unwrap_or_else(|_| json.to_owned())
    }
}

impl Options {
    pub(crate) fn in_folder(&self, folder: &Path) -> LoadOptions {
        let paths = |names: &[String]| names.iter().map(|name| folder.join(name)).collect();
        let boxed = |number: &Option<String>| number.as_deref().map(Into::into);
        LoadOptions {
            catalogs: paths(&self.catalogs),
            opaque: self.opaque.clone(),
            owner: self.owner.as_ref().map(|o| Owner { uin: boxed(&o.uin), uid: boxed(&o.uid) }),
            ip_unsupported: self.ip_unsupported.as_deref().map(|word| match word {
                "evaluate" => IpUnsupported::Evaluate,
                "refuse" => IpUnsupported::Refuse,
                _ => IpUnsupported::Withhold,
            }),
            boundary: paths(&self.boundary),
            strict: self.strict,
            ..LoadOptions::default()
        }
    }
}

impl Options {
    /// The options as arguments of the command; files are named within the folder.
    pub fn arguments(&self, folder: &Path) -> Vec<String> {
        let mut all = Vec::new();
        let mut add = |option: &str, value: String| all.extend([option.to_owned(), value]);
        for (option, names) in [("--catalog", &self.catalogs), ("--boundary", &self.boundary)] {
            names.iter().for_each(|name| add(option, folder.join(name).display().to_string()));
        }
        self.opaque.iter().for_each(|service| add("--opaque", service.clone()));
        if let Some(owner) = &self.owner {
            let numbers = [("uin", &owner.uin), ("uid", &owner.uid)];
            let pairs = numbers.iter().filter_map(|(name, n)| Some(format!("{name}={}", n.as_ref()?)));
            add("--owner", pairs.collect::<Vec<_>>().join(","));
        }
        self.ip_unsupported.iter().for_each(|word| add("--ip-unsupported", word.clone()));
        all.extend(self.strict.then(|| "--strict".to_owned()));
        all
    }
}

impl Case {
    /// The line to ask.
    pub fn line(&self) -> String {
        let request = self.request.as_ref().map(|json| json.get().replace(['\n', '\r'], " "));
        self.line.clone().or(request).unwrap_or_default()
    }
}

impl Expect {
    /// What differs from the answer, if anything.
    pub fn differs(&self, answer: &Result<Decision>) -> Option<String> {
        match (answer, &self.error) {
            (Ok(decision), None) => self.differs_from_decision(decision),
            (Err(error), Some(code)) => self.differs_from_error(error, code),
            (Ok(decision), Some(code)) => {
                Some(format!("expected {code}, found {}", decision.reason.as_str()))
            }
            (Err(error), None) => Some(format!("expected {:?}, found {error}", self.reason)),
        }
    }

    /// What differs from an answer as a line of JSON, if anything.
    pub fn differs_from_line(&self, line: &str) -> Option<String> {
        let told = || format!("expected {self:?}, found {line}");
        let Ok(answer) = serde_json::from_str::<Value>(line) else { return Some(told()) };
        let text = |value: &Value, at: &str| value.pointer(at).and_then(Value::as_str).map(str::to_owned);
        let right = match &self.error {
            Some(code) => {
                let (named, message) = (text(&answer, "/error/key"), text(&answer, "/error/message"));
                let names =
                    |key: &String| named.as_ref() == Some(key) && message.is_some_and(|m| m.contains(key));
                text(&answer, "/error/code").as_ref() == Some(code) && self.key.as_ref().is_none_or(names)
            }
            None => {
                let places = answer.get("statements").and_then(Value::as_array);
                let ids = places.map(|all| all.iter().filter_map(|place| text(place, "/id")).collect());
                answer.get("allowed").and_then(Value::as_bool) == self.allowed
                    && text(&answer, "/reason") == self.reason
                    && (self.statements.is_none() || self.statements == ids)
                    && self.message.as_ref().is_none_or(|told| *told == text(&answer, "/message"))
            }
        };
        (!right).then(told)
    }

    fn differs_from_decision(&self, decision: &Decision) -> Option<String> {
        let found: Vec<&str> = decision.statements.iter().map(|place| place.id.as_ref()).collect();
        let said = (self.allowed, self.reason.as_deref())
            == (Some(decision.allowed), Some(decision.reason.as_str()));
        let decided = self.statements.as_ref().is_none_or(|ids| *ids == found);
        let message = self.message.as_ref().is_none_or(|told| told.as_deref() == decision.message());
        let told = || {
            let expected = (self.allowed, self.reason.as_deref(), &self.statements, &self.message);
            let (reason, message) = (decision.reason.as_str(), decision.message());
            format!("expected {expected:?}, found {reason} {found:?} {message:?}")
        };
        (!said || !decided || !message).then(told)
    }

    fn differs_from_error(&self, error: &Error, code: &str) -> Option<String> {
        let named =
            self.key.as_deref().is_none_or(|key| error.key() == Some(key) && error.message().contains(key));
        let told = || format!("expected {code} {:?}, found {error} (key {:?})", self.key, error.key());
        (error.code().as_str() != code || !named).then(told)
    }
}

impl Refused {
    /// What differs from the outcome of the load, if anything.
    pub fn differs(&self, loaded: &Result<Model>) -> Option<String> {
        let error = match loaded {
            Ok(_) => return Some(format!("expected {}, but the set is accepted", self.code)),
            Err(error) => error,
        };
        let codes: Vec<&str> = error.diagnostics().iter().map(|d| d.code.as_str()).collect();
        let all = self.diagnostics.iter().all(|code| codes.contains(&code.as_str()));
        let told = || format!("expected {} {:?}, found {error} {codes:?}", self.code, self.diagnostics);
        (error.code().as_str() != self.code || !all).then(told)
    }
}
