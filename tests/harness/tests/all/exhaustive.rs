//! A small world, exhausted: every set of two statements over three actions, two prefixes (nested, then disjoint), with
//! and without resource and time, both attached or the second as the boundary, on every cell of it.

use passgate::check::Request;
use passgate_harness::engines::Engines;
use passgate_harness::world::{
    Action, Condition, Member, Operator, Policy, Service, Statement, Term, World, model,
};

/// Where nothing is optimised, one set of so many is tried.
const STRIDE_UNOPTIMISED: usize = 499;

/// Two prefixes, and an address before, in and behind each of their bounds.
pub(super) struct Layout {
    pub(super) prefixes: [&'static str; 2],
    addresses: [Option<&'static str>; 7],
}

pub(super) const NESTED: Layout = Layout {
    prefixes: ["10.0.0.0/8", "10.1.0.0/16"],
    addresses: [
        None,
        Some("9.255.255.255"),
        Some("10.0.0.0"),
        Some("10.1.0.0"),
        Some("10.1.255.255"),
        Some("10.2.0.0"),
        Some("2001:db8::1"),
    ],
};

pub(super) const DISJOINT: Layout = Layout {
    prefixes: ["10.0.0.0/8", "2001:db8::/32"],
    addresses: [
        None,
        Some("9.255.255.255"),
        Some("10.0.0.0"),
        Some("11.0.0.0"),
        Some("2001:db7:ffff:ffff:ffff:ffff:ffff:ffff"),
        Some("2001:db8::"),
        Some("2001:db9::"),
    ],
};

const ACTIONS: [&str; 3] = ["Near", "Far", "Thing"];

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
    let (statements, requests) = (statements(layout), requests(layout));
    let stride = if cfg!(debug_assertions) { STRIDE_UNOPTIMISED } else { 1 };
    let (mut sets, mut cells) = (0, 0);
    for (number, world) in worlds(&statements).enumerate() {
        if number % stride != 0 {
            continue;
        }
        let engines = Engines::new(model(&world)).unwrap();
        for request in &requests {
            let (expected, found) = (engines.reference(request), engines.table(request));
            assert_eq!(expected, found, "{request:#?}\n{world:#?}");
            if request.at.is_none() && request.resources.is_none() {
                assert_eq!(engines.words_differ(request), None, "{request:#?}\n{world:#?}");
            }
        }
        sets += 1;
        cells += requests.len();
    }
    println!("exhaustive {:?}: {sets} sets, {cells} cells", layout.prefixes);
}

/// Every statement: effect, actions, prefix or none, resource or `*`, time or always.
pub(super) fn statements(layout: &Layout) -> Vec<Statement> {
    let mut all = Vec::new();
    for bits in 0..2 * 7 * 3 * 2 * 2 {
        let (deny, rest) = (bits % 2 == 1, bits / 2);
        let (actions, rest) = (rest % 7 + 1, rest / 7);
        let (prefix, rest) = (rest % 3, rest / 3);
        let (named, timed) = (rest % 2 == 1, rest / 2 == 1);
        let address = layout.prefixes.get(prefix).map(|p| condition(Operator::IpEqual, "qcs:ip", p));
        let time =
            timed.then(|| condition(Operator::DateLessThan, "qcs:current_time", "2026-01-01T00:00:00Z"));
        all.push(Statement {
            deny,
            actions: (0..)
                .zip(ACTIONS)
                .filter(|(i, _)| actions >> i & 1 == 1)
                .map(|(_, name)| term(name))
                .collect(),
            resources: vec![if named { "qcs::small:::a" } else { "*" }.into()],
            conditions: address.into_iter().chain(time).collect(),
        });
    }
    all
}

fn term(action: &str) -> Term {
    Term::Pattern { service: "small".into(), pattern: action.into(), legacy: false }
}

fn condition(operator: Operator, key: &str, value: &str) -> Condition {
    let (qualifier, if_exist) = (String::new(), false);
    Condition { operator, qualifier, if_exist, key: key.into(), values: vec![value.into()] }
}

/// Every pair attached, in either order once, and every pair of which the second is the boundary.
pub(super) fn worlds(statements: &[Statement]) -> impl Iterator<Item = World> {
    let pairs =
        statements.iter().enumerate().flat_map(|(i, a)| statements.iter().skip(i).map(move |b| (a, b)));
    let attached = pairs.map(|(a, b)| world(vec![a.clone(), b.clone()], None));
    let bounded = statements.iter().flat_map(|a| statements.iter().map(move |b| (a, b)));
    attached.chain(bounded.map(|(a, b)| world(vec![a.clone()], Some(b.clone()))))
}

fn world(attached: Vec<Statement>, bound: Option<Statement>) -> World {
    let policy = |name: &str, statements| Policy { name: name.into(), statements, ..Policy::default() };
    let boundary = bound.is_some().then(|| "limit".to_owned());
    let user = Member { name: "u".into(), attached: vec!["own".into()], boundary, ..Member::default() };
    let limit = bound.map(|statement| policy("limit", vec![statement]));
    World {
        services: vec![service()],
        policies: std::iter::once(policy("own", attached)).chain(limit).collect(),
        users: vec![user],
        ..World::default()
    }
}

/// An action that is handed the address, one that is not, and one of resource level.
fn service() -> Service {
    let row = |name: &str, granularity: &str, ip| Action {
        name: name.into(),
        category: "read".into(),
        granularity: granularity.into(),
        ip,
        tags: false,
    };
    let actions =
        vec![row("Near", "operation", true), row("Far", "operation", false), row("Thing", "resource", true)];
    Service { service: "small".into(), granularity: "operation".into(), actions, ..Service::default() }
}

/// Every cell: action, address, time, and for the action of resource level the resource.
pub(super) fn requests(layout: &Layout) -> Vec<Request> {
    let mut all = Vec::new();
    for action in ACTIONS {
        let named = [None, Some("qcs::small:::a"), Some("qcs::small:::b")];
        for resource in named.iter().take(if action == "Thing" { 3 } else { 1 }) {
            for time in [None, Some("2025-12-31T23:59:59.999999999Z"), Some("2026-01-01T00:00:00Z")] {
                for address in layout.addresses {
                    let mut request = Request::new("user:u", format!("small:{action}"));
                    request = address.map_or(request.clone(), |a| request.ip(a));
                    request = time.map_or(request.clone(), |t| request.at(t));
                    all.push(resource.map_or(request.clone(), |r| request.resource(r)));
                }
            }
        }
    }
    all
}
