//! The mistakes of `tests/mistakes/*.txt`, each in a whole set: code, level, caret, message, help and fix are those
//! written, and a faulty and a doubtful neighbour are told beside it.

#![expect(clippy::panic, clippy::string_slice, clippy::unwrap_used, reason = "a test fails where it stands")]

use passgate::grammar::tree::PolicyKind;
use passgate::grammar::{Diagnostic, Safety, Sources};
use passgate::{LoadOptions, TextSources, load, report};

const AROUND: &str = include_str!("../../../../mistakes/around.gate");
const NEWCOMER: &str = include_str!("../../../../mistakes/newcomer.txt");
const FOREIGN: &str = include_str!("../../../../mistakes/foreign.txt");

/// One case of a file.
#[derive(Debug, Default)]
struct Case<'c> {
    name: &'c str,
    written: &'c str,
    code: &'c str,
    message: &'c str,
    level: &'c str,
    help: Option<&'c str>,
    fix: Option<(Safety, &'c str)>,
}

fn cases(file: &str) -> Vec<Case<'_>> {
    let is_case = |paragraph: &&str| !paragraph.starts_with("# ") && !paragraph.starts_with("##");
    file.split("\n\n")
        .map(|p| p.trim_matches('\n'))
        .filter(|p| !p.is_empty())
        .filter(is_case)
        .map(case)
        .collect()
}

fn case(paragraph: &str) -> Case<'_> {
    let mut lines = paragraph.lines();
    let mut case = Case { name: lines.next().unwrap(), level: "error", ..Case::default() };
    case.written = lines.next().unwrap();
    for line in lines {
        match line.split_once(": ").unwrap_or_else(|| panic!("{line}")) {
            ("help", help) => case.help = Some(help),
            ("level", level) => case.level = level,
            ("fix", text) => case.fix = Some((Safety::Safe, text)),
            ("fix?", text) => case.fix = Some((Safety::Unsafe, text)),
            (code, message) => (case.code, case.message) = (code, message),
        }
    }
    case
}

/// A kind of place: what stands before and after the snippet, and what its neighbours are told.
struct Room {
    before: &'static str,
    after: &'static str,
    neighbours: [&'static str; 2],
}

/// Statements: one before that names nothing, one after with a doubtful address.
const POLICY: Room = Room {
    before: "policy mistake {\n    allow NoSuchAction\n    ",
    after: "\n    allow QueryArea from 10.9.9.9/8\n}\n",
    neighbours: ["unknown-name «NoSuchAction»", "host-bits-set «10.9.9.9/8»"],
};
/// Cases of a test, with an item before it and a case after.
const TEST: Room = Room {
    before: "policy before { allow QueryArea from 10.9.9.9/8 }\ntest \"mistake\" {\n    ",
    after: "\n    user 100001 may =\n}\n",
    neighbours: ["host-bits-set «10.9.9.9/8»", "syntax «=»"],
};
/// Items.
const FILE: Room = Room {
    before: "policy before { allow NoSuchAction }\n",
    after: "\npolicy after { allow QueryArea from 10.9.9.9/8 }\n",
    neighbours: ["unknown-name «NoSuchAction»", "host-bits-set «10.9.9.9/8»"],
};

fn room(written: &str) -> (&'static Room, &str) {
    match written.get(..3) {
        Some("p: ") => (&POLICY, &written[3..]),
        Some("t: ") => (&TEST, &written[3..]),
        _ => (&FILE, written),
    }
}

/// Doubts that say nothing of the case: of names that only the case would use, and of what it covers.
const BESIDE: [&str; 4] = ["unused-name", "unknown-key", "no-ip-support", "odd-category"];

fn lint(text: &str) -> (Vec<Diagnostic>, std::sync::Arc<Sources>) {
    let sources = TextSources::from([("partners.gate", text)]);
    let told = load::lint_texts(sources, &LoadOptions::default(), PolicyKind::Identity).unwrap();
    (told.diagnostics, told.sources)
}

/// What is not as written.
fn check(case: &Case<'_>) -> Result<(), String> {
    let (room, written) = room(case.written);
    let snippet = written.replace("\\n", "\n");
    let marked = format!("{AROUND}{}{snippet}{}", room.before, room.after);
    let start = marked.find('«').ok_or("no mark")?;
    let end = marked.rfind('»').ok_or("no mark")? - '«'.len_utf8();
    let (told, sources) = lint(&marked.replace(['«', '»'], ""));
    let own = |d: &&Diagnostic| (d.span.start as usize, d.span.end as usize) == (start, end);
    let named = |d: &Diagnostic| format!("{} «{}»", d.code, sources.slice(d.span));
    let all = || told.iter().map(named).collect::<Vec<_>>();
    let diagnostic = told.iter().find(|d| own(d) && d.code.as_str() == case.code);
    let diagnostic =
        diagnostic.ok_or_else(|| format!("{} is not told there, but {:#?}", case.code, all()))?;
    same("message", diagnostic.message.as_str(), case.message)?;
    same("level", diagnostic.level.as_str(), case.level)?;
    same("help", &diagnostic.help.as_deref(), &case.help)?;
    let mut others: Vec<String> = told.iter().filter(|d| !own(d)).map(named).collect();
    others.retain(|other| !BESIDE.contains(&other.split(' ').next().unwrap_or("")));
    same("neighbours", others.as_slice(), &room.neighbours.map(str::to_owned))?;
    check_fix(case, room, diagnostic, &sources)
}

fn same<T: PartialEq + std::fmt::Debug + ?Sized>(what: &str, found: &T, written: &T) -> Result<(), String> {
    if found == written { Ok(()) } else { Err(format!("{what}\n  found   {found:?}\n  written {written:?}")) }
}

fn check_fix(case: &Case<'_>, room: &Room, diagnostic: &Diagnostic, sources: &Sources) -> Result<(), String> {
    let grade = diagnostic.fixes.first().map(|fix| fix.safety);
    same("grade of the fix", &grade, &case.fix.map(|(safety, _)| safety))?;
    let Some((_, expected)) = case.fix else { return Ok(()) };
    let fixed = report::apply_fixes(std::slice::from_ref(diagnostic), sources, true);
    let text = fixed.texts.values().next().ok_or("the fix changes nothing")?;
    let expected = format!("{AROUND}{}{}{}", room.before, expected.replace("\\n", "\n"), room.after);
    let squeezed = |text: &str| text.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    same("fixed text", squeezed(text).as_str(), squeezed(&expected).as_str())?;
    let (told, _) = lint(text);
    let left = told
        .iter()
        .filter(|d| (d.refuses() || d.code == diagnostic.code) && !BESIDE.contains(&d.code.as_str()));
    let left: Vec<String> = left.map(|d| d.code.to_string()).collect();
    let mut neighbours: Vec<&str> = room.neighbours.iter().filter_map(|n| n.split(' ').next()).collect();
    neighbours.retain(|code| *code != "host-bits-set" || case.code == "host-bits-set");
    same("told of the fixed text", &left, &neighbours.iter().map(|n| (*n).to_owned()).collect())
}

fn check_all(file: &str, at_least: usize) {
    let cases = cases(file);
    assert!(cases.len() >= at_least, "only {} cases", cases.len());
    let failed: Vec<String> =
        cases.iter().filter_map(|case| Some(format!("{}: {}", case.name, check(case).err()?))).collect();
    assert!(failed.is_empty(), "{} of {} cases:\n{}", failed.len(), cases.len(), failed.join("\n"));
}

#[test]
fn the_forty_mistakes_of_a_newcomer() {
    check_all(NEWCOMER, 40);
    let numbers: std::collections::BTreeSet<u32> =
        cases(NEWCOMER).iter().filter_map(|case| case.name.split(' ').next()?.parse().ok()).collect();
    assert!(numbers.into_iter().eq(1..=40), "each of the forty has a case");
}

#[test]
fn words_and_signs_of_other_languages() {
    check_all(FOREIGN, 60);
}

#[test]
fn a_block_without_its_end_points_at_its_begin_and_at_the_item_inside() {
    let text = format!(
        "{AROUND}policy open {{\n    allow NoSuchAction\n\npolicy after {{ allow QueryArea from 10.9.9.9/8 }}\n"
    );
    let (told, sources) = lint(&text);
    let named: Vec<String> = told.iter().map(|d| format!("{} «{}»", d.code, sources.slice(d.span))).collect();
    let expected = ["unclosed-block «{»", "unknown-name «NoSuchAction»", "host-bits-set «10.9.9.9/8»"];
    assert_eq!(named, expected);
    let label = told.first().and_then(|d| d.labels.first()).expect("a label");
    assert_eq!(
        (sources.slice(label.span), label.text.as_str()),
        ("policy", "the next item begins inside it")
    );
    assert_eq!(told.first().map(|d| d.message.as_str()), Some("this `{` has no `}`"));
}
