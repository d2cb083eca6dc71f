//! What is wrong with a text, as plain data. Drawing it is elsewhere: one renderer a file in the faces.
//!
//! A diagnostic is about what an author wrote; there may be many in one run. An error about a call that could not
//! be answered is another type (`passgate::Error`).

use crate::code::Code;
use crate::source::{SourceId, Span};

/// How much a diagnostic matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Probably not what was meant; the set still loads.
    Warning,
    /// The text is refused, or a lint set to error.
    Error,
}

impl Level {
    /// The word used in JSON and in drawn messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

/// A secondary place with a word about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What to say there.
    pub text: String,
}

/// Whether applying a fix keeps what the author meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Safety {
    /// May be applied without asking.
    Safe,
    /// May change the meaning: only when asked for.
    Unsafe,
}

/// Replaces the bytes of a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; an empty span inserts.
    pub span: Span,
    /// The new text.
    pub text: String,
}

/// A way to mend what a diagnostic speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in words.
    pub title: String,
    /// The edits, all or none.
    pub edits: Vec<Edit>,
    /// Whether it may be applied unasked.
    pub safety: Safety,
}

/// One thing to say about a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable name of the kind of fault.
    pub code: Code,
    /// How much it matters.
    pub level: Level,
    /// One line: what is wrong.
    pub message: String,
    /// Where; the source always, the bytes where there are some.
    pub span: Span,
    /// Words at the primary span and at other places.
    pub labels: Vec<Label>,
    /// Why, and what else is worth knowing.
    pub notes: Vec<String>,
    /// How to mend it.
    pub help: Option<String>,
    /// Edits that mend it.
    pub fixes: Vec<Fix>,
    /// Nearest valid spellings, best first.
    pub nearest: Vec<String>,
    /// Place in a JSON document (`statement[0].action[2]`); only for CAM documents.
    pub path: Option<String>,
}

impl Diagnostic {
    fn new(code: Code, level: Level, span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            level,
            message: message.into(),
            span,
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
            fixes: Vec::new(),
            nearest: Vec::new(),
            path: None,
        }
    }

    /// A fault: the text is refused.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Level::Error, span, message)
    }

    /// A doubt: the set still loads.
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Level::Warning, span, message)
    }

    /// A notice.
    pub fn note(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Level::Note, span, message)
    }

    /// Adds a word at a place.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Adds a sentence of explanation.
    #[must_use]
    pub fn because(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds nearest spellings, best first.
    #[must_use]
    pub fn nearest(mut self, names: impl IntoIterator<Item = String>) -> Self {
        self.nearest.extend(names);
        self
    }

    /// Adds a fix of one edit.
    #[must_use]
    pub fn fix(
        mut self,
        title: impl Into<String>,
        span: Span,
        text: impl Into<String>,
        safety: Safety,
    ) -> Self {
        self.fixes.push(Fix { title: title.into(), edits: vec![Edit { span, text: text.into() }], safety });
        self
    }

    /// Says where in a JSON document.
    #[must_use]
    pub fn at_path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Whether it is at error level: a refusal, or a lint set to error.
    pub fn is_error(&self) -> bool {
        self.level == Level::Error
    }

    /// Whether the text is refused because of it: at error level and no lint.
    pub fn refuses(&self) -> bool {
        self.is_error() && !self.code.is_lint()
    }

    /// The text it speaks of.
    pub fn source(&self) -> SourceId {
        self.span.source
    }
}
