//! Every lint, the exact ones included, of a `.gate` set of 10,000 lines and of workloads: all at once, and step by
//! step.
//!
//! `cargo run --release -p passgate-benches --bin lint -- WORKLOAD.json…`; a file that ends in `.gate` is linted as it is.

use passgate::grammar::{Sources, parse};
use passgate::load::{compile_model, lint_texts};
use passgate::model::PolicyKind;
use passgate::{LoadOptions, lint};
use passgate_benches::clock::times;
use passgate_benches::{read, realistic_text};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::io::{Error, Result, Write};
use std::path::Path;
use std::time::Duration;

/// Lines of the set that is made up.
const LINES: usize = 10_000;
/// How often each is measured.
const ROUNDS: usize = 11;

type Files = Vec<(String, String)>;

fn main() -> Result<()> {
    let mut out = std::io::stdout().lock();
    let mut sets = vec![("a set of people".to_owned(), vec![("set.gate".to_owned(), realistic_text(LINES))])];
    for path in std::env::args().skip(1) {
        let files = match path.ends_with(".gate") {
            true => vec![("set.gate".to_owned(), text(&path)?)],
            false => read(Path::new(&path))?.files(),
        };
        sets.push((path, files));
    }
    for (name, files) in sets {
        for line in measure(&files)? {
            writeln!(out, "{name}: {line}")?;
        }
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a bench reads its input, outside of what it measures")]
fn text(path: &str) -> Result<String> {
    std::fs::read_to_string(path)
}

fn measure(files: &Files) -> Result<Vec<String>> {
    let options = LoadOptions::default();
    let model = compile_model(files.clone(), &options).map_err(Error::other)?;
    let report = lint_texts(files.clone(), &options, PolicyKind::Identity).map_err(Error::other)?;
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for told in &report.diagnostics {
        *codes.entry(told.code.as_str()).or_default() += 1;
    }
    let whole = times(ROUNDS, || drop(black_box(lint_texts(files.clone(), &options, PolicyKind::Identity))));
    let tree = times(ROUNDS, || trees(files));
    let load = times(ROUNDS, || drop(black_box(compile_model(files.clone(), &options))));
    let named = times(ROUNDS, || drop(black_box(lint::run(&model, None))));
    let exact = times(ROUNDS, || drop(black_box(lint::run_exact(&model))));
    let (_, steps) = lint::run_exact_counted(&model);
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    let lines: usize = files.iter().map(|(_, text)| text.lines().count()).sum();
    let mut told = String::new();
    for (code, count) in codes {
        // Writing to a string cannot fail.
        let _ = write!(told, " {code} {count}");
    }
    Ok(vec![
        format!("{lines} lines, {:.1} MB, told:{told}", bytes as f64 / 1e6),
        format!("lint                 {}", shown(whole)),
        format!("  text to tree       {}", shown(tree)),
        format!("  text to model      {} (tree and lints of names included)", shown(load)),
        format!("  lints of names     {}", shown(named)),
        format!("  exact lints        {}, {steps} steps", shown(exact)),
    ])
}

fn trees(files: &Files) {
    let mut sources = Sources::new();
    for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".gate")) {
        let id = sources.add(name.as_str(), text.as_str());
        black_box(parse::parse(&sources, id));
    }
}

fn shown((median, tenth): (Duration, Duration)) -> String {
    format!("{:.0} ms ({:.0})", median.as_secs_f64() * 1e3, tenth.as_secs_f64() * 1e3)
}
