//! A catalog's tree from TOML text.

use super::node::{Kind, Member, Node};
use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue, Error};
use passgate_grammar::{Diagnostic, SourceId, Span, code};

/// The tree of a TOML text; a key given twice is an error of TOML itself.
pub(super) fn tree<'a>(
    text: &'a str,
    source: SourceId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Node<'a>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Some(Node {
            span: Span::new(source, 0, text.len()),
            kind: self::table(table.into_inner(), source),
        });
    }
    diagnostics.extend(errors.iter().map(|error| syntax(error, source)));
    None
}

fn syntax(error: &Error, source: SourceId) -> Diagnostic {
    let at = error.span().unwrap_or(0..0);
    let message = error.message().lines().next().unwrap_or("the text is not TOML");
    Diagnostic::error(code::SYNTAX, Span::new(source, at.start, at.end), message)
}

fn table(table: DeTable<'_>, source: SourceId) -> Kind<'_> {
    let member = |(key, value): (Spanned<_>, _)| {
        let at = key.span();
        Member {
            key_span: Span::new(source, at.start, at.end),
            key: key.into_inner(),
            value: node(value, source),
        }
    };
    Kind::Table(table.into_iter().map(member).collect())
}

/// Depth is that of the parser's tree, which has a limit.
fn node(value: Spanned<DeValue<'_>>, source: SourceId) -> Node<'_> {
    let at = value.span();
    let kind = match value.into_inner() {
        DeValue::String(text) => Kind::Text(text),
        DeValue::Boolean(b) => Kind::Bool(b),
        DeValue::Integer(_) | DeValue::Float(_) => Kind::Other("a number"),
        DeValue::Datetime(_) => Kind::Other("a date"),
        DeValue::Table(inner) => table(inner, source),
        DeValue::Array(items) => Kind::List(items.into_iter().map(|item| node(item, source)).collect()),
    };
    Node { span: Span::new(source, at.start, at.end), kind }
}
