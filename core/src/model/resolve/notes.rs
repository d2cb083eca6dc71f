//! Notes before items and statements: `@version` of a policy is known; the others wait for their version.

use super::Resolver;
use crate::model::read::shown;
use crate::nearest::nearest;
use passgate_grammar::text::unquote;
use passgate_grammar::tree::{Before, Note, ValueKind};
use passgate_grammar::{Diagnostic, Safety, code};

/// The version of a policy that does not say one.
const VERSION: &str = "2.0";
/// Versions of CAM documents.
const VERSIONS: [&str; 2] = ["2.0", "3.0"];
/// Notes of the language that this version cannot compile.
const LATER: [&str; 3] = ["reason", "id", "ignore"];

impl Resolver<'_> {
    /// The version that a policy's notes give; all other notes are told.
    pub(super) fn version(&mut self, before: &Before) -> Box<str> {
        let mut version: Option<(&Note, Box<str>)> = None;
        for note in &before.notes {
            if self.slice(note.word) != "version" {
                self.note(note);
                continue;
            }
            if let Some((first, _)) = version {
                let told = Diagnostic::error(code::BAD_NOTE, note.span, "`@version` stands twice");
                self.out.push(told.label(first.span, "first here"));
            }
            version = Some((note, self.version_of(note)));
        }
        version.map_or_else(|| VERSION.into(), |(_, text)| text)
    }

    fn version_of(&mut self, note: &Note) -> Box<str> {
        let written = match note.args.as_slice() {
            [value] if value.kind == ValueKind::Text => unquote(self.slice(value.span)),
            _ => "".into(),
        };
        if !VERSIONS.contains(&written.as_ref()) {
            let message = "the version of a policy is `\"2.0\"` or `\"3.0\"`";
            let told = Diagnostic::error(code::BAD_VERSION, note.span, message);
            self.out.push(told.help("write `@version(\"2.0\")`"));
        }
        written.into()
    }

    /// Told for every note where none can stand yet.
    pub(super) fn no_notes(&mut self, before: &Before) {
        for note in &before.notes {
            self.note(note);
        }
    }

    fn note(&mut self, note: &Note) {
        let word = self.slice(note.word);
        if LATER.contains(&word) || word.starts_with("x-") {
            return self.not_yet(note.span, &format!("the note `@{word}` is not compiled"));
        }
        if word == "version" {
            let told = Diagnostic::error(code::BAD_NOTE, note.span, "`@version` is a note of a policy");
            self.out.push(told.help("write it before `policy`"));
            return;
        }
        let message = format!("`@{}` is no note", shown(word));
        let near = nearest(word, LATER.into_iter().chain(["version"]));
        let told = Diagnostic::error(code::BAD_NOTE, note.span, message);
        let told = match near.first() {
            Some(best) => told.help(format!("did you mean `@{best}`?")).fix(
                format!("`@{best}`"),
                note.word,
                best.clone(),
                Safety::Unsafe,
            ),
            None => told.help("notes of your own begin with `@x-`"),
        };
        self.out.push(told.nearest(near));
    }
}
