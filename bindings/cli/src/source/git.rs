//! Files of a revision, read through `git ls-tree` and `git cat-file`.

use passgate::grammar::limits::{COMPILED_BYTES, SET_BYTES, SET_FILES};
use passgate::{Error, ErrorCode};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

/// Endings of files that a set is made of.
const ENDINGS: [&str; 4] = ["gate", "gatec", "json", "toml"];

/// Which part of a revision is wanted.
#[derive(Debug, Clone)]
pub(super) enum Wanted {
    /// A path as git takes it: from the top of the repository, or with `./` from here.
    Inside(String),
    /// What the revision has in place of a path here.
    Beside(PathBuf),
}

/// Files that were taken out, until this goes.
#[derive(Debug)]
pub(super) struct Taken {
    folder: PathBuf,
    set: PathBuf,
}

impl Taken {
    /// Where the set lies.
    pub(super) fn path(&self) -> &Path {
        &self.set
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        // Nobody can be told here; the folder holds nothing that is not in the repository.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A file of a revision.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    object: String,
    /// From the top of the repository.
    path: PathBuf,
}

/// Takes a part of a revision out of the repository that the current folder is in, or that holds the wanted path.
pub(super) fn take(revision: &str, wanted: &Wanted) -> Result<Taken, Error> {
    let (start, inside) = match wanted {
        Wanted::Inside(path) => (PathBuf::from("."), Some(path)),
        Wanted::Beside(path) => (folder_of(path), None),
    };
    let top = asked(&start, &["rev-parse", "--show-toplevel"])
        .map_err(|told| bad(format!("`git:{revision}` needs a repository: {told}")))?;
    let top = PathBuf::from(top.trim_end_matches(['\r', '\n']));
    let commit = format!("{revision}^{{commit}}");
    let found = asked(&top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]);
    let commit = found.map_err(|_| bad(format!("the repository has no revision `{revision}`")))?;
    let path = match (inside, wanted) {
        (Some(path), _) => from_top(path, &top)?,
        (None, Wanted::Beside(path)) => below(path, &top)?,
        (None, Wanted::Inside(path)) => from_top(path, &top)?,
    };
    out(&top, commit.trim(), revision, &path)
}

fn bad(message: String) -> Error {
    Error::new(ErrorCode::BadFile, message)
}

/// The folder that a path lies in, or is.
fn folder_of(path: &Path) -> PathBuf {
    let ancestors = path.ancestors().find(|a| a.is_dir()).filter(|a| !a.as_os_str().is_empty());
    ancestors.unwrap_or(Path::new(".")).to_owned()
}

/// Asks git; what it says on stderr where it fails.
fn asked(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let ran = Command::new("git").arg("-C").arg(folder).args(arguments).stdin(Stdio::null()).output();
    let ran = ran.map_err(|cause| format!("the command `git` cannot be run: {cause}"))?;
    if !ran.status.success() {
        let told = String::from_utf8_lossy(&ran.stderr);
        return Err(told.lines().next().unwrap_or("git says nothing").to_owned());
    }
    String::from_utf8(ran.stdout).map_err(|_| "git answered with a name that is not UTF-8".to_owned())
}

/// A path as git takes it, from the top.
fn from_top(path: &str, top: &Path) -> Result<PathBuf, Error> {
    match path.strip_prefix("./") {
        Some(rest) => below(Path::new(rest), top),
        None => plain(Path::new(path.trim_end_matches('/')))
            .ok_or_else(|| bad(format!("`{path}` is no path of a repository"))),
    }
}

/// A path of this machine, from the top. It need not exist here any more.
fn below(path: &Path, top: &Path) -> Result<PathBuf, Error> {
    let outside = || bad(format!("`{}` is not in the repository `{}`", path.display(), top.display()));
    let known = path.ancestors().find(|a| a.exists() || a.as_os_str().is_empty()).ok_or_else(outside)?;
    let rest = path.strip_prefix(known).map_err(|_| outside())?;
    let known = if known.as_os_str().is_empty() { Path::new(".") } else { known };
    let here = known.canonicalize().map_err(|_| outside())?.join(rest);
    let top = top.canonicalize().map_err(|_| outside())?;
    here.strip_prefix(&top).ok().and_then(plain).ok_or_else(outside)
}

/// A path of plain names only.
fn plain(path: &Path) -> Option<PathBuf> {
    let mut all = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => all.push(name),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(all)
}

/// Writes the files below a path of a commit into a new folder.
fn out(top: &Path, commit: &str, revision: &str, path: &Path) -> Result<Taken, Error> {
    let shown = format!("git:{revision}:{}", path.display());
    let within = path.to_string_lossy();
    let mut arguments = vec!["ls-tree", "-r", "-z", "--full-tree", commit];
    if !within.is_empty() {
        arguments.extend(["--", &within]);
    }
    // A path is no pattern here.
    let listed = asked(top, &[&["--literal-pathspecs"], arguments.as_slice()].concat())
        .map_err(|told| bad(format!("`{shown}` cannot be listed: {told}")))?;
    if listed.is_empty() {
        return Err(bad(format!("the revision `{revision}` has no `{}`", path.display())));
    }
    let entries = entries(&listed, &shown)?;
    let folder = fresh_folder()?;
    let taken = Taken { set: folder.join(path), folder };
    fs::create_dir_all(if path_is_file(&entries, path) { &taken.folder } else { &taken.set })
        .map_err(unwritten)?;
    read_all(top, &entries, &taken.folder, &shown)?;
    Ok(taken)
}

fn path_is_file(entries: &[Entry], path: &Path) -> bool {
    entries.iter().any(|entry| entry.path == path)
}

fn unwritten(cause: std::io::Error) -> Error {
    bad(format!("a revision cannot be written out: {cause}")).with_cause(cause)
}

/// The files of a listing that a set is made of.
fn entries(listed: &str, shown: &str) -> Result<Vec<Entry>, Error> {
    let strange = |line: &str| bad(format!("git lists `{shown}` in a way that is not known: `{line}`"));
    let mut all = Vec::new();
    for line in listed.split('\0').filter(|line| !line.is_empty()) {
        let (facts, path) = line.split_once('\t').ok_or_else(|| strange(line))?;
        let mut facts = facts.split(' ');
        let (Some(mode), Some(kind), Some(object)) = (facts.next(), facts.next(), facts.next()) else {
            return Err(strange(line));
        };
        let path = plain(Path::new(path)).ok_or_else(|| strange(line))?;
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if kind != "blob" || !ENDINGS.contains(&ending) {
            continue;
        }
        if mode == "120000" {
            return Err(bad(format!(
                "`{}` of `{shown}` is a link: a revision is read without links",
                path.display()
            )));
        }
        all.push(Entry { object: object.to_owned(), path });
    }
    if all.len() > SET_FILES {
        return Err(bad(format!("`{shown}` has {} files, more than {SET_FILES}", all.len())));
    }
    Ok(all)
}

/// A folder that nobody else has.
fn fresh_folder() -> Result<PathBuf, Error> {
    let own = std::process::id();
    for number in 0..1_000 {
        let folder = std::env::temp_dir().join(format!("passgate-{own}-{number}"));
        match private(&folder) {
            Ok(()) => return Ok(folder),
            Err(cause) if cause.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(cause) => return Err(unwritten(cause)),
        }
    }
    Err(bad("no folder for a revision can be made: all names are taken".to_owned()))
}

fn private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Has git write all objects, one after the other.
fn read_all(top: &Path, entries: &[Entry], folder: &Path, shown: &str) -> Result<(), Error> {
    let failed = |cause: std::io::Error| bad(format!("`{shown}` cannot be read: {cause}")).with_cause(cause);
    let mut git = Command::new("git");
    git.arg("-C").arg(top).args(["cat-file", "--batch"]);
    let spawned = git.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut git = spawned.map_err(failed)?;
    let (Some(mut asking), Some(answers)) = (git.stdin.take(), git.stdout.take()) else {
        return Err(bad(format!("`{shown}` cannot be read")));
    };
    let mut answers = BufReader::new(answers);
    let mut left = SET_BYTES.max(COMPILED_BYTES);
    let mut each = || -> Result<(), Error> {
        for entry in entries {
            writeln!(asking, "{}", entry.object).and_then(|()| asking.flush()).map_err(failed)?;
            let bytes = object(&mut answers, &mut left).map_err(failed)?;
            let bytes = bytes.ok_or_else(|| bad(format!("`{shown}` is larger than a set may be")))?;
            let path = folder.join(&entry.path);
            path.parent()
                .map_or(Ok(()), fs::create_dir_all)
                .and_then(|()| fs::write(&path, bytes))
                .map_err(unwritten)?;
        }
        Ok(())
    };
    let read = each();
    drop(asking);
    if read.is_err() {
        let _ = git.kill();
    }
    let _ = git.wait();
    read
}

/// The next object of `git cat-file --batch`: a line with its size, its bytes, a line end; none where it is too large.
fn object(answers: &mut impl BufRead, left: &mut usize) -> std::io::Result<Option<Vec<u8>>> {
    let strange = || std::io::Error::new(std::io::ErrorKind::InvalidData, "git does not give an object");
    let mut head = String::new();
    answers.read_line(&mut head)?;
    let size =
        head.trim_end().rsplit(' ').next().and_then(|size| size.parse::<usize>().ok()).ok_or_else(strange)?;
    let Some(rest) = left.checked_sub(size) else { return Ok(None) };
    *left = rest;
    let mut bytes = Vec::new();
    let end = answers.by_ref().take(size as u64 + 1).read_to_end(&mut bytes)?;
    if end != size + 1 || bytes.pop() != Some(b'\n') {
        return Err(strange());
    }
    Ok(Some(bytes))
}
