//! Settings of a set (language reference, *Sets of files, settings*): one table of keys for `passgate.toml` and for
//! the `set` lines of a single file.
//!
//! `toml.rs` and `lines.rs` turn their notation into [`Entry`]s; what a key takes is decided here. Files that settings
//! name are not opened here.

mod lines;
mod toml;

pub(super) use lines::from_lines;
pub(super) use toml::from_toml;

use super::options::{add_opaque, is_number};
use crate::findings::Findings;
use crate::model::read::shown;
use crate::model::{Claims, IpUnsupported, LintLevel, Prove, Settings};
use crate::nearest::nearest;
use passgate_grammar::text::is_service;
use passgate_grammar::{Diagnostic, Safety, Span, code};

/// What the settings of a set say.
#[derive(Debug, Default)]
pub(super) struct SetSettings {
    /// What decisions and lints depend on.
    pub(super) settings: Settings,
    /// Catalog files by name, where each is named.
    pub(super) catalogs: Vec<(String, Span)>,
    /// Files that are no part of the set.
    pub(super) exclude: Vec<(String, Span)>,
    /// Where each service in `use` is named.
    pub(super) used: Vec<(String, Span)>,
}

/// One key with what it is given.
pub(super) struct Entry {
    /// The whole key, dots between its parts.
    pub(super) key: String,
    pub(super) key_span: Span,
    pub(super) value: Given,
    pub(super) value_span: Span,
}

/// What a key is given.
pub(super) enum Given {
    One(Value),
    List(Vec<(Value, Span)>),
}

/// A value.
pub(super) enum Value {
    Text(String),
    Bool(bool),
    /// Anything else.
    Other,
}

/// Keys with a fixed name.
const KEYS: [&str; 10] = [
    "owner.uin",
    "owner.uid",
    "use",
    "catalogs",
    "opaque",
    "ip-unsupported",
    "claims",
    "prove",
    "strict",
    "exclude",
];

impl SetSettings {
    /// Takes all entries, each key once.
    fn of(entries: Vec<Entry>, out: &mut Findings) -> Self {
        let mut all = SetSettings::default();
        for entry in entries {
            if let Err(fault) = all.take(&entry, out) {
                out.push(*fault);
            }
        }
        all
    }

    fn take(&mut self, entry: &Entry, out: &mut Findings) -> Result<(), Box<Diagnostic>> {
        match entry.key.as_str() {
            "owner.uin" => self.settings.owner.uin = Some(number(entry)?),
            "owner.uid" => self.settings.owner.uid = Some(number(entry)?),
            "use" => self.used = services(entry, false, out)?,
            "opaque" => {
                for (service, _) in services(entry, true, out)? {
                    add_opaque(&mut self.settings.opaque, &service);
                }
            }
            "catalogs" => self.catalogs = texts(entry)?,
            "exclude" => self.exclude = texts(entry)?,
            "strict" => self.settings.strict = boolean(entry)?,
            "ip-unsupported" => self.settings.ip_unsupported = word(entry, &IP_UNSUPPORTED)?,
            "claims" => self.settings.claims = word(entry, &CLAIMS)?,
            "prove" => self.settings.prove = word(entry, &PROVE)?,
            key => match key.split_once('.') {
                Some(("lints", lint)) => self.lint(lint, entry)?,
                Some(("region-aliases", short)) => {
                    self.settings.region_aliases.insert(short.into(), region(entry)?);
                }
                _ => return Err(unknown_key(key, entry.key_span)),
            },
        }
        self.settings.use_services = self.used.iter().map(|(name, _)| name.as_str().into()).collect();
        Ok(())
    }

    fn lint(&mut self, lint: &str, entry: &Entry) -> Result<(), Box<Diagnostic>> {
        let level = word(entry, &LEVELS)?;
        if code::LINTS.iter().any(|known| known.as_str() == lint) {
            self.settings.lints.insert(lint.into(), level);
            return Ok(());
        }
        let near = nearest(lint, code::LINTS.iter().map(|known| known.as_str()));
        let told = bad(entry.key_span, format!("`{}` is no lint", shown(lint)));
        Err(Box::new(match near.first() {
            Some(best) => told.help(format!("did you mean `lints.{best}`?")).nearest(near),
            None => told,
        }))
    }
}

const IP_UNSUPPORTED: [(&str, IpUnsupported); 3] = [
    ("withhold", IpUnsupported::Withhold),
    ("evaluate", IpUnsupported::Evaluate),
    ("refuse", IpUnsupported::Refuse),
];
const CLAIMS: [(&str, Claims); 3] =
    [("groups", Claims::Groups), ("none", Claims::None), ("policies", Claims::Policies)];
const PROVE: [(&str, Prove); 2] = [("on-lint", Prove::OnLint), ("on-load", Prove::OnLoad)];
const LEVELS: [(&str, LintLevel); 3] =
    [("off", LintLevel::Off), ("warn", LintLevel::Warn), ("error", LintLevel::Error)];

fn bad(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(code::BAD_SETTING, span, message)
}

fn unknown_key(key: &str, span: Span) -> Box<Diagnostic> {
    let near = nearest(key, KEYS.into_iter().chain(["lints.dead-deny", "region-aliases.gz"]));
    let told = bad(span, format!("`{}` is no setting", shown(key)));
    Box::new(match near.first() {
        Some(best) => {
            let fix = format!("`{best}`");
            told.help(format!("did you mean {fix}?"))
                .fix(fix, span, best.clone(), Safety::Unsafe)
                .nearest(near)
        }
        None => told.help(format!("settings are {}, `lints.CODE`, `region-aliases`", listed(&KEYS))),
    })
}

fn listed(words: &[&str]) -> String {
    words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", ")
}

fn wanted(entry: &Entry, what: &str) -> Box<Diagnostic> {
    Box::new(bad(entry.value_span, format!("`{}` takes {what}", shown(&entry.key))))
}

fn text<'e>(entry: &'e Entry, what: &str) -> Result<&'e str, Box<Diagnostic>> {
    match &entry.value {
        Given::One(Value::Text(text)) => Ok(text),
        _ => Err(wanted(entry, what)),
    }
}

fn number(entry: &Entry) -> Result<Box<str>, Box<Diagnostic>> {
    let what = "an account number: digits, in quotes";
    let text = text(entry, what)?;
    if is_number(text) { Ok(text.into()) } else { Err(wanted(entry, what)) }
}

fn region(entry: &Entry) -> Result<Box<str>, Box<Diagnostic>> {
    let what = "a region: letters, digits and `-`, in quotes";
    let text = text(entry, what)?;
    let fits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if fits { Ok(text.into()) } else { Err(wanted(entry, what)) }
}

fn boolean(entry: &Entry) -> Result<bool, Box<Diagnostic>> {
    match entry.value {
        Given::One(Value::Bool(value)) => Ok(value),
        _ => Err(wanted(entry, "`true` or `false`")),
    }
}

fn word<T: Copy>(entry: &Entry, words: &[(&str, T)]) -> Result<T, Box<Diagnostic>> {
    let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
    let what = format!("one of {}, in quotes", listed(&names));
    let text = text(entry, &what)?;
    match words.iter().find(|(name, _)| *name == text) {
        Some((_, value)) => Ok(*value),
        None => Err(Box::new(wanted(entry, &what).nearest(nearest(text, names)))),
    }
}

/// One text or a list of texts.
fn texts(entry: &Entry) -> Result<Vec<(String, Span)>, Box<Diagnostic>> {
    let what = "texts in quotes";
    match &entry.value {
        Given::One(Value::Text(text)) => Ok(vec![(text.clone(), entry.value_span)]),
        Given::One(_) => Err(wanted(entry, what)),
        Given::List(values) => {
            let one = |(value, span): &(Value, Span)| match value {
                Value::Text(text) => Ok((text.clone(), *span)),
                _ => Err(wanted(entry, what)),
            };
            values.iter().map(one).collect()
        }
    }
}

fn services(entry: &Entry, star: bool, out: &mut Findings) -> Result<Vec<(String, Span)>, Box<Diagnostic>> {
    let mut all = texts(entry)?;
    all.retain(|(name, span)| {
        let fits = is_service(name) || (star && name == "*");
        if !fits {
            let message = format!("`{}` is no service: lower-case letters, digits, `_` and `-`", shown(name));
            out.push(bad(*span, message));
        }
        fits
    });
    Ok(all)
}
