//! Counts what a run has tried: reasons, error codes, kinds of cells, operators by how their key stood.

use crate::answer::Answer;
use passgate::ErrorCode;
use passgate::Reason;
use passgate::check::Request;
use passgate::model::{Comparison, Condition, Model, Test};
use passgate::reference::{self, Seen};
use std::collections::BTreeMap;

/// How often each thing occurred.
#[derive(Debug, Clone, Default)]
pub struct Census {
    /// Requests compared.
    pub cells: usize,
    /// By what, in order of names.
    counts: BTreeMap<String, usize>,
}

/// The errors that a request can bring.
const CODES: [ErrorCode; 9] = [
    ErrorCode::UnknownAction,
    ErrorCode::BadResource,
    ErrorCode::BadContext,
    ErrorCode::BadAddress,
    ErrorCode::BadTime,
    ErrorCode::BadRequest,
    ErrorCode::UnknownGroup,
    ErrorCode::UnknownPolicy,
    ErrorCode::UnresolvedVariable,
];

impl Census {
    /// A census in which everything that has to occur stands with nothing yet.
    pub fn new() -> Census {
        let mut census = Census::default();
        let reasons = Reason::ALL.iter().map(|reason| format!("reason {}", reason.as_str()));
        let codes = CODES.iter().map(|code| format!("error {code}"));
        let cells = ["none", "allow", "deny", "depends"].iter().map(|kind| format!("cell {kind}"));
        let names: Vec<String> = reasons.chain(codes).chain(cells).chain(operator_rows()).collect();
        census.counts = names.into_iter().map(|name| (name, 0)).collect();
        census
    }

    /// Counts a request and its answer.
    pub fn count(&mut self, model: &Model, request: &Request, answer: &Answer, cell: Option<&str>) {
        self.cells += 1;
        self.add(match answer {
            Answer::Decided { reason, .. } => format!("reason {}", reason.as_str()),
            Answer::Fault { code, .. } => format!("error {code}"),
        });
        if let Some(kind) = cell {
            self.add(format!("cell {kind}"));
        }
        for (condition, seen) in reference::seen(model, request) {
            self.add(row(operator(condition), seen));
        }
    }

    fn add(&mut self, name: String) {
        *self.counts.entry(name).or_default() += 1;
    }

    /// What occurred less often than this.
    pub fn below(&self, least: usize) -> Vec<String> {
        self.counts.iter().filter(|(_, n)| **n < least).map(|(name, n)| format!("{name}: {n}")).collect()
    }

    /// A line for each thing with its number.
    pub fn table(&self) -> String {
        self.counts.iter().map(|(name, n)| format!("{n:>10}  {name}\n")).collect()
    }
}

fn row(operator: &str, seen: Seen) -> String {
    let stands = match seen {
        Seen::Present => "present",
        Seen::Absent => "absent",
        Seen::Unreadable => "unreadable",
    };
    format!("{operator} {stands}")
}

/// Each operator with each standing of its key; presence reads no value.
fn operator_rows() -> Vec<String> {
    let mut rows = Vec::new();
    for operator in crate::world::Operator::ALL {
        for seen in [Seen::Present, Seen::Absent, Seen::Unreadable] {
            if operator.name() != "null_equal" || seen != Seen::Unreadable {
                rows.push(row(operator.name(), seen));
            }
        }
    }
    rows
}

fn operator(condition: &Condition) -> &'static str {
    match &condition.test {
        Test::Text { negated: false, ignore_case: false, .. } => "string_equal",
        Test::Text { negated: true, ignore_case: false, .. } => "string_not_equal",
        Test::Text { negated: false, ignore_case: true, .. } => "string_equal_ignore_case",
        Test::Text { negated: true, ignore_case: true, .. } => "string_not_equal_ignore_case",
        Test::Like { negated: false, .. } => "string_like",
        Test::Like { negated: true, .. } => "string_not_like",
        Test::Binary { .. } => "binary_equal",
        Test::Number { comparison, .. } => compares(*comparison, &NUMERIC),
        Test::Date { comparison, .. } => compares(*comparison, &DATE),
        Test::Bool { .. } => "bool_equal",
        Test::Ip { negated: false, .. } => "ip_equal",
        Test::Ip { negated: true, .. } => "ip_not_equal",
        Test::Null { .. } => "null_equal",
    }
}

const NUMERIC: [&str; 6] = [
    "numeric_equal",
    "numeric_not_equal",
    "numeric_less_than",
    "numeric_less_than_equal",
    "numeric_greater_than",
    "numeric_greater_than_equal",
];

const DATE: [&str; 6] = [
    "date_equal",
    "date_not_equal",
    "date_less_than",
    "date_less_than_equal",
    "date_greater_than",
    "date_greater_than_equal",
];

fn compares(
    comparison: Comparison,
    [equal, not, less, less_equal, greater, greater_equal]: &[&'static str; 6],
) -> &'static str {
    match comparison {
        Comparison::Equal => equal,
        Comparison::NotEqual => not,
        Comparison::Less => less,
        Comparison::LessEqual => less_equal,
        Comparison::Greater => greater,
        Comparison::GreaterEqual => greater_equal,
    }
}
