//! The condition operators by name, and values that suit each family.

use crate::random::Random;
use serde::{Deserialize, Serialize};

/// A condition operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the variants are the operators' names in semantics, section 5")]
pub enum Operator {
    StringEqual,
    StringNotEqual,
    StringEqualIgnoreCase,
    StringNotEqualIgnoreCase,
    StringLike,
    StringNotLike,
    NumericEqual,
    NumericNotEqual,
    NumericLessThan,
    NumericLessThanEqual,
    NumericGreaterThan,
    NumericGreaterThanEqual,
    DateEqual,
    DateNotEqual,
    DateLessThan,
    DateLessThanEqual,
    DateGreaterThan,
    DateGreaterThanEqual,
    BoolEqual,
    BinaryEqual,
    IpEqual,
    IpNotEqual,
    NullEqual,
}

/// What an operator reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reads {
    Text,
    Like,
    Number,
    Date,
    Bool,
    Ip,
    Presence,
}

impl Operator {
    /// Every operator.
    pub const ALL: [Operator; 23] = [
        Operator::StringEqual,
        Operator::StringNotEqual,
        Operator::StringEqualIgnoreCase,
        Operator::StringNotEqualIgnoreCase,
        Operator::StringLike,
        Operator::StringNotLike,
        Operator::NumericEqual,
        Operator::NumericNotEqual,
        Operator::NumericLessThan,
        Operator::NumericLessThanEqual,
        Operator::NumericGreaterThan,
        Operator::NumericGreaterThanEqual,
        Operator::DateEqual,
        Operator::DateNotEqual,
        Operator::DateLessThan,
        Operator::DateLessThanEqual,
        Operator::DateGreaterThan,
        Operator::DateGreaterThanEqual,
        Operator::BoolEqual,
        Operator::BinaryEqual,
        Operator::IpEqual,
        Operator::IpNotEqual,
        Operator::NullEqual,
    ];

    /// The name that CAM JSON uses.
    pub fn name(self) -> &'static str {
        match self {
            Operator::StringEqual => "string_equal",
            Operator::StringNotEqual => "string_not_equal",
            Operator::StringEqualIgnoreCase => "string_equal_ignore_case",
            Operator::StringNotEqualIgnoreCase => "string_not_equal_ignore_case",
            Operator::StringLike => "string_like",
            Operator::StringNotLike => "string_not_like",
            Operator::NumericEqual => "numeric_equal",
            Operator::NumericNotEqual => "numeric_not_equal",
            Operator::NumericLessThan => "numeric_less_than",
            Operator::NumericLessThanEqual => "numeric_less_than_equal",
            Operator::NumericGreaterThan => "numeric_greater_than",
            Operator::NumericGreaterThanEqual => "numeric_greater_than_equal",
            Operator::DateEqual => "date_equal",
            Operator::DateNotEqual => "date_not_equal",
            Operator::DateLessThan => "date_less_than",
            Operator::DateLessThanEqual => "date_less_than_equal",
            Operator::DateGreaterThan => "date_greater_than",
            Operator::DateGreaterThanEqual => "date_greater_than_equal",
            Operator::BoolEqual => "bool_equal",
            Operator::BinaryEqual => "binary_equal",
            Operator::IpEqual => "ip_equal",
            Operator::IpNotEqual => "ip_not_equal",
            Operator::NullEqual => "null_equal",
        }
    }

    pub(crate) fn reads(self) -> Reads {
        match self {
            Operator::StringLike | Operator::StringNotLike => Reads::Like,
            Operator::BoolEqual => Reads::Bool,
            Operator::IpEqual | Operator::IpNotEqual => Reads::Ip,
            Operator::NullEqual => Reads::Presence,
            _ if self.name().starts_with("numeric") => Reads::Number,
            _ if self.name().starts_with("date") => Reads::Date,
            _ => Reads::Text,
        }
    }

    /// Whether several values of it mean none of them.
    pub fn negative(self) -> bool {
        self.name().contains("_not_")
    }

    /// Whether it orders.
    pub fn orders(self) -> bool {
        self.name().contains("_than")
    }
}

/// Texts that conditions compare and requests hand over: case, stars and variables' values among them.
pub(super) const TEXTS: [&str; 10] = ["a", "A", "ab", "aab", "b*", "dept&rd", "", "1001", "é", "key&value"];
/// Patterns.
const PATTERNS: [&str; 9] = ["a*", "*b", "*a*b*", "*", "b*", "1*", "**", "dept&*", ""];
/// Texts with variables.
const VARIABLES: [&str; 4] = ["${uin}", "${owner_uin}", "a${app_id}", "${uin}*"];
/// Numbers, some of them equal in other spellings.
pub(super) const NUMBERS: [&str; 10] =
    ["1", "1.0", "10e-1", "2", "-1", "0", "-0", "1e400", "0.1", "1.0000000000000000000001"];
/// Instants, equal ones among them.
pub(super) const DATES: [&str; 7] = [
    "2026-01-01T00:00:00Z",
    "2026-01-01 00:00:00",
    "2026-01-01T00:00:00.000000001Z",
    "2025-12-31T23:59:59.999999999Z",
    "2026-07-01T12:00:00Z",
    "2026-01-01T00:00:00.5Z",
    "2024-02-29T00:00:00Z",
];
/// Prefixes: nested, disjoint, neighbours, whole families, single addresses.
pub(super) const PREFIXES: [&str; 16] = [
    "10.0.0.0/8",
    "10.1.0.0/16",
    "10.1.2.0/24",
    "10.1.2.128/25",
    "10.1.2.3",
    "192.0.2.0/31",
    "192.0.2.2/31",
    "0.0.0.0/0",
    "255.255.255.255/32",
    "0.0.0.0/32",
    "::/0",
    "2001:db8::/32",
    "2001:db8:0:1::/64",
    "2001:db8::1",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "::/96",
];

/// A value that a policy may write for this operator.
pub(crate) fn policy_value(random: &mut Random, reads: Reads) -> String {
    match reads {
        Reads::Text | Reads::Like if random.chance(20) => random.word(&VARIABLES),
        Reads::Text => random.word(&TEXTS),
        Reads::Like => random.word(&PATTERNS),
        Reads::Number => random.word(&NUMBERS),
        Reads::Date => random.word(&DATES),
        Reads::Bool | Reads::Presence => random.word(&["true", "false"]),
        Reads::Ip => random.word(&PREFIXES),
    }
}
