//! Tiny worlds of which every call can be tried: two users, two to six statements over three actions, and at most two
//! things that conditions look at (address, time, resource, a text, a number, a truth value). [`Small::cells`] has one
//! call of every kind that their statements can tell apart, so that what holds of these holds of all.
//!
//! Worlds that are hard rather than small come from `generate`.

use super::{Action, Condition, Member, Operator, Policy, Service, Settings, Statement, Term, World};
use crate::random::Random;
use passgate::check::{ContextValue, Request};

/// Who asks.
pub const USERS: [&str; 2] = ["user:u", "user:v"];
/// What is asked for: handed the address, not handed it, and of resource level.
pub const ACTIONS: [&str; 3] = ["small:Near", "small:Far", "small:Thing"];

/// Patterns of resources.
pub const RESOURCES: [&str; 3] = ["qcs::small:::a", "qcs::small:::a*", "qcs::small:::b"];
/// Prefixes, of which two are nested.
pub const PREFIXES: [&str; 3] = ["10.0.0.0/8", "10.1.0.0/16", "2001:db8::/32"];
/// Instants.
pub const INSTANTS: [&str; 2] = ["2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z"];

/// Something that conditions look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Axis {
    /// The caller's address.
    Address,
    /// The time.
    Time,
    /// The resource, of the one action that has one.
    Resource,
    /// A text of the context.
    Text,
    /// A number of the context.
    Number,
    /// A truth value of the context.
    Truth,
}

impl Axis {
    /// Every one.
    pub const ALL: [Axis; 6] =
        [Axis::Address, Axis::Time, Axis::Resource, Axis::Text, Axis::Number, Axis::Truth];

    /// The key of the context.
    pub fn key(self) -> Option<&'static str> {
        match self {
            Axis::Text => Some("k"),
            Axis::Number => Some("small:size"),
            Axis::Truth => Some("mfa"),
            Axis::Address | Axis::Time | Axis::Resource => None,
        }
    }
}

/// A tiny world, and what its conditions look at.
#[derive(Debug, Clone)]
pub struct Small {
    /// The world.
    pub world: World,
    /// At most two.
    pub axes: Vec<Axis>,
}

/// A call without a caller.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Which of [`ACTIONS`].
    pub action: usize,
    /// Which value of each axis.
    pub at: Vec<usize>,
    /// The call; who asks is to be set.
    pub request: Request,
}

impl Small {
    /// The world of a seed.
    pub fn generate(seed: u64) -> Small {
        let mut random = Random::new(seed);
        let first = *random.pick(&Axis::ALL).unwrap_or(&Axis::Address);
        let second = *random.pick(&Axis::ALL).unwrap_or(&Axis::Address);
        let mut axes = vec![first, second];
        axes.sort_unstable();
        axes.dedup();
        let mut small = Small { world: World { seed, ..World::default() }, axes };
        let policies = ["limit", "p", "q"].map(|name| small.policy(name, &mut random));
        let world = &mut small.world;
        world.services = vec![service()];
        world.settings = Settings { claims: "none".into(), ..Settings::default() };
        world.policies = policies.into();
        let crew = random.chance(40);
        if crew {
            world.groups =
                vec![Member { name: "crew".into(), attached: vec!["q".into()], ..Member::default() }];
        }
        world.users = ["u", "v"].map(|name| user(name, crew, &mut random)).into();
        small
    }

    /// The same world after one change; what its conditions look at stays.
    pub fn altered(&self, random: &mut Random) -> World {
        let mut world = self.world.clone();
        let other = self.statement(random);
        let (policy, what) = (random.below(world.policies.len()), random.below(8));
        if let Some(policy) = world.policies.get_mut(policy) {
            let (at, count) = (random.below(policy.statements.len()), policy.statements.len());
            match (what, policy.statements.get_mut(at)) {
                (0, Some(_)) if count > 1 => drop(policy.statements.remove(at)),
                (1, _) => policy.statements.push(other),
                (2, Some(statement)) => statement.deny = !statement.deny,
                (3, Some(statement)) => statement.actions = other.actions,
                (4, Some(statement)) => statement.resources = other.resources,
                (5, Some(statement)) => statement.conditions = other.conditions,
                (6, Some(statement)) => *statement = other,
                _ => {}
            }
        }
        let at = random.below(world.users.len());
        if let Some(user) = world.users.get_mut(at).filter(|_| what == 7) {
            let crew = !world.groups.is_empty();
            *user = self::user(&user.name, crew, random);
        }
        world
    }

    /// A call of every kind that can be told apart.
    pub fn cells(&self) -> Vec<Cell> {
        let mut cells = Vec::new();
        for (action, name) in ACTIONS.iter().enumerate() {
            let plain = Request::new(USERS.first().copied().unwrap_or_default(), *name);
            let mut own = vec![Cell { action, at: Vec::new(), request: plain }];
            for axis in &self.axes {
                let values = values(*axis, *name == "small:Thing");
                let with = |cell: &Cell| -> Vec<Cell> {
                    let each = values.iter().enumerate();
                    each.map(|(at, value)| cell.with(*axis, at, value)).collect()
                };
                own = own.iter().flat_map(with).collect();
            }
            cells.extend(own);
        }
        cells
    }

    fn policy(&self, name: &str, random: &mut Random) -> Policy {
        let count = random.between(1, 2);
        let statements = (0..count).map(|_| self.statement(random)).collect();
        Policy { name: name.into(), statements, ..Policy::default() }
    }

    fn statement(&self, random: &mut Random) -> Statement {
        let count = random.between(1, 2);
        let resource = self.axes.contains(&Axis::Resource) && random.chance(50);
        let mut statement = Statement {
            deny: random.chance(35),
            actions: (0..count).map(|_| term(random)).collect(),
            resources: vec![if resource { random.word(&RESOURCES) } else { "*".into() }],
            conditions: Vec::new(),
        };
        for axis in &self.axes {
            while random.chance(45) && statement.conditions.len() < 3 {
                let Some(one) = condition(*axis, random) else { break };
                let twice = |c: &Condition| {
                    (c.operator, &c.qualifier, &c.key) == (one.operator, &one.qualifier, &one.key)
                };
                if !statement.conditions.iter().any(twice) {
                    statement.conditions.push(one);
                }
            }
        }
        statement
    }
}

impl Cell {
    fn with(&self, axis: Axis, at: usize, value: &Given) -> Cell {
        let mut next = self.clone();
        next.at.push(at);
        match (value, axis.key()) {
            (Given::Nothing, _) => {}
            (Given::Text(text), _) => {
                let request = next.request;
                next.request = match axis {
                    Axis::Address => request.ip(text.as_str()),
                    Axis::Time => request.at(text.as_str()),
                    _ => request.resource(text.as_str()),
                };
            }
            (Given::Value(value), Some(key)) => next.request.context.push((key.to_owned(), value.clone())),
            (Given::Value(_), None) => {}
        }
        next
    }
}

/// What a call gives along an axis.
enum Given {
    Nothing,
    Text(String),
    Value(ContextValue),
}

fn values(axis: Axis, has_resource: bool) -> Vec<Given> {
    let texts = |all: &[&str]| -> Vec<Given> {
        let given = all.iter().map(|text| Given::Text((*text).to_owned()));
        std::iter::once(Given::Nothing).chain(given).collect()
    };
    match axis {
        Axis::Address => texts(&[
            "9.255.255.255",
            "10.0.0.0",
            "10.1.0.0",
            "10.2.0.0",
            "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
            "2001:db8::",
        ]),
        Axis::Time => texts(&["2025-12-31T23:59:59.999999999Z", INSTANTS[0], INSTANTS[1]]),
        Axis::Resource if has_resource => {
            texts(&["qcs::small:::a", "qcs::small:::ab", "qcs::small:::b", "qcs::small:::c"])
        }
        Axis::Resource => texts(&[]),
        // One of them is no text.
        Axis::Text => subsets(&["a", "ab", "b", "x", "1"], |text| match text {
            "1" => ContextValue::Number(text.to_owned()),
            text => ContextValue::Text(text.to_owned()),
        }),
        // One of them is no number, which is an error of the caller where it is compared.
        Axis::Number => subsets(&["5", "10", "12", "15", "x"], |text| match text {
            "x" => ContextValue::Text(text.to_owned()),
            text => ContextValue::Number(text.to_owned()),
        }),
        // One of them is no truth value.
        Axis::Truth => subsets(&["true", "false", "x"], |text| match text {
            "x" => ContextValue::Text(text.to_owned()),
            text => ContextValue::Bool(text == "true"),
        }),
    }
}

/// No value, each value, and every list of several.
fn subsets(all: &[&str], value: impl Fn(&str) -> ContextValue) -> Vec<Given> {
    let list = |set: usize| -> Vec<ContextValue> {
        all.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1).map(|(_, text)| value(text)).collect()
    };
    let given = |set: usize| match list(set).as_slice() {
        [] => Given::Nothing,
        [one] => Given::Value(one.clone()),
        several => Given::Value(ContextValue::List(several.to_vec())),
    };
    (0..1 << all.len()).map(given).collect()
}

fn term(random: &mut Random) -> Term {
    let pattern =
        |pattern: &str| Term::Pattern { service: "small".into(), pattern: pattern.into(), legacy: false };
    match random.below(9) {
        0 => Term::Category { category: "read".into(), except: None },
        1 => pattern("*"),
        2 => pattern("*a*"),
        3 | 4 => pattern("Near"),
        5 | 6 => pattern("Far"),
        _ => pattern("Thing"),
    }
}

fn condition(axis: Axis, random: &mut Random) -> Option<Condition> {
    let pick = |random: &mut Random, all: &[Operator]| random.pick(all).copied();
    let some = |random: &mut Random, all: &[&str]| {
        let mut values = vec![random.word(all)];
        if random.chance(25) {
            values.push(random.word(all));
        }
        values.dedup();
        values
    };
    let (operator, key, values) = match axis {
        Axis::Resource => return None,
        Axis::Address => {
            let operator = pick(random, &[Operator::IpEqual, Operator::IpEqual, Operator::IpNotEqual])?;
            (operator, "qcs:ip", some(random, &PREFIXES))
        }
        Axis::Time => {
            let operator = pick(random, &[Operator::DateLessThan, Operator::DateGreaterThanEqual])?;
            (operator, "qcs:current_time", vec![random.word(&INSTANTS)])
        }
        Axis::Text if random.chance(15) => (Operator::NullEqual, "k", vec![random.word(&["true", "false"])]),
        Axis::Text if random.chance(30) => (Operator::StringLike, "k", vec!["a*".into()]),
        Axis::Text => {
            let operator = pick(random, &[Operator::StringEqual, Operator::StringNotEqual])?;
            (operator, "k", some(random, &["a", "b"]))
        }
        Axis::Number => match random.below(3) {
            0 => (Operator::NumericLessThan, "small:size", vec!["10".into()]),
            1 => (Operator::NumericGreaterThanEqual, "small:size", vec!["15".into()]),
            _ => (Operator::NumericEqual, "small:size", vec!["10".into()]),
        },
        Axis::Truth => (Operator::BoolEqual, "mfa", vec![random.word(&["true", "false"])]),
    };
    let keyed = axis.key().is_some() && operator != Operator::NullEqual;
    let qualifier = if keyed && random.chance(25) { random.word(&["any", "all"]) } else { String::new() };
    let if_exist = operator != Operator::NullEqual && random.chance(25);
    Some(Condition { operator, qualifier, if_exist, key: key.into(), values })
}

fn user(name: &str, crew: bool, random: &mut Random) -> Member {
    let mut attached = random.some(&["p".to_owned(), "q".to_owned()], 60);
    if attached.is_empty() && random.chance(80) {
        attached.push("p".into());
    }
    let parents = if crew && random.chance(50) { vec!["crew".into()] } else { Vec::new() };
    let boundary = random.chance(25).then(|| "limit".into());
    Member { name: name.into(), attached, parents, boundary, ..Member::default() }
}

fn service() -> Service {
    let row = |name: &str, category: &str, granularity: &str, ip| Action {
        name: name.into(),
        category: category.into(),
        granularity: granularity.into(),
        ip,
        tags: false,
    };
    let actions = vec![
        row("Near", "read", "operation", true),
        row("Far", "write", "operation", false),
        row("Thing", "read", "resource", true),
    ];
    Service { service: "small".into(), granularity: "operation".into(), actions, ..Service::default() }
}
