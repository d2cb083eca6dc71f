//! Documents from a seed: every operator with every qualifier, with and without `_if_exist`, one and several values,
//! resources of every shape, both versions, `permid`, `name/`, trust and resource policies, lists that repeat, and now
//! and then a list too long for one document.

use super::{Condition, Document, Statement};
use crate::random::Random;
use crate::world::operators::{Operator, Reads, policy_value};
use serde_json::{Value, json};

const ACTIONS: [&str; 20] = [
    "*",
    "*:*",
    "permid/7",
    "permid/280019",
    "cvm:*",
    "cvm:RunInstances",
    "name/cvm:Run*",
    "cvm:Describe*",
    "name/cos:*",
    "cos:GetObject",
    "cos:*Object*",
    "in:From",
    "a-b_9:x_1*",
    "intlpartnersmgt:QueryUser",
    "intlpartnersmgt:*Bill*",
    "intlpartnersmgt:*",
    "intlpartnersmgt:**",
    "name/intlpartnersmgt:PayOrders",
    "intlpartnersmgt:ForceQN",
    "intlpartnersmgt:NotThere",
];
/// Of one service, so that it is put in `use`.
const OWN_ACTIONS: [&str; 9] = [
    "intlpartnersmgt:QueryUser",
    "intlpartnersmgt:PayOrders",
    "intlpartnersmgt:ForceQN",
    "intlpartnersmgt:Query*",
    "intlpartnersmgt:*Bill*",
    "intlpartnersmgt:9*",
    "intlpartnersmgt:from",
    "intlpartnersmgt:list",
    "*",
];
const RESOURCES: [&str; 14] = [
    "*",
    "qcs::cvm:::instance/*",
    "qcs::cvm:ap-guangzhou:uid/1250000001:instance/ins-1",
    "qcs:::::*",
    "qcs::*:*:*:*",
    "qcs::cos::uin/3003:prefix//a/b:c*",
    "qcs::cvm::uid/4004:instance/${uin}",
    "qcs::cvm:::${owner_uin}/${app_id}",
    "qcs::intlpartnersmgt:::order/7",
    "qcs::cos:ap-tokyo:*:x y/\"q\"\\é",
    "qcs::cvm:::<x>/{y}/?",
    "qcs::cvm:gz::instance/*",
    "qcs::::uin/9:a",
    "qcs::a-b_9:::*/*",
];
const KEYS: [&str; 10] =
    ["cos:x-cos-acl", "mfa", "on", "a{b}", "qcs:resource_tag", "qcs:tag", "cvm:size", "k", "K", "a/b:c//d"];
const HOST_BITS: [&str; 3] = ["10.1.2.3/8", "2001:db8::1/32", "192.0.2.9/24"];
const LONG: usize = 420;

/// The document of a seed.
pub fn generate(seed: u64) -> Document {
    let mut random = Random::new(seed);
    let kind = random
        .word(&["identity", "identity", "identity", "identity", "identity", "identity", "trust", "resource"]);
    let own = random.chance(35);
    let count = random.pick(&[1, 1, 2, 2, 3, 4]).copied().unwrap_or(1);
    let mut statements: Vec<Statement> = Vec::new();
    for _ in 0..count {
        let mut statement = statement(&mut random, &kind, own);
        repeat(&mut statement, &statements, &mut random);
        statements.push(statement);
    }
    if kind == "identity" && random.chance(4) {
        lengthen(&mut statements, &mut random);
    }
    let common_principal = kind != "identity" && random.chance(30);
    if common_principal {
        let whom = statements.first().and_then(|s| s.principal.clone());
        statements.iter_mut().for_each(|s| s.principal.clone_from(&whom));
    }
    let version = random.word(&["2.0", "2.0", "3.0"]);
    Document { seed, kind, version, common_principal, statements }
}

fn statement(random: &mut Random, kind: &str, own: bool) -> Statement {
    let few = |random: &mut Random| random.pick(&[1, 1, 2, 3]).copied().unwrap_or(1);
    let actions = (0..few(random)).map(|_| random.word(if own { &OWN_ACTIONS } else { &ACTIONS })).collect();
    let resources = match kind {
        "trust" if random.chance(50) => Vec::new(),
        _ if random.chance(50) => vec!["*".to_owned()],
        _ => (0..few(random)).map(|_| random.word(&RESOURCES)).collect(),
    };
    let mut conditions: Vec<Condition> = Vec::new();
    for _ in 0..random.pick(&[0, 1, 1, 2, 3, 5]).copied().unwrap_or(0) {
        let new = condition(random);
        if !conditions.iter().any(|c| (&c.operator, &c.key) == (&new.operator, &new.key)) {
            conditions.push(new);
        }
    }
    let principal = (kind != "identity").then(|| principal(random));
    Statement { deny: random.chance(40), actions, resources, conditions, principal }
}

fn principal(random: &mut Random) -> Value {
    match random.below(4) {
        0 => json!("*"),
        1 => json!({"qcs": "qcs::cam::uin/100000000001:root"}),
        2 => json!({"service": ["cvm.example", "a \"b\""], "qcs": ["*", "qcs::cam::uid/7:uin/8"]}),
        _ => json!({"federated": "qcs::cam::uin/1:saml-provider/x"}),
    }
}

fn condition(random: &mut Random) -> Condition {
    let operator = random.pick(&Operator::ALL).copied().unwrap_or(Operator::NullEqual);
    let reads = operator.reads();
    let key = match reads {
        Reads::Ip if random.chance(60) => "qcs:ip".to_owned(),
        Reads::Date if random.chance(60) => "qcs:current_time".to_owned(),
        Reads::Text | Reads::Like | Reads::Presence if random.chance(20) => {
            random.word(&["qcs:ip", "qcs:current_time", "qcs:uin", "qcs:owner_uin"])
        }
        _ => random.word(&KEYS),
    };
    let name = match reads {
        Reads::Presence => operator.name().to_owned(),
        _ => {
            let qualifier = random.word(&["", "", "for_any_value:", "for_all_value:"]);
            format!("{qualifier}{}{}", operator.name(), random.word(&["", "_if_exist"]))
        }
    };
    let count = random.pick(&[1, 1, 2, 3]).copied().unwrap_or(1);
    Condition { operator: name, key, values: (0..count).map(|_| value(random, reads)).collect() }
}

/// A value as JSON: numbers and booleans stand bare or in a string.
fn value(random: &mut Random, reads: Reads) -> String {
    let text = match reads {
        Reads::Ip if random.chance(20) => random.word(&HOST_BITS),
        _ => policy_value(random, reads),
    };
    let bare = matches!(reads, Reads::Number | Reads::Bool | Reads::Presence) && random.chance(50);
    if bare { text } else { Value::from(text).to_string() }
}

/// Takes lists of an earlier statement over, so that they repeat.
fn repeat(statement: &mut Statement, earlier: &[Statement], random: &mut Random) {
    let Some(other) = random.pick(earlier) else { return };
    if random.chance(30) {
        statement.actions.clone_from(&other.actions);
    }
    if random.chance(30) {
        statement.resources.clone_from(&other.resources);
    }
    let addresses = |c: &&Condition| c.operator.contains("ip_");
    let Some(list) = other.conditions.iter().find(addresses).map(|c| c.values.clone()) else { return };
    if let Some(own) = statement.conditions.iter_mut().find(|c| addresses(&&**c))
        && random.chance(50)
    {
        own.values = list;
    }
}

/// Makes a list of one statement longer than a document may be.
fn lengthen(statements: &mut [Statement], random: &mut Random) {
    let place = random.below(statements.len());
    let Some(statement) = statements.get_mut(place) else { return };
    match random.below(4) {
        0 => statement.actions.extend((0..LONG).map(|n| format!("cvm:DescribeThing{n}"))),
        1 => statement.resources = (0..LONG).map(|n| format!("qcs::cvm:::instance/ins-{n}")).collect(),
        2 => {
            statement.actions.extend((0..LONG).map(|n| format!("cvm:Run{n}")));
            statement.resources = (0..LONG).map(|n| format!("qcs::cvm:::instance/{n}/*")).collect();
        }
        _ => {
            let values = (0..LONG).map(|n| format!("\"10.{}.{}.0/24\"", n / 200, n % 200)).collect();
            statement.conditions =
                vec![Condition { operator: "ip_equal".into(), key: "qcs:ip".into(), values }];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use passgate::cam;
    use passgate::grammar::Sources;
    use std::collections::BTreeSet;

    #[test]
    fn all_are_accepted_and_all_is_among_them() {
        let mut seeds = Random::new(7);
        let (mut operators, mut long, mut kinds) = (BTreeSet::new(), 0, BTreeSet::new());
        for _ in 0..3_000 {
            let document = generate(seeds.bits());
            let mut sources = Sources::new();
            let id = sources.add("doc.json", document.text());
            let (policy, told) = cam::read(&sources, id, document.kind(), "p");
            assert!(policy.is_some(), "{}\n{told:?}", document.text());
            let names = document.statements.iter().flat_map(|s| &s.conditions).map(|c| c.operator.clone());
            operators.extend(names);
            long += usize::from(document.text().len() > 8_000);
            kinds.insert(document.kind);
        }
        // 22 operators with three qualifiers, each with and without the suffix, and `null_equal`.
        assert_eq!((operators.len(), kinds.len()), (22 * 6 + 1, 3));
        assert!(long > 20, "{long} long documents");
    }
}
