//! A catalog's tree from TOML text.

use super::node::{Kind, Member, Node};
use crate::toml_tree;
use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue};
use passgate_grammar::{Diagnostic, SourceId, Span, code};

/// The tree of a TOML text; a key given twice is an error of TOML itself.
pub(super) fn tree<'a>(
    text: &'a str,
    source: SourceId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Node<'a>> {
    match toml_tree::parse(text) {
        Ok(document) => {
            let span = Span::new(source, 0, text.len());
            Some(Node { span, kind: table(document.into_inner(), source) })
        }
        Err(errors) => {
            diagnostics.extend(errors.into_iter().map(|error| {
                let code = if error.limit { code::LIMIT } else { code::SYNTAX };
                Diagnostic::error(code, Span::new(source, error.start, error.end), error.message)
            }));
            None
        }
    }
}

fn table(table: DeTable<'_>, source: SourceId) -> Kind<'_> {
    let mut members = Vec::new();
    for (key, value) in table {
        let at = key.span();
        let key_span = Span::new(source, at.start, at.end);
        members.push(Member { key_span, key: key.into_inner(), value: node(value, source) });
    }
    Kind::Table(members)
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
        DeValue::Array(items) => {
            let mut list = Vec::new();
            for item in items {
                list.push(node(item, source));
            }
            Kind::List(list)
        }
    };
    Node { span: Span::new(source, at.start, at.end), kind }
}
