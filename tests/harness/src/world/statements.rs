//! Statements of a generated world: action terms, resource patterns, conditions.

use super::operators::{Operator, PREFIXES, Reads, TEXTS, policy_value};
use super::{Condition, Service, Statement, Term};
use crate::random::Random;
use std::collections::BTreeSet;

/// Patterns that cover many names, one, or none.
const PATTERNS: [&str; 10] =
    ["*", "**", "Get*", "*Item*", "L*s", "*t", "GetItem", "GetItems", "Missing", "*_*"];

/// Resource patterns: every kind of segment, variables, the owner's account in all its spellings.
const RESOURCES: [&str; 17] = [
    "qcs::alpha:::item/*",
    "qcs::alpha:::item/a",
    "qcs:::::*",
    "qcs::*:*:*:*",
    "qcs::alpha:gz:uin/1001:item/a",
    "qcs::alpha:ap-guangzhou::item/*",
    "qcs::alpha::uid/2002:item/${uin}",
    "qcs::beta:::*",
    "qcs::alpha:::x/*",
    "qcs::cloud:::item/*",
    "qcs:::gz:*:*/b:*",
    "qcs::alpha:::item/${owner_uin}*",
    "qcs::::uin/9:item/*",
    "qcs::::*:*/${app_id}",
    "qcs::halls:::*",
    "qcs::::uid/2002:*a*",
    "qcs::alpha::*:*a",
];

/// Keys that conditions look at; few, so that operators of several families meet in one key.
const KEYS: [&str; 5] = ["k", "mfa", "alpha:size", "qcs:tag", "qcs:resource_tag"];

/// A statement; often unconditional, since these decide without being asked twice.
pub(super) fn statement(random: &mut Random, services: &[Service]) -> Statement {
    let (terms, conditions) = (random.between(1, 3), condition_count(random));
    let mut statement = Statement {
        deny: random.chance(35),
        actions: (0..terms).map(|_| term(random, services)).collect(),
        resources: resources(random),
        conditions: Vec::new(),
    };
    for _ in 0..conditions {
        let condition = condition(random);
        let twice = |c: &Condition| {
            (c.operator, &c.qualifier, &c.key) == (condition.operator, &condition.qualifier, &condition.key)
        };
        if !statement.conditions.iter().any(twice) {
            statement.conditions.push(condition);
        }
    }
    statement
}

fn condition_count(random: &mut Random) -> usize {
    random.pick(&[0, 0, 0, 1, 1, 1, 2, 3]).copied().unwrap_or(0)
}

fn term(random: &mut Random, services: &[Service]) -> Term {
    match random.below(20) {
        0..=3 => Term::All { long: random.chance(40) },
        4 | 5 => Term::Permid(random.word(&["7", "8", "9"])),
        6 | 7 => {
            let category = random.word(&["read", "write", "list", "other"]);
            let except =
                random.chance(40).then(|| ("alpha".to_owned(), random.word(&["Get*", "*s", "PutItem"])));
            Term::Category { category, except }
        }
        8 if random.chance(30) => pattern(random, "wide", &["Act0*", "*7", "Act*1*", "A*6*", "*"]),
        8 => pattern(random, "cloud", &PATTERNS),
        9 => pattern(random, "whole", &["*", "**", "GetItem", "G*"]),
        10..=15 => exact(random, services),
        _ => {
            let service = random.word(&["alpha", "alpha", "beta", "halls"]);
            pattern(random, &service, &PATTERNS)
        }
    }
}

fn pattern(random: &mut Random, service: &str, patterns: &[&str]) -> Term {
    Term::Pattern { service: service.to_owned(), pattern: random.word(patterns), legacy: random.chance(15) }
}

/// An action that the catalog has.
fn exact(random: &mut Random, services: &[Service]) -> Term {
    let service = random.pick(services);
    let name = service.and_then(|s| random.pick(&s.actions)).map_or("GetItem", |a| &a.name).to_owned();
    let service = service.map_or("alpha", |s| &s.service).to_owned();
    let legacy = !name.contains('/') && random.chance(15);
    Term::Pattern { service, pattern: name, legacy }
}

fn resources(random: &mut Random) -> Vec<String> {
    let mut resources = Vec::new();
    if random.chance(60) {
        resources.push("*".to_owned());
    }
    while resources.is_empty() || random.chance(25) {
        let one = random.word(&RESOURCES);
        if !resources.contains(&one) {
            resources.push(one);
        }
    }
    resources
}

fn condition(random: &mut Random) -> Condition {
    let operator = random.pick(&Operator::ALL).copied().unwrap_or(Operator::IpEqual);
    // Addresses shape the table: they come three times as often as their two operators would.
    let operator = if random.chance(20) {
        if random.chance(70) { Operator::IpEqual } else { Operator::IpNotEqual }
    } else {
        operator
    };
    let reads = operator.reads();
    let plain = reads == Reads::Presence;
    let count = if random.chance(55) { 1 } else { random.between(2, 3) };
    let mut values: Vec<String> = Vec::new();
    for _ in 0..count {
        let value = policy_value(random, reads);
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Condition {
        operator,
        qualifier: if plain || random.chance(60) { String::new() } else { random.word(&["any", "all"]) },
        if_exist: !plain && random.chance(30),
        key: key(random, reads),
        values,
    }
}

/// `qcs:ip` takes addresses, `qcs:current_time` dates; both also texts and presence.
fn key(random: &mut Random, reads: Reads) -> String {
    let own = match reads {
        Reads::Ip => 75,
        Reads::Date => 60,
        Reads::Text | Reads::Like | Reads::Presence => 25,
        Reads::Number | Reads::Bool => 0,
    };
    if !random.chance(own) {
        return random.word(&KEYS);
    }
    match reads {
        Reads::Ip => "qcs:ip".into(),
        Reads::Date => "qcs:current_time".into(),
        _ => random.word(&["qcs:ip", "qcs:current_time", "qcs:uin", "qcs:owner_uin"]),
    }
}

/// A statement on one action, mostly from some network: of these a policy may hold many before it denies everything.
pub(super) fn narrow(random: &mut Random, services: &[Service]) -> Statement {
    let mut statement = Statement {
        deny: random.chance(25),
        actions: vec![exact(random, services)],
        resources: if random.chance(75) { vec!["*".into()] } else { resources(random) },
        conditions: Vec::new(),
    };
    if random.chance(70) {
        let operator = if random.chance(85) { Operator::IpEqual } else { Operator::IpNotEqual };
        let prefixes = many(random, 1, 3, |r| if r.chance(50) { near_prefix(r) } else { r.word(&PREFIXES) });
        statement.conditions.push(plain(operator, "qcs:ip", prefixes));
    }
    if random.chance(35) {
        let condition = condition(random);
        statement.conditions.extend(Some(condition).filter(|c| c.key != "qcs:ip"));
    }
    statement
}

/// A statement with long lists, which are searched rather than gone through: prefixes, resources, texts.
pub(super) fn crowded(random: &mut Random) -> Statement {
    let mut statement = Statement {
        deny: random.chance(30),
        actions: vec![Term::All { long: false }],
        resources: vec!["*".into()],
        conditions: Vec::new(),
    };
    let operators = [Operator::StringEqual, Operator::StringNotEqualIgnoreCase, Operator::StringLike];
    let texts = random.pick(&operators).copied().unwrap_or(Operator::StringEqual);
    match random.below(3) {
        0 => statement.resources = many(random, 16, 40, many_resources),
        1 => statement.conditions.push(plain(texts, "k", many(random, 9, 20, many_texts))),
        _ => {
            let prefixes = many(random, 40, 300, near_prefix);
            statement.conditions.push(plain(Operator::IpEqual, "qcs:ip", prefixes));
        }
    }
    statement
}

fn plain(operator: Operator, key: &str, values: Vec<String>) -> Condition {
    Condition { operator, qualifier: String::new(), if_exist: false, key: key.into(), values }
}

/// So many different ones, or a few less.
fn many(random: &mut Random, least: usize, most: usize, make: fn(&mut Random) -> String) -> Vec<String> {
    let count = random.between(least, most);
    let all: BTreeSet<String> = (0..count).map(|_| make(random)).collect();
    all.into_iter().collect()
}

fn many_resources(random: &mut Random) -> String {
    if random.chance(20) {
        return random.word(&RESOURCES);
    }
    let account = random.word(&["", "*", "uin/9", "uin/1001", "uid/2002"]);
    let rest = ["item/", "item/a", "it*", "item/${uin}", "x", "*", "q/b:", "${owner_uin}", "ite"];
    let tail = ["", "*", "a", "b", "1001", "*c", "${app_id}"];
    let rest = random.word(&rest) + &random.word(&tail);
    format!("qcs::{}::{account}:{rest}", random.word(&["", "alpha", "cloud", "halls"]))
}

fn many_texts(random: &mut Random) -> String {
    let text = random.word(&TEXTS) + &random.word(&["", "", "x", "${uin}", "*", "Y"]);
    if random.chance(30) { policy_value(random, Reads::Text) } else { text }
}

fn near_prefix(random: &mut Random) -> String {
    let byte = |random: &mut Random| random.below(4) * 64 + random.below(3);
    let (a, b) = (byte(random), byte(random));
    if random.chance(60) {
        let length = random.between(18, 32);
        return format!("10.1.{a}.{b}/{length}");
    }
    format!("2001:db8:{a:x}:{b:x}::/{}", random.between(40, 66))
}

/// Whether CAM JSON can hold it: no categories, no names of other characters.
pub(super) fn fits_cam(statement: &Statement) -> bool {
    statement.actions.iter().all(|term| match term {
        Term::Category { .. } => false,
        Term::Pattern { pattern, .. } => !pattern.contains('/'),
        Term::All { .. } | Term::Permid(_) => true,
    })
}
