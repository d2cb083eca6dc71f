//! A file replaced by new text at once: whoever reads it meanwhile sees the old text or the new one, whole. A file that
//! somebody else has changed since it was read is left as it is.

use passgate::{Error, ErrorCode};
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why a file is not replaced.
enum Fault {
    /// It does not hold what was read of it.
    Changed,
    Failed(io::Error),
}

impl From<io::Error> for Fault {
    fn from(cause: io::Error) -> Self {
        Fault::Failed(cause)
    }
}

/// Writes text beside a file that still holds what was read of it, and puts it in the file's place; permissions stay, a
/// link is followed.
///
/// # Errors
/// `bad-file`; the file is then as it was.
pub(crate) fn replace(path: &Path, read: &str, text: &str) -> Result<(), Error> {
    told(path, written(path, read, text))
}

/// Whether a file holds what was read of it.
///
/// # Errors
/// `bad-file` where it does not.
pub(crate) fn unchanged(path: &Path, read: &str) -> Result<(), Error> {
    told(path, holds(path, read))
}

fn told(path: &Path, done: Result<(), Fault>) -> Result<(), Error> {
    done.map_err(|fault| match fault {
        Fault::Changed => {
            let message = format!(
                "`{}` has been changed since it was read: it is left as it is, run this again",
                path.display()
            );
            Error::new(ErrorCode::BadFile, message)
        }
        Fault::Failed(cause) => {
            let message = format!("`{}` cannot be written: {cause}", path.display());
            Error::new(ErrorCode::BadFile, message).with_cause(cause)
        }
    })
}

fn written(path: &Path, read: &str, text: &str) -> Result<(), Fault> {
    let target = fs::canonicalize(path)?;
    let permissions = fs::metadata(&target)?.permissions();
    if permissions.readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only").into());
    }
    let beside = beside(&target);
    // The last thing before the file is replaced is to look whether it is still the one that was read.
    let filled = fill(&beside, text, permissions)
        .map_err(Fault::from)
        .and_then(|()| holds(&target, read))
        .and_then(|()| fs::rename(&beside, &target).map_err(Fault::from));
    if filled.is_err() {
        // The first fault is the one to tell.
        let _ = fs::remove_file(&beside);
    }
    filled
}

#[expect(clippy::disallowed_methods, reason = "what is about to be replaced is looked at once more")]
fn holds(path: &Path, read: &str) -> Result<(), Fault> {
    let same = fs::metadata(path)?.len() == read.len() as u64 && fs::read(path)? == read.as_bytes();
    if same { Ok(()) } else { Err(Fault::Changed) }
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

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the files that were written are read")]
mod tests {
    use super::*;

    /// A file of its own for a test.
    fn file(name: &str, text: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("passgate-replace-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("a.gate");
        fs::write(&path, text).unwrap();
        path
    }

    fn check(path: &Path, read: &str, text: &str, error: Option<&str>, after: &str) {
        let told = replace(path, read, text).err().map(|error| error.to_string());
        let folder = path.parent().unwrap();
        let name = path.file_name().unwrap().to_string_lossy();
        assert_eq!(told.is_some(), error.is_some(), "{told:?}");
        assert!(told.unwrap_or_default().contains(error.unwrap_or_default()), "{error:?}");
        assert_eq!(fs::read_to_string(path).unwrap(), after);
        let left: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        assert_eq!(left, [name.into_owned()], "nothing is left beside the file");
    }

    #[test]
    fn a_file_that_was_changed_is_left_as_it_is() {
        let path = file("changed", "as it was read");
        fs::write(&path, "changed by somebody").unwrap();
        let why = "has been changed since it was read";
        check(&path, "as it was read", "new", Some(why), "changed by somebody");
        assert!(
            unchanged(&path, "as it was read").is_err() && unchanged(&path, "changed by somebody").is_ok()
        );
        check(&path, "changed by somebody", "new", None, "new");
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay() {
        use std::os::unix::fs::PermissionsExt;
        let path = file("permissions", "old");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        check(&path, "old", "new", None, "new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).unwrap();
        check(&path, "new", "newer", Some("it is read-only"), "new");
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }
}
