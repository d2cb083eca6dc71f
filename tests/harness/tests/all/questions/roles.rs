//! Equal and nearly equal rights: the counts are those of brute force over actions and addresses.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails where it stands")]

use crate::exhaustive::{NESTED, statements};
use crate::{new_seed, number};
use passgate::Gate;
use passgate::analysis::roles::roles;
use passgate::check::Request;
use passgate::reference;
use passgate_harness::random::Random;
use passgate_harness::world::{Action, Member, Policy, Service, Statement, World, model};
use std::collections::{BTreeMap, BTreeSet};

/// Sets of a run.
const SETS: usize = if cfg!(debug_assertions) { 60 } else { 6_000 };
/// Callers of a set.
const USERS: usize = 6;
/// One address of each stretch that prefixes can tell apart, in order, and none.
const ADDRESSES: [Option<&str>; 7] = [
    None,
    Some("9.255.255.255"),
    Some("10.0.0.0"),
    Some("10.1.0.0"),
    Some("10.2.0.0"),
    Some("11.0.0.0"),
    Some("2001:db8::1"),
];
const ACTIONS: [&str; 2] = ["Near", "Far"];

fn world(random: &mut Random, from: &[Statement]) -> World {
    let policy = |n: usize, random: &mut Random| Policy {
        name: format!("p{n}"),
        statements: (0..random.between(1, 2)).filter_map(|_| random.pick(from).cloned()).collect(),
        ..Policy::default()
    };
    let policies = (0..USERS).map(|n| policy(n, random)).collect();
    let user = |n: usize, random: &mut Random| Member {
        name: format!("u{n}"),
        attached: (0..random.between(0, 2)).map(|_| format!("p{}", random.below(USERS))).collect(),
        ..Member::default()
    };
    let users = (0..USERS).map(|n| user(n, random)).collect();
    let row = |name: &str, ip| Action {
        name: name.into(),
        category: "read".into(),
        granularity: "operation".into(),
        ip,
        tags: false,
    };
    let actions = vec![row("Near", true), row("Far", false)];
    let service =
        Service { service: "small".into(), granularity: "operation".into(), actions, ..Service::default() };
    World { services: vec![service], policies, users, ..World::default() }
}

/// Actions × stretches of a caller.
type Rights = BTreeSet<(usize, usize)>;

/// What each may, by action and by stretch of addresses: neighbours that nobody tells apart are one.
fn brute(world: &World) -> BTreeMap<String, Rights> {
    let model = model(world);
    let allowed = |user: &str, action: &str, address: Option<&str>| {
        let mut request = Request::new(format!("user:{user}"), format!("small:{action}"));
        if let Some(address) = address {
            request = request.ip(address);
        }
        reference::decide(&model, &request).unwrap().allowed
    };
    let column = |address: Option<&str>| -> Vec<bool> {
        let each =
            world.users.iter().flat_map(|user| ACTIONS.map(|action| allowed(&user.name, action, address)));
        each.collect()
    };
    // The first is no address and the last of the other family: both stand alone.
    let mut stretches: Vec<Option<&str>> = vec![ADDRESSES[0]];
    for (at, address) in ADDRESSES.iter().enumerate().skip(1) {
        let apart = at == 1 || at + 1 == ADDRESSES.len();
        if apart || stretches.last().map(|last| column(*last)) != Some(column(*address)) {
            stretches.push(*address);
        }
    }
    let rights = |user: &str| -> Rights {
        let all = stretches.iter().enumerate().flat_map(|(place, address)| {
            let own = ACTIONS.iter().enumerate().filter(|(_, action)| allowed(user, action, *address));
            own.map(|(action, _)| (action, place)).collect::<Vec<_>>()
        });
        all.collect()
    };
    world.users.iter().map(|user| (format!("user:{}", user.name), rights(&user.name))).collect()
}

#[test]
fn counts_are_those_of_every_cell() {
    let seed = number("PASSGATE_SEED").unwrap_or_else(new_seed);
    println!("roles: seed {seed} (PASSGATE_SEED)");
    let mut random = Random::new(seed);
    let all = statements(&NESTED);
    let plain = all
        .into_iter()
        .filter(|s| s.resources == ["*"] && s.conditions.iter().all(|condition| condition.key == "qcs:ip"));
    let plain: Vec<Statement> = plain.collect();
    let (mut equal, mut near) = (0, 0);
    for _ in 0..SETS {
        let world = world(&mut random, &plain);
        let expected = brute(&world);
        let least = [30, 60, 90][random.below(3)];
        let found = roles(&Gate::from_model(model(&world)).unwrap(), least).unwrap();
        assert!(found.doubts.is_empty() && found.all_compared);
        let mut by_rights: BTreeMap<&Rights, BTreeSet<&str>> = BTreeMap::new();
        for (user, rights) in &expected {
            by_rights.entry(rights).or_default().insert(user);
        }
        let without = by_rights.remove(&Rights::new()).map_or(0, |users| users.len());
        assert_eq!(found.without, without, "{world:#?}");
        let told: BTreeSet<(BTreeSet<&str>, u64)> = found
            .equal
            .iter()
            .map(|equal| (equal.principals.iter().map(String::as_str).collect(), equal.rights))
            .collect();
        let several = by_rights.iter().filter(|(_, users)| users.len() > 1);
        let several: BTreeSet<(BTreeSet<&str>, u64)> =
            several.map(|(rights, users)| (users.clone(), rights.len() as u64)).collect();
        assert_eq!(told, several, "{expected:#?}\n{world:#?}");
        equal += several.len();
        near += found.near.len();
        hold(&found, &expected, least, &by_rights, &world);
    }
    println!("roles: {SETS} sets, {equal} equal, {near} nearly equal");
}

/// Groups of nearly equal rights hold whom they should, and count what is shared.
fn hold(
    found: &passgate::analysis::roles::Roles,
    expected: &BTreeMap<String, Rights>,
    least: u8,
    by_rights: &BTreeMap<&Rights, BTreeSet<&str>>,
    world: &World,
) {
    let share = |one: &Rights, other: &Rights| {
        one.intersection(other).count() * 100 >= usize::from(least) * one.union(other).count()
    };
    let mut grouped: BTreeSet<&str> = BTreeSet::new();
    for group in &found.near {
        let rights: Vec<&Rights> =
            group.members.iter().map(|member| &expected[&member.principals[0]]).collect();
        let common = rights
            .iter()
            .skip(1)
            .fold(rights[0].clone(), |all, next| all.intersection(next).copied().collect());
        let union: Rights = rights.iter().flat_map(|rights| rights.iter().copied()).collect();
        assert_eq!((group.shared, group.all), (common.len() as u64, union.len() as u64), "{world:#?}");
        assert!(rights.iter().all(|one| share(rights[0], one)), "{group:#?}\n{world:#?}");
        for (member, rights) in group.members.iter().zip(&rights) {
            let more: BTreeSet<String> = rights
                .iter()
                .filter(|(action, _)| {
                    rights.iter().filter(|(a, _)| a == action).count()
                        > common.iter().filter(|(a, _)| a == action).count()
                })
                .map(|(action, _)| format!("small:{}", ACTIONS[*action]))
                .collect();
            assert_eq!(member.beyond, more.into_iter().collect::<Vec<_>>(), "{group:#?}\n{world:#?}");
            grouped.extend(member.principals.iter().map(String::as_str));
        }
    }
    // Who stands alone shares too little with every leader and every other who stands alone.
    let alone: Vec<&Rights> = by_rights
        .iter()
        .filter(|(_, users)| users.iter().all(|user| !grouped.contains(user)))
        .map(|(r, _)| *r)
        .collect();
    for (at, one) in alone.iter().enumerate() {
        let leaders = found.near.iter().map(|group| &expected[&group.members[0].principals[0]]);
        for other in leaders.chain(alone.iter().skip(at + 1).copied()) {
            assert!(!share(one, other), "{one:?} {other:?}\n{found:#?}\n{world:#?}");
        }
    }
}
