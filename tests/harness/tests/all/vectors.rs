//! The decision vectors: reference and table give the answers that were written by hand from the semantics.

use passgate::check::LineChecker;
use passgate::model::Model;
use passgate::{Gate, Request, reference};
use passgate_harness::vectors::{Suite, read_all};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Decisions that have to be there at least.
const LEAST: usize = 600;

#[test]
fn reference_and_table_give_the_written_answers() {
    let mut wrong = Vec::new();
    let mut sections: BTreeMap<String, usize> = BTreeMap::new();
    let mut refused = 0;
    for (file, vectors) in read_all().unwrap() {
        for suite in &vectors.suites {
            *sections.entry(suite.section.clone()).or_default() += suite.cases.len();
            refused += usize::from(suite.refused.is_some());
            let file = Path::new(&file).file_name().unwrap_or_default().display();
            wrong.extend(run(suite).into_iter().map(|fault| format!("{file} {}: {fault}", suite.name)));
        }
    }
    let decisions: usize = sections.values().sum();
    let by_section: Vec<String> = sections.iter().map(|(section, n)| format!("§{section}: {n}")).collect();
    println!("vectors: {decisions} decisions, {refused} refused sets\n{}", by_section.join("  "));
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(decisions >= LEAST, "{decisions} decisions");
}

#[test]
fn names_are_unique() {
    let mut suites = BTreeSet::new();
    for (_, vectors) in read_all().unwrap() {
        for suite in vectors.suites {
            let mut cases = BTreeSet::new();
            for case in &suite.cases {
                assert!(cases.insert(case.name.clone()), "{}: {}", suite.name, case.name);
                assert_ne!(case.request.is_some(), case.line.is_some(), "{}: {}", suite.name, case.name);
            }
            assert!(suites.insert(suite.name.clone()), "{}", suite.name);
        }
    }
}

/// What is wrong in a suite.
fn run(suite: &Suite) -> Vec<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("vectors");
    let model = match suite.load(&folder) {
        Ok(model) => model,
        Err(error) => return vec![format!("cannot be written: {error}")],
    };
    match (&suite.refused, model) {
        (Some(refused), model) => {
            // What only compiling refuses counts as a refusal of the load.
            let model = model.and_then(|m| Gate::from_model(m.clone()).map(|_| m));
            refused.differs(&model).into_iter().collect()
        }
        (None, Ok(model)) => cases(suite, model),
        (None, Err(error)) => {
            let told = error.diagnostics().iter().map(|d| format!("\n    {}: {}", d.code, d.message));
            vec![format!("refused: {error}{}", told.collect::<String>())]
        }
    }
}

fn cases(suite: &Suite, model: Model) -> Vec<String> {
    let gate = match Gate::from_model(model.clone()) {
        Ok(gate) => gate,
        Err(error) => return vec![format!("not compiled: {error}")],
    };
    let loaded = match gate.to_bytes().and_then(|bytes| Gate::from_bytes(&bytes)) {
        Ok(loaded) => loaded,
        Err(error) => return vec![format!("not read again: {error}")],
    };
    let mut wrong = Vec::new();
    for case in &suite.cases {
        let (line, mut text) = (case.line(), String::new());
        let request = Request::from_json(&line);
        let by_reference = request.clone().and_then(|request| reference::decide(&model, &request));
        let by_file = request.clone().and_then(|request| loaded.check(&request));
        let by_table = request.and_then(|request| gate.check(&request));
        // A line is answered alike, whichever way it is read.
        let by_line = LineChecker::new(&gate).answer(&line, &mut text).map_err(|e| e.code());
        let alike = by_line == by_table.as_ref().map(|d| d.allowed).map_err(|e| e.code());
        let each = [
            ("reference", case.expect.differs(&by_reference)),
            ("table", case.expect.differs(&by_table)),
            ("compiled file", case.expect.differs(&by_file)),
        ];
        wrong.extend(
            each.into_iter().filter_map(|(by, fault)| Some(format!("{}: {by}: {}", case.name, fault?))),
        );
        wrong.extend((!alike).then(|| format!("{}: as a line: {text}", case.name)));
    }
    wrong
}
