//! Questions about whole workloads: what one principal may do, who may perform an action, what changes between two
//! versions, ten asserts.
//!
//! `cargo run --release -p passgate-benches --bin questions -- [QUESTION…] WORKLOAD.json…`, a question one of `what`, `who`,
//! `prove`, `holding` (asserts that hold), `diff`, `kept` (nothing changes), `all` (every policy changes); none of them: each.

use passgate::analysis::calls::Calls;
use passgate::analysis::diff::diff;
use passgate::analysis::prove::prove;
use passgate::analysis::what::what;
use passgate::analysis::who::who;
use passgate::load::compile_model;
use passgate::{Gate, LoadOptions};
use passgate_benches::clock::{now, times};
use passgate_benches::{Statement, Workload, read};
use std::hint::black_box;
use std::io::{Error, Result, Write};
use std::path::Path;
use std::time::Duration;

/// How often a quick question is measured, and how often one about the whole set.
const ROUNDS: (usize, usize) = (101, 5);
/// The action that is asked for.
const ACTION: &str = "PayOrders";
/// What is asserted.
const ASSERTS: [&str; 10] = [
    "no one may PayOrders from 192.0.2.0/24",
    "no one may write unless from 10.0.0.0/8",
    "everyone may QueryUser from 198.51.100.7",
    "no one may read from 2001:db8::/32",
    "no one may list from 203.0.113.0/24",
    "no one may PayOrders, QueryUser from 10.0.0.0/8",
    "no one may write from 172.16.0.0/12",
    "no one may list from 198.51.100.7",
    "no one may QueryUser unless from 0.0.0.0/0, ::/0",
    "no one may write from 255.255.255.255",
];

/// A policy that everybody has: nothing is allowed from two networks.
const GUARD: &str = "policy guard { deny list, read, write from 198.51.100.0/24, 2001:db8:1::/48 }\n";
/// What is asserted of callers who have it; all of it holds, and of most asserts every caller has to be looked at.
const HOLDING: [&str; 10] = [
    "no one may write from 198.51.100.0/24",
    "no one may read from 198.51.100.0/24, 2001:db8:1::/48",
    "no one may list from 2001:db8:1::/48",
    "no one may PayOrders from 198.51.100.0/24",
    "no one may PayOrders, QueryUser from 2001:db8:1:2::/64",
    "no one may list, read, write from 198.51.100.7",
    "only user user1, user user2 may write from 198.51.100.0/25",
    "user user3 may not PayOrders from 198.51.100.9",
    "no one may write from 198.51.100.0/24 when mfa is true",
    "no one may read from 198.51.100.0/24 unless from 203.0.113.0/24",
];

fn main() -> Result<()> {
    let mut out = std::io::stdout().lock();
    let (paths, asked): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|argument| argument.ends_with(".json"));
    let asks = |question: &str| asked.is_empty() || asked.iter().any(|one| one == question);
    for path in paths {
        measure(Path::new(&path), &asks, &mut |line| {
            writeln!(out, "{path}: {line}")?;
            out.flush()
        })?;
    }
    Ok(())
}

/// Tells each figure as soon as it is there.
type Tell<'t> = &'t mut dyn FnMut(String) -> Result<()>;

/// Whether a question is asked.
type Asks<'a> = &'a dyn Fn(&str) -> bool;

fn measure(path: &Path, asks: Asks<'_>, tell: Tell<'_>) -> Result<()> {
    let mut workload = read(path)?;
    let old = gate(&workload)?;
    alone(&old, &workload, asks, tell)?;
    if asks("kept") {
        tell(between("diff, nothing changed", &old, &gate(&workload)?)?)?;
    }
    if asks("diff") {
        change(workload.policies.iter_mut().take(1).flat_map(|policy| policy.statements.iter_mut().take(1)));
        tell(between("diff, one statement changed", &old, &gate(&workload)?)?)?;
    }
    if asks("all") {
        change(workload.policies.iter_mut().flat_map(|policy| policy.statements.iter_mut().take(1)));
        tell(between("diff, every policy changed", &old, &gate(&workload)?)?)?;
    }
    Ok(())
}

fn gate(workload: &Workload) -> Result<Gate> {
    let model = compile_model(workload.files(), &LoadOptions::default()).map_err(Error::other)?;
    Gate::from_model(model).map_err(Error::other)
}

/// What is asked of one set.
fn alone(gate: &Gate, workload: &Workload, asks: Asks<'_>, tell: Tell<'_>) -> Result<()> {
    let calls = Calls::default();
    if asks("what") {
        of_principals(gate, workload, &calls, tell)?;
    }
    if asks("who") {
        let callers = who(gate, ACTION, &calls).map_err(Error::other)?;
        let all = times(ROUNDS.1, || drop(black_box(who(gate, ACTION, &calls))));
        tell(format!("who                  {}, {} groups of callers", shown(all), callers.callers.len()))?;
    }
    if asks("prove") {
        tell(proved("prove ten", gate, &ASSERTS)?)?;
    }
    if asks("holding") {
        let mut files = workload.files();
        files.iter_mut().for_each(|(_, text)| *text = text.replace("{ attach ", "{ attach guard, "));
        files.push(("guard.gate".to_owned(), GUARD.to_owned()));
        let model = compile_model(files, &LoadOptions::default()).map_err(Error::other)?;
        let gate = Gate::from_model(model).map_err(Error::other)?;
        tell(proved("prove, ten that hold", &gate, &HOLDING)?)?;
    }
    Ok(())
}

/// How long asserts take.
fn proved(name: &str, gate: &Gate, asserts: &[&str]) -> Result<String> {
    let start = now();
    let report = prove(gate, asserts).map_err(Error::other)?;
    let first = start.elapsed();
    let proved = times(again(first), || drop(black_box(prove(gate, asserts))));
    let holding = report.asserts.iter().filter(|assert| assert.holds()).count();
    let exact = if report.is_exact() { "" } else { ", not all exact" };
    let (first, all) = (first.as_secs_f64() * 1e3, report.asserts.len());
    Ok(format!("{name:<20} first {first:.1} ms, then {}, {holding} of {all} hold{exact}", shown(proved)))
}

/// What single principals may do.
fn of_principals(gate: &Gate, workload: &Workload, calls: &Calls, tell: Tell<'_>) -> Result<()> {
    let names: Vec<String> =
        workload.principals.keys().take(ROUNDS.0).map(|name| format!("user:{name}")).collect();
    let mut each = names.iter().cycle();
    let one = times(ROUNDS.0, || drop(black_box(each.next().map(|name| what(gate, name, calls)))));
    let mut exact = 0;
    for name in &names {
        exact += usize::from(what(gate, name, calls).map_err(Error::other)?.is_exact());
    }
    tell(format!("what                 {}, exact for {exact} of {}", shown(one), names.len()))
}

/// How often what took so long is measured again.
fn again(first: Duration) -> usize {
    if first > Duration::from_secs(5) { 0 } else { ROUNDS.1 }
}

/// What changes between two sets.
fn between(name: &str, old: &Gate, new: &Gate) -> Result<String> {
    let start = now();
    let found = diff(old, new, None).map_err(Error::other)?;
    let first = start.elapsed();
    let again = times(again(first), || drop(black_box(diff(old, new, None))));
    let exact = found.changes.iter().flat_map(|change| change.gains.iter().chain(&change.losses));
    let (all, exact) =
        exact.fold((0, 0), |(all, exact), right| (all + 1, exact + usize::from(right.answer.is_exact())));
    Ok(format!(
        "{name}: first {:.1} ms, then {}, {} groups of callers, {exact} of {all} rights exact",
        first.as_secs_f64() * 1e3,
        shown(again),
        found.changes.len()
    ))
}

/// Takes the last prefix out of statements; one that has but one, or none, becomes a deny.
fn change<'s>(statements: impl Iterator<Item = &'s mut Statement>) {
    for statement in statements {
        match &mut statement.ip {
            Some(ip) if ip.cidrs.len() > 1 => drop(ip.cidrs.pop()),
            _ => statement.effect = "deny".to_owned(),
        }
    }
}

fn shown((median, tenth): (Duration, Duration)) -> String {
    if median.is_zero() {
        return "once only".to_owned();
    }
    format!("{:.2} ms ({:.2})", median.as_secs_f64() * 1e3, tenth.as_secs_f64() * 1e3)
}
