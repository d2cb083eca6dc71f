//! What an engine answers, in a form to compare and to print.

use passgate::check::Place;
use passgate::error::Result;
use passgate::{Decision, ErrorCode, Reason};
use std::fmt;

/// A decision or the caller's error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Decided.
    Decided {
        /// Why.
        reason: Reason,
        /// Version of the catalog.
        catalog: Option<String>,
        /// The statements that decided.
        statements: Vec<Place>,
    },
    /// Not decided.
    Fault {
        /// The code.
        code: ErrorCode,
        /// What is at fault: a member of the request, a key of its context, a variable.
        key: Option<String>,
    },
}

impl Answer {
    /// The answer of an engine. The key of an error counts where the semantics says that it is named.
    pub fn of(result: Result<Decision>) -> Answer {
        match result {
            Ok(decision) => Answer::Decided {
                reason: decision.reason,
                catalog: decision.catalog.map(|version| version.to_string()),
                statements: decision.statements.iter().map(|place| (**place).clone()).collect(),
            },
            Err(error) => Answer::Fault {
                code: error.code(),
                key: error.key().filter(|_| names_its_key(error.code())).map(str::to_owned),
            },
        }
    }

    /// The reason or the code of the error.
    pub fn in_words(&self) -> &'static str {
        match self {
            Answer::Decided { reason, .. } => reason.as_str(),
            Answer::Fault { code, .. } => code.as_str(),
        }
    }

    /// The same without the places of statements: their ids in order of names.
    pub fn without_places(self) -> (Option<Reason>, Option<ErrorCode>, Option<String>, Vec<String>) {
        match self {
            Answer::Decided { reason, catalog, statements } => {
                let mut ids: Vec<String> = statements.iter().map(|place| place.id.to_string()).collect();
                ids.sort();
                (Some(reason), None, catalog, ids)
            }
            Answer::Fault { code, key } => (None, Some(code), key, Vec::new()),
        }
    }
}

/// `bad-request`, `bad-context` and `unresolved-variable` name what is at fault (semantics §2.7, §2.9).
fn names_its_key(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::BadRequest | ErrorCode::BadContext | ErrorCode::UnresolvedVariable)
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Decided { reason, statements, .. } => {
                let ids: Vec<&str> = statements.iter().map(|place| place.id.as_ref()).collect();
                write!(f, "{} [{}]", reason.as_str(), ids.join(", "))
            }
            Answer::Fault { code, key } => write!(f, "error {code} {}", key.as_deref().unwrap_or("")),
        }
    }
}
