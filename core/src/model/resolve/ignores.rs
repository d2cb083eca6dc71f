//! `@ignore` notes of all files, found before anything else is told, so that lints are silenced wherever they come
//! from. What is wrong with a note is told where notes are read (`notes`).

use crate::model::Ignore;
use passgate_grammar::text::unquote;
use passgate_grammar::tree::{Before, File, ItemKind, Note, PolicyBody, ValueKind};
use passgate_grammar::{Code, Sources, Span, code};

/// Every `@ignore` with the lints that it names, in the order written.
pub(super) fn ignores(sources: &Sources, files: &[File]) -> Vec<Ignore> {
    let mut all = Vec::new();
    for item in files.iter().flat_map(|file| &file.items) {
        add(sources, &item.before, item.span, &mut all);
        match &item.kind {
            ItemKind::Policy(policy) => {
                if let PolicyBody::Statements(statements) = &policy.body {
                    statements.iter().for_each(|s| add(sources, &s.before, s.span, &mut all));
                }
            }
            ItemKind::Test(test) => test.cases.iter().for_each(|c| add(sources, &c.before, c.span, &mut all)),
            _ => {}
        }
    }
    all
}

fn add(sources: &Sources, before: &Before, scope: Span, out: &mut Vec<Ignore>) {
    let of = before.notes.iter().filter(|note| sources.slice(note.word) == "ignore");
    out.extend(of.map(|note| ignore(sources, note, scope)));
}

/// `@ignore(code, …, "why")`: a text says why where it stands last.
pub(super) fn ignore(sources: &Sources, note: &Note, scope: Span) -> Ignore {
    let words = note.args.iter().filter(|value| value.kind != ValueKind::Text);
    let codes = words.filter_map(|value| Some((lint(sources.slice(value.span))?, value.span)));
    let last = note.args.last().filter(|value| value.kind == ValueKind::Text);
    let why = last.map(|value| unquote(sources.slice(value.span))).filter(|text| !text.trim().is_empty());
    Ignore { codes: codes.collect(), why: why.map(|text| text.as_ref().into()), span: note.span, scope }
}

/// The lint of a name.
pub(super) fn lint(name: &str) -> Option<Code> {
    code::LINTS.iter().find(|lint| lint.as_str() == name).copied()
}
