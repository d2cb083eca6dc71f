//! Asserts asked of generated worlds: a proved one is contradicted by no request that is tried; what refutes one is
//! decided so by the reference evaluator, lies in what the assert speaks of, and no request that is tried is smaller.

#![expect(clippy::indexing_slicing, clippy::panic, reason = "a test fails where it stands")]

use super::answers::ip;
use crate::space::tried;
use crate::{new_seed, number};
use passgate::Gate;
use passgate::address::{PrefixSet, parse_prefix};
use passgate::analysis::prove::{CounterExample, Verdict, prove};
use passgate::check::{ContextValue, Request};
use passgate::grammar::text::quote;
use passgate::model::{Instant, Model};
use passgate::reference;
use passgate_harness::random::Random;
use passgate_harness::world::{World, generate, model};

/// Generated worlds of a run.
const WORLDS: usize = if cfg!(debug_assertions) { 4 } else { 400 };
/// Asserts of a world.
const ASSERTS: usize = 6;

pub(super) type Admits = Box<dyn Fn(&Request) -> bool>;

/// An assert that was made up.
pub(super) struct Made {
    pub(super) text: String,
    /// A call that is allowed refutes it, rather than one that is not.
    pub(super) forbids: bool,
    /// Of which declared users it speaks.
    pub(super) users: Vec<usize>,
    /// `service:Name`, in the order of the catalogs, each with its place among all.
    pub(super) actions: Vec<(usize, String)>,
    pub(super) admits: Admits,
}

#[derive(Debug, Default)]
struct Count {
    proved: usize,
    refuted: usize,
    undecided: usize,
    requests: usize,
}

#[test]
fn no_request_refutes_what_is_proved_and_none_is_smaller_than_what_is_shown() {
    let seed = number("PASSGATE_SEED").unwrap_or_else(new_seed);
    let (mut random, mut count) = (Random::new(seed), Count::default());
    println!("prove: seed {seed} (PASSGATE_SEED)");
    for _ in 0..WORLDS {
        let world = generate(random.bits());
        let model = model(&world);
        let Ok(gate) = Gate::from_model(model.clone()) else { continue };
        for _ in 0..ASSERTS {
            if let Some(made) = make(&world, &model, &mut random) {
                hold(&gate, &made, &world, &mut count);
            }
        }
    }
    println!("prove: {count:?}");
    let all = count.proved + count.refuted + count.undecided;
    assert!(all > 0, "{count:?}");
    // A share is that of many.
    assert!(WORLDS < 100 || count.undecided * 10 < all && count.proved > 0 && count.refuted > 0, "{count:?}");
}

pub(super) fn make(world: &World, model: &Model, random: &mut Random) -> Option<Made> {
    let user = random.below(model.users.len().max(1));
    let named = format!("user {}", quote(&model.users.get(user)?.name));
    let all: Vec<usize> = (0..model.users.len()).collect();
    let others = all.iter().copied().filter(|other| *other != user).collect();
    let (subject, forbids, users) = match random.below(5) {
        0 => ("no one may".to_owned(), true, all),
        1 => ("everyone may".to_owned(), false, all),
        2 => (format!("{named} may"), false, vec![user]),
        3 => (format!("{named} may not"), true, vec![user]),
        _ => (format!("only {named} may"), true, others),
    };
    let (written, actions) = actions(model, random)?;
    let (clause, admits) = clause(world, random)?;
    Some(Made { text: format!("{subject} {written} {clause}"), forbids, users, actions, admits })
}

/// One action, or all of a service.
fn actions(model: &Model, random: &mut Random) -> Option<(String, Vec<(usize, String)>)> {
    let plain = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let services = model.catalogs.services();
    let all: Vec<(String, String)> = services
        .flat_map(|(_, s)| {
            s.actions.iter().map(|a| (s.service.to_string(), format!("{}:{}", s.service, a.name)))
        })
        .collect();
    let own: Vec<usize> = (0..all.len()).filter(|at| !all[*at].0.starts_with("intlpartners")).collect();
    let at = *random.pick(&own)?;
    let (service, name) = all.get(at)?;
    if random.chance(40) {
        let ranked = all.iter().enumerate().filter(|(_, (of, _))| of == service);
        return Some((format!("{service}:*"), ranked.map(|(at, (_, name))| (at, name.clone())).collect()));
    }
    plain(name.split_once(':')?.1).then(|| (name.clone(), vec![(at, name.clone())]))
}

/// A clause, made of what some request says, and which requests it admits.
fn clause(world: &World, random: &mut Random) -> Option<(String, Admits)> {
    let request = random.pick(&world.asks)?.request();
    match random.below(6) {
        0 => Some((String::new(), Box::new(|_| true))),
        1..=3 => {
            let address = ip(&request)?.to_string();
            let length = if address.contains(':') { [16, 48, 128] } else { [8, 20, 32] };
            let text = format!("{address}/{}", random.pick(&length)?);
            let prefix = parse_prefix(&text).ok()?.prefix;
            let set = PrefixSet::from_prefixes([prefix]);
            let within = move |request: &Request| ip(request).map(|ip| set.contains(ip));
            Some(match random.below(3) {
                0 => (format!("from {prefix}"), Box::new(move |r| within(r) == Some(true))),
                1 => (format!("not from {prefix}"), Box::new(move |r| within(r) == Some(false))),
                _ => (format!("unless from {prefix}"), Box::new(move |r| within(r) != Some(true))),
            })
        }
        4 => {
            let at = Instant::parse(request.at.as_deref()?)?;
            let of = |request: &Request| request.at.as_deref().and_then(Instant::parse);
            Some(match random.chance(50) {
                true => (format!("since {at}"), Box::new(move |r| of(r).is_some_and(|time| time >= at))),
                false => (format!("until {at}"), Box::new(move |r| of(r).is_some_and(|time| time < at))),
            })
        }
        _ => {
            let (key, _) = random.pick(&request.context)?.clone();
            let plain = key.starts_with(|c: char| c.is_ascii_lowercase())
                && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b':');
            // These four come from elsewhere in a request.
            let own = ["qcs:ip", "qcs:current_time", "qcs:uin", "qcs:owner_uin"].contains(&key.as_str());
            if own || !plain {
                return None;
            }
            let (written, absent) = (key.clone(), random.chance(50));
            let word = if absent { "absent" } else { "present" };
            let admits = move |request: &Request| given(request).any(|(name, _)| *name == key) != absent;
            Some((format!("when {written} is {word}"), Box::new(admits)))
        }
    }
}

/// Keys that a request gives; an empty list is none.
fn given(request: &Request) -> impl Iterator<Item = (&String, &ContextValue)> {
    let empty = |value: &ContextValue| matches!(value, ContextValue::List(values) if values.is_empty());
    request.context.iter().filter(move |(_, value)| !empty(value)).map(|(key, value)| (key, value))
}

/// Things a call says, whether a key has several values, who asks, for what: the least is shown.
pub(super) type Order = (usize, bool, usize, usize);

pub(super) fn order(request: &Request, user: usize, action: usize) -> Order {
    let account = &request.account;
    let numbers = [&account.uin, &account.owner_uin, &account.app_id].into_iter().flatten().count();
    let named = request.resources.as_deref().is_some_and(|list| list != ["*"]);
    let said = [request.ip.is_some(), request.at.is_some(), named].into_iter().filter(|said| *said).count();
    let lists =
        given(request).any(|(_, value)| matches!(value, ContextValue::List(values) if values.len() > 1));
    (said + given(request).count() + numbers, lists, user, action)
}

fn hold(gate: &Gate, made: &Made, world: &World, count: &mut Count) {
    let told =
        |error: passgate::Error| panic!("{}: {error}\n{:#?}\n{world:#?}", made.text, error.diagnostics());
    let found = prove(gate, &[&made.text]).unwrap_or_else(told);
    let model = gate.model();
    let smallest = match &found.asserts[0].verdict {
        Verdict::Holds => {
            count.proved += 1;
            None
        }
        Verdict::Undecided(_) => {
            count.undecided += 1;
            return;
        }
        Verdict::Fails(shown) => {
            count.refuted += 1;
            Some(shows(model, made, shown, world))
        }
    };
    for user in &made.users {
        let principal = format!("user:{}", model.users[*user].name);
        for (at, action) in &made.actions {
            for request in tried(world, &principal, action) {
                let one = request.resources.as_ref().is_none_or(|list| list.len() == 1);
                if !one || !(made.admits)(&request) {
                    continue;
                }
                let Ok(decision) = reference::decide(model, &request) else { continue };
                count.requests += 1;
                if decision.allowed == made.forbids {
                    let order = order(&request, *user, *at);
                    let text = &made.text;
                    let found = &found.asserts[0].verdict;
                    assert!(
                        smallest.is_some_and(|smallest| smallest <= order),
                        "{text}: {smallest:?} {order:?} {found:#?}\n{request:#?}\n{world:#?}"
                    );
                }
            }
        }
    }
}

/// What is shown is such a call.
fn shows(model: &Model, made: &Made, shown: &CounterExample, world: &World) -> Order {
    let request = &shown.request;
    let decided = reference::decide(model, request).map(|decision| decision.allowed);
    assert_eq!(decided.ok(), Some(made.forbids), "{}\n{request:#?}\n{world:#?}", made.text);
    assert!((made.admits)(request), "{}\n{request:#?}\n{world:#?}", made.text);
    let action = made.actions.iter().find(|(_, name)| *name == request.action).map(|(at, _)| *at);
    let name = request.principal.strip_prefix("user:").unwrap_or_default();
    let user = model.users.iter().position(|user| &*user.name == name).unwrap_or(usize::MAX);
    assert!(action.is_some(), "{}\n{request:#?}", made.text);
    assert!(user == usize::MAX || made.users.contains(&user), "{}\n{request:#?}", made.text);
    order(request, user, action.unwrap_or_default())
}
