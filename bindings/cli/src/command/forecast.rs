//! `passgate forecast`: what changes by itself as time windows open and close.

use crate::options::SetOptions;
use crate::output::{Exit, Format, Output};
use crate::progress::shown;
use crate::render::standing::some;
use passgate::analysis::forecast::{Forecast, forecast, to_json};
use passgate::model::Instant;
use passgate::{Error, ErrorCode};
use std::path::PathBuf;

/// Tell when rights change by themselves, and who gains or loses what
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate forecast examples/partners --from 2026-01-01T00:00:00Z --to 2027-01-01T00:00:00Z
  passgate forecast examples/partners --from 2026-06-01T00:00:00Z --to 2026-08-01T00:00:00Z --principal user:100005

Exit codes: 0 answered, 2 the set cannot be loaded or the question cannot be read.")]
pub(crate) struct Args {
    /// A folder, a `.gate` file, a compiled file, or one CAM JSON document
    set: PathBuf,
    /// After this instant, as 2026-01-01T00:00:00Z
    #[arg(long, alias = "since", value_name = "T")]
    from: String,
    /// Up to this one, which counts
    #[arg(long, alias = "until", value_name = "T")]
    to: String,
    /// Of whom alone
    #[arg(long, value_name = "P")]
    principal: Option<String>,
    /// Name every caller and every action
    #[arg(long)]
    all: bool,
    /// How the answers are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    options: SetOptions,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Exit {
    ran(args, output).unwrap_or_else(|error| output.error(&error))
}

fn ran(args: &Args, output: &mut Output) -> Result<Exit, Error> {
    let (from, to) = (instant("since", "from", &args.from)?, instant("until", "to", &args.to)?);
    let gate = args.options.load(&args.set, output)?;
    let found = shown("forecast", || forecast(&gate, from, to, args.principal.as_deref()))?;
    match args.format {
        Format::Json => output.line(&to_json(&found)),
        Format::Human => human(&found, args.all, output),
    }
    Ok(Exit::Yes)
}

fn instant(key: &str, option: &str, text: &str) -> Result<Instant, Error> {
    Instant::parse(text).ok_or_else(|| {
        let message = format!("`--{option} {text}` is no time: `YYYY-MM-DDThh:mm:ssZ`, in UTC");
        Error::new(ErrorCode::BadTime, message).with_key(key)
    })
}

fn human(found: &Forecast, all: bool, output: &mut Output) {
    if found.moments.is_empty() {
        output.line(&format!("nothing changes after {} and up to {}", found.from, found.to));
    }
    let named = |names: &[String]| if all { names.join(", ") } else { some(names) };
    for moment in &found.moments {
        output.line(&moment.at.to_string());
        for change in &moment.changes {
            output.line(&format!("  {}", named(&change.principals)));
            for (word, actions) in [("gains", &change.gains), ("loses", &change.loses)] {
                if !actions.is_empty() {
                    output.line(&format!("    {word}  {}", named(actions)));
                }
            }
        }
    }
    for doubt in &found.doubts {
        output.line(&format!("not exact: {doubt}"));
    }
}
