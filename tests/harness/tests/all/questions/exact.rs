//! An answer that is exact never changes, whatever a call brings: values that conditions mention and their neighbours, no
//! value, values of other types, huge ones, lists, addresses and times at every edge, other resources and numbers. What
//! is said of all calls, and of those with a value of a dimension, is held against the reference evaluator.
//!
//! Values of the mentioned keys are tried far beyond those that the worlds' own calls bring.

#![expect(clippy::expect_used, reason = "a test fails where it stands")]

use super::answers::{contradicts, said};
use super::{diff as changes, prove as asserts};
use crate::{Clock, new_seed, number};
use passgate::Gate;
use passgate::address::{Family, address};
use passgate::analysis::calls::Calls;
use passgate::analysis::diff::diff;
use passgate::analysis::prove::{Verdict, prove};
use passgate::analysis::standing::{Answer, Standing};
use passgate::analysis::what::what;
use passgate::analysis::who::who;
use passgate::check::{ContextValue, Ip, Request};
use passgate::model::{Instant, Model};
use passgate::reference;
use passgate_harness::random::Random;
use passgate_harness::world::{World, generate, model};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// Generated worlds of a run.
const WORLDS: usize = if cfg!(debug_assertions) { 6 } else { 60 };
/// Answers of a world that are tried, and calls that each is tried with.
const ANSWERS: usize = 12;
const CALLS: usize = 60;

/// What the world's own calls and statements mention.
struct Mentioned {
    keys: Vec<String>,
    texts: Vec<String>,
    addresses: Vec<IpAddr>,
    instants: Vec<Instant>,
    resources: Vec<String>,
}

impl Mentioned {
    fn of(world: &World) -> Mentioned {
        let statements = world.policies.iter().flat_map(|policy| &policy.statements);
        let conditions: Vec<_> = statements.clone().flat_map(|statement| &statement.conditions).collect();
        let own = ["qcs:ip", "qcs:current_time", "qcs:uin", "qcs:owner_uin"];
        let keys: BTreeSet<String> = conditions.iter().map(|c| c.key.clone()).collect();
        let texts: BTreeSet<String> = conditions.iter().flat_map(|c| c.values.clone()).collect();
        let asked: Vec<Request> = world.asks.iter().map(|ask| ask.request()).collect();
        let prefixes = texts.iter().filter_map(|text| passgate::address::parse_prefix(text).ok());
        let edges = prefixes.flat_map(|read| edges(read.prefix));
        let times = asked.iter().filter_map(|request| request.at.clone()).chain(texts.iter().cloned());
        let resources = asked.iter().filter_map(|request| request.resources.clone()).flatten();
        Mentioned {
            addresses: edges.chain(asked.iter().filter_map(super::answers::ip)).collect(),
            instants: times.filter_map(|text| Instant::parse(&text)).collect(),
            // A pattern with a variable is no resource that it covers.
            resources: resources
                .chain(statements.flat_map(|s| s.resources.clone()))
                .filter(|text| !text.contains("${"))
                .collect(),
            keys: keys.into_iter().filter(|key| !own.contains(&key.as_str())).collect(),
            texts: texts.into_iter().collect(),
        }
    }

    /// A call of a caller for an action that brings anything.
    fn call(&self, principal: &str, action: &str, random: &mut Random) -> Request {
        let mut request = Request::new(principal, action);
        request.ip = random.chance(80).then(|| Ip::Address(self.address(random)));
        request.at = random.chance(75).then(|| self.instant(random).to_string());
        for key in &self.keys {
            if random.chance(75) {
                request.context.push((key.clone(), self.value(random)));
            }
        }
        if random.chance(20) {
            request
                .context
                .push((random.word(&["other", "qcs:request_tag", "alpha:none"]), self.value(random)));
        }
        request.resources =
            random.chance(75).then(|| (0..random.between(1, 2)).map(|_| self.resource(random)).collect());
        let number = |random: &mut Random| {
            random.chance(25).then(|| random.word(&["1001", "2002", "7", "0", "18446744073709551616"]))
        };
        let account = &mut request.account;
        (account.uin, account.owner_uin, account.app_id) = (number(random), number(random), number(random));
        request
    }

    fn address(&self, random: &mut Random) -> IpAddr {
        match (random.pick(&self.addresses), random.below(5)) {
            (Some(known), 1..) => *known,
            (_, _) if random.chance(50) => IpAddr::V4((random.bits() as u32).into()),
            _ => IpAddr::V6((u128::from(random.bits()) << 64 | u128::from(random.bits())).into()),
        }
    }

    fn instant(&self, random: &mut Random) -> Instant {
        let far = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "1970-01-01T00:00:00Z"];
        let far = Instant::parse(&random.word(&far)).expect("an instant");
        let known = random.pick(&self.instants).copied().unwrap_or(far);
        match random.below(5) {
            0 => far,
            1 if known.nanos > 0 => Instant { nanos: known.nanos - 1, ..known },
            1 => Instant { seconds: known.seconds - 1, nanos: 999_999_999 },
            2 if known.nanos < 999_999_999 => Instant { nanos: known.nanos + 1, ..known },
            _ => known,
        }
    }

    fn value(&self, random: &mut Random) -> ContextValue {
        if random.chance(20) {
            let count = random.between(0, 4);
            return ContextValue::List((0..count).map(|_| self.single(random)).collect());
        }
        self.single(random)
    }

    /// A mentioned value, one beside it, one of another type, or a huge one.
    fn single(&self, random: &mut Random) -> ContextValue {
        let known = random.pick(&self.texts).cloned().unwrap_or_default();
        let numeric = known.parse::<f64>().is_ok();
        match random.below(14) {
            0..=3 => ContextValue::Text(known),
            4 if numeric => ContextValue::Number(known),
            5 if numeric && !known.contains('e') => {
                ContextValue::Number(format!("{known}{}1", if known.contains('.') { "" } else { "." }))
            }
            4 | 5 => ContextValue::Text(known.to_uppercase()),
            6 => ContextValue::Text(known + "x"),
            7 => ContextValue::Text(known.chars().skip(1).collect()),
            8 => ContextValue::Text(known.replace('*', "a")),
            9 => ContextValue::Bool(random.chance(50)),
            10 => ContextValue::Number(random.word(&[
                "0",
                "-1",
                "1e400",
                "-1e400",
                "0.0000000001",
                "123456789012345678901234567890",
            ])),
            11 => ContextValue::Text(random.word(&[
                "",
                "true",
                "false",
                "*",
                "${uin}",
                "é",
                "2026-01-01T00:00:00Z",
                "10.0.0.1",
            ])),
            12 => ContextValue::Text("ab".repeat(500)),
            _ => ContextValue::Text(format!("{known}{known}")),
        }
    }

    fn resource(&self, random: &mut Random) -> String {
        let known = random.pick(&self.resources).cloned().unwrap_or_else(|| "*".into());
        match random.below(4) {
            0 => known.replace('*', "q"),
            1 => known.trim_end_matches('*').to_owned() + "zz",
            _ => known,
        }
    }
}

/// First and last address of a prefix, and those beside them.
fn edges(prefix: passgate::address::Prefix) -> Vec<IpAddr> {
    let most = if prefix.family == Family::V4 { u128::from(u32::MAX) } else { u128::MAX };
    let (first, last) = (prefix.first(), prefix.last());
    let all = [first.checked_sub(1), Some(first), Some(last), last.checked_add(1)];
    all.into_iter().flatten().filter(|bits| *bits <= most).map(|bits| address(prefix.family, bits)).collect()
}

#[derive(Debug, Default)]
struct Count {
    /// Exact answers that say always or never.
    plain: usize,
    /// Other exact answers.
    depends: usize,
    /// Calls that were decided.
    calls: usize,
}

/// An exact answer of a caller's calls of an action is contradicted by no call.
fn hold(
    answer: &Answer,
    (principal, action): (&str, &str),
    set: (&Model, &World, &Mentioned),
    random: &mut Random,
    count: &mut Count,
) {
    let (model, world, mentioned) = set;
    if !answer.is_exact() {
        return;
    }
    *if answer.standing == Standing::Depends { &mut count.depends } else { &mut count.plain } += 1;
    for _ in 0..CALLS {
        let request = mentioned.call(principal, action, random);
        let Ok(decision) = reference::decide(model, &request) else { continue };
        count.calls += 1;
        for said in said(answer, &request) {
            assert!(
                !contradicts(said, decision.allowed),
                "{said:?} of {answer:#?}\n{request:#?}\n{decision:#?}\n{world:#?}"
            );
        }
    }
}

#[test]
fn what_and_who_hold_whatever_a_call_brings() {
    let (seed, clock) = (number("PASSGATE_SEED").unwrap_or_else(new_seed), Clock::start());
    println!("exact, what and who: seed {seed} (PASSGATE_SEED)");
    let (mut random, mut whats, mut whos) = (Random::new(seed), Count::default(), Count::default());
    for _ in 0..WORLDS {
        let world = generate(random.bits());
        let model = model(&world);
        let Ok(gate) = Gate::from_model(model.clone()) else { continue };
        let mentioned = Mentioned::of(&world);
        let set = (&model, &world, &mentioned);
        for user in &model.users {
            let principal = format!("user:{}", user.name);
            let found = what(&gate, &principal, &Calls::default()).expect("a user of the world");
            for _ in 0..ANSWERS {
                let Some(one) = random.pick(&found.actions) else { continue };
                hold(&one.answer, (&principal, &one.action), set, &mut random, &mut whats);
            }
        }
        let asked: Vec<&String> = world.asks.iter().map(|ask| &ask.action).collect();
        for _ in 0..ANSWERS / 4 {
            let Some(Ok(found)) = random.pick(&asked).map(|name| who(&gate, name, &Calls::default())) else {
                continue;
            };
            for callers in &found.callers {
                let users = callers.principals.iter().filter(|name| name.starts_with("user:"));
                for user in users.take(1) {
                    hold(&callers.answer, (user, &found.action), set, &mut random, &mut whos);
                }
            }
        }
    }
    println!("exact: what {whats:?}, who {whos:?}, {clock}");
    assert!(
        WORLDS < 60 || (whats.plain > 300 && whats.calls > 20_000 && whos.calls > 200),
        "{whats:?} {whos:?}"
    );
}

#[test]
fn changes_hold_whatever_a_call_brings() {
    let (seed, clock) = (number("PASSGATE_SEED").unwrap_or_else(new_seed), Clock::start());
    println!("exact, diff: seed {seed} (PASSGATE_SEED)");
    let (mut random, mut calls, mut changed) = (Random::new(seed), 0, 0);
    for _ in 0..WORLDS {
        let old = generate(random.bits());
        let new = changes::altered(&old, &mut random);
        let models = [model(&old), model(&new)];
        let [Ok(one), Ok(other)] = [&models[0], &models[1]].map(|model| Gate::from_model(model.clone()))
        else {
            continue;
        };
        let found = diff(&one, &other, None).expect("sets that were loaded");
        let mentioned = [Mentioned::of(&old), Mentioned::of(&new)];
        let told = found.changes.iter().flat_map(|change| change.gains.iter().chain(&change.losses));
        let told: BTreeSet<&str> =
            told.flat_map(|right| right.actions.iter().map(|named| named.action.as_str())).collect();
        let names: Vec<&str> =
            told.into_iter().chain(old.asks.iter().take(4).map(|ask| ask.action.as_str())).collect();
        for user in &new.users {
            let principal = format!("user:{}", user.name);
            for _ in 0..ANSWERS / 2 {
                let (Some(action), Some(from)) = (random.pick(&names), random.pick(&mentioned)) else {
                    continue;
                };
                for _ in 0..CALLS {
                    let request = from.call(&principal, action, &mut random);
                    changed +=
                        usize::from(changes::held(&found, [&old, &new], [&models[0], &models[1]], &request));
                    calls += 1;
                }
            }
        }
    }
    println!("exact: diff {calls} calls, {changed} changed, {clock}");
    assert!(WORLDS < 60 || (calls > 15_000 && changed > 0), "{calls} calls, {changed} changed");
}

#[test]
fn proofs_hold_whatever_a_call_brings() {
    let (seed, clock) = (number("PASSGATE_SEED").unwrap_or_else(new_seed), Clock::start());
    println!("exact, prove: seed {seed} (PASSGATE_SEED)");
    let (mut random, mut proved, mut calls) = (Random::new(seed), 0, 0);
    for _ in 0..WORLDS {
        let world = generate(random.bits());
        let model = model(&world);
        let Ok(gate) = Gate::from_model(model.clone()) else { continue };
        let mentioned = Mentioned::of(&world);
        for _ in 0..ANSWERS {
            let Some(made) = asserts::make(&world, &model, &mut random) else { continue };
            let found = prove(&gate, &[&made.text]).expect("an assert of the language");
            if !matches!(found.asserts[0].verdict, Verdict::Holds) || made.users.is_empty() {
                continue;
            }
            proved += 1;
            for _ in 0..CALLS {
                let (Some(user), Some((_, action))) = (random.pick(&made.users), random.pick(&made.actions))
                else {
                    continue;
                };
                let request =
                    mentioned.call(&format!("user:{}", model.users[*user].name), action, &mut random);
                let one = request.resources.as_ref().is_none_or(|list| list.len() == 1);
                let Ok(decision) = reference::decide(&model, &request) else { continue };
                if one && (made.admits)(&request) {
                    calls += 1;
                    assert_ne!(decision.allowed, made.forbids, "{}\n{request:#?}\n{world:#?}", made.text);
                }
            }
        }
    }
    println!("exact: prove {proved} proved, {calls} calls, {clock}");
    assert!(WORLDS < 60 || (proved > 20 && calls > 100), "{proved} proved, {calls} calls");
}
