//! Formatted sets mean what they meant: generated worlds and real files, laid out in other ways, with comments at the
//! borders of their words, are formatted; model, tree and comments are then those of before.
//!
//! `PASSGATE_FORMATTED` sets how many texts, `PASSGATE_SEED` which.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

use crate::docs::page::pages;
use crate::{new_seed, number};
use passgate::grammar::{Sources, parse};
use passgate::load::{
    FilesToFormat, LoadOptions, TextSources, compile_model, files_to_format, format_file, format_text,
};
use passgate::model::{Condition, Model, Test};
use passgate_harness::found::workspace;
use passgate_harness::random::Random;
use passgate_harness::scatter::scatter;
use passgate_harness::shape::{shape, without_places};
use passgate_harness::vectors;
use passgate_harness::world::{files, generate};
use std::fmt::Write;

/// Texts of a run.
const TEXTS: usize = 6_000;
/// The same where nothing is optimised.
const TEXTS_UNOPTIMISED: usize = 300;
/// One set of so many is a generated world, the others are real.
const GENERATED: usize = 3;

/// Name and text of each file of a set.
type Set = Vec<(String, String)>;

#[test]
fn the_meaning_stays() {
    let default = if cfg!(debug_assertions) { TEXTS_UNOPTIMISED } else { TEXTS };
    let texts = number("PASSGATE_FORMATTED").map_or(default, |n| n as usize);
    let seed = number("PASSGATE_SEED").unwrap_or_else(new_seed);
    println!("formatting: seed {seed} (PASSGATE_SEED), {texts} texts");
    let mut random = Random::new(seed);
    let real = real_sets();
    assert!(real.len() > 100, "only {} real sets", real.len());
    let (mut done, mut refused) = (0, 0);
    while done < texts {
        let set = if random.below(GENERATED) == 0 { world(&mut random) } else { random.pick(&real).cloned() };
        let Some(set) = set else { continue };
        let percent = [0, 5, 30, 80].get(random.below(4)).copied().unwrap_or(0);
        match check(&set, percent, &mut random) {
            Some(gates) => done += gates,
            None => refused += 1,
        }
    }
    println!("formatting: {done} texts, {refused} sets refused as scattered");
    assert!(refused * 4 < texts, "{refused} of {texts}");
}

#[test]
fn the_example_is_in_its_canonical_form() {
    let folder = workspace().join("examples/partners");
    let FilesToFormat { files, errors } = files_to_format(&folder).unwrap();
    assert!(errors.is_empty(), "{errors:?}");
    assert!(files.iter().any(|file| file.ends_with("documents/portal-2024.json")), "{files:?}");
    for file in files {
        let formatted = format_file(&file, None).unwrap();
        assert_eq!(formatted.text.as_deref(), Some(formatted.before()), "{}", file.display());
    }
}

fn world(random: &mut Random) -> Option<Set> {
    files(&generate(random.bits())).filter(|files| files.boundary.is_empty()).map(|files| files.set)
}

/// Scatters the `.gate` files of a set, formats them, and compares; `None` where the scattered set is refused.
fn check(set: &Set, percent: usize, random: &mut Random) -> Option<usize> {
    let is_gate = |name: &str| name.ends_with(".gate");
    let scattered: Set = set
        .iter()
        .map(|(name, text)| {
            let text = if is_gate(name) { scatter(text, percent, random) } else { text.clone() };
            (name.clone(), text)
        })
        .collect();
    let before = model(&scattered).ok()?;
    let mut gates = 0;
    let formatted: Set = scattered
        .iter()
        .map(|(name, text)| {
            let is_text = is_gate(name) || name.ends_with(".json") && text.contains("\"statement\"");
            gates += usize::from(is_gate(name));
            let new = if is_text { same_text(name, text) } else { text.clone() };
            (name.clone(), new)
        })
        .collect();
    let after = model(&formatted)
        .unwrap_or_else(|error| panic!("{error}: {:?}\n{}", error.diagnostics().first(), shown(&formatted)));
    if let Some(fault) = difference(&said(&before), &said(&after)) {
        panic!("{fault}\n{}", shown(&scattered));
    }
    Some(gates)
}

/// A text's canonical form, which has its tree and comments, and stays.
fn same_text(name: &str, text: &str) -> String {
    let formatted = format_text(name, text, None);
    let new = formatted.text.unwrap_or_else(|| panic!("{name}: {:?}\n{text}", formatted.diagnostics));
    if name.ends_with(".gate")
        && let Some(fault) = difference(&tree(text), &tree(&new))
    {
        panic!("{fault}\n{text}");
    }
    let again = format_text(name, new.as_str(), None).text;
    assert_eq!(again.as_deref(), Some(new.as_str()), "not idempotent:\n{text}");
    new
}

/// Where two texts differ first, with what stands around that place.
fn difference(before: &str, after: &str) -> Option<String> {
    let at = before.chars().zip(after.chars()).take_while(|(a, b)| a == b).count();
    let around = |text: &str| text.chars().skip(at.saturating_sub(100)).take(300).collect::<String>();
    (before != after).then(|| format!("before: …{}…\nafter:  …{}…", around(before), around(after)))
}

/// What a text says, and its comments in order.
fn tree(text: &str) -> String {
    let mut sources = Sources::new();
    let id = sources.add("t.gate", text);
    let file = parse::parse(&sources, id).file;
    let comment = |span| sources.slice(span).trim_end().to_owned();
    let comments: Vec<String> = file.comments.iter().map(|c| comment(c.span)).collect();
    format!("{}\n{}", comments.join("\n"), shape(&sources, &file).join("\n"))
}

fn model(set: &Set) -> passgate::Result<Model> {
    let texts: TextSources = set.iter().cloned().collect();
    compile_model(texts, &LoadOptions::default())
}

fn shown(set: &Set) -> String {
    set.iter().map(|(name, text)| format!("--- {name}\n{text}\n")).collect()
}

/// All that a model says, without places.
fn said(model: &Model) -> String {
    let mut out = String::new();
    for policy in &model.policies {
        let head = (&policy.name, policy.kind, &policy.version, &policy.notes, policy.document.is_some());
        // Writing to a string cannot fail.
        let _ = writeln!(out, "policy {}", without_places(&head));
        for statement in &policy.statements {
            let parts =
                (statement.effect, &statement.id, &statement.notes, &statement.actions, &statement.resources);
            let mut conditions: Vec<String> = statement.conditions.iter().map(condition).collect();
            conditions.sort();
            let _ = writeln!(out, "  {}", without_places(&parts));
            let _ = writeln!(out, "    {} {conditions:#?}", without_places(&statement.principals));
        }
    }
    let groups = (&model.groups, &model.users, &model.named, &model.everyone, &model.boundary);
    let _ = writeln!(out, "{}\n{:?}", without_places(&groups), model.settings);
    out
}

/// A condition; of an address condition that is not negated, and may be one that is, what it takes away.
fn condition(condition: &Condition) -> String {
    use passgate::address::PrefixSet;
    if let Test::Ip { negated, prefixes, .. } = &condition.test
        && !condition.if_exist
    {
        let set = PrefixSet::from_prefixes(prefixes.to_vec());
        let set = if *negated { PrefixSet::everywhere().except(&set) } else { set };
        let rest = (condition.qualifier, &condition.key, set.prefixes());
        return format!("address {}", without_places(&rest));
    }
    without_places(condition)
}

/// The example, the examples of the pages, the sets of the vectors.
fn real_sets() -> Vec<Set> {
    let mut sets = vec![folder("examples/partners")];
    let mut head = String::new();
    for page in pages() {
        for block in page.blocks().into_iter().filter(|block| block.is("gate")) {
            if block.is("policy") {
                let text = format!("{head}\npolicy example {{\n{}\n}}\n", block.text);
                sets.push(vec![("set.gate".to_owned(), text)]);
            } else {
                head.clone_from(&block.text);
                sets.push(vec![("set.gate".to_owned(), block.text)]);
            }
        }
    }
    for suite in vectors::read_all().unwrap().into_iter().flat_map(|(_, file)| file.suites) {
        let mut set: Set = suite.files.iter().map(|(name, text)| (name.clone(), text.text())).collect();
        if !suite.files.contains_key("passgate.toml") && set.len() > 1 {
            let options = &suite.options;
            let settings = format!("catalogs = {:?}\nopaque = {:?}\n", options.catalogs, options.opaque);
            set.push(("passgate.toml".to_owned(), settings));
        }
        sets.push(set);
    }
    sets.retain(|set| set.iter().any(|(name, _)| name.ends_with(".gate")) && model(set).is_ok());
    sets
}

#[expect(clippy::disallowed_methods, reason = "a test reads the example")]
fn folder(name: &str) -> Set {
    let entries = std::fs::read_dir(workspace().join(name)).unwrap();
    let mut set = Set::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        if [".gate", ".json", ".toml"].iter().any(|ending| file.ends_with(ending)) {
            set.push((file, std::fs::read_to_string(&path).unwrap()));
        }
    }
    set.sort();
    set
}
