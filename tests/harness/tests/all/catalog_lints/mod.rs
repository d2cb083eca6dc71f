//! The lints that names and catalog facts decide, against definitions that are checked by brute force on small sets, both
//! told and silent. What a lint says about decisions is read off decisions of the reference evaluator; what it says
//! about names is counted anew from the names.
//!
//! `calls`: what calls without a key do, what actions are never handed. `accounts`: calls with an empty account.
//! `values`: addresses and tags as text, times. `lists`: what stands in the lists of a text. `names`: what its names
//! are good for. `notes`: what `@ignore` silences.

mod accounts;
mod calls;
mod lists;
mod names;
mod notes;
mod values;

use crate::setting;
use passgate::check::Request;
use passgate::grammar::Code;
use passgate::grammar::Sources;
use passgate::grammar::tree::PolicyKind;
use passgate::model::Model;
use passgate::{Diagnostic, LoadOptions, TextSources, load};
use passgate_harness::random::Random;
use passgate_harness::world::{Policy, Service, Settings, Statement, World, model};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How often something was told and how often not, by code.
type Counts = BTreeMap<&'static str, (usize, usize)>;

/// Tries cases of one kind: few where nothing is optimised, and then from a seed that stays. Each code must have been
/// told and silent where enough was tried.
#[expect(clippy::print_stdout, reason = "a run says what it tried")]
fn try_cases(what: &str, few: usize, many: usize, case: impl Fn(&mut Random, &mut Counts)) {
    let default = if cfg!(debug_assertions) { few } else { many };
    let cases = setting("PASSGATE_POLICIES").and_then(|text| text.parse().ok()).unwrap_or(default);
    let seed = setting("PASSGATE_SEED").and_then(|text| text.parse().ok()).unwrap_or(0x6361_7461_6c6f_6700);
    let (mut random, mut counts) = (Random::new(seed), Counts::new());
    (0..cases).for_each(|_| case(&mut random, &mut counts));
    println!("{what}: seed {seed}, {cases} cases, told and silent {counts:?}");
    assert!(cases < many || counts.values().all(|(told, silent)| *told > 0 && *silent > 0), "{counts:?}");
}

/// Compares one code: how often it is told of each place, by both.
#[track_caller]
fn compare<P: Ord + Clone + std::fmt::Debug>(
    code: Code,
    told: &BTreeMap<P, usize>,
    expected: &BTreeMap<P, usize>,
    counts: &mut Counts,
    shown: &dyn Fn() -> String,
) {
    let places: BTreeSet<&P> = told.keys().chain(expected.keys()).collect();
    let count = counts.entry(code.as_str()).or_default();
    for place in places {
        let of = |all: &BTreeMap<P, usize>| all.get(place).copied().unwrap_or(0);
        let (told, expected) = (of(told), of(expected));
        *if expected > 0 { &mut count.0 } else { &mut count.1 } += 1;
        assert_eq!(told, expected, "`{code}` of {place:?}\n{}", shown());
    }
}

/// How often a code is told of each statement of a world's model, by line.
fn told_of(told: &[Diagnostic], code: Code, statements: usize) -> BTreeMap<usize, usize> {
    let mut all: BTreeMap<usize, usize> = (0..statements).map(|place| (place, 0)).collect();
    for one in told.iter().filter(|d| d.code == code) {
        *all.entry(one.span.start as usize).or_default() += 1;
    }
    all
}

/// A world of one policy `p`.
fn world(services: Vec<Service>, settings: Settings, statements: Vec<Statement>) -> World {
    let policy = Policy { name: "p".into(), statements, ..Policy::default() };
    World { services, policies: vec![policy], settings, ..World::default() }
}

/// The model in which a statement is asked alone, as an allow.
fn asked_alone(world: &World, statement: &Statement) -> Model {
    let statements = vec![Statement { deny: false, ..statement.clone() }];
    let policy = Policy { name: "p".into(), statements, ..Policy::default() };
    model(&World { policies: vec![policy], ..world.clone() })
}

/// Whether a statement that is asked alone surely matches a call.
fn matches(asked: &Model, call: &Request) -> bool {
    passgate::reference::decide(asked, call).is_ok_and(|decision| decision.allowed)
}

/// What is told of a set of files.
#[expect(clippy::expect_used, reason = "a test fails where it stands")]
fn lint(files: Vec<(String, String)>) -> (Vec<Diagnostic>, Arc<Sources>) {
    let report = load::lint_texts(TextSources::from(files), &LoadOptions::default(), PolicyKind::Identity);
    let report = report.expect("a set");
    let refusal = report.diagnostics.iter().find(|d| d.refuses());
    assert!(refusal.is_none(), "{refusal:#?}");
    (report.diagnostics, report.sources)
}

/// What is told of a set of one file.
fn lint_text(text: &str) -> (Vec<Diagnostic>, Arc<Sources>) {
    lint(vec![("set.gate".to_owned(), text.to_owned())])
}

/// How often a code is told of each line after the first of the only policy file.
fn told_of_lines(told: &(Vec<Diagnostic>, Arc<Sources>), code: Code, lines: usize) -> BTreeMap<usize, usize> {
    let (told, sources) = told;
    let mut all: BTreeMap<usize, usize> = (0..lines).map(|place| (place, 0)).collect();
    for one in told.iter().filter(|d| d.code == code) {
        *all.entry(sources.start(one.span).line as usize - 2).or_default() += 1;
    }
    all
}
