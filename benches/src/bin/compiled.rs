//! The compiled file of a workload: how big it is, how long it takes to load it and to make the first thousand checks of
//! different callers, and what stays in memory.
//!
//! `compiled write WORKLOAD.json FILE.gatec` compiles, and leaves the requests beside the file, so that loading is
//! measured in a process of its own: `compiled load FILE.gatec`.

use passgate::{Gate, LoadOptions, load::compile_model};
use passgate_benches::clock::now;
use passgate_benches::read;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;
use std::io::{Error, Result, Write};
use std::path::Path;

/// First checks that count as part of a load.
const FIRST: usize = 1_000;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let lines = match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["write", workload, file] => write(Path::new(workload), Path::new(file))?,
        ["load", file] => load(Path::new(file))?,
        _ => {
            return Err(Error::other("compiled write WORKLOAD.json FILE.gatec, or compiled load FILE.gatec"));
        }
    };
    let mut out = std::io::stdout().lock();
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))
}

fn write(workload: &Path, file: &Path) -> Result<Vec<String>> {
    let workload = read(workload)?;
    let mut requests = String::new();
    for ((principal, action, ip), expected) in workload.requests.iter().zip(&workload.expected) {
        writeln!(requests, "{principal}\t{action}\t{ip}\t{expected}").map_err(Error::other)?;
    }
    fs::write(file.with_extension("tsv"), requests)?;
    let start = now();
    let model = compile_model(workload.files(), &LoadOptions::default()).map_err(Error::other)?;
    let read = start.elapsed();
    let gate = Gate::from_model(model).map_err(Error::other)?;
    let compiled = start.elapsed();
    let bytes = gate.to_bytes().map_err(Error::other)?;
    fs::write(file, &bytes)?;
    Ok(vec![format!(
        "model {:.0} ms, table {:.0} ms, bytes {:.0} ms: {:.1} MB",
        read.as_secs_f64() * 1e3,
        (compiled - read).as_secs_f64() * 1e3,
        (start.elapsed() - compiled).as_secs_f64() * 1e3,
        bytes.len() as f64 / 1e6
    )])
}

fn load(file: &Path) -> Result<Vec<String>> {
    #[expect(clippy::disallowed_methods, reason = "the requests are the bench's own")]
    let text = fs::read_to_string(file.with_extension("tsv"))?;
    let requests: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    let before = resident();
    let start = now();
    let gate = Gate::load(file).map_err(Error::other)?;
    let loaded = start.elapsed();
    let kept = resident() - before;
    let mut seen = HashSet::new();
    let first: Vec<&Vec<&str>> =
        requests.iter().filter(|r| r.first().is_some_and(|who| seen.insert(*who))).take(FIRST).collect();
    let start = now();
    first.iter().try_for_each(|request| ask(&gate, request))?;
    let checked = start.elapsed();
    let after = resident() - before;
    let stats = gate.stats();
    let parts = stats.memory.iter().filter(|part| part.bytes > 100_000);
    let parts: Vec<String> =
        parts.map(|part| format!("{} {:.1}", part.part, part.bytes as f64 / 1e6)).collect();
    requests.iter().try_for_each(|request| ask(&gate, request))?;
    let bytes = fs::metadata(file)?.len() as f64;
    Ok(vec![
        format!("load {:.1} ms, first {} checks {:.1} ms", ms(loaded), first.len(), ms(checked)),
        format!(
            "file {:.1} MB, resident after loading {:.1} MB ({:.2} of the file), after the first checks {:.1} MB ({:.2})",
            bytes / 1e6,
            kept / 1e6,
            kept / bytes,
            after / 1e6,
            after / bytes
        ),
        format!("its parts then {:.1} MB: {}", stats.memory_bytes as f64 / 1e6, parts.join(", ")),
        format!("{} answers are the workload's", requests.len()),
    ])
}

fn ms(time: std::time::Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn ask(gate: &Gate, request: &[&str]) -> Result<()> {
    let [principal, action, ip, expected] = request else { return Err(Error::other("a line of no request")) };
    let answer = gate.allows(principal, action, *ip).map_err(Error::other)?;
    if answer == (*expected == "1") {
        return Ok(());
    }
    Err(Error::other(format!("{principal} {action} {ip}: answered {answer}")))
}

/// Bytes of this process in memory, where the system says so.
fn resident() -> f64 {
    #[expect(clippy::disallowed_methods, reason = "a bench asks the system")]
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|l| l.trim().strip_suffix("kB")?.trim().parse::<f64>().ok()).unwrap_or(0.0) * 1024.0
}
