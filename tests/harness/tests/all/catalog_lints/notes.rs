//! `unused-ignore`: what is told with `@ignore` notes is what is told without them, but for what they silence; and each
//! code of a note that silences nothing.

use super::{lint_text, try_cases};
use passgate::grammar::code;
use passgate_harness::random::Random;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn notes_silence_what_is_told_without_them() {
    try_cases("notes", 25, 3_000, |random, counts| {
        let set = Set::some(random);
        let (expected, silenced) = set.expected();
        let told = told(&set.text(true));
        let places: BTreeSet<&Place> = told.keys().chain(expected.keys()).collect();
        for place in places {
            let of = |all: &Told| all.get(place).copied().unwrap_or(0);
            assert_eq!(of(&told), of(&expected), "{place:?}\n{}", set.text(true));
        }
        let count = counts.entry(code::UNUSED_IGNORE.as_str()).or_default();
        count.0 += usize::from(expected.keys().any(|(_, code)| code == "unused-ignore"));
        count.1 += usize::from(silenced);
    });
}

/// Line and code.
type Place = (usize, String);
/// How often each code is told of each line.
type Told = BTreeMap<Place, usize>;

const STATEMENTS: [&str; 6] = [
    "deny QueryUser from 10.0.0.5/24",
    "allow PayOrders, PayOrders",
    "allow read",
    "deny write not from 10.0.0.0/8",
    "allow PayOrders",
    "allow PayOrders unless from 10.0.0.0/8 since 2027-01-01T00:00:00Z until 2026-01-01T00:00:00Z",
];
const LINTS: [&str; 9] = [
    "dead-deny",
    "host-bits-set",
    "duplicate",
    "odd-category",
    "open-deny",
    "open-allow",
    "shadowed",
    "cancelled",
    "contradiction",
];

/// A policy: codes of the note before it, and of those before its statements.
struct Set {
    around: Vec<String>,
    statements: Vec<(Vec<String>, String)>,
}

impl Set {
    fn some(random: &mut Random) -> Set {
        let note = |random: &mut Random, percent: usize| {
            let count = if random.chance(percent) { random.between(1, 2) } else { 0 };
            let mut codes: Vec<String> = (0..count).map(|_| random.word(&LINTS)).collect();
            codes.dedup();
            codes
        };
        let around = note(random, 40);
        let statements = (0..random.between(1, 4)).map(|_| (note(random, 70), random.word(&STATEMENTS)));
        Set { around, statements: statements.collect() }
    }

    /// The notes on lines of their own, which stay empty without them.
    fn text(&self, with_notes: bool) -> String {
        let note = |codes: &[String]| match codes {
            codes if codes.is_empty() || !with_notes => String::new(),
            codes => format!("@ignore({}, \"why\")", codes.join(", ")),
        };
        let lines = self.statements.iter().map(|(codes, statement)| format!("{}\n{statement}", note(codes)));
        let lines: Vec<String> = lines.collect();
        format!("use intlpartnersmgt\n{}\npolicy p {{\n{}\n}}", note(&self.around), lines.join("\n"))
    }

    /// Line and codes of each note; a statement stands on the line after its own.
    fn notes(&self) -> impl Iterator<Item = (usize, &[String])> {
        let own = self.statements.iter().zip((4..).step_by(2)).map(|((codes, _), at)| (at, codes.as_slice()));
        own.chain([(AROUND, self.around.as_slice())])
    }

    /// The line of the innermost note that names a code and stands before what is told.
    fn note_of(&self, (line, code): &Place) -> Option<usize> {
        let names = |codes: &[String]| codes.contains(code);
        let own = self.notes().find(|(at, codes)| *at != AROUND && at + 1 == *line && names(codes));
        let around = || (names(&self.around) && *line > AROUND).then_some(AROUND);
        own.map(|(at, _)| at).or_else(around)
    }

    /// What is to be told, and whether anything is silenced.
    fn expected(&self) -> (Told, bool) {
        let mut expected = Told::new();
        let mut used: BTreeSet<(usize, String)> = BTreeSet::new();
        for (place, count) in told(&self.text(false)) {
            match self.note_of(&place) {
                Some(note) => _ = used.insert((note, place.1)),
                None => _ = expected.insert(place, count),
            }
        }
        for (at, codes) in self.notes() {
            let unused = codes.iter().filter(|code| !used.contains(&(at, (*code).clone()))).count();
            if unused > 0 {
                expected.insert((at, code::UNUSED_IGNORE.to_string()), unused);
            }
        }
        (expected, !used.is_empty())
    }
}

/// The line of the note before the policy.
const AROUND: usize = 2;

fn told(text: &str) -> Told {
    let mut told = Told::new();
    let (all, sources) = lint_text(text);
    for one in &all {
        *told.entry((sources.start(one.span).line as usize, one.code.to_string())).or_default() += 1;
    }
    told
}
