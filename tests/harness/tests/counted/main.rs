//! Time and memory grow with the text, and no faster: every hostile shape goes through reading, formatting, loading and
//! all lints, at a size and at twice that size, and what is counted grows at most 2.2-fold.
//!
//! Counted are allocations, bytes and the most bytes at a time, by an allocator that counts (`allocations`), and the
//! steps of the exact lints: the same numbers in every run on every machine, so no clock is read. What the smallest text
//! of a shape takes is taken off first, so that what is the same for every set hides nothing. A test binary of its own,
//! since it has an allocator of its own. `shapes` has the texts; `memory` holds what a gate says of its memory against it.

#![expect(clippy::print_stdout, reason = "a test says what it counted")]

mod allocations;
mod documents;
mod memory;
mod shapes;

use allocations::{Counted, counted};
use passgate::grammar::{Sources, parse};
use passgate::load::{compile_model, format_text, lint_texts};
use passgate::model::PolicyKind;
use passgate::{Gate, LoadOptions, lint};
use std::hint::black_box;

/// Pieces of a shape; twice that at last. Above 500, since near spellings are looked for as often as that and no more.
const SIZE: usize = 800;
/// One shape of so many is tried where nothing is optimised.
const STRIDE: usize = if cfg!(debug_assertions) { 8 } else { 1 };
/// What is counted below this is noise: a list that grows by a step more.
const FLOOR: usize = 16 * 1024;

/// A shape of text: its name, the name of the file, and a text of so many pieces.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) file: &'static str,
    pub(crate) write: fn(usize) -> String,
}

/// One number that must not grow faster than the text.
struct Figure {
    phase: &'static str,
    what: &'static str,
    count: usize,
}

type Phase = (&'static str, fn(&Shape, &str));

const PHASES: [Phase; 4] = [
    ("read", |shape, text| {
        let mut sources = Sources::new();
        let id = sources.add(shape.file, text);
        if shape.file.ends_with(".gate") {
            black_box(parse::parse(&sources, id));
        } else {
            black_box(passgate::cam::read(&sources, id, PolicyKind::Identity, "p"));
        }
    }),
    ("format", |shape, text| drop(black_box(format_text(shape.file, text, None)))),
    ("load", |shape, text| drop(black_box(Gate::compile([(shape.file, text)])))),
    ("lint", |shape, text| {
        let told = lint_texts([(shape.file, text)], &LoadOptions::default(), PolicyKind::Identity);
        assert!(told.is_ok(), "{}: {told:?}", shape.name);
    }),
];

fn figures(shape: &Shape, size: usize) -> Vec<Figure> {
    let text = (shape.write)(size);
    let mut all = Vec::new();
    for (phase, run) in PHASES {
        let ((), Counted { calls, bytes, peak, .. }) = counted(|| run(shape, &text));
        for (what, count) in [("allocations", calls * 16), ("bytes", bytes), ("peak", peak)] {
            all.push(Figure { phase, what, count });
        }
    }
    let model = compile_model([(shape.file, text.as_str())], &LoadOptions::default());
    let steps = model.map_or(0, |model| lint::run_exact_counted(&model).1);
    all.push(Figure {
        phase: "exact lints",
        what: "steps",
        count: usize::try_from(steps).unwrap_or(usize::MAX),
    });
    all
}

/// What of a shape grows faster than 2.2-fold.
fn check(shape: &Shape) -> Vec<String> {
    let [none, once, twice] = [1, SIZE, 2 * SIZE].map(|size| figures(shape, size));
    let grown = none.iter().zip(&once).zip(&twice).filter_map(|((none, once), twice)| {
        // The peak may lie in another phase; and a small text may be read where a large one is refused.
        let same = if once.what == "peak" || none.count > once.count { 0 } else { none.count };
        let [small, large] = [once, twice].map(|figure| figure.count.saturating_sub(same));
        let Figure { phase, what, .. } = once;
        println!("{:40} {phase:12} {what:12} {small:>12} {large:>12}", shape.name);
        let fast = large * 10 > small.max(FLOOR) * 22;
        fast.then(|| format!("{}: {phase}, {what}: {small} to {large}", shape.name))
    });
    grown.collect()
}

fn check_all(shapes: &[Shape]) {
    let grown: Vec<String> = shapes.iter().step_by(STRIDE).flat_map(check).collect();
    assert!(grown.is_empty(), "grows faster than the text:\n{}", grown.join("\n"));
}

#[test]
fn texts_that_are_no_policies() {
    check_all(shapes::BROKEN);
}

#[test]
fn names_that_lead_to_names() {
    check_all(shapes::NAMES);
}

#[test]
fn long_lists() {
    check_all(shapes::LISTS);
}

#[test]
fn many_statements() {
    check_all(shapes::STATEMENTS);
}

#[test]
fn many_callers_and_instances() {
    check_all(shapes::CALLERS);
}

#[test]
fn asserts_and_tests() {
    check_all(shapes::PROOFS);
}

#[test]
fn documents() {
    check_all(documents::ALL);
}

/// The counter itself: it must see what is there.
#[test]
fn what_grows_with_the_square_is_seen() {
    let bytes = |size: usize| counted(|| (1..=size).map(|n| vec![0u8; n].len()).sum::<usize>()).1;
    let [small, large] = [bytes(500), bytes(1_000)];
    assert!(large.calls < small.calls * 22 / 10 && large.bytes > small.bytes * 3, "{small:?} {large:?}");
    assert!(large.peak <= 1_000 && small.peak <= 500);
}
