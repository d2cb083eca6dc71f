//! Generated documents, others in each run: there and back, and split, they say the same. Optimised (`cargo test
//! --profile property`) five thousand are tried, else a fifth of them.
//!
//! `PASSGATE_DOCUMENTS` sets how many, `PASSGATE_SEED` which, `PASSGATE_FOUND` where what is found is kept.

#![expect(clippy::disallowed_methods, reason = "a test fails where it stands")]

use super::decisions::{Proof, attached, difference, proved, searched};
use super::{Converted, check, read_document};
use crate::{new_seed, setting};
use passgate::cam;
use passgate::catalog::Catalogs;
use passgate::grammar::{Sources, limits};
use passgate::model::{Policy, PolicyKind};
use passgate_harness::derived::few_requests;
use passgate_harness::document::{self, Document, generate, shrink};
use passgate_harness::engines::caught;
use passgate_harness::random::Random;
use std::path::PathBuf;
use std::time::Instant;

/// Documents of a run.
const DOCUMENTS: u64 = if cfg!(debug_assertions) { 1_000 } else { 5_000 };
/// Requests for each statement of a document.
const REQUESTS: usize = 4;
/// Steps of a search alone.
const STEPS: u64 = 100_000;
/// One document of so many is searched alone: it takes long where nothing is optimised.
const SEARCHED: u64 = if cfg!(debug_assertions) { 20 } else { 1 };

/// What a run has tried.
#[derive(Debug, Default)]
struct Tried {
    documents: usize,
    split: usize,
    requests: usize,
    /// Pairs of sets that were proved alike.
    proved: Count,
    /// By the search over all requests alone.
    searched: Count,
}

#[derive(Debug, Default)]
struct Count {
    alike: usize,
    undecided: usize,
}

impl Count {
    fn add(&mut self, proof: Proof) {
        match proof {
            Proof::Alike => self.alike += 1,
            Proof::Undecided => self.undecided += 1,
        }
    }
}

#[test]
fn generated_documents_come_back() {
    let number = |name| setting(name).and_then(|text| text.parse().ok());
    let count = number("PASSGATE_DOCUMENTS").unwrap_or(DOCUMENTS);
    let seed = number("PASSGATE_SEED").unwrap_or_else(new_seed);
    println!("round trip: seed {seed} (PASSGATE_SEED), {count} documents");
    let (mut seeds, mut tried, start) = (Random::new(seed), Tried::default(), Instant::now());
    for _ in 0..count {
        let document = generate(seeds.bits());
        if let Some(fault) = fault(&document, &mut tried) {
            panic!("{}", report(&document, &fault));
        }
    }
    println!("round trip: {tried:?} in {:.1} s", start.elapsed().as_secs_f64());
    assert!(tried.proved.undecided * 100 <= tried.proved.alike, "{tried:?}");
    // About one of fifty; few documents say nothing of a share.
    assert!(count < 5_000 || tried.split * 200 > tried.documents, "{tried:?}");
}

#[test]
fn what_was_found_once_stays_mended() {
    for (file, document) in document::kept(&document::folder()).unwrap() {
        assert_eq!(fault(&document, &mut Tried::default()), None, "{file}");
    }
}

/// What is wrong with a document's conversions; a panic counts.
fn fault(document: &Document, tried: &mut Tried) -> Option<String> {
    let text = document.text();
    caught(|| converted(&text, document, tried).err())
        .unwrap_or_else(|cause| Some(format!("panic: {cause}\n{text}")))
}

fn converted(text: &str, document: &Document, tried: &mut Tried) -> Result<(), String> {
    let Converted { first, model, third, .. } = check(text, document.kind())?;
    tried.documents += 1;
    if document.kind() != PolicyKind::Identity {
        return Ok(());
    }
    let requests = few_requests(&first, REQUESTS, &mut Random::new(document.seed));
    tried.requests += requests.len();
    let split = split(&first)?;
    let (first, second) = (attached(vec![first]), attached(model.policies));
    let mut sides = vec![("gate", second), ("export", attached(vec![third]))];
    if split.len() > 1 {
        tried.split += 1;
        sides.push(("split", attached(split)));
    }
    for (name, side) in &sides {
        let told = |why| format!("{text}\n{name}: {why}");
        tried.proved.add(proved(&first, side).map_err(told)?);
        if document.seed.is_multiple_of(SEARCHED) {
            tried.searched.add(searched(&first, side, STEPS).map_err(told)?);
        }
    }
    match sides.iter().find_map(|(name, side)| Some((name, difference(&first, side, &requests)?))) {
        Some((name, why)) => Err(format!("{text}\n{name}: {why}")),
        None => Ok(()),
    }
}

/// The policies of the documents that a policy is split into; none where it cannot be split.
fn split(policy: &Policy) -> Result<Vec<Policy>, String> {
    let mut policy = policy.clone();
    policy.document = None;
    let (texts, told) = cam::export_split(&policy, &Sources::new(), &Catalogs::builtin());
    if texts.is_none() && told.iter().any(|d| d.code.as_str() == "limit") {
        return Ok(Vec::new());
    }
    let texts = texts.ok_or_else(|| format!("{told:?}"))?;
    if let Some(long) = texts.iter().find(|text| counted(text) > limits::CAM_CHARS) {
        return Err(format!("{} characters in a document", counted(long)));
    }
    texts.iter().map(|text| read_document(text, PolicyKind::Identity)).collect()
}

fn counted(text: &str) -> usize {
    text.chars().filter(|c| !" \t\r\n".contains(*c)).count()
}

/// Shrinks a document that shows a fault, keeps it, and says where.
fn report(document: &Document, why: &str) -> String {
    let small = shrink(document, &|d| fault(d, &mut Tried::default()).is_some());
    let told = fault(&small, &mut Tried::default()).unwrap_or_else(|| why.to_owned());
    let folder = setting("PASSGATE_FOUND").map_or_else(document::folder, PathBuf::from);
    let kept = document::keep(&folder, &small).map(|path| path.display().to_string());
    format!("seed {}: {told}\nkept: {kept:?}", document.seed)
}
