//! Are two versions of a workload the same, and if not, where do they differ? passgate's `diff` beside cedar's symbolic
//! compiler with cvc5, on the same two sets in one run.
//!
//! `symbolic WORKLOAD.json`; the solver is `cvc5` of the path, or the program that `CVC5` names.
//!
//! What is asked differs in two ways, and both are told in benches/README.md: the symbolic compiler speaks of every store
//! of entities that fits the schema, passgate of the callers of the set; passgate tells every change with its addresses, the
//! solver one example for each action that differs.

mod cedar;

use passgate::analysis::diff::diff;
use passgate::load::compile_model;
use passgate::{Gate, LoadOptions};
use passgate_benches::{Workload, read};
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

/// Rounds of passgate; the solver is asked once, since it takes as long as a hundred of them.
const ROUNDS: usize = 21;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let path = std::env::args().nth(1).ok_or("usage: symbolic WORKLOAD.json")?;
    let old = read(Path::new(&path))?;
    let (mut same, mut other) = (read(Path::new(&path))?, read(Path::new(&path))?);
    add_half(&mut same)?;
    drop_prefix(&mut other)?;
    for (name, new) in
        [("the same, with a prefix inside another added", &same), ("a prefix taken out", &other)]
    {
        let own = passgate(&old, new)?;
        let peer = cedar::compare(&old, new)?;
        if own.differ != (peer.differ > 0) {
            return Err(format!("{name}: passgate says {}, cedar {} actions", own.differ, peer.differ).into());
        }
        println!("{name}:");
        println!("  passgate  {} (10th percentile {})", shown(own.median), shown(own.tenth));
        println!(
            "  cedar     {}: {} to compile {} pairs, {} to solve; {} of them differ; one differing pair again, with an example: {}",
            shown(peer.compile + peer.solve),
            shown(peer.compile),
            peer.pairs,
            shown(peer.solve),
            peer.differ,
            peer.example.map_or_else(|| "-".to_owned(), shown)
        );
        let ratio = (peer.compile + peer.solve).as_secs_f64() / own.median.as_secs_f64();
        println!("  cedar takes {ratio:.0} times as long");
    }
    Ok(())
}

/// What passgate took, and whether anything changes.
struct Own {
    median: Duration,
    tenth: Duration,
    differ: bool,
}

fn passgate(old: &Workload, new: &Workload) -> Result<Own> {
    let gate = |workload: &Workload| -> Result<Gate> {
        Ok(Gate::from_model(compile_model(workload.files(), &LoadOptions::default())?)?)
    };
    let (old, new) = (gate(old)?, gate(new)?);
    let mut times = Vec::with_capacity(ROUNDS);
    let mut differ = false;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let found = diff(&old, &new, None)?;
        times.push(start.elapsed());
        if !found.is_exact() {
            return Err("an answer is not exact".into());
        }
        differ = !found.changes.is_empty();
    }
    times.sort_unstable();
    Ok(Own { median: times[ROUNDS / 2], tenth: times[ROUNDS / 10], differ })
}

/// Adds to the first IPv4 prefix shorter than /32 its second half: another text, the same meaning. (Halves instead of the
/// whole are not the same to cedar, whose addresses may be prefixes themselves.)
fn add_half(workload: &mut Workload) -> Result<()> {
    let lists = workload.policies.iter_mut().flat_map(|policy| &mut policy.statements);
    for cidrs in lists.filter_map(|statement| statement.ip.as_mut()).map(|ip| &mut ip.cidrs) {
        if let Some(half) = cidrs.iter().find_map(|cidr| second_half(cidr)) {
            cidrs.push(half);
            return Ok(());
        }
    }
    Err("no IPv4 prefix to add a half to".into())
}

fn second_half(cidr: &str) -> Option<String> {
    let (address, length) = cidr.split_once('/')?;
    let (address, length) = (address.parse::<std::net::Ipv4Addr>().ok()?, length.parse::<u32>().ok()?);
    let bit = 1_u32.checked_shl(31_u32.checked_sub(length)?)?;
    Some(format!("{}/{}", std::net::Ipv4Addr::from(u32::from(address) | bit), length + 1))
}

/// Takes the last prefix out of the first list that has two.
fn drop_prefix(workload: &mut Workload) -> Result<()> {
    let mut lists = workload.policies.iter_mut().flat_map(|policy| &mut policy.statements);
    let list = lists.find_map(|statement| statement.ip.as_mut().filter(|ip| ip.cidrs.len() > 1));
    list.and_then(|ip| ip.cidrs.pop()).map(drop).ok_or_else(|| "no list of two prefixes".into())
}

fn shown(time: Duration) -> String {
    match time.as_secs_f64() {
        short if short < 1e-3 => format!("{:.1} us", short * 1e6),
        short if short < 1.0 => format!("{:.2} ms", short * 1e3),
        long => format!("{long:.2} s"),
    }
}
