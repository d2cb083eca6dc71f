//! Diagnostics drawn for people: the line with what is wrong underlined, why, and how to mend it.
//!
//! Each diagnostic is drawn from an excerpt of its line, never from the whole text, so that many of them in a long text
//! cost no more than they show.

use super::excerpt::{self, Excerpt, plain_text};
use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};
use passgate::grammar::{Safety, Sources, Span};
use passgate::{Diagnostic, Level as Matters};

/// All diagnostics, each followed by an empty line.
pub(crate) fn drawn(diagnostics: &[Diagnostic], sources: &Sources, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&renderer.render(&[group(diagnostic, sources)]));
        out.push_str("\n\n");
    }
    out
}

fn group<'a>(diagnostic: &Diagnostic, sources: &Sources) -> Group<'a> {
    let level = match diagnostic.level {
        Matters::Error => Level::ERROR,
        Matters::Warning => Level::WARNING,
        Matters::Note => Level::NOTE,
    };
    let title = level.primary_title(plain_text(&diagnostic.message)).id(diagnostic.code.as_str());
    let mut group = Group::with_title(title).elements(places(diagnostic, sources));
    if let Some(path) = diagnostic.path.as_deref().filter(|path| !path.is_empty()) {
        group = group.element(Level::NOTE.with_name("at").message(plain_text(path)));
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(plain_text(note)));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(plain_text(help)));
    }
    if let Some(fix) = diagnostic.fixes.first() {
        let option = if fix.safety == Safety::Safe { "--fix" } else { "--unsafe-fixes" };
        group = group.element(Level::NOTE.with_name("fix").message(format!("`{option}` does this")));
    }
    group
}

/// Where it is, and what is to be said of other places: those on the same line are drawn with it, others apart.
fn places<'a>(diagnostic: &Diagnostic, sources: &Sources) -> Vec<Element<'a>> {
    let span = diagnostic.span;
    let Some(source) = sources.get(span.source) else { return Vec::new() };
    let excerpt = excerpt::of(source, span);
    let mut annotations = vec![AnnotationKind::Primary.span(excerpt.marked.clone())];
    let mut apart = Vec::new();
    for label in &diagnostic.labels {
        let near = (label.span.source == span.source).then(|| excerpt.under(source, label.span)).flatten();
        let text = plain_text(&label.text);
        match near {
            Some(marked) if marked == excerpt.marked => {
                annotations = vec![AnnotationKind::Primary.span(marked).label(text)];
            }
            Some(marked) => annotations.push(AnnotationKind::Context.span(marked).label(text)),
            None => apart.push((label.span, text)),
        }
    }
    let mut elements = snippet(span, excerpt, annotations, sources);
    for (span, text) in apart {
        let Some(source) = sources.get(span.source) else { continue };
        let excerpt = excerpt::of(source, span);
        let annotation = AnnotationKind::Context.span(excerpt.marked.clone()).label(text);
        elements.extend(snippet(span, excerpt, vec![annotation], sources));
    }
    elements
}

/// A line under its place, with its annotations; the place alone where the line is empty.
fn snippet<'a>(
    span: Span,
    excerpt: Excerpt,
    annotations: Vec<Annotation<'a>>,
    sources: &Sources,
) -> Vec<Element<'a>> {
    let path = plain_text(sources.name(span));
    let origin = || Origin::path(path.clone()).line(excerpt.line).char_column(excerpt.column).into();
    if excerpt.text.trim().is_empty() {
        return vec![origin()];
    }
    let whole = !excerpt.text.starts_with('…');
    let lines = Snippet::source(excerpt.text.clone()).line_start(excerpt.line).annotations(annotations);
    // Of a line that lacks its begin the column cannot be worked out from what is drawn.
    if whole { vec![lines.path(path).into()] } else { vec![origin(), lines.into()] }
}
