//! `passgate catalog`: a provider's pages to a catalog, a catalog in figures, what a new catalog changes, and its names as
//! types.

mod drift;
mod types;

use crate::options::SetOptions;
use crate::output::{Exit, Format, Output};
use passgate::catalog::import::{ImportOptions, import};
use passgate::catalog::show::Summary;
use passgate::catalog::{Catalogs, Service, diff, file, is_service_name};
use passgate::grammar::code;
use passgate::{Diagnostic, Error, ErrorCode, load};
use std::path::{Path, PathBuf};

/// Read, show and compare action catalogs
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Import(Import),
    Show(Show),
    Diff(Box<Diff>),
    Types(Box<types::Args>),
}

/// Read a provider's pages as a catalog
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate catalog import page.txt -o catalog.json
  passgate catalog import cvm.md --service cvm --format toml

Exit codes: 0 done, 1 some rows could not be read (the others are written), 2 no catalog.")]
struct Import {
    /// Pages: plain text, Markdown or HTML
    #[arg(required = true)]
    pages: Vec<PathBuf>,
    /// The abbreviation of the service, where the page does not say it
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Write the catalog here, JSON or TOML by the ending; else JSON on stdout
    #[arg(short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Show a catalog in figures; without files the built-in one
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate catalog show
  passgate catalog show catalog.json --actions

Exit codes: 0 done, 2 a catalog cannot be read.")]
struct Show {
    /// Catalog files, JSON or TOML
    catalogs: Vec<PathBuf>,
    /// List the actions as well
    #[arg(long)]
    actions: bool,
    /// How the figures are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Say what a new catalog changes against an old one
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate catalog diff catalog.old.json catalog.json
  passgate catalog diff builtin catalog.json --set examples/partners

`builtin` names the built-in catalog. With --set it is told who gains or loses what, and through which statements.
Exit codes: 0 done, whether or not they differ, 2 a catalog cannot be read.")]
struct Diff {
    /// The old catalog
    old: PathBuf,
    /// The new catalog
    new: PathBuf,
    /// A policy set: tell whose calls are answered otherwise over the new catalog
    #[arg(long, value_name = "SET")]
    set: Option<PathBuf>,
    #[command(flatten)]
    options: SetOptions,
    /// How the differences are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Exit {
    let done = match &args.command {
        Command::Import(args) => import_pages(args, output),
        Command::Show(args) => show(args, output),
        Command::Diff(args) => difference(args, output),
        Command::Types(args) => types::run(args, output),
    };
    done.unwrap_or_else(|error| output.error(&error))
}

fn import_pages(args: &Import, output: &mut Output) -> Result<Exit, Error> {
    if let Some(name) = args.service.as_deref().filter(|name| !is_service_name(name)) {
        let message =
            format!("`{name}` is no abbreviation of a service: lower-case letters, digits, `_`, `-`");
        return Err(Error::new(ErrorCode::BadOption, message).with_key("service"));
    }
    let (sources, ids) = load::read_texts(&args.pages)?;
    let options = ImportOptions { service: args.service.as_deref().map(Into::into) };
    let imported = import(&sources, &ids, &options);
    let refused = imported.diagnostics.iter().any(Diagnostic::refuses);
    if imported.services.is_empty() {
        let error = Error::new(ErrorCode::BadCatalog, "no catalog could be read from the pages");
        return Err(error.with_diagnostics(imported.diagnostics, sources.into()));
    }
    output.diagnostics(&imported.diagnostics, &sources);
    write(&imported.services, args.output.as_deref(), output)?;
    for service in &imported.services {
        output.word(&format!("{}: {} actions ({})", service.service, service.actions.len(), service.version));
        doubt(&Summary::new(service), output);
    }
    Ok(if refused { Exit::No } else { Exit::Yes })
}

fn write(services: &[Service], path: Option<&Path>, output: &mut Output) -> Result<(), Error> {
    let Some(path) = path else {
        output.data(&file::to_json(services));
        return Ok(());
    };
    let text = match file::Format::of_name(&path.to_string_lossy()) {
        file::Format::Json => file::to_json(services),
        file::Format::Toml => file::to_toml(services),
    };
    std::fs::write(path, text).map_err(|cause| {
        let message = format!("`{}` cannot be written: {cause}", path.display());
        Error::new(ErrorCode::BadFile, message).with_cause(cause)
    })
}

fn show(args: &Show, output: &mut Output) -> Result<Exit, Error> {
    let catalogs = read_all(&args.catalogs, output)?;
    let summaries: Vec<Summary> = catalogs.services().map(|(_, service)| Summary::new(service)).collect();
    summaries.iter().for_each(|summary| doubt(summary, output));
    if args.format == Format::Json {
        let services = catalogs.services().map(|(_, service)| service.as_ref());
        let text = if args.actions { file::to_json(services) } else { json(&summaries) };
        output.line(text.trim_end());
        return Ok(Exit::Yes);
    }
    for (summary, (_, service)) in summaries.iter().zip(catalogs.services()) {
        summary.lines().iter().for_each(|line| output.line(line));
        for action in service.actions.iter().filter(|_| args.actions) {
            let address = if action.ip_restriction { "address" } else { "no address" };
            let (name, level) = (&action.name, action.granularity.as_str());
            output.line(&format!("  {name}  {}  {level}  {address}", action.category));
        }
    }
    Ok(Exit::Yes)
}

/// Says which names contradict their category.
fn doubt(summary: &Summary, output: &mut Output) {
    for line in summary.doubts() {
        output.word(&format!("warning[{}]: {}: {line}", code::ODD_CATEGORY, summary.service));
    }
}

fn difference(args: &Diff, output: &mut Output) -> Result<Exit, Error> {
    if let Some(set) = &args.set {
        drift::run(set, (&args.old, &args.new), &args.options, args.format, output)?;
        return Ok(Exit::Yes);
    }
    let (old, new) = (read(&args.old, output)?, read(&args.new, output)?);
    let of = |catalogs: &Catalogs| catalogs.services().map(|(_, s)| s.as_ref().clone()).collect::<Vec<_>>();
    let found = diff::diff(&of(&old), &of(&new));
    match args.format {
        Format::Json => output.line(&json(&found)),
        Format::Human => found.lines().iter().for_each(|line| output.line(line)),
    }
    if found.is_empty() {
        output.word("the catalogs say the same");
    }
    Ok(Exit::Yes)
}

fn read_all(paths: &[PathBuf], output: &mut Output) -> Result<Catalogs, Error> {
    if paths.is_empty() {
        return Ok(Catalogs::builtin());
    }
    let mut catalogs = Catalogs::empty();
    for path in paths {
        add(path, &mut catalogs, output)?;
    }
    Ok(catalogs)
}

fn read(path: &Path, output: &mut Output) -> Result<Catalogs, Error> {
    if path == Path::new("builtin") {
        return Ok(Catalogs::builtin());
    }
    let mut catalogs = Catalogs::empty();
    add(path, &mut catalogs, output)?;
    Ok(catalogs)
}

fn add(path: &Path, catalogs: &mut Catalogs, output: &mut Output) -> Result<(), Error> {
    let (services, told, sources) = load::read_catalog(path)?;
    output.diagnostics(&told, &sources);
    for service in services {
        if let Some(replaced) = catalogs.add(service) {
            output
                .word(&format!("note: `{}` replaces its catalog of {}", replaced.service, replaced.version));
        }
    }
    Ok(())
}

fn json(value: &impl serde::Serialize) -> String {
    // Figures and differences are texts, numbers and lists: there is nothing in them that JSON cannot hold.
    serde_json::to_string(value).unwrap_or_default()
}
