//! Requests that hit the edges of a world: bounds of its prefixes ± 1 in both families, names that nearly exist,
//! keys that are absent, unreadable or many-valued, variables without value, several resources, and every fault.

use super::operators::{DATES, NUMBERS, Operator, Reads, TEXTS};
use super::{Ask, Condition, Value, World};
use crate::random::Random;
use passgate::address::{Family, Prefix};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const RESOURCES: [&str; 17] = [
    "*",
    "qcs::alpha:::item/a",
    "qcs::alpha:::item/b",
    "qcs::alpha:gz::item/a",
    "qcs:id/0:alpha:ap-guangzhou:uin/1001:item/a",
    "qcs::alpha::uid/2002:item/1001",
    "qcs::alpha::uin/1001:item/1001x",
    "qcs::alpha::uin/9:item/b",
    "qcs::alpha:::x",
    "qcs::alpha:::x/",
    "qcs::alpha:::item/*",
    "qcs::beta:::item/2002",
    "qcs::cloud:::item/z",
    "qcs::halls:gz:uid/9:q/b:c",
    "qcs::alpha::1001:item/a",
    "qcs::alpha:ap-tokyo:uin/1001:item/a:b",
    "qcs::Alpha:::item/a",
];

const MALFORMED_RESOURCES: [&str; 10] = [
    "",
    "item/a",
    "qcs::alpha::item/a",
    "qcs:*:alpha:::a",
    "qcs::al*a:::a",
    "qcs::alpha:*::a",
    "qcs::alpha::uin/*:a",
    "qcs:::::a",
    "qcs::alpha:::",
    "QCS::alpha:::a",
];

const MALFORMED_ACTIONS: [&str; 12] = [
    "alpha:getItem",
    "alpha:GetItemz",
    "alpha:Get*",
    "*",
    "*:*",
    "alpha:",
    "permid/7",
    "Alpha:GetItem",
    "nobody:GetItem",
    "alpha:GetItem ",
    "cloud:Get-Item",
    "whole:Get*",
];

const MALFORMED_ADDRESSES: [&str; 10] =
    ["", "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1/8", "::1%1", "[::1]", "10.0.0.1:80", "1::2::3", "x"];

const MALFORMED_TIMES: [&str; 6] = [
    "2026-01-01",
    "2026-01-01T00:00:00+00:00",
    "2026-02-29T00:00:00Z",
    "2026-01-01T24:00:00Z",
    "2016-12-31T23:59:60Z",
    "",
];

/// Requests of a world.
pub(super) fn asks(random: &mut Random, world: &World, count: usize) -> Vec<Ask> {
    let addresses = edges(world);
    let conditions: Vec<&Condition> =
        world.policies.iter().flat_map(|p| &p.statements).flat_map(|s| &s.conditions).collect();
    (0..count).map(|_| ask(random, world, &addresses, &conditions)).collect()
}

fn ask(random: &mut Random, world: &World, addresses: &[IpAddr], conditions: &[&Condition]) -> Ask {
    let mut ask =
        Ask { principal: principal(random, world), action: action(random, world), ..Ask::default() };
    if random.chance(75) {
        ask.ip_value = random.chance(20);
        ask.ip = random.pick(addresses).copied().map(|address| spell(random, address));
    }
    ask.resources = resources(random);
    ask.context = context(random, conditions);
    if random.chance(60) {
        ask.at = Some(random.word(&DATES));
    }
    let number = |random: &mut Random| random.chance(15).then(|| random.word(&["1001", "2002", "7"]));
    (ask.uin, ask.owner_uin, ask.app_id) = (number(random), number(random), number(random));
    claims(random, world, &mut ask);
    if random.chance(6) {
        spoil(random, &mut ask);
    }
    ask
}

fn principal(random: &mut Random, world: &World) -> String {
    let named = |kind: &str, name: Option<&String>| name.map(|name| format!("{kind}:{name}"));
    let groups = |role: bool| world.groups.iter().filter(move |g| g.role == role).map(|g| &g.name);
    let pick = |random: &mut Random, names: Vec<&String>| random.pick(&names).map(|name| (*name).clone());
    let found = match random.below(24) {
        0..=13 => named("user", random.pick(&world.users).map(|u| &u.name)),
        14 | 15 => random.pick(&world.users).map(|u| u.name.clone()),
        16 | 17 => named("role", pick(random, groups(true).collect()).as_ref()),
        18 | 19 => named("group", pick(random, groups(false).collect()).as_ref()),
        20 => named("policy", random.pick(&world.policies).map(|p| &p.name)),
        21 => Some("root".into()),
        _ => None,
    };
    let strange =
        ["user:nobody", "nobody", "role:nobody", "group:nobody", "policy:none", "user:root", "4004"];
    found.unwrap_or_else(|| random.word(&strange))
}

fn action(random: &mut Random, world: &World) -> String {
    let service = random.pick(&world.services);
    let row = service.and_then(|s| random.pick(&s.actions));
    match (service, row, random.below(20)) {
        (_, Some(row), 0) => row.name.clone(),
        (_, _, 1) => random.word(&MALFORMED_ACTIONS),
        (_, _, 2 | 3) => format!("cloud:{}", random.word(&["GetItem", "Run", "Do_It2"])),
        (Some(s), Some(row), 4) => format!("name/{}:{}", s.service, row.name),
        (Some(s), Some(row), _) => format!("{}:{}", s.service, row.name),
        _ => format!("whole:{}", random.word(&["GetItem", "Anything", "x_1"])),
    }
}

fn resources(random: &mut Random) -> Option<Vec<String>> {
    match random.below(10) {
        0..=2 => None,
        3..=7 => Some(vec![random.word(&RESOURCES)]),
        _ => {
            let count = random.between(2, 3);
            Some((0..count).map(|_| random.word(&RESOURCES)).collect())
        }
    }
}

/// The first and last address of every prefix, and their neighbours.
fn edges(world: &World) -> Vec<IpAddr> {
    let conditions = world.policies.iter().flat_map(|p| &p.statements).flat_map(|s| &s.conditions);
    let prefixes = conditions.filter(|c| c.operator.reads() == Reads::Ip).flat_map(|c| &c.values);
    let mut all = vec![IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7)), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    for prefix in prefixes.filter_map(|text| super::model::prefix(text)) {
        let ends = [prefix.first().checked_sub(1), Some(prefix.first()), Some(prefix.last())];
        let beyond = prefix.last().checked_add(1);
        let near = ends.into_iter().chain([beyond]).flatten();
        all.extend(near.filter_map(|bits| address(prefix, bits)));
    }
    all
}

fn address(prefix: Prefix, bits: u128) -> Option<IpAddr> {
    match prefix.family {
        Family::V4 => Some(IpAddr::V4(u32::try_from(bits).ok()?.into())),
        Family::V6 => Some(IpAddr::V6(bits.into())),
    }
}

/// One of the spellings of an address; an IPv4 address also within an IPv6 one, mapped or merely alike.
fn spell(random: &mut Random, address: IpAddr) -> String {
    match address {
        IpAddr::V4(a) => match random.below(10) {
            0 => format!("::ffff:{a}"),
            1 => format!("::{a}"),
            2 => a.to_ipv6_mapped().segments().map(|s| format!("{s:x}")).join(":"),
            _ => a.to_string(),
        },
        IpAddr::V6(a) => match random.below(5) {
            0 => a.segments().map(|s| format!("{s:04X}")).join(":"),
            _ => a.to_string(),
        },
    }
}

/// Values for the keys that conditions look at: mostly ones that the condition can read.
fn context(random: &mut Random, conditions: &[&Condition]) -> Vec<(String, Value)> {
    let mut context: Vec<(String, Value)> = Vec::new();
    for condition in conditions {
        let own =
            ["qcs:ip", "qcs:current_time", "qcs:uin", "qcs:owner_uin"].contains(&condition.key.as_str());
        let given = context.iter().any(|(key, _)| *key == condition.key);
        if !own && !given && random.chance(70) {
            context.push((condition.key.clone(), values(random, condition.operator)));
        }
    }
    context
}

fn values(random: &mut Random, operator: Operator) -> Value {
    if random.chance(75) {
        return value(random, operator);
    }
    let count = random.below(4);
    Value::List((0..count).map(|_| value(random, operator)).collect())
}

fn value(random: &mut Random, operator: Operator) -> Value {
    let all = [Reads::Text, Reads::Number, Reads::Date, Reads::Bool, Reads::Ip];
    let reads = operator.reads();
    let reads = if random.chance(85) { reads } else { random.pick(&all).copied().unwrap_or(reads) };
    let inside = random.chance(50);
    match reads {
        Reads::Text | Reads::Like | Reads::Presence => Value::Text(random.word(&TEXTS)),
        Reads::Number if inside => Value::Text(random.word(&NUMBERS)),
        Reads::Number => Value::Number(random.word(&NUMBERS)),
        Reads::Date => Value::Text(random.word(&DATES)),
        Reads::Bool if inside => Value::Text(random.word(&["true", "false", "True"])),
        Reads::Bool => Value::Bool(random.chance(50)),
        Reads::Ip => {
            let addresses =
                ["10.1.2.3", "10.1.2.127", "::ffff:10.1.2.3", "2001:DB8::1", "192.0.2.2", "10.0.0.0/8"];
            Value::Text(random.word(&addresses))
        }
    }
}

/// Groups, roles and policies that the request brings.
fn claims(random: &mut Random, world: &World, ask: &mut Ask) {
    let groups = |role: bool| world.groups.iter().filter(move |g| g.role == role).map(|g| g.name.clone());
    if random.chance(12) {
        ask.groups = random.some(&groups(false).collect::<Vec<_>>(), 60);
    }
    if random.chance(10) {
        ask.roles = random.some(&groups(true).collect::<Vec<_>>(), 60);
    }
    if random.chance(10) {
        let names: Vec<String> = world.policies.iter().map(|p| p.name.clone()).collect();
        ask.policies = random.some(&names, 30);
    }
}

/// One fault or two.
fn spoil(random: &mut Random, ask: &mut Ask) {
    for _ in 0..random.between(1, 2) {
        match random.below(9) {
            0 => ask.action = random.word(&MALFORMED_ACTIONS),
            1 => ask.resources.get_or_insert_default().push(random.word(&MALFORMED_RESOURCES)),
            2 => ask.resources = Some(Vec::new()),
            3 => ask.context.push(spoilt(random)),
            4 => (ask.ip, ask.ip_value) = (Some(random.word(&MALFORMED_ADDRESSES)), false),
            5 => ask.at = Some(random.word(&MALFORMED_TIMES)),
            6 => ask.uin = Some(random.word(&["", "12a", "-1", "１"])),
            7 => ask.groups.push(random.word(&["nobody", "ops", ""])),
            _ => ask.policies.push(random.word(&["none", "hand", "staff"])),
        }
    }
}

fn spoilt(random: &mut Random) -> (String, Value) {
    let text = || Value::Text("a".into());
    let all = [
        ("k".to_owned(), Value::Null),
        ("k2".to_owned(), Value::List(vec![text(), Value::Null])),
        ("k2".to_owned(), Value::List(vec![Value::List(vec![text()])])),
        ("k3".to_owned(), Value::Object),
        ("qcs:ip".to_owned(), Value::Text("10.0.0.1".into())),
        ("qcs:uin".to_owned(), Value::List(Vec::new())),
        ("a b".to_owned(), text()),
        ("qcs:current_time".to_owned(), text()),
        ("é".to_owned(), text()),
        ("mfa".to_owned(), text()),
    ];
    random.pick(&all).cloned().unwrap_or_default()
}
