//! One Rust peer on one workload, in a fresh process: loads it, compares its answers with the workload's, measures, and
//! prints one line of JSON. No peer lives here.
//!
//! The usage of every binary: `BINARY PEER WORKLOAD.json`, or `BINARY list`.

use serde::Deserialize;
use std::collections::HashMap;
use std::hint::black_box;
use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant};

/// Answers three texts: principal, action, address.
pub type Check = Box<dyn FnMut(&str, &str, &str) -> bool>;

/// Answers the requests of a range by their numbers, prepared as the peer likes; writes an answer for each.
pub type Numbered = Box<dyn FnMut(Range<usize>, &mut [bool])>;

/// What an application does once; everything that is read from disk was read before.
pub type Load<T> = Box<dyn FnOnce() -> T>;

/// A name, and what makes a load of the path of a workload without its ending.
pub type Peer<T> = (&'static str, fn(&str) -> Load<T>);

/// How a loaded peer is asked.
pub enum Asked {
    /// One call a request, with three texts.
    Texts(Check),
    /// One call for many requests.
    Numbers(Numbered),
}

/// Principal, action, address.
pub type Request = (String, String, String);

/// A condition on the address.
#[derive(Deserialize)]
pub struct Ip {
    /// `in` or `not_in`.
    pub op: String,
    /// Prefixes.
    pub cidrs: Vec<String>,
}

/// A statement.
#[derive(Deserialize)]
pub struct Stmt {
    /// `allow` or `deny`.
    pub effect: String,
    /// Any of these patterns.
    pub actions: Vec<String>,
    /// A condition on the address.
    pub ip: Option<Ip>,
}

/// A policy.
#[derive(Deserialize)]
pub struct Policy {
    /// Its name.
    pub id: String,
    /// Its statements.
    pub statements: Vec<Stmt>,
}

/// A workload with the answer to each request.
#[derive(Deserialize)]
pub struct Workload {
    /// Names of all actions.
    pub catalog: Vec<String>,
    /// Policies.
    pub policies: Vec<Policy>,
    /// Name → ids of its policies.
    pub principals: HashMap<String, Vec<String>>,
    /// Requests.
    pub requests: Vec<Request>,
    /// 1 is allowed.
    pub expected: Vec<u8>,
}

/// Reads a text file whole.
pub fn read(path: String) -> String {
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Reads the workload whose path without its ending is given.
pub fn load_workload(base: &str) -> Workload {
    serde_json::from_str(&read(format!("{base}.json"))).unwrap()
}

/// Reads the command line, and measures the peer it names.
pub fn main<T: 'static>(peers: &'static [Peer<T>], asked: fn(T) -> Asked) {
    let args: Vec<String> = std::env::args().collect();
    if args[1] == "list" {
        println!("{}", peers.iter().map(|peer| peer.0).collect::<Vec<_>>().join(" "));
        return;
    }
    let (name, base) = (args[1].clone(), args[2].strip_suffix(".json").unwrap().to_owned());
    let peer = peers.iter().find(|peer| peer.0 == name).expect("unknown peer").1;
    // Long chains of conditions recurse in some peers.
    let work = move || {
        let load = peer(&base);
        println!("{}", measure(&name, &base, move || asked(load())));
        std::process::exit(0);
    };
    std::thread::Builder::new().stack_size(4 << 30).spawn(work).unwrap().join().ok();
}

fn measure(name: &str, base: &str, load: impl FnOnce() -> Asked) -> serde_json::Value {
    let Workload { requests, expected, .. } = load_workload(base);
    let (before, start) = (resident_mb(), Instant::now());
    let mut peer = load();
    let (load_ms, mb) = (start.elapsed().as_secs_f64() * 1e3, resident_mb() - before);
    let (verified, disagree, seconds) = verify(&mut peer, &requests, &expected);
    let round = ((3e-4 / seconds) as usize).clamp(1, 2000).min(requests.len());
    let (mut rounds, cpu, checks) = rounds(&mut peer, &requests, round);
    rounds.sort_by(f64::total_cmp);
    let of = |x: f64, digits: f64| (x * digits).round() / digits;
    serde_json::json!({
        "peer": name, "lang": "rust", "workload": Path::new(base).file_name().unwrap().to_str(),
        "load_ms": of(load_ms, 100.0), "rss_mb": of(mb, 10.0), "verified": verified, "disagree": disagree,
        "ns": of(rounds[rounds.len() / 2], 10.0), "ns_p10": of(rounds[rounds.len() / 10], 10.0),
        "ns_cpu": of(cpu, 10.0), "checks": checks, "load1": load1(),
    })
}

/// Asks every request once, as far as the time allows: how many, how many answers differ, seconds for each.
fn verify(peer: &mut Asked, requests: &[Request], expected: &[u8]) -> (usize, usize, f64) {
    const PART: usize = 500;
    let (cap, start) = (seconds("CAP_VERIFY", 5.0), Instant::now());
    let (mut asked, mut wrong) = (0, 0);
    while asked < requests.len() && (asked < 3 || start.elapsed() < cap) {
        match peer {
            Asked::Texts(check) => {
                let (principal, action, ip) = &requests[asked];
                wrong += usize::from(check(principal, action, ip) != (expected[asked] == 1));
                asked += 1;
            }
            Asked::Numbers(check) => {
                let part = asked..(asked + PART).min(requests.len());
                let mut answers = vec![false; part.len()];
                check(part.clone(), &mut answers);
                wrong += answers.iter().zip(&expected[part.clone()]).filter(|(a, e)| **a != (**e == 1)).count();
                asked = part.end;
            }
        }
    }
    (asked, wrong, start.elapsed().as_secs_f64() / asked as f64)
}

/// Nanoseconds a check of each round, processor time of one check, and how many were made.
fn rounds(peer: &mut Asked, requests: &[Request], round: usize) -> (Vec<f64>, f64, u64) {
    let (mut rounds, mut total, mut at) = (Vec::new(), 0, 0);
    let mut answers = vec![false; round];
    let (end, cpu) = (Instant::now() + seconds("CAP_MEASURE", 4.0), cpu_ns());
    while Instant::now() < end || rounds.len() < 3 {
        if at + round > requests.len() {
            at = 0;
        }
        let part = at..at + round;
        at = part.end;
        let start = Instant::now();
        match peer {
            Asked::Texts(check) => {
                let mut allowed = 0usize;
                for (principal, action, ip) in &requests[part] {
                    allowed += check(principal, action, ip) as usize;
                }
                black_box(allowed);
            }
            Asked::Numbers(check) => {
                check(part, &mut answers);
                black_box(&mut answers);
            }
        }
        rounds.push(start.elapsed().as_nanos() as f64 / round as f64);
        total += round as u64;
    }
    let cpu = (cpu_ns() - cpu) as f64 / total as f64;
    (rounds, cpu, total)
}

fn seconds(name: &str, otherwise: f64) -> Duration {
    let set = std::env::var(name).ok().and_then(|text| text.parse().ok());
    Duration::from_secs_f64(set.unwrap_or(otherwise))
}

fn resident_mb() -> f64 {
    let pages = read("/proc/self/statm".to_owned());
    pages.split(' ').nth(1).unwrap().parse::<f64>().unwrap() * 4096.0 / 1048576.0
}

fn load1() -> f64 {
    read("/proc/loadavg".to_owned()).split(' ').next().unwrap().parse().unwrap()
}

fn cpu_ns() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is that of a value of the type the call fills.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}
