//! `passgate fmt`: policy files and CAM documents in their canonical form.

use super::lint::Kind;
use crate::output::{Exit, Output};
use crate::{diff, replace};
use passgate::grammar::limits;
use passgate::load::{Formatted, files_to_format, format_file, format_text};
use passgate::{Error, ErrorCode};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Write policy files and CAM documents in their one canonical form
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate fmt examples/partners
  passgate fmt --check --diff examples/partners
  passgate fmt - < desk.gate

Of a folder, all `.gate` files and CAM documents below it are meant, of one policy set or of many, without what a
`passgate.toml` names as a catalog or excludes. Comments stay where they are; of a document, only white space changes. A
file with a fault is left as it is.
Exit codes: 0 done, 1 with --check where a file would change, 2 a file cannot be formatted.")]
pub(crate) struct Args {
    /// Files and folders; `-` is stdin, which goes to stdout
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Write nothing; list the files that would change
    #[arg(long)]
    check: bool,
    /// Write nothing; show what would change
    #[arg(long)]
    diff: bool,
    /// What a bare document must be; on stdin, that it is one
    #[arg(long, value_enum)]
    kind: Option<Kind>,
}

/// What a run has come to.
#[derive(Default)]
struct Tally {
    files: usize,
    changed: usize,
    failed: usize,
    /// Files met, so that each is formatted once.
    met: BTreeSet<PathBuf>,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Exit {
    let mut tally = Tally::default();
    for path in &args.paths {
        if path.as_os_str() == "-" {
            let read = stdin(args);
            tally.take(read, None, args, output);
            continue;
        }
        match files_to_format(path) {
            // A document among the files of a set is what the set says; `--kind` speaks of one that is named here.
            Ok(found) => {
                found.errors.iter().for_each(|error| tally.fail(error, output));
                found.files.iter().for_each(|file| tally.file(file, file == path, args, output));
            }
            Err(error) => tally.fail(&error, output),
        }
    }
    tally.say(args, output)
}

/// Stdin is a document if it is said to be, or begins as no policy file does.
fn stdin(args: &Args) -> Result<Formatted, Error> {
    let unread = |message: String| Error::new(ErrorCode::BadFile, format!("stdin {message}"));
    let mut bytes = Vec::new();
    let most = limits::FILE_BYTES as u64 + 1;
    std::io::stdin()
        .take(most)
        .read_to_end(&mut bytes)
        .map_err(|e| unread(format!("cannot be read: {e}")))?;
    if bytes.len() > limits::FILE_BYTES {
        return Err(unread(format!("has more than {} bytes", limits::FILE_BYTES)));
    }
    let text = String::from_utf8(bytes).map_err(|_| unread("is not UTF-8".to_owned()))?;
    let begin = text.trim_start_matches(['\u{FEFF}', ' ', '\t', '\r', '\n']);
    let document = args.kind.is_some() || begin.starts_with(['{', '[']);
    Ok(format_text(if document { "<stdin>.json" } else { "<stdin>" }, text, args.kind.map(Kind::into)))
}

impl Tally {
    fn file(&mut self, path: &Path, named: bool, args: &Args, output: &mut Output) {
        let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        if self.met.insert(real) {
            let kind = args.kind.filter(|_| named).map(Kind::into);
            self.take(format_file(path, kind), Some(path), args, output);
        }
    }

    fn fail(&mut self, error: &Error, output: &mut Output) {
        self.failed += 1;
        output.error(error);
    }

    /// Does with a text what was asked for; without a path it is stdin.
    fn take(
        &mut self,
        formatted: Result<Formatted, Error>,
        path: Option<&Path>,
        args: &Args,
        output: &mut Output,
    ) {
        let formatted = match formatted {
            Ok(formatted) => formatted,
            Err(error) => return self.fail(&error, output),
        };
        self.files += 1;
        output.diagnostics(&formatted.diagnostics, &formatted.sources);
        let Some(text) = &formatted.text else {
            self.failed += 1;
            return;
        };
        let changes = formatted.changes();
        self.changed += usize::from(changes);
        let name = path.map_or("<stdin>".into(), Path::to_string_lossy);
        if args.diff {
            output.data(&diff::unified(&name, formatted.before(), text));
        } else if args.check && changes {
            output.line(&name);
        }
        if args.check || args.diff {
            return;
        }
        match path {
            None => output.data(text),
            Some(path) if changes => {
                if let Err(error) = replace::replace(path, formatted.before(), text) {
                    self.changed -= 1;
                    self.fail(&error, output);
                }
            }
            Some(_) => {}
        }
    }

    /// Says what was done.
    fn say(&self, args: &Args, output: &mut Output) -> Exit {
        let files = |count: usize| format!("{count} {}", if count == 1 { "file" } else { "files" });
        let would = if args.check || args.diff { "would change" } else { "changed" };
        let mut line = format!("{} of {} {would}", self.changed, files(self.files.max(self.changed)));
        if self.failed > 0 {
            line.push_str(&format!(", {} not formatted", self.failed));
        }
        // Of stdin alone the text says all, unless it is not shown.
        if self.failed > 0 || args.check || args.diff || args.paths.iter().any(|path| path.as_os_str() != "-")
        {
            output.word(&line);
        }
        match (self.failed, args.check && self.changed > 0) {
            (0, false) => Exit::Yes,
            (0, true) => Exit::No,
            _ => Exit::NoAnswer,
        }
    }
}
