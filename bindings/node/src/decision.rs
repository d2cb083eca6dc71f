//! The answer as Node sees it: plain data, which `lib/gate.cjs` freezes.

use napi_derive::napi;

/// A statement that decided, by place.
#[napi(object, object_from_js = false)]
pub(crate) struct Statement {
    /// Name of the policy.
    pub policy: String,
    /// `policy#n`, or `policy#id` where the statement has one.
    pub id: String,
    /// Name of the file.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in code points, from 1.
    pub column: u32,
}

/// The answer to a request.
#[napi(object, object_from_js = false, use_nullable = true)]
pub(crate) struct Decision {
    /// May the caller?
    pub allowed: bool,
    /// Why.
    pub reason: &'static str,
    /// Version of the catalog of the action's service; null for an opaque service.
    pub catalog: Option<String>,
    /// All statements that decided, by place.
    pub statements: Vec<Statement>,
    /// What the caller is told where a deciding deny has a text for it; else null.
    pub message: Option<String>,
}

impl From<passgate::Decision> for Decision {
    fn from(decision: passgate::Decision) -> Self {
        Decision {
            allowed: decision.allowed,
            reason: decision.reason.as_str(),
            message: decision.message().map(str::to_owned),
            catalog: decision.catalog.map(|version| version.as_ref().to_owned()),
            statements: decision.statements.iter().map(|place| statement(place)).collect(),
        }
    }
}

fn statement(place: &passgate::check::Place) -> Statement {
    Statement {
        policy: place.policy.as_ref().to_owned(),
        id: place.id.as_ref().to_owned(),
        file: place.file.as_ref().to_owned(),
        line: place.line,
        column: place.column,
    }
}
