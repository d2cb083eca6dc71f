//! Errors: about a call that could not be answered. One is returned; each has a stable code.
//!
//! What is wrong with a text is a [`Diagnostic`]; an error of code `bad-policy` carries them. Codes: semantics §2
//! and the interfaces of the engine.

use passgate_grammar::{Diagnostic, Sources};
use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

/// Result of a call.
pub type Result<T> = std::result::Result<T, Error>;

/// Stable code of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ErrorCode {
    /// No catalog or opaque service knows the action.
    UnknownAction,
    /// A resource of the request is malformed.
    BadResource,
    /// A context value is malformed, or an operator cannot read it.
    BadContext,
    /// The address is malformed.
    BadAddress,
    /// The time is malformed.
    BadTime,
    /// The form of the request is wrong.
    BadRequest,
    /// The request names a group or role that the set does not define.
    UnknownGroup,
    /// The request names a policy that the set does not define.
    UnknownPolicy,
    /// A variable that decides has no value.
    UnresolvedVariable,
    /// The policy set is refused; the diagnostics say why.
    BadPolicy,
    /// A catalog is refused.
    BadCatalog,
    /// A file cannot be read, or is of no known kind.
    BadFile,
    /// A compiled file is damaged or of another version.
    BadCompiled,
    /// An option has no meaning here.
    BadOption,
    /// A fault of passgate itself.
    Internal,
}

impl ErrorCode {
    /// Every code, in the order of the documentation.
    pub const ALL: [ErrorCode; 15] = [
        ErrorCode::UnknownAction,
        ErrorCode::BadResource,
        ErrorCode::BadContext,
        ErrorCode::BadAddress,
        ErrorCode::BadTime,
        ErrorCode::BadRequest,
        ErrorCode::UnknownGroup,
        ErrorCode::UnknownPolicy,
        ErrorCode::UnresolvedVariable,
        ErrorCode::BadPolicy,
        ErrorCode::BadCatalog,
        ErrorCode::BadFile,
        ErrorCode::BadCompiled,
        ErrorCode::BadOption,
        ErrorCode::Internal,
    ];

    /// The code as every language writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            ErrorCode::UnknownAction => "unknown-action",
            ErrorCode::BadResource => "bad-resource",
            ErrorCode::BadContext => "bad-context",
            ErrorCode::BadAddress => "bad-address",
            ErrorCode::BadTime => "bad-time",
            ErrorCode::BadRequest => "bad-request",
            ErrorCode::UnknownGroup => "unknown-group",
            ErrorCode::UnknownPolicy => "unknown-policy",
            ErrorCode::UnresolvedVariable => "unresolved-variable",
            ErrorCode::BadPolicy => "bad-policy",
            ErrorCode::BadCatalog => "bad-catalog",
            ErrorCode::BadFile => "bad-file",
            ErrorCode::BadCompiled => "bad-compiled",
            ErrorCode::BadOption => "bad-option",
            ErrorCode::Internal => "internal",
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a call could not be answered.
#[derive(Debug, Clone)]
pub struct Error(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    code: ErrorCode,
    message: String,
    key: Option<String>,
    nearest: Vec<String>,
    diagnostics: Vec<Diagnostic>,
    sources: Option<Arc<Sources>>,
    cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of a code with its message: one line, lower case, the caller's text in backticks.
    #[cold]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Error(Box::new(Inner {
            code,
            message: message.into(),
            key: None,
            nearest: Vec::new(),
            diagnostics: Vec::new(),
            sources: None,
            cause: None,
        }))
    }

    /// A refused policy set with everything that is wrong with it.
    #[cold]
    pub fn refused(diagnostics: Vec<Diagnostic>, sources: Arc<Sources>) -> Self {
        let errors = diagnostics.iter().filter(|d| d.is_error()).count();
        let mut error =
            Error::new(ErrorCode::BadPolicy, format!("the policy set is refused: {errors} error(s)"));
        error.0.diagnostics = diagnostics;
        error.0.sources = Some(sources);
        error
    }

    /// Names the member, context key or variable that is at fault.
    #[must_use]
    pub fn with_key(mut self, key: impl Into<String>) -> Self {
        self.0.key = Some(key.into());
        self
    }

    /// Adds nearest valid spellings, best first.
    #[must_use]
    pub fn with_nearest(mut self, nearest: impl IntoIterator<Item = String>) -> Self {
        self.0.nearest.extend(nearest);
        self
    }

    /// Adds diagnostics of the text at fault (a catalog, say).
    #[must_use]
    pub fn with_diagnostics(mut self, diagnostics: Vec<Diagnostic>, sources: Arc<Sources>) -> Self {
        self.0.diagnostics = diagnostics;
        self.0.sources = Some(sources);
        self
    }

    /// Keeps the cause.
    #[must_use]
    pub fn with_cause(mut self, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.cause = Some(Arc::new(cause));
        self
    }

    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// One line about it.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The member, context key or variable at fault, where there is one.
    pub fn key(&self) -> Option<&str> {
        self.0.key.as_deref()
    }

    /// Nearest valid spellings, best first.
    pub fn nearest(&self) -> &[String] {
        &self.0.nearest
    }

    /// Everything that is wrong with the texts.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.0.diagnostics
    }

    /// The texts that the diagnostics point into.
    pub fn sources(&self) -> Option<&Arc<Sources>> {
        self.0.sources.as_ref()
    }
}

/// Runs a call for a host that no panic may reach: a panic becomes an `internal` error.
///
/// ```
/// use passgate::{ErrorCode, error::caught};
/// assert_eq!(caught(|| Ok(7)).unwrap(), 7);
/// let fault = caught(|| -> passgate::Result<u8> { panic!("a fault of ours") });
/// assert_eq!(fault.unwrap_err().code(), ErrorCode::Internal);
/// ```
///
/// # Errors
/// Those of the call; `internal` where it panicked.
pub fn caught<T>(call: impl FnOnce() -> Result<T>) -> Result<T> {
    // What the call borrows is dropped or immutable: nothing half-changed is seen afterwards.
    panic::catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| {
        Err(Error::new(ErrorCode::Internal, "passgate failed unexpectedly; please report this"))
    })
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.message)?;
        if let Some(best) = self.0.nearest.first() {
            write!(f, " (did you mean `{best}`?)")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.cause.as_ref().map(|c| c.as_ref() as &(dyn std::error::Error + 'static))
    }
}
