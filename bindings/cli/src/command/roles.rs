//! `passgate roles`: callers with equal or nearly equal rights, as groups that could be made of them.

use super::what::actions;
use crate::options::SetOptions;
use crate::output::{Exit, Format, Output};
use crate::progress::shown;
use crate::render::standing::some;
use passgate::Error;
use passgate::analysis::roles::{LEAST, Roles, roles, to_json};
use std::path::PathBuf;

/// Tell which callers have equal or nearly equal rights
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate roles examples/partners
  passgate roles examples/partners --least 60
  passgate roles examples/partners --format json

Exit codes: 0 answered, 2 the set cannot be loaded or the question cannot be read.")]
pub(crate) struct Args {
    /// A folder, a `.gate` file, a compiled file, or one CAM JSON document
    set: PathBuf,
    /// The share of rights in percent from which they are nearly equal
    #[arg(long, value_name = "PERCENT", default_value_t = LEAST)]
    least: u8,
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
    let gate = args.options.load(&args.set, output)?;
    let found = shown("roles", || roles(&gate, args.least))?;
    match args.format {
        Format::Json => output.line(&to_json(&found)),
        Format::Human => human(&found, args.all, output),
    }
    Ok(Exit::Yes)
}

fn human(found: &Roles, all: bool, output: &mut Output) {
    let named = |names: &[String]| if all { names.join(", ") } else { some(names) };
    for equal in &found.equal {
        let same = if equal.same_policies { ", by the same policies" } else { "" };
        output.line(&format!("equal: {}, {} rights{same}", actions(equal.actions), equal.rights));
        output.line(&format!("  {}", named(&equal.principals)));
    }
    for group in &found.near {
        output.line(&format!("{} %: {} of {} rights shared", group.share(), group.shared, group.all));
        for member in &group.members {
            output.line(&format!("  {}", named(&member.principals)));
            if !member.beyond.is_empty() {
                output.line(&format!("    beyond {}", named(&member.beyond)));
            }
        }
    }
    let single =
        if found.single == 1 { "1 caller has".to_owned() } else { format!("{} callers have", found.single) };
    output.line(&format!("{single} rights that no other has, {} none at all", found.without));
    if !found.all_compared {
        output.line("not all were compared: some that share less may be missed");
    }
    for doubt in &found.doubts {
        output.line(&format!("not exact: {doubt}"));
    }
}
