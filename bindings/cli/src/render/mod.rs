//! Diagnostics drawn or written for a reader outside: one form a file. What they say is data of the core; here is only
//! how it looks. The JSON form is the core's own.

pub(crate) mod change;
pub(crate) mod excerpt;
pub(crate) mod github;
pub(crate) mod html;
pub(crate) mod sarif;
pub(crate) mod standing;
pub(crate) mod terminal;

use passgate::grammar::Sources;
use passgate::{Diagnostic, report};

/// How diagnostics are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Form {
    /// Drawn for people, in colour on a terminal
    #[default]
    Human,
    /// An array for programs
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Commands of GitHub workflows, which show them beside the change
    Github,
}

/// All diagnostics in a form, ending with a line end.
pub(crate) fn written(form: Form, diagnostics: &[Diagnostic], sources: &Sources, colour: bool) -> String {
    match form {
        Form::Human => terminal::drawn(diagnostics, sources, colour),
        Form::Json => report::to_json(diagnostics, sources) + "\n",
        Form::Sarif => sarif::log(&report::reports(diagnostics, sources)) + "\n",
        Form::Github => github::commands(&report::reports(diagnostics, sources)),
    }
}
