//! Reads one file as text, safely: no folder, device or pipe is opened, nothing beyond the limit is read, and a file
//! that changes meanwhile is refused.

use crate::model::read::one_line;
use passgate_grammar::{Code, code, limits};
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::Path;

/// Why a file is not read.
#[derive(Debug)]
pub(super) enum Fault {
    /// There is none of this name.
    Missing,
    /// A link that leads to nothing.
    BrokenLink,
    /// A folder, device, pipe or socket, by its name.
    NoFile(&'static str),
    /// More bytes than a file may have: how many it has, and how many it may have.
    TooLong(u64, usize),
    /// It was written to while it was read.
    Changed,
    /// Not UTF-8; what is before the first wrong byte.
    Encoding(String),
    /// Its name leads out of the set.
    Outside,
    /// The system says no.
    Io(io::Error),
}

impl Fault {
    /// The code of the diagnostic about it.
    pub(super) fn code(&self) -> Code {
        match self {
            Fault::Missing | Fault::BrokenLink => code::MISSING_FILE,
            Fault::TooLong(..) => code::LIMIT,
            Fault::Encoding(_) => code::BAD_ENCODING,
            Fault::NoFile(_) | Fault::Changed | Fault::Outside | Fault::Io(_) => code::BAD_FILE,
        }
    }

    /// One line about it.
    pub(super) fn message(&self, name: &str) -> String {
        let name = one_line(name);
        match self {
            Fault::Missing => format!("there is no file `{name}`"),
            Fault::BrokenLink => format!("`{name}` is a link that leads to nothing"),
            Fault::NoFile(kind) => format!("`{name}` is {kind}, not a file"),
            Fault::TooLong(bytes, most) => {
                format!("a file has at most {most} bytes, `{name}` has {bytes}")
            }
            Fault::Changed => format!("`{name}` changed while it was read"),
            Fault::Encoding(valid) => {
                format!("`{name}` is not UTF-8: byte {} fits no character", valid.len())
            }
            Fault::Outside => format!("`{name}` lies outside the policy set"),
            Fault::Io(error) => format!("`{name}` cannot be read: {error}"),
        }
    }

    /// How to mend it, where that can be said.
    pub(super) fn help(&self) -> Option<&'static str> {
        match self {
            Fault::Changed => Some("try again, and replace files by renaming a finished one"),
            Fault::Encoding(_) => Some("save it as UTF-8"),
            Fault::Outside => Some("keep a copy among the files of the set"),
            _ => None,
        }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound { Fault::Missing } else { Fault::Io(error) }
    }
}

/// A file while it is read.
#[derive(Debug)]
pub(super) struct Opened {
    file: File,
    before: Metadata,
    opened: Metadata,
    /// Bytes that it had when it was opened.
    pub(super) bytes: usize,
}

impl Opened {
    /// Opens a file of at most so many bytes.
    pub(super) fn new(path: &Path, most: usize) -> Result<Self, Fault> {
        let before = metadata(path)?;
        if before.len() > most as u64 {
            return Err(Fault::TooLong(before.len(), most));
        }
        let file = open(path)?;
        let opened = file.metadata()?;
        check_kind(&opened)?;
        let bytes = usize::try_from(before.len()).unwrap_or(0);
        Ok(Opened { file, before, opened, bytes })
    }

    /// Whether it stayed as it was while it was read.
    pub(super) fn end(&mut self) -> Result<(), Fault> {
        let after = self.file.metadata()?;
        let same = !changed(&self.before, &after) && !changed(&self.opened, &after);
        if same && after.len() == self.bytes as u64 { Ok(()) } else { Err(Fault::Changed) }
    }
}

impl Read for Opened {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

/// The text of a file; a leading byte order mark stays.
pub(super) fn read(path: &Path) -> Result<String, Fault> {
    let mut file = Opened::new(path, limits::FILE_BYTES)?;
    let mut bytes = Vec::with_capacity(file.bytes);
    file.by_ref().take(limits::FILE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > limits::FILE_BYTES {
        return Err(Fault::TooLong(bytes.len() as u64, limits::FILE_BYTES));
    }
    file.end()?;
    if bytes.len() != file.bytes {
        return Err(Fault::Changed);
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let mut bytes = error.into_bytes();
        bytes.truncate(valid);
        Fault::Encoding(String::from_utf8(bytes).unwrap_or_default())
    })
}

/// What a path leads to, links followed; only a file passes.
fn metadata(path: &Path) -> Result<Metadata, Fault> {
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(if fs::symlink_metadata(path).is_ok() { Fault::BrokenLink } else { Fault::Missing });
        }
        Err(error) => return Err(Fault::Io(error)),
    };
    check_kind(&found)?;
    Ok(found)
}

fn check_kind(found: &Metadata) -> Result<(), Fault> {
    if found.is_file() {
        return Ok(());
    }
    Err(Fault::NoFile(if found.is_dir() { "a folder" } else { special(found) }))
}

#[cfg(unix)]
fn special(found: &Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    let kind = found.file_type();
    if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn special(_: &Metadata) -> &'static str {
    "something else"
}

#[expect(clippy::disallowed_methods, reason = "this is the room that opens files")]
fn open(path: &Path) -> Result<File, Fault> {
    Ok(File::open(path)?)
}

fn changed(before: &Metadata, after: &Metadata) -> bool {
    before.len() != after.len() || before.modified().ok() != after.modified().ok()
}
