//! Options common to all commands that load a policy set.

use crate::output::Output;
use crate::progress::shown;
use passgate::analysis::calls::Calls;
use passgate::check::{Context, ContextValue, context_from_json};
use passgate::model::{IpUnsupported, Number, Owner};
use passgate::{Error, ErrorCode, Gate, LoadOptions};
use std::path::{Path, PathBuf};

/// Options that replace the set's own settings (`--catalog` and `--opaque` add to them).
#[derive(clap::Args, Debug)]
pub(crate) struct SetOptions {
    /// Refuse a set with a lint at error level
    #[arg(long)]
    strict: bool,
    /// Add a catalog file to the built-in one (repeatable)
    #[arg(long, value_name = "FILE")]
    catalog: Vec<PathBuf>,
    /// Match a service that no catalog describes by its text; '*' for every such service (repeatable)
    #[arg(long, value_name = "SERVICE")]
    opaque: Vec<String>,
    /// The owner's account numbers
    #[arg(long, value_name = "uin=N,uid=N")]
    owner: Option<String>,
    /// What an address condition means on an action without IP support: withhold, evaluate or refuse
    #[arg(long, value_name = "MODE")]
    ip_unsupported: Option<String>,
    /// A CAM document that bounds every caller but root (repeatable, one boundary together)
    #[arg(long, value_name = "DOC")]
    boundary: Vec<PathBuf>,
}

impl SetOptions {
    /// Loads a set with these options, and says in a line how much is doubtful: `lint` tells what.
    pub(crate) fn load(&self, set: &Path, output: &mut Output) -> Result<Gate, Error> {
        let gate = self.load_quietly(set)?;
        output.doubts(set, gate.diagnostics(), gate.sources());
        Ok(gate)
    }

    /// Loads a set with these options; what was noticed is the caller's to say.
    pub(crate) fn load_quietly(&self, set: &Path) -> Result<Gate, Error> {
        let options = self.read()?;
        shown("reading the set", || Gate::load_with(set, &options))
    }

    /// Whether what is doubtful is refused.
    pub(crate) fn is_strict(&self) -> bool {
        self.strict
    }

    /// The core's options.
    pub(crate) fn read(&self) -> Result<LoadOptions, Error> {
        let mut options = LoadOptions { strict: self.strict, ..LoadOptions::default() };
        options.catalogs.clone_from(&self.catalog);
        options.opaque.clone_from(&self.opaque);
        options.ip_unsupported =
            self.ip_unsupported.as_deref().map(str::parse::<IpUnsupported>).transpose()?;
        options.boundary.clone_from(&self.boundary);
        if let Some(owner) = &self.owner {
            let given = pairs(owner, "--owner")?;
            options.owner = Some(Owner::from_pairs(given.iter().map(|(k, v)| (k.as_str(), v.as_str())))?);
        }
        Ok(options)
    }
}

/// Which calls a question is asked of; what is left out is open.
#[derive(clap::Args, Debug)]
pub(crate) struct CallOptions {
    /// Only calls from this address
    #[arg(long, value_name = "X")]
    ip: Option<String>,
    /// Only calls on this resource
    #[arg(long, value_name = "R")]
    resource: Option<String>,
    /// Only calls at this time, as 2026-01-01T00:00:00Z
    #[arg(long, value_name = "T")]
    at: Option<String>,
}

impl CallOptions {
    /// What is fixed of the calls.
    pub(crate) fn read(&self) -> Result<Calls, Error> {
        Calls::read(self.ip.as_deref(), self.resource.as_deref(), self.at.as_deref())
    }
}

/// Reads `name=value,name=value`.
pub(crate) fn pairs(text: &str, option: &str) -> Result<Vec<(String, String)>, Error> {
    let read = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        Some((name.trim().to_owned(), value.trim().to_owned()))
    };
    let bad = || {
        Error::new(ErrorCode::BadOption, format!("`{option} {text}` is not written name=value,name=value"))
    };
    text.split(',').map(|pair| read(pair).ok_or_else(bad)).collect()
}

/// Reads contexts, each a JSON object or `key=value`; a value is a number, `true` or `false` where it is written so, else
/// a text.
pub(crate) fn context(given: &[String]) -> Result<Context, Error> {
    let mut all = Context::new();
    for text in given {
        if text.trim_start().starts_with('{') {
            all.extend(context_from_json(text)?);
            continue;
        }
        let bad = || {
            let message = format!("`--context {text}` is neither a JSON object nor key=value");
            Error::new(ErrorCode::BadOption, message)
        };
        let (key, value) = text.split_once('=').ok_or_else(bad)?;
        let value = match value {
            "true" => ContextValue::Bool(true),
            "false" => ContextValue::Bool(false),
            number if Number::parse(number).is_some() => ContextValue::Number(number.to_owned()),
            other => ContextValue::Text(other.to_owned()),
        };
        all.push((key.to_owned(), value));
    }
    Ok(all)
}
