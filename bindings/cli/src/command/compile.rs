//! `passgate compile`: a policy set to a compiled file, or a compiled file compared with the set it came from.

use crate::options::SetOptions;
use crate::output::{Exit, Output};
use passgate::{Error, ErrorCode, Gate};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Write a policy set as a compiled file, which loads in milliseconds
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate compile examples/partners -o partners.gatec
  passgate compile examples/partners -o partners.gatec --verify

Exit codes: 0 written (with --verify: every cell agrees), 1 with --verify: something differs, 2 not done.")]
pub(crate) struct Args {
    /// A folder, a `.gate` file, or one CAM JSON document
    set: PathBuf,
    /// The compiled file; its name ends in `.gatec`
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Keep the policy texts in the file
    #[arg(long)]
    embed_source: bool,
    /// Write nothing: compile again and compare every cell with the file
    #[arg(long, conflicts_with = "embed_source")]
    verify: bool,
    #[command(flatten)]
    options: SetOptions,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Exit {
    ran(args, output).unwrap_or_else(|error| output.error(&error))
}

fn ran(args: &Args, output: &mut Output) -> Result<Exit, Error> {
    let shown = args.output.display();
    if !args.output.to_string_lossy().ends_with(".gatec") {
        let message = format!("`{shown}`: the name of a compiled file ends in `.gatec`");
        return Err(Error::new(ErrorCode::BadOption, message).with_key("output"));
    }
    let gate = args.options.load_quietly(&args.set)?;
    output.diagnostics(gate.diagnostics(), gate.sources());
    if args.verify {
        return verify(&gate, &args.output, output);
    }
    let bytes = gate.to_bytes_with(args.embed_source)?;
    write(&args.output, &bytes).map_err(|cause| {
        let message = format!("`{shown}` cannot be written: {cause}");
        Error::new(ErrorCode::BadFile, message).with_cause(cause)
    })?;
    output.word(&format!("{shown}: {} bytes, semantic hash {}", bytes.len(), gate.semantic_hash()));
    Ok(Exit::Yes)
}

fn verify(gate: &Gate, file: &Path, output: &mut Output) -> Result<Exit, Error> {
    let shown = file.display();
    match gate.compare(&Gate::load(file)?) {
        Ok(cells) => {
            output.word(&format!("{shown}: {cells} cells agree"));
            Ok(Exit::Yes)
        }
        Err(difference) => {
            output.word(&format!("{shown}: {difference}"));
            Ok(Exit::No)
        }
    }
}

/// Writes beside the file and renames: whoever reads meanwhile finds the old file or the new one, whole.
fn write(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut name = file.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.part", std::process::id()));
    let part = file.with_file_name(name);
    let written = fs::OpenOptions::new().write(true).create_new(true).open(&part).and_then(|mut opened| {
        opened.write_all(bytes)?;
        opened.sync_all()
    });
    let renamed = written.and_then(|()| fs::rename(&part, file));
    if renamed.is_err() {
        // What could not be written leaves nothing behind; that this fails too is less than why it did.
        let _ = fs::remove_file(&part);
    }
    renamed
}
