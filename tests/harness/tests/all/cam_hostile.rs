//! No CAM document, however broken or hostile, makes the reader panic, overflow a small stack or take more than
//! nearly linear time: documents of the corpus and our own are mutated from a fixed seed, and texts that aim at one
//! weakness each are read, all on a thread of 128 KiB.

use passgate::cam;
use passgate::catalog::Catalogs;
use passgate::grammar::{Sources, limits};
use passgate::model::{Policy, PolicyKind};
use passgate_harness::corpus::{corpus, documents};
use passgate_harness::random::Random;

const SEED: u64 = 20_260_101;
const ROUNDS: usize = 40;
const STACK: usize = 128 * 1024;

/// Documents of every shape that the format has.
const OWN: &[&str] = &[
    r#"{"version":"2.0","statement":{"effect":"allow","action":"*","resource":"*"}}"#,
    r#"{"version":"3.0","principal":{"qcs":["*"]},"statement":[{"effect":"deny","action":["name/cvm:*","permid/7"],
        "resource":["qcs::cvm:gz:uin/1:x/${uin}","*"],"condition":{"for_any_value:string_equal_if_exist":
        {"cos:a":["x","\u00e9\ud83d\ude00"]},"numeric_less_than":{"n":[1,-2.5e3,"7"]},"bool_equal":{"mfa":true}}}]}"#,
    r#"{"version":"2.0","statement":[{"effect":"allow","action":"sts:AssumeRole","principal":{"service":"a",
        "federated":["qcs::cam::uin/1:saml-provider/x"]},"condition":{"ip_not_equal":{"qcs:ip":["10.0.0.9/8","::1"]},
        "date_less_than":{"qcs:current_time":"2026-01-01 00:00:00"},"null_equal":{"k":["true",false]}}}]}"#,
    "\u{FEFF}{ // comment\n\"Version\": “2.0”, 'Statement': [{\"Effect\": \"Allow\",}] } ... {}",
];

/// Pieces that turn one token into another.
const TOKENS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u",
    "\\ud800",
    "${",
    "${uin}",
    "*",
    "?",
    "//",
    "null",
    "true",
    "1e999",
    "-",
    "\u{A0}",
    "”",
    "…",
    "\0",
    "\n",
    "qcs::",
    "uin/",
    "::ffff:1.2.3.4",
    "/33",
    "statement",
    "NotAction",
    "_if_exist",
];

/// Runs on a thread with little stack; a panic there fails the test.
fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(run);
    assert!(thread.is_ok_and(|t| t.join().is_ok()), "the reader panicked");
}

/// Reads a text as every kind; what is accepted is written in both languages too.
fn read(text: &str) -> usize {
    let mut accepted = 0;
    for kind in [PolicyKind::Identity, PolicyKind::Trust, PolicyKind::Resource] {
        let mut sources = Sources::new();
        let id = sources.add("doc.json", text);
        let (policy, mut told) = cam::read(&sources, id, kind, "doc");
        assert_eq!(policy.is_some(), !told.iter().any(|d| d.refuses()), "{text}");
        assert!(told.len() <= limits::SHOWN_DIAGNOSTICS + 1);
        for diagnostic in &mut told {
            let (start, end) = (diagnostic.span.start as usize, diagnostic.span.end as usize);
            assert!(start <= end && end <= text.len(), "{text}: {diagnostic:?}");
            assert!(text.is_char_boundary(start) && text.is_char_boundary(end), "{text}: {diagnostic:?}");
            diagnostic.path = None;
        }
        if let Some(source) = sources.get(id) {
            cam::add_paths(source, id, &mut told);
        }
        if let Some(policy) = policy {
            accepted += 1;
            write(policy, &mut sources);
        }
    }
    accepted
}

/// What was accepted is exported to a document that is accepted too, and has a `.gate` text.
fn write(mut policy: Policy, sources: &mut Sources) {
    policy.document = None;
    let (document, told) = cam::export(&policy, sources, &Catalogs::empty());
    assert!(document.is_some(), "{told:?}");
    let again = sources.add("again.json", document.unwrap_or_default());
    let (read, told) = cam::read(sources, again, policy.kind, "doc");
    assert!(read.is_some(), "{told:?}");
    assert!(!cam::to_gate(std::slice::from_ref(&policy), &Catalogs::empty()).0.is_empty());
}

/// One change: bytes flipped, cut or doubled, a token put in or in the place of another.
fn mutate(text: &str, random: &mut Random) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let at = random.below(bytes.len());
    match random.below(9) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << random.below(7);
            }
        }
        1 => bytes.truncate(at),
        2 => drop(bytes.drain(at..(at + random.between(1, 8)).min(bytes.len()))),
        3 => drop(bytes.splice(at..at, random.word(TOKENS).into_bytes())),
        4 => {
            let end = (at + random.between(1, 12)).min(bytes.len());
            drop(bytes.splice(at..end, random.word(TOKENS).into_bytes()));
        }
        6..=8 => return swapped(text, random),
        _ => {
            let end = (at + random.between(1, 40)).min(bytes.len());
            let copy: Vec<u8> = bytes.get(at..end).unwrap_or(&[]).to_vec();
            let to = random.below(bytes.len());
            drop(bytes.splice(to..to, copy));
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Two strings of the text in each other's place, or one of them as a token.
fn swapped(text: &str, random: &mut Random) -> String {
    let mut parts: Vec<&str> = text.split('"').collect();
    let place = |random: &mut Random| random.below(parts.len() / 2) * 2 + 1;
    let (one, other) = (place(random), place(random));
    if one < parts.len() && other < parts.len() {
        parts.swap(one, other);
    }
    let token = random.chance(20).then(|| random.pick(TOKENS)).flatten();
    if let (Some(slot), Some(token)) = (parts.get_mut(one), token) {
        *slot = token;
    }
    parts.join("\"")
}

#[test]
fn mutated_documents_are_read_or_refused() {
    let mut texts: Vec<String> = OWN.iter().map(|t| (*t).to_owned()).collect();
    if let Some(folder) = corpus("mutated documents") {
        #[expect(clippy::disallowed_methods, reason = "tests read their corpus")]
        texts.extend(documents().iter().map(|d| std::fs::read_to_string(folder.join(&d.file)).unwrap()));
    }
    println!("mutated documents: seed {SEED}, {ROUNDS} rounds of {} documents", texts.len());
    on_a_small_stack(move || {
        let mut random = Random::new(SEED);
        let (mut accepted, mut tried) = (0, 0);
        for text in &texts {
            read(text);
            for _ in 0..ROUNDS {
                let mut changed = mutate(text, &mut random);
                while random.chance(40) {
                    changed = mutate(&changed, &mut random);
                }
                accepted += read(&changed);
                tried += 3;
            }
        }
        println!("mutated documents: {accepted} of {tried} readings accepted");
        assert!(
            accepted * 100 > tried && accepted * 100 < tried * 60,
            "mutations of both outcomes: {accepted}"
        );
    });
}

fn statement(members: &str) -> String {
    format!(r#"{{"version":"2.0","statement":[{{"effect":"allow","action":"*","resource":"*",{members}}}]}}"#)
}

fn condition(inner: &str) -> String {
    statement(&format!(r#""principal":"*","condition":{inner}"#))
}

fn listed(n: usize, one: impl Fn(usize) -> String) -> String {
    (0..n).map(one).collect::<Vec<_>>().join(",")
}

/// What is aimed at, and the text of `n` units.
type Hostile = (&'static str, fn(usize) -> String);

/// Texts that grow with `n` and aim at one weakness each.
const HOSTILE: &[Hostile] = &[
    ("open arrays", |n| "[".repeat(n)),
    ("open objects", |n| "{\"a\":".repeat(n)),
    ("one string of stars", |n| statement(&format!(r#""x":"{}""#, "*".repeat(n)))),
    ("an action of stars", |n| {
        format!(r#"{{"version":"2.0","statement":[{{"effect":"allow","action":"cvm:{}"}}]}}"#, "*".repeat(n))
    }),
    ("a resource of signs", |n| {
        format!(r#"{{"version":"2.0","statement":[{{"resource":"qcs::cvm:::{}"}}]}}"#, "<{$".repeat(n))
    }),
    ("an open string", |n| format!("\"{}", "a".repeat(n))),
    ("open quotes before a line end", |n| format!("[\"{}\n", "”".repeat(n))),
    ("escapes", |n| format!("[\"{}", "\\\\".repeat(n))),
    ("unicode escapes", |n| format!("[\"{}\"]", "\\u0041".repeat(n))),
    ("one key many times", |n| format!("{{{}}}", listed(n, |_| "\"a\":1".into()))),
    ("many unknown members", |n| format!("{{{}}}", listed(n, |i| format!("\"statemen{i}\":1")))),
    ("many wrong keywords", |n| format!("{{{}}}", listed(n, |_| "\"Statement\":1".into()))),
    ("many bad actions", |n| {
        format!(r#"{{"version":"2.0","statement":[{{"action":[{}]}}]}}"#, listed(n, |_| "\"?\"".into()))
    }),
    ("many empty statements", |n| {
        format!(r#"{{"version":"2.0","statement":[{}]}}"#, listed(n, |_| "{}".into()))
    }),
    ("many unknown operators", |n| {
        condition(&format!("{{{}}}", listed(n, |i| format!("\"string_equa{i}\":{{\"k\":\"v\"}}"))))
    }),
    ("many unknown keys", |n| {
        condition(&format!("{{\"string_equal\":{{{}}}}}", listed(n, |i| format!("\"qcs:i{i}\":\"v\""))))
    }),
    ("many bad variables", |n| {
        condition(&format!("{{\"string_equal\":{{\"mfa\":\"{}\"}}}}", "${".repeat(n)))
    }),
    ("many variables", |n| {
        condition(&format!("{{\"string_equal\":{{\"mfa\":[{}]}}}}", listed(n, |_| "\"${uin}${uin}\"".into())))
    }),
    ("many addresses with host bits", |n| {
        condition(&format!("{{\"ip_equal\":{{\"qcs:ip\":[{}]}}}}", listed(n, |_| "\"10.0.0.1/8\"".into())))
    }),
    ("many principals for many statements", |n| {
        let names = listed(n / 2, |_| "\"*\"".into());
        let statements = listed(n / 2, |_| r#"{"effect":"allow","action":"*","resource":"*"}"#.into());
        format!(r#"{{"version":"2.0","principal":{{"qcs":[{names}]}},"statement":[{statements}]}}"#)
    }),
    ("numbers", |n| format!("[{}", "1".repeat(n))),
    ("blanks", |n| " ".repeat(n)),
    ("commas", |n| format!("[{}", ",".repeat(n))),
    ("a comment", |n| format!("// {}", "x".repeat(n))),
    ("a wide text", |n| "“".repeat(n)),
];

/// Units of a hostile text: a reader that is not linear would need longer than anybody waits.
const UNITS: usize = 100_000;

#[test]
fn hostile_texts_take_linear_time() {
    on_a_small_stack(|| {
        for (what, make) in HOSTILE {
            let mut sources = Sources::new();
            let id = sources.add("doc.json", make(UNITS));
            let (_, told) = cam::read(&sources, id, PolicyKind::Resource, "doc");
            assert!(told.len() <= limits::SHOWN_DIAGNOSTICS + 1, "{what}");
        }
    });
}

#[test]
fn a_million_brackets_stars_and_keys_are_refused() {
    on_a_small_stack(|| {
        for (what, make) in HOSTILE.iter().filter(|(what, _)| MILLION.contains(what)) {
            let mut sources = Sources::new();
            let id = sources.add("doc.json", make(1_000_000));
            let (policy, told) = cam::read(&sources, id, PolicyKind::Identity, "doc");
            assert!(policy.is_none() && !told.is_empty(), "{what}");
        }
    });
}

const MILLION: [&str; 5] =
    ["open arrays", "open objects", "one string of stars", "an action of stars", "one key many times"];
