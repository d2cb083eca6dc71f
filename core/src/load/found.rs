//! Which files have a canonical form: a file that is named, or those below a folder, each on its own.
//!
//! A folder may hold one policy set, many, or none that could be loaded: nothing is resolved here. What settings say of
//! the files below them counts, and a JSON file of somebody else's is passed over.

use super::file::{self, Fault};
use super::files::Files;
use super::reading::{Most, Reading};
use super::store::{SETTINGS, Store};
use crate::cam;
use crate::error::{Error, ErrorCode, Result};
use crate::model::read::one_line;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A folder of packages, whose files are other people's.
const PACKAGES: &str = "node_modules";

/// The files that a path names, and what stood in the way of finding more.
#[derive(Debug, Default)]
pub struct FilesToFormat {
    /// In the order of their names.
    pub files: Vec<PathBuf>,
    /// `bad-file` for a part of a folder that cannot be looked at, `bad-policy` for settings that cannot be read: the
    /// files that they speak of are not among `files`.
    pub errors: Vec<Error>,
}

/// The files that a path names: itself, or of a folder all `.gate` files and CAM documents below it.
///
/// Each `passgate.toml` is heard about the files below it: its catalogs and what it excludes are left out. A `.json`
/// file without a member `statement` is no document and is passed over, and so are names that begin with a dot,
/// `node_modules`, and links to folders.
///
/// # Errors
/// `bad-file` where there is nothing of that name, or nothing with a canonical form in it.
pub fn files_to_format(path: impl AsRef<Path>) -> Result<FilesToFormat> {
    let path = path.as_ref();
    if fs::metadata(path).is_ok_and(|found| found.is_dir()) {
        return below(path);
    }
    let shown = path.to_string_lossy();
    let shown = one_line(&shown);
    if fs::symlink_metadata(path).is_err() {
        return Err(Error::new(ErrorCode::BadFile, format!("there is no file `{shown}`")));
    }
    if !is_policy(&path.to_string_lossy()) {
        let message = format!("`{shown}` has no canonical form: a `.gate` file or a `.json` document");
        return Err(Error::new(ErrorCode::BadFile, message));
    }
    Ok(FilesToFormat { files: vec![path.to_path_buf()], errors: Vec::new() })
}

fn is_policy(name: &str) -> bool {
    name.ends_with(".gate") || name.ends_with(".json")
}

fn below(folder: &Path) -> Result<FilesToFormat> {
    let store = Store::folder(folder);
    let listing = store.list();
    let unseen = listing.faults.iter().map(|(name, fault)| {
        let shown = store.shown(name);
        Error::new(ErrorCode::BadFile, fault.message(&shown))
    });
    let mut errors: Vec<Error> = unseen.collect();
    let own = |name: &String| name.split('/').all(|part| part != PACKAGES);
    let names: Vec<String> = listing.files.into_iter().filter(own).collect();
    let mut aside = BTreeSet::new();
    for set in names.iter().filter_map(|name| name.strip_suffix(SETTINGS)) {
        match set_aside(folder, set, &names) {
            Ok(named) => aside.extend(named),
            Err(error) => {
                errors.push(error);
                aside.extend(names.iter().filter(|name| name.starts_with(set)).cloned());
            }
        }
    }
    let policies = names.into_iter().filter(|name| is_policy(name) && !aside.contains(name));
    let files = policies.map(|name| folder.join(name)).filter(|path| is_ours(path)).collect();
    let found = FilesToFormat { files, errors };
    if found.files.is_empty() && found.errors.is_empty() {
        let shown = store.shown("");
        let message = format!("`{}` holds no policy: no `.gate` file and no CAM document", one_line(&shown));
        return Err(Error::new(ErrorCode::BadFile, message));
    }
    Ok(found)
}

/// What the settings of a folder below say of the files below that one; `set` is its name, with `/` at the end, or
/// nothing. Settings deeper down are heard for themselves.
fn set_aside(folder: &Path, set: &str, names: &[String]) -> Result<Vec<String>> {
    let inner = names.iter().filter_map(|name| name.strip_prefix(set));
    let inner = inner.filter(|name| *name == SETTINGS || !name.ends_with(&format!("/{SETTINGS}")));
    let inner: Vec<String> = inner.map(str::to_owned).collect();
    let mut reading = Reading::new(Most::default(), Store::folder(&folder.join(set)));
    let aside = Files::set_aside(&inner, &mut reading);
    if reading.findings.refused() {
        return Err(Error::refused(reading.findings.finish(), Arc::new(reading.sources)));
    }
    Ok(aside.into_iter().map(|name| format!("{set}{name}")).collect())
}

/// Whether a file found below a folder is meant as a policy. One that cannot be read is, so that it is told; one beyond
/// what any policy may have is not.
fn is_ours(path: &Path) -> bool {
    if path.extension().is_some_and(|ending| ending == "gate") {
        return true;
    }
    match file::read(path) {
        Ok(text) => cam::is_document(&text),
        Err(Fault::TooLong(..)) => false,
        Err(_) => true,
    }
}
