//! `passgate explain-code`: the page about a code of a diagnostic, as it stands in `docs/codes`.

use crate::output::{Exit, Output};
use passgate::nearest::nearest;
use passgate::{Error, ErrorCode};

/// The pages by code, in order.
const PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/code_pages.rs"));

/// Print the page about a code that `lint` tells
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  passgate explain-code dead-deny

Exit codes: 0 printed, 2 there is no such code.")]
pub(crate) struct Args {
    /// The code, such as `dead-deny`
    code: String,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Exit {
    let code = args.code.trim();
    if let Some((_, page)) = PAGES.iter().find(|(known, _)| *known == code) {
        output.data(page);
        return Exit::Yes;
    }
    let shown = passgate::model::read::shown(code);
    let near = nearest(code, PAGES.iter().map(|(known, _)| *known));
    output.error(&Error::new(ErrorCode::BadOption, format!("there is no code `{shown}`")).with_nearest(near))
}
