//! What is wrong with a piece, in the words of a policy's author; and the list of all faults of a text.

use super::expected;
use crate::code;
use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::mistake::{self, Scene, Stop};
use crate::scan::character;
use crate::scan::piece::Obstacle;
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
        self.tell_with(|_| diagnostic);
    }

    /// Adds a fault whose words are found only if they are shown.
    pub(crate) fn tell_with(&mut self, diagnostic: impl FnOnce(&Self) -> Diagnostic) {
        if self.told.len() < limits::SHOWN_DIAGNOSTICS {
            let diagnostic = diagnostic(self);
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
    if stop.text.get(stop.at..).is_some_and(|rest| rest.starts_with(character::is_refused)) {
        return; // told already, as a character
    }
    faults.tell_with(|faults| {
        let scene = Scene::new(faults.source, stop);
        mistake::explain(&scene).unwrap_or_else(|| unexpected(&scene))
    });
}

/// No known mistake: what is found, and what could stand there.
fn unexpected(scene: &Scene<'_, '_>) -> Diagnostic {
    let wanted = expected::phrase(scene);
    if scene.at_end() {
        let last = &scene.previous;
        return scene.error(
            code::SYNTAX,
            last,
            format!("`{}` is followed by nothing: expected {wanted}", excerpt(last.text)),
        );
    }
    if scene.found.text == "}" {
        return scene.error(code::SYNTAX, &scene.found, "this `}` closes nothing").help("remove it");
    }
    let message = format!("`{}` cannot stand here: expected {wanted}", excerpt(scene.found.text));
    scene.error(code::SYNTAX, &scene.found, message)
}
