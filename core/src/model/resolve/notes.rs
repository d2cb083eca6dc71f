//! Notes and doc comments before items, statements and cases: which may stand where, and what they say.
//!
//! `@ignore` and `@x-…` stand before everything, `@reason` before a deny or a policy, `@id` before a statement,
//! `@version` before a policy with statements of its own. What `@ignore` silences is decided by whoever runs the lints.

use super::{Resolver, ignores};
use crate::model::read::shown;
use crate::model::{Ignore, LintLevel, Notes, OwnNote};
use crate::nearest::nearest;
use passgate_grammar::text::unquote;
use passgate_grammar::tree::{Before, File, Item, ItemKind, Note, PolicyBody, ValueKind};
use passgate_grammar::{Code, Diagnostic, Safety, Span, code, limits};
use std::sync::Arc;

/// Versions of CAM documents.
const VERSIONS: [&str; 2] = ["2.0", "3.0"];
/// Notes with a meaning.
const KNOWN: [&str; 4] = ["reason", "id", "ignore", "version"];

/// What notes stand before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoteOf {
    /// A policy with statements of its own.
    Policy,
    /// A kept CAM document.
    Document,
    /// A statement that allows.
    Allow,
    /// A statement that denies.
    Deny,
    /// Anything else.
    Other,
}

/// What notes and doc comments say.
#[derive(Debug, Default)]
pub(super) struct Noted {
    pub(super) notes: Notes,
    pub(super) version: Option<Box<str>>,
    pub(super) id: Option<Arc<str>>,
    /// The note that gives the id.
    pub(super) id_span: Span,
}

/// What is gathered of one [`Before`].
#[derive(Default)]
struct Gathered<'n> {
    noted: Noted,
    reason: Option<Arc<str>>,
    own: Vec<OwnNote>,
    /// Notes that stand once.
    seen: Vec<(&'n str, Span)>,
}

impl<'a> Resolver<'a> {
    /// What stands before something that covers `scope`.
    pub(super) fn noted(&mut self, before: &Before, place: NoteOf, scope: Span) -> Noted {
        if before.notes.is_empty() && before.docs.is_empty() {
            return Noted::default();
        }
        let mut gathered = Gathered::default();
        for note in &before.notes {
            self.note(note, place, scope, &mut gathered);
        }
        let Gathered { mut noted, reason, own, .. } = gathered;
        noted.notes = Notes::new(self.docs(before), reason, own);
        noted
    }

    fn note(&mut self, note: &Note, place: NoteOf, scope: Span, out: &mut Gathered<'a>) {
        let word = self.slice(note.word);
        if word.starts_with("x-") && word.len() > "x-".len() {
            return out.own.push(self.own_note(note, word));
        }
        if !KNOWN.contains(&word) {
            return self.unknown_note(note);
        }
        if let Some(wrong) = misplaced(word, place) {
            return self.out.push(Diagnostic::error(code::BAD_NOTE, note.span, wrong.0).help(wrong.1));
        }
        if word == "ignore" {
            return self.ignore(note, scope);
        }
        if let Some((_, first)) = out.seen.iter().find(|(seen, _)| *seen == word) {
            let told = Diagnostic::error(code::BAD_NOTE, note.span, format!("`@{word}` stands twice"));
            return self.out.push(told.label(*first, "first here"));
        }
        out.seen.push((word, note.span));
        match word {
            "version" => out.noted.version = Some(self.version(note)),
            "reason" => out.reason = self.text_of(note, "the text for the caller who is refused"),
            _ => {
                out.noted.id = self.id(note);
                out.noted.id_span = note.span;
            }
        }
    }

    /// The one string that a note takes; never empty.
    fn text_of(&mut self, note: &Note, what: &str) -> Option<Arc<str>> {
        if let [value] = note.args.as_slice()
            && value.kind == ValueKind::Text
        {
            let text = unquote(self.slice(value.span));
            if !text.trim().is_empty() {
                return Some(text.as_ref().into());
            }
        }
        let word = self.slice(note.word);
        let message = format!("`@{word}` takes one text in quotes: {what}");
        self.out.push(Diagnostic::error(code::BAD_NOTE, note.span, message));
        None
    }

    fn version(&mut self, note: &Note) -> Box<str> {
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

    /// An id is a name: `policy#3` is the third statement, so it is no number.
    fn id(&mut self, note: &Note) -> Option<Arc<str>> {
        let id = self.text_of(note, "the name of the statement in its policy")?;
        let wrong = if id.bytes().all(|b| b.is_ascii_digit()) {
            format!("an id is no number: `#{id}` is a place in the policy")
        } else if id.len() > limits::NAME_BYTES {
            format!("an id has at most {} bytes, this one has {}", limits::NAME_BYTES, id.len())
        } else {
            return Some(id);
        };
        self.out.push(Diagnostic::error(code::BAD_NOTE, note.span, wrong).help("write a name: `@id(\"…\")`"));
        None
    }

    fn own_note(&self, note: &Note, word: &str) -> OwnNote {
        let args = note.args.iter().map(|value| match value.kind {
            ValueKind::Text => unquote(self.slice(value.span)).as_ref().into(),
            _ => self.slice(value.span).into(),
        });
        OwnNote { word: word.into(), args: args.collect(), span: note.span }
    }

    /// `@ignore(code, …, "why")`: what is wrong with it; which lints it silences was found before.
    fn ignore(&mut self, note: &Note, scope: Span) {
        for (place, value) in note.args.iter().enumerate() {
            let written = self.slice(value.span);
            if value.kind != ValueKind::Text {
                self.lint(written, value.span);
            } else if place + 1 < note.args.len() || unquote(written).trim().is_empty() {
                let message = "a text in `@ignore` stands last and says why";
                let told = Diagnostic::error(code::BAD_NOTE, value.span, message);
                self.out.push(told.help("codes stand without quotes: `@ignore(dead-allow, \"why\")`"));
            }
        }
        if note.args.iter().all(|value| value.kind == ValueKind::Text) {
            let told = Diagnostic::error(code::BAD_NOTE, note.span, "`@ignore` names no lint");
            self.out.push(told.help("write `@ignore(CODE, \"why\")`"));
        }
        self.needs_why(&ignores::ignore(self.sources, note, scope));
    }

    fn lint(&mut self, written: &str, span: Span) {
        if ignores::lint(written).is_some() {
            return;
        }
        let refuses = code::ALL.iter().any(|(code, _)| code.as_str() == written);
        let message = if refuses {
            format!("`{written}` is a fault, which cannot be ignored: only lints can")
        } else {
            format!("`{}` is no lint", shown(written))
        };
        let near = nearest(written, code::LINTS.iter().map(|lint| lint.as_str()));
        let mut told = Diagnostic::error(code::BAD_NOTE, span, message);
        if let Some(best) = near.first().filter(|_| !refuses) {
            told = told.help(format!("did you mean `{best}`?"));
            told = told.fix(format!("`{best}`"), span, best.clone(), Safety::Unsafe);
        }
        self.out.push(told.nearest(near));
    }

    /// A lint at error level is not silenced without a word.
    fn needs_why(&mut self, ignore: &Ignore) {
        let level = |code: Code| match self.settings.lints.get(code.as_str()) {
            Some(level) => *level == LintLevel::Error,
            None => code.is_error_by_default(),
        };
        if let (None, Some((code, span))) = (&ignore.why, ignore.codes.iter().find(|(c, _)| level(*c))) {
            let message = format!("`{code}` is at error level: say why it is ignored");
            let told = Diagnostic::error(code::BAD_NOTE, *span, message);
            self.out.push(told.help(format!("write `@ignore({code}, \"why\")`")));
        }
    }

    fn unknown_note(&mut self, note: &Note) {
        let word = self.slice(note.word);
        let near = nearest(word, KNOWN);
        let told = Diagnostic::error(code::BAD_NOTE, note.span, format!("`@{}` is no note", shown(word)));
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

    /// The text of `///` lines, without slashes and the blank after them.
    fn docs(&self, before: &Before) -> Option<Arc<str>> {
        let line = |span: &Span| {
            let text = self.slice(*span).trim_start_matches('/');
            text.strip_prefix(' ').unwrap_or(text).trim_end()
        };
        let lines: Vec<&str> = before.docs.iter().map(line).collect();
        (!lines.is_empty()).then(|| lines.join("\n").into())
    }

    /// Notes of items that become no part of the model, and of the cases of tests.
    pub(super) fn other_notes(&mut self) {
        let files: &'a [File] = self.files;
        for item in files.iter().flat_map(|f| &f.items) {
            if !in_model(item) {
                self.noted(&item.before, NoteOf::Other, item.span);
            }
            if let ItemKind::Test(test) = &item.kind {
                for case in &test.cases {
                    self.noted(&case.before, NoteOf::Other, case.span);
                }
            }
            self.settle();
        }
    }

    /// What policies with statements of their own and kept documents have before them.
    pub(super) fn policy_notes(&mut self, item: &Item, body: &PolicyBody) -> Noted {
        let place = match body {
            PolicyBody::Cam(_) => NoteOf::Document,
            PolicyBody::Statements(_) => NoteOf::Policy,
        };
        self.noted(&item.before, place, item.span)
    }
}

/// Whether the notes of an item are read where it is put into the model.
fn in_model(item: &Item) -> bool {
    matches!(item.kind, ItemKind::Policy(_) | ItemKind::Member(_) | ItemKind::Define { .. })
}

/// What is wrong with a note at a place, and what to do.
fn misplaced(word: &str, place: NoteOf) -> Option<(&'static str, &'static str)> {
    use NoteOf::{Allow, Deny, Document, Policy};
    match (word, place) {
        ("ignore", _) | ("version", Policy) | ("reason", Policy | Document | Deny) | ("id", Allow | Deny) => {
            None
        }
        ("version", Document) => Some(("a kept document says its version itself", "remove the note")),
        ("version", _) => Some(("`@version` is a note of a policy", "write it before `policy`")),
        ("reason", Allow) => {
            Some(("`@reason` is a note of a deny or a policy", "an allow refuses nobody: write `///`"))
        }
        ("reason", _) => Some(("`@reason` is a note of a deny or a policy", "write `///`")),
        _ => Some(("`@id` is a note of a statement", "what has a name of its own needs no id")),
    }
}
