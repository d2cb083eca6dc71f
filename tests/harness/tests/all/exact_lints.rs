//! The exact lints against brute force: small policies, every cell of their requests put to the reference evaluator, and
//! each lint told exactly where these cells say so.
//!
//! A statement is asked alone, as an allow: `allow` is a match, an error of the caller an open one. What is tried of
//! each dimension has one value at least of every class that the vocabulary tells apart, and of keys every small list.

#![expect(clippy::indexing_slicing, reason = "a test fails where it stands")]

use crate::setting;
use passgate::check::{ContextValue, Request};
use passgate::grammar::{Code, code};
use passgate::model::{ActionKind, ActionTerm, Model};
use passgate::{lint, reference};
use passgate_harness::random::Random;
use passgate_harness::world::{
    Action, Condition, Operator, Policy, Service, Settings, Statement, Term, World, model,
};
use std::collections::{BTreeMap, BTreeSet};

/// Policies of a run.
const POLICIES: usize = 4_000;
/// Policies where nothing is optimised.
const POLICIES_UNOPTIMISED: usize = 15;
/// The first seed.
const SEED: u64 = 0x6c69_6e74_2026;

/// How well a statement matches: not, openly, surely.
type Truth = u8;

#[test]
fn lints_are_told_exactly_where_brute_force_says_so() {
    let default = if cfg!(debug_assertions) { POLICIES_UNOPTIMISED } else { POLICIES };
    let policies = setting("PASSGATE_POLICIES").and_then(|text| text.parse().ok()).unwrap_or(default);
    let seed = setting("PASSGATE_SEED").and_then(|text| text.parse().ok()).unwrap_or(SEED);
    let (mut random, mut counts) = (Random::new(seed), BTreeMap::new());
    for _ in 0..policies {
        compare(&mut random, &mut counts);
    }
    println!("exact lints: seed {seed}, {policies} policies, told {counts:?}");
    assert!(
        policies < POLICIES || counts.values().all(|(told, silent)| *told > 0 && *silent > 0),
        "{counts:?}"
    );
}

fn compare(random: &mut Random, counts: &mut BTreeMap<Code, (usize, usize)>) {
    let dimensions = Dimensions::some(random);
    let statements: Vec<Statement> =
        (0..random.between(1, 4)).map(|_| statement(random, &dimensions)).collect();
    let world = world(&statements);
    let model = model(&world);
    let expected = expected(&statements, &dimensions);
    let told = told(&model);
    for code in [
        code::DEAD_DENY,
        code::DEAD_ALLOW,
        code::CONTRADICTION,
        code::ALWAYS_TRUE,
        code::SHADOWED,
        code::CANCELLED,
    ] {
        let of = |all: &BTreeSet<(Code, usize)>| -> BTreeSet<usize> {
            all.iter().filter(|(c, _)| *c == code).map(|(_, place)| *place).collect()
        };
        let (expected, told) = (of(&expected), of(&told));
        let count = counts.entry(code).or_default();
        *count = (count.0 + told.len(), count.1 + statements.len() - told.len());
        assert_eq!(told, expected, "{code}\n{}", shown(&statements));
    }
}

/// What the lints say of each statement, those that run at load with the exact ones; a partly dead list of actions is
/// no dead statement.
fn told(model: &Model) -> BTreeSet<(Code, usize)> {
    let at = |d: &passgate::Diagnostic| (d.code, d.span.start as usize);
    let mut all: BTreeSet<(Code, usize)> = lint::run_exact(model).iter().map(at).collect();
    // Several conditions of a statement may always hold.
    all.extend(lint::run(model, None).iter().filter(|d| d.code == code::ALWAYS_TRUE).map(at));
    // Each term that covers anything is told to be dead: one diagnostic each, or one for all.
    let policy = &model.policies[0];
    for (place, statement) in policy.statements.iter().enumerate() {
        let alone = passgate::model::Policy { statements: vec![statement.clone()], ..policy.clone() };
        let nothing = |term: &&ActionTerm| matches!(&term.kind, ActionKind::Pattern { pattern, .. } if pattern.as_ref() == "Nothing");
        let terms = statement.actions.iter().filter(|term| !nothing(term)).map(|term| {
            let mut one = alone.clone();
            one.statements[0].actions = [term.clone()].into();
            one
        });
        let dead = |policy: passgate::model::Policy| {
            let model = Model { policies: vec![policy], ..model.clone() };
            lint::run(&model, None).iter().any(|d| [code::DEAD_DENY, code::DEAD_ALLOW].contains(&d.code))
        };
        let code = if statement.effect == passgate::model::Effect::Deny {
            code::DEAD_DENY
        } else {
            code::DEAD_ALLOW
        };
        if terms.map(dead).fold((false, true), |(any, all), dead| (any || dead, all && dead)) == (true, true)
        {
            assert!(all.insert((code, place)), "told twice: {statement:#?}");
        }
    }
    all
}

/// The dimensions of one policy: few, so that all their cells can be tried.
pub(super) struct Dimensions {
    conditions: Vec<Condition>,
    calls: Vec<Request>,
    /// Whether the address is one of them.
    address: bool,
}

pub(super) fn condition(
    operator: Operator,
    qualifier: &str,
    if_exist: bool,
    key: &str,
    values: &[&str],
) -> Condition {
    let values = values.iter().map(|v| (*v).to_owned()).collect();
    Condition { operator, qualifier: qualifier.to_owned(), if_exist, key: key.to_owned(), values }
}

const TIMES: [&str; 3] = ["2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z"];

/// Conditions on each dimension.
fn vocabulary(dimension: &str) -> Vec<Condition> {
    use Operator::*;
    let two = |c: &dyn Fn(bool) -> Condition| [c(false), c(true)];
    let mut all = Vec::new();
    match dimension {
        "qcs:ip" => {
            for values in [
                &["10.0.0.0/8"][..],
                &["10.0.0.0/9"],
                &["10.128.0.0/9", "2001:db8::/32"],
                &["0.0.0.0/0", "::/0"],
                &[],
            ] {
                all.extend(two(&|e| condition(IpEqual, "", e, dimension, values)));
                all.extend(two(&|e| condition(IpNotEqual, "", e, dimension, values)));
            }
            all.push(condition(NullEqual, "", false, dimension, &["false"]));
        }
        "qcs:current_time" => {
            for operator in [DateGreaterThanEqual, DateLessThan, DateEqual, DateLessThanEqual] {
                for time in &TIMES {
                    all.extend(two(&|e| condition(operator, "", e, dimension, &[time])));
                }
            }
        }
        "k" => {
            for (qualifier, values) in [("", &["a"][..]), ("", &["a", "b"]), ("all", &["b"]), ("any", &["a"])]
            {
                all.extend(two(&|e| condition(StringEqual, qualifier, e, dimension, values)));
                all.extend(two(&|e| condition(StringNotEqual, qualifier, e, dimension, values)));
            }
            all.extend(two(&|e| condition(StringLike, "", e, dimension, &["*"])));
            all.extend(two(&|e| condition(StringNotLike, "", e, dimension, &["a*"])));
            all.push(condition(NullEqual, "", false, dimension, &["true"]));
            all.push(condition(NullEqual, "", false, dimension, &["true", "false"]));
        }
        "qcs:resource_tag" => {
            all.extend(two(&|e| condition(StringEqual, "", e, dimension, &["a"])));
            all.extend(two(&|e| condition(StringNotEqual, "all", e, dimension, &["a"])));
        }
        _ => {
            for qualifier in ["", "all"] {
                all.extend(two(&|e| condition(NumericLessThan, qualifier, e, dimension, &["3"])));
                all.extend(two(&|e| condition(NumericGreaterThan, qualifier, e, dimension, &["5"])));
                all.extend(two(&|e| condition(NumericGreaterThanEqual, qualifier, e, dimension, &["3"])));
            }
        }
    }
    all
}

/// Ways of giving a dimension in a call: none, and every small list of its values.
fn ways(dimension: &str) -> Vec<Vec<ContextValue>> {
    let text = |t: &str| ContextValue::Text(t.to_owned());
    let values: Vec<ContextValue> = match dimension {
        "k" => vec![text("a"), text("b"), text("x"), text("ab"), ContextValue::Number("1".to_owned())],
        "qcs:resource_tag" => vec![text("a"), text("x"), ContextValue::Bool(true)],
        _ => ["2", "4", "6", "x"].map(text).to_vec(),
    };
    let lists = (0..1usize << values.len()).map(|bits| {
        let chosen = values.iter().enumerate().filter(|(place, _)| bits >> place & 1 == 1);
        chosen.map(|(_, value)| value.clone()).collect()
    });
    lists.collect()
}

impl Dimensions {
    pub(super) fn some(random: &mut Random) -> Dimensions {
        let all = ["qcs:ip", "qcs:current_time", "k", "n", "qcs:resource_tag"];
        let first = random.below(all.len());
        let second = random.below(all.len());
        let chosen: BTreeSet<&str> = [all[first], all[second]].into();
        let mut calls = vec![Request::new("policy:p", "")];
        for dimension in &chosen {
            calls = calls.iter().flat_map(|call| with(call, dimension)).collect();
        }
        let address = chosen.contains("qcs:ip");
        Dimensions { address, conditions: chosen.iter().flat_map(|d| vocabulary(d)).collect(), calls }
    }

    /// Calls of these actions on the resource that every resource of the vocabulary covers.
    pub(super) fn calls_of(&self, actions: &[&str]) -> Vec<Request> {
        let of = |action: &&str| {
            let calls = self.calls.iter().cloned().map(|mut call| {
                call.action = (*action).to_owned();
                call.resource("qcs::small:gz::item/a")
            });
            calls.collect::<Vec<_>>()
        };
        actions.iter().flat_map(of).collect()
    }

    /// Adds conditions on the address, where that is one of the dimensions.
    pub(super) fn add(&mut self, on_address: Vec<Condition>) {
        self.conditions.extend(on_address.into_iter().filter(|_| self.address));
    }
}

fn with(call: &Request, dimension: &str) -> Vec<Request> {
    let call = || call.clone();
    match dimension {
        "qcs:ip" => {
            let from = ["9.9.9.9", "10.0.0.1", "10.200.0.1", "2001:db8::1", "2001:db9::1"];
            std::iter::once(call()).chain(from.map(|ip| call().ip(ip))).collect()
        }
        "qcs:current_time" => {
            let between = ["2025-01-01T00:00:00Z", "2026-06-01T00:00:00Z", "2028-01-01T00:00:00Z"];
            let times = TIMES.iter().chain(&between);
            std::iter::once(call()).chain(times.map(|time| call().at(*time))).collect()
        }
        key => ways(key).into_iter().map(|list| call().with(key, ContextValue::List(list))).collect(),
    }
}

const RESOURCES: [&str; 5] =
    ["*", "qcs::small:::item/a", "qcs::small:::item/*", "qcs::*:*:*:*", "qcs::small:gz::item/a"];

pub(super) fn statement(random: &mut Random, dimensions: &Dimensions) -> Statement {
    let pattern = |service: &str, pattern: &str| Term::Pattern {
        service: service.to_owned(),
        pattern: pattern.to_owned(),
        legacy: false,
    };
    let terms = [
        Term::All { long: false },
        pattern("small", "*"),
        pattern("small", "Near"),
        pattern("small", "N*"),
        pattern("small", "Far"),
        pattern("small", "Thing"),
        pattern("small", "*i*"),
        pattern("small", "Nothing"),
        pattern("hall", "*"),
        pattern("hall", "A*"),
        pattern("cloud", "*"),
        pattern("cloud", "A*"),
        pattern("cloud", "AB"),
    ];
    let some = |random: &mut Random, most| random.between(1, most);
    let actions = (0..some(random, 3)).filter_map(|_| random.pick(&terms).cloned()).collect();
    let anything = random.chance(60);
    let resources = match anything {
        true => vec!["*".to_owned()],
        false => (0..some(random, 2)).map(|_| random.word(&RESOURCES)).collect(),
    };
    let count = random.below(4);
    let conditions = (0..count).filter_map(|_| random.pick(&dimensions.conditions).cloned()).collect();
    Statement { deny: random.chance(35), actions, resources, conditions }
}

pub(super) fn world(statements: &[Statement]) -> World {
    let row = |name: &str, granularity: &str, ip, tags| Action {
        name: name.into(),
        category: if name == "Far" { "read".into() } else { "list".into() },
        granularity: granularity.into(),
        ip,
        tags,
    };
    let actions = vec![
        row("Near", "operation", true, false),
        row("Far", "operation", false, false),
        row("Thing", "resource", true, true),
    ];
    let small =
        Service { service: "small".into(), granularity: "operation".into(), actions, ..Service::default() };
    let hall = Service { service: "hall".into(), granularity: "service".into(), ..Service::default() };
    let policy = Policy { name: "p".into(), statements: statements.to_vec(), ..Policy::default() };
    let settings =
        Settings { opaque: vec!["cloud".into()], claims: "policies".into(), ..Settings::default() };
    World { services: vec![small, hall], policies: vec![policy], settings, ..World::default() }
}

/// Every cell: action, resource, and the calls of the dimensions.
fn cells(dimensions: &Dimensions) -> Vec<Request> {
    let names = ["small:Near", "small:Far", "hall:Any", "small:Thing", "cloud:AB", "cloud:Ax", "cloud:B"];
    let on = ["qcs::small:::item/a", "qcs::small:::item/b", "qcs::small:gz::item/a", "qcs::x:::a"];
    let mut all = Vec::new();
    for (place, name) in names.iter().enumerate() {
        for call in &dimensions.calls {
            let mut call = call.clone();
            call.action = (*name).to_owned();
            if place >= 3 {
                all.extend(on.iter().map(|resource| call.clone().resource(*resource)));
            }
            all.push(call);
        }
    }
    all
}

/// How a statement stands in every cell.
fn truths(statement: &Statement, cells: &[Request]) -> Vec<Truth> {
    let model = model(&world(&[Statement { deny: false, ..statement.clone() }]));
    let truth = |request: &Request| match reference::decide(&model, request) {
        Ok(decision) => {
            if decision.allowed {
                2
            } else {
                0
            }
        }
        Err(_) => 1,
    };
    cells.iter().map(truth).collect()
}

/// What the cells say of each statement.
fn expected(statements: &[Statement], dimensions: &Dimensions) -> BTreeSet<(Code, usize)> {
    let cells = cells(dimensions);
    let truths: Vec<Vec<Truth>> = statements.iter().map(|s| self::truths(s, &cells)).collect();
    let mut all = BTreeSet::new();
    let covers: Vec<bool> = statements.iter().map(|s| covers_something(s, &cells)).collect();
    let dead: Vec<bool> = truths.iter().map(|row| row.iter().all(|t| *t < 2)).collect();
    for (place, statement) in statements.iter().enumerate() {
        // Every name of `hall` is an action, and none can be named.
        let names = covers[place]
            || statement
                .actions
                .iter()
                .any(|t| matches!(t, Term::Pattern { service, .. } if service == "hall"));
        // Of conditions that hold for no call that is told, of an empty network where it is written.
        let because = contradicts(statement, &cells) && !terms_are_dead(statement, &cells);
        if dead[place] && names && !because {
            all.insert((if statement.deny { code::DEAD_DENY } else { code::DEAD_ALLOW }, place));
        }
        if contradicts(&without_nowhere(statement), &cells) {
            all.insert((code::CONTRADICTION, place));
        }
        if has_always_true(statement, &cells, covers[place]) {
            all.insert((code::ALWAYS_TRUE, place));
        }
    }
    let mut gone: Vec<bool> = dead.clone();
    for place in (0..statements.len()).rev().filter(|place| !dead[*place]) {
        let same = |other: &usize| {
            *other != place && !gone[*other] && statements[*other].deny == statements[place].deny
        };
        let others: Vec<usize> = (0..statements.len()).filter(same).collect();
        let best = |cell: usize| others.iter().map(|other| truths[*other][cell]).max().unwrap_or(0);
        if (0..cells.len()).all(|cell| truths[place][cell] <= best(cell)) {
            all.insert((code::SHADOWED, place));
            gone[place] = true;
        }
    }
    for place in (0..statements.len()).filter(|place| !dead[*place] && !statements[*place].deny) {
        let denies: Vec<usize> = (0..statements.len()).filter(|other| statements[*other].deny).collect();
        let free = |cell: &usize| denies.iter().all(|deny| truths[*deny][*cell] == 0);
        if !(0..cells.len()).filter(free).any(|cell| truths[place][cell] == 2) {
            all.insert((code::CANCELLED, place));
        }
    }
    all
}

/// Whether some action is covered at all.
fn covers_something(statement: &Statement, cells: &[Request]) -> bool {
    let bare = Statement { resources: vec!["*".into()], conditions: Vec::new(), ..statement.clone() };
    truths(&bare, cells).contains(&2)
}

/// A statement without the conditions that want an address of an empty network.
fn without_nowhere(statement: &Statement) -> Statement {
    let nowhere = |c: &Condition| c.operator == Operator::IpEqual && c.values.is_empty() && !c.if_exist;
    let conditions = statement.conditions.iter().filter(|c| !nowhere(c)).cloned().collect();
    Statement { conditions, ..statement.clone() }
}

/// A statement that asks of the address and of tags only to be there, where it asks for them, and of nothing else.
pub(super) fn asking(statement: &Statement) -> Statement {
    let present = |key: &str| condition(Operator::NullEqual, "", false, key, &["false"]);
    let withheld = |c: &&Condition| ["qcs:ip", "qcs:resource_tag"].contains(&c.key.as_str());
    let asks = |c: &&Condition| match c.operator {
        Operator::NullEqual => !c.values.iter().any(|v| v == "true"),
        _ => !c.if_exist,
    };
    let asked = statement.conditions.iter().filter(withheld).filter(asks);
    Statement { conditions: asked.map(|c| present(&c.key)).collect(), ..statement.clone() }
}

/// Whether each of its terms that covers anything names catalogued actions alone, none of which is ever handed what the
/// statement asks for.
fn terms_are_dead(statement: &Statement, cells: &[Request]) -> bool {
    let known = |t: &&Term| !matches!(t, Term::Pattern { pattern, .. } if pattern == "Nothing");
    let catalogued = |t: &Term| matches!(t, Term::Pattern { service, .. } if service == "small");
    let mut covering = statement.actions.iter().filter(known).peekable();
    covering.peek().is_some()
        && covering.all(|term| {
            let one = Statement { actions: vec![term.clone()], ..asking(statement) };
            catalogued(term) && !truths(&one, cells).contains(&2)
        })
}

/// Whether its conditions hold together in no cell of an action that is handed everything.
fn contradicts(statement: &Statement, cells: &[Request]) -> bool {
    let everything = Term::Pattern { service: "small".into(), pattern: "Thing".into(), legacy: false };
    let conditions =
        Statement { resources: vec!["*".into()], actions: vec![everything], ..statement.clone() };
    let thing = |call: &&Request| call.action == "small:Thing" && call.resources.is_none();
    let cells: Vec<Request> = cells.iter().filter(thing).cloned().collect();
    !truths(&conditions, &cells).contains(&2)
}

/// Whether one of its conditions fails in no cell of its actions.
fn has_always_true(statement: &Statement, cells: &[Request], covers: bool) -> bool {
    statement.conditions.iter().any(|condition| {
        let syntactic = condition.operator == Operator::NullEqual && condition.values.len() == 2;
        let empty =
            condition.if_exist && condition.values.is_empty() && condition.operator == Operator::IpNotEqual;
        let star = condition.if_exist && condition.values.iter().any(|v| v == "*");
        let only = |conditions: Vec<Condition>| Statement {
            resources: vec!["*".into()],
            conditions,
            ..statement.clone()
        };
        let bare: Vec<Request> = cells.iter().filter(|c| c.resources.is_none()).cloned().collect();
        let all = truths(&only(Vec::new()), &bare);
        let one = truths(&only(vec![condition.clone()]), &bare);
        // What the words show is told whatever the actions.
        syntactic || empty || star || covers && all.iter().zip(&one).all(|(all, one)| *all == 0 || *one > 0)
    })
}

/// A line for each statement.
pub(super) fn shown(statements: &[Statement]) -> String {
    let line = |s: &Statement| {
        let conditions: Vec<String> = s.conditions.iter().map(|c| format!("{c:?}")).collect();
        format!("deny {} {:?} {:?} {}", s.deny, s.actions, s.resources, conditions.join(" & "))
    };
    statements.iter().map(line).collect::<Vec<_>>().join("\n")
}
