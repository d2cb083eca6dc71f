//! Where the files of a set are: on disk below a folder, or in memory under names.
//!
//! Files are named by their path from the root of the set, with `/`. Sub-folders are walked with a list of our own,
//! in the order of names; names that begin with a dot are passed over, and so are links to folders.

use super::file::{self, Fault};
use passgate_grammar::limits;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// The files of a set.
#[derive(Debug)]
pub(super) enum Store {
    /// Below a folder. Files are shown with `shown` before their name.
    Disk {
        /// The folder.
        root: PathBuf,
        /// What messages show before a name: the folder as the caller wrote it.
        shown: String,
        /// Texts to read in place of files, by the name that messages show.
        instead: BTreeMap<String, String>,
    },
    /// Texts by name.
    Memory(BTreeMap<String, String>),
}

/// What a folder holds.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// Names of `.gate` files, `.json` files and settings, in order.
    pub(super) files: Vec<String>,
    /// Names that could not be looked at.
    pub(super) faults: Vec<(String, Fault)>,
}

/// The name of the settings of a folder.
pub(super) const SETTINGS: &str = "passgate.toml";

impl Store {
    /// A folder on disk.
    pub(super) fn folder(path: &Path) -> Self {
        let mut shown = path.to_string_lossy().into_owned();
        if !shown.is_empty() && !shown.ends_with(['/', '\\']) {
            shown.push('/');
        }
        Store::Disk { root: path.to_path_buf(), shown, instead: BTreeMap::new() }
    }

    /// The folder that a file on disk lies in.
    pub(super) fn beside(file: &Path) -> Self {
        match file.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => Store::folder(parent),
            _ => Store::Disk { root: PathBuf::from("."), shown: String::new(), instead: BTreeMap::new() },
        }
    }

    /// The same files, some with other texts.
    pub(super) fn with(mut self, texts: BTreeMap<String, String>) -> Self {
        match &mut self {
            Store::Disk { instead, .. } => *instead = texts,
            Store::Memory(own) => own.extend(texts),
        }
        self
    }

    /// A name as messages show it.
    pub(super) fn shown(&self, name: &str) -> String {
        match self {
            Store::Disk { shown, .. } => format!("{shown}{name}"),
            Store::Memory(_) => name.to_owned(),
        }
    }

    /// The text of a file.
    pub(super) fn read(&self, name: &str) -> Result<String, Fault> {
        match self {
            Store::Disk { root, shown, instead } => {
                no_linked_folder(root, name)?;
                if let Some(text) = instead.get(&format!("{shown}{name}")) {
                    return within_limit(text);
                }
                file::read(&root.join(name))
            }
            Store::Memory(texts) => within_limit(texts.get(name).ok_or(Fault::Missing)?),
        }
    }

    /// All files that may belong to the set.
    pub(super) fn list(&self) -> Listing {
        match self {
            Store::Memory(texts) => {
                let files = texts.keys().filter(|name| is_of_set(name)).cloned().collect();
                Listing { files, faults: Vec::new() }
            }
            Store::Disk { root, .. } => walk(root),
        }
    }
}

fn within_limit(text: &str) -> Result<String, Fault> {
    if text.len() > limits::FILE_BYTES {
        return Err(Fault::TooLong(text.len() as u64, limits::FILE_BYTES));
    }
    Ok(text.to_owned())
}

/// Whether a name makes the file part of a set: by its ending, and no part of it begins with a dot.
fn is_of_set(name: &str) -> bool {
    if name.split('/').any(|part| part.starts_with('.')) {
        return false;
    }
    let last = name.rsplit('/').next().unwrap_or(name);
    last == SETTINGS || last.ends_with(".gate") || last.ends_with(".json")
}

fn walk(root: &Path) -> Listing {
    let mut listing = Listing::default();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(root.join(&folder)) {
            Ok(entries) => entries,
            Err(error) => {
                listing.faults.push((folder, error.into()));
                continue;
            }
        };
        for entry in entries {
            match entry {
                Ok(entry) => look_at(&folder, &entry, &mut listing, &mut folders),
                Err(error) => listing.faults.push((folder.clone(), error.into())),
            }
        }
    }
    listing.files.sort();
    listing.faults.sort_by(|a, b| a.0.cmp(&b.0));
    listing
}

fn look_at(folder: &str, entry: &fs::DirEntry, listing: &mut Listing, folders: &mut Vec<String>) {
    let own = entry.file_name();
    let own = own.to_string_lossy();
    if own.starts_with('.') {
        return;
    }
    let name = if folder.is_empty() { own.into_owned() } else { format!("{folder}/{own}") };
    match entry.file_type() {
        Ok(kind) if kind.is_dir() => folders.push(name),
        // A link to a folder is passed over; a file that cannot be looked at is told when it is read.
        Ok(kind) if kind.is_symlink() && entry.path().is_dir() => {}
        Ok(_) if is_of_set(&name) => listing.files.push(name),
        Ok(_) => {}
        Err(error) => listing.faults.push((name, error.into())),
    }
}

/// A name inside a set may not lead through a link to a folder.
fn no_linked_folder(root: &Path, name: &str) -> Result<(), Fault> {
    let mut path = root.to_path_buf();
    let mut parts = name.split('/').peekable();
    while let Some(part) = parts.next() {
        path.push(part);
        if parts.peek().is_some() && path.is_symlink() {
            return Err(Fault::Outside);
        }
    }
    Ok(())
}

/// The name of the file that `written` means in the file `from`, where it stays inside the set.
///
/// Names are relative to the folder of the file that holds them.
pub(super) fn resolve(from: &str, written: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    if written.contains(['\\', '\0']) {
        return None;
    }
    for component in Path::new(written).components() {
        match component {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::ParentDir => {
                parts.pop()?;
            }
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    let name = parts.join("/");
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from: &str, written: &str, expected: Option<&str>) {
        assert_eq!(resolve(from, written).as_deref(), expected, "{written} in {from}");
    }

    #[test]
    fn names_are_relative_to_their_file_and_stay_inside() {
        check("a.gate", "b.json", Some("b.json"));
        check("a.gate", "./x/b.json", Some("x/b.json"));
        check("x/a.gate", "b.json", Some("x/b.json"));
        check("x/a.gate", "../b.json", Some("b.json"));
        check("x/a.gate", "y/../b.json", Some("x/b.json"));
        check("x/a.gate", "../../b.json", None);
        check("a.gate", "../b.json", None);
        check("a.gate", "/etc/passwd", None);
        check("a.gate", "x\\b.json", None);
        check("a.gate", "", None);
        check("a.gate", ".", None);
    }
}
