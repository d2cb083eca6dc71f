//! What is wrong with a piece, in the words of a policy's author; and the list of all faults of a text.

use super::expected;
use super::gate::Rule;
use crate::code;
use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::scan::character;
use crate::scan::piece::{Obstacle, Piece, Shape};
use crate::scan::token::{Kind, Lexer, Token};
use crate::source::{SourceId, Span};
use crate::text::excerpt;

/// The faults of one text: some are told, all are counted.
#[derive(Debug)]
pub(crate) struct Faults {
    source: SourceId,
    told: Vec<Diagnostic>,
    untold: usize,
}

impl Faults {
    pub(crate) fn new(source: SourceId) -> Self {
        Faults { source, told: Vec::new(), untold: 0 }
    }

    /// Adds a fault; beyond the number shown it is only counted.
    pub(crate) fn tell(&mut self, diagnostic: Diagnostic) {
        if self.told.len() < limits::SHOWN_DIAGNOSTICS {
            self.told.push(diagnostic);
        } else {
            self.untold += 1;
        }
    }

    /// Adds the faults of another walk over the same text.
    pub(crate) fn add(&mut self, other: Faults) {
        self.told.extend(other.told);
        self.untold += other.untold;
    }

    /// A fault at some bytes.
    pub(crate) fn error(
        &self,
        code: code::Code,
        start: usize,
        end: usize,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::error(code, Span::new(self.source, start, end), message)
    }

    /// The faults by place, as many as are shown, and the number of the others.
    pub(crate) fn finish(mut self) -> (Vec<Diagnostic>, usize) {
        self.told.sort_by_key(|diagnostic| diagnostic.span.start);
        let untold = self.untold + self.told.len().saturating_sub(limits::SHOWN_DIAGNOSTICS);
        self.told.truncate(limits::SHOWN_DIAGNOSTICS);
        (self.told, untold)
    }
}

/// A place where the grammar could not go on.
pub(crate) struct Stop<'t, 'p> {
    /// The whole text.
    pub(crate) text: &'t str,
    /// The piece it is in.
    pub(crate) piece: &'p Piece,
    /// Where, in bytes of the whole text.
    pub(crate) at: usize,
    /// What could have stood there.
    pub(crate) rules: Vec<Rule>,
}

impl<'t> Stop<'t, '_> {
    /// The token that stands there.
    pub(crate) fn found(&self) -> Token {
        let mut lexer = Lexer::new(self.text, self.piece.start);
        loop {
            let token = lexer.next_word();
            if token.end > self.at || token.kind == Kind::End {
                return token;
            }
        }
    }

    /// Whether the piece ends there.
    pub(crate) fn at_end(&self) -> bool {
        self.at >= self.piece.end
    }

    fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or("")
    }
}

/// Tells why a piece was not given to the grammar.
pub(crate) fn tell_obstacle(faults: &mut Faults, obstacle: Obstacle) {
    let diagnostic = match obstacle {
        Obstacle::OpenString(start, end) => faults
            .error(
                code::UNCLOSED_STRING,
                start,
                end,
                "a string ends on its line: the closing quote is missing",
            )
            .help("close it with `\"`; a line end within a string is written `\\n`"),
        Obstacle::Deep(at) => faults
            .error(code::LIMIT, at, at + 1, format!("parentheses stand at most {} deep", limits::PAREN_DEPTH))
            .help("give the inner set a name"),
        Obstacle::Long(at) => faults
            .error(code::LIMIT, at, at + 1, format!("a list has at most {} terms", limits::LIST_TERMS))
            .help("split it into named sets"),
    };
    faults.tell(diagnostic);
}

/// Tells why the grammar could not read a piece.
pub(crate) fn tell_stop(faults: &mut Faults, stop: &Stop<'_, '_>) {
    let found = stop.found();
    let refused = stop.slice(found.start, found.end).starts_with(character::is_refused);
    if refused {
        return; // told already, as a character
    }
    let wanted = expected::phrase(stop);
    let diagnostic = if stop.at_end() {
        let what = shape_name(stop.piece.shape);
        let (start, end) = last_token(stop);
        faults.error(code::SYNTAX, start, end, format!("the {what} ends too early: expected {wanted}"))
    } else {
        let written = excerpt(stop.slice(found.start, found.end));
        faults.error(
            code::SYNTAX,
            found.start,
            found.end,
            format!("`{written}` cannot stand here: expected {wanted}"),
        )
    };
    faults.tell(diagnostic);
}

/// Where the last token of the piece is.
fn last_token(stop: &Stop<'_, '_>) -> (usize, usize) {
    let mut lexer = Lexer::new(stop.text, stop.piece.start);
    let mut last = (stop.piece.start, stop.piece.end);
    loop {
        let token = lexer.next_word();
        if token.start >= stop.piece.end || token.kind == Kind::End {
            return last;
        }
        last = (token.start, token.end);
    }
}

fn shape_name(shape: Shape) -> &'static str {
    match shape {
        Shape::Item => "item",
        Shape::PolicyHead | Shape::MemberHead | Shape::TestHead => "line",
        Shape::Statement => "statement",
        Shape::Join => "line",
        Shape::Given | Shape::Case => "case",
    }
}
