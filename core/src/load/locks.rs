//! Where the lock of a set lies: in the folder of a set, or beside the one file of a set under its name. What stands in it
//! is for `analysis::lock`.

use super::files::Shape;
use super::reading::Reading;
use passgate_grammar::SourceId;
use std::fs;
use std::path::{Path, PathBuf};

/// The lock of a folder.
const LOCK: &str = "passgate.lock";

/// Where the lock of a policy set lies: `passgate.lock` in its folder; `NAME.gate.lock` beside a set of one file.
///
/// ```
/// use passgate::load::lock_path;
/// assert_eq!(lock_path("policies/desk.gate"), std::path::Path::new("policies/desk.gate.lock"));
/// ```
pub fn lock_path(set: impl AsRef<Path>) -> PathBuf {
    let set = set.as_ref();
    if fs::metadata(set).is_ok_and(|found| found.is_dir()) {
        return set.join(LOCK);
    }
    let mut name = set.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

/// The lock of a set, where it has one; one that cannot be read is told.
pub(super) fn read(shape: &Shape, reading: &mut Reading) -> Option<SourceId> {
    match shape {
        Shape::Folder => reading.lock(LOCK),
        Shape::Gate(name) | Shape::Document(name) => reading.lock(&format!("{name}.lock")),
    }
}
