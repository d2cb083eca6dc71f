//! The service in `use`, and which actions are written bare because of it.
//!
//! Where all actions of an import are of one catalogued service, a bare name or pattern means exactly that service's: the
//! catalog must have the name, and the word must not be a category, which it would mean instead.

use crate::cam::terms::{ActionText, action_texts};
use crate::catalog::{Catalogs, Service};
use crate::model::Policy;
use passgate_grammar::text::{is_plain_pattern, is_word, write_action};

/// Categories that every provider has.
const CATEGORIES: [&str; 4] = ["write", "read", "list", "other"];

/// How actions are written.
pub(super) struct Words<'a> {
    used: Option<&'a Service>,
}

impl<'a> Words<'a> {
    pub(super) fn of(policies: &'a [Policy], catalogs: &'a Catalogs) -> Words<'a> {
        let terms = policies.iter().flat_map(|p| &p.statements).flat_map(|s| s.actions.iter());
        let mut services =
            terms.flat_map(|term| action_texts(&term.kind, catalogs)).filter_map(|a| match a {
                ActionText::Named { service, .. } => Some(service),
                ActionText::Whole(_) | ActionText::Permid(_) => None,
            });
        let first = services.next().filter(|first| services.all(|other| other == *first));
        let service = first.and_then(|name| catalogs.find(name)).map(|(_, service)| service.as_ref());
        let words = Words { used: service };
        let terms = policies.iter().flat_map(|p| &p.statements).flat_map(|s| s.actions.iter());
        let mut actions = terms.flat_map(|term| action_texts(&term.kind, catalogs));
        if actions.any(|action| words.is_bare(&action)) { words } else { Words { used: None } }
    }

    /// The service that `use` names.
    pub(super) fn used(&self) -> Option<&str> {
        self.used.map(|service| service.service.as_ref())
    }

    pub(super) fn action(&self, action: &ActionText<'_>) -> String {
        match action {
            ActionText::Whole(text) => (*text).to_owned(),
            ActionText::Permid(number) => format!("permid/{number}"),
            ActionText::Named { pattern, .. } if self.is_bare(action) => (*pattern).to_owned(),
            ActionText::Named { legacy, service, pattern } => {
                format!("{}{}", if *legacy { "name/" } else { "" }, write_action(service, pattern))
            }
        }
    }

    fn is_bare(&self, action: &ActionText<'_>) -> bool {
        let (ActionText::Named { legacy: false, service, pattern }, Some(used)) = (action, self.used) else {
            return false;
        };
        if *service != used.service.as_ref() {
            return false;
        }
        if !pattern.contains('*') {
            let category =
                CATEGORIES.contains(pattern) || used.actions.iter().any(|a| a.category.as_ref() == *pattern);
            return is_word(pattern) && used.action(pattern).is_some() && !category;
        }
        let begins = pattern.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '*');
        begins && is_plain_pattern(pattern) && pattern.bytes().any(|b| b != b'*')
    }
}
