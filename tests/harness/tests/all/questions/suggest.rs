//! What is suggested for a log is the smallest there is: on every log of a small language no smaller policy within the
//! limits allows it, and for logs of sets made by hand it is no bigger than these.
//!
//! Within the limits is what docs/cli.md says: actions that the log shows from an address from every address of it,
//! calls without an address only of actions that it shows without one, categories and prefixes as they are given.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails where it stands"
)]

use super::minimize::{CATALOG, SETTINGS, action_lists, compiled};
use crate::{Clock, new_seed, number};
use passgate::address::{Prefix, address};
use passgate::analysis::suggest::{Limits, Suggested, log, suggest};
use passgate::check::Request;
use passgate::model::{Effect, Test};
use passgate::{Gate, reference};
use passgate_harness::random::Random;
use std::collections::BTreeMap;

/// One log of so many is tried; optimised, each.
const STRIDE: u32 = if cfg!(debug_assertions) { 211 } else { 1 };
const ACTIONS: [&str; 3] = ["Ab", "Ac", "B"];
/// The last is never in a log. No address is the fifth.
const ADDRESSES: [&str; 4] = ["10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3"];
const NONE: u32 = 1 << 4;
/// Calls of an action.
const WIDTH: u32 = 5;

/// What stands among addresses, and the addresses that it means.
const PREFIXES: [u32; 7] = [1, 2, 4, 8, 3, 12, 15];

/// The fewest elements of `from … not from …`, and of a list alone, for each set of addresses.
fn address_costs() -> [BTreeMap<u32, usize>; 2] {
    let sum = |list: u32| (0..7).filter(|n| list >> n & 1 == 1).fold(0, |sum, n| sum | PREFIXES[n]);
    let (mut from, mut list) = (BTreeMap::new(), BTreeMap::new());
    let note = |to: &mut BTreeMap<u32, usize>, set: u32, count: u32| {
        let known = to.entry(set).or_insert(usize::MAX);
        *known = (*known).min(count as usize);
    };
    for taken in 1..1u32 << 7 {
        note(&mut list, sum(taken), taken.count_ones());
        for away in 0..1u32 << 7 {
            note(&mut from, sum(taken) & !sum(away), taken.count_ones() + away.count_ones());
        }
    }
    from.remove(&0);
    [from, list]
}

/// The smallest policy that allows all calls of `seen` and none beyond `may`: statements × 1,000 + elements.
fn smallest(seen: u32, may: u32, statements: &[(u32, usize)]) -> usize {
    let fits = statements.iter().filter(|(cells, _)| cells & !may == 0);
    let mut useful: BTreeMap<u32, usize> = BTreeMap::new();
    for (cells, elements) in fits.filter(|(cells, _)| cells & seen != 0) {
        let known = useful.entry(cells & seen).or_insert(usize::MAX);
        *known = (*known).min(1_000 + elements);
    }
    let one = useful.get(&seen).copied().unwrap_or(usize::MAX);
    let two = useful.iter().flat_map(|(cells, cost)| {
        useful.iter().filter(move |(other, _)| *cells | **other == seen).map(move |(_, more)| cost + more)
    });
    // Two always do: what was seen from addresses, and what was seen without one.
    one.min(two.min().unwrap_or(usize::MAX))
}

/// Every statement of the small language: its cells and its elements.
fn small_statements() -> Vec<(u32, usize)> {
    let [from, list] = address_costs();
    let absent = std::iter::once((NONE, 1));
    let either = list.iter().map(|(set, count)| (set | NONE, *count));
    let calls: Vec<(u32, usize)> = from.iter().map(|(s, c)| (*s, *c)).chain(absent).chain(either).collect();
    let spread = |actions: u32, calls: u32| {
        (0..3).filter(|n| actions >> n & 1 == 1).fold(0, |cells, n| cells | calls << (WIDTH * n))
    };
    let lists = action_lists();
    let each = lists.iter().flat_map(|(actions, (some, _))| {
        calls.iter().map(move |(calls, more)| (spread(*actions, *calls), some + more))
    });
    each.collect()
}

/// What may be allowed where a log shows these calls.
fn within(seen: u32, pairs: bool, read: bool) -> u32 {
    let of = |action: u32| seen >> (WIDTH * action) & 31;
    let addresses = (0..3).fold(0, |sum, action| sum | of(action)) & 15;
    let half = |bits: u32| if addresses & bits == 0 { 0 } else { bits };
    let addresses = if pairs { half(3) | half(12) } else { addresses };
    let read = read && (of(0) | of(1)) != 0;
    (0..3).fold(0, |sum, action| {
        let from = of(action) & 15 != 0 || (read && action < 2);
        sum | (if from { addresses } else { 0 } | of(action) & NONE) << (WIDTH * action)
    })
}

/// The calls of a set of cells.
fn cells(seen: u32) -> impl Iterator<Item = (&'static str, Option<&'static str>)> {
    let each = (0..3 * WIDTH).filter(move |cell| seen >> cell & 1 == 1);
    each.map(|cell| (ACTIONS[(cell / WIDTH) as usize], ADDRESSES.get((cell % WIDTH) as usize).copied()))
}

fn suggested(
    gate: &Gate,
    limits: &Limits,
    lines: impl Iterator<Item = (String, Option<String>)>,
) -> Suggested {
    let mut seen = log(gate, limits).expect("limits of addresses");
    for (number, (action, ip)) in (1..).zip(lines) {
        let ip = ip.map_or(String::new(), |ip| format!(",\"ip\":\"{ip}\""));
        let line = format!("{{\"principal\":\"u\",\"action\":\"{action}\"{ip}}}");
        seen.line(number, &line).expect("few lines");
    }
    suggest(gate, seen, limits).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn no_smaller_policy_of_a_small_language_allows_the_log() {
    let clock = Clock::start();
    let texts = |text: &str| -> BTreeMap<String, String> {
        [("p.gate", text), ("small.json", CATALOG), ("passgate.toml", SETTINGS)]
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .into()
    };
    let gate = compiled(&texts("policy p { allow * } user u { attach p }")).expect("a set");
    let (statements, mut tried) = (small_statements(), 0);
    // No address of the last number is seen.
    let logs = (1u32..1 << 12).map(|log| {
        (0..3).fold(0, |sum, action| {
            let own = log >> (4 * action) & 15;
            sum | (own & 7 | (own & 8) << 1) << (WIDTH * action)
        })
    });
    for (seen, (pairs, read)) in logs.step_by(STRIDE as usize).flat_map(|log| {
        [(false, false), (true, false), (false, true), (true, true)].map(move |limits| (log, limits))
    }) {
        let limits = Limits {
            categories: read.then(|| "read".to_owned()).into_iter().collect(),
            shortest: [if pairs { 31 } else { 32 }, 128],
            ..Limits::default()
        };
        let lines = cells(seen).map(|(action, ip)| (action.to_owned(), ip.map(str::to_owned)));
        let found = suggested(&gate, &limits, lines);
        let may = within(seen, pairs, read);
        let told = || format!("{pairs} {read} {:?}\n{}", cells(seen).collect::<Vec<_>>(), found.text);
        let after = compiled(&texts(&found.text.replace("use small", "")))
            .unwrap_or_else(|e| panic!("{e} {}", told()));
        for cell in 0..3 * WIDTH {
            let (action, ip) = cells(1 << cell).next().expect("one cell");
            let mut request = Request::new("user:u", format!("small:{action}"));
            request = ip.map_or(request.clone(), |ip| request.ip(ip));
            let allowed = reference::decide(after.model(), &request).expect("a call").allowed;
            assert!(allowed || seen >> cell & 1 == 0, "{action} {ip:?} is refused {}", told());
            assert!(!allowed || may >> cell & 1 == 1, "{action} {ip:?} is beyond the limits {}", told());
        }
        let size = found.policies[0].size;
        let expected = smallest(seen, may, &statements);
        assert_eq!(size.statements * 1_000 + size.elements, expected, "{}", told());
        assert!(found.policies[0].least, "{}", told());
        tried += 1;
    }
    println!("suggest: {tried} logs and limits of a small language, {clock}");
}

/// Sets as somebody wrote them by hand, with the categories that may be granted.
const PLANTED: [(&str, &[&str]); 3] = [
    (
        "allow read, list from 10.20.0.0/16
         allow PayOrders, AllocateCreditPool from 10.20.0.0/16",
        &["read", "list"],
    ),
    ("allow Query*, Describe* from 10.0.0.0/8, 2001:db8::/32", &[]),
    (
        "allow list from 10.0.0.0/12, 192.168.0.0/16
         allow QueryUser",
        &["list"],
    ),
];

#[test]
fn a_log_of_a_set_made_by_hand_gives_a_set_as_small() {
    let seed = number("PASSGATE_SEED").unwrap_or_else(new_seed);
    println!("suggest: seed {seed} (PASSGATE_SEED)");
    let mut random = Random::new(seed);
    for (planted, categories) in PLANTED {
        let hand = format!("use intlpartnersmgt policy p {{ {planted} }} user u {{ attach p }}");
        let hand = Gate::compile(hand.as_str()).expect("a set made by hand");
        let shrunk = passgate::analysis::minimize::minimize(&hand, passgate::analysis::minimize::Form::Files);
        let by_hand = shrunk.expect("a set made by hand").policies[0].before;
        let (lines, shortest) = uses(&hand, &mut random);
        let categories = categories.iter().map(|name| (*name).to_owned()).collect();
        let limits = Limits { categories, shortest, ..Limits::default() };
        let count = lines.len();
        let found = suggested(&hand, &limits, lines.into_iter());
        let size = found.policies[0].size;
        println!("suggest: by hand {by_hand}; found {size} of {count} lines\n{}", found.text);
        let near =
            size.statements * 20 <= by_hand.statements * 21 && size.elements * 20 <= by_hand.elements * 21;
        assert!(near, "by hand {by_hand}, found {size}\n{}", found.text);
    }
}

/// Calls that each statement allows, of every action from both ends of every prefix and from between, in any order; and
/// the shortest prefixes.
fn uses(gate: &Gate, random: &mut Random) -> (Vec<(String, Option<String>)>, [u8; 2]) {
    let model = gate.model();
    let (mut lines, mut shortest) = (Vec::new(), [32, 128]);
    for statement in model.policies.iter().flat_map(|policy| &policy.statements) {
        assert_eq!(statement.effect, Effect::Allow);
        let prefixes: Vec<Prefix> = statement
            .conditions
            .iter()
            .flat_map(|condition| match &condition.test {
                Test::Ip { prefixes, .. } => prefixes.iter().copied().collect(),
                _ => Vec::new(),
            })
            .collect();
        for prefix in &prefixes {
            let of = &mut shortest[usize::from(prefix.family == passgate::address::Family::V6)];
            *of = (*of).min(prefix.length);
        }
        for (_, service) in model.catalogs.services().filter(|(_, s)| &*s.service == "intlpartnersmgt") {
            for row in &service.actions {
                let action = format!("intlpartnersmgt:{}", row.name);
                if !super::minimize::covers(gate, statement, &action) {
                    continue;
                }
                for prefix in &prefixes {
                    let wide = prefix.last() - prefix.first();
                    let between = prefix.first() + u128::from(random.bits()) % wide;
                    let ends = [prefix.first(), between, prefix.last()];
                    lines.extend(ends.map(|bits| {
                        (random.bits(), action.clone(), Some(address(prefix.family, bits).to_string()))
                    }));
                }
                if prefixes.is_empty() {
                    lines.push((random.bits(), action, None));
                }
            }
        }
    }
    lines.sort();
    (lines.into_iter().map(|(_, action, ip)| (action, ip)).collect(), shortest)
}
