//! The grammar of the language page is that of `gate.pest`, rule by rule, and the latter fits on two screens.
//!
//! Both are brought into one form: for each documented rule the set of all sequences that it allows, where what may
//! be left out is there and not there, and only repetition stays a part of its own. Rules that only `gate.pest` has
//! are written out where they stand; notes and doc comments, which the page describes beside the grammar, are left out.

use super::page::page;
use std::collections::{BTreeMap, BTreeSet};

const GATE: &str = include_str!("../../../../../grammar/gate.pest");

/// Lines of two screens.
const TWO_SCREENS: usize = 110;

/// The sequences that a rule allows.
type Sequences = BTreeSet<Vec<Part>>;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// A literal with its quotes, a token, or the name of a documented rule.
    Word(String),
    /// Any number of these.
    Repeated(Sequences),
}

/// Rules by name, bodies as text.
type Rules = BTreeMap<String, String>;

#[test]
fn the_grammar_of_the_page_is_that_of_the_parser() {
    let documented = documented(&block());
    assert!(documented.len() > 20, "{documented:?}");
    let wrong = differences(&documented, &parsed(GATE));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_grammar_fits_on_two_screens() {
    let lines = GATE.lines().count();
    assert!(lines <= TWO_SCREENS, "gate.pest has {lines} lines");
    let wide: Vec<&str> = GATE.lines().filter(|l| l.chars().count() > 120).collect();
    assert!(wide.is_empty(), "{wide:?}");
}

#[test]
fn a_difference_is_found() {
    let (right, gate) = (block(), parsed(GATE));
    for (old, new) in [
        ("\"use\" SERVICE {", "\"use\" WORD {"),
        ("{ clause }", "[ clause ]"),
        ("\"within\" grant", "\"within\" NAME"),
        ("[ \"only\" list ] [ \"except\" list ]", "[ \"except\" list ] [ \"only\" list ]"),
        ("[ \"given\" clause { clause } ]", "[ \"given\" { clause } ]"),
    ] {
        assert!(right.contains(old), "{old}");
        let wrong = differences(&documented(&right.replacen(old, new, 1)), &gate);
        assert_eq!(wrong.len(), 1, "{old} as {new}: {wrong:?}");
    }
}

/// The block of the page that holds the grammar.
fn block() -> String {
    let blocks = page("docs/language.md").blocks();
    blocks.into_iter().find(|b| b.text.starts_with("file ")).expect("the grammar").text
}

fn differences(documented: &Rules, gate: &Rules) -> Vec<String> {
    let one = |(name, body): (&String, &String)| {
        let page = Reader::new(documented, name).sequences(body, &|word| Meaning::of_page(word));
        let own = own_name(name);
        let Some(body) = gate.get(own) else { return Some(format!("gate.pest has no rule `{own}`")) };
        let meaning = |word: &str| Meaning::of_gate(word, name, documented, gate);
        let parser = Reader::new(gate, own).sequences(body, &meaning);
        (page != parser).then(|| format!("`{name}`: page {page:?}\n    gate.pest {parser:?}"))
    };
    documented.iter().filter_map(one).collect()
}

/// What `gate.pest` calls a documented rule.
fn own_name(name: &str) -> &str {
    match name {
        "use" => "using",
        "set" => "setting",
        "type" => "param_type",
        other => other,
    }
}

/// What a name in a body stands for.
enum Meaning {
    /// Itself: a token or a documented rule.
    Word(String),
    /// A body to write out in its place.
    Body(String),
    /// Nothing.
    Nothing,
}

impl Meaning {
    fn of_page(word: &str) -> Meaning {
        Meaning::Word(word.to_owned())
    }

    /// `within` is the rule that names it.
    fn of_gate(word: &str, within: &str, documented: &Rules, gate: &Rules) -> Meaning {
        let token = match word {
            "SOI" | "EOI" | "edge" | "note" => return Meaning::Nothing,
            // The page spells out what is one token to the parser.
            "setting_key" => return Meaning::Body("WORD { \".\" WORD }".to_owned()),
            // By its first digit an instant is an address there, which the tree puts right.
            "address" if within == "term" => return Meaning::Body("ADDRESS | INSTANT".to_owned()),
            "word" | "param_name" => "WORD",
            "name" => "NAME",
            "string" => "STRING",
            "service" => "SERVICE",
            "action" => "ACTION",
            "address" => "ADDRESS",
            "instant" => "INSTANT",
            "number" => "NUMBER",
            "key" => "KEY",
            other => {
                let known = documented.keys().find(|name| own_name(name) == other);
                return match (known, gate.get(other)) {
                    (Some(name), _) => Meaning::Word(name.clone()),
                    (None, Some(body)) => Meaning::Body(body.clone()),
                    (None, None) => Meaning::Word(other.to_owned()),
                };
            }
        };
        Meaning::Word(token.to_owned())
    }
}

/// `name = body` with further lines set in; `;` begins a remark.
fn documented(text: &str) -> Rules {
    let (mut rules, mut last) = (Rules::new(), String::new());
    for line in text.lines().map(|line| line.split(';').next().unwrap_or_default()) {
        if line.starts_with(' ') {
            rules.entry(last.clone()).or_default().push_str(line);
        } else if let Some((name, body)) = line.split_once('=') {
            last = name.trim().to_owned();
            rules.insert(last.clone(), body.to_owned());
        }
    }
    rules
}

/// `name = @{ body }`, several on a line or one on several; a line that begins with `//` is a remark.
fn parsed(text: &str) -> Rules {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let text: String = lines.flat_map(|line| [line, "\n"]).collect();
    let (mut rules, mut rest) = (Rules::new(), text.as_str());
    while let Some(open) = rest.find('{') {
        let (head, body) = rest.split_at(open);
        let name = head.split('=').next().unwrap_or_default().trim();
        let end = closing(body);
        rules.insert(name.to_owned(), body.get(1..end).unwrap_or_default().to_owned());
        rest = body.get(end + 1..).unwrap_or_default();
    }
    rules
}

/// Where the brace that begins a text is closed.
fn closing(text: &str) -> usize {
    let (mut depth, mut quote, mut escaped) = (0, None, false);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(q), c) if q == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '{') => depth += 1,
            (None, '}') if depth == 1 => return at,
            (None, '}') => depth -= 1,
            (None, _) => {}
        }
    }
    text.len()
}

/// Reads bodies of both notations at once: `[ ]` and `?`, `{ }` and `*`, a blank and `~` mean the same.
struct Reader<'r> {
    rules: &'r Rules,
    name: &'r str,
}

impl<'r> Reader<'r> {
    fn new(rules: &'r Rules, name: &'r str) -> Self {
        Reader { rules, name }
    }

    fn sequences(&self, body: &str, meaning: &dyn Fn(&str) -> Meaning) -> Sequences {
        let words = words(body);
        let mut at = 0;
        let all = self.alternatives(&words, &mut at, meaning);
        assert_eq!(at, words.len(), "`{}` ends early: {words:?} of {}", self.name, self.rules.len());
        all
    }

    fn alternatives(&self, words: &[String], at: &mut usize, meaning: &dyn Fn(&str) -> Meaning) -> Sequences {
        let mut all = self.sequence(words, at, meaning);
        while words.get(*at).is_some_and(|w| w == "|") {
            *at += 1;
            all.extend(self.sequence(words, at, meaning));
        }
        all
    }

    fn sequence(&self, words: &[String], at: &mut usize, meaning: &dyn Fn(&str) -> Meaning) -> Sequences {
        let mut all = Sequences::from([Vec::new()]);
        while let Some(word) = words.get(*at).filter(|w| !["|", ")", "]", "}"].contains(&w.as_str())) {
            let looks = word == "&" || word == "!";
            *at += usize::from(looks);
            let one = self.repeated(words, at, meaning);
            all = if looks { all } else { joined(&all, &one) };
        }
        all
    }

    fn repeated(&self, words: &[String], at: &mut usize, meaning: &dyn Fn(&str) -> Meaning) -> Sequences {
        let mut one = self.single(words, at, meaning);
        while let Some(sign) = words.get(*at).filter(|w| ["?", "*", "+"].contains(&w.as_str())) {
            *at += 1;
            one = match sign.as_str() {
                "?" => optional(one),
                "*" => any_number(one),
                _ => joined(&one, &any_number(one.clone())),
            };
        }
        one
    }

    fn single(&self, words: &[String], at: &mut usize, meaning: &dyn Fn(&str) -> Meaning) -> Sequences {
        let word = words.get(*at).cloned().unwrap_or_default();
        *at += 1;
        if ["(", "[", "{"].contains(&word.as_str()) {
            let inner = self.alternatives(words, at, meaning);
            *at += 1; // what closes it
            return match word.as_str() {
                "(" => inner,
                "[" => optional(inner),
                _ => any_number(inner),
            };
        }
        if word.starts_with('"') {
            return Sequences::from([vec![Part::Word(word)]]);
        }
        match meaning(&word) {
            Meaning::Word(word) => Sequences::from([vec![Part::Word(word)]]),
            Meaning::Body(body) => self.sequences(&body, meaning),
            Meaning::Nothing => Sequences::from([Vec::new()]),
        }
    }
}

fn joined(first: &Sequences, second: &Sequences) -> Sequences {
    let one = |a: &Vec<Part>, b: &Vec<Part>| [a.as_slice(), b.as_slice()].concat();
    first.iter().flat_map(|a| second.iter().map(move |b| one(a, b))).collect()
}

fn optional(mut one: Sequences) -> Sequences {
    one.insert(Vec::new());
    one
}

fn any_number(one: Sequences) -> Sequences {
    let nothing = one.iter().all(Vec::is_empty);
    Sequences::from([if nothing { Vec::new() } else { vec![Part::Repeated(one)] }])
}

/// Names, literals with their quotes, and signs.
fn words(body: &str) -> Vec<String> {
    let (mut all, mut rest) = (Vec::new(), body.trim_start());
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '"' => rest.get(1..).and_then(|r| r.find('"')).map_or(rest.len(), |at| at + 2),
            c if c.is_alphanumeric() || c == '_' => {
                rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
            }
            c => c.len_utf8(),
        };
        let (word, after) = rest.split_at(end);
        if word != "~" {
            all.push(word.to_owned());
        }
        rest = after.trim_start();
    }
    all
}
