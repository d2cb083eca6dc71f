//! What a gate says of its memory is what the allocator was asked for: after compiling, after loading a compiled file, and
//! after checks that made what they need.

#![expect(clippy::expect_used, reason = "a test fails where it stands")]

use crate::allocations::counted;
use passgate::check::{Column, ContextValue, Faults, IdBatch, IpNumbers, Stats};
use passgate::load::compile_model;
use passgate::{Gate, LoadOptions, Request};
use std::fmt::Write as _;

/// The sum of the parts may differ by one in so many, for hash tables and trees of the standard library are reckoned…
const SHARE: usize = 50;
/// …and by so many bytes, for settings, heads and the shards of the cache.
const FLOOR: usize = 8 * 1024;

/// Policies with briefs, and every tenth with layers; users by the hundred, who share signatures of three.
const POLICIES: usize = 60;
const USERS: usize = 600;

fn set() -> String {
    let mut text = String::from("use intlpartnersmgt\nset owner.uin = \"1\"\n");
    for policy in 0..POLICIES {
        let statements = if policy % 10 == 0 { 200 } else { 12 };
        write(&mut text, format_args!("policy p{policy} {{\n"));
        for statement in 0..statements {
            let (effect, verb) =
                if statement % 5 == 0 { ("deny", "Query*") } else { ("allow", "PayOrders, Get*") };
            let net = format_args!("10.{policy}.{statement}.0/24, 2001:db8:{policy}:{statement}::/64");
            match statement % 4 {
                0 => write(&mut text, format_args!("    {effect} {verb} from {net}\n")),
                1 => {
                    let levels = format_args!("intlpartnersmgt:level is {statement}, 1.{policy}, 2");
                    write(&mut text, format_args!("    {effect} {verb} from {net} when {levels}\n"));
                }
                2 => {
                    let regions: Vec<String> = (0..12).map(|n| format!("\"r{n}-{policy}\"")).collect();
                    let regions = regions.join(", ");
                    write(&mut text, format_args!("    {effect} * when vpc:region is {regions}\n"));
                }
                _ => {
                    let on = format_args!("qcs::cvm:ap-{statement}:uin/1:instance/{policy}-*");
                    write(&mut text, format_args!("    {effect} {verb} on \"{on}\"\n"));
                }
            }
        }
        text.push_str("}\n");
    }
    for user in 0..USERS {
        let [a, b, c] = [user, user / 3 + 7, user * 7 + 1].map(|n| n % POLICIES);
        write(&mut text, format_args!("user {} {{ attach p{a}, p{b}, p{c} }}\n", 100_000 + user));
    }
    text
}

fn write(text: &mut String, line: std::fmt::Arguments<'_>) {
    assert!(text.write_fmt(line).is_ok(), "a text takes what is written");
}

/// Asks in every way that keeps something.
fn ask(gate: &Gate) {
    let numbered = |name: &str| (gate.principal_id(name), gate.action_id("PayOrders"));
    for round in 0..4 {
        for user in 0..USERS {
            let (principal, ip) = (format!("user:{}", 100_000 + user), format!("10.{}.{round}.9", user % 70));
            let context = vec![("vpc:region".to_owned(), ContextValue::Text("r1-1".to_owned()))];
            let request = Request { context, ..Request::new(&principal, "PayOrders").ip(&ip) };
            assert!(gate.check(&request).is_ok());
            let (who, what) = numbered(&principal);
            let (who, what) = (who.expect("a declared user"), what.expect("a catalogued action"));
            let (principals, actions) = (Column::Same(who), Column::Same(what));
            let ips = IpNumbers::V4(Column::Rows(&[0x0a00_0001]));
            let asked = gate.allows_many_ids(&IdBatch { principals, actions, ips, faults: Faults::All });
            assert!(asked.is_ok());
        }
    }
}

fn bytes(stats: &Stats, part: &str) -> usize {
    let found = stats.memory.iter().find(|of| of.part == part);
    assert!(found.is_some(), "no part {part}");
    found.map_or(0, |of| of.bytes)
}

/// Holds what a gate says of its memory against what was counted.
fn check(what: &str, stats: &Stats, counted: usize) {
    let sum: usize = stats.memory.iter().map(|part| part.bytes).sum();
    assert_eq!(sum, stats.memory_bytes, "{what}");
    println!("{what}: {sum} bytes in parts, {counted} counted");
    assert!(sum.abs_diff(counted) <= counted / SHARE + FLOOR, "{what}: {sum} in parts, {counted} counted");
}

#[test]
fn the_parts_of_a_table_are_its_whole_memory() {
    let model = compile_model([("set.gate", set())], &LoadOptions::default()).expect("a set that compiles");
    let (gate, compiled) = counted(|| Gate::from_model(model).expect("a gate"));
    let stats = gate.stats();
    // The catalogs are the model's.
    check("compiled", &stats, compiled.kept + bytes(&stats, "catalogs"));
    assert_eq!(bytes(&stats, "file"), 0, "nothing was read from a file");

    let file = gate.to_bytes().expect("a file");
    let (loaded, read) = counted(|| Gate::from_bytes(&file).expect("a gate"));
    let before = loaded.stats();
    check("loaded", &before, read.kept);
    assert!(bytes(&before, "file") > 0, "what the file holds for analyses");
    for part in ["segments", "briefs", "groups", "addresses", "signatures", "rows"] {
        let [here, there] = [&stats, &before].map(|stats| bytes(stats, part));
        assert!(here >= there && there > 0, "{part}: {here} in runs of their own, {there} in one");
    }

    let ((), asked) = counted(|| ask(&loaded));
    let after = loaded.stats();
    check("asked", &after, read.kept + asked.kept);
    for part in ["slots", "merged", "places", "numbers"] {
        let [before, after] = [&before, &after].map(|stats| bytes(stats, part));
        assert!(after > before, "{part}: {before}, then {after}");
    }
}
