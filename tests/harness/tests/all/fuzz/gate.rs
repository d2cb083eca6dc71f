//! The parser and the formatter: no text makes them panic; every diagnostic lies inside the text; what is formatted says
//! the same, keeps its comments in order, and is formatted to itself.

use super::Target;
use super::change::Words;
use passgate::grammar::tree::File;
use passgate::grammar::{Diagnostic, Sources, Span, format, limits, parse};
use passgate_harness::shape::shape;
use std::collections::BTreeSet;

const WORDS: &[&str] = &[
    ",",
    "{",
    "}",
    "(",
    ")",
    "=",
    "@",
    "\"",
    "\"s\"",
    ":",
    "/",
    "//",
    "// c\n",
    "/// d\n",
    "\n",
    "\r\n",
    " ",
    "*",
    "allow",
    "deny",
    "policy p",
    "trust ",
    "resource ",
    "user u",
    "group g",
    "role r",
    "root",
    "in",
    "attach ",
    "within ",
    "from",
    "not ",
    "only ",
    "except ",
    "use ",
    "set a.b = ",
    "network n = ",
    "actions a = ",
    "assert ",
    "no one ",
    "everyone ",
    "test \"t\" {",
    "given ",
    "may ",
    "a",
    "svc:x*",
    "name/svc:x",
    "permid/7",
    "1.1.1.1/32",
    "2001:DB8::0/128",
    "::",
    "2026-01-01T00:00:00Z",
    "when ",
    "and ",
    "unless ",
    "since ",
    "until ",
    "on \"*\"",
    "from anywhere except n",
    "is ",
    "like ",
    "k:v",
    "< 5",
    ">= ",
    "absent or ",
    "present",
    "any ",
    "every ",
    "ignoring case",
    "bytes ",
    "because ",
    "at ",
    "with ",
    "to anyone",
    "qcs \"x\"",
    "= cam \"f\"",
    "@id(\"x\")",
    "((((((((",
    "permit",
    "“",
    "'x'",
];

#[test]
fn texts_of_policies() {
    Target { name: "gate", ending: "gate", words: Words { words: WORDS }, run }.hold(Vec::new());
}

fn run(text: &str) -> Result<BTreeSet<String>, String> {
    let mut sources = Sources::new();
    let id = sources.add("fuzz.gate", text);
    let parsed = parse::parse(&sources, id);
    let mut brought: BTreeSet<String> = parsed.diagnostics.iter().map(|told| told.code.to_string()).collect();
    if parsed.diagnostics.len() > limits::SHOWN_DIAGNOSTICS {
        return Err(format!("{} diagnostics", parsed.diagnostics.len()));
    }
    parsed.diagnostics.iter().try_for_each(|told| inside(text, told))?;
    brought.extend(kinds(&parsed.file));
    let Some(canonical) = format::format(&sources, &parsed) else {
        return if parsed.diagnostics.is_empty() { Err("not formatted".to_owned()) } else { Ok(brought) };
    };
    let again = sources.add("canonical.gate", canonical.as_str());
    let second = parse::parse(&sources, again);
    if let Some(told) = second.diagnostics.first() {
        return Err(format!("the canonical form is refused: {}\n{canonical}", told.message));
    }
    if shape(&sources, &parsed.file) != shape(&sources, &second.file) {
        return Err(format!("the canonical form says something else:\n{canonical}"));
    }
    if comments(&sources, &parsed.file) != comments(&sources, &second.file) {
        return Err(format!("the canonical form has other comments:\n{canonical}"));
    }
    let third = format::format(&sources, &second);
    if third.as_deref() != Some(canonical.as_str()) {
        return Err(format!("formatted twice it changes:\n{canonical}\n---\n{}", third.unwrap_or_default()));
    }
    if canonical.lines().any(|line| line.ends_with([' ', '\t'])) {
        return Err(format!("a line ends with a blank:\n{canonical}"));
    }
    Ok(brought)
}

/// Every place of a diagnostic lies in the text, at borders of characters.
pub(super) fn inside(text: &str, told: &Diagnostic) -> Result<(), String> {
    let edits = told.fixes.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
    let mut spans = told.labels.iter().map(|label| label.span).chain(edits).chain([told.span]);
    let holds =
        |span: &Span| span.start <= span.end && text.get(span.start as usize..span.end as usize).is_some();
    match spans.find(|span| !holds(span)) {
        Some(span) => Err(format!("{}: {span:?} lies outside the text", told.code)),
        None => Ok(()),
    }
}

fn comments(sources: &Sources, file: &File) -> Vec<String> {
    file.comments.iter().map(|comment| sources.slice(comment.span).trim_end().to_owned()).collect()
}

/// The kinds of nodes in a tree, by their names.
fn kinds(file: &File) -> BTreeSet<String> {
    let text = format!("{:?}", file.items);
    let names = text.split(|c: char| !c.is_ascii_alphabetic());
    names.filter(|name| name.starts_with(|c: char| c.is_ascii_uppercase())).map(str::to_owned).collect()
}
