//! One workload: how long it takes to load, and what a check costs in each way to ask. Every answer is compared with
//! the workload's own before anything is measured.
//!
//! `cargo run --release -p passgate-benches --bin check -- WORKLOAD.json…`
//!
//! `check --only WAY ROUNDS WORKLOAD.json` asks every request so many times in one way and measures nothing: for counts of
//! instructions and cache misses, those of few rounds taken off those of many. A compiled file beside it is loaded.

use passgate::check::{
    ActionHandle, Answers, Batch, Column, Faults, IdBatch, IpArgument, IpNumbers, LineChecker,
    PrincipalHandle,
};
use passgate::load::compile_model;
use passgate::{Gate, LoadOptions, Request};
use passgate_benches::clock::now;
use passgate_benches::sketch::Sketch;
use passgate_benches::{Workload, read};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::io::{Error, Result, Write};
use std::net::IpAddr;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

fn main() -> Result<()> {
    let mut out = std::io::stdout().lock();
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [only, way, rounds, path] = args.as_slice()
        && only == "--only"
    {
        let asked = ask_only(way, rounds.parse().map_err(Error::other)?, Path::new(path))?;
        return writeln!(out, "{asked} requests asked: {way}");
    }
    for path in args {
        let workload = read(Path::new(&path))?;
        for line in measure(&workload)? {
            writeln!(out, "{path}: {line}")?;
        }
    }
    Ok(())
}

/// Asks every request so many times in one way.
fn ask_only(way: &str, rounds: usize, path: &Path) -> Result<usize> {
    let (workload, compiled) = (read(path)?, path.with_extension("gatec"));
    let gate = if compiled.is_file() {
        Gate::load(compiled)
    } else {
        compile_model(workload.files(), &LoadOptions::default()).and_then(Gate::from_model)
    };
    let (gate, requests) = (gate.map_err(Error::other)?, workload.requests.len());
    with_ways(&gate, &workload, |ways| {
        for (_, ask) in ways.iter().filter(|(name, _)| *name == way) {
            (0..rounds).for_each(|_| {
                black_box(ask(0..requests));
            });
        }
        rounds * requests
    })
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
    for time in ["first", "second", "third", "fourth"] {
        lines.push(format!("{time} checks: {:.0} ns each", first_checks(&gate, workload)?));
    }
    lines.extend(side_by_side(&gate, workload)?);
    lines.extend(streams(&gate, workload));
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

/// Statements of one policy up to which the sketch is made: its tables are made slowly.
const SKETCHED: usize = 100;

/// One way to ask: which requests to ask, and how many of them are allowed.
type Way<'a> = (&'static str, Box<dyn Fn(Range<usize>) -> usize + 'a>);

/// The ways to ask in turns.
fn side_by_side(gate: &Gate, workload: &Workload) -> Result<Vec<String>> {
    with_ways(gate, workload, |ways| in_turns(workload.requests.len(), ways))
}

/// Lends the ways to ask, with a table made by hand beside them.
fn with_ways<T>(gate: &Gate, workload: &Workload, to: impl FnOnce(&[Way<'_>]) -> T) -> Result<T> {
    let requests = &workload.requests;
    let addresses: Vec<IpAddr> =
        requests.iter().map(|(_, _, ip)| ip.parse().map_err(Error::other)).collect::<Result<_>>()?;
    let (mut who, mut what) = (HashMap::new(), HashMap::new());
    for (principal, action, _) in requests {
        who.insert(principal.as_str(), gate.principal(principal).map_err(Error::other)?);
        what.insert(action.as_str(), gate.action(action).map_err(Error::other)?);
    }
    let handles: Vec<(&PrincipalHandle, &ActionHandle, IpAddr)> = requests
        .iter()
        .zip(&addresses)
        .filter_map(|((p, a, _), ip)| Some((who.get(p.as_str())?, what.get(a.as_str())?, *ip)))
        .collect();
    let small = workload.policies.iter().all(|policy| policy.statements.len() <= SKETCHED);
    let sketch = small.then(|| Sketch::new(workload));
    let columns = Columns::new(gate, workload, &addresses)?;
    columns.are_right(gate, workload)?;
    let mut ways: Vec<Way<'_>> = Vec::new();
    if let Some(sketch) = &sketch {
        let wrong = requests.iter().zip(&workload.expected);
        let wrong =
            wrong.filter(|((p, a, ip), expected)| sketch.allows(p, a, ip) != (**expected == 1)).count();
        if wrong > 0 {
            return Err(Error::other(format!("the sketch has {wrong} wrong answers")));
        }
        ways.push((
            "by hand, three texts",
            Box::new(|part| count(requests, part, |(p, a, ip)| sketch.allows(p, a, ip))),
        ));
    }
    ways.push((
        "allows, three texts",
        Box::new(|part| {
            count(requests, part, |(p, a, ip)| gate.allows(p, a, ip.as_str()).is_ok_and(|allowed| allowed))
        }),
    ));
    ways.push((
        "allows, address as a value",
        Box::new(|part| {
            let addresses = addresses.get(part.clone()).unwrap_or(&[]);
            let both = requests.get(part).unwrap_or(&[]).iter().zip(addresses);
            both.filter(|((p, a, _), ip)| gate.allows(p, a, **ip).is_ok_and(|allowed| allowed)).count()
        }),
    ));
    ways.push((
        "handles, address as a value",
        Box::new(|part| {
            count(&handles, part, |(who, what, ip)| who.allows(what, *ip).is_ok_and(|allowed| allowed))
        }),
    ));
    ways.push(("batch of texts", Box::new(|part| columns.by_text(gate, part))));
    ways.push(("batch of numbers", Box::new(|part| columns.by_number(gate, part))));
    ways.push(("batch of numbers, IPv4", Box::new(|part| columns.by_v4(gate, part))));
    ways.push((
        "all actions from an address, as bits",
        Box::new(|part| {
            count(requests, part, |(p, _, ip)| gate.actions(p, ip.as_str()).is_ok_and(|may| !may.is_empty()))
        }),
    ));
    Ok(to(&ways))
}

/// The requests in columns: as texts, as numbers, and those of IPv4 as numbers.
struct Columns<'a> {
    texts: (Vec<Option<&'a str>>, Vec<Option<&'a str>>, Vec<IpArgument<'a>>),
    numbers: (Vec<u32>, Vec<u32>, Vec<[u8; 16]>),
    v4: (Vec<u32>, Vec<u32>, Vec<u32>),
}

impl<'a> Columns<'a> {
    fn new(gate: &Gate, workload: &'a Workload, addresses: &[IpAddr]) -> Result<Columns<'a>> {
        let mut columns =
            Columns { texts: Default::default(), numbers: Default::default(), v4: Default::default() };
        for ((principal, action, ip), address) in workload.requests.iter().zip(addresses) {
            columns.texts.0.push(Some(principal));
            columns.texts.1.push(Some(action));
            columns.texts.2.push(IpArgument::Text(ip));
            let who = gate.principal_id(principal).map_err(Error::other)?;
            let what = gate.action_id(action).map_err(Error::other)?;
            columns.numbers.0.push(who);
            columns.numbers.1.push(what);
            match address {
                IpAddr::V4(v4) => {
                    columns.numbers.2.push(v4.to_ipv6_mapped().octets());
                    columns.v4.0.push(who);
                    columns.v4.1.push(what);
                    columns.v4.2.push((*v4).into());
                }
                IpAddr::V6(v6) => columns.numbers.2.push(v6.octets()),
            }
        }
        Ok(columns)
    }

    /// Compares every answer with the workload's.
    fn are_right(&self, gate: &Gate, workload: &Workload) -> Result<()> {
        let allowed = workload.expected.iter().filter(|expected| **expected == 1).count();
        let all = 0..workload.requests.len();
        let counted = [self.by_text(gate, all.clone()), self.by_number(gate, all)];
        if counted == [allowed; 2] { Ok(()) } else { Err(Error::other("a batch has wrong answers")) }
    }

    fn by_text(&self, gate: &Gate, part: Range<usize>) -> usize {
        let (principals, actions, ips) = &self.texts;
        let (principals, actions) = (rows(principals, &part), rows(actions, &part));
        let batch = Batch { principals, actions, ips: rows(ips, &part), faults: Faults::First };
        allowed(gate.allows_many(&batch))
    }

    fn by_number(&self, gate: &Gate, part: Range<usize>) -> usize {
        let (principals, actions, ips) = &self.numbers;
        let (principals, actions) = (rows(principals, &part), rows(actions, &part));
        let ips = IpNumbers::V6(rows(ips, &part));
        allowed(gate.allows_many_ids(&IdBatch { principals, actions, ips, faults: Faults::First }))
    }

    /// As many rows as asked for, or all, wherever they are.
    fn by_v4(&self, gate: &Gate, part: Range<usize>) -> usize {
        let (principals, actions, ips) = &self.v4;
        let length = part.len().min(ips.len());
        let from = part.start % (ips.len() - length).max(1);
        let part = from..from + length;
        let (principals, actions) = (rows(principals, &part), rows(actions, &part));
        let ips = IpNumbers::V4(rows(ips, &part));
        allowed(gate.allows_many_ids(&IdBatch { principals, actions, ips, faults: Faults::First }))
    }
}

fn rows<'a, T>(column: &'a [T], part: &Range<usize>) -> Column<'a, T> {
    Column::Rows(column.get(part.clone()).unwrap_or(&[]))
}

fn allowed(answers: passgate::Result<Answers>) -> usize {
    answers.map_or(0, |answers| answers.allowed.iter().filter(|allowed| **allowed == Some(true)).count())
}

/// A triple of a stream.
type Triple<'a> = (&'a str, &'a str, &'a str);

/// Callers of whom a stream has no more: as many as the workload `medium` has.
const CALLERS: usize = 1000;

/// As many different requests as a cache could never hold, and few of them again and again; the same texts read and not
/// asked, since the list alone is more than a cache holds; and requests of few callers, each asked before.
fn streams(gate: &Gate, workload: &Workload) -> Vec<String> {
    const MANY: usize = 1 << 20;
    const FEW: usize = 1 << 14;
    let requests = &workload.requests;
    // Three strides without a common factor with one another: no triple comes twice before all have come.
    let at = |number: usize| requests.get(number % requests.len());
    let triples: Vec<Triple<'_>> = (0..MANY)
        .filter_map(|n| {
            Some((
                at(n)?.0.as_str(),
                at(n / 7 + n * 13)?.1.as_str(),
                at(n / requests.len() + n * 29)?.2.as_str(),
            ))
        })
        .collect();
    let mut callers: Vec<&str> = requests.iter().map(|(principal, ..)| principal.as_str()).collect();
    callers.sort_unstable();
    callers.dedup();
    callers.truncate(CALLERS);
    let of_few: Vec<Triple<'_>> = (triples.iter().take(FEW).enumerate())
        .filter_map(|(n, (_, action, ip))| Some((*callers.get(n % callers.len())?, *action, *ip)))
        .collect();
    let ask = |triples: &[Triple<'_>], part: Range<usize>| {
        count(triples, part, |(p, a, ip)| gate.allows(p, a, *ip).is_ok_and(|allowed| allowed))
    };
    let read = |part: Range<usize>| count(&triples, part, |(p, a, ip)| first_bytes([p, a, ip]) == 0);
    let repeated = |part: Range<usize>| {
        let start = part.start % FEW;
        start..start + part.len().min(FEW - start)
    };
    in_turns(
        MANY,
        &[
            ("2^20 different requests", Box::new(|part| ask(&triples, part))),
            ("2^14 of them again and again", Box::new(|part| ask(&triples, repeated(part)))),
            ("2^20 different requests, read and not asked", Box::new(read)),
            ("2^14 of them, read and not asked", Box::new(|part| read(repeated(part)))),
            (
                "2^14 requests of at most 1,000 callers again and again",
                Box::new(|part| ask(&of_few, repeated(part))),
            ),
        ],
    )
}

/// Reads the line of memory of each text.
fn first_bytes(texts: [&str; 3]) -> u8 {
    texts.iter().filter_map(|text| text.as_bytes().first()).fold(0, |all, byte| all ^ byte)
}

fn count<T>(items: &[T], part: Range<usize>, each: impl Fn(&T) -> bool) -> usize {
    items.get(part).unwrap_or(&[]).iter().filter(|item| each(item)).count()
}

/// Requests between two looks at the clock.
const ROUND: usize = 1024;

/// Nanoseconds for each request in each way: rounds for a twentieth of a second in one way, then in the next, for two
/// seconds each; behind them the ratio to the first way.
fn in_turns(requests: usize, ways: &[Way<'_>]) -> Vec<String> {
    let mut rounds: Vec<(Vec<f64>, usize)> = ways.iter().map(|_| (Vec::new(), 0)).collect();
    for _ in 0..40 {
        for ((_, ask), (spent, next)) in ways.iter().zip(&mut rounds) {
            let end = now() + Duration::from_millis(50);
            while now() < end {
                let part = *next..(*next + ROUND).min(requests);
                *next = if part.end == requests { 0 } else { part.end };
                let start = now();
                black_box(ask(part.clone()));
                spent.push(start.elapsed().as_nanos() as f64 / part.len().max(1) as f64);
            }
        }
    }
    let spent: Vec<Spent> = rounds.into_iter().map(|(rounds, _)| Spent::of(rounds)).collect();
    let first = spent.first().map_or((1.0, 1.0), |first| (first.median, first.tenth));
    let line = |((name, _), spent): (&Way<'_>, &Spent)| {
        format!("{name}: {spent}, {:.2} ({:.2})", spent.median / first.0, spent.tenth / first.1)
    };
    ways.iter().zip(&spent).map(line).collect()
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

impl Spent {
    fn of(mut rounds: Vec<f64>) -> Spent {
        rounds.sort_by(f64::total_cmp);
        let at = |share: usize| rounds.get(rounds.len() * share / 100).copied().unwrap_or(0.0);
        Spent { median: at(50), tenth: at(10) }
    }
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
    Spent::of(rounds)
}
