//! Text to tree, and tree to canonical text: on a workload's text, and on a text dense with conditions, with pest alone
//! beside it.
//!
//! `cargo run --release -p passgate-benches --bin text -- WORKLOAD.json…`

use passgate::grammar::{Sources, format, parse};
use passgate_benches::clock::times;
use passgate_benches::{dense_text, read};
use std::hint::black_box;
use std::io::{Result, Write};
use std::path::Path;
use std::time::Duration;

/// How often each is measured.
const ROUNDS: usize = 21;

fn main() -> Result<()> {
    let mut out = std::io::stdout().lock();
    let mut texts = vec![("dense with conditions".to_owned(), dense_text())];
    for path in std::env::args().skip(1) {
        let files = read(Path::new(&path))?.files();
        let gate = files.into_iter().filter(|(name, _)| name.ends_with(".gate"));
        texts.push((path, gate.map(|(_, text)| text).collect()));
    }
    for (name, text) in texts {
        for line in measure(&text) {
            writeln!(out, "{name}: {line}")?;
        }
    }
    Ok(())
}

fn measure(text: &str) -> Vec<String> {
    let mut sources = Sources::new();
    let id = sources.add("bench.gate", text);
    let parsed = parse::parse(&sources, id);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics.first());
    let tree = times(ROUNDS, || drop(black_box(parse::parse(&sources, id))));
    let pest = times(ROUNDS, || assert!(black_box(parse::grammar_reads(text))));
    let canonical = times(ROUNDS, || drop(black_box(format::format(&sources, &parsed))));
    let both = times(ROUNDS, || drop(black_box(format::format(&sources, &parse::parse(&sources, id)))));
    vec![
        format!("{:.1} MB", text.len() as f64 / 1e6),
        format!("text to tree    {}", rate(text, tree)),
        format!("pest alone      {}", rate(text, pest)),
        format!("tree to text    {}", rate(text, canonical)),
        format!("text to text    {}, {:.2} x the parse", rate(text, both), ratio(both, tree)),
    ]
}

fn rate(text: &str, (median, tenth): (Duration, Duration)) -> String {
    let megabytes = text.len() as f64 / 1e6;
    let of = |time: Duration| megabytes / time.as_secs_f64();
    format!("{:.1} MB/s ({:.1}), {:.0} ms", of(median), of(tenth), median.as_secs_f64() * 1e3)
}

fn ratio((a, _): (Duration, Duration), (b, _): (Duration, Duration)) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}
