//! `account-without-owner` and `wildcard-account`: what a statement does to calls on resources of one account, and to the
//! same calls with the account left empty. Resources are every text over a small alphabet that is no longer than a pattern,
//! with one letter that no pattern holds: what one pattern spares of another is spared where that letter stands for stars.

use super::{Counts, asked_alone, compare, matches, told_of, try_cases, world};
use crate::exact_lints::{condition, shown};
use passgate::check::{ContextValue, Request};
use passgate::grammar::code;
use passgate::lint;
use passgate_harness::random::Random;
use passgate_harness::world::{Action, Operator, Service, Settings, Statement, Term, World, model};

#[test]
fn calls_with_an_empty_account_pass_denies_by_where_that_is_told() {
    try_cases("accounts", 6, 500, |random, counts| {
        let statements: Vec<Statement> = (0..random.between(1, 3)).map(|_| statement(random)).collect();
        let settings = Settings {
            opaque: vec!["cloud".into()],
            claims: "policies".into(),
            uin: random.chance(15).then(|| "7".to_owned()),
            aliases: vec![("gz".into(), "ap-guangzhou".into())],
            ..Settings::default()
        };
        check(&world(services(), settings, statements.clone()), &statements, counts);
    });
}

fn services() -> Vec<Service> {
    let row = |name: &str, granularity: &str, tags| Action {
        name: name.into(),
        category: "write".into(),
        granularity: granularity.into(),
        ip: true,
        tags,
    };
    let actions = vec![row("Far", "operation", false), row("Thing", "resource", false)];
    vec![Service { service: "small".into(), granularity: "operation".into(), actions, ..Service::default() }]
}

/// Denies mostly, of a few resources each, under a condition or none.
fn statement(random: &mut Random) -> Statement {
    let term = |service: &str, pattern: &str| Term::Pattern {
        service: service.to_owned(),
        pattern: pattern.to_owned(),
        legacy: false,
    };
    let terms = [term("small", "Thing"), term("small", "*"), term("small", "Far"), term("cloud", "A")];
    let conditions = [
        condition(Operator::StringEqual, "", false, "k", &["a"]),
        condition(Operator::StringEqual, "any", false, "qcs:resource_tag", &["a&b"]),
        condition(Operator::StringNotEqual, "", true, "k", &["a"]),
        condition(Operator::NullEqual, "", false, "k", &["true"]),
    ];
    let count = random.between(1, 4);
    Statement {
        deny: random.chance(80),
        actions: random.pick(&terms).cloned().into_iter().collect(),
        resources: (0..count).map(|_| resource(random)).collect(),
        conditions: random.some(&conditions, 20),
    }
}

fn resource(random: &mut Random) -> String {
    if random.chance(3) {
        return "*".into();
    }
    let service = random.word(&["", "small", "*"]);
    let region = random.word(&["", "", "gz", "ap-guangzhou", "x"]);
    let account = random.word(&["", "*", "uin/7", "uin/7", "uid/8"]);
    let rest: String = (0..random.between(1, 3)).map(|_| random.word(&["a", "b", "*"])).collect();
    format!("qcs::{service}:{region}:{account}:{rest}")
}

/// Resources of a request by what stands around the account.
fn around() -> Vec<(String, String)> {
    let mut words = vec![String::new()];
    let mut all = Vec::new();
    for _ in 0..3 {
        words =
            words.iter().flat_map(|word| ["a", "b", "z"].map(|letter| format!("{word}{letter}"))).collect();
        all.extend(words.clone());
    }
    let of = |word: String| {
        let places = ["small", "other"].into_iter().flat_map(|service| {
            ["", "gz", "ap-guangzhou", "x"].map(|region| format!("qcs::{service}:{region}:"))
        });
        places.map(|before| (before, format!(":{word}"))).collect::<Vec<_>>()
    };
    all.into_iter().flat_map(of).collect()
}

fn check(world: &World, statements: &[Statement], counts: &mut Counts) {
    let told = lint::run(&model(world), None);
    let shown = || format!("owner {:?}\n{}", world.settings.uin, shown(statements));
    let unowned = world.settings.uin.is_none();
    let spared =
        statements.iter().map(|s| usize::from(unowned && s.deny && spares_an_empty_account(world, s)));
    let spared = spared.enumerate().collect();
    let of = told_of(&told, code::ACCOUNT_WITHOUT_OWNER, statements.len());
    compare(code::ACCOUNT_WITHOUT_OWNER, &of, &spared, counts, &shown);
    let wild = statements.iter().map(|s| if s.deny { 0 } else { of_every_account(world, s) });
    let wild = wild.enumerate().collect();
    let of = told_of(&told, code::WILDCARD_ACCOUNT, statements.len());
    compare(code::WILDCARD_ACCOUNT, &of, &wild, counts, &shown);
}

/// Calls that give all that the conditions may ask for, a part of it, and nothing.
fn calls() -> [Request; 4] {
    let (call, text) = (Request::new("policy:p", ""), |text: &str| ContextValue::Text(text.to_owned()));
    let tagged = call.clone().with("qcs:resource_tag", text("a&b"));
    [tagged.clone(), tagged.with("k", text("a")), call.clone().with("k", text("a")), call]
}

/// Whether the statement matches some call on a resource of an account, and not the one with the account left empty.
fn spares_an_empty_account(world: &World, statement: &Statement) -> bool {
    let asked = asked_alone(world, statement);
    ["small:Thing", "small:Far", "cloud:A"].iter().any(|action| {
        calls().into_iter().any(|call| {
            let on = |before: &str, account: &str, after: &str| {
                let call = Request { action: (*action).to_owned(), ..call.clone() };
                matches(&asked, &call.resource(format!("{before}{account}{after}")))
            };
            around().iter().any(|(before, after)| {
                ["uin/7", "uid/8"].iter().any(|account| on(before, account, after)) && !on(before, "", after)
            })
        })
    })
}

/// How many of its resources cover an account that nobody names: a bare `*` is of no account.
fn of_every_account(world: &World, statement: &Statement) -> usize {
    let covers = |resource: &&String| {
        let action = Term::Pattern { service: "cloud".into(), pattern: "A".into(), legacy: false };
        let one = Statement {
            actions: vec![action],
            resources: vec![(*resource).clone()],
            conditions: Vec::new(),
            ..statement.clone()
        };
        let asked = asked_alone(world, &one);
        let on = |(before, after): &(String, String)| {
            matches(
                &asked,
                &Request::new("policy:p", "cloud:A").resource(format!("{before}uin/424242{after}")),
            )
        };
        resource.as_str() != "*" && around().iter().any(on)
    };
    statement.resources.iter().filter(covers).count()
}
