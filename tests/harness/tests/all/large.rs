//! Sets beyond the sizes at which the table changes its ways: one policy of more segments than are ever merged, and
//! policies that together have more than are merged into one; one of them shared by callers that differ.

use passgate::Gate;
use passgate::grammar::limits;
use passgate_harness::engines::Engines;
use passgate_harness::random::Random;
use passgate_harness::world::{
    Action, Ask, Condition, Member, Operator, Policy, Service, Statement, Term, World, model,
};

/// Prefixes of the big policy: each alone, so that each has two bounds.
const BIG: usize = limits::SHARED_SEGMENTS / 2 + 100;
/// Policies that are small enough to be merged, but too many for it.
const MANY: usize = limits::MERGED_SEGMENTS / limits::SHARED_SEGMENTS + 2;
/// Requests of each caller.
const ASKS: usize = 60;

#[test]
fn a_big_policy_is_read_beside_the_others() {
    let mut world = world();
    world.policies.push(on_prefixes("big", false, (0..BIG).map(|i| v4(i * 2))));
    world.policies.push(on_prefixes("small", true, (0..40).map(|i| v4(i * 50))));
    world.policies.push(on_prefixes("other", false, (0..40).map(|i| v6(i * 50))));
    for (name, attached) in [("a", "big"), ("b", "big small"), ("c", "big small other"), ("d", "small other")]
    {
        world.users.push(user(name, attached));
    }
    compare(&world, BIG * 2);
}

#[test]
fn too_many_segments_are_not_merged() {
    if cfg!(debug_assertions) {
        println!("large: skipped: not optimised");
        return;
    }
    let mut world = world();
    let each = limits::SHARED_SEGMENTS / 2 - 50;
    let names: Vec<String> = (0..MANY).map(|n| format!("p{n:02}")).collect();
    for (n, name) in names.iter().enumerate() {
        let (deny, from) = (n % 5 == 4, n * 7);
        world.policies.push(on_prefixes(name, deny, (0..each).map(|i| v4(from + i * 3))));
    }
    world.users.push(user("a", &names.join(" ")));
    world.users.push(user("b", names.first().map_or("", String::as_str)));
    compare(&world, each * 3);
}

/// So many callers in so many groups that the last ones' policies are found anew for each check.
#[test]
fn callers_beyond_the_written_out_entries_are_decided_alike() {
    if cfg!(debug_assertions) {
        println!("large: skipped: not optimised");
        return;
    }
    let mut world = world();
    world.policies.push(on_prefixes("deny", true, (0..30).map(|i| v4(i * 13))));
    let policies: Vec<String> = (0..400).map(|n| format!("p{n}")).collect();
    for (n, name) in policies.iter().enumerate() {
        world.policies.push(on_prefixes(name, false, (0..3).map(|i| v4(n + i * 170))));
    }
    let groups: Vec<String> = (0..100).map(|n| format!("g{n}")).collect();
    for name in &groups {
        world.groups.push(Member { name: name.clone(), attached: policies.clone(), ..Member::default() });
    }
    // Each is in all groups but two, so that no two have the same set as written.
    let users = limits::SIGNATURE_ENTRIES / (98 * 401) + 12;
    for n in 0..users {
        let (one, other) = (n % 100, (n % 100 + n / 100 + 1) % 100);
        let parents = groups.iter().enumerate().filter(|(at, _)| *at != one && *at != other);
        let parents = parents.map(|(_, name)| name.clone()).collect();
        let attached = if n % 3 == 0 { vec!["deny".into()] } else { Vec::new() };
        let boundary = (n % 5 == 0).then(|| "extra".to_owned());
        world.users.push(Member { name: format!("u{n}"), attached, parents, boundary, ..Member::default() });
    }
    let last = world.users.iter().skip(users - 6).cloned().collect::<Vec<_>>();
    compare_of(&world, &last, 400);
}

/// Two policies of 60 statements are read as bits of their statements, three are merged as rows of cells.
#[test]
fn many_statements_are_merged_as_rows() {
    let mut world = world();
    let mut random = Random::new(11);
    for n in 0..3 {
        let statements = (0..60).map(|_| statement(&mut random)).collect();
        world.policies.push(Policy { name: format!("p{n}"), statements, ..Policy::default() });
    }
    world.users.push(user("few", "p0 p1"));
    world.users.push(user("many", "p0 p1 p2"));
    let bounded = Member { boundary: Some("p2".into()), ..user("bounded", "p0 p1 p2 extra") };
    world.users.push(bounded);
    compare(&world, 3_000);
}

/// Policies of many statements whose rows are mostly the same store them once, and are read side by side, alone and
/// merged.
#[test]
fn rows_that_policies_share_are_decided_alike() {
    const WIDE: usize = 300;
    let mut world = world();
    let extra = world.services.first().and_then(|service| service.actions.first()).cloned();
    let named = |n| Action { name: format!("Wide{n}"), ..extra.clone().unwrap_or_default() };
    world.services.iter_mut().for_each(|service| service.actions.extend((0..WIDE).map(named)));
    let mut random = Random::new(23);
    for p in 0..12 {
        let statements = (0..150).map(|_| wide_statement(&mut random, WIDE)).collect();
        world.policies.push(Policy { name: format!("p{p}"), statements, ..Policy::default() });
        world.users.push(user(&format!("u{p}"), &format!("p{p}")));
    }
    world.users.push(user("two", "p3 p4"));
    world.users.push(Member { boundary: Some("p5".into()), ..user("bounded", "p6") });
    let gate = Gate::from_model(model(&world)).unwrap();
    let rows = gate.stats().memory.iter().find(|part| part.part == "rows").map_or(0, |part| part.bytes);
    // Of its own each has about a hundred rows of 76 bytes.
    assert!((3_000..30_000).contains(&rows), "{rows} bytes of rows for twelve policies");
    compare_actions(
        &world,
        &world.users,
        400,
        &["Near", "Far", "Wide0", "Wide7", "Wide63", "Wide298", "Wide299"],
    );
}

/// An allow or a deny of a few of so many actions, which ones by its only prefix, so that rows come again.
fn wide_statement(random: &mut Random, wide: usize) -> Statement {
    let at = random.below(190);
    let policy =
        on_prefixes("", at % 5 == 4, std::iter::once(if at % 7 == 6 { v6(at * 2) } else { v4(at * 2) }));
    let mut statement = policy.statements.into_iter().next().unwrap_or_default();
    let term = |n: usize| Term::Pattern {
        service: "small".into(),
        pattern: format!("Wide{}", n % wide),
        legacy: false,
    };
    statement.actions = [at, at + 1, at * 7, at * 7 + 63].map(term).into();
    statement
}

/// Allows and denies on a few prefixes, some with a condition that nobody gives a value.
fn statement(random: &mut Random) -> Statement {
    let from = random.below(3_000);
    let deny = random.chance(20);
    let policy = on_prefixes("", deny, (0..4).map(|i| if i == 3 { v6(from) } else { v4(from + i * 7) }));
    let mut statements = policy.statements.into_iter();
    let mut statement = statements.next().unwrap_or_default();
    let name = random.word(&["Near", "Far", "N*", "*"]);
    statement.actions = vec![Term::Pattern { service: "small".into(), pattern: name, legacy: false }];
    // A deny that nothing limits would decide everything.
    let bare = random.chance(20);
    if random.chance(30) || deny && bare {
        statement.conditions.push(Condition {
            operator: Operator::NullEqual,
            qualifier: String::new(),
            if_exist: false,
            key: "mfa".into(),
            values: vec![random.word(&["true", "false"])],
        });
    }
    if bare {
        statement.conditions.remove(0);
    }
    statement
}

/// Asks about addresses at the bounds of the prefixes below `top`, each caller, several times over.
fn compare(world: &World, top: usize) {
    compare_of(world, &world.users, top);
}

/// The same of some of the callers.
fn compare_of(world: &World, users: &[Member], top: usize) {
    compare_actions(world, users, top, &["Near", "Far"]);
}

/// The same of some actions.
#[expect(clippy::unwrap_used, reason = "part of a test")]
fn compare_actions(world: &World, users: &[Member], top: usize, actions: &[&str]) {
    let engines = Engines::new(model(world)).unwrap();
    let mut random = Random::new(7);
    for user in users {
        for _ in 0..ASKS {
            let at = random.below(top + 10);
            let ip = if random.chance(70) { v4(at) } else { v6(at) };
            let ip = ip.split('/').next().map(str::to_owned);
            let ask = Ask {
                principal: user.name.clone(),
                action: format!("small:{}", random.word(actions)),
                ip: ip.filter(|_| !random.chance(5)),
                groups: if random.chance(20) { vec!["g".into()] } else { Vec::new() },
                ..Ask::default()
            };
            let request = ask.request();
            assert_eq!(engines.reference(&request), engines.table(&request), "{ask:?}");
            assert_eq!(engines.other_faces(&request, ask.line().as_deref()), None);
        }
    }
}

fn world() -> World {
    let row = |name: &str, ip| Action {
        name: name.into(),
        category: "read".into(),
        granularity: "operation".into(),
        ip,
        tags: false,
    };
    let actions = vec![row("Near", true), row("Far", false)];
    let extra = on_prefixes("extra", false, (0..30).map(|i| v4(i * 11)));
    World {
        services: vec![Service {
            service: "small".into(),
            granularity: "operation".into(),
            actions,
            ..Service::default()
        }],
        policies: vec![extra],
        groups: vec![Member { name: "g".into(), attached: vec!["extra".into()], ..Member::default() }],
        ..World::default()
    }
}

fn on_prefixes(name: &str, deny: bool, prefixes: impl Iterator<Item = String>) -> Policy {
    let condition = Condition {
        operator: Operator::IpEqual,
        qualifier: String::new(),
        if_exist: false,
        key: "qcs:ip".into(),
        values: prefixes.collect(),
    };
    let statement = Statement {
        deny,
        actions: vec![Term::All { long: false }],
        resources: vec!["*".into()],
        conditions: vec![condition],
    };
    Policy { name: name.into(), statements: vec![statement], ..Policy::default() }
}

fn user(name: &str, attached: &str) -> Member {
    let attached = attached.split(' ').map(str::to_owned).collect();
    Member { name: name.into(), attached, ..Member::default() }
}

/// The address of a number, as a prefix of one address.
fn v4(number: usize) -> String {
    format!("10.{}.{}.{}/32", number >> 16 & 255, number >> 8 & 255, number & 255)
}

fn v6(number: usize) -> String {
    format!("2001:db8::{number:x}/128")
}
