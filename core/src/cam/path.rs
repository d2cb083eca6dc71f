//! Paths of diagnostics that were told by span alone: lints and catalog facts know where a thing is written, and the
//! document says what stands there.

use crate::json::{self, Kind, Value};
use crate::model::read::Path;
use passgate_grammar::{Diagnostic, Source, SourceId};

/// Adds to every diagnostic about this document the path of the innermost value or member it points into.
///
/// Those that have a path keep it; where the text is not JSON nothing is added.
///
/// ```
/// use passgate::Diagnostic;
/// use passgate::grammar::{Sources, Span, code};
/// let mut sources = Sources::new();
/// let id = sources.add("doc.json", r#"{"statement": [{"action": ["cvm:*"]}]}"#);
/// let mut told = [Diagnostic::warning(code::EMPTY_PATTERN, Span::new(id, 27, 34), "nothing")];
/// passgate::cam::add_paths(sources.get(id).unwrap(), id, &mut told);
/// assert_eq!(told[0].path.as_deref(), Some("statement[0].action[0]"));
/// ```
pub fn add_paths(source: &Source, id: SourceId, diagnostics: &mut [Diagnostic]) {
    let wanted = |d: &Diagnostic| d.span.source == id && d.path.is_none();
    if !diagnostics.iter().any(wanted) {
        return;
    }
    let text = source.text();
    let body = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let offset = text.len() - body.len();
    let Ok(tree) = json::parse(body) else { return };
    for diagnostic in diagnostics.iter_mut().filter(|d| wanted(d)) {
        let at = |n: u32| (n as usize).saturating_sub(offset);
        let (start, end) = (at(diagnostic.span.start), at(diagnostic.span.end));
        diagnostic.path = Some(path_to(&tree, start, end, &Path::Root));
    }
}

/// Children lie in order, so each level is searched by halves. Depth is the document's, which the JSON reader limits.
fn path_to(value: &Value<'_>, start: usize, end: usize, path: &Path<'_>) -> String {
    let inside = |from: usize, to: usize| from <= start && end <= to;
    match &value.kind {
        Kind::Array(items) => {
            let after = items.partition_point(|item| item.start <= start);
            match after.checked_sub(1).and_then(|i| Some((i, items.get(i)?))) {
                Some((i, item)) if inside(item.start, item.end) => {
                    path_to(item, start, end, &Path::Item(path, i))
                }
                _ => path.to_string(),
            }
        }
        Kind::Object(members) => {
            let after = members.partition_point(|member| member.key_start <= start);
            match after.checked_sub(1).and_then(|i| members.get(i)) {
                Some(member) if inside(member.key_start, member.value.end) => {
                    path_to(&member.value, start, end, &Path::Member(path, &member.key))
                }
                _ => path.to_string(),
            }
        }
        _ => path.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use passgate_grammar::{Span, code};

    /// The path of the first place where `needle` stands.
    fn check(text: &str, needle: &str, expected: &str) {
        let source = Source::new("doc.json", text);
        let at = text.find(needle).unwrap();
        let span = Span::new(SourceId(3), at, at + needle.len());
        let mut told = [Diagnostic::note(code::DUPLICATE, span, "here")];
        add_paths(&source, SourceId(3), &mut told);
        assert_eq!(told[0].path.as_deref().unwrap_or("none"), expected, "{needle}");
    }

    #[test]
    fn places_have_paths() {
        let text = r#"{"version": "2.0", "statement": [{"a": 1}, {"condition": {"ip_equal": {"qcs:ip": ["x", "y"]}}}]}"#;
        check(text, "\"y\"", "statement[1].condition.ip_equal[\"qcs:ip\"][1]");
        check(text, "\"2.0\"", "version");
        check(text, "\"version\"", "version");
        check(text, "1", "statement[0].a");
        check(text, "{\"a\": 1}, {", "statement");
        check("\u{FEFF}{\"a\": [7]}", "7", "a[0]");
        check("{\"a\": [7", "7", "none");
    }
}
