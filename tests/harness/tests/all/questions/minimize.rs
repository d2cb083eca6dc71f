//! A policy set made smaller decides every call as it did, is never bigger, and is as small as it gets: on small worlds as
//! small as the smallest policy there is, on sets that were blown up within a twentieth of what they were made from.

use passgate::analysis::minimize::{Form, Minimized, minimize};
use passgate::load::{LoadOptions, TextSources};
use passgate::{Gate, reference};
use passgate_harness::random::Random;
use passgate_harness::world::{files, generate};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// Generated worlds of a run.
const WORLDS: u64 = if cfg!(debug_assertions) { 3 } else { 30 };
/// One small world of so many is tried; optimised, each.
const STRIDE: usize = if cfg!(debug_assertions) { 2_401 } else { 1 };

pub(super) type Texts = BTreeMap<String, String>;

pub(super) fn compiled(texts: &Texts) -> passgate::error::Result<Gate> {
    Gate::compile_with(texts.clone().into_iter().collect::<TextSources>(), &LoadOptions::default())
}

/// The texts with what was rewritten.
pub(super) fn rewritten(texts: &Texts, found: &Minimized) -> Texts {
    let mut out = texts.clone();
    for file in &found.files {
        let (name, text) = (file.name.to_string(), file.text.clone());
        assert!(out.insert(name, text).is_some(), "{}", file.name);
    }
    out
}

#[test]
fn generated_worlds_decide_as_before() {
    let seed = crate::number("PASSGATE_SEED").unwrap_or_else(crate::new_seed);
    let worlds = crate::number("PASSGATE_WORLDS").unwrap_or(WORLDS);
    println!("minimize: seed {seed}");
    let (mut seeds, mut tried, mut smaller, mut cells) = (Random::new(seed), 0, 0, 0);
    while tried < worlds {
        let world = generate(seeds.bits());
        let Some(files) = files(&world).filter(|files| files.boundary.is_empty()) else { continue };
        let texts: Texts = files.set.into_iter().collect();
        let before = compiled(&texts).unwrap();
        let found = minimize(&before, Form::Files).unwrap();
        let less = rewritten(&texts, &found);
        let shown = || format!("world seed {}\n{texts:#?}\n{less:#?}", world.seed);
        let after = compiled(&less).unwrap_or_else(|error| panic!("{error}\n{}", shown()));
        for one in &found.policies {
            let (was, is) = (one.before, one.after);
            assert!((is.statements, is.elements) <= (was.statements, was.elements), "{one:?}\n{}", shown());
            smaller += u64::from((is.statements, is.elements) < (was.statements, was.elements));
        }
        for ask in &world.asks {
            let request = ask.request();
            let of = |gate: &Gate| {
                reference::decide(gate.model(), &request).map(|d| d.reason).map_err(|e| e.code())
            };
            let (was, is) = (of(&before), of(&after));
            // Of several faults another one may be named.
            assert!(was == is || (open(&was) && open(&is)), "{was:?} {is:?}\n{ask:#?}\n{}", shown());
            cells += 1;
        }
        let again = minimize(&after, Form::Files).unwrap();
        assert_eq!(rewritten(&less, &again), less, "{}", shown());
        tried += 1;
    }
    println!("minimize: {tried} worlds, {smaller} policies smaller, {cells} requests");
}

fn open(answer: &Result<passgate::Reason, passgate::ErrorCode>) -> bool {
    matches!(answer, Err(passgate::ErrorCode::BadContext | passgate::ErrorCode::UnresolvedVariable))
}

/// Three actions, two of them reads, and two halves of a prefix: cells are an action with an address in the first half, in
/// the second, in neither, or without one.
pub(super) const CATALOG: &str = r#"{"service": "small", "actions": [
    {"name": "Ab", "category": "read"}, {"name": "Ac", "category": "read"}, {"name": "B", "category": "write"}]}"#;
const HALVES: [&str; 2] = ["10.0.0.0/9", "10.128.0.0/9"];
pub(super) const SETTINGS: &str = "use = [\"small\"]\ncatalogs = [\"small.json\"]\n";

/// What may stand among actions, and the actions that it means.
const ACTIONS: [(&str, u32); 7] =
    [("Ab", 1), ("Ac", 2), ("B", 4), ("A*", 3), ("read", 3), ("write", 4), ("small:*", 7)];

/// The cheapest way of writing each set of actions: elements and text.
pub(super) fn action_lists() -> BTreeMap<u32, (usize, String)> {
    let mut out: BTreeMap<u32, (usize, String)> = BTreeMap::new();
    let lists = |most: u32| (0..1u32 << ACTIONS.len()).filter(move |list| list.count_ones() <= most);
    let of =
        |list: u32| ACTIONS.iter().enumerate().filter(move |(n, _)| list >> n & 1 == 1).map(|(_, one)| *one);
    for taken in lists(3).filter(|list| *list > 0) {
        for away in lists(2) {
            let sum = |list: u32| of(list).fold(0, |sum, (_, set)| sum | set);
            let (set, elements) =
                (sum(taken) & !sum(away), (taken.count_ones() + away.count_ones()) as usize);
            let words = |list: u32| of(list).map(|(word, _)| word).collect::<Vec<_>>().join(", ");
            let text =
                if away == 0 { words(taken) } else { format!("{} except {}", words(taken), words(away)) };
            if set != 0 && out.get(&set).is_none_or(|(known, _)| elements < *known) {
                out.insert(set, (elements, text));
            }
        }
    }
    out
}

/// What may stand among addresses: first half 1, second half 2, elsewhere 4; no address is 8.
const ADDRESSES: [(&str, u32); 4] = [(HALVES[0], 1), (HALVES[1], 2), ("10.0.0.0/8", 3), ("anywhere", 7)];

/// The cheapest way of writing each set of calls.
fn address_lists() -> BTreeMap<u32, (usize, String)> {
    let mut out: BTreeMap<u32, (usize, String)> = BTreeMap::from([(15, (0, String::new()))]);
    let mut note = |set: u32, elements: usize, text: String| {
        if set != 0 && out.get(&set).is_none_or(|(known, _)| elements < *known) {
            out.insert(set, (elements, text));
        }
    };
    let of = |list: u32| {
        ADDRESSES.iter().enumerate().filter(move |(n, _)| list >> n & 1 == 1).map(|(_, one)| *one)
    };
    let words = |list: u32| of(list).map(|(word, _)| word).collect::<Vec<_>>().join(", ");
    let sum = |list: u32| of(list).fold(0, |sum, (_, set)| sum | set);
    note(8, 1, "when qcs:ip is absent".into());
    for list in 1..16u32 {
        let count = list.count_ones() as usize;
        note(sum(list), count, format!("from {}", words(list)));
        note(7 & !sum(list), count, format!("not from {}", words(list)));
        note(15 & !sum(list), count, format!("unless from {}", words(list)));
        note(8 | sum(list), count, format!("when qcs:ip is absent or in {}", words(list)));
        for away in 1..16u32 {
            let elements = count + away.count_ones() as usize;
            note(sum(list) & !sum(away), elements, format!("from {} not from {}", words(list), words(away)));
        }
    }
    out
}

/// A statement of the small language: its cells, its elements, its text.
type Small = (u32, usize, String);

fn small_statements() -> Vec<Small> {
    let mut out = Vec::new();
    for (actions, (some, action_text)) in action_lists() {
        for (calls, (more, address_text)) in address_lists() {
            let cells = (0..3).filter(|n| actions >> n & 1 == 1).fold(0, |cells, n| cells | calls << (4 * n));
            out.push((cells, some + more, format!("{action_text} {address_text}")));
        }
    }
    out
}

/// The smallest choice of statements that cover each set of cells: statements × 1,000 + elements.
#[expect(clippy::indexing_slicing, reason = "part of a test")]
fn smallest(statements: &[Small]) -> Vec<usize> {
    let mut least = vec![usize::MAX; 1 << 12];
    let mut waiting = BinaryHeap::from([Reverse((0usize, 0u32))]);
    while let Some(Reverse((cost, cells))) = waiting.pop() {
        if cost >= least[cells as usize] {
            continue;
        }
        least[cells as usize] = cost;
        for (more, elements, _) in statements {
            waiting.push(Reverse((cost + 1_000 + elements, cells | more)));
        }
    }
    least
}

/// The smallest policy that denies some cells and allows others, where a deny leaves open what is allowed.
#[expect(clippy::indexing_slicing, reason = "part of a test")]
fn smallest_policy(least: &[usize], denied: u32, allowed: u32) -> usize {
    let (must, mut free) = (allowed & !denied, denied);
    let mut best = usize::MAX;
    loop {
        best = best.min(least[(must | free) as usize]);
        if free == 0 {
            return best + least[denied as usize];
        }
        free = (free - 1) & denied;
    }
}

#[test]
fn no_smaller_policy_of_a_small_language_says_the_same() {
    let statements = small_statements();
    let least = smallest(&statements);
    let single = |at: usize| {
        let (cells, _, text) = &statements[at / 2];
        let word = ["allow", "deny"][at % 2];
        (*cells, at % 2 == 1, format!("{word} {text}"))
    };
    let (count, mut number, mut tried) = (statements.len() * 2, 0, 0);
    for one in 0..count {
        for other in one..count {
            number += 1;
            if number % STRIDE != 0 {
                continue;
            }
            let all = [single(one), single(other)];
            let of = |deny: bool| {
                all.iter().filter(|(_, d, _)| *d == deny).fold(0, |sum, (cells, _, _)| sum | cells)
            };
            let expected = smallest_policy(&least, of(true), of(false));
            check_small(&all.iter().map(|(_, _, text)| text.as_str()).collect::<Vec<_>>(), expected);
            tried += 1;
        }
    }
    println!("minimize: {tried} small worlds of {} statements", count);
}

#[test]
fn several_statements_of_a_small_language_become_the_fewest() {
    let seed = crate::number("PASSGATE_SEED").unwrap_or_else(crate::new_seed);
    println!("minimize: seed {seed}");
    let statements = small_statements();
    let least = smallest(&statements);
    let mut random = Random::new(seed);
    for _ in 0..if cfg!(debug_assertions) { 20 } else { 2_000 } {
        let (mut texts, mut cells) = (Vec::new(), [0u32; 2]);
        for _ in 0..random.between(3, 6) {
            let (own, _, text) = &statements[random.below(statements.len())];
            let deny = random.below(3) == 0;
            cells[usize::from(deny)] |= own;
            texts.push(format!("{} {text}", if deny { "deny" } else { "allow" }));
        }
        let expected = smallest_policy(&least, cells[1], cells[0]);
        check_small(&texts.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    }
}

#[expect(clippy::unwrap_used, reason = "part of a test")]
#[expect(clippy::indexing_slicing, reason = "part of a test")]
fn check_small(statements: &[&str], expected: usize) {
    let text = format!("policy p {{\n{}\n}}\nuser u {{ attach p }}\n", statements.join("\n"));
    let texts: Texts = [("p.gate", text.as_str()), ("small.json", CATALOG), ("passgate.toml", SETTINGS)]
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .into();
    let gate = compiled(&texts).unwrap();
    let found = minimize(&gate, Form::Files).unwrap();
    let after = found.policies[0].after;
    let shown = &found.files[0].text;
    assert_eq!(after.statements * 1_000 + after.elements, expected, "{text}\n{shown}");
    assert!(found.policies[0].least, "{text}\n{shown}");
}

/// Sets as somebody wrote them by hand who knew what they are for.
const PLANTED: [&str; 3] = [
    "use intlpartnersmgt
     policy desk {
         allow read, list
         allow PayOrders, AllocateCreditPool from 203.0.113.0/24, 198.51.100.0/25
         deny write except PayOrders, AllocateCreditPool
     }",
    "use intlpartnersmgt
     policy auditor {
         allow Query*, Describe* from 10.0.0.0/8
         deny QueryUser, QueryCredit* 
     }",
    "use intlpartnersmgt
     policy ops {
         allow list from 10.0.0.0/8 not from 10.9.0.0/16
         allow read from 10.0.0.0/12
         allow write from 2001:db8::/32
     }",
];

#[test]
fn what_was_blown_up_is_found_again() {
    let seed = crate::number("PASSGATE_SEED").unwrap_or_else(crate::new_seed);
    println!("minimize: seed {seed}");
    let mut random = Random::new(seed);
    for planted in PLANTED.into_iter().take(if cfg!(debug_assertions) { 1 } else { 3 }) {
        let hand = Gate::compile(planted).unwrap();
        let size = minimize(&hand, Form::Files).unwrap().policies[0].before;
        let blown = blown(&hand, &mut random);
        let gate = Gate::compile(blown.as_str()).unwrap();
        let found = minimize(&gate, Form::Files).unwrap();
        let (was, is) = (found.policies[0].before, found.policies[0].after);
        println!("minimize: by hand {size}; blown up {was}; found {is}");
        let shown = &found.files[0].text;
        assert!(was.statements > 5 * size.statements, "{was}");
        assert!(
            is.statements * 20 <= size.statements * 21 && is.elements * 20 <= size.elements * 21,
            "{is}\n{shown}"
        );
    }
}

/// Each action and each half of each prefix a statement of its own, some twice, some in a narrower statement too.
#[expect(clippy::indexing_slicing, reason = "part of a test")]
fn blown(gate: &Gate, random: &mut Random) -> String {
    let model = gate.model();
    let policy = &model.policies[0];
    let mut lines: BTreeSet<(u64, String)> = BTreeSet::new();
    for statement in &policy.statements {
        let word = format!("{:?}", statement.effect).to_lowercase();
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        for condition in &statement.conditions {
            let passgate::model::Test::Ip { negated, prefixes, .. } = &condition.test else { continue };
            if *negated { outside.extend(prefixes.iter()) } else { inside.extend(prefixes.iter()) }
        }
        let within = passgate::address::PrefixSet::from_prefixes(inside.into_iter().copied());
        let within =
            within.except(&passgate::address::PrefixSet::from_prefixes(outside.into_iter().copied()));
        let mut from: Vec<String> =
            within.prefixes().iter().flat_map(|p| halves(*p)).map(|p| format!("from {p}")).collect();
        if statement.conditions.is_empty() {
            from = vec![String::new(), "from 192.0.2.0/24".into()];
        }
        for (_, service) in model.catalogs.services() {
            for action in &service.actions {
                let name = format!("{}:{}", service.service, action.name);
                if covers(gate, statement, &name) {
                    lines.extend(from.iter().map(|from| (random.bits(), format!("{word} {name} {from}"))));
                    if random.chance(10) {
                        lines.extend(
                            from.first().map(|from| (random.bits(), format!("{word} {name} {from}"))),
                        );
                    }
                }
            }
        }
    }
    let lines: Vec<String> = lines.into_iter().map(|(_, line)| line).collect();
    format!("use intlpartnersmgt policy p {{\n{}\n}}", lines.join("\n"))
}

fn halves(prefix: passgate::address::Prefix) -> [passgate::address::Prefix; 2] {
    let length = prefix.length + 1;
    let upper = 1u128 << (passgate::address::Prefix::width(prefix.family) - length);
    [prefix.bits, prefix.bits | upper].map(|bits| passgate::address::Prefix::new(prefix.family, bits, length))
}

#[expect(clippy::unwrap_used, reason = "part of a test")]
pub(super) fn covers(gate: &Gate, statement: &passgate::model::Statement, action: &str) -> bool {
    use passgate::model::ActionKind;
    let (service, name) = action.split_once(':').unwrap();
    let (id, rows) = gate.model().catalogs.find(service).unwrap();
    let place = rows.position(name).unwrap();
    statement.actions.iter().any(|term| match &term.kind {
        ActionKind::Pattern { service: of, pattern, .. } => {
            of.as_ref() == service && passgate::glob::matches(pattern, name)
        }
        ActionKind::Names(ids) => ids.contains(&passgate::catalog::ActionId { service: id, action: place }),
        ActionKind::All { .. } => true,
        ActionKind::Permid(_) => false,
    })
}
