//! `prove` of tiny worlds: an assert is proved exactly where no call speaks against it, and else the smallest call that
//! does is shown.

use super::super::answers::ip;
use super::super::prove::{Order, order};
use super::{Tiny, asked, each};
use passgate::address::{PrefixSet, parse_prefix};
use passgate::analysis::prove::{Verdict, prove};
use passgate::check::{ContextValue, Request};
use passgate::model::Instant;
use passgate_harness::random::Random;
use passgate_harness::world::small::{ACTIONS, Axis, Cell, INSTANTS, PREFIXES, USERS};

/// Asserts of a world.
const ASSERTS: u64 = 2;

type Admits = Box<dyn Fn(&Request) -> bool>;

/// An assert that was made up.
struct Made {
    text: String,
    /// A call that is allowed refutes it, rather than one that is not.
    forbids: bool,
    users: Vec<usize>,
    /// Numbers of actions.
    actions: Vec<usize>,
    admits: Admits,
}

#[test]
fn proved_or_the_smallest_call_against_it() {
    let (mut proved, mut refuted) = (0, 0);
    each("prove", |tiny, random| {
        for _ in 0..ASSERTS {
            let made = make(&tiny.small.axes, random);
            if hold(tiny, &made) { proved += 1 } else { refuted += 1 }
        }
        ASSERTS
    });
    println!("prove of tiny worlds: {proved} proved, {refuted} refuted");
}

fn make(axes: &[Axis], random: &mut Random) -> Made {
    let user = random.below(USERS.len());
    let named = format!("user {}", USERS[user].trim_start_matches("user:"));
    let (subject, forbids, users) = match random.below(5) {
        0 => ("no one may".to_owned(), true, vec![0, 1]),
        1 => ("everyone may".to_owned(), false, vec![0, 1]),
        2 => (format!("{named} may"), false, vec![user]),
        3 => (format!("{named} may not"), true, vec![user]),
        _ => (format!("only {named} may"), true, vec![1 - user]),
    };
    let all: [(&str, &[usize]); 5] = [
        ("small:Near", &[0]),
        ("small:Far", &[1]),
        ("small:Thing", &[2]),
        ("small:*a*", &[0, 1]),
        ("small:* except small:Far", &[0, 2]),
    ];
    let (written, actions) = *random.pick(&all).unwrap_or(&all[0]);
    let axis = random.pick(axes).copied().filter(|_| random.chance(80));
    let (clause, admits) =
        axis.map_or((String::new(), Box::new(|_: &Request| true) as Admits), |axis| clause(axis, random));
    Made { text: format!("{subject} {written} {clause}"), forbids, users, actions: actions.to_vec(), admits }
}

fn clause(axis: Axis, random: &mut Random) -> (String, Admits) {
    match axis {
        Axis::Resource => (String::new(), Box::new(|_| true)),
        Axis::Address => {
            let prefix = random.word(&PREFIXES);
            let set = PrefixSet::from_prefixes(parse_prefix(&prefix).map(|read| read.prefix));
            let within = move |request: &Request| ip(request).map(|ip| set.contains(ip));
            match random.below(3) {
                0 => (format!("from {prefix}"), Box::new(move |r| within(r) == Some(true))),
                1 => (format!("not from {prefix}"), Box::new(move |r| within(r) == Some(false))),
                _ => (format!("unless from {prefix}"), Box::new(move |r| within(r) != Some(true))),
            }
        }
        Axis::Time => {
            let text = random.word(&INSTANTS);
            let at = Instant::parse(&text).expect("an instant");
            let of = |request: &Request| request.at.as_deref().and_then(Instant::parse);
            match random.below(2) {
                0 => (format!("since {text}"), Box::new(move |r| of(r).is_some_and(|time| time >= at))),
                _ => (format!("until {text}"), Box::new(move |r| of(r).is_some_and(|time| time < at))),
            }
        }
        Axis::Text | Axis::Number | Axis::Truth => keyed(axis, random),
    }
}

/// Of several values, one that does is enough.
fn keyed(axis: Axis, random: &mut Random) -> (String, Admits) {
    let key = axis.key().unwrap_or_default();
    let any = |is: fn(&ContextValue) -> bool| -> Admits {
        Box::new(move |request| given(request, key).iter().any(is))
    };
    match (axis, random.below(3)) {
        (_, 0) => (format!("when {key} is absent"), Box::new(move |request| given(request, key).is_empty())),
        (_, 1) => {
            (format!("when {key} is present"), Box::new(move |request| !given(request, key).is_empty()))
        }
        (Axis::Text, _) => {
            (format!("when {key} is \"a\""), any(|value| *value == ContextValue::Text("a".into())))
        }
        (Axis::Number, _) => (
            format!("when {key} < 10"),
            any(|value| match value {
                ContextValue::Number(text) | ContextValue::Text(text) => {
                    text.parse::<f64>().is_ok_and(|n| n < 10.0)
                }
                _ => false,
            }),
        ),
        _ => (
            format!("when {key} is true"),
            any(|value| match value {
                ContextValue::Bool(yes) => *yes,
                ContextValue::Text(text) => text == "true",
                _ => false,
            }),
        ),
    }
}

fn given(request: &Request, key: &str) -> Vec<ContextValue> {
    let found = request.context.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone());
    match found {
        None => Vec::new(),
        Some(ContextValue::List(values)) => values,
        Some(value) => vec![value],
    }
}

/// Whether it is proved.
fn hold(tiny: &Tiny, made: &Made) -> bool {
    let world = &tiny.small.world;
    let found = prove(&tiny.side.gate, &[&made.text]);
    let found = found.unwrap_or_else(|error| panic!("{}: {error}\n{:#?}", made.text, error.diagnostics()));
    let mut smallest: Option<Order> = None;
    for user in &made.users {
        for (cell, allowed) in tiny.cells.iter().zip(&tiny.side.allowed[*user]) {
            let request = asked(cell, USERS[*user]);
            let against = made.actions.contains(&cell.action) && (made.admits)(&request);
            if against && *allowed == Some(made.forbids) {
                let order = order(&request, *user, rank(cell));
                smallest = Some(smallest.map_or(order, |known| known.min(order)));
            }
        }
    }
    let verdict = &found.asserts[0].verdict;
    let told = || format!("{}: {smallest:?} {verdict:#?}\n{world:#?}", made.text);
    match verdict {
        Verdict::Undecided(_) => panic!("{}", told()),
        Verdict::Holds => {
            assert!(smallest.is_none(), "{}", told());
            true
        }
        Verdict::Fails(shown) => {
            let user = USERS.iter().position(|user| *user == shown.request.principal).expect("a user");
            let action = ACTIONS.iter().position(|name| *name == shown.request.action).expect("an action");
            assert!(made.users.contains(&user) && made.actions.contains(&action), "{}", told());
            assert!((made.admits)(&shown.request), "{}", told());
            let cell = Cell { action, at: Vec::new(), request: shown.request.clone() };
            let decided = passgate::reference::decide(&tiny.side.model, &shown.request).expect("a call");
            assert_eq!(decided.allowed, made.forbids, "{}", told());
            assert_eq!(smallest, Some(order(&shown.request, user, rank(&cell))), "{}", told());
            false
        }
    }
}

/// Where an action stands in the catalog.
fn rank(cell: &Cell) -> usize {
    [1, 0, 2][cell.action]
}
