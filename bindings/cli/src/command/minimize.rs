//! `passgate minimize`: the smallest equivalent policy set found, as its files or as documents.

use crate::options::SetOptions;
use crate::output::{Exit, Output};
use passgate::analysis::minimize::{Form, Minimized, minimize, to_json};
use passgate::{Error, ErrorCode};
use std::io;
use std::path::{Component, Path, PathBuf};

/// Write the smallest equivalent policy set found
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate minimize partners.gate
  passgate minimize examples/partners -o smaller
  passgate minimize policy.json --format cam --max-size 6144

Exit codes: 0 written, 2 the set cannot be loaded, or what is asked for cannot be written.")]
pub(crate) struct Args {
    /// A folder, a `.gate` file, a compiled file, or one CAM JSON document
    set: PathBuf,
    /// What is written: the set's files, CAM documents by policy, or everything that is known as JSON
    #[arg(long, value_enum, default_value_t)]
    format: Written,
    /// Make CAM documents, also where JSON is written
    #[arg(long)]
    documents: bool,
    /// Characters of a CAM document, JSON white space not counted; a policy that needs more becomes several
    #[arg(long, value_name = "N")]
    max_size: Option<usize>,
    /// Write the files into this folder instead of printing them
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
    #[command(flatten)]
    options: SetOptions,
}

/// What is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum Written {
    /// The files of the set.
    #[default]
    Gate,
    /// CAM documents.
    Cam,
    /// One object for programs.
    Json,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Exit {
    ran(args, output).unwrap_or_else(|error| output.error(&error))
}

fn ran(args: &Args, output: &mut Output) -> Result<Exit, Error> {
    let form = form(args)?;
    let gate = args.options.load(&args.set, output)?;
    let found = minimize(&gate, form)?;
    match (args.format, &args.output) {
        (Written::Json, _) => output.line(&to_json(&found)),
        (Written::Cam, None) => documents(&found, output),
        (Written::Gate, None) => files(&found, output),
        (Written::Gate | Written::Cam, Some(folder)) => write(&found, folder, &args.set)?,
    }
    told(&found, output);
    Ok(Exit::Yes)
}

fn form(args: &Args) -> Result<Form, Error> {
    let bad =
        |message: &str, key: &str| Err(Error::new(ErrorCode::BadOption, message.to_owned()).with_key(key));
    match (args.format, args.max_size, args.documents) {
        (Written::Gate, Some(_), _) => {
            bad("`--max-size` is the size of a document: ask for `--format cam`", "max-size")
        }
        (Written::Gate, None, true) => {
            bad("documents are written with `--format cam` or `--format json`", "documents")
        }
        (_, Some(most), _) => Ok(Form::Documents { most }),
        (Written::Cam, None, _) | (Written::Json, None, true) => Ok(Form::documents()),
        (Written::Gate | Written::Json, None, false) => Ok(Form::Files),
    }
}

/// One file as it is; of several those that changed, each after its name.
fn files(found: &Minimized, output: &mut Output) {
    if let [only] = found.files.as_slice() {
        return output.line(only.text.trim_end());
    }
    for file in found.files.iter().filter(|file| file.changed) {
        output.line(&format!("// {}", file.name));
        output.line(file.text.trim_end());
    }
}

/// One document as it is; else an object of name → document, or of name → list where a policy has several.
fn documents(found: &Minimized, output: &mut Output) {
    if let [(_, texts)] = found.documents.as_slice()
        && let [only] = texts.as_slice()
    {
        return output.line(only.trim_end());
    }
    output.line("{");
    let last = found.documents.len().saturating_sub(1);
    for (number, (name, texts)) in found.documents.iter().enumerate() {
        let body = match texts.as_slice() {
            [only] => only.trim_end().to_owned(),
            several => {
                format!("[{}]", several.iter().map(|text| text.trim_end()).collect::<Vec<_>>().join(", "))
            }
        };
        let comma = if number < last { "," } else { "" };
        output.line(&format!("{}: {body}{comma}", passgate::grammar::text::quote(name)));
    }
    output.line("}");
}

/// How much smaller each policy is, and which are as they were.
fn told(found: &Minimized, output: &mut Output) {
    for one in found.policies.iter().filter(|one| one.before != one.after) {
        output.word(&format!("{}: {} -> {}", one.policy, one.before, one.after));
    }
    for (policy, why) in &found.left {
        output.word(&format!("{policy}: left as it is: {}", why.as_str()));
    }
    let (before, after) = found.sizes();
    output.word(&format!("all policies: {before} -> {after}"));
    let (classes, searched) = found.policies.iter().fold((0, 0), |(classes, searched), one| {
        (classes + one.certificate.classes, searched + one.certificate.searched)
    });
    output.word(&format!(
        "proved: every policy decides every request as it did ({classes} classes of actions, {searched} searched)"
    ));
}

/// Writes the files under their names in the set, or documents under the names of their policies.
fn write(found: &Minimized, folder: &Path, set: &Path) -> Result<(), Error> {
    for file in &found.files {
        let name = Path::new(file.name.as_ref());
        let inside = name.strip_prefix(set).ok().filter(|inside| !inside.as_os_str().is_empty());
        let name = inside.or_else(|| name.file_name().map(Path::new)).unwrap_or(name);
        write_file(folder, name, &file.text)?;
    }
    for (policy, texts) in &found.documents {
        for (number, text) in texts.iter().enumerate() {
            let number = if texts.len() == 1 { String::new() } else { format!("-{}", number + 1) };
            write_file(folder, Path::new(&format!("{policy}{number}.json")), text)?;
        }
    }
    Ok(())
}

fn write_file(folder: &Path, name: &Path, text: &str) -> Result<(), Error> {
    let failed = |path: &Path, error: &io::Error| {
        Error::new(ErrorCode::BadFile, format!("`{}` cannot be written: {error}", path.display()))
    };
    if name.components().any(|part| !matches!(part, Component::Normal(_))) {
        let message = format!("`{}` is no name of a file in a folder", name.display());
        return Err(Error::new(ErrorCode::BadFile, message));
    }
    let path = folder.join(name);
    let parent = path.parent().unwrap_or(folder);
    std::fs::create_dir_all(parent).map_err(|error| failed(parent, &error))?;
    std::fs::write(&path, text).map_err(|error| failed(&path, &error))
}
