//! Conditions as JSON: operator → key → values, operators and keys in the order they are first named.

use super::json::Json;
use crate::address::PrefixSet;
use crate::cam::terms::prefix_texts;
use crate::findings::Findings;
use crate::model::read::{Operator, OperatorForm};
use crate::model::{Condition, Template, Test};
use passgate_grammar::{Diagnostic, code};
use std::collections::HashMap;

/// The members of `condition`.
pub(super) fn conditions(all: &[Condition], findings: &mut Findings) -> Vec<(String, Json)> {
    let mut operators: Vec<(String, Vec<(String, Json)>)> = Vec::new();
    let mut places: HashMap<OperatorForm, usize> = HashMap::new();
    let mut seen: HashMap<(OperatorForm, &str), &Condition> = HashMap::new();
    for condition in all {
        let (operator, values) = values(&condition.test);
        let form = OperatorForm { qualifier: condition.qualifier, operator, if_exist: condition.if_exist };
        if let Some(earlier) = seen.insert((form, &condition.key), condition) {
            let message = format!("`{form}` on `{}` stands twice: a document holds it once", condition.key);
            let fault = Diagnostic::error(code::BAD_CLAUSE, condition.span, message);
            findings
                .push(fault.label(earlier.span, "here before").help("join the two, or write two statements"));
            continue;
        }
        let place = *places.entry(form).or_insert_with(|| {
            operators.push((form.to_string(), Vec::new()));
            operators.len() - 1
        });
        if let Some((_, keys)) = operators.get_mut(place) {
            keys.push((condition.key.to_string(), Json::one_or_list(values)));
        }
    }
    operators.into_iter().map(|(operator, keys)| (operator, Json::Object(keys))).collect()
}

/// The operator and the values of a test. An empty network has no values to write: being in it is being outside of
/// every address, which says the same of every call.
fn values(test: &Test) -> (Operator, Vec<Json>) {
    let texts = |all: &[Template]| all.iter().map(|t| Json::Text(t.written())).collect();
    let bools = |all: &[bool]| all.iter().map(|b| Json::Text(b.to_string())).collect();
    let values = match test {
        Test::Text { values, .. } | Test::Like { values, .. } | Test::Binary { values } => texts(values),
        Test::Number { values, .. } => values.iter().map(|n| Json::Number(n.to_string())).collect(),
        Test::Date { values, .. } => values.iter().map(|t| Json::Text(t.to_string())).collect(),
        Test::Bool { values } | Test::Null { values } => bools(values),
        Test::Ip { negated, prefixes, .. } if prefixes.is_empty() => {
            let everywhere = PrefixSet::everywhere().prefixes();
            let all = everywhere.iter().map(|p| Json::Text(p.to_string())).collect();
            return (Operator::Ip { negated: !negated }, all);
        }
        Test::Ip { prefixes, written, .. } => prefix_texts(prefixes, written).map(Json::Text).collect(),
    };
    (test.operator(), values)
}
