//! `passgate cam import` and `passgate cam export`: CAM JSON to `.gate` and back.

use super::lint::Kind;
use crate::options::SetOptions;
use crate::output::{Exit, Format, Output};
use passgate::grammar::{SourceId, Sources};
use passgate::load::Proof;
use passgate::model::{Model, Policy, PolicyKind};
use passgate::{Diagnostic, Error, ErrorCode, cam, load};
use std::collections::BTreeSet;
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

Lists that repeat are named; actions of one service that a catalog describes are written without it.
Exit codes: 0 done, 1 --verify found a request that is decided otherwise, 2 a document cannot be read.")]
struct Import {
    /// CAM JSON documents; each becomes a policy named by its file
    #[arg(required = true)]
    documents: Vec<PathBuf>,
    /// What the documents are
    #[arg(long, value_enum, default_value_t)]
    kind: Kind,
    /// Add a catalog file to the built-in one (repeatable)
    #[arg(long, value_name = "FILE")]
    catalog: Vec<PathBuf>,
    /// Prove that the text and what it is exported as decide every request as the documents do
    #[arg(long)]
    verify: bool,
    /// How the text is written; json is an object with the text and the proofs
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Write policies as CAM JSON documents
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate cam export examples/partners --policy auditor > auditor.json
  passgate cam export examples/partners > all.json
  passgate cam export examples/partners --split > all.json

With --policy one document is written; without it, or with --split, an object of name and document.
Exit codes: 0 done, 1 --verify found a request that is decided otherwise, 2 the set cannot be read or a policy cannot be written.")]
struct Export {
    /// A folder, a `.gate` file, or one CAM JSON document
    set: PathBuf,
    /// The policy to write
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    /// Split a policy above the provider's size into documents NAME, NAME-2, …
    #[arg(long)]
    split: bool,
    /// Prove that the documents and what they are imported as decide every request as the policies do
    #[arg(long)]
    verify: bool,
    /// How the documents are written; json is an object with the documents and the proofs
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    options: SetOptions,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Exit {
    let done = match &args.command {
        Command::Import(args) => import(args, output),
        Command::Export(args) => export(args, output),
    };
    match done {
        Ok(exit) => exit,
        Err(error) => output.error(&error),
    }
}

fn import(args: &Import, output: &mut Output) -> Result<Exit, Error> {
    let (sources, ids) = load::read_texts(&args.documents)?;
    let catalogs = load::read_catalogs(&args.catalog)?;
    let names = names(&args.documents, output);
    let (mut policies, mut told) = (Vec::new(), Vec::new());
    for (id, name) in ids.iter().zip(&names) {
        policies.extend(document(&sources, *id, args.kind.into(), name, &mut told));
    }
    if policies.len() < ids.len() {
        return Err(Error::refused(told, Arc::new(sources)));
    }
    let (text, noticed) = cam::to_gate(&policies, &catalogs);
    told.extend(noticed);
    output.diagnostics(&told, &sources);
    let proofs = if args.verify { load::prove_import(&policies, &text, &catalogs)? } else { Vec::new() };
    match args.format {
        Format::Human => output.data(&text),
        Format::Json => {
            let gate = serde_json::Value::from(text);
            output.line(&format!("{{\"gate\":{gate}{}}}", proved(args.verify, &proofs)));
        }
    }
    Ok(said(&proofs, output))
}

/// Says what was proved; a request that is decided otherwise is a no.
fn said(proofs: &[Proof], output: &mut Output) -> Exit {
    proofs.iter().for_each(|proof| output.word(&proof.to_string()));
    if proofs.iter().any(Proof::fails) { Exit::No } else { Exit::Yes }
}

/// The member `verified` of an object, where it was asked for.
fn proved(asked: bool, proofs: &[Proof]) -> String {
    let json = |proof: &Proof| {
        let mut text = String::new();
        proof.write_json(&mut text);
        text
    };
    let list = proofs.iter().map(json).collect::<Vec<_>>().join(",");
    if asked { format!(",\"verified\":[{list}]") } else { String::new() }
}

/// The names of the policies; said where one is not its file's.
fn names(documents: &[PathBuf], output: &mut Output) -> Vec<String> {
    let stem = |path: &PathBuf| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let stems: Vec<String> = documents.iter().map(stem).collect();
    let names = cam::document_names(&stems.iter().map(String::as_str).collect::<Vec<_>>());
    for ((path, stem), name) in
        documents.iter().zip(&stems).zip(&names).filter(|((_, stem), name)| stem != name)
    {
        output.word(&format!("note: `{}` is called `{name}`: `{stem}` is taken", path.display()));
    }
    names
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

fn export(args: &Export, output: &mut Output) -> Result<Exit, Error> {
    let model = load::load_model(&args.set, &args.options.read()?)?;
    let policies: Vec<&Policy> = match &args.policy {
        Some(name) => {
            let policy = model.policies.iter().find(|policy| policy.name.as_ref() == name);
            vec![policy.ok_or_else(|| unknown(&model, name))?]
        }
        None => model.policies.iter().collect(),
    };
    let mut taken: BTreeSet<String> = model.policies.iter().map(|p| p.name.to_string()).collect();
    let (mut documents, mut proofs) = (Vec::new(), Vec::new());
    for policy in policies {
        let texts = texts(&model, policy, args.split, output)?;
        if args.verify {
            proofs.push(load::prove_export(&model, policy, &texts)?);
        }
        let names = cam::split_names(&policy.name, texts.len(), &mut taken);
        if names.len() > 1 {
            let (name, list) = (&policy.name, names.join("`, `"));
            output.word(&format!("note: `{name}` is split: attach `{list}` wherever it is attached"));
        }
        documents.extend(names.into_iter().zip(texts));
    }
    let text = match (documents.as_slice(), args.format) {
        (all, Format::Json) => format!("{{\"documents\":{}{}}}", object(all), proved(args.verify, &proofs)),
        ([(_, text)], Format::Human) if args.policy.is_some() && !args.split => text.clone(),
        (all, Format::Human) => object(all),
    };
    output.data(&text);
    if !text.ends_with('\n') {
        output.data("\n");
    }
    Ok(said(&proofs, output))
}

/// The documents of a policy.
fn texts(model: &Model, policy: &Policy, split: bool, output: &mut Output) -> Result<Vec<String>, Error> {
    let (texts, told) = if split {
        cam::export_split(policy, &model.sources, &model.catalogs)
    } else {
        let (text, told) = cam::export(policy, &model.sources, &model.catalogs);
        (text.map(|text| vec![text]), told)
    };
    let Some(texts) = texts else { return Err(Error::refused(told, model.sources.clone())) };
    output.diagnostics(&told, &model.sources);
    Ok(texts)
}

/// An object of name and document.
fn object(documents: &[(String, String)]) -> String {
    if documents.is_empty() {
        return "{}".to_owned();
    }
    let member = |(name, text): &(String, String)| {
        let name = serde_json::Value::from(name.as_str());
        format!("{name}: {}", text.trim_start_matches('\u{feff}').trim())
    };
    format!("{{\n{}\n}}", documents.iter().map(member).collect::<Vec<_>>().join(",\n"))
}

fn unknown(model: &Model, name: &str) -> Error {
    let names = model.policies.iter().map(|policy| policy.name.as_ref());
    let near = passgate::nearest::nearest(name, names);
    Error::new(ErrorCode::BadOption, format!("the set has no policy `{name}`"))
        .with_key("policy")
        .with_nearest(near)
}
