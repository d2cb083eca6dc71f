//! `passgate conflicts`: who can do both of two things, from where, when, and through what.

use crate::options::SetOptions;
use crate::output::{Exit, Format, Output};
use crate::progress::shown;
use crate::render::standing::some;
use passgate::Error;
use passgate::analysis::conflicts::{Conflict, Conflicts, Through, conflicts, read_pair, to_json};
use std::path::PathBuf;

/// Tell who can do both of two things from one address at one time
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate conflicts examples/partners --pair AllocateCreditPool,PayOrders
  passgate conflicts examples/partners --pair '*Credit*,*Voucher*' --pair CreateUser,PayOrders --fail
  passgate conflicts examples/partners --pair AllocateCreditPool,PayOrders --format json

Exit codes: 0 answered, 1 with --fail where somebody can do both or could, 2 the set cannot be loaded or the question
cannot be read.")]
pub(crate) struct Args {
    /// A folder, a `.gate` file, a compiled file, or one CAM JSON document
    set: PathBuf,
    /// Two actions that nobody should be able to do both, or patterns with `*` (repeatable)
    #[arg(long, value_name = "A,B", required = true)]
    pair: Vec<String>,
    /// Exit with 1 where somebody can do both, or where that is not certain
    #[arg(long)]
    fail: bool,
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
    let pairs: Vec<[String; 2]> = args.pair.iter().map(|text| read_pair(text)).collect::<Result<_, _>>()?;
    let gate = args.options.load(&args.set, output)?;
    let found = shown("conflicts", || conflicts(&gate, &pairs))?;
    match args.format {
        Format::Json => output.line(&to_json(&found)),
        Format::Human => human(&found, args.all, output),
    }
    let clean = found.conflicts.is_empty() && found.is_exact();
    Ok(if args.fail && !clean { Exit::No } else { Exit::Yes })
}

fn human(found: &Conflicts, all: bool, output: &mut Output) {
    for (number, [first, second]) in found.pairs.iter().enumerate() {
        output.line(&format!("{first} and {second}"));
        let mut none = true;
        for conflict in found.conflicts.iter().filter(|conflict| conflict.pair == number) {
            none = false;
            told(conflict, all, output);
        }
        if none {
            output.line("  nobody");
        }
    }
    for doubt in &found.doubts {
        output.line(&format!("not exact: {doubt}"));
    }
}

fn told(of: &Conflict, all: bool, output: &mut Output) {
    let named = |names: &[String]| if all { names.join(", ") } else { some(names) };
    output.line(&format!("  {}", named(&of.principals)));
    let without = of.without.then_some("without one");
    let from = (!of.from.is_empty()).then(|| some(&of.from));
    let from: Vec<String> = from.into_iter().chain(without.map(str::to_owned)).collect();
    output.line(&format!("    from     {}", from.join("; ")));
    if of.when != [(None, None)] || !of.timeless {
        output.line(&format!("    when     {}", when(of)));
    }
    for (actions, through) in of.actions.iter().zip(&of.through) {
        output.line(&format!("    can      {}", named(actions)));
        through.iter().for_each(|one| output.line(&format!("      by     {}", way(one))));
    }
}

fn when(of: &Conflict) -> String {
    let stretch = |(since, until): &(Option<_>, Option<_>)| {
        let since = since.as_ref().map(|at: &passgate::model::Instant| format!("since {at}"));
        let until = until.as_ref().map(|at: &passgate::model::Instant| format!("until {at}"));
        let both: Vec<String> = since.into_iter().chain(until).collect();
        if both.is_empty() { "at any time".to_owned() } else { both.join(" ") }
    };
    let timeless = of.timeless.then(|| "without a time".to_owned());
    of.when.iter().map(stretch).chain(timeless).collect::<Vec<_>>().join("; ")
}

fn way(of: &Through) -> String {
    let (file, line, column) = of.place();
    let through =
        if of.through.is_empty() { String::new() } else { format!(", through {}", of.through.join(" → ")) };
    format!("{file}:{line}:{column}  {}{through}", of.id)
}
