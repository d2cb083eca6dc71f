//! Conditions as comparisons of a document: operators and keys in the order they are first named.

use super::body::{Comparison, List};
use super::divide::Openness;
use super::json::Json;
use crate::address::PrefixSet;
use crate::cam::terms::prefix_texts;
use crate::findings::Findings;
use crate::model::read::{Operator, OperatorForm};
use crate::model::{Statement, Template, Test};
use passgate_grammar::{Diagnostic, code};
use std::collections::HashMap;

/// What stands in `condition`, comparisons of one operator together.
pub(super) fn conditions(statement: &Statement, findings: &mut Findings) -> Vec<Comparison> {
    let openness = Openness::of(statement);
    let mut operators: Vec<Vec<Comparison>> = Vec::new();
    let mut places: HashMap<OperatorForm, usize> = HashMap::new();
    let mut seen = HashMap::new();
    for (number, condition) in statement.conditions.iter().enumerate() {
        let (operator, values) = values(&condition.test);
        let form = OperatorForm { qualifier: condition.qualifier, operator, if_exist: condition.if_exist };
        if let Some(earlier) = seen.insert((form, &condition.key), condition.span) {
            let message = format!("`{form}` on `{}` stands twice: a document holds it once", condition.key);
            let fault = Diagnostic::error(code::BAD_CLAUSE, condition.span, message);
            findings.push(fault.label(earlier, "here before").help("join the two, or write two statements"));
            continue;
        }
        let place = *places.entry(form).or_insert_with(|| {
            operators.push(Vec::new());
            operators.len() - 1
        });
        if let Some(keys) = operators.get_mut(place) {
            let values = List::new(values, openness.divisible(number, form));
            keys.push(Comparison { operator: form.to_string(), key: condition.key.to_string(), values });
        }
    }
    operators.into_iter().flatten().collect()
}

/// The operator and the values of a test. An empty network has no values to write: being in it is being outside of
/// every address, which says the same of every call.
pub(in crate::cam) fn values(test: &Test) -> (Operator, Vec<Json>) {
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
