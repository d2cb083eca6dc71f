//! `address-pattern`, `tag-form` and `time-window`: what single values stand for, found by trying every address, tag and
//! instant of a small world.

use super::{Counts, asked_alone, compare, matches, told_of, try_cases, world};
use crate::exact_lints::{condition, shown};
use passgate::check::{ContextValue, Request};
use passgate::grammar::code;
use passgate::lint;
use passgate::model::{Instant, Model};
use passgate_harness::random::Random;
use passgate_harness::world::{
    Action, Condition, Operator, Service, Settings, Statement, Term, World, model,
};

#[test]
fn values_that_stand_for_nothing_are_told() {
    try_cases("values of conditions", 40, 4_000, |random, counts| {
        let statements: Vec<Statement> = (0..random.between(1, 3)).map(|_| statement(random)).collect();
        let at = random.word(&TIMES);
        check(&small(&statements), &statements, &at, counts);
    });
}

fn small(statements: &[Statement]) -> World {
    let action = Action {
        name: "Thing".into(),
        category: "write".into(),
        granularity: "operation".into(),
        ip: true,
        tags: true,
    };
    let service = Service {
        service: "small".into(),
        granularity: "operation".into(),
        actions: vec![action],
        ..Service::default()
    };
    let settings = Settings { claims: "policies".into(), ..Settings::default() };
    world(vec![service], settings, statements.to_vec())
}

const TEXTUAL: [Operator; 7] = [
    Operator::StringEqual,
    Operator::StringNotEqual,
    Operator::StringEqualIgnoreCase,
    Operator::StringNotEqualIgnoreCase,
    Operator::StringLike,
    Operator::StringNotLike,
    Operator::BinaryEqual,
];
const DATES: [Operator; 6] = [
    Operator::DateEqual,
    Operator::DateNotEqual,
    Operator::DateLessThan,
    Operator::DateLessThanEqual,
    Operator::DateGreaterThan,
    Operator::DateGreaterThanEqual,
];
const ADDRESSES: [&str; 14] = [
    "10.0.0.1",
    "10.0.0.7",
    "10.0.0.*",
    "10.0.0.1*",
    "*",
    "10.0.0.25*",
    "010.0.0.1",
    "10.0.0.1/32",
    "2001:db8::a",
    "2001:DB8::A",
    "2001:db8:0::a",
    "2001:db8::*",
    "office",
    "",
];
const TAGS: [&str; 14] =
    ["a&b", "a", "&", "a&", "b&a&b", "*", "a*", "a*b", "&*", "ab", "a=b", "", "b&", "**"];
/// Times with their neighbours, from the first to the last.
const TIMES: [&str; 11] = [
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00.000000001Z",
    "2025-12-31T23:59:59.999999999Z",
    "2026-01-01T00:00:00Z",
    "2026-01-01T00:00:00.000000001Z",
    "2026-06-01T00:00:00Z",
    "2026-06-30T23:59:59.999999999Z",
    "2026-07-01T00:00:00Z",
    "2026-07-01T00:00:00.000000001Z",
    "9999-12-31T23:59:59.999999998Z",
    "9999-12-31T23:59:59.999999999Z",
];
/// Of these conditions are made, so that the instants beside them are tried as well.
const LIMITS: [&str; 4] = [TIMES[0], TIMES[3], TIMES[7], TIMES[10]];

fn statement(random: &mut Random) -> Statement {
    let conditions = (0..random.between(1, 3)).map(|_| match random.below(3) {
        0 => of(random, &TEXTUAL, "qcs:ip", &ADDRESSES),
        1 => {
            let key = random.word(&["qcs:resource_tag", "qcs:request_tag", "qcs:tag"]);
            of(random, &TEXTUAL, &key, &TAGS)
        }
        _ => of(random, &DATES, "qcs:current_time", &LIMITS),
    });
    let action = Term::Pattern { service: "small".into(), pattern: "Thing".into(), legacy: false };
    let conditions = conditions.collect();
    Statement { deny: random.chance(30), actions: vec![action], resources: vec!["*".into()], conditions }
}

fn of(random: &mut Random, operators: &[Operator], key: &str, values: &[&str]) -> Condition {
    let operator = random.pick(operators).copied().unwrap_or(Operator::StringEqual);
    let qualifier = random.word(&["", "", "any", "all"]);
    let count = random.between(1, 2);
    let mut chosen: Vec<String> = (0..count).map(|_| random.word(values)).collect();
    chosen.dedup();
    let chosen: Vec<&str> = chosen.iter().map(String::as_str).collect();
    condition(operator, &qualifier, random.chance(30), key, &chosen)
}

fn check(world: &World, statements: &[Statement], at: &str, counts: &mut Counts) {
    let told = lint::run(&model(world), Instant::parse(at));
    let shown = || format!("at {at}\n{}", shown(statements));
    let each = |count: &dyn Fn(&Statement) -> usize| statements.iter().map(count).enumerate().collect();
    let addresses =
        each(&|s| s.conditions.iter().filter(|c| c.key == "qcs:ip" && is_odd_address(world, c)).count());
    let of = told_of(&told, code::ADDRESS_PATTERN, statements.len());
    compare(code::ADDRESS_PATTERN, &of, &addresses, counts, &shown);
    let tags = each(&|s| s.conditions.iter().map(|c| values_of_no_tag(world, c)).sum());
    let of = told_of(&told, code::TAG_FORM, statements.len());
    compare(code::TAG_FORM, &of, &tags, counts, &shown);
    let times = each(&|s| usize::from(is_out_of_window(world, s, at)));
    let of = told_of(&told, code::TIME_WINDOW, statements.len());
    compare(code::TIME_WINDOW, &of, &times, counts, &shown);
}

/// A condition with one value, asked alone and without its negation.
fn asked(world: &World, c: &Condition, value: &str) -> Model {
    let operator = match c.operator {
        Operator::StringNotEqual => Operator::StringEqual,
        Operator::StringNotEqualIgnoreCase => Operator::StringEqualIgnoreCase,
        Operator::StringNotLike => Operator::StringLike,
        other => other,
    };
    let one = condition(operator, "", false, &c.key, &[value]);
    let action = Term::Pattern { service: "small".into(), pattern: "Thing".into(), legacy: false };
    let statement =
        Statement { deny: false, actions: vec![action], resources: vec!["*".into()], conditions: vec![one] };
    asked_alone(world, &statement)
}

fn call() -> Request {
    Request::new("policy:p", "small:Thing")
}

/// Whether some value is met by no address, or by more than one.
fn is_odd_address(world: &World, c: &Condition) -> bool {
    let mut all: Vec<String> = (0..=255).map(|n| format!("10.0.0.{n}")).collect();
    all.extend(["2001:db8::a", "2001:db8::b", "2001:db8::1"].map(str::to_owned));
    c.values.iter().any(|value| {
        let asked = asked(world, c, value);
        all.iter().filter(|address| matches(&asked, &call().ip(address.as_str()))).count() != 1
    })
}

/// Values that no tag meets: a tag is a key, `&` and a value.
fn values_of_no_tag(world: &World, c: &Condition) -> usize {
    if !["qcs:resource_tag", "qcs:request_tag", "qcs:tag"].contains(&c.key.as_str()) {
        return 0;
    }
    let mut words = vec![String::new()];
    for _ in 0..3 {
        let longer: Vec<String> =
            words.iter().flat_map(|word| ["", "a", "b"].map(|l| format!("{word}{l}"))).collect();
        words = longer;
    }
    let with_and = |word: &String| words.iter().map(|after| format!("{word}&{after}")).collect::<Vec<_>>();
    let mut tags: Vec<String> = words.iter().flat_map(with_and).collect();
    tags.extend(["b&a&b", "&*"].map(str::to_owned));
    let meets = |value: &&String| {
        let asked = asked(world, c, value);
        tags.iter().any(|tag| matches(&asked, &call().with(&*c.key, ContextValue::Text(tag.clone()))))
    };
    c.values.len() - c.values.iter().filter(meets).count()
}

/// Whether the dates of a statement hold at some instant, and at none from a time on, or at none up to it.
fn is_out_of_window(world: &World, statement: &Statement, at: &str) -> bool {
    let dates = statement.conditions.iter().filter(|c| c.key == "qcs:current_time");
    let conditions: Vec<Condition> = dates.cloned().collect();
    if conditions.is_empty() {
        return false;
    }
    let asked = asked_alone(world, &Statement { conditions, ..statement.clone() });
    let place = |time: &str| TIMES.iter().position(|t| *t == time);
    let held = TIMES.iter().enumerate().filter(|(_, time)| matches(&asked, &call().at(**time)));
    let holds: Vec<usize> = held.map(|(place, _)| place).collect();
    let Some(now) = place(at) else { return false };
    !holds.is_empty() && (holds.iter().all(|n| *n < now) || holds.iter().all(|n| *n > now))
}
