//! Where nothing but the address is read, both ways of asking give the same answers.

use crate::Gate;
use crate::analysis::space::question::{Question, Use};
use crate::analysis::space::{
    Answer, Budget, Caller, Change, Clause, Facts, Held, Reader, Side, Space, Subject,
};
use crate::catalog::Granularity;
use crate::model::{Model, Statement};

/// Conditions on the address, several of them at the ends of the lines and around the mapped addresses.
const FROM: [&str; 12] = [
    "",
    "from 10.0.0.0/8",
    "from 10.0.0.0/9, 10.128.0.0/9, 2001:db8::/32",
    "not from 10.64.0.0/10",
    "unless from 10.0.0.0/7, ::/0",
    "from 0.0.0.0/0",
    "from ::/1, 255.255.255.255",
    "not from ::/0, 0.0.0.0/0",
    "from 10.0.0.0/8 not from 10.1.0.0/16",
    "when qcs:ip is absent",
    "when qcs:ip is present unless from 0.0.0.0/1",
    "when qcs:ip is absent or in 10.3.0.0/16",
];

fn statement(number: usize) -> String {
    let effect = if number % 3 == 2 { "deny" } else { "allow" };
    let on = if number.is_multiple_of(7) { "on \"qcs::cvm:::x\"" } else { "" };
    format!("{effect} cvm:* {on} {}", FROM[number % FROM.len()])
}

/// Four sets of up to three statements and a clause, another one for each number.
fn model(number: usize) -> Model {
    let mut left = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut next = |below: usize| {
        left = left.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (left >> 33) % below
    };
    let mut policies = String::new();
    for name in ["p", "q", "r", "s"] {
        let count = next(4);
        let statements: Vec<String> = (0..count).map(|_| statement(next(84))).collect();
        policies.push_str(&format!("policy {name} {{ {} }}\n", statements.join("\n")));
    }
    let text =
        format!("set opaque = \"cvm\"\n{policies}policy c {{ allow cvm:* {} }}", FROM[next(FROM.len())]);
    Gate::compile(text.as_str()).unwrap_or_else(|e| panic!("{text}\n{e:?}")).model().clone()
}

fn questions() -> Vec<Question> {
    let boundary = [None, Some(2)];
    let asked = boundary.iter().flat_map(|boundary| {
        let (attached, boundary) = (0, *boundary);
        [Question::Allowed { attached, boundary }, Question::Refused { attached, boundary }]
    });
    let held = |own, boundary: Option<[usize; 2]>| Held { attached: [own, 3], boundary };
    let changes = [(None, None), (Some([2, 3]), None), (Some([2, 3]), Some([1, 3]))];
    let changed = changes.iter().flat_map(|(from, to)| {
        let change = Change { from: held(0, *from), to: held(1, *to) };
        [Question::Gained(change), Question::Gained(change.back()), Question::Kept(change)]
    });
    let others = [
        Question::Any,
        Question::Matched { of: 0 },
        Question::Unmatched { of: 0 },
        Question::Uncovered { of: 0, by: 1 },
        Question::Different { one: 0, other: 1, used: Use::Attached },
        Question::Different { one: 0, other: 1, used: Use::Boundary },
    ];
    others.into_iter().chain(asked).chain(changed).collect()
}

/// Compares the answers over one model; how many questions find a call.
fn compare(number: usize, facts: Facts) -> usize {
    let model = model(number);
    let of =
        |name: &str| &model.policies.iter().find(|policy| policy.name.as_ref() == name).unwrap().statements;
    let sets = ["p", "q", "r", "s"].map(|name| of(name).iter().collect::<Vec<&Statement>>());
    let clauses: Vec<Clause<'_>> = of("c")[0].conditions.iter().map(Clause::When).collect();
    let caller = Caller::default();
    let subject = Subject { service: "cvm", facts, sets: &sets, caller: &caller, clauses: &clauses };
    let mut budget = Budget::new(100_000_000);
    let mut reader = Reader::new(&model.settings);
    let mut sides = [Side { subject: &subject, views: &[], reader: &mut reader }];
    let plain = Space::build(&mut sides, &mut budget).unwrap();
    let general = Space::cut(&mut sides, &mut budget).unwrap();
    if plain.line.is_none() {
        return 0;
    }
    for boundary in [None, Some(2)] {
        if let Some(allowed) = plain.settled(0, boundary) {
            let nothing =
                |answer: Answer| assert_eq!(answer, Answer::Nothing, "{number} {boundary:?} {allowed}");
            nothing(match allowed {
                true => general.refused(0, boundary, &mut budget),
                false => general.allowed(0, boundary, &mut budget),
            });
        }
    }
    let mut found = 0;
    for question in questions() {
        let at = format!("{number} {question:?}");
        let answer = plain.ask(question, &mut budget);
        assert_eq!(answer, general.ask(question, &mut budget), "{at}");
        let (one, other) = (plain.extent(question, &mut budget), general.extent(question, &mut budget));
        assert_eq!(one, other, "{at}");
        found += usize::from(answer.found().is_some());
    }
    let smallest = |space: &Space, budget: &mut Budget| space.smallest_any(budget);
    assert_eq!(smallest(&plain, &mut budget), smallest(&general, &mut budget), "{number}");
    found
}

#[test]
fn both_ways_give_the_same_answers() {
    let mut found = 0;
    for number in 0..400_usize {
        let facts =
            Facts { granularity: Granularity::Operation, address: !number.is_multiple_of(5), tags: true };
        found += compare(number, facts);
        found += compare(number, Facts { granularity: Granularity::Resource, ..facts });
    }
    assert!(found > 1_000, "{found}");
}

#[test]
fn what_else_is_read_takes_the_general_way() {
    let is_line = |statement: &str| {
        let text = format!("set opaque = \"cvm\" policy p {{ {statement} }}");
        let gate = Gate::compile(text.as_str()).unwrap();
        let model = gate.model();
        let sets = [model.policies[0].statements.iter().collect::<Vec<_>>()];
        let facts = Facts { granularity: Granularity::Resource, address: true, tags: true };
        let caller = Caller::default();
        let subject = Subject { service: "cvm", facts, sets: &sets, caller: &caller, clauses: &[] };
        let mut budget = Budget::new(1_000_000);
        Space::new(&subject, &mut Reader::new(&model.settings), &mut budget).line.is_some()
    };
    assert!(is_line("allow cvm:*") && is_line("deny cvm:* from 10.0.0.0/8"));
    assert!(!is_line("allow cvm:* on \"qcs::cvm:::x\""));
    assert!(!is_line("allow cvm:* when cos:k is \"a\""));
    assert!(!is_line("allow cvm:* until 2026-01-01T00:00:00Z"));
    assert!(!is_line("allow cvm:* when qcs:ip like \"10.*\""));
    assert!(!is_line("allow cvm:* on \"*\", \"qcs::cvm:::${uin}\""));
}

#[test]
fn what_is_plain_of_a_statement_is_so() {
    use crate::analysis::space::Scope;
    let clauses = [
        "",
        "from 10.0.0.0/9",
        "from 10.0.0.0/8, ::/0",
        "from 255.255.255.255, ::1",
        "unless from 0.0.0.0/1",
    ];
    let (mut never, mut always) = (0, 0);
    for (number, clause) in clauses.iter().chain(&FROM).enumerate() {
        for resource in ["", "on \"qcs::cvm:::x\""] {
            let all: Vec<String> = FROM.iter().map(|from| format!("allow cvm:* {resource} {from}")).collect();
            let text = format!(
                "set opaque = \"cvm\" policy p {{ {} }} policy c {{ allow cvm:* {clause} }}",
                all.join("\n")
            );
            let gate = Gate::compile(text.as_str()).unwrap();
            let of = |name: &str| {
                &gate.model().policies.iter().find(|p| p.name.as_ref() == name).unwrap().statements
            };
            let clauses: Vec<Clause<'_>> = of("c")[0].conditions.iter().map(Clause::When).collect();
            for (address, granularity) in [
                (true, Granularity::Operation),
                (false, Granularity::Operation),
                (true, Granularity::Resource),
            ] {
                let facts = Facts { granularity, address, tags: true };
                let mut reader = Reader::new(&gate.model().settings);
                let scope = Scope::of(&clauses, &mut reader);
                for statement in of("p") {
                    let sets = [vec![statement]];
                    let caller = Caller::default();
                    let subject =
                        Subject { service: "cvm", facts, sets: &sets, caller: &caller, clauses: &clauses };
                    let mut budget = Budget::new(1_000_000);
                    let space = Space::new(&subject, &mut reader, &mut budget);
                    let matched = space.matched(0, &mut budget) != Answer::Nothing;
                    let unmatched = space.unmatched(0, &mut budget) != Answer::Nothing;
                    let (may, must) =
                        (scope.may(statement, facts, &mut reader), scope.must(statement, facts, &mut reader));
                    let at = format!("{number} {facts:?} {statement:?}");
                    assert!(may || !matched, "{at}");
                    assert!(!must || !unmatched, "{at}");
                    (never, always) = (never + usize::from(!may), always + usize::from(must));
                }
            }
        }
    }
    assert!(never > 100 && always > 100, "{never} {always}");
}
