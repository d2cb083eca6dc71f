//! Lists of limits, error codes and diagnostic codes equal the code. A failing test prints the rows wanted.

use super::page::{Page, page};
use passgate::ErrorCode;
use passgate::check::CompiledFormat;
use passgate::grammar::{Code, code};
use passgate::model::read::OPERATORS;
use std::collections::BTreeSet;

const LIMITS: &str = include_str!("../../../../../grammar/src/limits.rs");

#[test]
fn limits_are_those_of_the_code() {
    let code = constants(LIMITS);
    assert!(code.len() > 20, "{code:?}");
    let page = page("docs/limits.md");
    let told: Vec<(String, u128)> = page.rows().into_iter().filter_map(|cells| limit(&cells)).collect();
    let lacking: Vec<String> = code
        .iter()
        .filter(|c| !told.contains(c))
        .map(|(name, value)| format!("| `{name}` | {} | … |", grouped(*value)))
        .collect();
    assert!(lacking.is_empty(), "docs/limits.md lacks\n{}", lacking.join("\n"));
    let stale: Vec<_> = told.iter().filter(|t| !code.contains(t)).collect();
    assert!(stale.is_empty(), "docs/limits.md has what the code has not: {stale:?}");
    assert_eq!(told.len(), code.len(), "each once");
}

#[test]
fn sections_and_steps_of_the_compiled_file_are_those_of_the_code() {
    let page = page("docs/table-format.md");
    let rows = page.rows();
    let named = |cell: &str| Some(cell.strip_prefix('`')?.strip_suffix('`')?.to_owned());
    let sections: Vec<(u32, String)> =
        rows.iter().filter_map(|cells| Some((cells.first()?.parse().ok()?, named(cells.get(1)?)?))).collect();
    let code: Vec<(u32, String)> = CompiledFormat::sections().map(|(n, name)| (n, name.to_owned())).collect();
    assert_eq!(sections, code);
    let steps: Vec<&str> = column(section(&page.text, "## Validation"));
    assert_eq!(steps, CompiledFormat::steps().collect::<Vec<_>>());
    assert!(page.text.contains(&format!("the format: {}.", CompiledFormat::VERSION)));
}

/// `pub const NAME: usize = 16 * 1_024;` as name and value.
fn constants(source: &str) -> Vec<(String, u128)> {
    let one = |line: &str| {
        let (name, rest) = line.trim().strip_prefix("pub const ")?.split_once(": ")?;
        let value = rest.split_once(" = ")?.1.trim_end_matches(';');
        let factors = value.split('*').map(|f| f.trim().replace('_', "").parse::<u128>().expect(line));
        Some((name.to_owned(), factors.product()))
    };
    source.lines().filter_map(one).collect()
}

fn limit(cells: &[&str]) -> Option<(String, u128)> {
    let [name, value, _] = cells else { return None };
    let name = name.strip_prefix('`')?.strip_suffix('`')?;
    Some((name.to_owned(), value.replace(',', "").parse().ok()?))
}

fn grouped(value: u128) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[test]
fn error_codes_are_those_of_the_code() {
    let page = page("docs/errors.md");
    let told: Vec<&str> = column(section(&page.text, "## Error codes"));
    let code: Vec<&str> = ErrorCode::ALL.iter().map(|c| c.as_str()).collect();
    assert_eq!(told, code);
}

#[test]
fn diagnostic_codes_are_those_of_the_code() {
    let page = page("docs/errors.md");
    let wanted = |lint: bool| code::ALL.iter().filter(move |(c, _)| c.is_lint() == lint).map(row);
    let all = section(&page.text, "## Diagnostics");
    let (refusals, lints) = all.split_once("### Lints").expect("a heading for lints");
    for (place, text, lint) in [("refusals", refusals, false), ("lints", lints, true)] {
        let lacking: Vec<String> = wanted(lint).filter(|row| !text.contains(row)).collect();
        assert!(lacking.is_empty(), "docs/errors.md, {place}, lacks\n{}", lacking.join("\n"));
        let (told, code) = (column(text).len(), wanted(lint).count());
        assert_eq!(told, code, "docs/errors.md, {place}: {told} codes, the code has {code}");
    }
}

#[test]
fn lints_of_the_language_are_those_of_the_code() {
    let page = page("docs/language.md");
    let text = section(&page.text, "## Lints");
    let level = |error: bool| if error { "error" } else { "warning" };
    let told: BTreeSet<(&str, &str)> = text.lines().filter_map(lint_row).collect();
    let code = code::LINTS.iter().map(|c| (c.as_str(), level(c.is_error_by_default()))).collect();
    assert_eq!(told, code);
    assert_eq!(text.lines().filter_map(lint_row).count(), code.len(), "each once");
}

/// `` | `code` | level | … `` as code and level.
fn lint_row(line: &str) -> Option<(&str, &str)> {
    let (code, rest) = line.strip_prefix("| `")?.split_once("` | ")?;
    Some((code, rest.split_once(" |")?.0))
}

fn row((code, about): &(Code, &str)) -> String {
    format!("| `{code}` | {} |", about.replace('|', "\\|"))
}

/// The first cells of the rows that begin with a code.
fn column(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0)).collect()
}

/// From a heading to the next of its level.
fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let (_, rest) = text.split_once(&format!("{heading}\n")).expect(heading);
    rest.split_once("\n## ").map_or(rest, |(section, _)| section)
}

#[test]
fn every_operator_is_named() {
    let pages: [Page; 2] = [page("docs/language.md"), page("docs/semantics.md")];
    for (word, _) in OPERATORS {
        for page in &pages {
            let told = ['`', ' '].iter().any(|end| page.text.contains(&format!("`{word}{end}")));
            assert!(told, "{} lacks {word}", page.name);
        }
    }
}

#[test]
fn numbers_are_grouped() {
    assert_eq!([1, 999, 1_000, 16_777_216].map(grouped), ["1", "999", "1,000", "16,777,216"]);
    assert_eq!(constants("pub const A: usize = 2 * 1_000;"), [("A".to_owned(), 2_000)]);
}
