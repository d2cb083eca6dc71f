//! Makes a world from a seed: catalogs of every level, settings, members, policies and what is asked.

use super::{Action, Member, Policy, Service, Settings, World, asks, statements, templates};
use crate::random::Random;

/// Requests of one world.
const ASKS: usize = 80;

/// Worlds of a hundred with a service of many rows.
const WIDE: usize = 10;

/// Worlds of a hundred with a statement of long lists.
const CROWDED: usize = 8;

/// Worlds of a hundred whose policies hold many statements.
const HEAVY: usize = 4;

/// Names of actions; the last is written in quotes, and CAM JSON cannot hold it.
const NAMES: [&str; 8] =
    ["GetItem", "GetItems", "PutItem", "ListItems", "DropItem", "Do_It2", "Item", "items/list"];

/// The world of a seed.
pub fn generate(seed: u64) -> World {
    let mut random = Random::new(seed);
    let mut world = World { seed, ..World::default() };
    world.services = services(&mut random);
    world.settings = settings(&mut random);
    world.policies = policies(&mut random, &world.services);
    members(&mut random, &mut world);
    bind(&mut random, &mut world);
    // Numbers of their own, so that worlds stay what they are beside.
    templates::instances(&mut Random::new(seed ^ 0x7465_6d70), &mut world);
    world.asks = asks::asks(&mut random, &world, ASKS);
    world
}

/// Two services with rows of every level, one of service level without rows, one of service level with rows.
fn services(random: &mut Random) -> Vec<Service> {
    let mut services = vec![service(random, "alpha", 8)];
    if random.chance(60) {
        services.push(service(random, "beta", 4));
    }
    if random.chance(40) {
        let (granularity, tags) = ("service".to_owned(), random.chance(50));
        services.push(Service { service: "whole".into(), granularity, tags, ..Service::default() });
    }
    if random.chance(25) {
        let mut halls = service(random, "halls", 3);
        halls.granularity = "service".into();
        services.push(halls);
    }
    if random.chance(WIDE) {
        services.push(wide(random));
    }
    services
}

/// A service whose rows fill more than one word of a bit set.
fn wide(random: &mut Random) -> Service {
    let rows = random.between(60, 140);
    let actions = (0..rows).map(|n| row(random, &format!("Act{n:03}"))).collect();
    Service { service: "wide".into(), granularity: "operation".into(), actions, ..Service::default() }
}

fn service(random: &mut Random, name: &str, rows: usize) -> Service {
    let names = NAMES.get(..rows).unwrap_or(&NAMES);
    let mut actions: Vec<Action> = names.iter().map(|name| row(random, name)).collect();
    actions.retain(|_| random.chance(85));
    if actions.is_empty() {
        actions.push(row(random, "GetItem"));
    }
    let permids = [("7", vec!["GetItem", "PutItem"]), ("8", vec!["ListItems", "Missing"])];
    let owned = |names: &Vec<&str>| names.iter().map(|n| (*n).to_owned()).collect::<Vec<String>>();
    let permids = permids.iter().filter(|_| random.chance(70)).map(|(n, names)| ((*n).into(), owned(names)));
    let permids = permids.collect();
    Service {
        service: name.into(),
        granularity: random.word(&["operation", "resource"]),
        tags: false,
        permids,
        actions,
    }
}

fn row(random: &mut Random, name: &str) -> Action {
    let grains = ["operation", "operation", "operation", "resource", "resource", "service"];
    Action {
        name: name.into(),
        category: random.word(&["read", "write", "list", "other"]),
        granularity: random.word(&grains),
        ip: random.chance(75),
        tags: random.chance(60),
    }
}

fn settings(random: &mut Random) -> Settings {
    let opaque: &[&str] = random.pick(&[&[][..], &["cloud"], &["*"]]).copied().unwrap_or(&[]);
    let aliases = if random.chance(25) { vec![("gz".into(), "ap-guangzhou".into())] } else { Vec::new() };
    Settings {
        uin: random.chance(60).then(|| "1001".into()),
        uid: random.chance(50).then(|| "2002".into()),
        opaque: opaque.iter().map(|s| (*s).to_owned()).collect(),
        evaluate: random.chance(30),
        claims: random.word(&["groups", "policies", "policies", "none"]),
        aliases,
    }
}

fn policies(random: &mut Random, services: &[Service]) -> Vec<Policy> {
    let names = ["desk", "house", "limit", "own", "wide"];
    let count = random.between(2, names.len());
    let mut policies: Vec<Policy> =
        names.iter().take(count).map(|name| policy(random, name, services)).collect();
    if random.chance(HEAVY) {
        for policy in policies.iter_mut().take(4) {
            let count = random.between(20, 120);
            let of = services.get(..random.between(1, 2)).unwrap_or(services);
            policy.statements = (0..count).map(|_| statements::narrow(random, of)).collect();
            policy.cam = policy.cam && policy.statements.iter().all(statements::fits_cam);
        }
    }
    if random.chance(CROWDED)
        && let Some(policy) = policies.first_mut()
    {
        policy.statements.push(statements::crowded(random));
    }
    if random.chance(15) {
        let kind = random.word(&["trust", "resource"]);
        policies.push(Policy { kind, cam: false, ..policy(random, "hand", services) });
    }
    policies
}

fn policy(random: &mut Random, name: &str, services: &[Service]) -> Policy {
    let count = random.between(1, 4);
    let statements = (0..count).map(|_| statements::statement(random, services)).collect();
    let cam = random.chance(40);
    let mut policy = Policy { name: name.into(), cam, statements, ..Policy::default() };
    policy.cam = policy.cam && policy.statements.iter().all(statements::fits_cam);
    policy
}

/// Groups in groups, roles, users: a group is only in those before it.
fn members(random: &mut Random, world: &mut World) {
    let attachable: Vec<String> =
        world.policies.iter().filter(|p| p.kind.is_empty()).map(|p| p.name.clone()).collect();
    let member = |random: &mut Random, name: &str, role: bool, within: &[String], often: usize| Member {
        name: name.to_owned(),
        role,
        attached: random.some(&attachable, often),
        parents: random.some(within, 35),
        boundary: if random.chance(25) { random.pick(&attachable).cloned() } else { None },
    };
    let mut names: Vec<String> = Vec::new();
    for (name, role) in [("staff", false), ("ops", true), ("crew", false), ("3003", true)] {
        if random.chance(65) {
            let mut group = member(random, name, role, &names, 30);
            group.boundary = group.boundary.filter(|_| role);
            world.groups.push(group);
            names.push(name.to_owned());
        }
    }
    for name in ["alice", "1001", "bob"] {
        if random.chance(80) {
            world.users.push(member(random, name, false, &names, 60));
        }
    }
}

/// An option's boundary, or policies of whoever asks; where an option lays a boundary, members have none of their own.
fn bind(random: &mut Random, world: &mut World) {
    let names: Vec<String> =
        world.policies.iter().filter(|p| p.kind.is_empty()).map(|p| p.name.clone()).collect();
    if random.chance(20) {
        world.boundary = Some(random.some(&names, 40));
        for member in world.groups.iter_mut().chain(&mut world.users) {
            member.boundary = None;
            let bounds = world.boundary.iter().flatten();
            let bounds: Vec<&String> = bounds.collect();
            member.attached.retain(|name| !bounds.contains(&name));
        }
    }
    if random.chance(10) {
        world.everyone = random.some(&names, 40);
    }
}
