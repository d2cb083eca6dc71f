//! How far a set is open: equal to a count by the reference evaluator over every cell of small worlds; of generated worlds
//! no request that is allowed comes from beyond what is counted, and from each prefix that is counted a call is allowed.

#![expect(clippy::indexing_slicing, clippy::panic, reason = "a test fails where it stands")]

use super::answers::ip;
use crate::exhaustive::{DISJOINT, Layout, NESTED, requests, statements, worlds};
use crate::number;
use crate::space::tried;
use passgate::Gate;
use passgate::address::{Prefix, PrefixSet, parse_prefix};
use passgate::analysis::exposure::{Exposure, Matrix, Opening, Reach, difference, exposure, matrix};
use passgate::analysis::prove::{Verdict, prove};
use passgate::check::Request;
use passgate::grammar::text::quote;
use passgate::model::Model;
use passgate::reference;
use passgate_harness::random::Random;
use passgate_harness::world::{Member, World, generate, model};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Where nothing is optimised, one small world of so many is tried.
const STRIDE_UNOPTIMISED: usize = 499;
/// Optimised, one of so many.
const STRIDE: usize = 11;
/// Generated worlds of a run.
const WORLDS: usize = if cfg!(debug_assertions) { 3 } else { 150 };
/// Openings of a world of which a call is looked for.
const PROVED: usize = 3;
/// Shares are sums of powers of two; what is lost of them in a float is less.
const NEAR: f64 = 1e-12;

/// By principal and category; a category that is closed is left out.
type Counted = BTreeMap<String, BTreeMap<String, Reach>>;

#[test]
fn nested_prefixes() {
    exhaust(&NESTED);
}

#[test]
fn disjoint_prefixes() {
    exhaust(&DISJOINT);
}

#[expect(clippy::print_stdout, reason = "a run says what it has tried")]
#[expect(clippy::unwrap_used, reason = "part of a test")]
fn exhaust(layout: &Layout) {
    let (statements, requests, parts) = (statements(layout), requests(layout), parts(layout));
    let stride = if cfg!(debug_assertions) { STRIDE_UNOPTIMISED } else { STRIDE };
    let (mut count, mut before): (usize, Option<Exposure>) = (0, None);
    for mut world in worlds(&statements).step_by(stride) {
        widen(&mut world);
        let model = model(&world);
        let expected = counted(&model, &world, &requests, &parts);
        let gate = Gate::from_model(model).unwrap();
        let found = exposure(&gate).unwrap();
        assert!(found.exact, "{world:#?}");
        equal(&found, &expected, &world);
        drawn(&gate, &found, &world);
        if let Some(before) = &before {
            changed(before, &found, &world);
        }
        before = Some(found);
        count += 1;
    }
    println!("exposure {:?}: {count} worlds", layout.prefixes);
}

/// A category for each action, and beside the user one without its boundary, and one of whom nothing is said.
fn widen(world: &mut World) {
    for (action, category) in world.services[0].actions.iter_mut().zip(["read", "write", "list"]) {
        action.category = category.to_owned();
    }
    let attached = world.users[0].attached.clone();
    world.users.push(Member { name: "v".into(), attached, ..Member::default() });
    world.users.push(Member { name: "w".into(), ..Member::default() });
}

/// The addresses as the prefixes of a layout cut them: how large each part is, and an address in it.
fn parts(layout: &Layout) -> Vec<(Reach, IpAddr)> {
    let [wide, other] = layout.prefixes.map(|text| parse_prefix(text).map(|parsed| parsed.prefix).ok());
    let (Some(wide), Some(other)) = (wide, other) else { panic!("{:?}", layout.prefixes) };
    let address = |text: &str| -> IpAddr { text.parse().unwrap_or_else(|error| panic!("{text}: {error}")) };
    let v4 = |share: f64| Reach { v4: share, v6: 0.0 };
    let v6 = |share: f64| Reach { v4: 0.0, v6: share };
    // The shares of prefixes of so many bits.
    let [eight, sixteen, thirty_two] = [8, 16, 32].map(|bits| 2.0_f64.powi(-bits));
    let inside = |prefix: Prefix, text: &str| PrefixSet::from_prefixes([prefix]).contains(address(text));
    if inside(wide, "10.1.0.0") && inside(other, "10.1.0.0") {
        return vec![
            (v4(1.0 - eight), address("9.255.255.255")),
            (v4(eight - sixteen), address("10.2.0.0")),
            (v4(sixteen), address("10.1.0.0")),
            (v6(1.0), address("2001:db8::1")),
        ];
    }
    vec![
        (v4(1.0 - eight), address("9.255.255.255")),
        (v4(eight), address("10.0.0.0")),
        (v6(1.0 - thirty_two), address("2001:db9::")),
        (v6(thirty_two), address("2001:db8::")),
    ]
}

/// What the reference evaluator says of every cell.
fn counted(model: &Model, world: &World, requests: &[Request], parts: &[(Reach, IpAddr)]) -> Counted {
    let mut counted = Counted::new();
    for user in &world.users {
        let principal = format!("user:{}", user.name);
        let of = counted.entry(principal.clone()).or_default();
        for action in &world.services[0].actions {
            let name = format!("small:{}", action.name);
            let own = requests.iter().filter(|request| request.action == name);
            let own: Vec<Request> =
                own.cloned().map(|r| Request { principal: principal.clone(), ..r }).collect();
            for (share, address) in parts {
                let from = |request: &&Request| ip(request) == Some(*address);
                let is_allowed = |request: &Request| {
                    reference::decide(model, request).unwrap_or_else(|e| panic!("{e}\n{request:#?}")).allowed
                };
                assert!(own.iter().any(|request| from(&request)), "{address} is in no request");
                if own.iter().filter(from).any(is_allowed) {
                    *of.entry(action.category.clone()).or_default() += *share;
                }
            }
        }
    }
    counted
}

fn is_near(one: Reach, other: Reach) -> bool {
    (one.v4 - other.v4).abs() < NEAR && (one.v6 - other.v6).abs() < NEAR
}

/// Figures by principal, by category, and all together.
fn equal(found: &Exposure, expected: &Counted, world: &World) {
    let names: Vec<&str> = found.principals.iter().map(|one| one.principal.as_str()).collect();
    assert_eq!(names, expected.keys().collect::<Vec<_>>(), "{world:#?}");
    let (mut whole, mut by_category) = (Reach::default(), BTreeMap::<&str, Reach>::new());
    for one in &found.principals {
        let counted = &expected[&one.principal];
        same(&one.categories, counted, one, world);
        let total = counted.values().fold(Reach::default(), |sum, reach| sum + *reach);
        assert!(is_near(one.total, total), "{one:#?}\n{world:#?}");
        whole += total;
        for (category, reach) in counted {
            *by_category.entry(category).or_default() += *reach;
        }
    }
    assert!(is_near(found.total, whole), "{found:#?}\n{world:#?}");
    let by_category = by_category.into_iter().map(|(name, reach)| (name.to_owned(), reach)).collect();
    same(&found.categories, &by_category, found, world);
}

fn same(
    found: &BTreeMap<String, Reach>,
    expected: &BTreeMap<String, Reach>,
    of: &dyn std::fmt::Debug,
    world: &World,
) {
    assert_eq!(
        found.keys().collect::<Vec<_>>(),
        expected.keys().collect::<Vec<_>>(),
        "{of:#?}\n{expected:#?}\n{world:#?}"
    );
    for (category, reach) in found {
        assert!(is_near(*reach, expected[category]), "{category} {of:#?}\n{expected:#?}\n{world:#?}");
    }
}

/// Action by action it adds up to the same; of two sets too.
#[expect(clippy::unwrap_used, reason = "part of a test")]
fn drawn(gate: &Gate, found: &Exposure, world: &World) -> Matrix {
    let drawn = matrix(None, gate).unwrap();
    let mut names: Vec<&String> = drawn.columns.iter().flat_map(|column| &column.principals).collect();
    names.sort_unstable();
    let mut all: Vec<&String> = found.principals.iter().map(|one| &one.principal).collect();
    all.sort_unstable();
    assert_eq!(names, all, "{world:#?}");
    for column in &drawn.columns {
        let mut sums = BTreeMap::<&str, Reach>::new();
        for ((_, category), [old, new]) in drawn.actions.iter().zip(&column.cells) {
            assert_eq!(*old, None);
            let Some(opening) = new.map(|place| &drawn.openings[place]) else { continue };
            if opening.reach != Reach::default() {
                *sums.entry(category.as_deref().unwrap_or("opaque")).or_default() += opening.reach;
            }
        }
        for principal in &column.principals {
            let one = found.principals.iter().find(|one| one.principal == *principal).unwrap();
            let sums: BTreeMap<&str, bool> =
                sums.iter().map(|(name, sum)| (*name, near(*sum, one.categories.get(*name)))).collect();
            let all = one.categories.keys().map(|name| (name.as_str(), true)).collect();
            assert_eq!(sums, all, "{one:#?}\n{column:#?}\n{world:#?}");
        }
    }
    drawn
}

/// Sums of many shares, added in another order.
fn near(sum: Reach, other: Option<&Reach>) -> bool {
    other.is_some_and(|other| (sum.v4 - other.v4).abs() < 1e-9 && (sum.v6 - other.v6).abs() < 1e-9)
}

/// What changes is one less the other.
fn changed(old: &Exposure, new: &Exposure, world: &World) {
    let change = difference(old, new);
    assert!(is_near(change.total + old.total, new.total), "{change:#?}\n{world:#?}");
    for one in &new.principals {
        let of = |all: &Exposure| {
            let found = all.principals.iter().find(|other| other.principal == one.principal);
            found.map_or_else(Reach::default, |found| found.total)
        };
        assert!(is_near(of(&change) + of(old), one.total), "{change:#?}\n{world:#?}");
    }
}

#[derive(Debug, Default)]
struct Tried {
    allowed: usize,
    openings: usize,
    shown: usize,
    undecided: usize,
}

#[test]
fn requests_lie_within_what_is_counted_and_what_is_counted_is_shown() {
    let seed = number("PASSGATE_SEED").unwrap_or_else(crate::new_seed);
    println!("exposure: seed {seed} (PASSGATE_SEED)");
    let (mut random, mut tried) = (Random::new(seed), Tried::default());
    for _ in 0..WORLDS {
        let world = generate(random.bits());
        let model = model(&world);
        let Ok(gate) = Gate::from_model(model.clone()) else { continue };
        let drawn = drawn(&gate, &exposure(&gate).unwrap(), &world);
        within(&drawn, &model, &world, &mut tried);
        shown(&drawn, &gate, &world, (&mut random, &mut tried));
    }
    println!("exposure: {tried:?}");
    // Few openings say nothing of a share.
    assert!(tried.openings < 500 || tried.undecided * 2 < tried.openings, "{tried:?}");
}

/// The principals of a picture, but `anyone`, with what is open to each.
fn cells(drawn: &Matrix) -> impl Iterator<Item = (&str, &str, &Opening)> {
    drawn.columns.iter().flat_map(|column| {
        let named = column.principals.iter().filter(|name| name.contains(':'));
        named.flat_map(|principal| {
            let each = drawn.actions.iter().zip(&column.cells);
            each.filter_map(|((action, _), [_, new])| {
                Some((principal.as_str(), action.as_str(), &drawn.openings[(*new)?]))
            })
        })
    })
}

fn covers(opening: &Opening, ip: IpAddr) -> bool {
    match &opening.places {
        Some(places) => places.contains(ip),
        None => opening.reach != Reach::default(),
    }
}

/// The figure is never too small: an allowed request comes from a place that is counted.
fn within(drawn: &Matrix, model: &Model, world: &World, count: &mut Tried) {
    for (principal, action, opening) in cells(drawn) {
        for request in tried(world, principal, action) {
            let (Some(ip), Ok(decision)) = (ip(&request), reference::decide(model, &request)) else {
                continue;
            };
            if decision.allowed {
                count.allowed += 1;
                assert!(covers(opening, ip), "{opening:#?}\n{request:#?}\n{world:#?}");
            }
        }
    }
}

/// The figure is not too large where it is exact: from a prefix that is counted, or where addresses make no difference from
/// one of the world's, a call is allowed.
fn shown(drawn: &Matrix, gate: &Gate, world: &World, (random, count): (&mut Random, &mut Tried)) {
    let plain = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b":_".contains(&b));
    let open: Vec<_> = cells(drawn)
        .filter(|(principal, action, opening)| {
            let is_open = opening.reach != Reach::default() && opening.answer.is_exact();
            is_open
                && principal.starts_with("user:")
                && plain(action)
                && gate.model().catalogs.find(action.split(':').next().unwrap_or_default()).is_some()
        })
        .collect();
    let addresses: Vec<IpAddr> = world.asks.iter().filter_map(|ask| ip(&ask.request())).collect();
    for _ in 0..PROVED.min(open.len()) {
        let (principal, action, opening) = open[random.below(open.len())];
        let Some(prefix) = from(opening, &addresses, random) else { continue };
        let name = principal.trim_start_matches("user:");
        let text = format!("user {} may not {action} from {prefix}", quote(name));
        let told = |error: passgate::Error| panic!("{text}: {error}\n{:#?}\n{world:#?}", error.diagnostics());
        count.openings += 1;
        match &prove(gate, &[&text]).unwrap_or_else(told).asserts[0].verdict {
            Verdict::Holds => panic!("{text} {opening:#?}\n{world:#?}"),
            Verdict::Undecided(_) => count.undecided += 1,
            Verdict::Fails(found) => {
                count.shown += 1;
                let decision = reference::decide(gate.model(), &found.request);
                assert!(decision.is_ok_and(|decision| decision.allowed), "{text} {found:#?}\n{world:#?}");
                let from = ip(&found.request).unwrap_or_else(|| panic!("{text} {found:#?}"));
                assert!(PrefixSet::from_prefixes([prefix]).contains(from), "{text} {found:#?}\n{world:#?}");
            }
        }
    }
}

/// A prefix that is counted.
fn from(opening: &Opening, addresses: &[IpAddr], random: &mut Random) -> Option<Prefix> {
    match &opening.places {
        Some(places) => random.pick(&places.prefixes()).copied(),
        None => Some(parse_prefix(&random.pick(addresses)?.to_string()).ok()?.prefix),
    }
}
