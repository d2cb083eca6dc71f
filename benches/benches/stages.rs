//! Each stage from text to answer on one set: parse, resolve, compile, merge, write, load, check.
//!
//! `PASSGATE_WORKLOAD=FILE.json` measures a workload of the generator; without it the set is made up. Before anything
//! is measured, every answer is compared with the workload's.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use passgate::check::LineChecker;
use passgate::grammar::{Sources, parse};
use passgate::load::compile_model;
use passgate::model::Model;
use passgate::{Error, Gate, LoadOptions, Request, Result};
use passgate_benches::clock::now;
use passgate_benches::{Size, Workload, made, read};
use std::hint::black_box;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

const SIZE: Size = Size { principals: 200, policies: 100, statements: 5, prefixes: 12, requests: 2_000 };

/// What all stages work on.
struct Set {
    workload: Workload,
    files: Vec<(String, String)>,
    model: Model,
    gate: Gate,
    bytes: Vec<u8>,
}

impl Set {
    fn new() -> Result<Set> {
        let workload = workload()?;
        let files = workload.files();
        let model = compile_model(files.clone(), &LoadOptions::default())?;
        let gate = Gate::from_model(model.clone())?;
        let bytes = gate.to_bytes()?;
        let set = Set { workload, files, model, gate, bytes };
        set.verify(&set.gate)?;
        set.verify(&Gate::from_bytes(&set.bytes)?)?;
        Ok(set)
    }

    fn verify(&self, gate: &Gate) -> Result<()> {
        for ((principal, action, ip), expected) in self.workload.requests.iter().zip(&self.workload.expected)
        {
            let allowed = gate.allows(principal, action, ip.as_str())?;
            assert_eq!(u8::from(allowed), *expected, "{principal} {action} {ip}");
        }
        Ok(())
    }

    /// The policy texts, without the settings.
    fn texts(&self) -> Sources {
        let mut sources = Sources::new();
        for (name, text) in self.files.iter().filter(|(name, _)| name.ends_with(".gate")) {
            sources.add(name.as_str(), text.as_str());
        }
        sources
    }

    fn requests(&self) -> Vec<Request> {
        let ask = |(principal, action, ip): &(String, String, String)| {
            Request::new(principal.as_str(), action.as_str()).ip(ip.as_str())
        };
        self.workload.requests.iter().map(ask).collect()
    }
}

fn workload() -> Result<Workload> {
    #[expect(clippy::disallowed_methods, reason = "a bench is told its workload")]
    let named = std::env::var_os("PASSGATE_WORKLOAD");
    match named {
        Some(path) => read(Path::new(&path))
            .map_err(|error| Error::new(passgate::ErrorCode::BadFile, error.to_string())),
        None => made(SIZE),
    }
}

/// Text to tree.
fn reads(set: &Set, criterion: &mut Criterion) {
    let sources = set.texts();
    let ids: Vec<_> = sources.iter().map(|(id, _)| id).collect();
    let bytes: usize = sources.iter().map(|(_, source)| source.text().len()).sum();
    let parse_all = || ids.iter().for_each(|id| drop(black_box(parse::parse(&sources, *id))));
    let model = || drop(black_box(compile_model(set.files.clone(), &LoadOptions::default())));
    let mut group = criterion.benchmark_group("text");
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("parse", |b| b.iter(parse_all));
    // Names are resolved while a set is put together: what the trees cost is taken off.
    group.bench_function("resolve", |b| {
        b.iter_custom(|rounds| {
            let spent = (0..rounds).map(|_| time(model).saturating_sub(time(parse_all)));
            spent.sum()
        });
    });
    group.finish();
}

fn time(work: impl FnOnce()) -> Duration {
    let start = now();
    work();
    start.elapsed()
}

/// Model to table, table to bytes, bytes to gate, and the first check of each caller, which merges its policies.
fn compiles(set: &Set, criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("table");
    group.bench_function("compile", |b| {
        b.iter_batched(|| set.model.clone(), Gate::from_model, BatchSize::PerIteration);
    });
    group.throughput(Throughput::Bytes(set.bytes.len() as u64));
    group.bench_function("write", |b| b.iter(|| set.gate.to_bytes()));
    group.bench_function("load", |b| b.iter(|| Gate::from_bytes(&set.bytes)));
    let callers: Vec<&String> = set.workload.principals.keys().collect();
    let action = set.workload.requests.first().map(|request| request.1.as_str()).unwrap_or_default();
    let mut first_checks = |gate: Result<Gate>| {
        let allowed =
            |name: &&&String| gate.as_ref().is_ok_and(|g| g.allows(name, action, NOWHERE).is_ok_and(|a| a));
        (callers.iter().filter(allowed).count(), gate.is_ok())
    };
    group.throughput(Throughput::Elements(callers.len() as u64));
    group.bench_function("merge", |b| {
        b.iter_batched(|| Gate::from_bytes(&set.bytes), &mut first_checks, BatchSize::PerIteration);
    });
    group.finish();
}

/// An address of no condition in particular.
const NOWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 7));

/// A check in each way to ask.
fn checks(set: &Set, criterion: &mut Criterion) {
    let (gate, requests) = (&set.gate, &set.workload.requests);
    let address = |ip: &String| ip.parse().unwrap_or(NOWHERE);
    let values: Vec<(&str, &str, IpAddr)> =
        requests.iter().map(|(p, a, ip)| (p.as_str(), a.as_str(), address(ip))).collect();
    let resolved = |(p, a, ip): &(String, String, String)| {
        Some((gate.principal(p).ok()?, gate.action(a).ok()?, address(ip)))
    };
    let handles: Vec<_> = requests.iter().filter_map(resolved).collect();
    assert_eq!(handles.len(), requests.len());
    let mut group = criterion.benchmark_group("check");
    group.throughput(Throughput::Elements(requests.len() as u64));
    group.bench_function("three texts", |b| {
        b.iter(|| count(requests, |(p, a, ip)| gate.allows(p, a, ip.as_str()).is_ok_and(|allowed| allowed)));
    });
    group.bench_function("address as a value", |b| {
        b.iter(|| count(&values, |(p, a, ip)| gate.allows(p, a, *ip).is_ok_and(|allowed| allowed)));
    });
    group.bench_function("handles", |b| {
        b.iter(|| count(&handles, |(p, a, ip)| p.allows(a, *ip).is_ok_and(|allowed| allowed)));
    });
    group.finish();
}

/// All actions of a caller from an address: at once, and one by one as a page without it would ask.
fn action_sets(set: &Set, criterion: &mut Criterion) {
    let gate = &set.gate;
    let names: Vec<&str> = gate.action_names().collect();
    let asks: Vec<(&str, &str)> =
        set.workload.requests.iter().map(|(p, _, ip)| (p.as_str(), ip.as_str())).take(100).collect();
    let mut group = criterion.benchmark_group("all actions");
    group.throughput(Throughput::Elements((asks.len() * names.len()) as u64));
    let at_once =
        || asks.iter().map(|(p, ip)| gate.actions(p, *ip).map_or(0, |set| set.len())).sum::<usize>();
    let allowed = |p: &str, ip: &str| count(&names, |name| gate.allows(p, name, ip).is_ok_and(|a| a));
    let one_by_one = || asks.iter().map(|(p, ip)| allowed(p, ip)).sum::<usize>();
    assert_eq!(at_once(), one_by_one());
    group.bench_function("at once", |b| b.iter(at_once));
    group.bench_function("one by one", |b| b.iter(one_by_one));
    group.finish();
}

fn count<T>(items: &[T], allowed: impl FnMut(&&T) -> bool) -> usize {
    items.iter().filter(allowed).count()
}

/// Checks that say which statements decided, batches, and lines of JSON.
fn explains(set: &Set, criterion: &mut Criterion) {
    let (gate, requests) = (&set.gate, set.requests());
    let mut group = criterion.benchmark_group("explain");
    group.throughput(Throughput::Elements(requests.len() as u64));
    group.bench_function("one by one", |b| {
        b.iter(|| count(&requests, |request| gate.check(request).is_ok_and(|decision| decision.allowed)));
    });
    group.bench_function("batch", |b| b.iter(|| gate.check_many(&requests)));
    let line = |(p, a, ip): &(String, String, String)| {
        format!(r#"{{"principal":"{p}","action":"{a}","ip":"{ip}"}}"#)
    };
    let lines: Vec<String> = set.workload.requests.iter().map(line).collect();
    let (mut checker, mut out) = (LineChecker::new(gate), String::new());
    group.bench_function("lines of JSON", |b| {
        b.iter(|| {
            out.clear();
            lines.iter().filter(|line| checker.answer(line, &mut out).is_ok_and(|allowed| allowed)).count()
        });
    });
    group.finish();
}

#[expect(clippy::panic, reason = "a bench without its set has nothing to measure")]
fn stages(criterion: &mut Criterion) {
    let set = Set::new().unwrap_or_else(|error| panic!("{error}"));
    for stage in [reads, compiles, checks, action_sets, explains] {
        stage(&set, criterion);
    }
}

/// Little time for each, and no more memory than the set and what one iteration makes.
fn short() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
}

criterion_group! {
    name = benches;
    config = short();
    targets = stages
}
criterion_main!(benches);
