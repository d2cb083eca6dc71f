//! The one table of diagnostic codes.
//!
//! A code is stable: programs switch on it, people look it up. Add a line here when a new kind of fault is told;
//! a retired code is never given another meaning.

/// Stable name of a kind of fault or doubt, such as `dead-deny`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(&'static str);

impl Code {
    /// The name as written in JSON, in `lints.CODE` and in documentation.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl Code {
    /// Whether it is a lint: however it is levelled, the set still loads unless it is strict.
    pub fn is_lint(self) -> bool {
        LINTS.contains(&self)
    }

    /// Whether it is a lint that is told at error level where the settings give it no level.
    pub fn is_error_by_default(self) -> bool {
        ERROR_LINTS.contains(&self)
    }
}

/// The codes that only advise; all others refuse the text when they are at error level.
pub const LINTS: &[Code] = &[
    UNKNOWN_ACTION,
    EMPTY_PATTERN,
    DEAD_DENY,
    DEAD_ALLOW,
    NO_IP_SUPPORT,
    HOST_BITS_SET,
    EMPTY_SET,
    CATEGORY_OR_ACTION,
    UNKNOWN_KEY,
    SEGMENT_STAR,
    TOO_LONG,
    DUPLICATE,
    WILDCARD_ACCOUNT,
    ODD_PATTERN,
    UNUSED_NAME,
    TAG_FORM,
    ALWAYS_TRUE,
    CONTRADICTION,
    SHADOWED,
    CANCELLED,
    OPEN_ALLOW,
    OPEN_DENY,
    NEGATIVE_ON_LIST,
    ACCOUNT_WITHOUT_OWNER,
    ODD_CATEGORY,
    TIME_WINDOW,
    ADDRESS_PATTERN,
    CHANGED_PATTERN,
    STALE_LOCK,
    BAD_LOCK,
    UNUSED_IGNORE,
];

/// Those lints that are at error level by default.
const ERROR_LINTS: &[Code] = &[DEAD_DENY, UNKNOWN_ACTION, EMPTY_SET, CATEGORY_OR_ACTION, BAD_LOCK];

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

macro_rules! codes {
    ($($konst:ident = $name:literal : $about:literal;)*) => {
        $(#[doc = $about] pub const $konst: Code = Code($name);)*
        /// Every code with one line about it, in the order of the table.
        pub const ALL: &[(Code, &str)] = &[$(($konst, $about)),*];
    };
}

codes! {
    // Reading text
    SYNTAX = "syntax": "The text does not fit the grammar here.";
    FOREIGN_WORD = "foreign-word": "A word of another language, or of another place of this one.";
    UNCLOSED_BLOCK = "unclosed-block": "A `{` has no `}`.";
    UNCLOSED_STRING = "unclosed-string": "A string does not end on its line.";
    BAD_CHARACTER = "bad-character": "A control, bidirectional or foreign character stands where it may not.";
    BAD_ENCODING = "bad-encoding": "The file is not UTF-8 text.";
    MISSING_COMMA = "missing-comma": "Two members of a list stand without a comma.";
    TRAILING_COMMA = "trailing-comma": "A list ends with a comma.";
    CAPITAL_KEYWORD = "capital-keyword": "A keyword is not written in lower case.";
    AND_IN_LIST = "and-in-list": "Members of a list are joined by `and` or `or`.";
    AMPERSAND = "ampersand": "`&` or `|` stands between sets.";
    QUESTION_MARK = "question-mark": "`?` stands in a pattern.";
    NEGATED_ACTION = "negated-action": "`not` stands before actions.";
    JSON_IN_GATE = "json-in-gate": "JSON of a policy document stands in a policy file.";
    UNQUOTED_RESOURCE = "unquoted-resource": "A resource stands without quotes.";
    WRONG_QUOTES = "wrong-quotes": "Text stands in other quotes than double ones.";
    ONLY_FROM = "only-from": "`only` stands before `from`.";
    EXCEPT_FROM = "except-from": "`except` stands before `from`.";
    EXCEPT_TWICE = "except-twice": "A set has a second `except`.";
    EQUALS_SIGN = "equals-sign": "`=` stands in a condition.";
    COMMA_IN_WHEN = "comma-in-when": "Conditions are joined by a comma.";
    OR_IN_WHEN = "or-in-when": "Conditions are joined by `or`.";
    AND_IN_UNLESS = "and-in-unless": "`unless` has more than one condition.";
    LIST_AFTER_IN = "list-after-in": "`in` is followed by a list of values.";
    PRINCIPAL_IN_POLICY = "principal-in-policy": "A statement says for whom it is.";
    STATEMENT_OUTSIDE_POLICY = "statement-outside-policy": "A statement stands outside of a policy.";
    UNQUOTED_NAME = "unquoted-name": "A name that needs quotes stands without.";
    EFFECT_IN_TEST = "effect-in-test": "A case of a test begins with `allow` or `deny`.";
    FOREIGN_SIGN = "foreign-sign": "A sign of another language.";
    LIMIT = "limit": "A named limit is exceeded.";
    TOO_MANY = "too-many": "More diagnostics of this file are not shown.";

    // Names and values
    UNKNOWN_NAME = "unknown-name": "A name is not defined.";
    DUPLICATE_NAME = "duplicate-name": "A name is defined twice.";
    NAME_CYCLE = "name-cycle": "Names lead back to themselves.";
    WRONG_ARGUMENTS = "wrong-arguments": "Parameters stand where none can, or arguments do not fit them.";
    WRONG_KIND = "wrong-kind": "A name of another kind stands here.";
    AMBIGUOUS_NAME = "ambiguous-name": "A bare name is an action of two services in use.";
    ACTION_CASE = "action-case": "An action differs from a catalogued one in case only.";
    BAD_ACTION = "bad-action": "An action is malformed.";
    BAD_RESOURCE = "bad-resource": "A resource is malformed.";
    RESOURCE_SEGMENTS = "resource-segments": "A resource has not six segments.";
    FOREIGN_RESOURCE = "foreign-resource": "A resource name of another provider.";
    BAD_ADDRESS = "bad-address": "An address or prefix is malformed.";
    BAD_VALUE = "bad-value": "An operator cannot read this value.";
    BAD_KEY = "bad-key": "A condition key is malformed, or its operator cannot read it.";
    BAD_VARIABLE = "bad-variable": "`${` opens no known variable here.";
    BAD_SETTING = "bad-setting": "A setting is unknown or has a wrong value.";
    BAD_CLAUSE = "bad-clause": "A clause stands where it may not, or twice.";
    NOT_ATTACHABLE = "not-attachable": "A trust or resource policy decides nothing and cannot be attached.";
    BAD_FILE = "bad-file": "Something that is no file, or a file that cannot be read, stands among the files of a set.";
    MISSING_FILE = "missing-file": "A file that is named does not exist.";
    IP_UNSUPPORTED = "ip-unsupported": "An address condition on an action without IP support, in a set that refuses it.";

    UNQUOTED_VALUE = "unquoted-value": "A value that is text stands without quotes.";
    NO_NEGATIVE = "no-negative": "CAM has no negative of this operator.";
    DATE_WITHOUT_TIME = "date-without-time": "An instant lacks its time, or is not UTC.";
    ADDRESS_WILDCARD = "address-wildcard": "An address with wildcards.";
    ADDRESS_RANGE = "address-range": "A range of addresses where a prefix belongs.";
    QUOTED_ADDRESS = "quoted-address": "An address stands in quotes.";
    OPAQUE_IN_SET = "opaque-in-set": "A pattern beside `only` or `except` reaches an opaque service.";
    BAD_NOTE = "bad-note": "A note is unknown, or stands where it may not.";

    // Asserts and tests
    TEST_FAILED = "test-failed": "A call of a test is not answered as the test says.";
    ASSERT_FAILED = "assert-failed": "A call shows that an assert does not hold.";
    ASSERT_UNDECIDED = "assert-undecided": "An assert can be neither proved nor refuted.";
    EMPTY_PROOF = "empty-proof": "An assert or a case speaks of no caller, no action or no address.";

    // CAM JSON
    JSON_SYNTAX = "json-syntax": "The text is not JSON (RFC 8259).";
    DUPLICATE_KEY = "duplicate-key": "A JSON object holds a key twice.";
    UNKNOWN_MEMBER = "unknown-member": "A member that the document format does not have.";
    KEYWORD_CASE = "keyword-case": "A keyword is written in the wrong case.";
    MISSING_MEMBER = "missing-member": "A required member is missing.";
    WRONG_TYPE = "wrong-type": "A member is of the wrong JSON type.";
    EMPTY_LIST = "empty-list": "A list has no element.";
    BAD_VERSION = "bad-version": "The document version is neither 2.0 nor 3.0.";
    BAD_EFFECT = "bad-effect": "An effect is neither allow nor deny.";
    BAD_PRINCIPAL = "bad-principal": "A principal is malformed.";
    PRINCIPAL_IN_IDENTITY = "principal-in-identity": "An identity policy names a principal.";
    NEGATED_ELEMENT = "negated-element": "Negated elements do not exist in CAM.";
    UNKNOWN_OPERATOR = "unknown-operator": "A condition operator does not exist.";
    EMPTY_CONDITION = "empty-condition": "A condition says nothing.";

    // Catalogs
    BAD_ROW = "bad-row": "A row of a provider's page cannot be read.";
    IP_UNKNOWN = "ip-unknown": "The page does not say whether addresses can be restricted.";

    NO_ACTIONS = "no-actions": "A provider's page lists no action.";
    NO_SERVICE = "no-service": "A provider's page does not say which service it describes.";
    CATALOG_REPLACED = "catalog-replaced": "A later catalog replaces an earlier one of the same service.";

    // Lints
    UNKNOWN_ACTION = "unknown-action": "No catalogued action has this name.";
    EMPTY_PATTERN = "empty-pattern": "A pattern matches nothing.";
    DEAD_DENY = "dead-deny": "A deny that can never match.";
    DEAD_ALLOW = "dead-allow": "An allow that can never match.";
    NO_IP_SUPPORT = "no-ip-support": "Some of the actions are never given an address.";
    HOST_BITS_SET = "host-bits-set": "A prefix has bits beyond its length.";
    EMPTY_SET = "empty-set": "A set without members.";
    CATEGORY_OR_ACTION = "category-or-action": "A bare word is both a category and an action.";
    UNKNOWN_KEY = "unknown-key": "A condition key that nobody knows.";
    SEGMENT_STAR = "segment-star": "A six-segment wildcard on an operation-level action.";
    TOO_LONG = "too-long": "A policy above the provider's size limit as a CAM document.";
    DUPLICATE = "duplicate": "The same thing stands twice.";
    WILDCARD_ACCOUNT = "wildcard-account": "A resource names every account.";
    ODD_PATTERN = "odd-pattern": "Plain text that looks like a wildcard or a variable.";
    UNUSED_NAME = "unused-name": "A name that nothing uses.";
    TAG_FORM = "tag-form": "A tag value is not written key&value.";
    ALWAYS_TRUE = "always-true": "A condition that always holds.";
    CONTRADICTION = "contradiction": "Conditions of a statement that cannot hold together.";
    SHADOWED = "shadowed": "A statement whose every match other statements of its policy match too.";
    CANCELLED = "cancelled": "An allow that denies of its policy take back whole.";
    OPEN_ALLOW = "open-allow": "Calls that lack a key pass an allow.";
    OPEN_DENY = "open-deny": "Calls that lack a key slip through a deny.";
    NEGATIVE_ON_LIST = "negative-on-list": "A negative condition on what is listed, at an action that lists.";
    ACCOUNT_WITHOUT_OWNER = "account-without-owner": "A deny names an account in a set that has no owner.";
    ODD_CATEGORY = "odd-category": "A category holds an action whose name says otherwise.";
    TIME_WINDOW = "time-window": "A time that is over, or has not begun.";
    ADDRESS_PATTERN = "address-pattern": "An address is compared as text.";
    CHANGED_PATTERN = "changed-pattern": "A pattern stands for other actions than when it was locked.";
    STALE_LOCK = "stale-lock": "The lock file and the set do not speak of the same patterns.";
    BAD_LOCK = "bad-lock": "The lock file cannot be read.";
    UNUSED_IGNORE = "unused-ignore": "An `@ignore` that silences nothing.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_lower_case() {
        let names: BTreeSet<_> = ALL.iter().map(|(c, _)| c.as_str()).collect();
        assert_eq!(names.len(), ALL.len());
        assert!(names.iter().all(|n| n.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
    }
}
