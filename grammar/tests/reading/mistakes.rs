//! What is said about mistakes: the cases of `mistakes.txt`.

use crate::support::read;
use passgate_grammar::{Diagnostic, Safety};

/// One case of the file.
#[derive(Debug, Default)]
struct Case<'c> {
    line: usize,
    written: &'c str,
    code: &'c str,
    message: &'c str,
    help: Option<&'c str>,
    fix: Option<(Safety, &'c str)>,
}

fn cases(file: &str) -> Vec<Case<'_>> {
    let mut cases: Vec<Case<'_>> = Vec::new();
    let mut begun = false;
    for (i, line) in file.lines().enumerate() {
        if line.is_empty() || line.starts_with("# ") || line.starts_with("##") || line == "#" {
            begun = false;
            continue;
        }
        if !begun {
            cases.push(Case { line: i + 1, written: line, ..Case::default() });
            begun = true;
            continue;
        }
        let case = cases.last_mut().unwrap();
        match line.split_once(": ").unwrap_or_else(|| panic!("line {}", i + 1)) {
            ("help", help) => case.help = Some(help),
            ("fix", text) => case.fix = Some((Safety::Safe, text)),
            ("fix?", text) => case.fix = Some((Safety::Unsafe, text)),
            (code, message) => (case.code, case.message) = (code, message),
        }
    }
    cases
}

/// The text around a snippet, and where the snippet begins in it.
fn around(written: &str) -> (&'static str, String, &'static str) {
    let text = |s: &str| s.replace("\\n", "\n").replace("\\\\y", "\\y");
    match written.get(..3) {
        Some("p: ") => ("policy p {\n    ", text(&written[3..]), "\n}\n"),
        Some("t: ") => ("test \"t\" {\n    ", text(&written[3..]), "\n}\n"),
        Some("u: ") => ("user u {\n    ", text(&written[3..]), "\n}\n"),
        _ => ("", text(written), "\n"),
    }
}

fn check(case: &Case<'_>) {
    let (before, marked, after) = around(case.written);
    let marked = format!("{before}{marked}{after}");
    let start = marked.find('«').expect("a mark");
    let end = marked.rfind('»').expect("a mark") - '«'.len_utf8();
    let text = marked.replace(['«', '»'], "");
    let (sources, parsed) = read(&text);
    assert_eq!(parsed.diagnostics.len(), 1, "line {}: {:#?}", case.line, parsed.diagnostics);
    let diagnostic = &parsed.diagnostics[0];
    let told = format!("{}: {}", diagnostic.code, diagnostic.message);
    assert_eq!(told, format!("{}: {}", case.code, case.message), "line {}", case.line);
    let caret = (diagnostic.span.start as usize, diagnostic.span.end as usize);
    assert_eq!(caret, (start, end), "line {}: caret under `{}`", case.line, sources.slice(diagnostic.span));
    if case.help.is_some() {
        assert_eq!(diagnostic.help.as_deref(), case.help, "line {}", case.line);
    }
    check_fix(case, &text, diagnostic, before, after);
}

fn check_fix(case: &Case<'_>, text: &str, diagnostic: &Diagnostic, before: &str, after: &str) {
    let Some((safety, expected)) = case.fix else {
        assert!(diagnostic.fixes.is_empty(), "line {}: {:#?}", case.line, diagnostic.fixes);
        return;
    };
    let fix = diagnostic.fixes.first().unwrap_or_else(|| panic!("line {}: no fix", case.line));
    assert_eq!(fix.safety, safety, "line {}", case.line);
    let mut fixed = text.to_owned();
    for edit in fix.edits.iter().rev() {
        fixed.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    let expected = format!("{before}{}{after}", expected.replace("\\n", "\n"));
    let squeezed = |text: &str| text.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    assert_eq!(squeezed(&fixed), squeezed(&expected).as_str(), "line {}", case.line);
    let (_, parsed) = read(&fixed);
    assert_eq!(parsed.diagnostics, [], "line {}: {fixed}", case.line);
}

#[test]
fn mistakes_are_told_in_an_authors_words() {
    let mut failed = 0;
    let cases = cases(include_str!("mistakes.txt"));
    assert!(cases.len() > 100, "{}", cases.len());
    for case in &cases {
        failed += usize::from(std::panic::catch_unwind(|| check(case)).is_err());
    }
    assert_eq!(failed, 0, "of {} cases", cases.len());
}
