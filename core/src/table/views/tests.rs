//! What views are made, kept and forgotten, and that each way of reading policies gives the same cells.

use super::super::Table;
use super::*;
use crate::Gate;
use crate::address::{canonical_bits, parse_address};

/// A policy of so many statements, each with a layer of so many segments.
fn policy(statements: u32, segments: u32, row: u32) -> CompiledPolicy {
    CompiledPolicy::for_tests(statements, segments, row)
}

fn saying<'a>(policies: &'a [(u32, &'a CompiledPolicy)]) -> Saying<'a> {
    static FACTS: std::sync::LazyLock<ServiceFacts> = std::sync::LazyLock::new(ServiceFacts::for_tests);
    Saying { service: 0, facts: &FACTS, policies }
}

#[test]
fn the_cache_stays_within_its_limits_and_answers_alike() {
    let (a, b) = (policy(100, 4, 1), policy(100, 6, 2));
    let policies = [(0, &a), (1, &b)];
    let views = Views::new(1, 0);
    for round in 0..u32::try_from(limits::CACHED_TABLES + 500).unwrap() {
        for _ in 0..=BEFORE_VIEW {
            let at = (0, Some((Family::V4, 0x200)));
            assert_eq!(views.brought(&[round, 7], &saying(&policies), at), Cell::Deny);
        }
        assert!(views.cache.len() <= limits::CACHED_TABLES);
        assert!(views.cached_bytes.load(Relaxed) <= limits::CACHED_TABLE_BYTES);
    }
    assert_eq!(views.cache.len(), limits::CACHED_TABLES);
    views.in_vain.store(IN_VAIN * limits::CACHED_TABLES, Relaxed);
    for _ in 0..=BEFORE_VIEW {
        let at = (0, Some((Family::V4, 0x200)));
        assert_eq!(views.brought(&[u32::MAX, 7], &saying(&policies), at), Cell::Deny);
    }
    assert_eq!(views.cache.len(), 1, "nothing had been used twice, so all was forgotten");
    let bytes: usize = views.cache.iter().map(|entry| entry.bytes).sum();
    assert_eq!(views.cached_bytes.load(Relaxed), bytes);
}

#[test]
fn a_view_has_room_in_the_cache_up_to_its_bytes() {
    let views = Views::new(1, 0);
    assert!(views.is_room(limits::CACHED_TABLE_BYTES));
    assert!(!views.is_room(limits::CACHED_TABLE_BYTES + 1));
    views.cached_bytes.store(limits::CACHED_TABLE_BYTES - 10, Relaxed);
    assert!(views.is_room(10));
    assert!(!views.is_room(11));
}

#[test]
fn what_is_kept_for_declared_sets_is_counted() {
    let (a, b) = (policy(100, 4, 1), policy(100, 6, 2));
    let views = Views::new(1, 4);
    views.set_asked[1..].iter().for_each(|counter| counter.store(BEFORE_TOGETHER, Relaxed));
    let at = (0, Some((Family::V4, 0x200)));
    let all = [a, b];
    let policies: Vec<(u32, &CompiledPolicy)> = (0..).zip(&all).collect();
    let make = |set: u32, of: &Numbered<'_>| views.make(set, &saying(of), &all);
    for _ in 0..BEFORE_TOGETHER {
        assert!(make(0, &policies).is_none(), "nobody asked often");
    }
    let bytes = make(0, &policies).unwrap().bytes();
    assert_eq!(views.kept_bytes.load(Relaxed), bytes);
    assert!(make(0, &policies).is_some());
    assert_eq!(views.kept_bytes.load(Relaxed), bytes);
    views.kept_bytes.store(limits::KEPT_TABLE_BYTES - SMALL, Relaxed);
    assert!(make(1, &policies).is_some());
    views.kept_bytes.store(limits::KEPT_TABLE_BYTES - SMALL + 1, Relaxed);
    let referring = make(2, &policies).unwrap();
    assert!(matches!(referring, View::Many(layers) if layers.len() == 2));
    assert_eq!(referring.cell(at.0, at.1), Cell::Deny);
    let many: Vec<(u32, &CompiledPolicy)> = (0..9).zip(std::iter::repeat(&all[0])).collect();
    assert!(make(3, &many).is_none());
    assert_eq!(views.brought(&[0, 1], &saying(&many), at), Cell::Allow);
}

#[test]
fn where_not_every_set_has_room_policies_are_read_apart() {
    let text = "use intlpartnersmgt\n\
                policy a { allow * from 10.0.0.0/8, 2001:db8::/32 deny Query* not from 10.1.0.0/16 }\n\
                policy b { allow PayOrders when vpc:region is \"x\" deny Get* from 10.2.0.0/16 }\n";
    let gate = Gate::compile(text).unwrap();
    let table = Table::new(gate.model());
    let service = table.policies[0].sheets[0].0;
    let here = table.saying(service, &[0, 1]);
    let facts = table.actions.service(service).unwrap();
    let saying = Saying { service, facts, policies: &here };
    let most = limits::KEPT_TABLE_BYTES / saying.bytes_at_most(Plan::Brief);
    let make = |views: &Views| {
        views.make(0, &saying, &table.policies);
        views.cell(service, 0, 0, None).is_some()
    };
    let views = |sets: usize| Views { sets: sets.min(4), crowd: sets, ..Views::new(service as usize + 1, 4) };
    let (roomy, crowded) = (views(most), views(most + 1));
    assert_eq!((make(&roomy), make(&crowded)), (false, true), "what is read apart is not put off");
    while !make(&roomy) {}
    assert!(matches!(roomy.made(service, 0), Some(View::Brief(_))));
    let slots = [&roomy, &crowded].map(|views| views.declared[service as usize].get().is_some());
    assert_eq!(slots, [true, false], "a word is all that is kept of sets that are read apart");
    assert_eq!(crowded.kept_bytes.load(Relaxed), 0);
    let addresses = ["9.255.255.255", "10.0.0.1", "10.1.2.3", "10.2.0.0", "11.0.0.0", "2001:db8::1", "::"];
    let addresses = addresses.iter().map(|text| Some(canonical_bits(parse_address(text).unwrap())));
    for address in addresses.chain([None]) {
        for action in 0..facts.width as u32 {
            let cells = [&roomy, &crowded].map(|views| views.cell(service, 0, action, address).unwrap());
            assert_eq!(cells[0], cells[1], "{action} {address:?}");
        }
    }
}

#[test]
fn size_decides_how_policies_are_read() {
    let limit = u32::try_from(limits::SHARED_SEGMENTS).unwrap();
    let few = u32::try_from(brief::STATEMENTS).unwrap();
    let (small, other) = (policy(few - 1, 10, 1), policy(1, 20, 1));
    let (at, above) = (policy(few, limit - 1, 1), policy(1, limit, 1));
    let one_more = policy(2, 20, 1);
    assert!(matches!(saying(&[(0, &small), (1, &other)]).plan(), Plan::Brief));
    assert!(matches!(saying(&[(0, &small), (1, &one_more)]).plan(), Plan::Merge));
    assert!(matches!(saying(&[(0, &above)]).plan(), Plan::Brief));
    assert!(matches!(saying(&[(0, &other), (1, &above)]).plan(), Plan::Apart));
    let merged = [(0, &small), (1, &one_more), (2, &at), (3, &above)];
    assert!(matches!(saying(&merged).plan(), Plan::Merge));
    let view = saying(&merged).view(Plan::Merge);
    assert!(matches!(view, View::Many(layers) if layers.len() == 2), "three merged, one beside");
    assert!(matches!(saying(&[]).plan(), Plan::Nothing));
    let many: Vec<(u32, &CompiledPolicy)> =
        (0..16).map(|n| (n, &at)).take(limits::MERGED_SEGMENTS / limits::SHARED_SEGMENTS).collect();
    assert!(matches!(saying(&many).plan(), Plan::Merge));
    let more: Vec<(u32, &CompiledPolicy)> = many.iter().copied().chain([(17, &one_more)]).collect();
    assert!(matches!(saying(&more).plan(), Plan::Apart));
}
