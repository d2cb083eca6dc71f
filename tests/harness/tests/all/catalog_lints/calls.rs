//! `open-deny`, `open-allow`, `negative-on-list`, `no-ip-support`, `segment-star`, and the actions of a list that are dead:
//! what is told of a statement follows from the calls that it matches, and from those that it matches without some of its
//! conditions.

use super::{Counts, asked_alone, compare, matches, told_of, try_cases};
use crate::exact_lints::{self, Dimensions, asking, condition, shown};
use passgate::check::{ContextValue, Request};
use passgate::grammar::{Code, code};
use passgate::lint;
use passgate_harness::world::{Condition, Operator, Statement, Term, World, model};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn statements_are_told_what_their_calls_do() {
    try_cases("calls of statements", 8, 800, |random, counts| {
        let mut dimensions = Dimensions::some(random);
        dimensions.add(networks());
        let statements: Vec<Statement> =
            (0..random.between(1, 3)).map(|_| exact_lints::statement(random, &dimensions)).collect();
        let mut world = exact_lints::world(&statements);
        world.settings.evaluate = random.chance(20);
        check(&world, &statements, &dimensions.calls_of(&ACTIONS), counts);
    });
}

/// Networks of about half of a family, one way and the other.
fn networks() -> Vec<Condition> {
    let of = |values: &[&str]| condition(Operator::IpEqual, "", false, "qcs:ip", values);
    vec![
        of(&["0.0.0.0/1"]),
        of(&["0.0.0.0/1", "128.0.0.0/32"]),
        of(&["8000::/1", "::/2", "::/3"]),
        of(&["::/1"]),
    ]
}

fn check(world: &World, statements: &[Statement], cells: &[Request], counts: &mut Counts) {
    let told = lint::run(&model(world), None);
    let asked: Vec<Asked<'_>> = statements.iter().map(|s| Asked::new(world, s, cells)).collect();
    let codes: [(Code, Count); 5] = [
        (code::OPEN_DENY, |asked| asked.open_deny()),
        (code::OPEN_ALLOW, |asked| asked.open_allow()),
        (code::NEGATIVE_ON_LIST, |asked| asked.negative_on_list()),
        (code::NO_IP_SUPPORT, |asked| asked.no_ip_support()),
        (code::SEGMENT_STAR, |asked| asked.segment_star()),
    ];
    let shown = || format!("evaluate {}\n{}", world.settings.evaluate, shown(statements));
    for (code, expected) in codes {
        let expected = asked.iter().enumerate().map(|(place, asked)| (place, expected(asked))).collect();
        compare(code, &told_of(&told, code, statements.len()), &expected, counts, &shown);
    }
    for (code, deny) in [(code::DEAD_DENY, true), (code::DEAD_ALLOW, false)] {
        // How many actions share one diagnostic is a matter of words.
        let some =
            |all: BTreeMap<usize, usize>| all.into_iter().map(|(place, n)| (place, n.min(1))).collect();
        let dead = |asked: &Asked<'_>| usize::from(asked.statement.deny == deny && asked.has_a_dead_term());
        let expected = asked.iter().enumerate().map(|(place, asked)| (place, dead(asked))).collect();
        compare(code, &some(told_of(&told, code, statements.len())), &expected, counts, &shown);
    }
}

/// Actions of each kind. Of resource level they are asked on what every resource of the vocabulary covers.
const ACTIONS: [&str; 6] = ["small:Near", "small:Far", "hall:Any", "small:Thing", "cloud:AB", "cloud:B"];
const CATALOGUED: [&str; 3] = ["small:Near", "small:Far", "small:Thing"];
const LISTING: [&str; 2] = ["small:Near", "small:Thing"];
/// Of operation level.
const OPERATION: [&str; 2] = ["small:Near", "small:Far"];
/// Keys that speak of the caller.
const OF_CALLER: [&str; 2] = ["qcs:ip", "qcs:current_time"];

/// How often something is to be told of a statement.
type Count = fn(&Asked<'_>) -> usize;

/// A statement, and the calls that it matches.
struct Asked<'w> {
    world: &'w World,
    statement: &'w Statement,
    cells: &'w [Request],
    /// Actions of which it matches some call.
    actions: BTreeSet<&'w str>,
}

impl<'w> Asked<'w> {
    fn new(world: &'w World, statement: &'w Statement, cells: &'w [Request]) -> Self {
        let mut asked = Asked { world, statement, cells, actions: BTreeSet::new() };
        asked.actions = asked.actions_of(statement, &|_| true);
        asked
    }

    /// Actions of which a statement matches some of these calls.
    fn actions_of(&self, statement: &Statement, which: &dyn Fn(&Request) -> bool) -> BTreeSet<&'w str> {
        let asked = asked_alone(self.world, statement);
        let mut found = BTreeSet::new();
        for call in self.cells.iter().filter(|call| which(call)) {
            if !found.contains(call.action.as_str()) && matches(&asked, call) {
                found.insert(call.action.as_str());
            }
        }
        found
    }

    fn without(&self, left_out: &dyn Fn(&Condition) -> bool) -> Statement {
        let conditions = self.statement.conditions.iter().filter(|c| !left_out(c)).cloned().collect();
        Statement { conditions, ..self.statement.clone() }
    }

    fn keys(&self) -> BTreeSet<&'w str> {
        self.statement.conditions.iter().map(|c| c.key.as_str()).collect()
    }

    /// Keys without which calls of an action slip through, of which the deny matches others.
    fn open_deny(&self) -> usize {
        let open = |key: &&str| {
            let negation = |c: &Condition| {
                c.key == *key && !c.if_exist && (c.operator.negative() || limits_time(c) || is_wide(c))
            };
            let rest = self.without(&negation);
            rest.conditions.len() < self.statement.conditions.len()
                && !self.actions_of(&rest, &|call| lacks(call, key)).is_disjoint(&self.actions)
        };
        if self.statement.deny { self.keys().iter().filter(|key| open(key)).count() } else { 0 }
    }

    /// Keys with an `unless`, without which some call is allowed.
    fn open_allow(&self) -> usize {
        let open = |key: &&str| {
            self.statement.conditions.iter().any(|c| c.key == *key && is_unless(c))
                && !self.actions_of(self.statement, &|call| lacks(call, key)).is_empty()
        };
        if self.statement.deny { 0 } else { self.keys().iter().filter(|key| open(key)).count() }
    }

    /// Negative conditions on what a call speaks of, that some action which lists is handed and matches.
    fn negative_on_list(&self) -> usize {
        let negative = self.statement.conditions.iter().filter(|c| {
            c.operator.negative()
                && !OF_CALLER.contains(&c.key.as_str())
                && LISTING
                    .iter()
                    .any(|action| self.actions.contains(action) && self.hands_over(action, &c.key))
        });
        negative.count()
    }

    /// Terms of which some action is matched, and another would be if it were given an address.
    fn no_ip_support(&self) -> usize {
        let of_address = |c: &Condition| c.key == "qcs:ip";
        if !asking(self.statement).conditions.iter().any(of_address) {
            return 0;
        }
        let one = |term: &Term, statement: Statement| {
            self.actions_of(&Statement { actions: vec![term.clone()], ..statement }, &|_| true)
        };
        let told = self.statement.actions.iter().filter(|term| {
            let (with, whole) = (one(term, self.statement.clone()), one(term, self.without(&of_address)));
            let without = |action: &&str| whole.contains(*action) && !self.hands_over(action, "qcs:ip");
            !with.is_empty() && CATALOGUED.iter().any(without)
        });
        told.count()
    }

    /// Whether six segments that end in `*` keep the statement from an action of operation level.
    fn segment_star(&self) -> usize {
        let bare = Statement { conditions: Vec::new(), ..self.statement.clone() };
        let everything = Statement { resources: vec!["*".into()], ..bare.clone() };
        let (bare, everything) = (self.actions_of(&bare, &|_| true), self.actions_of(&everything, &|_| true));
        let star = |resource: &String| resource.ends_with(":*") && resource.starts_with("qcs::");
        let lost = |action: &&str| everything.contains(*action) && !bare.contains(*action);
        usize::from(self.statement.resources.iter().any(star) && OPERATION.iter().any(lost))
    }

    /// Whether one of its terms covers catalogued actions alone, and none of them hands over what the statement asks for.
    fn has_a_dead_term(&self) -> bool {
        let asking = if self.world.settings.evaluate {
            asking(&self.without(&|c| c.key == "qcs:ip"))
        } else {
            asking(self.statement)
        };
        self.statement.actions.iter().any(|term| {
            let catalogued = matches!(term, Term::Pattern { service, pattern, .. } if service == "small" && pattern != "Nothing");
            let one = Statement { actions: vec![term.clone()], ..asking.clone() };
            catalogued && self.actions_of(&one, &|_| true).is_empty()
        })
    }

    /// Whether calls of an action can give a key.
    fn hands_over(&self, action: &str, key: &str) -> bool {
        let name = action.strip_prefix("small:").unwrap_or(action);
        let term = Term::Pattern { service: "small".into(), pattern: name.into(), legacy: false };
        let present = condition(Operator::NullEqual, "", false, key, &["false"]);
        let probe = Statement {
            deny: false,
            actions: vec![term],
            resources: vec!["*".into()],
            conditions: vec![present],
        };
        // Whether or not the key is a dimension of this case.
        let call = Request::new("policy:p", action);
        let call = match key {
            "qcs:ip" => call.ip("10.0.0.1"),
            "qcs:current_time" => call.at("2026-01-01T00:00:00Z"),
            key => call.with(key, ContextValue::Text("a".into())),
        };
        matches(&asked_alone(self.world, &probe), &call)
    }
}

fn lacks(call: &Request, key: &str) -> bool {
    match key {
        "qcs:ip" => call.ip.is_none(),
        "qcs:current_time" => call.at.is_none(),
        key => {
            call.context.iter().all(|(k, v)| k != key || matches!(v, ContextValue::List(l) if l.is_empty()))
        }
    }
}

fn limits_time(condition: &Condition) -> bool {
    condition.key == "qcs:current_time" && condition.operator.orders()
}

fn is_unless(c: &Condition) -> bool {
    let turned = ["numeric_", "date_", "bool_"].iter().any(|family| c.operator.name().starts_with(family));
    c.if_exist && (c.operator.negative() || (turned && c.qualifier == "all"))
}

/// Whether more than half of the addresses of a family lie in the values of `ip_equal`: counted in two halves of two
/// halves and so on, down to what is left of single addresses.
fn is_wide(c: &Condition) -> bool {
    c.operator == Operator::IpEqual && [false, true].iter().any(|v6| share(&c.values, *v6) > 0.5)
}

/// The share of a family that prefixes hold, which do not overlap here; single addresses tip the balance.
fn share(values: &[String], v6: bool) -> f64 {
    let of = values.iter().filter(|value| value.contains(':') == v6);
    let lengths = of.filter_map(|value| value.split_once('/')?.1.parse::<i32>().ok());
    lengths.map(|length| 0.5_f64.powi(length)).sum()
}

#[test]
fn shares_of_families() {
    let of = |values: &[&str]| condition(Operator::IpEqual, "", false, "qcs:ip", values);
    let wide: Vec<bool> = networks().iter().map(is_wide).collect();
    assert_eq!(wide, [false, true, true, false]);
    assert!(is_wide(&of(&["0.0.0.0/0", "::/0"])) && !is_wide(&of(&[])) && !is_wide(&of(&["10.0.0.0/8"])));
}
