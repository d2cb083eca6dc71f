//! A catalog's tree from JSON text.

use super::node::{Kind, Member, Node};
use crate::json;
use passgate_grammar::{Diagnostic, SourceId, Span, code};

/// The tree of a JSON text; one leading byte order mark is skipped.
pub(super) fn tree<'a>(
    text: &'a str,
    source: SourceId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Node<'a>> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let skipped = text.len() - body.len();
    match json::parse(body) {
        Ok(value) => Some(node(value, Place { source, skipped }, 0)),
        Err(error) => {
            let at = error.at + skipped;
            diagnostics.push(Diagnostic::error(code::JSON_SYNTAX, Span::new(source, at, at), error.message));
            None
        }
    }
}

#[derive(Clone, Copy)]
struct Place {
    source: SourceId,
    skipped: usize,
}

impl Place {
    fn span(self, start: usize, end: usize) -> Span {
        Span::new(self.source, start + self.skipped, end + self.skipped)
    }
}

/// Deeper than any member of a catalog: what lies below is no catalog, and is not looked at.
const DEEPEST: usize = 8;

fn node(value: json::Value<'_>, place: Place, depth: usize) -> Node<'_> {
    let span = place.span(value.start, value.end);
    let kind = match value.kind {
        json::Kind::Null => Kind::Other("null"),
        json::Kind::Number(_) => Kind::Other("a number"),
        json::Kind::Bool(b) => Kind::Bool(b),
        json::Kind::Text(text) => Kind::Text(text),
        json::Kind::Array(_) if depth >= DEEPEST => Kind::Other("a list"),
        json::Kind::Object(_) if depth >= DEEPEST => Kind::Other("an object"),
        json::Kind::Array(items) => {
            Kind::List(items.into_iter().map(|v| node(v, place, depth + 1)).collect())
        }
        json::Kind::Object(members) => {
            Kind::Table(members.into_iter().map(|m| member(m, place, depth + 1)).collect())
        }
    };
    Node { span, kind }
}

fn member(member: json::Member<'_>, place: Place, depth: usize) -> Member<'_> {
    Member {
        key_span: place.span(member.key_start, member.key_end),
        key: member.key,
        value: node(member.value, place, depth),
    }
}
