//! One workload: how long it takes to load, and what a check costs in each way to ask. Every answer is compared with
//! the workload's own before anything is measured.
//!
//! `cargo run --release -p passgate-benches --bin check -- WORKLOAD.json…`

use passgate::check::LineChecker;
use passgate::load::compile_model;
use passgate::{Gate, LoadOptions, Request};
use passgate_benches::{Workload, read};
use std::fmt::Write as _;
use std::hint::black_box;
use std::io::{Error, Result, Write};
use std::net::IpAddr;
use std::path::Path;
use std::time::{Duration, Instant};

fn main() -> Result<()> {
    let mut out = std::io::stdout().lock();
    for path in std::env::args().skip(1) {
        let workload = read(Path::new(&path))?;
        for line in measure(&workload)? {
            writeln!(out, "{path}: {line}")?;
        }
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn now() -> Instant {
    Instant::now()
}

fn measure(workload: &Workload) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    let files = workload.files();
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    let start = now();
    let read = compile_model(files, &LoadOptions::default()).map_err(Error::other)?;
    let parsed = start.elapsed();
    let gate = Gate::from_model(read).map_err(Error::other)?;
    lines.push(format!(
        "text {:.1} MB: to a model {:.0} ms, to a table {:.0} ms",
        bytes as f64 / 1e6,
        parsed.as_secs_f64() * 1e3,
        (start.elapsed() - parsed).as_secs_f64() * 1e3
    ));
    lines.push(format!("first checks: {:.0} ns each", first_checks(&gate, workload)?));
    lines.push(by_text(&gate, workload)?);
    lines.push(by_handle(&gate, workload)?);
    lines.push(by_request(&gate, workload)?);
    lines.push(by_line(&gate, workload)?);
    Ok(lines)
}

/// Every request once: fills the views, and compares the answers.
fn first_checks(gate: &Gate, workload: &Workload) -> Result<f64> {
    let start = now();
    for ((principal, action, ip), expected) in workload.requests.iter().zip(&workload.expected) {
        let answer = gate.allows(principal, action, ip.as_str()).map_err(Error::other)?;
        if answer != (*expected == 1) {
            return Err(Error::other(format!("{principal} {action} {ip}: answered {answer}")));
        }
    }
    Ok(start.elapsed().as_nanos() as f64 / workload.requests.len() as f64)
}

fn by_text(gate: &Gate, workload: &Workload) -> Result<String> {
    let texts = times(&workload.requests, |(principal, action, ip)| {
        gate.allows(principal, action, ip.as_str()).is_ok_and(|allowed| allowed)
    });
    let parsed: Vec<(&str, &str, IpAddr)> = workload
        .requests
        .iter()
        .map(|(p, a, ip)| Ok((p.as_str(), a.as_str(), ip.parse().map_err(Error::other)?)))
        .collect::<Result<_>>()?;
    let addresses =
        times(&parsed, |(principal, action, ip)| gate.allows(principal, action, *ip).is_ok_and(|a| a));
    Ok(format!("allows: three texts {texts}, address as a value {addresses}"))
}

fn by_handle(gate: &Gate, workload: &Workload) -> Result<String> {
    let mut handles = Vec::new();
    for (principal, action, ip) in &workload.requests {
        let who = gate.principal(principal).map_err(Error::other)?;
        let what = gate.action(action).map_err(Error::other)?;
        handles.push((who, what, ip.parse::<IpAddr>().map_err(Error::other)?));
    }
    let spent = times(&handles, |(who, what, ip)| who.allows(what, *ip).is_ok_and(|allowed| allowed));
    Ok(format!("handles: {spent}"))
}

fn by_request(gate: &Gate, workload: &Workload) -> Result<String> {
    let requests: Vec<Request> = workload
        .requests
        .iter()
        .map(|(p, a, ip)| Request::new(p.as_str(), a.as_str()).ip(ip.as_str()))
        .collect();
    let spent = times(&requests, |request| gate.check(request).is_ok_and(|d| d.allowed));
    Ok(format!("check with deciding statements: {spent}"))
}

fn by_line(gate: &Gate, workload: &Workload) -> Result<String> {
    let mut lines = Vec::new();
    for (principal, action, ip) in &workload.requests {
        let mut line = String::new();
        write!(line, r#"{{"principal":"{principal}","action":"{action}","ip":"{ip}"}}"#)
            .map_err(Error::other)?;
        lines.push(line);
    }
    let (mut checker, mut out) = (LineChecker::new(gate), String::new());
    let spent = times(&lines, |line| {
        if out.len() > 1 << 16 {
            out.clear();
        }
        checker.answer(line, &mut out).is_ok_and(|allowed| allowed)
    });
    Ok(format!("lines of JSON in and out: {spent}, {:.0} lines/s", 1e9 / spent.median))
}

struct Spent {
    median: f64,
    tenth: f64,
}

impl std::fmt::Display for Spent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.1} ns (10th percentile {:.1})", self.median, self.tenth)
    }
}

/// Nanoseconds for each item: rounds of a thousand for two seconds.
fn times<T>(items: &[T], mut each: impl FnMut(&T) -> bool) -> Spent {
    let mut rounds = Vec::new();
    let end = now() + Duration::from_secs(2);
    while now() < end || rounds.len() < 3 {
        for round in items.chunks(1000.min(items.len())) {
            let start = now();
            let allowed = round.iter().filter(|item| each(item)).count();
            let spent = start.elapsed();
            black_box(allowed);
            rounds.push(spent.as_nanos() as f64 / round.len() as f64);
        }
    }
    rounds.sort_by(f64::total_cmp);
    let at = |share: usize| rounds.get(rounds.len() * share / 100).copied().unwrap_or(0.0);
    Spent { median: at(50), tenth: at(10) }
}
