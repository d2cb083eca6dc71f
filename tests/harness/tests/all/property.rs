//! Generated worlds: table and reference give equal answers, with equal reasons, statements, codes and keys.
//!
//! Run it optimised (`cargo test --profile property`): then it compares two million cells and demands that everything
//! has occurred a thousand times. `PASSGATE_CELLS` sets another number of cells, `PASSGATE_SEED` other worlds,
//! `PASSGATE_FOUND` another folder for what is found.

use crate::setting;
use passgate_harness::census::Census;
use passgate_harness::engines::{Engines, caught};
use passgate_harness::found;
use passgate_harness::random::Random;
use passgate_harness::world::{World, generate, model, shrink};
use std::path::PathBuf;

/// Cells of a run that has to show everything.
const CELLS: usize = 2_000_000;
/// Cells where nothing is optimised.
const CELLS_UNOPTIMISED: usize = 20_000;
/// How often everything has to occur in a whole run.
const LEAST: usize = 1_000;
/// One request of so many is put to the other faces of the gate too.
const OTHER_FACES: usize = 4;
/// The first seed.
const SEED: u64 = 0x7061_7373_6761_7465;

#[test]
fn table_and_reference_agree() {
    let default = if cfg!(debug_assertions) { CELLS_UNOPTIMISED } else { CELLS };
    let cells = setting("PASSGATE_CELLS").and_then(|text| text.parse().ok()).unwrap_or(default);
    let seed = setting("PASSGATE_SEED").and_then(|text| text.parse().ok()).unwrap_or(SEED);
    let mut seeds = Random::new(seed);
    let mut census = Census::new();
    println!("property: seed {seed}, {cells} cells");
    while census.cells < cells {
        let world = generate(seeds.bits());
        if let Some(fault) = disagreement(&world, &mut census) {
            panic!("{}", report(&world, &fault));
        }
    }
    println!("property: {} cells, table = reference\n{}", census.cells, census.table());
    let rare = census.below(LEAST);
    assert!(cells < CELLS || rare.is_empty(), "occurred less than {LEAST} times: {rare:#?}");
}

#[test]
fn what_was_found_once_stays_mended() {
    for (file, world) in found::kept(&found::folder()).unwrap() {
        let fault = disagreement(&world, &mut Census::new());
        assert_eq!(fault, None, "{file}");
    }
}

/// The first request of a world on which the engines differ, or at which one panics.
fn disagreement(world: &World, census: &mut Census) -> Option<String> {
    let compared = caught(|| {
        let engines = match Engines::new(model(world)) {
            Ok(engines) => engines,
            Err(refusal) => return Some(format!("refused: {refusal}")),
        };
        for (number, ask) in world.asks.iter().enumerate() {
            let request = ask.request();
            let (expected, found) = (engines.reference(&request), engines.table(&request));
            if expected != found {
                return Some(format!("reference: {expected}\ntable:     {found}\n{ask:#?}"));
            }
            let loaded = engines.loaded(&request);
            if expected != loaded {
                return Some(format!("reference: {expected}\ncompiled file: {loaded}\n{ask:#?}"));
            }
            if number % OTHER_FACES == 1 && expected != engines.kept(&request) {
                return Some(format!(
                    "reference: {expected}\nmodel of the compiled file: {}\n{ask:#?}",
                    engines.kept(&request)
                ));
            }
            if number % OTHER_FACES == 0
                && let Some(fault) = engines.other_faces(&request, ask.line().as_deref())
            {
                return Some(format!("{fault}\n{ask:#?}"));
            }
            census.count(engines.model(), &request, &expected, engines.cell(&request));
        }
        None
    });
    compared.unwrap_or_else(|cause| Some(format!("panic: {cause}")))
}

/// Shrinks a world that shows a fault, keeps it, and says where.
fn report(world: &World, fault: &str) -> String {
    let small = shrink(world, &|w| disagreement(w, &mut Census::new()).is_some());
    let told = disagreement(&small, &mut Census::new()).unwrap_or_else(|| fault.to_owned());
    let folder = setting("PASSGATE_FOUND").map_or_else(found::folder, PathBuf::from);
    let kept = found::keep(&folder, &small).map(|path| path.display().to_string());
    format!("seed {}: {told}\nshrunk world: {small:#?}\nkept: {kept:?}", world.seed)
}
