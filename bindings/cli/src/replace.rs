//! A file replaced by new text at once: whoever reads it meanwhile sees the old text or the new one, whole.

use passgate::{Error, ErrorCode};
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes text beside a file and puts it in the file's place; permissions stay, a link is followed.
///
/// # Errors
/// `bad-file`; the file is then as it was.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), Error> {
    written(path, text).map_err(|cause| {
        let message = format!("`{}` cannot be written: {cause}", path.display());
        Error::new(ErrorCode::BadFile, message).with_cause(cause)
    })
}

fn written(path: &Path, text: &str) -> io::Result<()> {
    let target = fs::canonicalize(path)?;
    let permissions = fs::metadata(&target)?.permissions();
    if permissions.readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    let beside = beside(&target);
    let filled = fill(&beside, text, permissions).and_then(|()| fs::rename(&beside, &target));
    if filled.is_err() {
        // The first fault is the one to tell.
        let _ = fs::remove_file(&beside);
    }
    filled
}

/// A name in the same folder that no set reads, since it begins with a dot.
fn beside(target: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(format!(".{}.new", std::process::id()));
    target.with_file_name(name)
}

fn fill(beside: &Path, text: &str, permissions: fs::Permissions) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(beside)?;
    file.set_permissions(permissions)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
