//! `passgate cam import` and `passgate cam export`: CAM JSON to `.gate` and back.

use super::lint::Kind;
use crate::options::SetOptions;
use crate::output::{Exit, Output};
use passgate::catalog::Catalogs;
use passgate::grammar::{SourceId, Sources};
use passgate::model::{Model, Policy, PolicyKind};
use passgate::{Diagnostic, Error, ErrorCode, cam, load};
use std::path::PathBuf;
use std::sync::Arc;

/// Convert between CAM JSON documents and `.gate` text
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Import(Import),
    Export(Export),
}

/// Write CAM JSON documents as `.gate` text
#[derive(clap::Args)]
#[command(after_help = "\
Example:
  passgate cam import legacy.json > legacy.gate

Exit codes: 0 done, 2 a document cannot be read.")]
struct Import {
    /// CAM JSON documents; each becomes a policy named by its file
    #[arg(required = true)]
    documents: Vec<PathBuf>,
    /// What the documents are
    #[arg(long, value_enum, default_value_t)]
    kind: Kind,
}

/// Write policies as CAM JSON documents
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate cam export examples/partners --policy auditor > auditor.json
  passgate cam export examples/partners > all.json

With --policy one document is written, without it an object of name and document.
Exit codes: 0 done, 2 the set cannot be read or a policy cannot be written.")]
struct Export {
    /// A folder, a `.gate` file, or one CAM JSON document
    set: PathBuf,
    /// The policy to write
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    #[command(flatten)]
    options: SetOptions,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Exit {
    let done = match &args.command {
        Command::Import(args) => import(args, output),
        Command::Export(args) => export(args, output),
    };
    match done {
        Ok(()) => Exit::Yes,
        Err(error) => output.error(&error),
    }
}

fn import(args: &Import, output: &mut Output) -> Result<(), Error> {
    let (sources, ids) = load::read_texts(&args.documents)?;
    let catalogs = Catalogs::empty();
    let (mut text, mut told, mut refused) = (String::new(), Vec::new(), false);
    for (id, path) in ids.iter().zip(&args.documents) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        match document(&sources, *id, args.kind.into(), &name, &mut told) {
            Some(policy) => {
                let (gate, noticed) = cam::to_gate(&policy, &catalogs);
                told.extend(noticed);
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(&gate);
            }
            None => refused = true,
        }
    }
    if refused {
        return Err(Error::refused(told, Arc::new(sources)));
    }
    output.diagnostics(&told, &sources);
    output.data(&text);
    Ok(())
}

fn document(
    sources: &Sources,
    id: SourceId,
    kind: PolicyKind,
    name: &str,
    told: &mut Vec<Diagnostic>,
) -> Option<Policy> {
    let (policy, mut noticed) = cam::read(sources, id, kind, name);
    if let Some(source) = sources.get(id) {
        cam::add_paths(source, id, &mut noticed);
    }
    told.extend(noticed);
    policy
}

fn export(args: &Export, output: &mut Output) -> Result<(), Error> {
    let model = load::load_model(&args.set, &args.options.read()?)?;
    let text = match &args.policy {
        Some(name) => {
            let policy = model.policies.iter().find(|policy| policy.name.as_ref() == name);
            written(&model, policy.ok_or_else(|| unknown(&model, name))?, output)?
        }
        None => all(&model, output)?,
    };
    output.data(&text);
    if !text.ends_with('\n') {
        output.data("\n");
    }
    Ok(())
}

fn all(model: &Model, output: &mut Output) -> Result<String, Error> {
    let mut members = Vec::with_capacity(model.policies.len());
    for policy in &model.policies {
        let name = serde_json::Value::from(policy.name.as_ref());
        members.push(format!(
            "{name}: {}",
            written(model, policy, output)?.trim_start_matches('\u{feff}').trim()
        ));
    }
    Ok(if members.is_empty() { "{}".to_owned() } else { format!("{{\n{}\n}}", members.join(",\n")) })
}

fn written(model: &Model, policy: &Policy, output: &mut Output) -> Result<String, Error> {
    let (document, told) = cam::export(policy, &model.sources, &model.catalogs);
    match document {
        Some(text) => {
            output.diagnostics(&told, &model.sources);
            Ok(text)
        }
        None => Err(Error::refused(told, model.sources.clone())),
    }
}

fn unknown(model: &Model, name: &str) -> Error {
    let names = model.policies.iter().map(|policy| policy.name.as_ref());
    let near = passgate::nearest::nearest(name, names);
    Error::new(ErrorCode::BadOption, format!("the set has no policy `{name}`"))
        .with_key("policy")
        .with_nearest(near)
}
