//! What of a condition or a resource a call can leave open (semantics §2.9): a value that its operator cannot read, a
//! variable without a value.

use super::read::{CURRENT_TIME, IP};
use super::{Condition, ResourceKind, ResourcePattern, Template, TemplatePart, Test};

/// What a call can leave open of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Open {
    /// A variable may be without a value.
    pub(crate) variable: bool,
    /// A value of the call may be one that the operator cannot read.
    pub(crate) value: bool,
}

/// Keys that the request itself gives: one value each, in a form that operators on text always read.
const OF_THE_REQUEST: [&str; 4] = [IP, CURRENT_TIME, "qcs:uin", "qcs:owner_uin"];

impl Open {
    /// Of this condition.
    pub(crate) fn of(condition: &Condition) -> Open {
        let read = match &condition.test {
            Test::Null { .. } => true,
            Test::Ip { .. } => *condition.key == *IP,
            Test::Date { .. } => *condition.key == *CURRENT_TIME,
            Test::Text { .. } | Test::Like { .. } | Test::Binary { .. } => {
                OF_THE_REQUEST.contains(&condition.key.as_ref())
            }
            Test::Number { .. } | Test::Bool { .. } => false,
        };
        Open { variable: templates(&condition.test).iter().any(has_variable), value: !read }
    }

    /// Whether some call leaves it open.
    pub(crate) fn ever(self) -> bool {
        self.variable || self.value
    }
}

/// Whether some call leaves a resource open.
pub(crate) fn resource_is_ever_open(pattern: &ResourcePattern) -> bool {
    matches!(&pattern.kind, ResourceKind::Six { rest, .. } if has_variable(rest))
}

fn templates(test: &Test) -> &[Template] {
    match test {
        Test::Text { values, .. } | Test::Like { values, .. } | Test::Binary { values } => values,
        _ => &[],
    }
}

fn has_variable(template: &Template) -> bool {
    template.parts.iter().any(|part| matches!(part, TemplatePart::Variable(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Gate;

    /// Whether a variable, a value and a resource of a statement can be open.
    fn open(clauses: &str) -> (bool, bool, bool) {
        let text = format!("set opaque = \"cvm\" policy p {{ allow cvm:A {clauses} }}");
        let gate = Gate::compile(text.as_str()).unwrap_or_else(|e| panic!("{text}\n{e:?}"));
        let statement = &gate.model().policies[0].statements[0];
        let all: Vec<Open> = statement.conditions.iter().map(Open::of).collect();
        let (variable, value) = (all.iter().any(|o| o.variable), all.iter().any(|o| o.value));
        assert_eq!(all.iter().any(|open| open.ever()), variable || value);
        (variable, value, statement.resources.iter().any(resource_is_ever_open))
    }

    #[test]
    fn what_a_call_gives_itself_is_always_read() {
        for told in [
            "",
            "from 10.0.0.0/8",
            "since 2026-01-01T00:00:00Z",
            "when cos:k is present",
            "when qcs:ip like \"10.*\"",
            "when qcs:uin is \"5\"",
            "on \"qcs::cvm:::a/*\"",
        ] {
            assert_eq!(open(told), (false, false, false), "{told}");
        }
        for value in ["when cos:k is \"a\"", "when cos:k < 3", "when mfa is true", "when qcs:uin < 5"] {
            assert_eq!(open(value), (false, true, false), "{value}");
        }
        assert_eq!(open("when qcs:ip like \"${uin}*\""), (true, false, false));
        assert_eq!(open("when cos:k is \"${uin}\""), (true, true, false));
        assert_eq!(open("on \"qcs::cvm:::a/${uin}\""), (false, false, true));
    }
}
