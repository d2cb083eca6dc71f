//! What a caller may say beside the set itself: an option replaces the set's own setting; catalogs and opaque services
//! add to it.

use crate::error::{Error, ErrorCode, Result};
use crate::model::read::shown;
use crate::model::{Instant, IpUnsupported, Opaque, Owner, Settings};
use crate::nearest::nearest;
use passgate_grammar::text::is_service;
use std::path::PathBuf;

/// Options of a load.
///
/// ```
/// use passgate::LoadOptions;
/// let options = LoadOptions { opaque: vec!["cvm".into()], ..LoadOptions::default() };
/// assert!(options.owner.is_none());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadOptions {
    /// Catalog files, JSON or TOML, added to the built-in catalog and to those that the set names.
    pub catalogs: Vec<PathBuf>,
    /// Services matched by text although no catalog describes them; `*` is every such service.
    pub opaque: Vec<String>,
    /// The owner's account, in place of the set's: digits.
    pub owner: Option<Owner>,
    /// What an address condition means on an action without IP support, in place of the set's word.
    pub ip_unsupported: Option<IpUnsupported>,
    /// CAM documents that together bound every caller but root. Refused by a set that has a `within`.
    pub boundary: Vec<PathBuf>,
    /// Refuse a set that has a lint at error level, whatever the set says.
    pub strict: bool,
    /// The time with which the lint `time-window` compares; without one it is silent, since nothing reads a clock.
    pub at: Option<Instant>,
}

impl LoadOptions {
    /// Checks what can be checked without the set.
    pub(super) fn check(&self) -> Result<()> {
        for service in &self.opaque {
            if service != "*" && !is_service(service) {
                let message = format!(
                    "`{}` is no service: lower-case letters, digits, `_`, `-`, or `*`",
                    shown(service)
                );
                return Err(Error::new(ErrorCode::BadOption, message).with_key("opaque"));
            }
        }
        let owner = self.owner.iter().flat_map(|o| [&o.uin, &o.uid]).flatten();
        match owner.into_iter().find(|number| !is_number(number)) {
            Some(number) => {
                let message = format!("`{}` is no account number: it is digits", shown(number));
                Err(Error::new(ErrorCode::BadOption, message).with_key("owner"))
            }
            None => Ok(()),
        }
    }

    /// Lays the options over the settings of a set.
    pub(super) fn apply(&self, settings: &mut Settings) {
        if let Some(owner) = &self.owner {
            settings.owner = owner.clone();
        }
        if let Some(choice) = self.ip_unsupported {
            settings.ip_unsupported = choice;
        }
        settings.strict |= self.strict;
        for service in &self.opaque {
            add_opaque(&mut settings.opaque, service);
        }
    }
}

/// Adds a service, or all of them by `*`.
pub(super) fn add_opaque(opaque: &mut Opaque, service: &str) {
    match opaque {
        _ if service == "*" => *opaque = Opaque::All,
        Opaque::All => {}
        Opaque::Services(names) => {
            if let Err(place) = names.binary_search_by(|n| n.as_ref().cmp(service)) {
                names.insert(place, service.into());
            }
        }
    }
}

/// Whether a text is an account number.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_digit())
}

impl Owner {
    /// The owner's account from names and numbers, as callers write it: `uin` and `uid`, each at most once.
    ///
    /// ```
    /// use passgate::model::Owner;
    /// assert_eq!(Owner::from_pairs([("uin", "7")]).unwrap().uin.as_deref(), Some("7"));
    /// assert!(Owner::from_pairs([("uni", "7")]).is_err());
    /// ```
    ///
    /// # Errors
    /// `bad-option` for another name, or one that stands twice. Numbers are checked when they are used.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Owner> {
        let bad = |message: String| Error::new(ErrorCode::BadOption, message).with_key("owner");
        let mut owner = Owner::default();
        for (name, number) in pairs {
            let slot = match name {
                "uin" => &mut owner.uin,
                "uid" => &mut owner.uid,
                _ => {
                    let near = nearest(name, ["uin", "uid"]);
                    let message = format!("the owner's account is `uin` and `uid`, not `{}`", shown(name));
                    return Err(bad(message).with_nearest(near));
                }
            };
            if slot.replace(number.into()).is_some() {
                return Err(bad(format!("the owner's `{name}` stands twice")));
            }
        }
        Ok(owner)
    }
}

impl std::str::FromStr for IpUnsupported {
    type Err = Error;

    /// Reads `withhold`, `evaluate` or `refuse`.
    ///
    /// # Errors
    /// `bad-option` for another word, with the nearest.
    fn from_str(word: &str) -> Result<Self> {
        match word {
            "withhold" => Ok(IpUnsupported::Withhold),
            "evaluate" => Ok(IpUnsupported::Evaluate),
            "refuse" => Ok(IpUnsupported::Refuse),
            _ => {
                let message = format!("`{}` is not one of `withhold`, `evaluate`, `refuse`", shown(word));
                let near = nearest(word, ["withhold", "evaluate", "refuse"]);
                Err(Error::new(ErrorCode::BadOption, message).with_key("ip-unsupported").with_nearest(near))
            }
        }
    }
}
