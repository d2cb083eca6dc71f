//! Texts that nobody writes: no panic, no deep stack, spans inside the text, and a tree and diagnostics in any case.

use crate::support::{read, show};
use passgate_grammar::{Diagnostic, Span};

/// As small as the stack of a thread may be.
const STACK: usize = 128 * 1024;

/// Reads a text on a thread with a small stack and gives the codes told, and how many faults there were.
fn check(text: String, codes: &str, count: usize) {
    let shown = text.chars().take(40).collect::<String>();
    let read = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        let (sources, parsed) = read(&text);
        for diagnostic in &parsed.diagnostics {
            check_spans(&text, diagnostic);
        }
        show(&sources, &parsed.file);
        let mut codes: Vec<_> = parsed.diagnostics.iter().map(|d| d.code.as_str()).collect();
        codes.dedup();
        (codes.join(" "), parsed.diagnostics.len() + parsed.untold)
    });
    let (told, counted) = read.unwrap().join().unwrap();
    assert_eq!(told, codes, "{shown}");
    assert_eq!(counted, count, "{shown}");
}

fn check_spans(text: &str, diagnostic: &Diagnostic) {
    let inside = |span: Span| {
        let slice = text.get(span.start as usize..span.end as usize);
        assert!(slice.is_some(), "{span:?} {diagnostic:#?}");
    };
    inside(diagnostic.span);
    diagnostic.labels.iter().for_each(|label| inside(label.span));
    diagnostic.fixes.iter().flat_map(|fix| &fix.edits).for_each(|edit| inside(edit.span));
    assert!(!diagnostic.message.contains('\n') && diagnostic.message.len() < 400, "{}", diagnostic.message);
}

const MANY: usize = 1 << 20;

#[test]
fn honest_texts_on_a_small_stack() {
    check(include_str!("fixtures/partners.gate").to_owned(), "", 0);
    let deep = |n: usize, inner: &str| format!("{}{inner}{}", "(a except ".repeat(n), ")".repeat(n));
    let (actions, place, key) = (deep(8, "c*"), deep(8, "::1"), deep(8, "n"));
    check(format!("policy p {{ allow {actions} from {place} when k in {key} }}"), "", 0);
    check(format!("test \"t\" {{ policy p({}) may {actions} from {place} }}", deep(7, "b")), "", 0);
}

#[test]
fn a_million_signs_are_one_fault() {
    for (sign, code) in [
        ("[", "foreign-sign"),
        ("{", "syntax"),
        ("}", "syntax"),
        (")", "syntax"),
        ("@", "syntax"),
        ("=", "syntax"),
        ("<", "syntax"),
        ("?", "syntax"),
        (":", "syntax"),
        ("-", "foreign-sign"),
        ("'", "wrong-quotes"),
        ("\u{201c}", "wrong-quotes"),
        ("\\", "syntax"),
        ("&", "ampersand"),
        (";", "foreign-sign"),
        ("#", "foreign-sign"),
        ("用", "syntax"),
    ] {
        check(sign.repeat(if "[{})".contains(sign) { MANY } else { MANY / 16 }), code, 1);
        check(format!("policy p {{ allow a }} {}", sign.repeat(MANY / 16)), code, 1);
    }
    check("(".repeat(MANY), "limit", 1);
    check(",".repeat(MANY), "limit", 1);
}

#[test]
fn a_million_signs_after_a_term() {
    check(format!("actions a = {}", "(".repeat(MANY)), "limit", 1);
    check(format!("actions a = b{}", ")".repeat(MANY)), "syntax", 1);
    check(format!("actions a = b{}", ",".repeat(MANY)), "limit", 1);
    check(format!("policy p {{ allow {}", "{".repeat(MANY)), "unclosed-block syntax", 2);
    check(format!("policy p {{ allow a when {}", "[".repeat(MANY)), "unclosed-block foreign-sign", 2);
}

#[test]
fn a_million_quotes_slashes_and_stars() {
    check("\"".repeat(MANY), "syntax", 1);
    check("\"".repeat(MANY + 1), "unclosed-string", 1);
    check("\"\n".repeat(MANY), "unclosed-string", 1);
    check("/".repeat(MANY), "", 0);
    check("/ ".repeat(MANY), "syntax", 1);
    check("//\n".repeat(MANY), "", 0);
    check(format!("actions a = {}", "*".repeat(MANY)), "", 0);
    check(format!("set a = \"{}\"", "\\x".repeat(MANY)), "limit", 1);
    check(format!("set a = \"{}", "\\".repeat(MANY)), "unclosed-string", 1);
}

#[test]
fn a_million_characters_that_may_not_stand() {
    check("\0".repeat(MANY), "bad-character", 1);
    check("\u{202e}".repeat(MANY), "bad-character", 1);
    check("\u{feff}".repeat(MANY), "bad-character", 1);
    check("use a \0 use b".to_owned(), "bad-character", 1);
    check("use a, \u{1b}b\nuse c //\u{7}".to_owned(), "bad-character", 2);
    check("set a = \"\0\"".to_owned(), "bad-character", 1);
}

#[test]
fn many_words() {
    check("user ".repeat(MANY / 16), "unquoted-name", 1);
    check("user\n".repeat(20_000), "syntax", 20_000);
    check("allow ".repeat(MANY / 8), "statement-outside-policy", 1);
    check("x ".repeat(MANY / 8), "syntax", 1);
    check("x\n".repeat(MANY / 8), "syntax", 1);
    check("@x(a)\n".repeat(MANY / 16), "syntax", 1);
    check("/// x\n".repeat(MANY / 8), "", 0);
    check(format!("actions a = {}", "a".repeat(MANY / 8)), "limit", 1);
    check(format!("actions a = {}", ":".repeat(MANY / 8)), "", 0);
    check(format!("set a = {}", "1".repeat(MANY / 8)), "", 0);
    check(format!("policy p {{\n{}", "policy\n".repeat(MANY / 16)), "unclosed-block syntax", 2);
    check("policy p {\n".repeat(1000), "unclosed-block", 1000);
}

/// A sequence of numbers that is the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }
}

const PIECES: &[&str] = &[
    "\"",
    "{",
    "}",
    "(",
    ")",
    ",",
    "\n",
    "\r",
    " ",
    "//",
    "///",
    "@",
    "\\",
    "\\u{",
    "é",
    "“",
    "，",
    "\u{202e}",
    "\0",
    "allow ",
    "deny ",
    "policy ",
    "user ",
    "from ",
    "except ",
    "only ",
    "not ",
    "when ",
    "is ",
    "1.1.1.1",
    "::1",
    "svc:\"",
    "a*",
    "=",
    "<",
    "&",
    "'",
    ";",
    "[",
    "test \"x\" {",
    "\u{feff}",
    "permit ",
    "if ",
    "and ",
    "or ",
];

/// Cuts, doubles, moves and inserts bytes of the example, at character boundaries.
fn change(dice: &mut Dice, text: &mut String) {
    let at = boundary(text, dice.below(text.len() + 1));
    match dice.below(6) {
        0 => text.truncate(at),
        1 | 2 => text.insert_str(at, PIECES[dice.below(PIECES.len())]),
        3 => {
            let end = boundary(text, (at + dice.below(12)).min(text.len()));
            text.replace_range(at.min(end)..end.max(at), "");
        }
        4 => {
            let end = boundary(text, (at + dice.below(60)).min(text.len()));
            let copy = text[at.min(end)..end.max(at)].to_owned();
            let to = boundary(text, dice.below(text.len() + 1));
            text.insert_str(to, &copy);
        }
        _ => {
            let end = boundary(text, (at + 1).min(text.len()));
            text.replace_range(at.min(end)..end.max(at), PIECES[dice.below(PIECES.len())]);
        }
    }
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[test]
fn changed_examples_give_a_tree_and_spans_inside_the_text() {
    let example = include_str!("fixtures/partners.gate");
    let mut dice = Dice(40);
    let mut faulty = 0;
    for _ in 0..1_500 {
        let mut text = example.to_owned();
        for _ in 0..=dice.below(8) {
            change(&mut dice, &mut text);
        }
        let (sources, parsed) = read(&text);
        show(&sources, &parsed.file);
        parsed.diagnostics.iter().for_each(|diagnostic| check_spans(&text, diagnostic));
        faulty += usize::from(!parsed.diagnostics.is_empty());
    }
    assert!(faulty > 1_000, "{faulty}");
}
